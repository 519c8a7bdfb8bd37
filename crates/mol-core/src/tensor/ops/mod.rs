//! Differentiable operations of our own: coarse, fused, for value and tangent together.
//!
//! Each is one entry on the tape. Small operations gained nothing over dfdx's stock ones; fusing a whole layer did
//! (docs/methods/tensor.md). All run on the calling thread: parallelism is over chunks of a batch, in the trainer.

mod columns;
mod custom;
mod dense;
mod edges;
mod gather;
mod gru;
mod message;
mod pool;
mod radial;

pub use columns::join_columns;
pub use custom::operation;
pub use dense::dense;
pub use edges::edge_messages;
pub use gather::{add, gather_rows, segment_sum};
pub use gru::{GruWeights, gru};
pub use message::{Filter, FilterPass, PairGraph, RadialRows, continuous_filter, continuous_filter_along};
pub use pool::attention_pool;
pub use radial::{Expansion, expand};

#[cfg(test)]
mod policy_tests;
#[cfg(test)]
mod tests;

use super::dual::Plain;
use super::{Dual, Matrix, Real, Record};
use dfdx::prelude::{Cpu, PutTape, TensorFromVec};

/// A fresh tensor off the tape.
fn plain<E: Real>(values: Vec<E>, shape: (usize, usize)) -> Plain<E> {
    Cpu::default().tensor_from_vec(values, shape)
}

/// Puts results on the tape.
fn taped<E: Real>(value: &Plain<E>, tangent: Option<&Plain<E>>, tape: &Record<E>) -> Dual<E> {
    let put = |t: &Plain<E>| -> Matrix<E> { t.clone().put_tape(tape.clone()) };
    Dual { value: put(value), tangent: tangent.map(put) }
}

/// `into += from`.
fn add_to<E: Real>(into: &mut [E], from: &[E]) {
    for (a, b) in into.iter_mut().zip(from) {
        *a += *b;
    }
}

/// Adds each row of `x` `[rows, columns]` to `sum` `[columns]`.
fn add_rows<E: Real>(sum: &mut [E], x: &[E]) {
    for row in x.chunks_exact(sum.len()) {
        add_to(sum, row);
    }
}

/// Copies `row` into each row of `x`.
fn fill_rows<E: Real>(x: &mut [E], row: &[E]) {
    for out in x.chunks_exact_mut(row.len()) {
        out.copy_from_slice(row);
    }
}
