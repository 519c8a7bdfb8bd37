//! Unit tests of embedding.
