//! The SSH front: the built program serving real OpenSSH clients on ptys, against a real slapd and
//! the simulated WeCom; and a client of our own for what OpenSSH's never does.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "../support/camera.rs"]
mod camera;
#[path = "../support/company.rs"]
mod company;
#[path = "../kiosk/gate.rs"]
mod gate;
#[path = "../support/memory.rs"]
mod memory;
#[path = "../support/pty.rs"]
mod pty;
#[path = "../support/mod.rs"]
mod support;
#[path = "../kiosk/visit.rs"]
mod visit;

mod raw;
mod server;

mod crowds;
mod desk;
mod ends;
mod handshake;
mod pieces;
mod plain;
mod refused;
mod watched;
mod whole;
mod wiped;
