//! Killed without a word at many moments, and started again: every intent gets a true outcome.

use std::time::Duration;

use rustix::process::Signal;

use crate::company::{Company, Site};
use crate::pty::Pty;
use crate::visit::{CHOOSE, DONE, ENTER, GOOD, SET, Visit, at_menu};

/// How long settling may take: a first look at the start, another ten seconds later.
const SETTLED: Duration = Duration::from_secs(20);

/// What the person did last; the request held is counted from there.
#[derive(Copy, Clone, Debug)]
enum After {
    Login,
    Code,
    Password,
}

/// What becomes of the request that was held when the program was killed.
#[derive(Copy, Clone, PartialEq, Debug)]
enum Held {
    Lost,
    Arrives,
}

#[test]
fn before_the_change_nothing_is_left_to_settle() {
    let mut company = Company::start();
    for (after, moment) in [
        (After::Login, 1),
        (After::Login, 4),
        (After::Login, 7),
        (After::Login, 9),
        (After::Code, 1),
        (After::Code, 3),
        (After::Code, 6),
        (After::Password, 1),
        (After::Password, 2),
        (After::Password, 3),
    ] {
        let site = killed(&mut company, after, moment, Held::Lost);
        assert!(site.results("change_intent").is_empty(), "{after:?}");
        works_again(&site);
    }
}

/// From the recorded intent to the recorded outcome: what looks at the entry again, what sets, what
/// proves.
const IN_THE_CHANGE: [usize; 3] = [SET - 1, SET, SET + 1];

#[test]
fn in_the_change_whose_request_is_lost_the_outcome_is_true() {
    let mut company = Company::start();
    for moment in IN_THE_CHANGE {
        let site = killed(&mut company, After::Password, moment, Held::Lost);
        settles_truly(&company, &site, moment);
    }
}

#[test]
fn in_the_change_whose_request_arrives_the_outcome_is_true() {
    let mut company = Company::start();
    for moment in IN_THE_CHANGE {
        let site = killed(&mut company, After::Password, moment, Held::Arrives);
        settles_truly(&company, &site, moment);
    }
}

#[test]
fn at_the_prompts_and_at_the_end() {
    let company = Company::start();
    let stops: [fn(&mut Pty, &Company); 4] = [
        |pty, _| pty.wait_for_text(crate::visit::MENU),
        |pty, _| pty.say_who("lin.wei"),
        |pty, company| {
            pty.say_who("siti.rahma");
            pty.send(company.next_code("SitiRahma"));
            pty.wait_for_text(CHOOSE);
            pty.send(GOOD);
        },
        |pty, company| {
            pty.say_who("siti.rahma");
            pty.send(company.next_code("SitiRahma"));
            pty.wait_for_text(CHOOSE);
            pty.type_password(GOOD);
            pty.wait_for_text(DONE);
        },
    ];
    for stop in stops {
        let site = company.site();
        let mut pty = at_menu(site.kiosk());
        stop(&mut pty, &company);
        kill(pty);
        let intents = site.results("change_intent").len();
        assert_eq!(site.results("change_outcome").len(), intents);
        works_again(&site);
    }
    assert!(company.signs_in("siti.rahma", GOOD));
}

/// siti.rahma's reset up to a request, where the program is killed.
fn killed(company: &mut Company, after: After, moment: usize, held: Held) -> Site {
    company.renew_gate();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    pty.choose_it_support();
    pty.send("siti.rahma");
    let hold = |at: After| {
        if std::mem::discriminant(&at) == std::mem::discriminant(&after) {
            company.gate.hold(moment);
        }
    };
    hold(After::Login);
    pty.send(ENTER);
    if !matches!(after, After::Login) {
        let code = company.next_code("SitiRahma");
        pty.wait_for_text(crate::visit::SENT);
        hold(After::Code);
        pty.send(code);
    }
    if matches!(after, After::Password) {
        pty.wait_for_text(CHOOSE);
        hold(After::Password);
        pty.type_password(&new_password(moment, held));
    }
    company.gate.wait();
    kill(pty);
    if held == Held::Arrives {
        company.gate.let_go();
    }
    site
}

fn new_password(moment: usize, held: Held) -> String {
    format!("{GOOD}-{held:?}-{moment}")
}

fn kill(mut pty: Pty) {
    pty.kill(Signal::KILL);
    assert!(!pty.wait_exit().success());
}

/// Started again, the program finds out what became of the change, while a visitor sees a menu.
#[track_caller]
fn settles_truly(company: &Company, site: &Site, moment: usize) {
    assert_eq!(site.results("change_intent"), ["asked"], "{moment}");
    let again = at_menu(site.kiosk());
    let passwords = [Held::Lost, Held::Arrives].map(|held| new_password(moment, held));
    let landed = || passwords.iter().any(|p| company.signs_in("siti.rahma", p));
    site.wait_for_events(SETTLED, |events| {
        let last = events.iter().rfind(|e| e.starts_with("change_outcome"));
        match last.map(String::as_str) {
            Some("change_outcome changed") => {
                assert!(landed(), "{moment}: said, but not so");
                true
            }
            // True as long as it may still land.
            Some("change_outcome unknown") => !landed(),
            None => false,
            Some(other) => panic!("{moment}: {other}"),
        }
    });
    drop(again);
    works_again(site);
}

/// The log is whole, and the next person is served.
#[track_caller]
fn works_again(site: &Site) {
    site.assert_chain_holds();
    let mut pty = at_menu(site.kiosk());
    pty.say_who("admin.boss");
    pty.kill(Signal::TERM);
    assert!(pty.wait_exit().success());
    pty.assert_restored();
    site.assert_chain_holds();
}
