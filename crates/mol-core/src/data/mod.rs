//! Data sets of molecules: reading tables and files, and splitting them fairly.
//!
//! [`read`] streams the [`Record`]s of a CSV, SMILES or SDF file, gzip or not; what cannot be read is an error with its
//! line, and the iterator goes on. [`load`] collects them with a [`Report`] of what was wrong. [`Split`] divides items at
//! random ([`random_split`]), by strata ([`stratified_split`]) or by groups that must not be torn ([`grouped_split`]):
//! scaffolds ([`scaffold_groups`]), or clusters of similar molecules ([`butina`], [`leader`]).
//!
//! A slice of records is a [`Dataset`](crate::Dataset). Deliberately not here: downloading, column types (a property is
//! the text that stood there), and repairing what is wrong in a file.

mod cluster;
mod csv_lines;
mod read;
mod record;
mod report;
mod split;

#[cfg(test)]
mod tests;

pub use cluster::{Clusters, butina, leader};
pub use csv_lines::LONGEST_ROW;
pub use read::{CsvOptions, Records, read, read_csv, read_csv_from, read_with};
pub use record::Record;
pub use report::{BadRecord, Loaded, MOST_BAD_RECORDS, Report, load};
pub use split::{
    Fractions, GroupOrder, Split, group_by, grouped_split, random_split, scaffold_groups, stratified_split,
};
