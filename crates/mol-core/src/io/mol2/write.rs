//! Writing mol2.

use super::Mol2Record;
use crate::{AtomIndex, BondOrder, Error, Molecule, Result};
use std::fmt::Write as _;
use std::io::Write;

const TO_TEXT: &str = "a String takes all";

/// Writes a record: one entry for each conformer; coordinates [Å] and charges [e] with four decimals.
///
/// Aromatic bonds are `ar`; all hydrogens must be atoms, since the format has no others.
///
/// ```
/// use mol_core::{Molecule, Vec3, io::{Mol2Reader, Mol2Record, write_mol2}};
/// let mut nitrogen = Molecule::from_smiles("N#N")?;
/// nitrogen.add_conformer(vec![Vec3::zeros(), Vec3::new(1.1, 0.0, 0.0)])?;
/// let mut file = Vec::new();
/// write_mol2(&mut file, &Mol2Record::new(nitrogen))?;
/// let back = Mol2Reader::new(&file[..], "memory").next().expect("one molecule")?;
/// assert_eq!((back.molecule.to_smiles().as_str(), back.types[0].as_str()), ("N#N", "N.1"));
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] for what the format cannot hold: counted hydrogens, no conformer, quadruple bonds, names with
/// white space or none; [`Error::ShapeMismatch`] if a list does not fit the molecule; [`Error::Io`] for what the writer
/// reports.
pub fn write_mol2(out: &mut dyn Write, record: &Mol2Record) -> Result<()> {
    record.check()?;
    let molecule = &record.molecule;
    let refused = |what, expected, got| Err(Error::InvalidArgument { what, expected, got });
    if let Some((atom, _)) = molecule.atoms().find(|(atom, _)| molecule.hydrogens(*atom) > 0) {
        return refused(
            "molecule of a mol2 record",
            "with all hydrogens as atoms",
            format!("counted ones at atom {atom}"),
        );
    }
    if molecule.conformers().is_empty() {
        return refused("molecule of a mol2 record", "of at least one conformer", "none".to_owned());
    }
    let is_word = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace) && !text.starts_with(['#', '@']);
    if let Some(name) = record.names.iter().chain(&record.types).find(|name| !is_word(name)) {
        return refused("name or type of an atom in a mol2 record", "one word", format!("{name:?}"));
    }
    for (what, line) in [
        ("name of a mol2 record", &record.name),
        ("kinds of a mol2 record", &record.kind),
        ("kinds of a mol2 record", &record.charge_kind),
    ] {
        if line.contains(['\n', '\r']) || line.trim() != line || line.starts_with(['#', '@']) {
            return refused(
                what,
                "one line without white space at its ends that begins with neither # nor @",
                format!("{line:?}"),
            );
        }
    }
    let mut text = String::new();
    for conformer in molecule.conformers() {
        let (atoms, bonds) = (molecule.atom_count(), molecule.bond_count());
        let parts = record.substructures.len().max(1);
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        writeln!(text, "@<TRIPOS>MOLECULE\n{}\n{atoms} {bonds} {parts} 0 0", record.name).expect(TO_TEXT);
        writeln!(text, "{}\n{}\n", or(&record.kind, "SMALL"), or(&record.charge_kind, "NO_CHARGES")).expect(TO_TEXT);
        text.push_str("@<TRIPOS>ATOM\n");
        for ((k, x), (name, kind)) in (0..).zip(conformer.positions()).zip(record.names.iter().zip(&record.types)) {
            let (number, part) = match record.substructure(AtomIndex::new(k)) {
                Some(part) if is_word(&part.name) => (part.number, part.name.as_str()),
                Some(part) => (part.number, "UNL"),
                None => (1, "UNL1"),
            };
            let charge = record.charges.get(k).copied().unwrap_or(0.0);
            let k = k + 1;
            // Minus zero is a zero.
            let [a, b, c] = [x.x, x.y, x.z].map(|c| (c * 1e4).round() / 1e4 + 0.0);
            writeln!(text, "{k:>7} {name:<8} {a:>9.4} {b:>9.4} {c:>9.4} {kind:<6} {number:>3} {part:<7} {charge:>9.4}")
                .expect(TO_TEXT);
        }
        text.push_str("@<TRIPOS>BOND\n");
        for (k, bond) in molecule.bonds() {
            let kind = match bond.order {
                BondOrder::Single => "1",
                BondOrder::Double => "2",
                BondOrder::Triple => "3",
                BondOrder::Aromatic => "ar",
                BondOrder::Quadruple => {
                    let got = format!("one of order four between atoms {} and {}", bond.begin, bond.end);
                    return refused("bond of a mol2 record", "single, double, triple or aromatic", got);
                }
            };
            writeln!(text, "{:>6} {:>5} {:>5} {kind:>4}", k.index() + 1, bond.begin.index() + 1, bond.end.index() + 1)
                .expect(TO_TEXT);
        }
    }
    out.write_all(text.as_bytes()).map_err(|source| Error::Io { path: "mol2 output".into(), source })
}

/// A type that keeps the element and says what π bonds the atom has.
pub(super) fn plain_type(molecule: &Molecule, atom: AtomIndex) -> String {
    let Some(element) = molecule.atom(atom).element else { return "Du".to_owned() };
    let symbol = element.symbol();
    if !matches!(symbol, "C" | "N" | "O" | "S" | "P") {
        return symbol.to_owned();
    }
    let orders = || molecule.bonds_of(atom).iter().map(|&bond| molecule.bond(bond).order);
    let doubles = orders().filter(|&order| order == BondOrder::Double).count();
    let kind = if orders().any(|order| order == BondOrder::Aromatic) && matches!(symbol, "C" | "N") {
        "ar"
    } else if symbol == "P" {
        "3"
    } else if orders().any(|order| order == BondOrder::Triple) || doubles == 2 && symbol != "S" {
        "1"
    } else if doubles > 0 && symbol != "S" || doubles == 1 && molecule.degree(atom) == 1 {
        "2"
    } else if symbol == "S" && doubles > 0 {
        if doubles == 1 { "O" } else { "O2" }
    } else if symbol == "N" && molecule.degree(atom) == 4 {
        "4"
    } else {
        "3"
    };
    format!("{symbol}.{kind}")
}
