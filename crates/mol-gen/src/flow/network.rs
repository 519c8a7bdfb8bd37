//! A flow: layers in sequence, in both directions, with weights.

use super::Feature;
use super::coupling::{Coupling, CouplingLayer};
use crate::Result;
use mol_core::tensor::ops::operation;
use mol_core::tensor::{Matrix, Parameters, Real, constant, values};
use mol_core::{Error, Seed};
use serde::{Deserialize, Serialize};

/// Which way through a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From latent z to data x = f(z), layers in order.
    Generate,
    /// From data x to latent z = f⁻¹(x), layers in reverse order.
    Normalise,
}

/// One layer of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Layer {
    /// Some features are transformed given others.
    Coupling(Coupling),
    /// Feature k of the output is feature p\[k\] of the input; kinds stay where they are.
    Permutation(Vec<usize>),
}

/// Settings of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowConfig {
    /// Kind of each feature.
    pub features: Vec<Feature>,
    /// Layers in the order from latent to data.
    pub layers: Vec<Layer>,
}

impl FlowConfig {
    /// Couplings that transform each half of `features` given the other (features alternate between the halves), `layers`
    /// of them in turn; every half holds both kinds if there are enough, circular features get `circular`, linear ones `linear`.
    ///
    /// A half of mixed kinds is two couplings, since a coupling is of one kind. With one feature the network has no
    /// context and its parameters are constants.
    #[must_use]
    pub fn alternating(
        features: &[Feature],
        layers: usize,
        linear: super::Transform,
        circular: super::Transform,
        hidden: &[usize],
    ) -> Self {
        let mut side = vec![0; features.len()];
        for kind in [Feature::Circular, Feature::Linear] {
            let of_kind = (0..features.len()).filter(|k| features[*k] == kind);
            of_kind.enumerate().for_each(|(n, k)| side[k] = n % 2);
        }
        // One feature of each kind: not both on one side.
        if features.len() == 2 {
            side = vec![0, 1];
        }
        let mut all = Vec::new();
        for layer in 0..layers {
            let half = if features.len() == 1 { 0 } else { layer % 2 };
            let context: Vec<usize> = (0..features.len()).filter(|k| side[*k] != half).collect();
            for (kind, transform) in [(Feature::Circular, circular), (Feature::Linear, linear)] {
                let mine = |k: &usize| side[*k] == half && features[*k] == kind;
                let transformed: Vec<usize> = (0..features.len()).filter(mine).collect();
                if !transformed.is_empty() {
                    let (context, hidden) = (context.clone(), hidden.to_vec());
                    all.push(Layer::Coupling(Coupling { transformed, context, transform, hidden, harmonics: 2 }));
                }
            }
        }
        Self { features: features.to_vec(), layers: all }
    }

    /// Circular features first, then the linear ones given them: torsions, and a molecule's stiff coordinates conditioned on
    /// them.
    ///
    /// `circular` couplings transform one circular feature each, in turn, given the other circular ones; as many as there are
    /// features make any density on the torus reachable. `linear` couplings transform the linear features given all circular ones: the
    /// first all of them, the others every second one given the rest, in turn. Each block is (couplings, map, hidden widths).
    #[must_use]
    pub fn circular_then_linear(
        features: &[Feature],
        circular: (usize, super::Transform, &[usize]),
        linear: (usize, super::Transform, &[usize]),
        harmonics: usize,
    ) -> Self {
        let of = |kind| (0..features.len()).filter(|k| features[*k] == kind).collect::<Vec<_>>();
        let (circles, lines) = (of(Feature::Circular), of(Feature::Linear));
        let mut layers = Vec::new();
        let mut push = |transformed: Vec<usize>, context: Vec<usize>, transform, hidden: &[usize]| {
            if !transformed.is_empty() {
                let hidden = hidden.to_vec();
                layers.push(Layer::Coupling(Coupling { transformed, context, transform, hidden, harmonics }));
            }
        };
        for layer in 0..circular.0 {
            let mine = circles.get(layer % circles.len().max(1)).copied();
            let others = circles.iter().copied().filter(|k| Some(*k) != mine).collect();
            push(mine.into_iter().collect(), others, circular.1, circular.2);
        }
        for layer in 0..linear.0 {
            let mine = |n: &usize| layer == 0 || n % 2 == layer % 2;
            let (inside, outside): (Vec<_>, Vec<_>) = (0..lines.len()).partition(mine);
            let context = circles.iter().copied().chain(outside.iter().map(|n| lines[*n]));
            push(inside.iter().map(|n| lines[*n]).collect(), context.collect(), linear.1, linear.2);
        }
        Self { features: features.to_vec(), layers }
    }
}

/// An invertible map between latent and data with exact log-determinants; the identity when new.
///
/// ```
/// use mol_core::{Seed, tensor::{constant, values}};
/// use mol_gen::flow::{Direction, Feature, Flow, FlowConfig, Transform};
/// let (line, circle) = (Transform::Affine { limit: 2.0 }, Transform::CircularSpline { bins: 8 });
/// let config = FlowConfig::alternating(&[Feature::Circular, Feature::Linear], 4, line, circle, &[16]);
/// let flow = Flow::<f64>::new(config, Seed::new(1))?;
/// let z = constant(vec![0.5, -1.0], (1, 2));
/// let (x, log_det) = flow.apply(&flow.constants(), &z, Direction::Generate);
/// assert!((values(&x)[0] - 0.5).abs() < 1e-12 && values(&log_det)[0].abs() < 1e-12);
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Flow<E> {
    config: FlowConfig,
    layers: Vec<Ready<E>>,
    weights: Parameters<E>,
}

#[derive(Clone, Debug)]
enum Ready<E> {
    Coupling(CouplingLayer<E>),
    Permutation(Vec<usize>),
}

impl<E: Real> Flow<E> {
    /// The identity, with hidden layers drawn from `seed`.
    ///
    /// # Errors
    /// An invalid argument of `mol-core` if there are no features, a layer names a feature twice, one that does not exist
    /// or of another kind than its map's, or a setting lies outside its range.
    pub fn new(config: FlowConfig, seed: Seed) -> Result<Self> {
        if config.features.is_empty() {
            return Err(crate::Error::TooFew { what: "features of a flow", expected: 1, got: 0 });
        }
        let mut weights = Parameters::default();
        let mut layers = Vec::with_capacity(config.layers.len());
        for (k, layer) in config.layers.iter().enumerate() {
            layers.push(match layer {
                Layer::Coupling(coupling) => {
                    let mut rng = seed.stream("coupling").at(k as u64).rng();
                    let name = format!("coupling.{k}");
                    Ready::Coupling(CouplingLayer::new(coupling, &config.features, &name, &mut weights, &mut rng)?)
                }
                Layer::Permutation(order) => {
                    check_permutation(order, &config.features)?;
                    Ready::Permutation(order.clone())
                }
            });
        }
        Ok(Self { config, layers, weights })
    }

    /// Settings.
    #[must_use]
    pub const fn config(&self) -> &FlowConfig {
        &self.config
    }

    /// Kind of each feature.
    #[must_use]
    pub fn features(&self) -> &[Feature] {
        &self.config.features
    }

    /// Weights of all networks.
    #[must_use]
    pub const fn weights(&self) -> &Parameters<E> {
        &self.weights
    }

    /// The same flow with other weights, laid out as [`weights`](Self::weights).
    ///
    /// # Errors
    /// A shape mismatch if there are too few or many.
    pub fn with_weights(mut self, flat: Vec<E>) -> Result<Self> {
        self.weights = self.weights.with_flat(flat)?;
        Ok(self)
    }

    /// The weights as matrices off any tape, to evaluate with.
    #[must_use]
    pub fn constants(&self) -> Vec<Matrix<E>> {
        self.weights.iter().map(|(_, shape, numbers)| constant(numbers.to_vec(), shape)).collect()
    }

    /// The map and ln |det| of its Jacobian, x `[batch, features]` → (`[batch, features]`, `[batch, 1]`).
    ///
    /// `weights` are leaves of a tape ([`Parameters::leaves`]) or [`constants`](Self::constants). Gradients reach the weights and x,
    /// in both directions; those of an empty batch are zero. Circular outputs lie in [−π, π). Cost O(batch × weights).
    ///
    /// # Panics
    /// If x has another number of columns or `weights` are another model's.
    #[must_use]
    pub fn apply(&self, weights: &[Matrix<E>], x: &Matrix<E>, direction: Direction) -> (Matrix<E>, Matrix<E>) {
        let numbers = values(x).len();
        let features = self.config.features.len();
        let batch = numbers / features;
        assert_eq!(numbers, batch * features, "columns of x against features of the flow");
        assert_eq!(weights.len(), self.weights.matrices(), "weights of another flow");
        if batch == 0 {
            return (x.clone(), constant(Vec::new(), (0, 1)));
        }
        let mut y = x.clone();
        let mut log_det = constant(vec![E::ZERO; batch], (batch, 1));
        for step in 0..self.layers.len() {
            let at = if direction == Direction::Generate { step } else { self.layers.len() - 1 - step };
            match &self.layers[at] {
                Ready::Coupling(layer) => (y, log_det) = layer.apply(weights, &y, &log_det, direction),
                Ready::Permutation(order) => y = permute(&y, order, direction),
            }
        }
        (y, log_det)
    }
}

fn check_permutation(order: &[usize], features: &[Feature]) -> Result<()> {
    Error::check_len("permutation of features", features.len(), order.len())?;
    let mut seen = vec![false; order.len()];
    for (k, from) in order.iter().enumerate() {
        let fits = *from < order.len() && !seen[*from] && features[*from] == features[k];
        if !fits {
            let expected = "each feature once, at a place of its kind";
            let got = format!("{from} at place {k}");
            return Err(Error::InvalidArgument { what: "permutation of features", expected, got }.into());
        }
        seen[*from] = true;
    }
    Ok(())
}

/// y_k = x_p(k), or its inverse.
fn permute<E: Real>(x: &Matrix<E>, order: &[usize], direction: Direction) -> Matrix<E> {
    let mut from = order.to_vec();
    if direction == Direction::Normalise {
        for (k, p) in order.iter().enumerate() {
            from[*p] = k;
        }
    }
    let numbers = values(x);
    let y: Vec<E> = numbers.chunks_exact(from.len()).flat_map(|row| from.iter().map(|k| row[*k])).collect();
    let shape = (numbers.len() / from.len(), from.len());
    operation(&[x], vec![(y, shape)], move |adjoints, gradients| {
        for (g, into) in adjoints[0].chunks_exact(from.len()).zip(gradients[0].chunks_exact_mut(from.len())) {
            for (g, k) in g.iter().zip(&from) {
                into[*k] += *g;
            }
        }
    })
    .remove(0)
}
