//! What the fuzzer found interesting, replayed with the stable toolchain.

use rekey::fronts::tui::event::TermEvent;
use rekey::fronts::tui::input::{PASTE_MAX, Parser};

#[test]
fn every_input_of_the_corpus_is_survived_and_means_the_same_byte_by_byte() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/input");
    let mut replayed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let whole = events([bytes.as_slice()]);
        let pieces = events(bytes.chunks(1));
        assert_eq!(whole, pieces, "{}", path.display());
        replayed += 1;
    }
    assert!(replayed >= 8, "only {replayed} inputs");
}

fn events<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut parser = Parser::default();
    parser.expect_cursor_report(1);
    let mut out = Vec::new();
    for piece in pieces {
        parser.feed(piece, &mut out);
    }
    parser.flush(&mut out);
    assert_eq!(parser.pending(), None);
    out.iter().map(say).collect()
}

fn say(event: &TermEvent) -> String {
    match event {
        TermEvent::Key(key) => format!("{:?} {} {} {}", key.code, key.ctrl, key.alt, key.shift),
        TermEvent::Paste(text) => {
            assert!(text.0.len() <= PASTE_MAX);
            text.0.to_string()
        }
        other => format!("{other:?}"),
    }
}
