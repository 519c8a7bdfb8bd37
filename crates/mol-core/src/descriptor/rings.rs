//! Counts of rings by kind.

use crate::perceive::Perception;
use crate::{AtomIndex, BondOrder};

/// How many rings of each kind a molecule has.
///
/// A ring is aromatic if all of its bonds are, saturated if all are single, aliphatic if one is not aromatic; heterocyclic
/// if one of its atoms is not carbon. `all` is the size of a smallest set of smallest rings; the other fields count every
/// ring of the symmetrised set ([`Perception::symmetrized_rings`]), as `RDKit` does, so that no choice among equal rings
/// shows: bicyclo[2.2.2]octane has `all` 2 and `saturated` 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct RingCounts {
    /// Rings of a smallest set.
    pub all: usize,
    /// Aromatic rings.
    pub aromatic: usize,
    /// Rings with a bond that is not aromatic.
    pub aliphatic: usize,
    /// Rings of single bonds.
    pub saturated: usize,
    /// Rings with an atom other than carbon.
    pub hetero: usize,
    /// Aromatic heterocycles.
    pub aromatic_hetero: usize,
    /// Aliphatic heterocycles.
    pub aliphatic_hetero: usize,
    /// Saturated heterocycles.
    pub saturated_hetero: usize,
    /// Atoms that are all that two rings share.
    pub spiro_atoms: usize,
    /// Atoms where two rings that share more than one bond part.
    pub bridgehead_atoms: usize,
}

impl RingCounts {
    /// Counts the rings of a molecule.
    ///
    /// ```
    /// use mol_core::{Molecule, descriptor::RingCounts, perceive::Perception};
    /// let count = |smiles| Ok::<_, mol_core::Error>(RingCounts::new(&Perception::new(&Molecule::from_smiles(smiles)?)?));
    /// let indoline = count("c1ccc2c(c1)CCN2")?;
    /// assert_eq!((indoline.all, indoline.aromatic, indoline.aliphatic_hetero), (2, 1, 1));
    /// assert_eq!(count("C1CC2CCC1C2")?.bridgehead_atoms, 2);
    /// assert_eq!(count("C1CCC2(C1)OCCO2")?.spiro_atoms, 1);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn new(perception: &Perception) -> Self {
        let rings = perception.symmetrized_rings();
        let molecule = perception.molecule();
        let mut counts = Self { all: perception.rings().len(), ..Self::default() };
        for ring in 0..rings.len() {
            let carbon = |atom: &AtomIndex| molecule.atom(*atom).element == Some(crate::Element::C);
            let hetero = usize::from(!rings.atoms(ring).iter().all(carbon));
            let mut orders = rings.bonds(ring).iter().map(|&bond| perception.order(bond));
            let aromatic = usize::from(orders.clone().all(|order| order == BondOrder::Aromatic));
            let saturated = usize::from(orders.all(|order| order == BondOrder::Single));
            counts.hetero += hetero;
            counts.aromatic += aromatic;
            counts.aromatic_hetero += aromatic * hetero;
            counts.aliphatic += 1 - aromatic;
            counts.aliphatic_hetero += (1 - aromatic) * hetero;
            counts.saturated += saturated;
            counts.saturated_hetero += saturated * hetero;
        }
        counts.spiro_atoms = rings.spiro_atoms().len();
        counts.bridgehead_atoms = rings.bridgeheads().len();
        counts
    }
}
