//! Indices, bonds and their orders.

/// An atom of one molecule: its position in the list of atoms, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct AtomIndex(pub(super) u32);

/// A bond of one molecule: its position in the list of bonds, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BondIndex(pub(super) u32);

macro_rules! index {
    ($name:ident) => {
        impl $name {
            /// The index of position `position`.
            ///
            /// # Panics
            /// If `position` is 2³² − 1 or more: no molecule is that large.
            #[must_use]
            pub const fn new(position: usize) -> Self {
                assert!(position < u32::MAX as usize, "no molecule has so many members");
                Self(position as u32)
            }

            /// The position.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
index!(AtomIndex);
index!(BondIndex);

/// Order of a bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum BondOrder {
    /// One electron pair.
    Single,
    /// Two electron pairs.
    Double,
    /// Three electron pairs.
    Triple,
    /// Four electron pairs, between metals.
    Quadruple,
    /// Part of an aromatic system, not assigned to single or double.
    Aromatic,
}

impl BondOrder {
    /// Valence that a bond takes of each of its atoms, its σ part only if it is aromatic.
    ///
    /// ```
    /// use mol_core::BondOrder;
    /// assert_eq!([BondOrder::Triple, BondOrder::Aromatic].map(BondOrder::valence), [3, 1]);
    /// ```
    #[must_use]
    pub const fn valence(self) -> usize {
        match self {
            Self::Single | Self::Aromatic => 1,
            Self::Double => 2,
            Self::Triple => 3,
            Self::Quadruple => 4,
        }
    }
}

/// Mark of a single bond beside a double bond: where its end lies as seen from its beginning, on paper.
///
/// Two marks around a double bond together say cis or trans; one alone says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum BondDirection {
    /// The end lies above the beginning (SMILES `/`).
    Up,
    /// The end lies below the beginning (SMILES `\`).
    Down,
}

impl BondDirection {
    /// The mark as seen from the other end.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// A bond with its two atoms, in the order in which it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Bond {
    /// The atom written first.
    pub begin: AtomIndex,
    /// The other atom.
    pub end: AtomIndex,
    /// Order.
    pub order: BondOrder,
    /// Mark, seen from `begin`.
    pub direction: Option<BondDirection>,
}

impl Bond {
    /// The atom at the other end from `atom`.
    ///
    /// # Panics
    /// If `atom` is not one of the two.
    #[must_use]
    pub fn other(&self, atom: AtomIndex) -> AtomIndex {
        if atom == self.begin {
            self.end
        } else {
            assert!(atom == self.end, "atom {atom} is no end of the bond {}-{}", self.begin, self.end);
            self.begin
        }
    }

    /// The mark as seen from `atom`.
    ///
    /// # Panics
    /// If `atom` is not one of the two.
    #[must_use]
    pub fn direction_from(&self, atom: AtomIndex) -> Option<BondDirection> {
        if self.other(atom) == self.end { self.direction } else { self.direction.map(BondDirection::reversed) }
    }
}

/// What an edge of the graph carries; the ends are the graph's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BondData {
    pub(crate) order: BondOrder,
    pub(crate) direction: Option<BondDirection>,
}
