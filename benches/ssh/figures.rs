//! Samples, and bars.

use std::time::Duration;

/// The `part`th of a hundred parts of the samples.
pub(crate) fn percentile(samples: &mut [Duration], part: usize) -> Duration {
    samples.sort_unstable();
    let at = (samples.len() * part / 100).min(samples.len().saturating_sub(1));
    samples.get(at).copied().unwrap_or_default()
}

/// The one in the middle.
pub(crate) fn middle(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

pub(crate) fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

/// Bars, and how many of them do not hold.
#[derive(Default)]
pub(crate) struct Bars(pub(crate) usize);

impl Bars {
    /// Prints a bar: what was measured, what it may be at most.
    pub(crate) fn at_most(&mut self, what: &str, measured: f64, most: f64, unit: &str) {
        let holds = measured <= most;
        self.0 += usize::from(!holds);
        let word = if holds { "holds" } else { "FAILS" };
        println!("  {word}  {what}: {measured:.2} {unit} (at most {most:.2})");
    }
}

pub(crate) fn say(line: &str) {
    println!("{line}");
}
