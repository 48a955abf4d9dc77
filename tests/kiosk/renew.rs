//! Renewing with the old password, and only unlocking, at the kiosk and against a real slapd.

use std::time::Duration;

use rustix::process::Signal;

use crate::company::{Company, Site, text};
use crate::pty::Pty;
use crate::support::faketime;
use crate::support::slapd::{LIN_PASSWORD, START_PASSWORD, dn};
use crate::visit::{CHOOSE, DONE, ENTER, GOOD, SET, Visit, at_menu, at_password};

const F6: &str = "\x1b[17~";
const F7: &str = "\x1b[18~";
const RENEW: &str = "Renew your password";
const NOT_ON: &str = "That did not lead on";
const UNLOCKED: &str = "Your account is unlocked";
/// As the test directory has it.
const LOCKS_AT: usize = 5;

/// At the two fields of a renewal.
fn at_renewal(site: &Site) -> Pty {
    let mut pty = at_menu(site.kiosk());
    pty.choose_it_support();
    pty.send(F6);
    pty.wait_for_text(RENEW);
    pty
}

fn renew(pty: &mut Pty, login: &str, old: &str) {
    pty.send(format!("{login}\r{old}\r"));
}

/// Once more, with another name.
fn try_another(pty: &mut Pty, login: &str, old: &str) {
    pty.send(F6);
    pty.wait_for_text("Who are you?");
    // The name that was typed is still there.
    pty.send("\x7f".repeat(40));
    pty.send(F6);
    pty.wait_for_text(RENEW);
    renew(pty, login, old);
}

#[test]
fn lin_wei_renews_with_the_password_she_has_and_not_with_nearly_the_same() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_renewal(&site);
    renew(&mut pty, "lin.wei", LIN_PASSWORD);
    pty.wait_for_text(CHOOSE);
    pty.wait_for_text("not like the old one");
    pty.type_password("Kept-Since-Today-3");
    pty.wait_for_text("Not changed: this password is not");
    for _ in 0..2 {
        pty.send("\x7f".repeat(40));
        pty.send(format!("{GOOD}\r"));
    }
    pty.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD));
    pty.send(ENTER);
    pty.wait_for_visit(2);
    assert_eq!(
        site.events(),
        [
            "old_password_judged right",
            "password_judged refused",
            "password_judged accepted",
            "change_intent asked",
            "change_outcome changed",
            "notice_sent sent",
        ]
    );
    assert!(company.next_message("LinWei").contains("lobby-1"));
    let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
    assert!(!raw.contains(LIN_PASSWORD) && !raw.contains(GOOD));
    site.assert_chain_holds();
}

/// Whoever has no WeCom has no other way: the old password is proof enough.
#[test]
fn an_employee_without_a_phone_renews_as_well() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_renewal(&site);
    renew(&mut pty, "nomap", START_PASSWORD);
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("nomap", GOOD));
    site.assert_chain_holds();
}

#[test]
fn an_attacker_who_tries_old_passwords_locks_nobody_out_and_learns_nothing() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_renewal(&site);
    renew(&mut pty, "lin.wei", "Not-Hers-1");
    pty.wait_for_text(NOT_ON);
    let seen = pty.still();
    for attempt in 2..=LOCKS_AT + 2 {
        try_another(&mut pty, "lin.wei", &format!("Not-Hers-{attempt}"));
        pty.wait_for_text(NOT_ON);
    }
    // Even the right one leads nowhere now; for everybody else it looks the same.
    try_another(&mut pty, "lin.wei", LIN_PASSWORD);
    pty.wait_for_text(NOT_ON);
    assert_eq!(pty.still(), seen);
    for login in ["nobody", "admin.boss", "budi.off"] {
        try_another(&mut pty, login, START_PASSWORD);
        pty.wait_for_text(NOT_ON);
        assert_eq!(
            pty.still().replace(login, "lin.wei"),
            seen.replace(login, "lin.wei")
        );
    }
    let judged = site.results("old_password_judged");
    let asked = judged.iter().filter(|result| *result == "wrong").count();
    assert_eq!(asked, 2, "{judged:?}");
    assert_eq!(judged[2..LOCKS_AT + 3], ["too_many"; LOCKS_AT + 1]);
    // Three of her own are left, as the directory counts.
    let failures = company.slapd.entry(&dn("lin.wei"), &["pwdFailureTime"]);
    assert_eq!(failures["pwdfailuretime"].len(), 2);
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    site.assert_chain_holds();
}

#[test]
fn an_expired_password_proves_nothing_to_slapd_and_leads_to_a_code() {
    let mut company = Company::start();
    let site = company.site();
    company.slapd.restart_at("+121d");
    let kiosk = faketime::moved_by("+121d")
        .into_iter()
        .fold(site.kiosk(), |kiosk, (name, value)| kiosk.env(name, value));
    let mut pty = at_menu(kiosk);
    pty.choose_it_support();
    pty.send(F6);
    pty.wait_for_text(RENEW);
    renew(&mut pty, "lin.wei", LIN_PASSWORD);
    pty.wait_for_text("Your password is right, but it has expired");
    pty.send(company.next_code("LinWei"));
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn siti_rahma_who_remembers_her_password_only_unlocks() {
    let company = Company::start();
    let site = company.site();
    assert!(!company.signs_in("siti.rahma", START_PASSWORD));
    let mut pty = at_password(&company, &site, "siti.rahma", "SitiRahma");
    pty.wait_for_text("F7 only unlock");
    pty.send(F7);
    pty.wait_for_text(UNLOCKED);
    assert!(company.signs_in("siti.rahma", START_PASSWORD));
    let notice = company.next_message("SitiRahma");
    assert!(
        notice.contains("was unlocked at lobby-1") && notice.contains("was not changed"),
        "{notice}"
    );
    pty.send(ENTER);
    pty.wait_for_visit(2);
    assert_eq!(site.results("unlock_intent"), ["asked"]);
    assert_eq!(site.results("unlock_outcome"), ["changed"]);
    assert!(site.results("change_intent").is_empty());
    let records = site.records();
    let of = |event: &str| records.iter().find(|record| record["event"] == event);
    let (intent, outcome) = (of("unlock_intent").unwrap(), of("unlock_outcome").unwrap());
    assert_eq!(text(intent, "reset"), text(outcome, "reset"));
    site.assert_chain_holds();
}

#[test]
fn killed_while_it_unlocks_the_next_start_tells_the_truth() {
    let mut company = Company::start();
    for arrives in [true, false] {
        company.renew_gate();
        let site = company.site();
        let mut pty = at_password(&company, &site, "siti.rahma", "SitiRahma");
        pty.wait_for_text("F7 only unlock");
        // Account, policy and mark are read as before a change.
        company.gate.hold(SET);
        pty.send(F7);
        company.gate.wait();
        pty.kill(Signal::KILL);
        pty.wait_exit();
        if arrives {
            company.gate.let_go();
        }
        assert_eq!(site.results("unlock_intent"), ["asked"]);
        assert!(site.results("unlock_outcome").is_empty());
        let _kiosk = at_menu(site.kiosk());
        site.wait_for_events(Duration::from_secs(30), |events| {
            events
                .iter()
                .any(|event| event.starts_with("unlock_outcome"))
        });
        let told = site.results("unlock_outcome");
        let is_open = company.signs_in("siti.rahma", START_PASSWORD);
        assert!(
            told == ["changed"] && is_open || !is_open && told != ["changed"],
            "{told:?} {is_open}"
        );
        site.assert_chain_holds();
        for _ in 0..LOCKS_AT + 1 {
            let _ = company.signs_in("siti.rahma", "Not-Hers-1");
        }
    }
}
