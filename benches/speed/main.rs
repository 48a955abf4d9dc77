//! How fast rekey is, against the same thing done by hand in the same run: `cargo bench --bench
//! speed`, or some parts of it: `cargo bench --bench speed -- kiosk resets codes meter binary`.
//!
//! Absolute times depend on the machine, so nearly every bar is a ratio of two times that were
//! measured in turns. The servers are those of the tests (slapd and Samba, started on loopback, for
//! Samba as root), and so are the terminal and the simulated WeCom. The part *meter* installs the
//! JavaScript zxcvbn below `target/` with npm; the part *binary* builds the program that is shipped,
//! which takes minutes. Every bar is printed with whether it holds; exit code 1 when one does not.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench measures, prints, and fails by panicking"
)]

#[path = "../../tests/support/company.rs"]
mod company;
#[allow(dead_code, reason = "nothing is held here")]
#[path = "../../tests/kiosk/gate.rs"]
mod gate;
#[path = "../../tests/support/pty.rs"]
mod pty;
#[path = "../../tests/support/mod.rs"]
mod support;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "../../tests/kiosk/visit.rs"]
mod visit;

mod bars;
mod binary;
mod codes;
mod kiosk;
mod meter;
mod raw;
mod resets;
mod site;

use std::process::ExitCode;

use bars::Part;

const PARTS: [Part; 5] = [
    ("kiosk", kiosk::measure),
    ("resets", resets::measure),
    ("codes", codes::measure),
    ("meter", meter::measure),
    ("binary", binary::measure),
];

fn main() -> ExitCode {
    bars::run(&PARTS)
}
