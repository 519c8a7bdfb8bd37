//! Aromatic bonds as alternating single and double bonds: a matching of the atoms that need one.
//!
//! Which atoms need a double bond follows from their valence alone; that each gets exactly one is a perfect matching of
//! a general graph (azulene and the fullerenes have odd cycles), found by Edmonds' blossoms. Deliberately not here:
//! the enumeration of all Kekulé structures.

use super::flat::{Flat, atom_index};
use crate::{BondOrder, Error, Molecule, Result};
use smallvec::SmallVec;

/// No atom.
const NONE: u32 = u32::MAX;

impl Molecule {
    /// The same molecule with its aromatic bonds written as single and double ones, no atom aromatic; hydrogen counts,
    /// conformers, chirality and numbering are kept.
    ///
    /// An atom with aromatic bonds takes one double bond if its bonds, each aromatic one counted as single, and its
    /// hydrogens leave it one short of a normal valence (of the isoelectronic neutral element, if it is charged). A
    /// wildcard takes one if one is left. Of several structures one is chosen, fixed for one numbering.
    ///
    /// ```
    /// use mol_core::{BondOrder, Molecule};
    /// let pyrrole = Molecule::from_smiles("c1cc[nH]c1")?.kekulized()?;
    /// assert_eq!(pyrrole.bonds().filter(|(_, bond)| bond.order == BondOrder::Double).count(), 2);
    /// let open = Molecule::from_smiles("c1ccnc1")?.kekulized(); // its hydrogen is missing
    /// assert!(open.unwrap_err().to_string().contains("kekulized"));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Kekulize`] with the atoms left over, if double bonds cannot reach all that need one.
    ///
    /// Edmonds, *Can. J. Math.* **17**, 449 (1965).
    pub fn kekulized(&self) -> Result<Self> {
        let mut flat = Flat::new(self);
        assign(&mut flat)?;
        let mut kekule = self.clone();
        kekule.rewrite(|bond| flat.order(bond), |_| false);
        Ok(kekule)
    }
}

/// Assigns the aromatic bonds.
pub(super) fn assign(flat: &mut Flat) -> Result<()> {
    if flat.bonds.iter().all(|bond| bond.order != BondOrder::Aromatic) {
        return Ok(());
    }
    let mut need: SmallVec<[Need; 64]> = SmallVec::from_elem(Need::None, flat.atoms.len());
    for bond in flat.bonds.iter().filter(|bond| bond.order == BondOrder::Aromatic) {
        for end in bond.ends {
            need[end as usize] = need_of(flat, end);
        }
    }
    // An aromatic atom all of whose bonds are written out keeps its flag nowhere, and needs nothing.
    let mut matching = Matching::new(flat, &need);
    let is_left = |atom: &u32| need[*atom as usize] == Need::One && !matching.cover(*atom);
    let left: Vec<u32> = (0..flat.atoms.len() as u32).filter(is_left).collect();
    if !left.is_empty() {
        return Err(Error::Kekulize { atoms: left.into_iter().map(atom_index).collect() });
    }
    for atom in (0..flat.atoms.len() as u32).filter(|&atom| need[atom as usize] == Need::Wish) {
        matching.cover(atom);
    }
    let mate = matching.mate;
    for bond in flat.bonds.iter_mut().filter(|bond| bond.order == BondOrder::Aromatic) {
        let [a, b] = bond.ends.map(|end| end as usize);
        bond.order = if mate[a] == bond.ends[1] { BondOrder::Double } else { BondOrder::Single };
        let extra = u32::from(bond.order == BondOrder::Double);
        flat.atoms[a].valence += extra;
        flat.atoms[b].valence += extra;
    }
    Ok(())
}

/// What an atom asks of its aromatic bonds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// No double bond.
    None,
    /// One or none.
    Any,
    /// One if there is one left.
    Wish,
    /// Exactly one.
    One,
}

fn need_of(flat: &Flat, index: u32) -> Need {
    let atom = &flat.atoms[index as usize];
    if atom.number == 0 {
        let is_multiple = |order| !matches!(order, BondOrder::Single | BondOrder::Aromatic);
        let has_multiple = flat.links(index).iter().any(|link| is_multiple(flat.order(link.bond)));
        return if has_multiple { Need::Any } else { Need::Wish };
    }
    let (valences, spent) = (atom.valences(), atom.valence as usize);
    // Below the lowest valence an atom is a radical in the plane of its ring: the double bond comes first.
    let short = valences.first().is_some_and(|&lowest| spent < lowest);
    if short || valences.contains(&(spent + 1)) { Need::One } else { Need::None }
}

/// A matching of a general graph; atoms that need a double bond and have one keep having one.
struct Matching<'a> {
    flat: &'a Flat,
    need: &'a [Need],
    /// The atom at the other end of the double bond of each.
    mate: SmallVec<[u32; 64]>,
    forest: Forest,
}

/// The alternating forest of one search.
#[derive(Default)]
struct Forest {
    base: Vec<u32>,
    parent: Vec<u32>,
    outer: Vec<bool>,
    queue: Vec<u32>,
    /// Atoms of the forest: of all others the base is the atom itself, and nothing else is known.
    touched: Vec<u32>,
    /// Room for marks on atoms; none is left between uses.
    marks: Vec<bool>,
    marked: Vec<u32>,
}

impl Forest {
    /// A forest of one root.
    fn plant(&mut self, root: u32, count: usize) {
        if self.base.len() != count {
            self.base = (0..count as u32).collect();
            self.parent = vec![NONE; count];
            self.outer = vec![false; count];
            self.marks = vec![false; count];
        }
        for atom in self.touched.drain(..) {
            self.base[atom as usize] = atom;
            self.parent[atom as usize] = NONE;
            self.outer[atom as usize] = false;
        }
        self.outer[root as usize] = true;
        self.touched.push(root);
        self.queue.clear();
        self.queue.push(root);
    }

    fn mark(&mut self, atom: u32) {
        self.marks[atom as usize] = true;
        self.marked.push(atom);
    }

    fn clear_marks(&mut self) {
        for atom in self.marked.drain(..) {
            self.marks[atom as usize] = false;
        }
    }
}

impl<'a> Matching<'a> {
    fn new(flat: &'a Flat, need: &'a [Need]) -> Self {
        let mate = SmallVec::from_elem(NONE, flat.atoms.len());
        let mut matching = Self { flat, need, mate, forest: Forest::default() };
        // A start along the bonds; wildcards come last.
        for a in 0..need.len() as u32 {
            let is_free = |b: &u32| need[*b as usize] == Need::One && matching.mate[*b as usize] == NONE;
            if is_free(&a)
                && let Some(b) = matching.candidates(a).filter(is_free).min()
            {
                (matching.mate[a as usize], matching.mate[b as usize]) = (b, a);
            }
        }
        matching
    }

    /// The neighbours to which an atom could have a double bond.
    fn candidates(&self, atom: u32) -> impl Iterator<Item = u32> {
        let is_open = |bond| self.flat.order(bond) == BondOrder::Aromatic;
        let links = self.flat.links(atom).iter();
        links
            .filter(move |link| is_open(link.bond) && self.need[link.atom as usize] != Need::None)
            .map(|link| link.atom)
    }

    /// Makes sure that `root` is matched, by an alternating path if it is not yet; false if there is none. The path ends
    /// at an atom that is free, else at a wildcard of less need that becomes free.
    fn cover(&mut self, root: u32) -> bool {
        if self.mate[root as usize] != NONE {
            return true;
        }
        let mut forest = std::mem::take(&mut self.forest);
        forest.plant(root, self.mate.len());
        let is_covered = self.grow(root, &mut forest);
        self.forest = forest;
        is_covered
    }

    fn grow(&mut self, root: u32, forest: &mut Forest) -> bool {
        let mut done = 0;
        while let Some(&here) = forest.queue.get(done) {
            done += 1;
            let mut others: SmallVec<[u32; 4]> = self.candidates(here).collect();
            others.sort_unstable();
            for other in others {
                let mate = self.mate[other as usize];
                if forest.base[here as usize] == forest.base[other as usize] || self.mate[here as usize] == other {
                    continue;
                }
                let is_outer = other == root || mate != NONE && forest.parent[mate as usize] != NONE;
                if is_outer {
                    self.contract(here, other, forest);
                } else if forest.parent[other as usize] == NONE {
                    forest.parent[other as usize] = here;
                    forest.touched.push(other);
                    if mate == NONE {
                        self.augment(other, &forest.parent);
                        return true;
                    }
                    forest.outer[mate as usize] = true;
                    forest.touched.push(mate);
                    forest.queue.push(mate);
                }
            }
        }
        let need = |k: u32| self.need[k as usize];
        let is_spared = |k: &u32| forest.outer[*k as usize] && need(*k) < need(root);
        let spared = forest.touched.iter().copied().filter(is_spared).min_by_key(|&k| (need(k), k));
        let Some(spared) = spared else { return false };
        let end = std::mem::replace(&mut self.mate[spared as usize], NONE);
        self.augment(end, &forest.parent);
        true
    }

    /// Exchanges matched and unmatched edges along the path that ends at the free atom `end`.
    fn augment(&mut self, end: u32, parent: &[u32]) {
        let mut here = end;
        while here != NONE {
            let before = parent[here as usize];
            let next = self.mate[before as usize];
            (self.mate[here as usize], self.mate[before as usize]) = (before, here);
            here = next;
        }
    }

    /// Shrinks the odd cycle that the edge `a`–`b` closes into its base.
    fn contract(&self, a: u32, b: u32, forest: &mut Forest) {
        let bottom = self.common_base(a, b, forest);
        for (start, across) in [(a, b), (b, a)] {
            let (mut here, mut child) = (start, across);
            while forest.base[here as usize] != bottom {
                let mate = self.mate[here as usize];
                forest.mark(forest.base[here as usize]);
                forest.mark(forest.base[mate as usize]);
                forest.parent[here as usize] = child;
                child = mate;
                here = forest.parent[mate as usize];
            }
        }
        let first = forest.queue.len();
        for k in 0..forest.touched.len() {
            let atom = forest.touched[k];
            if forest.marks[forest.base[atom as usize] as usize] {
                forest.base[atom as usize] = bottom;
                if !std::mem::replace(&mut forest.outer[atom as usize], true) {
                    forest.queue.push(atom);
                }
            }
        }
        forest.queue[first..].sort_unstable();
        forest.clear_marks();
    }

    /// The lowest base that two alternating paths share.
    fn common_base(&self, a: u32, b: u32, forest: &mut Forest) -> u32 {
        let step = |here: u32, forest: &Forest| match self.mate[here as usize] {
            NONE => NONE,
            mate => forest.parent[mate as usize],
        };
        let mut here = forest.base[a as usize];
        forest.mark(here);
        loop {
            let below = step(here, forest);
            if below == NONE {
                break;
            }
            here = forest.base[below as usize];
            forest.mark(here);
        }
        let mut here = forest.base[b as usize];
        while !forest.marks[here as usize] {
            // The paths meet at the root.
            here = forest.base[step(here, forest) as usize];
        }
        forest.clear_marks();
        here
    }
}
