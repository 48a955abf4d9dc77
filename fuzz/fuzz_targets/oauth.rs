//! Any answer to "whose sign-in is that": `cargo +nightly fuzz run oauth`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rekey::adapters::wecom::identity::read_signed_in;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(userid) = read_signed_in(bytes) {
        assert!(!userid.as_str().is_empty() && !userid.as_str().contains('/'));
    }
});
