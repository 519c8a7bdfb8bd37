//! Textbook surfaces of one particle, on which samplers and minimisers have known answers.

use crate::forcefield::assert_sizes;
use crate::forcefield::well::add_external;
use crate::{Error, Result};
use mol_core::{Derivatives, Frame, Potential, Vec3};

/// Double well along x, harmonic in y and z.
///
/// ```text
/// E = h ((x/a)² − 1)² + ½ k (y² + z²)
/// ```
/// `h` height of the barrier at x = 0 \[eV\], `a` distance of the minima from it [Å], `k` force constant across
/// [eV/Å²]. The frequency along x in a minimum is √(8h/(a²m)), at the barrier i√(4h/(a²m)).
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3};
/// use mol_sim::DoubleWell;
/// let mut well = DoubleWell::new(0.2, 1.5, 1.0)?;
/// assert_eq!(well.energy(Frame::isolated(&[Vec3::zeros()])), 0.2);
/// assert_eq!(well.energy(Frame::isolated(&[Vec3::x() * -1.5])), 0.0);
/// # Ok::<(), mol_sim::Error>(())
/// ```
///
/// H. A. Kramers, *Physica* **7**, 284 (1940): the problem of its escape rate.
#[derive(Clone, Debug)]
pub struct DoubleWell {
    h: f64,
    a: f64,
    k: f64,
}

impl DoubleWell {
    /// Barrier `h` \[eV\], minima at ±`a` [Å], force constant across `k` [eV/Å²].
    ///
    /// # Errors
    /// If `a` is not positive, or `h` or `k` negative, or one not finite.
    pub fn new(h: f64, a: f64, k: f64) -> Result<Self> {
        Error::check("barrier h of a double well", "not negative and finite", h, h >= 0.0)?;
        Error::check("half distance a of a double well", "positive and finite", a, a > 0.0)?;
        Error::check("force constant k of a double well", "not negative and finite", k, k >= 0.0)?;
        Ok(Self { h, a, k })
    }
}

impl Potential for DoubleWell {
    fn atoms(&self) -> usize {
        1
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        assert_sizes(1, &frame, out);
        let x = &frame.positions[0];
        let s = x.x / self.a;
        let along = s * s - 1.0;
        let force = Vec3::new(-4.0 * self.h * along * s / self.a, -self.k * x.y, -self.k * x.z);
        add_external(out, 0, x, &force);
        self.h * along * along + 0.5 * self.k * (x.y * x.y + x.z * x.z)
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}

/// The Müller–Brown surface in x and y, harmonic in z.
///
/// ```text
/// E = s Σᵢ Aᵢ exp(aᵢ(x − xᵢ)² + bᵢ(x − xᵢ)(y − yᵢ) + cᵢ(y − yᵢ)²) + ½ k z²
/// ```
/// `A` = −200, −100, −170, 15 and the other constants as published; `s` scale \[eV\] per unit of the paper, `k` force
/// constant of z [eV/Å²].
///
/// The deepest of its three minima is E = −146.6995 at (−0.5582, 1.4417):
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3};
/// let mut surface = mol_sim::MullerBrown::new(1.0, 1.0)?;
/// let (energy, forces) = surface.energy_and_forces(Frame::isolated(&[Vec3::new(-0.558_224, 1.441_726, 0.0)]));
/// assert!((energy + 146.699_517).abs() < 1e-6);
/// assert!(forces[0].norm() < 1e-2);
/// # Ok::<(), mol_sim::Error>(())
/// ```
///
/// K. Müller and L. D. Brown, *Theor. Chim. Acta* **53**, 75 (1979), table 1.
#[derive(Clone, Debug)]
pub struct MullerBrown {
    scale: f64,
    k: f64,
}

/// A, a, b, c, x, y of each Gaussian.
const GAUSSIANS: [[f64; 6]; 4] = [
    [-200.0, -1.0, 0.0, -10.0, 1.0, 0.0],
    [-100.0, -1.0, 0.0, -10.0, 0.0, 0.5],
    [-170.0, -6.5, 11.0, -6.5, -0.5, 1.5],
    [15.0, 0.7, 0.6, 0.7, -1.0, 1.0],
];

impl MullerBrown {
    /// The surface times `scale` \[eV\], with force constant `k` [eV/Å²] along z.
    ///
    /// # Errors
    /// If `scale` is not positive or `k` negative, or one not finite.
    pub fn new(scale: f64, k: f64) -> Result<Self> {
        Error::check("scale of the Müller-Brown surface", "positive and finite", scale, scale > 0.0)?;
        Error::check("force constant k of the Müller-Brown surface", "not negative and finite", k, k >= 0.0)?;
        Ok(Self { scale, k })
    }
}

impl Potential for MullerBrown {
    fn atoms(&self) -> usize {
        1
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        assert_sizes(1, &frame, out);
        let x = &frame.positions[0];
        let mut energy = 0.5 * self.k * x.z * x.z;
        let mut force = Vec3::new(0.0, 0.0, -self.k * x.z);
        for [height, a, b, c, x0, y0] in GAUSSIANS {
            let (dx, dy) = (x.x - x0, x.y - y0);
            let term = self.scale * height * (a * dx * dx + b * dx * dy + c * dy * dy).exp();
            energy += term;
            force.x -= term * (2.0 * a * dx + b * dy);
            force.y -= term * (b * dx + 2.0 * c * dy);
        }
        add_external(out, 0, x, &force);
        energy
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}
