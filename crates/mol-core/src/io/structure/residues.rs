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

impl Template {
    /// Element and charge of the atom called `name`; an ion is what it is whatever its name.
    pub(super) fn atom(&self, name: &str, atoms: usize) -> Option<(Element, i8)> {
        let only = || self.atoms.values().next().filter(|_| atoms == 1 && self.atoms.len() == 1);
        self.atoms.get(name).or_else(only).copied()
    }
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

/// The template of a residue of so many atoms; names of protonation states and terminal residues in force fields are known
/// too.
pub(super) fn template(name: &str, atoms: usize) -> Option<&'static Template> {
    TEMPLATES.get(standard_name(name, atoms))
}

/// The dictionary's name of a residue that simulation programs (AMBER, CHARMM, OPLS) call otherwise; `name` itself, if it
/// is the dictionary's or of none.
pub(super) fn standard_name(name: &str, atoms: usize) -> &str {
    if TEMPLATES.contains_key(name) {
        return name;
    }
    if let Some(common) = common_name(name, atoms) {
        return common;
    }
    // Terminal amino acids: NALA, CALA; of a protonation state too: NHIE, CCYX.
    if let Some(rest) = name.strip_prefix(['N', 'C']).filter(|_| name.len() == 4) {
        let inner = common_name(rest, atoms).unwrap_or(rest);
        if TEMPLATES.get(inner).is_some_and(|template| template.atoms.contains_key("CA") && atoms > 1) {
            return inner;
        }
    }
    name
}

/// Names without the prefixes of terminal residues. Those of ions and water are other things in the dictionary, and
/// stand for residues of few atoms only (CLA is chlorophyll a).
fn common_name(name: &str, atoms: usize) -> Option<&'static str> {
    Some(match name {
        "HID" | "HIE" | "HIP" | "HSD" | "HSE" | "HSP" | "HISD" | "HISE" | "HISH" => "HIS",
        "CYX" | "CYM" | "CYS2" => "CYS",
        "ASH" | "ASPH" => "ASP",
        "GLH" | "GLUH" => "GLU",
        "LYN" | "LYSH" => "LYS",
        "ARGN" => "ARG",
        "WAT" | "TIP" | "TIP3" | "TP3" | "SOL" | "SPC" | "H2O" | "T3P" | "T4P" | "TIP4" if atoms <= 6 => "HOH",
        "NMA" | "CT3" => "NME",
        "Na+" | "NA+" | "SOD" if atoms == 1 => "NA",
        "Cl-" | "CL-" | "CLA" if atoms == 1 => "CL",
        "K+" | "POT" if atoms == 1 => "K",
        // DNA of AMBER, with its ends.
        "DA3" | "DA5" => "DA",
        "DC3" | "DC5" => "DC",
        "DG3" | "DG5" => "DG",
        "DT3" | "DT5" => "DT",
        "RA" | "RA3" | "RA5" | "A3" | "A5" => "A",
        "RC" | "RC3" | "RC5" | "C3" | "C5" => "C",
        "RG" | "RG3" | "RG5" | "G3" | "G5" => "G",
        "RU" | "RU3" | "RU5" | "U3" | "U5" => "U",
        _ => return None,
    })
}

/// Whether a residue is water.
pub(super) fn is_water(name: &str, atoms: usize) -> bool {
    matches!(standard_name(name, atoms), "HOH" | "DOD")
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
            let template = template(name, 20).unwrap();
            let double = template.bonds.iter().filter(|(_, _, order)| *order == BondOrder::Double).count();
            assert_eq!((template.atoms.len(), template.bonds.len(), double), (atoms, bonds, doubles), "{name}");
        }
        assert_eq!(template("ZN", 1).unwrap().atoms["ZN"].1, 2);
        for (other, atoms, name) in [
            ("HIE", 17, "HIS"),
            ("NALA", 10, "ALA"),
            ("CYX", 10, "CYS"),
            ("NHIE", 18, "HIS"),
            ("CHID", 18, "HIS"),
            ("NCYX", 12, "CYS"),
            ("CLYN", 22, "LYS"),
            ("WAT", 3, "HOH"),
            ("Na+", 1, "NA"),
            ("CLA", 1, "CL"),
        ] {
            assert_eq!(standard_name(other, atoms), name, "{other}");
            assert!(std::ptr::eq(template(other, atoms).unwrap(), template(name, atoms).unwrap()), "{other}");
        }
        // Chlorophyll a, a ligand that is called as a program calls water, a name that is no terminal residue.
        for (name, atoms) in [("LIG", 9), ("CLA", 65), ("SPC", 30), ("NLIG", 9), ("CHOH", 3)] {
            assert!(template(name, atoms).is_none(), "{name}");
        }
        assert!(is_water("TIP3", 3) && !is_water("TIP3", 12));
    }
}
