//! Frames with the energies and forces to learn.

use crate::{Error, Result, SchNet};
use mol_core::io::{ReadOptions, Snapshot, Value, read_extxyz_with};
use mol_core::tensor::Real;
use mol_core::{Cell, Element, NeighborList, Pairs, Vec3};
use std::path::Path;

/// A frame with its reference energy and forces.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledFrame {
    /// Elements, shape `[atoms]`.
    pub elements: Vec<Element>,
    /// Positions [Å], shape `[atoms]`.
    pub positions: Vec<Vec3>,
    /// Periodic cell.
    pub cell: Cell,
    /// Energy [eV].
    pub energy: f64,
    /// Forces [eV/Å], shape `[atoms]`.
    pub forces: Vec<Vec3>,
}

impl LabelledFrame {
    /// Takes the labels of frame number `frame` of `path`.
    ///
    /// # Errors
    /// [`Error::Data`] naming the file and frame if it has no energy or forces, or [`check`](Self::check) fails.
    pub fn from_snapshot(snapshot: &Snapshot, path: &Path, frame: usize) -> Result<Self> {
        let fail = |problem: &str| Error::Data { path: Some(path.to_owned()), frame, problem: problem.to_owned() };
        let labelled = Self {
            elements: snapshot.elements.clone(),
            positions: snapshot.positions.clone(),
            cell: snapshot.cell,
            energy: snapshot.energy.ok_or_else(|| fail("it has no energy: is the reader's energy_name right?"))?,
            forces: snapshot
                .forces
                .clone()
                .ok_or_else(|| fail("it has no forces: is the reader's forces_name right?"))?,
        };
        match labelled.check(frame) {
            Err(Error::Data { problem, .. }) => Err(fail(&problem)),
            other => other.map(|()| labelled),
        }
    }

    /// Reads every frame of an extended XYZ file, with the value of the integer key `group` of each if one is named.
    ///
    /// # Errors
    /// If the file cannot be read, a frame is unusable, or lacks the key.
    pub fn read_extxyz(path: &Path, options: ReadOptions, group: Option<&str>) -> Result<(Vec<Self>, Vec<i64>)> {
        let (mut frames, mut groups) = (Vec::new(), Vec::new());
        for (frame, snapshot) in read_extxyz_with(path, options)?.enumerate() {
            let snapshot = snapshot?;
            frames.push(Self::from_snapshot(&snapshot, path, frame)?);
            let Some(key) = group else { continue };
            let number = snapshot.info.get(key).and_then(Value::to_real).filter(|x| x.fract() == 0.0);
            let problem = format!("it has no integer {key:?} to split by");
            let number = number.ok_or(Error::Data { path: Some(path.to_owned()), frame, problem })?;
            groups.push(number as i64);
        }
        Ok((frames, groups))
    }

    /// Says what is wrong with frame number `frame`, if anything.
    ///
    /// # Errors
    /// [`Error::Data`] for empty frames, lists of different lengths, numbers that are not finite, atoms at one point.
    pub fn check(&self, frame: usize) -> Result<()> {
        let fail = |problem: String| Err(Error::Data { path: None, frame, problem });
        let n = self.elements.len();
        if n == 0 {
            return fail("it has no atoms".into());
        }
        for (what, got) in [("positions", self.positions.len()), ("forces", self.forces.len())] {
            if got != n {
                return fail(format!("it has {n} atoms and {got} {what}"));
            }
        }
        if !self.energy.is_finite() {
            return fail(format!("its energy is {}", self.energy));
        }
        for (what, list) in [("position", &self.positions), ("force", &self.forces)] {
            if let Some(atom) = list.iter().position(|v| !v.iter().all(|x| x.is_finite())) {
                return fail(format!("the {what} of atom {atom} is {:?}", list[atom].as_slice()));
            }
        }
        Ok(())
    }

    /// Composition as counts of `elements`.
    pub(super) fn composition(&self, elements: &[Element]) -> Vec<f64> {
        elements.iter().map(|e| self.elements.iter().filter(|x| *x == e).count() as f64).collect()
    }
}

/// A frame as the network sees it: rows of elements, pairs, targets in the network's units.
#[derive(Clone, Debug)]
pub(super) struct Sample<E> {
    pub species: Vec<u32>,
    pub first: Vec<u32>,
    pub second: Vec<u32>,
    /// [Å].
    pub distances: Vec<E>,
    /// Unit vectors from first to second.
    pub directions: Vec<Vec3>,
    /// (E − Σ E₀) / s.
    pub energy: f64,
    /// F / s [1/Å].
    pub forces: Vec<Vec3>,
}

impl<E: Real> Sample<E> {
    pub(super) fn new(model: &SchNet<E>, frame: &LabelledFrame, index: usize) -> Result<Self> {
        frame.check(index)?;
        let in_frame = |e: Error| Error::Data { path: None, frame: index, problem: e.to_string() };
        let species = model.species(&frame.elements).map_err(in_frame)?;
        let cutoff = model.config().cutoff;
        let mut list = NeighborList::new(cutoff, 0.0, Pairs::Half)?;
        list.update(&frame.positions, &frame.cell)?;
        let standardization = &model.standardization;
        let mut sample = Self {
            energy: (frame.energy - standardization.reference(&species)) / standardization.scale,
            forces: frame.forces.iter().map(|f| f / standardization.scale).collect(),
            species,
            first: Vec::new(),
            second: Vec::new(),
            distances: Vec::new(),
            directions: Vec::new(),
        };
        for pair in list.pairs() {
            let r = pair.separation(&frame.positions);
            let d = r.norm();
            if d >= cutoff {
                continue;
            }
            if d < 1e-6 {
                let problem = format!("atoms {} and {} are at one point", pair.i, pair.j);
                return Err(Error::Data { path: None, frame: index, problem });
            }
            sample.first.push(pair.i);
            sample.second.push(pair.j);
            sample.distances.push(E::of(d));
            sample.directions.push(r / d);
        }
        Ok(sample)
    }
}
