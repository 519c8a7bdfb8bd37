//! Environments. So far the textbook task on which learners are tested; those of molecules come beside it.

mod chain;

pub use chain::Chain;
