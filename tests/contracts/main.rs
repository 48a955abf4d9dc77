//! One suite for each port, run against the simulation and against the real thing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod active_directory;
mod agreement;
mod callbacks;
mod corpus;
mod directory;
mod ds389;
mod expiring;
mod failover;
mod members;
mod messenger;
mod renewing;
mod sign_in;
mod store;

#[path = "../support/mod.rs"]
mod support;
