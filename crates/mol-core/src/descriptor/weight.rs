//! Molecular weight and exact mass.

use crate::fingerprint::rdkit_elements::{RdkitElement, rdkit_element};
use crate::units::ELECTRON_MASS;
use crate::{Atom, Molecule};

/// Whose standard atomic weights a molecular weight is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum AtomicWeights {
    /// Those of IUPAC's commission ([`Element::mass`](crate::Element::mass)).
    #[default]
    Ciaaw,
    /// Those compiled into `RDKit`, older in places (S 32.067), to reproduce weights that were made with it.
    Rdkit,
}

/// Molecular weight [u]: standard atomic weights of the atoms, all hydrogens included; a labelled atom weighs what its
/// isotope weighs, a wildcard nothing.
///
/// ```text
/// M = Σ w(element)
/// ```
///
/// ```
/// use mol_core::{Molecule, descriptor::{AtomicWeights, molecular_weight}};
/// let thiophene = Molecule::from_smiles("c1ccsc1")?;
/// assert!((molecular_weight(&thiophene, AtomicWeights::Ciaaw) - 84.136).abs() < 1e-9);
/// assert!((molecular_weight(&thiophene, AtomicWeights::Rdkit) - 84.143).abs() < 1e-9);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[must_use]
pub fn molecular_weight(molecule: &Molecule, weights: AtomicWeights) -> f64 {
    match weights {
        AtomicWeights::Ciaaw => molecule.mass(),
        AtomicWeights::Rdkit => total(molecule, |element| element.weight),
    }
}

/// Mass of the molecule made of the commonest isotope of each element [u] ("monoisotopic mass"), labelled atoms of theirs;
/// an ion lacks or has more the mass of its electrons.
///
/// ```
/// use mol_core::{Molecule, descriptor::exact_mass};
/// let caffeine = Molecule::from_smiles("CN1C=NC2=C1C(=O)N(C(=O)N2C)C")?;
/// assert!((exact_mass(&caffeine) - 194.08038).abs() < 1e-5);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[must_use]
pub fn exact_mass(molecule: &Molecule) -> f64 {
    total(molecule, |element| element.commonest) - molecule.charge() as f64 * ELECTRON_MASS
}

fn total(molecule: &Molecule, of: fn(&RdkitElement) -> f64) -> f64 {
    let hydrogen = of(rdkit_element(1));
    let atom_mass = |atom: &Atom| match (atom.element, atom.isotope) {
        (Some(element), None | Some(0)) => of(rdkit_element(element.number())),
        _ => atom.mass(),
    };
    molecule.atoms().map(|(k, atom)| atom_mass(atom) + f64::from(molecule.hydrogens(k)) * hydrogen).sum()
}
