//! Bonds that retrosynthesis would cut.

use super::cut::{CutBond, cut_bonds, pieces};
use crate::perceive::Perception;
use crate::smarts::{MatchOptions, Pattern, Target};
use crate::{BondIndex, BondOrder, Molecule};
use std::sync::LazyLock;

/// A bond that BRICS cuts, and the kinds of its two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct BricsBond {
    /// The bond.
    pub bond: BondIndex,
    /// Environment of the bond's first atom, 1 to 16 as the paper numbers them.
    pub begin: u16,
    /// Environment of the bond's second atom.
    pub end: u16,
}

/// Two environments between which bonds of an order are cut.
struct Rule {
    first: usize,
    second: usize,
    labels: [u16; 2],
    order: BondOrder,
}

struct Rules {
    environments: Vec<Pattern>,
    rules: Vec<Rule>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in and read whole by the tests";
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/brics.csv")[..]);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect(READ)).collect();
    let (environments, bonds): (Vec<_>, Vec<_>) = rows.iter().partition(|row| &row[0] == "environment");
    let place = |name: &str| environments.iter().position(|row| &row[1] == name).expect(READ);
    let label = |name: &str| name.trim_end_matches(char::is_alphabetic).parse().expect(READ);
    let rule = |row: &&csv::StringRecord| Rule {
        first: place(&row[1]),
        second: place(&row[2]),
        labels: [label(&row[1]), label(&row[2])],
        order: if &row[3] == "=" { BondOrder::Double } else { BondOrder::Single },
    };
    Rules {
        rules: bonds.iter().map(rule).collect(),
        // As an environment of one atom, so that every such atom is found.
        environments: environments
            .iter()
            .map(|row| Pattern::from_smarts(&format!("[$({})]", &row[2])).expect(READ))
            .collect(),
    }
});

/// The bonds that BRICS ("breaking of retrosynthetically interesting chemical substructures") cuts, ascending: acyclic
/// bonds between 16 kinds of ends, among them amides, esters, ethers, amines, biaryls and olefins.
///
/// Where several rules fit a bond, the first of the table counts.
///
/// ```
/// use mol_core::{Molecule, fragment::brics_bonds, perceive::Perception};
/// let ketone = Perception::new(&Molecule::from_smiles("CCCOCCC(=O)c1ccccc1")?)?;
/// let found: Vec<_> = brics_bonds(&ketone).iter().map(|cut| (cut.bond.index(), cut.begin, cut.end)).collect();
/// assert_eq!(found, [(2, 4, 3), (3, 3, 4), (7, 6, 16)]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Degen, Wegscheid-Gerlach, Zaliani & Rarey, *ChemMedChem* **3**, 1503 (2008); the environments and four further pairs are
/// those of `RDKit`'s `BRICS` module.
#[must_use]
pub fn brics_bonds(perception: &Perception) -> Vec<BricsBond> {
    let molecule = perception.molecule();
    let target = Target::new(perception);
    let all = MatchOptions { limit: usize::MAX, ..MatchOptions::default() };
    let members = |pattern: &Pattern| {
        let mut flags = vec![false; molecule.atom_count()];
        pattern.matches_in(&target, &all).atoms.iter().for_each(|found| flags[found[0].index()] = true);
        flags
    };
    let members: Vec<Vec<bool>> = RULES.environments.iter().map(members).collect();
    let cut = |(index, bond): (BondIndex, crate::Bond)| {
        let order = perception.order(index);
        let (low, high) = (bond.begin.min(bond.end), bond.begin.max(bond.end));
        let is = |environment: usize, atom: crate::AtomIndex| members[environment][atom.index()];
        RULES.rules.iter().filter(|rule| rule.order == order).find_map(|rule| {
            let forward = is(rule.first, low) && is(rule.second, high);
            let backward = is(rule.first, high) && is(rule.second, low);
            let [at_low, at_high] = match (forward, backward) {
                (true, _) => rule.labels,
                (false, true) => [rule.labels[1], rule.labels[0]],
                (false, false) => return None,
            };
            let (begin, end) = if bond.begin == low { (at_low, at_high) } else { (at_high, at_low) };
            Some(BricsBond { bond: index, begin, end })
        })
    };
    molecule.bonds().filter(|(index, _)| !perception.is_ring_bond(*index)).filter_map(cut).collect()
}

/// The pieces of a molecule with all of its [`brics_bonds`] cut, by their first atoms; a wildcard labelled with the kind of
/// the end closes each.
///
/// ```
/// use mol_core::{Molecule, fragment::brics_fragments, perceive::Perception};
/// let ether = Perception::new(&Molecule::from_smiles("CCCOCC")?)?;
/// let pieces: Vec<String> = brics_fragments(&ether).iter().map(Molecule::to_smiles).collect();
/// assert_eq!(pieces, ["CCC[4*]", "O([3*])[3*]", "C(C)[4*]"]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// As `RDKit`'s `BreakBRICSBonds`. (`BRICSDecompose` cuts one bond after the other, whereby later ends can be of another
/// kind.)
#[must_use]
pub fn brics_fragments(perception: &Perception) -> Vec<Molecule> {
    let cut = |found: BricsBond| CutBond { bond: found.bond, begin_label: found.begin, end_label: found.end };
    let cuts: Vec<CutBond> = brics_bonds(perception).into_iter().map(cut).collect();
    let broken = cut_bonds(perception.molecule(), &cuts).expect("the bonds are of the molecule, each once");
    pieces(&broken).into_iter().map(|(_, piece)| piece).collect()
}
