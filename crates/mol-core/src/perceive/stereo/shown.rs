//! Stereo that coordinates show: tetrahedral centres, cis or trans double bonds, allenes.
//!
//! Every site that its own neighbours allow is marked as the coordinates show it, and then those marks are dropped whose
//! inversion gives the same compound. So centres that differ only by the stereo of their ligands are found, and the rules
//! of what is a site are those of [`StereoElements`](crate::perceive::StereoElements). Deliberately not here: centres of
//! more than four neighbours, whose marks stay as they are.

use super::coordinates::chiral_volume;
use crate::canon::{
    Budget, Failure, Graph, HYDROGEN, Kind, LONE_PAIR, MOST_LOOKS, Scope, Site, Stereo, components, directions, settle,
};
use crate::perceive::Perception;
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Chirality, Error, Molecule, Result, Vec3};

/// Volume spanned by the directions to the neighbours below which a centre is flat; a regular tetrahedron has 3.08.
const FLAT: f64 = 0.2;
/// Cosine between the sides of a double bond below which it is neither cis nor trans; sine between those of an allene
/// below which it is flat.
const UNDECIDED: f64 = 0.2;

impl Molecule {
    /// The same molecule with the stereo that conformer `conformer` shows: chirality of tetrahedral centres and allenes, and
    /// marks beside double bonds, on all [`StereoElements`](crate::perceive::StereoElements), by whose rules atoms and bonds
    /// are looked at. Marks whose inversion gives the same compound are dropped.
    ///
    /// ```text
    /// centre        |V| > 0.2, V of chiral_volume
    /// double bond   |s · t| > 0.2, cis if positive; s, t unit vectors from the axis to the sides of its ends
    /// allene        |a · (t × s)| > 0.2, @ if negative; a along the axis
    /// ```
    ///
    /// Marks that the coordinates do not decide stay as they are: those of flat centres, of perpendicular double bonds, of
    /// square-planar, bipyramidal and octahedral centres, and all of a molecule whose aromatic bonds cannot be assigned.
    /// Direction marks are chosen anew. Where the marks of two double bonds would state an undecided one between them,
    /// another neighbour that is an atom of the graph carries one of them; without such a neighbour the statement stays.
    ///
    /// ```
    /// use mol_core::{Molecule, Vec3};
    /// // Ethanol labelled by deuterium, with coordinates: [Å]
    /// let mut ethanol = Molecule::from_smiles("CC([2H])O")?;
    /// let places = [[-1.2, -0.8, 0.2], [0.0, 0.0, 0.0], [0.0, 0.7, 0.8], [1.2, -0.7, 0.2]];
    /// ethanol.add_conformer(places.map(|[x, y, z]| Vec3::new(x, y, z)).to_vec())?;
    /// assert_eq!(ethanol.with_stereo_of(0)?.to_smiles(), "C[C@@H]([2H])O");
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is no such conformer.
    pub fn with_stereo_of(&self, conformer: usize) -> Result<Self> {
        let Some(positions) = self.conformers().get(conformer) else {
            let got = format!("{conformer} of {}", self.conformers().len());
            return Err(Error::InvalidArgument { what: "conformer", expected: "one of the molecule", got });
        };
        let positions = positions.positions();
        let shown = |atom: AtomIndex| {
            let volume = chiral_volume(self, atom, positions).filter(|volume| volume.abs() > FLAT);
            volume.map_or(self.atom(atom).chirality, |volume| Some(tetrahedral(volume)))
        };
        Ok(self.with_stereo_at(positions, &shown, &[]))
    }

    /// The same molecule with the chirality that `centre` gives for each possible tetrahedral centre, and double bonds and
    /// allenes as [`with_stereo_of`](Self::with_stereo_of) sees them at `positions`, without the double bonds `open`.
    pub(crate) fn with_stereo_at(
        &self,
        positions: &[Vec3],
        centre: &dyn Fn(AtomIndex) -> Option<Chirality>,
        open: &[BondIndex],
    ) -> Self {
        let mut marked = self.clone();
        let Ok(perception) = Perception::new(self) else { return marked };
        let (graphs, folded) = components(&perception, Scope { stereo: Stereo::Possible, bare: true, ..Scope::ALL });
        for (bond, _) in self.bonds().filter(|(_, bond)| bond.direction.is_some()) {
            marked.set_direction(bond, None);
        }
        for (atom, data) in self.atoms() {
            let class = data.chirality.map(Chirality::class);
            if matches!(class, Some(ChiralClass::Tetrahedral | ChiralClass::Allenal)) {
                marked.set_chirality(atom, None);
            }
        }
        let mut budget = Budget::default();
        let view = View { perception: &perception, positions };
        for mut graph in graphs {
            for k in 0..graph.sites.len() {
                let site = &graph.sites[k];
                let number = match (site.kind, site.bond) {
                    (Kind::Tetrahedral, _) => {
                        let seen = centre(site.atom).filter(|seen| seen.class() == ChiralClass::Tetrahedral);
                        seen.map_or(0, Chirality::number)
                    }
                    (Kind::Bond, Some(bond)) if open.contains(&bond) => 0,
                    (Kind::Bond, Some(bond)) => view.double_bond(bond).unwrap_or(site.number),
                    (Kind::Allene, _) => view.allene(site.atom).unwrap_or(site.number),
                    _ => site.number,
                };
                graph.sites[k].number = number;
            }
            settle(&mut graph, &mut budget);
            for site in graph.sites.iter().filter(|site| site.number > 0) {
                if let Some(chirality) = chirality_of(site) {
                    marked.set_chirality(site.atom, Some(chirality));
                }
            }
            mark_double_bonds(&mut marked, graph, &folded);
        }
        marked
    }
}

/// `@` for a negative volume.
fn tetrahedral(volume: f64) -> Chirality {
    let number = if volume < 0.0 { 1 } else { 2 };
    Chirality::new(ChiralClass::Tetrahedral, number).expect("the class has the numbers 1 and 2")
}

/// The chirality of a tetrahedral centre or an allene, whose number refers to the order of the molecule already.
fn chirality_of(site: &Site) -> Option<Chirality> {
    let class = match site.kind {
        Kind::Tetrahedral => ChiralClass::Tetrahedral,
        Kind::Allene => ChiralClass::Allenal,
        Kind::Bond | Kind::Polyhedron(_) => return None,
    };
    Chirality::new(class, site.number).ok()
}

/// A molecule with the positions of its atoms.
struct View<'a> {
    perception: &'a Perception,
    positions: &'a [Vec3],
}

impl View<'_> {
    /// 1 if the first ligands of the two ends of a double bond, or of the row of which it is the middle, lie cis, 2 if trans.
    fn double_bond(&self, middle: BondIndex) -> Option<u8> {
        let bond = self.perception.molecule().bond(middle);
        let [_, s, t] = self.sides([bond.begin, bond.end].map(|end| self.row_end(middle, end)))?;
        let cosine = s.dot(&t);
        (cosine.abs() > UNDECIDED).then_some(if cosine > 0.0 { 1 } else { 2 })
    }

    /// The number of an allene with its middle at `atom`.
    fn allene(&self, atom: AtomIndex) -> Option<u8> {
        let molecule = self.perception.molecule();
        let &[a, b] = molecule.bonds_of(atom) else { return None };
        let mut ends = [a, b].map(|bond| self.row_end(bond, molecule.bond(bond).other(atom)));
        ends.sort_unstable();
        let [axis, s, t] = self.sides(ends)?;
        let sine = axis.dot(&t.cross(&s));
        (sine.abs() > UNDECIDED).then_some(if sine < 0.0 { 1 } else { 2 })
    }

    /// The end of a row of double bonds that goes on from `bond` over its end `atom`, with the last bond.
    fn row_end(&self, mut bond: BondIndex, mut atom: AtomIndex) -> (AtomIndex, BondIndex) {
        let molecule = self.perception.molecule();
        while let &[a, b] = molecule.bonds_of(atom) {
            let next = if a == bond { b } else { a };
            if molecule.hydrogens(atom) > 0 || self.perception.order(next) != BondOrder::Double {
                break;
            }
            (atom, bond) = (molecule.bond(next).other(atom), next);
        }
        (atom, bond)
    }

    /// The direction from the first of two ends to the second, and those from the axis to the first ligand of each; a counted
    /// hydrogen, which is the first, and a lone pair lie opposite to the other ligand. All of length 1.
    fn sides(&self, ends: [(AtomIndex, BondIndex); 2]) -> Option<[Vec3; 3]> {
        let molecule = self.perception.molecule();
        let at = |atom: AtomIndex| self.positions[atom.index()];
        let axis = (at(ends[1].0) - at(ends[0].0)).try_normalize(1e-6)?;
        let side = |(end, inner): (AtomIndex, BondIndex)| {
            let bonds = molecule.bonds_of(end).iter().filter(|&&bond| bond != inner);
            let arms = bonds.map(|&bond| at(molecule.bond(bond).other(end)) - at(end));
            let mut units = arms.map(|arm| (arm - axis * arm.dot(&axis)).try_normalize(1e-3)).enumerate();
            let (place, unit) = units.find_map(|(place, unit)| Some((place, unit?)))?;
            Some(if place == 0 && molecule.hydrogens(end) == 0 { unit } else { -unit })
        };
        Some([axis, side(ends[0])?, side(ends[1])?])
    }
}

/// Marks the bonds beside the stated double bonds of a component. A statement that no bond of the molecule can carry is left
/// out; all are, if finding the marks takes more than [`MOST_LOOKS`].
fn mark_double_bonds(molecule: &mut Molecule, mut graph: Graph, folded: &[bool]) {
    let drawn_hydrogen =
        |molecule: &Molecule, end: AtomIndex| molecule.neighbors(end).find(|other| folded[other.index()]);
    let atoms = graph.atoms.clone();
    for site in graph.sites.iter_mut().filter(|site| site.kind == Kind::Bond) {
        for (end, ligands) in site.ends.iter().zip(site.ligands.chunks_mut(2)) {
            if drawn_hydrogen(molecule, atoms[*end as usize]).is_none() {
                // A counted hydrogen has no bond to mark; neither has a lone pair.
                ligands.iter_mut().filter(|ligand| **ligand == HYDROGEN).for_each(|ligand| *ligand = LONE_PAIR);
            }
        }
    }
    let rank: Vec<u32> = (0..atoms.len() as u32).collect();
    let mut looks = MOST_LOOKS;
    let marks = loop {
        match directions(&graph, &rank, &mut looks, |_| true) {
            Ok(directions) => break directions.marks,
            Err(Failure::Inexpressible(site)) => graph.sites[site].number = 0,
            Err(Failure::TooLong) => return,
        }
    };
    for mark in marks {
        let end = atoms[mark.end as usize];
        let beside = match mark.ligand {
            HYDROGEN => drawn_hydrogen(molecule, end),
            vertex => atoms.get(vertex as usize).copied(),
        };
        let Some(bond) = beside.and_then(|beside| molecule.bond_between(end, beside)) else { continue };
        // Up and down are exchanged, so that a text that goes from the mark to the double bond begins with a slash.
        let direction = if molecule.bond(bond).begin == end { mark.direction.reversed() } else { mark.direction };
        molecule.state_direction(bond, direction);
    }
}
