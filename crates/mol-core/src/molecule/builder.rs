//! Building molecules atom by atom.

use super::{Atom, AtomIndex, BondData, BondDirection, BondIndex, BondOrder, Molecule, Node, UNCOUNTED};
use crate::{Error, Result};
use petgraph::graph::NodeIndex;
use smallvec::SmallVec;

/// A molecule under construction; [`build`](Self::build) checks its atoms and hands it over.
///
/// ```
/// use mol_core::{Atom, BondOrder, Element, MoleculeBuilder};
/// let mut builder = MoleculeBuilder::new();
/// let carbon = builder.add_atom(Atom::new(Element::C));
/// let oxygen = builder.add_atom(Atom::new(Element::O));
/// builder.add_bond(carbon, oxygen, BondOrder::Double)?;
/// assert_eq!(builder.build()?.formula(), "CH2O");
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MoleculeBuilder {
    molecule: Molecule,
}

impl MoleculeBuilder {
    /// Starts with nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts with room for so many atoms and bonds.
    #[must_use]
    pub fn with_capacity(atoms: usize, bonds: usize) -> Self {
        let mut builder = Self::default();
        builder.molecule.graph.reserve_nodes(atoms);
        builder.molecule.graph.reserve_edges(bonds);
        builder
    }

    /// Starts with the atoms and bonds of `molecule`; its conformers are left behind, as they fit no other list of atoms.
    pub(super) fn from_molecule(mut molecule: Molecule) -> Self {
        molecule.conformers.clear();
        molecule.graph.node_weights_mut().for_each(|node| node.hydrogens = UNCOUNTED);
        Self { molecule }
    }

    /// The molecule so far.
    #[must_use]
    pub const fn molecule(&self) -> &Molecule {
        &self.molecule
    }

    /// Appends an atom.
    pub fn add_atom(&mut self, atom: Atom) -> AtomIndex {
        AtomIndex(
            self.molecule.graph.add_node(Node { atom, hydrogens: UNCOUNTED, bonds: SmallVec::new() }).index() as u32
        )
    }

    /// An atom to change, `None` beyond the last.
    pub fn atom_mut(&mut self, atom: AtomIndex) -> Option<&mut Atom> {
        self.molecule.graph.node_weight_mut(atom.node()).map(|node| &mut node.atom)
    }

    /// An atom known to exist, to change.
    pub(super) fn atom_at(&mut self, atom: AtomIndex) -> &mut Atom {
        &mut self.molecule.node_mut(atom).atom
    }

    /// Appends a bond without a direction mark.
    ///
    /// # Errors
    /// As [`add_marked_bond`](Self::add_marked_bond).
    pub fn add_bond(&mut self, begin: AtomIndex, end: AtomIndex, order: BondOrder) -> Result<BondIndex> {
        self.add_marked_bond(begin, end, order, None)
    }

    /// Appends a bond; it becomes the last neighbour of both atoms, which is the order chirality refers to.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an atom does not exist, both are the same, they are bonded already, or a bond other
    /// than a single one carries a direction.
    pub fn add_marked_bond(
        &mut self,
        begin: AtomIndex,
        end: AtomIndex,
        order: BondOrder,
        direction: Option<BondDirection>,
    ) -> Result<BondIndex> {
        let expected = if begin.max(end).index() >= self.molecule.atom_count() {
            "between existing atoms"
        } else if begin == end {
            "between two different atoms"
        } else if self.molecule.bond_between(begin, end).is_some() {
            "the only one of its two atoms"
        } else if direction.is_some() && order != BondOrder::Single {
            "single if it carries a direction"
        } else {
            return Ok(self.push_bond(begin, end, BondData { order, direction }));
        };
        Err(Error::InvalidArgument { what: "bond", expected, got: format!("{begin}-{end}") })
    }

    /// Checks the atoms and finishes.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an atom breaks a rule of the field docs of [`Atom`].
    pub fn build(self) -> Result<Molecule> {
        for (index, atom) in self.molecule.atoms() {
            if let Some(expected) = atom.fault() {
                return Err(Error::InvalidArgument { what: "atom", expected, got: format!("atom {index}: {atom:?}") });
            }
        }
        Ok(self.finish())
    }

    /// Finishes without the checks, for callers whose atoms cannot break them.
    pub(crate) fn finish(mut self) -> Molecule {
        self.molecule.settle();
        // What was kept ready for atoms that did not come.
        let graph = &mut self.molecule.graph;
        let (nodes, edges) = graph.capacity();
        if nodes + edges > graph.node_count() + graph.edge_count() + 16 {
            graph.shrink_to_fit();
        }
        self.molecule
    }

    /// A bond between atoms known to exist, to differ and to be unbonded.
    pub(crate) fn push_bond(&mut self, begin: AtomIndex, end: AtomIndex, data: BondData) -> BondIndex {
        let bond = self.push_edge(begin, end, data);
        self.molecule.node_mut(begin).bonds.push(bond);
        self.molecule.node_mut(end).bonds.push(bond);
        bond
    }

    /// Keeps the next place among the neighbours of `atom` for a bond that comes later; gives the place.
    pub(crate) fn reserve_place(&mut self, atom: AtomIndex) -> usize {
        let bonds = &mut self.molecule.node_mut(atom).bonds;
        bonds.push(BondIndex(u32::MAX));
        bonds.len() - 1
    }

    /// Gives up the places reserved at `atom`.
    pub(crate) fn drop_reserved_places(&mut self, atom: AtomIndex) {
        self.molecule.node_mut(atom).bonds.retain(|bond| *bond != BondIndex(u32::MAX));
    }

    /// As [`push_bond`](Self::push_bond), at the place reserved at `begin`.
    pub(crate) fn push_bond_at(&mut self, begin: AtomIndex, place: usize, end: AtomIndex, data: BondData) -> BondIndex {
        let bond = self.push_edge(begin, end, data);
        self.molecule.node_mut(begin).bonds[place] = bond;
        self.molecule.node_mut(end).bonds.push(bond);
        bond
    }

    /// Replaces the order of the neighbours of `atom` by a permutation of it.
    pub(crate) fn set_order(&mut self, atom: AtomIndex, bonds: SmallVec<[BondIndex; 4]>) {
        self.molecule.node_mut(atom).bonds = bonds;
    }

    /// What a bond carries, to change.
    pub(crate) fn bond_data_mut(&mut self, bond: BondIndex) -> &mut BondData {
        &mut self.molecule.graph[bond.edge()]
    }

    fn push_edge(&mut self, begin: AtomIndex, end: AtomIndex, data: BondData) -> BondIndex {
        BondIndex(self.molecule.graph.add_edge(begin.node(), end.node(), data).index() as u32)
    }
}

impl AtomIndex {
    pub(super) fn node(self) -> NodeIndex<u32> {
        NodeIndex::new(self.0 as usize)
    }
}
