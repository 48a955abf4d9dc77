use proptest::prelude::*;

use super::*;

/// Says in words what happened, secrets and all: these are made up.
fn say(event: &TermEvent) -> String {
    match event {
        TermEvent::Key(key) => {
            let code = match key.code {
                KeyCode::Char(c) => c.to_string(),
                KeyCode::F(n) => format!("F{n}"),
                other => format!("{other:?}"),
            };
            let with = |held: bool, name: &str| if held { name.to_owned() } else { String::new() };
            with(key.ctrl, "Ctrl-") + &with(key.alt, "Alt-") + &with(key.shift, "Shift-") + &code
        }
        TermEvent::Paste(Pasted(text)) => format!("paste {}", text.escape_debug()),
        TermEvent::Click { col, row } => format!("click {col},{row}"),
        TermEvent::CursorAt { col, row } => format!("cursor {col},{row}"),
        TermEvent::Resize { .. } => "resize".to_owned(),
        TermEvent::Other => "other".to_owned(),
    }
}

fn parse_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, reports: u8) -> String {
    let mut parser = Parser::default();
    parser.expect_cursor_report(reports);
    let mut out = Vec::new();
    for piece in pieces {
        parser.feed(piece, &mut out);
    }
    if parser.pending().is_some() {
        parser.flush(&mut out);
    }
    assert_eq!(
        parser.pending(),
        None,
        "nothing is unfinished after a flush"
    );
    out.iter().map(say).collect::<Vec<_>>().join(" ")
}

fn parse(bytes: &[u8]) -> String {
    parse_pieces([bytes], 0)
}

/// What terminals really send, and what it means.
const SENT: &[(&str, &[u8], &str)] = &[
    (
        "xterm arrows",
        b"\x1b[A\x1b[B\x1b[C\x1b[D",
        "Up Down Right Left",
    ),
    (
        "application arrows",
        b"\x1bOA\x1bOB\x1bOC\x1bOD",
        "Up Down Right Left",
    ),
    (
        "xterm Home, End",
        b"\x1b[H\x1b[F\x1bOH\x1bOF",
        "Home End Home End",
    ),
    ("vt220, tmux Home, End", b"\x1b[1~\x1b[4~", "Home End"),
    ("rxvt Home, End", b"\x1b[7~\x1b[8~", "Home End"),
    (
        "editing keys",
        b"\x1b[2~\x1b[3~\x1b[5~\x1b[6~",
        "Insert Delete PageUp PageDown",
    ),
    ("xterm F1 to F4", b"\x1bOP\x1bOQ\x1bOR\x1bOS", "F1 F2 F3 F4"),
    ("kitty F1, F2, F4", b"\x1b[P\x1b[Q\x1b[S", "F1 F2 F4"),
    ("kitty F3", b"\x1b[13~", "F3"),
    (
        "linux F1 to F5",
        b"\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E",
        "F1 F2 F3 F4 F5",
    ),
    (
        "putty F1 to F5",
        b"\x1b[11~\x1b[12~\x1b[13~\x1b[14~\x1b[15~",
        "F1 F2 F3 F4 F5",
    ),
    (
        "F6 to F10",
        b"\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~",
        "F6 F7 F8 F9 F10",
    ),
    ("F11, F12", b"\x1b[23~\x1b[24~", "F11 F12"),
    ("xterm Shift-F3", b"\x1b[1;2R", "Shift-F3"),
    ("xterm Ctrl-F5", b"\x1b[15;5~", "Ctrl-F5"),
    ("old xterm Ctrl-F1", b"\x1bO5P", "Ctrl-F1"),
    ("konsole Shift-F1", b"\x1bO1;2P", "Shift-F1"),
    (
        "xterm Ctrl-Right, Alt-Up",
        b"\x1b[1;5C\x1b[1;3A",
        "Ctrl-Right Alt-Up",
    ),
    (
        "rxvt Shift-Up, Ctrl-Left",
        b"\x1b[a\x1bOd",
        "Shift-Up Ctrl-Left",
    ),
    (
        "rxvt Shift-, Ctrl-Delete",
        b"\x1b[3$\x1b[3^\x1b[3@",
        "Shift-Delete Ctrl-Delete Ctrl-Shift-Delete",
    ),
    (
        "Shift-Tab",
        b"\x1b[Z\x1b[9;2u\x1b[27;2;9~",
        "BackTab BackTab BackTab",
    ),
    (
        "control keys",
        b"\x03\x1a\x1c\x11\x13",
        "Ctrl-c Ctrl-z Ctrl-\\ Ctrl-q Ctrl-s",
    ),
    (
        "Enter as CR, LF, CRLF",
        b"\rx\nx\r\nx",
        "Enter x Enter x Enter x",
    ),
    ("two Enters", b"\r\r\n", "Enter Enter"),
    ("Tab, Backspace", b"\t\x08\x7f", "Tab Backspace Backspace"),
    ("Ctrl-Space", b"\0a", "a"),
    ("Alt", b"\x1bx\x1b\r\x1b\xc3\xa9", "Alt-x Alt-Enter Alt-é"),
    ("Esc", b"\x1b", "Esc"),
    ("Esc twice", b"\x1b\x1b", "Esc Esc"),
    ("Esc, then an arrow", b"\x1b\x1b[A", "Esc Up"),
    (
        "kitty Esc, Enter, Ctrl-c",
        b"\x1b[27u\x1b[13u\x1b[99;5u",
        "Esc Enter Ctrl-c",
    ),
    (
        "kitty letters",
        b"\x1b[97;2u\x1b[97:65;2u\x1b[228u",
        "A A ä",
    ),
    ("kitty release, repeat", b"\x1b[97;1:3u\x1b[97;1:2u", "a"),
    (
        "kitty keypad, media key",
        b"\x1b[57404u\x1b[57414u\x1b[57428u",
        "5 Enter",
    ),
    ("modifyOtherKeys", b"\x1b[27;5;99~\x1b[27;2;65~", "Ctrl-c A"),
    ("keypad", b"\x1bOp\x1bOy\x1bOM\x1bOm\x1bOn", "0 9 Enter - ."),
    (
        "SGR press and release",
        b"\x1b[<0;10;5M\x1b[<0;10;5m",
        "click 9,4",
    ),
    (
        "SGR wheel, motion",
        b"\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<35;1;1M\x1b[<32;2;2M",
        "",
    ),
    ("SGR far away", b"\x1b[<0;99999;5M\x1b[<0;0;0M", ""),
    (
        "X10 press and release",
        b"\x1b[M \x2a\x25\x1b[M#\x2a\x25",
        "click 9,4",
    ),
    (
        "paste",
        b"\x1b[200~Tr0ub4dor\n\x1b[201~",
        "paste Tr0ub4dor\\n",
    ),
    (
        "paste with its end half in it",
        b"\x1b[200~a\x1b[20\x1b[201~b",
        "paste a\\u{1b}[20 b",
    ),
    ("paste, never ended", b"\x1b[200~abc", "paste abc"),
    ("Chinese", "修改密码".as_bytes(), "修 改 密 码"),
    ("not UTF-8", b"a\xffb\xc3(\xe4\xbdc\xc0\xafd", "a b ( c d"),
    ("C1 controls as UTF-8", b"\xc2\x9ba", "a"),
    ("focus", b"\x1b[I\x1b[O", "other other"),
    (
        "unknown sequences",
        b"\x1b[?1;2c\x1b[>0;276;0c\x1b[99~\x1b[5;5X\x1bOwx",
        "7 x",
    ),
    ("a mode report", b"\x1b[?2026;2$yx", "x"),
    (
        "strings",
        b"\x1b]0;title\x07a\x1bP1$r0m\x1b\\b\x1b_x\x1b\\c\x1b]52;c;eA==\x1b[Ad",
        "a b c Up d",
    ),
    ("a sequence broken off by Enter", b"\x1b[1\ra", "Enter a"),
    ("a sequence broken off by another", b"\x1b[1\x1b[A", "Up"),
    ("a lone sequence start", b"\x1b[", ""),
];

#[test]
fn every_terminals_keys_are_understood() {
    for (name, bytes, meaning) in SENT {
        assert_eq!(parse(bytes), *meaning, "{name}");
    }
}

#[test]
fn a_split_at_any_byte_changes_nothing() {
    for (name, bytes, meaning) in SENT {
        for at in 0..bytes.len() {
            let (before, after) = bytes.split_at(at);
            assert_eq!(
                parse_pieces([before, after], 0),
                *meaning,
                "{name} split at {at}"
            );
        }
        assert_eq!(
            parse_pieces(bytes.chunks(1), 0),
            *meaning,
            "{name} byte by byte"
        );
    }
}

#[test]
fn a_cursor_report_is_one_only_when_asked_for() {
    assert_eq!(parse_pieces([b"\x1b[1;2R".as_slice()], 1), "cursor 2,1");
    assert_eq!(
        parse_pieces([b"\x1b[1;2R\x1b[1;2R".as_slice()], 1),
        "cursor 2,1 Shift-F3"
    );
    assert_eq!(parse(b"\x1b[24;80R"), "other");
}

#[test]
fn a_paste_is_cut_at_its_bound_and_still_ends() {
    let mut bytes = b"\x1b[200~".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', PASTE_MAX * 3));
    bytes.extend(b"\x1b[201~a");
    assert_eq!(parse(&bytes), format!("paste {} a", "x".repeat(PASTE_MAX)));
}

#[test]
fn an_endless_sequence_holds_no_memory_and_ends() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(b"\x1b[", &mut out);
    parser.feed(&b"1;".repeat(100_000), &mut out);
    assert!(parser.held.capacity() <= 2 * SEQUENCE_MAX);
    parser.feed(b"Aa", &mut out);
    assert_eq!(out.iter().map(say).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn an_endless_string_swallows_only_so_much() {
    let mut bytes = b"\x1b]".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', usize::from(STRING_MAX) + 1));
    bytes.extend(b"abc");
    assert_eq!(parse(&bytes), "a b c");
}

#[test]
fn a_lone_esc_is_waited_for_briefly_and_a_paste_longer() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(b"\x1b", &mut out);
    assert_eq!(parser.pending(), Some(ESCAPE_PATIENCE));
    parser.feed(b"[200~x", &mut out);
    assert_eq!(parser.pending(), Some(PASTE_PATIENCE));
    parser.feed(b"\x1b[201~", &mut out);
    assert_eq!(parser.pending(), None);
}

fn hostile_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<Vec<u8>>(),
        Just(b"\x1b[".to_vec()),
        Just(b"\x1bO".to_vec()),
        Just(b"\x1b[200~".to_vec()),
        Just(b"\x1b[201~".to_vec()),
        Just(b"\x1b[M".to_vec()),
        Just(b"\x1b]".to_vec()),
        Just("中é".as_bytes().to_vec()),
        "[0-9;:<?$]{0,12}[A-Za-z~]".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_mean_the_same(
        bytes in hostile_bytes(),
        cuts in prop::collection::vec(1_usize..9, 1..20),
        reports in 0_u8..4,
    ) {
        let whole = parse_pieces([bytes.as_slice()], reports);
        let mut rest = bytes.as_slice();
        let mut pieces = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at(rest.len().min(*cut));
            pieces.push(piece);
            rest = after;
        }
        prop_assert_eq!(parse_pieces(pieces, reports), whole);
    }

    #[test]
    fn after_a_flush_a_key_is_a_key(bytes in hostile_bytes()) {
        let mut parser = Parser::default();
        let mut out = Vec::new();
        parser.feed(&bytes, &mut out);
        parser.flush(&mut out);
        out.clear();
        parser.feed(b"k", &mut out);
        prop_assert_eq!(out.iter().map(say).collect::<Vec<_>>(), vec!["k".to_owned()]);
    }
}
