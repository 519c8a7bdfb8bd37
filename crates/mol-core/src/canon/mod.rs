//! Canonical numbering.
mod graph;
mod idle;
mod partition;
mod search;
mod site;
pub(crate) use graph::*;
pub(crate) use idle::*;
pub(crate) use partition::*;
pub(crate) use search::*;
pub(crate) use site::*;
