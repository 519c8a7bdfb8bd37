//! The surroundings of atoms, layer by layer.

use crate::fingerprint::graph::Graph;
use crate::fingerprint::hash::combine;
use smallvec::SmallVec;

/// A set of bonds; which ones two atoms' surroundings consist of decides whether they are the same.
trait BondSet: Clone + Default + Ord {
    fn insert(&mut self, bond: u32);
    fn join(&mut self, other: &Self);
}

macro_rules! bits_as_set {
    ($word:ty) => {
        impl BondSet for $word {
            fn insert(&mut self, bond: u32) {
                *self |= 1 << bond;
            }
            fn join(&mut self, other: &Self) {
                *self |= other;
            }
        }
    };
}
bits_as_set!(u64);
bits_as_set!(u128);

/// Any number of bonds, ascending: surroundings stay small where molecules are large.
impl BondSet for Vec<u32> {
    fn insert(&mut self, bond: u32) {
        if let Err(place) = self.binary_search(&bond) {
            Self::insert(self, place, bond);
        }
    }

    fn join(&mut self, other: &Self) {
        if other.len() < 4 {
            other.iter().for_each(|&bond| BondSet::insert(self, bond));
        } else {
            self.extend_from_slice(other);
            self.sort_unstable();
            self.dedup();
        }
    }
}

/// What each atom starts from.
pub(super) struct Start {
    /// Shape `[atoms]`.
    pub(super) invariants: Vec<u32>,
    /// Code of each bond, shape `[bonds]`.
    pub(super) bonds: Vec<u32>,
    /// What a stereocentre adds once its neighbours differ, 0 where there is none; shape `[atoms]`, or empty.
    pub(super) stereo: Vec<u8>,
}

/// Calls `found` with code, atom and radius of each surrounding, once for each set of bonds unless `redundant`: then
/// for each atom and radius.
pub(super) fn grow(graph: &Graph, start: Start, radius: u32, redundant: bool, found: &mut impl FnMut(u32, u32, u32)) {
    match graph.bonds.len() {
        ..=64 => grow_in::<u64>(graph, start, radius, redundant, found),
        65..=128 => grow_in::<u128>(graph, start, radius, redundant, found),
        _ => grow_in::<Vec<u32>>(graph, start, radius, redundant, found),
    }
}

fn grow_in<S: BondSet>(
    graph: &Graph,
    start: Start,
    radius: u32,
    redundant: bool,
    found: &mut impl FnMut(u32, u32, u32),
) {
    let Start { invariants: mut codes, bonds, stereo } = start;
    codes.iter().enumerate().for_each(|(atom, &code)| found(code, atom as u32, 0));
    let mut alive: Vec<u32> = (0..codes.len() as u32).filter(|&atom| graph.degree(atom as usize) > 0).collect();
    let mut next = vec![0; codes.len()];
    let mut sets = vec![S::default(); codes.len()];
    let mut wider = sets.clone();
    // Whether a centre's neighbours have been told apart.
    let mut resolved = vec![false; stereo.len()];
    let mut seen: Vec<S> = Vec::new();
    let mut round: Vec<(S, u32, u32)> = Vec::with_capacity(alive.len());
    for layer in 0..radius {
        if alive.is_empty() {
            return;
        }
        for &atom in &alive {
            let here = atom as usize;
            let set = &mut wider[here];
            // Order of the bond above, code of the neighbour below: they are sorted as pairs.
            let mut pairs: SmallVec<[u64; 8]> = SmallVec::new();
            for &(other, bond) in graph.around(here) {
                set.insert(bond);
                set.join(&sets[other as usize]);
                pairs.push(u64::from(bonds[bond as usize]) << 32 | u64::from(codes[other as usize]));
            }
            pairs.sort_unstable();
            let mut code = combine(layer, codes[here]);
            for &pair in &pairs {
                code = combine(code, combine(combine(0, (pair >> 32) as u32), pair as u32));
            }
            if let Some(&label) = stereo.get(here).filter(|&&label| label > 0) {
                let plain = |pair: &u64| pair >> 32 == 1;
                if resolved[here] || pairs.iter().all(plain) && pairs.windows(2).all(|two| two[0] != two[1]) {
                    resolved[here] = true;
                    code = combine(code, u32::from(label));
                }
            }
            next[here] = code;
            round.push((set.clone(), code, atom));
        }
        if redundant {
            round.iter().for_each(|&(_, code, atom)| found(code, atom, layer + 1));
        } else {
            keep_first(&mut round, &mut seen, &mut alive);
            round.iter().for_each(|&(_, code, atom)| found(code, atom, layer + 1));
        }
        round.clear();
        // Atoms that dropped out count as 0 from now on, and their surroundings stay as they are.
        std::mem::swap(&mut codes, &mut next);
        next.fill(0);
        if layer + 1 < radius {
            alive.sort_unstable();
            sets.clone_from(&wider);
        }
    }
}

/// Keeps of each new set of bonds the entry of the least code, then atom; all others drop out and their atoms with them.
fn keep_first<S: BondSet>(round: &mut Vec<(S, u32, u32)>, seen: &mut Vec<S>, alive: &mut Vec<u32>) {
    round.sort_unstable();
    round.dedup_by(|later, kept| later.0 == kept.0);
    round.retain(|entry| seen.binary_search(&entry.0).is_err());
    alive.clear();
    alive.extend(round.iter().map(|entry| entry.2));
    seen.extend(round.iter().map(|entry| entry.0.clone()));
    seen.sort();
}
