//! mol2: molecules that are read can be written and come back as the same molecule; whatever is read can be described, cleaned
//! and cut.
#![no_main]

mod exercise;
mod facts;

use exercise::exercise;
use facts::facts;
use libfuzzer_sys::fuzz_target;
use mol_core::io::{Mol2Reader, write_mol2};

fuzz_target!(|bytes: &[u8]| {
    for record in Mol2Reader::new(bytes, "fuzz") {
        let Ok(record) = record else { continue };
        exercise(&record.molecule);
        let mut out = Vec::new();
        if write_mol2(&mut out, &record).is_ok() {
            let text = String::from_utf8_lossy(&out);
            let again = Mol2Reader::new(&out[..], "again").next().expect("one molecule was written");
            let again = again.unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(facts(&again.molecule), facts(&record.molecule), "{text}");
        }
    }
});
