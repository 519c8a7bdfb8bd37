//! mmCIF: whatever the bytes, structures fit their molecules and can be described, cleaned and cut; what can be written as PDB
//! can be read.
#![no_main]

mod exercise;

use exercise::exercise;
use libfuzzer_sys::fuzz_target;
use mol_core::io::{parse_mmcif, parse_pdb, write_pdb};

fuzz_target!(|bytes: &[u8]| {
    let Ok(structures) = parse_mmcif(bytes, "fuzz") else { return };
    for structure in structures {
        assert_eq!(structure.sites.len(), structure.molecule.atom_count());
        exercise(&structure.molecule);
        let mut out = Vec::new();
        if write_pdb(&mut out, &structure).is_ok() {
            let text = String::from_utf8_lossy(&out);
            let again = parse_pdb(&out[..], "again").unwrap_or_else(|error| panic!("{error}: {text}"));
            let atoms: usize = again.iter().map(|structure| structure.molecule.atom_count()).sum();
            assert_eq!(atoms, structure.molecule.atom_count(), "{text}");
        }
    }
});
