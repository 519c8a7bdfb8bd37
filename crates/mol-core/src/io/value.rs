//! Values of the extended XYZ format: what a key on the comment line or a per-atom column can hold.

use crate::{Error, Result};

/// Numbers, booleans or texts of one type.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Values {
    /// `I`: signed integers.
    Integers(Vec<i64>),
    /// `R`: real numbers.
    Reals(Vec<f64>),
    /// `L`: booleans.
    Logicals(Vec<bool>),
    /// `S`: texts.
    Texts(Vec<String>),
}

impl Values {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Integers(v) => v.len(),
            Self::Reals(v) => v.len(),
            Self::Logicals(v) => v.len(),
            Self::Texts(v) => v.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Real numbers, or integers converted to them.
    #[must_use]
    pub fn to_reals(&self) -> Option<Vec<f64>> {
        match self {
            Self::Integers(v) => Some(v.iter().map(|&x| x as f64).collect()),
            Self::Reals(v) => Some(v.clone()),
            Self::Logicals(_) | Self::Texts(_) => None,
        }
    }

    /// The first type, in the order integer, real, boolean, text, that all of `words` are.
    pub(super) fn classify(words: &[&str]) -> Self {
        fn all<T>(words: &[&str], parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
            words.iter().map(|word| parse(word)).collect()
        }
        None.or_else(|| all(words, parse_integer).map(Self::Integers))
            .or_else(|| all(words, parse_real).map(Self::Reals))
            .or_else(|| all(words, parse_logical).map(Self::Logicals))
            .unwrap_or_else(|| Self::Texts(words.iter().map(|&word| word.to_owned()).collect()))
    }

    fn first(self) -> Option<Value> {
        match self {
            Self::Integers(v) => v.into_iter().next().map(Value::Integer),
            Self::Reals(v) => v.into_iter().next().map(Value::Real),
            Self::Logicals(v) => v.into_iter().next().map(Value::Logical),
            Self::Texts(v) => v.into_iter().next().map(Value::Text),
        }
    }

    /// One value as the file spells it; texts as they are.
    pub(super) fn spell(&self, index: usize) -> String {
        match self {
            Self::Integers(v) => v[index].to_string(),
            Self::Reals(v) => spell_real(v[index]),
            Self::Logicals(v) => spell_logical(v[index]).to_owned(),
            Self::Texts(v) => v[index].clone(),
        }
    }
}

/// The value of a key on the comment line.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Value {
    /// An integer.
    Integer(i64),
    /// A real number.
    Real(f64),
    /// A boolean; a key without a value is `true`.
    Logical(bool),
    /// A text.
    Text(String),
    /// A one-dimensional array.
    Vector(Values),
    /// A two-dimensional array, row by row.
    Matrix {
        /// Number of columns.
        columns: usize,
        /// All elements, shape `[rows, columns]`.
        values: Values,
    },
}

impl Value {
    /// The number, if it is one.
    #[must_use]
    pub fn to_real(&self) -> Option<f64> {
        match self {
            Self::Integer(x) => Some(*x as f64),
            Self::Real(x) => Some(*x),
            _ => None,
        }
    }

    /// All numbers of a scalar, vector or matrix (row by row), if they are numbers.
    #[must_use]
    pub fn to_reals(&self) -> Option<Vec<f64>> {
        match self {
            Self::Vector(values) | Self::Matrix { values, .. } => values.to_reals(),
            scalar => scalar.to_real().map(|x| vec![x]),
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A single bare word: integer, real, boolean or text.
    pub(super) fn from_word(word: &str) -> Self {
        Values::classify(&[word]).first().unwrap_or_else(|| Self::Text(word.to_owned()))
    }

    /// The array of `words`; of one word, the scalar (the rule for quotes and braces).
    pub(super) fn from_words(words: &[&str]) -> Self {
        if let [word] = words { Self::from_word(word) } else { Self::Vector(Values::classify(words)) }
    }
}

impl From<i64> for Value {
    fn from(x: i64) -> Self {
        Self::Integer(x)
    }
}
impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Self::Real(x)
    }
}
impl From<bool> for Value {
    fn from(x: bool) -> Self {
        Self::Logical(x)
    }
}
impl From<&str> for Value {
    fn from(x: &str) -> Self {
        Self::Text(x.to_owned())
    }
}

/// A per-atom property: `width` values for each atom.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// Values per atom.
    pub width: usize,
    /// All values, shape `[atoms, width]`.
    pub values: Values,
}

impl Column {
    /// A column of `width` values per atom, `values` of shape `[atoms, width]`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `width` is 0 or does not divide the number of values.
    pub fn new(width: usize, values: Values) -> Result<Self> {
        if width == 0 || !values.len().is_multiple_of(width) {
            return Err(Error::InvalidArgument {
                what: "width of a per-atom column",
                expected: "positive and a divisor of the number of values",
                got: format!("{width} with {} values", values.len()),
            });
        }
        Ok(Self { width, values })
    }
}

/// Named fields in the order of the file.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Fields<T>(Vec<(String, T)>);

impl<T> Default for Fields<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Fields<T> {
    /// The field called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Sets the field `name`, in its old place if it exists, and returns what was there.
    pub fn insert(&mut self, name: impl Into<String>, value: T) -> Option<T> {
        let name = name.into();
        if let Some((_, old)) = self.0.iter_mut().find(|(key, _)| *key == name) {
            return Some(std::mem::replace(old, value));
        }
        self.0.push((name, value));
        None
    }

    /// Takes the field `name` out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<T> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(at).1)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

pub(super) fn parse_integer(word: &str) -> Option<i64> {
    word.parse().ok()
}

/// A real number; Fortran's exponent letter `d` is understood, as are `nan` and `inf`.
pub(super) fn parse_real(word: &str) -> Option<f64> {
    word.parse().ok().or_else(|| {
        let numeric = word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        if numeric && word.contains(['d', 'D']) { word.replace(['d', 'D'], "e").parse().ok() } else { None }
    })
}

pub(super) fn parse_logical(word: &str) -> Option<bool> {
    match word {
        "T" | "true" | "True" | "TRUE" => Some(true),
        "F" | "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

pub(super) const fn spell_logical(value: bool) -> &'static str {
    if value { "T" } else { "F" }
}

/// The shortest decimal that reads back to the same bits, and never reads as an integer.
pub(super) fn spell_real(value: f64) -> String {
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0e{exponent}"),
        _ => text,
    }
}
