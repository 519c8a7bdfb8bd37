//! Features of a molecular graph for a policy.

use super::TorsionGraph;
use mol_core::geometry::Torsions;
use mol_core::ndarray::Array2;
use mol_core::{BondOrder, Element, Molecule, perceive};

/// The elements with a place of their own; all others share the next one.
const ELEMENTS: [Element; 10] = [
    Element::H,
    Element::C,
    Element::N,
    Element::O,
    Element::F,
    Element::P,
    Element::S,
    Element::CL,
    Element::BR,
    Element::I,
];
/// Element, degree / 4, ring, aromatic, charge.
const NODE_DIM: usize = ELEMENTS.len() + 1 + 4;
/// Single, double, triple, aromatic, other; rotatable, ring.
const EDGE_DIM: usize = 7;

impl TorsionGraph {
    /// The graph of `molecule` with the torsions that are turned, each with `choices` settings, 0 for any angle.
    ///
    /// Node features are one-hot H, C, N, O, F, P, S, Cl, Br, I, other; then number of neighbours / 4; 1 in a ring; 1 if
    /// aromatic; formal charge \[e\]. Edge features are one-hot single, double, triple, aromatic, other; 1 if a torsion
    /// turns about the bond; 1 in a ring. Each bond gives two edges in a row, begin to end first.
    #[must_use]
    pub fn new(molecule: &Molecule, torsions: &Torsions, choices: usize) -> Self {
        let on_ring = perceive::ring_bonds(molecule);
        let mut node_features = Array2::zeros((molecule.atom_count(), NODE_DIM));
        for (k, atom) in molecule.atoms() {
            let mut row = node_features.row_mut(k.index());
            let kind = ELEMENTS.iter().position(|&element| atom.element == Some(element)).unwrap_or(ELEMENTS.len());
            let in_ring = molecule.bonds_of(k).iter().any(|bond| on_ring[bond.index()]);
            row[kind] = 1.0;
            row[ELEMENTS.len() + 1] = molecule.degree(k) as f32 / 4.0;
            row[ELEMENTS.len() + 2] = f32::from(u8::from(in_ring));
            row[ELEMENTS.len() + 3] = f32::from(u8::from(atom.aromatic));
            row[ELEMENTS.len() + 4] = f32::from(atom.charge);
        }
        let mut edges = Vec::with_capacity(2 * molecule.bond_count());
        let mut edge_features = Array2::zeros((2 * molecule.bond_count(), EDGE_DIM));
        for (k, bond) in molecule.bonds() {
            let kind = match bond.order {
                BondOrder::Single => 0,
                BondOrder::Double => 1,
                BondOrder::Triple => 2,
                BondOrder::Aromatic => 3,
                BondOrder::Quadruple => 4,
            };
            let [b, e] = [bond.begin, bond.end].map(|atom| atom.index() as u32);
            for edge in [[b, e], [e, b]] {
                let mut row = edge_features.row_mut(edges.len());
                row[kind] = 1.0;
                row[5] = f32::from(u8::from(torsions.bonds().contains(&k)));
                row[6] = f32::from(u8::from(on_ring[k.index()]));
                edges.push(edge);
            }
        }
        let torsions = torsions.chains().iter().map(|chain| chain.map(|atom| atom as u32)).collect();
        Self { node_features, edges, edge_features, torsions, choices }
    }
}
