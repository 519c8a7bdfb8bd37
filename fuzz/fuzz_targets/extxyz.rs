//! XYZ and extended XYZ: frames that are read can be written, and are read back equal in number.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::io::{ExtxyzReader, ReadOptions, write_extxyz};

fuzz_target!(|bytes: &[u8]| {
    for frame in ExtxyzReader::new(bytes, "fuzz", ReadOptions::default()) {
        let Ok(frame) = frame else { break };
        let mut out = Vec::new();
        if write_extxyz(&mut out, &frame).is_ok() {
            let again = ExtxyzReader::new(&out[..], "again", ReadOptions::default()).next();
            let again = again.expect("one frame was written");
            let again = again.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)));
            assert_eq!(again.atoms(), frame.atoms());
        }
    }
});
