//! Progress on stderr, as an observer (feature `progress`).
//!
//! Libraries never print; a program that wants to see a loop hands it a [`ProgressBar`]. On a terminal it is a bar
//! (indicatif) with the time left; elsewhere (a log file, CI) it is a line at every tenth of the way. The clock is read
//! for display only and no result depends on it.

use crate::{Observer, Stop};
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// A bar must not slow the loop: it is redrawn at most so often.
const REDRAW: Duration = Duration::from_millis(100);
/// Lines written over the whole way where there is no terminal.
const LINES: u64 = 10;

/// Shows how far a loop has come; `message` turns its state into a few words.
///
/// ```
/// use mol_core::{Observer, ProgressBar};
/// let mut bar = ProgressBar::new("relaxing", 1000, |energy: &f64| format!("{energy:.3} eV"));
/// for step in 1..=1000 {
///     assert!(bar.observe(step, &(1.0 / step as f64)).is_continue());
/// }
/// ```
pub struct ProgressBar<F> {
    name: String,
    total: u64,
    message: F,
    display: Display,
}

enum Display {
    Bar { bar: indicatif::ProgressBar, drawn: Option<Instant> },
    Lines { out: Box<dyn Write + Send>, start: Option<(u64, Instant)>, next: u64 },
}

impl<F> ProgressBar<F> {
    /// A bar of `total` steps on stderr, or lines where stderr is no terminal.
    #[must_use]
    pub fn new<S: ?Sized>(name: &str, total: u64, message: F) -> Self
    where
        F: FnMut(&S) -> String,
    {
        if !std::io::stderr().is_terminal() {
            return Self::lines(name, total, Box::new(std::io::stderr()), message);
        }
        let bar = indicatif::ProgressBar::new(total).with_prefix(name.to_owned());
        let template = "{prefix} {bar:28} {percent:>3} %  {msg}  ({eta} left)";
        if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { name: name.to_owned(), total, message, display: Display::Bar { bar, drawn: None } }
    }

    /// Lines to `out`, one at every tenth of `total` steps.
    #[must_use]
    pub fn lines<S: ?Sized>(name: &str, total: u64, out: Box<dyn Write + Send>, message: F) -> Self
    where
        F: FnMut(&S) -> String,
    {
        Self { name: name.to_owned(), total, message, display: Display::Lines { out, start: None, next: 0 } }
    }
}

impl<S: ?Sized, F: FnMut(&S) -> String> Observer<S> for ProgressBar<F> {
    /// Never asks to stop: a display that is lost loses no data.
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop> {
        let last = step >= self.total;
        match &mut self.display {
            Display::Bar { bar, drawn } => {
                if drawn.is_none() {
                    // A resumed run starts in the middle; its speed counts from here.
                    bar.set_position(step);
                    bar.reset_eta();
                }
                if last || drawn.is_none_or(|time| time.elapsed() >= REDRAW) {
                    *drawn = Some(Instant::now());
                    bar.set_position(step);
                    bar.set_message((self.message)(state));
                }
                if last && !bar.is_finished() {
                    bar.finish();
                }
            }
            Display::Lines { out, start, next } => {
                let (first, since) = *start.get_or_insert_with(|| (step, Instant::now()));
                if step >= *next {
                    let tenth = step * LINES / self.total.max(1);
                    *next = ((tenth + 1) * self.total).div_ceil(LINES).max(step + 1);
                    let left = time_left(since.elapsed(), step - first.min(step), self.total.saturating_sub(step));
                    let percent = 100 * step / self.total.max(1);
                    let text = (self.message)(state);
                    // A closed stderr is no reason to end a simulation.
                    _ = writeln!(out, "{}: {step}/{} ({percent} %)  {text}{left}", self.name, self.total);
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// "  (12 s left)", or nothing where it cannot be known.
fn time_left(elapsed: Duration, done: u64, ahead: u64) -> String {
    if done == 0 || ahead == 0 {
        return String::new();
    }
    format!("  ({:.0} s left)", elapsed.as_secs_f64() * ahead as f64 / done as f64)
}

impl<F> Drop for ProgressBar<F> {
    /// An interrupted bar stays where it is.
    fn drop(&mut self) {
        if let Display::Bar { bar, .. } = &self.display
            && !bar.is_finished()
        {
            bar.abandon();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().map(|mut text| text.extend(bytes)).expect("no panic holds the lock");
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn lines(steps: impl Iterator<Item = u64>, total: u64) -> Vec<String> {
        let text = Shared::default();
        let message = |energy: &f64| format!("{energy:.1} eV");
        let mut bar = ProgressBar::lines("run", total, Box::new(text.clone()), message);
        steps.for_each(|step| assert!(bar.observe(step, &0.5).is_continue()));
        let bytes = text.0.lock().expect("no panic holds the lock").clone();
        String::from_utf8(bytes).expect("text").lines().map(str::to_owned).collect()
    }

    #[test]
    fn ten_lines_and_the_last() {
        let all = lines(1..=1000, 1000);
        assert_eq!(all.len(), 11, "{all:?}");
        assert_eq!(all[0], "run: 1/1000 (0 %)  0.5 eV");
        assert!(all[4].starts_with("run: 400/1000 (40 %)  0.5 eV  (") && all[4].ends_with(" s left)"), "{}", all[4]);
        assert_eq!(all[10], "run: 1000/1000 (100 %)  0.5 eV");
    }

    #[test]
    fn odd_totals_resumes_and_no_steps_are_fine() {
        assert_eq!(lines(1..=3, 3).len(), 3);
        assert_eq!(lines(700..=1000, 1000)[0], "run: 700/1000 (70 %)  0.5 eV");
        assert_eq!(lines(700..=1000, 1000).len(), 4);
        assert_eq!(lines(0..1, 0), ["run: 0/0 (0 %)  0.5 eV"]);
        assert!(lines(1..=30, 10).len() >= 10);
    }
}
