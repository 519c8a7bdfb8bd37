//! The largest fragment.

use super::{Change, Cleaned};
use crate::descriptor::exact_mass;
use crate::fragment::pieces;
use crate::{Molecule, Result};

/// The fragment with most atoms, hydrogens included; of equally many the heaviest, then the one whose canonical SMILES comes
/// first. Conformers are left behind if a fragment is.
///
/// ```
/// use mol_core::{Molecule, standardize::{Change, largest_fragment}};
/// let salt = Molecule::from_smiles("[Na+].CC(=O)[O-].O")?;
/// let cleaned = largest_fragment(&salt)?;
/// assert_eq!(cleaned.molecule.to_smiles(), "CC(=O)[O-]");
/// assert_eq!(cleaned.changes[0], Change::Removed { smiles: "[Na+]".into() });
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// As `RDKit`'s `LargestFragmentChooser`.
///
/// # Errors
/// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
pub fn largest_fragment(molecule: &Molecule) -> Result<Cleaned> {
    let mut fragments = Vec::new();
    for (_, piece) in pieces(molecule) {
        let size: usize = piece.atoms().map(|(atom, _)| 1 + usize::from(piece.hydrogens(atom))).sum();
        let smiles = piece.to_canonical_smiles()?;
        fragments.push((size, exact_mass(&piece), smiles, piece));
    }
    if fragments.len() < 2 {
        return Ok(Cleaned { molecule: molecule.clone(), changes: Vec::new() });
    }
    let best = (0..fragments.len())
        .min_by(|&a, &b| {
            let ([a, b], by) = ([&fragments[a], &fragments[b]], |x: &(usize, f64, String, Molecule)| (x.0, x.1));
            let larger = by(b).0.cmp(&by(a).0).then(by(b).1.total_cmp(&by(a).1));
            larger.then_with(|| a.2.cmp(&b.2))
        })
        .expect("there are at least two");
    let (_, _, _, chosen) = fragments.remove(best);
    let changes = fragments.into_iter().map(|(_, _, smiles, _)| Change::Removed { smiles }).collect();
    Ok(Cleaned { molecule: chosen, changes })
}
