//! Chemistry of mol-core: perception, SMILES, search, fingerprints, descriptors, embedding, conformers, one file each.
//!
//! Reads the reference data if it is there, else short built-in lists; the peers are `benches/peers/*_rdkit.py` on the same
//! files. `cargo bench --bench chemistry -- morgan` runs the groups whose names contain the word.

mod conformers;
mod descriptor;
mod embed;
mod fingerprint;
mod perceive;
mod search;
mod selfies;
mod smiles;

use criterion::{criterion_group, criterion_main};

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
criterion_main!(benches);
