//! The symmetries of a graph as a tree of independent choices.
//!
//! A node of the tree is one way of laying a branch of the target onto a branch of the mobile set: the pairs of atoms that
//! follow from it at once, and the choices that are still open below, each of which is made without looking at the others.
//! A molecule of k methyl groups has 6ᵏ symmetries and 10 k nodes.

use super::assignment::{FEW, permutations};
use super::blocks::BlockTree;
use super::classes::Classes;
use super::graph::Graph;
use crate::{Error, Result};
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

/// Most pairs of branches that are laid onto one another.
const MOST_PAIRS: usize = 1 << 20;

/// Pairs of atoms (target, mobile) that belong together, and the choices left open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    pub(super) pairs: SmallVec<[(u32, u32); 4]>,
    pub(super) choices: Vec<Choice>,
}

/// A choice; numbers are places in the list of nodes, always of nodes before the one that asks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Choice {
    /// Of k alike branches each goes to another: entry `[i * k + j]` lays branch i of the target onto j.
    Permute { k: usize, entries: Vec<usize> },
    /// One of several ways of laying a ring system onto another.
    Map { options: Vec<usize> },
}

/// All symmetries; the last node is the whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Exchanges {
    pub(super) nodes: Vec<Node>,
    /// How many symmetries there are, `None` beyond 2¹²⁸.
    pub(super) order: Option<u128>,
}

impl Exchanges {
    /// How much there is to do for one rotation, in units of a few microseconds.
    pub(super) fn work(&self) -> usize {
        let of_choice = |choice: &Choice| match choice {
            Choice::Permute { k, .. } => k * tries(*k),
            Choice::Map { options } => options.len(),
        };
        let choices: usize = self.nodes.iter().flat_map(|node| &node.choices).map(of_choice).sum();
        1 + (self.nodes.len() + choices) / 64
    }
}

/// How many permutations of k are tried, or k² where they are not.
fn tries(k: usize) -> usize {
    if k <= FEW { permutations(k).len() } else { k * k }
}

/// What is laid onto what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Task {
    Whole,
    Branch(usize, usize),
    /// By automorphism number `.2` of their class.
    Block(usize, usize, usize),
}

/// What a task asks for.
enum Link {
    One(usize),
    Permute { k: usize, entries: Vec<usize> },
    Map(Vec<usize>),
}

/// All that one task asks for.
type Links = SmallVec<[Link; 2]>;

impl Exchanges {
    pub(super) fn new(graph: &Graph) -> Result<Self> {
        let tree = BlockTree::new(graph);
        let classes = Classes::new(graph, &tree)?;
        // With few symmetries there are about two tasks for each node of the tree.
        let room = 2 * tree.order.len();
        let numbers = FxHashMap::with_capacity_and_hasher(room, FxBuildHasher);
        let mut plan = Plan { tree: &tree, classes: &classes, tasks: Vec::with_capacity(room), numbers };
        plan.number(Task::Whole)?;
        let mut links = Vec::new();
        while links.len() < plan.tasks.len() {
            links.push(plan.links(plan.tasks[links.len()])?);
        }
        Ok(assemble(&plan.tasks, links, tree.vertices))
    }
}

struct Plan<'a> {
    tree: &'a BlockTree,
    classes: &'a Classes,
    tasks: Vec<Task>,
    numbers: FxHashMap<Task, usize>,
}

impl Plan<'_> {
    fn number(&mut self, task: Task) -> Result<usize> {
        let next = self.tasks.len();
        if next == MOST_PAIRS {
            return Err(Error::TooMany { what: "pairs of equivalent branches", limit: MOST_PAIRS });
        }
        let number = *self.numbers.entry(task).or_insert(next);
        if number == next {
            self.tasks.push(task);
        }
        Ok(number)
    }

    fn links(&mut self, task: Task) -> Result<Links> {
        match task {
            Task::Whole => {
                let roots: SmallVec<[usize; 4]> = self.tree.roots().collect();
                self.permutations(&roots, &roots)
            }
            Task::Branch(target, mobile) if target < self.tree.vertices => {
                let [of_target, of_mobile] = [target, mobile].map(|node| self.tree.children[node].clone());
                self.permutations(&of_target, &of_mobile)
            }
            Task::Branch(target, mobile) => {
                let count = self.classes.automorphisms[&self.classes.of[target]].len();
                let mut one = |k| self.number(Task::Block(target, mobile, k));
                let link = if count == 1 {
                    Link::One(one(0)?)
                } else {
                    Link::Map((0..count).map(one).collect::<Result<_>>()?)
                };
                Ok(SmallVec::from_iter([link]))
            }
            Task::Block(target, mobile, number) => {
                let classes = self.classes;
                let [of_target, of_mobile] = [target, mobile].map(|node| &classes.aligned[node - self.tree.vertices]);
                let map = &classes.automorphisms[&classes.of[target]][number];
                let below = usize::from(self.tree.parent[target].is_some());
                let pair = |place: usize| Task::Branch(of_target[place], of_mobile[map[place]]);
                (below..map.len()).map(|place| self.number(pair(place)).map(Link::One)).collect()
            }
        }
    }

    /// Branches of one list onto those of the other, class by class.
    fn permutations(&mut self, target: &[usize], mobile: &[usize]) -> Result<Links> {
        let sorted = |list: &[usize]| {
            let mut list: SmallVec<[usize; 4]> = list.iter().copied().collect();
            list.sort_by_key(|&node| (self.classes.of[node], node));
            list
        };
        let (target, mobile) = (sorted(target), sorted(mobile));
        let mut links = Links::new();
        let mut start = 0;
        while start < target.len() {
            let class = self.classes.of[target[start]];
            let k = target[start..].iter().take_while(|&&node| self.classes.of[node] == class).count();
            let end = start + k;
            if k == 1 {
                links.push(Link::One(self.number(Task::Branch(target[start], mobile[start]))?));
                start = end;
                continue;
            }
            let mut entries = Vec::with_capacity(k * k);
            for &row in &target[start..end] {
                for &column in &mobile[start..end] {
                    entries.push(self.number(Task::Branch(row, column))?);
                }
            }
            links.push(Link::Permute { k, entries });
            start = end;
        }
        Ok(links)
    }
}

/// Joins what leaves no choice and numbers the rest from the bottom up. Tasks stand before those that they ask for.
fn assemble(tasks: &[Task], links: Vec<Links>, vertices: usize) -> Exchanges {
    let mut uses = vec![0_usize; tasks.len()];
    for link in links.iter().flatten() {
        match link {
            Link::One(one) => uses[*one] += 1,
            Link::Permute { entries: many, .. } | Link::Map(many) => many.iter().for_each(|&one| uses[one] += 1),
        }
    }
    let mut nodes: Vec<Node> = Vec::new();
    let mut orders: Vec<Option<u128>> = Vec::new();
    // What each task has become, and how many ways it has; `place` once it has a number of its own.
    let mut parts: Vec<(Node, Option<u128>)> = vec![(Node::default(), Some(1)); tasks.len()];
    let mut place: Vec<Option<usize>> = vec![None; tasks.len()];
    for (task, links) in links.into_iter().enumerate().rev() {
        let (mut node, mut ways) = (Node::default(), Some(1_u128));
        let times = |a: Option<u128>, b: Option<u128>| a.zip(b).and_then(|(a, b)| a.checked_mul(b));
        for link in links {
            let mut number = |child: usize| {
                *place[child].get_or_insert_with(|| {
                    let (node, ways) = std::mem::take(&mut parts[child]);
                    nodes.push(node);
                    orders.push(ways);
                    nodes.len() - 1
                })
            };
            match link {
                Link::One(child) => {
                    uses[child] -= 1;
                    let (part, its_ways) =
                        if uses[child] == 0 { std::mem::take(&mut parts[child]) } else { parts[child].clone() };
                    ways = times(ways, its_ways);
                    if node.pairs.len() < part.pairs.len() {
                        let (pairs, rest) = (part.pairs, std::mem::take(&mut node.pairs));
                        node.pairs = pairs;
                        node.pairs.extend(rest);
                    } else {
                        node.pairs.extend(part.pairs);
                    }
                    if node.choices.len() < part.choices.len() {
                        let rest = std::mem::replace(&mut node.choices, part.choices);
                        node.choices.extend(rest);
                    } else {
                        node.choices.extend(part.choices);
                    }
                }
                Link::Permute { k, entries } => {
                    let entries: Vec<usize> = entries.into_iter().map(&mut number).collect();
                    for j in 0..k {
                        ways = times(ways, times(Some(j as u128 + 1), orders[entries[j * k + j]]));
                    }
                    node.choices.push(Choice::Permute { k, entries });
                }
                Link::Map(options) => {
                    let options: Vec<usize> = options.into_iter().map(&mut number).collect();
                    ways = times(ways, times(Some(options.len() as u128), orders[options[0]]));
                    node.choices.push(Choice::Map { options });
                }
            }
        }
        if let Task::Branch(target, mobile) = tasks[task]
            && target < vertices
        {
            node.pairs.push((target as u32, mobile as u32));
        }
        parts[task] = (node, ways);
    }
    let (whole, order) = parts.swap_remove(0);
    nodes.push(whole);
    Exchanges { nodes, order }
}
