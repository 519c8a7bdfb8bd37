//! Lennard-Jones and velocity Verlet against LAMMPS, in reduced units: ε = 1 eV, σ = 1 Å, m = 1 u, so time is
//! Å√(u/eV).

use flate2::read::GzDecoder;
use mol_core::testing::reference;
use mol_core::{Cell, Derivatives, Element, Frame, Potential, Propagator, Seed, State, System, Vec3, Want};
use mol_sim::{LennardJones, LennardJonesConfig, Truncation, VelocityVerlet, VelocityVerletConfig};
use std::io::Read;

const CONFIG: LennardJonesConfig = LennardJonesConfig { cutoff: 2.5, skin: 0.3, truncation: Truncation::Plain };

struct DumpFrame {
    step: u64,
    cell: Cell,
    /// Position, velocity, force.
    atoms: Vec<[Vec3; 3]>,
}

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace().map(|word| word.parse().expect("a number of the dump")).collect()
}

fn dump() -> Option<Vec<DumpFrame>> {
    let file = std::fs::File::open(reference("lammps/lj864_frames_0_10_50_100.dump.gz")?).expect("readable");
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    let mut frames = Vec::new();
    let mut lines = text.lines();
    while lines.next().is_some() {
        let step = lines.next().expect("step").parse().expect("step");
        let count: usize = lines.nth(1).expect("count").parse().expect("count");
        lines.next();
        let edges: Vec<f64> = (0..3).map(|_| numbers(lines.next().expect("bounds"))[1]).collect();
        lines.next();
        let vector = |n: &[f64], k: usize| Vec3::new(n[k], n[k + 1], n[k + 2]);
        let atoms = (0..count).map(|_| numbers(lines.next().expect("atom")));
        let atoms = atoms.map(|n| [vector(&n, 1), vector(&n, 4), vector(&n, 7)]).collect();
        frames.push(DumpFrame { step, cell: Cell::orthorhombic(edges[0], edges[1], edges[2]).expect("a cell"), atoms });
    }
    Some(frames)
}

/// Step → potential energy, pressure.
fn thermo(step: u64) -> (f64, f64) {
    let text = std::fs::read_to_string(reference("lammps/lj864_thermo.txt").expect("beside the dump")).expect("text");
    let row = text.lines().skip(1).map(numbers).find(|row| row[0] as u64 == step).expect("a row of this step");
    (row[2], row[5])
}

/// A system of mass 1.
fn unit_masses(atoms: usize) -> System {
    System::with_masses(vec![Element::H; atoms], vec![1.0; atoms]).expect("masses")
}

#[test]
fn energies_forces_and_pressures_of_864_atoms() {
    let Some(frames) = dump() else { return };
    assert_eq!(frames.iter().map(|frame| frame.step).collect::<Vec<_>>(), [0, 10, 50, 100]);
    for frame in frames {
        let positions: Vec<Vec3> = frame.atoms.iter().map(|atom| atom[0]).collect();
        let mut out = Derivatives::new(864, Want::Virial);
        let mut potential = LennardJones::uniform(864, 1.0, 1.0, CONFIG).unwrap();
        let energy = potential.accumulate(Frame::new(&positions, &frame.cell), &mut out);
        let (reference, pressure) = thermo(frame.step);
        assert!((energy - reference).abs() < 1e-8, "step {}: {energy} against {reference}", frame.step);
        let worst = out.forces().iter().zip(&frame.atoms).map(|(a, b)| (a - b[2]).amax()).fold(0.0, f64::max);
        assert!(worst < 1e-10, "step {}: force off by {worst}", frame.step);
        let twice_kinetic: f64 = frame.atoms.iter().map(|atom| atom[1].norm_squared()).sum();
        let volume = frame.cell.volume().unwrap();
        let mine = (twice_kinetic + out.virial().trace()) / (3.0 * volume);
        assert!((mine - pressure).abs() < 1e-11, "step {}: {mine}, {pressure}", frame.step);
    }
}

#[test]
fn velocity_verlet_follows_lammps_for_100_steps() {
    let Some(frames) = dump() else { return };
    let system = unit_masses(864);
    let mut potential = LennardJones::uniform(864, 1.0, 1.0, CONFIG).unwrap();
    let mut integrator = VelocityVerlet::new(&system, VelocityVerletConfig { time_step: 0.005 }).unwrap();
    let mut state = State::at_rest(frames[0].atoms.iter().map(|atom| atom[0]).collect());
    state.velocities = frames[0].atoms.iter().map(|atom| atom[1]).collect();
    state.cell = frames[0].cell;
    let mut rng = Seed::new(0).rng();
    for (frame, tolerance) in frames[1..].iter().zip([1e-12, 1e-10, 1e-8]) {
        let steps = frame.step - state.step;
        integrator.advance(&mut potential, &mut state, steps, &mut rng).unwrap();
        let off = |a: &[Vec3], k: usize| a.iter().zip(&frame.atoms).map(|(a, b)| (a - b[k]).amax()).fold(0.0, f64::max);
        let (x, v) = (off(&state.positions, 0), off(&state.velocities, 1));
        assert!(x < tolerance && v < 100.0 * tolerance, "step {}: positions off by {x}, velocities by {v}", frame.step);
    }
}

#[test]
fn melt_of_32000_atoms() {
    let edge = (4.0_f64 / 0.8442).cbrt();
    let basis = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]];
    let mut positions = Vec::with_capacity(32_000);
    for i in 0..8000 {
        let corner = Vec3::new(f64::from(i % 20), f64::from(i / 20 % 20), f64::from(i / 400));
        positions.extend(basis.iter().map(|site| (corner + Vec3::from(*site)) * edge));
    }
    let cell = Cell::orthorhombic(20.0 * edge, 20.0 * edge, 20.0 * edge).unwrap();
    let mut out = Derivatives::new(32_000, Want::Virial);
    let mut potential = LennardJones::uniform(32_000, 1.0, 1.0, CONFIG).unwrap();
    let energy = potential.accumulate(Frame::new(&positions, &cell), &mut out) / 32_000.0;
    assert!((energy + 6.773_368_1).abs() < 5e-8, "{energy}");
    // T = 1.44 of 3N − 3 degrees of freedom.
    let volume = cell.volume().unwrap();
    let pressure = (3.0 * 31_999.0 * 1.44 + out.virial().trace()) / (3.0 * volume);
    assert!((pressure + 5.019_707_3).abs() < 5e-8, "{pressure}");
}
