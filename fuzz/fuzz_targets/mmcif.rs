//! mmCIF: whatever the bytes, structures fit their molecules.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::io::{parse_mmcif, write_pdb};

fuzz_target!(|bytes: &[u8]| {
    let Ok(structures) = parse_mmcif(bytes, "fuzz") else { return };
    for structure in structures {
        assert_eq!(structure.sites.len(), structure.molecule.atom_count());
        let _ = write_pdb(&mut Vec::new(), &structure);
    }
});
