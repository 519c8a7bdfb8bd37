//! Unsupervised and generative models of molecules.
