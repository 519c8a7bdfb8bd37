//! Messages along the edges of a graph, in one operation.

use super::operation;
use crate::tensor::record::values;
use crate::tensor::{Activation, Matrix, Real};
use dfdx::prelude::HasShape;
use std::sync::Arc;

/// What every node receives from its neighbours.
///
/// ```text
/// out[j] = Σ_{e = (i, j)} φ(source[i] + target[j] + edge[e])
/// ```
///
/// `source` and `target` have shape `[nodes, columns]`, `edge` `[edges, columns]`; `edges` are pairs (from, to). The three are
/// linear images of node and edge features, so that products run over nodes and not over edges. Edges are added in
/// order. φ is a message function of the kind of J. Gilmer, S. S. Schoenholz, P. F. Riley, O. Vinyals and G. E. Dahl,
/// *Proc. ICML* (2017); see [`continuous_filter`](super::continuous_filter) for messages weighted by distance.
///
/// # Panics
/// If the shapes do not fit or an edge names a node that is not there.
///
/// # Example
/// ```
/// use mol_core::tensor::{Activation, constant, ops::edge_messages, values};
/// let source = constant(vec![1.0_f64, 2.0], (2, 1));
/// let target = constant(vec![10.0, 20.0], (2, 1));
/// let edge = constant(vec![100.0, 200.0], (2, 1));
/// let out = edge_messages(&source, &target, &edge, &[[0, 1], [1, 1]].into(), Activation::Identity);
/// assert_eq!(values(&out), [0.0, 121.0 + 222.0]);
/// ```
#[must_use]
pub fn edge_messages<E: Real>(
    source: &Matrix<E>,
    target: &Matrix<E>,
    edge: &Matrix<E>,
    edges: &Arc<[[u32; 2]]>,
    activation: Activation,
) -> Matrix<E> {
    let (nodes, columns) = *source.shape();
    assert_eq!(*target.shape(), (nodes, columns), "edge_messages: source against target");
    assert_eq!(*edge.shape(), (edges.len(), columns), "edge_messages: one row per edge");
    let (from, to, mut message) = (values(source), values(target), values(edge));
    for (row, [i, j]) in message.chunks_exact_mut(columns).zip(edges.iter()) {
        super::add_to(row, &from[*i as usize * columns..][..columns]);
        super::add_to(row, &to[*j as usize * columns..][..columns]);
    }
    let mut slope = vec![E::ZERO; message.len()];
    activation.apply(&mut message, &mut slope);
    let mut out = vec![E::ZERO; nodes * columns];
    for (row, [_, j]) in message.chunks_exact(columns).zip(edges.iter()) {
        super::add_to(&mut out[*j as usize * columns..][..columns], row);
    }
    let edges = Arc::clone(edges);
    operation(&[source, target, edge], vec![(out, (nodes, columns))], move |adjoints, gradients| {
        for ((e, row), [i, j]) in slope.chunks_exact_mut(columns).enumerate().zip(edges.iter()) {
            for (slope, adjoint) in row.iter_mut().zip(&adjoints[0][*j as usize * columns..]) {
                *slope *= *adjoint;
            }
            super::add_to(&mut gradients[0][*i as usize * columns..][..columns], row);
            super::add_to(&mut gradients[1][*j as usize * columns..][..columns], row);
            super::add_to(&mut gradients[2][e * columns..][..columns], row);
        }
    })
    .remove(0)
}
