//! Operations on a molecule that leave its energy as it is, to multiply data by.

use super::{Coordinates, InternalCoordinates};
use crate::Result;
use mol_core::{Molecule, Vec3};

/// An exchange of identical atoms, with or without a mirror image.
///
/// ```text
/// x′ᵢ = x_π(i)    or, mirrored,    x′ᵢ = M x_π(i),   M = diag(−1, 1, 1)
/// ```
///
/// Mirroring flips the sign of every dihedral. Both leave an isolated molecule's energy unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symmetry {
    /// Where the position of each atom comes from, shape `[atoms]`.
    pub from: Vec<usize>,
    /// Whether the image is mirrored.
    pub mirrored: bool,
}

impl Symmetry {
    /// The symmetries of a molecule that invert no centre of the reference structure, the identity among them.
    ///
    /// All automorphisms of the graph, plain and mirrored, are tried on the reference; kept are those that leave every
    /// branch (improper) of `internal` where it is. Exchanging the two hydrogens of CH₂, for example, inverts the carbon and is no
    /// motion of the molecule, but together with a mirror image it is one: ethane-1,2-diol has 16 operations and keeps 4.
    ///
    /// # Errors
    /// If there are more than 10 000 automorphisms, or the reference or `internal` are of another number of atoms than the molecule.
    pub fn of(molecule: &Molecule, internal: &InternalCoordinates, reference: &[Vec3]) -> Result<Vec<Self>> {
        mol_core::Error::check_len("reference positions", molecule.atom_count(), reference.len())?;
        let mut y = vec![0.0; internal.features().len()];
        let mut kept = Vec::new();
        for order in molecule.automorphisms(10_000)? {
            for mirrored in [false, true] {
                let symmetry = Self { from: order.iter().map(|a| a.index()).collect(), mirrored };
                internal.to_features(&symmetry.apply(reference), &mut y)?;
                if internal.same_branches(&y) {
                    kept.push(symmetry);
                }
            }
        }
        Ok(kept)
    }

    /// The image of `positions` `[atoms]`.
    ///
    /// # Panics
    /// If there are fewer positions than atoms.
    #[must_use]
    pub fn apply(&self, positions: &[Vec3]) -> Vec<Vec3> {
        let sign = if self.mirrored { -1.0 } else { 1.0 };
        self.from.iter().map(|k| Vec3::new(sign * positions[*k].x, positions[*k].y, positions[*k].z)).collect()
    }
}
