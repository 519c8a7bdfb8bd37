//! Hückel's rule on rings and on the outlines of fused rings.
//!
//! Models differ in what an atom gives to the π system ([`Donor`]); what is done with it is the same. Groups of fused rings
//! are enumerated, each once, with the electrons counted on the way. Deliberately not here: what an atom gives.

use super::super::Rings;
use super::super::flat::Flat;
use super::Marks;
use crate::AtomIndex;
use smallvec::SmallVec;

/// Rings larger than this are not combined with others.
const LARGEST_FUSED: usize = 24;
/// Rings that are combined at most.
const MOST_COMBINED: usize = 6;
/// Combinations of rings of one number that are looked at in one fused system; larger ones are given up.
const MOST_COMBINATIONS: usize = 50_000;
/// Rings of which all combinations of up to six are fewer than that.
const FEW: usize = 20;

/// Marks what follows Hückel's rule, given what each atom on a ring gives.
pub(super) fn mark(kekule: &Flat, rings: &Rings, donor: impl Fn(u32) -> Donor) -> Marks {
    let mut marks = Marks::none(kekule);
    if rings.is_empty() {
        return marks;
    }
    let is_on_ring = |atom| !rings.of_atom(AtomIndex::new(atom as usize)).is_empty();
    let donors: Vec<Donor> = (0..kekule.atoms.len() as u32)
        .map(|atom| if is_on_ring(atom) { donor(atom) } else { Donor::Cannot })
        .collect();
    let is_able = |ring: usize| {
        let atoms = rings.atoms(ring);
        atoms.iter().all(|atom| donors[atom.index()] != Donor::Cannot)
            && atoms.iter().any(|atom| kekule.atoms[atom.index()].number != 0)
    };
    let able: Vec<bool> = (0..rings.len()).map(is_able).collect();
    let joined = Fusions::new(rings, &able);
    let mut group = Group {
        rings,
        donors: &donors,
        members: SmallVec::new(),
        times: vec![0; kekule.atoms.len()],
        times_of_bond: vec![0; kekule.bonds.len()],
        electrons: [0; 2],
        open: 0,
    };
    let mut seen: Vec<bool> = able.iter().map(|able| !able).collect();
    for start in 0..rings.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut system: SmallVec<[u32; 8]> = SmallVec::from_slice(&[start as u32]);
        let mut done = 0;
        while let Some(&ring) = system.get(done) {
            for &other in joined.of(ring) {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    system.push(other);
                }
            }
            done += 1;
        }
        system.sort_unstable();
        mark_system(&mut group, &system, &joined, &mut marks);
    }
    marks
}

/// For each ring those that share exactly one bond with it, if neither is too large, ascending.
struct Fusions {
    pairs: Vec<[u32; 2]>,
    others: Vec<u32>,
}

impl Fusions {
    fn new(rings: &Rings, able: &[bool]) -> Self {
        let fits = |ring: usize| able[ring] && rings.atoms(ring).len() <= LARGEST_FUSED;
        let mut pairs: Vec<[u32; 2]> = Vec::new();
        for ring in (0..rings.len()).filter(|&ring| fits(ring)) {
            let others = rings.bonds(ring).iter().flat_map(|&bond| rings.of_bond(bond));
            pairs.extend(others.filter(|&&other| other != ring && fits(other)).map(|&other| [ring as u32, other as u32]));
        }
        pairs.sort_unstable();
        let is_once = |k: &usize| {
            let pair = Some(&pairs[*k]);
            (k.checked_sub(1).is_none_or(|before| pairs.get(before) != pair)) && pairs.get(k + 1) != pair
        };
        let pairs: Vec<[u32; 2]> = (0..pairs.len()).filter(is_once).map(|k| pairs[k]).collect();
        let others = pairs.iter().map(|pair| pair[1]).collect();
        Self { pairs, others }
    }

    fn of(&self, ring: u32) -> &[u32] {
        let start = self.pairs.partition_point(|pair| pair[0] < ring);
        let end = start + self.pairs[start..].partition_point(|pair| pair[0] == ring);
        &self.others[start..end]
    }
}

/// Looks at ever larger groups of fused rings until all bonds of the system are aromatic.
fn mark_system(group: &mut Group, system: &[u32], joined: &Fusions, marks: &mut Marks) {
    // Of a single ring there is nothing to combine.
    if let &[ring] = system {
        group.add(ring);
        if group.is_huckel() {
            group.mark(marks);
        }
        group.remove(ring);
        return;
    }
    let mut unmarked = 0;
    let bonds = || system.iter().flat_map(|&ring| group.rings.bonds(ring as usize));
    let mut known: Vec<usize> = bonds().map(|bond| bond.index()).collect();
    known.sort_unstable();
    known.dedup();
    unmarked += known.len();
    let mut visited = vec![false; group.rings.len()];
    for size in 1..=MOST_COMBINED.min(system.len()) {
        if size > 1 && system.len() > FEW {
            let mut count = 0;
            each_group(group, system, joined, size, &mut visited, &mut |_| {
                count += 1;
                count <= MOST_COMBINATIONS
            });
            if count > MOST_COMBINATIONS {
                return;
            }
        }
        each_group(group, system, joined, size, &mut visited, &mut |group| {
            if group.is_huckel() {
                unmarked -= group.mark(marks);
            }
            true
        });
        if unmarked == 0 {
            return;
        }
    }
}

/// Visits every connected group of `size` rings once, until the visitor has had enough.
///
/// Wernicke, *IEEE/ACM Trans. Comput. Biol. Bioinform.* **3**, 347 (2006).
fn each_group(
    group: &mut Group,
    system: &[u32],
    joined: &Fusions,
    size: usize,
    visited: &mut [bool],
    visit: &mut impl FnMut(&mut Group) -> bool,
) {
    for &root in system {
        visited[root as usize] = true;
        let next: SmallVec<[u32; 8]> = joined.of(root).iter().copied().filter(|&ring| ring > root).collect();
        next.iter().for_each(|&ring| visited[ring as usize] = true);
        group.add(root);
        let goes_on = extend(group, root, &next, joined, size, visited, visit);
        group.remove(root);
        next.iter().for_each(|&ring| visited[ring as usize] = false);
        visited[root as usize] = false;
        if !goes_on {
            return;
        }
    }
}

/// Adds each of `next` in turn; at most six levels deep.
fn extend(
    group: &mut Group,
    root: u32,
    next: &[u32],
    joined: &Fusions,
    size: usize,
    visited: &mut [bool],
    visit: &mut impl FnMut(&mut Group) -> bool,
) -> bool {
    if group.members.len() == size {
        return visit(group);
    }
    for (k, &ring) in next.iter().enumerate() {
        let is_new = |other: &u32| *other > root && !visited[*other as usize];
        let new: SmallVec<[u32; 8]> = joined.of(ring).iter().copied().filter(is_new).collect();
        new.iter().for_each(|&other| visited[other as usize] = true);
        let further: SmallVec<[u32; 16]> = next[k + 1..].iter().chain(&new).copied().collect();
        group.add(ring);
        let goes_on = extend(group, root, &further, joined, size, visited, visit);
        group.remove(ring);
        new.iter().for_each(|&other| visited[other as usize] = false);
        if !goes_on {
            return false;
        }
    }
    true
}

/// A group of rings with the electrons of its outline.
struct Group<'a> {
    rings: &'a Rings,
    donors: &'a [Donor],
    members: SmallVec<[u32; 8]>,
    /// How many rings of the group each atom is on.
    times: Vec<u8>,
    times_of_bond: Vec<u8>,
    /// Least and most electrons.
    electrons: [u32; 2],
    /// Wildcards.
    open: u32,
}

impl Group<'_> {
    fn add(&mut self, ring: u32) {
        self.members.push(ring);
        for atom in self.rings.atoms(ring as usize) {
            let times = &mut self.times[atom.index()];
            *times += 1;
            let ([low, high], open) = self.donors[atom.index()].electrons();
            match times {
                1 => {
                    self.electrons = [self.electrons[0] + low, self.electrons[1] + high];
                    self.open += open;
                }
                // An atom in three of the rings gives nothing.
                3 => {
                    self.electrons = [self.electrons[0] - low, self.electrons[1] - high];
                    self.open -= open;
                }
                _ => {}
            }
        }
    }

    /// Takes the ring added last away.
    fn remove(&mut self, ring: u32) {
        self.members.pop();
        for atom in self.rings.atoms(ring as usize) {
            let times = &mut self.times[atom.index()];
            *times -= 1;
            let ([low, high], open) = self.donors[atom.index()].electrons();
            match times {
                0 => {
                    self.electrons = [self.electrons[0] - low, self.electrons[1] - high];
                    self.open -= open;
                }
                2 => {
                    self.electrons = [self.electrons[0] + low, self.electrons[1] + high];
                    self.open += open;
                }
                _ => {}
            }
        }
    }

    fn is_huckel(&self) -> bool {
        let [least, most] = self.electrons;
        let fits = |electrons: u32| electrons >= 2 && (electrons - 2).is_multiple_of(4);
        self.open <= 1 && if most >= 6 { (least..=most).any(fits) } else { most == 2 }
    }

    /// Marks the atoms of the rings and the bonds of their outline; gives how many bonds are new.
    fn mark(&mut self, marks: &mut Marks) -> usize {
        let mut new = 0;
        for &ring in &self.members {
            self.rings.atoms(ring as usize).iter().for_each(|atom| marks.atoms[atom.index()] = true);
            self.rings.bonds(ring as usize).iter().for_each(|bond| self.times_of_bond[bond.index()] += 1);
        }
        for &bond in self.members.iter().flat_map(|&ring| self.rings.bonds(ring as usize)) {
            let times = std::mem::take(&mut self.times_of_bond[bond.index()]);
            if times == 1 && !std::mem::replace(&mut marks.bonds[bond.index()], true) {
                new += 1;
            }
        }
        new
    }
}

/// What an atom gives to a ring it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Donor {
    /// It takes no part.
    Cannot,
    /// An empty orbital.
    Vacant,
    One,
    Two,
    /// A wildcard.
    OneOrTwo,
}

impl Donor {
    /// Least and most electrons, and whether that is open.
    const fn electrons(self) -> ([u32; 2], u32) {
        match self {
            Self::Cannot | Self::Vacant => ([0, 0], 0),
            Self::One => ([1, 1], 0),
            Self::Two => ([2, 2], 0),
            Self::OneOrTwo => ([1, 2], 1),
        }
    }
}
