//! What a reader makes of hydrogens, repeated statements, crowds, unknown elements and programs' names.

use crate::BondOrder;
use crate::io::{Structure, parse_mmcif, parse_pdb};
use std::fmt::Write as _;

fn all(text: &str) -> Vec<Structure> {
    parse_pdb(text.as_bytes(), "test").unwrap_or_else(|error| panic!("{error}"))
}

fn one(text: &str) -> Structure {
    let mut all = all(text);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// Ethanol's and formaldehyde's kin, as `RDKit` writes two conformers: bonds behind each.
#[test]
fn bonds_behind_every_model_are_not_doubled() {
    let atoms = |shift: f64| -> String {
        let places = [("C1", 0.0, 0.0), ("O1", 1.2, 0.0), ("H1", -0.6, 0.9), ("H2", -0.6, -0.9)];
        let line = |(k, (name, x, y)): (usize, &(&str, f64, f64))| {
            let element = &name[..1];
            format!(
                "HETATM{:>5}  {name}  UNL     1    {:>8.3}{y:>8.3}   0.000  1.00  0.00           {element}\n",
                k + 1,
                x + shift
            )
        };
        places.iter().enumerate().map(line).collect()
    };
    let model =
        |k: usize| format!("MODEL     {k:>4}\n{}CONECT    1    2    2    3    4\nENDMDL\n", atoms(0.1 * k as f64));
    let read = one(&(model(1) + &model(2) + &model(3) + "END\n"));
    assert_eq!((read.molecule.to_smiles().as_str(), read.molecule.conformers().len()), ("C(=O)([H])[H]", 3));
    // Frames that end in END, as VMD writes them; the last has none.
    let frame = |k: usize| format!("{}CONECT    1    2    2    3    4\nEND\n", atoms(0.1 * k as f64));
    assert_eq!(one(&(frame(1) + &frame(2))).molecule, one(&(model(1) + &model(2))).molecule);
    // Other bonds are another molecule, also where the atoms are called alike.
    let other = frame(1).replace("    2    2    3", "    2    3");
    let apart = all(&(frame(1) + &other + &frame(3) + "END\n"));
    let orders =
        |structure: &Structure| structure.molecule.bonds().filter(|(_, b)| b.order == BondOrder::Double).count();
    assert_eq!(apart.iter().map(orders).collect::<Vec<_>>(), [1, 0, 1]);
    // A hydrogen that is stated twice has one bond all the same.
    assert_eq!(
        one(&(atoms(0.0) + "CONECT    1    2    2    3    3\nCONECT    1    4    4\n")).molecule.to_smiles(),
        "C(=O)([H])[H]"
    );
}

/// Ala-Ser-Gly, written by `RDKit` with all hydrogens.
const PEPTIDE: &str = "\
ATOM      1  N   ALA A   1       3.889   0.116  -2.442  1.00  0.00           N
ATOM      2  CA  ALA A   1       3.329   0.249  -1.093  1.00  0.00           C
ATOM      3  C   ALA A   1       1.975  -0.349  -1.182  1.00  0.00           C
ATOM      4  O   ALA A   1       1.632  -0.803  -2.311  1.00  0.00           O
ATOM      5  CB  ALA A   1       3.270   1.756  -0.831  1.00  0.00           C
ATOM      6  N   SER A   2       1.063  -0.443  -0.120  1.00  0.00           N
ATOM      7  CA  SER A   2      -0.249  -1.036  -0.261  1.00  0.00           C
ATOM      8  C   SER A   2      -1.339  -0.091   0.099  1.00  0.00           C
ATOM      9  O   SER A   2      -1.026   1.067   0.470  1.00  0.00           O
ATOM     10  CB  SER A   2      -0.459  -2.245   0.627  1.00  0.00           C
ATOM     11  OG  SER A   2      -0.285  -1.757   1.940  1.00  0.00           O
ATOM     12  N   GLY A   3      -2.712  -0.462   0.034  1.00  0.00           N
ATOM     13  CA  GLY A   3      -3.797   0.418   0.373  1.00  0.00           C
ATOM     14  C   GLY A   3      -3.636   0.825   1.781  1.00  0.00           C
ATOM     15  O   GLY A   3      -2.648   0.380   2.438  1.00  0.00           O
ATOM     16  OXT GLY A   3      -4.503   1.672   2.441  1.00  0.00           O
ATOM     17  H1  ALA A   1       3.307   0.573  -3.167  1.00  0.00           H
ATOM     18  H2  ALA A   1       4.889   0.351  -2.477  1.00  0.00           H
ATOM     19  H3  ALA A   1       3.956  -0.270  -0.339  1.00  0.00           H
ATOM     20  H4  ALA A   1       2.366   2.056  -0.291  1.00  0.00           H
ATOM     21  H5  ALA A   1       3.249   2.275  -1.813  1.00  0.00           H
ATOM     22  H6  ALA A   1       4.184   2.096  -0.296  1.00  0.00           H
ATOM     23  H1  SER A   2       1.331  -0.067   0.837  1.00  0.00           H
ATOM     24  H2  SER A   2      -0.376  -1.376  -1.306  1.00  0.00           H
ATOM     25  H3  SER A   2      -1.413  -2.758   0.479  1.00  0.00           H
ATOM     26  H4  SER A   2       0.432  -2.908   0.451  1.00  0.00           H
ATOM     27  H5  SER A   2      -0.624  -0.831   1.969  1.00  0.00           H
ATOM     28  H1  GLY A   3      -2.918  -1.448  -0.284  1.00  0.00           H
ATOM     29  H2  GLY A   3      -4.760  -0.156   0.268  1.00  0.00           H
ATOM     30  H3  GLY A   3      -3.823   1.275  -0.330  1.00  0.00           H
ATOM     31  H4  GLY A   3      -4.305   1.891   3.409  1.00  0.00           H
";

#[test]
fn polar_hydrogens_alone_leave_those_of_carbon_to_be_counted() {
    let whole = one(PEPTIDE).molecule;
    let heavy: Vec<&str> = PEPTIDE.lines().filter(|line| !line.ends_with('H')).collect();
    let expected = whole.without_explicit_hydrogens().to_canonical_smiles().unwrap();
    assert_eq!(expected, "CC(N)C(=O)NC(CO)C(=O)NCC(=O)O");
    let canonical = |text: &str| one(text).molecule.without_explicit_hydrogens().to_canonical_smiles().unwrap();
    assert_eq!(canonical(&heavy.join("\n")), expected);
    // Those within 1.15 Å of N or O.
    let place = |line: &str| [30, 38, 46].map(|at| line[at..at + 8].trim().parse::<f64>().unwrap());
    let is_polar = |line: &&str| {
        let near = |other: &&&str| {
            let (a, b) = (place(line), place(other));
            other.ends_with(['N', 'O']) && (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>() < 1.15_f64.powi(2)
        };
        !line.ends_with('H') || heavy.iter().any(|other| near(&other))
    };
    let united: Vec<&str> = PEPTIDE.lines().filter(is_polar).collect();
    assert_eq!(united.len(), heavy.len() + 6);
    assert_eq!(canonical(&united.join("\n")), expected);
}

#[test]
fn an_element_that_is_stated_to_be_unknown_is_none() {
    let text = "HETATM    1 UNK  UNX A   1       0.000   0.000   0.000  1.00  0.00           X\n";
    assert_eq!(one(text).molecule.to_smiles(), "*");
    let cif = "data_x\n_atom_site.type_symbol X\n_atom_site.label_atom_id UNK\n_atom_site.label_comp_id UNX\n\
               _atom_site.Cartn_x 0\n_atom_site.Cartn_y 0\n_atom_site.Cartn_z 0\n";
    assert_eq!(parse_mmcif(cif.as_bytes(), "test").unwrap()[0].molecule.to_smiles(), "*");
    // Not stated at all, the name has to say it.
    assert_eq!(one(&text[..76]).molecule.to_smiles(), "[U]");
}

#[test]
fn residues_of_programs_have_the_bonds_of_the_dictionary() {
    // An imidazole ring; atoms 1.15 Å from its middle.
    let ring = ["CG", "ND1", "CE1", "NE2", "CD2"];
    let place = |k: usize| (k as f64 * std::f64::consts::TAU / 5.0).sin_cos();
    for name in ["HIS ", "NHIE", "CHID"] {
        let mut text = String::new();
        for (k, atom) in ring.iter().enumerate() {
            let (y, x) = place(k);
            let (x, y, element) = (1.15 * x, 1.15 * y, &atom[..1]);
            writeln!(
                text,
                "ATOM      {k}  {atom:<3} {name}A   1    {x:>8.3}{y:>8.3}   0.000  1.00  0.00           {element}"
            )
            .unwrap();
        }
        let doubles = one(&text).molecule.bonds().filter(|(_, bond)| bond.order == BondOrder::Double).count();
        assert_eq!(doubles, 2, "{name}");
    }
    // CLA of many atoms is chlorophyll, of one chloride.
    let ion = |name: &str| one(&format!("ATOM      1  {name} {name} A   1       0.000   0.000   0.000  1.00  0.00\n"));
    assert_eq!(["CLA", "SOD", "POT"].map(|name| ion(name).molecule.to_smiles()), ["[Cl-]", "[Na+]", "[K+]"]);
}

#[test]
fn two_residues_in_one_place_are_not_mixed() {
    let line = |name: &str, label: char, residue: &str, x: f64, y: f64, share: f64| {
        let element = &name[..1];
        format!(
            "ATOM      1  {name:<3}{label}{residue} A  22    {x:>8.3}{y:>8.3}   0.000  {share:.2}  0.00           {element}\n"
        )
    };
    let shared = [("N", 0.0, 0.0), ("CA", 1.45, 0.0), ("C", 2.0, 1.4), ("O", 1.3, 2.4), ("CB", 2.0, -1.4)];
    let residue = |label: char, name: &str, share: f64| -> String {
        let own = if name == "PRO" { vec![("CG", 0.9, -2.3), ("CD", -0.3, -1.5)] } else { vec![("OG", 3.4, -1.4)] };
        let atoms = shared.iter().copied().chain(own);
        atoms.map(|(atom, x, y)| line(atom, label, name, x, y, share)).collect()
    };
    let proline = one(&(residue('A', "PRO", 0.6) + &residue('B', "SER", 0.4)));
    assert_eq!((proline.residues[0].name.as_str(), proline.sites.len()), ("PRO", 7));
    assert_eq!(proline.molecule.to_canonical_smiles().unwrap(), "O=CC1CCCN1");
    let serine = one(&(residue('A', "PRO", 0.4) + &residue('B', "SER", 0.6)));
    assert_eq!((serine.residues[0].name.as_str(), serine.sites.len()), ("SER", 6));
    assert_eq!(serine.molecule.to_canonical_smiles().unwrap(), "NC(C=O)CO");
    assert_eq!(one(&(residue('B', "SER", 0.6) + &residue('A', "PRO", 0.4))).molecule, serine.molecule);
    // Labels that share no atom stand beside one another.
    let beside = line("N", 'A', "ALA", 0.0, 0.0, 0.5) + &line("CA", 'B', "ALA", 1.45, 0.0, 0.4);
    assert_eq!(one(&beside).sites.len(), 2);
}

#[test]
fn a_crowd_without_bonds_is_refused() {
    let crowd = |atoms: usize| -> String {
        let place = |k: usize| format!("{:>8.3}   0.000   0.000", 1.5 * (k % 2) as f64);
        let tail = "  1.00  0.00           C";
        let line = |k: usize| format!("HETATM{k:>5} C{k:03x} LIG A   1    {}{tail}\n", place(k));
        (0..atoms).map(line).collect::<Vec<_>>().concat()
    };
    assert_eq!(one(&crowd(8)).molecule.bond_count(), 16);
    let message = parse_pdb(crowd(4096).as_bytes(), "test").unwrap_err().to_string();
    assert!(message.contains("at most 16 atoms within bonding distance"), "{message}");
}

#[test]
fn coordination_to_a_metal_says_nothing_of_the_bonds_beside_it() {
    let line = |k: usize, name: &str, x: f64, element: &str| {
        format!("HETATM{k:>5} {name:<4} LIG A   1    {x:>8.3}   0.000   0.000  1.00  0.00          {element:>2}\n")
    };
    let atoms =
        line(1, " C1", 0.0, "C") + &line(2, " N1", 1.4, "N") + &line(3, " H1", -1.1, "H") + &line(4, "ZN", 3.4, "ZN");
    let alone = one(&atoms).molecule;
    assert_eq!(alone.bond_count(), 2);
    // To nitrogen, to the hydrogen, of an atom to itself.
    for stated in ["CONECT    2    4\n", "CONECT    4    3\n", "CONECT    3    3\nCONECT    1    1\n"] {
        assert_eq!(one(&(atoms.clone() + stated)).molecule, alone, "{stated}");
    }
}
