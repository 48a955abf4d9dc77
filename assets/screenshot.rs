//! Draws the README's picture anew: `cargo run --example screenshot`.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the scenes are those of the tests, of which this needs two"
)]

#[path = "../tests/screens/desk_of_tests.rs"]
mod desk_of_tests;
#[path = "../tests/screens/scenes.rs"]
mod scenes;
#[path = "../tests/screens/svg.rs"]
mod svg;

fn main() -> std::io::Result<()> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/screenshot.svg");
    std::fs::write(file, svg::readme())
}
