//! Writing PDB files.

use super::hybrid36::encode;
use super::implied::{unsaid, written_label};
use super::model::Structure;
use crate::{AtomIndex, Bond, BondOrder, Error, Result};
use std::fmt::Write as _;
use std::io::Write;

const TO_TEXT: &str = "a String takes all";

/// Writes a structure as PDB: each conformer a model, `CONECT` for bonds within residues that have no template and for all
/// others that [`read_pdb`](super::read_pdb) would not find by itself (links of side chains, rings of peptides).
///
/// Numbers beyond their columns are in hybrid-36; a double bond is stated twice. Coordinates have three decimals [Å]. The
/// format cannot say that atoms in reach of one another are *not* bonded, nor bonds to metals and unknown atoms, and
/// hydrogens that are not atoms are found anew.
///
/// ```
/// use mol_core::{Molecule, Vec3, io::{Structure, parse_pdb, write_pdb}};
/// let mut dioxygen = Molecule::from_smiles("O=O")?;
/// dioxygen.add_conformer(vec![Vec3::zeros(), Vec3::x() * 1.21])?;
/// let mut file = Vec::new();
/// write_pdb(&mut file, &Structure::from_molecule(dioxygen))?;
/// assert_eq!(parse_pdb(&file[..], "memory")?[0].molecule.to_smiles(), "O=O");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] for what the columns cannot hold: no conformer, quadruple bonds, coordinates beyond −999.999 and
/// 9999.999 Å, edges of the cell beyond 99999.999 Å, occupancies and B beyond 999.99, names of atoms above four letters,
/// of residues above four, of chains and insertion codes above one, numbers of residues beyond hybrid-36, residues that a
/// reader would take for one, atoms that it would take for upon one another; [`Error::ShapeMismatch`] if the lists
/// do not fit; [`Error::Kekulize`] if aromatic bonds cannot be assigned; [`Error::Io`] for what the writer reports.
pub fn write_pdb(out: &mut dyn Write, structure: &Structure) -> Result<()> {
    let text = format(structure)?;
    out.write_all(text.as_bytes()).map_err(|source| Error::Io { path: "PDB output".into(), source })
}

fn refused(what: &'static str, expected: &'static str, got: String) -> Error {
    Error::InvalidArgument { what, expected, got }
}

fn format(structure: &Structure) -> Result<String> {
    structure.check()?;
    let molecule = structure.molecule.kekulized()?;
    if molecule.conformers().is_empty() {
        return Err(refused("structure in a PDB file", "of at least one conformer", "none".to_owned()));
    }
    let mut text = String::new();
    for (k, line) in structure.title.lines().flat_map(chunks).enumerate() {
        let number = if k == 0 { String::new() } else { format!("{:>2}", k + 1) };
        if k < 99 {
            writeln!(text, "TITLE   {number:>2}{}{line}", if k == 0 { "" } else { " " }).expect(TO_TEXT);
        }
    }
    if let Some([a, b, c, alpha, beta, gamma]) = structure.cell.parameters() {
        if [a, b, c].iter().any(|edge| !(0.001..99_999.999).contains(edge)) {
            let got = format!("{a}, {b}, {c} Å");
            return Err(refused("cell in a PDB file", "of edges from 0.001 to 99999.999 Å", got));
        }
        writeln!(text, "CRYST1{a:>9.3}{b:>9.3}{c:>9.3}{alpha:>7.2}{beta:>7.2}{gamma:>7.2} P 1           1")
            .expect(TO_TEXT);
    }
    if let Some((_, bond)) = molecule.bonds().find(|(_, bond)| bond.order == BondOrder::Quadruple) {
        let got = format!("one of order four between atoms {} and {}", bond.begin, bond.end);
        return Err(refused("bond of a PDB file", "single, double or triple", got));
    }
    let unsaid = unsaid(structure, &molecule, molecule.conformers()[0].positions())?;
    let several = molecule.conformers().len() > 1;
    let mut serials = Vec::new();
    for (number, conformer) in (1..).zip(molecule.conformers()) {
        if several {
            writeln!(text, "MODEL     {number:>4}").expect(TO_TEXT);
        }
        serials = model(&mut text, structure, conformer.positions(), &unsaid.charges)?;
        if several {
            text.push_str("ENDMDL\n");
        }
    }
    connections(&mut text, &unsaid.bonds, &serials);
    text.push_str("END\n");
    Ok(text)
}

/// Pieces of a line that fit a title.
fn chunks(line: &str) -> Vec<String> {
    line.chars().collect::<Vec<_>>().chunks(60).map(|chunk| chunk.iter().collect()).collect()
}

/// `CONECT` records, once from either end of a single bond, twice of a double one.
fn connections(text: &mut String, bonds: &[Bond], serials: &[String]) {
    let mut ends: Vec<(AtomIndex, AtomIndex, usize)> = Vec::with_capacity(2 * bonds.len());
    for bond in bonds {
        let times = bond.order.valence();
        ends.extend([(bond.begin, bond.end, times), (bond.end, bond.begin, times)]);
    }
    ends.sort_unstable();
    for (from, to, times) in ends {
        for _ in 0..times {
            writeln!(text, "CONECT{}{}", serials[from.index()], serials[to.index()]).expect(TO_TEXT);
        }
    }
}

/// Atom records of a model; gives the serial of each atom as text.
fn model(text: &mut String, structure: &Structure, positions: &[crate::Vec3], neutral: &[bool]) -> Result<Vec<String>> {
    let mut serials = Vec::with_capacity(positions.len());
    let mut serial = 0_i64;
    for (k, residue) in structure.residues.iter().enumerate() {
        let number = encode(i64::from(residue.number), 4);
        let number = number.ok_or_else(|| {
            refused("number of a residue in a PDB file", "from -999 to 2436111", residue.number.to_string())
        })?;
        let fits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_code = residue.insertion.is_none_or(|code| code.is_ascii_graphic());
        if !fits(&residue.name, 4) || !fits(&residue.chain, 1) || !is_code {
            let got = format!("{:?} {:?} of chain {:?}", residue.name, residue.insertion, residue.chain);
            let expected = "of a name of four ASCII letters, an insertion code and a chain of one";
            return Err(refused("residue in a PDB file", expected, got));
        }
        // A name of four letters takes the column behind the usual three.
        let name = if residue.name.len() == 4 { residue.name.clone() } else { format!("{:>3} ", residue.name) };
        let chain = if residue.chain.is_empty() { " " } else { &residue.chain };
        let insertion = residue.insertion.unwrap_or(' ');
        for atom in residue.atoms.clone() {
            serial += 1;
            let (site, x) = (&structure.sites[atom], positions[atom]);
            let data = structure.molecule.atom(AtomIndex::new(atom));
            let number_of = encode(serial, 5);
            let own =
                number_of.ok_or_else(|| refused("atoms of a PDB file", "at most 87440031", serial.to_string()))?;
            // An element that is not known is X, as in the dictionary of the wwPDB.
            let symbol = data.element.map_or("X", crate::Element::symbol);
            if !fits(&site.name, 4) || site.name.is_empty() {
                return Err(refused(
                    "name of an atom in a PDB file",
                    "one to four letters",
                    format!("{:?}", site.name),
                ));
            }
            if x.iter().any(|c| !(-999.999..=9999.999).contains(c)) {
                let expected = "of coordinates from -999.999 to 9999.999 Å";
                return Err(refused("conformer in a PDB file", expected, format!("{x:?} at atom {atom}")));
            }
            // Symbols of one letter stand in the second column of the name.
            let label = if site.name.len() < 4 && symbol.len() == 1 {
                format!(" {:<3}", site.name)
            } else {
                format!("{:<4}", site.name)
            };
            let record = if site.is_hetero { "HETATM" } else { "ATOM  " };
            let charge = match data.charge {
                0 if neutral[atom] => "0 ".to_owned(),
                0 => "  ".to_owned(),
                charge @ -9..=9 => format!("{}{}", charge.unsigned_abs(), if charge > 0 { '+' } else { '-' }),
                charge => {
                    return Err(refused("charge in a PDB file", "from -9 to 9", format!("{charge} at atom {atom}")));
                }
            };
            let is_deuterium = data.isotope == Some(2) && data.element == Some(crate::Element::H);
            let symbol = if is_deuterium { "D".to_owned() } else { symbol.to_uppercase() };
            let alternate = written_label(site).unwrap_or(' ');
            let [occupancy, b_factor] = [site.occupancy, site.b_factor];
            if [occupancy, b_factor].iter().any(|value| !(-99.99..=999.99).contains(value)) {
                let got = format!("{occupancy} and {b_factor} Å² at atom {atom}");
                return Err(refused("occupancy and B of a PDB file", "from -99.99 to 999.99", got));
            }
            // Minus zero is a zero.
            let [a, b, c] = [x.x, x.y, x.z].map(|c| (c * 1e3).round() / 1e3 + 0.0);
            writeln!(
                text,
                "{record}{own} {label}{alternate}{name}{chain}{number}{insertion}   {a:>8.3}{b:>8.3}{c:>8.3}{occupancy:>6.2}{b_factor:>6.2}          {symbol:>2}{charge}"
            )
            .expect(TO_TEXT);
            serials.push(own);
        }
        let next = structure.residues.get(k + 1);
        if residue.ends_chain || next.is_some_and(|next| next.chain != residue.chain) {
            serial += 1;
            let own = encode(serial, 5).unwrap_or_default();
            writeln!(text, "TER   {own}      {name}{chain}{number}{insertion}").expect(TO_TEXT);
        }
    }
    Ok(serials)
}

#[cfg(test)]
mod tests;
