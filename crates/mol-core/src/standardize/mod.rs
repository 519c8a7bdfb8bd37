//! Clean-up of molecules before they are compared or learned from: the largest fragment, charges taken off, groups written in
//! one way.
//!
//! [`standardize`] takes all steps, one after the other. Each step gives a [`Cleaned`] molecule together with the [`Change`]s that led to it, so that a data set's clean-up can be
//! read afterwards. The rules are `RDKit`'s (`rdMolStandardize`), where it has one; see docs/methods/standardize.md.
//! Deliberately not here: tautomers, and acid constants.

mod largest;
mod neutralize;
mod normalize;

pub use largest::largest_fragment;
pub use neutralize::{NeutralizeOptions, neutralize};
pub use normalize::normalize_groups;

use crate::{AtomIndex, Molecule, MoleculeBuilder, Result};

/// Which steps [`standardize`] takes; by default all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct StandardizeOptions {
    /// Whether only the largest fragment is kept.
    pub largest_fragment: bool,
    /// Whether groups are written in one form.
    pub normalize_groups: bool,
    /// How charges are taken off, `None` for not at all.
    pub neutralize: Option<NeutralizeOptions>,
}

impl Default for StandardizeOptions {
    fn default() -> Self {
        Self { largest_fragment: true, normalize_groups: true, neutralize: Some(NeutralizeOptions::default()) }
    }
}

/// Cleans a molecule up: [`largest_fragment`], then [`normalize_groups`], then [`neutralize`].
///
/// ```
/// use mol_core::{Molecule, standardize::{StandardizeOptions, standardize}};
/// let salt = Molecule::from_smiles("[Na+].[O-]C(=O)c1ccc(N(=O)=O)cc1")?;
/// let clean = standardize(&salt, StandardizeOptions::default())?;
/// let acid = Molecule::from_smiles("OC(=O)c1ccc(cc1)[N+](=O)[O-]")?;
/// assert_eq!(clean.molecule.to_canonical_smiles()?, acid.to_canonical_smiles()?);
/// assert_eq!(clean.changes.len(), 3);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
pub fn standardize(molecule: &Molecule, options: StandardizeOptions) -> Result<Cleaned> {
    let mut clean = Cleaned { molecule: molecule.clone(), changes: Vec::new() };
    if options.largest_fragment {
        clean.take(largest_fragment)?;
    }
    if options.normalize_groups {
        clean.take(normalize_groups)?;
    }
    if let Some(how) = options.neutralize {
        clean.take(|molecule| neutralize(molecule, how))?;
    }
    Ok(clean)
}

/// A molecule after one or more steps of clean-up, and what was done.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cleaned {
    /// The molecule; equal to the one before if there are no changes.
    pub molecule: Molecule,
    /// What was changed, in the order in which it was.
    pub changes: Vec<Change>,
}

impl Cleaned {
    /// Takes a further step.
    fn take(&mut self, step: impl Fn(&Molecule) -> Result<Self>) -> Result<()> {
        let next = step(&self.molecule)?;
        self.molecule = next.molecule;
        self.changes.extend(next.changes);
        Ok(())
    }
}

/// One change of a clean-up; atoms are those of the molecule before the step that made it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Change {
    /// A fragment was left out.
    Removed {
        /// Its SMILES.
        smiles: String,
    },
    /// An atom took up or gave away a proton (or a hydride, if carbon or a metal).
    Neutralized {
        /// The atom.
        atom: AtomIndex,
        /// Its charge before [e].
        from: i8,
        /// Its charge after [e].
        to: i8,
    },
    /// A group was written in its usual form.
    Rewritten {
        /// The rule's name.
        rule: String,
        /// The atoms of the group.
        atoms: Vec<AtomIndex>,
    },
}

/// Gives an atom so many hydrogens, stated only where its valence does not imply them.
fn state_hydrogens(builder: &mut MoleculeBuilder, atom: AtomIndex, count: u8) {
    for stated in [None, Some(count)] {
        if let Some(data) = builder.atom_mut(atom) {
            data.hydrogens = stated;
        }
        if builder.molecule().hydrogens(atom) == count {
            return;
        }
    }
}
