//! Atom types from a molecule.

use super::parameters::{AtomType, atom_type};
use crate::{Error, Result};
use mol_core::perceive::{Hybridization, Perception};
use mol_core::{AtomIndex, BondOrder, Element, Molecule};

/// A molecule as the rules of the force field see it; every hydrogen is an atom.
pub(super) struct Typed {
    pub(super) perception: Perception,
    pub(super) types: Vec<&'static AtomType>,
    /// Order of each bond, 1.5 if aromatic.
    pub(super) orders: Vec<f64>,
}

/// Perceives and types.
pub(super) fn typed(molecule: &Molecule) -> Result<Typed> {
    for (index, atom) in molecule.atoms() {
        if atom.element.is_none() {
            return Err(untyped(index, "*", "the wildcard has no type: give the atom its element"));
        }
        let missing = molecule.hydrogens(index);
        if missing > 0 {
            let problem = format!("{missing} of its hydrogens are no atoms: call Molecule::with_explicit_hydrogens");
            return Err(untyped(index, atom.element.map_or("*", Element::symbol), problem));
        }
    }
    let perception = Perception::new(molecule)?;
    let types = molecule.atoms().map(|(index, _)| row(&perception, index)).collect::<Result<_>>()?;
    let orders = perception.aromatic.bonds().map(|(_, bond)| order(bond.order)).collect();
    Ok(Typed { perception, types, orders })
}

/// The type of an atom.
fn row(perception: &Perception, index: AtomIndex) -> Result<&'static AtomType> {
    let kekule = &perception.kekule;
    let (charge, element) = (kekule.atom(index).charge, kekule.atom(index).element.expect("wildcards were refused"));
    let valence: usize = kekule.bonds_of(index).iter().map(|bond| pairs(kekule.bond(*bond).order)).sum();
    let shape = perception.hybridization(index);
    let resonant = perception.aromatic.atom(index).aromatic || perception.is_conjugated(index);
    label(element, charge, valence, shape, resonant).and_then(atom_type).ok_or_else(|| {
        let problem = format!("no type for charge {charge:+}, valence {valence} and hybridisation {shape:?}");
        untyped(index, element.symbol(), problem)
    })
}

pub(super) fn untyped(atom: AtomIndex, element: &str, problem: impl Into<String>) -> Error {
    Error::Untyped { force_field: "UFF", atom: atom.index(), element: element.to_owned(), problem: problem.into() }
}

/// The label of an atom, `None` where the field has none.
///
/// Letters: `_` fills a short symbol; a digit is the geometry (1 linear, 2 trigonal, R resonant, 3 tetrahedral); +n is
/// the oxidation state, the valence here.
fn label(element: Element, charge: i8, valence: usize, shape: Hybridization, resonant: bool) -> Option<&'static str> {
    // Valences as of the isoelectronic neutral atom: an onium is one above, an anion one below.
    let (charge, valence) = (i32::from(charge), valence as i32);
    let second_row = |normal: i32| valence == normal + charge;
    let planar = |plain, resonance| Some(if resonant { resonance } else { plain });
    use Hybridization::{Sp, Sp2, Sp3};
    match element {
        Element::H if (charge, valence) == (0, 1) => Some("H_"),
        Element::LI if valence + charge == 1 => Some("Li"),
        Element::NA if valence + charge == 1 => Some("Na"),
        Element::K if valence + charge == 1 => Some("K_"),
        Element::F if valence == 1 + charge => Some("F_"),
        Element::CL if valence == 1 + charge => Some("Cl"),
        Element::BR if valence == 1 + charge => Some("Br"),
        Element::I if valence == 1 + charge => Some("I_"),
        Element::B if valence == 3 - charge => match shape {
            Sp2 => Some("B_2"),
            Sp3 => Some("B_3"),
            _ => None,
        },
        Element::C if valence == 4 - charge.abs() => match shape {
            Sp => Some("C_1"),
            Sp2 => planar("C_2", "C_R"),
            Sp3 => Some("C_3"),
            _ => None,
        },
        Element::N if second_row(3) => match shape {
            Sp => Some("N_1"),
            Sp2 => planar("N_2", "N_R"),
            Sp3 => Some("N_3"),
            _ => None,
        },
        Element::O if second_row(2) => match shape {
            Sp => Some("O_1"),
            Sp2 => planar("O_2", "O_R"),
            Sp3 => Some("O_3"),
            _ => None,
        },
        Element::SI if (charge, valence) == (0, 4) => Some("Si3"),
        Element::P => match (charge, valence) {
            (0, 3) => Some("P_3+3"),
            (0, 5) => Some("P_3+5"),
            _ => None,
        },
        Element::S => match (charge, valence, shape) {
            (0, 2 | 4 | 6, Sp2) | (-1, 1, Sp2) => planar("S_2", "S_R"),
            (0, 2, _) | (-1, 1, _) => Some("S_3+2"),
            (0, 4, _) => Some("S_3+4"),
            (0, 6, Sp3) => Some("S_3+6"),
            _ => None,
        },
        Element::SE if (charge, valence, shape) == (0, 2, Sp3) => Some("Se3+2"),
        _ => None,
    }
}

/// Order of a Kekulé bond in electron pairs.
fn pairs(order: BondOrder) -> usize {
    match order {
        BondOrder::Single | BondOrder::Aromatic => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
    }
}

fn order(order: BondOrder) -> f64 {
    match order {
        BondOrder::Aromatic => 1.5,
        other => pairs(other) as f64,
    }
}
