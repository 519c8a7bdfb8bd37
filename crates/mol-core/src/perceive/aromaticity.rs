//! Hückel aromaticity of a Kekulé molecule.
//!
//! The model is `RDKit`'s, the most common one: electrons each atom gives to the π system are read off its bonds, and a
//! ring or a fused group of up to six rings is aromatic if they number 4n + 2. Its peculiarities (carbonyl carbons in
//! rings, azulene's inner bond) are kept, because models and force fields are trained on it. Deliberately not here:
//! aromaticity as a physical property.

use super::Rings;
use super::valence::{
    effective_valences, normal_valences, outer_electrons, radical_electrons, sigma_valence, total_degree,
};
use crate::{Atom, AtomIndex, BondIndex, BondOrder, Element, Molecule, Result};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Rings larger than this are not combined with others.
const LARGEST_FUSED: usize = 24;
/// Rings that are combined at most.
const MOST_COMBINED: usize = 6;
/// Combinations of rings that are looked at in one fused system before larger ones are given up.
const MOST_COMBINATIONS: usize = 50_000;

impl Molecule {
    /// The same molecule with aromatic atoms and bonds marked by Hückel's rule; hydrogen counts, conformers, chirality
    /// and numbering are kept. What is marked already is assigned to single and double bonds first.
    ///
    /// Each atom of a ring gives to the π system
    ///
    /// ```text
    /// 1   with a double bond in a ring, or out of it to an atom that is not more electronegative
    /// 0   with a double bond out of the ring to a more electronegative atom (C=O), or with an empty p orbital (C⁺, B)
    /// 2   with a lone pair (pyrrole N, O, S, C⁻)
    /// ```
    ///
    /// and the ring is aromatic if all of its atoms can take part (at most three neighbours, at most one double bond,
    /// no more bonds than the element's normal valence, elements of the first three periods, Se and Te) and their
    /// electrons number 2 or 4n + 2 ≥ 6. Of rings fused by one bond the outline counts, up to six rings; bonds inside
    /// an outline stay as they are (azulene), and an atom in three of the rings gives nothing. A bond with a direction
    /// mark stays single, so that no stereo is lost.
    ///
    /// ```
    /// use mol_core::Molecule;
    /// let furan = Molecule::from_smiles("C1=COC=C1")?.with_aromaticity()?;
    /// assert_eq!(furan.to_smiles(), "c1cocc1");
    /// let cyclooctatetraene = Molecule::from_smiles("C1=CC=CC=CC=C1")?.with_aromaticity()?;
    /// assert!(cyclooctatetraene.atoms().all(|(_, atom)| !atom.aromatic));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds that are there already cannot be assigned.
    ///
    /// Hückel, *Z. Phys.* **70**, 204 (1931); the model: the RDKit Book, section "The RDKit Aromaticity Model".
    pub fn with_aromaticity(&self) -> Result<Self> {
        let kekule = self.kekulized()?;
        Ok(aromatize(&kekule).0)
    }
}

/// Marks what is aromatic in a Kekulé molecule; also gives which bonds are, those with direction marks among them.
pub(super) fn aromatize(kekule: &Molecule) -> (Molecule, Vec<bool>) {
    let rings = &Rings::relevant(kekule);
    let donors: Vec<Donor> = kekule.atoms().map(|(atom, _)| donor(kekule, rings, atom)).collect();
    let able = |ring: &usize| {
        let atoms = rings.atoms(*ring);
        atoms.iter().all(|atom| donors[atom.index()] != Donor::Cannot)
            && atoms.iter().any(|&atom| kekule.atom(atom).element.is_some())
    };
    let able: Vec<usize> = (0..rings.len()).filter(able).collect();
    let mut marks = Marks { atoms: vec![false; kekule.atom_count()], bonds: vec![false; kekule.bond_count()] };
    let joined = fusions(rings, &able);
    let mut seen = vec![false; rings.len()];
    for &start in &able {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut system = vec![start];
        let mut done = 0;
        while let Some(&ring) = system.get(done) {
            for &other in &joined[ring] {
                if !std::mem::replace(&mut seen[other], true) {
                    system.push(other);
                }
            }
            done += 1;
        }
        system.sort_unstable();
        mark_system(rings, &donors, &system, &joined, &mut marks);
    }
    let orders: Vec<(BondIndex, BondOrder)> = kekule
        .bonds()
        .filter(|(k, bond)| marks.bonds[k.index()] && bond.direction.is_none())
        .map(|(k, _)| (k, BondOrder::Aromatic))
        .collect();
    (kekule.rewritten(&orders, &marks.atoms), marks.bonds)
}

struct Marks {
    atoms: Vec<bool>,
    bonds: Vec<bool>,
}

/// For each ring those that share exactly one bond with it and are not too large, ascending.
fn fusions(rings: &Rings, able: &[usize]) -> Vec<Vec<usize>> {
    let mut joined = vec![Vec::new(); rings.len()];
    let small = |ring: usize| rings.atoms(ring).len() <= LARGEST_FUSED;
    for &ring in able.iter().filter(|&&ring| small(ring)) {
        let mut shared: FxHashMap<usize, usize> = FxHashMap::default();
        let others = rings.bonds(ring).iter().flat_map(|&bond| rings.of_bond(bond));
        others.filter(|&&other| other != ring).for_each(|&other| *shared.entry(other).or_default() += 1);
        let fits =
            |&(&other, &bonds): &(&usize, &usize)| bonds == 1 && small(other) && able.binary_search(&other).is_ok();
        joined[ring] = shared.iter().filter(fits).map(|(&other, _)| other).collect();
        joined[ring].sort_unstable();
    }
    joined
}

/// Looks at ever larger groups of fused rings until all bonds of the system are aromatic.
fn mark_system(rings: &Rings, donors: &[Donor], system: &[usize], joined: &[Vec<usize>], marks: &mut Marks) {
    let bonds: BTreeSet<BondIndex> = system.iter().flat_map(|&ring| rings.bonds(ring)).copied().collect();
    let mut groups: BTreeSet<Vec<usize>> = system.iter().map(|&ring| vec![ring]).collect();
    for size in 1..=MOST_COMBINED.min(system.len()) {
        for group in &groups {
            if is_huckel(rings, donors, group) {
                mark_group(rings, group, marks);
            }
        }
        if size == system.len() || bonds.iter().all(|bond| marks.bonds[bond.index()]) {
            return;
        }
        let mut larger = BTreeSet::new();
        for group in &groups {
            for &next in group.iter().flat_map(|&ring| &joined[ring]).filter(|next| !group.contains(next)) {
                let mut grown = group.clone();
                grown.insert(grown.partition_point(|&ring| ring < next), next);
                larger.insert(grown);
            }
            if larger.len() > MOST_COMBINATIONS {
                return;
            }
        }
        groups = larger;
    }
}

/// How many rings of a group each atom is on.
fn memberships(rings: &Rings, group: &[usize]) -> FxHashMap<AtomIndex, usize> {
    let mut counts = FxHashMap::default();
    group.iter().flat_map(|&ring| rings.atoms(ring)).for_each(|&atom| *counts.entry(atom).or_default() += 1);
    counts
}

fn is_huckel(rings: &Rings, donors: &[Donor], group: &[usize]) -> bool {
    let (mut least, mut most, mut open) = (0, 0, 0);
    for (atom, count) in memberships(rings, group) {
        let (low, high) = match donors[atom.index()] {
            _ if count > 2 => continue,
            Donor::Cannot => return false,
            Donor::Vacant => (0, 0),
            Donor::One => (1, 1),
            Donor::Two => (2, 2),
            Donor::OneOrTwo => {
                open += 1;
                (1, 2)
            }
        };
        least += low;
        most += high;
    }
    let fits = |electrons: usize| electrons >= 2 && (electrons - 2).is_multiple_of(4);
    open <= 1 && if most >= 6 { (least..=most).any(fits) } else { most == 2 }
}

/// The atoms of the rings and the bonds of their outline.
fn mark_group(rings: &Rings, group: &[usize], marks: &mut Marks) {
    let mut shared: FxHashMap<BondIndex, usize> = FxHashMap::default();
    for &ring in group {
        rings.atoms(ring).iter().for_each(|atom| marks.atoms[atom.index()] = true);
        rings.bonds(ring).iter().for_each(|&bond| *shared.entry(bond).or_default() += 1);
    }
    shared.iter().filter(|(_, count)| **count == 1).for_each(|(bond, _)| marks.bonds[bond.index()] = true);
}

/// What an atom gives to a ring it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Donor {
    /// It takes no part.
    Cannot,
    /// An empty orbital.
    Vacant,
    One,
    Two,
    /// A wildcard.
    OneOrTwo,
}

fn donor(molecule: &Molecule, rings: &Rings, atom: AtomIndex) -> Donor {
    if rings.of_atom(atom).is_empty() {
        return Donor::Cannot;
    }
    let data = molecule.atom(atom);
    let multiple = |on_ring: bool| {
        let bonds = molecule.bonds_of(atom).iter();
        bonds
            .copied()
            .find(|&bond| rings.of_bond(bond).is_empty() != on_ring && molecule.bond(bond).order > BondOrder::Single)
    };
    let (outside, inside) = (multiple(false), multiple(true));
    let Some(element) = data.element else {
        return if inside.is_some() { Donor::One } else { Donor::OneOrTwo };
    };
    if !is_candidate(molecule, atom, data, element) {
        return Donor::Cannot;
    }
    let stolen = outside.is_some_and(|bond| {
        let other = molecule.atom(molecule.bond(bond).other(atom)).element;
        other.is_some_and(|other| is_more_electronegative(other, element))
    });
    match pi_electrons(molecule, atom) {
        Some(0) if outside.is_some() => Donor::Vacant,
        Some(0) if inside.is_some() => Donor::One,
        None | Some(0) => Donor::Cannot,
        Some(1) if stolen => Donor::Vacant,
        Some(1) if outside.is_some() || inside.is_some() => Donor::One,
        // The cations of tropylium and cyclopropenyl.
        Some(1) => {
            if data.charge == 1 {
                Donor::Vacant
            } else {
                Donor::Cannot
            }
        }
        Some(count) if (count - usize::from(stolen)) % 2 == 1 => Donor::One,
        Some(_) => Donor::Two,
    }
}

/// Whether an atom can be aromatic at all.
fn is_candidate(molecule: &Molecule, atom: AtomIndex, data: &Atom, element: Element) -> bool {
    let normal = effective_valences(element, data.charge).first();
    let saturated = |&valence: &usize| sigma_valence(molecule, atom) > valence;
    let multiple = |&&bond: &&BondIndex| molecule.bond(bond).order > BondOrder::Single;
    (element.number() <= 18 || element == Element::SE || element == Element::TE)
        && !normal.is_some_and(saturated)
        && (radical_electrons(molecule, atom) == 0 || element == Element::C && data.charge == 0)
        && molecule.bonds_of(atom).iter().filter(multiple).count() <= 1
}

/// Electrons that an atom of a Kekulé molecule can give to a π system; `None` if it has no part in one: univalent
/// elements, more than three neighbours.
pub(super) fn pi_electrons(molecule: &Molecule, atom: AtomIndex) -> Option<usize> {
    let data = molecule.atom(atom);
    let element = data.element?;
    let valence = *normal_valences(element).first()?;
    let degree = total_degree(molecule, atom);
    if valence <= 1 || degree > 3 {
        return None;
    }
    let unpaired = radical_electrons(molecule, atom) as i32;
    let lone = (outer_electrons(element) - valence as i32 - i32::from(data.charge)).max(0);
    let free = valence as i32 - degree as i32 + lone - unpaired;
    let unsaturation = sigma_valence(molecule, atom) - degree;
    let free = if free > 1 && unsaturation > 1 { 1 } else { free };
    usize::try_from(free).ok()
}

fn is_more_electronegative(a: Element, b: Element) -> bool {
    let (outer_a, outer_b) = (outer_electrons(a), outer_electrons(b));
    outer_a > outer_b || outer_a == outer_b && a.number() < b.number()
}
