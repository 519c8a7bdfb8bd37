//! Kinetics from trajectories: slow coordinates, soft states, Markov state models.
//!
//! - [`Tica`] and [`Vamp`] find the slowest linear combinations of features, [`Vampnet`] soft states by a network; [`Score`] and
//!   [`cross_validate`] judge them on trajectories they have not seen;
//! - [`KMeans`] makes discrete states, [`TransitionCounts`] and [`Msm`] a Markov model of them, [`Koopman`] one of soft states;
//! - [`ImpliedTimescales`] and [`ChapmanKolmogorovTest`] ask, with errors by [`Resampling`], whether the model is Markovian.
//!
//! Estimator and fitted model are two types: `Tica::new(lag).fit(&trajectories)?` is a [`TicaModel`]. Trajectories are slices of
//! arrays or views of shape `[frames, features]`, of any lengths; pairs of frames never cross from one to the next. Lags and times are in
//! frames. Features of atoms come from any [`Featurizer`](mol_core::Featurizer) by [`featurize`], and a fitted model in front of that
//! featurizer is one again ([`TicaModel::featurizer`]), whose components are collective variables with exact derivatives.
//!
//! ```
//! use mol_core::{CollectiveVariable, FeaturizerExt, Frame, Seed, Vec3, geometry::DistanceFeatures};
//! use mol_gen::kinetics::{Tica, featurize};
//! // Two atoms whose distance drifts slowly, a third that shakes.
//! let mut rng = Seed::new(1).rng();
//! let mut stretch = 0.0;
//! let frames: Vec<[Vec3; 3]> = (0..5000)
//!     .map(|_| {
//!         stretch = 0.99 * stretch + 0.02 * rng.normal();
//!         [Vec3::zeros(), Vec3::x() * (2.0 + stretch), Vec3::new(1.0, 1.5 + 0.2 * rng.normal(), 0.0)]
//!     })
//!     .collect();
//! let mut distances = DistanceFeatures::all(3);
//! let x = featurize(&mut distances, frames.iter().map(|x| Frame::isolated(x)));
//! let model = Tica::new(10).fit(&[x])?;
//! assert!(model.timescales()[0] > 50.0);
//! // The slowest component as a function of the atoms, ready to bias a simulation.
//! let slow = model.featurizer(Box::new(distances))?.component(0)?;
//! assert_eq!(slow.atoms(), 3);
//! # Ok::<(), mol_gen::Error>(())
//! ```
//!
//! Equations, choices and measurements: docs/methods/tica.md, docs/methods/vampnet.md, docs/methods/msm.md. Deliberately not here: reweighting of
//! non-equilibrium data, Bayesian Markov models, hidden Markov models, transition path theory, coarse-graining by PCCA+ (a VAMPnet's states are coarse
//! already).

mod algebra;
mod cluster;
mod counts;
mod covariance;
mod data;
mod koopman;
mod linear;
mod msm;
mod resample;
mod score;
mod tica;
mod timescales;
mod validate;
mod vamp;
mod vampnet;

pub use cluster::{KMeans, KMeansModel};
pub use counts::{Counting, TransitionCounts};
pub use covariance::{CovarianceAccumulator, CovarianceConfig, Covariances};
pub use data::pieces;
pub use koopman::{Koopman, KoopmanModel};
pub use linear::{LinearFeaturizer, LinearMap, featurize};
pub use msm::{Msm, MsmModel};
pub use resample::Resampling;
pub use score::Score;
pub use tica::{Scaling, Tica, TicaModel};
pub use timescales::{ChapmanKolmogorov, ChapmanKolmogorovTest, ImpliedTimescales};
pub use validate::{CrossValidation, cross_validate};
pub use vamp::{Vamp, VampModel};
pub use vampnet::{InputScaling, Vampnet, VampnetConfig, VampnetFeaturizer, VampnetModel};
