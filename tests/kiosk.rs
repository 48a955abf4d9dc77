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
#[path = "kiosk/gate.rs"]
mod gate;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/mod.rs"]
mod support;

#[path = "kiosk/operator.rs"]
mod operator;
#[path = "kiosk/visit.rs"]
mod visit;

#[path = "kiosk/active_directory.rs"]
mod active_directory;
#[path = "kiosk/check.rs"]
mod check;
#[path = "kiosk/codes.rs"]
mod codes;
#[path = "kiosk/demo.rs"]
mod demo;
#[path = "kiosk/desk.rs"]
mod desk;
#[path = "kiosk/desk_faults.rs"]
mod desk_faults;
#[path = "kiosk/desk_on_ad.rs"]
mod desk_on_ad;
#[path = "kiosk/expiry.rs"]
mod expiry;
#[path = "kiosk/faults.rs"]
mod faults;
#[path = "kiosk/kills.rs"]
mod kills;
#[path = "kiosk/remind.rs"]
mod remind;
#[path = "kiosk/renew.rs"]
mod renew;
#[path = "kiosk/secrets.rs"]
mod secrets;
#[path = "kiosk/signals.rs"]
mod signals;
#[path = "kiosk/start.rs"]
mod start;
#[path = "kiosk/whole.rs"]
mod whole;
