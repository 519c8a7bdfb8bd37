//! The Z-matrix of a molecule: a tree over its bonds with one true torsion per bond.

use super::ZMatrix;
use crate::perceive::ring_bonds;
use crate::{AtomIndex, BondOrder, Element, Error, Molecule, Result};

impl ZMatrix {
    /// Internal coordinates along the bonds of a connected molecule whose hydrogens are atoms.
    ///
    /// Atoms are placed breadth first from the heavy atom in the middle of the molecule, heavy before hydrogen. The first atom
    /// beyond a bond is placed by a torsion along the chain; its siblings are placed relative to it, so that they turn
    /// with it and their own dihedral stays near ±120° or 180°. Rings are cut open.
    ///
    /// ```
    /// use mol_core::{Molecule, geometry::ZMatrix};
    /// let glycol = Molecule::from_smiles("OCCO")?.with_explicit_hydrogens()?;
    /// let z = ZMatrix::from_molecule(&glycol)?;
    /// assert_eq!((z.dim(), z.torsions(&glycol)?.len()), (24, 3));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If hydrogens are implicit, the molecule has fewer than three atoms or several parts.
    pub fn from_molecule(molecule: &Molecule) -> Result<Self> {
        let bad = |expected, got| Err(Error::InvalidArgument { what: "molecule of a Z-matrix", expected, got });
        if let Some((k, _)) = molecule.atoms().find(|(k, _)| molecule.hydrogens(*k) > 0) {
            return bad("of explicit hydrogens (Molecule::with_explicit_hydrogens)", format!("atom {k} has others"));
        }
        let parts = molecule.components().len();
        if parts != 1 {
            return bad("in one part", format!("{parts} parts"));
        }
        let root = middle(molecule);
        let mut parent: Vec<Option<AtomIndex>> = vec![None; molecule.atom_count()];
        let mut children: Vec<Vec<AtomIndex>> = vec![Vec::new(); molecule.atom_count()];
        let mut order = vec![root];
        let mut next = 0;
        while let Some(&atom) = order.get(next) {
            next += 1;
            let mut found: Vec<_> =
                molecule.neighbors(atom).filter(|n| *n != root && parent[n.index()].is_none()).collect();
            found.sort_by_key(|n| (molecule.atom(*n).element == Some(Element::H), n.index()));
            for &child in &found {
                parent[child.index()] = Some(atom);
            }
            order.extend(&found);
            children[atom.index()] = found;
        }
        let rows = order.iter().enumerate().map(|(k, &atom)| {
            let mut row = vec![atom.index()];
            let Some(bonded) = parent[atom.index()] else { return row };
            row.push(bonded.index());
            // What is near and placed: siblings (nearest first), then the chain beyond the atom bonded to.
            let siblings = children[bonded.index()].iter().take_while(|s| **s != atom);
            let first_sibling = siblings.clone().next();
            let (angle, dihedral) = match (parent[bonded.index()], first_sibling) {
                (Some(grandparent), Some(sibling)) => (Some(grandparent), Some(*sibling)),
                (Some(grandparent), None) => {
                    let uncle = children[grandparent.index()].iter().find(|s| **s != bonded);
                    (Some(grandparent), parent[grandparent.index()].or(uncle.copied()))
                }
                (None, first) => (first.copied(), siblings.clone().nth(1).copied()),
            };
            row.extend([angle, dihedral].into_iter().flatten().take(k.min(3) - 1).map(AtomIndex::index));
            row
        });
        Self::new(rows.collect())
    }

    /// The coordinates that turn a part of the molecule about a bond: dihedrals along the chain (not of siblings) whose
    /// middle bond is single, on no ring and at no linear atom, as indices of q. Turns of methyl and hydroxyl groups are among
    /// them.
    ///
    /// # Errors
    /// If the molecule has another number of atoms.
    pub fn torsions(&self, molecule: &Molecule) -> Result<Vec<usize>> {
        Error::check_len("atoms of the molecule", self.atoms(), molecule.atom_count())?;
        let on_ring = ring_bonds(molecule);
        let bond = |a: usize, b: usize| molecule.bond_between(AtomIndex::new(a), AtomIndex::new(b));
        let turns = |&[_, c, b, a]: &[usize; 4]| {
            let middle = bond(c, b).filter(|k| !on_ring[k.index()] && molecule.bond(*k).order == BondOrder::Single);
            middle.is_some() && bond(b, a).is_some() && !linear(molecule, c) && !linear(molecule, b)
        };
        let dihedrals = self.rows.iter().skip(3).enumerate();
        Ok(dihedrals.filter(|(_, row)| turns(row)).map(|(k, _)| self.dihedrals_at() + k).collect())
    }
}

/// Whether the atom's two bonds lie in line: a triple bond, or two double bonds.
fn linear(molecule: &Molecule, atom: usize) -> bool {
    let orders = |wanted| {
        let bonds = molecule.bonds_of(AtomIndex::new(atom)).iter();
        bonds.filter(|k| molecule.bond(**k).order == wanted).count()
    };
    orders(BondOrder::Triple) > 0 || (orders(BondOrder::Double) > 1 && molecule.degree(AtomIndex::new(atom)) == 2)
}

/// The heavy atom (any, if there is none) whose farthest atom is nearest; among several, of most neighbours, then the first.
fn middle(molecule: &Molecule) -> AtomIndex {
    let heavy = |k: AtomIndex| molecule.atom(k).element != Some(Element::H);
    let any = molecule.atoms().any(|(k, _)| heavy(k));
    let candidates = molecule.atoms().map(|(k, _)| k).filter(|k| !any || heavy(*k));
    let best = candidates.min_by_key(|k| (eccentricity(molecule, *k), usize::MAX - molecule.degree(*k)));
    best.expect("a connected molecule has an atom")
}

/// Bonds to the farthest atom.
fn eccentricity(molecule: &Molecule, from: AtomIndex) -> usize {
    let mut distance = vec![usize::MAX; molecule.atom_count()];
    distance[from.index()] = 0;
    let (mut order, mut next) = (vec![from], 0);
    while let Some(&atom) = order.get(next) {
        next += 1;
        for n in molecule.neighbors(atom) {
            if distance[n.index()] == usize::MAX {
                distance[n.index()] = distance[atom.index()] + 1;
                order.push(n);
            }
        }
    }
    distance[order[order.len() - 1].index()]
}
