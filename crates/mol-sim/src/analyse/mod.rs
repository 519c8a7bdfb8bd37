//! What a run says about the molecule, while it runs.
//!
//! [`TimeSeries`] records collective variables of every walker; histograms, correlation times and block errors are
//! those of [`mol_core::stats`]. Deliberately not here yet: free-energy estimators (later issues) and geometry itself
//! ([`mol_core::geometry`]).

mod series;

pub use series::TimeSeries;
