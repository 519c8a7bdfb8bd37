//! Choosing among alternate locations.

use super::raw::{RawAtom, RawModel};
use rustc_hash::{FxHashMap, FxHashSet};

/// Atoms of a residue under one label and one residue name: a conformation, or a part of one.
struct Conformation {
    label: u8,
    occupancy: f64,
    /// An earlier conformation of the set that exclude one another, or itself, the first of them.
    set: usize,
}

impl RawModel {
    /// The model with one location for each atom.
    ///
    /// Labels of a residue that share the name of an atom exclude one another, and of each set of such labels the one with
    /// the largest sum of occupancies is taken, the first of equals; what is listed under the others only is left out, so
    /// that the atoms that are kept belong to one conformation. Where labels differ in the name of the residue
    /// (microheterogeneity), the name with the largest mean occupancy is taken first, and its labels only.
    pub(super) fn with_one_location(self) -> Self {
        if self.atoms.iter().all(|atom| atom.alternate == 0) {
            return self;
        }
        let mut kept = Self { residues: Vec::with_capacity(self.residues.len()), atoms: Vec::new() };
        let mut atoms = self.atoms.into_iter();
        for mut residue in self.residues {
            let count = residue.atoms.len();
            let mut here: Vec<_> = atoms.by_ref().take(count).collect();
            if here.iter().any(|atom| atom.alternate != 0) {
                if let Some(name) = chosen_name(&here, &residue.name) {
                    let own = |atom: &RawAtom| atom.other_residue.as_deref().unwrap_or(&residue.name) == name;
                    here.retain(|atom| atom.alternate == 0 || own(atom));
                    residue.name = name;
                }
                here = one_of_each(here);
            }
            let start = kept.atoms.len();
            kept.atoms.extend(here.into_iter().map(|atom| RawAtom { other_residue: None, ..atom }));
            residue.atoms = start..kept.atoms.len();
            kept.residues.push(residue);
        }
        kept
    }
}

/// Of several residue names the one whose labelled atoms are most occupied on the average, the first of equals; `None` if
/// there is only one name.
fn chosen_name(atoms: &[RawAtom], first: &str) -> Option<String> {
    atoms.iter().find(|atom| atom.other_residue.is_some())?;
    let mut names: Vec<(&str, f64, f64)> = Vec::new();
    for atom in atoms.iter().filter(|atom| atom.alternate != 0) {
        let name = atom.other_residue.as_deref().unwrap_or(first);
        match names.iter_mut().find(|(other, ..)| *other == name) {
            Some((_, sum, count)) => (*sum, *count) = (*sum + atom.occupancy, *count + 1.0),
            None => names.push((name, atom.occupancy, 1.0)),
        }
    }
    let mut best: Option<(&str, f64)> = None;
    for (name, sum, count) in names {
        if best.is_none_or(|(_, mean)| sum / count > mean) {
            best = Some((name, sum / count));
        }
    }
    best.map(|(name, _)| name.to_owned())
}

/// The atoms without those of labels that a better one excludes.
fn one_of_each(atoms: Vec<RawAtom>) -> Vec<RawAtom> {
    let mut all: Vec<Conformation> = Vec::new();
    // A label is a byte, so that there are few.
    let mut place_of = [usize::MAX; 256];
    let root = |all: &[Conformation], mut k: usize| {
        while all[k].set != k {
            k = all[k].set;
        }
        k
    };
    let mut first_of: FxHashMap<&str, usize> = FxHashMap::default();
    for atom in atoms.iter().filter(|atom| atom.alternate != 0) {
        let place = &mut place_of[usize::from(atom.alternate)];
        if *place == usize::MAX {
            *place = all.len();
            all.push(Conformation { label: atom.alternate, occupancy: 0.0, set: all.len() });
        }
        let place = *place;
        all[place].occupancy += atom.occupancy;
        let other = *first_of.entry(&atom.name).or_insert(place);
        let (a, b) = (root(&all, place), root(&all, other));
        all[a.max(b)].set = a.min(b);
    }
    let mut is_chosen = [false; 256];
    is_chosen[0] = true;
    for set in 0..all.len() {
        let members = all.iter().enumerate().filter(|&(k, _)| root(&all, k) == set).map(|(_, member)| member);
        let mut best: Option<&Conformation> = None;
        for member in members {
            if best.is_none_or(|best| member.occupancy > best.occupancy) {
                best = Some(member);
            }
        }
        if let Some(best) = best {
            is_chosen[usize::from(best.label)] = true;
        }
    }
    // What is listed without a label is in all conformations.
    let whole: FxHashSet<String> =
        atoms.iter().filter(|atom| atom.alternate == 0).map(|atom| atom.name.clone()).collect();
    let is_kept = |atom: &RawAtom| match atom.alternate {
        0 => true,
        label => is_chosen[usize::from(label)] && !whole.contains(&atom.name),
    };
    atoms.into_iter().filter(is_kept).collect()
}
