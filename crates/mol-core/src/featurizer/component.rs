//! One output of a featurizer as a collective variable.

use super::Featurizer;
use crate::{CollectiveVariable, Derivatives, Error, Frame, Mat3, Result, Vec3};
use ndarray::Array1;

/// Conveniences on every [`Featurizer`]; blanket, so nobody overrides them.
pub trait FeaturizerExt: Featurizer {
    /// Output `index` as a collective variable.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is no such output.
    fn component(self, index: usize) -> Result<Component<Self>>
    where
        Self: Sized,
    {
        let dim = self.dim();
        if index >= dim {
            let got = format!("{index} of {dim}");
            return Err(Error::InvalidArgument { what: "index of a feature", expected: "less than their number", got });
        }
        let mut cotangent = Array1::zeros(dim);
        cotangent[index] = -1.0;
        Ok(Component { index, values: Array1::zeros(dim), cotangent, gradient: Vec::new(), featurizer: self })
    }

    /// The features of one frame, shape `[dim]`.
    fn compute(&mut self, frame: Frame<'_>) -> Array1<f64> {
        let mut out = Array1::zeros(self.dim());
        self.features(frame, out.view_mut());
        out
    }
}

impl<F: Featurizer + ?Sized> FeaturizerExt for F {}

/// Output `index` of a [`Featurizer`] as a [`CollectiveVariable`]; made by [`FeaturizerExt::component`].
///
/// The virial is `Σ xᵢ ⊗ Fᵢ`, which is exact without a cell. With a cell a featurizer does not tell the strain of its
/// periodic images, so a wanted virial becomes NaN there: a barostat stops instead of going on with a wrong pressure.
#[derive(Clone)]
pub struct Component<F> {
    index: usize,
    featurizer: F,
    values: Array1<f64>,
    /// −1 at `index`.
    cotangent: Array1<f64>,
    /// Scratch: the gradient alone, for the virial.
    gradient: Vec<Vec3>,
}

impl<F: Featurizer> CollectiveVariable for Component<F> {
    fn atoms(&self) -> usize {
        self.featurizer.atoms()
    }

    fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        self.featurizer.features(frame, self.values.view_mut());
        if out.forces_mut().is_some() {
            self.gradient.clear();
            self.gradient.resize(frame.positions.len(), Vec3::zeros());
            self.featurizer.pull_back(frame, self.cotangent.view(), &mut self.gradient);
            for (force, mine) in out.forces_mut().into_iter().flatten().zip(&self.gradient) {
                *force += mine;
            }
            if let Some(virial) = out.virial_mut() {
                *virial += match frame.cell.vectors() {
                    None => frame.positions.iter().zip(&self.gradient).map(|(x, f)| x * f.transpose()).sum(),
                    Some(_) => Mat3::repeat(f64::NAN),
                };
            }
        }
        self.values[self.index]
    }

    fn boxed_clone(&self) -> Box<dyn CollectiveVariable> {
        Box::new(Component {
            index: self.index,
            featurizer: self.featurizer.boxed_clone(),
            values: self.values.clone(),
            cotangent: self.cotangent.clone(),
            gradient: Vec::new(),
        })
    }
}
