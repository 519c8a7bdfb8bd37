//! Walls at the edge of what a network has seen.

use crate::{DistanceRanges, Error, Result, SchNet};
use mol_core::tensor::Real;
use mol_core::{Cell, Derivatives, Element, Fault, Frame, NeighborList, Pairs, Potential};
use std::sync::Arc;

/// Soft walls at the ends of the distances of the training data: a network between them cannot fall into a hole beyond.
///
/// ```text
/// U = ½ k Σ_{i<j} max(0, d⁻ − d_ij)² + max(0, d_ij − d⁺)²
/// ```
///
/// k stiffness [eV/Å²], d⁻ and d⁺ the smallest and largest distance of the two elements in training [Å], d_ij distance
/// [Å]. The outer walls stand only after [`with_outer`](Self::with_outer), and only without a cell. A network
/// interpolates; where two atoms are closer than in any frame it has seen, its energy may drop without limit, and a
/// simulation finds that place sooner or later whatever the mean error on test frames. The walls are zero on all of the
/// training data, so they change no energy the network was asked to learn. Add them by
/// [`Sum`](mol_core::Sum); they are not repulsion of a physical form, such as Ziegler's.
///
/// ```
/// use mol_core::{Element, Frame, PotentialExt, Seed, Vec3};
/// use mol_nn::{SchNet, SchNetConfig, TrainingWalls};
/// let mut model = SchNet::<f32>::new(SchNetConfig::default(), &[Element::H], Seed::new(1))?;
/// model.ranges.see(0, 0, 1.5);
/// let mut walls = TrainingWalls::new(&model, &[Element::H, Element::H], 50.0)?;
/// let at = |d: f64| [Vec3::zeros(), Vec3::new(d, 0.0, 0.0)];
/// assert_eq!(walls.energy(Frame::isolated(&at(1.6))), 0.0);
/// assert!((walls.energy(Frame::isolated(&at(1.3))) - 0.5 * 50.0 * 0.2 * 0.2).abs() < 1e-12);
/// # Ok::<(), mol_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrainingWalls {
    shared: Arc<Shared>,
    list: NeighborList,
    fault: Option<Arc<mol_core::Error>>,
}

#[derive(Debug)]
struct Shared {
    species: Vec<u32>,
    ranges: DistanceRanges,
    stiffness: f64,
    outer: bool,
}

impl TrainingWalls {
    /// Walls of `stiffness` [eV/Å²] at the training distances of `model`, for atoms of the given elements.
    ///
    /// # Errors
    /// If the model does not know an element, has seen no distances, or `stiffness` is not positive.
    pub fn new<E: Real>(model: &SchNet<E>, atoms: &[Element], stiffness: f64) -> Result<Self> {
        if stiffness.is_nan() || stiffness <= 0.0 || stiffness.is_infinite() {
            let got = stiffness.to_string();
            return Err(Error::Config { what: "stiffness", expected: "positive and finite", got });
        }
        let rows = 0..model.elements().len() as u32;
        let seen = rows.clone().flat_map(|a| rows.clone().map(move |b| (a, b))).map(|(a, b)| model.ranges.range(a, b));
        let reach = seen.filter(|(low, high)| low <= high).map(|(low, _)| low).fold(0.0, f64::max);
        if reach == 0.0 {
            let got = "a model that has seen none".to_owned();
            return Err(Error::Config { what: "walls", expected: "at distances of training data", got });
        }
        let shared = Shared { species: model.species(atoms)?, ranges: model.ranges.clone(), stiffness, outer: false };
        Ok(Self { shared: Arc::new(shared), list: NeighborList::new(reach, 0.0, Pairs::Half)?, fault: None })
    }

    /// The same with outer walls at the largest distances, which keep bonds from breaking.
    ///
    /// For one molecule alone, trained on frames of that molecule without a cell: every pair of atoms is held, near or far.
    /// In a frame with a cell the outer walls do nothing.
    #[must_use]
    pub fn with_outer(mut self) -> Self {
        let Shared { species, ranges, stiffness, .. } = &*self.shared;
        let (species, ranges, stiffness) = (species.clone(), ranges.clone(), *stiffness);
        self.shared = Arc::new(Shared { species, ranges, stiffness, outer: true });
        self
    }
}

impl Potential for TrainingWalls {
    fn atoms(&self) -> usize {
        self.shared.species.len()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let Shared { species, ranges, stiffness, outer } = &*self.shared;
        assert!(
            frame.positions.len() == species.len() && out.atoms() == species.len(),
            "frame or accumulator of other atoms"
        );
        if let Err(error) = self.list.update(frame.positions, frame.cell) {
            self.fault = Some(Arc::new(error));
            return f64::NAN;
        }
        let mut energy = 0.0;
        for pair in self.list.pairs() {
            let (i, j) = (pair.i as usize, pair.j as usize);
            let (low, high) = ranges.range(species[i], species[j]);
            let r = pair.separation(frame.positions);
            let d = r.norm();
            if low > high || d >= low {
                continue;
            }
            let depth = low - d;
            energy += 0.5 * stiffness * depth * depth;
            // Two atoms at one point are pushed nowhere: there is no direction to prefer.
            if d > 0.0 {
                out.add_pair(i, j, &r, &(r * (stiffness * depth / d)));
            }
        }
        if *outer && *frame.cell == Cell::NONE {
            for (j, y) in frame.positions.iter().enumerate() {
                for (i, x) in frame.positions[..j].iter().enumerate() {
                    let (low, high) = ranges.range(species[i], species[j]);
                    let r = y - x;
                    let d = r.norm();
                    if low <= high && d > high {
                        let depth = d - high;
                        energy += 0.5 * stiffness * depth * depth;
                        out.add_pair(i, j, &r, &(r * (-stiffness * depth / d)));
                    }
                }
            }
        }
        energy
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take().map(|fault| Box::new(fault) as Fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchNetConfig;
    use mol_core::testing::{PotentialCheck, check_potential};
    use mol_core::{PotentialExt, Seed, Vec3};

    fn model() -> SchNet<f32> {
        let mut model =
            SchNet::new(SchNetConfig::default(), &[Element::H, Element::O], Seed::new(1)).expect("valid settings");
        model.ranges.see(0, 0, 1.4);
        model.ranges.see(0, 1, 0.9);
        model
    }

    #[test]
    fn walls_keep_the_contract_and_vanish_inside() {
        let atoms = [Element::O, Element::H, Element::H];
        let walls = TrainingWalls::new(&model(), &atoms, 40.0).expect("known elements");
        let pressed = [Vec3::zeros(), Vec3::new(0.8, 0.1, 0.0), Vec3::new(-0.1, 0.75, 0.3)];
        let cell = Cell::orthorhombic(6.0, 6.5, 7.0).expect("valid");
        let options = PotentialCheck { permutations: vec![vec![0, 2, 1]], ..PotentialCheck::default() };
        check_potential(&walls, &[Frame::isolated(&pressed), Frame::new(&pressed, &cell)], &options);
        let pulled = [Vec3::zeros(), Vec3::new(1.4, 0.2, 0.0), Vec3::new(-0.1, 0.75, 0.3)];
        let outer = walls.clone().with_outer();
        let options = PotentialCheck { permutations: Vec::new(), ..options };
        check_potential(&outer, &[Frame::isolated(&pulled), Frame::isolated(&pressed)], &options);
        let at = |d: f64| [Vec3::zeros(), Vec3::new(d, 0.0, 0.0), Vec3::new(0.0, 0.9, 0.0)];
        let (bond, hydrogens) = (1.3 - 0.9, 1.3_f64.hypot(0.9) - 1.4);
        let expected = 0.5 * 40.0 * (bond * bond + hydrogens * hydrogens);
        assert!((outer.clone().energy(Frame::isolated(&at(1.3))) - expected).abs() < 1e-12);
        let water = [Vec3::zeros(), Vec3::new(0.96, 0.0, 0.0), Vec3::new(-0.24, 0.93, 0.0)];
        assert_eq!(walls.clone().energy_and_forces(Frame::isolated(&water)), (0.0, vec![Vec3::zeros(); 3]));
    }

    #[test]
    fn wrong_settings_are_named() {
        let error = |k| TrainingWalls::new(&model(), &[Element::H], k).expect_err("bad").to_string();
        assert!(error(-1.0).contains("stiffness must be positive") && error(f64::NAN).contains("NaN"));
        let unseen = SchNet::<f32>::new(SchNetConfig::default(), &[Element::H], Seed::new(1)).expect("valid");
        assert!(TrainingWalls::new(&unseen, &[Element::H], 1.0).expect_err("unseen").to_string().contains("seen none"));
        assert!(TrainingWalls::new(&model(), &[Element::N], 1.0).is_err());
    }
}
