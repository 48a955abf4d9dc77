//! The kiosk as a program on a pty.

use std::process::{Command, Stdio};

use rustix::process::Signal;
use rustix::termios::LocalModes;

use crate::pty::{Pty, Setup};
use crate::toy::{CANARY, HOLD, PLAY};

const F8: &str = "\x1b[19~";
const F10: &str = "\x1b[21~";
const F11: &str = "\x1b[23~";
const F12: &str = "\x1b[24~";
const CTRL_Q: &str = "\x11";
/// Written when the alternate screen begins and ends.
const BEGINS: &[u8] = b"\x1b[?1049h";
const ENDS: &[u8] = b"\x1b[?1049l";

fn toy() -> Setup {
    Setup::new(std::env::current_exe().unwrap())
        .args(["--exact", "toy::program", "--nocapture", "--test-threads=1"])
        .env(PLAY, "1")
}

/// Waits for the toy's first screen.
fn started(setup: Setup) -> Pty {
    let mut pty = setup.start();
    pty.wait_for_text("typed []");
    pty
}

fn quit(mut pty: Pty) {
    pty.send(CTRL_Q);
    assert!(pty.wait_exit().success());
    assert!(pty.screen_text().contains("ended: Quit"));
    pty.assert_restored();
}

#[test]
fn quitting_leaves_the_terminal_as_it_was() {
    let mut pty = started(toy());
    assert!(pty.screen().alternate_screen());
    assert!(pty.screen().bracketed_paste());
    pty.send("lin.wei");
    pty.wait_for_text("typed [lin.wei]");
    quit(pty);
}

#[test]
fn each_ending_signal_leaves_the_terminal_as_it_was() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut pty = started(toy());
        pty.kill(signal);
        assert!(pty.wait_exit().success(), "{signal:?}");
        assert!(pty.screen_text().contains("ended: Signalled"), "{signal:?}");
        pty.assert_restored();
    }
}

#[test]
fn a_stop_signal_stops_nothing() {
    let mut pty = started(toy());
    pty.kill(Signal::TSTP);
    pty.send("still here");
    pty.wait_for_text("typed [still here]");
    quit(pty);
}

#[test]
fn keys_that_stop_programs_are_ordinary_keys() {
    let mut pty = started(toy());
    pty.send("\x03\x1a\x1c\x13\x04");
    pty.wait_for(|screen| {
        let text = screen.contents();
        ["Ctrl-c", "Ctrl-z", "Ctrl-\\", "Ctrl-s", "Ctrl-d"]
            .iter()
            .all(|key| text.contains(key))
    });
    quit(pty);
}

#[test]
fn a_panic_restores_the_terminal_and_begins_anew_without_what_was_typed() {
    for key in [F12, F11] {
        let mut pty = started(toy());
        pty.send(CANARY);
        pty.wait_for_text(CANARY);
        let before = pty.raw_output().len();
        pty.send(key);
        pty.wait_for_raw(BEGINS, 2);
        pty.wait_for_text("typed []");
        let since = String::from_utf8_lossy(&pty.raw_output()[before..]).into_owned();
        let (farewell, _) = since.split_once("\x1b[?1049h").unwrap();
        assert!(farewell.contains("\x1b[?1049l"), "restored first");
        assert!(
            farewell.contains("tests/terminal/toy.rs:"),
            "says where: {farewell:?}"
        );
        assert!(
            farewell.contains("<quiesced>"),
            "a change in flight is finished"
        );
        assert!(!since.contains(CANARY), "says nothing that was typed");
        quit(pty);
    }
}

#[test]
fn panics_one_after_the_other_end_the_kiosk() {
    let mut pty = started(toy());
    for time in 1..rekey::fronts::kiosk::CRASHES_MAX {
        pty.send(F12);
        pty.wait_for_raw(BEGINS, time as usize + 1);
        pty.wait_for_text("typed []");
    }
    pty.send(F12);
    assert!(pty.wait_exit().success());
    assert!(pty.screen_text().contains("ended: CrashedTooOften"));
    pty.assert_restored();
}

#[test]
fn after_a_visit_the_same_process_begins_anew_with_nothing_of_it() {
    let mut pty = started(toy());
    pty.send(CANARY);
    pty.wait_for_text(CANARY);
    // Typed ahead: it was meant for the visit that is over.
    pty.send(format!("{F10}left over"));
    pty.wait_for_raw(BEGINS, 2);
    pty.wait_for_text("typed []");
    let output = String::from_utf8_lossy(pty.raw_output()).into_owned();
    assert!(output.find("<quiesced>") < output.rfind("\x1b[?1049h"));
    let memory = std::fs::read(format!("/proc/{}/environ", pty.pid().as_raw_nonzero()));
    assert!(!String::from_utf8_lossy(&memory.unwrap_or_default()).contains(CANARY));
    // Also the keys for signals are as before the first visit.
    quit(pty);
}

#[test]
fn while_a_crashed_visit_hands_over_no_key_sends_a_signal() {
    let mut pty = started(toy().env(HOLD, "1"));
    pty.send(F12);
    pty.wait_for_raw(b"<in flight>", 1);
    // The terminal is out of raw mode now: these would end or stop the program.
    assert!(pty.termios().local_modes.contains(LocalModes::ISIG));
    pty.send("\x03\x1c\x1a");
    pty.kill(Signal::USR1);
    pty.wait_for_raw(BEGINS, 2);
    pty.wait_for_text("typed []");
    pty.send(CTRL_Q);
    pty.wait_for_raw(b"<in flight>", 2);
    pty.kill(Signal::USR1);
    assert!(pty.wait_exit().success());
    pty.assert_restored();
}

#[test]
fn a_change_in_flight_is_finished_before_the_next_visit_unless_a_signal_comes() {
    let mut pty = started(toy().env(HOLD, "1"));
    pty.send(CANARY);
    pty.wait_for_text(CANARY);
    pty.send(F10);
    pty.wait_for_raw(b"<in flight>", 1);
    assert!(!pty.screen_text().contains(CANARY), "wiped meanwhile");
    pty.kill(Signal::TERM);
    pty.wait_for(|screen| !screen.alternate_screen());
    pty.kill(Signal::USR1);
    assert!(pty.wait_exit().success());
    assert!(pty.screen_text().contains("<quiesced>"));
    assert!(pty.screen_text().contains("ended: Signalled"));
    pty.assert_restored();
}

#[test]
fn a_resize_keeps_what_was_typed() {
    let mut pty = started(toy());
    pty.wait_for_text("toy 80x24");
    pty.send("lin.wei");
    pty.wait_for_text("typed [lin.wei]");
    pty.resize(40, 15);
    pty.wait_for_text("toy 40x15");
    pty.wait_for_text("typed [lin.wei]");
    pty.resize(500, 300);
    pty.wait_for_text("toy 200x60");
    quit(pty);
}

#[test]
fn a_paste_in_pieces_arrives_as_one() {
    let mut pty = started(toy());
    for piece in ["\x1b[20", "0~4829", "13\n\x1b[2", "01~"] {
        pty.send(piece);
    }
    pty.wait_for_text("paste 482913");
    quit(pty);
}

#[test]
fn a_terminal_is_asked_what_it_can_show_and_believed() {
    let mut pty = started(toy().env("LANG", "C"));
    pty.wait_for_text("utf8 true lines true half true chinese true");
    assert!(
        !pty.screen_text().contains('中'),
        "the question leaves no trace"
    );
    assert!(
        !pty.screen_text().contains("cursor report"),
        "the app never sees an answer"
    );
    quit(pty);
}

#[test]
fn a_terminal_that_never_answers_works_all_the_same() {
    let mut pty = started(toy().mute());
    pty.wait_for_raw(b"\x1b[6n", 3);
    pty.send("lin.wei");
    pty.wait_for_text("typed [lin.wei]");
    quit(pty);
}

#[test]
fn a_bare_console_is_not_asked() {
    let mut pty = started(toy().env("TERM", "linux"));
    pty.send("x");
    pty.wait_for_text("typed [x]");
    assert!(pty.screen_text().contains("half false chinese false"));
    assert!(!pty.raw_output().windows(4).any(|bytes| bytes == b"\x1b[6n"));
    quit(pty);
}

/// A kiosk whose terminal has taken all it can and reads no more.
fn frozen() -> Pty {
    let mut pty = started(toy().size(200, 60));
    pty.freeze();
    // Each paints the whole window another way. That all of them are taken from the terminal
    // shows that nothing waits for the output.
    for _ in 0..2_000 {
        pty.send(F8);
    }
    pty
}

#[test]
fn a_terminal_that_never_reads_stops_nobody() {
    let mut pty = frozen();
    pty.send(CTRL_Q);
    assert!(pty.wait_exit().success());
    assert_eq!(
        pty.termios().local_modes.bits(),
        pty.cooked().local_modes.bits()
    );
}

#[test]
fn a_signal_ends_a_kiosk_whose_terminal_never_reads() {
    let mut pty = frozen();
    pty.kill(Signal::TERM);
    assert!(pty.wait_exit().success());
    assert_eq!(
        pty.termios().local_modes.bits(),
        pty.cooked().local_modes.bits()
    );
}

#[test]
fn no_title_and_no_clipboard_are_ever_written() {
    let mut pty = started(toy());
    pty.send(CANARY);
    pty.wait_for_text(CANARY);
    pty.send(CTRL_Q);
    pty.wait_exit();
    assert!(!pty.raw_output().windows(2).any(|bytes| bytes == b"\x1b]"));
    let text = String::from_utf8_lossy(pty.raw_output()).into_owned();
    let wiped = text.rfind("\x1b[2J\x1b[3J").unwrap();
    assert!(
        wiped < text.rfind("\x1b[?1049l").unwrap(),
        "wiped before it is left"
    );
    assert!(!text[wiped..].contains(CANARY));
}

#[test]
fn the_process_leaves_no_core_file() {
    let pty = started(toy());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", pty.pid().as_raw_nonzero()));
    let limits = limits.unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let numbers: Vec<_> = core.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"]);
    quit(pty);
}

#[test]
fn without_a_terminal_it_says_so() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "toy::program", "--nocapture", "--test-threads=1"])
        .env(PLAY, "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("error: the kiosk needs a terminal"), "{said}");
    assert!(
        !output
            .stdout
            .windows(BEGINS.len())
            .any(|bytes| bytes == BEGINS || bytes == ENDS)
    );
}
