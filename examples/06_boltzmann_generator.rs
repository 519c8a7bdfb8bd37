//! Trains a Boltzmann generator on a double well from a handful of points and asks it for exact free energies.
//!
//! `cargo run --release --example 06_boltzmann_generator`. The surface is U = x⁴ − 6x² + x + y²/2 at kT = 1: two wells
//! behind a barrier of more than 9 kT, which plain dynamics crosses once in thousands of steps. Quadrature gives
//! F(right) − F(left) = 3.380 kT and ln Z = 11.0205.

#![allow(clippy::print_stdout)] // an example talks

use clap::Parser;
use molkit::generative::boltzmann::{
    BoltzmannConfig, BoltzmannObjective, CartesianCoordinates, Clip, Coordinates, Estimator, Target, WeightedSample,
};
use molkit::generative::flow::{Flow, FlowConfig, FlowModel, Transform, Whitening};
use molkit::ndarray::Array2;
use molkit::report::{Plot, Report};
use molkit::tensor::{Decay, Schedule, Trainer, TrainerConfig};
use molkit::{Derivatives, Domain, Frame, Seed, Vec3, potential_fn};
use std::path::PathBuf;
use std::sync::Arc;

/// Top of the barrier, which divides left from right.
const TOP: f64 = 0.083_53;

#[derive(Parser)]
#[command(about = "Trains a Boltzmann generator on a double well and compares its free energies with the exact ones")]
struct Arguments {
    /// Folder for the figure.
    #[arg(long, default_value = "out/double_well")]
    out: PathBuf,
    /// Fewer epochs and draws.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments { out, quick } = Arguments::parse();
    let seed = Seed::new(1);

    // Any potential will do; this one is of one atom that uses x and y.
    let surface = potential_fn(1, |frame: Frame<'_>, out: &mut Derivatives| {
        let (x, y) = (frame.positions[0].x, frame.positions[0].y);
        if let Some(forces) = out.forces_mut() {
            forces[0] -= Vec3::new(4.0 * x.powi(3) - 12.0 * x + 1.0, y, 0.0);
        }
        x.powi(4) - 6.0 * x * x + x + 0.5 * y * y
    });
    let coordinates = Arc::new(CartesianCoordinates::new(1, 2)?);
    let target = Target::new(coordinates.clone(), &surface, 1.0)?;

    // What two short runs would know: both wells exist, but not how deep they are against each other.
    let mut rng = seed.stream("data").rng();
    let mut data = Array2::zeros((1000, 2));
    for (k, mut row) in data.rows_mut().into_iter().enumerate() {
        row[0] = if k % 2 == 0 { 1.69 } else { -1.77 } + 0.25 * rng.normal();
        row[1] = rng.normal();
    }

    // Four couplings, x given y and y given x in turn, from a normal distribution to the surface.
    let line = Transform::AffineSpline { bins: 8, bound: 4.0, limit: 2.0 };
    let circle = Transform::CircularSpline { bins: 8 }; // no feature here is an angle
    let config = FlowConfig::alternating(coordinates.features(), 4, line, circle, &[24, 24]);
    let flow = Flow::<f32>::new(config, seed.stream("flow"))?;
    let model = FlowModel::new(flow, Whitening::per_feature(&data.view())?)?;

    // The likelihood holds both wells, the energy gives them their shape and weight.
    let losses = BoltzmannConfig {
        likelihood: 0.2,
        energy: 1.0,
        estimator: Estimator::Path,
        clip: Clip { reference: -13.0, threshold: 20.0 },
        coordinate: None,
        draws: 0,
    };
    let objective = BoltzmannObjective::new(&model, &target, &data.view(), losses)?;
    let config = TrainerConfig {
        epochs: if quick { 10 } else { 100 },
        batch: 250,
        chunk: 125,
        schedule: Schedule { rate: 1e-2, warmup: 5, decay: Decay::Cosine { floor: 0.01 } },
        average: Some(0.95),
        seed,
        ..TrainerConfig::default()
    };
    let mut trainer = Trainer::new(config, model.flow().weights().clone())?;
    trainer.run(&objective, &mut (), None)?;
    let trained = model.clone().with_weights(trainer.best()?.flat().to_vec())?;

    let draws = if quick { 2_000 } else { 50_000 };
    let mut plot = Plot::new("x", "free energy [kT]").x_range(-2.6, 2.6).y_range(0.0, 14.0);
    for (name, model) in [("before training", &model), ("after training", &trained)] {
        let sample = WeightedSample::draw(&target, model, draws, &mut rng)?;
        let x: Vec<f64> = sample.items().map(|item| item[0]).collect();
        let (right, left): (Vec<bool>, Vec<bool>) = x.iter().map(|x| (*x > TOP, *x <= TOP)).unzip();
        let f = sample.free_energy_difference(&left, &right, 200, &mut rng)?;
        println!(
            "{name}: {:.1} % effective draws, F(right) − F(left) = {:.3} ± {:.3} kT, ln Z = {:.3}",
            100.0 * sample.effective_size()? / draws as f64,
            f.estimate,
            f.error,
            sample.log_partition()?
        );
        let p = sample.profile(&x, Domain::Line, [-2.6, 2.6], (40, 50), &mut rng)?;
        let kept: Vec<usize> = (0..40).filter(|k| p.free_energy[*k].is_finite()).collect();
        let pick = |v: &[f64]| kept.iter().map(|k| v[*k]).collect::<Vec<_>>();
        plot = plot.measured(name, &pick(&p.centres), &pick(&p.free_energy), &pick(&p.error));
    }
    println!("exact: F(right) − F(left) = 3.380 kT, ln Z = 11.020");
    let mut report = Report::new("A Boltzmann generator on a double well");
    report.figure("profile", &plot, "Free energy along x from weighed draws, with bootstrap errors.")?;
    report.write(&out)?;
    println!("the figure is in {}", out.join("report.html").display());
    Ok(())
}
