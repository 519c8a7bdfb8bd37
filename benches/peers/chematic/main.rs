//! The work of benches/chemistry/{perceive,smiles}.rs in the crate chematic 1.2.1, one thread: best of 9 passes over the strings.
//!
//! `cargo run --release -- [rdkit_properties.csv]`, in a workspace of its own so that the crate is no dependency of ours.
//! What chematic does not perceive at once is asked for function by function; conjugation and hybridisation it lacks.

use chematic::core::{Molecule, implicit_hcount, kekulize, validate_valence};
use chematic::perception::{
    AromaticityAlgorithm, apply_aromaticity_rdkit_parity_experimental, assign_aromaticity_ex, find_sssr,
};
use std::hint::black_box;
use std::time::Instant;

fn report(name: &str, strings: &[&str], mut work: impl FnMut(&str) -> usize) {
    let (mut best, mut total) = (f64::INFINITY, 0);
    for _ in 0..9 {
        let start = Instant::now();
        total = strings.iter().map(|smiles| work(smiles)).sum();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{name:44} {:9.2} ms  {:8.2} us per molecule  (checksum {total})",
        best * 1e3,
        best * 1e6 / strings.len() as f64
    );
}

fn parse(smiles: &str) -> Molecule {
    chematic::smiles::parse(smiles).unwrap_or_else(|error| panic!("{smiles}: {error:?}"))
}

/// Valence, hydrogens, Kekulé form and rings.
fn common(molecule: &Molecule) -> usize {
    let hydrogens: usize = molecule.atoms().map(|(atom, _)| usize::from(implicit_hcount(molecule, atom))).sum();
    let faults = validate_valence(molecule).len();
    black_box((hydrogens, faults, kekulize(molecule).map_or(0, |orders| orders.len())));
    find_sssr(molecule).rings().len()
}

fn main() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/smiles/rdkit_properties.csv");
    let path = std::env::args().nth(1).unwrap_or_else(|| default.to_owned());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let strings: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    println!("chematic 1.2.1, {} molecules", strings.len());
    report("read", &strings, |smiles| parse(smiles).atom_count());
    report("read, valence, Kekule, rings", &strings, |smiles| common(&parse(smiles)));
    report("  and aromaticity (its Huckel)", &strings, |smiles| {
        let molecule = parse(smiles);
        black_box(assign_aromaticity_ex(&molecule, AromaticityAlgorithm::Huckel));
        common(&molecule)
    });
    report("  and aromaticity (its RDKit parity)", &strings, |smiles| {
        let molecule = parse(smiles);
        let marked = apply_aromaticity_rdkit_parity_experimental(&molecule);
        black_box(marked.map_or(0, |marked| marked.atom_count()));
        common(&molecule)
    });
    // Two forms: its own, and RDKit's text; the number of distinct forms is 3100 in RDKit and here.
    let own = |smiles: &str| chematic::smiles::canonical_smiles(&parse(smiles));
    let rdkit = |smiles: &str| chematic::smiles::rdkit_canonical_smiles(&parse(smiles)).unwrap_or_default();
    let forms: [(&str, &dyn Fn(&str) -> String); 2] =
        [("read, canonical (its own)", &own), ("read, canonical (as RDKit)", &rdkit)];
    for (name, form) in forms {
        report(name, &strings, |smiles| form(smiles).len());
        let distinct: std::collections::BTreeSet<String> = strings.iter().map(|smiles| form(smiles)).collect();
        println!("    {} distinct forms", distinct.len());
    }
}
