//! The web front, as employees and attackers meet it: the built `rekey serve` against a real slapd
//! and the simulated WeCom, opened by a webview of a few lines and by a real Chromium.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "../support/camera.rs"]
mod camera;
#[path = "../support/company.rs"]
mod company;
#[path = "../kiosk/gate.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod gate;
#[path = "../support/memory.rs"]
mod memory;
#[path = "../support/pty.rs"]
mod pty;
#[path = "../support/mod.rs"]
mod support;

#[path = "../kiosk/operator.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod operator;
#[path = "../kiosk/visit.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod visit;

mod browser;
mod phone;
#[allow(dead_code, reason = "a bench uses all of it")]
mod server;
mod wire;

mod chat;
mod chromium;
mod corpus;
mod demo;
mod desk_link;
mod doors;
mod floods;
mod form;
mod not_me;
mod pairing;
mod remote;
mod renewal;
mod stopping;
mod strangers;
mod wiped;
