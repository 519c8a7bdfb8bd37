//! Stereo elements: atoms and bonds that can carry stereo, and whether they do.

use super::super::Perception;
use crate::canon::{Budget, Graph, Kind, Scope, Site, Stereo, components, mark_possible, settle};
use crate::{AtomIndex, BondIndex, Molecule, Result};

/// A tetrahedral stereocentre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StereoCenter {
    /// The atom.
    pub atom: AtomIndex,
    /// Whether its arrangement is stated, by a mark that means something.
    pub specified: bool,
}

/// A double bond that is cis or trans, or an odd number of cumulated ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StereoBond {
    /// The double bond; of several in a row the middle one.
    pub bond: BondIndex,
    /// The two ends, beside which the marks stand.
    pub ends: [AtomIndex; 2],
    /// Whether its arrangement is stated, by marks that mean something.
    pub specified: bool,
}

/// An allene, or a longer row of an even number of double bonds, whose ends are perpendicular.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StereoAllene {
    /// The atom in the middle, which carries the mark.
    pub atom: AtomIndex,
    /// Whether its arrangement is stated, by a mark that means something.
    pub specified: bool,
}

/// The atoms and bonds of a molecule that are stereogenic, and whether each is specified.
///
/// An element is *possible* if its own neighbours allow it and no symmetry of the molecule inverts it that keeps the
/// stated elements, all others taken as stated and told apart: so the two carbons of 1,4-dimethylcyclohexane depend on each other and are both
/// possible. It is *specified* if it carries a mark that no symmetry inverts that keeps the other marks as they are: one
/// `@` alone on 1,4-dimethylcyclohexane says nothing, two say cis or trans.
///
/// ```text
/// tetrahedral   four different neighbours, one of them at most a hydrogen; P and As also with three; S and Se with
///               three if of valence 4 or charged; N with three in three-membered rings and at bridgeheads,
///               unless conjugated
/// double bond   two different neighbours at both ends, a lone pair among them; not on rings below eight
/// allene        as a double bond, for an even number of them in a row
/// ```
///
/// Hydrogens drawn as atoms are looked at as if they were counted. Square-planar, bipyramidal and octahedral centres are
/// not listed: their marks are kept as they are.
///
/// ```
/// use mol_core::{Molecule, perceive::{Perception, StereoElements}};
/// let perception = Perception::new(&Molecule::from_smiles("C[C@H]1CC[C@@H](C)CC1.F/C=C/C=CF.C[C@H](C)O")?)?;
/// let stereo = StereoElements::new(&perception);
/// assert_eq!(stereo.centers().len(), 2); // cis or trans; the mark of isopropanol says nothing
/// assert!(stereo.centers().iter().all(|center| center.specified));
/// assert_eq!(stereo.bonds().iter().map(|bond| bond.specified).collect::<Vec<_>>(), [true, false]);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StereoElements {
    centers: Vec<StereoCenter>,
    bonds: Vec<StereoBond>,
    allenes: Vec<StereoAllene>,
    exact: bool,
}

impl StereoElements {
    /// Finds the stereo elements of a molecule.
    #[must_use]
    pub fn new(perception: &Perception) -> Self {
        let mut elements = Self::default();
        let (graphs, _) = components(perception, Scope { stereo: Stereo::Possible, ..Scope::ALL });
        let mut budget = Budget::default();
        for graph in graphs {
            elements.add(graph, &mut budget);
        }
        elements.exact = budget.is_exact();
        elements.centers.sort_unstable_by_key(|center| center.atom);
        elements.bonds.sort_unstable_by_key(|bond| bond.bond);
        elements.allenes.sort_unstable_by_key(|allene| allene.atom);
        elements
    }

    fn add(&mut self, mut graph: Graph, budget: &mut Budget) {
        settle(&mut graph, budget);
        let stated: Vec<bool> = graph.sites.iter().map(|site| site.number > 0).collect();
        mark_possible(&mut graph, budget);
        for (site, stated) in graph.sites.iter().zip(stated) {
            if site.number > 0 {
                self.push(&graph, site, stated);
            }
        }
    }

    fn push(&mut self, graph: &Graph, site: &Site, specified: bool) {
        let atom = site.atom;
        match (site.kind, site.bond) {
            (Kind::Bond, Some(bond)) => {
                let ends = site.ends.map(|end| graph.atoms[end as usize]);
                self.bonds.push(StereoBond { bond, ends, specified });
            }
            (Kind::Allene, _) => self.allenes.push(StereoAllene { atom, specified }),
            (Kind::Polyhedron(_), _) => {}
            _ => self.centers.push(StereoCenter { atom, specified }),
        }
    }

    /// The tetrahedral centres, by atom.
    #[must_use]
    pub fn centers(&self) -> &[StereoCenter] {
        &self.centers
    }

    /// The double bonds, by bond.
    #[must_use]
    pub fn bonds(&self) -> &[StereoBond] {
        &self.bonds
    }

    /// The allenes, by the atom in the middle.
    #[must_use]
    pub fn allenes(&self) -> &[StereoAllene] {
        &self.allenes
    }

    /// Whether everything was decided within the limit of work of [`Canonical`](crate::Canonical::is_exact). If not, elements
    /// that symmetry might show to be none are listed.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }

    /// The centre at an atom.
    #[must_use]
    pub fn center_at(&self, atom: AtomIndex) -> Option<StereoCenter> {
        self.centers.binary_search_by_key(&atom, |center| center.atom).ok().map(|k| self.centers[k])
    }

    /// The allene with its middle at an atom.
    #[must_use]
    pub fn allene_at(&self, atom: AtomIndex) -> Option<StereoAllene> {
        self.allenes.binary_search_by_key(&atom, |allene| allene.atom).ok().map(|k| self.allenes[k])
    }

    /// The stereo bond at a bond.
    #[must_use]
    pub fn bond_at(&self, bond: BondIndex) -> Option<StereoBond> {
        self.bonds.binary_search_by_key(&bond, |stereo| stereo.bond).ok().map(|k| self.bonds[k])
    }
}

impl Molecule {
    /// The same molecule without the stereo marks that say nothing: chirality of atoms and direction marks of bonds whose
    /// inversion gives the same compound ([`StereoElements`]). Square-planar, bipyramidal and octahedral centres keep
    /// theirs.
    ///
    /// ```
    /// let molecule = mol_core::Molecule::from_smiles("C[C@H](C)/C=C(/C)C")?.without_idle_stereo()?;
    /// assert_eq!(molecule.to_smiles(), "C[CH](C)C=C(C)C");
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
    pub fn without_idle_stereo(&self) -> Result<Self> {
        let perception = Perception::new(self)?;
        let stereo = StereoElements::new(&perception);
        let mut molecule = self.clone();
        let mut kept = vec![false; self.bond_count()];
        let mut is_end = vec![false; self.atom_count()];
        for end in stereo.bonds().iter().filter(|bond| bond.specified).flat_map(|bond| bond.ends) {
            is_end[end.index()] = true;
            for beside in self.bonds_of(end) {
                kept[beside.index()] = true;
            }
        }
        for (bond, _) in self.bonds().filter(|(bond, data)| data.direction.is_some() && !kept[bond.index()]) {
            molecule.set_direction(bond, None);
        }
        for (atom, data) in self.atoms() {
            let Some(chirality) = data.chirality else { continue };
            let means = match chirality.class() {
                crate::ChiralClass::Tetrahedral => {
                    is_end[atom.index()] || stereo.center_at(atom).is_some_and(|center| center.specified)
                }
                crate::ChiralClass::Allenal => stereo.allene_at(atom).is_some_and(|allene| allene.specified),
                _ => true,
            };
            if !means {
                molecule.set_chirality(atom, None);
            }
        }
        Ok(molecule)
    }
}
