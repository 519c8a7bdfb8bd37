//! Bond orders, and which rings are aromatic enough for the order 1.5.
//!
//! UFF's natural lengths depend on bond orders, and with them its energies: on a ring such as 2-pyridone the two usual
//! models of aromaticity differ by several kcal/mol. Both are here by name, since both are behind published numbers.

use mol_core::BondOrder;
use mol_core::perceive::{Perception, mmff94_aromatic_rings};

/// Which ring bonds have the order 1.5 instead of 1 or 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum UffAromaticity {
    /// Rings that hold 4n + 2 π electrons by themselves and have no double bond to the outside but into another aromatic
    /// ring, as MMFF94 defines it: benzene, pyrrole, naphthalene, not 2-pyridone.
    ///
    /// T. A. Halgren, *J. Comput. Chem.* **17**, 490 (1996).
    #[default]
    Mmff94,
    /// Hückel's rule on rings and the outlines of fused rings, where a carbonyl carbon gives nothing
    /// ([`mol_core::Molecule::with_aromaticity`]): 2-pyridone and azulene as well. What RDKit's UFF takes from a molecule as read.
    Huckel,
}

/// Order of each bond, shape `[bonds]`.
pub(super) fn orders(perception: &Perception, aromaticity: UffAromaticity) -> Vec<f64> {
    match aromaticity {
        UffAromaticity::Huckel => perception.molecule().bonds().map(|(_, bond)| order(bond.order)).collect(),
        UffAromaticity::Mmff94 => {
            let mut orders: Vec<f64> = perception.kekule().bonds().map(|(_, bond)| order(bond.order)).collect();
            for ring in mmff94_aromatic_rings(perception) {
                perception.symmetrized_rings().bonds(ring).iter().for_each(|bond| orders[bond.index()] = 1.5);
            }
            orders
        }
    }
}

/// Electron pairs of a bond; 1.5 if aromatic.
pub(super) const fn order(order: BondOrder) -> f64 {
    match order {
        BondOrder::Single => 1.0,
        BondOrder::Aromatic => 1.5,
        BondOrder::Double => 2.0,
        BondOrder::Triple => 3.0,
        BondOrder::Quadruple => 4.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mol_core::Molecule;

    #[test]
    fn rings_of_order_one_and_a_half() {
        for (smiles, mmff94, huckel) in [
            ("c1ccccc1", 6, 6),
            ("c1ccc2ccccc2c1", 11, 11),
            ("c1cc[nH]c1", 5, 5),
            ("c1ccc2[nH]ccc2c1", 10, 10),
            ("O=c1cccc[nH]1", 0, 6),
            ("C1=CC=CC=CC=C1", 0, 0),
            ("c1ccc2cccc2cc1", 0, 10),
            ("c1ccc(cc1)C1CC1", 6, 6),
        ] {
            let perception = Perception::new(&Molecule::from_smiles(smiles).expect("SMILES")).expect("assignable");
            let count = |model| orders(&perception, model).iter().filter(|order| **order == 1.5).count();
            let got = (count(UffAromaticity::Mmff94), count(UffAromaticity::Huckel));
            assert_eq!(got, (mmff94, huckel), "{smiles}");
        }
    }
}
