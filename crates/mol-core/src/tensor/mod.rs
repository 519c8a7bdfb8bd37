//! The tensor layer: the only place that knows dfdx's internals.
//!
//! dfdx gives tensors, a tape trait and gradient storage. What molecular networks need beyond that is here: a tape that
//! is a value ([`Record`]), fused graph operations for value and tangent ([`ops`]), dual numbers for exact force
//! training ([`Dual`]), named weights ([`Parameters`]), optimisers and schedules, and a [`Trainer`] whose bits do not
//! depend on the number of threads. Models call these and never dfdx itself.
//!
//! ```
//! use mol_core::tensor::{Activation, Dual, Record, ops::dense, values};
//! let tape = Record::start();
//! let x = tape.leaf(vec![1.0_f64, 2.0], (1, 2));
//! let w = tape.leaf(vec![0.5, -1.0], (2, 1));
//! let y = dense(&Dual::from(x.clone()), &w, None, Activation::Identity);
//! assert_eq!(values(&y.value), [-1.5]);
//! let mut adjoints = tape.backward(&[(&y.value, &[1.0])]);
//! assert_eq!(adjoints.take(&w), [1.0, 2.0]);
//! ```

pub mod ops;

mod activation;
mod archive;
mod dual;
mod matmul;
mod optimize;
mod parameters;
mod real;
mod record;
mod simd;
mod trainer;

pub use activation::Activation;
pub use archive::Archive;
pub use dual::Dual;
pub use matmul::{Operand, matmul, matmul_rows};
pub use optimize::{Adam, AdamConfig, Decay, Schedule, average, clip_norm};
pub use parameters::Parameters;
pub use real::Real;
pub use record::{Adjoints, Matrix, Record, constant, values};
pub use simd::{Kernel, simd};
pub use trainer::{Objective, Outcome, Progress, Trainer, TrainerConfig};

pub use dfdx;
