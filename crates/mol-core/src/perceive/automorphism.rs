//! Automorphisms of a coloured graph: a chain of stabilisers, one atom fixed after the other.
//!
//! Colours are refined by those of neighbours, looking only at atoms beside a change; where atoms of one colour are left, one
//! is fixed and the colours are refined again, until all differ. From the deepest level up, each level asks which other atoms the fixed one can be mapped to, and
//! keeps one automorphism for each that those at hand do not reach. Deliberately not here: molecules.

use super::sets::Sets;
use super::symmetry::ranks;
use smallvec::SmallVec;

/// Steps after which the search is given up.
const MOST_STEPS: usize = 1 << 24;
/// Steps of a walk along the bonds for each atom.
const WALKS: usize = 16;
const NONE: u32 = u32::MAX;

/// A neighbour with the kind of bond to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) to: u32,
    pub(super) kind: u32,
}

/// Kinds of bonds of an atom with the colours they lead to, ascending.
type Around = SmallVec<[[u32; 2]; 4]>;
/// A part of a colour: what is around its atoms, their number, and those of them that were looked at.
type Part<'a> = (&'a [[u32; 2]], usize, Vec<u32>);

/// A graph whose atoms have colours.
#[derive(Debug)]
pub(super) struct Colored {
    edges: Vec<SmallVec<[Edge; 4]>>,
    colors: Vec<u32>,
}

/// The automorphisms of a graph.
#[derive(Debug)]
pub(super) struct Group {
    /// Classes by invariant numbers.
    pub(super) classes: Vec<usize>,
    pub(super) generators: Vec<Vec<u32>>,
    /// Number of automorphisms, if it can be written.
    pub(super) order: Option<u128>,
    pub(super) is_exact: bool,
}

/// One level of the chain: colours with the atoms of the levels before fixed, and the atom fixed next.
struct Level {
    colors: Vec<u32>,
    fixed: u32,
}

impl Colored {
    pub(super) const fn new(edges: Vec<SmallVec<[Edge; 4]>>, colors: Vec<u32>) -> Self {
        Self { edges, colors }
    }

    /// The automorphisms; `numbers` gives an order of the atoms that is the same for every numbering, equivalent ones apart.
    pub(super) fn group(&self, numbers: &dyn Fn() -> Vec<usize>) -> Group {
        let count = self.edges.len();
        let mut steps = MOST_STEPS;
        let mut colors = self.colors.clone();
        self.refine(&mut colors, (0..count as u32).collect());
        let refined = colors.clone();
        let mut levels: Vec<Level> = Vec::new();
        while let Some(fixed) = first_repeated(&colors) {
            let next = self.fix(&colors, fixed, &mut steps);
            levels.push(Level { colors: std::mem::replace(&mut colors, next), fixed });
            if steps == 0 {
                break;
            }
        }
        let mut generators: Vec<Vec<u32>> = Vec::new();
        let mut orbit = Sets::new(count);
        let mut order = Some(1_u128);
        for level in levels.iter().rev() {
            let color = level.colors[level.fixed as usize];
            // Roots of orbits to which the fixed atom cannot be mapped.
            let mut excluded: Vec<u32> = Vec::new();
            for other in (0..count as u32).filter(|&other| level.colors[other as usize] == color) {
                let [here, there] = [level.fixed, other].map(|atom| orbit.least(atom));
                if steps == 0 || here == there || excluded.iter().any(|&no| orbit.least(no) == there) {
                    continue;
                }
                match self.automorphism(level, other, &mut steps) {
                    Some(map) => {
                        for (from, &to) in (0_u32..).zip(&map) {
                            orbit.join(from, to);
                        }
                        generators.push(map);
                    }
                    None => excluded.push(other),
                }
            }
            let here = orbit.least(level.fixed);
            let length = (0..count as u32).filter(|&atom| orbit.least(atom) == here).count();
            order = order.and_then(|order| order.checked_mul(length as u128));
        }
        let is_exact = steps > 0;
        let classes = if is_exact { self.classes(&refined, &mut orbit, numbers) } else { ranks(&refined) };
        Group { classes, generators, order, is_exact }
    }

    /// Numbers of the orbits that do not depend on the numbering: by colour, and where a colour has several orbits by what
    /// refinement finds when an atom of each is fixed, at last by `numbers`.
    fn classes(&self, refined: &[u32], orbit: &mut Sets, numbers: &dyn Fn() -> Vec<usize>) -> Vec<usize> {
        let roots: Vec<u32> = (0..refined.len() as u32).map(|atom| orbit.least(atom)).collect();
        let mut orbits: Vec<(u32, u32)> = roots.iter().map(|&root| (refined[root as usize], root)).collect();
        orbits.sort_unstable();
        orbits.dedup();
        // Place of each orbit, at its root, among those of its colour.
        let mut places = vec![0_usize; roots.len()];
        let mut least: Option<Vec<usize>> = None;
        for split in orbits.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            let mut certified: Vec<(Vec<Vec<u32>>, u32)> = Vec::with_capacity(split.len());
            for &(_, root) in split {
                let colors = self.fix(refined, root, &mut usize::MAX.clone());
                let mut certificate: Vec<Vec<u32>> = (0..roots.len()).map(|atom| self.key(&colors, atom)).collect();
                certificate.sort_unstable();
                certified.push((certificate, root));
            }
            certified.sort_unstable();
            for alike in certified.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
                let least = least.get_or_insert_with(|| {
                    let mut least = vec![usize::MAX; roots.len()];
                    for (&root, number) in roots.iter().zip(numbers()) {
                        least[root as usize] = least[root as usize].min(number);
                    }
                    least
                });
                alike.sort_unstable_by_key(|&(_, root)| least[root as usize]);
            }
            for (place, &(_, root)) in certified.iter().enumerate() {
                places[root as usize] = place;
            }
        }
        ranks(&roots.iter().map(|&root| (refined[root as usize], places[root as usize])).collect::<Vec<_>>())
    }

    /// Colour of an atom with those of its neighbours.
    fn key(&self, colors: &[u32], atom: usize) -> Vec<u32> {
        std::iter::once(colors[atom]).chain(self.around(colors, atom as u32).into_iter().flatten()).collect()
    }

    /// Kinds of bonds of an atom with the colours they lead to, ascending.
    fn around(&self, colors: &[u32], atom: u32) -> Around {
        let edges = self.edges[atom as usize].iter();
        let mut around: Around = edges.map(|edge| [edge.kind, colors[edge.to as usize]]).collect();
        around.sort_unstable();
        around
    }

    /// Splits colours by those of neighbours until nothing changes; `changed` are the atoms whose colour is new. Gives the
    /// steps it took.
    ///
    /// Of the parts of a colour the largest keeps it, so that an atom changes its colour a logarithmic number of times; the
    /// others have new ones in the order of what is around their atoms, which no numbering changes. Atoms that are beside no
    /// change have the same colours around them as all others of their colour.
    fn refine(&self, colors: &mut [u32], mut changed: Vec<u32>) -> usize {
        let mut cells = Cells::new(colors);
        let mut steps = colors.len();
        let mut is_dirty = vec![false; colors.len()];
        while !changed.is_empty() {
            let mut dirty: Vec<u32> = Vec::new();
            for edge in changed.iter().flat_map(|&atom| &self.edges[atom as usize]) {
                steps += 1;
                let is_single = cells.size[colors[edge.to as usize] as usize] == 1;
                if !is_single && !std::mem::replace(&mut is_dirty[edge.to as usize], true) {
                    dirty.push(edge.to);
                }
            }
            let mut keyed: Vec<(u32, Around, u32)> =
                dirty.iter().map(|&atom| (colors[atom as usize], self.around(colors, atom), atom)).collect();
            keyed.sort_unstable();
            // The atoms that leave their colour, part by part; colours are changed once all parts are known.
            let mut parts: Vec<(u32, Vec<u32>)> = Vec::new();
            for cell in keyed.chunk_by(|a, b| a.0 == b.0) {
                let color = cell[0].0;
                let clean = || cells.members(color).iter().copied().filter(|&atom| !is_dirty[atom as usize]);
                let rest = cells.size[color as usize] as usize - cell.len();
                let rest_around = clean().next().map(|atom| self.around(colors, atom));
                let mut groups: Vec<Part> = Vec::new();
                for group in cell.chunk_by(|a, b| a.1 == b.1) {
                    groups.push((&group[0].1, group.len(), group.iter().map(|entry| entry.2).collect()));
                }
                // Where the atoms beside no change belong; they are listed only if they leave.
                let mut home = None;
                if let Some(around) = rest_around.as_deref() {
                    let place = groups.partition_point(|group| group.0 < around);
                    if groups.get(place).is_none_or(|group| group.0 != around) {
                        groups.insert(place, (around, 0, Vec::new()));
                    }
                    groups[place].1 += rest;
                    home = Some(place);
                }
                // The first of the largest.
                let stays = (0..groups.len()).min_by_key(|&k| (std::cmp::Reverse(groups[k].1), k));
                for (place, (_, _, mut atoms)) in groups.into_iter().enumerate() {
                    if Some(place) != stays {
                        if home == Some(place) {
                            atoms.extend(clean());
                        }
                        parts.push((color, atoms));
                    }
                }
            }
            for &atom in &dirty {
                is_dirty[atom as usize] = false;
            }
            changed.clear();
            for (color, atoms) in parts {
                steps += atoms.len();
                let new = cells.split(color, &atoms);
                for &atom in &atoms {
                    colors[atom as usize] = new;
                }
                changed.extend(atoms);
            }
        }
        steps
    }

    /// Colours with one more atom told apart.
    fn fix(&self, colors: &[u32], atom: u32, steps: &mut usize) -> Vec<u32> {
        let mut colors = colors.to_vec();
        colors[atom as usize] = colors.iter().max().map_or(0, |last| last + 1);
        let taken = self.refine(&mut colors, vec![atom]);
        *steps = steps.saturating_sub(taken);
        colors
    }

    /// An automorphism that keeps what the levels before have fixed and maps the atom of this level to `image`.
    ///
    /// Nearly always the first walk along the bonds finds it or finds that there is none; where it goes astray, atoms are told
    /// apart one after the other and colours refined each time.
    fn automorphism(&self, level: &Level, image: u32, steps: &mut usize) -> Option<Vec<u32>> {
        let [from, to] = [level.fixed, image].map(|atom| self.fix(&level.colors, atom, steps));
        if !are_alike(&from, &to) {
            return None;
        }
        let mut walk = (WALKS * from.len()).min(*steps);
        *steps -= walk;
        let found = self.walk(level.fixed, &from, &to, &mut walk);
        let gave_up = found.is_none() && walk == 0;
        *steps += walk;
        if gave_up { self.refined_search(from, to, steps) } else { found }
    }

    /// A map of the colours `from` to the colours `to` along the bonds from `start` on; `None` if there is none or the steps
    /// are spent.
    fn walk(&self, start: u32, from: &[u32], to: &[u32], steps: &mut usize) -> Option<Vec<u32>> {
        let mut of_color = vec![Vec::new(); to.iter().max().map_or(0, |last| *last as usize + 1)];
        (0_u32..).zip(to).for_each(|(atom, &color)| of_color[color as usize].push(atom));
        let plan = self.plan(start);
        let mut map = vec![NONE; from.len()];
        let mut taken = vec![false; from.len()];
        let mut tried = vec![0_usize];
        while tried.len() <= plan.len() {
            let depth = tried.len() - 1;
            let (atom, before) = plan[depth];
            let candidates = match map.get(before as usize) {
                Some(&anchor) => self.edges[anchor as usize].get(tried[depth]).map(|edge| edge.to),
                None => of_color[from[atom as usize] as usize].get(tried[depth]).copied(),
            };
            *steps = steps.checked_sub(1)?;
            if let Some(candidate) = candidates {
                tried[depth] += 1;
                let fits = !taken[candidate as usize]
                    && from[atom as usize] == to[candidate as usize]
                    && self.edges[atom as usize].iter().all(|edge| {
                        let placed = map[edge.to as usize];
                        placed == NONE || self.edges[candidate as usize].contains(&Edge { to: placed, kind: edge.kind })
                    });
                if fits {
                    map[atom as usize] = candidate;
                    taken[candidate as usize] = true;
                    tried.push(0);
                }
            } else {
                tried.pop();
                let (above, _) = plan[tried.len().checked_sub(1)?];
                taken[map[above as usize] as usize] = false;
                map[above as usize] = NONE;
            }
        }
        Some(map)
    }

    /// A map of the colours `from` to the colours `to`, found by fixing one atom after the other and refining both sides.
    fn refined_search(&self, from: Vec<u32>, to: Vec<u32>, steps: &mut usize) -> Option<Vec<u32>> {
        struct Node {
            from: Vec<u32>,
            to: Vec<u32>,
            /// Images of the atom fixed next that are left to try.
            open: Vec<u32>,
        }
        let node = |from: Vec<u32>, to: Vec<u32>| {
            let open = first_repeated(&from).map_or_else(Vec::new, |fixed| {
                let color = from[fixed as usize];
                (0..to.len() as u32).rev().filter(|&atom| to[atom as usize] == color).collect()
            });
            Node { from, to, open }
        };
        let mut path = vec![node(from, to)];
        while let Some(here) = path.last_mut() {
            let Some(fixed) = first_repeated(&here.from) else {
                let found = self.map_of(&here.from, &here.to);
                if found.is_some() {
                    return found;
                }
                path.pop();
                continue;
            };
            let Some(image) = here.open.pop().filter(|_| *steps > 0) else {
                path.pop();
                continue;
            };
            let from = self.fix(&here.from, fixed, steps);
            let to = self.fix(&here.to, image, steps);
            if are_alike(&from, &to) {
                path.push(node(from, to));
            }
        }
        None
    }

    /// The map of atoms of different colours, if it keeps the bonds.
    fn map_of(&self, from: &[u32], to: &[u32]) -> Option<Vec<u32>> {
        let mut of_color = vec![NONE; to.iter().max().map_or(0, |last| *last as usize + 1)];
        (0_u32..).zip(to).for_each(|(atom, &color)| of_color[color as usize] = atom);
        let map: Vec<u32> = from.iter().map(|&color| of_color[color as usize]).collect();
        let keeps = |atom: usize| {
            let images = self.edges[atom].iter().map(|edge| Edge { to: map[edge.to as usize], kind: edge.kind });
            images.into_iter().all(|image| self.edges[map[atom] as usize].contains(&image))
        };
        (0..map.len()).all(keeps).then_some(map)
    }

    /// Atoms along the bonds from `start` on, each with one that comes before it if there is one.
    fn plan(&self, start: u32) -> Vec<(u32, u32)> {
        let mut plan = Vec::with_capacity(self.edges.len());
        let mut planned = vec![false; self.edges.len()];
        for first in std::iter::once(start).chain(0..self.edges.len() as u32) {
            if std::mem::replace(&mut planned[first as usize], true) {
                continue;
            }
            let mut done = plan.len();
            plan.push((first, NONE));
            while let Some(&(atom, _)) = plan.get(done) {
                for edge in &self.edges[atom as usize] {
                    if !std::mem::replace(&mut planned[edge.to as usize], true) {
                        plan.push((edge.to, atom));
                    }
                }
                done += 1;
            }
        }
        plan
    }
}

/// Whether two lists hold each colour equally often.
fn are_alike(a: &[u32], b: &[u32]) -> bool {
    let [a, b] = [a, b].map(|list| {
        let mut sorted = list.to_vec();
        sorted.sort_unstable();
        sorted
    });
    a == b
}

/// The atoms of each colour: ranges of one list.
struct Cells {
    atoms: Vec<u32>,
    place: Vec<u32>,
    first: Vec<u32>,
    size: Vec<u32>,
}

impl Cells {
    fn new(colors: &[u32]) -> Self {
        let count = colors.iter().max().map_or(0, |last| *last as usize + 1);
        let mut size = vec![0_u32; count];
        for &color in colors {
            size[color as usize] += 1;
        }
        let mut first = Vec::with_capacity(count);
        let mut total = 0;
        for &members in &size {
            first.push(total);
            total += members;
        }
        let (mut next, mut atoms, mut place) = (first.clone(), vec![0; colors.len()], vec![0; colors.len()]);
        for (atom, &color) in (0_u32..).zip(colors) {
            let at = &mut next[color as usize];
            (atoms[*at as usize], place[atom as usize]) = (atom, *at);
            *at += 1;
        }
        Self { atoms, place, first, size }
    }

    fn members(&self, color: u32) -> &[u32] {
        let first = self.first[color as usize] as usize;
        &self.atoms[first..first + self.size[color as usize] as usize]
    }

    /// Gives some atoms of a colour a new one, whose number it returns.
    fn split(&mut self, color: u32, leaving: &[u32]) -> u32 {
        let new = self.size.len() as u32;
        for &atom in leaving {
            self.size[color as usize] -= 1;
            let last = self.first[color as usize] + self.size[color as usize];
            let (here, other) = (self.place[atom as usize], self.atoms[last as usize]);
            self.atoms.swap(here as usize, last as usize);
            (self.place[atom as usize], self.place[other as usize]) = (last, here);
        }
        self.first.push(self.first[color as usize] + self.size[color as usize]);
        self.size.push(leaving.len() as u32);
        new
    }
}

/// The lowest atom of the lowest colour that several atoms have.
fn first_repeated(colors: &[u32]) -> Option<u32> {
    let mut atom_of = vec![NONE; colors.iter().max().map_or(0, |last| *last as usize + 1)];
    let mut best: Option<(u32, u32)> = None;
    for (atom, &color) in (0_u32..).zip(colors) {
        let first = &mut atom_of[color as usize];
        if *first == NONE {
            *first = atom;
        } else if best.is_none_or(|(lowest, _)| color < lowest) {
            best = Some((color, *first));
        }
    }
    best.map(|(_, atom)| atom)
}
