//! PDB and mmCIF: columns, locations, models, numbers, bonds, errors, damage.

use super::*;
use crate::{AtomIndex, BondOrder, Cell, Error, Molecule, Vec3};
use proptest::prelude::*;

fn pdb(text: &str) -> Structure {
    let mut all = parse_pdb(text.as_bytes(), "test").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// An atom line; `place` is (serial, name, alternate, residue, chain, number, insertion).
fn atom(place: (&str, &str, char, &str, char, &str, char), x: [f64; 3], occupancy: f64, tail: &str) -> String {
    let (serial, name, alternate, residue, chain, number, insertion) = place;
    let label = if name.len() < 4 && tail.trim().len() < 2 { format!(" {name:<3}") } else { format!("{name:<4}") };
    format!(
        "ATOM  {serial:>5} {label}{alternate}{residue:>3} {chain}{number:>4}{insertion}   {:>8.3}{:>8.3}{:>8.3}{occupancy:>6.2}{:>6.2}          {tail:>2}\n",
        x[0], x[1], x[2], 12.5
    )
}

#[test]
fn the_conformation_that_is_most_occupied_is_kept_whole() {
    let place = |name, alternate| ("1", name, alternate, "SER", 'A', "5", ' ');
    let text = atom(place("CA", ' '), [0.0; 3], 1.0, "C")
        + &atom(place("CB", 'A'), [1.5, 0.0, 0.0], 0.4, "C")
        + &atom(place("CB", 'B'), [0.0, 1.5, 0.0], 0.6, "C")
        + &atom(place("OG", 'A'), [2.5, 1.0, 0.0], 0.5, "O")
        + &atom(place("OG", 'B'), [1.0, 2.5, 0.0], 0.4, "O")
        + &atom(place("HG", 'A'), [3.4, 1.0, 0.0], 0.3, "H");
    let structure = pdb(&text);
    let kept: Vec<(&str, Option<char>)> = structure.sites.iter().map(|s| (s.name.as_str(), s.alternate)).collect();
    // A sums to 1.2, B to 1.0.
    assert_eq!(kept, [("CA", None), ("CB", Some('A')), ("OG", Some('A')), ("HG", Some('A'))]);
    let structure = pdb(&text.replace("  0.40 12.50           O", "  0.90 12.50           O"));
    assert_eq!(structure.sites[1].alternate, Some('B'));
    assert_eq!(structure.sites.len(), 3); // the hydrogen is listed under A only
    assert_eq!((structure.sites[2].occupancy, structure.sites[2].b_factor), (0.9, 12.5));
}

#[test]
fn residues_are_told_apart_by_number_insertion_chain_and_repetition() {
    let at = |k: f64| [5.0 * k, 0.0, 0.0];
    let text = atom(("1", "O", ' ', "HOH", 'A', "10", ' '), at(0.0), 1.0, "O")
        + &atom(("2", "O", ' ', "HOH", 'A', "10", 'A'), at(1.0), 1.0, "O")
        + &atom(("3", "O", ' ', "HOH", 'B', "10", 'A'), at(2.0), 1.0, "O")
        + &atom(("4", "O", ' ', "HOH", 'B', "10", 'A'), at(3.0), 1.0, "O")
        + &atom(("5", "ZN", ' ', " ZN", 'B', "A000", ' '), at(4.0), 1.0, "ZN");
    let structure = pdb(&text);
    let seen: Vec<_> = structure.residues.iter().map(|r| (r.chain.as_str(), r.number, r.insertion)).collect();
    assert_eq!(
        seen,
        [("A", 10, None), ("A", 10, Some('A')), ("B", 10, Some('A')), ("B", 10, Some('A')), ("B", 10_000, None)]
    );
    assert_eq!(structure.molecule.to_smiles(), "O.O.O.O.[Zn+2]");
    assert_eq!(structure.residue_of(AtomIndex::new(4)).name, "ZN");
}

#[test]
fn stated_bonds_make_ligands_and_serials_may_be_anything() {
    let ligand = |serial, name, x, tail| atom((serial, name, ' ', "LIG", 'A', "1", ' '), x, 1.0, tail);
    let text = ligand("A0000", "C1", [0.0; 3], "C")
        + &ligand("A0001", "O1", [1.2, 0.0, 0.0], "O")
        + &ligand("fffff", "N1", [-0.7, 1.1, 0.0], "N")
        + &ligand("*****", "H1", [-0.6, -0.9, 0.0], "H");
    // By distance alone: all bonds single.
    assert_eq!(pdb(&text).molecule.bonds().filter(|(_, bond)| bond.order == BondOrder::Double).count(), 0);
    let stated = text.clone() + "CONECTA0000A0001A0001fffff\nCONECTA0001A0000A0000\nCONECTA0000*****\n";
    let molecule = pdb(&stated).molecule;
    assert_eq!(
        molecule.bond_between(AtomIndex::new(0), AtomIndex::new(1)).map(|b| molecule.bond(b).order),
        Some(BondOrder::Double)
    );
    assert_eq!(molecule.bond_count(), 3);
    // A serial that comes twice names nothing; the hydrogen is found by distance.
    let twice = text.replace("fffff", "*****") + "CONECTA0000A0001A0001\nCONECTA0000*****\n";
    assert_eq!(pdb(&twice).molecule.bond_count(), 2);
}

#[test]
fn hydrogens_say_which_form_of_a_residue_is_there() {
    // An imidazole ring of histidine, its atoms at regular corners; hydrogens outside.
    let ring: [&'static str; 5] = ["CG", "ND1", "CE1", "NE2", "CD2"];
    let corner = |k: usize, r: f64| {
        let angle = k as f64 * std::f64::consts::TAU / 5.0;
        [r * angle.cos(), r * angle.sin(), 0.0]
    };
    let file = |hydrogens: &[usize]| {
        let place = |name: &'static str| ("1", name, ' ', "HIS", 'A', "1", ' ');
        let heavy: String =
            ring.iter().enumerate().map(|(k, name)| atom(place(name), corner(k, 1.15), 1.0, &name[..1])).collect();
        let names = ["H0", "H1", "H2", "H3", "H4"];
        let light: String = hydrogens.iter().map(|&k| atom(place(names[k]), corner(k, 2.17), 1.0, "H")).collect();
        pdb(&(heavy + &light)).molecule
    };
    let both = |hydrogens: &[usize]| {
        let molecule = file(hydrogens);
        let charges: Vec<i8> = [1, 3].map(|k| molecule.atom(AtomIndex::new(k)).charge).to_vec();
        let double = molecule.bond_between(AtomIndex::new(2), AtomIndex::new(3)).map(|bond| molecule.bond(bond).order);
        (charges, double == Some(BondOrder::Double))
    };
    assert_eq!(both(&[0, 1, 2, 4]), (vec![0, 0], true)); // δ
    assert_eq!(both(&[0, 2, 3, 4]), (vec![0, 0], false)); // ε
    assert_eq!(both(&[0, 1, 2, 3, 4]), (vec![1, 0], false)); // both
}

#[test]
fn models_are_conformers_if_their_atoms_agree() {
    let water = |x: f64, name: &str| atom(("1", name, ' ', "HOH", 'A', "1", ' '), [x, 0.0, 0.0], 1.0, &name[..1]);
    let model = |number: usize, body: String| format!("MODEL     {number:>4}\n{body}ENDMDL\n");
    let text = model(1, water(0.0, "O")) + &model(2, water(1.0, "O")) + &model(3, water(2.0, "O") + &water(3.0, "H1"));
    let all = parse_pdb(text.as_bytes(), "test").unwrap();
    let counts: Vec<usize> = all.iter().map(|structure| structure.molecule.conformers().len()).collect();
    assert_eq!(counts, [2, 1]);
    assert_eq!(all[0].molecule.conformers()[1].positions(), [Vec3::new(1.0, 0.0, 0.0)]);
    assert!(parse_pdb(&b"REMARK nothing\nEND\n"[..], "test").unwrap().is_empty());
}

#[test]
fn cells_and_what_stands_for_none() {
    let line = |numbers: &str| {
        pdb(&format!("CRYST1{numbers}\n{}", atom(("1", "O", ' ', "HOH", 'A', "1", ' '), [0.0; 3], 1.0, "O"))).cell
    };
    let cell = line("   50.840   42.770   28.950  90.00 100.00  90.00 P 21 21 21    4");
    let parameters = cell.parameters().unwrap();
    assert!(parameters.iter().zip([50.84, 42.77, 28.95, 90.0, 100.0, 90.0]).all(|(a, b)| (a - b).abs() < 1e-9));
    assert_eq!(line("    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1"), Cell::NONE);
}

#[test]
fn pdb_errors_have_lines() {
    let good = atom(("1", "O", ' ', "HOH", 'A', "1", ' '), [0.0; 3], 1.0, "O");
    for (from, to, word) in [
        ("   0.000", "     nan", "coordinate in columns 31-38"),
        ("  1.00", "  1.0x", "columns 55-60"),
        ("A   1 ", "A  x1 ", "number of a residue"),
        (" O\n", "Qq\n", "Qq"),
        ("  O  ", "     ", "columns"),
    ] {
        assert!(good.contains(from), "{from:?}");
        let text = format!("REMARK 1\n{}", good.replacen(from, to, 1));
        let message = parse_pdb(text.as_bytes(), "test").unwrap_err().to_string();
        assert!(message.starts_with("test:2: ") && message.contains(word), "{message}");
    }
    let message =
        parse_pdb(&b"CRYST1   10.000   10.000   10.000  10.00  10.00  90.00\n"[..], "t").unwrap_err().to_string();
    assert!(message.starts_with("t:1: ") && message.contains("volume"), "{message}");
    let name = |k: usize| if k == 0 { "O999".to_owned() } else { format!("O{:03}", k % 999) };
    let crowd: String =
        (0..9000).map(|k| good.replace("HOH", "LIG").replacen("  O  ", &format!(" {}", name(k)), 1)).collect();
    let message = parse_pdb(crowd.as_bytes(), "t").unwrap_err().to_string();
    assert!(message.contains("at most 8192 atoms"), "{message}");
}

#[test]
fn what_is_written_is_read_back() {
    let mut molecule = Molecule::from_smiles("[NH3+]CC(=O)[O-].C#N").unwrap().with_explicit_hydrogens().unwrap();
    let place = |k: usize| Vec3::new(2.0 * k as f64 - 900.0, 0.125 * k as f64, -3.5);
    for _ in 0..2 {
        molecule.add_conformer((0..molecule.atom_count()).map(place).collect()).unwrap();
    }
    let structure = Structure {
        title: "a title that is longer than one line of a PDB file can hold, in all its sixty columns".to_owned(),
        cell: Cell::from_parameters(10.0, 11.0, 12.0, 80.0, 90.0, 100.0).unwrap(),
        ..Structure::from_molecule(molecule)
    };
    let mut out = Vec::new();
    write_pdb(&mut out, &structure).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.lines().all(|line| line.len() <= 80));
    let back = pdb(&text);
    assert_eq!(back.sites, structure.sites);
    assert_eq!(back.residues, structure.residues);
    assert_eq!(back.title, structure.title);
    assert_eq!(back.molecule.conformers(), structure.molecule.conformers());
    let key = |m: &Molecule| {
        m.bonds()
            .map(|(_, b)| (b.begin.min(b.end), b.begin.max(b.end), b.order))
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(key(&back.molecule), key(&structure.molecule));
    assert_eq!(back.molecule.charge(), 0);
    assert_eq!(back.molecule.atom(AtomIndex::new(0)).charge, 1);
}

#[test]
fn what_the_columns_cannot_hold_is_refused() {
    let mut argon = Molecule::from_smiles("[Ar]").unwrap();
    let message = |structure: &Structure| write_pdb(&mut Vec::new(), structure).unwrap_err().to_string();
    assert!(message(&Structure::from_molecule(argon.clone())).contains("conformer"));
    argon.add_conformer(vec![Vec3::new(1e4, 0.0, 0.0)]).unwrap();
    assert!(message(&Structure::from_molecule(argon.clone())).contains("9999.999"));
    argon.clear_conformers();
    argon.add_conformer(vec![Vec3::zeros()]).unwrap();
    let mut structure = Structure::from_molecule(argon);
    structure.residues[0].number = 3_000_000;
    assert!(message(&structure).contains("2436111"));
    structure.residues[0].chain = "AB".into();
    structure.residues[0].number = 1;
    assert!(message(&structure).contains("chain of one"));
    structure.residues[0].chain.clear();
    structure.cell = Cell::orthorhombic(1e5, 10.0, 10.0).unwrap();
    assert!(message(&structure).contains("99999.999"));
    structure.cell = Cell::NONE;
    structure.sites[0].b_factor = 1000.0;
    assert!(message(&structure).contains("999.99"));
    structure.sites.clear();
    assert!(message(&structure).contains("sites"));
}

const CIF: &str = "data_TEST\n_cell.length_a 10.0(2)\n_cell.length_b 11\n_cell.length_c 12\n_cell.angle_alpha 90\n_cell.angle_beta 90\n_cell.angle_gamma 90\n_struct.title 'it's one'\nloop_\n_chem_comp_bond.comp_id\n_chem_comp_bond.atom_id_1\n_chem_comp_bond.atom_id_2\n_chem_comp_bond.value_order\nLIG C1 \"O'\" doub\n# remark\nloop_\n_atom_site.group_PDB _atom_site.type_symbol _atom_site.label_atom_id _atom_site.label_alt_id _atom_site.label_comp_id\n_atom_site.auth_asym_id _atom_site.auth_seq_id _atom_site.pdbx_PDB_ins_code _atom_site.Cartn_x _atom_site.Cartn_y _atom_site.Cartn_z\n_atom_site.occupancy _atom_site.pdbx_formal_charge _atom_site.pdbx_PDB_model_num\nHETATM C C1 . LIG AA 1 ? 0 0 0 1 ? 1\nHETATM O \"O'\" . LIG AA 1 ? 1.2 0 0 1 ? 1\nATOM S SG . CYS AA 2 B -1.8 0 0 1 ? 1\nHETATM ZN ZN . ZN AA\n;3\n;\n? 9 9 9 1 2 1\nloop_\n_struct_conn.id\n_struct_conn.conn_type_id\n_struct_conn.ptnr1_auth_asym_id\n_struct_conn.ptnr1_auth_comp_id\n_struct_conn.ptnr1_auth_seq_id\n_struct_conn.ptnr1_label_atom_id\n_struct_conn.ptnr2_auth_asym_id\n_struct_conn.ptnr2_auth_comp_id\n_struct_conn.ptnr2_auth_seq_id\n_struct_conn.pdbx_ptnr2_PDB_ins_code\n_struct_conn.ptnr2_label_atom_id\n1 covale AA LIG 1 C1 AA CYS 2 B SG\n";

#[test]
fn mmcif_has_quotes_texts_dictionaries_links_and_blocks() {
    let text = CIF.to_owned() + "data_empty\n_entry.id x\n" + &CIF.replace("data_TEST", "DATA_two");
    let all = parse_mmcif(text.as_bytes(), "test").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(all.len(), 2);
    for structure in all {
        assert_eq!(structure.molecule.to_smiles(), "C(=O)S.[Zn+2]");
        assert_eq!((structure.title.as_str(), structure.sites[1].name.as_str()), ("it's one", "O'"));
        assert_eq!((structure.residues[2].number, structure.residues[1].insertion), (3, Some('B')));
        assert_eq!(structure.residues[0].chain, "AA");
        assert!((structure.cell.volume().unwrap() - 1320.0).abs() < 1e-9);
    }
}

#[test]
fn mmcif_tables_of_one_row_need_no_loop() {
    let single = |category: &str, items: &[(&str, &str)]| -> String {
        items.iter().map(|(name, value)| format!("{category}.{name} {value}\n")).collect::<Vec<_>>().concat()
    };
    let zinc = single(
        "_atom_site",
        &[
            ("type_symbol", "ZN"),
            ("label_atom_id", "ZN"),
            ("label_comp_id", "ZN"),
            ("Cartn_x", "1"),
            ("Cartn_y", "2"),
            ("Cartn_z", "3"),
        ],
    );
    let text = format!("data_zinc\n{zinc}_struct.title 'an ion'\n");
    let structure = parse_mmcif(text.as_bytes(), "test").unwrap().remove(0);
    assert_eq!((structure.molecule.to_smiles().as_str(), structure.title.as_str()), ("[Zn+2]", "an ion"));
    // One bond and one link.
    let names = CIF.lines().filter(|line| line.starts_with("_struct_conn."));
    let values = "1 covale AA LIG 1 C1 AA CYS 2 B SG".split(' ');
    let conn = names.zip(values).map(|(name, value)| format!("{name} {value}\n")).collect::<Vec<_>>().concat();
    let bond = "_chem_comp_bond.comp_id LIG\n_chem_comp_bond.atom_id_1 C1\n_chem_comp_bond.atom_id_2 \"O'\"\n_chem_comp_bond.value_order doub\n";
    let (head, rest) = CIF.split_once("loop_\n_chem_comp_bond").unwrap();
    let rest = rest.split_once("# remark\n").unwrap().1.split_once("loop_\n_struct_conn").unwrap().0;
    let text = format!("{head}{bond}{rest}{conn}");
    assert_eq!(parse_mmcif(text.as_bytes(), "test").unwrap()[0].molecule.to_smiles(), "C(=O)S.[Zn+2]");
    let message = parse_mmcif(&b"data_x\n_atom_site.type_symbol C\n_atom_site.Cartn_x 1.0\n"[..], "test").unwrap_err();
    assert!(message.to_string().starts_with("test:3: ") && message.to_string().contains("cartn_y"), "{message}");
}

#[test]
fn chemical_components_are_structures() {
    let text = "data_CO\nloop_\n_chem_comp_atom.comp_id\n_chem_comp_atom.atom_id\n_chem_comp_atom.type_symbol\n\
        _chem_comp_atom.charge\n_chem_comp_atom.model_Cartn_x\n_chem_comp_atom.model_Cartn_y\n_chem_comp_atom.model_Cartn_z\n\
        _chem_comp_atom.pdbx_model_Cartn_x_ideal\n_chem_comp_atom.pdbx_model_Cartn_y_ideal\n\
        _chem_comp_atom.pdbx_model_Cartn_z_ideal\nCMO C C -1 9 9 9 0 0 0\nCMO O O 1 8 9 9 1.1 0 0\n\
        _chem_comp_bond.comp_id CMO\n_chem_comp_bond.atom_id_1 C\n_chem_comp_bond.atom_id_2 O\n_chem_comp_bond.value_order TRIP\n";
    let structure = parse_mmcif(text.as_bytes(), "test").unwrap().remove(0);
    assert_eq!(structure.molecule.to_smiles(), "[C-]#[O+]");
    assert_eq!(structure.molecule.conformers()[0].positions()[1], Vec3::new(1.1, 0.0, 0.0));
    assert_eq!(structure.residues[0].name, "CMO");
    // Ideal places of all atoms, or none of them.
    let model = parse_mmcif(text.replace(" 1.1 0 0", " ? ? ?").as_bytes(), "test").unwrap().remove(0);
    assert_eq!(model.molecule.conformers()[0].positions()[0], Vec3::new(9.0, 9.0, 9.0));
    let none = parse_mmcif(text.replace(" 8 9 9 1.1 0 0", " 8 9 ? ? ? ?").as_bytes(), "test").unwrap_err();
    assert!(none.to_string().contains("\"CMO\""), "{none}");
}

#[test]
fn mmcif_errors_have_lines() {
    for (text, line, word) in [
        ("_a.b c\n", 1, "data_NAME"),
        ("data_x\nloop_\n_a.b\n_a.c\n1 2 3\n_d.e 1\n", 6, "rows of 2 values, the last one has 1"),
        ("data_x\nloop_\n1 2\n", 3, "names after loop_"),
        ("data_x\n_a.b\n_a.c\n", 3, "a value after _a.b"),
        ("data_x\nstray\n", 2, "name before a value"),
        ("data_x\n_a.b 'open\n", 2, "end of a quoted value"),
        ("data_x\n_a.b\n;text\nwithout end\n", 3, "the file ends"),
        ("data_x\nglobal_\n", 2, "STAR"),
        ("data_x\nloop_\n_atom_site.Cartn_x\n1.0\n", 4, "name or an element"),
        ("data_x\nloop_\n_atom_site.type_symbol\n_atom_site.Cartn_x\nC 1.0\n", 5, "cartn_y"),
        ("data_x\nloop_\n_atom_site.type_symbol\n_atom_site.Cartn_x\nXx 1.0\n", 5, "Xx"),
        ("data_x\n_cell.length_a none\n", 2, "finite number"),
        (&format!("data_x\n_cell.length_a {}\n", "1".repeat(65)), 2, "at most 64 bytes"),
        (&format!("data_x\nloop_\n_a.{}\n1\n", "b".repeat(1024)), 3, "at most 1024 bytes"),
    ] {
        let message = parse_mmcif(text.as_bytes(), "test").unwrap_err().to_string();
        assert!(message.starts_with(&format!("test:{line}: ")) && message.contains(word), "{text}: {message}");
    }
}

proptest! {
    #[test]
    fn no_damage_makes_the_readers_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        cut in any::<prop::sample::Index>(),
    ) {
        let place = |name: &'static str, number: &'static str| ("7", name, ' ', "GLY", 'A', number, ' ');
        let lines: String = ["N", "CA", "C", "O"].iter().enumerate()
            .map(|(k, name)| atom(place(name, "1"), [1.4 * k as f64, 0.3, 0.0], 1.0, &name[..1])).collect();
        let file = format!("MODEL        1\n{lines}TER\nENDMDL\nCONECT    7    7\n");
        for (text, is_pdb) in [(file.as_str(), true), (CIF, false)] {
            let mut bytes = text.as_bytes().to_vec();
            for (at, byte) in &edits {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            bytes.truncate(cut.index(2 * bytes.len()).max(1));
            let read = if is_pdb { parse_pdb(&bytes[..], "damaged") } else { parse_mmcif(&bytes[..], "damaged") };
            if let Err(error) = read {
                let is_placed = matches!(error, Error::Parse { line: 1.., .. });
                prop_assert!(is_placed, "{}", error);
            }
        }
    }
}
