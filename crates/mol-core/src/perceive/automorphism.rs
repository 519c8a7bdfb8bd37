//! Automorphisms of a coloured graph: a chain of stabilisers, one atom fixed after the other.
//!
//! Colours are refined by those of neighbours; where atoms of one colour are left, one is fixed and the colours are refined
//! again, until all differ. From the deepest level up, each level asks which other atoms the fixed one can be mapped to, and
//! keeps one automorphism for each that those at hand do not reach. Deliberately not here: molecules.

use super::symmetry::ranks;
use smallvec::SmallVec;

/// Steps after which the search is given up.
const MOST_STEPS: usize = 4_000_000;
const NONE: u32 = u32::MAX;

/// A neighbour with the kind of bond to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) to: u32,
    pub(super) kind: u32,
}

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

    pub(super) fn group(&self) -> Group {
        let count = self.edges.len();
        let mut steps = MOST_STEPS;
        let mut colors = self.colors.clone();
        self.refine(&mut colors, &mut steps);
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
        let mut orbit: Vec<u32> = (0..count as u32).collect();
        let mut order = Some(1_u128);
        for level in levels.iter().rev() {
            let color = level.colors[level.fixed as usize];
            // Roots of orbits to which the fixed atom cannot be mapped.
            let mut excluded: Vec<u32> = Vec::new();
            for other in (0..count as u32).filter(|&other| level.colors[other as usize] == color) {
                let [here, there] = [level.fixed, other].map(|atom| root(&mut orbit, atom));
                if steps == 0 || here == there || excluded.iter().any(|&no| root(&mut orbit, no) == there) {
                    continue;
                }
                match self.automorphism(level, other, &mut steps) {
                    Some(map) => {
                        for (from, &to) in (0_u32..).zip(&map) {
                            let [a, b] = [root(&mut orbit, from), root(&mut orbit, to)];
                            orbit[a.max(b) as usize] = a.min(b);
                        }
                        generators.push(map);
                    }
                    None => excluded.push(other),
                }
            }
            let here = root(&mut orbit, level.fixed);
            let length = (0..count as u32).filter(|&atom| root(&mut orbit, atom) == here).count();
            order = order.and_then(|order| order.checked_mul(length as u128));
        }
        let is_exact = steps > 0;
        let classes = if is_exact { self.classes(&refined, &mut orbit) } else { ranks(&refined) };
        Group { classes, generators, order, is_exact }
    }

    /// Numbers of the orbits that do not depend on the numbering: by colour, and where a colour has several orbits by what
    /// refinement finds when an atom of each is fixed.
    fn classes(&self, refined: &[u32], orbit: &mut [u32]) -> Vec<usize> {
        let roots: Vec<u32> = (0..orbit.len() as u32).map(|atom| root(orbit, atom)).collect();
        let mut keys: Vec<(u32, Vec<Vec<u32>>)> = refined.iter().map(|&color| (color, Vec::new())).collect();
        let mut orbits: Vec<(u32, u32)> = roots.iter().map(|&root| (refined[root as usize], root)).collect();
        orbits.sort_unstable();
        orbits.dedup();
        for split in orbits.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            for &(_, root) in split {
                let colors = self.fix(refined, root, &mut usize::MAX.clone());
                let mut certificate: Vec<Vec<u32>> = (0..roots.len()).map(|atom| self.key(&colors, atom)).collect();
                certificate.sort_unstable();
                for (key, _) in keys.iter_mut().zip(&roots).filter(|(_, other)| **other == root) {
                    key.1.clone_from(&certificate);
                }
            }
        }
        ranks(&keys.iter().zip(&roots).map(|(key, root)| (key, root)).collect::<Vec<_>>())
    }

    /// Colour of an atom with those of its neighbours.
    fn key(&self, colors: &[u32], atom: usize) -> Vec<u32> {
        let mut around: SmallVec<[[u32; 2]; 4]> =
            self.edges[atom].iter().map(|edge| [edge.kind, colors[edge.to as usize]]).collect();
        around.sort_unstable();
        std::iter::once(colors[atom]).chain(around.into_iter().flatten()).collect()
    }

    /// Splits colours by those of neighbours until nothing changes.
    fn refine(&self, colors: &mut Vec<u32>, steps: &mut usize) {
        let mut classes = colors.iter().max().map_or(0, |last| last + 1);
        loop {
            *steps = steps.saturating_sub(colors.len());
            let keys: Vec<Vec<u32>> = (0..colors.len()).map(|atom| self.key(colors, atom)).collect();
            let finer: Vec<u32> = ranks(&keys).into_iter().map(|rank| rank as u32).collect();
            let count = finer.iter().max().map_or(0, |last| last + 1);
            *colors = finer;
            if count == classes || *steps == 0 {
                return;
            }
            classes = count;
        }
    }

    /// Colours with one more atom told apart.
    fn fix(&self, colors: &[u32], atom: u32, steps: &mut usize) -> Vec<u32> {
        let mut colors: Vec<u32> = colors.iter().map(|color| 2 * color + 1).collect();
        colors[atom as usize] -= 1;
        let mut colors: Vec<u32> = ranks(&colors).into_iter().map(|rank| rank as u32).collect();
        self.refine(&mut colors, steps);
        colors
    }

    /// An automorphism that keeps what the levels before have fixed and maps the atom of this level to `image`.
    fn automorphism(&self, level: &Level, image: u32, steps: &mut usize) -> Option<Vec<u32>> {
        let [from, to] = [level.fixed, image].map(|atom| self.fix(&level.colors, atom, steps));
        let mut sorted = [from.clone(), to.clone()];
        sorted.iter_mut().for_each(|list| list.sort_unstable());
        if sorted[0] != sorted[1] {
            return None;
        }
        let mut of_color = vec![Vec::new(); from.len()];
        (0_u32..).zip(&to).for_each(|(atom, &color)| of_color[color as usize].push(atom));
        let plan = self.plan(level.fixed);
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
                        placed == NONE
                            || self.edges[candidate as usize].contains(&Edge { to: placed, kind: edge.kind })
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

/// The lowest atom of the lowest colour that several atoms have.
fn first_repeated(colors: &[u32]) -> Option<u32> {
    let mut atom_of = vec![NONE; colors.len()];
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

/// The representative of an orbit, paths halved on the way.
fn root(orbit: &mut [u32], mut atom: u32) -> u32 {
    while orbit[atom as usize] != atom {
        orbit[atom as usize] = orbit[orbit[atom as usize] as usize];
        atom = orbit[atom as usize];
    }
    atom
}
