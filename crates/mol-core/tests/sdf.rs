//! SDF on real files: every record of the reference data reads, and reads back the same after writing.
//!
//! The rewritten files are left in cargo's folder for temporaries, where `scripts/sdf.py` lets `RDKit` read them.

use mol_core::io::{SdfReader, SdfRecord, read_sdf, write_sdf};
use mol_core::testing::reference;
use mol_core::{AtomIndex, Element, Molecule};

const FILES: [(&str, usize); 4] =
    [("conformers/conformers", 120), ("conformers/uff_extra", 22), ("mmff94/MMFF94", 507), ("mmff94/MMFF94s", 176)];

fn records(name: &str) -> Option<Vec<SdfRecord>> {
    let all = read_sdf(reference(&format!("{name}.sdf"))?).expect("the file was found");
    Some(all.map(|record| record.unwrap_or_else(|error| panic!("{error}"))).collect())
}

#[test]
fn records_read_back_equal_after_writing() {
    for (name, count) in FILES {
        let Some(all) = records(name) else { return };
        assert_eq!(all.len(), count, "{name}");
        let mut file = Vec::new();
        for record in &all {
            assert_eq!(record.molecule.conformers().len(), 1, "{name} {}", record.title);
            write_sdf(&mut file, record).unwrap_or_else(|error| panic!("{}: {error}", record.title));
        }
        let back: Vec<SdfRecord> =
            SdfReader::new(&file[..], "memory").map(|record| record.expect("just written")).collect();
        for (a, b) in all.iter().zip(&back) {
            assert_eq!(a, b, "{name} {}", a.title);
        }
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let smiles: Vec<String> = all.iter().map(|record| stereo(&record.molecule) + "\n").collect();
        let stem = name.replace('/', "_");
        std::fs::write(folder.join(format!("{stem}.sdf")), file).expect("a folder to write to");
        std::fs::write(folder.join(format!("{stem}.smi")), smiles.concat()).expect("a folder to write to");
    }
}

#[test]
fn explicit_hydrogens_leave_none_to_be_counted() {
    for (name, _) in FILES {
        for record in records(name).into_iter().flatten() {
            let molecule = &record.molecule;
            let counted: usize = molecule.atoms().map(|(atom, _)| usize::from(molecule.hydrogens(atom))).sum();
            assert_eq!(counted, 0, "{name} {}: {}", record.title, molecule.to_smiles());
        }
    }
}

#[test]
fn conformers_of_one_molecule_are_one_graph() {
    let Some(all) = records("conformers/conformers") else { return };
    for three in all.chunks(3) {
        // Coordinates of a protonated amine show a centre; in solution it inverts, and conformers differ in it.
        let inverts = |molecule: &Molecule, atom: AtomIndex| {
            let is_hydrogen = |other: AtomIndex| molecule.atom(other).element == Some(Element::H);
            molecule.atom(atom).element == Some(Element::N) && molecule.neighbors(atom).any(is_hydrogen)
        };
        let unmarked = |molecule: &Molecule| {
            let mut builder = molecule.to_builder();
            for (atom, _) in molecule.atoms().filter(|&(atom, _)| inverts(molecule, atom)) {
                builder.atom_mut(atom).expect("an atom of the molecule").chirality = None;
            }
            stereo(&builder.build().and_then(|molecule| molecule.without_idle_stereo()).expect("the same bonds"))
        };
        let smiles: Vec<String> = three.iter().map(|record| unmarked(&record.molecule)).collect();
        assert!(smiles.windows(2).all(|pair| pair[0] == pair[1]), "{}: {smiles:?}", three[0].title);
        assert!(three[0].molecule.atoms().any(|(_, atom)| atom.element == Some(Element::H)));
    }
}

fn stereo(molecule: &Molecule) -> String {
    molecule.without_explicit_hydrogens().to_smiles()
}
