//! One suite for each port, run against the simulation and against the real thing.

mod messenger;
mod store;
