//! Tests of common substructures.
