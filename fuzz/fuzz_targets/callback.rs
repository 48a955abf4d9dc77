//! Any callback: `cargo +nightly fuzz run callback`.
//!
//! The first byte says how far inside the rest stands: as the body, as what is signed, as what is
//! sealed, or as the message.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/callback_bytes.rs"]
mod callback_bytes;

fuzz_target!(|bytes: &[u8]| {
    callback_bytes::open(bytes);
});
