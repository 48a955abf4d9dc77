//! The SSH front against OpenSSH's sshd with ForceCommand running the same program, in one run:
//! `cargo bench --bench ssh`. Needs openssh-server and slapd, as the tests do.
//!
//! Ends with a failure when a bar does not hold.
//!
//! Figures of one machine say little about another's; the ratios between the two sides do. A name
//! of a part as an argument runs that part alone: `cargo bench --bench ssh -- memory`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a bench measures and prints, and uses a part of what tests share"
)]

#[path = "../../tests/support/company.rs"]
mod company;
#[path = "../../tests/kiosk/gate.rs"]
mod gate;
#[path = "../../tests/support/pty.rs"]
mod pty;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::process::ExitCode;

mod client;
mod figures;
mod parts;
mod servers;

/// A thousand people have machines of their own, which take nothing from the server. Here all are
/// one: theirs give way.
fn behind_the_server() {
    rustix::process::nice(10).unwrap();
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let limits = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let most = rustix::process::Rlimit {
        current: limits.maximum,
        maximum: limits.maximum,
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, most).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(behind_the_server)
        .build()
        .unwrap();
    let company = company::Company::start();
    let failed = parts::run(&runtime, &company, &wanted);
    println!();
    println!("{failed} bars do not hold");
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
