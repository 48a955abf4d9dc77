//! One suite per port, run against the simulation and against the real thing.

mod directory;

#[path = "../support/mod.rs"]
mod support;
