//! What an atom starts from, by its connectivity.

use crate::fingerprint::graph::Graph;
use crate::fingerprint::hash::sequence;
use crate::fingerprint::rdkit_elements::weight;
use crate::perceive::Perception;

/// Hash of atomic number, neighbours, hydrogens, charge, deviation of the mass and, on a ring, 1; shape `[atoms]`.
pub(crate) fn connectivity(seen: &Perception, graph: &Graph) -> Vec<u32> {
    let of_atom = |(index, atom): (crate::AtomIndex, &crate::Atom)| {
        let implicit = seen.implicit_hydrogens(index);
        let drawn = graph.drawn_hydrogens(seen, index.index());
        let isotope = atom.isotope.filter(|&nucleons| nucleons > 0);
        let average = atom.element.map_or(0.0, weight);
        // Toward zero: ¹³C is not told from C, ²H is from H.
        let deviation = isotope.map_or(0, |_| (atom.mass() - average) as i32);
        let properties = [
            atom.element.map_or(0, |element| u32::from(element.number())),
            (graph.degree(index.index()) + implicit) as u32,
            (implicit + drawn) as u32,
            i32::from(atom.charge) as u32,
            deviation as u32,
            1,
        ];
        sequence(if seen.in_ring(index) { &properties } else { &properties[..5] })
    };
    seen.molecule().atoms().map(of_atom).collect()
}
