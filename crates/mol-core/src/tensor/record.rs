//! The tape: a value that records how tensors were made, and runs the recording backwards.
//!
//! dfdx's own `OwnedTape` travels inside one tensor, is consumed by `backward`, and keeps no gradients of inputs. This
//! one is a shared value: taped tensors are `Clone`, any tensor may be the end, any seed may start it, and several ends
//! may be seeded at once. There is no thread-local state: two threads, or two jobs that one thread interleaves, have
//! two tapes.

use super::Real;
use dfdx::prelude::{Cpu, CpuError, Gradients, HasShape, Merge, NoneTape, PutTape, Shape, Tape, Tensor, TensorFromVec};
use std::{cell::RefCell, rc::Rc};

type Operation<E> = Box<dyn FnOnce(&mut Gradients<E, Cpu>) -> Result<(), CpuError>>;

/// Where operations are recorded; records nothing by default, and then the tensor that carries it is a constant.
pub struct Record<E: Real>(Option<Rc<RefCell<Vec<Operation<E>>>>>);

/// A matrix on the tape: shape `[rows, columns]`, row-major.
pub type Matrix<E> = Tensor<(usize, usize), E, Cpu, Record<E>>;

impl<E: Real> Clone for Record<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E: Real> Default for Record<E> {
    fn default() -> Self {
        Self(None)
    }
}

impl<E: Real> std::fmt::Debug for Record<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            None => f.write_str("Record(nothing)"),
            Some(operations) => write!(f, "Record({} operations)", operations.borrow().len()),
        }
    }
}

impl<E: Real> Record<E> {
    /// An empty tape.
    #[must_use]
    pub fn start() -> Self {
        Self(Some(Rc::default()))
    }

    /// Whether operations on tensors of this tape are recorded.
    #[must_use]
    pub const fn is_recording(&self) -> bool {
        self.0.is_some()
    }

    /// A matrix whose gradient is wanted: values `[rows * columns]`, row-major.
    ///
    /// # Panics
    /// If `values` has another length.
    #[must_use]
    pub fn leaf(&self, values: Vec<E>, shape: (usize, usize)) -> Matrix<E> {
        assert_eq!(values.len(), shape.0 * shape.1, "a matrix has rows × columns values");
        Cpu::default().tensor_from_vec(values, shape).put_tape(self.clone())
    }

    /// Runs the tape backwards from several ends at once, each with its seed ∂L/∂end.
    ///
    /// # Panics
    /// If this tape records nothing or a seed has another length than its tensor.
    #[must_use]
    pub fn backward(self, seeds: &[(&Matrix<E>, &[E])]) -> Adjoints<E> {
        let mut gradients = Gradients::leaky();
        for (end, seed) in seeds {
            let buffer = buffer_of(&mut gradients, *end);
            assert_eq!(buffer.len(), seed.len(), "a seed has one number per element of its tensor");
            for (a, b) in buffer.iter_mut().zip(*seed) {
                *a += *b;
            }
        }
        let operations = self.0.expect("backward runs on a started tape").take();
        for operation in operations.into_iter().rev() {
            operation(&mut gradients).expect("the CPU device allocates or aborts");
        }
        Adjoints(gradients)
    }
}

/// A matrix without a tape: its gradient is not wanted.
///
/// # Panics
/// If `values` is not rows × columns long.
#[must_use]
pub fn constant<E: Real>(values: Vec<E>, shape: (usize, usize)) -> Matrix<E> {
    Record::default().leaf(values, shape)
}

/// A copy of a matrix's numbers, row-major.
#[must_use]
pub fn values<E: Real, T>(matrix: &Tensor<(usize, usize), E, Cpu, T>) -> Vec<E> {
    let mut out = vec![E::ZERO; matrix.shape().num_elements()];
    matrix.copy_into(&mut out);
    out
}

/// The gradients that a backward pass left.
pub struct Adjoints<E: Real>(Gradients<E, Cpu>);

impl<E: Real> Adjoints<E> {
    /// Takes ∂L/∂matrix, row-major; zeros if L does not depend on it.
    #[must_use]
    pub fn take(&mut self, matrix: &Matrix<E>) -> Vec<E> {
        std::mem::take(buffer_of(&mut self.0, matrix))
    }
}

/// The gradient buffer of a tensor, made of zeros if absent.
pub(super) fn buffer_of<'a, E: Real, T>(
    gradients: &'a mut Gradients<E, Cpu>,
    tensor: &Tensor<(usize, usize), E, Cpu, T>,
) -> &'a mut Vec<E> {
    E::buffer(gradients.get_or_alloc_mut(tensor).expect("the CPU device allocates or aborts"))
}

impl<E: Real> Merge<Self> for Record<E> {
    fn merge(self, other: Self) -> Self {
        if let (Some(a), Some(b)) = (&self.0, &other.0) {
            assert!(Rc::ptr_eq(a, b), "tensors of two tapes meet in one operation");
        }
        Self(self.0.or(other.0))
    }
}

impl<E: Real> Merge<NoneTape> for Record<E> {
    fn merge(self, _: NoneTape) -> Self {
        self
    }
}

impl<E: Real> Tape<E, Cpu> for Record<E> {
    const OWNS_TAPE: bool = true;
    fn add_backward_op<F>(&mut self, operation: F)
    where
        F: 'static + FnOnce(&mut Gradients<E, Cpu>) -> Result<(), CpuError>,
    {
        if let Some(operations) = &self.0 {
            operations.borrow_mut().push(Box::new(operation));
        }
    }
}
