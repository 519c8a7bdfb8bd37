//! Files that other programs wrote: drawings with wedges against the SMILES `RDKit` reads from them, and whatever stands
//! in the folder `MOLKIT_PEER_FILES` (see `scripts/formats.py`), where the SMILES that are read are left.

use mol_core::Molecule;
use mol_core::io::{read_mmcif, read_mol2, read_pdb, read_sdf};
use std::path::Path;

#[test]
fn drawings_show_the_stereo_that_rdkit_sees() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/drawings.sdf.gz");
    let (mut centres, mut sides) = (0, 0);
    for record in read_sdf(path).expect("the file is there") {
        let record = record.unwrap_or_else(|error| panic!("{error}"));
        let smiles = record.field("smiles").expect("the script wrote one");
        let expected = Molecule::from_smiles(smiles).expect("valid").to_canonical_smiles().expect("a Kekulé form");
        assert_eq!(record.molecule.to_canonical_smiles().expect("a Kekulé form"), expected, "{smiles}");
        centres += expected.matches('@').count();
        sides += expected.matches(['/', '\\']).count();
    }
    assert!(centres > 200 && sides > 40, "{centres} {sides}");
}

#[test]
fn files_of_the_peers_are_read() {
    let Some(folder) = std::env::var_os("MOLKIT_PEER_FILES") else { return };
    let text = |molecule: Molecule| molecule.without_explicit_hydrogens().to_smiles();
    let line = |result: Result<Molecule, mol_core::Error>| match result {
        Ok(molecule) => text(molecule) + "\n",
        Err(error) => format!("error: {error}\n"),
    };
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_owned();
        let whole = |all: mol_core::Result<Vec<mol_core::io::Structure>>| {
            line(all.and_then(|mut all| all.remove(0).molecule.with_stereo_of(0)))
        };
        let lines: String = match extension.as_str() {
            "sdf" => read_sdf(&path).expect("there").map(|record| line(record.map(|record| record.molecule))).collect(),
            "mol2" => {
                read_mol2(&path).expect("there").map(|record| line(record.map(|record| record.molecule))).collect()
            }
            "pdb" => whole(read_pdb(&path)),
            "cif" => whole(read_mmcif(&path)),
            _ => continue,
        };
        let name = if extension == "sdf" || extension == "mol2" {
            path.with_extension("smi")
        } else {
            path.with_extension(format!("{extension}.smi"))
        };
        std::fs::write(name, lines).expect("a folder to write to");
    }
}
