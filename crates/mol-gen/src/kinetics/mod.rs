//! Kinetics from trajectories: slow coordinates and Markov state models.

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
