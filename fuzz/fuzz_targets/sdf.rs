//! SDF: records that are read can be written unless the format cannot hold them, and are read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::io::{SdfReader, write_sdf};

fuzz_target!(|bytes: &[u8]| {
    for record in SdfReader::new(bytes, "fuzz") {
        let Ok(record) = record else { continue };
        let mut out = Vec::new();
        if write_sdf(&mut out, &record).is_ok() {
            let again = SdfReader::new(&out[..], "again").next().expect("one record was written");
            let again = again.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)));
            assert_eq!(again.molecule.formula(), record.molecule.formula());
        }
    }
});
