//! Why an attempt to embed was refused, and how often for which reason.

use crate::AtomIndex;
use std::fmt;

/// What was wrong with one attempt, atoms numbered as in the whole molecule.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Refusal {
    /// The bounds of the distances cannot be met.
    Distances {
        /// Violation per atom, see docs/methods/embed.md.
        violation: f64,
    },
    /// A bond is too long or too short.
    Bond {
        /// Its ends.
        bond: [AtomIndex; 2],
        /// What it is [Å].
        length: f64,
        /// What it should be [Å].
        ideal: f64,
    },
    /// Two atoms that are not bonded are as near as bonded ones.
    Clash {
        /// Which two.
        atoms: [AtomIndex; 2],
        /// How far apart [Å].
        distance: f64,
    },
    /// A tetrahedral atom lies outside the tetrahedron of its neighbours.
    Tetrahedron {
        /// Which.
        atom: AtomIndex,
    },
    /// A stated stereocentre is not as stated.
    Stereocentre {
        /// Which.
        atom: AtomIndex,
        /// Whether it is inverted rather than flat.
        inverted: bool,
    },
    /// The neighbours of a square, bipyramid or octahedron, or the ends of an allene, do not stand as stated.
    Shape {
        /// The atom that states it.
        atom: AtomIndex,
    },
    /// A marked double bond is not on its side.
    DoubleBond {
        /// Its ends.
        bond: [AtomIndex; 2],
        /// Whether the mark says cis.
        cis: bool,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Distances { violation } => {
                write!(out, "the distances cannot be met (violation {violation:.3} per atom)")
            }
            Self::Bond { bond: [begin, end], length, ideal } => {
                write!(out, "bond {begin}-{end} is {length:.2} Å long instead of {ideal:.2}")
            }
            Self::Clash { atoms: [i, j], distance } => write!(out, "atoms {i} and {j} clash at {distance:.2} Å"),
            Self::Tetrahedron { atom } => write!(out, "atom {atom} lies outside the tetrahedron of its neighbours"),
            Self::Stereocentre { atom, inverted } => {
                write!(out, "the stereocentre at atom {atom} is {}", if *inverted { "inverted" } else { "flat" })
            }
            Self::Shape { atom } => write!(out, "the neighbours of atom {atom} do not stand as stated"),
            Self::DoubleBond { bond: [begin, end], cis } => {
                write!(out, "the double bond {begin}-{end} is not {}", if *cis { "cis" } else { "trans" })
            }
        }
    }
}

/// Refused attempts by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Refusals {
    /// Bounds of distances that could not be met.
    pub distances: usize,
    /// Bonds off by more than 15 %.
    pub bonds: usize,
    /// Atoms as near as bonded ones.
    pub clashes: usize,
    /// Atoms outside the tetrahedron of their neighbours.
    pub tetrahedra: usize,
    /// Stereocentres that were inverted or flat.
    pub stereocentres: usize,
    /// Squares, bipyramids, octahedra and allenes that were not as stated.
    pub shapes: usize,
    /// Marked double bonds on the wrong side.
    pub double_bonds: usize,
}

impl Refusals {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.distances
            + self.bonds
            + self.clashes
            + self.tetrahedra
            + self.stereocentres
            + self.shapes
            + self.double_bonds
    }

    /// Counts one more.
    pub(super) const fn count(&mut self, refusal: &Refusal) {
        let field = match refusal {
            Refusal::Distances { .. } => &mut self.distances,
            Refusal::Bond { .. } => &mut self.bonds,
            Refusal::Clash { .. } => &mut self.clashes,
            Refusal::Tetrahedron { .. } => &mut self.tetrahedra,
            Refusal::Stereocentre { .. } => &mut self.stereocentres,
            Refusal::Shape { .. } => &mut self.shapes,
            Refusal::DoubleBond { .. } => &mut self.double_bonds,
        };
        *field += 1;
    }

    /// Adds the counts of another.
    pub(super) const fn add(&mut self, other: &Self) {
        self.distances += other.distances;
        self.bonds += other.bonds;
        self.clashes += other.clashes;
        self.tetrahedra += other.tetrahedra;
        self.stereocentres += other.stereocentres;
        self.shapes += other.shapes;
        self.double_bonds += other.double_bonds;
    }
}
