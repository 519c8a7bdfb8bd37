//! Which atoms of a molecule are alike: orbits of its automorphisms, and generators of them.
//!
//! Refinement over neighbourhoods tells nearly all atoms apart that differ, but not in regular frames; there automorphisms
//! are searched, level by level of a chain of stabilisers, so that the generators give the whole group. Atoms with one
//! neighbour are set aside first: their exchanges are known, and hydrogens cost nothing. Deliberately not here: canonical
//! numbering, and stereo (two atoms that only a mirror exchanges are alike here).

use super::Perception;
use super::automorphism::{Colored, Edge};
use crate::canon::{self, Scope, Stereo};
use crate::{AtomIndex, BondOrder, Molecule};

/// The symmetry of a molecule as a graph of elements, isotopes, charges, hydrogens and bond orders, aromatic ones as such.
///
/// ```
/// use mol_core::{Molecule, perceive::{Perception, Symmetry}};
/// let cubane = Molecule::from_smiles("C12C3C4C1C5C4C3C25")?;
/// let symmetry = Symmetry::new(&Perception::new(&cubane)?);
/// assert_eq!((symmetry.class_count(), symmetry.order()), (1, Some(48)));
/// let neopentane = Molecule::from_smiles("CC(C)(C)C")?.with_explicit_hydrogens()?;
/// assert_eq!(Symmetry::new(&Perception::new(&neopentane)?).order(), Some(31_104));
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// The chain of stabilisers: Sims, in *Computational Problems in Abstract Algebra* (ed. Leech), 169 (1970); refinement with
/// individualisation: McKay, *Congr. Numer.* **30**, 45 (1981).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symmetry {
    classes: Vec<usize>,
    generators: Vec<Vec<AtomIndex>>,
    order: Option<u128>,
    is_exact: bool,
}

impl Symmetry {
    /// Finds the symmetry of a perceived molecule.
    #[must_use]
    pub fn new(perception: &Perception) -> Self {
        let numbers = || canon::numbers(perception, Scope { stereo: Stereo::None, maps: false, ..Scope::ALL });
        Self::of(perception.molecule(), |bond| perception.written_order(bond), &numbers)
    }

    /// The same for bond orders of choice, with an order of the atoms that is the same for every numbering.
    fn of(
        molecule: &Molecule,
        order: impl Fn(crate::BondIndex) -> BondOrder,
        numbers: &dyn Fn() -> Vec<usize>,
    ) -> Self {
        let count = molecule.atom_count();
        let links = |atom: AtomIndex| {
            molecule.bonds_of(atom).iter().map(move |&bond| (molecule.bond(bond).other(atom).index(), bond))
        };
        let first = |(atom, data): (AtomIndex, &crate::Atom)| {
            (data.element, data.isotope, data.charge, molecule.hydrogens(atom), molecule.degree(atom))
        };
        let kinds = ranks(&molecule.atoms().map(first).collect::<Vec<_>>());
        // Atoms with one neighbour that has others, by that neighbour.
        let parent = |atom: AtomIndex| {
            let (other, bond) = links(atom).next().filter(|_| molecule.degree(atom) == 1)?;
            (molecule.degree(AtomIndex::new(other)) > 1).then_some((other, order(bond)))
        };
        let mut leaves: Vec<Vec<(BondOrder, usize, usize)>> = vec![Vec::new(); count];
        let mut core = Vec::new();
        for (atom, _) in molecule.atoms() {
            match parent(atom) {
                Some((other, bond)) => leaves[other].push((bond, kinds[atom.index()], atom.index())),
                None => core.push(atom.index()),
            }
        }
        for list in &mut leaves {
            list.sort_unstable();
        }
        let mut local = vec![usize::MAX; count];
        core.iter().enumerate().for_each(|(k, &atom)| local[atom] = k);
        let kinds_of = |atom: usize| leaves[atom].iter().map(|&(bond, kind, _)| (bond, kind)).collect::<Vec<_>>();
        let colors = ranks(&core.iter().map(|&atom| (kinds[atom], kinds_of(atom))).collect::<Vec<_>>());
        let edges = |&atom: &usize| {
            let onward = links(AtomIndex::new(atom)).filter(|&(other, _)| local[other] != usize::MAX);
            onward.map(|(other, bond)| Edge { to: local[other] as u32, kind: order(bond) as u32 }).collect()
        };
        let graph = Colored::new(core.iter().map(edges).collect(), colors.into_iter().map(|c| c as u32).collect());
        let group = graph.group(&|| {
            let numbers = numbers();
            core.iter().map(|&atom| numbers[atom]).collect()
        });

        let mut generators: Vec<Vec<AtomIndex>> = Vec::new();
        for map in &group.generators {
            let mut whole: Vec<AtomIndex> = (0..count).map(AtomIndex::new).collect();
            for (k, &image) in map.iter().enumerate() {
                let (from, to) = (core[k], core[image as usize]);
                whole[from] = AtomIndex::new(to);
                for (leaf, other) in leaves[from].iter().zip(&leaves[to]) {
                    whole[leaf.2] = AtomIndex::new(other.2);
                }
            }
            generators.push(whole);
        }
        let mut size = group.order;
        for list in &leaves {
            for twins in list.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                for (k, pair) in twins.windows(2).enumerate() {
                    let mut swap: Vec<AtomIndex> = (0..count).map(AtomIndex::new).collect();
                    swap.swap(pair[0].2, pair[1].2);
                    generators.push(swap);
                    size = size.and_then(|size| size.checked_mul(k as u128 + 2));
                }
            }
        }
        // Orbits of the core by invariant numbers, then leaves by their atom's.
        let key = |atom: usize| match local[atom] {
            usize::MAX => {
                let (other, bond) = parent(AtomIndex::new(atom)).expect("only leaves are outside the core");
                (1, group.classes[local[other]], bond as usize, kinds[atom])
            }
            k => (0, group.classes[k], 0, 0),
        };
        let classes = ranks(&(0..count).map(key).collect::<Vec<_>>());
        Self { classes, generators, order: size.filter(|_| group.is_exact), is_exact: group.is_exact }
    }

    /// A class for each atom, shape `[atoms]`: the orbits of the automorphisms, numbered from 0 without gaps by keys that no
    /// numbering of the atoms changes.
    ///
    /// If the search was given up ([`is_exact`](Self::is_exact)), classes can hold more than one orbit. Orbits that even
    /// refinement around one of their atoms does not tell apart (Tutte's 12-cage has two) are numbered by the canonical form.
    #[must_use]
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// Number of classes.
    #[must_use]
    pub fn class_count(&self) -> usize {
        self.classes.iter().max().map_or(0, |last| last + 1)
    }

    /// Automorphisms whose products are all of them: entry `i` of each is the image of atom `i`.
    #[must_use]
    pub fn generators(&self) -> &[Vec<AtomIndex>] {
        &self.generators
    }

    /// Number of automorphisms, `None` beyond 2¹²⁸ or if the search was given up.
    #[must_use]
    pub const fn order(&self) -> Option<u128> {
        self.order
    }

    /// Whether the search came to its end. It is given up after 17 million steps (atoms looked at), which graphs made to be
    /// hard can need, and molecules of thousands of atoms with hundreds of exchangeable parts; classes then are those of
    /// refinement over neighbourhoods, which is always completed.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.is_exact
    }
}

/// A class for each atom: two atoms are of one class if an automorphism exchanges them. Shape `[atoms]`; classes are
/// numbered from 0 without gaps, by keys that no numbering of the atoms changes.
///
/// Elements, isotopes, charges, hydrogens and bond orders are looked at. Aromaticity is perceived first, so that a Kekulé
/// structure does not break symmetry (a molecule that cannot be kekulized is taken as written, and orbits that refinement
/// around one of their atoms does not tell apart are then numbered as the atoms are). Chirality and direction
/// marks are not looked at. [`Symmetry`] has the automorphisms as well.
///
/// ```
/// use mol_core::{Molecule, perceive::symmetry_classes};
/// let toluene = symmetry_classes(&Molecule::from_smiles("CC1=CC=CC=C1")?);
/// assert_eq!(toluene[2], toluene[6]);
/// assert_ne!(toluene[2], toluene[3]);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[must_use]
pub fn symmetry_classes(molecule: &Molecule) -> Vec<usize> {
    if let Ok(perception) = Perception::new(molecule) {
        return Symmetry::new(&perception).classes;
    }
    let numbers = || (0..molecule.atom_count()).collect();
    Symmetry::of(molecule, |bond| molecule.bond(bond).order, &numbers).classes
}

/// The rank of each key among the distinct ones.
pub(super) fn ranks<K: Ord>(keys: &[K]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    let mut ranks = vec![0; keys.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += usize::from(keys[pair[0]] != keys[pair[1]]);
        ranks[pair[1]] = rank;
    }
    ranks
}
