//! From the menu to a changed password.

use std::num::NonZeroU16;

use crate::company::{Company, Site, text};
use crate::support::slapd::LIN_PASSWORD;
use crate::visit::{BEGINS, CHOOSE, DONE, ENTER, GOOD, Visit, at_code, at_password};

/// What the log holds after one visit that went well, besides [`CODE_SENT`].
const WENT_WELL: [&str; 7] = [
    "reset_started code_due",
    "code_issued issued",
    "code_judged right",
    "password_judged accepted",
    "change_intent asked",
    "change_outcome changed",
    "notice_sent sent",
];
/// A phone may have the code, and its owner have typed it, before rekey has WeCom's word for it.
const CODE_SENT: &str = "code_sent sent";

fn went_well(site: &Site) {
    let mut events = site.events();
    let sent = events.iter().position(|event| event == CODE_SENT);
    let sent = sent.expect("a code was sent");
    assert!(sent > 1, "issued first: {events:?}");
    events.remove(sent);
    assert_eq!(events, WENT_WELL);
}

#[test]
fn lin_wei_sets_a_new_password_over_ldaps() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_code(&site, "lin.wei");
    pty.send(company.next_code("LinWei"));
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    pty.wait_for_text("OK     Sign-in tested with it");
    assert!(company.signs_in("lin.wei", GOOD));
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD));

    pty.send(ENTER);
    pty.wait_for_visit(2);
    assert!(pty.is_the_same_process());
    leaves_no_trace(pty.raw_output());
    went_well(&site);
    site.assert_chain_holds();
    let records = site.records();
    let of = |event: &str| records.iter().find(|record| record["event"] == event);
    let (intent, outcome) = (of("change_intent").unwrap(), of("change_outcome").unwrap());
    assert_eq!(text(intent, "reset"), text(outcome, "reset"));
}

#[test]
fn lin_wei_sets_a_new_password_over_starttls() {
    let company = Company::start();
    let site = company.site_with(|config| {
        let ldaps = format!("ldaps://127.0.0.1:{}", company.gate.port());
        config
            .replace(&ldaps, &company.slapd.starttls_url())
            .replace("starttls = false", "starttls = true")
    });
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
    went_well(&site);
    site.assert_chain_holds();
}

#[test]
fn siti_rahma_who_was_locked_out_can_sign_in_again() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_password(&company, &site, "siti.rahma", "SitiRahma");
    pty.wait_for_text("Your account is locked");
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("siti.rahma", GOOD));
}

fn nonzero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

/// Neither the screen of the second visit nor anything above it shows the first.
fn leaves_no_trace(raw: &[u8]) {
    let mut terminal = vt100::Parser::new(nonzero(24), nonzero(80), 1000);
    terminal.process(raw);
    let begins = raw.windows(BEGINS.len()).rposition(|w| w == BEGINS);
    let second = String::from_utf8_lossy(&raw[begins.unwrap()..]).into_owned();
    let mut seen = vec![second, terminal.screen().contents()];
    // The primary screen and what was scrolled off it.
    terminal.process(b"\x1b[?1049l");
    terminal.screen_mut().set_scrollback(1000);
    seen.push(terminal.screen().contents());
    terminal.screen_mut().set_scrollback(0);
    seen.push(terminal.screen().contents());
    for text in seen {
        for trace in ["lin.wei", "works now", "Choose a new", "We sent"] {
            assert!(!text.contains(trace), "{trace:?} in {text:?}");
        }
    }
}
