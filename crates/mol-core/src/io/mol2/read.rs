//! Reading mol2.

use super::repair::{Placed, build};
use super::{Mol2Record, Substructure};
use crate::io::Input;
use crate::io::lines::{Lines, MOST_ATOMS, excerpt};
use crate::{BondOrder, Element, Result, Vec3};
use rustc_hash::FxHashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// What a section begins with.
const TAG: &str = "@<TRIPOS>";

/// Molecules of a mol2 stream, one after the other.
///
/// A molecule that cannot be read gives an error with its line, and the iterator goes on with the next
/// `@<TRIPOS>MOLECULE`; it ends with the stream, or with an error of the stream itself.
///
/// ```
/// use mol_core::io::Mol2Reader;
/// let text = "@<TRIPOS>MOLECULE\nHCN\n3 2\nSMALL\nUSER_CHARGES\n@<TRIPOS>ATOM\n1 H1 -1.06 0 0 H 1 HCN 0.2\n\
///             2 C1 0 0 0 C.1 1 HCN 0.1\n3 N1 1.15 0 0 N.1 1 HCN -0.3\n@<TRIPOS>BOND\n1 1 2 1\n2 2 3 3\n";
/// let record = Mol2Reader::new(text.as_bytes(), "memory").next().expect("one molecule")?;
/// assert_eq!((record.molecule.formula(), record.charges[2]), ("CHN".to_owned(), -0.3));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Mol2Reader<R> {
    lines: Lines<R>,
    /// Whether the line in hand is one that begins a molecule.
    begun: bool,
}

/// Opens a mol2 file, gzip or not.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if the file cannot be opened; what is wrong inside comes from the iterator.
pub fn read_mol2(path: impl AsRef<Path>) -> Result<Mol2Reader<Input>> {
    Ok(Mol2Reader::new(crate::io::open(path.as_ref())?, path.as_ref()))
}

/// A molecule under construction.
#[derive(Default)]
struct Draft {
    record: Mol2Record,
    atoms: Vec<Placed>,
    bonds: Vec<(usize, usize, BondOrder)>,
    /// Place of each atom by its number.
    places: FxHashMap<i64, usize>,
    parts: FxHashMap<i64, usize>,
    counts: (usize, usize),
}

impl<R: BufRead> Iterator for Mol2Reader<R> {
    type Item = Result<Mol2Record>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.seek() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        Some(self.record())
    }
}

impl<R: BufRead> Mol2Reader<R> {
    /// A reader of `reader`; `name` is what errors call the source.
    pub fn new(reader: R, name: impl Into<PathBuf>) -> Self {
        Self { lines: Lines::new(reader, name, "mol2"), begun: false }
    }

    /// Goes to the next line that begins a molecule.
    fn seek(&mut self) -> Result<bool> {
        while !self.begun {
            self.lines.begin_record();
            if !self.advance()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads the next line that says something; false at the end, and `begun` at the beginning of a molecule.
    fn advance(&mut self) -> Result<bool> {
        self.begun = false;
        loop {
            if !self.lines.advance()? {
                return Ok(false);
            }
            let line = self.lines.line.trim();
            if !line.starts_with('#') && !line.is_empty() {
                self.begun = line == "@<TRIPOS>MOLECULE";
                return Ok(true);
            }
        }
    }

    fn record(&mut self) -> Result<Mol2Record> {
        self.lines.begin_record();
        self.begun = false;
        let mut draft = Draft::default();
        let header = self.header(&mut draft)?;
        let mut more = header;
        while more && !self.begun {
            more = match self.lines.line.trim() {
                "@<TRIPOS>ATOM" => self.section(draft.counts.0, |line| draft.atom(line))?,
                "@<TRIPOS>BOND" => self.section(draft.counts.1, |line| draft.bond(line))?,
                _ => self.advance()?,
            };
        }
        let (atoms, bonds) = (draft.atoms.len(), draft.counts.0);
        if atoms != bonds {
            return Err(self
                .lines
                .error(format!("expected {bonds} atoms in the molecule that ends here, got {atoms}")));
        }
        let Draft { mut record, atoms, bonds, .. } = draft;
        record.molecule = build(&atoms, &bonds).map_err(|message| self.lines.error(message))?;
        if record.charge_kind == "NO_CHARGES" || record.charges.len() < atoms.len() {
            record.charges.clear();
        }
        if record.substructure_of.len() < atoms.len() {
            record.substructure_of.clear();
            record.substructures.clear();
        }
        Ok(record)
    }

    /// Name, counts, kind and charges; then the line in hand begins a section (false: the stream ended).
    fn header(&mut self, draft: &mut Draft) -> Result<bool> {
        // The name may be any line, an empty one too.
        if !self.lines.advance()? {
            return Err(self.lines.error("expected the name of a molecule, the file ends"));
        }
        self.lines.line.trim().clone_into(&mut draft.record.name);
        if !self.lines.advance()? {
            return Err(self.lines.error("expected the numbers of atoms and bonds, the file ends"));
        }
        let mut numbers = self.lines.line.split_ascii_whitespace().map(|word| word.parse::<usize>().ok());
        let counts = numbers.next().flatten().map(|atoms| (atoms, numbers.next().map_or(Some(0), |bonds| bonds)));
        let Some((atoms, Some(bonds))) = counts.filter(|(atoms, _)| *atoms <= MOST_ATOMS) else {
            let got = excerpt(&self.lines.line);
            return Err(self
                .lines
                .error(format!("expected the numbers of atoms (up to {MOST_ATOMS}) and bonds, got {got:?}")));
        };
        draft.counts = (atoms, bonds);
        let mut place = 0;
        loop {
            if !self.advance()? {
                return Ok(false);
            }
            let line = self.lines.line.trim();
            if line.starts_with(TAG) {
                return Ok(true);
            }
            match place {
                0 => line.clone_into(&mut draft.record.kind),
                1 => line.clone_into(&mut draft.record.charge_kind),
                _ => {}
            }
            place += 1;
        }
    }

    /// Hands `count` lines over; then the line in hand is the next one.
    fn section(&mut self, count: usize, mut take: impl FnMut(&str) -> Result<(), String>) -> Result<bool> {
        for taken in 0..count {
            if !self.advance()? || self.lines.line.starts_with(TAG) {
                return Err(self.lines.error(format!("expected {count} lines in a section, got {taken}")));
            }
            take(&self.lines.line).map_err(|message| self.lines.error(message))?;
        }
        self.advance()
    }
}

impl Draft {
    fn atom(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [number, name, x, y, z, kind, rest @ ..] = &words[..] else {
            return Err(format!("expected \"number name x y z type …\", got {:?}", excerpt(line)));
        };
        let coordinate = |word: &str| {
            let value: Option<f64> = word.parse().ok().filter(|x: &f64| x.is_finite());
            value.ok_or_else(|| format!("expected a finite coordinate, got {:?}", excerpt(word)))
        };
        let position = Vec3::new(coordinate(x)?, coordinate(y)?, coordinate(z)?);
        let number: i64 =
            number.parse().map_err(|_| format!("expected the number of an atom, got {:?}", excerpt(number)))?;
        if self.places.insert(number, self.atoms.len()).is_some() {
            return Err(format!("expected another number for each atom, got {number} twice"));
        }
        if let Some(word) = rest.first() {
            let number =
                word.parse().map_err(|_| format!("expected the number of a substructure, got {:?}", excerpt(word)))?;
            let parts = &mut self.record.substructures;
            let place = *self.parts.entry(number).or_insert(parts.len());
            if place == parts.len() {
                parts.push(Substructure { number, name: rest.get(1).copied().unwrap_or("").to_owned() });
            }
            self.record.substructure_of.push(place);
        }
        if let Some(word) = rest.get(2) {
            let charge: Option<f64> = word.parse().ok().filter(|x: &f64| x.is_finite());
            self.record
                .charges
                .push(charge.ok_or_else(|| format!("expected a finite charge, got {:?}", excerpt(word)))?);
        }
        self.atoms.push(Placed { element: element_of(kind)?, position });
        self.record.names.push((*name).to_owned());
        self.record.types.push((*kind).to_owned());
        Ok(())
    }

    fn bond(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, begin, end, kind, ..] = words[..] else {
            return Err(format!("expected \"number atom atom type\", got {:?}", excerpt(line)));
        };
        let atom = |word: &str| {
            let place = word.parse().ok().and_then(|number: i64| self.places.get(&number).copied());
            place.ok_or_else(|| format!("expected the number of an atom, got {:?}", excerpt(word)))
        };
        let order = match kind {
            "1" | "am" => BondOrder::Single,
            "2" => BondOrder::Double,
            "3" => BondOrder::Triple,
            "ar" => BondOrder::Aromatic,
            // Stated not to be bonded.
            "nc" => return Ok(()),
            _ => return Err(format!("expected a bond type 1, 2, 3, am, ar or nc, got {:?}", excerpt(kind))),
        };
        self.bonds.push((atom(begin)?, atom(end)?, order));
        Ok(())
    }
}

/// The element of a type: what stands before the dot; `Du` is the wildcard.
fn element_of(kind: &str) -> Result<Option<Element>, String> {
    let symbol = kind.split('.').next().unwrap_or("");
    if symbol == "Du" {
        return Ok(None);
    }
    if ["Any", "Hal", "Het", "Hev", "LP"].contains(&symbol) {
        return Err(format!("atom type {:?} is a query or lone pair and not read", excerpt(kind)));
    }
    let mut letters = symbol.chars();
    let spelled: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.flat_map(char::to_lowercase)).collect();
    Element::from_symbol(&spelled).map(Some).map_err(|error| error.to_string())
}

impl Mol2Record {
    /// The substructure of an atom, if the file names one.
    ///
    /// # Panics
    /// If `substructure_of` was changed to name what is not there.
    #[must_use]
    pub fn substructure(&self, atom: crate::AtomIndex) -> Option<&Substructure> {
        self.substructure_of.get(atom.index()).map(|&place| &self.substructures[place])
    }
}
