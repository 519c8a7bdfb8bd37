//! Finite differences and comparisons that name what differs.

/// Fourth-order central difference of `f` at 0: error h⁴ f⁽⁵⁾/30.
pub(super) fn central(h: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
}

/// Panics unless each number is within `tolerance` of its partner; NaN is never close.
pub(super) fn close(check: &str, place: &dyn Fn() -> String, got: &[f64], expected: &[f64], tolerance: f64) {
    for (k, (a, b)) in got.iter().zip(expected).enumerate() {
        let error = (a - b).abs();
        let component = if got.len() > 1 { format!(", component {k}") } else { String::new() };
        assert!(
            error <= tolerance,
            "{check}, {}{component}: {a:.12e} against {b:.12e}, difference {error:.2e} > tolerance {tolerance:.2e}",
            place()
        );
    }
}

/// An error and its sources in one line.
pub(super) fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}
