//! Cutting bonds.

use crate::molecule::BondData;
use crate::{Atom, AtomIndex, BondIndex, Error, Molecule, MoleculeBuilder, Result};

/// A bond to cut, and the labels of the wildcards that close its two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct CutBond {
    /// The bond.
    pub bond: BondIndex,
    /// Isotope label of the wildcard at the bond's first atom, 0 for none.
    pub begin_label: u16,
    /// Isotope label of the wildcard at the bond's second atom, 0 for none.
    pub end_label: u16,
}

/// The molecule with some of its bonds cut: a wildcard takes the place of the lost neighbour at both ends. Atoms keep their
/// numbers, wildcards follow in pairs; conformers are left behind. [`Molecule::components`] lists the pieces.
///
/// ```
/// use mol_core::{BondIndex, Molecule, fragment::{CutBond, cut_bonds}};
/// let ether = Molecule::from_smiles("CCOC")?;
/// let cut = CutBond { bond: BondIndex::new(1), begin_label: 4, end_label: 3 };
/// assert_eq!(cut_bonds(&ether, &[cut])?.to_smiles(), "CC[4*].O(C)[3*]");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] if a bond does not exist or is named twice, or a label is above 999.
pub fn cut_bonds(molecule: &Molecule, cuts: &[CutBond]) -> Result<Molecule> {
    let mut labels: Vec<Option<(u16, u16)>> = vec![None; molecule.bond_count()];
    for cut in cuts {
        let label = labels.get_mut(cut.bond.index());
        let expected = match label {
            None => "one of the molecule",
            Some(Some(_)) => "named once",
            Some(_) if cut.begin_label.max(cut.end_label) > 999 => "cut with labels of at most 999",
            Some(label) => {
                *label = Some((cut.begin_label, cut.end_label));
                continue;
            }
        };
        return Err(Error::InvalidArgument { what: "bond to cut", expected, got: format!("{cut:?}") });
    }
    let mut builder = MoleculeBuilder::with_capacity(molecule.atom_count() + 2 * cuts.len(), molecule.bond_count());
    for (_, atom) in molecule.atoms() {
        // A cut end that loses hydrogens to the valence rule would change: the wildcard fills the place.
        builder.add_atom(*atom);
    }
    // Old bonds of the new ones.
    let mut source = Vec::with_capacity(molecule.bond_count() + cuts.len());
    let wildcard = |label: u16| Atom { isotope: (label > 0).then_some(label), ..Atom::wildcard() };
    for (index, bond) in molecule.bonds() {
        let data = BondData { order: bond.order, direction: bond.direction };
        if let Some((begin_label, end_label)) = labels[index.index()] {
            let at_begin = builder.add_atom(wildcard(begin_label));
            let at_end = builder.add_atom(wildcard(end_label));
            builder.push_bond(bond.begin, at_begin, data);
            builder.push_bond(at_end, bond.end, data);
            source.push(index);
        } else {
            builder.push_bond(bond.begin, bond.end, data);
        }
        source.push(index);
    }
    for (index, atom) in molecule.atoms().filter(|(_, atom)| atom.chirality.is_some()) {
        let old = molecule.bonds_of(index);
        let hydrogens = usize::from(molecule.hydrogens(index));
        let place = |bond: &BondIndex| {
            let old_bond = source[bond.index()];
            hydrogens + old.iter().position(|&other| other == old_bond).expect("each bond stands for one of the atom")
        };
        let moved = builder.molecule().bonds_of(index).iter().map(place);
        let order: Vec<usize> = (0..hydrogens).chain(moved).collect();
        let chirality = atom.chirality.map(|chirality| chirality.reordered(&order));
        if let Some(changed) = builder.atom_mut(index) {
            changed.chirality = chirality;
        }
    }
    builder.build()
}

/// The pieces of a molecule, each as a molecule of its own, in one pass over it; conformers are left behind.
pub(crate) fn pieces(molecule: &Molecule) -> Vec<(Vec<AtomIndex>, Molecule)> {
    let components = molecule.components();
    // Of each atom its piece and its place there, of each bond its place in its piece.
    let mut places = vec![(0, AtomIndex::new(0)); molecule.atom_count()];
    let mut builders = Vec::with_capacity(components.len());
    for (piece, atoms) in components.iter().enumerate() {
        let mut builder = MoleculeBuilder::with_capacity(atoms.len(), atoms.len());
        for &atom in atoms {
            places[atom.index()] = (piece, builder.add_atom(*molecule.atom(atom)));
        }
        builders.push(builder);
    }
    let mut bonds = Vec::with_capacity(molecule.bond_count());
    for (_, bond) in molecule.bonds() {
        let ((piece, begin), (_, end)) = (places[bond.begin.index()], places[bond.end.index()]);
        bonds.push(builders[piece].push_bond(begin, end, BondData { order: bond.order, direction: bond.direction }));
    }
    for (atom, _) in molecule.atoms() {
        let (piece, place) = places[atom.index()];
        let order = molecule.bonds_of(atom).iter().map(|bond| bonds[bond.index()]).collect();
        builders[piece].set_order(place, order);
    }
    components.into_iter().zip(builders.into_iter().map(MoleculeBuilder::finish)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::brics_fragments;
    use crate::perceive::Perception;
    use crate::{AtomIndex, Molecule};

    /// Wildcards and silicon can be aromatic though SMILES has no small letters for them.
    #[test]
    fn what_is_aromatic_without_a_symbol_is_cut_and_kept() {
        for (smiles, formulas) in
            [("CCC(=O)NC1=*C=CC=C1", ["C3H5O*", "C5H5N*2"]), ("CCC(=O)NC1=[SiH]C=CC=C1", ["C3H5O*", "C5H6NSi*"])]
        {
            let perception = Perception::new(&Molecule::from_smiles(smiles).unwrap()).unwrap();
            let pieces: Vec<String> = brics_fragments(&perception).iter().map(Molecule::formula).collect();
            assert_eq!(pieces, formulas, "{smiles}");
            let molecule = perception.molecule();
            assert!(molecule.atom(AtomIndex::new(5)).aromatic, "{smiles}");
            assert!(molecule.atom(AtomIndex::new(6)).aromatic, "{smiles}");
            let text = serde_json::to_string(molecule).unwrap();
            assert_eq!(&serde_json::from_str::<Molecule>(&text).unwrap(), molecule, "{smiles}");
        }
    }
}
