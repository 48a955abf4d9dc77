//! Any text in the chat: `cargo +nightly fuzz run command`.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/command_text.rs"]
mod command_text;

fuzz_target!(|text: &str| {
    command_text::read(text);
});
