//! Local chirality: the arrangement of an atom's neighbours in space, as a number that depends on their order.
//!
//! The classes and numbers are those of `OpenSMILES`. A number means something only beside an order of neighbours, so the
//! one operation here is [`Chirality::reordered`]: which number describes the same arrangement in another order. For two
//! classes it is the parity of the permutation; for the others the rotations of the polyhedron are enumerated, which is
//! slow and does not matter for atoms so rare. Deliberately not here: R and S, and whether a centre is one at all.

use crate::{Error, Result};

/// Shape of the coordination of a stereocentre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum ChiralClass {
    /// Four neighbours (or three and a lone pair) at the corners of a tetrahedron: 1 is `@`, anticlockwise, 2 is `@@`.
    Tetrahedral,
    /// Middle of an allene or longer odd cumulene: as a tetrahedron of the four substituents at the two ends.
    Allenal,
    /// Four neighbours in a square: 1 to 3.
    SquarePlanar,
    /// Five neighbours: 1 to 20.
    TrigonalBipyramidal,
    /// Six neighbours: 1 to 30.
    Octahedral,
}

impl ChiralClass {
    /// Largest number of the class.
    #[must_use]
    pub const fn count(self) -> u8 {
        match self {
            Self::Tetrahedral | Self::Allenal => 2,
            Self::SquarePlanar => 3,
            Self::TrigonalBipyramidal => 20,
            Self::Octahedral => 30,
        }
    }

    /// The two letters of SMILES.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Tetrahedral => "TH",
            Self::Allenal => "AL",
            Self::SquarePlanar => "SP",
            Self::TrigonalBipyramidal => "TB",
            Self::Octahedral => "OH",
        }
    }

    /// Number of neighbours of a complete centre.
    const fn neighbors(self) -> usize {
        match self {
            Self::Tetrahedral | Self::Allenal | Self::SquarePlanar => 4,
            Self::TrigonalBipyramidal => 5,
            Self::Octahedral => 6,
        }
    }
}

/// Arrangement of neighbours around an atom: a class and its number.
///
/// The number refers to this order: first the hydrogens that are not atoms of the graph, then the neighbours in the order
/// of [`Molecule::bonds_of`](crate::Molecule::bonds_of), then, if the centre is not complete, its lone pairs. (SMILES
/// counts such a hydrogen *after* the preceding atom; reader and writer translate.)
///
/// ```
/// use mol_core::{ChiralClass, Chirality};
/// let anticlockwise = Chirality::new(ChiralClass::Tetrahedral, 1)?;
/// assert_eq!(anticlockwise.reordered(&[1, 0, 2, 3]).number(), 2); // one exchange mirrors
/// assert_eq!(anticlockwise.reordered(&[1, 2, 0, 3]).number(), 1); // a rotation does not
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "(ChiralClass, u8)", into = "(ChiralClass, u8)")]
pub struct Chirality {
    class: ChiralClass,
    number: u8,
}

impl Chirality {
    /// Number `number` of `class`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] unless 1 ≤ `number` ≤ [`ChiralClass::count`].
    pub fn new(class: ChiralClass, number: u8) -> Result<Self> {
        if (1..=class.count()).contains(&number) {
            Ok(Self { class, number })
        } else {
            let expected = "between 1 and the count of its class";
            Err(Error::InvalidArgument { what: "chirality", expected, got: format!("{}{number}", class.letters()) })
        }
    }

    /// The class.
    #[must_use]
    pub const fn class(self) -> ChiralClass {
        self.class
    }

    /// The number within the class, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }

    /// Which neighbour stands where. Square: around it. Bipyramid and octahedron: top, the equator anticlockwise as seen from
    /// the top, bottom. Places that the class does not have hold their own number; of the others it means nothing.
    pub(crate) fn places(self) -> [u8; 6] {
        placement(self.class, self.number)
    }

    /// The same arrangement with the neighbours listed in another order: place `j` of the new list is place `order[j]` of
    /// the old one.
    ///
    /// A list longer than the class has neighbours says nothing of the class and returns `self`.
    ///
    /// # Panics
    /// If `order` is not a permutation of `0..order.len()`.
    #[must_use]
    pub fn reordered(self, order: &[usize]) -> Self {
        let places = self.class.neighbors();
        if order.len() > places || order.iter().enumerate().all(|(j, &k)| j == k) {
            return self;
        }
        if matches!(self.class, ChiralClass::Tetrahedral | ChiralClass::Allenal) {
            return Self { number: if is_odd(order) { 3 - self.number } else { self.number }, ..self };
        }
        let old = |new: u8| order.get(usize::from(new)).map_or(new, |&k| k as u8);
        let orbit = rotations(self.class, placement(self.class, self.number));
        let same = |number: &u8| orbit.contains(&placement(self.class, *number).map(old));
        let number =
            (1..=self.class.count()).find(same).expect("the numbers enumerate all arrangements up to rotation");
        Self { number, ..self }
    }
}

impl From<Chirality> for (ChiralClass, u8) {
    fn from(chirality: Chirality) -> Self {
        (chirality.class, chirality.number)
    }
}

impl TryFrom<(ChiralClass, u8)> for Chirality {
    type Error = Error;

    fn try_from((class, number): (ChiralClass, u8)) -> Result<Self> {
        Self::new(class, number)
    }
}

/// Whether a permutation is odd.
///
/// # Panics
/// If it is no permutation.
pub(crate) fn is_odd(order: &[usize]) -> bool {
    let mut seen = [false; 8];
    for &k in order {
        assert!(k < order.len() && !std::mem::replace(&mut seen[k], true), "{order:?} is no permutation");
    }
    let inversions: usize = (0..order.len()).map(|i| order[i + 1..].iter().filter(|&&k| k < order[i]).count()).sum();
    inversions % 2 == 1
}

/// Which neighbour stands where. Square: around it. Bipyramid and octahedron: top, the equator anticlockwise as seen from
/// the top, bottom. Unused places hold their own number.
type Placement = [u8; 6];

/// Axis of TB1 to TB20 as (top, bottom), and whether the other three are anticlockwise seen from the top.
#[rustfmt::skip] // a table reads best as one
const BIPYRAMIDS: [(u8, u8, bool); 20] = [
    (0, 4, true), (0, 4, false), (0, 3, true), (0, 3, false), (0, 2, true), (0, 2, false), (0, 1, true), (0, 1, false),
    (1, 4, true), (1, 3, true), (1, 4, false), (1, 3, false), (1, 2, true), (1, 2, false), (2, 4, true), (2, 3, true),
    (3, 4, true), (3, 4, false), (2, 3, false), (2, 4, false),
];

/// Bottom of OH1 to OH30 (the top is always neighbour 0), the path its other four trace in their order (`U`, `Z` or
/// `4`), and whether it is anticlockwise seen from the top.
#[rustfmt::skip] // a table reads best as one
const OCTAHEDRA: [(u8, u8, bool); 30] = [
    (5, b'U', true), (5, b'U', false), (4, b'U', true), (5, b'Z', true), (4, b'Z', true), (3, b'U', true),
    (3, b'Z', true), (5, b'4', false), (4, b'4', false), (5, b'4', true), (4, b'4', true), (3, b'4', false),
    (3, b'4', true), (5, b'Z', false), (4, b'Z', false), (4, b'U', false), (3, b'Z', false), (3, b'U', false),
    (2, b'U', true), (2, b'Z', true), (2, b'4', false), (2, b'4', true), (2, b'Z', false), (2, b'U', false),
    (1, b'U', true), (1, b'Z', true), (1, b'4', false), (1, b'4', true), (1, b'Z', false), (1, b'U', false),
];

/// One representative of a class and number.
fn placement(class: ChiralClass, number: u8) -> Placement {
    let row = usize::from(number) - 1;
    match class {
        ChiralClass::TrigonalBipyramidal => {
            let (top, bottom, anticlockwise) = BIPYRAMIDS[row];
            let [a, b, c, ..] = others(top, bottom);
            if anticlockwise { [top, a, b, c, bottom, 5] } else { [top, a, c, b, bottom, 5] }
        }
        ChiralClass::Octahedral => {
            let (bottom, path, anticlockwise) = OCTAHEDRA[row];
            let [a, b, c, d] = others(0, bottom);
            let around = match path {
                b'U' => [a, b, c, d],
                b'Z' => [a, b, d, c],
                _ => [a, d, b, c],
            };
            let [a, b, c, d] = around;
            if anticlockwise { [0, a, b, c, d, bottom] } else { [0, d, c, b, a, bottom] }
        }
        _ => [[0, 1, 2, 3, 4, 5], [0, 2, 1, 3, 4, 5], [0, 1, 3, 2, 4, 5]][row],
    }
}

/// The first neighbours that are not on the axis, ascending.
fn others(top: u8, bottom: u8) -> [u8; 4] {
    let mut rest = (0..6).filter(|&k| k != top && k != bottom);
    std::array::from_fn(|_| rest.next().expect("six minus two is four"))
}

/// All placements that are rotations of one (of a square also the other face).
fn rotations(class: ChiralClass, start: Placement) -> Vec<Placement> {
    let generators: [[usize; 6]; 2] = match class {
        ChiralClass::TrigonalBipyramidal => [[0, 2, 3, 1, 4, 5], [4, 1, 3, 2, 0, 5]],
        ChiralClass::Octahedral => [[0, 2, 3, 4, 1, 5], [4, 1, 0, 3, 5, 2]],
        _ => [[1, 2, 3, 0, 4, 5], [3, 2, 1, 0, 4, 5]],
    };
    let mut orbit = vec![start];
    let mut done = 0;
    while done < orbit.len() {
        for turn in &generators {
            let turned = turn.map(|k| orbit[done][k]);
            if !orbit.contains(&turned) {
                orbit.push(turned);
            }
        }
        done += 1;
    }
    orbit
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [(ChiralClass, usize); 3] =
        [(ChiralClass::SquarePlanar, 8), (ChiralClass::TrigonalBipyramidal, 6), (ChiralClass::Octahedral, 24)];

    #[test]
    fn numbers_enumerate_the_arrangements_once() {
        for (class, order_of_group) in SHAPES {
            let orbits: Vec<_> = (1..=class.count()).map(|k| rotations(class, placement(class, k))).collect();
            assert!(orbits.iter().all(|orbit| orbit.len() == order_of_group), "{class:?}");
            let factorial: usize = (1..=class.neighbors()).product();
            assert_eq!(orbits.len() * order_of_group, factorial);
            let mut all: Vec<_> = orbits.concat();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), factorial, "{class:?}: two numbers for one arrangement");
        }
    }

    #[test]
    fn reordering_there_and_back_is_the_identity() {
        for (class, _) in SHAPES.into_iter().chain([(ChiralClass::Tetrahedral, 12), (ChiralClass::Allenal, 12)]) {
            let mut order: Vec<usize> = (0..class.neighbors()).collect();
            let mut rng = crate::Seed::new(3).rng();
            for number in 1..=class.count() {
                rng.shuffle(&mut order);
                let mut back = vec![0; order.len()];
                order.iter().enumerate().for_each(|(j, &k)| back[k] = j);
                let chirality = Chirality::new(class, number).unwrap();
                assert_eq!(chirality.reordered(&order).reordered(&back), chirality);
            }
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert!(Chirality::new(ChiralClass::Tetrahedral, 0).is_err());
        let message = Chirality::new(ChiralClass::Octahedral, 31).unwrap_err().to_string();
        assert!(message.contains("OH31"), "{message}");
    }
}
