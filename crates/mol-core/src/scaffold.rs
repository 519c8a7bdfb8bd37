//! Scaffolds: what is left of a molecule when its side chains are cut off.
//!
//! Rings and the chains between them are a molecule's framework. The form here is the one that scaffold splits of data sets
//! use: atoms doubly bonded to the framework stay, stereo goes. Deliberately not here: networks of scaffolds.

use crate::fragment::{CutBond, cut_bonds, pieces};
use crate::molecule::BondData;
use crate::perceive::{Perception, effective_valences, radical_electrons};
use crate::{Atom, AtomIndex, BondOrder, Element, Molecule, MoleculeBuilder};

/// The Murcko scaffold: ring systems, the chains that join them, and atoms bonded to either by a double bond; empty without
/// rings.
///
/// Atoms that lose a neighbour take hydrogens up to their normal valence. Stereo marks, isotopes and map numbers are
/// dropped, atoms keep their order, aromatic bonds are marked.
///
/// ```
/// use mol_core::{Molecule, murcko_scaffold, perceive::Perception};
/// let scaffold = |smiles| Ok::<_, mol_core::Error>(
///     murcko_scaffold(&Perception::new(&Molecule::from_smiles(smiles)?)?).to_smiles());
/// assert_eq!(scaffold("Cc1cc(Oc2nccc(CCC)c2)ccc1")?, "c1cc(Oc2ncccc2)ccc1");
/// assert_eq!(scaffold("O=C(CC)C1CC1C(=O)C1CC1")?, "C1CC1C(=O)C1CC1");
/// assert_eq!(scaffold("CCO")?, "");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// As `RDKit`'s `MurckoScaffold.GetScaffoldForMol`. Bemis & Murcko, *J. Med. Chem.* **39**, 2887 (1996), whose frameworks
/// lack the atoms on double bonds.
#[must_use]
pub fn murcko_scaffold(perception: &Perception) -> Molecule {
    let molecule = perception.kekule();
    let core = core(perception);
    let kept = with_double_bonds(molecule, &core);
    let atom = |index: AtomIndex| {
        let atom = molecule.atom(index);
        let lost = || molecule.neighbors(index).any(|other| !kept[other.index()]);
        let hydrogens = if lost() { filled(molecule, index, &kept, core[index.index()]) } else { atom.hydrogens };
        Atom { isotope: None, chirality: None, map_number: 0, hydrogens, ..*atom }
    };
    let scaffold = restricted(molecule, &kept, atom, |order| order);
    scaffold.with_aromaticity().expect("a Kekulé form has no aromatic bonds to assign")
}

/// The generic scaffold: the [`murcko_scaffold`] with every atom a carbon and every bond single.
///
/// ```
/// use mol_core::{Molecule, generic_scaffold, perceive::Perception};
/// let purine = Perception::new(&Molecule::from_smiles("Cn1cnc2c1c(=O)[nH]cn2")?)?;
/// assert_eq!(generic_scaffold(&purine).to_smiles(), "C1CCC2C1C(C)CCC2");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// As `RDKit`'s `MakeScaffoldGeneric`. Bemis & Murcko, *J. Med. Chem.* **39**, 2887 (1996), "graph frameworks".
#[must_use]
pub fn generic_scaffold(perception: &Perception) -> Molecule {
    let molecule = perception.kekule();
    let kept = with_double_bonds(molecule, &core(perception));
    restricted(molecule, &kept, |_| Atom::new(Element::C), |_| BondOrder::Single)
}

/// What the scaffold lacks: each side chain with a wildcard where it was attached, in the order of their first atoms. A
/// molecule without rings is one side chain without a wildcard.
///
/// ```
/// use mol_core::{Molecule, perceive::Perception, side_chains};
/// let toluic = Perception::new(&Molecule::from_smiles("Cc1ccc(C(=O)O)cc1")?)?;
/// let chains: Vec<String> = side_chains(&toluic).iter().map(Molecule::to_smiles).collect();
/// assert_eq!(chains, ["C*", "C(=O)(O)*"]);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[must_use]
pub fn side_chains(perception: &Perception) -> Vec<Molecule> {
    let molecule = perception.kekule();
    let kept = with_double_bonds(molecule, &core(perception));
    let parts = molecule.bonds().filter(|(_, bond)| kept[bond.begin.index()] != kept[bond.end.index()]);
    let cuts: Vec<CutBond> = parts.map(|(bond, _)| CutBond { bond, begin_label: 0, end_label: 0 }).collect();
    let cut = cut_bonds(molecule, &cuts).expect("the bonds are of the molecule, each once");
    let is_chain = |atoms: &[AtomIndex]| atoms.iter().all(|atom| kept.get(atom.index()).is_none_or(|kept| !kept));
    pieces(&cut).into_iter().filter(|(atoms, _)| is_chain(atoms)).map(|(_, piece)| piece).collect()
}

/// Ring atoms and those on chains between rings: what is left when ends off rings are taken away again and again.
fn core(perception: &Perception) -> Vec<bool> {
    let molecule = perception.kekule();
    let mut kept = vec![true; molecule.atom_count()];
    let mut degrees: Vec<usize> = molecule.atoms().map(|(atom, _)| molecule.degree(atom)).collect();
    let is_end = |atom: AtomIndex, degrees: &[usize]| degrees[atom.index()] < 2 && !perception.in_ring(atom);
    let mut ends: Vec<AtomIndex> =
        molecule.atoms().map(|(atom, _)| atom).filter(|&atom| is_end(atom, &degrees)).collect();
    while let Some(end) = ends.pop() {
        kept[end.index()] = false;
        for other in molecule.neighbors(end).filter(|other| kept[other.index()]) {
            degrees[other.index()] -= 1;
            if degrees[other.index()] == 1 && is_end(other, &degrees) {
                ends.push(other);
            }
        }
    }
    kept
}

/// The core and the atoms doubly bonded to it.
fn with_double_bonds(molecule: &Molecule, core: &[bool]) -> Vec<bool> {
    let mut kept = core.to_vec();
    for (_, bond) in molecule.bonds().filter(|(_, bond)| bond.order == BondOrder::Double) {
        let (begin, end) = (bond.begin.index(), bond.end.index());
        if core[begin] || core[end] {
            (kept[begin], kept[end]) = (true, true);
        }
    }
    kept
}

/// Hydrogens of an atom that lost neighbours: up to the smallest normal valence that its remaining bonds allow.
fn filled(molecule: &Molecule, index: AtomIndex, kept: &[bool], in_core: bool) -> Option<u8> {
    let atom = molecule.atom(index);
    if !in_core && atom.hydrogens.is_some() {
        return atom.hydrogens;
    }
    let bonds: usize = molecule
        .bonds_of(index)
        .iter()
        .map(|&bond| molecule.bond(bond))
        .filter(|bond| kept[bond.other(index).index()])
        .map(|bond| bond.order.valence())
        .sum();
    let used = bonds + radical_electrons(molecule, index);
    let valences = atom.element.map_or(&[][..], |element| effective_valences(element, atom.charge));
    let free = valences.iter().find(|&&valence| valence >= used).map_or(0, |valence| valence - used);
    let is_bare = atom.hydrogens.is_none() && !matches!(atom.element, Some(Element::P | Element::S | Element::I));
    // What the valence rule implies need not be stated, except on hypervalent atoms, where the rules differ.
    if is_bare { None } else { Some(u8::try_from(free).unwrap_or(0)) }
}

/// The molecule of the atoms that are kept, with atoms and orders replaced.
fn restricted(
    molecule: &Molecule,
    kept: &[bool],
    atom: impl Fn(AtomIndex) -> Atom,
    order: impl Fn(BondOrder) -> BondOrder,
) -> Molecule {
    let mut builder = MoleculeBuilder::new();
    let mut renumbered = vec![None; molecule.atom_count()];
    for (index, _) in molecule.atoms().filter(|(index, _)| kept[index.index()]) {
        renumbered[index.index()] = Some(builder.add_atom(atom(index)));
    }
    for (_, bond) in molecule.bonds() {
        if let (Some(begin), Some(end)) = (renumbered[bond.begin.index()], renumbered[bond.end.index()]) {
            builder.push_bond(begin, end, BondData { order: order(bond.order), direction: None });
        }
    }
    builder.finish()
}
