//! Reinforcement learning for conformer search and adaptive sampling of molecules.
