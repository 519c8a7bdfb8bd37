//! Charges taken off by moving protons.

use super::{Change, Cleaned, state_hydrogens};
use crate::Canonical;
use crate::perceive::Perception;
use crate::smarts::{MatchOptions, Pattern, Target};
use crate::{Atom, AtomIndex, BondIndex, ChiralClass, Chirality, Molecule, MoleculeBuilder, Result};
use std::sync::LazyLock;

/// How far [`neutralize`] goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct NeutralizeOptions {
    /// Whether anions are protonated even where cations that cannot lose their charge would then be left without
    /// counter-ions.
    pub force: bool,
    /// Whether only protons move, so that carbocations and metals keep their charges.
    pub protons_only: bool,
}

/// The sites, as `RDKit`'s `Uncharger` describes them.
struct Sites {
    /// Cations with hydrogens, but not beside an anion.
    positive_with_hydrogens: Pattern,
    /// Cations without.
    positive: Pattern,
    negative: Pattern,
    /// Anions of acids, groups that are drawn with separated charges among them.
    acid: Pattern,
}

static SITES: LazyLock<Sites> = LazyLock::new(|| {
    let pattern = |smarts| Pattern::from_smarts(smarts).expect("a constant that the tests read");
    Sites {
        positive_with_hydrogens: pattern("[+,+2,+3,+4;!h0;!$(*~[-]),$(*(~[-])~[-])]"),
        positive: pattern("[+,+2,+3,+4;h0;!$(*~[-])]"),
        negative: pattern("[-!$(*~[+,+2,+3,+4])]"),
        acid: pattern(
            "[$([O,S;-][C,S;+0]=[O,S]),$([O,S;-][N,P;+](=[O,S])[O,S;-]),$([O-][Cl,Br,I;+,+2,+3][O-]),$([n-]1nnnc1),$([n-]1ncnn1)]",
        ),
    }
});

/// Takes off charges by adding and removing protons, as far as this leaves no charge without a counter-charge: a quaternary
/// ammonium keeps one anion. Acids keep their charge before other anions; atoms of equal claim by canonical rank. Groups
/// drawn with separated charges (nitro, N-oxides) stay as they are.
///
/// Hydrogens that are atoms protonate as counted ones do: if a charge is taken off, plain ones are counted at their
/// neighbours in the result. Conformers are left behind if something is changed.
///
/// ```
/// use mol_core::{Molecule, standardize::{NeutralizeOptions, neutralize}};
/// let neutral = |smiles| {
///     let molecule = Molecule::from_smiles(smiles)?;
///     Ok::<_, mol_core::Error>(neutralize(&molecule, NeutralizeOptions::default())?.molecule.to_smiles())
/// };
/// assert_eq!(neutral("[NH3+]CC(=O)[O-]")?, "NCC(=O)O");
/// assert_eq!(neutral("[H][N+]([H])([H])CC(=O)[O-]")?, "NCC(=O)O");
/// assert_eq!(neutral("C[N+](C)(C)CC(=O)[O-]")?, "C[N+](C)(C)CC(=O)[O-]");
/// assert_eq!(neutral("C[N+](C)(C)CC([O-])C(=O)[O-]")?, "C[N+](C)(C)CC(O)C(=O)[O-]");
/// assert_eq!(neutral("C[N+](=O)[O-]")?, "C[N+](=O)[O-]");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// As `RDKit`'s `rdMolStandardize.Uncharger` on a molecule whose hydrogens are counted, as `RDKit` reads files by default;
/// drawn ones it does not take off. It also protonates every anion if the fixed cations are more than they.
///
/// # Errors
/// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
pub fn neutralize(molecule: &Molecule, options: NeutralizeOptions) -> Result<Cleaned> {
    let unchanged = || Cleaned { molecule: molecule.clone(), changes: Vec::new() };
    if molecule.atoms().all(|(_, atom)| atom.charge == 0) {
        return Ok(unchanged());
    }
    let counted = molecule.without_explicit_hydrogens();
    let perception = Perception::new(&counted)?;
    let Cleaned { molecule: neutral, mut changes } = neutralized(&perception, options);
    if changes.is_empty() {
        return Ok(unchanged());
    }
    if counted.atom_count() < molecule.atom_count() {
        // Changes name the atoms as they were given.
        let is_counted = |atom: AtomIndex| {
            let has_mark = |bond: &BondIndex| molecule.bond(*bond).direction.is_some();
            molecule.is_foldable_hydrogen(atom) && !molecule.bonds_of(atom).iter().any(has_mark)
        };
        let kept: Vec<AtomIndex> = molecule.atoms().map(|(atom, _)| atom).filter(|&atom| !is_counted(atom)).collect();
        for change in &mut changes {
            if let Change::Neutralized { atom, .. } = change {
                *atom = kept[atom.index()];
            }
        }
    }
    Ok(Cleaned { molecule: neutral, changes })
}

/// As [`neutralize`], of a molecule whose hydrogens are counted.
fn neutralized(perception: &Perception, options: NeutralizeOptions) -> Cleaned {
    let molecule = perception.molecule();
    let mut work = Work { builder: molecule.to_builder(), molecule, changes: Vec::new(), options };
    let target = Target::new(perception);
    let sites = |pattern: &Pattern| -> Vec<AtomIndex> {
        let all = MatchOptions { limit: usize::MAX, ..MatchOptions::default() };
        pattern.matches_in(&target, &all).atoms.into_iter().map(|atoms| atoms[0]).collect()
    };
    let positive = sites(&SITES.positive_with_hydrogens);
    let charge = |atom: &AtomIndex| i64::from(molecule.atom(*atom).charge);
    let fixed: i64 = sites(&SITES.positive).iter().map(charge).sum::<i64>()
        + positive.iter().filter(|&&atom| work.positive_shift(atom).is_none()).map(charge).sum::<i64>();
    let negative = ordered_anions(perception, sites(&SITES.negative), sites(&SITES.acid), fixed > 0);
    let mut surplus = negative.len() as i64 - if options.force { 0 } else { fixed };
    for atom in negative {
        if surplus <= 0 {
            break;
        }
        if let Some(shift) = work.negative_shift(atom) {
            work.shift(atom, 1, shift);
            surplus -= 1;
        }
    }
    let mut net = work.builder.molecule().charge();
    for atom in positive {
        while work.builder.molecule().atom(atom).charge > 0 && (net > 0 || options.force) {
            let Some(shift) = work.positive_shift(atom) else { break };
            work.shift(atom, -1, shift);
            net -= 1;
        }
    }
    Cleaned { molecule: work.builder.finish(), changes: work.changes }
}

/// Anions in the order in which they lose their charge: those of acids last, without those that balance a cation of their
/// own group.
fn ordered_anions(
    perception: &Perception,
    mut others: Vec<AtomIndex>,
    mut acids: Vec<AtomIndex>,
    order_matters: bool,
) -> Vec<AtomIndex> {
    let molecule = perception.molecule();
    if order_matters {
        let ranks = Canonical::new(perception).ranks();
        for list in [&mut others, &mut acids] {
            list.sort_by_key(|atom| ranks[atom.index()]);
        }
    }
    let mut is_acid = vec![false; molecule.atom_count()];
    for acid in &acids {
        is_acid[acid.index()] = true;
    }
    others.retain(|atom| !is_acid[atom.index()]);
    let mut balanced = vec![0; molecule.atom_count()];
    for &acid in &acids {
        let cation = molecule.neighbors(acid).find(|&other| molecule.atom(other).charge > 0);
        if let Some(cation) = cation.filter(|cation| balanced[cation.index()] < molecule.atom(*cation).charge) {
            balanced[cation.index()] += 1;
            balanced[acid.index()] = 1;
        }
    }
    others.extend(acids.into_iter().filter(|acid| balanced[acid.index()] == 0));
    others
}

struct Work<'a> {
    molecule: &'a Molecule,
    builder: MoleculeBuilder,
    changes: Vec<Change>,
    options: NeutralizeOptions,
}

impl Work<'_> {
    /// What removing a negative charge adds to the hydrogens: a proton, but of a metal a hydride leaves.
    fn negative_shift(&self, atom: AtomIndex) -> Option<i8> {
        match (is_electropositive(self.molecule.atom(atom)), self.hydrogens(atom)) {
            (false, _) => Some(1),
            (true, 0) => None,
            (true, _) => (!self.options.protons_only).then_some(-1),
        }
    }

    /// What removing a positive charge adds to the hydrogens: a proton leaves, but carbon and metals take a hydride.
    fn positive_shift(&self, atom: AtomIndex) -> Option<i8> {
        let data = self.molecule.atom(atom);
        let takes_hydride = data.element == Some(crate::Element::C) || is_electropositive(data);
        match (takes_hydride, self.hydrogens(atom)) {
            (true, _) => (!self.options.protons_only).then_some(1),
            (false, 0) => None,
            (false, _) => Some(-1),
        }
    }

    fn hydrogens(&self, atom: AtomIndex) -> u8 {
        self.builder.molecule().hydrogens(atom)
    }

    /// Changes the charge and the hydrogens of an atom.
    fn shift(&mut self, atom: AtomIndex, charge: i8, hydrogens: i8) {
        let before = self.hydrogens(atom);
        let degree = self.molecule.degree(atom);
        let Some(data) = self.builder.atom_mut(atom) else { return };
        let from = data.charge;
        data.charge += charge;
        let count = before.saturating_add_signed(hydrogens).min(9);
        data.chirality = data.chirality.and_then(|mark| with_hydrogen(mark, before, hydrogens, degree));
        state_hydrogens(&mut self.builder, atom, count);
        self.changes.push(Change::Neutralized { atom, from, to: from + charge });
    }
}

/// A tetrahedral mark after a lone pair became the only hydrogen or the reverse; `None` where the arrangement is lost.
fn with_hydrogen(mark: Chirality, before: u8, added: i8, degree: usize) -> Option<Chirality> {
    let is_whole = mark.class() == ChiralClass::Tetrahedral && degree == 3;
    match (before, added) {
        // The lone pair stands last, a hydrogen first.
        (0, 1) if is_whole => Some(mark.reordered(&[3, 0, 1, 2])),
        (1, -1) if is_whole => Some(mark.reordered(&[1, 2, 3, 0])),
        _ => None,
    }
}

/// Elements left of carbon in the periodic table, and the heavy ones below it.
fn is_electropositive(atom: &Atom) -> bool {
    let number = atom.element.map_or(0, crate::Element::number);
    matches!(number, 3..=5 | 11..=13 | 19..=22 | 30..=32 | 37..=41 | 48..=51 | 55..=61 | 72..=73 | 80..=83 | 87..=93)
}
