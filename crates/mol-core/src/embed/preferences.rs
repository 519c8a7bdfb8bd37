//! Torsion preferences of crystal structures: which bonds of a molecule have one, and which.
//!
//! The tables are SMARTS with six terms each, more special ones first; the first that matches a bond counts. Deliberately
//! not here: what a graph knows without crystals (amides, marked double bonds), which the bounds hold.

use crate::perceive::{Hybridization, Perception};
use crate::smarts::{MatchOptions, Pattern, Target};
use crate::{AtomIndex, Molecule};
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// Matches of one pattern that are looked at, for each bond: more than the ends of a bond can be chosen in either direction.
const MATCHES: usize = 32;
/// Atoms of the smallest ring that is a macrocycle.
const MACROCYCLE: usize = 9;
/// A bond on more rings than this has no preference.
const RINGS: usize = 3;
/// Twofold barrier of bonds inside flat rings [kcal/mol].
const FLAT: f64 = 100.0;

/// Which tables are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PreferenceTables {
    /// The table for bonds outside rings, `None` for no preferences at all.
    pub version: Option<PreferenceVersion>,
    /// Whether bonds in rings of up to eight atoms have preferences.
    pub small_rings: bool,
    /// Whether bonds in rings of nine and more atoms have preferences.
    pub macrocycles: bool,
}

impl Default for PreferenceTables {
    /// The second version with macrocycles, without small rings.
    fn default() -> Self {
        Self { version: Some(PreferenceVersion::Second), small_rings: false, macrocycles: true }
    }
}

/// Version of the preferences of bonds outside rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreferenceVersion {
    /// S. Riniker, G. A. Landrum, *J. Chem. Inf. Model.* **55**, 2562 (2015).
    First,
    /// Its revision.
    Second,
}

/// The preference of one bond,
///
/// ```text
/// E = Σₙ Vₙ (1 + sₙ cos nφ),   n = 1 … 6
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TorsionPreference {
    /// The atoms of φ, the bond in the middle.
    pub atoms: [AtomIndex; 4],
    /// s, each +1 or −1.
    pub signs: [f64; 6],
    /// V, in kcal/mol as far as such fits have units.
    pub constants: [f64; 6],
}

struct Row {
    pattern: Pattern,
    /// Places of the atoms mapped 1 to 4 in a match.
    places: [usize; 4],
    signs: [f64; 6],
    constants: [f64; 6],
}

/// A table by the name of its set, read when first used.
fn rows(set: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(include_str!("../../data/torsion_preferences.csv").as_bytes());
    let records = reader.records().map(|record| record.expect("a table by script"));
    let of_set = records.filter(|record| &record[0] == set);
    let row = |record: csv::StringRecord| {
        let pattern = Pattern::from_smarts(&record[1]).expect("a pattern the reference reads");
        let maps = pattern.map_numbers();
        let place = |number: u32| maps.iter().position(|&map| map == number).expect("four mapped atoms");
        let number = |column: usize| record[column].parse().expect("a number");
        Row {
            places: [1, 2, 3, 4].map(place),
            signs: std::array::from_fn(|n| number(2 + 2 * n)),
            constants: std::array::from_fn(|n| number(3 + 2 * n)),
            pattern,
        }
    };
    of_set.map(row).collect()
}

static FIRST: LazyLock<Vec<Row>> = LazyLock::new(|| rows("version1"));
static SECOND: LazyLock<Vec<Row>> = LazyLock::new(|| rows("version2"));
static SMALL_RINGS: LazyLock<Vec<Row>> = LazyLock::new(|| rows("small_rings"));
static MACROCYCLES: LazyLock<Vec<Row>> = LazyLock::new(|| rows("macrocycles"));

/// The preferences of a molecule, at most one for each bond, in the order of the tables.
///
/// Bonds on more than three rings, and on rings that share two bonds or more with another (bridged ones), have none. All
/// hydrogens must be atoms: many patterns ask for them.
///
/// ```
/// use mol_core::{Molecule, embed::{PreferenceTables, torsion_preferences}, perceive::Perception};
/// let butane = Molecule::from_smiles("CCCC")?.with_explicit_hydrogens()?;
/// let found = torsion_preferences(&Perception::new(&butane)?, PreferenceTables::default());
/// assert_eq!(found[0].constants, [0.0, 0.0, 4.0, 0.0, 0.0, 0.0]); // staggered
/// # Ok::<(), mol_core::Error>(())
/// ```
#[must_use]
pub fn torsion_preferences(seen: &Perception, tables: PreferenceTables) -> Vec<TorsionPreference> {
    let base: &[Row] = match tables.version {
        None => return Vec::new(),
        Some(PreferenceVersion::First) => &FIRST,
        Some(PreferenceVersion::Second) => &SECOND,
    };
    let mut found = Vec::new();
    let molecule = seen.kekule();
    let target = Target::new(seen);
    let mut done = excluded(seen);
    let limit = MATCHES * molecule.bond_count();
    let has_ring = |least: usize| seen.rings().iter().any(|ring| ring.len() >= least);
    let mut search = |rows: &[Row]| {
        for row in rows {
            let options = MatchOptions { unique: false, limit, ..MatchOptions::default() };
            for atoms in row.pattern.matches_in(&target, &options).atoms {
                let atoms = row.places.map(|place| atoms[place]);
                let bond = molecule.bond_between(atoms[1], atoms[2]).expect("patterns bind the middle atoms").index();
                if !std::mem::replace(&mut done[bond], true) {
                    found.push(TorsionPreference { atoms, signs: row.signs, constants: row.constants });
                }
            }
        }
    };
    search(base);
    if tables.small_rings && has_ring(3) {
        search(&SMALL_RINGS);
    }
    if tables.macrocycles && has_ring(MACROCYCLE) {
        search(&MACROCYCLES);
    }
    found
}

/// Whether each bond is kept out of the tables, shape `[bonds]`.
fn excluded(seen: &Perception) -> Vec<bool> {
    let rings = seen.rings();
    let mut out: Vec<bool> = seen.kekule().bonds().map(|(bond, _)| rings.of_bond(bond).len() > RINGS).collect();
    for i in 0..rings.len() {
        let own: FxHashSet<_> = rings.bonds(i).iter().collect();
        for j in i + 1..rings.len() {
            if rings.bonds(j).iter().filter(|bond| own.contains(bond)).count() > 1 {
                for bond in rings.bonds(i).iter().chain(rings.bonds(j)) {
                    out[bond.index()] = true;
                }
            }
        }
    }
    out
}

/// Flat rings: a twofold term about each bond of rings of four to six atoms whose four atoms are all trigonal, unless the
/// bond is among `done`.
pub(super) fn flat_rings(molecule: &Molecule, seen: &Perception, done: &[TorsionPreference]) -> Vec<TorsionPreference> {
    let mut known: FxHashSet<_> =
        done.iter().filter_map(|torsion| molecule.bond_between(torsion.atoms[1], torsion.atoms[2])).collect();
    let mut found = Vec::new();
    for ring in seen.rings().iter().filter(|ring| (4..=6).contains(&ring.len())) {
        for first in 0..ring.len() {
            let atoms: [AtomIndex; 4] = std::array::from_fn(|k| ring[(first + k) % ring.len()]);
            let Some(bond) = molecule.bond_between(atoms[1], atoms[2]) else { continue };
            if atoms.iter().all(|&atom| seen.hybridization(atom) == Hybridization::Sp2) && known.insert(bond) {
                let (signs, constants) = ([1.0, -1.0, 1.0, 1.0, 1.0, 1.0], [0.0, FLAT, 0.0, 0.0, 0.0, 0.0]);
                found.push(TorsionPreference { atoms, signs, constants });
            }
        }
    }
    found
}
