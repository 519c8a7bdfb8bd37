//! PDB: structures that are read can be written unless the columns are too narrow, and come back as the same molecule; whatever
//! is read can be described, cleaned and cut.
#![no_main]

mod exercise;
mod facts;

use exercise::exercise;
use facts::facts;
use libfuzzer_sys::fuzz_target;
use mol_core::io::{parse_pdb, write_pdb};

fuzz_target!(|bytes: &[u8]| {
    let Ok(structures) = parse_pdb(bytes, "fuzz") else { return };
    for structure in structures {
        exercise(&structure.molecule);
        let mut out = Vec::new();
        if write_pdb(&mut out, &structure).is_ok() {
            let text = String::from_utf8_lossy(&out);
            let again = parse_pdb(&out[..], "again").unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(again.len(), 1, "{text}");
            assert_eq!(facts(&again[0].molecule), facts(&structure.molecule), "{text}");
            assert_eq!(again[0].molecule.conformers().len(), structure.molecule.conformers().len());
        }
    }
});
