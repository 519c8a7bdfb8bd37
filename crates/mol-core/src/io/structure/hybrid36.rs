//! Numbers in columns that are too narrow for them: decimal, then base 36 with capitals, then with small letters.
//!
//! R. W. Grosse-Kunstleve, <https://cci.lbl.gov/hybrid_36/>: with w columns, 10ʷ decimal numbers are followed by the
//! 26 · 36ʷ⁻¹ words that begin with a capital, and as many that begin with a small letter.

/// The number of a field of `width` columns, `None` if it is none.
pub(super) fn decode(field: &str, width: u32) -> Option<i32> {
    let text = field.trim();
    let first = *text.as_bytes().first()?;
    if first.is_ascii_digit() || first == b'-' || first == b'+' {
        return text.parse().ok();
    }
    if text.len() != width as usize || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let is_upper = first.is_ascii_uppercase();
    if text.bytes().any(|byte| byte.is_ascii_alphabetic() && byte.is_ascii_uppercase() != is_upper) {
        return None;
    }
    let value = i64::from_str_radix(text, 36).ok()?;
    let (decimals, word) = (10_i64.pow(width), 36_i64.pow(width - 1));
    let offset = decimals - 10 * word + if is_upper { 0 } else { 26 * word };
    i32::try_from(value + offset).ok()
}

/// The field of a number, `None` if it has none.
pub(super) fn encode(number: i64, width: u32) -> Option<String> {
    let (decimals, word) = (10_i64.pow(width), 36_i64.pow(width - 1));
    let columns = width as usize;
    if number < decimals {
        let text = format!("{number:>columns$}");
        return (text.len() == columns).then_some(text);
    }
    let rest = number - decimals;
    if rest >= 52 * word {
        return None;
    }
    let is_upper = rest < 26 * word;
    let mut value = rest % (26 * word) + 10 * word;
    let mut digits = Vec::with_capacity(columns);
    while value > 0 {
        let digit = (value % 36) as u8;
        digits.push(match digit {
            0..=9 => b'0' + digit,
            _ if is_upper => b'A' + digit - 10,
            _ => b'a' + digit - 10,
        });
        value /= 36;
    }
    digits.reverse();
    Some(digits.into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_the_definition_and_all_back() {
        for (width, number, field) in [
            (4, -999, "-999"),
            (4, 9999, "9999"),
            (4, 10_000, "A000"),
            (4, 1_223_055, "ZZZZ"),
            (4, 1_223_056, "a000"),
            (4, 2_436_111, "zzzz"),
            (5, 99_999, "99999"),
            (5, 100_000, "A0000"),
            (5, 43_770_016, "a0000"),
            (5, 87_440_031, "zzzzz"),
        ] {
            assert_eq!(encode(number, width).as_deref(), Some(field));
            assert_eq!(decode(field, width).map(i64::from), Some(number));
        }
        for number in (-9999..90_000_000).step_by(3331) {
            let Some(field) = encode(number, 5) else {
                assert!(number > 87_440_031);
                continue;
            };
            assert_eq!(decode(&field, 5).map(i64::from), Some(number));
        }
        assert_eq!(encode(2_436_112, 4), None);
        assert_eq!(encode(-1000, 4), None);
        for field in ["", "A00", "Aa00", "*****", "A-00", "é000"] {
            assert_eq!(decode(field, 4), None, "{field}");
        }
    }
}
