//! Reading PDB files (wwPDB format 3.3).

use super::bonds::{Links, Problem, Stated};
use super::hybrid36::decode;
use super::model::{Structure, assemble};
use super::raw::{Group, Models, RawAtom, RawModel, ResidueKey, Symbol};
use crate::io::lines::{Lines, MOST_ATOMS, excerpt};
use crate::{BondOrder, Cell, Error, Result, Vec3};
use rustc_hash::FxHashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// Reads a PDB file, gzip or not: one structure, or several if its models differ in their atoms. Models, and frames that
/// end in `END`, of the same atoms are conformers.
///
/// Bonds stand at the end of such a file, so it is read whole.
///
/// # Errors
/// [`Error::Io`] if the file cannot be opened or read, [`Error::Parse`] with the line of what is wrong in it.
pub fn read_pdb(path: impl AsRef<Path>) -> Result<Vec<Structure>> {
    parse_pdb(crate::io::open(path.as_ref())?, path.as_ref())
}

/// Reads a PDB stream; `name` is what errors call it.
///
/// It gives all structures at once, not one after the other as the readers of small molecules do: `CONECT` stands behind
/// the atoms.
///
/// ```
/// let text = "\
/// ATOM      1  N   GLY A   1       0.000   0.000   0.000  1.00 10.00           N
/// ATOM      2  CA  GLY A   1       1.450   0.000   0.000  1.00 10.00           C
/// ATOM      3  C   GLY A   1       2.000   1.420   0.000  1.00 10.00           C
/// ATOM      4  O   GLY A   1       1.240   2.390   0.000  1.00 10.00           O
/// ";
/// let glycine = mol_core::io::parse_pdb(text.as_bytes(), "memory")?.remove(0);
/// assert_eq!(glycine.molecule.to_smiles(), "NCC=O"); // the order of C=O is the residue's
/// assert_eq!(glycine.residues[0].name, "GLY");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// As [`read_pdb`].
pub fn parse_pdb(reader: impl BufRead, name: impl Into<PathBuf>) -> Result<Vec<Structure>> {
    let mut lines = Lines::new(reader, name, "PDB");
    let mut file = File::default();
    while lines.advance_lossy()? {
        let line = std::mem::take(&mut lines.line);
        let taken = file.line(&line, lines.number());
        lines.line = line;
        taken.map_err(|message| lines.error(message))?;
    }
    file.finish().map_err(|(line, message)| lines.error_at(line, message))
}

/// Pairs of serials from `CONECT`, and how often each came.
type Connections = FxHashMap<([u8; 8], [u8; 8]), u8>;

/// What stands before an `END`: usually the whole file.
#[derive(Default)]
struct Section {
    title: String,
    cell: Option<Cell>,
    groups: Vec<Group>,
    bonds: Connections,
}

/// What has been read.
#[derive(Default)]
struct File {
    sections: Vec<Section>,
    open: Section,
    models: Models,
    /// Bonds since the last atom or end of a model: one that is stated twice among them is double, but a program may
    /// state all of them behind each model.
    bonds: Connections,
    /// Bonds of all sections.
    connections: usize,
}

impl File {
    fn line(&mut self, line: &str, number: usize) -> Result<(), String> {
        match line.get(..6).unwrap_or(line).trim_end() {
            "ATOM" | "HETATM" => {
                self.end_connections();
                self.atom(line, number)?;
            }
            "MODEL" | "ENDMDL" => {
                self.end_connections();
                self.models.close();
            }
            "TER" => self.models.end_chain(),
            // What stands over the first model is that of all.
            "CRYST1" if self.models.is_empty() => self.open.cell = Some(cell(line)?),
            "TITLE" if self.models.is_empty() => {
                let text = line.get(10..).unwrap_or("").trim();
                let title = &mut self.open.title;
                if title.len() + text.len() < 1 << 16 {
                    if !title.is_empty() {
                        title.push(' ');
                    }
                    title.push_str(text);
                }
            }
            "CONECT" => self.connect(line),
            "END" => self.end_section(),
            _ => {}
        }
        Ok(())
    }

    /// Adds the bonds of a block to those of the section, where each counts as often as in the block that has it most often.
    fn end_connections(&mut self) {
        for (pair, count) in self.bonds.drain() {
            let held = self.open.bonds.entry(pair).or_insert(0);
            *held = count.max(*held);
        }
    }

    /// Ends a section. Frames of a trajectory may end so: one of the same atoms, and of the same bonds if any are stated,
    /// is a conformer of the one before.
    fn end_section(&mut self) {
        self.end_connections();
        let groups = self.models.take();
        let mut section = std::mem::take(&mut self.open);
        if groups.is_empty() {
            // Bonds without atoms, or a title before the first of them.
            self.open = Section { bonds: Connections::default(), ..section };
            return;
        }
        section.groups = groups;
        if let (Some(last), [(model, positions)]) = (self.sections.last_mut(), &mut section.groups[..])
            && (section.bonds.is_empty() || section.bonds == last.bonds)
            && let Some((first, all)) = last.groups.last_mut()
            && first.is_like(model)
        {
            all.append(positions);
            return;
        }
        self.sections.push(section);
    }

    fn atom(&mut self, line: &str, number: usize) -> Result<(), String> {
        let malformed = || format!("expected an atom record in columns, got {:?}", excerpt(line));
        let column = |from: usize, to: usize| line.get(from..to.min(line.len())).map(str::trim);
        let text = |from: usize, to: usize| column(from, to).unwrap_or("");
        let coordinate = |from: usize| {
            let word = column(from, from + 8).filter(|_| line.len() >= from + 8).ok_or_else(malformed)?;
            let value: Option<f64> = word.parse().ok().filter(|x: &f64| x.is_finite());
            value.ok_or_else(|| format!("expected a coordinate in columns {}-{}, got {word:?}", from + 1, from + 8))
        };
        let real = |from: usize, to: usize, missing: f64| match text(from, to) {
            "" => Ok(missing),
            word => {
                let value: Option<f64> = word.parse().ok().filter(|x: &f64| x.is_finite());
                value.ok_or_else(|| format!("expected a number in columns {}-{to}, got {word:?}", from + 1))
            }
        };
        let byte = |at: usize| line.as_bytes().get(at).copied().filter(|byte| *byte != b' ').unwrap_or(0);
        let word = text(22, 26);
        let residue = decode(word, 4).or_else(|| word.is_empty().then_some(0));
        let residue =
            residue.ok_or_else(|| format!("expected the number of a residue in columns 23-26, got {word:?}"))?;
        let letter = |byte: u8| (byte != 0).then_some(char::from(byte));
        let (element, is_deuterium) = Self::element(line)?;
        let name = column(12, 16).filter(|name| !name.is_empty()).ok_or_else(malformed)?;
        let atom = RawAtom {
            name: name.to_owned(),
            alternate: byte(16),
            position: Vec3::new(coordinate(30)?, coordinate(38)?, coordinate(46)?),
            occupancy: real(54, 60, 1.0)?,
            b_factor: real(60, 66, 0.0)?,
            element,
            is_deuterium,
            charge: charge(text(78, 80))?,
            is_hetero: line.starts_with("HETATM"),
            serial: serial(text(6, 11)),
            line: number,
            other_residue: None,
        };
        // Names of four letters, as simulation programs write them, take the column behind.
        let key = ResidueKey { name: text(17, 21), chain: text(21, 22), number: residue, insertion: letter(byte(26)) };
        self.models.push(key, atom)
    }

    /// The element of columns 77-78, if there is one; else of a name that begins in column 13, which names of one-letter
    /// elements do only if they are four long.
    fn element(line: &str) -> Result<(Symbol, bool), String> {
        let stated = line.get(76..78.min(line.len())).unwrap_or("").trim();
        if stated.is_empty() || stated.bytes().all(|byte| byte.is_ascii_digit()) {
            let name = line.get(12..14).unwrap_or("  ");
            let is_short = line.get(12..16).is_some_and(|name| name.trim_end().len() < 4);
            let starts = !name.starts_with(' ') && is_short && line.starts_with("HETATM");
            let deduced = if starts { Symbol::parse(name.trim()).unwrap_or(Symbol::Absent) } else { Symbol::Absent };
            return Ok((deduced, name.trim() == "D"));
        }
        Ok((Symbol::parse(stated)?, stated == "D"))
    }

    fn connect(&mut self, line: &str) {
        let field = |k: usize| line.get(6 + 5 * k..(11 + 5 * k).min(line.len())).map_or("", str::trim);
        let from = serial(field(0));
        for k in 1..5 {
            let to = field(k);
            if !to.is_empty() && self.connections < 4 * MOST_ATOMS {
                self.connections += 1;
                let count = self.bonds.entry((from, serial(to))).or_insert(0);
                *count = count.saturating_add(1);
            }
        }
    }

    fn finish(mut self) -> Result<Vec<Structure>, Problem> {
        self.end_section();
        let mut structures = Vec::new();
        for Section { title, cell, groups, bonds } in self.sections {
            let links = |model: &RawModel| Links { stated: stated(model, &bonds), dictionary: None };
            structures.extend(assemble(&title, cell.unwrap_or(Cell::NONE), groups, links)?);
        }
        Ok(structures)
    }
}

/// The stated bonds of a model, by atoms.
fn stated(model: &RawModel, bonds: &Connections) -> Vec<Stated> {
    let mut places: FxHashMap<[u8; 8], Option<usize>> = FxHashMap::default();
    for (k, atom) in model.atoms.iter().enumerate().filter(|_| !bonds.is_empty()) {
        // A serial that comes twice names nothing.
        places.entry(atom.serial).and_modify(|place| *place = None).or_insert(Some(k));
    }
    let mut stated: Vec<Stated> = Vec::new();
    for (&(a, b), &count) in bonds {
        let back = bonds.get(&(b, a)).copied().unwrap_or(0);
        let at = |serial| places.get(&serial).copied().flatten();
        if let (Some(a), Some(b)) = (at(a), at(b)) {
            // A bond that is stated twice is a double one.
            let order = match count.max(back) {
                1 => BondOrder::Single,
                2 => BondOrder::Double,
                _ => BondOrder::Triple,
            };
            stated.push(Stated { a: a.min(b), b: a.max(b), order });
        }
    }
    stated.sort_unstable_by_key(|bond| (bond.a, bond.b));
    stated.dedup();
    stated
}

/// A serial as bonds refer to it: its text, whatever the numbering.
pub(super) fn serial(text: &str) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    bytes
}

/// A charge such as `2+`, `-1` or nothing.
pub(super) fn charge(text: &str) -> Result<Option<i8>, String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let signs: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let size: i8 = if digits.is_empty() { 1 } else { digits.parse().map_err(|_| malformed_charge(text))? };
    match signs.as_str() {
        "" if digits.is_empty() || size == 0 => Ok((!digits.is_empty()).then_some(0)),
        "" | "+" => Ok(Some(size)),
        "-" => Ok(Some(-size)),
        // Other things that older files keep here.
        _ => Ok(None),
    }
}

fn malformed_charge(text: &str) -> String {
    format!("expected a charge such as 2+ or 1-, got {:?}", excerpt(text))
}

/// The cell of a `CRYST1` line; one of 1 Å stands for none.
fn cell(line: &str) -> Result<Cell, String> {
    let number = |from: usize, to: usize| {
        let word = line.get(from..to.min(line.len())).unwrap_or("").trim();
        word.parse::<f64>().map_err(|_| format!("expected a number in columns {}-{to}, got {word:?}", from + 1))
    };
    let lengths = [number(6, 15)?, number(15, 24)?, number(24, 33)?];
    let angles = [number(33, 40)?, number(40, 47)?, number(47, 54)?];
    cell_of(lengths, angles)
}

/// The cell of edges [Å] and angles [degrees].
pub(super) fn cell_of(lengths: [f64; 3], angles: [f64; 3]) -> Result<Cell, String> {
    if lengths == [1.0; 3] || lengths == [0.0; 3] {
        return Ok(Cell::NONE);
    }
    let ([a, b, c], [alpha, beta, gamma]) = (lengths, angles);
    Cell::from_parameters(a, b, c, alpha, beta, gamma).map_err(|error: Error| error.to_string())
}
