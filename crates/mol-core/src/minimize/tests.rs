//! Minimisers on surfaces whose minima are known, beside ASE's FIRE, and in failure.

use super::*;
use crate::{Derivatives, Error, Frame, Observer, Potential, PotentialExt, Rng, Seed, Stop, Sum, potential_fn, watch};
use std::ops::ControlFlow;

/// A surface of x and y of one atom with its gradient; z is held by a spring.
fn surface(f: fn(f64, f64) -> (f64, f64, f64)) -> impl Potential + Clone {
    potential_fn(1, move |frame, out| {
        let x = frame.positions[0];
        let (energy, dx, dy) = f(x.x, x.y);
        if let Some(forces) = out.forces_mut() {
            forces[0] -= Vec3::new(dx, dy, x.z);
        }
        energy + 0.5 * x.z * x.z
    })
}

fn rosenbrock(x: f64, y: f64) -> (f64, f64, f64) {
    let (a, b) = (1.0 - x, y - x * x);
    (a * a + 100.0 * b * b, -2.0 * a - 400.0 * x * b, 200.0 * b)
}

/// K. Müller and L. D. Brown, *Theor. Chim. Acta* **53**, 75 (1979).
fn muller_brown(x: f64, y: f64) -> (f64, f64, f64) {
    let terms = [
        (-200.0, -1.0, 0.0, -10.0, 1.0, 0.0),
        (-100.0, -1.0, 0.0, -10.0, 0.0, 0.5),
        (-170.0, -6.5, 11.0, -6.5, -0.5, 1.5),
        (15.0, 0.7, 0.6, 0.7, -1.0, 1.0),
    ];
    terms.iter().fold((0.0, 0.0, 0.0), |(e, dx, dy), (height, a, b, c, x0, y0)| {
        let (u, v) = (x - x0, y - y0);
        let term = height * (a * u * u + b * u * v + c * v * v).exp();
        (e + term, dx + term * (2.0 * a * u + b * v), dy + term * (b * u + 2.0 * c * v))
    })
}

/// All pairs of 4 (r⁻¹² − r⁻⁶).
fn lennard_jones(atoms: usize) -> impl Potential + Clone {
    potential_fn(atoms, move |frame, out| {
        let x = frame.positions;
        let mut energy = 0.0;
        for j in 1..atoms {
            for i in 0..j {
                let r = x[j] - x[i];
                let s6 = r.norm_squared().powi(-3);
                energy += 4.0 * s6 * (s6 - 1.0);
                out.add_pair(i, j, &r, &(r * (24.0 * s6 * (2.0 * s6 - 1.0) / r.norm_squared())));
            }
        }
        energy
    })
}

fn tight<M: Default>() -> Minimize<M> {
    Minimize { force_tolerance: 1e-8, max_iterations: 20_000, method: M::default() }
}

fn at(x: f64, y: f64) -> [Vec3; 1] {
    [Vec3::new(x, y, 0.1)]
}

fn displaced(positions: &[Vec3], spread: f64, rng: &mut Rng) -> Vec<Vec3> {
    positions.iter().map(|x| x + Vec3::from_fn(|_, _| spread * rng.normal())).collect()
}

/// The icosahedron with its centre, near the minimum of LJ13.
fn icosahedron() -> Vec<Vec3> {
    let golden = f64::midpoint(1.0, 5.0_f64.sqrt());
    let mut all = vec![Vec3::zeros()];
    for (a, b) in [(1.0, golden), (1.0, -golden), (-1.0, golden), (-1.0, -golden)] {
        all.extend([Vec3::new(0.0, a, b), Vec3::new(a, b, 0.0), Vec3::new(b, 0.0, a)]);
    }
    all.iter().map(|x| x * 0.57).collect()
}

#[test]
fn a_quadratic_is_solved_exactly_in_few_steps() {
    // Springs of 0.5 to 60 eV/Å² along each coordinate.
    let k = |i: usize, axis: usize| 0.5 + 60.0 * ((3 * i + axis) as f64 / 11.0).powi(2);
    let mut wells = potential_fn(4, move |frame, out| {
        let mut energy = 0.0;
        for (i, x) in frame.positions.iter().enumerate() {
            for axis in 0..3 {
                energy += 0.5 * k(i, axis) * x[axis] * x[axis];
                if let Some(forces) = out.forces_mut() {
                    forces[i][axis] -= k(i, axis) * x[axis];
                }
            }
        }
        energy
    });
    let start = [0.3, -0.2, 0.1, 0.25].map(|x| Vec3::new(x, 0.5 * x, -x));
    let mut settings: Minimize = tight();
    settings.method.max_step = 10.0;
    let minimum = settings.run(&mut wells, Frame::isolated(&start), &mut ()).unwrap();
    assert!(minimum.converged() && longest(&minimum.positions) < 1e-8 && minimum.energy < 1e-16, "{minimum:?}");
    assert!(minimum.evaluations <= 45, "{} evaluations for 12 coordinates", minimum.evaluations);
}

#[test]
fn rosenbrock_valley_leads_to_one_and_one() {
    let minimum = tight::<Lbfgs>().run(&mut surface(rosenbrock), Frame::isolated(&at(-1.2, 1.0)), &mut ()).unwrap();
    assert!((minimum.positions[0] - Vec3::new(1.0, 1.0, 0.0)).norm() < 1e-8, "{minimum:?}");
    assert!(minimum.evaluations < 100, "{}", minimum.evaluations);
    let mut settings: Minimize<Fire> = tight();
    settings.method.max_time_step = 0.05;
    settings.method.time_step = 0.01;
    let minimum = settings.run(&mut surface(rosenbrock), Frame::isolated(&at(-1.2, 1.0)), &mut ()).unwrap();
    assert!(minimum.converged() && (minimum.positions[0] - Vec3::new(1.0, 1.0, 0.0)).norm() < 1e-6, "{minimum:?}");
}

/// Positions and energies of the three minima, from the literature.
#[test]
fn muller_brown_minima_are_found() {
    let known = [(-0.558_22, 1.441_73, -146.6995), (0.623_50, 0.028_04, -108.1667), (-0.050_01, 0.466_69, -80.7678)];
    let mut lbfgs: Minimize<Lbfgs> = tight();
    lbfgs.method.stiffness = 3000.0;
    let mut fire: Minimize<Fire> = tight();
    (fire.method.time_step, fire.method.max_time_step) = (0.002, 0.02);
    for (x, y, energy) in known {
        let start = at(x + 0.05, y - 0.03);
        let a = lbfgs.run(&mut surface(muller_brown), Frame::isolated(&start), &mut ()).unwrap();
        let b = fire.run(&mut surface(muller_brown), Frame::isolated(&start), &mut ()).unwrap();
        for minimum in [&a, &b] {
            assert!(minimum.converged(), "{minimum:?}");
            assert!((minimum.positions[0] - Vec3::new(x, y, 0.0)).amax() < 6e-6, "{minimum:?}");
            assert!((minimum.energy - energy).abs() < 6e-5, "{minimum:?}");
        }
        assert!((a.positions[0] - b.positions[0]).norm() < 1e-7);
    }
}

#[test]
fn lennard_jones_clusters_reach_their_minima() {
    let triangle = [Vec3::zeros(), Vec3::new(1.5, 0.0, 0.0), Vec3::new(0.3, 1.2, 0.2)];
    let three = tight::<Lbfgs>().run(&mut lennard_jones(3), Frame::isolated(&triangle), &mut ()).unwrap();
    assert!((three.energy + 3.0).abs() < 1e-12);
    let r = (three.positions[1] - three.positions[0]).norm();
    assert!((r - 2.0_f64.powf(1.0 / 6.0)).abs() < 1e-8, "{r}");
    let mut rng = Seed::new(1).rng();
    for _ in 0..5 {
        let start = displaced(&icosahedron(), 0.08, &mut rng);
        let a = tight::<Lbfgs>().run(&mut lennard_jones(13), Frame::isolated(&start), &mut ()).unwrap();
        let b = tight::<Fire>().run(&mut lennard_jones(13), Frame::isolated(&start), &mut ()).unwrap();
        // The global minimum: Wales and Doye, J. Phys. Chem. A 101, 5111 (1997).
        assert!(
            (a.energy + 44.326_801).abs() < 1e-6 && (b.energy - a.energy).abs() < 1e-10,
            "{} {}",
            a.energy,
            b.energy
        );
        assert!(a.converged() && b.converged() && a.evaluations < 100 && b.evaluations < 600);
    }
}

/// ASE 3.29.0's FIRE with its defaults, from the same start to the same tolerance.
#[test]
fn fire_takes_the_steps_of_ase() {
    let start = [Vec3::zeros(), Vec3::new(1.5, 0.0, 0.0), Vec3::new(0.3, 1.2, 0.2)];
    let settings = Minimize::<Fire> { force_tolerance: 1e-4, ..Minimize::default() };
    let minimum = settings.run(&mut lennard_jones(3), Frame::isolated(&start), &mut ()).unwrap();
    assert_eq!(minimum.iterations, 92);
    assert!((minimum.energy + 2.999_999_999_927_276_4).abs() < 1e-12, "{:?}", minimum.energy);
    let last = Vec3::new(0.473_872_735_164_316_94, 1.027_012_516_337_206_1, 0.171_168_752_722_867_66);
    assert!((minimum.positions[2] - last).norm() < 1e-9, "{:?}", minimum.positions[2]);
}

#[test]
fn the_energy_of_lbfgs_never_rises_and_no_atom_leaps() {
    let start = displaced(&icosahedron(), 0.25, &mut Seed::new(4).rng());
    let (mut last, mut before, mut rises, mut leap) = (f64::INFINITY, start.clone(), 0.0_f64, 0.0_f64);
    let mut log = watch(|_, progress: &Progress| {
        rises = rises.max(progress.energy - last);
        leap = progress.positions.iter().zip(&before).map(|(a, b)| (a - b).norm()).fold(leap, f64::max);
        last = progress.energy;
        before.clone_from(&progress.positions);
        ControlFlow::Continue(())
    });
    let minimum = tight::<Lbfgs>().run(&mut lennard_jones(13), Frame::isolated(&start), &mut log).unwrap();
    assert!(rises < 1e-8 && leap < 0.2 + 1e-12, "energy rises by {rises}, an atom leaps by {leap}");
    assert!(minimum.converged());
}

fn compare<M: Method + Default>(frames: &[Frame<'_>]) {
    let settings = Minimize::<M> { force_tolerance: 1e-3, ..Minimize::default() };
    let batch = settings.run_batch(&mut lennard_jones(13), frames, &mut ()).unwrap();
    for (frame, from_batch) in frames.iter().zip(batch) {
        let alone = settings.run(&mut lennard_jones(13), *frame, &mut ()).unwrap();
        assert_eq!(from_batch.unwrap(), alone);
    }
}

#[test]
fn a_batch_has_the_bits_of_single_runs() {
    let mut rng = Seed::new(7).rng();
    let starts: Vec<Vec<Vec3>> = (0..6).map(|_| displaced(&icosahedron(), 0.15, &mut rng)).collect();
    let frames: Vec<Frame<'_>> = starts.iter().map(|start| Frame::isolated(start)).collect();
    compare::<Lbfgs>(&frames);
    compare::<Fire>(&frames);
}

/// A well that fails left of −1.
#[derive(Clone, Default)]
struct Cliff {
    failed: bool,
}

impl Potential for Cliff {
    fn atoms(&self) -> usize {
        1
    }
    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let x = frame.positions[0].x;
        self.failed |= x < -1.0;
        if let Some(forces) = out.forces_mut() {
            forces[0].x -= 40.0 * (x + 1.5);
        }
        if x < -1.0 { f64::NAN } else { 20.0 * (x + 1.5) * (x + 1.5) }
    }
    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
    fn take_fault(&mut self) -> Option<crate::Fault> {
        std::mem::take(&mut self.failed).then(|| "beyond the cliff".into())
    }
}

#[test]
fn failures_name_iteration_atom_and_reason() {
    let error = Minimize::<Lbfgs>::default().run(&mut Cliff::default(), Frame::isolated(&at(0.0, 0.0)), &mut ());
    let message = error.unwrap_err().to_string();
    assert_eq!(message, "the potential failed at iteration 5: beyond the cliff");
    let mut nan_force = potential_fn(2, |_, out| {
        out.forces_mut().into_iter().for_each(|f| f[1].y = f64::NAN);
        1.0
    });
    let two = [Vec3::zeros(), Vec3::x()];
    let error = Minimize::<Fire>::default().run(&mut nan_force, Frame::isolated(&two), &mut ()).unwrap_err();
    let expected = "the potential failed at iteration 0, force on atom 1: it returned energy 1 and no reason";
    assert_eq!(error.to_string(), expected);
    let batch = Minimize::<Fire>::default().run_batch(&mut nan_force, &[Frame::isolated(&two); 2], &mut ()).unwrap();
    for (k, failed) in batch.into_iter().enumerate() {
        let expected = expected.replace("iteration 0", &format!("start {k}, iteration 0"));
        assert_eq!(failed.unwrap_err().to_string(), expected);
    }
    // A collision at the start cannot be backed away from, and the frame that fails is asked alone for its reason.
    let mut collision = potential_fn(2, |frame, _| f64::INFINITY * frame.positions[1].x);
    let batch = Minimize::<Fire>::default().run_batch(&mut collision, &[Frame::isolated(&two)], &mut ()).unwrap();
    let expected = "the potential failed at start 0, iteration 0: it returned energy inf and no reason";
    assert_eq!(batch[0].as_ref().unwrap_err().to_string(), expected);
    // In a batch the others go on.
    let (cliff, valley) = (at(0.0, 0.0), at(-0.999, 0.0));
    let settings = Minimize::<Lbfgs> { force_tolerance: 25.0, ..Minimize::default() };
    let frames = [Frame::isolated(&cliff), Frame::isolated(&valley)];
    let batch = settings.run_batch(&mut Cliff::default(), &frames, &mut ()).unwrap();
    assert!(batch.iter().all(Result::is_ok), "{batch:?}");
    let batch =
        Minimize::<Lbfgs>::default().run_batch(&mut Cliff::default(), &[frames[1], frames[0]], &mut ()).unwrap();
    let messages: Vec<String> = batch.into_iter().map(|result| result.unwrap_err().to_string()).collect();
    assert!(messages[0].starts_with("the potential failed at start 0, iteration 0: beyond"), "{messages:?}");
    assert!(messages[1].starts_with("the potential failed at start 1, iteration 5: beyond"), "{messages:?}");
}

#[test]
fn bad_starts_and_parameters_are_refused() {
    let run = |settings: Minimize, x: f64| {
        let start = [Vec3::new(x, 0.0, 0.0)];
        settings.run(&mut surface(rosenbrock), Frame::isolated(&start), &mut ()).unwrap_err().to_string()
    };
    assert_eq!(run(Minimize::default(), f64::NAN), "position of atom 0: NaN is not finite");
    let settings = Minimize { force_tolerance: -1.0, ..Minimize::default() };
    assert_eq!(run(settings, 0.0), "force tolerance [eV/Å] must be finite and positive, got -1");
    let settings = Minimize { method: Lbfgs { memory: 0, ..Lbfgs::default() }, ..Minimize::default() };
    assert_eq!(run(settings, 0.0), "memory of L-BFGS must be at least 1, got 0");
    let fire = Minimize { method: Fire { mixing: 1.5, ..Fire::default() }, ..Minimize::default() };
    assert!(fire.run(&mut surface(rosenbrock), Frame::isolated(&at(0.0, 0.0)), &mut ()).is_err());
    let two = [Vec3::zeros(); 2];
    let error = Minimize::<Lbfgs>::default().run(&mut surface(rosenbrock), Frame::isolated(&two), &mut ()).unwrap_err();
    assert!(matches!(error, Error::ShapeMismatch { .. }));
    let config: Minimize<Fire> =
        serde_json::from_str("{\"force_tolerance\": 0.01, \"method\": {\"delay\": 7}}").unwrap();
    assert_eq!((config.force_tolerance, config.method.delay, config.method.growth), (0.01, 7, 1.1));
}

#[test]
fn observers_stop_and_fail_it_and_iterations_run_out() {
    let frame = at(-1.2, 1.0);
    let run = |observer: &mut dyn Observer<Progress>| {
        Minimize::<Lbfgs>::default().run(&mut surface(rosenbrock), Frame::isolated(&frame), observer)
    };
    let at_three = |stop: fn() -> Stop| {
        watch(move |k, _: &Progress| if k == 3 { ControlFlow::Break(stop()) } else { ControlFlow::Continue(()) })
    };
    let stopped = run(&mut at_three(|| Stop::Requested)).unwrap();
    assert_eq!((stopped.ending, stopped.iterations), (Ending::Requested, 3));
    let error = run(&mut at_three(|| Stop::Failed("disk full".into()))).unwrap_err();
    assert_eq!(error.to_string(), "an observer failed at step 3: disk full");
    let few = Minimize::<Lbfgs> { max_iterations: 4, ..Minimize::default() };
    let minimum = few.run(&mut surface(rosenbrock), Frame::isolated(&frame), &mut ()).unwrap();
    assert_eq!((minimum.ending, minimum.iterations), (Ending::Iterations, 4));
    let energy = surface(rosenbrock).energy(Frame::isolated(&minimum.positions));
    assert_eq!(energy, minimum.energy, "positions and energy belong together");
}

#[test]
fn at_the_minimum_nothing_moves_and_noise_ends_in_a_stall() {
    let minimum = tight::<Lbfgs>().run(&mut surface(rosenbrock), Frame::isolated(&[Vec3::new(1.0, 1.0, 0.0)]), &mut ());
    let minimum = minimum.unwrap();
    assert_eq!((minimum.ending, minimum.evaluations), (Ending::Converged, 1));
    // A force without an energy: every step looks uphill or flat, never steep enough.
    let mut wrong = potential_fn(1, |frame, out| {
        out.forces_mut().into_iter().for_each(|f| f[0].x += 1.0);
        frame.positions[0].x
    });
    let minimum = tight::<Lbfgs>().run(&mut wrong, Frame::isolated(&at(0.0, 0.0)), &mut ()).unwrap();
    assert_eq!((minimum.ending, minimum.iterations), (Ending::Stalled, 0));
}

#[test]
fn a_collision_at_a_trial_is_backed_away_from() {
    // A wall at x = 0.1 of infinite height beside a slope towards it.
    let mut wall = Sum::new(1)
        .with("wall", potential_fn(1, |frame, _| if frame.positions[0].x < 0.1 { f64::INFINITY } else { 0.0 }))
        .unwrap()
        .with("well", surface(|x, _| ((x - 0.11).powi(2) * 50.0, 100.0 * (x - 0.11), 0.0)))
        .unwrap();
    let mut settings: Minimize = tight();
    settings.method.stiffness = 1.0;
    let minimum = settings.run(&mut wall, Frame::isolated(&[Vec3::new(0.25, 0.0, 0.0)]), &mut ()).unwrap();
    assert!(minimum.converged() && (minimum.positions[0].x - 0.11).abs() < 1e-9, "{minimum:?}");
}
