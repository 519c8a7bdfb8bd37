//! Bonds of standard residues, from `data/residues.csv` (written by `scripts/residues.py`).

use crate::{BondOrder, Element};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Heavy atoms of a residue and the bonds between them.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// Element and, for ions, charge [e], by name.
    pub(super) atoms: FxHashMap<String, (Element, i8)>,
    pub(super) bonds: Vec<(String, String, BondOrder)>,
}

const BUILT_IN: &str = "the table is compiled in and read whole by the tests";

static TEMPLATES: LazyLock<FxHashMap<&'static str, Template>> = LazyLock::new(|| {
    let mut templates: FxHashMap<&'static str, Template> = FxHashMap::default();
    for line in include_str!("../../../data/residues.csv").lines().skip(1) {
        let fields: Vec<&'static str> = line.split(',').collect();
        let [residue, atom, element, charge, other, order] = fields[..] else { unreachable!("{BUILT_IN}") };
        let template = templates.entry(residue).or_default();
        if other.is_empty() {
            let element = Element::from_symbol(element).expect(BUILT_IN);
            template.atoms.insert(atom.to_owned(), (element, charge.parse().expect(BUILT_IN)));
        } else {
            let order = order_of(order).expect(BUILT_IN);
            template.bonds.push((atom.to_owned(), other.to_owned(), order));
        }
    }
    templates
});

/// The order of a digit.
pub(super) fn order_of(digit: &str) -> Option<BondOrder> {
    match digit {
        "1" => Some(BondOrder::Single),
        "2" => Some(BondOrder::Double),
        "3" => Some(BondOrder::Triple),
        _ => None,
    }
}

/// The template of a residue name; those of protonation states and terminal residues in force fields are known too.
pub(super) fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.get(name).or_else(|| TEMPLATES.get(common_name(name)?))
}

/// The dictionary's name of a residue that simulation programs call otherwise (AMBER, CHARMM, OPLS).
fn common_name(name: &str) -> Option<&str> {
    Some(match name {
        "HID" | "HIE" | "HIP" | "HSD" | "HSE" | "HSP" | "HISD" | "HISE" | "HISH" => "HIS",
        "CYX" | "CYM" | "CYS2" => "CYS",
        "ASH" | "ASPH" => "ASP",
        "GLH" | "GLUH" => "GLU",
        "LYN" | "LYSH" => "LYS",
        "ARGN" => "ARG",
        "WAT" | "TIP" | "TIP3" | "TP3" | "SOL" | "SPC" | "H2O" | "T3P" | "T4P" | "TIP4" => "HOH",
        "NMA" | "CT3" => "NME",
        "Na+" | "NA+" | "SOD" => "NA",
        "Cl-" | "CL-" | "CLA" => "CL",
        "K+" | "POT" => "K",
        // DNA of AMBER, with its ends.
        "DA3" | "DA5" => "DA",
        "DC3" | "DC5" => "DC",
        "DG3" | "DG5" => "DG",
        "DT3" | "DT5" => "DT",
        "RA" | "RA3" | "RA5" | "A3" | "A5" => "A",
        "RC" | "RC3" | "RC5" | "C3" | "C5" => "C",
        "RG" | "RG3" | "RG5" | "G3" | "G5" => "G",
        "RU" | "RU3" | "RU5" | "U3" | "U5" => "U",
        // Terminal amino acids: NALA, CALA.
        _ if name.len() == 4 && name.starts_with(['N', 'C']) => &name[1..],
        _ => return None,
    })
}

/// Whether a residue is water.
pub(super) fn is_water(name: &str) -> bool {
    matches!(name, "HOH" | "DOD") || common_name(name) == Some("HOH")
}

/// Older names of atoms, as the dictionary has them now.
pub(super) fn modern_name(name: &str) -> &str {
    match name {
        "O1P" => "OP1",
        "O2P" => "OP2",
        "OT1" | "O1" | "OW" => "O",
        "OT2" | "O2" => "OXT",
        "C1*" => "C1'",
        "C2*" => "C2'",
        "C3*" => "C3'",
        "C4*" => "C4'",
        "C5*" => "C5'",
        "O2*" => "O2'",
        "O3*" => "O3'",
        "O4*" => "O4'",
        "O5*" => "O5'",
        "C5M" => "C7",
        "CD" => "CD1",
        "CH3" => "C",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residues_have_the_bonds_of_their_formulas() {
        for (name, atoms, bonds, doubles) in [
            ("ALA", 6, 5, 1),
            ("TRP", 15, 16, 5),
            ("HIS", 11, 11, 3),
            ("ARG", 12, 11, 2),
            ("DA", 22, 24, 5),
            ("HOH", 1, 0, 0),
        ] {
            let template = template(name).unwrap();
            let double = template.bonds.iter().filter(|(_, _, order)| *order == BondOrder::Double).count();
            assert_eq!((template.atoms.len(), template.bonds.len(), double), (atoms, bonds, doubles), "{name}");
        }
        assert_eq!(template("ZN").unwrap().atoms["ZN"].1, 2);
        for (other, name) in [("HIE", "HIS"), ("NALA", "ALA"), ("CYX", "CYS"), ("WAT", "HOH"), ("Na+", "NA")] {
            assert!(std::ptr::eq(template(other).unwrap(), template(name).unwrap()), "{other}");
        }
        assert!(template("LIG").is_none() && is_water("TIP3"));
    }
}
