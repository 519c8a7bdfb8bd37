//! The table of atom types and the rules that make constants of bonds and angles from it.
//!
//! UFF has no parameters of pairs: everything follows from one row per atom type (`data/uff.csv`, written by
//! `scripts/uff.py`). Lengths are in Å and energies in kcal/mol here, as published; the builder converts once.

use std::sync::LazyLock;

/// Prefactor of bond and angle constants, 664.12 of the paper halved [kcal Å / (mol e²)].
const G: f64 = 332.06;
/// Pauling's scale of bond lengths with bond order.
const LAMBDA: f64 = 0.1332;
/// Scale of the barrier about a bond between sp² atoms with its order.
const ORDER_SCALE: f64 = 4.18;

/// One row of table I.
#[derive(Debug)]
pub(super) struct AtomType {
    /// Five characters of the paper: element, geometry, formal oxidation state.
    pub(super) label: &'static str,
    /// Single-bond radius r [Å].
    pub(super) bond_radius: f64,
    /// Natural angle θ₀ \[rad\].
    pub(super) angle: f64,
    /// Van der Waals distance x [Å].
    pub(super) distance: f64,
    /// Van der Waals well depth D [kcal/mol].
    pub(super) depth: f64,
    /// Effective charge Z* \[e\].
    pub(super) charge: f64,
    /// Barrier about bonds between sp³ atoms V [kcal/mol].
    pub(super) barrier_sp3: f64,
    /// Barrier about bonds between sp² atoms U [kcal/mol].
    pub(super) barrier_sp2: f64,
    /// Electronegativity χ \[eV\].
    pub(super) electronegativity: f64,
}

/// The row of a label.
pub(super) fn atom_type(label: &str) -> Option<&'static AtomType> {
    TABLE.iter().find(|row| row.label == label)
}

static TABLE: LazyLock<Vec<AtomType>> =
    LazyLock::new(|| include_str!("../../../data/uff.csv").lines().skip(1).map(row).collect());

fn row(line: &'static str) -> AtomType {
    const BUILT_IN: &str = "the table is compiled in and read whole by the tests";
    let mut fields = line.split(',');
    let label = fields.next().expect(BUILT_IN);
    let mut number = || fields.next().and_then(|field| field.parse::<f64>().ok()).expect(BUILT_IN);
    AtomType {
        label,
        bond_radius: number(),
        angle: number().to_radians(),
        distance: number(),
        depth: number(),
        charge: number(),
        barrier_sp3: number(),
        barrier_sp2: number(),
        electronegativity: number(),
    }
}

/// Natural length of a bond of order n [Å].
///
/// ```text
/// r = rᵢ + rⱼ − λ (rᵢ + rⱼ) ln n − rᵢ rⱼ (√χᵢ − √χⱼ)² / (χᵢ rᵢ + χⱼ rⱼ)
/// ```
/// The last term carries a minus, as programs have it; the paper's Eq. 2 prints a plus.
pub(super) fn natural_length(i: &AtomType, j: &AtomType, order: f64) -> f64 {
    let (ri, rj, xi, xj) = (i.bond_radius, j.bond_radius, i.electronegativity, j.electronegativity);
    let polar = ri * rj * (xi.sqrt() - xj.sqrt()).powi(2) / (xi * ri + xj * rj);
    (ri + rj) * (1.0 - LAMBDA * order.ln()) - polar
}

/// Force constant of a bond of natural length r: k = 664.12 Z*ᵢ Z*ⱼ / r³ [kcal/(mol Å²)].
pub(super) fn stretch_constant(i: &AtomType, j: &AtomType, length: f64) -> f64 {
    2.0 * G * i.charge * j.charge / length.powi(3)
}

/// Force constant of an angle θ₀ between bonds of natural lengths `rij` and `rjk` [kcal/(mol rad²)].
///
/// ```text
/// K = 664.12 Z*ᵢ Z*ₖ / rᵢₖ⁵ · [3 rᵢⱼ rⱼₖ (1 − cos² θ₀) − rᵢₖ² cos θ₀]      rᵢₖ² = rᵢⱼ² + rⱼₖ² − 2 rᵢⱼ rⱼₖ cos θ₀
/// ```
pub(super) fn bend_constant(i: &AtomType, k: &AtomType, rij: f64, rjk: f64, theta0: f64) -> f64 {
    let cosine = theta0.cos();
    let rik2 = rij * rij + rjk * rjk - 2.0 * rij * rjk * cosine;
    2.0 * G * i.charge * k.charge / rik2.powf(2.5) * (3.0 * rij * rjk * (1.0 - cosine * cosine) - rik2 * cosine)
}

/// Barrier about a bond of order n between sp² atoms: V = 5 √(Uⱼ Uₖ) (1 + 4.18 ln n) [kcal/mol].
pub(super) fn conjugated_barrier(j: &AtomType, k: &AtomType, order: f64) -> f64 {
    5.0 * (j.barrier_sp2 * k.barrier_sp2).sqrt() * (1.0 + ORDER_SCALE * order.ln())
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn named(label: &str) -> &'static AtomType {
        atom_type(label).unwrap_or_else(|| panic!("{label} is in the table"))
    }

    #[test]
    fn the_table_is_read_whole() {
        assert_eq!(TABLE.len(), 127);
        for row in TABLE.iter() {
            assert!(row.bond_radius > 0.0 && row.distance > 0.0 && row.depth > 0.0 && row.charge > 0.0, "{row:?}");
            assert!(row.electronegativity > 0.0 && row.angle > 1.4 && row.angle < 3.2, "{row:?}");
            assert_eq!(TABLE.iter().filter(|other| other.label == row.label).count(), 1);
        }
        assert!(atom_type("C_4").is_none());
    }

    #[test]
    fn constants_of_published_examples() {
        // Ethane's C-C and the amide C-N, from RDKit's GetUFFBondStretchParams and GetUFFAngleBendParams.
        assert_relative_eq!(natural_length(named("C_3"), named("C_3"), 1.0), 1.514, epsilon = 1e-12);
        let amide = natural_length(named("C_R"), named("N_R"), 1.0);
        assert_relative_eq!(amide, 1.422_196_140_201_05, epsilon = 1e-12);
        let k = stretch_constant(named("C_R"), named("N_R"), amide);
        assert_relative_eq!(k, 1_122.982_703_583_954_4, max_relative = 1e-12);
        // Order 1.41 shortens by 0.1332 (0.729 + 0.699) ln 1.41 = 0.0654 Å.
        assert_relative_eq!(natural_length(named("C_R"), named("N_R"), 1.41), amide - 0.065_354, epsilon = 1e-6);
        assert_relative_eq!(conjugated_barrier(named("C_2"), named("C_2"), 2.0), 38.973_552_734, epsilon = 1e-6);
    }
}
