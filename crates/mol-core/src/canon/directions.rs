//! Direction marks for stated double bonds: which single bonds carry `/` and `\`, and in which sense.
//!
//! One mark at either end states a double bond, and conjugated double bonds share marks; so a mark is chosen such that the
//! statements agree, and that no double bond between two others comes to be stated by their marks. Where only a hydrogen
//! is left to carry a mark it becomes an atom. What even that cannot express is reported, and loses its mark.

use super::graph::{ABSENT, Graph, HYDROGEN};
use super::site::{Kind, Site};
use crate::{BondDirection, BondOrder};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// The sites at each vertex, each with which of its ends that is.
type Ends = FxHashMap<u32, SmallVec<[(usize, usize); 2]>>;

/// What carries marks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directions {
    /// Marked lines: the vertex of a stated end, what stands at the line's other end, the direction seen from the first, and
    /// the group of marks that depend on each other.
    pub(crate) marks: Vec<Mark>,
}

/// A mark on the line from `end` to `ligand`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) end: u32,
    /// A vertex, or [`HYDROGEN`].
    pub(crate) ligand: u32,
    pub(crate) direction: BondDirection,
    pub(crate) group: u32,
}

/// A line that carries a mark; its sense is that of its root, inverted or not.
#[derive(Clone, Copy, Debug)]
struct Variable {
    ends: (u32, u32),
    parent: usize,
    inverted: bool,
}

/// Variables and the relations among them.
#[derive(Clone, Debug, Default)]
struct System {
    variables: Vec<Variable>,
    /// The variable of a line, by its ends in the order in which it was made.
    places: FxHashMap<(u32, u32), usize>,
    /// Variables that were roots and are not any more, in that order.
    joined: Vec<usize>,
}

impl System {
    fn position(&self, end: u32, ligand: u32) -> Option<usize> {
        let back = || if ligand < ABSENT { self.places.get(&(ligand, end)) } else { None };
        self.places.get(&(end, ligand)).or_else(back).copied()
    }

    fn variable(&mut self, end: u32, ligand: u32) -> usize {
        self.position(end, ligand).unwrap_or_else(|| {
            let parent = self.variables.len();
            self.variables.push(Variable { ends: (end, ligand), parent, inverted: false });
            self.places.insert((end, ligand), parent);
            parent
        })
    }

    /// A place to come back to.
    fn mark(&self) -> (usize, usize) {
        (self.variables.len(), self.joined.len())
    }

    /// Takes back all that was added since a mark.
    fn undo(&mut self, (variables, joined): (usize, usize)) {
        for root in self.joined.drain(joined..) {
            let variable = &mut self.variables[root];
            (variable.parent, variable.inverted) = (root, false);
        }
        for variable in self.variables.drain(variables..) {
            self.places.remove(&variable.ends);
        }
    }

    fn root(&self, mut variable: usize) -> (usize, bool) {
        let mut inverted = false;
        while self.variables[variable].parent != variable {
            inverted ^= self.variables[variable].inverted;
            variable = self.variables[variable].parent;
        }
        (variable, inverted)
    }

    /// The sense of a line seen from `end`, relative to its root.
    fn seen_from(&self, variable: usize, end: u32) -> (usize, bool) {
        let (root, inverted) = self.root(variable);
        (root, inverted ^ (self.variables[variable].ends.0 != end))
    }

    /// Demands that two lines, each seen from its end, point the same way or opposite ways; false if that contradicts.
    fn relate(&mut self, a: (usize, u32), b: (usize, u32), opposite: bool) -> bool {
        let (root_a, inverted_a) = self.seen_from(a.0, a.1);
        let (root_b, inverted_b) = self.seen_from(b.0, b.1);
        if root_a == root_b {
            return inverted_a ^ inverted_b == opposite;
        }
        let (low, high) = (root_a.min(root_b), root_a.max(root_b));
        self.variables[high].parent = low;
        self.variables[high].inverted = inverted_a ^ inverted_b ^ opposite;
        self.joined.push(high);
        true
    }
}

/// Sites that may be looked at to find the marks of a component.
pub(crate) const MOST_LOOKS: usize = 20_000_000;

/// Why there are no marks for all stated double bonds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The place among the sites of one that must lose its mark.
    Inexpressible(usize),
    /// Too many sites were looked at: all must lose their marks.
    TooLong,
}

/// The marks for all stated double bonds of a component; `rank` is the place of each vertex in a numbering, `looks` what is
/// left of [`MOST_LOOKS`].
///
/// # Errors
/// Which sites must lose their marks.
pub(crate) fn directions(
    graph: &Graph,
    rank: &[u32],
    looks: &mut usize,
    mut is_idle: impl FnMut(usize) -> bool,
) -> Result<Directions, Failure> {
    let is_bond = |site: &&Site| site.kind == Kind::Bond;
    if !graph.sites.iter().filter(is_bond).any(|site| site.number > 0) {
        return Ok(Directions::default());
    }
    let first_end = |k: &usize| {
        let [a, b] = graph.sites[*k].ends.map(|end| rank[end as usize]);
        (a.min(b), a.max(b))
    };
    let mut all: Vec<usize> = (0..graph.sites.len()).filter(|&k| graph.sites[k].kind == Kind::Bond).collect();
    all.sort_unstable_by_key(first_end);
    let mut ends = Ends::default();
    for &k in &all {
        for (end, &vertex) in graph.sites[k].ends.iter().enumerate() {
            ends.entry(vertex).or_default().push((k, end));
        }
    }
    let (stated, open): (Vec<usize>, Vec<usize>) = all.iter().partition(|&&k| graph.sites[k].number > 0);
    // Ends of open double bonds that must stay without marks.
    let mut forbidden = FxHashSet::default();
    let mut harmless = vec![false; graph.sites.len()];
    let mut system = assign(graph, rank, &stated, &ends, &forbidden).map_err(Failure::Inexpressible)?;
    for _ in 0..=2 * open.len() {
        let accident = |k: &&usize| !harmless[**k] && says_something(graph, &system, **k);
        let Some(&k) = open.iter().find(accident) else { break };
        *looks = looks.saturating_sub(all.len());
        if *looks == 0 {
            return Err(Failure::TooLong);
        }
        let mut sides = graph.sites[k].ends;
        if rank[sides[0] as usize] > rank[sides[1] as usize] {
            sides.swap(0, 1);
        }
        let better = sides.into_iter().filter(|end| !forbidden.contains(end)).find_map(|end| {
            let mut wider = forbidden.clone();
            wider.insert(end);
            Some((assign(graph, rank, &stated, &ends, &wider).ok()?, wider))
        });
        match better {
            Some((changed, wider)) => (system, forbidden) = (changed, wider),
            None if is_idle(k) => {
                *looks = looks.saturating_sub(graph.len());
                harmless[k] = true;
            }
            None => {
                let touches = |s: &&usize| shares_mark(graph, **s, k);
                return Err(Failure::Inexpressible(stated.iter().rev().find(touches).copied().unwrap_or(stated[0])));
            }
        }
    }
    Ok(finished(&system))
}

fn finished(system: &System) -> Directions {
    let mark = |(k, variable): (usize, &Variable)| {
        let (root, inverted) = system.root(k);
        let direction = if inverted { BondDirection::Down } else { BondDirection::Up };
        Mark { end: variable.ends.0, ligand: variable.ends.1, direction, group: root as u32 + 1 }
    };
    Directions { marks: system.variables.iter().enumerate().map(mark).collect() }
}

/// Whether both ends of a double bond have marks that agree.
fn says_something(graph: &Graph, system: &System, site: usize) -> bool {
    let site = &graph.sites[site];
    let marked = |k: usize| {
        let ligands = &site.ligands[2 * k..2 * k + 2];
        ligands.iter().any(|&ligand| system.position(site.ends[k], ligand).is_some())
    };
    marked(0) && marked(1)
}

/// Whether a ligand of one site is an end of the other, or they share an end.
fn shares_mark(graph: &Graph, stated: usize, open: usize) -> bool {
    let (stated, open) = (&graph.sites[stated], &graph.sites[open]);
    open.ends.iter().any(|end| stated.ligands.contains(end) || stated.ends.contains(end))
}

/// Chooses marks for the stated sites one after the other; `ends` are the sites at each vertex.
fn assign(
    graph: &Graph,
    rank: &[u32],
    stated: &[usize],
    ends: &Ends,
    forbidden: &FxHashSet<u32>,
) -> Result<System, usize> {
    let mut system = System::default();
    let mut done = vec![false; graph.sites.len()];
    for &k in stated {
        done[k] = true;
        let site = &graph.sites[k];
        let choices = [0, 1].map(|end| choices(graph, rank, &system, site, end, ends, forbidden));
        let mut pairs = choices[0].iter().flat_map(|&a| choices[1].iter().map(move |&b| [a, b]));
        let found = pairs.any(|chosen| {
            let mark = system.mark();
            let fits = states(graph, &mut system, k, chosen, ends, &done);
            if !fits {
                system.undo(mark);
            }
            fits
        });
        if !found {
            return Err(k);
        }
    }
    Ok(system)
}

/// The ligands of one end that can carry a mark, best first.
fn choices(
    graph: &Graph,
    rank: &[u32],
    system: &System,
    site: &Site,
    end: usize,
    ends: &Ends,
    forbidden: &FxHashSet<u32>,
) -> SmallVec<[usize; 2]> {
    let vertex = site.ends[end];
    let ligand = |slot: usize| site.ligands[2 * end + slot];
    let fits = |slot: &usize| {
        let ligand = ligand(*slot);
        if ligand == HYDROGEN {
            return true;
        }
        let single = |order: u8| order == BondOrder::Single as u8 || order == BondOrder::Aromatic as u8;
        ligand < ABSENT
            && graph.arcs(vertex).iter().any(|arc| arc.to == ligand && single(arc.order))
            && !forbidden.contains(&ligand)
    };
    let mut slots: SmallVec<[usize; 2]> = (0..2).filter(fits).collect();
    let is_end = |vertex: u32| ends.contains_key(&vertex);
    slots.sort_by_key(|&slot| {
        let ligand = ligand(slot);
        let place = rank.get(ligand as usize).copied().unwrap_or(u32::MAX);
        (system.position(vertex, ligand).is_none(), ligand == HYDROGEN, is_end(ligand), place)
    });
    slots
}

/// Marks the chosen ligands of a site and relates them to each other and to all marks beside them; false if that contradicts.
fn states(graph: &Graph, system: &mut System, site: usize, chosen: [usize; 2], ends: &Ends, done: &[bool]) -> bool {
    let this = &graph.sites[site];
    let ligands = [0, 1].map(|end| this.ligands[2 * end + chosen[end]]);
    let lines = [0, 1].map(|end| system.variable(this.ends[end], ligands[end]));
    let cis = (this.number == 1) ^ (chosen[0] == 1) ^ (chosen[1] == 1);
    if !system.relate((lines[0], this.ends[0]), (lines[1], this.ends[1]), !cis) {
        return false;
    }
    // Two marked ligands of one end of a stated double bond lie on opposite sides; only the ends of the new lines can be new.
    let touched = [this.ends[0], this.ends[1], ligands[0], ligands[1]];
    touched.iter().all(|&vertex| {
        let here = ends.get(&vertex).map_or(&[][..], |list| list);
        here.iter().filter(|place| done[place.0]).all(|&(k, end)| {
            let pair = [0, 1].map(|slot| system.position(vertex, graph.sites[k].ligands[2 * end + slot]));
            match pair {
                [Some(a), Some(b)] => system.relate((a, vertex), (b, vertex), true),
                _ => true,
            }
        })
    })
}
