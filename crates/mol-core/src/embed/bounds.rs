//! The bounds matrix: least and largest distance of every two atoms, made consistent by the triangle inequality.

use super::ideal::{View, across, around};
use crate::perceive::{Hybridization, stated_side};
use crate::{AtomIndex, Bond, BondIndex, BondOrder, Element};
use rustc_hash::{FxHashMap, FxHashSet};

/// Upper bound before anything is known [Å].
const FAR: f64 = 1000.0;
/// Tolerance of bonded distances [Å].
const BOND_SLACK: f64 = 0.01;
/// Tolerance of distances over three bonds [Å].
const TORSION_SLACK: f64 = 0.06;
/// Least distance of a hydrogen from the acceptor it is bound to [Å].
const HYDROGEN_BOND: f64 = 1.8;
/// Least of the angles that a shape leaves open [rad].
const SHARPEST: f64 = 1.3;

/// Bounds of all distances [Å]: upper ones above the diagonal, lower ones below.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) atoms: usize,
    values: Vec<f64>,
}

impl Bounds {
    fn new(atoms: usize) -> Self {
        Self { atoms, values: vec![FAR; atoms * atoms] }
    }

    pub(super) fn upper(&self, i: usize, j: usize) -> f64 {
        self.values[i.min(j) * self.atoms + i.max(j)]
    }

    pub(super) fn lower(&self, i: usize, j: usize) -> f64 {
        self.values[i.max(j) * self.atoms + i.min(j)]
    }

    fn set(&mut self, i: usize, j: usize, lower: f64, upper: f64) {
        self.values[i.min(j) * self.atoms + i.max(j)] = upper;
        self.values[i.max(j) * self.atoms + i.min(j)] = lower;
    }

    /// Lowers upper bounds and raises lower ones until no triangle is violated; if two bounds cross, ends with false or, if
    /// they may, keeps the upper one and goes on.
    ///
    /// Dress and Havel, *Discrete Appl. Math.* **19**, 129 (1988).
    fn smooth(&mut self, may_cross: bool) -> bool {
        let n = self.atoms;
        for k in 0..n {
            for i in 0..n {
                if i == k {
                    continue;
                }
                let (u_ik, l_ik) = (self.upper(i, k), self.lower(i, k));
                for j in 0..i {
                    if j == k {
                        continue;
                    }
                    let (u_jk, l_jk) = (self.upper(j, k), self.lower(j, k));
                    let upper = self.upper(i, j).min(u_ik + u_jk);
                    let lower = self.lower(i, j).max(l_ik - u_jk).max(l_jk - u_ik);
                    if lower > upper + 1e-9 && !may_cross {
                        return false;
                    }
                    self.set(i, j, lower.min(upper), upper);
                }
            }
        }
        true
    }
}

/// A distance that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) pair: [usize; 2],
    pub(super) distance: f64,
    pub(super) slack: f64,
}

/// An angle that the graph leaves open.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenAngle {
    pub(super) ends: [usize; 2],
    pub(super) centre: usize,
    /// Least and largest distance of the ends [Å].
    pub(super) limits: [f64; 2],
}

/// The part of an atom in a hydrogen bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HydrogenBonding {
    /// Hydrogen at N or O.
    Donor,
    /// O, or N with a lone pair to spare.
    Acceptor,
}

/// What the graph says about distances.
#[derive(Clone, Debug)]
pub(super) struct Distances {
    pub(super) bonds: Vec<Known>,
    /// Over one atom, with the largest distance where the angle is open.
    pub(super) angles: Vec<Known>,
    /// Over one atom whose shape leaves the angle open: ends, the atom, least and largest distance.
    pub(super) open_angles: Vec<OpenAngle>,
    /// Chains of three bonds with both limits (cis, trans).
    chains: Vec<([usize; 2], f64, f64)>,
    /// Double bonds and their kin: chains whose distance is known once one bit is.
    pub(super) planar: Vec<PlanarBond>,
    van_der_waals: Vec<f64>,
    /// What each atom is in a hydrogen bond.
    bonding: Vec<Option<HydrogenBonding>>,
    topology: Vec<u8>,
}

/// A bond about which everything is planar: its chains as (ends, on the same side of the reference chain or not, cis,
/// trans).
#[derive(Clone, Debug)]
pub(super) struct PlanarBond {
    /// The ends of the bond.
    pub(super) bond: [usize; 2],
    /// Whether the reference chain is cis; `None` leaves it open.
    pub(super) cis: Option<bool>,
    pub(super) chains: Vec<([usize; 2], bool, f64, f64)>,
}

impl Distances {
    pub(super) fn new(view: &View<'_>) -> Self {
        let molecule = view.molecule;
        let lengths: Vec<f64> = molecule.bonds().map(|(bond, _)| view.length(bond)).collect();
        let pair = |bond: &Bond| [bond.begin.index(), bond.end.index()];
        let bonds: Vec<Known> = molecule
            .bonds()
            .map(|(k, bond)| Known { pair: pair(&bond), distance: lengths[k.index()], slack: BOND_SLACK })
            .collect();
        let length = |a: usize, b: usize| {
            let bond = molecule.bond_between(AtomIndex::new(a), AtomIndex::new(b)).expect("an angle has bonds");
            lengths[bond.index()]
        };
        let mut angles: Vec<Known> = Vec::new();
        let mut open_angles = Vec::new();
        let mut by_ends: FxHashMap<(usize, [usize; 2]), f64> = FxHashMap::default();
        for (atom, _) in molecule.atoms() {
            for ideal in view.angles(atom) {
                let [i, j] = ideal.ends;
                let (a, b) = (length(i, ideal.centre), length(j, ideal.centre));
                match ideal.angle {
                    Some(angle) => {
                        by_ends.insert((ideal.centre, sorted([i, j])), angle);
                        angles.push(Known { pair: [i, j], distance: across(a, b, angle), slack: ideal.slack });
                    }
                    None => open_angles.push(OpenAngle {
                        ends: [i, j],
                        centre: ideal.centre,
                        limits: [across(a, b, SHARPEST), a + b],
                    }),
                }
            }
        }
        // What else knows a distance, knows it better.
        let known: FxHashSet<[usize; 2]> = angles.iter().map(|known| sorted(known.pair)).collect();
        open_angles.retain(|open| !known.contains(&sorted(open.ends)));
        let mut chains = Vec::new();
        let mut planar = Vec::new();
        for (index, bond) in molecule.bonds() {
            let (b, c) = (bond.begin, bond.end);
            let limits = |a: AtomIndex, d: AtomIndex| {
                let angle = |centre: AtomIndex, i: AtomIndex, j: AtomIndex| {
                    by_ends.get(&(centre.index(), sorted([i.index(), j.index()]))).copied()
                };
                let lengths = [length(a.index(), b.index()), lengths[index.index()], length(c.index(), d.index())];
                // About an open angle the chain is bounded by its parts, which smoothing adds up.
                let angles = [angle(b, a, c)?, angle(c, b, d)?];
                Some((around(lengths, angles, 1.0), around(lengths, angles, -1.0)))
            };
            let ends =
                |from: AtomIndex, to: AtomIndex| molecule.neighbors(from).filter(move |&x| x != to).collect::<Vec<_>>();
            let (left, right) = (ends(b, c), ends(c, b));
            let sides = planarity(view, index, &bond, &left, &right);
            let mut here = Vec::new();
            for (p, &a) in left.iter().enumerate() {
                for (q, &d) in right.iter().enumerate().filter(|(_, d)| **d != a) {
                    let Some((cis, trans)) = limits(a, d) else { continue };
                    let pair = [a.index(), d.index()];
                    match &sides {
                        Some((_, left_side, right_side)) => {
                            here.push((pair, left_side[p] == right_side[q], cis, trans));
                        }
                        None => chains.push((pair, cis, trans)),
                    }
                }
            }
            if let Some((cis, ..)) = sides {
                planar.push(PlanarBond { bond: pair(&bond), cis, chains: here });
            }
        }
        let radius = |element: Option<Element>| element.and_then(Element::vdw_radius).unwrap_or(1.7);
        Self {
            bonds,
            angles,
            open_angles,
            chains,
            planar,
            van_der_waals: molecule.atoms().map(|(_, atom)| radius(atom.element)).collect(),
            bonding: molecule.atoms().map(|(atom, _)| hydrogen_bonding(view, atom)).collect(),
            topology: topology(view),
        }
    }

    /// Bonds between two atoms along the shortest way, 255 beyond.
    pub(super) fn apart(&self, i: usize, j: usize) -> u8 {
        self.topology[i * self.van_der_waals.len() + j]
    }

    /// Least distance of atoms that are not bonded, nor over one atom [Å].
    pub(super) fn contact(&self, i: usize, j: usize) -> f64 {
        let sum = 0.96 * (self.van_der_waals[i] + self.van_der_waals[j]);
        let scaled = match self.apart(i, j) {
            ..=3 => return 0.55 * sum,
            4 => return 0.7 * sum,
            5 => 0.85 * sum,
            _ => sum,
        };
        match (self.bonding[i], self.bonding[j]) {
            (Some(a), Some(b)) if a != b => scaled.min(HYDROGEN_BOND),
            _ => scaled,
        }
    }

    /// The bounds matrix, and the distances that planar bonds fix with it; where the graph leaves the side open, the
    /// bounds do too.
    pub(super) fn bounds(&self) -> (Bounds, Vec<Known>) {
        let mut planar = Vec::new();
        for bond in &self.planar {
            let Some(reference) = bond.cis else { continue };
            for &(pair, same, cis, trans) in &bond.chains {
                let distance = if same == reference { cis } else { trans };
                planar.push(Known { pair, distance, slack: TORSION_SLACK });
            }
        }
        // Strained frames contradict ideal angles: tolerances grow until no triangle is violated.
        for scale in [1.0, 2.0, 4.0, 8.0] {
            let mut bounds = self.unsmoothed(&planar, scale);
            if bounds.smooth(false) {
                return (bounds, planar);
            }
        }
        let mut bounds = self.unsmoothed(&planar, 8.0);
        let n = bounds.atoms;
        for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
            let upper = bounds.upper(i, j);
            if self.apart(i, j) > 1 {
                bounds.set(i, j, 0.6 * bounds.lower(i, j), upper);
            }
        }
        bounds.smooth(true);
        (bounds, planar)
    }

    fn unsmoothed(&self, planar: &[Known], scale: f64) -> Bounds {
        let n = self.van_der_waals.len();
        let mut bounds = Bounds::new(n);
        for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
            bounds.set(i, j, self.contact(i, j), FAR);
        }
        let level = |i: usize, j: usize, wanted: u8| self.apart(i, j) == wanted;
        let mut widen = |[i, j]: [usize; 2], lower: f64, upper: f64| {
            // Small rings join two atoms in more than one way.
            if bounds.upper(i, j) < FAR {
                let (l, u) = (bounds.lower(i, j), bounds.upper(i, j));
                bounds.set(i, j, l.min(lower), u.max(upper));
            } else {
                bounds.set(i, j, lower, upper);
            }
        };
        let open = self.planar.iter().filter(|bond| bond.cis.is_none());
        let open = open.flat_map(|bond| bond.chains.iter().map(|&(pair, _, cis, trans)| (pair, cis, trans)));
        for ([i, j], cis, trans) in
            self.chains.iter().copied().chain(open).filter(|chain| level(chain.0[0], chain.0[1], 3))
        {
            let slack = TORSION_SLACK * scale;
            widen([i, j], (cis - slack).max(self.contact(i, j).min(trans - slack)), trans + slack);
        }
        for known in planar.iter().filter(|known| level(known.pair[0], known.pair[1], 3)) {
            widen(known.pair, known.distance - known.slack * scale, known.distance + known.slack * scale);
        }
        for open in self.open_angles.iter().filter(|open| level(open.ends[0], open.ends[1], 2)) {
            widen(open.ends, open.limits[0], open.limits[1]);
        }
        for known in self.angles.iter().filter(|known| level(known.pair[0], known.pair[1], 2)) {
            widen(known.pair, known.distance - known.slack * scale, known.distance + known.slack * scale);
        }
        for known in &self.bonds {
            let slack = known.slack * scale.min(2.0);
            bounds.set(known.pair[0], known.pair[1], known.distance - slack, known.distance + slack);
        }
        bounds
    }
}

fn sorted([i, j]: [usize; 2]) -> [usize; 2] {
    [i.min(j), i.max(j)]
}

fn hydrogen_bonding(view: &View<'_>, atom: AtomIndex) -> Option<HydrogenBonding> {
    let molecule = view.molecule;
    match molecule.atom(atom).element? {
        Element::H => {
            let polar = |other: AtomIndex| matches!(molecule.atom(other).element, Some(Element::N | Element::O));
            molecule.neighbors(atom).any(polar).then_some(HydrogenBonding::Donor)
        }
        Element::O => Some(HydrogenBonding::Acceptor),
        // Of three bonds and trigonal the pair is in the plane's π system.
        Element::N => match (molecule.degree(atom), view.seen.hybridization(atom)) {
            (..=2, _) | (3, Hybridization::Sp3) => Some(HydrogenBonding::Acceptor),
            _ => None,
        },
        _ => None,
    }
}

/// Shortest ways between all atoms [bonds].
fn topology(view: &View<'_>) -> Vec<u8> {
    let n = view.molecule.atom_count();
    let mut all = vec![u8::MAX; n * n];
    for (start, _) in view.molecule.atoms() {
        let row = &mut all[start.index() * n..(start.index() + 1) * n];
        row[start.index()] = 0;
        let mut queue = vec![start];
        let mut done = 0;
        while let Some(&here) = queue.get(done) {
            for other in view.molecule.neighbors(here) {
                if row[other.index()] == u8::MAX && row[here.index()] < u8::MAX - 1 {
                    row[other.index()] = row[here.index()] + 1;
                    queue.push(other);
                }
            }
            done += 1;
        }
    }
    all
}

/// Whether everything about a bond lies in a plane: whether the sides `true` of both ends are cis (`None`: open), and
/// the side of each neighbour of either end.
fn planarity(
    view: &View<'_>,
    index: BondIndex,
    bond: &Bond,
    left: &[AtomIndex],
    right: &[AtomIndex],
) -> Option<(Option<bool>, Vec<bool>, Vec<bool>)> {
    let flat = |atom: AtomIndex| view.seen.hybridization(atom) == Hybridization::Sp2 && view.molecule.degree(atom) <= 3;
    if !flat(bond.begin) || !flat(bond.end) || left.is_empty() || right.is_empty() {
        return None;
    }
    let rings = view.seen.rings();
    let aromatic = |ring: &usize| {
        let atoms = rings.atoms(*ring);
        atoms.len() <= 6 && atoms.iter().all(|&atom| view.seen.is_aromatic(atom))
    };
    let smallest = rings.of_bond(index).first().copied();
    let size = smallest.map_or(usize::MAX, |ring| rings.atoms(ring).len());
    let is_double = view.seen.kekule().bond(index).order == BondOrder::Double;
    let is_aromatic = view.seen.is_aromatic_bond(index) || rings.of_bond(index).iter().any(aromatic);
    let is_amide = !is_double && !is_aromatic && acyl(view, bond).is_some();
    // Conjugation flattens what a small ring allows.
    let is_ring = size < 8;
    if !(is_double || is_aromatic || is_amide || is_ring) || is_amide && size == 8 {
        return None;
    }
    let sides = |neighbors: &[AtomIndex], first: &dyn Fn(AtomIndex) -> bool| {
        neighbors.iter().map(|&atom| first(atom)).collect::<Vec<bool>>()
    };
    // In a ring that is too small for trans, ring atoms are cis to each other.
    if let Some(ring) = smallest.filter(|_| size < 8) {
        let inside = |atom: AtomIndex| rings.atoms(ring).contains(&atom);
        return Some((Some(true), sides(left, &inside), sides(right, &inside)));
    }
    if let Some((a, d, cis)) = stated_side(view.seen.kekule(), index) {
        return Some((Some(cis), sides(left, &|atom| atom == a), sides(right, &|atom| atom == d)));
    }
    let heavy = |list: &[AtomIndex]| {
        let is_heavy = |atom: &&AtomIndex| view.molecule.atom(**atom).element != Some(Element::H);
        *list.iter().find(is_heavy).unwrap_or(&list[0])
    };
    let (mut a, mut d) = (heavy(left), heavy(right));
    let mut cis = None;
    if is_amide {
        // Z: the double-bonded atom is cis to the substituent.
        let (carbon_first, oxygen) = acyl(view, bond).expect("checked above");
        *(if carbon_first { &mut a } else { &mut d }) = oxygen;
        let others = if carbon_first { right } else { left };
        let heavy_count = others.iter().filter(|&&atom| view.molecule.atom(atom).element != Some(Element::H)).count();
        // Sulphur is too large: thioamides and thiosemicarbazides are found on both sides.
        let is_open = heavy_count == 2 || view.molecule.atom(oxygen).element == Some(Element::S);
        cis = if is_open { None } else { Some(true) };
    } else if size < 12 {
        let ring = smallest.expect("a size is of a ring");
        let inside = |atom: AtomIndex| rings.atoms(ring).contains(&atom);
        return Some((Some(true), sides(left, &inside), sides(right, &inside)));
    }
    Some((cis, sides(left, &|atom| atom == a), sides(right, &|atom| atom == d)))
}

/// For a single bond between the carbon of C=O or C=S and N or O: whether the carbon begins it, and the atom doubly bonded to
/// it.
fn acyl(view: &View<'_>, bond: &Bond) -> Option<(bool, AtomIndex)> {
    let is =
        |atom: AtomIndex, elements: &[Element]| view.molecule.atom(atom).element.is_some_and(|e| elements.contains(&e));
    for (carbon, other, first) in [(bond.begin, bond.end, true), (bond.end, bond.begin, false)] {
        if !is(carbon, &[Element::C]) || !is(other, &[Element::N, Element::O]) || view.seen.is_aromatic(carbon) {
            continue;
        }
        let double = |&&k: &&BondIndex| {
            let data = view.seen.kekule().bond(k);
            data.order == BondOrder::Double && is(data.other(carbon), &[Element::O, Element::S])
        };
        if let Some(&k) = view.molecule.bonds_of(carbon).iter().find(double) {
            return Some((first, view.molecule.bond(k).other(carbon)));
        }
    }
    None
}
