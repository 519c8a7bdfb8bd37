//! The study: from the SMILES string `OCCO` to a neural potential trained here, and dynamics with it.
//!
//! Reads examples/data/ethanediol.extxyz and writes a folder with report.html, figures, numbers.json, the model and the
//! trajectory. Ctrl-C leaves checkpoints; `--resume` goes on from them to the same numbers.

#![allow(clippy::print_stdout)] // an example talks

mod dynamics;
mod graph;
mod learning;
mod map;
mod torsions;

use clap::Parser;
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
#[command(about = "From a SMILES string to a trained neural potential and molecular dynamics with it")]
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
    #[arg(long)]
    quick: bool,
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
        report: Report::new("Ethane-1,2-diol: from a SMILES string to dynamics with a network"),
    };
    study.report.paragraph(
        "One process, no Python: a molecular graph, a SchNet potential trained on GFN2-xTB energies and forces, and \
         molecular dynamics driven by it. All numbers below come from this run and are repeated in numbers.json.",
    );
    map::draw(&mut study)?;
    let started = Instant::now();
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/ethanediol.extxyz");
    let (frames, walkers) = LabelledFrame::read_extxyz(data.as_ref(), ReadOptions::default(), Some("walker"))?;

    println!("1. The molecule");
    let chains = graph::study(&mut study, &frames)?;
    println!("2. The potential");
    let Some(model) = learning::study(&mut study, &frames, &walkers)? else {
        interrupted();
        return Ok(());
    };
    println!("   {:.0} s since the start", started.elapsed().as_secs_f64());
    println!("3. Dynamics");
    if !dynamics::study(&mut study, &model, &frames, &walkers, &chains)? {
        interrupted();
        return Ok(());
    }
    study.report.write(&study.out)?;
    let report = study.out.join("report.html");
    println!("{:.0} s in all; the report is {}", started.elapsed().as_secs_f64(), report.display());
    Ok(())
}

fn interrupted() {
    println!("Interrupted. The checkpoints are written: the same command with --resume goes on.");
}
