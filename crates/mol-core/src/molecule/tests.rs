//! Unit tests of molecules.
