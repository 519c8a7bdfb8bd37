//! Reading mmCIF (PDBx) files.

use super::bonds::{Links, Stated};
use super::cif::{Token, Tokens};
use super::model::{Structure, assemble};
use super::pdb::{capitalized, cell_of, serial};
use super::raw::{Models, RawAtom, RawModel, ResidueKey};
use super::residues::{Template, order_of};
use crate::io::lines::{Lines, excerpt};
use crate::{BondOrder, Cell, Element, Result, Vec3};
use rustc_hash::FxHashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// Most columns of a loop.
const MOST_COLUMNS: usize = 10_000;
/// Most rows of the tables of bonds and links.
const MOST_ROWS: usize = 1 << 22;

/// Reads an mmCIF file, gzip or not: a structure for each data block that has atoms, several if its models differ.
///
/// # Errors
/// [`crate::Error::Io`] if the file cannot be opened or read, [`crate::Error::Parse`] with the line of what is wrong in it.
pub fn read_mmcif(path: impl AsRef<Path>) -> Result<Vec<Structure>> {
    parse_mmcif(crate::io::open(path.as_ref())?, path.as_ref())
}

/// Reads an mmCIF stream; `name` is what errors call it.
///
/// Used are `_atom_site` (names and numbers of the authors, where given), `_cell`, `_struct.title`, `_chem_comp_bond`
/// and `_struct_conn` (covalent ones); the rest is checked for its syntax only.
///
/// ```
/// let text = "data_X\nloop_\n_atom_site.type_symbol\n_atom_site.label_atom_id\n_atom_site.label_comp_id\n\
///             _atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\nO O HOH 0 0 0\nH H1 HOH 0.96 0 0\n\
///             H H2 HOH -0.24 0.93 0\n";
/// let water = mol_core::io::parse_mmcif(text.as_bytes(), "memory")?.remove(0);
/// assert_eq!((water.molecule.formula(), water.molecule.bond_count()), ("H2O".to_owned(), 2));
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// As [`read_mmcif`].
pub fn parse_mmcif(reader: impl BufRead, name: impl Into<PathBuf>) -> Result<Vec<Structure>> {
    let mut tokens = Tokens::new(Lines::new(reader, name, "mmCIF"));
    let mut structures = Vec::new();
    let mut block: Option<Block> = None;
    let mut held: Option<Token> = None;
    loop {
        let token = match held.take() {
            Some(token) => Some(token),
            None => tokens.next()?,
        };
        let finished = match &token {
            None | Some(Token::Block(_)) => block.take(),
            _ => None,
        };
        if let Some(block) = finished {
            let found = block.finish().map_err(|(line, message)| tokens.lines.error_at(line, message))?;
            structures.extend(found);
        }
        let inside = |tokens: &Tokens<_>| tokens.lines.error("expected data_NAME before any item");
        match token {
            None => return Ok(structures),
            Some(Token::Block(name)) => block = Some(Block { title: name, ..Block::default() }),
            Some(Token::Frame) => {}
            Some(Token::Name(name)) => {
                let block = block.as_mut().ok_or_else(|| inside(&tokens))?;
                match tokens.next()? {
                    Some(Token::Value(value)) => {
                        let row = [value];
                        let columns = Columns::new(std::slice::from_ref(&name));
                        block.pair(&name, &row, &columns, tokens.lines.number()).map_err(|m| tokens.lines.error(m))?;
                    }
                    _ => return Err(tokens.lines.error(format!("expected a value after {}", excerpt(&name)))),
                }
            }
            Some(Token::Loop) => {
                let block = block.as_mut().ok_or_else(|| inside(&tokens))?;
                held = table(&mut tokens, block)?;
            }
            Some(Token::Value(value)) => {
                let got = value.unwrap_or_default();
                return Err(tokens.lines.error(format!("expected a name before a value, got {:?}", excerpt(&got))));
            }
        }
    }
}

/// Reads a loop; gives the token behind it.
fn table<R: BufRead>(tokens: &mut Tokens<R>, block: &mut Block) -> Result<Option<Token>> {
    let mut names = Vec::new();
    let mut next = tokens.next()?;
    while let Some(Token::Name(name)) = next {
        if names.len() == MOST_COLUMNS {
            return Err(tokens.lines.error(format!("expected a loop of at most {MOST_COLUMNS} columns")));
        }
        names.push(name);
        next = tokens.next()?;
    }
    if names.is_empty() {
        return Err(tokens.lines.error("expected names after loop_"));
    }
    let columns = Columns::new(&names);
    let category = columns.category.clone();
    let mut row: Vec<Option<String>> = Vec::with_capacity(names.len().min(64));
    while let Some(Token::Value(value)) = next {
        row.push(if columns.is_used { value } else { None });
        if row.len() == names.len() {
            let line = tokens.lines.number();
            block.row(&category, &row, &columns, line).map_err(|message| tokens.lines.error(message))?;
            row.clear();
        }
        next = tokens.next()?;
    }
    if row.is_empty() {
        return Ok(next);
    }
    let message = format!("expected rows of {} values, the last one has {}", names.len(), row.len());
    Err(tokens.lines.error(message))
}

/// The columns of a table by name.
struct Columns {
    category: String,
    places: FxHashMap<String, usize>,
    is_used: bool,
}

impl Columns {
    fn new(names: &[String]) -> Self {
        let split = |name: &str| name.split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned()));
        let category = names.first().and_then(|name| split(name)).map_or_else(String::new, |(category, _)| category);
        let is_used =
            matches!(category.as_str(), "_atom_site" | "_chem_comp_bond" | "_struct_conn" | "_cell" | "_struct");
        let places = names.iter().enumerate().filter_map(|(k, name)| Some((split(name)?.1, k)));
        Self { places: if is_used { places.collect() } else { FxHashMap::default() }, category, is_used }
    }

    fn get<'a>(&self, row: &'a [Option<String>], names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| row.get(*self.places.get(*name)?)?.as_deref())
    }

    fn real(&self, row: &[Option<String>], name: &str) -> Result<Option<f64>, String> {
        let Some(word) = self.get(row, &[name]) else { return Ok(None) };
        // A standard uncertainty may follow in parentheses.
        let number = word.split('(').next().unwrap_or("");
        let value: Option<f64> = number.parse().ok().filter(|x: &f64| x.is_finite());
        value.map(Some).ok_or_else(|| format!("expected a finite number as {name}, got {:?}", excerpt(word)))
    }
}

/// How a link names an atom: chain, residue name, number, insertion code, atom.
type Address = (String, String, i32, Option<char>, String);

/// What has been read of a data block.
#[derive(Default)]
struct Block {
    title: String,
    cell: [Option<f64>; 6],
    models: Models,
    /// Number of the model that is open.
    model: Option<i32>,
    dictionary: FxHashMap<String, Template>,
    links: Vec<(Address, Address, BondOrder)>,
    line: usize,
}

impl Block {
    /// An item outside of loops; a table of one row may be written so.
    fn pair(&mut self, name: &str, row: &[Option<String>], columns: &Columns, line: usize) -> Result<(), String> {
        const CELL: [&str; 6] = ["length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"];
        self.line = line;
        if name == "_struct.title"
            && let Some(title) = &row[0]
        {
            title.replace('\n', " ").trim().clone_into(&mut self.title);
        }
        if columns.category == "_cell" {
            for (place, name) in self.cell.iter_mut().zip(CELL) {
                if let Some(value) = columns.real(row, name)? {
                    *place = Some(value);
                }
            }
        }
        if columns.category == "_atom_site" {
            return Err("expected _atom_site as a loop".to_owned());
        }
        Ok(())
    }

    fn row(&mut self, category: &str, row: &[Option<String>], columns: &Columns, line: usize) -> Result<(), String> {
        match category {
            "_atom_site" => self.atom(row, columns, line),
            "_chem_comp_bond" => self.bond(row, columns),
            "_struct_conn" => self.link(row, columns),
            "_cell" | "_struct" => {
                let name =
                    if category == "_struct" && columns.places.contains_key("title") { "_struct.title" } else { "" };
                self.pair(name, row, columns, line)
            }
            _ => Ok(()),
        }
    }

    fn atom(&mut self, row: &[Option<String>], columns: &Columns, line: usize) -> Result<(), String> {
        let coordinate =
            |name: &str| columns.real(row, name)?.ok_or_else(|| format!("expected a number as _atom_site.{name}"));
        let integer = |names: &[&str], what: &str| match columns.get(row, names) {
            None => Ok(None),
            Some(word) => word
                .parse::<i32>()
                .map(Some)
                .map_err(|_| format!("expected an integer as {what}, got {:?}", excerpt(word))),
        };
        let name = columns.get(row, &["label_atom_id", "auth_atom_id"]).unwrap_or("");
        let symbol = columns.get(row, &["type_symbol"]);
        let is_deuterium = symbol == Some("D");
        let element = match symbol {
            None => None,
            Some("D") => Some(Element::H),
            Some(symbol) => Some(Element::from_symbol(&capitalized(symbol)).map_err(|error| error.to_string())?),
        };
        if name.is_empty() && element.is_none() {
            return Err("expected a name or an element for each atom".to_owned());
        }
        let charge = integer(&["pdbx_formal_charge"], "a charge")?.filter(|charge| *charge != 0);
        let charge = match charge.map(|charge| (charge, i8::try_from(charge))) {
            None => None,
            Some((_, Ok(charge))) if (-99..=99).contains(&charge) => Some(charge),
            Some((charge, _)) => return Err(format!("expected a charge from -99 to 99, got {charge}")),
        };
        let atom = RawAtom {
            name: if name.is_empty() { symbol.unwrap_or("").to_owned() } else { name.to_owned() },
            alternate: columns.get(row, &["label_alt_id"]).and_then(|text| text.bytes().next()).unwrap_or(0),
            position: Vec3::new(coordinate("cartn_x")?, coordinate("cartn_y")?, coordinate("cartn_z")?),
            occupancy: columns.real(row, "occupancy")?.unwrap_or(1.0),
            b_factor: columns.real(row, "b_iso_or_equiv")?.unwrap_or(0.0),
            element,
            is_deuterium,
            charge,
            is_hetero: columns.get(row, &["group_pdb"]) == Some("HETATM"),
            serial: serial(""),
            line,
        };
        let (chain, residue) = (&["auth_asym_id", "label_asym_id"], &["auth_comp_id", "label_comp_id"]);
        let key = ResidueKey {
            name: columns.get(row, residue).unwrap_or(""),
            chain: columns.get(row, chain).unwrap_or(""),
            number: integer(&["auth_seq_id", "label_seq_id"], "the number of a residue")?.unwrap_or(0),
            insertion: columns.get(row, &["pdbx_pdb_ins_code"]).and_then(|text| text.chars().next()),
        };
        let number = integer(&["pdbx_pdb_model_num"], "the number of a model")?.unwrap_or(1);
        if self.model != Some(number) {
            self.models.close();
            self.model = Some(number);
        }
        self.models.push(key, atom)
    }

    fn bond(&mut self, row: &[Option<String>], columns: &Columns) -> Result<(), String> {
        let text =
            |name: &str| columns.get(row, &[name]).ok_or_else(|| format!("expected a value as _chem_comp_bond.{name}"));
        let (residue, a, b) = (text("comp_id")?, text("atom_id_1")?, text("atom_id_2")?);
        let order = match columns.get(row, &["value_order"]).unwrap_or("sing").to_ascii_lowercase().as_str() {
            "sing" | "delo" | "pi" | "poly" => BondOrder::Single,
            "doub" => BondOrder::Double,
            "trip" => BondOrder::Triple,
            "quad" => BondOrder::Quadruple,
            "arom" => return Err(format!("aromatic bonds without orders (of {}) are not read", excerpt(residue))),
            other => order_of(other)
                .ok_or_else(|| format!("expected an order such as sing or doub, got {:?}", excerpt(other)))?,
        };
        let template = self.dictionary.entry(residue.to_owned()).or_default();
        if template.bonds.len() >= MOST_ROWS {
            return Err(format!("expected at most {MOST_ROWS} bonds of a residue"));
        }
        // Elements are those of the atoms; here only the names count.
        for name in [a, b] {
            template.atoms.entry(name.to_owned()).or_insert((Element::C, 0));
        }
        template.bonds.push((a.to_owned(), b.to_owned(), order));
        Ok(())
    }

    fn link(&mut self, row: &[Option<String>], columns: &Columns) -> Result<(), String> {
        let kind = columns.get(row, &["conn_type_id"]).unwrap_or("");
        if !(kind.starts_with("covale") || kind.starts_with("disulf")) || self.links.len() >= MOST_ROWS {
            return Ok(());
        }
        // A link to a symmetry mate leads out of the molecule.
        if columns.get(row, &["ptnr1_symmetry"]) != columns.get(row, &["ptnr2_symmetry"]) {
            return Ok(());
        }
        let partner = |k: u8| -> Result<Address, String> {
            let get = |first: &str, second: &str| {
                let names = [first, second].map(|name| format!("ptnr{k}_{name}"));
                columns.get(row, &[&names[0], &names[1]]).map(str::to_owned)
            };
            let number = get("auth_seq_id", "label_seq_id").map_or(Ok(0), |word| {
                word.parse()
                    .map_err(|_| format!("expected an integer as the number of a residue, got {:?}", excerpt(&word)))
            })?;
            // The dictionary spells this item in its own way.
            let code = columns.get(row, &[&format!("pdbx_ptnr{k}_pdb_ins_code")]).and_then(|text| text.chars().next());
            Ok((
                get("auth_asym_id", "label_asym_id").unwrap_or_default(),
                get("auth_comp_id", "label_comp_id").unwrap_or_default(),
                number,
                code,
                get("label_atom_id", "auth_atom_id").unwrap_or_default(),
            ))
        };
        let order = match columns.get(row, &["pdbx_value_order"]).map(str::to_ascii_lowercase).as_deref() {
            Some("doub") => BondOrder::Double,
            Some("trip") => BondOrder::Triple,
            _ => BondOrder::Single,
        };
        self.links.push((partner(1)?, partner(2)?, order));
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Structure>, (usize, String)> {
        let cell = match self.cell {
            [Some(a), Some(b), Some(c), Some(alpha), Some(beta), Some(gamma)] => {
                cell_of([a, b, c], [alpha, beta, gamma]).map_err(|message| (self.line, message))?
            }
            _ => Cell::NONE,
        };
        self.models.close();
        let links = self.links;
        let make = |model: &RawModel| {
            let mut places: FxHashMap<Address, usize> = FxHashMap::default();
            if !links.is_empty() {
                for residue in &model.residues {
                    for k in residue.atoms.clone() {
                        let (chain, name) = (residue.chain.clone(), residue.name.clone());
                        let address = (chain, name, residue.number, residue.insertion, model.atoms[k].name.clone());
                        places.entry(address).or_insert(k);
                    }
                }
            }
            let at = |address: &Address| places.get(address).copied();
            let stated = links.iter().filter_map(|(a, b, order)| Some(Stated { a: at(a)?, b: at(b)?, order: *order }));
            Links { stated: stated.collect(), dictionary: Some(&self.dictionary) }
        };
        assemble(&self.title, cell, self.models, make)
    }
}
