//! What all targets of file formats do with a molecule that was read.

use mol_core::descriptor::{Descriptors, gasteiger_charges, synthetic_accessibility};
use mol_core::fragment::brics_fragments;
use mol_core::perceive::{Perception, ValenceModel, check_valence};
use mol_core::standardize::{StandardizeOptions, standardize};
use mol_core::{Molecule, generic_scaffold, murcko_scaffold, side_chains};

/// Largest molecule of which everything is computed.
const MOST_ATOMS: usize = 100;

/// Runs what takes a perceived molecule; nothing may panic, and descriptors are numbers.
pub fn exercise(molecule: &Molecule) {
    if molecule.atom_count() > MOST_ATOMS {
        return;
    }
    let Ok(perception) = Perception::new(molecule) else { return };
    let values = Descriptors::new(&perception).to_vec();
    assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
    let _ = (synthetic_accessibility(&perception), gasteiger_charges(&perception, 4));
    let (scaffold, generic) = (murcko_scaffold(&perception), generic_scaffold(&perception));
    assert_eq!(scaffold.atom_count(), generic.atom_count());
    let heavy = |molecule: &Molecule| molecule.atoms().filter(|(_, atom)| atom.element.is_some()).count();
    let pieces: usize = brics_fragments(&perception).iter().map(heavy).sum();
    assert_eq!(pieces, heavy(molecule));
    let chains: usize = side_chains(&perception).iter().map(heavy).sum();
    assert_eq!(chains + heavy(&scaffold), heavy(molecule));
    let clean = standardize(molecule, StandardizeOptions::default()).expect("perceived already").molecule;
    let again = standardize(&clean, StandardizeOptions::default()).expect("cleaned already");
    // Its rules are of atoms that can be: an oxygen of five bonds may be a cation once its neighbours have lost their charges.
    if check_valence(molecule, ValenceModel::Strict).is_ok() {
        assert!(again.molecule.charge().abs() <= clean.charge().abs());
    }
}
