//! The contract of [`Potential`] and [`Bias`](crate::Bias) as a function.

use super::numeric::{central, close, describe};
use super::transform::{cyclic, mirrored, random_rotation, strained, transform};
use crate::{Cell, Derivatives, Frame, Mat3, Potential, PotentialExt, Rng, Seed, Vec3, Want};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(test)]
mod tests;

/// What [`check_potential`] expects; the default is an isolated or periodic many-body potential in double precision.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each for one check")]
pub struct PotentialCheck {
    /// Step of the finite differences [Å] and of the strain [1]; 1e-3 suits double precision, 1e-2 single.
    pub step: f64,
    /// Largest error of an analytic derivative, relative to the frame's largest force (at least 1 eV/Å).
    pub gradient_tolerance: f64,
    /// Largest change of energy and forces under a symmetry, relative likewise.
    pub symmetry_tolerance: f64,
    /// At most so many atoms, spread evenly, are displaced in each frame.
    pub max_atoms: usize,
    /// Whether the virial is implemented.
    pub virial: bool,
    /// Whether rotated frames have the same energy and rotated forces (false in an external field).
    pub rotation: bool,
    /// Whether mirror images have the same energy (false for chiral restraints).
    pub reflection: bool,
    /// Whether a translation changes nothing; then there is no net force.
    pub translation: bool,
    /// Permutations of equivalent atoms, each a list with `new[k] = old[permutation[k]]`.
    pub permutations: Vec<Vec<usize>>,
}

impl Default for PotentialCheck {
    fn default() -> Self {
        Self {
            step: 1e-3,
            gradient_tolerance: 1e-7,
            symmetry_tolerance: 1e-9,
            max_atoms: 32,
            virial: true,
            rotation: true,
            reflection: true,
            translation: true,
            permutations: Vec::new(),
        }
    }
}

impl PotentialCheck {
    /// For kernels in single precision: energies good to seven digits.
    #[must_use]
    pub fn single_precision() -> Self {
        Self { step: 1e-2, gradient_tolerance: 2e-3, symmetry_tolerance: 1e-4, ..Self::default() }
    }

    /// For potentials that depend on where and how the molecule lies: textbook surfaces, external fields.
    #[must_use]
    pub fn external_field() -> Self {
        Self { rotation: false, reflection: false, translation: false, ..Self::default() }
    }
}

/// Tests everything that [`Potential`] promises, on the given frames.
///
/// 1. forces are −∂E/∂x, by fourth-order central differences; so is the virial, by straining positions and cell;
/// 2. every level of [`Want`] gives the same bits of energy and forces;
/// 3. `accumulate` adds to what stands in the accumulator, and `atoms` is the frame's number of atoms;
/// 4. the bits do not depend on what was evaluated before (fresh clone against a used one), nor on a batch;
/// 5. symmetries: translation (no net force; no net torque if isolated), rotation, reflection, the given permutations;
/// 6. [`terms`](Potential::terms) add up to the total;
/// 7. NaN and infinite positions give an energy that is not finite, no panic, and leave no trace afterwards.
///
/// In a cell, rotation is the cyclic permutation of the axes, which every kernel that takes the cell can take.
///
/// ```
/// use mol_core::{Frame, Vec3, potential_fn, testing::{PotentialCheck, check_potential}};
/// let spring = potential_fn(2, |frame, out| {
///     let r = frame.positions[1] - frame.positions[0];
///     out.add_pair(0, 1, &r, &-r);
///     0.5 * r.norm_squared()
/// });
/// let frame = [Vec3::zeros(), Vec3::new(1.0, 0.2, -0.3)];
/// check_potential(&spring, &[Frame::isolated(&frame)], &PotentialCheck::default());
/// ```
///
/// # Panics
/// If a promise is broken, with its name, the frame, the atom or component, and both numbers. Without frames.
pub fn check_potential(potential: &dyn Potential, frames: &[Frame<'_>], options: &PotentialCheck) {
    assert!(!frames.is_empty(), "check_potential: no frames to test on");
    for (index, frame) in frames.iter().enumerate() {
        let got = potential.atoms();
        let here = frame.positions.len();
        assert!(got == here, "atoms: atoms() is {got}, frame {index} has {here} positions");
        let context = format!("frame {index}");
        check_levels(potential, *frame, options, &context);
        check_gradient(potential, *frame, options, &context);
        if options.virial {
            check_virial(potential, *frame, options, &context);
        }
        check_symmetries(potential, *frame, options, &context);
        check_terms(potential, *frame, options, &context);
        check_history(potential, *frame, frames, options, &context);
        check_non_finite(potential, *frame, options, &context);
    }
    check_batch(potential, frames, options);
}

fn wanted(options: &PotentialCheck) -> Want {
    if options.virial { Want::Virial } else { Want::Forces }
}

/// Energy and derivatives from a fresh clone.
fn evaluate(potential: &dyn Potential, frame: Frame<'_>, want: Want) -> (f64, Derivatives) {
    let mut out = Derivatives::new(frame.positions.len(), want);
    let energy = potential.boxed_clone().accumulate(frame, &mut out);
    (energy, out)
}

/// The unit of the tolerances: the largest force, at least 1 eV/Å.
fn force_scale(out: &Derivatives) -> f64 {
    out.forces().iter().map(Vec3::amax).fold(1.0, f64::max)
}

fn check_levels(potential: &dyn Potential, frame: Frame<'_>, options: &PotentialCheck, context: &str) {
    let (full, full_out) = evaluate(potential, frame, wanted(options));
    assert!(full.is_finite(), "energy, {context}: {full} on a frame that was given as good");
    for want in [Want::Energy, Want::Forces] {
        let (energy, out) = evaluate(potential, frame, want);
        assert!(
            energy.to_bits() == full.to_bits(),
            "want, {context}: the energy at {want:?} is {energy:e}, with all derivatives {full:e}"
        );
        for (atom, (a, b)) in out.forces().iter().zip(full_out.forces()).enumerate() {
            assert!(a == b, "want, {context}, atom {atom}: force {a:?} at {want:?}, {b:?} with the virial");
        }
    }
    // Twice into one accumulator: overwriting loses the first.
    let mut twice = Derivatives::new(frame.positions.len(), wanted(options));
    let mut potential = potential.boxed_clone();
    let energy = [0, 1].map(|_| potential.accumulate(frame, &mut twice));
    assert!(energy[0] == energy[1], "accumulate, {context}: the energy is {:e}, then {:e}", energy[0], energy[1]);
    let tolerance = 1e-5 * force_scale(&full_out);
    for (atom, (a, b)) in twice.forces().iter().zip(full_out.forces()).enumerate() {
        close(
            "accumulate adds",
            &|| format!("{context}, force on atom {atom}"),
            a.as_slice(),
            (2.0 * b).as_slice(),
            tolerance,
        );
    }
    let (a, b) = (twice.virial(), 2.0 * full_out.virial());
    let tolerance = 1e-5 * b.amax().max(1.0);
    close("accumulate adds", &|| format!("{context}, virial"), a.as_slice(), b.as_slice(), tolerance);
}

/// Tests the forces of one frame against finite differences of the energy, and nothing else.
///
/// `context` is named in the message.
///
/// # Panics
/// If a component differs by more than the tolerance.
pub fn check_gradient(potential: &dyn Potential, frame: Frame<'_>, options: &PotentialCheck, context: &str) {
    let (energy, out) = evaluate(potential, frame, Want::Forces);
    let tolerance = options.gradient_tolerance * force_scale(&out) + noise(energy, options);
    let mut potential = potential.boxed_clone();
    let mut moved = frame.positions.to_vec();
    for atom in spread(frame.positions.len(), options.max_atoms) {
        for axis in 0..3 {
            let numeric = -central(options.step, |h| {
                moved[atom][axis] = frame.positions[atom][axis] + h;
                let energy = potential.energy(Frame::new(&moved, frame.cell));
                moved[atom][axis] = frame.positions[atom][axis];
                energy
            });
            let analytic = out.forces()[atom][axis];
            let place = || format!("{context}, atom {atom}, {}", ["x", "y", "z"][axis]);
            close("gradient (analytic, numeric)", &place, &[analytic], &[numeric], tolerance);
        }
    }
}

fn check_virial(potential: &dyn Potential, frame: Frame<'_>, options: &PotentialCheck, context: &str) {
    let (energy, out) = evaluate(potential, frame, Want::Virial);
    // A strain moves an atom by its distance from the origin: the virial is of the size of force times extent.
    let extent = frame.positions.iter().map(Vec3::amax).fold(1.0, f64::max);
    let step = options.step / extent;
    let scale = force_scale(&out) * extent * (frame.positions.len() as f64).sqrt();
    let tolerance = options.gradient_tolerance * scale + noise(energy, options) * extent;
    let mut potential = potential.boxed_clone();
    for (a, b) in (0..9).map(|k| (k / 3, k % 3)) {
        let numeric = -central(step, |h| {
            let mut strain = Mat3::identity();
            strain[(a, b)] += h;
            let (positions, cell) = strained(frame, &strain);
            potential.energy(Frame::new(&positions, &cell))
        });
        let place = || format!("{context}, component [{a}][{b}]");
        close("virial (analytic, numeric)", &place, &[out.virial()[(a, b)]], &[numeric], tolerance);
    }
}

/// Rounding error of a finite difference.
fn noise(energy: f64, options: &PotentialCheck) -> f64 {
    16.0 * f64::EPSILON * energy.abs() / options.step
}

/// At most `most` of `0..n`, evenly spread.
fn spread(n: usize, most: usize) -> impl Iterator<Item = usize> {
    let take = n.min(most.max(1));
    (0..take).map(move |k| k * n / take)
}

fn check_symmetries(potential: &dyn Potential, frame: Frame<'_>, options: &PotentialCheck, context: &str) {
    let mut rng = Seed::new(0x5eed).stream("check_potential").rng();
    let reference = evaluate(potential, frame, Want::Forces);
    let compare = |name: &str, positions: &[Vec3], cell: &Cell, expected: &[Vec3]| {
        let (energy, out) = evaluate(potential, Frame::new(positions, cell), Want::Forces);
        let scale = options.symmetry_tolerance * force_scale(&reference.1);
        let tolerance = scale + options.symmetry_tolerance * reference.0.abs();
        close(name, &|| format!("{context}, energy"), &[energy], &[reference.0], tolerance);
        for (atom, (a, b)) in out.forces().iter().zip(expected).enumerate() {
            close(name, &|| format!("{context}, force on atom {atom}"), a.as_slice(), b.as_slice(), scale);
        }
    };
    let isolated = frame.cell.vectors().is_none();
    let forces = reference.1.forces();
    if options.translation {
        let shift = Vec3::from_fn(|_, _| 3.0 * rng.normal());
        let moved: Vec<Vec3> = frame.positions.iter().map(|x| x + shift).collect();
        compare("translation", &moved, frame.cell, forces);
        let tolerance = options.symmetry_tolerance * force_scale(&reference.1) * (forces.len() as f64).sqrt();
        let net: Vec3 = forces.iter().sum();
        close("net force", &|| context.to_owned(), net.as_slice(), &[0.0; 3], tolerance);
        if options.rotation && isolated {
            let torque: Vec3 = frame.positions.iter().zip(forces).map(|(x, f)| x.cross(f)).sum();
            let extent = frame.positions.iter().map(Vec3::amax).fold(1.0, f64::max);
            close("net torque", &|| context.to_owned(), torque.as_slice(), &[0.0; 3], tolerance * extent);
        }
    }
    let symmetry = |name: &str, map: Mat3, rows: Mat3| {
        let (positions, cell) = transform(frame, &map, &rows);
        let expected: Vec<Vec3> = forces.iter().map(|f| map * f).collect();
        compare(name, &positions, &cell, &expected);
    };
    if options.rotation {
        if isolated {
            symmetry("rotation", random_rotation(&mut rng), Mat3::identity());
        }
        symmetry("rotation by cyclic axes", cyclic(), cyclic());
    }
    if options.reflection {
        symmetry("reflection", mirrored(), mirrored());
    }
    for (k, permutation) in options.permutations.iter().enumerate() {
        let positions: Vec<Vec3> = permutation.iter().map(|&old| frame.positions[old]).collect();
        let expected: Vec<Vec3> = permutation.iter().map(|&old| forces[old]).collect();
        compare(&format!("permutation {k}"), &positions, frame.cell, &expected);
    }
}

fn check_terms(potential: &dyn Potential, frame: Frame<'_>, options: &PotentialCheck, context: &str) {
    let (energy, out) = evaluate(potential, frame, Want::Forces);
    let mut sum = SumOfTerms { energy: 0.0, forces: Derivatives::new(frame.positions.len(), Want::Forces) };
    potential.boxed_clone().terms(frame, &mut sum);
    let tolerance = options.symmetry_tolerance * (force_scale(&out) + energy.abs());
    close("terms", &|| format!("{context}, sum of energies"), &[sum.energy], &[energy], tolerance);
    for (atom, (a, b)) in sum.forces.forces().iter().zip(out.forces()).enumerate() {
        close("terms", &|| format!("{context}, sum of forces on atom {atom}"), a.as_slice(), b.as_slice(), tolerance);
    }
}

struct SumOfTerms {
    energy: f64,
    forces: Derivatives,
}

impl crate::TermSink for SumOfTerms {
    fn term(&mut self, _: &str, energy: f64, derivatives: &Derivatives) {
        self.energy += energy;
        self.forces.add_scaled(1.0, derivatives);
    }
}

/// A clone that has seen other frames gives the bits of a fresh one.
fn check_history(
    potential: &dyn Potential,
    frame: Frame<'_>,
    frames: &[Frame<'_>],
    options: &PotentialCheck,
    context: &str,
) {
    let fresh = evaluate(potential, frame, wanted(options));
    let mut used = potential.boxed_clone();
    let mut rng = Seed::new(0x5eed).stream("history").rng();
    for other in frames {
        _ = used.energy(*other);
    }
    for spread in [0.3, 0.05, 0.01] {
        let near = displaced(frame.positions, spread, &mut rng);
        _ = used.accumulate(Frame::new(&near, frame.cell), &mut Derivatives::new(near.len(), wanted(options)));
        _ = used.take_fault();
    }
    same_bits(&mut *used, frame, &fresh, &format!("history, {context}: a clone that has seen other frames"));
    let mut copy = used.boxed_clone();
    same_bits(&mut *copy, frame, &fresh, &format!("history, {context}: a clone of a used potential"));
}

fn displaced(positions: &[Vec3], spread: f64, rng: &mut Rng) -> Vec<Vec3> {
    positions.iter().map(|x| x + Vec3::from_fn(|_, _| spread * rng.normal())).collect()
}

fn same_bits(potential: &mut dyn Potential, frame: Frame<'_>, fresh: &(f64, Derivatives), what: &str) {
    let mut out = Derivatives::new(frame.positions.len(), fresh.1.want());
    let energy = potential.accumulate(frame, &mut out);
    assert!(energy.to_bits() == fresh.0.to_bits(), "{what} gives energy {energy:e}, a fresh one {:e}", fresh.0);
    same_derivatives(&out, &fresh.1, what);
}

fn same_derivatives(got: &Derivatives, fresh: &Derivatives, what: &str) {
    for (atom, (a, b)) in got.forces().iter().zip(fresh.forces()).enumerate() {
        assert!(a == b, "{what}: force on atom {atom} is {a:?}, fresh and alone {b:?}");
    }
    assert!(got.virial() == fresh.virial(), "{what}: virial {:?}, fresh and alone {:?}", got.virial(), fresh.virial());
}

/// Frames that are not finite: no panic, no finite energy, no trace afterwards.
fn check_non_finite(potential: &dyn Potential, frame: Frame<'_>, options: &PotentialCheck, context: &str) {
    let fresh = evaluate(potential, frame, wanted(options));
    let mut potential = potential.boxed_clone();
    // The coordinate with the largest force is one that the energy depends on.
    let components =
        fresh.1.forces().iter().enumerate().flat_map(|(atom, f)| (0..3).map(move |k| (atom, k, f[k].abs())));
    let Some((atom, axis, force)) = components.max_by(|a, b| a.2.total_cmp(&b.2)) else { return };
    for bad in [f64::NAN, f64::INFINITY] {
        let mut positions = frame.positions.to_vec();
        positions[atom][axis] = bad;
        let mut out = Derivatives::new(positions.len(), wanted(options));
        let run = catch_unwind(AssertUnwindSafe(|| potential.accumulate(Frame::new(&positions, frame.cell), &mut out)));
        let Ok(energy) = run else { panic!("non-finite, {context}: a position of {bad} makes it panic") };
        assert!(
            bad.is_infinite() || force == 0.0 || energy.is_nan(),
            "non-finite, {context}: atom {atom} stands at {bad}, the energy {energy:e} hides it (NaN is due)"
        );
        _ = potential.take_fault();
    }
    same_bits(&mut *potential, frame, &fresh, &format!("non-finite, {context}: after a bad frame it"));
    let fault = potential.take_fault().map(|fault| describe(&*fault));
    assert!(fault.is_none(), "non-finite, {context}: a good frame after a bad one reports {fault:?}");
}

fn check_batch(potential: &dyn Potential, frames: &[Frame<'_>], options: &PotentialCheck) {
    let mut rng = Seed::new(0x5eed).stream("batch").rng();
    let near: Vec<Vec<Vec3>> = frames.iter().map(|frame| displaced(frame.positions, 0.01, &mut rng)).collect();
    let moved = near.iter().zip(frames).map(|(positions, frame)| Frame::new(positions, frame.cell));
    let frames: Vec<Frame<'_>> = frames.iter().copied().chain(moved).collect();
    for want in [Want::Energy, wanted(options)] {
        let mut out: Vec<_> = frames.iter().map(|frame| Derivatives::new(frame.positions.len(), want)).collect();
        let mut energies = vec![f64::NAN; frames.len()];
        potential.boxed_clone().accumulate_batch(&frames, &mut out, &mut energies);
        for (k, frame) in frames.iter().enumerate() {
            let (energy, alone) = evaluate(potential, *frame, want);
            let in_batch = energies[k];
            assert!(
                in_batch.to_bits() == energy.to_bits(),
                "batch, frame {k} of {}, {want:?}: energy {in_batch:e} in the batch, {energy:e} alone",
                frames.len()
            );
            same_derivatives(&out[k], &alone, &format!("batch, frame {k}"));
        }
        potential.boxed_clone().accumulate_batch(&[], &mut [], &mut []);
    }
}
