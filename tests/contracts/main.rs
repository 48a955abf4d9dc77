//! One suite per port, run against the simulation and against the real thing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the lints' own exception for tests does not reach helper functions"
)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod directory;

#[path = "../support/mod.rs"]
mod support;
