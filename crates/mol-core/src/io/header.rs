//! The comment line of extended XYZ: `key=value` pairs, read and written.
//!
//! The grammar is that of the specification at github.com/libAtoms/extxyz: bare and double-quoted texts, old-style arrays
//! in quotes or braces, new-style arrays in brackets, nested once; the first type that fits, in the order integer, real,
//! boolean, text. Two liberties are taken when reading, neither when writing: a bare value may contain `=`, `,` and
//! brackets after its first character (unquoted SMILES are common), and the elements of arrays may be separated by commas or blanks.

use super::value::{Value, Values, spell_logical, spell_real};
use crate::{Error, Result};

/// Reads all pairs of a comment line; the error says what is wrong and at which column.
pub(super) fn parse(line: &str) -> Result<Vec<(String, Value)>, String> {
    let mut scanner = Scanner { line, at: 0 };
    let mut pairs = Vec::new();
    loop {
        scanner.skip_blanks();
        if scanner.peek().is_none() {
            return Ok(pairs);
        }
        let key = scanner.key()?;
        if pairs.iter().any(|(other, _)| *other == key) {
            return Err(scanner.complain(&format!("the key {key:?} is given twice")));
        }
        scanner.skip_blanks();
        let value = if scanner.eat('=') {
            scanner.skip_blanks();
            scanner.value(&key)?
        } else {
            Value::Logical(true)
        };
        pairs.push((key, value));
    }
}

/// A cursor over the line.
struct Scanner<'a> {
    line: &'a str,
    at: usize,
}

/// A word of an array: its text and whether it was quoted.
struct Word {
    text: String,
    quoted: bool,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn complain(&self, problem: &str) -> String {
        format!("{problem} (column {} of the comment line)", self.line[..self.at].chars().count() + 1)
    }

    fn key(&mut self) -> Result<String, String> {
        let key = if self.eat('"') { self.quoted()?.0 } else { self.bare(|c| c == '=' || c == '"')?.0 };
        if key.is_empty() { Err(self.complain("expected a key, got an empty one")) } else { Ok(key) }
    }

    fn value(&mut self, key: &str) -> Result<Value, String> {
        match self.peek() {
            None => Err(self.complain(&format!("expected a value after {key}="))),
            Some('"') => {
                self.at += 1;
                let (text, escaped) = self.quoted()?;
                let words: Vec<&str> = text.split_ascii_whitespace().collect();
                if escaped || words.is_empty() || matches!(Values::classify(&words), Values::Texts(_)) {
                    return Ok(Value::Text(text));
                }
                Ok(Value::from_words(&words))
            }
            Some('{') => {
                self.at += 1;
                let words = self.words('}')?;
                Ok(match &words[..] {
                    [word] if !word.quoted => Value::from_word(&word.text),
                    [word] => Value::Text(word.text.clone()),
                    _ => Value::Vector(classify(&words)),
                })
            }
            Some('[') => {
                self.at += 1;
                self.skip_blanks();
                if self.peek() == Some('[') { self.matrix() } else { Ok(Value::Vector(classify(&self.words(']')?))) }
            }
            Some(_) => {
                let (word, escaped) = self.bare(|c| c == '"')?;
                Ok(if escaped { Value::Text(word) } else { Value::from_word(&word) })
            }
        }
    }

    /// Text up to the closing quote, and whether anything in it was escaped.
    fn quoted(&mut self) -> Result<(String, bool), String> {
        let (mut text, mut escaped) = (String::new(), false);
        loop {
            match self.next() {
                Some('"') => return Ok((text, escaped)),
                Some('\\') => {
                    escaped = true;
                    match self.next() {
                        Some('n') => text.push('\n'),
                        Some(c) => text.push(c),
                        None => break,
                    }
                }
                Some(c) => text.push(c),
                None => break,
            }
        }
        Err(self.complain("expected a closing double quote, the line ends"))
    }

    /// Text up to a blank or a character that `ends` it, and whether anything in it was escaped.
    fn bare(&mut self, ends: impl Fn(char) -> bool) -> Result<(String, bool), String> {
        let (mut text, mut escaped) = (String::new(), false);
        while let Some(c) = self.peek() {
            if c.is_ascii_whitespace() || ends(c) {
                break;
            }
            self.at += c.len_utf8();
            if c == '\\' {
                escaped = true;
                text.push(self.next().ok_or_else(|| self.complain("expected a character after the backslash"))?);
            } else {
                text.push(c);
            }
        }
        Ok((text, escaped))
    }

    /// Words up to the bracket that closes an array.
    fn words(&mut self, close: char) -> Result<Vec<Word>, String> {
        let mut words = Vec::new();
        loop {
            while self.peek().is_some_and(|c| c.is_ascii_whitespace() || c == ',') {
                self.at += 1;
            }
            match self.peek() {
                None => return Err(self.complain(&format!("expected {close:?} at the end of an array, the line ends"))),
                Some(c) if c == close => {
                    self.at += 1;
                    return Ok(words);
                }
                Some('"') => {
                    self.at += 1;
                    words.push(Word { text: self.quoted()?.0, quoted: true });
                }
                Some('[' | ']' | '{' | '}' | '=') => {
                    return Err(self.complain(&format!("expected a number, a word or {close:?} inside an array")));
                }
                Some(_) => {
                    let (text, quoted) = self.bare(|c| ",[]{}=\"".contains(c))?;
                    words.push(Word { text, quoted });
                }
            }
        }
    }

    /// Rows up to the bracket that closes a two-dimensional array.
    fn matrix(&mut self) -> Result<Value, String> {
        let (mut words, mut columns) = (Vec::new(), None);
        loop {
            while self.peek().is_some_and(|c| c.is_ascii_whitespace() || c == ',') {
                self.at += 1;
            }
            if self.eat(']') {
                let columns = columns.unwrap_or(0);
                return Ok(Value::Matrix { columns, values: classify(&words) });
            }
            if !self.eat('[') {
                return Err(self.complain("expected a row in brackets or ']' inside a two-dimensional array"));
            }
            let row = self.words(']')?;
            let expected = *columns.get_or_insert(row.len());
            if row.len() != expected || row.is_empty() {
                return Err(self.complain(&format!(
                    "expected rows of {} elements, got {}",
                    expected.max(1),
                    row.len()
                )));
            }
            words.extend(row);
        }
    }
}

fn classify(words: &[Word]) -> Values {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    if words.iter().any(|word| word.quoted) {
        return Values::Texts(texts.into_iter().map(str::to_owned).collect());
    }
    if texts.is_empty() { Values::Reals(Vec::new()) } else { Values::classify(&texts) }
}

/// Appends ` key=value` so that [`parse`] returns the same pair.
pub(super) fn append(line: &mut String, key: &str, value: &Value) -> Result<()> {
    if key.is_empty() {
        return Err(Error::InvalidArgument {
            what: "key of a snapshot's info",
            expected: "not empty",
            got: "\"\"".into(),
        });
    }
    line.push(' ');
    line.push_str(&if is_bare(key) { key.to_owned() } else { quote(key) });
    line.push('=');
    match value {
        Value::Integer(x) => line.push_str(&x.to_string()),
        Value::Real(x) => line.push_str(&spell_real(*x)),
        Value::Logical(x) => line.push_str(spell_logical(*x)),
        Value::Text(text) => line.push_str(&spell_text(text)),
        Value::Vector(values) => line.push_str(&spell_vector(values)),
        Value::Matrix { columns, values } => {
            if *columns == 0 || values.is_empty() || !values.len().is_multiple_of(*columns) {
                return Err(Error::InvalidArgument {
                    what: "matrix of a snapshot's info",
                    expected: "one or more rows of equal, non-zero length",
                    got: format!("{} values in {columns} columns for {key:?}", values.len()),
                });
            }
            let rows: Vec<String> =
                (0..values.len() / columns).map(|r| row(values, r * columns..(r + 1) * columns)).collect();
            line.push('[');
            line.push_str(&rows.join(", "));
            line.push(']');
        }
    }
    Ok(())
}

/// A text bare if it can stand so, else quoted; escaped where it would read as numbers or booleans.
fn spell_text(text: &str) -> String {
    if is_bare(text) && matches!(Value::from_word(text), Value::Text(_)) {
        return text.to_owned();
    }
    let quoted = quote(text);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    if words.is_empty() || quoted.contains('\\') || matches!(Values::classify(&words), Values::Texts(_)) {
        return quoted;
    }
    // Any escaped character makes it a text; `\n` would be a new line, but no number or boolean is a lone "n".
    let at = 1 + text.chars().take_while(|&c| c == 'n').count();
    format!("{}\\{}", &quoted[..at], &quoted[at..])
}

/// Numbers and booleans in quotes, as older readers want them; what they do not have, in brackets.
fn spell_vector(values: &Values) -> String {
    match values {
        Values::Integers(_) | Values::Reals(_) | Values::Logicals(_) if values.len() > 1 => {
            let words: Vec<String> = (0..values.len()).map(|k| values.spell(k)).collect();
            format!("\"{}\"", words.join(" "))
        }
        _ => row(values, 0..values.len()),
    }
}

fn row(values: &Values, range: std::ops::Range<usize>) -> String {
    let is_text = matches!(values, Values::Texts(_));
    let words: Vec<String> = range.map(|k| if is_text { quote(&values.spell(k)) } else { values.spell(k) }).collect();
    format!("[{}]", words.join(", "))
}

fn is_bare(text: &str) -> bool {
    let special = |c: char| c.is_whitespace() || c.is_control() || "=\"',[]{}\\".contains(c);
    !text.is_empty() && !text.contains(special)
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
