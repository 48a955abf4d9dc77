//! Keystroke stories: keys go in, pictures and commands come out.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests may fail as tests do"
)]

#[path = "screens/desk_of_tests.rs"]
mod desk_of_tests;
#[path = "screens/pictures.rs"]
mod pictures;
#[path = "screens/qr.rs"]
mod qr;
#[path = "screens/scenes.rs"]
mod scenes;
#[path = "screens/sizes.rs"]
mod sizes;
#[path = "screens/stories.rs"]
mod stories;
#[path = "screens/support_desk.rs"]
mod support_desk;
#[path = "screens/svg.rs"]
mod svg;
