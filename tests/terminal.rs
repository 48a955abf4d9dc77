//! The terminal, the event loop and the local kiosk, with a toy in the app's place: over streams in
//! memory with simulated time, and as a whole program on a pty.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "terminal/corpus.rs"]
mod corpus;
#[path = "support/pty.rs"]
mod pty;
#[path = "terminal/streams.rs"]
mod streams;
#[path = "terminal/toy.rs"]
mod toy;
#[path = "terminal/whole.rs"]
mod whole;
