//! Writing records: what is the same for both versions of the table.

use super::atoms::{bond_sum, implied_hydrogens, is_filled, parity_of_chirality};
use super::table::Mark;
use super::wedge::marks_of_drawing;
use super::write_v2000::v2000_table;
use super::write_v3000::v3000_table;
use super::{SdfLayout, SdfRecord, SdfVersion};
use crate::perceive::radical_electrons;
use crate::{AtomIndex, Bond, BondOrder, Error, Molecule, Result, Vec3};
use std::fmt::Write as _;
use std::io::Write;

/// Most atoms and most bonds of a V2000 table.
pub(super) const MOST: usize = 999;
pub(super) const TO_TEXT: &str = "a String takes all";

/// Writes a record: one entry for each conformer, one without coordinates if there is none.
///
/// As V2000 if that can hold the record, else as V3000 ([`write_sdf_as`] says which). Aromatic bonds are written as single
/// and double ones. Coordinates have four decimals [Å] in V2000 and all in V3000. Stereo is in the coordinates; a drawing
/// gets wedges and crossed double bonds, and a molecule without coordinates atom parities. Hydrogen counts that the
/// format would not imply are stated as valences, unpaired electrons as radicals.
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
/// [`Error::InvalidArgument`] for what the format cannot hold: quadruple bonds, line breaks in title, comment or a field's
/// name, a `$$$$` line in a value, a line of nothing but spaces in one or an empty one where it would not be read back; cis
/// or trans, allenes and centres of more than four neighbours without coordinates; a drawing that contradicts the stereo of the molecule or cannot show it;
/// [`Error::Kekulize`] if aromatic bonds cannot be assigned; [`Error::Io`] for what the writer reports.
pub fn write_sdf(out: &mut dyn Write, record: &SdfRecord) -> Result<()> {
    write_sdf_as(out, record, SdfVersion::Automatic)
}

/// As [`write_sdf`], in the version that is asked for.
///
/// # Errors
/// As [`write_sdf`]; for [`SdfVersion::V2000`] also for more than 999 atoms or bonds, map numbers above 999, coordinates
/// beyond −9999.9999 and 99999.9999 Å, and stereo groups.
pub fn write_sdf_as(out: &mut dyn Write, record: &SdfRecord, version: SdfVersion) -> Result<()> {
    let text = format_record(record, version)?;
    out.write_all(text.as_bytes()).map_err(|source| Error::Io { path: "SDF output".into(), source })
}

pub(super) fn refused(what: &'static str, expected: &'static str, got: String) -> Error {
    Error::InvalidArgument { what, expected, got }
}

/// Type of a bond in the bond block of either version.
pub(super) fn bond_code(bond: &Bond) -> Result<u8> {
    match bond.order {
        BondOrder::Single => Ok(1),
        BondOrder::Double => Ok(2),
        BondOrder::Triple => Ok(3),
        BondOrder::Quadruple | BondOrder::Aromatic => {
            let got = format!("{:?} between atoms {} and {}", bond.order, bond.begin, bond.end);
            Err(refused("bond of an SDF record", "single, double or triple", got))
        }
    }
}

/// What a table says.
pub(super) struct Entry<'a> {
    pub(super) record: &'a SdfRecord,
    pub(super) molecule: &'a Molecule,
    pub(super) positions: &'a [Vec3],
    /// Of each atom: parity, unpaired electrons, stated valence.
    pub(super) atoms: Vec<Stated>,
    /// Each bond, wedges from their narrow end.
    pub(super) bonds: Vec<(Bond, Mark)>,
}

/// What an atom line says beyond the atom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated {
    pub(super) parity: u8,
    pub(super) unpaired: u8,
    /// `None` if the format implies the hydrogens.
    pub(super) valence: Option<usize>,
}

fn format_record(record: &SdfRecord, version: SdfVersion) -> Result<String> {
    for (what, line) in [("title of an SDF record", &record.title), ("comment of an SDF record", &record.comment)] {
        if line.contains(['\n', '\r']) || line.starts_with("$$$$") {
            return Err(refused(what, "one line that is not $$$$", format!("{line:?}")));
        }
    }
    let molecule = record.molecule.kekulized()?;
    let mut text = String::new();
    if molecule.conformers().is_empty() {
        if let Some((bond, _)) = molecule.bonds().find(|(_, bond)| bond.direction.is_some()) {
            let expected = "given coordinates: without them SDF cannot say cis and trans";
            return Err(refused("molecule of an SDF record", expected, format!("a direction mark on bond {bond}")));
        }
        let is_lost =
            |atom: AtomIndex| molecule.atom(atom).chirality.is_some() && parity_of_chirality(&molecule, atom) == 0;
        if let Some((atom, _)) = molecule.atoms().find(|&(atom, _)| is_lost(atom)) {
            let expected = "given coordinates: without them SDF knows tetrahedral centres only";
            let got = format!("an allene, a metal or the like at atom {atom}");
            return Err(refused("molecule of an SDF record", expected, got));
        }
        let zeros = vec![Vec3::zeros(); molecule.atom_count()];
        format_entry(&mut text, record, &molecule, SdfLayout::Absent, &zeros, version)?;
    }
    for conformer in molecule.conformers() {
        let layout = if record.layout == SdfLayout::Flat { SdfLayout::Flat } else { SdfLayout::Space };
        format_entry(&mut text, record, &molecule, layout, conformer.positions(), version)?;
    }
    Ok(text)
}

fn format_entry(
    text: &mut String,
    record: &SdfRecord,
    molecule: &Molecule,
    layout: SdfLayout,
    positions: &[Vec3],
    version: SdfVersion,
) -> Result<()> {
    let code = match layout {
        SdfLayout::Absent => "0D",
        SdfLayout::Flat => "2D",
        SdfLayout::Space => "3D",
    };
    let (title, comment) = (&record.title, &record.comment);
    writeln!(text, "{title}\n  molkit            {code}\n{comment}").expect(TO_TEXT);
    let stated = |(atom, _): (AtomIndex, &crate::Atom)| {
        let parity = if layout == SdfLayout::Absent { parity_of_chirality(molecule, atom) } else { 0 };
        let unpaired = unpaired_electrons(molecule, atom);
        Stated { parity, unpaired, valence: stated_valence(molecule, atom, unpaired) }
    };
    let atoms = molecule.atoms().map(stated).collect();
    let marks = if layout == SdfLayout::Flat {
        marks_of_drawing(molecule, positions)?
    } else {
        vec![(Mark::None, false); molecule.bond_count()]
    };
    let turned = |((_, bond), (mark, is_turned)): ((_, Bond), (Mark, bool))| {
        (if is_turned { Bond { begin: bond.end, end: bond.begin, ..bond } } else { bond }, mark)
    };
    let bonds = molecule.bonds().zip(marks).map(turned).collect();
    let entry = Entry { record, molecule, positions, atoms, bonds };
    match version {
        SdfVersion::V2000 => v2000_table(text, &entry)?,
        SdfVersion::V3000 => v3000_table(text, &entry)?,
        SdfVersion::Automatic => {
            let begun = text.len();
            if v2000_table(text, &entry).is_err() {
                text.truncate(begun);
                v3000_table(text, &entry)?;
            }
        }
    }
    text.push_str("M  END\n");
    format_data(text, record)
}

fn format_data(text: &mut String, record: &SdfRecord) -> Result<()> {
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

/// Unpaired electrons that the format can state: one or two, of atoms whose valence it knows.
fn unpaired_electrons(kekule: &Molecule, atom: AtomIndex) -> u8 {
    if !kekule.atom(atom).element.is_some_and(is_filled) {
        return 0;
    }
    u8::try_from(radical_electrons(kekule, atom)).ok().filter(|&count| count <= 2).unwrap_or(0)
}

/// The valence to state: `None` if the format implies the hydrogens.
fn stated_valence(kekule: &Molecule, atom: AtomIndex, unpaired: u8) -> Option<usize> {
    let data = kekule.atom(atom);
    let hydrogens = kekule.hydrogens(atom);
    let bonds = bond_sum(kekule, atom);
    let is_implied = implied_hydrogens(data.element, data.charge, unpaired, bonds) == hydrogens;
    (!is_implied).then_some(bonds + usize::from(hydrogens))
}
