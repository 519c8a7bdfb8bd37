//! Molecules as graphs: atoms, bonds, conformers.
//!
//! A [`Molecule`] is immutable in its atoms and bonds, so that what was derived from it stays true; a [`MoleculeBuilder`]
//! makes one. Underneath lies a petgraph graph, private, to which each atom adds the *order* of its neighbours: chirality
//! means nothing without it, and graph libraries do not promise one. Hydrogens may be atoms of the graph or only counted
//! at their heavy atom ([`Molecule::hydrogens`]). Every molecule can be written as SMILES without loss (its conformers
//! apart): the checks of the builder are there for this.
//!
//! Deliberately not here: perception beyond valences and connectivity, canonical numbering, search, file formats, names.

mod atom;
mod bond;
mod builder;
mod chirality;
mod conformer;
mod hydrogens;
mod isomorphism;
mod serial;

#[cfg(test)]
mod tests;

pub use atom::Atom;
pub(crate) use bond::BondData;
pub use bond::{AtomIndex, Bond, BondDirection, BondIndex, BondOrder};
pub use builder::MoleculeBuilder;
pub(crate) use chirality::is_odd;
pub use chirality::{ChiralClass, Chirality};
pub use conformer::Conformer;
pub(crate) use conformer::check_finite;

use crate::{Element, Error, Result};
use petgraph::graph::{EdgeIndex, UnGraph};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A molecule, or several that belong together: a graph of atoms and bonds with any number of conformers.
///
/// ```
/// use mol_core::Molecule;
/// let glycol = Molecule::from_smiles("OCCO")?;
/// assert_eq!(glycol.formula(), "C2H6O2");
/// assert!((glycol.mass() - 62.068).abs() < 1e-9);
/// assert_eq!(glycol.with_explicit_hydrogens()?.atom_count(), 10);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "serial::Plain", into = "serial::Plain")]
pub struct Molecule {
    graph: UnGraph<Node, BondData, u32>,
    conformers: Vec<Conformer>,
}

/// What a node of the graph carries: the atom and its bonds in the order in which they were written.
#[derive(Debug, PartialEq)]
struct Node {
    atom: Atom,
    /// Hydrogens that are not atoms of the graph, or [`UNCOUNTED`] while the molecule is being built.
    hydrogens: u8,
    bonds: SmallVec<[BondIndex; 4]>,
}

impl Clone for Node {
    /// Copies the bonds as they lie, not one by one.
    fn clone(&self) -> Self {
        Self { atom: self.atom, hydrogens: self.hydrogens, bonds: SmallVec::from_slice(&self.bonds) }
    }
}

/// Hydrogens of an atom that may still change.
const UNCOUNTED: u8 = u8::MAX;

impl Molecule {
    /// Number of atoms of the graph.
    #[must_use]
    pub fn atom_count(&self) -> usize {
        self.graph.node_count()
    }

    /// Number of bonds of the graph.
    #[must_use]
    pub fn bond_count(&self) -> usize {
        self.graph.edge_count()
    }

    /// An atom.
    ///
    /// # Panics
    /// If `atom` is not of this molecule.
    #[must_use]
    pub fn atom(&self, atom: AtomIndex) -> &Atom {
        &self.graph[atom.node()].atom
    }

    /// All atoms with their indices, in order.
    pub fn atoms(&self) -> impl ExactSizeIterator<Item = (AtomIndex, &Atom)> {
        self.graph.raw_nodes().iter().enumerate().map(|(k, node)| (AtomIndex(k as u32), &node.weight.atom))
    }

    /// A bond.
    ///
    /// # Panics
    /// If `bond` is not of this molecule.
    #[must_use]
    pub fn bond(&self, bond: BondIndex) -> Bond {
        let edge = &self.graph.raw_edges()[bond.index()];
        let [begin, end] = [edge.source(), edge.target()].map(|node| AtomIndex(node.index() as u32));
        Bond { begin, end, order: edge.weight.order, direction: edge.weight.direction }
    }

    /// All bonds with their indices, in order.
    pub fn bonds(&self) -> impl ExactSizeIterator<Item = (BondIndex, Bond)> {
        (0..self.bond_count()).map(|k| (BondIndex(k as u32), self.bond(BondIndex(k as u32))))
    }

    /// The bonds of an atom, in the order in which they were written; chirality refers to it.
    ///
    /// # Panics
    /// If `atom` is not of this molecule.
    #[must_use]
    pub fn bonds_of(&self, atom: AtomIndex) -> &[BondIndex] {
        &self.graph[atom.node()].bonds
    }

    /// The neighbours of an atom, in the order of [`bonds_of`](Self::bonds_of).
    ///
    /// # Panics
    /// If `atom` is not of this molecule.
    pub fn neighbors(&self, atom: AtomIndex) -> impl ExactSizeIterator<Item = AtomIndex> {
        self.bonds_of(atom).iter().map(move |&bond| self.bond(bond).other(atom))
    }

    /// Number of neighbours that are atoms of the graph.
    ///
    /// # Panics
    /// If `atom` is not of this molecule.
    #[must_use]
    pub fn degree(&self, atom: AtomIndex) -> usize {
        self.bonds_of(atom).len()
    }

    /// The bond between two atoms, if there is one.
    ///
    /// # Panics
    /// If an atom is not of this molecule.
    #[must_use]
    pub fn bond_between(&self, a: AtomIndex, b: AtomIndex) -> Option<BondIndex> {
        let (few, many) = if self.degree(a) <= self.degree(b) { (a, b) } else { (b, a) };
        // Places kept for ring bonds that are still open lead nowhere.
        let joins = |bond: &&BondIndex| {
            self.graph.edge_endpoints(bond.edge()).is_some() && self.bond(**bond).other(few) == many
        };
        self.bonds_of(few).iter().find(joins).copied()
    }

    /// The elements of the atoms, shape `[atoms]`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if one is the wildcard.
    pub fn elements(&self) -> Result<Vec<Element>> {
        let known = |(index, atom): (AtomIndex, &Atom)| {
            let got = || format!("the wildcard * at atom {index}");
            atom.element.ok_or_else(|| Error::InvalidArgument { what: "element", expected: "known", got: got() })
        };
        self.atoms().map(known).collect()
    }

    /// Memory that the molecule holds beyond its own size [bytes]: graph and conformers.
    ///
    /// ```
    /// let ibuprofen = mol_core::Molecule::from_smiles("CC(C)Cc1ccc(cc1)C(C)C(=O)O")?;
    /// assert!(ibuprofen.heap_size() < 2048);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn heap_size(&self) -> usize {
        let (nodes, edges) = self.graph.capacity();
        let spilled =
            |node: &Node| if node.bonds.spilled() { node.bonds.capacity() * size_of::<BondIndex>() } else { 0 };
        nodes * size_of::<petgraph::graph::Node<Node, u32>>()
            + edges * size_of::<petgraph::graph::Edge<BondData, u32>>()
            + self.graph.node_weights().map(spilled).sum::<usize>()
            + self.conformers.capacity() * size_of::<Conformer>()
            + self.conformers.iter().map(|conformer| size_of_val(conformer.positions())).sum::<usize>()
    }

    /// Number of atoms other than hydrogen.
    #[must_use]
    pub fn heavy_atom_count(&self) -> usize {
        self.atoms().filter(|(_, atom)| atom.element != Some(Element::H)).count()
    }

    /// Sum of the formal charges [e].
    #[must_use]
    pub fn charge(&self) -> i64 {
        self.atoms().map(|(_, atom)| i64::from(atom.charge)).sum()
    }

    /// Molecular mass [u], all hydrogens included: standard weights, for labelled atoms the mass of the isotope
    /// ([`Atom::mass`]).
    ///
    /// ```
    /// let heavy_water = mol_core::Molecule::from_smiles("[2H]O[2H]")?;
    /// assert!((heavy_water.mass() - 20.027204).abs() < 1e-6);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn mass(&self) -> f64 {
        self.atoms().map(|(k, atom)| atom.mass() + f64::from(self.hydrogens(k)) * Element::H.mass()).sum()
    }

    /// Formula in Hill's order (carbon, hydrogen, then by the alphabet; without carbon all by the alphabet), followed by
    /// the charge as `+`, `-2`, …; isotopes count as their element, wildcards as `*` at the end.
    /// (Hill, *J. Am. Chem. Soc.* **22**, 478 (1900).)
    ///
    /// ```
    /// let formula = |smiles: &str| mol_core::Molecule::from_smiles(smiles).map(|molecule| molecule.formula());
    /// assert_eq!(formula("OS(=O)(=O)[O-].[NH4+]")?, "H5NO4S");
    /// assert_eq!(formula("C[N+](C)(C)C")?, "C4H12N+");
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn formula(&self) -> String {
        let mut counts = BTreeMap::new();
        let mut wildcards = 0_usize;
        for (k, atom) in self.atoms() {
            match atom.element {
                Some(element) => *counts.entry(element.symbol()).or_insert(0) += 1,
                None => wildcards += 1,
            }
            *counts.entry("H").or_insert(0) += usize::from(self.hydrogens(k));
        }
        counts.retain(|_, count| *count > 0);
        let mut text = String::new();
        let mut push = |symbol: &str, count: usize| {
            text.push_str(symbol);
            if count > 1 {
                write!(text, "{count}").expect("a String takes all");
            }
        };
        if let Some(carbons) = counts.remove("C") {
            push("C", carbons);
            if let Some(hydrogens) = counts.remove("H") {
                push("H", hydrogens);
            }
        }
        for (symbol, count) in counts {
            push(symbol, count);
        }
        if wildcards > 0 {
            push("*", wildcards);
        }
        let charge = self.charge();
        if charge != 0 {
            text.push(if charge > 0 { '+' } else { '-' });
            if charge.abs() > 1 {
                write!(text, "{}", charge.abs()).expect("a String takes all");
            }
        }
        text
    }

    /// The connected components: atoms ascending, components by their first atom.
    #[must_use]
    pub fn components(&self) -> Vec<Vec<AtomIndex>> {
        let mut label = vec![usize::MAX; self.atom_count()];
        let mut count = 0;
        let mut stack = Vec::new();
        for (start, _) in self.atoms() {
            if label[start.index()] == usize::MAX {
                label[start.index()] = count;
                stack.push(start);
                while let Some(atom) = stack.pop() {
                    for neighbor in self.neighbors(atom) {
                        if label[neighbor.index()] == usize::MAX {
                            label[neighbor.index()] = count;
                            stack.push(neighbor);
                        }
                    }
                }
                count += 1;
            }
        }
        let mut components = vec![Vec::new(); count];
        for (atom, _) in self.atoms() {
            components[label[atom.index()]].push(atom);
        }
        components
    }

    /// A builder that starts with these atoms and bonds, without the conformers.
    #[must_use]
    pub fn to_builder(&self) -> MoleculeBuilder {
        MoleculeBuilder::from_molecule(self.clone())
    }

    /// The molecule of some of its atoms, ascending, without conformers; orders of neighbours are kept as far as they
    /// lead to atoms that are.
    pub(crate) fn restricted_to(&self, atoms: &[AtomIndex]) -> Self {
        let mut builder = MoleculeBuilder::with_capacity(atoms.len(), atoms.len());
        let mut renumbered = vec![None; self.atom_count()];
        for &atom in atoms {
            renumbered[atom.index()] = Some(builder.add_atom(*self.atom(atom)));
        }
        let mut bonds = vec![None; self.bond_count()];
        for (index, bond) in self.bonds() {
            if let (Some(begin), Some(end)) = (renumbered[bond.begin.index()], renumbered[bond.end.index()]) {
                let data = BondData { order: bond.order, direction: bond.direction };
                bonds[index.index()] = Some(builder.push_bond(begin, end, data));
            }
        }
        for &atom in atoms {
            let order = self.bonds_of(atom).iter().filter_map(|bond| bonds[bond.index()]).collect();
            builder.set_order(renumbered[atom.index()].expect("numbered above"), order);
        }
        builder.finish()
    }

    /// Marks a single bond.
    pub(crate) fn set_direction(&mut self, bond: BondIndex, direction: Option<BondDirection>) {
        self.graph[bond.edge()].direction = direction;
    }

    /// States the chirality of an atom, for the present order of its neighbours.
    pub(crate) fn set_chirality(&mut self, atom: AtomIndex, chirality: Option<Chirality>) {
        self.node_mut(atom).atom.chirality = chirality;
    }

    fn node_mut(&mut self, atom: AtomIndex) -> &mut Node {
        &mut self.graph[atom.node()]
    }
}

/// Equal in every atom, bond, order of neighbours and conformer, in the same numbering; not "the same compound".
impl PartialEq for Molecule {
    fn eq(&self, other: &Self) -> bool {
        self.atom_count() == other.atom_count()
            && self.bonds().eq(other.bonds())
            && self.graph.node_weights().eq(other.graph.node_weights())
            && self.conformers == other.conformers
    }
}

impl BondIndex {
    fn edge(self) -> EdgeIndex<u32> {
        EdgeIndex::new(self.0 as usize)
    }
}
