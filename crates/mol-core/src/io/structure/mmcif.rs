//! Reading mmCIF (PDBx) files.

use super::bonds::{Links, Problem, Stated};
use super::cif::{Token, Tokens};
use super::columns::{Columns, SingleRow, bounded, is_used, title_of};
use super::model::{Structure, assemble};
use super::pdb::{cell_of, serial};
use super::raw::{Models, RawAtom, RawModel, ResidueKey, Symbol};
use super::residues::{Template, order_of};
use crate::io::lines::{Lines, MOST_ATOMS, excerpt};
use crate::{BondOrder, Cell, Element, Result, Vec3};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// Most columns of a loop.
const MOST_COLUMNS: usize = 10_000;
/// Most rows of the tables of bonds and links of a data block.
const MOST_ROWS: usize = 1 << 20;
/// Longest name of an item [bytes].
const LONGEST_NAME: usize = 1 << 10;

/// Reads an mmCIF file, gzip or not: a structure for each data block that has atoms, several if its models differ. A block
/// that has none but describes chemical components (`_chem_comp_atom`) gives each of them, at its ideal coordinates if it
/// has them, else at those of its model.
///
/// # Errors
/// [`crate::Error::Io`] if the file cannot be opened or read, [`crate::Error::Parse`] with the line of what is wrong in it.
pub fn read_mmcif(path: impl AsRef<Path>) -> Result<Vec<Structure>> {
    parse_mmcif(crate::io::open(path.as_ref())?, path.as_ref())
}

/// Reads an mmCIF stream; `name` is what errors call it.
///
/// Used are `_atom_site` (names and numbers of the authors, where given), `_cell`, `_struct.title`, `_chem_comp_bond`,
/// `_chem_comp_atom` and `_struct_conn` (covalent ones), as loops or item by item; the rest is checked for its syntax
/// only.
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
    // Its limits are those of the file, whatever the block.
    let mut models = Models::default();
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
            let found = block.finish(&mut models).map_err(|(line, message)| tokens.lines.error_at(line, message))?;
            structures.extend(found);
        }
        let inside = |tokens: &Tokens<_>| tokens.lines.error("expected data_NAME before any item");
        match token {
            None => return Ok(structures),
            Some(Token::Block(name)) => block = Some(Block::new(&name, &mut models)),
            Some(Token::Frame) => {}
            Some(Token::Name(name)) => {
                let block = block.as_mut().ok_or_else(|| inside(&tokens))?;
                match tokens.next()? {
                    Some(Token::Value(value)) => {
                        block.item(&name, value, tokens.lines.number()).map_err(|m| tokens.lines.error(m))?;
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
        bounded(&name, LONGEST_NAME, "a name").map_err(|message| tokens.lines.error(message))?;
        names.push(name);
        next = tokens.next()?;
    }
    if names.is_empty() {
        return Err(tokens.lines.error("expected names after loop_"));
    }
    let columns = Columns::new(&names);
    let mut row: Vec<Option<String>> = Vec::with_capacity(names.len().min(64));
    while let Some(Token::Value(value)) = next {
        row.push(columns.value(row.len(), value).map_err(|message| tokens.lines.error(message))?);
        if row.len() == names.len() {
            let line = tokens.lines.number();
            block.row(&row, &columns, line).map_err(|message| tokens.lines.error(message))?;
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

/// How a link names an atom: chain, residue name, number, insertion code, atom.
type Address = (String, String, i32, Option<char>, String);

/// What has been read of a data block.
struct Block {
    title: String,
    cell: [Option<f64>; 6],
    models: Models,
    /// Number of the model that is open.
    model: Option<i32>,
    /// Atoms of chemical components: of which, the atom, its ideal place and its place in the model.
    components: Vec<(String, RawAtom, Option<Vec3>, Option<Vec3>)>,
    dictionary: FxHashMap<String, Template>,
    links: Vec<(Address, Address, BondOrder)>,
    /// Tables of one row that are no loops, by category.
    single: BTreeMap<String, SingleRow>,
    rows: usize,
    line: usize,
}

impl Block {
    /// An empty block, in which the limits of the file go on to count.
    fn new(name: &str, models: &mut Models) -> Self {
        Self {
            title: title_of(name),
            cell: [None; 6],
            models: std::mem::take(models),
            model: None,
            components: Vec::new(),
            dictionary: FxHashMap::default(),
            links: Vec::new(),
            single: BTreeMap::new(),
            rows: 0,
            line: 0,
        }
    }

    /// An item outside of loops.
    fn item(&mut self, name: &str, value: Option<String>, line: usize) -> Result<(), String> {
        if let Some((category, _)) = name.split_once('.').filter(|_| is_used(name)) {
            self.single.entry(category.to_owned()).or_default().set(name, value, line)?;
        }
        Ok(())
    }

    fn row(&mut self, row: &[Option<String>], columns: &Columns, line: usize) -> Result<(), String> {
        const CELL: [&str; 6] = ["length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"];
        match columns.category.as_str() {
            "_atom_site" => self.atom(row, columns, line),
            "_chem_comp_atom" => self.component(row, columns, line),
            "_chem_comp_bond" => self.bond(row, columns),
            "_struct_conn" => self.link(row, columns),
            "_cell" => {
                self.line = line;
                for (place, name) in self.cell.iter_mut().zip(CELL) {
                    *place = columns.real(row, name)?.or(*place);
                }
                Ok(())
            }
            "_struct" => {
                if let Some(title) = columns.get(row, &["title"]) {
                    title.clone_into(&mut self.title);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Counts a row of the tables of bonds and links.
    fn count(&mut self) -> Result<(), String> {
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Err(format!("expected at most {MOST_ROWS} bonds and links of a block"));
        }
        Ok(())
    }

    fn atom(&mut self, row: &[Option<String>], columns: &Columns, line: usize) -> Result<(), String> {
        let coordinate =
            |name: &str| columns.real(row, name)?.ok_or_else(|| format!("expected a number as _atom_site.{name}"));
        let name = columns.get(row, &["label_atom_id", "auth_atom_id"]).unwrap_or("");
        let symbol = columns.get(row, &["type_symbol"]);
        let element = symbol.map_or(Ok(Symbol::Absent), Symbol::parse)?;
        if name.is_empty() && element == Symbol::Absent {
            return Err("expected a name or an element for each atom".to_owned());
        }
        let charge = charge_of(row, columns, "pdbx_formal_charge")?;
        let atom = RawAtom {
            name: if name.is_empty() { symbol.unwrap_or("").to_owned() } else { name.to_owned() },
            alternate: columns.get(row, &["label_alt_id"]).and_then(|text| text.bytes().next()).unwrap_or(0),
            position: Vec3::new(coordinate("cartn_x")?, coordinate("cartn_y")?, coordinate("cartn_z")?),
            occupancy: columns.real(row, "occupancy")?.unwrap_or(1.0),
            b_factor: columns.real(row, "b_iso_or_equiv")?.unwrap_or(0.0),
            element,
            is_deuterium: symbol == Some("D"),
            charge,
            is_hetero: columns.get(row, &["group_pdb"]) == Some("HETATM"),
            serial: serial(""),
            line,
            other_residue: None,
        };
        let (chain, residue) = (&["auth_asym_id", "label_asym_id"], &["auth_comp_id", "label_comp_id"]);
        let key = ResidueKey {
            name: columns.get(row, residue).unwrap_or(""),
            chain: columns.get(row, chain).unwrap_or(""),
            number: columns.integer(row, &["auth_seq_id", "label_seq_id"], "the number of a residue")?.unwrap_or(0),
            insertion: columns.get(row, &["pdbx_pdb_ins_code"]).and_then(|text| text.chars().next()),
        };
        let number = columns.integer(row, &["pdbx_pdb_model_num"], "the number of a model")?.unwrap_or(1);
        if self.model != Some(number) {
            self.models.close();
            self.model = Some(number);
        }
        self.models.push(key, atom)
    }

    /// An atom of the description of a component.
    fn component(&mut self, row: &[Option<String>], columns: &Columns, line: usize) -> Result<(), String> {
        if self.components.len() >= MOST_ATOMS {
            return Err(format!("expected components of at most {MOST_ATOMS} atoms in a block"));
        }
        let text =
            |name: &str| columns.get(row, &[name]).ok_or_else(|| format!("expected a value as _chem_comp_atom.{name}"));
        let symbol = text("type_symbol")?;
        let place = |names: [&str; 3]| {
            let [x, y, z] = names.map(|name| columns.real(row, name));
            let place = x?.zip(y?).zip(z?).map(|((x, y), z)| Vec3::new(x, y, z));
            Ok::<_, String>(place)
        };
        let ideal = place(["pdbx_model_cartn_x_ideal", "pdbx_model_cartn_y_ideal", "pdbx_model_cartn_z_ideal"])?;
        let model = place(["model_cartn_x", "model_cartn_y", "model_cartn_z"])?;
        let atom = RawAtom {
            name: text("atom_id")?.to_owned(),
            alternate: 0,
            position: Vec3::zeros(),
            occupancy: 1.0,
            b_factor: 0.0,
            element: Symbol::parse(symbol)?,
            is_deuterium: symbol == "D",
            charge: charge_of(row, columns, "charge")?,
            is_hetero: true,
            serial: serial(""),
            line,
            other_residue: None,
        };
        self.components.push((text("comp_id")?.to_owned(), atom, ideal, model));
        Ok(())
    }

    fn bond(&mut self, row: &[Option<String>], columns: &Columns) -> Result<(), String> {
        self.count()?;
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
        // Elements are those of the atoms; here only the names count.
        for name in [a, b] {
            template.atoms.entry(name.to_owned()).or_insert((Element::C, 0));
        }
        template.bonds.push((a.to_owned(), b.to_owned(), order));
        Ok(())
    }

    fn link(&mut self, row: &[Option<String>], columns: &Columns) -> Result<(), String> {
        let kind = columns.get(row, &["conn_type_id"]).unwrap_or("");
        if !(kind.starts_with("covale") || kind.starts_with("disulf")) {
            return Ok(());
        }
        self.count()?;
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

    /// Makes models of the components, one after the other.
    fn place_components(&mut self) -> Result<(), Problem> {
        let components = std::mem::take(&mut self.components);
        for chunk in components.chunk_by(|a, b| a.0 == b.0) {
            let is_ideal = chunk.iter().all(|(_, _, ideal, _)| ideal.is_some());
            for (name, atom, ideal, model) in chunk {
                let position = if is_ideal { ideal } else { model };
                let position = position.ok_or_else(|| {
                    (atom.line, format!("expected ideal or model coordinates of all atoms of {name:?}, of one kind"))
                })?;
                let key = ResidueKey { name, chain: "", number: 1, insertion: None };
                let push = self.models.push(key, RawAtom { position, ..atom.clone() });
                push.map_err(|message| (atom.line, message))?;
            }
            self.models.close();
        }
        Ok(())
    }

    fn finish(mut self, models: &mut Models) -> Result<Vec<Structure>, Problem> {
        for (_, single) in std::mem::take(&mut self.single) {
            let (columns, row) = single.table();
            self.row(row, &columns, single.line).map_err(|message| (single.line, message))?;
        }
        if self.models.is_empty() {
            self.place_components()?;
        }
        let cell = match self.cell {
            [Some(a), Some(b), Some(c), Some(alpha), Some(beta), Some(gamma)] => {
                cell_of([a, b, c], [alpha, beta, gamma]).map_err(|message| (self.line, message))?
            }
            _ => Cell::NONE,
        };
        let groups = self.models.take();
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
            let stated = links.iter().filter_map(|(a, b, order)| {
                let (a, b) = (at(a)?, at(b)?);
                Some(Stated { a: a.min(b), b: a.max(b), order: *order })
            });
            let mut stated: Vec<Stated> = stated.collect();
            stated.sort_by_key(|bond| (bond.a, bond.b));
            Links { stated, dictionary: Some(&self.dictionary) }
        };
        let structures = assemble(&self.title, cell, groups, make)?;
        *models = self.models;
        Ok(structures)
    }
}

/// A charge that is stated; 0 is what many files say where they do not know.
fn charge_of(row: &[Option<String>], columns: &Columns, name: &str) -> Result<Option<i8>, String> {
    let charge = columns.integer(row, &[name], "a charge")?.filter(|charge| *charge != 0);
    match charge.map(|charge| (charge, i8::try_from(charge))) {
        None => Ok(None),
        Some((_, Ok(charge))) if (-99..=99).contains(&charge) => Ok(Some(charge)),
        Some((charge, _)) => Err(format!("expected a charge from -99 to 99, got {charge}")),
    }
}
