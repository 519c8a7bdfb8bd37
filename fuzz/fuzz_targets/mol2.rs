//! mol2: molecules that are read can be written, and are read back with the same atoms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::io::{Mol2Reader, write_mol2};

fuzz_target!(|bytes: &[u8]| {
    for record in Mol2Reader::new(bytes, "fuzz") {
        let Ok(record) = record else { continue };
        let mut out = Vec::new();
        if write_mol2(&mut out, &record).is_ok() {
            let again = Mol2Reader::new(&out[..], "again").next().expect("one molecule was written");
            // Formal charges are found anew, so that odd valences may be refused; atoms may not change.
            if let Ok(again) = again {
                assert_eq!(again.molecule.elements().ok(), record.molecule.elements().ok());
            }
        }
    }
});
