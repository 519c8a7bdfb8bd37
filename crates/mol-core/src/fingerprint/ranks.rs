//! Priorities of the atoms for the labels of centres, refined by those of their neighbours.
//!
//! Atoms of equal priority are a class. In a round each class is divided by the priorities around its members, all by
//! those of the round before. Only atoms beside one that changed its class can differ from the others of theirs, so a
//! round costs what changed in the one before: a chain of n atoms takes n/2 rounds and linear time. (Hopcroft's idea;
//! Paige and Tarjan, *SIAM J. Comput.* **16**, 973 (1987).) A class that is divided leaves its place in the order to one
//! part; labels with room between them keep the order of the others.

use super::graph::Graph;
use super::labels::{Label, Labels};
use super::rdkit_elements::usual_nucleons;
use crate::perceive::Perception;
use crate::{AtomIndex, Element};
use std::ops::Range;

/// No class.
const NONE: u32 = u32::MAX;

/// Priorities of the atoms.
pub(super) struct Ranks<'a> {
    seen: &'a Perception,
    graph: &'a Graph,
    /// The number of each atom's class among all of them, the lowest priority first. Shape `[atoms]`.
    pub(super) of_atom: Vec<u32>,
}

impl<'a> Ranks<'a> {
    /// By element, isotope and map number, then by what is around.
    pub(super) fn new(seen: &'a Perception, graph: &'a Graph) -> Self {
        let first: Vec<u64> = seen
            .molecule()
            .atoms()
            .map(|(_, atom)| {
                let number = atom.element.map_or(0, Element::number);
                let mass = match atom.isotope {
                    None | Some(0) => 512,
                    Some(nucleons) => {
                        let deviation = i64::from(nucleons) - i64::from(atom.element.map_or(0, usual_nucleons));
                        (deviation + i64::from(deviation >= 0) + 512).max(0) % 1024
                    }
                };
                let map = if atom.map_number == 0 { 0 } else { (u64::from(atom.map_number) + 1) % 1024 };
                (u64::from(number) << 10 | mass as u64) << 10 | map
            })
            .collect();
        let mut ranks = Self { seen, graph, of_atom: dense_ranks(&first) };
        ranks.iterate();
        ranks
    }

    /// Lets R stand before S before no label, and Z before E.
    pub(super) fn refine_by(&mut self, labels: &Labels) {
        let factor = std::iter::successors(Some(100_u64), |factor| Some(factor * 10))
            .find(|&factor| factor >= self.graph.atom_count() as u64)
            .expect("the series has no bound");
        let mut keys: Vec<u64> = self.of_atom.iter().map(|&rank| u64::from(rank) * factor).collect();
        for (key, label) in keys.iter_mut().zip(&labels.atoms) {
            *key += match label {
                Label::R => 20,
                Label::S => 10,
                Label::None | Label::Ring => 0,
            };
        }
        for (ends, cis) in self.graph.bonds.iter().zip(&labels.cis) {
            if let Some(cis) = cis {
                for &atom in ends {
                    keys[atom as usize] += if *cis { 2 } else { 1 };
                }
            }
        }
        self.of_atom = dense_ranks(&keys);
        self.iterate();
    }

    /// Refines the ranks by those around, each as often as twice the order of the bond to it, highest first.
    fn iterate(&mut self) {
        let mut classes = Classes::new(&self.of_atom);
        let mut touched: Vec<u32> = (0..self.of_atom.len() as u32).filter(|&atom| classes.is_shared(atom)).collect();
        let (mut keys, mut items, mut moved) = (Vec::new(), Vec::new(), Vec::new());
        let mut queued = vec![false; self.of_atom.len()];
        for _ in 0..=self.of_atom.len() / 2 {
            if touched.is_empty() {
                break;
            }
            keys.clear();
            items.clear();
            touched.sort_unstable_by_key(|&atom| classes.of_atom[atom as usize]);
            let class_of: Vec<u32> = touched.iter().map(|&atom| classes.of_atom[atom as usize]).collect();
            let mut rest = &touched[..];
            for same in class_of.chunk_by(|a, b| a == b) {
                let (members, behind) = rest.split_at(same.len());
                rest = behind;
                // The others are alike; one stands for all of them.
                let other = classes.set_apart(members);
                for &atom in members.iter().chain(&other) {
                    let start = keys.len();
                    self.append_key(atom, &classes, &mut keys);
                    items.push(Item { atom, is_touched: Some(atom) != other, key: start..keys.len() });
                }
            }
            moved.clear();
            let class_of: Vec<u32> = items.iter().map(|item| classes.of_atom[item.atom as usize]).collect();
            let mut rest = &mut items[..];
            for same in class_of.chunk_by(|a, b| a == b) {
                let (members, behind) = rest.split_at_mut(same.len());
                members.sort_unstable_by(|a, b| keys[a.key.clone()].cmp(&keys[b.key.clone()]));
                classes.divide(same[0], members, &keys, &mut moved);
                rest = behind;
            }
            touched.clear();
            for &(other, _) in moved.iter().flat_map(|&atom: &u32| self.graph.around(atom as usize)) {
                if classes.is_shared(other) && !std::mem::replace(&mut queued[other as usize], true) {
                    touched.push(other);
                }
            }
            for &atom in &touched {
                queued[atom as usize] = false;
            }
        }
        classes.write_ranks(&mut self.of_atom);
    }

    /// Appends the priorities around an atom, and a zero for each hydrogen.
    fn append_key(&self, atom: u32, classes: &Classes, keys: &mut Vec<u64>) {
        let start = keys.len();
        for &(other, bond) in self.graph.around(atom as usize) {
            let phosphorus = || {
                self.seen.molecule().atom(AtomIndex::new(other as usize)).element == Some(Element::P)
                    && (3..=4).contains(&self.graph.degree(other as usize))
            };
            let times = match self.graph.orders[bond as usize] {
                2 if phosphorus() => 1,
                12 => 3,
                order => 2 * order as usize,
            };
            keys.extend(std::iter::repeat_n(classes.label(other), times));
        }
        keys[start..].sort_unstable_by(|a, b| b.cmp(a));
        keys.extend(std::iter::repeat_n(0, self.seen.hydrogens(AtomIndex::new(atom as usize))));
    }
}

/// A member of a class, and where its key is.
struct Item {
    atom: u32,
    /// Whether it stands for itself only.
    is_touched: bool,
    key: Range<usize>,
}

/// Atoms in classes, and the order of these.
struct Classes {
    of_atom: Vec<u32>,
    /// The atoms, class by class in no order.
    members: Vec<u32>,
    /// Where each atom stands there.
    place: Vec<u32>,
    table: Vec<Class>,
    /// The lowest class.
    first: u32,
}

#[derive(Clone, Copy)]
struct Class {
    /// The first of its members, and their number.
    start: u32,
    len: u32,
    /// Its place in the order; 0 is below all.
    label: u64,
    previous: u32,
    next: u32,
}

impl Classes {
    /// The classes of dense ranks.
    fn new(ranks: &[u32]) -> Self {
        let mut members: Vec<u32> = (0..ranks.len() as u32).collect();
        members.sort_unstable_by_key(|&atom| ranks[atom as usize]);
        let mut place = vec![0; members.len()];
        members.iter().zip(0..).for_each(|(&atom, k)| place[atom as usize] = k);
        let mut table: Vec<Class> = Vec::with_capacity(members.len());
        let mut start = 0;
        for run in members.chunk_by(|&a, &b| ranks[a as usize] == ranks[b as usize]) {
            let (number, len) = (table.len() as u32, run.len() as u32);
            // The first has none before it.
            table.push(Class { start, len, label: 0, previous: number.wrapping_sub(1), next: number + 1 });
            start += len;
        }
        if let Some(last) = table.last_mut() {
            last.next = NONE;
        }
        let first = if table.is_empty() { NONE } else { 0 };
        let mut all = Self { of_atom: ranks.to_vec(), members, place, table, first };
        all.spread();
        all
    }

    /// Spreads the labels evenly.
    fn spread(&mut self) {
        let step = u64::MAX / (self.members.len() as u64 + 2);
        let (mut class, mut label) = (self.first, 0);
        while class != NONE {
            label += step;
            self.table[class as usize].label = label;
            class = self.table[class as usize].next;
        }
    }

    fn label(&self, atom: u32) -> u64 {
        self.table[self.of_atom[atom as usize] as usize].label
    }

    fn is_shared(&self, atom: u32) -> bool {
        self.table[self.of_atom[atom as usize] as usize].len > 1
    }

    /// Moves some members of one class to its end and gives one of the others, if there are any.
    fn set_apart(&mut self, members: &[u32]) -> Option<u32> {
        let class = &self.table[self.of_atom[members[0] as usize] as usize];
        let (start, mut end) = (class.start, class.start + class.len);
        for &atom in members {
            end -= 1;
            let (here, there) = (self.place[atom as usize], self.members[end as usize]);
            self.members.swap(here as usize, end as usize);
            self.place[there as usize] = here;
            self.place[atom as usize] = end;
        }
        (end > start).then(|| self.members[start as usize])
    }

    /// Divides a class whose members that were set apart, and one for all others, come sorted by their keys. The largest
    /// part stays, those of the other parts are `moved`.
    fn divide(&mut self, class: u32, sorted: &[Item], keys: &[u64], moved: &mut Vec<u32>) {
        let parts = || sorted.chunk_by(|a, b| keys[a.key.clone()] == keys[b.key.clone()]);
        let untouched = self.table[class as usize].len - sorted.iter().filter(|item| item.is_touched).count() as u32;
        let size = |part: &[Item]| {
            let stands_for = |item: &Item| if item.is_touched { 1 } else { untouched };
            part.iter().map(stands_for).sum::<u32>()
        };
        // Those that are not touched are not moved one by one: their part stays.
        let stays = |part: &[Item]| (part.iter().any(|item| !item.is_touched), size(part));
        let kept = parts().enumerate().max_by_key(|(_, part)| stays(part)).map_or(0, |(k, _)| k);
        let mut end = self.table[class as usize].start + self.table[class as usize].len;
        let mut before = self.table[class as usize].previous;
        for (k, part) in parts().enumerate() {
            if k == kept {
                before = class;
                continue;
            }
            let number = self.table.len() as u32;
            for item in part {
                // What stands at the end of the class changes places with it.
                end -= 1;
                let (here, there) = (self.place[item.atom as usize], self.members[end as usize]);
                self.members.swap(here as usize, end as usize);
                self.place[there as usize] = here;
                self.place[item.atom as usize] = end;
                self.of_atom[item.atom as usize] = number;
                moved.push(item.atom);
            }
            let len = part.len() as u32;
            self.table[class as usize].len -= len;
            self.insert(before, Class { start: end, len, label: 0, previous: NONE, next: NONE });
            before = number;
        }
    }

    /// Puts a new class behind another one, or first.
    fn insert(&mut self, before: u32, class: Class) {
        let number = self.table.len() as u32;
        let next = if before == NONE { self.first } else { self.table[before as usize].next };
        self.table.push(Class { previous: before, next, ..class });
        match before {
            NONE => self.first = number,
            before => self.table[before as usize].next = number,
        }
        if next != NONE {
            self.table[next as usize].previous = number;
        }
        let label_of = |class: u32, none: u64| self.table.get(class as usize).map_or(none, |class| class.label);
        let (low, high) = (label_of(before, 0), label_of(next, u64::MAX));
        match low + (high - low) / 2 {
            middle if middle > low => self.table[number as usize].label = middle,
            _ => self.spread(),
        }
    }

    /// Numbers the classes in their order.
    fn write_ranks(&self, ranks: &mut [u32]) {
        let (mut class, mut rank) = (self.first, 0);
        while class != NONE {
            let Class { start, len, next, .. } = self.table[class as usize];
            for &atom in &self.members[start as usize..(start + len) as usize] {
                ranks[atom as usize] = rank;
            }
            rank += 1;
            class = next;
        }
    }
}

/// The rank of each key among the distinct ones, from 0.
fn dense_ranks<K: Ord>(keys: &[K]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by(|&a, &b| keys[a].cmp(&keys[b]));
    let mut ranks = vec![0; keys.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += u32::from(keys[pair[0]] != keys[pair[1]]);
        ranks[pair[1]] = rank;
    }
    ranks
}
