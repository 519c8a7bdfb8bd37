//! The drawing of the study: which crate did which step, and which shared type or trait carried it to the next.

use crate::{Fallible, Study};
use molkit::report::Diagram;

pub(crate) fn draw(study: &mut Study) -> Fallible<()> {
    let (graph, learning, dynamics) = ((0, 0), (1, 0), (2, 0));
    let (search, generator, slow) = ((0, 1), (1, 1), (2, 1));
    let diagram = Diagram::new("Which crate and which trait carried each step of the study")
        .node(graph, "1. Molecule", "mol-core", "SMILES, graph, symmetry")
        .node(learning, "2. Potential", "mol-nn", "SchNet on energies and forces")
        .node(dynamics, "3. Dynamics", "mol-sim", "Langevin walkers")
        .node(slow, "4. Slow coordinates", "mol-gen", "TICA, VAMPnet")
        .node(generator, "5. Boltzmann generator", "mol-gen", "flows, reweighting")
        .node(search, "6. Conformer search", "mol-rl", "PPO and its baselines")
        .arrow(graph, learning, "Molecule")
        .arrow(graph, search, "Molecule")
        .arrow(learning, dynamics, "Potential")
        .arrow(learning, generator, "Potential")
        .arrow(learning, search, "Potential")
        .arrow(dynamics, slow, "frames")
        .arrow(dynamics, generator, "frames")
        .arrow(slow, generator, "Featurizer");
    study.report.figure(
        "map",
        &diagram,
        "One process. What goes along an arrow is a type or trait of mol-core; none of the four crates knows another.",
    )?;
    Ok(())
}
