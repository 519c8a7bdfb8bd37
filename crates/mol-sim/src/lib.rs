//! Molecular dynamics, force fields and enhanced sampling over any potential energy surface.
