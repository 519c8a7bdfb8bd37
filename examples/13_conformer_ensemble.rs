//! Conformers of a SMILES string: embedded, relaxed with a force field, thinned out, weighed, and written as SDF.
//!
//! ```text
//! cargo run --release --example 13_conformer_ensemble -- "CC(=O)Oc1ccccc1C(=O)O" out/aspirin.sdf
//! ```

#![allow(clippy::print_stdout)] // an example talks

use molkit::embed::{EmbedConfig, Embedder};
use molkit::ensemble::Ensemble;
use molkit::geometry::{SymmetricRmsd, SymmetryOptions, TorsionFingerprint, TorsionFingerprintOptions};
use molkit::minimize::{Lbfgs, Minimize};
use molkit::perceive::Perception;
use molkit::sim::Uff;
use molkit::units::KCAL_PER_MOL;
use molkit::{Error, Molecule, Seed};
use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let mut given = std::env::args().skip(1).filter(|argument| argument != "--quick");
    let smiles = given.next().unwrap_or_else(|| "CC(=O)Oc1ccccc1C(=O)O".to_owned());
    let output = given.next().unwrap_or_else(|| "out/conformers.sdf".to_owned());

    // 1. Coordinates from the graph alone: the same ones for any number of threads.
    let molecule = Molecule::from_smiles(&smiles)?.with_explicit_hydrogens()?;
    let embedder = Embedder::new(&molecule, EmbedConfig::default())?;
    let made = embedder.embed_many(if quick { 10 } else { 100 }, &Seed::new(1));
    println!("{smiles}: {} conformers embedded, {} failed", made.conformers.len(), made.failures.len());

    // 2. Energies. Any potential serves; all conformers descend together.
    let mut uff = Uff::new(&molecule)?;
    let mut ensemble = Ensemble::evaluate(&made.into_molecule(&molecule)?, &mut uff)?;
    let minimize = Minimize::<Lbfgs> { max_iterations: if quick { 200 } else { 2000 }, ..Minimize::default() };
    let endings = ensemble.minimize(&minimize, &mut uff)?;
    let converged = endings.iter().filter(|ending| matches!(ending, Ok(molkit::minimize::Ending::Converged))).count();
    println!("{converged} of {} minimisations converged", endings.len());

    // 3. What lies within 10 kcal/mol, and each shape once: equivalent atoms have no names, hydrogens do not count.
    ensemble.sort();
    ensemble.keep_window(10.0 * KCAL_PER_MOL)?;
    let perception = Perception::new(&molecule)?;
    let symmetric = SymmetricRmsd::new(&perception, SymmetryOptions::default())?;
    let pruned = ensemble.prune_rmsd(&symmetric, 0.3)?;
    println!("{} shapes, {} repetitions; {:?} symmetries", ensemble.len(), pruned.removed, symmetric.order());

    // 4. Populations, and how the shapes differ: RMSD after superposition, TFD from torsions alone.
    let fingerprint = TorsionFingerprint::new(&perception, TorsionFingerprintOptions::default())?;
    let rmsd = symmetric.matrix(ensemble.conformers())?;
    let tfd = fingerprint.matrix(ensemble.conformers())?;
    println!("\n   kcal/mol  weight  RMSD/A   TFD   (both from the lowest)");
    let relative = ensemble.relative_energies();
    for (k, weight) in ensemble.weights(298.15)?.iter().enumerate() {
        // Row k of a matrix of pairs begins at k (k − 1) / 2.
        let from_lowest = |matrix: &[f64]| if k == 0 { 0.0 } else { matrix[k * (k - 1) / 2] };
        let energy = relative[k] / KCAL_PER_MOL;
        println!("{k:>3}  {energy:>7.2}  {weight:.3}   {:>5.2}  {:>5.3}", from_lowest(&rmsd), from_lowest(&tfd));
    }
    let clusters = ensemble.clusters(&symmetric, 1.0)?;
    println!("{} families of 1 A", clusters.members().len());

    // 5. All laid onto the lowest, in a file that any other program reads, energies and weights in its data fields.
    if !ensemble.is_empty() {
        ensemble.align_symmetric(0, &symmetric)?;
    }
    if let Some(folder) = std::path::Path::new(&output).parent() {
        std::fs::create_dir_all(folder).map_err(|source| Error::Io { path: folder.into(), source })?;
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(&output)?);
    ensemble.write_sdf(&mut file, &smiles, 298.15)?;
    file.flush()?;
    println!("{output} written");
    Ok(())
}
