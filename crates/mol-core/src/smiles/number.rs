//! Numbers inside line notations, as SMILES and SMARTS write them: digits without sign or limit.

/// Up to `most` digits from byte `at` on, as a number (the largest one where it is larger) and the byte behind them; `None`
/// without a digit.
pub(crate) fn leading_number(text: &[u8], at: usize, most: usize) -> Option<(u32, usize)> {
    let digits = text.get(at..)?.iter().take(most).take_while(|byte| byte.is_ascii_digit());
    let (mut number, mut end) = (0_u32, at);
    for digit in digits {
        number = number.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
        end += 1;
    }
    (end > at).then_some((number, end))
}
