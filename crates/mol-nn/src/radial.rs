//! Radial bases: a distance as a vector of smooth functions.

use mol_core::tensor::{Kernel, Real, ops::Expansion, simd};

/// Gaussians on an even grid, the basis of SchNet.
///
/// ```text
/// e_k(d) = exp(−γ (d − k δ)²),   δ = r_c / (K − 1),   γ = 1 / (2 δ²),   k = 0 … K − 1
/// ```
///
/// d distance [Å], r_c cut-off [Å], K number of functions. The width follows the spacing, as in SchNetPack; the paper's
/// own γ = 10 Å⁻² on a grid of 0.1 Å is another choice. Far tails are exact zeros.
///
/// ```
/// use mol_core::tensor::ops::Expansion;
/// use mol_nn::GaussianBasis;
/// let basis = GaussianBasis::new(3, 4.0_f64);
/// let (mut value, mut slope) = ([0.0; 3], [0.0; 3]);
/// basis.evaluate(2.0, &mut value, &mut slope);
/// assert_eq!(value[1], 1.0);
/// assert!((value[0] - (-0.5_f64).exp()).abs() < 1e-15);
/// ```
///
/// Schütt et al., *J. Chem. Phys.* **148**, 241722 (2018), Eq. 8.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianBasis<E> {
    functions: usize,
    spacing: E,
    gamma: E,
}

impl<E: Real> GaussianBasis<E> {
    /// `functions` Gaussians (at least 2) from 0 to `cutoff` [Å].
    ///
    /// # Panics
    /// If `functions` < 2 or `cutoff` is not positive; model constructors check both before.
    #[must_use]
    pub fn new(functions: usize, cutoff: E) -> Self {
        assert!(functions >= 2 && cutoff > E::ZERO, "a Gaussian grid needs two points and a positive cut-off");
        let spacing = cutoff / E::of((functions - 1) as f64);
        Self { functions, spacing, gamma: E::of(0.5) / (spacing * spacing) }
    }
}

/// The loop over one distance's functions.
struct Row<'a, E> {
    basis: &'a GaussianBasis<E>,
    d: E,
    value: &'a mut [E],
    slope: &'a mut [E],
}

impl<E: Real> Kernel for Row<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let GaussianBasis { spacing, gamma, .. } = *self.basis;
        for (k, (value, slope)) in (0_i32..).zip(self.value.iter_mut().zip(self.slope)) {
            let u = self.d - E::of(f64::from(k)) * spacing;
            *value = Real::exp(-gamma * u * u);
            *slope = E::of(-2.0) * gamma * u * *value;
        }
    }
}

impl<E: Real> Expansion<E> for GaussianBasis<E> {
    fn dim(&self) -> usize {
        self.functions
    }

    fn evaluate(&self, d: E, value: &mut [E], slope: &mut [E]) {
        simd(Row { basis: self, d, value, slope });
    }

    fn curvature(&self, d: E, curvature: &mut [E]) {
        for (k, c) in curvature.iter_mut().enumerate() {
            let u = d - E::of(k as f64) * self.spacing;
            let g = Real::exp(-self.gamma * u * u);
            *c = E::of(2.0) * self.gamma * (E::of(2.0) * self.gamma * u * u - E::ONE) * g;
        }
    }
}
