//! Neural potentials and property models for molecules.
