//! Writing records.

use super::atoms::{bond_sum, implied_hydrogens, is_filled, parity_of_chirality};
use super::parse::lifted;
use super::{SdfLayout, SdfRecord};
use crate::perceive::radical_electrons;
use crate::{AtomIndex, Bond, BondOrder, Error, Molecule, Result, Vec3};
use std::fmt::Write as _;
use std::io::Write;

/// Most atoms and most bonds of a V2000 table.
const MOST: usize = 999;
const TO_TEXT: &str = "a String takes all";

/// Writes a record as V2000: one entry for each conformer, one without coordinates if there is none.
///
/// Aromatic bonds are written as single and double ones. Coordinates have four decimals [Å]. Stereo is in the
/// coordinates; a drawing gets wedges, and a molecule without coordinates atom parities. Hydrogen counts that the
/// format would not imply are stated as valences, unpaired electrons as `M  RAD`.
///
/// ```
/// use mol_core::{Molecule, io::{SdfReader, SdfRecord, write_sdf}};
/// let alanine = SdfRecord::new(Molecule::from_smiles("C[C@H](N)C(=O)O")?);
/// let mut file = Vec::new();
/// write_sdf(&mut file, &alanine)?;
/// let back = SdfReader::new(&file[..], "memory").next().expect("one record")?;
/// assert_eq!(back.molecule.to_smiles(), "C[C@H](N)C(=O)O");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] for what the format cannot hold: more than 999 atoms or bonds, quadruple bonds,
/// coordinates beyond −9999.9999 and 99999.9999 Å, line breaks in title, comment or a field's name, a `$$$$` line in a
/// value, a line of nothing but spaces in one or an empty one where it would not be read back, cis or trans without
/// coordinates; [`Error::Kekulize`] if aromatic bonds cannot be assigned; [`Error::Io`] for what the writer reports.
pub fn write_sdf(out: &mut dyn Write, record: &SdfRecord) -> Result<()> {
    let text = format_record(record)?;
    out.write_all(text.as_bytes()).map_err(|source| Error::Io { path: "SDF output".into(), source })
}

fn refused(what: &'static str, expected: &'static str, got: String) -> Error {
    Error::InvalidArgument { what, expected, got }
}

fn format_record(record: &SdfRecord) -> Result<String> {
    for (what, line) in [("title of an SDF record", &record.title), ("comment of an SDF record", &record.comment)] {
        if line.contains(['\n', '\r']) || line.starts_with("$$$$") {
            return Err(refused(what, "one line that is not $$$$", format!("{line:?}")));
        }
    }
    let molecule = record.molecule.kekulized()?;
    if molecule.atom_count() > MOST || molecule.bond_count() > MOST {
        let got = format!("{} atoms, {} bonds", molecule.atom_count(), molecule.bond_count());
        return Err(refused("molecule of a V2000 record", "of at most 999 atoms and 999 bonds", got));
    }
    let mut text = String::new();
    if molecule.conformers().is_empty() {
        if let Some((bond, _)) = molecule.bonds().find(|(_, bond)| bond.direction.is_some()) {
            let expected = "given coordinates: without them SDF cannot say cis and trans";
            return Err(refused("molecule of an SDF record", expected, format!("a direction mark on bond {bond}")));
        }
        let zeros = vec![Vec3::zeros(); molecule.atom_count()];
        format_entry(&mut text, record, &molecule, SdfLayout::Absent, &zeros)?;
    }
    for conformer in molecule.conformers() {
        let layout = if record.layout == SdfLayout::Flat { SdfLayout::Flat } else { SdfLayout::Space };
        format_entry(&mut text, record, &molecule, layout, conformer.positions())?;
    }
    Ok(text)
}

fn format_entry(
    text: &mut String,
    record: &SdfRecord,
    molecule: &Molecule,
    layout: SdfLayout,
    positions: &[Vec3],
) -> Result<()> {
    let code = match layout {
        SdfLayout::Absent => "0D",
        SdfLayout::Flat => "2D",
        SdfLayout::Space => "3D",
    };
    let (title, comment) = (&record.title, &record.comment);
    let (atoms, bonds) = (molecule.atom_count(), molecule.bond_count());
    writeln!(text, "{title}\n  molkit            {code}\n{comment}").expect(TO_TEXT);
    writeln!(text, "{atoms:>3}{bonds:>3}  0  0  0  0  0  0  0  0999 V2000").expect(TO_TEXT);
    let unpaired: Vec<u8> = molecule.atoms().map(|(atom, _)| unpaired_electrons(molecule, atom)).collect();
    for ((atom, data), (x, unpaired)) in molecule.atoms().zip(positions.iter().zip(&unpaired)) {
        let parity = if layout == SdfLayout::Absent { parity_of_chirality(molecule, atom) } else { 0 };
        let symbol = data.element.map_or("*", crate::Element::symbol);
        let map = data.map_number;
        if map > MOST as u32 {
            return Err(refused("map number in an SDF record", "at most 999", format!("{map} at atom {atom}")));
        }
        let valence = stated_valence(molecule, atom, *unpaired)?;
        // Minus zero is a zero.
        for c in x.iter().map(|c| (c * 1e4).round() / 1e4 + 0.0) {
            let column = format!("{c:>10.4}");
            if column.len() > 10 || !c.is_finite() {
                let expected = "of coordinates from -9999.9999 to 99999.9999 Å";
                return Err(refused("conformer of an SDF record", expected, format!("{x:?} at atom {atom}")));
            }
            text.push_str(&column);
        }
        writeln!(text, " {symbol:<3} 0  0{parity:>3}  0  0{valence:>3}  0  0  0{map:>3}  0  0").expect(TO_TEXT);
    }
    for (bond, code) in bond_codes(molecule, layout, positions)? {
        let order = match bond.order {
            BondOrder::Single => 1,
            BondOrder::Double => 2,
            BondOrder::Triple => 3,
            BondOrder::Quadruple | BondOrder::Aromatic => {
                let got = format!("{:?} between atoms {} and {}", bond.order, bond.begin, bond.end);
                return Err(refused("bond of an SDF record", "single, double or triple", got));
            }
        };
        writeln!(text, "{:>3}{:>3}{order:>3}{code:>3}", bond.begin.index() + 1, bond.end.index() + 1).expect(TO_TEXT);
    }
    let charges = molecule.atoms().map(|(_, atom)| i32::from(atom.charge));
    property(text, "CHG", charges);
    property(text, "RAD", unpaired.iter().map(|&count| if count == 0 { 0 } else { 1 + i32::from(count) }));
    property(text, "ISO", molecule.atoms().map(|(_, atom)| i32::from(atom.isotope.unwrap_or(0))));
    text.push_str("M  END\n");
    for (name, value) in &record.data {
        if name.contains(['\n', '\r']) {
            return Err(refused("name of a data field", "one line", format!("{name:?}")));
        }
        let broken =
            value.contains('\r') || value.contains("\n\n>") || value.starts_with('\n') || value.ends_with('\n');
        let is_lost = |line: &str| line.starts_with("$$$$") || !line.is_empty() && line.trim().is_empty();
        if broken || value.split('\n').any(is_lost) {
            let expected = "of lines that end in \\n, none empty at the ends or before \">\", none blank or $$$$";
            return Err(refused("value of a data field", expected, format!("field {name:?}")));
        }
        writeln!(text, ">  <{name}>\n{value}{}", if value.is_empty() { "" } else { "\n" }).expect(TO_TEXT);
    }
    text.push_str("$$$$\n");
    Ok(())
}

/// Lines such as `M  CHG`, eight entries each, for the values that are not zero.
fn property(text: &mut String, name: &str, values: impl Iterator<Item = i32>) {
    let entries: Vec<(usize, i32)> = (1..).zip(values).filter(|(_, value)| *value != 0).collect();
    for chunk in entries.chunks(8) {
        write!(text, "M  {name}{:>3}", chunk.len()).expect(TO_TEXT);
        for (atom, value) in chunk {
            write!(text, "{atom:>4}{value:>4}").expect(TO_TEXT);
        }
        text.push('\n');
    }
}

/// Unpaired electrons that the format can state: one or two, of atoms whose valence it knows.
fn unpaired_electrons(kekule: &Molecule, atom: AtomIndex) -> u8 {
    if !kekule.atom(atom).element.is_some_and(is_filled) {
        return 0;
    }
    u8::try_from(radical_electrons(kekule, atom)).ok().filter(|&count| count <= 2).unwrap_or(0)
}

/// The valence field: 0 if the format implies the hydrogens, 15 for no valence at all.
fn stated_valence(kekule: &Molecule, atom: AtomIndex, unpaired: u8) -> Result<usize> {
    let data = kekule.atom(atom);
    let hydrogens = kekule.hydrogens(atom);
    let bonds = bond_sum(kekule, atom);
    if implied_hydrogens(data.element, data.charge, unpaired, bonds) == hydrogens {
        return Ok(0);
    }
    match bonds + usize::from(hydrogens) {
        0 => Ok(15),
        valence @ 1..=14 => Ok(valence),
        valence => Err(refused("valence of an SDF record", "at most 14", format!("{valence} at atom {atom}"))),
    }
}

/// The bonds as written, each with its stereo code: wedges of a drawing begin at their centre.
fn bond_codes(molecule: &Molecule, layout: SdfLayout, positions: &[Vec3]) -> Result<Vec<(Bond, i32)>> {
    let mut bonds: Vec<(Bond, i32)> = molecule.bonds().map(|(_, bond)| (bond, 0)).collect();
    if layout != SdfLayout::Flat {
        return Ok(bonds);
    }
    for (atom, data) in molecule.atoms().filter(|(_, data)| data.chirality.is_some()) {
        let mut open: Vec<usize> = molecule
            .bonds_of(atom)
            .iter()
            .map(|bond| bond.index())
            .filter(|&k| bonds[k].0.order == BondOrder::Single && bonds[k].1 == 0)
            .collect();
        open.sort_by_key(|&k| {
            let other = bonds[k].0.other(atom);
            (molecule.atom(other).chirality.is_some(), molecule.degree(other), k)
        });
        let drawn = open.iter().flat_map(|&k| [(k, 1), (k, 6)]).find(|&(k, code)| {
            let far = bonds[k].0.other(atom).index();
            let raised = lifted(positions, atom.index(), [(far, code)].into_iter());
            let volume = crate::perceive::chiral_volume(molecule, atom, &raised);
            let number = volume.filter(|volume| volume.abs() > 0.2).map(|volume| if volume < 0.0 { 1 } else { 2 });
            number.is_some() && number == data.chirality.map(crate::Chirality::number)
        });
        let Some((k, code)) = drawn else {
            let expected = "drawn so that a wedge can show its centres";
            return Err(refused("flat molecule of an SDF record", expected, format!("no such bond at atom {atom}")));
        };
        let bond = bonds[k].0;
        bonds[k] = (Bond { begin: atom, end: bond.other(atom), ..bond }, code);
    }
    Ok(bonds)
}
