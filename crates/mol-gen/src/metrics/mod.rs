//! Measures by which a generator is judged.

mod sample_size;

pub use sample_size::effective_sample_size;
