//! The whole program: the built binary on a pty, against a real slapd and the simulated WeCom.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "support/company.rs"]
mod company;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/mod.rs"]
mod support;

#[path = "kiosk/visit.rs"]
mod visit;

#[path = "kiosk/whole.rs"]
mod whole;
