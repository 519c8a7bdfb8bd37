//! The coordinates in which a generator works, and the way between them and positions.

use crate::flow::Feature;
use crate::{Error, Result};
use mol_core::geometry::ZMatrix;
use mol_core::{Domain, Molecule, Vec3};

/// An invertible map between features y of a generator and positions x, up to what the energy does not depend on.
///
/// Features are used in the units they come in (Å, radians); scaling them is the whitening's work.
pub trait Coordinates: Send + Sync {
    /// Number of atoms N.
    fn atoms(&self) -> usize;

    /// Kind of each feature.
    fn features(&self) -> &[Feature];

    /// Writes the features of `positions` `[N]` to `y` `[features]`; returns ln |det ∂y/∂x|.
    ///
    /// # Errors
    /// If a length does not match or the positions have no such features.
    fn to_features(&self, positions: &[Vec3], y: &mut [f64]) -> Result<f64>;

    /// Writes positions \[Å\] `[N]` of the features `y`; returns ln |det ∂x/∂y|.
    ///
    /// # Errors
    /// If a length does not match or `y` describes no positions, e.g. a bond of negative length.
    fn to_positions(&self, y: &[f64], positions: &mut [Vec3]) -> Result<f64>;

    /// Writes the gradient of u(x(y)) − ln |det ∂x/∂y| by y from ∂u/∂x in `adjoint` `[N]`, which is used up.
    ///
    /// # Panics
    /// If a length does not match.
    fn pull_back(&self, y: &[f64], positions: &[Vec3], adjoint: &mut [Vec3], gradient: &mut [f64]);
}

/// Internal coordinates of a molecule: torsions about its rotatable bonds are circular, all others linear.
///
/// Features are the coordinates of the [`ZMatrix`] in its order. The dihedrals of branches (impropers) are linear: they
/// are taken on the branch of the circle around their value in a reference structure, which keeps ±π out of their way.
///
/// ```
/// use mol_core::{Molecule, Vec3};
/// use mol_gen::boltzmann::{Coordinates, InternalCoordinates};
/// let water = Molecule::from_smiles("O")?.with_explicit_hydrogens()?;
/// let positions = [Vec3::zeros(), Vec3::new(0.96, 0.0, 0.0), Vec3::new(-0.24, 0.93, 0.0)];
/// let internal = InternalCoordinates::new(&water, &positions)?;
/// let mut y = [0.0; 3];
/// internal.to_features(&positions, &mut y)?;
/// assert!((y[0] - 0.96).abs() < 1e-12 && (y[2].to_degrees() - 104.47).abs() < 0.01);
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct InternalCoordinates {
    zmatrix: ZMatrix,
    features: Vec<Feature>,
    torsions: Vec<usize>,
    /// (feature, value in the reference) of each improper.
    impropers: Vec<(usize, f64)>,
}

impl InternalCoordinates {
    /// Of `molecule`, with the branches of the structure `reference` `[N]`.
    ///
    /// # Errors
    /// If the molecule has no Z-matrix (fewer than three atoms, several parts, implicit hydrogens), or the reference does not fit it.
    pub fn new(molecule: &Molecule, reference: &[Vec3]) -> Result<Self> {
        let zmatrix = ZMatrix::from_molecule(molecule)?;
        let torsions = zmatrix.torsions(molecule)?;
        let mut q = vec![0.0; zmatrix.dim()];
        zmatrix.to_internal(reference, &mut q)?;
        let kind = |k| if torsions.contains(&k) { Feature::Circular } else { Feature::Linear };
        let features: Vec<_> = (0..q.len()).map(kind).collect();
        let impropers = (zmatrix.dihedrals_at()..q.len()).filter(|k| features[*k] == Feature::Linear);
        let impropers = impropers.map(|k| (k, q[k])).collect();
        Ok(Self { zmatrix, features, torsions, impropers })
    }

    /// The Z-matrix.
    #[must_use]
    pub const fn zmatrix(&self) -> &ZMatrix {
        &self.zmatrix
    }

    /// The circular features: torsions about rotatable bonds.
    #[must_use]
    pub fn torsions(&self) -> &[usize] {
        &self.torsions
    }

    /// Whether all branches of `y` are within 60° of the reference's: whether no centre is inverted.
    #[must_use]
    pub fn same_branches(&self, y: &[f64]) -> bool {
        self.impropers.iter().all(|(k, at)| Domain::ANGLE.difference(y[*k], *at).abs() < std::f64::consts::FRAC_PI_3)
    }
}

impl Coordinates for InternalCoordinates {
    fn atoms(&self) -> usize {
        self.zmatrix.atoms()
    }

    fn features(&self) -> &[Feature] {
        &self.features
    }

    fn to_features(&self, positions: &[Vec3], y: &mut [f64]) -> Result<f64> {
        let log_det = self.zmatrix.to_internal(positions, y)?;
        for (k, at) in &self.impropers {
            y[*k] = at + Domain::ANGLE.difference(y[*k], *at);
        }
        for k in &self.torsions {
            y[*k] = Domain::ANGLE.wrap(y[*k]);
        }
        Ok(log_det)
    }

    fn to_positions(&self, y: &[f64], positions: &mut [Vec3]) -> Result<f64> {
        Ok(self.zmatrix.to_cartesian(y, positions)?)
    }

    fn pull_back(&self, y: &[f64], positions: &[Vec3], adjoint: &mut [Vec3], gradient: &mut [f64]) {
        self.zmatrix.pull_back(positions, adjoint, gradient);
        self.zmatrix.add_log_jacobian_gradient(y, -1.0, gradient);
    }
}

/// The first `dim` Cartesian components x₁, y₁, z₁, x₂ … \[Å\] as linear features; the others are 0.
///
/// For textbook surfaces, which are potentials of one atom in one or two dimensions.
///
/// ```
/// use mol_core::Vec3;
/// use mol_gen::boltzmann::{CartesianCoordinates, Coordinates};
/// let plane = CartesianCoordinates::new(1, 2)?;
/// let mut positions = [Vec3::zeros()];
/// assert_eq!(plane.to_positions(&[1.5, -2.0], &mut positions)?, 0.0);
/// assert_eq!(positions[0], Vec3::new(1.5, -2.0, 0.0));
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CartesianCoordinates {
    atoms: usize,
    features: Vec<Feature>,
}

impl CartesianCoordinates {
    /// The first `dim` components of `atoms` atoms.
    ///
    /// # Errors
    /// [`Error::TooFew`] without components; an invalid argument if there are more than 3 per atom.
    pub fn new(atoms: usize, dim: usize) -> Result<Self> {
        if dim == 0 {
            return Err(Error::TooFew { what: "Cartesian components", expected: 1, got: 0 });
        }
        if dim > 3 * atoms {
            let got = format!("{dim} of {atoms} atoms");
            let expected = "at most three per atom";
            return Err(mol_core::Error::InvalidArgument { what: "Cartesian components", expected, got }.into());
        }
        Ok(Self { atoms, features: vec![Feature::Linear; dim] })
    }
}

impl Coordinates for CartesianCoordinates {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn features(&self) -> &[Feature] {
        &self.features
    }

    fn to_features(&self, positions: &[Vec3], y: &mut [f64]) -> Result<f64> {
        mol_core::Error::check_len("positions", self.atoms, positions.len())?;
        mol_core::Error::check_len("Cartesian components", self.features.len(), y.len())?;
        for (k, y) in y.iter_mut().enumerate() {
            *y = positions[k / 3][k % 3];
        }
        Ok(0.0)
    }

    fn to_positions(&self, y: &[f64], positions: &mut [Vec3]) -> Result<f64> {
        mol_core::Error::check_len("positions", self.atoms, positions.len())?;
        mol_core::Error::check_len("Cartesian components", self.features.len(), y.len())?;
        positions.fill(Vec3::zeros());
        for (k, y) in y.iter().enumerate() {
            positions[k / 3][k % 3] = *y;
        }
        Ok(0.0)
    }

    fn pull_back(&self, _: &[f64], _: &[Vec3], adjoint: &mut [Vec3], gradient: &mut [f64]) {
        for (k, g) in gradient.iter_mut().enumerate() {
            *g = adjoint[k / 3][k % 3];
        }
    }
}
