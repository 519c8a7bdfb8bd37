//! From the atoms and bonds that a string asks for to a molecule.

use super::stereo::Tags;
use crate::molecule::BondData;
use crate::{Atom, AtomIndex, BondDirection, BondOrder, Molecule, MoleculeBuilder};
use rustc_hash::FxHashMap;

/// What a string asks for: a forest of atoms, each bonded to an earlier one, and ring bonds.
#[derive(Default)]
pub(super) struct Draft {
    atoms: Vec<DraftAtom>,
    rings: Vec<DraftRing>,
}

/// A ring bond that a string asks for: its ends, its order, its marks as seen from both.
pub(super) type WantedRing = ([usize; 2], u8, [Option<BondDirection>; 2]);

struct DraftAtom {
    atom: Atom,
    tag: Option<u8>,
    /// Sum of bond orders that it may have, and has.
    capacity: u8,
    bonds: u8,
    parent: Option<usize>,
    /// Bond to the parent.
    order: u8,
    direction: Option<BondDirection>,
}

/// A ring bond from an earlier atom to a later one, with its mark as seen from the earlier.
struct DraftRing {
    ends: [usize; 2],
    order: u8,
    direction: Option<BondDirection>,
}

impl Draft {
    /// Appends an atom, bonded to `parent` if there is one; gives its number.
    pub(super) fn push(
        &mut self,
        (atom, tag): (Atom, Option<u8>),
        capacity: u8,
        parent: Option<(usize, u8)>,
        direction: Option<BondDirection>,
    ) -> usize {
        let order = parent.map_or(0, |(_, order)| order);
        if let Some((parent, _)) = parent {
            self.atoms[parent].bonds += order;
        }
        let parent = parent.map(|(parent, _)| parent);
        self.atoms.push(DraftAtom { atom, tag, capacity, bonds: order, parent, order, direction });
        self.atoms.len() - 1
    }

    /// Makes the ring bonds for which both ends have room, in order; one between bonded atoms raises the order of the bond.
    pub(super) fn close(&mut self, wanted: &[WantedRing]) {
        let mut made: FxHashMap<[usize; 2], usize> = FxHashMap::default();
        for &(ends @ [left, right], order, marks) in wanted {
            let free = ends.map(|end| self.atoms[end].capacity.saturating_sub(self.atoms[end].bonds));
            let order = order.min(free[0]).min(free[1]);
            if left == right || order == 0 {
                continue;
            }
            let present = if self.atoms[right].parent == Some(left) {
                Some(&mut self.atoms[right].order)
            } else {
                made.get(&ends).map(|&ring| &mut self.rings[ring].order)
            };
            let added = if let Some(present) = present {
                let raised = (*present + order).min(3);
                raised - std::mem::replace(present, raised)
            } else {
                let direction = marks[0].or(marks[1].map(BondDirection::reversed));
                made.insert(ends, self.rings.len());
                self.rings.push(DraftRing { ends, order, direction });
                order
            };
            for end in ends {
                self.atoms[end].bonds += added;
            }
        }
    }

    /// The molecule; the neighbours of each atom are its parent, its ring bonds, its children.
    pub(super) fn build(self) -> Molecule {
        let mut builder = MoleculeBuilder::with_capacity(self.atoms.len(), self.atoms.len() + self.rings.len());
        let mut rings_of: Vec<Vec<usize>> = vec![Vec::new(); self.atoms.len()];
        for (ring, data) in self.rings.iter().enumerate() {
            for end in data.ends {
                rings_of[end].push(ring);
            }
        }
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.atoms.len()];
        for (child, data) in self.atoms.iter().enumerate() {
            if let Some(parent) = data.parent {
                children[parent].push(child);
            }
        }
        // The places kept for bonds among the neighbours of their earlier atom.
        let (mut place_of_child, mut place_of_ring) = (vec![0; self.atoms.len()], vec![0; self.rings.len()]);
        for (number, data) in self.atoms.iter().enumerate() {
            let atom = builder.add_atom(data.atom);
            if let Some(parent) = data.parent {
                let bond = bond(data.order, data.direction);
                builder.push_bond_at(AtomIndex::new(parent), place_of_child[number], atom, bond);
            }
            for &ring in &rings_of[number] {
                let data = &self.rings[ring];
                if data.ends[0] == number {
                    place_of_ring[ring] = builder.reserve_place(atom);
                } else {
                    let bond = bond(data.order, data.direction);
                    builder.push_bond_at(AtomIndex::new(data.ends[0]), place_of_ring[ring], atom, bond);
                }
            }
            for &child in &children[number] {
                place_of_child[child] = builder.reserve_place(atom);
            }
        }
        if self.atoms.iter().all(|data| data.tag.is_none()) {
            return builder.finish();
        }
        let tags = Tags::new(builder.molecule(), |atom| {
            (builder.molecule().bonds_of(atom).into(), self.atoms[atom.index()].parent.is_some())
        });
        let tagged =
            self.atoms.iter().enumerate().filter_map(|(number, data)| Some((AtomIndex::new(number), data.tag?)));
        let read: Vec<_> = tagged.filter_map(|(atom, tag)| Some((atom, tags.read(atom, tag)?))).collect();
        for (atom, chirality) in read {
            builder.atom_mut(atom).expect("an atom of the draft").chirality = Some(chirality);
        }
        builder.finish()
    }
}

const fn bond(order: u8, direction: Option<BondDirection>) -> BondData {
    match order {
        1 => BondData { order: BondOrder::Single, direction },
        2 => BondData { order: BondOrder::Double, direction: None },
        _ => BondData { order: BondOrder::Triple, direction: None },
    }
}
