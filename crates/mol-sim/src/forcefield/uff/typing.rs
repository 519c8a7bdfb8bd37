//! Atom types from a molecule.

use super::UffConfig;
use super::parameters::{AtomType, atom_type};
use super::resonance::{order, orders};
use crate::{Error, Result};
use mol_core::perceive::{Hybridization, Perception};
use mol_core::{AtomIndex, Element, Molecule};

/// A molecule as the rules of the force field see it; every hydrogen is an atom.
pub(super) struct Typed {
    pub(super) perception: Perception,
    pub(super) types: Vec<&'static AtomType>,
    /// Order of each bond, 1.5 if aromatic.
    pub(super) orders: Vec<f64>,
}

/// Perceives and types.
pub(super) fn typed(molecule: &Molecule, config: UffConfig) -> Result<Typed> {
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
    let orders = orders(&perception, config.aromaticity);
    Ok(Typed { perception, types, orders })
}

/// The type of an atom.
fn row(perception: &Perception, index: AtomIndex) -> Result<&'static AtomType> {
    let kekule = perception.kekule();
    let (charge, element) = (kekule.atom(index).charge, kekule.atom(index).element.expect("wildcards were refused"));
    let bonds = kekule.bonds_of(index).iter();
    let valence: i32 = bonds.map(|bond| order(kekule.bond(*bond).order) as i32).sum();
    let shape = perception.hybridization(index);
    let resonant = perception.is_aromatic(index) || perception.is_conjugated(index);
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
fn label(element: Element, charge: i8, valence: i32, shape: Hybridization, resonant: bool) -> Option<&'static str> {
    use Hybridization::{Sp, Sp2, Sp3, Sp3d2};
    let charge = i32::from(charge);
    // Where lone pairs are left, a cation has one bond more than the neutral atom and an anion one less.
    let normal = |neutral: i32| valence == neutral + charge;
    let planar = |plain, resonance| Some(if resonant { resonance } else { plain });
    match element {
        Element::H if (charge, valence) == (0, 1) => Some("H_"),
        Element::LI if valence + charge == 1 => Some("Li"),
        Element::NA if valence + charge == 1 => Some("Na"),
        Element::K if valence + charge == 1 => Some("K_"),
        Element::F if normal(1) => Some("F_"),
        Element::CL if normal(1) => Some("Cl"),
        Element::BR if normal(1) => Some("Br"),
        Element::I if normal(1) => Some("I_"),
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
        Element::N if normal(3) => match shape {
            Sp => Some("N_1"),
            Sp2 => planar("N_2", "N_R"),
            Sp3 => Some("N_3"),
            _ => None,
        },
        Element::O if normal(2) => match shape {
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
            (0, 6, Sp3 | Sp3d2) => Some("S_3+6"),
            _ => None,
        },
        Element::SE if (charge, valence, shape) == (0, 2, Sp3) => Some("Se3+2"),
        _ => None,
    }
}
