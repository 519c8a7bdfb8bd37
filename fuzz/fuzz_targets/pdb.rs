//! PDB: structures that are read can be written unless the columns are too narrow, and are read back with the same atoms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::io::{parse_pdb, write_pdb};

fuzz_target!(|bytes: &[u8]| {
    let Ok(structures) = parse_pdb(bytes, "fuzz") else { return };
    for structure in structures {
        let mut out = Vec::new();
        if write_pdb(&mut out, &structure).is_ok() {
            let again = parse_pdb(&out[..], "again");
            let again = again.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)));
            assert_eq!(again.len(), 1, "{}", String::from_utf8_lossy(&out));
            assert_eq!(again[0].molecule.conformers().len(), structure.molecule.conformers().len());
        }
    }
});
