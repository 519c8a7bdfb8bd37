//! Chemistry of mol-core: perception, SMILES, search, fingerprints, descriptors, embedding, conformers, one file each.
//!
//! Reads the reference data if it is there, else short built-in lists; the peers are `benches/peers/*_rdkit.py` on the same
//! files. `cargo bench --bench chemistry -- morgan` runs the groups whose names contain the word. With `MOLKIT_PEER=folder`
//! nothing is timed: what peers compare before they time goes to that folder.

mod conformers;
mod descriptor;
mod embed;
mod fingerprint;
mod perceive;
mod search;
mod selfies;
mod smiles;

use criterion::{Criterion, criterion_group};
use molkit::Fault;
use std::path::Path;

criterion_group!(
    benches,
    perceive::bench,
    smiles::bench,
    search::bench,
    fingerprint::bench,
    descriptor::bench,
    embed::bench,
    conformers::bench,
    selfies::bench
);

fn main() -> Result<(), Fault> {
    if let Some(folder) = std::env::var_os("MOLKIT_PEER") {
        std::fs::create_dir_all(&folder)?;
        return conformers::export(Path::new(&folder));
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
    Ok(())
}
