//! Tables of mmCIF: which items are used, and their values by name.

use crate::io::lines::excerpt;
use rustc_hash::FxHashMap;

/// Longest value of an item that is used, titles apart [bytes]: names of atoms, residues and chains, and numbers.
const LONGEST_VALUE: usize = 64;
/// Longest title that is kept [bytes].
const LONGEST_TITLE: usize = 1 << 16;

/// The items of a category that are read for more than their syntax, in small letters.
fn used_items(category: &str) -> &'static [&'static str] {
    match category {
        "_atom_site" => &[
            "group_pdb",
            "type_symbol",
            "label_atom_id",
            "auth_atom_id",
            "label_alt_id",
            "label_comp_id",
            "auth_comp_id",
            "label_asym_id",
            "auth_asym_id",
            "label_seq_id",
            "auth_seq_id",
            "pdbx_pdb_ins_code",
            "cartn_x",
            "cartn_y",
            "cartn_z",
            "occupancy",
            "b_iso_or_equiv",
            "pdbx_formal_charge",
            "pdbx_pdb_model_num",
        ],
        "_chem_comp_atom" => &[
            "comp_id",
            "atom_id",
            "type_symbol",
            "charge",
            "model_cartn_x",
            "model_cartn_y",
            "model_cartn_z",
            "pdbx_model_cartn_x_ideal",
            "pdbx_model_cartn_y_ideal",
            "pdbx_model_cartn_z_ideal",
        ],
        "_chem_comp_bond" => &["comp_id", "atom_id_1", "atom_id_2", "value_order"],
        "_struct_conn" => &[
            "conn_type_id",
            "pdbx_value_order",
            "ptnr1_symmetry",
            "ptnr1_auth_asym_id",
            "ptnr1_label_asym_id",
            "ptnr1_auth_comp_id",
            "ptnr1_label_comp_id",
            "ptnr1_auth_seq_id",
            "ptnr1_label_seq_id",
            "ptnr1_label_atom_id",
            "ptnr1_auth_atom_id",
            "pdbx_ptnr1_pdb_ins_code",
            "ptnr2_symmetry",
            "ptnr2_auth_asym_id",
            "ptnr2_label_asym_id",
            "ptnr2_auth_comp_id",
            "ptnr2_label_comp_id",
            "ptnr2_auth_seq_id",
            "ptnr2_label_seq_id",
            "ptnr2_label_atom_id",
            "ptnr2_auth_atom_id",
            "pdbx_ptnr2_pdb_ins_code",
        ],
        "_cell" => &["length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"],
        "_struct" => &["title"],
        _ => &[],
    }
}

/// A text that is kept by name, refused if it is longer than names are.
pub(super) fn bounded(text: &str, most: usize, what: &str) -> Result<(), String> {
    if text.len() <= most {
        return Ok(());
    }
    Err(format!("expected {what} of at most {most} bytes, got {:?}", excerpt(text)))
}

/// The beginning of a title, on one line.
pub(super) fn title_of(text: &str) -> String {
    let mut end = text.len().min(LONGEST_TITLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].replace('\n', " ").trim().to_owned()
}

/// The columns of a table by name.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) category: String,
    places: FxHashMap<String, usize>,
    /// Of each column whether it is used.
    is_used: Vec<bool>,
}

impl Columns {
    pub(super) fn new(names: &[String]) -> Self {
        let category = names.first().and_then(|name| name.split_once('.')).map_or("", |(category, _)| category);
        let used = used_items(category);
        let mut columns = Self { category: category.to_owned(), ..Self::default() };
        for name in names {
            let item = name.split_once('.').map(|(_, item)| item).filter(|item| used.contains(item));
            if let Some(item) = item {
                columns.places.insert(item.to_owned(), columns.is_used.len());
            }
            columns.is_used.push(item.is_some());
        }
        columns
    }

    /// The value of a column as far as it is used: others are forgotten, titles cut.
    pub(super) fn value(&self, column: usize, value: Option<String>) -> Result<Option<String>, String> {
        let Some(text) = value.filter(|_| self.is_used[column]) else { return Ok(None) };
        if self.category == "_struct" {
            return Ok(Some(title_of(&text)));
        }
        bounded(&text, LONGEST_VALUE, "a value of this table")?;
        Ok(Some(text))
    }

    /// The first of some items that the row has.
    pub(super) fn get<'a>(&self, row: &'a [Option<String>], names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| row.get(*self.places.get(*name)?)?.as_deref())
    }

    pub(super) fn real(&self, row: &[Option<String>], name: &str) -> Result<Option<f64>, String> {
        let Some(word) = self.get(row, &[name]) else { return Ok(None) };
        // A standard uncertainty may follow in parentheses.
        let number = word.split('(').next().unwrap_or("");
        let value: Option<f64> = number.parse().ok().filter(|x: &f64| x.is_finite());
        value.map(Some).ok_or_else(|| format!("expected a finite number as {name}, got {:?}", excerpt(word)))
    }

    pub(super) fn integer(&self, row: &[Option<String>], names: &[&str], what: &str) -> Result<Option<i32>, String> {
        let Some(word) = self.get(row, names) else { return Ok(None) };
        let malformed = |_| format!("expected an integer as {what}, got {:?}", excerpt(word));
        word.parse().map(Some).map_err(malformed)
    }
}

/// Items of a table of one row that stand alone, outside of a loop.
#[derive(Debug, Default)]
pub(super) struct SingleRow {
    names: Vec<String>,
    values: Vec<Option<String>>,
    /// Line of the last of them.
    pub(super) line: usize,
}

impl SingleRow {
    /// Adds an item, or replaces the one of its name.
    pub(super) fn set(&mut self, name: &str, value: Option<String>, line: usize) -> Result<(), String> {
        let value = Columns::new(std::slice::from_ref(&name.to_owned())).value(0, value)?;
        self.line = line;
        if let Some(place) = self.names.iter().position(|own| own == name) {
            self.values[place] = value;
        } else {
            self.names.push(name.to_owned());
            self.values.push(value);
        }
        Ok(())
    }

    /// The table.
    pub(super) fn table(&self) -> (Columns, &[Option<String>]) {
        (Columns::new(&self.names), &self.values)
    }
}

/// Whether an item, by its whole name, is used.
pub(super) fn is_used(name: &str) -> bool {
    name.split_once('.').is_some_and(|(category, item)| used_items(category).contains(&item))
}
