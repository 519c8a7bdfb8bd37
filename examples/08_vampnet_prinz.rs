//! A VAMPnet finds the four wells of the Prinz potential, and its relaxation times meet the exact ones and a Markov model's.
//!
//! A particle diffuses on a line (D = kT = 1) over four wells; a frame is kept every 0.005. Nothing but the coordinate goes into
//! the network, which learns soft states by maximising VAMP-2; a Markov model of 200 small states is the reference.
//!
//! A. Mardt, L. Pasquali, H. Wu and F. Noé, *Nat. Commun.* **9**, 5 (2018); J.-H. Prinz *et al.*, *J. Chem. Phys.* **134**, 174105 (2011).

#![allow(clippy::print_stdout)] // an example talks

use clap::Parser;
use molkit::generative::kinetics::{
    ChapmanKolmogorovTest, ImpliedTimescales, KMeans, Msm, Resampling, Vampnet, VampnetConfig,
};
use molkit::ndarray::{Array2, s};
use molkit::report::uncertain;
use molkit::stats::Bootstrap;
use molkit::tensor::{Decay, Progress, Schedule};
use molkit::{ProgressBar, Seed};
use rayon::prelude::*;

/// Relaxation times from diagonalising the process on a fine grid [frames].
const EXACT: [f64; 3] = [166.8, 25.35, 13.02];
const WALKERS: usize = 8;
const FRAME: f64 = 0.005;
/// Euler–Maruyama steps per frame: the slowest time of the discretised process is 0.35 % too long, the others 0.1 % too short.
const STEPS: usize = 50;
const LAG: usize = 10;

#[derive(Parser)]
struct Arguments {
    /// Root of every random number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads; the numbers do not depend on it.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// The same path in seconds, with sizes too small for good numbers.
    #[arg(long)]
    quick: bool,
}

/// −U′ of U = 4 (x⁸ + 0.8 exp(−80 x²) + 0.2 exp(−80 (x − ½)²) + 0.5 exp(−40 (x + ½)²)).
fn force(x: f64) -> f64 {
    let (a, b) = (x - 0.5, x + 0.5);
    let hills = 128.0 * x * (-80.0 * x * x).exp() + 32.0 * a * (-80.0 * a * a).exp() + 40.0 * b * (-40.0 * b * b).exp();
    4.0 * (hills - 8.0 * x.powi(7))
}

/// One trajectory, shape `[frames, 1]`, after five of the slowest relaxation times.
fn walk(frames: usize, walker: usize, seed: Seed) -> Array2<f64> {
    let mut rng = seed.stream("walk").at(walker as u64).rng();
    let step = FRAME / STEPS as f64;
    let mut x = [-0.75, -0.25, 0.25, 0.7][walker % 4];
    let mut next = || {
        for _ in 0..STEPS {
            x += force(x) * step + (2.0 * step).sqrt() * rng.normal();
        }
        x
    };
    (0..834).for_each(|_| _ = next());
    Array2::from_shape_fn((frames, 1), |_| next())
}

fn show(name: &str, times: &[Bootstrap]) {
    let text: Vec<String> = times.iter().map(|t| format!("{:>14}", uncertain(t.estimate, t.error))).collect();
    println!("{name:<34}{}", text.join("  "));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let seed = Seed::new(arguments.seed);
    let frames = if arguments.quick { 5_000 } else { 125_000 };
    let data: Vec<Array2<f64>> = (0..WALKERS).into_par_iter().map(|k| walk(frames, k, seed)).collect();
    println!("{WALKERS} walkers of {frames} frames, {STEPS} steps per frame");

    // 1. Learn five soft states from six walkers; the other two choose the weights.
    let config = VampnetConfig {
        hidden: vec![32, 32],
        epochs: if arguments.quick { 4 } else { 3 },
        batch: if arguments.quick { 500 } else { 4000 },
        schedule: Schedule { rate: 1e-2, warmup: 20, decay: Decay::Cosine { floor: 0.01 } },
        seed,
        ..VampnetConfig::new(LAG, 5)
    };
    let (train, held_out) = data.split_at(6);
    let steps = (6 * (frames - LAG)).div_ceil(config.batch) as u64 * config.epochs;
    let mut bar = ProgressBar::new("training", steps, |p: &Progress| format!("VAMP-2 {:.4}", -p.loss));
    let model = Vampnet::new(config)?.fit_watched(train, held_out, &mut bar, None)?.ok_or("interrupted")?;
    drop(bar);
    let exact: f64 = EXACT.iter().map(|t| (-2.0 * LAG as f64 / t).exp()).sum();
    println!("VAMP-2 of held-out walkers: {:.4} (the three exact processes alone: {:.4})", model.validation().ok_or("no score")?, 1.0 + exact);

    // 2. Where the states are.
    println!("\n    x   memberships");
    let line = Array2::from_shape_fn((9, 1), |(k, _)| -1.0 + 0.25 * k as f64);
    for (x, chi) in line.iter().zip(model.transform(&line)?.outer_iter()) {
        let row: Vec<String> = chi.iter().map(|p| format!("{p:.2}")).collect();
        println!("{x:>6.2}   {}", row.join("  "));
    }

    // 3. Relaxation times, with errors over walkers, beside a Markov model of 200 states.
    let soft = model.transform_all(&data)?;
    let mut rng = seed.stream("errors").rng();
    let resampling = Resampling { resamples: if arguments.quick { 10 } else { 50 }, level: 0.95 };
    println!("\nrelaxation times [frames]{}", EXACT.map(|t| format!("{t:>16}")).concat());
    let test = ImpliedTimescales { lags: vec![LAG, 2 * LAG, 4 * LAG], processes: 3, resampling };
    for (lag, times) in test.lags.iter().zip(test.koopman(&soft, true, &mut rng)?) {
        show(&format!("VAMPnet, 5 states, lag {lag}"), &times);
    }
    let thinned: Vec<_> = data.iter().map(|x| x.slice(s![..;50, ..])).collect();
    let clusters = KMeans { iterations: 10, ..KMeans::new(if arguments.quick { 50 } else { 200 }) };
    let clusters = clusters.fit(&thinned, &mut seed.stream("k-means").rng())?;
    let states = data.iter().map(|x| clusters.assign(x)).collect::<Result<Vec<_>, _>>()?;
    let test = ImpliedTimescales { lags: vec![1, LAG], ..test };
    for (lag, times) in test.lags.iter().zip(test.markov(&Msm::default(), &states, clusters.centers().nrows(), &mut rng)?) {
        show(&format!("Markov model, {} states, lag {lag}", clusters.centers().nrows()), &times);
    }

    // 4. Do the soft states propagate as a Markov process would?
    let test = ChapmanKolmogorovTest { lag: LAG, multiples: vec![1, 2, 4, 8], resampling };
    let (lag, worst) = test.koopman(&soft, true, &mut rng)?.worst();
    println!("\nChapman–Kolmogorov: predictions differ by at most {worst:.3} from the data, at lag {lag}");
    Ok(())
}
