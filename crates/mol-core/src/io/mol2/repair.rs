//! Bonds and charges that the format leaves open: delocalised groups, charged nitrogen.

use crate::io::formal::{implied_charge, sigma_sum};
use crate::perceive::ring_bonds;
use crate::{Atom, AtomIndex, BondIndex, BondOrder, Element, Error, Molecule, MoleculeBuilder, Vec3};

/// Most atoms tried for a charge of an aromatic system.
const MOST_TRIED: usize = 64;

/// An atom as its line has it.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) element: Option<Element>,
    pub(super) position: Vec3,
}

/// The molecule of a file: hydrogens are all atoms, so charges follow from bonds.
pub(super) fn build(atoms: &[Placed], bonds: &[(usize, usize, BondOrder)]) -> Result<Molecule, String> {
    let text = |error: Error| error.to_string();
    let mut builder = MoleculeBuilder::with_capacity(atoms.len(), bonds.len());
    for placed in atoms {
        builder.add_atom(Atom { element: placed.element, hydrogens: Some(0), ..Atom::wildcard() });
    }
    for &(begin, end, order) in bonds {
        builder.add_bond(AtomIndex::new(begin), AtomIndex::new(end), order).map_err(text)?;
    }
    let ring = ring_bonds(builder.molecule());
    localize(&mut builder, atoms, &ring)?;
    let is_aromatic = |builder: &MoleculeBuilder, atom: AtomIndex| {
        let molecule = builder.molecule();
        molecule.bonds_of(atom).iter().any(|&bond| molecule.bond(bond).order == BondOrder::Aromatic)
    };
    for k in (0..atoms.len()).map(AtomIndex::new) {
        if is_aromatic(&builder, k) {
            let degree = builder.molecule().degree(k);
            let data = builder.atom_mut(k).expect("an atom of the list");
            data.aromatic = true;
            data.charge = i8::from(data.element == Some(Element::N) && degree == 4);
        } else {
            let charge = implied_charge(&builder, k);
            builder.atom_mut(k).expect("an atom of the list").charge = charge;
        }
    }
    let mut molecule = builder.build().map_err(text)?;
    while let Err(Error::Kekulize { atoms: stuck }) = molecule.kekulized() {
        molecule = with_ring_charge(&molecule, &stuck).ok_or_else(|| text(Error::Kekulize { atoms: stuck }))?;
    }
    let mut builder = molecule.to_builder();
    for k in (0..atoms.len()).map(AtomIndex::new) {
        let data = builder.atom_mut(k).expect("an atom of the list");
        data.hydrogens = None;
        let implied = builder.molecule().hydrogens(k);
        let data = builder.atom_mut(k).expect("an atom of the list");
        if !(data.is_bare() && implied == 0) {
            data.hydrogens = Some(0);
        }
    }
    let mut molecule = builder.build().map_err(text)?;
    molecule.add_conformer(atoms.iter().map(|atom| atom.position).collect()).map_err(text)?;
    molecule.with_stereo_of(0).map_err(text)
}

/// The molecule with one charge more in an aromatic system that cannot be written with double bonds: the one that leaves
/// the fewest atoms stuck. A nitrogen of three bonds may be that of pyrrole or of pyridinium, one of two that of pyridine or
/// of pyrrolide; cations come first, of them N-oxides. `None` if no charge helps.
fn with_ring_charge(molecule: &Molecule, stuck: &[AtomIndex]) -> Option<Molecule> {
    let is_oxide = |atom: AtomIndex| {
        molecule.neighbors(atom).any(|other| {
            let data = molecule.atom(other);
            data.element == Some(Element::O) && data.charge == -1
        })
    };
    let component = aromatic_component(molecule, stuck);
    let mut candidates: Vec<(usize, AtomIndex, i8)> = Vec::new();
    for atom in component.into_iter().filter(|&atom| molecule.atom(atom).charge == 0) {
        match (molecule.atom(atom).element, molecule.degree(atom)) {
            (Some(Element::N), 3) if is_oxide(atom) => candidates.push((0, atom, 1)),
            (Some(Element::N), 3) => candidates.push((1, atom, 1)),
            (Some(Element::O | Element::S), 2) => candidates.push((2, atom, 1)),
            (Some(Element::N), 2) => candidates.push((3, atom, -1)),
            _ => {}
        }
    }
    candidates.sort_unstable();
    let mut best: Option<(usize, Molecule)> = None;
    for (_, atom, charge) in candidates.into_iter().take(MOST_TRIED) {
        let mut builder = molecule.to_builder();
        builder.atom_mut(atom)?.charge = charge;
        let charged = builder.build().ok()?;
        let left = match charged.kekulized() {
            Err(Error::Kekulize { atoms }) => atoms.len(),
            _ => 0,
        };
        if left < best.as_ref().map_or(stuck.len(), |(left, _)| *left) {
            best = Some((left, charged));
        }
    }
    best.map(|(_, molecule)| molecule)
}

/// Writes aromatic bonds off rings out: carboxylates and their kin have one double bond, amidinium and guanidinium too.
fn localize(builder: &mut MoleculeBuilder, atoms: &[Placed], ring: &[bool]) -> Result<(), String> {
    let open = |builder: &MoleculeBuilder, atom: AtomIndex| -> Vec<BondIndex> {
        let molecule = builder.molecule();
        let mut bonds = molecule.bonds_of(atom).to_vec();
        bonds.retain(|&bond| molecule.bond(bond).order == BondOrder::Aromatic && !ring[bond.index()]);
        bonds
    };
    for k in (0..atoms.len()).map(AtomIndex::new) {
        let bonds = open(builder, k);
        // The centre of the group is the atom with several of them.
        if bonds.len() < 2 {
            continue;
        }
        let rest = sigma_sum(builder, k) - bonds.len();
        let doubles = match atoms[k.index()].element {
            // A sulfonate has two, a phosphate one; each but one oxygen of the rest is charged.
            Some(Element::S) => bonds.len().saturating_sub(1),
            Some(Element::P) => usize::from(rest < 5),
            _ => 1,
        };
        let mut ordered = bonds.clone();
        // A nitrogen that would have four bonds is the charged one; plain ones come first among oxygens.
        ordered.sort_by_key(|&bond| {
            let other = builder.molecule().bond(bond).other(k);
            (builder.molecule().degree(other), bond)
        });
        for (place, bond) in ordered.into_iter().enumerate() {
            let order = if place < doubles { BondOrder::Double } else { BondOrder::Single };
            builder.bond_data_mut(bond).order = order;
        }
    }
    let molecule = builder.molecule();
    match molecule.bonds().find(|(bond, data)| data.order == BondOrder::Aromatic && !ring[bond.index()]) {
        None => Ok(()),
        Some((_, data)) => {
            let (begin, end) = (data.begin.index() + 1, data.end.index() + 1);
            Err(format!(
                "expected aromatic bonds on rings or in charged groups, got one between atoms {begin} and {end}"
            ))
        }
    }
}

/// Atoms reached from `start` over aromatic bonds, ascending.
fn aromatic_component(molecule: &Molecule, start: &[AtomIndex]) -> Vec<AtomIndex> {
    let mut seen = vec![false; molecule.atom_count()];
    let mut stack: Vec<AtomIndex> = start.to_vec();
    let mut found = Vec::new();
    while let Some(atom) = stack.pop() {
        if std::mem::replace(&mut seen[atom.index()], true) {
            continue;
        }
        found.push(atom);
        let around = molecule.bonds_of(atom).iter().map(|&bond| molecule.bond(bond));
        stack.extend(around.filter(|bond| bond.order == BondOrder::Aromatic).map(|bond| bond.other(atom)));
    }
    found.sort_unstable();
    found
}
