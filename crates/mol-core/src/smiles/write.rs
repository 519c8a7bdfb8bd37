//! Writer: a depth-first walk that numbers ring bonds, then the text.
//!
//! Neighbours are visited by ascending priority. With the numbers of the atoms as priority, a branch of a text just written
//! has lower numbers than anything behind the ring bonds it closes, so reading and writing again walks the same tree: the
//! text is a fixed point.

use super::neighbors::{Bonds, Cumulenes, Neighborhoods, implied_class};
use super::sheet::{Sheet, Stroke};
use super::stereo::has_turned_lone_pair;
use crate::canon::least_number;
use crate::{Atom, BondDirection, BondOrder, ChiralClass, Chirality};
use smallvec::SmallVec;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const UNSEEN: u32 = u32::MAX;

/// Symbols beyond those a reader needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Explicit {
    pub(crate) bonds: bool,
    pub(crate) hydrogens: bool,
}

/// Writes a sheet, atoms of low priority numbers first; also gives the atoms in the order of the text.
pub(crate) fn write(sheet: &Sheet, priority: &[u32], explicit: Explicit) -> (String, Vec<u32>) {
    let plan = Plan::new(sheet, priority);
    let mut writer = Writer {
        sheet,
        plan: &plan,
        explicit,
        text: String::with_capacity(2 * sheet.rows.len() + 16),
        numbers: vec![0; if plan.rings > 0 { sheet.lines.len() } else { 0 }],
        free: BinaryHeap::new(),
        next: 1,
        flips: Vec::new(),
        cumulenes: OnceCell::new(),
    };
    let mut path = SmallVec::new();
    for (k, &root) in plan.roots.iter().enumerate() {
        if k > 0 {
            writer.text.push('.');
        }
        writer.component(root, &mut path);
    }
    let text = writer.text;
    let mut order = vec![0; plan.place.len()];
    for (atom, &place) in plan.place.iter().enumerate() {
        order[place as usize] = atom as u32;
    }
    (text, order)
}

/// The walk: in which order everything is written.
struct Plan {
    /// Strokes of each atom in the order of the text: preceding atom, ring bonds, branches.
    strokes: Vec<Stroke>,
    /// How many of them are the preceding atom (0 or 1) and ring bonds.
    heads: Vec<(u8, u32)>,
    /// Place of each atom in the text.
    place: Vec<u32>,
    roots: SmallVec<[u32; 2]>,
    /// Ring bonds in all.
    rings: usize,
}

impl Plan {
    fn new(sheet: &Sheet, priority: &[u32]) -> Self {
        let count = sheet.rows.len();
        let mut plan = Self {
            strokes: sheet.strokes.clone(),
            heads: vec![(0, 0); count],
            place: vec![UNSEEN; count],
            roots: SmallVec::new(),
            rings: 0,
        };
        let range = |atom: u32| sheet.starts[atom as usize] as usize..sheet.starts[atom as usize + 1] as usize;
        for atom in 0..count as u32 {
            sort_few(&mut plan.strokes[range(atom)], |stroke| priority[stroke.to as usize]);
        }
        // Of a molecule in one piece only the first start is needed.
        let first = (0..count as u32).min_by_key(|&atom| priority[atom as usize]);
        let mut starts: SmallVec<[u32; 1]> = first.into_iter().collect();
        // The stroke by which each atom was reached, as its line.
        let mut reached: SmallVec<[u32; 64]> = SmallVec::from_elem(UNSEEN, count);
        let mut seen: SmallVec<[bool; 64]> = SmallVec::from_elem(false, sheet.lines.len());
        let mut places = 0;
        let mut path: SmallVec<[(u32, usize); 32]> = SmallVec::new();
        let mut next_start = 0;
        while let Some(&start) = starts.get(next_start) {
            next_start += 1;
            if plan.place[start as usize] != UNSEEN {
                continue;
            }
            plan.roots.push(start);
            plan.place[start as usize] = places;
            places += 1;
            path.push((start, range(start).start));
            while let Some((atom, next)) = path.last_mut() {
                if *next == range(*atom).end {
                    path.pop();
                    continue;
                }
                let stroke = plan.strokes[*next];
                *next += 1;
                if std::mem::replace(&mut seen[stroke.line as usize], true) {
                    continue;
                }
                if plan.place[stroke.to as usize] == UNSEEN {
                    plan.place[stroke.to as usize] = places;
                    places += 1;
                    reached[stroke.to as usize] = stroke.line;
                    path.push((stroke.to, range(stroke.to).start));
                } else {
                    plan.rings += 1;
                }
            }
            if next_start == 1 && (places as usize) < count {
                starts = (0..count as u32).collect();
                starts.sort_unstable_by_key(|&atom| priority[atom as usize]);
            }
        }
        let place = &plan.place;
        for atom in 0..count as u32 {
            let strokes = &mut plan.strokes[range(atom)];
            let is_branch = |stroke: &Stroke| reached[stroke.to as usize] == stroke.line;
            let came_by = reached[atom as usize];
            let preceding = u8::from(came_by != UNSEEN);
            let branches = strokes.iter().filter(|stroke| stroke.line != came_by && is_branch(stroke)).count();
            let rings = strokes.len() - branches - usize::from(preceding);
            // Branches are in the order of the walk already.
            if rings > 0 {
                sort_few(strokes, |stroke| {
                    if stroke.line == came_by {
                        0
                    } else if is_branch(stroke) {
                        u64::MAX
                    } else {
                        1 + u64::from(place[stroke.to as usize])
                    }
                });
            } else if let Some(k) = strokes.iter().position(|stroke| stroke.line == came_by) {
                strokes[..=k].rotate_right(1);
            }
            plan.heads[atom as usize] = (preceding, rings as u32);
        }
        plan
    }
}

/// A stable sort that is fast for the few bonds of an atom.
fn sort_few<K: Ord>(strokes: &mut [Stroke], key: impl Fn(&Stroke) -> K) {
    if strokes.len() > 8 {
        strokes.sort_by_key(key);
        return;
    }
    for end in 1..strokes.len() {
        let mut k = end;
        while k > 0 && key(&strokes[k - 1]) > key(&strokes[k]) {
            strokes.swap(k - 1, k);
            k -= 1;
        }
    }
}

struct Writer<'a> {
    sheet: &'a Sheet,
    plan: &'a Plan,
    explicit: Explicit,
    text: String,
    /// Ring number of each open ring bond.
    numbers: Vec<u32>,
    /// Ring numbers given back.
    free: BinaryHeap<Reverse<u32>>,
    /// The smallest ring number never used.
    next: u32,
    /// For each group of directions whether they are exchanged, once the first is written.
    flips: Vec<Option<bool>>,
    /// Found when the first allene is written.
    cumulenes: OnceCell<Cumulenes>,
}

impl Neighborhoods for Writer<'_> {
    fn atom_count(&self) -> usize {
        self.sheet.rows.len()
    }

    fn degree(&self, atom: u32) -> usize {
        self.sheet.strokes(atom).len()
    }

    fn hydrogens(&self, atom: u32) -> usize {
        usize::from(self.sheet.rows[atom as usize].hydrogens)
    }

    fn bonds(&self, atom: u32) -> Bonds {
        self.sheet.strokes(atom).iter().map(|stroke| stroke.line).collect()
    }

    fn written(&self, atom: u32) -> (Bonds, bool) {
        let bonds = self.all_strokes(atom).iter().map(|stroke| stroke.line).collect();
        (bonds, self.plan.heads[atom as usize].0 > 0)
    }

    fn cumulated(&self, atom: u32) -> Option<[(u32, u32); 2]> {
        let &[one, two] = self.sheet.strokes(atom) else { return None };
        let is_double = |stroke: Stroke| self.sheet.lines[stroke.line as usize].order == BondOrder::Double;
        let link = |stroke: Stroke| (stroke.to, stroke.line);
        (is_double(one) && is_double(two) && self.hydrogens(atom) == 0).then(|| [link(one), link(two)])
    }
}

impl<'a> Writer<'a> {
    fn all_strokes(&self, atom: u32) -> &'a [Stroke] {
        let starts = &self.sheet.starts;
        &self.plan.strokes[starts[atom as usize] as usize..starts[atom as usize + 1] as usize]
    }

    fn branches(&self, atom: u32) -> &'a [Stroke] {
        let (preceding, rings) = self.plan.heads[atom as usize];
        &self.all_strokes(atom)[usize::from(preceding) + rings as usize..]
    }

    fn component(&mut self, root: u32, path: &mut SmallVec<[(u32, usize); 32]>) {
        self.atom(root);
        // Atom and the next of its branches.
        path.push((root, 0));
        while let Some((atom, next)) = path.last_mut() {
            let atom = *atom;
            let branches = self.branches(atom);
            let Some(&branch) = branches.get(*next) else {
                path.pop();
                // The way back leads out of a branch unless it was the last of its atom.
                if path.last().is_some_and(|&(above, next)| next < self.branches(above).len()) {
                    self.text.push(')');
                }
                continue;
            };
            *next += 1;
            if *next < branches.len() {
                self.text.push('(');
            }
            self.bond(branch.line, atom);
            self.atom(branch.to);
            path.push((branch.to, 0));
        }
    }

    fn atom(&mut self, index: u32) {
        let row = &self.sheet.rows[index as usize];
        if row.bare && !self.explicit.hydrogens {
            self.symbol(&row.atom);
        } else {
            self.bracket(index);
        }
        let (preceding, rings) = self.plan.heads[index as usize];
        if rings == 0 {
            return;
        }
        let mut closed = SmallVec::<[u32; 4]>::new();
        for stroke in &self.all_strokes(index)[usize::from(preceding)..usize::from(preceding) + rings as usize] {
            let line = stroke.line as usize;
            let number = if self.plan.place[stroke.to as usize] < self.plan.place[index as usize] {
                closed.push(self.numbers[line]);
                self.numbers[line]
            } else {
                self.bond(stroke.line, index);
                let number = self.free.pop().map_or(self.next, |Reverse(number)| number);
                self.next = self.next.max(number + 1);
                self.numbers[line] = number;
                number
            };
            match number {
                0..=9 => self.text.push(char::from(b'0' + number as u8)),
                10..=99 => {
                    self.text.push('%');
                    self.number(number);
                }
                _ => {
                    self.text.push_str("%(");
                    self.number(number);
                    self.text.push(')');
                }
            }
        }
        // Numbers closed here are not opened again here, which would read as one ring bond of two symbols.
        self.free.extend(closed.into_iter().map(Reverse));
    }

    fn symbol(&mut self, atom: &Atom) {
        let symbol = atom.element.map_or("*", crate::Element::symbol);
        if atom.aromatic {
            for letter in symbol.bytes() {
                self.text.push(char::from(letter.to_ascii_lowercase()));
            }
        } else {
            self.text.push_str(symbol);
        }
    }

    fn bracket(&mut self, index: u32) {
        let row = &self.sheet.rows[index as usize];
        let atom = &row.atom;
        self.text.push('[');
        if let Some(isotope) = atom.isotope {
            self.number(u32::from(isotope));
        }
        self.symbol(atom);
        if let Some(chirality) = atom.chirality {
            let written = self.as_written(index, chirality);
            // Other readers know `@` for four neighbours only.
            let short = matches!(written.class(), ChiralClass::Tetrahedral | ChiralClass::Allenal)
                && implied_class(self.degree(index) + self.hydrogens(index)) == written.class();
            self.text.push('@');
            match written.number() {
                1 if short => {}
                2 if short => self.text.push('@'),
                number => {
                    self.text.push_str(written.class().letters());
                    self.number(u32::from(number));
                }
            }
        }
        match row.hydrogens {
            0 => {}
            1 => self.text.push('H'),
            count => {
                self.text.push('H');
                self.number(u32::from(count));
            }
        }
        if atom.charge != 0 {
            self.text.push(if atom.charge > 0 { '+' } else { '-' });
            if atom.charge.unsigned_abs() > 1 {
                self.number(u32::from(atom.charge.unsigned_abs()));
            }
        }
        if atom.map_number > 0 {
            self.text.push(':');
            self.number(atom.map_number);
        }
        self.text.push(']');
    }

    /// The chirality of an atom for the neighbours in the order of the text.
    fn as_written(&self, index: u32, chirality: Chirality) -> Chirality {
        let class = chirality.class();
        if class == ChiralClass::Allenal {
            let cumulenes = self.cumulenes.get_or_init(|| Cumulenes::find(self));
            return chirality.reordered(&self.list_order(index, class, cumulenes));
        }
        let order = self.list_order(index, class, &Cumulenes::default());
        if order.is_empty() {
            return chirality;
        }
        let hydrogens = self.hydrogens(index);
        let polyhedron = class != ChiralClass::Tetrahedral;
        if polyhedron && hydrogens > 1 && order.len() <= 6 {
            // Counted hydrogens are all alike.
            let first = usize::from(self.plan.heads[index as usize].0);
            let number = least_number(class, chirality.number(), &order, first, hydrogens);
            return Chirality::new(class, number).unwrap_or(chirality);
        }
        let written = chirality.reordered(&order);
        let rings = self.plan.heads[index as usize].1 as usize;
        let single = |stroke: &Stroke| self.sheet.lines[stroke.line as usize].order == BondOrder::Single;
        let strokes = self.sheet.strokes(index);
        if has_turned_lone_pair(class, strokes.len(), hydrogens as u8, rings) && strokes.iter().all(single) {
            return written.reordered(&[1, 0, 2, 3]);
        }
        written
    }

    /// The symbol of a bond as written from `from`, where it does not go without saying.
    fn bond(&mut self, index: u32, from: u32) {
        let line = &self.sheet.lines[index as usize];
        if let Some(direction) = line.direction {
            let seen = if line.begin == from { direction } else { direction.reversed() };
            let mut up = seen == BondDirection::Up;
            if line.group > 0 {
                let group = line.group as usize - 1;
                if self.flips.len() <= group {
                    self.flips.resize(group + 1, None);
                }
                up ^= *self.flips[group].get_or_insert(!up);
            }
            self.text.push(if up { '/' } else { '\\' });
            return;
        }
        if line.implied && !self.explicit.bonds {
            return;
        }
        self.text.push(match line.order {
            BondOrder::Single => '-',
            BondOrder::Double => '=',
            BondOrder::Triple => '#',
            BondOrder::Quadruple => '$',
            BondOrder::Aromatic => ':',
        });
    }

    fn number(&mut self, number: u32) {
        let mut digits = [0_u8; 10];
        let (mut at, mut rest) = (digits.len(), number);
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.text.extend(digits[at..].iter().map(|&digit| char::from(digit)));
    }
}
