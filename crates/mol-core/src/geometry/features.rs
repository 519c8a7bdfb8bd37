//! Distances and torsions of a frame as features for learning.

use super::internal::{dihedral_of, distance_of};
use super::variables::{check_atoms, separation};
use crate::{Featurizer, Frame, Result, Vec3};
use ndarray::{ArrayView1, ArrayViewMut1};

/// Distances of chosen pairs [Å] as features, shape `[pairs]`; shortest images in a periodic cell.
///
/// ```
/// use mol_core::{Featurizer, Frame, Vec3, geometry::DistanceFeatures, ndarray::Array1};
/// let mut features = DistanceFeatures::all(3);
/// let mut out = Array1::zeros(3);
/// features.features(Frame::isolated(&[Vec3::zeros(), Vec3::x() * 3.0, Vec3::y() * 4.0]), out.view_mut());
/// assert_eq!(out.to_vec(), [3.0, 4.0, 5.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DistanceFeatures {
    atoms: usize,
    pairs: Vec<[usize; 2]>,
}

impl DistanceFeatures {
    /// The distances of `pairs` in frames of `atoms` atoms.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) if an atom does not exist or a pair names one twice.
    pub fn new(atoms: usize, pairs: Vec<[usize; 2]>) -> Result<Self> {
        pairs.iter().try_for_each(|pair| check_atoms(atoms, pair))?;
        Ok(Self { atoms, pairs })
    }

    /// All distances i < j, in the order (0, 1), (0, 2), …
    #[must_use]
    pub fn all(atoms: usize) -> Self {
        Self { atoms, pairs: (0..atoms).flat_map(|i| (i + 1..atoms).map(move |j| [i, j])).collect() }
    }
}

impl Featurizer for DistanceFeatures {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn dim(&self) -> usize {
        self.pairs.len()
    }

    fn features(&mut self, frame: Frame<'_>, mut out: ArrayViewMut1<'_, f64>) {
        for (out, &[i, j]) in out.iter_mut().zip(&self.pairs) {
            *out = separation(frame, i, j).norm();
        }
    }

    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
        for (weight, &[i, j]) in cotangent.iter().zip(&self.pairs) {
            let push = distance_of(&separation(frame, i, j)).1 * *weight;
            gradient[j] += push;
            gradient[i] -= push;
        }
    }

    fn boxed_clone(&self) -> Box<dyn Featurizer> {
        Box::new(self.clone())
    }
}

/// Cosine and sine of chosen torsions as features `cos φ₁, sin φ₁, cos φ₂, …`, shape `[2 · torsions]`.
///
/// Smooth where φ itself jumps, at ±π. See [`dihedral`](super::dihedral) for φ; shortest images in a periodic cell.
///
/// ```
/// use mol_core::{Featurizer, Frame, Vec3, geometry::TorsionFeatures, ndarray::Array1};
/// let mut features = TorsionFeatures::new(4, vec![[0, 1, 2, 3]])?;
/// let mut out = Array1::zeros(2);
/// let trans = [Vec3::x(), Vec3::zeros(), Vec3::z(), Vec3::z() - Vec3::x()];
/// features.features(Frame::isolated(&trans), out.view_mut());
/// assert!((out[0] + 1.0).abs() < 1e-15 && out[1].abs() < 1e-15);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TorsionFeatures {
    atoms: usize,
    chains: Vec<[usize; 4]>,
}

impl TorsionFeatures {
    /// The torsions of `chains` of four atoms in frames of `atoms` atoms.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) if an atom does not exist or a chain names one twice.
    pub fn new(atoms: usize, chains: Vec<[usize; 4]>) -> Result<Self> {
        chains.iter().try_for_each(|chain| check_atoms(atoms, chain))?;
        Ok(Self { atoms, chains })
    }
}

impl Featurizer for TorsionFeatures {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn dim(&self) -> usize {
        2 * self.chains.len()
    }

    fn features(&mut self, frame: Frame<'_>, mut out: ArrayViewMut1<'_, f64>) {
        for (k, &[a, b, c, d]) in self.chains.iter().enumerate() {
            let (phi, ..) = dihedral_of(&separation(frame, b, a), &separation(frame, c, b), &separation(frame, c, d));
            (out[2 * k], out[2 * k + 1]) = (phi.cos(), phi.sin());
        }
    }

    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
        for (k, &[a, b, c, d]) in self.chains.iter().enumerate() {
            let (phi, gf, gg, gh) =
                dihedral_of(&separation(frame, b, a), &separation(frame, c, b), &separation(frame, c, d));
            let slope = cotangent[2 * k + 1] * phi.cos() - cotangent[2 * k] * phi.sin();
            gradient[a] += gf * slope;
            gradient[b] += (gg - gf) * slope;
            gradient[c] -= (gg + gh) * slope;
            gradient[d] += gh * slope;
        }
    }

    fn boxed_clone(&self) -> Box<dyn Featurizer> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, Seed};
    use ndarray::Array1;

    #[test]
    fn pull_back_is_the_transposed_jacobian_and_adds() {
        let mut rng = Seed::new(3).rng();
        let point = |rng: &mut Rng| Vec3::new(rng.normal(), rng.normal(), rng.normal()) * 1.5;
        let x: Vec<Vec3> = (0..6).map(|_| point(&mut rng)).collect();
        let featurizers: [Box<dyn Featurizer>; 2] = [
            Box::new(DistanceFeatures::all(6)),
            Box::new(TorsionFeatures::new(6, vec![[0, 1, 2, 3], [5, 3, 1, 4]]).unwrap()),
        ];
        for mut featurizer in featurizers {
            let cotangent: Array1<f64> = (0..featurizer.dim()).map(|_| rng.normal()).collect();
            let start = vec![Vec3::repeat(0.5); 6];
            let mut gradient = start.clone();
            featurizer.pull_back(Frame::isolated(&x), cotangent.view(), &mut gradient);
            let mut out = Array1::zeros(featurizer.dim());
            for i in 0..6 {
                for k in 0..3 {
                    let mut at = |step: f64| {
                        let mut moved = x.clone();
                        moved[i][k] += step;
                        featurizer.features(Frame::isolated(&moved), out.view_mut());
                        out.dot(&cotangent)
                    };
                    let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
                    assert!((gradient[i][k] - start[i][k] - slope).abs() < 1e-7, "{i} {k}");
                }
            }
        }
    }

    #[test]
    fn impossible_atoms_are_refused() {
        assert!(DistanceFeatures::new(3, vec![[0, 3]]).is_err());
        assert!(TorsionFeatures::new(4, vec![[0, 1, 2, 2]]).is_err());
        assert_eq!(DistanceFeatures::all(0).dim(), 0);
    }
}
