//! What a policy sees of a molecule in the torsion environment.
//!
//! The graph does not change during an episode, so observations share it; what changes is where the atoms are. Features
//! are numbers that any graph network takes; positions are left to the policy, which may ignore them, measure distances
//! along [`edges`](TorsionGraph::edges), or measure the torsions. Deliberately not here: the making of features (beside
//! the environment) and their embedding (the policy).

use mol_core::Vec3;
use mol_core::ndarray::Array2;
use std::sync::Arc;

/// The graph of a molecule as numbers, the same for all of its conformers.
#[derive(Clone, Debug, PartialEq)]
pub struct TorsionGraph {
    /// Features of the atoms, shape `[atoms, node_dim]`: element one-hot, degree, in a ring, aromatic, formal charge [e].
    pub node_features: Array2<f32>,
    /// Directed edges along the bonds, each bond both ways.
    pub edges: Vec<[u32; 2]>,
    /// Features of the edges, shape `[edges, edge_dim]`: bond order one-hot, rotatable, in a ring.
    pub edge_features: Array2<f32>,
    /// The torsions that actions turn, as four atoms each, in the order of the actions.
    pub torsions: Vec<[u32; 4]>,
    /// Choices per torsion that the environment offers, by which a policy for other actions is refused; 0 for angles.
    pub choices: usize,
}

/// What is seen after a reset and after each step.
#[derive(Clone, Debug, PartialEq)]
pub struct TorsionObservation {
    /// The graph, shared by all observations of a molecule.
    pub graph: Arc<TorsionGraph>,
    /// Positions [Å], shape `[atoms]`.
    pub positions: Vec<Vec3>,
    /// Present angles of the graph's torsions [rad], in (−π, π].
    pub torsions: Vec<f64>,
    /// Energy above the molecule's lowest known [kT of the reward].
    pub energy: f64,
    /// Fraction of the episode that is over, in [0, 1].
    pub elapsed: f64,
}
