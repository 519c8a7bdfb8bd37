//! Stated arrangements other than the tetrahedron: squares, bipyramids, octahedra, and the ends of allenes.
//!
//! A polyhedron gives the angles of its neighbours and, where it has a mirror image, the signs of the volumes that four of
//! them span; an allene gives the sign of one volume. Deliberately not here: the shape of centres that state none, whose
//! neighbours only keep away from one another.

use super::handed::Handed;
use crate::geometry::angle;
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Molecule, Vec3};
use smallvec::SmallVec;

/// Volume of four regular neighbours at distance 1 below which they say nothing of the handedness.
const FLAT: f64 = 0.5;
/// Share of the regular volume that is wanted at least.
const SHARE: f64 = 0.5;
/// What an angle may be off [rad]: half the way from an equatorial to an axial place is 0.8.
const BENT: f64 = 0.7;
/// Perpendicular part of a bond at a trigonal atom.
const SINE: f64 = 0.866;

/// The stated polyhedron of an atom.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    atom: AtomIndex,
    /// Where the neighbours stand, in the order of the bonds: unit vectors.
    directions: SmallVec<[Vec3; 6]>,
}

impl Shape {
    /// The square, bipyramid or octahedron that an atom states; lone pairs have the last places.
    pub(super) fn stated(molecule: &Molecule, atom: AtomIndex) -> Option<Self> {
        let chirality = molecule.atom(atom).chirality?;
        let equator = |degrees: f64| Vec3::new(degrees.to_radians().cos(), degrees.to_radians().sin(), 0.0);
        // In the order of `Chirality::places`: anticlockwise as seen from the top.
        let corners: &[Vec3] = match chirality.class() {
            ChiralClass::Tetrahedral | ChiralClass::Allenal => return None,
            ChiralClass::SquarePlanar => &[0.0, 90.0, 180.0, 270.0].map(equator),
            ChiralClass::TrigonalBipyramidal => &[Vec3::z(), equator(0.0), equator(120.0), equator(240.0), -Vec3::z()],
            ChiralClass::Octahedral => &[Vec3::z(), Vec3::x(), Vec3::y(), -Vec3::x(), -Vec3::y(), -Vec3::z()],
        };
        let degree = molecule.degree(atom);
        if !(2..=corners.len()).contains(&degree) {
            return None;
        }
        let places = chirality.places();
        let place = |neighbor: usize| places.iter().position(|&k| usize::from(k) == neighbor).map(|k| corners[k]);
        Some(Self { atom, directions: (0..degree).map(place).collect::<Option<_>>()? })
    }

    /// The angle [rad] between the neighbours behind two bonds of the atom, given by their places among its bonds.
    pub(super) fn angle(&self, i: usize, j: usize) -> f64 {
        self.directions[i].dot(&self.directions[j]).clamp(-1.0, 1.0).acos()
    }

    /// The volumes that fix the handedness: of every four neighbours, or of three with the atom itself.
    pub(super) fn handed(&self, molecule: &Molecule, lengths: &[f64]) -> Vec<Handed> {
        let bonds = molecule.bonds_of(self.atom);
        let mean = bonds.iter().map(|bond| lengths[bond.index()]).sum::<f64>() / bonds.len() as f64;
        let mut corners: SmallVec<[(usize, Vec3); 7]> =
            molecule.neighbors(self.atom).map(AtomIndex::index).zip(self.directions.iter().copied()).collect();
        if corners.len() == 3 {
            corners.push((self.atom.index(), Vec3::zeros()));
        }
        let n = corners.len();
        let mut found = Vec::new();
        for [a, b, c, d] in (0..n).flat_map(|a| {
            (a + 1..n).flat_map(move |b| (b + 1..n).flat_map(move |c| (c + 1..n).map(move |d| [a, b, c, d])))
        }) {
            let [p, q, r, s] = [a, b, c, d].map(|k| corners[k].1);
            let volume = (q - p).dot(&(r - p).cross(&(s - p)));
            if volume.abs() > FLAT {
                let least = SHARE * volume.abs() * mean.powi(3);
                found.push(Handed { corners: [a, b, c, d].map(|k| corners[k].0), sign: volume.signum(), least });
            }
        }
        found
    }
}

/// A row of double bonds through atoms without other bonds.
#[derive(Clone, Debug)]
pub(super) struct Cumulene {
    /// The atoms at its ends.
    ends: [AtomIndex; 2],
    /// Its double bonds, two or more.
    bonds: Vec<BondIndex>,
    /// The substituents of both ends.
    ligands: [SmallVec<[AtomIndex; 2]>; 2],
    /// The atom in the middle of an even number of bonds.
    middle: Option<AtomIndex>,
}

impl Cumulene {
    /// All rows of two and more double bonds whose ends both have one or two substituents.
    pub(super) fn all(molecule: &Molecule) -> Vec<Self> {
        let double = |bond: &BondIndex| molecule.bond(*bond).order == BondOrder::Double;
        let is_inner = |atom: AtomIndex| molecule.degree(atom) == 2 && molecule.bonds_of(atom).iter().all(double);
        let mut found = Vec::new();
        for (start, _) in molecule.atoms().filter(|&(atom, _)| !is_inner(atom)) {
            for &first in molecule.bonds_of(start).iter().filter(|bond| double(bond)) {
                let (mut atoms, mut bonds) = (vec![start], vec![first]);
                let mut here = molecule.bond(first).other(start);
                // An inner atom has one way on, so that a row that does not start inside ends.
                while is_inner(here) {
                    atoms.push(here);
                    let last = bonds[bonds.len() - 1];
                    let Some(&next) = molecule.bonds_of(here).iter().find(|&&bond| bond != last) else { break };
                    bonds.push(next);
                    here = molecule.bond(next).other(here);
                }
                if bonds.len() < 2 || here <= start {
                    continue;
                }
                let ligands = |end: AtomIndex, inner: BondIndex| {
                    let bonds = molecule.bonds_of(end).iter().filter(|&&bond| bond != inner);
                    bonds.map(|&bond| molecule.bond(bond).other(end)).collect::<SmallVec<[AtomIndex; 2]>>()
                };
                let ligands = [ligands(start, first), ligands(here, bonds[bonds.len() - 1])];
                if ligands.iter().all(|list| (1..=2).contains(&list.len())) {
                    let middle = (bonds.len() % 2 == 0).then(|| atoms[bonds.len() / 2]);
                    found.push(Self { ends: [start, here], bonds, ligands, middle });
                }
            }
        }
        found
    }

    /// Atoms whose torsion shows how the ends stand, and whether they stand upright on each other rather than in a plane.
    pub(super) fn torsion(&self) -> ([usize; 4], bool) {
        let atoms = [self.ligands[0][0], self.ends[0], self.ends[1], self.ligands[1][0]];
        (atoms.map(AtomIndex::index), self.middle.is_some())
    }

    /// The middle and the volume that it states; a lone pair counts as the end it belongs to, which lies on its side.
    pub(super) fn handed(&self, molecule: &Molecule, lengths: &[f64]) -> Option<(AtomIndex, Handed)> {
        let middle = self.middle?;
        let chirality = molecule.atom(middle).chirality.filter(|mark| mark.class() == ChiralClass::Allenal)?;
        let length = |a: AtomIndex, b: AtomIndex| molecule.bond_between(a, b).map_or(0.0, |bond| lengths[bond.index()]);
        let width =
            |end: usize| SINE * self.ligands[end].iter().map(|&ligand| length(ligand, self.ends[end])).sum::<f64>();
        let row: f64 = self.bonds.iter().map(|bond| lengths[bond.index()]).sum();
        let pair = |end: usize| {
            let list = &self.ligands[end];
            [list[0], list.get(1).copied().unwrap_or(self.ends[end])].map(AtomIndex::index)
        };
        let ([a, b], [c, d]) = (pair(0), pair(1));
        let sign = if chirality.number() == 1 { -1.0 } else { 1.0 };
        Some((middle, Handed { corners: [a, b, c, d], sign, least: SHARE * width(0) * width(1) * row }))
    }
}

/// What a graph states about an atom besides tetrahedra: a polyhedron, or the middle of an allene.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    pub(super) atom: AtomIndex,
    pub(super) handed: Vec<Handed>,
    /// Neighbour, atom, neighbour, and their angle [rad].
    angles: Vec<([usize; 3], f64)>,
}

impl Stated {
    /// All of a molecule.
    pub(super) fn all(molecule: &Molecule, cumulenes: &[Cumulene], lengths: &[f64]) -> Vec<Self> {
        let polyhedron = |atom: AtomIndex| {
            let shape = Shape::stated(molecule, atom)?;
            let around: SmallVec<[usize; 6]> = molecule.neighbors(atom).map(AtomIndex::index).collect();
            let pairs = (0..around.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
            let angles = pairs.map(|(i, j)| ([around[i], atom.index(), around[j]], shape.angle(i, j))).collect();
            Some(Self { atom, handed: shape.handed(molecule, lengths), angles })
        };
        let polyhedra = molecule.atoms().filter_map(|(atom, _)| polyhedron(atom));
        let allenes = cumulenes.iter().filter_map(|row| {
            let (atom, handed) = row.handed(molecule, lengths)?;
            Some(Self { atom, handed: vec![handed], angles: Vec::new() })
        });
        polyhedra.chain(allenes).collect()
    }

    /// Whether positions show it.
    pub(super) fn is_shown(&self, positions: &[Vec3]) -> bool {
        let is_right = |handed: &Handed| handed.volume(|k| positions[k]).0 >= 0.5 * handed.least;
        let is_near = |&([i, centre, j], ideal): &([usize; 3], f64)| {
            (angle(&positions[i], &positions[centre], &positions[j]) - ideal).abs() < BENT
        };
        self.handed.iter().all(is_right) && self.angles.iter().all(is_near)
    }
}
