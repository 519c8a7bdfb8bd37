//! Units: the coherent system of ASE (Å, eV, u, e, K) with the constants of CODATA 2022.
//!
//! Every quantity inside the toolkit is in these units; a unit is a number one multiplies by to enter and divides by
//! to leave: `2.0 * FEMTOSECOND`, `energy / KCAL_PER_MOL`. Time follows from the rest: its unit is Å√(u/eV) = 10.1805 fs.
//! A published force field carries its own constants (Coulomb's above all) and does not use these.
//!
//! | quantity | unit | | quantity | unit |
//! |---|---|---|---|---|
//! | length | Å | | force | eV/Å |
//! | energy | eV | | pressure, stress | eV/Å³ |
//! | mass | u | | time | Å√(u/eV) |
//! | charge | e | | dipole moment | e Å |
//! | temperature | K | | angle | rad |
//!
//! Everything is computed from the constants of [`si`], so the system is coherent by construction; only
//! [`FEMTOSECOND`] and [`HBAR`] need a square root and are literals, which the tests recompute.
//!
//! ```
//! use mol_core::units::{BOLTZMANN, FEMTOSECOND, GIGAPASCAL, KCAL_PER_MOL};
//! assert!((BOLTZMANN * 300.0 - 0.025852).abs() < 1e-6); // eV
//! assert!((BOLTZMANN * 300.0 / KCAL_PER_MOL - 0.596).abs() < 1e-3); // kcal/mol
//! assert!((1.0 / FEMTOSECOND - 10.1805).abs() < 1e-4);
//! assert!((1.0 / GIGAPASCAL - 160.2177).abs() < 1e-4);
//! ```
//!
//! Mohr *et al.*, *Rev. Mod. Phys.* **97**, 025002 (2025).

/// The constants of nature in SI units, CODATA 2022; those marked exact define the SI.
pub mod si {
    /// Elementary charge in C, exact.
    pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
    /// Boltzmann's constant in J/K, exact.
    pub const BOLTZMANN: f64 = 1.380_649e-23;
    /// Planck's constant in J s, exact.
    pub const PLANCK: f64 = 6.626_070_15e-34;
    /// Avogadro's constant in 1/mol, exact.
    pub const AVOGADRO: f64 = 6.022_140_76e23;
    /// Speed of light in m/s, exact.
    pub const SPEED_OF_LIGHT: f64 = 299_792_458.0;
    /// Atomic mass constant in kg.
    pub const ATOMIC_MASS: f64 = 1.660_539_068_92e-27;
    /// Mass of the electron in kg.
    pub const ELECTRON_MASS: f64 = 9.109_383_713_9e-31;
    /// Mass of the proton in kg.
    pub const PROTON_MASS: f64 = 1.672_621_925_95e-27;
    /// Vacuum electric permittivity in F/m.
    pub const VACUUM_PERMITTIVITY: f64 = 8.854_187_818_8e-12;
    /// Hartree energy in J.
    pub const HARTREE: f64 = 4.359_744_722_206e-18;
    /// Bohr radius in m.
    pub const BOHR: f64 = 5.291_772_105_44e-11;
}

/// Boltzmann's constant [eV/K] (exact since 2019: k/e).
pub const BOLTZMANN: f64 = si::BOLTZMANN / si::ELEMENTARY_CHARGE;

/// One femtosecond [Å√(u/eV)]: 10⁻¹⁵ s · √(e/u) · 10¹⁰.
pub const FEMTOSECOND: f64 = 0.098_226_947_433_914_54;
/// One picosecond [Å√(u/eV)].
pub const PICOSECOND: f64 = 1e3 * FEMTOSECOND;
/// One nanosecond [Å√(u/eV)].
pub const NANOSECOND: f64 = 1e6 * FEMTOSECOND;
/// One second [Å√(u/eV)].
pub const SECOND: f64 = 1e15 * FEMTOSECOND;

/// One ångström [Å].
pub const ANGSTROM: f64 = 1.0;
/// One nanometre [Å].
pub const NANOMETRE: f64 = 10.0;
/// One bohr [Å].
pub const BOHR: f64 = 1e10 * si::BOHR;

/// One electronvolt [eV].
pub const ELECTRONVOLT: f64 = 1.0;
/// One joule [eV].
pub const JOULE: f64 = 1.0 / si::ELEMENTARY_CHARGE;
/// One kilocalorie (thermochemical, 4.184 kJ) per mole [eV].
pub const KCAL_PER_MOL: f64 = 4184.0 / si::AVOGADRO / si::ELEMENTARY_CHARGE;
/// One kilojoule per mole [eV].
pub const KJ_PER_MOL: f64 = 1000.0 / si::AVOGADRO / si::ELEMENTARY_CHARGE;
/// One hartree [eV].
pub const HARTREE: f64 = si::HARTREE / si::ELEMENTARY_CHARGE;
/// One rydberg [eV].
pub const RYDBERG: f64 = 0.5 * HARTREE;
/// One reciprocal centimetre as the energy h c / cm [eV].
pub const WAVENUMBER: f64 = 100.0 * si::PLANCK * si::SPEED_OF_LIGHT / si::ELEMENTARY_CHARGE;

/// One atomic mass unit [u].
pub const DALTON: f64 = 1.0;
/// Mass of the electron [u].
pub const ELECTRON_MASS: f64 = si::ELECTRON_MASS / si::ATOMIC_MASS;
/// Mass of the proton [u].
pub const PROTON_MASS: f64 = si::PROTON_MASS / si::ATOMIC_MASS;
/// One kilogram [u].
pub const KILOGRAM: f64 = 1.0 / si::ATOMIC_MASS;
/// One gram per cubic centimetre [u/Å³].
pub const GRAM_PER_CM3: f64 = 1e-27 / si::ATOMIC_MASS;
/// One mole [1].
pub const MOLE: f64 = si::AVOGADRO;

/// One pascal [eV/Å³].
pub const PASCAL: f64 = 1e-30 / si::ELEMENTARY_CHARGE;
/// One gigapascal [eV/Å³].
pub const GIGAPASCAL: f64 = 1e9 * PASCAL;
/// One bar [eV/Å³].
pub const BAR: f64 = 1e5 * PASCAL;
/// One standard atmosphere [eV/Å³].
pub const ATMOSPHERE: f64 = 101_325.0 * PASCAL;

/// Coulomb's constant e²/(4π ε₀) [eV Å]: the energy of two unit charges 1 Å apart.
pub const COULOMB: f64 = 1e10 * si::ELEMENTARY_CHARGE / (4.0 * std::f64::consts::PI * si::VACUUM_PERMITTIVITY);
/// One debye [e Å]: 10⁻²¹ C m²/s divided by the speed of light.
pub const DEBYE: f64 = 1e10 * 1e-21 / si::SPEED_OF_LIGHT / si::ELEMENTARY_CHARGE;

/// Reduced Planck constant [eV Å√(u/eV)]: ħ in the internal unit of time.
pub const HBAR: f64 = 0.064_654_151_295_790_72;

/// One degree [rad].
pub const DEGREE: f64 = std::f64::consts::PI / 180.0;

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[track_caller]
    fn same(ours: f64, theirs: f64, tolerance: f64) {
        assert!((ours / theirs - 1.0).abs() < tolerance, "{ours} is not {theirs}");
    }

    #[test]
    fn the_system_is_coherent() {
        let root = (si::ELEMENTARY_CHARGE / si::ATOMIC_MASS).sqrt();
        same(FEMTOSECOND, 1e-15 * root * 1e10, 2e-16);
        // ħ [eV s] times seconds in the internal unit.
        same(HBAR, si::PLANCK / (2.0 * PI) / si::ELEMENTARY_CHARGE * SECOND, 4e-16);
        // 1 u (1 Å/t)² is 1 eV: in SI, u (10⁻¹⁰ m / t)² = e J with t in seconds.
        let t = 1.0 / SECOND;
        same(si::ATOMIC_MASS * (1e-10 / t).powi(2), si::ELEMENTARY_CHARGE, 1e-15);
        // Atomic units: Coulomb's constant is hartree · bohr, and ħ² = mₑ · hartree · bohr².
        same(COULOMB, HARTREE * BOHR, 1e-9);
        same(HBAR * HBAR, ELECTRON_MASS * HARTREE * BOHR * BOHR, 1e-9);
        same(JOULE / (1e10_f64).powi(3), PASCAL, 1e-15);
        same(KCAL_PER_MOL / KJ_PER_MOL, 4.184, 1e-15);
        // hc: 1 eV is 8065.54 cm⁻¹.
        same(1.0 / WAVENUMBER, 8_065.543_937, 1e-9);
        // The dipole of two unit charges 1 Å apart is 4.80320 D.
        same(1.0 / DEBYE, 4.803_204_7, 1e-8);
        // Water: 0.997 g/cm³ is 0.0333 molecules per Å³.
        same(0.997 * GRAM_PER_CM3 / 18.015, 0.033_33, 1e-3);
    }

    #[test]
    fn constants_are_those_of_codata_in_scipy() {
        // scipy.constants 1.17.1, CODATA 2022, evaluated in Python.
        for (ours, scipy) in [
            (BOLTZMANN, 8.617_333_262_145_179e-5),
            (FEMTOSECOND, 0.098_226_947_433_914_54),
            (KCAL_PER_MOL, 0.043_364_104_241_800_934),
            (KJ_PER_MOL, 0.010_364_269_656_262_174),
            (HARTREE, 27.211_386_245_981),
            (BOHR, 0.529_177_210_544),
            (COULOMB, 14.399_645_468_667_815),
            (HBAR, 0.064_654_151_295_790_72),
            (WAVENUMBER, 1.239_841_984_332_002_6e-4),
            (DEBYE, 0.208_194_332_709_355_94),
            (GIGAPASCAL, 0.006_241_509_074_460_763),
            (ATMOSPHERE, 6.324_209_069_697_368e-7),
        ] {
            same(ours, scipy, 1e-14);
        }
        same(ELECTRON_MASS, 5.485_799_090_441e-4, 1e-10);
        same(PROTON_MASS, 1.007_276_466_578_9, 1e-10);
    }

    #[test]
    fn units_are_those_of_ase() {
        // ase.units.create_units('2022') of ASE 3.29; it derives hartree and bohr from the other constants, hence 1e-11.
        for (ours, ase) in [
            (FEMTOSECOND, 0.098_226_947_433_914_52),
            (BOLTZMANN, 8.617_333_262_145_179e-5),
            (HARTREE, 27.211_386_245_998_34),
            (RYDBERG, 13.605_693_122_999_17),
            (BOHR, 0.529_177_210_543_714_7),
            (KCAL_PER_MOL * MOLE, 2.611_447_396_754_383_3e22),
            (KJ_PER_MOL * MOLE, 6.241_509_074_460_763e21),
            (JOULE, 6.241_509_074_460_763e18),
            (KILOGRAM, 6.022_140_753_667_369e26),
            (GIGAPASCAL, 0.006_241_509_074_460_762),
            (BAR, 6.241_509_074_460_762e-7),
            (DEBYE, 0.208_194_332_709_355_97),
            (WAVENUMBER, 0.000_123_984_198_433_200_3),
            (SECOND, 98_226_947_433_914.52),
        ] {
            same(ours, ase, 1e-11);
        }
    }
}
