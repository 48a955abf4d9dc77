//! Any text that a person types, pastes or scans, or that a directory sends back:
//! `cargo +nightly fuzz run typed`. The same promises are checked by property tests beside the
//! code; this looks longer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rekey::domain::account::{LoginName, WecomUserId};
use rekey::domain::blocklist::Blocklist;
use rekey::domain::display::clean;
use rekey::domain::secret::{CodeDigits, Password};
use rekey::domain::strength;
use rekey::domain::words::Words;

fuzz_target!(|text: &str| {
    if let Some(login) = LoginName::parse(text) {
        assert_eq!(LoginName::parse(login.as_str()), Some(login.clone()));
    }
    if let Some(id) = WecomUserId::parse(text) {
        assert!(!id.as_str().contains('|'));
    }
    if let Some(code) = CodeDigits::parse(text, 6) {
        assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
    }
    assert!(!clean(text).chars().any(char::is_control));
    let words = Words::new(&[text.to_owned()], &[]);
    if let Ok(password) = Password::new(text) {
        let _ = strength::live(password.expose(), &words);
        let _ = Blocklist::common().map(|list| list.holds(password.expose()));
    }
});
