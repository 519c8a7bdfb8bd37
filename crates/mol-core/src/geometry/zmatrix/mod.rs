//! Internal coordinates: bond lengths, angles and dihedrals that place one atom after the other (Z-matrix).
//!
//! [`ZMatrix`] maps Cartesian positions without their overall place and orientation to 3N − 6 numbers and back, exactly,
//! with the logarithm of the Jacobian and with gradients taken either way. A molecule's own is made by
//! [`ZMatrix::from_molecule`], which spends one true torsion per bond and describes branches relative to it.
//!
//! Deliberately not here: redundant internal coordinates and their metric, coordinates of several molecules.

mod place;
mod tree;

use crate::{Error, Result, Vec3};
use place::Place;

/// Sines of bond angles below this are collinear: dihedrals and the Jacobian lose their meaning.
const COLLINEAR: f64 = 1e-6;

/// Internal coordinates of N ≥ 3 atoms: N − 1 bonds \[Å\], N − 2 angles \[rad\], N − 3 dihedrals \[rad\], in this order.
///
/// The k-th atom placed has the k-th bond, angle and dihedral that exist. Its dihedral may run along the chain (a torsion) or
/// over a neighbour of the same atom (then it is the improper of a branch, nearly constant while the torsion turns).
///
/// ```text
/// x = c + r (−cos θ e + sin θ cos φ m + sin θ sin φ n),   e = (c − b)/|c − b|,  n ∥ (b − a) × e,  m = n × e
///
/// ln |∂x/∂(q, external)| = Σ_bonds 2 ln r + Σ_angles ln sin θ
/// ```
///
/// with c, b, a the atoms that the row refers to. The external coordinates are the place of the first atom (their measure d³x), the
/// direction of the first bond (a solid angle) and the turn about it; integrated over, they give V · 8π², which the logarithm
/// leaves out. The first atom is put into the origin, the second on the z axis, the third into the half-plane x > 0 of xz.
///
/// Should not be confused with redundant internal coordinates, which optimisers use: there are exactly 3N − 6, and rings are cut open.
///
/// ```
/// use mol_core::{Vec3, geometry::ZMatrix};
/// // H–O–O–H: bonds 0–1, 1–2, 2–3.
/// let z = ZMatrix::new(vec![vec![0], vec![1, 0], vec![2, 1, 0], vec![3, 2, 1, 0]])?;
/// let q = [0.97, 1.45, 0.97, 1.75, 1.75, 2.0];
/// let mut positions = vec![Vec3::zeros(); 4];
/// let log_jacobian = z.to_cartesian(&q, &mut positions)?;
/// assert!((log_jacobian - 2.0 * (0.97_f64 * 1.45 * 0.97).ln() - 2.0 * 1.75_f64.sin().ln()).abs() < 1e-12);
/// let mut back = [0.0; 6];
/// z.to_internal(&positions, &mut back)?;
/// assert!(q.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-12));
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Placement: Parsons *et al.*, *J. Comput. Chem.* **26**, 1063 (2005). Jacobian: Gō & Scheraga, *Macromolecules* **9**, 535 (1976).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<Vec<usize>>", into = "Vec<Vec<usize>>")]
pub struct ZMatrix {
    /// Atom, then what its bond, angle and dihedral refer to; later entries of the first three rows are unused.
    rows: Vec<[usize; 4]>,
}

impl TryFrom<Vec<Vec<usize>>> for ZMatrix {
    type Error = Error;

    fn try_from(rows: Vec<Vec<usize>>) -> Result<Self> {
        Self::new(rows)
    }
}

impl From<ZMatrix> for Vec<Vec<usize>> {
    fn from(z: ZMatrix) -> Self {
        z.rows.iter().enumerate().map(|(k, row)| row[..(k + 1).min(4)].to_vec()).collect()
    }
}

impl ZMatrix {
    /// From one row per atom in the order of placement: `[atom]`, `[atom, bonded to]`, `[atom, bonded to, angle to]`, then
    /// `[atom, bonded to, angle to, dihedral to]`.
    ///
    /// # Errors
    /// If there are fewer than three rows, a row has another length, names an atom that does not exist or is not placed yet, or
    /// names one twice.
    pub fn new(rows: Vec<Vec<usize>>) -> Result<Self> {
        let atoms = rows.len();
        let bad = |expected, got| Err(Error::InvalidArgument { what: "Z-matrix", expected, got });
        if atoms < 3 {
            return bad("of at least three atoms", format!("{atoms}"));
        }
        let mut placed = vec![false; atoms];
        let mut kept = Vec::with_capacity(atoms);
        for (k, row) in rows.into_iter().enumerate() {
            Error::check_len("row of a Z-matrix", (k + 1).min(4), row.len())?;
            if row.iter().any(|&atom| atom >= atoms) {
                return bad("of atoms that exist", format!("row {k}: {row:?} of {atoms} atoms"));
            }
            if placed[row[0]] {
                return bad("with one row per atom", format!("row {k}: atom {} again", row[0]));
            }
            let distinct = (1..row.len()).all(|i| row[i + 1..].iter().all(|other| *other != row[i]));
            if !distinct || row[1..].iter().any(|&atom| !placed[atom]) {
                return bad("with rows that refer to different atoms placed before", format!("row {k}: {row:?}"));
            }
            placed[row[0]] = true;
            kept.push(std::array::from_fn(|i| row.get(i).copied().unwrap_or(0)));
        }
        Ok(Self { rows: kept })
    }

    /// Number of atoms N.
    #[must_use]
    pub fn atoms(&self) -> usize {
        self.rows.len()
    }

    /// Number of coordinates 3N − 6.
    #[must_use]
    pub fn dim(&self) -> usize {
        3 * self.rows.len() - 6
    }

    /// The rows `[atom, bonded to, angle to, dihedral to]` in the order of placement; the first three have 1, 2 and 3 entries.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[usize]> {
        self.rows.iter().enumerate().map(|(k, row)| &row[..(k + 1).min(4)])
    }

    /// Where the angles begin among the coordinates: N − 1.
    #[must_use]
    pub fn angles_at(&self) -> usize {
        self.rows.len() - 1
    }

    /// Where the dihedrals begin among the coordinates: 2N − 3.
    #[must_use]
    pub fn dihedrals_at(&self) -> usize {
        2 * self.rows.len() - 3
    }

    /// Coordinates of the row `k`: bond, angle and dihedral, as far as they exist.
    fn of_row(&self, k: usize) -> [usize; 3] {
        [k.wrapping_sub(1), (self.angles_at() + k).wrapping_sub(2), (self.dihedrals_at() + k).wrapping_sub(3)]
    }

    /// Writes the coordinates of `positions` `[N]` to `q` `[3N − 6]`; returns ln |∂q/∂x|, the negative of
    /// [`to_cartesian`](Self::to_cartesian)'s. Dihedrals come in (−π, π].
    ///
    /// # Errors
    /// If a length does not match, a position is not finite, or a bond angle that a dihedral stands on is 0 or π (the atom is named).
    pub fn to_internal(&self, positions: &[Vec3], q: &mut [f64]) -> Result<f64> {
        Error::check_len("positions", self.atoms(), positions.len())?;
        Error::check_len("internal coordinates", self.dim(), q.len())?;
        if let Some((index, x)) = positions.iter().enumerate().find(|(_, x)| !x.iter().all(|c| c.is_finite())) {
            return Err(Error::NotFinite { what: "position of atom", index, value: x.sum() });
        }
        for (k, &[atom, c, b, a]) in self.rows.iter().enumerate().skip(1) {
            let [bond, angle, torsion] = self.of_row(k);
            let x = |atom: usize| &positions[atom];
            q[bond] = super::distance(x(atom), x(c));
            if k >= 2 {
                q[angle] = super::angle(x(atom), x(c), x(b));
            }
            if k >= 3 {
                if super::angle(x(c), x(b), x(a)).sin() < COLLINEAR {
                    return Err(collinear(atom));
                }
                q[torsion] = super::dihedral(x(atom), x(c), x(b), x(a));
            }
        }
        Ok(-self.log_jacobian(q)?)
    }

    /// Writes the positions `[N]` \[Å\] of the coordinates `q` `[3N − 6]`; returns ln |∂x/∂q| (see the type's formula).
    ///
    /// # Errors
    /// As for [`log_jacobian`](Self::log_jacobian), if the number of positions does not match, or if three atoms that a dihedral
    /// refers to are in line.
    pub fn to_cartesian(&self, q: &[f64], positions: &mut [Vec3]) -> Result<f64> {
        Error::check_len("positions", self.atoms(), positions.len())?;
        let log_jacobian = self.log_jacobian(q)?;
        positions[self.rows[0][0]] = Vec3::zeros();
        positions[self.rows[1][0]] = Vec3::z() * q[0];
        let [atom, c, b, _] = self.rows[2];
        let [bond, angle, _] = self.of_row(2);
        let along = (positions[c] - positions[b]).normalize();
        positions[atom] = positions[c] + q[bond] * (Vec3::x() * q[angle].sin() - along * q[angle].cos());
        for (k, &[atom, c, b, a]) in self.rows.iter().enumerate().skip(3) {
            let [bond, angle, torsion] = self.of_row(k);
            let place = Place::new(&positions[c], &positions[b], &positions[a]).ok_or_else(|| collinear(atom))?;
            positions[atom] = positions[c] + place.arm(q[bond], q[angle], q[torsion]);
        }
        Ok(log_jacobian)
    }

    /// ln |∂x/∂q| of the coordinates `q` `[3N − 6]`.
    ///
    /// # Errors
    /// If the length does not match, a coordinate is not finite, a bond is not longer than 0, or an angle does not lie
    /// between 0 and π (the atom is named).
    pub fn log_jacobian(&self, q: &[f64]) -> Result<f64> {
        Error::check_len("internal coordinates", self.dim(), q.len())?;
        if let Some((index, value)) = q.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NotFinite { what: "internal coordinate", index, value: *value });
        }
        let mut sum = 0.0;
        for (k, row) in self.rows.iter().enumerate().skip(1) {
            let [bond, angle, _] = self.of_row(k);
            if q[bond] <= 0.0 {
                let got = format!("{} Å for atom {}", q[bond], row[0]);
                return Err(Error::InvalidArgument { what: "bond of a Z-matrix", expected: "longer than 0", got });
            }
            sum += 2.0 * q[bond].ln();
            if k >= 2 {
                let sine = q[angle].sin();
                if sine < COLLINEAR || !(0.0..std::f64::consts::PI).contains(&q[angle]) {
                    return Err(collinear(row[0]));
                }
                sum += sine.ln();
            }
        }
        Ok(sum)
    }

    /// Adds `scale` times the gradient of [`log_jacobian`](Self::log_jacobian) at `q` to `gradient` `[3N − 6]`: 2/r of
    /// each bond, cot θ of each angle.
    ///
    /// # Panics
    /// If a length does not match.
    pub fn add_log_jacobian_gradient(&self, q: &[f64], scale: f64, gradient: &mut [f64]) {
        assert_eq!([q.len(), gradient.len()], [self.dim(); 2], "3N − 6 coordinates");
        let (bonds, dihedrals) = (self.angles_at(), self.dihedrals_at());
        for (k, g) in gradient[..dihedrals].iter_mut().enumerate() {
            *g += scale * if k < bonds { 2.0 / q[k] } else { 1.0 / q[k].tan() };
        }
    }

    /// Writes ∂E/∂q `[3N − 6]` of a function E of the positions that no rotation changes, from its gradient ∂E/∂x `[N]`; `adjoint`
    /// holds that gradient and is used up.
    ///
    /// For energies E \[eV\], forces are −∂E/∂x [eV/Å]; the result is in eV/Å for bonds and eV/rad for the rest. The positions may
    /// have any place and orientation. It allocates nothing.
    ///
    /// # Panics
    /// If a length does not match.
    pub fn pull_back(&self, positions: &[Vec3], adjoint: &mut [Vec3], gradient: &mut [f64]) {
        assert_eq!([positions.len(), adjoint.len()], [self.atoms(); 2], "N positions and gradients");
        assert_eq!(gradient.len(), self.dim(), "3N − 6 coordinates");
        for (k, &[atom, c, b, a]) in self.rows.iter().enumerate().rev() {
            let [bond, angle, torsion] = self.of_row(k);
            let g = adjoint[atom];
            let arm = if k == 0 { Vec3::zeros() } else { positions[atom] - positions[c] };
            if k >= 1 {
                gradient[bond] = g.dot(&arm) / arm.norm();
            }
            if k == 2 {
                // The plane of three atoms is the frame itself: only the angle turns the arm.
                let axis = arm.cross(&(positions[b] - positions[c])).normalize();
                gradient[angle] = -g.dot(&axis.cross(&arm));
                adjoint[c] += g;
            } else if k == 1 {
                adjoint[c] += g;
            } else if k >= 3 {
                let Some(place) = Place::new(&positions[c], &positions[b], &positions[a]) else {
                    (gradient[angle], gradient[torsion]) = (f64::NAN, f64::NAN);
                    continue;
                };
                let back = place.back(&arm, &g);
                (gradient[angle], gradient[torsion]) = (back.angle, back.torsion);
                adjoint[c] += g + back.along;
                adjoint[b] += back.before - back.along;
                adjoint[a] -= back.before;
            }
        }
    }
}

fn collinear(atom: usize) -> Error {
    Error::InvalidArgument {
        what: "angle of a Z-matrix",
        expected: "between 0 and 180°, both excluded: choose other reference atoms",
        got: format!("atoms in line where atom {atom} is placed"),
    }
}

#[cfg(test)]
mod tests;
