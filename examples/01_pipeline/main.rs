//! The study: from the SMILES string `OCCO` to a neural potential, its dynamics, its slow coordinates, a generator and conformers.
//!
//! Reads examples/data/ethanediol.extxyz and writes a folder with report.html, figures, numbers.json, the models and the
//! trajectory. Ctrl-C leaves checkpoints; `--resume` goes on from them to the same numbers.

#![allow(clippy::print_stdout)] // an example talks

mod boltzmann;
mod dynamics;
mod graph;
mod learning;
mod map;
mod methods;
mod search;
mod slow;
mod torsions;

use clap::Parser;
use graph::Matched;
use molkit::io::ReadOptions;
use molkit::nn::train::LabelledFrame;
use molkit::report::Report;
use molkit::{Observer, Seed, Stop};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(
    about = "From a SMILES string to a neural potential, its dynamics, slow coordinates, a Boltzmann generator and conformers"
)]
struct Arguments {
    /// Folder for the report, figures, numbers, model and trajectory.
    #[arg(long, default_value = "out")]
    out: PathBuf,
    /// Root of every random number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads; the numbers do not depend on it.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Continue from the checkpoints in the folder.
    #[arg(long)]
    resume: bool,
    /// The same path in seconds, with sizes too small for good numbers.
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// Five repetitions of the conformer search instead of one, for errors of its figures.
    #[arg(long)]
    full: bool,
}

/// What every step of the study needs.
struct Study {
    out: PathBuf,
    seed: Seed,
    resume: bool,
    quick: bool,
    interrupt: Interrupt,
    report: Report,
}

/// Asks to stop once Ctrl-C was pressed.
#[derive(Clone)]
struct Interrupt(Arc<AtomicBool>);

impl<S: ?Sized> Observer<S> for Interrupt {
    fn observe(&mut self, _: u64, _: &S) -> ControlFlow<Stop> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) }
    }
}

fn main() -> Fallible<()> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    std::fs::create_dir_all(&arguments.out)?;
    let interrupt = Interrupt(Arc::new(AtomicBool::new(false)));
    let flag = Arc::clone(&interrupt.0);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))?;
    let mut study = Study {
        out: arguments.out,
        seed: Seed::new(arguments.seed),
        resume: arguments.resume,
        quick: arguments.quick,
        interrupt,
        report: Report::new(
            "Ethane-1,2-diol: from a SMILES string to dynamics, slow coordinates, a generator and conformers",
        ),
    };
    study.report.paragraph(
        "One process, no Python: a molecular graph; a SchNet potential trained on GFN2-xTB energies and forces; molecular \
         dynamics driven by it; what is slow in them; a Boltzmann generator of the same potential; and a search for \
         conformers on it and on a force field. All numbers below come from this run and are repeated in numbers.json.",
    );
    map::draw(&mut study)?;
    let started = Instant::now();
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/ethanediol.extxyz");
    let (frames, walkers) = LabelledFrame::read_extxyz(data.as_ref(), ReadOptions::default(), Some("walker"))?;

    println!("1. The molecule");
    let matched = graph::study(&mut study, &frames)?;
    if !simulate(&mut study, arguments.full, &frames, &walkers, &matched, started)? {
        println!("Interrupted. The checkpoints are written: the same command with --resume goes on.");
        return Ok(());
    }
    study.report.write(&study.out)?;
    let report = study.out.join("report.html");
    println!("{:.0} s in all; the report is {}", started.elapsed().as_secs_f64(), report.display());
    Ok(())
}

/// Steps 2 to 6, each on what the ones before have made; `false` if interrupted.
fn simulate(
    study: &mut Study,
    full: bool,
    frames: &[LabelledFrame],
    walkers: &[i64],
    matched: &Matched,
    started: Instant,
) -> Fallible<bool> {
    let clock = || println!("   {:.0} s since the start", started.elapsed().as_secs_f64());
    println!("2. The potential");
    let Some(model) = learning::study(study, frames, walkers)? else { return Ok(false) };
    clock();
    println!("3. Dynamics");
    let Some(sampled) = dynamics::study(study, &model, frames, walkers, matched)? else { return Ok(false) };
    clock();
    println!("4. Slow coordinates");
    let Some(mut slow_states) = slow::study(study, &sampled.path, matched, sampled.from)? else { return Ok(false) };
    clock();
    println!("5. A Boltzmann generator");
    if !boltzmann::study(study, &model, frames, matched, &mut slow_states)? {
        return Ok(false);
    }
    clock();
    println!("6. Conformer search");
    search::study(study, &model, matched, if full { 5 } else { 1 })
}
