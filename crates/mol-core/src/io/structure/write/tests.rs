//! Whatever bonds and charges a structure has, they are read back.

use crate::io::{Structure, parse_pdb, write_pdb};
use crate::{Atom, AtomIndex, BondOrder, Element, Molecule, MoleculeBuilder, Vec3};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Bonds with orders, and charges.
fn facts(molecule: &Molecule) -> (BTreeSet<(AtomIndex, AtomIndex, BondOrder)>, Vec<i8>) {
    let bonds = molecule.bonds().map(|(_, b)| (b.begin.min(b.end), b.begin.max(b.end), b.order)).collect();
    (bonds, molecule.atoms().map(|(_, atom)| atom.charge).collect())
}

fn again(structure: &Structure) -> (Structure, String) {
    let mut out = Vec::new();
    write_pdb(&mut out, structure).unwrap();
    let back = parse_pdb(&out[..], "memory").unwrap_or_else(|error| panic!("{error}")).remove(0);
    (back, String::from_utf8(out).unwrap())
}

/// A peptide of glycines in a circle, its ends joined or not, each N beside the C before it.
fn ring_of_glycines(count: usize, closed: bool) -> Structure {
    let mut text = String::new();
    for residue in 0..count {
        for (k, (name, element)) in [("N", 'N'), ("CA", 'C'), ("C", 'C'), ("O", 'O')].into_iter().enumerate() {
            let angle = (3 * residue + k.min(2)) as f64 * std::f64::consts::TAU / (3 * count) as f64;
            let radius = 1.4 * (3 * count) as f64 / std::f64::consts::TAU + if name == "O" { 1.23 } else { 0.0 };
            let (x, y) = (radius * angle.cos(), radius * angle.sin());
            writeln!(
                text,
                "ATOM  {:>5}  {name:<3} GLY A{:>4}    {x:>8.3}{y:>8.3}   0.000  1.00  0.00           {element}",
                4 * residue + k + 1,
                residue + 1
            )
            .expect("a String takes all");
        }
    }
    if closed {
        writeln!(text, "CONECT    1{:>5}", 4 * count - 1).expect("a String takes all");
    }
    parse_pdb(text.as_bytes(), "test").unwrap().remove(0)
}

#[test]
fn bonds_that_names_do_not_tell_are_stated() {
    let open = ring_of_glycines(8, false);
    let (back, text) = again(&open);
    assert_eq!(facts(&back.molecule), facts(&open.molecule));
    assert!(!text.contains("CONECT"), "{text}");
    let closed = ring_of_glycines(8, true);
    assert_eq!(closed.molecule.bond_count(), open.molecule.bond_count() + 1);
    let (back, text) = again(&closed);
    assert_eq!(facts(&back.molecule), facts(&closed.molecule));
    assert_eq!(text.matches("CONECT").count(), 2);
    // A bond across the end of a chain, and one that the template lacks.
    let mut across = open;
    across.residues[3].ends_chain = true;
    let mut builder = across.molecule.to_builder();
    builder.add_bond(AtomIndex::new(1), AtomIndex::new(31), BondOrder::Single).unwrap();
    let positions = across.molecule.conformers()[0].positions().to_vec();
    across.molecule = builder.build().unwrap();
    across.molecule.add_conformer(positions).unwrap();
    assert_eq!(facts(&again(&across).0.molecule), facts(&across.molecule));
}

#[test]
fn charges_that_would_be_found_are_denied() {
    // A neutral radical: without a word the reader would take it for an anion.
    let mut structure = ring_of_glycines(3, false);
    let mut builder = MoleculeBuilder::new();
    let atoms: Vec<AtomIndex> = structure.molecule.atoms().map(|(_, atom)| builder.add_atom(*atom)).collect();
    let hydrogen = builder.add_atom(Atom { hydrogens: Some(0), ..Atom::new(Element::H) });
    for (_, bond) in
        structure.molecule.bonds().filter(|(_, bond)| bond.order == BondOrder::Single || bond.end.index() != 11)
    {
        builder.add_bond(bond.begin, bond.end, bond.order).unwrap();
    }
    let last = structure.molecule.bond_between(atoms[10], atoms[11]).unwrap();
    assert_eq!(structure.molecule.bond(last).order, BondOrder::Double);
    builder.add_bond(atoms[10], atoms[11], BondOrder::Double).unwrap();
    builder.add_bond(atoms[9], hydrogen, BondOrder::Single).unwrap();
    let mut positions = structure.molecule.conformers()[0].positions().to_vec();
    positions.push(positions[9] + Vec3::z() * 1.09);
    structure.sites.push(crate::io::AtomSite { name: "HA".into(), ..structure.sites[9].clone() });
    structure.residues[2].atoms.end += 1;
    structure.molecule = builder.build().unwrap();
    structure.molecule.add_conformer(positions).unwrap();
    let (back, text) = again(&structure);
    assert_eq!(facts(&back.molecule), facts(&structure.molecule));
    assert!(text.lines().any(|line| line.ends_with("N0 ")), "{text}");
}

#[test]
fn unknown_elements_and_locations_come_back() {
    let text = "HETATM    1 UNK AUNX A   1       0.000   0.000   0.000  0.50  0.00           X\n";
    let structure = parse_pdb(text.as_bytes(), "test").unwrap().remove(0);
    let (back, _) = again(&structure);
    assert_eq!(back, structure);
    assert_eq!(back.sites[0].alternate, Some('A'));
}

#[test]
fn residues_that_would_be_read_as_one_are_refused() {
    let two = |edit: &dyn Fn(&mut Structure)| {
        let mut structure = ring_of_glycines(2, false);
        structure.molecule = Molecule::from_smiles("N.C.C.O.N.C.C.O").unwrap();
        structure.molecule.add_conformer((0..8).map(|k| Vec3::x() * 5.0 * f64::from(k)).collect()).unwrap();
        edit(&mut structure);
        let mut out = Vec::new();
        write_pdb(&mut out, &structure)
            .map(|()| parse_pdb(&out[..], "memory").unwrap()[0].residues == structure.residues)
    };
    let is_refused =
        |edit: &dyn Fn(&mut Structure)| two(edit).unwrap_err().to_string().contains("residue in a PDB file");
    // The same number and name: the first atom tells them apart if it comes again.
    let same = |structure: &mut Structure| structure.residues[1].number = 1;
    assert!(two(&same).unwrap());
    let renamed = |structure: &mut Structure| {
        same(structure);
        structure.sites[4].name = "N2".to_owned();
    };
    assert!(is_refused(&renamed));
    // As in the file that showed it: labels that exclude one another, an insertion code without a column.
    let labelled = |structure: &mut Structure| {
        same(structure);
        structure.residues[1].name = "ALA".to_owned();
    };
    assert!(two(&labelled).unwrap());
    assert!(is_refused(&|structure| {
        labelled(structure);
        structure.sites[4].alternate = Some('A');
    }));
    assert!(is_refused(&|structure| structure.residues[1].insertion = Some('é')));
}
