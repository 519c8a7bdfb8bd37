//! Numbers that describe a molecule: weight, lipophilicity, polarity, counts, drug-likeness.
//!
//! [`Descriptors`] computes the set that models and filters use in one pass over a perceived molecule, [`Descriptor`] names
//! its members for vectors and tables. The definitions are the published ones in the form that `RDKit` gave them, because
//! models are trained on its numbers; docs/methods/descriptors.md counts the agreement. [`gasteiger_charges`] and
//! [`synthetic_accessibility`] stand alone.
//!
//! All are of the molecule, not of its drawing: hydrogens may be atoms or counted, rings Kekulé or aromatic. Deliberately
//! not here: descriptors that need coordinates, fingerprints, and models fitted to measurements.

mod accessibility;
mod charges;
mod counts;
mod crippen;
mod kind;
mod labute;
mod polar;
mod qed;
mod rings;
mod set;
mod sites;
mod weight;

#[cfg(test)]
mod tests;

pub use accessibility::synthetic_accessibility;
pub use charges::{GasteigerCharges, gasteiger_charges};
pub use crippen::Crippen;
pub use kind::Descriptor;
pub use qed::{QedProperties, QedWeights};
pub use rings::RingCounts;
pub use set::{DescriptorOptions, Descriptors};
pub use weight::{AtomicWeights, exact_mass, molecular_weight};
