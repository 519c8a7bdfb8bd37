//! Molecular weight and exact mass.

use crate::units::ELECTRON_MASS;
use crate::{Atom, Element, Molecule};
use std::sync::LazyLock;

/// Whose standard atomic weights a molecular weight is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum AtomicWeights {
    /// Those of IUPAC's commission ([`Element::mass`]).
    #[default]
    Ciaaw,
    /// Those compiled into `RDKit`, older in places (S 32.067), to reproduce weights that were made with it.
    Rdkit,
}

/// What `RDKit` knows of an element.
pub(super) struct RdkitElement {
    weight: f64,
    commonest: f64,
    /// Bond radius of Labute's surface [Å].
    pub(super) radius: f64,
}

/// By atomic number; 0 is the wildcard.
pub(super) static RDKIT: LazyLock<Vec<RdkitElement>> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in and read whole by the tests";
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/rdkit_elements.csv")[..]);
    let rows = reader.records().map(|row| {
        let row = row.expect(READ);
        let value = |k: usize| row[k].parse().expect(READ);
        RdkitElement { weight: value(1), commonest: value(2), radius: value(3) }
    });
    std::iter::once(RdkitElement { weight: 0.0, commonest: 0.0, radius: 0.0 }).chain(rows).collect()
});

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
    let table = &*RDKIT;
    let hydrogen = of(&table[1]);
    let atom_mass = |atom: &Atom| match (atom.element, atom.isotope) {
        (Some(element), None | Some(0)) => of(&table[usize::from(element.number())]),
        _ => atom.mass(),
    };
    molecule.atoms().map(|(k, atom)| atom_mass(atom) + f64::from(molecule.hydrogens(k)) * hydrogen).sum()
}

/// The row of an element.
pub(super) fn rdkit_element(number: u8) -> &'static RdkitElement {
    debug_assert!(usize::from(number) <= Element::COUNT, "an atomic number");
    &RDKIT[usize::from(number)]
}
