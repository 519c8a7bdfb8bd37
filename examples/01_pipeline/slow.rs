//! Step 4: what is slow in the dynamics of step 3? Linear coordinates, soft states of a VAMPnet, and whether they are Markovian.

use crate::graph::Matched;
use crate::{Fallible, Study};
use molkit::generative::kinetics::{
    ChapmanKolmogorovTest, ImpliedTimescales, Koopman, Msm, Resampling, Score, Tica, Vamp, Vampnet, VampnetConfig,
    VampnetModel, cross_validate,
};
use molkit::geometry::TorsionFeatures;
use molkit::io::read_extxyz;
use molkit::ndarray::{Array2, ArrayView2, Axis, concatenate, s};
use molkit::report::{Plot, Table, uncertain};
use molkit::stats::{Bootstrap, mean, split, variance};
use molkit::tensor::Progress;
use molkit::{Featurizer, FeaturizerExt, ProgressBar, Seed, Stack};
use std::f64::consts::PI;
use std::path::Path;

/// Time between frames [ps].
const FRAME: f64 = 0.02;
const STATES: usize = 3;
const FOLDS: usize = 4;
const BINS: usize = 36;

/// Sizes that `--quick` changes.
struct Sizes {
    /// Lag of the models [frames].
    lag: usize,
    /// Lags of the timescale plots [frames].
    lags: Vec<usize>,
    epochs: u64,
    resampling: Resampling,
}

/// What later steps take from this one.
pub(crate) struct Slow {
    /// Memberships of the states, as functions of the atoms.
    pub(crate) memberships: Box<dyn Featurizer>,
    /// The states in the order of the report.
    pub(crate) states: Vec<State>,
}

/// A state that was learned.
pub(crate) struct State {
    /// Which of the memberships is its.
    pub(crate) index: usize,
    /// Its mean membership over the frames, and the standard error over halves of walkers.
    pub(crate) population: (f64, f64),
}

/// Finds the slow coordinates of the frames after step `from` and reports; `None` if interrupted.
pub(crate) fn study(study: &mut Study, path: &Path, matched: &Matched, from: u64) -> Fallible<Option<Slow>> {
    let sizes = if study.quick {
        let resampling = Resampling { resamples: 10, level: 0.9 };
        Sizes { lag: 4, lags: vec![2, 4, 8], epochs: 2, resampling }
    } else {
        let resampling = Resampling { resamples: 100, level: 0.9 };
        Sizes { lag: 20, lags: vec![2, 5, 10, 15, 20, 25, 30, 40], epochs: 12, resampling }
    };
    let torsions = [matched.backbone, matched.hydroxyls[0], matched.hydroxyls[1]];
    let atoms = read_extxyz(path)?.next().ok_or("the trajectory is empty")??.positions.len();
    let parts = torsions.map(|torsion| TorsionFeatures::new(atoms, vec![torsion]));
    let mut features = Stack::of(parts.into_iter().collect::<Result<Vec<_>, _>>()?)?;
    let data = trajectories(path, from, &mut features)?;
    study.report.heading("4. Slow coordinates");
    study.report.paragraph(&format!(
        "Cosine and sine of the three torsions of every frame (distances could not tell g+ from g−), {} walkers of {} frames, \
         {FRAME} ps apart. Two models look for what is slow: linear combinations of these six features (TICA, VAMP), and a VAMPnet, \
         a small network whose three outputs are memberships of soft states, trained to maximise VAMP-2 at a lag of {:.2} ps. \
         Errors are by drawing walkers anew; eight walkers that each see a few tens of transitions make them rough.",
        data.len(),
        data[0].nrows(),
        sizes.lag as f64 * FRAME
    ));

    validate(study, &data, &sizes)?;
    let config = config(&sizes, study.seed);
    let steps = config.epochs * pairs(&data, sizes.lag).div_ceil(config.batch) as u64;
    let bar = ProgressBar::new("   VAMPnet", steps, |p: &Progress| format!("VAMP-2 {:.3}", -p.loss));
    let mut observers = (bar, study.interrupt.clone());
    let Some(model) = Vampnet::new(config)?.fit_watched(&data, &[], &mut observers, None)? else { return Ok(None) };
    drop(observers);
    model.save(&study.out.join("vampnet.safetensors"))?;
    let soft = model.transform_all(&data)?;
    let order = states(study, &data, &soft, &model)?;
    timescales(study, &data, &soft, &sizes)?;
    markovian(study, &soft, &order, &sizes)?;
    let population = |state: usize| -> Fallible<State> {
        let walkers: Vec<Vec<f64>> = soft.iter().map(|chi| chi.column(state).to_vec()).collect();
        let halves = walkers.iter().map(|walker| split(walker, 2)).collect::<Result<Vec<_>, _>>()?.concat();
        let means = halves.into_iter().map(mean).collect::<Result<Vec<_>, _>>()?;
        Ok(State { index: state, population: (mean(&means)?, (variance(&means)? / means.len() as f64).sqrt()) })
    };
    let states = order.into_iter().map(population).collect::<Fallible<_>>()?;
    Ok(Some(Slow { memberships: Box::new(model.featurizer(features.boxed_clone())?), states }))
}

/// Features of each walker, shape `[frames, features]`.
fn trajectories(path: &Path, from: u64, features: &mut dyn Featurizer) -> Fallible<Vec<Array2<f64>>> {
    let mut walkers: Vec<Vec<f64>> = Vec::new();
    for snapshot in read_extxyz(path)? {
        let snapshot = snapshot?;
        let number = |key: &str| {
            snapshot.info.get(key).and_then(molkit::io::Value::to_real).ok_or(format!("a frame has no {key}"))
        };
        let (step, walker) = (number("step")?, number("walker")? as usize);
        if step > from as f64 {
            walkers.resize_with(walkers.len().max(walker + 1), Vec::new);
            walkers[walker].extend(features.compute(snapshot.frame()));
        }
    }
    let dim = features.dim();
    Ok(walkers.into_iter().map(|x| Array2::from_shape_vec((x.len() / dim, dim), x)).collect::<Result<_, _>>()?)
}

fn config(sizes: &Sizes, seed: Seed) -> VampnetConfig {
    VampnetConfig { epochs: sizes.epochs, seed: seed.stream("vampnet"), ..VampnetConfig::new(sizes.lag, STATES) }
}

fn pairs(data: &[Array2<f64>], lag: usize) -> usize {
    data.iter().map(|x| x.nrows().saturating_sub(lag)).sum()
}

/// VAMP-2 of walkers that took no part in the fit.
fn validate(study: &mut Study, data: &[Array2<f64>], sizes: &Sizes) -> Fallible<()> {
    let linear = Vamp { dim: Some(STATES - 1), ..Vamp::new(sizes.lag) };
    let net = Vampnet::new(config(sizes, study.seed))?;
    let mut table = Table::new(["model", "VAMP-2, walkers of the fit", "VAMP-2, walkers held out"]);
    for (name, key, is_net) in [("linear, two functions", "linear", false), ("VAMPnet, three states", "vampnet", true)]
    {
        let mut fitted = Vec::new();
        let held_out = cross_validate(data, FOLDS, |fit: &[ArrayView2<'_, f64>], test| {
            if is_net {
                let model = net.fit(fit, &[])?;
                fitted.push(model.score(fit, Score::Vamp2)?);
                model.score(test, Score::Vamp2)
            } else {
                let model = linear.fit(fit)?;
                fitted.push(model.score(fit, Score::Vamp2)?);
                model.score(test, Score::Vamp2)
            }
        })?;
        let fitted = mean(&fitted)?;
        println!(
            "   {name}: VAMP-2 {fitted:.3} on its walkers, {} on others",
            uncertain(held_out.mean, held_out.error)
        );
        table = table.row([name, &format!("{fitted:.3}"), &uncertain(held_out.mean, held_out.error)]);
        study.report.record(
            &format!("vamp2_{key}"),
            &serde_json::json!({"fitted": fitted, "held_out": held_out.mean, "error": held_out.error}),
        )?;
    }
    let caption = format!(
        "The score counts the constant function: {STATES} is the most that {STATES} functions can reach, at a lag where nothing has \
         decayed. {FOLDS} folds, each holding out a quarter of the walkers; nothing was chosen by looking at them."
    );
    study.report.table(&table, &caption)?;
    Ok(())
}

/// Where the states are: their order by the O–C–C–O angle of their centre, and memberships along it.
fn states(study: &mut Study, data: &[Array2<f64>], soft: &[Array2<f64>], model: &VampnetModel) -> Fallible<Vec<usize>> {
    let all = |x: &[Array2<f64>]| concatenate(Axis(0), &x.iter().map(|x| x.view()).collect::<Vec<_>>());
    let (x, chi) = (all(data)?, all(soft)?);
    let center = |state: usize| {
        let weight = chi.column(state);
        weight.dot(&x.column(1)).atan2(weight.dot(&x.column(0))).to_degrees()
    };
    // From g− over g+ to trans: angles from −120° upwards.
    let mut order: Vec<usize> = (0..STATES).collect();
    let turned = |state: usize| (center(state) + 120.0).rem_euclid(360.0);
    order.sort_by(|a, b| turned(*a).total_cmp(&turned(*b)));

    let mut sums = Array2::<f64>::zeros((BINS, STATES + 1));
    for (x, chi) in x.outer_iter().zip(chi.outer_iter()) {
        let bin = (((x[1].atan2(x[0]) + PI) / (2.0 * PI) * BINS as f64) as usize).min(BINS - 1);
        sums[[bin, STATES]] += 1.0;
        sums.slice_mut(s![bin, ..STATES]).scaled_add(1.0, &chi);
    }
    let mut plot =
        Plot::new("O–C–C–O [degrees]", "mean membership").x_range(-180.0, 180.0).x_step(60.0).y_range(0.0, 1.0);
    let koopman = model.koopman(data, &Koopman::new(model.config().lag))?;
    let mut table = Table::new(["state", "centre of O–C–C–O [degrees]", "population"]);
    for (k, &state) in order.iter().enumerate() {
        let seen = (0..BINS).filter(|bin| sums[[*bin, STATES]] > 0.0);
        let (angle, mean): (Vec<f64>, Vec<f64>) = seen
            .map(|bin| ((bin as f64 + 0.5) * 360.0 / BINS as f64 - 180.0, sums[[bin, state]] / sums[[bin, STATES]]))
            .unzip();
        let name = format!("state {}", k + 1);
        plot = plot.line(&name, &angle, &mean);
        let (center, population) = (format!("{:.0}", center(state)), koopman.populations()[state]);
        table = table.row([&name, &center.replace('-', "−"), &format!("{population:.3}")]);
    }
    study.report.figure(
        "vampnet-states",
        &plot,
        "Memberships of the VAMPnet's states, averaged over the frames in each bin.",
    )?;
    study.report.table(&table, "The states, named by the O–C–C–O angle around which they lie (circular mean).")?;
    let populations: Vec<f64> = order.iter().map(|state| koopman.populations()[*state]).collect();
    study.report.record("vampnet_populations", &populations)?;
    Ok(order)
}

/// Relaxation times against the lag, of three descriptions of the same frames.
fn timescales(study: &mut Study, data: &[Array2<f64>], soft: &[Array2<f64>], sizes: &Sizes) -> Fallible<()> {
    let mut rng = study.seed.stream("timescales").rng();
    let test = ImpliedTimescales { lags: sizes.lags.clone(), processes: 2, resampling: sizes.resampling };
    // TICA is the reversible Koopman model of the features and the constant.
    let ones = |x: &Array2<f64>| concatenate(Axis(1), &[x.view(), Array2::ones((x.nrows(), 1)).view()]);
    let linear = test.koopman(&data.iter().map(ones).collect::<Result<Vec<_>, _>>()?, true, &mut rng)?;
    let wells: Vec<Vec<usize>> =
        data.iter().map(|x| x.outer_iter().map(|x| well(x[1].atan2(x[0]))).collect()).collect();
    let hard = test.markov(&Msm::default(), &wells, 3, &mut rng)?;
    let network = test.koopman(soft, true, &mut rng)?;
    let mut plot = Plot::new("lag [ps]", "relaxation time [ps]");
    for (name, times) in [("three wells of O–C–C–O", &hard), ("TICA", &linear), ("VAMPnet", &network)] {
        for process in 0..2 {
            let shown = sizes.lags.iter().zip(times).map(|(lag, t)| (*lag as f64 * FRAME, scaled(t[process])));
            let shown = shown.filter(|(_, t)| t.estimate.is_finite() && t.error.is_finite());
            let (lag, times): (Vec<f64>, Vec<Bootstrap>) = shown.unzip();
            let (value, error): (Vec<f64>, Vec<f64>) = times.iter().map(|t| (t.estimate, t.error)).unzip();
            plot = plot.line(name, &lag, &value).measured(name, &lag, &value, &error);
        }
    }
    let at = sizes.lags.iter().position(|lag| *lag == sizes.lag).ok_or("the lag of the models is among the lags")?;
    let mut found = Vec::new();
    for (name, time) in ["slowest relaxation", "second slowest"].iter().zip(&network[at]) {
        let time = scaled(*time);
        study.report.key_figure(name, &uncertain(time.estimate, time.error), "ps, VAMPnet");
        println!("   {name}: {} ps", uncertain(time.estimate, time.error));
        found.push(serde_json::json!({"value": time.estimate, "error": time.error}));
    }
    study.report.record("relaxation_times_ps", &found)?;
    study.report.figure(
        "timescales",
        &plot,
        "Two relaxation times of three descriptions: lower bounds that rise towards the truth with the lag and with the quality of the \
         states. A plateau would say that the model is Markovian; where the lines still rise at the longest lag, the true \
         times are longer than any shown.",
    )?;
    let tica = Tica::new(sizes.lag).fit(data)?;
    let third = tica.timescales().get(2).map_or(f64::NAN, |t| t * FRAME);
    study.report.paragraph(&format!(
        "Two processes stand apart from the rest: TICA's third relaxation time is {third:.2} ps at this lag. Three wells of O–C–C–O \
         have just two exchanges among them; how fast the hydroxyl groups turn is the next."
    ));
    study.report.number("tica_third_relaxation_time_ps", third);
    Ok(())
}

/// g+, trans or g− of an O–C–C–O angle [rad].
fn well(angle: f64) -> usize {
    if angle.abs() >= 2.0 * PI / 3.0 { 1 } else { 2 * usize::from(angle < 0.0) }
}

/// From frames to picoseconds.
fn scaled(t: Bootstrap) -> Bootstrap {
    Bootstrap { estimate: t.estimate * FRAME, error: t.error * FRAME, low: t.low * FRAME, high: t.high * FRAME }
}

/// Chapman–Kolmogorov: does the model of one lag foretell the longer ones?
fn markovian(study: &mut Study, soft: &[Array2<f64>], order: &[usize], sizes: &Sizes) -> Fallible<()> {
    let test = ChapmanKolmogorovTest { lag: sizes.lag, multiples: vec![1, 2, 3, 4, 5], resampling: sizes.resampling };
    let result = test.koopman(soft, true, &mut study.seed.stream("chapman-kolmogorov").rng())?;
    let lags: Vec<f64> = result.lags.iter().map(|lag| *lag as f64 * FRAME).collect();
    let mut plot = Plot::new("lag [ps]", "probability to be in the same state").y_range(0.0, 1.0);
    for (k, &state) in order.iter().enumerate() {
        let of = |all: &[Array2<Bootstrap>]| -> (Vec<f64>, Vec<f64>) {
            all.iter().map(|p| (p[[state, state]].estimate, p[[state, state]].error)).unzip()
        };
        let name = format!("state {}", k + 1);
        let ((predicted, _), (estimated, error)) = (of(&result.predicted), of(&result.estimated));
        plot = plot.line(&name, &lags, &predicted).measured(&name, &lags, &estimated, &error);
    }
    let (lag, worst) = result.worst();
    let stay = |all: &[Array2<Bootstrap>]| {
        all.last().map_or(f64::NAN, |p| p.diag().iter().map(|p| p.estimate).sum::<f64>() / STATES as f64)
    };
    study.report.figure(
        "chapman-kolmogorov",
        &plot,
        &format!(
            "Lines: predicted by the VAMPnet's propagator at {:.2} ps to the power k. Points: estimated at k times that lag. The largest \
             difference of all nine probabilities is {worst:.3}, at {:.2} ps. At the longest lag {:.3} of a state stay on average where \
             {:.3} is predicted: what is kept longer than predicted is memory that three states at one lag do not hold.",
            sizes.lag as f64 * FRAME,
            lag as f64 * FRAME,
            stay(&result.estimated),
            stay(&result.predicted)
        ),
    )?;
    study.report.number("chapman_kolmogorov_worst", worst);
    println!("   Chapman–Kolmogorov: predictions differ by at most {worst:.3}");
    Ok(())
}
