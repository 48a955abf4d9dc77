//! Signals and windows: whatever comes, the terminal is left as it was, and what was typed stays.

use rustix::process::Signal;

use crate::company::{Company, Site};
use crate::pty::Pty;
use crate::visit::{CHOOSE, ENTER, GOOD, SENT, SET_LIN, Visit, WHO, at_code, at_menu, at_password};

const ENDING: [Signal; 3] = [Signal::TERM, Signal::HUP, Signal::INT];

#[track_caller]
fn ends_well(mut pty: Pty, signal: Signal) {
    pty.kill(signal);
    assert!(pty.wait_exit().success(), "{signal:?}");
    pty.assert_restored();
}

#[test]
fn at_the_menu() {
    let company = Company::start();
    let site = company.site();
    for signal in ENDING {
        ends_well(at_menu(site.kiosk()), signal);
    }
}

#[test]
fn at_the_code() {
    let company = Company::start();
    let site = company.site();
    for signal in ENDING {
        ends_well(at_code(&site, "lin.wei"), signal);
    }
    site.assert_chain_holds();
}

#[test]
fn at_the_new_password() {
    let company = Company::start();
    for signal in ENDING {
        let site = company.site();
        let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
        pty.send(GOOD);
        ends_well(pty, signal);
        assert!(!site.events().iter().any(|e| e.starts_with("change_")));
        site.assert_chain_holds();
    }
}

#[test]
fn while_the_change_is_under_way_its_outcome_is_recorded_first() {
    for signal in ENDING {
        let company = Company::start();
        let site = company.site();
        let pty = at_change(&company, &site);
        pty.kill(signal);
        company.gate.let_go();
        ends_recorded(pty);
        assert!(company.signs_in("lin.wei", GOOD));
        assert_eq!(site.results("change_outcome"), ["changed"]);
        site.assert_chain_holds();
    }
}

/// lin.wei's change is about to be asked for, and held.
fn at_change(company: &Company, site: &Site) -> Pty {
    let mut pty = at_password(company, site, "lin.wei", "LinWei");
    company.gate.hold(SET_LIN);
    pty.type_password(GOOD);
    company.gate.wait();
    assert!(!company.signs_in("lin.wei", GOOD));
    pty.wait_for_text("Change it in the directory");
    pty
}

#[track_caller]
fn ends_recorded(mut pty: Pty) {
    assert!(pty.wait_exit().success());
    pty.assert_restored();
}

#[test]
fn a_window_made_too_small_keeps_what_was_typed() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    pty.choose_it_support();
    pty.send("lin.wei");
    pty.wait_for_text("lin.wei");
    for (cols, rows) in [(10, 3), (80, 24)] {
        let before = pty.raw_output().len();
        pty.resize(cols, rows);
        pty.wait_for_more(before);
    }
    pty.wait_for_text(WHO);
    pty.wait_for_text("lin.wei");
    pty.send(ENTER);
    pty.wait_for_text(SENT);
    ends_well(pty, Signal::TERM);
}

#[test]
fn another_window_size_keeps_both_passwords() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    pty.send(GOOD);
    pty.send(ENTER);
    pty.send(&GOOD[..4]);
    pty.wait_for_text("(24)");
    for (cols, rows) in [(40, 15), (10, 3), (120, 40), (80, 24)] {
        let before = pty.raw_output().len();
        pty.resize(cols, rows);
        pty.wait_for_more(before);
    }
    pty.wait_for_text(CHOOSE);
    pty.send(&GOOD[4..]);
    pty.send(ENTER);
    pty.wait_for_text(crate::visit::DONE);
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn ten_thousand_keys_never_end_it() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    let mut keys = Keys(0x9e37_79b9_7f4a_7c15);
    for _ in 0..100 {
        let hundred: Vec<u8> = (0..100).flat_map(|_| keys.next()).collect();
        pty.send(hundred);
    }
    // It still draws, in a window of another size.
    let before = pty.raw_output().len();
    pty.resize(100, 30);
    pty.wait_for_more(before);
    assert!(pty.is_the_same_process());
    pty.kill(Signal::TERM);
    assert!(pty.wait_exit().success());
    pty.assert_restored();
    site.assert_chain_holds();
    let log = std::fs::read_to_string(site.log()).unwrap();
    assert!(!log.contains("panic"), "{log}");
}

/// Keys a cat on the keyboard would find; always the same ones.
struct Keys(u64);

impl Keys {
    fn next(&mut self) -> Vec<u8> {
        const SPECIAL: [&str; 16] = [
            "\x1bOP",
            "\x1bOQ",
            "\x1bOR",
            "\x1bOS",
            "\x1b[15~",
            "\x1b[20~",
            "\x1b[A",
            "\x1b[B",
            "\x1b[C",
            "\x1b[D",
            "\x1b[Z",
            "\t",
            "\r",
            "\x7f",
            "\x1b[200~pasted\x1b[201~",
            "中",
        ];
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let byte = self.0.to_le_bytes();
        match byte[0] % 4 {
            0 => SPECIAL[usize::from(byte[1]) % SPECIAL.len()].into(),
            1 => vec![byte[1]],
            _ => vec![b' ' + byte[1] % 95],
        }
    }
}
