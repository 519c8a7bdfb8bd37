//! Functional groups written in one way.

use super::{Change, Cleaned, state_hydrogens};
use crate::perceive::Perception;
use crate::smarts::{MatchOptions, Pattern, Target};
use crate::{AtomIndex, BondOrder, Molecule, Result};
use std::sync::LazyLock;

/// A group, and how it is to be written: what is added to the charges of its atoms, and the orders of its bonds, by the
/// atoms of the pattern.
struct Rule {
    name: &'static str,
    smarts: &'static str,
    charges: &'static [(usize, i8)],
    orders: &'static [(usize, usize, BondOrder)],
}

/// Each takes a double or triple bond away, or charges: none can undo another.
const RULES: &[Rule] = &[
    Rule {
        name: "nitro and N-oxide",
        smarts: "[#7;+0;v5]=[O,S,Se,Te;+0;X1]",
        charges: &[(0, 1), (1, -1)],
        orders: &[(0, 1, BondOrder::Single)],
    },
    Rule {
        name: "azide and diazo",
        smarts: "[N;+0;v5](=[N,C])#[N;+0;X1]",
        charges: &[(0, 1), (2, -1)],
        orders: &[(0, 2, BondOrder::Double)],
    },
    Rule {
        name: "sulfone",
        smarts: "[S;+2;X4]([O;-;X1])[O;-;X1]",
        charges: &[(0, -2), (1, 1), (2, 1)],
        orders: &[(0, 1, BondOrder::Double), (0, 2, BondOrder::Double)],
    },
    Rule {
        name: "phosphoryl",
        smarts: "[P;+;X4][O,S,Se;-;X1]",
        charges: &[(0, -1), (1, 1)],
        orders: &[(0, 1, BondOrder::Double)],
    },
    Rule {
        name: "oxoacid of a halogen",
        smarts: "[Cl,Br,I;!$(*~[!#8])]=[O;+0;X1]",
        charges: &[(0, 1), (1, -1)],
        orders: &[(0, 1, BondOrder::Single)],
    },
];

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let read = |rule: &Rule| Pattern::from_smarts(rule.smarts).expect("a constant that the tests read");
    RULES.iter().map(read).collect()
});

/// Writes groups that are drawn in several ways in one: nitro groups, N-oxides, azides, diazo compounds and the oxoacids of
/// halogens with separated charges, sulfones and phosphoryl groups with double bonds. Sulfoxides stay as they are.
/// Conformers are left behind if something is changed.
///
/// The first four forms are those into which `RDKit` brings what it reads; its `Normalizer` knows more rules.
///
/// ```
/// use mol_core::{Molecule, standardize::normalize_groups};
/// let normal = |smiles| Ok::<_, mol_core::Error>(normalize_groups(&Molecule::from_smiles(smiles)?)?.molecule.to_smiles());
/// assert_eq!(normal("CN(=O)=O")?, "C[N+]([O-])=O");
/// assert_eq!(normal("CN=N#N")?, "CN=[N+]=[N-]");
/// assert_eq!(normal("C[P+](C)(C)[O-]")?, "CP(C)(C)=O");
/// assert_eq!(normal("CS(C)=O")?, "CS(C)=O");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
pub fn normalize_groups(molecule: &Molecule) -> Result<Cleaned> {
    let mut changes = Vec::new();
    let mut perception = Perception::new(molecule)?;
    loop {
        let rewritten = rewrite(&perception, &mut changes);
        let Some(next) = rewritten else { break };
        perception = Perception::new(&next)?;
    }
    let molecule = if changes.is_empty() { molecule.clone() } else { perception.molecule().clone() };
    Ok(Cleaned { molecule, changes })
}

/// One pass of all rules over groups that do not touch, `None` if no rule fits. Every change takes away a multiple bond or a
/// charge of more, so passes come to an end.
fn rewrite(perception: &Perception, changes: &mut Vec<Change>) -> Option<Molecule> {
    let molecule = perception.kekule();
    let target = Target::new(perception);
    let mut builder = molecule.to_builder();
    let mut touched = vec![false; molecule.atom_count()];
    let before = changes.len();
    let all = MatchOptions { limit: usize::MAX, ..MatchOptions::default() };
    for (rule, pattern) in RULES.iter().zip(PATTERNS.iter()) {
        for group in pattern.matches_in(&target, &all).atoms {
            let mut atoms = rule.charges.iter().map(|&(k, _)| group[k]);
            let fits =
                rule.charges.iter().all(|&(k, added)| molecule.atom(group[k]).charge.checked_add(added).is_some());
            if !fits || atoms.any(|atom| touched[atom.index()]) {
                continue;
            }
            for &(k, added) in rule.charges {
                touched[group[k].index()] = true;
                if let Some(atom) = builder.atom_mut(group[k]) {
                    atom.charge += added;
                }
            }
            for &(a, b, order) in rule.orders {
                let bond = molecule.bond_between(group[a], group[b]).expect("the pattern has this bond");
                builder.bond_data_mut(bond).order = order;
            }
            let atoms: Vec<AtomIndex> = group;
            changes.push(Change::Rewritten { rule: rule.name.to_owned(), atoms });
        }
    }
    for (atom, _) in molecule.atoms().filter(|(atom, _)| touched[atom.index()]) {
        state_hydrogens(&mut builder, atom, molecule.hydrogens(atom));
    }
    (changes.len() > before).then(|| builder.finish())
}
