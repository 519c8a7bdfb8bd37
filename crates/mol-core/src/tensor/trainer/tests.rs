//! A linear regression whose answer is known, trained with every promise of the trainer tested on the way.

use super::*;
use crate::{Checkpoint, watch};

/// y = 2 x₀ − x₁ on 50 random points; loss (w · x − y)².
struct Line(Vec<([f64; 2], f64)>);

impl Line {
    fn new() -> Self {
        let mut rng = Seed::new(5).rng();
        Self((0..50).map(|_| [rng.normal(), rng.normal()]).map(|x| (x, 2.0 * x[0] - x[1])).collect())
    }
}

impl Objective<f64> for Line {
    fn items(&self) -> usize {
        self.0.len()
    }
    fn accumulate(&self, w: &Parameters<f64>, items: &[usize], g: &mut [f64], rng: &mut Rng) -> Result<f64, Fault> {
        let mut loss = 0.0;
        for &k in items {
            let (x, y) = self.0[k];
            let error = w.flat()[0] * x[0] + w.flat()[1] * x[1] - y + 1e-3 * rng.normal();
            loss += error * error;
            g[0] += 2.0 * error * x[0];
            g[1] += 2.0 * error * x[1];
        }
        Ok(loss)
    }
    fn validate(&self, w: &Parameters<f64>) -> Result<Option<f64>, Fault> {
        Ok(Some((w.flat()[0] - 2.0).powi(2) + (w.flat()[1] + 1.0).powi(2)))
    }
}

fn trainer(epochs: u64) -> Trainer<f64> {
    let mut weights = Parameters::default();
    weights.push("w", (1, 2), &[0.0, 0.0]).expect("free name");
    let schedule = Schedule { rate: 0.05, warmup: 3, decay: Decay::Cosine { floor: 0.01 } };
    let config = TrainerConfig { epochs, batch: 8, chunk: 3, schedule, average: Some(0.9), ..TrainerConfig::default() };
    Trainer::new(config, weights).expect("valid settings")
}

fn bits(t: &Trainer<f64>) -> Vec<u64> {
    let all = [t.weights.flat(), &t.mean, &t.best, &t.adam.mean, &t.adam.square];
    all.iter().flat_map(|v| v.iter().map(|x| x.to_bits())).collect()
}

#[test]
fn finds_the_line() {
    let mut t = trainer(100);
    assert_eq!(t.run(&Line::new(), &mut (), None).expect("trains"), Outcome::Finished);
    let w = t.best().expect("shape");
    assert!((w.flat()[0] - 2.0).abs() < 1e-3 && (w.flat()[1] + 1.0).abs() < 1e-3, "{:?}", w.flat());
}

#[test]
fn bits_do_not_depend_on_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let mut t = trainer(5);
        pool.install(|| t.run(&Line::new(), &mut (), None)).expect("trains");
        bits(&t)
    };
    assert_eq!(run(1), run(4));
}

#[test]
fn resuming_anywhere_continues_to_the_same_bits() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("training.safetensors");
    let mut whole = trainer(4);
    whole.run(&Line::new(), &mut (), None).expect("trains");
    for stop_at in [1, 6, 7, 8, 20] {
        let mut first = trainer(4);
        let mut stop =
            watch(
                |step, _: &Progress| {
                    if step == stop_at { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) }
                },
            );
        assert_eq!(first.run(&Line::new(), &mut stop, Some(&path)).expect("trains"), Outcome::Interrupted);
        let mut second = trainer(4);
        second.load_from(&path).expect("just written");
        assert_eq!(second.steps_done(), stop_at);
        second.run(&Line::new(), &mut (), None).expect("trains");
        assert_eq!(bits(&second), bits(&whole), "stopped at {stop_at}");
    }
}

#[test]
fn a_checkpoint_of_another_run_is_refused_and_changes_nothing() {
    let mut other = trainer(7);
    other.run(&Line::new(), &mut (), None).expect("trains");
    let mut file = Vec::new();
    other.save(&mut file).expect("memory takes all");
    let mut t = trainer(4);
    let before = bits(&t);
    let error = t.load(&mut &file[..]).expect_err("other settings").to_string();
    assert!(error.contains("epochs: 7") && error.contains("epochs: 4"), "{error}");
    let cut = file.len() - 3;
    assert!(t.load(&mut &file[..cut]).expect_err("cut").to_string().contains("damaged"));
    assert_eq!(bits(&t), before);
}

#[cfg(feature = "testing")]
#[test]
fn the_checkpoint_contract_holds() {
    crate::testing::check_checkpoint(
        || trainer(4),
        |t| {
            let mut one = watch(|_, _: &Progress| ControlFlow::Break(Stop::Requested));
            t.run(&Line::new(), &mut one, None).expect("trains");
            bits(t)
        },
    );
}

/// An objective whose loss turns into NaN.
struct Broken;

impl Objective<f64> for Broken {
    fn items(&self) -> usize {
        4
    }
    fn accumulate(&self, _: &Parameters<f64>, _: &[usize], _: &mut [f64], _: &mut Rng) -> Result<f64, Fault> {
        Ok(f64::NAN)
    }
    fn validate(&self, _: &Parameters<f64>) -> Result<Option<f64>, Fault> {
        Ok(None)
    }
}

#[test]
fn losses_that_are_not_finite_and_lost_output_are_errors() {
    let error = trainer(1).run(&Broken, &mut (), None).expect_err("NaN").to_string();
    assert!(error.contains("training loss at step 0"), "{error}");
    let mut full = watch(|_, _: &Progress| ControlFlow::Break(Stop::Failed("disk full".into())));
    let error = trainer(1).run(&Line::new(), &mut full, None).expect_err("no disk");
    let source = std::error::Error::source(&error).expect("the observer's").to_string();
    assert!(source.contains("disk full"), "{source}");
    let bad = TrainerConfig { batch: 0, ..TrainerConfig::default() };
    assert!(Trainer::<f64>::new(bad, Parameters::default()).expect_err("no batch").to_string().contains("batch"));
}
