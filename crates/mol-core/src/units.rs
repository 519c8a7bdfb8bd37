//! Units: the coherent system of ASE (Å, eV, u, e, K) with the constants of CODATA 2022.
//!
//! Every quantity inside the toolkit is in these units; a unit is a number one multiplies by to enter and divides by
//! to leave: `2.0 * FEMTOSECOND`, `energy / KCAL_PER_MOL`. Time follows from the rest: its unit is Å√(u/eV) = 10.1805 fs.
//! A published force field carries its own constants (Coulomb's above all) and does not use these.

/// Boltzmann's constant [eV/K] (exact since 2019: k/e).
pub const BOLTZMANN: f64 = 8.617_333_262_145_179e-5;
/// One femtosecond [Å√(u/eV)].
pub const FEMTOSECOND: f64 = 0.098_226_947_433_914_54;
/// One picosecond [Å√(u/eV)].
pub const PICOSECOND: f64 = 1e3 * FEMTOSECOND;
/// One kilocalorie (thermochemical) per mole [eV].
pub const KCAL_PER_MOL: f64 = 0.043_364_104_241_800_934;
/// One kilojoule per mole [eV].
pub const KJ_PER_MOL: f64 = 0.010_364_269_656_262_174;
/// One hartree [eV].
pub const HARTREE: f64 = 27.211_386_245_981_167;
/// One bohr [Å].
pub const BOHR: f64 = 0.529_177_210_544;
