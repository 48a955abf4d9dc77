//! Anything that a browser or an attacker sends to the pages: `cargo +nightly fuzz run web`.
//!
//! The first byte says what the rest is: a form, a query, a cookie header, a host, a
//! `X-Forwarded-For`, or what tells the language.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/web_bytes.rs"]
mod web_bytes;

fuzz_target!(|bytes: &[u8]| {
    web_bytes::read(bytes);
});
