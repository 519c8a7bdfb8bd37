//! Cut-off functions: from one to zero, smoothly, so that forces are continuous as atoms come and go.

use mol_core::tensor::{Real, ops::Expansion};

/// Behler's cosine cut-off.
///
/// ```text
/// f_c(d) = ½ (cos(π d / r_c) + 1)  for d < r_c,   0 beyond
/// ```
///
/// d distance [Å], r_c cut-off [Å]. Value and slope vanish at r_c; the curvature jumps there.
/// Behler & Parrinello, *Phys. Rev. Lett.* **98**, 146401 (2007), Eq. 4.
///
/// ```
/// use mol_core::tensor::ops::Expansion;
/// let (mut value, mut slope) = ([0.0], [0.0]);
/// mol_nn::CosineCutoff::new(5.0_f64).evaluate(2.5, &mut value, &mut slope);
/// assert!((value[0] - 0.5).abs() < 1e-15 && (slope[0] + 0.1 * std::f64::consts::PI).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineCutoff<E> {
    radius: E,
}

impl<E: Real> CosineCutoff<E> {
    /// Zero from `radius` [Å] on.
    #[must_use]
    pub const fn new(radius: E) -> Self {
        Self { radius }
    }

    /// f_c, f_c′ and f_c″ at `d`, computed in f64.
    fn at(self, d: E) -> (f64, f64, f64) {
        if d >= self.radius {
            return (0.0, 0.0, 0.0);
        }
        let k = std::f64::consts::PI / self.radius.f64();
        let (sin, cos) = (k * d.f64()).sin_cos();
        (0.5 * (cos + 1.0), -0.5 * k * sin, -0.5 * k * k * cos)
    }
}

impl<E: Real> Expansion<E> for CosineCutoff<E> {
    fn dim(&self) -> usize {
        1
    }

    fn evaluate(&self, d: E, value: &mut [E], slope: &mut [E]) {
        let (f, df, _) = self.at(d);
        (value[0], slope[0]) = (E::of(f), E::of(df));
    }

    fn curvature(&self, d: E, curvature: &mut [E]) {
        curvature[0] = E::of(self.at(d).2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GaussianBasis;

    #[test]
    fn slopes_and_curvatures_match_finite_differences() {
        let functions: [&dyn Expansion<f64>; 2] = [&CosineCutoff::new(4.0), &GaussianBasis::new(7, 4.0)];
        for f in functions {
            let at = |d: f64| {
                let (mut v, mut s, mut c) = (vec![0.0; f.dim()], vec![0.0; f.dim()], vec![0.0; f.dim()]);
                f.evaluate(d, &mut v, &mut s);
                f.curvature(d, &mut c);
                (v, s, c)
            };
            for d in [0.3, 1.7, 3.2, 3.99, 4.5] {
                let (h, here, up, down) = (1e-6, at(d), at(d + 1e-6), at(d - 1e-6));
                for k in 0..f.dim() {
                    assert!((here.1[k] - (up.0[k] - down.0[k]) / (2.0 * h)).abs() < 1e-9);
                    assert!((here.2[k] - (up.1[k] - down.1[k]) / (2.0 * h)).abs() < 1e-8);
                }
            }
        }
    }
}
