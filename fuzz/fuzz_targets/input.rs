//! Any bytes from a terminal, in any pieces: `cargo +nightly fuzz run input`.
//!
//! The first byte says where the rest is split; the events must not depend on it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rekey::fronts::tui::event::TermEvent;
use rekey::fronts::tui::input::{PASTE_MAX, Parser};

fuzz_target!(|bytes: &[u8]| {
    let Some((at, bytes)) = bytes.split_first() else {
        return;
    };
    let (before, after) = bytes.split_at(usize::from(*at).min(bytes.len()));
    assert_eq!(kinds([bytes, b""]), kinds([before, after]));
});

fn kinds(pieces: [&[u8]; 2]) -> Vec<String> {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    for piece in pieces {
        parser.feed(piece, &mut out);
    }
    parser.flush(&mut out);
    out.iter()
        .map(|event| match event {
            TermEvent::Paste(text) => {
                assert!(text.0.len() <= PASTE_MAX);
                text.0.to_string()
            }
            TermEvent::Key(key) => format!("{:?} {} {} {}", key.code, key.ctrl, key.alt, key.shift),
            other => format!("{other:?}"),
        })
        .collect()
}
