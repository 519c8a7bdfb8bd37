//! The rings of a molecule, with membership both ways, in a few flat lists.
//!
//! Deliberately not here: how they are found.

use super::blocks::Blocks;
use super::flat::Flat;
use super::sssr::{Cycles, Selection};
use crate::{AtomIndex, BondIndex, Molecule};

/// The rings of a molecule: a smallest set of smallest rings, with membership both ways.
///
/// Their number is that of independent cycles,
///
/// ```text
/// rings = bonds − atoms + components
/// ```
///
/// and the sum of their sizes is least. The sizes are the same for every numbering of a molecule, and so is the
/// smallest ring of every atom and bond; which rings of equal size are taken is not (cubane has six faces and five
/// rings), but it is fixed for one numbering; [`symmetrized`](Self::symmetrized) takes them all. Each ring begins at its
/// lowest atom and goes on to the lower of that atom's two neighbours; rings are sorted by size, then by their atoms.
///
/// ```
/// use mol_core::{Molecule, perceive::Rings};
/// let norbornane = Molecule::from_smiles("C1CC2CCC1C2")?;
/// let rings = Rings::new(&norbornane);
/// assert_eq!(rings.iter().map(<[_]>::len).collect::<Vec<_>>(), [5, 5]);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
///
/// Vismara, *Electron. J. Combin.* **4**, R9 (1997); Horton, *SIAM J. Comput.* **16**, 358 (1987); the notion: Plotkin,
/// *J. Chem. Doc.* **11**, 60 (1971).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rings {
    /// Atoms around all rings, one after the other, and the bonds from each to the next.
    atoms: Vec<AtomIndex>,
    bonds: Vec<BondIndex>,
    /// Where each ring begins there, and the end.
    starts: Vec<u32>,
    /// Rings of all atoms, then of all bonds, one after the other.
    members: Vec<usize>,
    /// Where each atom's and then each bond's begin there, and the end; empty if there are no rings.
    member_starts: Vec<u32>,
    atom_count: usize,
    bond_count: usize,
    is_complete: bool,
}

impl Rings {
    /// Finds the rings of `molecule`.
    ///
    /// The time grows with the product of the atoms and the atoms of three or more ring bonds of each ring system as far
    /// as its rings reach, and is limited: beyond a thousand steps for each bond, and 134 million (some tenths of a second) for
    /// all ring systems together, rings are missing ([`is_complete`](Self::is_complete)). Molecules are far from it; the
    /// complete bipartite graph of 2 × 44 atoms is beyond.
    #[must_use]
    pub fn new(molecule: &Molecule) -> Self {
        let flat = Flat::new(molecule);
        let cycles = Cycles::new(&flat, &Blocks::new(&flat));
        Self::select(&flat, &cycles, Selection::Basis)
    }

    /// The rings without a choice among equals: every ring that is in some smallest set of smallest rings (the relevant
    /// cycles), so that the answer is the same for every numbering. Cubane has its six faces here, bicyclo\[2.2.2\]octane
    /// its three rings.
    ///
    /// This is what `RDKit` approximates as the symmetrised set (`GetSymmSSSR`) and counts in queries such as `[R2]`; where
    /// the two differ is said in docs/methods/perception.md. Chains of rings joined in opposite places can have
    /// exponentially many such rings: beyond [`MOST_SYMMETRIZED`](Self::MOST_SYMMETRIZED) for each independent one, one
    /// ring stands for each family.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::Rings};
    /// let cubane = Molecule::from_smiles("C12C3C4C1C5C4C3C25")?;
    /// assert_eq!((Rings::new(&cubane).len(), Rings::symmetrized(&cubane).len()), (5, 6));
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    ///
    /// Vismara, *Electron. J. Combin.* **4**, R9 (1997).
    #[must_use]
    pub fn symmetrized(molecule: &Molecule) -> Self {
        let flat = Flat::new(molecule);
        let cycles = Cycles::new(&flat, &Blocks::new(&flat));
        Self::select(&flat, &cycles, Selection::Relevant)
    }

    /// Rings of the symmetrised set for each of the smallest set, at most.
    pub const MOST_SYMMETRIZED: usize = 16;

    /// The rings of a selection among `cycles`.
    pub(super) fn select(flat: &Flat, cycles: &Cycles, selection: Selection) -> Self {
        let chosen = cycles.sorted(selection);
        let length = chosen.iter().map(|&k| cycles.atoms(k).len()).sum();
        let mut rings = Self {
            atoms: Vec::with_capacity(length),
            bonds: Vec::with_capacity(length),
            starts: Vec::with_capacity(chosen.len() + 1),
            members: Vec::new(),
            member_starts: Vec::new(),
            atom_count: flat.atoms.len(),
            bond_count: flat.bonds.len(),
            is_complete: cycles.is_complete(selection),
        };
        rings.starts.push(0);
        for &k in &chosen {
            rings.atoms.extend(cycles.atoms(k).iter().map(|&atom| AtomIndex::new(atom as usize)));
            rings.bonds.extend(cycles.bonds(k).iter().map(|&bond| BondIndex::new(bond as usize)));
            rings.starts.push(rings.atoms.len() as u32);
        }
        if !chosen.is_empty() {
            rings.index_members();
        }
        rings
    }

    /// Fills the lists of rings by atom and bond.
    fn index_members(&mut self) {
        let slots = self.atom_count + self.bond_count;
        let mut starts = vec![0_u32; slots + 1];
        for (atom, bond) in self.atoms.iter().zip(&self.bonds) {
            starts[atom.index() + 1] += 1;
            starts[self.atom_count + bond.index() + 1] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        self.members = vec![0; total as usize];
        // Filled from the last ring to the first, each list ends up ascending and each start where it belongs.
        for ring in (0..self.len()).rev() {
            for k in self.range(ring) {
                for slot in [self.atoms[k].index(), self.atom_count + self.bonds[k].index()] {
                    starts[slot + 1] -= 1;
                    self.members[starts[slot + 1] as usize] = ring;
                }
            }
        }
        // Entry k + 1 now is the beginning of slot k.
        starts.remove(0);
        starts.push(total);
        self.member_starts = starts;
    }

    fn range(&self, ring: usize) -> std::ops::Range<usize> {
        self.starts[ring] as usize..self.starts[ring + 1] as usize
    }

    /// Whether no limit was met. If one was, as in dense graphs and in ring systems of more than 16 384 independent rings,
    /// rings are missing, which ones depends on the numbering, and an atom without rings here may still be on one:
    /// [`ring_bonds`](super::ring_bonds) and [`Perception::in_ring`](super::Perception::in_ring) are right all the same.
    /// The symmetrised set is also incomplete beyond [`MOST_SYMMETRIZED`](Self::MOST_SYMMETRIZED).
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Number of rings.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rings as lists of atoms around them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[AtomIndex]> {
        (0..self.len()).map(|ring| self.atoms(ring))
    }

    /// The atoms around ring `ring`.
    ///
    /// # Panics
    /// If there is no such ring.
    #[must_use]
    pub fn atoms(&self, ring: usize) -> &[AtomIndex] {
        &self.atoms[self.range(ring)]
    }

    /// The bonds around ring `ring`: entry k joins atom k to the next.
    ///
    /// # Panics
    /// If there is no such ring.
    #[must_use]
    pub fn bonds(&self, ring: usize) -> &[BondIndex] {
        &self.bonds[self.range(ring)]
    }

    /// The rings of an atom, ascending; empty if it is on none of those listed.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn of_atom(&self, atom: AtomIndex) -> &[usize] {
        assert!(atom.index() < self.atom_count, "atom {atom} is not of the molecule");
        self.members_at(atom.index())
    }

    /// The rings of a bond, ascending; empty if it is on none of those listed.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn of_bond(&self, bond: BondIndex) -> &[usize] {
        assert!(bond.index() < self.bond_count, "bond {bond} is not of the molecule");
        self.members_at(self.atom_count + bond.index())
    }

    fn members_at(&self, slot: usize) -> &[usize] {
        match self.member_starts.get(slot..slot + 2) {
            Some(&[start, end]) => &self.members[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Size of the smallest ring of an atom.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn smallest_at_atom(&self, atom: AtomIndex) -> Option<usize> {
        self.of_atom(atom).first().map(|&ring| self.range(ring).len())
    }

    /// Size of the smallest ring of a bond.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn smallest_at_bond(&self, bond: BondIndex) -> Option<usize> {
        self.of_bond(bond).first().map(|&ring| self.range(ring).len())
    }

    /// Whether an atom is on a ring of `size` atoms.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn has_atom_in_size(&self, atom: AtomIndex, size: usize) -> bool {
        self.of_atom(atom).iter().any(|&ring| self.range(ring).len() == size)
    }

    /// Size of the smallest ring that contains all of `atoms`, `None` if none does.
    ///
    /// # Panics
    /// If an atom is not of the molecule.
    #[must_use]
    pub fn smallest_with(&self, atoms: &[AtomIndex]) -> Option<usize> {
        let (first, others) = atoms.split_first()?;
        let mut rings = self.of_atom(*first).iter();
        let found = rings.find(|ring| others.iter().all(|&other| self.of_atom(other).contains(ring)))?;
        Some(self.range(*found).len())
    }

    /// The fused systems: groups of rings joined by shared bonds, each ascending, by their first ring. Spiro atoms join
    /// nothing.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::Rings};
    /// let joined = Rings::new(&Molecule::from_smiles("C1CCC2CCCCC2C1")?).fused_systems(); // decalin
    /// assert_eq!(joined, [[0, 1]]);
    /// let spiro = Rings::new(&Molecule::from_smiles("C1CCC2(CC1)CCCCC2")?).fused_systems();
    /// assert_eq!(spiro, [[0], [1]]);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn fused_systems(&self) -> Vec<Vec<usize>> {
        let mut label = vec![usize::MAX; self.len()];
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for start in 0..self.len() {
            if label[start] != usize::MAX {
                continue;
            }
            let group = groups.len();
            label[start] = group;
            let mut members = vec![start];
            let mut done = 0;
            while let Some(&ring) = members.get(done) {
                for &other in self.bonds(ring).iter().flat_map(|&bond| self.of_bond(bond)) {
                    if label[other] == usize::MAX {
                        label[other] = group;
                        members.push(other);
                    }
                }
                done += 1;
            }
            members.sort_unstable();
            groups.push(members);
        }
        groups
    }
}
