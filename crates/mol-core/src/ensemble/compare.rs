//! Conformers laid onto one another, thinned out and clustered.

use super::Ensemble;
use crate::data::{Clusters, butina};
use crate::geometry::{SymmetricRmsd, TorsionAngles, TorsionFingerprint, align};
use crate::{Error, Result, Vec3};
use rayon::prelude::*;

/// Kept conformers that a candidate is compared with at a time.
const BLOCK: usize = 64;

/// What [`Ensemble::prune_rmsd`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pruning {
    /// Conformers that are gone.
    pub removed: usize,
    /// Pairs that the work limit of the symmetric search left undecided; they count as different.
    pub undecided: usize,
}

impl Ensemble {
    /// Lays every conformer onto conformer `onto` by the atoms `selected`, as they are numbered, with `weights` of shape
    /// `[selected]`; gives the deviations of these atoms [Å], shape `[conformers]`. Only rigid motions: no shape changes.
    ///
    /// ```
    /// use mol_core::{Molecule, Vec3, ensemble::Ensemble};
    /// let water = Molecule::from_smiles("O")?.with_explicit_hydrogens()?;
    /// let first = vec![Vec3::zeros(), Vec3::x(), Vec3::y()];
    /// let moved = first.iter().map(|x| x + Vec3::z() * 4.0).collect();
    /// let mut ensemble = Ensemble::new(&water, vec![first, moved], vec![0.0; 2])?;
    /// let deviations = ensemble.align(0, &[0, 1, 2], None)?;
    /// assert!(deviations[1] < 1e-12 && ensemble.conformers()[1][2].z.abs() < 1e-12);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is no such conformer or atom, or the weights are none
    /// ([`superpose`](crate::geometry::superpose)); the ensemble is then as it was.
    pub fn align(&mut self, onto: usize, selected: &[usize], weights: Option<&[f64]>) -> Result<Vec<f64>> {
        let target = self.target(onto)?;
        let mut moved = self.conformers.clone();
        let deviations = moved.iter_mut().map(|mobile| Ok(align(mobile, &target, selected, weights)?.rmsd));
        let deviations = deviations.collect::<Result<Vec<f64>>>()?;
        self.conformers = moved;
        Ok(deviations)
    }

    /// As [`align`](Self::align) with equivalent atoms exchanged where that brings conformers closer; atoms keep their
    /// numbers. Where the work limit ended a search, the best motion found is taken.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is no such conformer, [`Error::ShapeMismatch`] if `symmetric` is of another
    /// molecule; the ensemble is then as it was.
    pub fn align_symmetric(&mut self, onto: usize, symmetric: &SymmetricRmsd) -> Result<Vec<f64>> {
        let target = self.target(onto)?;
        let fits =
            self.conformers.par_iter().map(|mobile| symmetric.best(mobile, &target)).collect::<Result<Vec<_>>>()?;
        for (conformer, fit) in self.conformers.iter_mut().zip(&fits) {
            for x in conformer {
                *x = fit.superposition.apply(x);
            }
        }
        Ok(fits.iter().map(crate::geometry::SymmetricFit::rmsd).collect())
    }

    /// Keeps of conformers that deviate by at most `threshold` [Å] the one of lowest energy.
    ///
    /// Conformers are taken in the order of their energies, and each is dropped that is close to one that is kept. The order
    /// of the list stays as it is. A pair that cannot be decided within the work limit counts as different, so that nothing
    /// is lost; how many there were is told.
    ///
    /// # Errors
    /// As [`SymmetricRmsd::within`], but for the work limit.
    pub fn prune_rmsd(&mut self, symmetric: &SymmetricRmsd, threshold: f64) -> Result<Pruning> {
        let conformers = &self.conformers;
        let close = |a: usize, b: usize| match symmetric.within(&conformers[a], &conformers[b], threshold) {
            Ok(close) => Ok(Some(close)),
            Err(Error::TooMany { .. }) => Ok(None),
            Err(error) => Err(error),
        };
        let (kept, undecided) = self.representatives(close)?;
        Ok(Pruning { removed: self.keep(&kept), undecided })
    }

    /// Keeps of conformers whose torsion fingerprints deviate by at most `threshold` the one of lowest energy, as
    /// [`prune_rmsd`](Self::prune_rmsd); gives the number removed.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the fingerprint is of another molecule.
    pub fn prune_tfd(&mut self, fingerprint: &TorsionFingerprint, threshold: f64) -> Result<usize> {
        let angles: Vec<TorsionAngles> =
            self.conformers.iter().map(|x| fingerprint.angles(x)).collect::<Result<_>>()?;
        let close = |a: usize, b: usize| Ok(Some(fingerprint.deviation(&angles[a], &angles[b])? <= threshold));
        let (kept, _) = self.representatives(close)?;
        Ok(self.keep(&kept))
    }

    /// Clusters by Taylor's and Butina's method ([`butina`]): conformers are neighbours if their symmetric deviation is at
    /// most `threshold` [Å].
    ///
    /// # Errors
    /// As [`SymmetricRmsd::rmsd`].
    pub fn clusters(&self, symmetric: &SymmetricRmsd, threshold: f64) -> Result<Clusters> {
        let deviations = symmetric.matrix(&self.conformers)?;
        let mut neighbors: Vec<Vec<usize>> = vec![Vec::new(); self.len()];
        let pairs = (1..self.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        for ((i, j), deviation) in pairs.zip(deviations) {
            if deviation <= threshold {
                neighbors[i].push(j);
                neighbors[j].push(i);
            }
        }
        butina(&neighbors, false)
    }

    fn target(&self, onto: usize) -> Result<Vec<Vec3>> {
        self.conformers.get(onto).cloned().ok_or_else(|| {
            let got = format!("{onto} of {}", self.len());
            Error::InvalidArgument { what: "conformer to align onto", expected: "one of the ensemble", got }
        })
    }

    /// The conformers that are close to none of lower energy that is kept, ascending, and how many comparisons were undecided.
    fn representatives(
        &self,
        close: impl Fn(usize, usize) -> Result<Option<bool>> + Sync,
    ) -> Result<(Vec<usize>, usize)> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.energies[a].total_cmp(&self.energies[b]));
        let (mut kept, mut undecided): (Vec<usize>, usize) = (Vec::new(), 0);
        'candidates: for candidate in order {
            for block in kept.chunks(BLOCK) {
                let found = block.par_iter().map(|&other| close(candidate, other)).collect::<Result<Vec<_>>>()?;
                undecided += found.iter().filter(|close| close.is_none()).count();
                if found.contains(&Some(true)) {
                    continue 'candidates;
                }
            }
            kept.push(candidate);
        }
        kept.sort_unstable();
        Ok((kept, undecided))
    }
}
