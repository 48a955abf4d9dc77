//! What the server costs: `cargo bench --bench serve`, or some parts of it: `cargo bench --bench
//! serve -- page acknowledged openldap samba memory`.
//!
//! The program that is measured is the built one, with the simulated WeCom beside it and the
//! servers of the tests behind it (slapd and Samba, started on loopback, for Samba as root). Every
//! bar is printed with whether it holds; exit code 1 when one does not.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench measures, prints, and fails by panicking"
)]

#[allow(dead_code, reason = "another bench uses all of it")]
#[path = "../speed/bars.rs"]
mod bars;
#[path = "../../tests/support/company.rs"]
mod company;
#[allow(dead_code, reason = "nothing is held here")]
#[path = "../../tests/kiosk/gate.rs"]
mod gate;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "../../tests/web/phone.rs"]
mod phone;
#[path = "../../tests/support/pty.rs"]
mod pty;
#[allow(dead_code, reason = "another bench uses all of it")]
#[path = "../speed/raw.rs"]
mod raw;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "../../tests/web/server.rs"]
mod server;
#[allow(dead_code, reason = "another bench uses all of it")]
#[path = "../speed/site.rs"]
mod site;
#[path = "../../tests/support/mod.rs"]
mod support;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "../../tests/web/wire.rs"]
mod wire;

mod acknowledged;
mod crowd;
mod memory;
mod page;
mod share;

use std::process::ExitCode;

use bars::Part;

const PARTS: [Part; 5] = [
    ("page", page::measure),
    ("acknowledged", acknowledged::measure),
    ("openldap", share::of_openldap),
    ("samba", share::of_samba),
    ("memory", memory::measure),
];

fn main() -> ExitCode {
    bars::run(&PARTS)
}
