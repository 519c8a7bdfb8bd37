//! The contract of [`Checkpoint`] as a function.

use super::numeric::describe;
use crate::Checkpoint;
use std::fmt::Debug;
use std::io::{Error, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(test)]
mod tests;

/// Tests everything that [`Checkpoint`] promises.
///
/// `make` builds the object as the program would before a restart, and `advance` takes it one step further and returns
/// what is seen of it (numbers drawn, a state, energies).
///
/// 1. saving is repeatable and changes nothing; a new object and a used one, loaded, continue as the saved one did;
/// 2. loading consumes exactly what was saved;
/// 3. a truncated, empty or foreign file is an error and leaves the object as it was; no damaged byte makes it panic;
/// 4. a writer that fails makes saving fail.
///
/// ```
/// use mol_core::{Seed, testing::check_checkpoint};
/// check_checkpoint(|| Seed::new(1).rng(), |rng| rng.normal());
/// ```
///
/// # Panics
/// If a promise is broken, with its name.
pub fn check_checkpoint<C: Checkpoint, T: PartialEq + Debug>(
    mut make: impl FnMut() -> C,
    mut advance: impl FnMut(&mut C) -> T,
) {
    let mut original = make();
    for _ in 0..3 {
        advance(&mut original);
    }
    let file = saved(&original);
    assert!(saved(&original) == file, "checkpoint: saving twice gives different bytes");
    let future: Vec<T> = (0..4).map(|_| advance(&mut original)).collect();

    let mut fresh = make();
    let mut used = make();
    (0..5).for_each(|_| _ = advance(&mut used));
    for (name, object) in [("a new object", &mut fresh), ("an object that went another way", &mut used)] {
        let mut from = file.as_slice();
        load(object, &mut from).unwrap_or_else(|error| panic!("checkpoint, {name}: what was saved fails: {error}"));
        assert!(saved(object) == file, "checkpoint, {name}: loading and saving again gives other bytes");
        for (step, expected) in future.iter().enumerate() {
            let got = advance(object);
            assert!(got == *expected, "checkpoint, {name}, step {step} after loading: {got:?}, expected {expected:?}");
        }
    }
    check_exact_length(&mut fresh, &file);
    check_damage(&mut used, &file);
    // As it was saved: a state of other numbers may be shorter.
    load(&mut original, &mut file.as_slice())
        .unwrap_or_else(|error| panic!("checkpoint: loading again fails: {error}"));
    for room in [0, file.len() / 2, file.len().saturating_sub(1)] {
        assert!(
            file.is_empty() || original.save(&mut FullDisk { room }).is_err(),
            "checkpoint, full disk: saving {} bytes with room for {room} reports success",
            file.len()
        );
    }
}

fn saved(object: &impl Checkpoint) -> Vec<u8> {
    let mut file = Vec::new();
    object
        .save(&mut file)
        .unwrap_or_else(|error| panic!("checkpoint: saving into memory fails: {}", describe(&*error)));
    file
}

fn load(object: &mut impl Checkpoint, from: &mut &[u8]) -> Result<(), String> {
    object.load(from).map_err(|error| describe(&*error))
}

fn check_exact_length(object: &mut impl Checkpoint, file: &[u8]) {
    let longer = [file, b"what follows"].concat();
    let mut from = longer.as_slice();
    load(object, &mut from).unwrap_or_else(|error| panic!("checkpoint, with data behind it: loading fails: {error}"));
    assert!(
        from == b"what follows",
        "checkpoint, with data behind it: loading consumed {} bytes, {} were saved",
        longer.len() - from.len(),
        file.len()
    );
}

/// At most this many cuts and damaged bytes are tried, spread evenly.
const TRIALS: usize = 128;

fn check_damage(object: &mut impl Checkpoint, file: &[u8]) {
    let before = saved(object);
    let mut attempt = |name: &str, bytes: &[u8], must_fail: bool| {
        let run = catch_unwind(AssertUnwindSafe(|| object.load(&mut &*bytes)));
        let Ok(result) = run else { panic!("checkpoint, {name}: loading panics") };
        if result.is_err() {
            assert!(saved(object) == before, "checkpoint, {name}: a failed load changed the object");
        } else {
            assert!(!must_fail, "checkpoint, {name}: loading reports success");
            object.load(&mut &*before).unwrap_or_else(|_| panic!("checkpoint, {name}: its own state fails afterwards"));
        }
    };
    let places = (0..TRIALS.min(file.len())).map(|k| k * file.len() / TRIALS.min(file.len()));
    for place in places {
        attempt(&format!("truncated to {place} of {} bytes", file.len()), &file[..place], true);
        let mut damaged = file.to_vec();
        damaged[place] ^= 0x15;
        attempt(&format!("byte {place} damaged"), &damaged, false);
    }
    if !file.is_empty() {
        attempt("another file", b"# not a checkpoint\n1 2 3\n", true);
        attempt("noise", &file.iter().map(|byte| !byte).collect::<Vec<u8>>(), true);
    }
}

/// A writer with room for so many bytes.
struct FullDisk {
    room: usize,
}

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.room == 0 {
            return Err(Error::from(std::io::ErrorKind::StorageFull));
        }
        let written = bytes.len().min(self.room);
        self.room -= written;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
