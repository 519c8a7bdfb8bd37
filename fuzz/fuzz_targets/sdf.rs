//! SDF: records that are read can be written unless the format cannot hold them, and come back as the same molecule, stereo
//! included; whatever is read can be described, cleaned and cut.
#![no_main]

mod exercise;
mod facts;

use exercise::exercise;
use facts::facts;
use libfuzzer_sys::fuzz_target;
use mol_core::Molecule;
use mol_core::io::{SdfLayout, SdfReader, SdfRecord, write_sdf};

/// Atoms up to which stereo is compared by canonical SMILES.
const MOST_COMPARED: usize = 60;

fn canonical(molecule: &Molecule) -> Option<String> {
    molecule.to_canonical_smiles().ok()
}

fn read(bytes: &[u8]) -> Option<SdfRecord> {
    SdfReader::new(bytes, "again").next().map(|record| record.unwrap_or_else(|error| panic!("{error}")))
}

fuzz_target!(|bytes: &[u8]| {
    for record in SdfReader::new(bytes, "fuzz") {
        let Ok(record) = record else { continue };
        exercise(&record.molecule);
        let mut out = Vec::new();
        if write_sdf(&mut out, &record).is_err() {
            continue;
        }
        let text = String::from_utf8_lossy(&out);
        let again = read(&out).expect("one record was written");
        assert_eq!(facts(&again.molecule), facts(&record.molecule), "{text}");
        assert_eq!((again.is_chiral, &again.title), (record.is_chiral, &record.title), "{text}");
        // V2000 rounds coordinates, and a rounded place in space may be another arrangement: the second time nothing moves.
        if record.molecule.atom_count() <= MOST_COMPARED && record.layout != SdfLayout::Space {
            assert_eq!(canonical(&again.molecule), canonical(&record.molecule), "{text}");
        }
        let mut second = Vec::new();
        if again.molecule.atom_count() <= MOST_COMPARED && write_sdf(&mut second, &again).is_ok() {
            let third = read(&second).expect("one record was written");
            assert_eq!(canonical(&third.molecule), canonical(&again.molecule), "{text}");
        }
    }
});
