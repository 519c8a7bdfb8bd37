//! Features that the reference molecules do not show: unpaired electrons of metals, arrangements from lists of bonds.

use super::*;
use crate::perceive::Perception;
use crate::{Atom, AtomIndex, BondOrder, Molecule, MoleculeBuilder};

/// As `RDKit` 2026.09.1 counts them.
#[test]
fn unpaired_electrons_are_those_of_rdkit() {
    for (smiles, expected) in [
        ("Cl[Sn]Cl", 2),
        ("[Sn]", 4),
        ("[Pb]", 4),
        ("[Sn+2]", 2),
        ("[Pb+2]", 2),
        ("[Cu]", 1),
        ("[Zn]", 0),
        ("[Fe+3]", 1),
        ("[Fe+2]", 0),
        ("[Pr+4]", 0),
        ("[U]", 0),
        ("C[Fe]", 0),
        ("[CH3]", 1),
        ("[CH2]", 2),
        ("[CH3+]", 0),
        ("[CH3-]", 0),
        ("[O]", 2),
        ("[OH]", 1),
        ("[SH3]", 1),
        ("[PH4]", 1),
        ("F[S](F)(F)F", 0),
        ("[Cl]", 1),
        ("[He]", 0),
        ("[H]", 1),
        ("[H+]", 0),
        ("[BH2]", 1),
        ("[AlH4-]", 0),
        ("[N]=O", 1),
        ("[Na]", 1),
        ("[Na+]", 0),
        ("[AtH2]", 1),
        ("[Xe]", 0),
        ("*", 0),
    ] {
        let seen = Perception::new(&Molecule::from_smiles(smiles).unwrap()).unwrap();
        let found: i64 = ogb(&seen).atoms.column(5).sum();
        assert_eq!(found, expected, "{smiles}");
    }
}

/// A centre whose four bonds are listed in the order 0, 1, 2, 3 of its neighbours F, Cl, Br, I, or another.
fn listed(order: [usize; 4]) -> Perception {
    let text = "F[C@](Cl)(Br)I";
    let molecule = Molecule::from_smiles(text).unwrap();
    let mut builder = MoleculeBuilder::new();
    let neighbors = [0, 2, 3, 4];
    let atoms: Vec<AtomIndex> = molecule
        .atoms()
        .map(|(_, atom)| builder.add_atom(Atom { chirality: None, hydrogens: Some(0), ..*atom }))
        .collect();
    for place in order {
        builder.add_bond(atoms[1], atoms[neighbors[place]], BondOrder::Single).unwrap();
    }
    // Seen along the list, the arrangement of the text.
    let chirality = molecule.atom(AtomIndex::new(1)).chirality.unwrap().reordered(&order);
    builder.atom_mut(atoms[1]).unwrap().chirality = Some(chirality);
    Perception::new(&builder.build().unwrap()).unwrap()
}

/// `RDKit` calls the centre of a mol block with bond lines in the order 1-2, 1-3, … by another name than with two lines
/// exchanged.
#[test]
fn arrangements_follow_the_list_of_bonds() {
    let tag = |seen: &Perception, from| ogb_of(seen, from).atoms[[1, 1]];
    for (order, changes) in [([0, 1, 2, 3], false), ([1, 0, 2, 3], true), ([3, 2, 1, 0], false), ([1, 2, 3, 0], true)] {
        let seen = listed(order);
        let expected = if changes { 1 } else { 2 };
        assert_eq!(tag(&seen, ReadFrom::Bonds), expected, "{order:?}");
        let vectors = chemprop_of(&seen, ChempropAtoms::Organic, ReadFrom::Bonds);
        let start = 13 + 7 + 6;
        let places: Vec<usize> = (0..5).filter(|&k| vectors.atoms[[1, start + k]] == 1.0).collect();
        assert_eq!(places, [expected as usize], "{order:?}");
    }
}
