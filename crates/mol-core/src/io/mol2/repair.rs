//! Bonds and charges that the format leaves open: delocalised groups, charged nitrogen.

use crate::io::formal::{implied_charge, sigma_sum};
use crate::perceive::ring_bonds;
use crate::{Atom, AtomIndex, BondIndex, BondOrder, Element, Error, Molecule, MoleculeBuilder, Vec3};

/// Most atoms tried for a charge of an aromatic system.
const MOST_TRIED: usize = 64;
/// Atoms of systems that may be looked at to find the charges of a record: so many, and so many for each atom of it.
const LEAST_WORK: usize = 1 << 20;
const WORK_OF_ATOM: usize = 1 << 8;

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
    for k in (0..atoms.len()).map(AtomIndex::new) {
        if is_aromatic(builder.molecule(), k) {
            let degree = builder.molecule().degree(k);
            let data = builder.atom_mut(k).expect("an atom of the list");
            let charge = i8::from(data.element == Some(Element::N) && degree == 4);
            data.aromatic = true;
            data.charge = charge;
        } else {
            let charge = implied_charge(&builder, k);
            builder.atom_mut(k).expect("an atom of the list").charge = charge;
        }
    }
    charge_rings(&mut builder)?;
    let molecule = builder.build().map_err(text)?;
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

fn is_aromatic(molecule: &Molecule, atom: AtomIndex) -> bool {
    molecule.bonds_of(atom).iter().any(|&bond| molecule.bond(bond).order == BondOrder::Aromatic)
}

/// Whether an atom is a nitrogen of three bonds, one of them to an oxygen that has nothing else.
fn is_oxide(molecule: &Molecule, atom: AtomIndex) -> bool {
    let is_bare = |bond: &BondIndex| {
        let bond = molecule.bond(*bond);
        let other = bond.other(atom);
        molecule.atom(other).element == Some(Element::O)
            && molecule.degree(other) == 1
            && bond.order == BondOrder::Single
    };
    molecule.atom(atom).element == Some(Element::N)
        && molecule.degree(atom) == 3
        && molecule.bonds_of(atom).iter().any(is_bare)
}

/// Gives aromatic systems that cannot be written with double bonds the charges that let them, one system after the other;
/// then to their atoms what charges the bonds imply that are written out (oxygen of three).
fn charge_rings(builder: &mut MoleculeBuilder) -> Result<(), String> {
    let whole = builder.molecule();
    let count = whole.atom_count();
    let mut work = LEAST_WORK + WORK_OF_ATOM * count;
    let mut seen = vec![false; count];
    let mut places = vec![None; count];
    let mut charges: Vec<(AtomIndex, i8)> = Vec::new();
    for start in (0..count).map(AtomIndex::new) {
        if seen[start.index()] || !is_aromatic(whole, start) {
            continue;
        }
        let system = aromatic_system(whole, start, &mut seen);
        let mut part = surroundings(whole, &system, &mut places)?;
        // N-oxides are cations even where double bonds could do without (two of them in a ring), unless they could not do
        // with (the anion of an N-hydroxyazole).
        part = with_oxides(&part, system.len()).filter(|part| part.kekulized().is_ok()).unwrap_or(part);
        let kekule = loop {
            let stuck = match part.kekulized() {
                Ok(kekule) => break kekule.to_builder(),
                Err(Error::Kekulize { atoms }) => atoms,
                Err(error) => return Err(error.to_string()),
            };
            part = with_ring_charge(&part, system.len(), &stuck, &mut work).ok_or_else(|| {
                let stuck = stuck.into_iter().filter_map(|atom| system.get(atom.index()).copied()).collect();
                Error::Kekulize { atoms: stuck }.to_string()
            })?;
        };
        charges.extend(system.into_iter().zip(part.atoms()).map(|(atom, (place, data))| {
            (atom, if data.charge == 0 { implied_charge(&kekule, place) } else { data.charge })
        }));
    }
    for (atom, charge) in charges {
        builder.atom_mut(atom).expect("an atom of the molecule").charge = charge;
    }
    Ok(())
}

/// The molecule with every N-oxide among its first `system` atoms a cation, `None` if there is none.
fn with_oxides(part: &Molecule, system: usize) -> Option<Molecule> {
    let oxides: Vec<AtomIndex> = (0..system).map(AtomIndex::new).filter(|&atom| is_oxide(part, atom)).collect();
    let mut builder = oxides.first().map(|_| part.to_builder())?;
    for atom in oxides {
        builder.atom_mut(atom)?.charge = 1;
    }
    builder.build().ok()
}

/// The atoms of a system and their neighbours as a molecule of its own, the system first. `places` is scratch, all `None`
/// before and after.
fn surroundings(whole: &Molecule, system: &[AtomIndex], places: &mut [Option<AtomIndex>]) -> Result<Molecule, String> {
    let mut part = MoleculeBuilder::with_capacity(2 * system.len(), 2 * system.len());
    let mut touched = system.to_vec();
    for &atom in system {
        places[atom.index()] = Some(part.add_atom(*whole.atom(atom)));
    }
    for &atom in system {
        for other in whole.neighbors(atom) {
            if places[other.index()].is_none() {
                // Another system's atom is only a substituent here.
                let beside = Atom { aromatic: false, hydrogens: Some(0), ..*whole.atom(other) };
                places[other.index()] = Some(part.add_atom(beside));
                touched.push(other);
            }
        }
    }
    let mut added = Ok(());
    for &atom in system {
        for bond in whole.bonds_of(atom).iter().map(|&bond| whole.bond(bond)) {
            let is_inside =
                places[bond.begin.index()].max(places[bond.end.index()]).is_some_and(|far| far.index() < system.len());
            // A bond within the system is met from both of its ends.
            if (!is_inside || bond.begin == atom)
                && let (Some(begin), Some(end)) = (places[bond.begin.index()], places[bond.end.index()])
            {
                added = added.and_then(|()| part.add_bond(begin, end, bond.order).map(|_| ()));
            }
        }
    }
    for atom in touched {
        places[atom.index()] = None;
    }
    added.and_then(|()| part.build()).map_err(|error| error.to_string())
}

/// The molecule with one charge more on the first `system` atoms, which cannot be written with double bonds: the one that
/// leaves the fewest atoms stuck. A nitrogen of three bonds may be that of pyrrole or of pyridinium, one of two that of
/// pyridine or of pyrrolide; cations come first, of them N-oxides. `None` if no charge helps, or `work` [atoms] is used up.
fn with_ring_charge(part: &Molecule, system: usize, stuck: &[AtomIndex], work: &mut usize) -> Option<Molecule> {
    let mut candidates: Vec<(usize, AtomIndex, i8)> = Vec::new();
    for atom in (0..system).map(AtomIndex::new).filter(|&atom| part.atom(atom).charge == 0) {
        match (part.atom(atom).element, part.degree(atom)) {
            (Some(Element::N), 3) => candidates.push((usize::from(!is_oxide(part, atom)), atom, 1)),
            (Some(Element::O | Element::S), 2) => candidates.push((2, atom, 1)),
            (Some(Element::N), 2) => candidates.push((3, atom, -1)),
            _ => {}
        }
    }
    candidates.sort_unstable();
    let mut best: Option<(usize, Molecule)> = None;
    for (_, atom, charge) in candidates.into_iter().take(MOST_TRIED) {
        *work = work.checked_sub(part.atom_count())?;
        let mut builder = part.to_builder();
        builder.atom_mut(atom)?.charge = charge;
        let charged = builder.build().ok()?;
        let left = match charged.kekulized() {
            Err(Error::Kekulize { atoms }) => atoms.len(),
            _ => return Some(charged),
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
        let degree = builder.molecule().degree(k);
        // π bonds of the group, by the neighbours of its centre, and those that are written out already.
        let wanted = match (atoms[k.index()].element, degree) {
            // Sulfone, sulfonate, sulfate; sulfur dioxide; sulfinate and sulfite.
            (Some(Element::S | Element::SE | Element::TE), 2 | 4..) | (Some(Element::P | Element::AS), 3) => 2,
            // Perchlorate, chlorate, chlorite.
            (Some(Element::CL | Element::BR | Element::I), _) => degree.saturating_sub(1),
            (Some(Element::B | Element::AL | Element::SI), _) => 0,
            _ => 1,
        };
        let doubles = wanted.saturating_sub(sigma_sum(builder, k) - degree);
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
fn aromatic_system(molecule: &Molecule, start: AtomIndex, seen: &mut [bool]) -> Vec<AtomIndex> {
    seen[start.index()] = true;
    let mut found = vec![start];
    let mut next = 0;
    while let Some(&atom) = found.get(next) {
        next += 1;
        for bond in molecule.bonds_of(atom).iter().map(|&bond| molecule.bond(bond)) {
            let other = bond.other(atom);
            if bond.order == BondOrder::Aromatic && !std::mem::replace(&mut seen[other.index()], true) {
                found.push(other);
            }
        }
    }
    found.sort_unstable();
    found
}
