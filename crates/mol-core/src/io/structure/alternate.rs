//! Choosing among alternate locations.

use super::raw::RawModel;
use std::collections::BTreeMap;

impl RawModel {
    /// The model with one location for each atom.
    ///
    /// In each residue the label with the largest sum of occupancies is taken, the first of equals, so that the atoms that
    /// are kept belong to one conformation; an atom that is not listed under it is kept where its own occupancy is largest.
    pub(super) fn with_one_location(self) -> Self {
        if self.atoms.iter().all(|atom| atom.alternate == 0) {
            return self;
        }
        let mut kept = Self { residues: Vec::with_capacity(self.residues.len()), atoms: Vec::new() };
        let mut atoms = self.atoms.into_iter();
        for mut residue in self.residues {
            let count = residue.atoms.len();
            let here: Vec<_> = atoms.by_ref().take(count).collect();
            let mut sums: Vec<(u8, f64)> = Vec::new();
            for atom in here.iter().filter(|atom| atom.alternate != 0) {
                match sums.iter_mut().find(|(label, _)| *label == atom.alternate) {
                    Some((_, sum)) => *sum += atom.occupancy,
                    None => sums.push((atom.alternate, atom.occupancy)),
                }
            }
            let mut chosen = 0;
            let mut largest = f64::NEG_INFINITY;
            for (label, sum) in sums {
                if sum > largest {
                    (chosen, largest) = (label, sum);
                }
            }
            // For each name the place of the location to keep.
            let mut best: BTreeMap<&str, usize> = BTreeMap::new();
            let rank = |k: usize| (here[k].alternate == chosen || here[k].alternate == 0, here[k].occupancy);
            for (k, atom) in here.iter().enumerate() {
                let held = best.entry(&atom.name).or_insert(k);
                if rank(k) > rank(*held) {
                    *held = k;
                }
            }
            let start = kept.atoms.len();
            let mut is_kept = vec![false; here.len()];
            for &k in best.values() {
                is_kept[k] = true;
            }
            kept.atoms.extend(here.into_iter().zip(is_kept).filter_map(|(atom, is_kept)| is_kept.then_some(atom)));
            residue.atoms = start..kept.atoms.len();
            kept.residues.push(residue);
        }
        kept
    }
}
