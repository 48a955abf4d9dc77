//! How others failed, each as a test: the failures of other password resets that these parts could
//! repeat, played through the engine with named people. The numbers are of CVE entries and of the
//! projects' own issue trackers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod callbacks;
mod chat;
mod chatroom;
mod desk;
mod desk_unlocks;
mod directory;
mod guessing;
mod lifetimes;
mod not_me;
mod office;
mod pairing;
mod reminding;
mod screens;
mod secrets;
mod telling_apart;
mod timing;
mod town;
mod visit;

#[path = "../support/mod.rs"]
mod support;
