//! All connected pieces of a graph of at most so many bonds, each once.

use super::graph::Graph;
use super::{MOST_PATHS, MOST_STEPS, STEPS};
use crate::{Error, Result};

/// A connected piece: its bonds, and how many of them each atom has.
pub(super) struct Subgraph {
    bonds: Vec<u32>,
    /// Shape `[atoms of the molecule]`.
    degrees: Vec<u32>,
    /// Atoms with bonds, in the order in which they came.
    atoms: Vec<u32>,
}

impl Subgraph {
    /// The bonds, in the order in which they were added.
    pub(super) fn bonds(&self) -> &[u32] {
        &self.bonds
    }

    pub(super) fn atom_count(&self) -> usize {
        self.atoms.len()
    }

    /// Bonds of an atom within the piece.
    #[inline]
    pub(super) fn degree(&self, atom: u32) -> u32 {
        self.degrees[atom as usize]
    }

    /// Bonds within the piece of each of its atoms.
    pub(super) fn degrees(&self) -> impl Iterator<Item = u32> {
        self.atoms.iter().map(|&atom| self.degree(atom))
    }

    fn add(&mut self, bond: u32, ends: [u32; 2]) {
        self.bonds.push(bond);
        for atom in ends {
            if self.degrees[atom as usize] == 0 {
                self.atoms.push(atom);
            }
            self.degrees[atom as usize] += 1;
        }
    }

    /// Takes back the bond added last.
    fn remove(&mut self, ends: [u32; 2]) {
        self.bonds.pop();
        for atom in ends {
            self.degrees[atom as usize] -= 1;
            if self.degrees[atom as usize] == 0 {
                self.atoms.pop();
            }
        }
    }
}

/// Shows every connected set of 1 to `most` bonds once. The depth of the recursion is `most`.
///
/// A piece is grown from its least bond. At each step the bonds beside it are tried in turn, and what has been tried is
/// closed to the later ones, so that no set is reached twice (Wernicke, *IEEE/ACM Trans. Comput. Biol. Bioinform.*
/// **3**, 347 (2006)).
pub(super) fn visit_subgraphs(
    graph: &Graph,
    most: usize,
    found: &mut impl FnMut(&Subgraph) -> Result<()>,
) -> Result<()> {
    let piece = Subgraph {
        bonds: Vec::with_capacity(most),
        degrees: vec![0; graph.atom_count()],
        atoms: Vec::with_capacity(most + 1),
    };
    let closed = vec![false; graph.bonds.len()];
    let mut walk = Walk { graph, most, found, piece, closed, beside: Vec::new(), undo: Vec::new(), count: 0, steps: 0 };
    for bond in 0..graph.bonds.len() as u32 {
        walk.closed[bond as usize] = true;
        walk.offer_beside(bond);
        walk.piece.add(bond, graph.bonds[bond as usize]);
        walk.grow(0)?;
        walk.piece.remove(graph.bonds[bond as usize]);
        walk.beside.clear();
    }
    Ok(())
}

struct Walk<'a, F> {
    graph: &'a Graph,
    most: usize,
    found: &'a mut F,
    piece: Subgraph,
    /// Bonds that may not be added any more.
    closed: Vec<bool>,
    /// Bonds to try, those of each level behind those of the one above; some more than once.
    beside: Vec<u32>,
    /// Bonds closed at each level, to be opened on leaving it.
    undo: Vec<u32>,
    count: usize,
    /// Bonds offered so far.
    steps: usize,
}

impl<F: FnMut(&Subgraph) -> Result<()>> Walk<'_, F> {
    /// Shows the piece and all it grows into with the bonds to try from `level` on.
    fn grow(&mut self, level: usize) -> Result<()> {
        self.count += 1;
        if self.count > MOST_PATHS {
            return Err(Error::TooMany { what: "connected pieces of the molecule", limit: MOST_PATHS });
        }
        if self.steps > MOST_STEPS {
            return Err(Error::TooMany { what: STEPS, limit: MOST_STEPS });
        }
        (self.found)(&self.piece)?;
        if self.piece.bonds.len() == self.most {
            return Ok(());
        }
        let opened = self.undo.len();
        while self.beside.len() > level {
            let bond = self.beside.pop().expect("there are more than level");
            if std::mem::replace(&mut self.closed[bond as usize], true) {
                continue;
            }
            self.undo.push(bond);
            let below = self.beside.len();
            if self.piece.bonds.len() + 1 < self.most {
                self.beside.extend_from_within(level..below);
                self.steps += below - level;
                self.offer_beside(bond);
            }
            self.piece.add(bond, self.graph.bonds[bond as usize]);
            self.grow(below)?;
            self.piece.remove(self.graph.bonds[bond as usize]);
            self.beside.truncate(below);
        }
        for bond in self.undo.drain(opened..) {
            self.closed[bond as usize] = false;
        }
        Ok(())
    }

    /// Puts the open bonds beside a bond among those to try.
    fn offer_beside(&mut self, bond: u32) {
        for atom in self.graph.bonds[bond as usize] {
            let open = |&&(_, other): &&(u32, u32)| !self.closed[other as usize];
            self.steps += self.graph.degree(atom as usize);
            self.beside.extend(self.graph.around(atom as usize).iter().filter(open).map(|&(_, other)| other));
        }
    }
}
