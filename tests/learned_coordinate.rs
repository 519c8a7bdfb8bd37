//! A slow coordinate of mol-gen, learned from dynamics of mol-sim, steers dynamics of mol-sim in the same process.
#![cfg(all(feature = "gen", feature = "sim"))]

use molkit::generative::kinetics::{Tica, featurize};
use molkit::geometry::{TorsionFeatures, dihedral};
use molkit::sim::{
    HarmonicAngle, HarmonicAngles, HarmonicBond, HarmonicBonds, Langevin, LangevinConfig, PeriodicTorsion,
    PeriodicTorsions, Simulation,
};
use molkit::testing::{PotentialCheck, check_collective_variable, check_potential};
use molkit::units::{FEMTOSECOND, PICOSECOND};
use molkit::{
    CollectiveVariable, Derivatives, Element, FeaturizerExt, Frame, Potential, Seed, State, Sum, System, Vec3, Want,
    watch,
};
use std::f64::consts::PI;
use std::ops::ControlFlow;

/// ½ k (s − s₀)² of a collective variable s.
struct Restraint {
    variable: Box<dyn CollectiveVariable>,
    centre: f64,
    k: f64,
    scratch: Derivatives,
}

impl Restraint {
    fn new(variable: Box<dyn CollectiveVariable>, centre: f64, k: f64) -> Self {
        let scratch = Derivatives::new(variable.atoms(), Want::Virial);
        Self { variable, centre, k, scratch }
    }
}

impl Potential for Restraint {
    fn atoms(&self) -> usize {
        self.variable.atoms()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        self.scratch.clear();
        let away = self.variable.value(frame, &mut self.scratch) - self.centre;
        out.add_scaled(self.k * away, &self.scratch);
        0.5 * self.k * away * away
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(Self::new(self.variable.boxed_clone(), self.centre, self.k))
    }
}

/// A chain of four carbon atoms with a threefold torsion of 0.12 eV.
fn chain() -> Sum {
    let bonds = (0..3).map(|i| HarmonicBond { atoms: [i, i + 1], k: 20.0, r0: 1.5 }).collect();
    let angles = (0..2).map(|i| HarmonicAngle { atoms: [i, i + 1, i + 2], k: 4.0, theta0: 1.95 }).collect();
    let torsion = PeriodicTorsion { atoms: [0, 1, 2, 3], k: 0.06, multiplicity: 3, phase: 0.0 };
    let valid = "valid parameters";
    Sum::new(4)
        .with("bonds", HarmonicBonds::new(4, bonds).expect(valid))
        .and_then(|s| s.with("angles", HarmonicAngles::new(4, angles).expect(valid)))
        .and_then(|s| s.with("torsion", PeriodicTorsions::new(4, vec![torsion]).expect(valid)))
        .expect("four atoms each")
}

fn frames(potential: Box<dyn Potential>, steps: u64, seed: u64) -> Vec<Vec<Vec3>> {
    let system = System::new(vec![Element::C; 4]);
    let config = LangevinConfig { time_step: FEMTOSECOND, temperature: 500.0, friction: 5.0 / PICOSECOND };
    let bath = Langevin::new(&system, config).expect("valid settings");
    let (s, c) = 1.95_f64.sin_cos();
    let trans = [[1.5 * s, 0.0, 1.5 * c], [0.0; 3], [0.0, 0.0, 1.5], [-1.5 * s, 0.0, 1.5 - 1.5 * c]];
    let start = State::at_rest(trans.map(Vec3::from).to_vec());
    let mut run = Simulation::new(system, start, potential, Box::new(bath), Seed::new(seed).rng()).expect("fits");
    let mut kept = Vec::new();
    let mut keep = watch(|step: u64, now: &Simulation| {
        if step.is_multiple_of(20) {
            kept.push(now.state().positions.clone());
        }
        ControlFlow::Continue(())
    });
    let _ended = run.run(steps, &mut keep).expect("no fault");
    kept
}

/// Share of the frames in the well around +60°.
fn gauche(frames: &[Vec<Vec3>]) -> f64 {
    let inside = |x: &&Vec<Vec3>| (0.0..2.0 * PI / 3.0).contains(&dihedral(&x[0], &x[1], &x[2], &x[3]));
    frames.iter().filter(inside).count() as f64 / frames.len() as f64
}

#[test]
fn a_learned_coordinate_steers_dynamics() {
    let free = frames(Box::new(chain()), 200_000, 1);
    let mut torsion = TorsionFeatures::new(4, vec![[0, 1, 2, 3]]).expect("four atoms");
    let features = featurize(&mut torsion, free.iter().map(|x| Frame::isolated(x)));
    let model = Tica::new(5).fit(&[features.view()]).expect("enough frames");
    let learned = model.featurizer(Box::new(torsion)).expect("the same features");
    // Of the two components (sine and cosine, in either order), the one that tells g+ from g−.
    let values = model.transform(&features).expect("the same features");
    let mean = |k: usize, sign: f64| {
        let of = |(x, v): (&Vec<Vec3>, f64)| {
            let phi = sign * dihedral(&x[0], &x[1], &x[2], &x[3]);
            (0.0..2.0 * PI / 3.0).contains(&phi).then_some(v)
        };
        let all: Vec<f64> = free.iter().zip(values.column(k).to_vec()).filter_map(of).collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let which = (0..2).max_by(|a, b| {
        let split = |k: usize| (mean(k, 1.0) - mean(k, -1.0)).abs();
        split(*a).total_cmp(&split(*b))
    });
    let which = which.expect("two components");
    let centre = mean(which, 1.0);

    let variable = learned.component(which).expect("it exists");
    let checks: Vec<Frame<'_>> = free.iter().step_by(free.len() / 4).map(|x| Frame::isolated(x)).collect();
    let options = PotentialCheck { gradient_tolerance: 1e-5, reflection: false, ..PotentialCheck::default() };
    check_collective_variable(&variable, &checks, &options);
    let restraint = Restraint::new(Box::new(variable), centre, 0.5);
    check_potential(&restraint, &checks, &options);

    let steered = chain().with("restraint", restraint).expect("four atoms");
    let held = frames(Box::new(steered), 50_000, 2);
    let (before, after) = (gauche(&free), gauche(&held));
    assert!((0.15..0.55).contains(&before), "free: {before}");
    assert!(after > 0.9, "steered: {after}");
}
