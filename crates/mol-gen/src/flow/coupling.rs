//! Couplings: some features transformed, element by element, given others.

use super::conditioner::Conditioner;
use super::element::Element;
use super::spline::{MOST_BINS, Spline};
use super::{Direction, Feature};
use crate::Result;
use mol_core::tensor::ops::operation;
use mol_core::tensor::{Kernel, Matrix, Parameters, Real, simd, values};
use mol_core::{Error, Rng};
use serde::{Deserialize, Serialize};

/// The elementwise map of a coupling, y = T(x; θ), with θ from the coupling's network.
///
/// ```text
/// Affine          y = eˢ x + t,   s = L tanh(r / L)                                    on the line
/// Spline          y = R(x)        on [−B, B], the identity outside                     on the line
/// AffineSpline    y = eˢ R(x) + t                                                      on the line
/// CircularSpline  y = R(x) + t    mod 2π, equal slopes of R at −π and π                on the circle
/// ```
///
/// R is the monotone rational-quadratic spline of K bins: on the bin of width w and height h, between knots (x₀, y₀) of
/// slopes d₀ and d₁, with s = h / w and ξ = (x − x₀) / w,
///
/// ```text
/// R(x) = y₀ + h [s ξ² + d₀ ξ (1 − ξ)] / [s + (d₀ + d₁ − 2 s) ξ (1 − ξ)]
/// ```
///
/// References: L. Dinh, J. Sohl-Dickstein and S. Bengio, ICLR (2017) (affine); C. Durkan *et al.*, NeurIPS (2019),
/// Eqs. 4–5 (spline); D. J. Rezende *et al.*, ICML (2020), section 2.1.3 (circle).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Transform {
    /// Scale and shift.
    Affine {
        /// Bound L of the log-scale.
        limit: f64,
    },
    /// Rational-quadratic spline with linear tails.
    Spline {
        /// Number of bins K, 2 to 16.
        bins: usize,
        /// Half length B of the interval that is bent.
        bound: f64,
    },
    /// A spline, then scale and shift: moves and widens what the spline has bent.
    AffineSpline {
        /// Number of bins K, 2 to 16.
        bins: usize,
        /// Half length B of the interval that is bent.
        bound: f64,
        /// Bound L of the log-scale.
        limit: f64,
    },
    /// Spline of the circle onto itself, then a rotation.
    CircularSpline {
        /// Number of bins K, 2 to 16.
        bins: usize,
    },
}

impl Transform {
    /// The kind of feature it maps.
    #[must_use]
    pub const fn feature(&self) -> Feature {
        match self {
            Self::CircularSpline { .. } => Feature::Circular,
            _ => Feature::Linear,
        }
    }

    fn element<E: Real>(&self) -> Result<Element<E>> {
        let invalid = |what, expected, got: String| Err(Error::InvalidArgument { what, expected, got }.into());
        if let Self::Spline { bins, .. } | Self::AffineSpline { bins, .. } | Self::CircularSpline { bins } = self
            && !(2..=MOST_BINS).contains(bins)
        {
            return invalid("bins of a spline", "2 to 16", bins.to_string());
        }
        if let Self::Spline { bound, .. } | Self::AffineSpline { bound, .. } = self
            && !(bound.is_finite() && *bound > 0.0)
        {
            return invalid("bound of a spline", "positive and finite", bound.to_string());
        }
        if let Self::Affine { limit } | Self::AffineSpline { limit, .. } = self
            && !(limit.is_finite() && *limit > 0.0)
        {
            return invalid("limit of a log-scale", "positive and finite", limit.to_string());
        }
        let line = |bins, bound: f64| Some(Spline { bins, bound: E::of(bound), periodic: false });
        Ok(match *self {
            Self::Affine { limit } => Element { spline: None, limit: Some(E::of(limit)), shift: true },
            Self::Spline { bins, bound } => Element { spline: line(bins, bound), limit: None, shift: false },
            Self::AffineSpline { bins, bound, limit } => {
                Element { spline: line(bins, bound), limit: Some(E::of(limit)), shift: true }
            }
            Self::CircularSpline { bins } => {
                let spline = Spline { bins, bound: E::of(std::f64::consts::PI), periodic: true };
                Element { spline: Some(spline), limit: None, shift: true }
            }
        })
    }
}

/// Settings of one coupling layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coupling {
    /// Features that are transformed, all of the transform's kind.
    pub transformed: Vec<usize>,
    /// Features its network sees, none of the transformed; without any, the parameters are learned constants.
    pub context: Vec<usize>,
    /// The elementwise map.
    pub transform: Transform,
    /// Widths of the network's hidden layers (SiLU).
    pub hidden: Vec<usize>,
    /// Circular context enters as cos kφ and sin kφ, k = 1 … harmonics.
    pub harmonics: usize,
}

/// A coupling ready to run.
#[derive(Clone, Debug)]
pub(super) struct CouplingLayer<E> {
    transformed: Vec<usize>,
    element: Element<E>,
    conditioner: Conditioner,
}

impl<E: Real> CouplingLayer<E> {
    pub(super) fn new(
        config: &Coupling,
        features: &[Feature],
        name: &str,
        weights: &mut Parameters<E>,
        rng: &mut Rng,
    ) -> Result<Self> {
        let invalid = |what, expected, got: String| Error::InvalidArgument { what, expected, got };
        let mut seen = vec![false; features.len()];
        for k in config.transformed.iter().chain(&config.context) {
            match seen.get_mut(*k) {
                None => return Err(invalid("feature of a coupling", "one of the flow's", k.to_string()).into()),
                Some(true) => {
                    return Err(invalid("feature of a coupling", "named once", format!("{k} twice")).into());
                }
                Some(seen) => *seen = true,
            }
        }
        if config.transformed.is_empty() {
            return Err(invalid("transformed features of a coupling", "not empty", "none".into()).into());
        }
        let kind = config.transform.feature();
        if let Some(k) = config.transformed.iter().find(|k| features[**k] != kind) {
            let got = format!("{:?} feature {k} under {:?}", features[*k], config.transform);
            return Err(invalid("transform of a coupling", "of its features' kind", got).into());
        }
        let context: Vec<_> = config.context.iter().map(|k| (*k, features[*k])).collect();
        if config.harmonics == 0 && context.iter().any(|(_, kind)| *kind == Feature::Circular) {
            return Err(invalid("harmonics of a coupling", "at least 1 with circular context", "0".into()).into());
        }
        if let Some(k) = config.hidden.iter().position(|width| *width == 0) {
            return Err(invalid("width of a hidden layer", "at least 1", format!("0 in layer {k}")).into());
        }
        let element = config.transform.element()?;
        let outputs = config.transformed.len() * element.parameters();
        let conditioner = Conditioner::new(context, config.harmonics, (&config.hidden, outputs), name, weights, rng)?;
        Ok(Self { transformed: config.transformed.clone(), element, conditioner })
    }

    /// One fused operation after the network: (x, log-det) → (y, log-det + Σ ln slope).
    pub(super) fn apply(
        &self,
        weights: &[Matrix<E>],
        x: &Matrix<E>,
        log_det: &Matrix<E>,
        direction: Direction,
    ) -> (Matrix<E>, Matrix<E>) {
        let mut sums = values(log_det);
        let batch = sums.len();
        let raw = self.conditioner.apply(weights, x, batch);
        let (parameters, input) = (values(&raw), values(x));
        let mut output = input.clone();
        let (element, transformed) = (self.element, self.transformed.clone());
        let shape = (batch, input.len() / batch.max(1));
        let pass = Pass { element, transformed: &transformed, raw: &parameters, width: shape.1 };
        match direction {
            Direction::Generate => simd(Forward::<E, false> { pass, y: &mut output, log_det: &mut sums }),
            Direction::Normalise => simd(Forward::<E, true> { pass, y: &mut output, log_det: &mut sums }),
        }
        // The adjoints are taken at the map's own argument, which is the output of its inverse.
        let at = if direction == Direction::Generate { input } else { output.clone() };
        let outputs = vec![(output, shape), (sums, (batch, 1))];
        let mut out = operation(&[x, &raw, log_det], outputs, move |adjoints, gradients| {
            let [to_x, to_raw, to_log_det] = gradients else { unreachable!("three inputs have three gradients") };
            let pass = Pass { element, transformed: &transformed, raw: &parameters, width: shape.1 };
            let backward = Backward { pass, at: &at, out: &adjoints[0], log: &adjoints[1], to_x, to_raw };
            match direction {
                Direction::Generate => simd(Directed::<E, false>(backward)),
                Direction::Normalise => simd(Directed::<E, true>(backward)),
            }
            for (sum, g) in to_log_det.iter_mut().zip(&adjoints[1]) {
                *sum += *g;
            }
        });
        let log_det = out.remove(1);
        (out.remove(0), log_det)
    }
}

/// What both passes read.
struct Pass<'a, E> {
    element: Element<E>,
    transformed: &'a [usize],
    /// Shape `[batch, transformed × parameters]`.
    raw: &'a [E],
    /// Features in a row.
    width: usize,
}

struct Forward<'a, E, const INVERSE: bool> {
    pass: Pass<'a, E>,
    /// Input, then output, shape `[batch, features]`.
    y: &'a mut [E],
    log_det: &'a mut [E],
}

impl<E: Real, const INVERSE: bool> Kernel for Forward<'_, E, INVERSE> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Pass { element, transformed, raw, width } = self.pass;
        let each = element.parameters();
        let rows = self.y.chunks_exact_mut(width).zip(raw.chunks_exact(transformed.len() * each));
        for ((row, raw), log_det) in rows.zip(self.log_det) {
            for (k, raw) in transformed.iter().zip(raw.chunks_exact(each)) {
                let (y, log) = if INVERSE { element.invert(raw, row[*k]) } else { element.apply(raw, row[*k]) };
                row[*k] = y;
                *log_det += log;
            }
        }
    }
}

struct Backward<'a, E> {
    pass: Pass<'a, E>,
    /// Argument of the map, shape `[batch, features]`.
    at: &'a [E],
    out: &'a [E],
    log: &'a [E],
    to_x: &'a mut [E],
    to_raw: &'a mut [E],
}

struct Directed<'a, E, const INVERSE: bool>(Backward<'a, E>);

impl<E: Real, const INVERSE: bool> Kernel for Directed<'_, E, INVERSE> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Backward { pass: Pass { element, transformed, raw, width }, at, out, log, to_x, to_raw } = self.0;
        let each = element.parameters();
        let many = transformed.len() * each;
        let rows = at.chunks_exact(width).zip(out.chunks_exact(width)).zip(log);
        let gradients = to_x.chunks_exact_mut(width).zip(to_raw.chunks_exact_mut(many));
        for ((((at, out), log), (to_x, to_raw)), raw) in rows.zip(gradients).zip(raw.chunks_exact(many)) {
            for (sum, g) in to_x.iter_mut().zip(out) {
                *sum += *g;
            }
            let parameters = raw.chunks_exact(each).zip(to_raw.chunks_exact_mut(each));
            for (k, (raw, to_raw)) in transformed.iter().zip(parameters) {
                let down = element.adjoint::<INVERSE>(raw, at[*k], out[*k], *log, to_raw);
                to_x[*k] += down - out[*k];
            }
        }
    }
}
