//! Rust source without its comments and the contents of its literals.

/// `text` with comments, strings and characters blanked; line breaks stay, so that line numbers do.
pub(crate) fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if text[at..].starts_with("//") => text[at..].find('\n').map_or(bytes.len(), |n| at + n),
            b'/' if text[at..].starts_with("/*") => block_comment(bytes, at),
            b'"' => string(bytes, at),
            b'r' if !identifier_before(bytes, at, b"b") => raw_string(text, at),
            b'\'' => character(text, at),
            _ => at,
        };
        if end > at {
            out.extend(text[at..end].bytes().filter(|b| *b == b'\n').map(char::from));
            out.push(' ');
            at = end;
        } else {
            let c = text[at..].chars().next().expect("`at` is a character boundary before the end");
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

/// Whether the byte before `at` belongs to a word, apart from a one-letter prefix.
fn identifier_before(bytes: &[u8], at: usize, prefix: &[u8]) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    match at.checked_sub(1).map(|k| bytes[k]) {
        Some(b) if prefix.contains(&b) => at.checked_sub(2).is_some_and(|k| word(bytes[k])),
        Some(b) => word(b),
        None => false,
    }
}

fn block_comment(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// End of `r#"…"#` at `start`, or `start` if none begins there.
fn raw_string(text: &str, start: usize) -> usize {
    let rest = &text[start + 1..];
    let hashes = rest.bytes().take_while(|b| *b == b'#').count();
    if rest.as_bytes().get(hashes) != Some(&b'"') {
        return start;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let body = start + 1 + hashes + 1;
    text[body..].find(&close).map_or(text.len(), |n| body + n + close.len())
}

/// End of a character at `start`, or `start` if it is a lifetime.
fn character(text: &str, start: usize) -> usize {
    let mut rest = text[start + 1..].char_indices();
    match rest.next() {
        Some((_, '\\')) => text[start + 3..].find('\'').map_or(text.len(), |n| start + 3 + n + 1),
        Some(_) => match rest.next() {
            Some((n, '\'')) => start + 1 + n + 1,
            _ => start,
        },
        None => start,
    }
}

#[test]
fn only_code_is_left() {
    let source =
        "a(); // b\n/* c /* d */\ne */ f('g', \"h\\\"i\", r#\"j\"k\"#, 'l: loop, '\\'', br\"m\", for_r, \"n\no\");";
    let left: String = code(source).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(left, "a(); f( , , , 'l: loop, , b , for_r, );");
    assert_eq!(code(source).lines().count(), source.lines().count());
}
