//! What is measured against what it may be at most or has to be at least.

use std::cell::{Cell, RefCell};
use std::process::ExitCode;
use std::time::Duration;

/// Prints figures as they come, and remembers whether every bar held.
#[derive(Default)]
pub(crate) struct Bars {
    missed: RefCell<Vec<String>>,
    held: Cell<usize>,
}

impl Bars {
    /// A heading.
    pub(crate) fn part(&self, name: &str) {
        println!("\n{name}");
    }

    /// A figure without a bar.
    pub(crate) fn note(&self, figure: &str) {
        println!("        {figure}");
    }

    /// A figure that may be `most` at most.
    pub(crate) fn at_most(&self, what: &str, is: f64, most: f64, unit: &str) {
        self.bar(
            what,
            is <= most,
            &format!("{is:.2}{unit}, at most {most}{unit}"),
        );
    }

    /// A figure that has to be `least` at least.
    pub(crate) fn at_least(&self, what: &str, is: f64, least: f64, unit: &str) {
        let figures = format!("{is:.2}{unit}, at least {least}{unit}");
        self.bar(what, is >= least, &figures);
    }

    fn bar(&self, what: &str, holds: bool, figures: &str) {
        let word = if holds { "holds " } else { "MISSED" };
        println!("{word}  {what}: {figures}");
        if holds {
            self.held.set(self.held.get() + 1);
        } else {
            self.missed.borrow_mut().push(what.to_owned());
        }
    }

    /// The last line; true when every bar held.
    pub(crate) fn end(&self) -> bool {
        let missed = self.missed.borrow();
        println!("\n{} bars hold, {} missed", self.held.get(), missed.len());
        for what in missed.iter() {
            println!("MISSED  {what}");
        }
        missed.is_empty()
    }
}

/// So many hundredths of the samples are at most this.
pub(crate) fn percentile(samples: &[Duration], hundredths: usize) -> Duration {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * hundredths).div_ceil(100).max(1) - 1;
    sorted.get(at).copied().unwrap_or_default()
}

/// The middle one.
pub(crate) fn p50(samples: &[Duration]) -> Duration {
    percentile(samples, 50)
}

/// In milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A name, and what is measured under it.
pub(crate) type Part = (&'static str, fn(&Bars));

/// Measures the parts that the command line names, or all of them.
pub(crate) fn run(parts: &[Part]) -> ExitCode {
    // Cargo passes its own flags.
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if cfg!(debug_assertions) {
        println!("without optimisation the figures say nothing: run it with cargo bench");
        return ExitCode::FAILURE;
    }
    let bars = Bars::default();
    for (name, measure) in parts {
        if chosen.is_empty() || chosen.iter().any(|part| part == name) {
            bars.part(name);
            measure(&bars);
        }
    }
    match bars.end() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
