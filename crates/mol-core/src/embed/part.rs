//! One connected part: what its graph says, prepared once, and an attempt at coordinates.

use super::FailureReason;
use super::bounds::{Bounds, Distances, OpenAngle};
use super::descent::{Descent, Stop, is_over};
use super::field::{Field, Relaxation, Torsion, Watched};
use super::handed::Handed;
use super::ideal::View;
use super::preferences::{PreferenceTables, TorsionPreference, flat_rings, torsion_preferences};
use super::refusal::{Refusal, Refusals};
use super::rotors::Rotor;
use super::shape::{Cumulene, Stated};
use super::start;
use super::verify::{self, Check, MarkedBond};
use super::violations::{self, Limits, Violations};
use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, Element, Molecule, Rng, Seed, Vec3};
use rustc_hash::FxHashSet;
use std::sync::OnceLock;
use std::time::Instant;

/// Violations per atom that are still accepted.
const VIOLATION_PER_ATOM: f64 = 0.05;
/// Strain per atom that needs no second look [kcal/mol].
const RELAXED: f64 = 0.5;
/// Strained results whose least strain is the measure of later ones, and the share above it that is accepted.
const STRAINED: usize = 8;
const EXCESS: f64 = 1.25;
/// Twofold barrier that keeps a planar bond whose side is open in its plane [kcal/mol].
const OPEN_BARRIER: f64 = 20.0;
/// Half the threefold barrier of rotors of hydrogens [kcal/mol].
const STAGGER: f64 = 0.7;

/// A connected part.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its atoms in the numbering of the whole.
    pub(super) atoms: Vec<AtomIndex>,
    pub(super) molecule: Molecule,
    #[cfg(test)]
    pub(super) distances: Distances,
    pub(super) lengths: Vec<f64>,
    pub(super) bounds: Bounds,
    pub(super) limits: Limits,
    pub(super) field: Field,
    handed: Vec<Handed>,
    far: Vec<([u32; 2], f64)>,
    centres: Vec<(AtomIndex, f64)>,
    rotors: Vec<Rotor>,
    tetrahedral: Vec<AtomIndex>,
    marked: Vec<MarkedBond>,
    stated: Vec<Stated>,
    /// Least strain per atom seen in a few attempts, once one was strained [kcal/mol].
    floor: OnceLock<f64>,
}

/// Memory of the stages; it carries nothing from one attempt to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    start: start::Scratch,
    violations: violations::Scratch,
    descent: Descent,
    watched: Watched,
    places: Vec<f64>,
    flat: Vec<f64>,
}

impl Part {
    pub(super) fn new(molecule: Molecule, seen: &Perception, atoms: Vec<AtomIndex>, tables: PreferenceTables) -> Self {
        let view = View { molecule: &molecule, seen };
        let lengths: Vec<f64> = molecule.bonds().map(|(bond, _)| view.length(bond)).collect();
        let cumulenes = Cumulene::all(&molecule);
        let stated = Stated::all(&molecule, &cumulenes, &lengths);
        let tetrahedra = molecule.atoms().filter_map(|(atom, _)| Handed::stated(&molecule, atom, &lengths));
        let handed: Vec<Handed> = tetrahedra.chain(stated.iter().flat_map(|stated| stated.handed.clone())).collect();
        let planar_atoms = molecule.atoms().map(|(atom, _)| atom).filter(|&atom| view.is_planar(atom));
        let planes = planar_atoms.map(|atom| Handed::plane(&molecule, atom)).collect();
        let distances = Distances::new(&view);
        let (bounds, planar) = distances.bounds();
        let apart = |i: u32, j: u32| distances.apart(i as usize, j as usize);
        let count = molecule.atom_count() as u32;
        let pairs =
            || (0..count).flat_map(move |i| (i + 1..count).map(move |j| [i, j])).filter(|&[i, j]| apart(i, j) > 2);
        let contacts = pairs().map(|[i, j]| ([i, j], distances.contact(i as usize, j as usize))).collect();
        let planar: Vec<_> =
            planar.into_iter().filter(|known| distances.apart(known.pair[0], known.pair[1]) == 3).collect();
        let open: Vec<OpenAngle> = distances
            .open_angles
            .iter()
            .filter(|open| distances.apart(open.ends[0], open.ends[1]) == 2)
            .copied()
            .collect();
        // Atoms of a ligand that is bound by several are held by their own bonds, and push no others.
        let is_single = |open: &&OpenAngle| !open.ends.iter().any(|&end| binds_twice(&molecule, open.centre, end));
        let spread: Vec<OpenAngle> = open.iter().filter(is_single).copied().collect();
        let apart_by_angle = open.iter().map(|open| open.ends.map(|atom| atom as u32));
        let far = verify::apart(&molecule, pairs().chain(apart_by_angle));
        let mut torsions = torsions(&molecule, seen, &distances, tables);
        torsions.extend(cumulenes.iter().map(cumulated));
        let rotors = Rotor::all(&molecule, seen, &torsions);
        let lists = [&distances.bonds[..], &distances.angles, &planar];
        Self {
            limits: Limits::new(&bounds, handed.clone()),
            field: Field::new(lists, &spread, contacts, planes, handed.clone(), torsions),
            far,
            centres: verify::centres(&molecule),
            tetrahedral: verify::tetrahedral(&molecule, seen),
            marked: MarkedBond::all(&molecule, seen.rings()),
            stated,
            floor: OnceLock::new(),
            #[cfg(test)]
            distances,
            rotors,
            atoms,
            molecule,
            lengths,
            bounds,
            handed,
        }
    }

    /// Positions [Å] and whether they are the best of strained ones, or why there are none; refusals are counted.
    pub(super) fn embed(
        &self,
        attempts: usize,
        deadline: Option<Instant>,
        refusals: &mut Refusals,
        scratch: &mut Scratch,
        rng: &mut Rng,
    ) -> Result<(Vec<Vec3>, bool), FailureReason> {
        if self.atoms.len() == 1 {
            return Ok((vec![Vec3::zeros()], false));
        }
        let mut reason = FailureReason::Time;
        // Of strained results the best of a few: an atom may be caught on the wrong side of a frame.
        let mut best: Option<(f64, Vec<Vec3>)> = None;
        let mut strained = 0;
        for _ in 0..attempts {
            if is_over(deadline) {
                reason = FailureReason::Time;
                break;
            }
            match self.attempt(deadline, scratch, rng) {
                Ok((strain, positions))
                    if strain <= RELAXED
                        || self.floor(deadline, scratch).is_some_and(|least| strain <= EXCESS * least) =>
                {
                    return Ok((positions, false));
                }
                Ok((strain, positions)) => {
                    strained += 1;
                    if best.as_ref().is_none_or(|(least, _)| strain < *least) {
                        best = Some((strain, positions));
                    }
                    if strained == STRAINED {
                        break;
                    }
                }
                Err(failed) => {
                    if let FailureReason::Attempts(refusal) = &failed {
                        refusals.count(refusal);
                    }
                    reason = failed;
                }
            }
        }
        best.map(|(_, positions)| (positions, true)).ok_or(reason)
    }

    /// Least strain per atom of a few attempts with numbers of their own [kcal/mol]; `None` if the time was up before.
    ///
    /// Threads that ask at once all work it out, to the same value: waiting for another would know no deadline.
    fn floor(&self, deadline: Option<Instant>, scratch: &mut Scratch) -> Option<f64> {
        if let Some(&least) = self.floor.get() {
            return Some(least);
        }
        let seed = Seed::new(self.atoms.len() as u64).stream("strain");
        let mut least = f64::INFINITY;
        for k in 0..STRAINED as u64 {
            match self.attempt(deadline, scratch, &mut seed.at(k).rng()) {
                Ok((strain, _)) => least = least.min(strain),
                Err(FailureReason::Time) => return None,
                Err(FailureReason::Attempts(_)) => {}
            }
        }
        Some(*self.floor.get_or_init(|| least))
    }

    /// One attempt: strain per atom [kcal/mol] and positions, or what is wrong with them.
    fn attempt(
        &self,
        deadline: Option<Instant>,
        scratch: &mut Scratch,
        rng: &mut Rng,
    ) -> Result<(f64, Vec<Vec3>), FailureReason> {
        let n = self.atoms.len();
        let width = self.limits.width();
        let Scratch { start, violations, descent, watched, places, flat } = scratch;
        start::places(&self.bounds, width, start, places, rng);
        // Half of all starts are the mirror image of a better one.
        let inverted =
            |centre: &&Handed| centre.volume(|k| [places[k], places[width + k], places[2 * width + k]].into()).0 < 0.0;
        if 2 * self.handed.iter().filter(inverted).count() > self.handed.len() {
            for z in &mut places[2 * width..3 * width] {
                *z = -*z;
            }
        }
        let mut objective =
            Violations { limits: &self.limits, chiral_weight: 1.0, flat_weight: 0.05, scratch: violations };
        let mut energy = 0.0;
        // Chains across a marked bond come to lie on their side late.
        let (iterations, decrease) = if self.marked.is_empty() { (100, 1e-5) } else { (300, 1e-7) };
        for (chiral, fourth) in [(1.0, 0.05), (0.5, 1.0)] {
            (objective.chiral_weight, objective.flat_weight) = (chiral, fourth);
            let stop = Stop { iterations, gradient: 1e-3, decrease: decrease * n as f64, step: 1.0, deadline };
            energy = descent.run(&mut objective, places, stop);
        }
        if is_over(deadline) {
            return Err(FailureReason::Time);
        }
        if energy / n as f64 > VIOLATION_PER_ATOM {
            return Err(FailureReason::Attempts(Refusal::Distances { violation: energy / n as f64 }));
        }
        flat.clear();
        flat.extend((0..n).flat_map(|k| [places[k], places[width + k], places[2 * width + k]]));
        let check = Check {
            molecule: &self.molecule,
            names: &self.atoms,
            lengths: &self.lengths,
            far: &self.far,
            centres: &self.centres,
            tetrahedral: &self.tetrahedral,
            marked: &self.marked,
            stated: &self.stated,
        };
        if let Some(refusal) = check.stereo_problem(&positions(flat)) {
            return Err(FailureReason::Attempts(refusal));
        }
        let stop = Stop { iterations: 600, gradient: 0.02, decrease: 2e-6 * n as f64, step: 0.3, deadline };
        for rotor in &self.rotors {
            rotor.turn(flat, rng);
        }
        let mut relaxation = Relaxation::new(&self.field, watched, flat);
        descent.run(&mut relaxation, flat, stop);
        if is_over(deadline) {
            return Err(FailureReason::Time);
        }
        let strain = self.field.strain(flat) / n as f64;
        let x = centred(positions(flat));
        check.problem(&x).map_or(Ok((strain, x)), |refusal| Err(FailureReason::Attempts(refusal)))
    }
}

fn positions(flat: &[f64]) -> Vec<Vec3> {
    flat.as_chunks().0.iter().map(|&x: &[f64; 3]| x.into()).collect()
}

fn centred(mut positions: Vec<Vec3>) -> Vec<Vec3> {
    let centre = positions.iter().sum::<Vec3>() / positions.len() as f64;
    for x in &mut positions {
        *x -= centre;
    }
    positions
}

/// Whether a neighbour of `centre` is bonded to another neighbour of it.
fn binds_twice(molecule: &Molecule, centre: usize, neighbor: usize) -> bool {
    let centre = AtomIndex::new(centre);
    let mut others = molecule.neighbors(AtomIndex::new(neighbor)).filter(|&other| other != centre);
    others.any(|other| molecule.bond_between(other, centre).is_some())
}

/// The molecule of some of the atoms, which are all that are bonded to one another; orders of neighbours are kept.
pub(super) fn part_of(whole: &Molecule, atoms: &[AtomIndex]) -> Molecule {
    if atoms.len() == whole.atom_count() {
        let mut molecule = whole.clone();
        molecule.clear_conformers();
        return molecule;
    }
    whole.restricted_to(atoms)
}

/// All torsion terms: preferences of crystals, flat rings, and what neither knows: planar bonds whose side is open, and
/// staggered single bonds.
fn torsions(molecule: &Molecule, seen: &Perception, distances: &Distances, tables: PreferenceTables) -> Vec<Torsion> {
    let mut preferred = torsion_preferences(seen, tables);
    preferred.extend(flat_rings(molecule, seen, &preferred));
    let term = |torsion: &TorsionPreference| {
        Torsion::new(torsion.atoms.map(AtomIndex::index), torsion.signs, torsion.constants)
    };
    let mut torsions: Vec<Torsion> = preferred.iter().map(term).collect();
    let middle = |torsion: &Torsion| [torsion.atoms[1].min(torsion.atoms[2]), torsion.atoms[1].max(torsion.atoms[2])];
    let known: FxHashSet<[usize; 2]> = torsions.iter().map(middle).collect();
    let others = open_planes(distances).chain(staggered(molecule, seen));
    torsions.extend(others.filter(|torsion| !known.contains(&middle(torsion))));
    torsions
}

/// A twofold term for each planar bond whose side is open.
fn open_planes(distances: &Distances) -> impl Iterator<Item = Torsion> {
    distances.planar.iter().filter(|bond| bond.cis.is_none()).filter_map(|bond| {
        let &([a, d], ..) = bond.chains.first()?;
        let atoms = [a, bond.bond[0], bond.bond[1], d];
        Some(Torsion::new(atoms, [1.0, -1.0, 1.0, 1.0, 1.0, 1.0], [0.0, OPEN_BARRIER, 0.0, 0.0, 0.0, 0.0]))
    })
}

/// A twofold term that stands the ends of a row of double bonds upright on each other, or in one plane.
fn cumulated(row: &Cumulene) -> Torsion {
    let (atoms, upright) = row.torsion();
    let sign = if upright { 1.0 } else { -1.0 };
    Torsion::new(atoms, [1.0, sign, 1.0, 1.0, 1.0, 1.0], [0.0, OPEN_BARRIER, 0.0, 0.0, 0.0, 0.0])
}

/// One threefold term about each single bond of a methyl group and its like: crystals say nothing of rotors of hydrogens.
fn staggered(molecule: &Molecule, seen: &Perception) -> Vec<Torsion> {
    let is_sp3 = |atom: AtomIndex| seen.hybridization(atom) == Hybridization::Sp3 && molecule.degree(atom) == 4;
    let is_rotor = |atom: AtomIndex, axis: AtomIndex| {
        let mut others = molecule.neighbors(atom).filter(|&other| other != axis);
        others.all(|other| molecule.atom(other).element == Some(Element::H))
    };
    let mut torsions = Vec::new();
    for (_, bond) in molecule.bonds() {
        let (b, c) = (bond.begin, bond.end);
        if is_sp3(b) && is_sp3(c) && (is_rotor(b, c) || is_rotor(c, b)) {
            let end = |from: AtomIndex, to: AtomIndex| molecule.neighbors(from).find(|&other| other != to);
            if let (Some(a), Some(d)) = (end(b, c), end(c, b)) {
                let atoms = [a, b, c, d].map(AtomIndex::index);
                torsions.push(Torsion::new(atoms, [1.0; 6], [0.0, 0.0, STAGGER, 0.0, 0.0, 0.0]));
            }
        }
    }
    torsions
}
