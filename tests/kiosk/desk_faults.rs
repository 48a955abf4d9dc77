//! What dies while an operator helps: the directory, WeCom, the desk itself.

use std::time::Duration;

use rustix::process::Signal;

use crate::company::Company;
use crate::operator::{
    ASK, HELPER, TEMPORARY_GIVEN, before_a_temporary_password, desk, open, signed_in, site,
    types_the_code,
};
use crate::support::slapd::{LIN_PASSWORD, dn};
use crate::visit::{ENTER, ESC};

/// How long settling may take.
const SETTLED: Duration = Duration::from_secs(20);
/// Which request after the choice sets the password, counted from 1.
const SET: usize = 14;

#[test]
fn a_desk_killed_in_the_change_leaves_a_true_outcome() {
    let mut company = Company::start();
    for (moment, arrives) in [
        (1, false),
        (SET - 1, false),
        (SET, false),
        (SET + 1, true),
        (SET, true),
    ] {
        company.renew_gate();
        let site = site(&company);
        let mut pty = before_a_temporary_password(&company, &site);
        company.gate.hold(moment);
        pty.send(ENTER);
        company.gate.wait();
        pty.kill(Signal::KILL);
        assert!(!pty.wait_exit().success());
        if arrives {
            company.gate.let_go();
        }
        let mut again = desk(&site).start();
        again.wait_for_text(crate::operator::WHO);
        if site.results("change_intent").is_empty() {
            assert_eq!(moment, 1, "no intent");
            assert!(company.signs_in("lin.wei", LIN_PASSWORD), "{moment}");
            continue;
        }
        site.wait_for_events(SETTLED, |events| {
            let last = events.iter().rfind(|e| e.starts_with("change_outcome"));
            match last.map(String::as_str) {
                Some("change_outcome changed") => arrives,
                // True as long as it may still land.
                Some("change_outcome unknown") => !arrives,
                None => false,
                Some(other) => panic!("{moment}: {other}"),
            }
        });
        site.assert_chain_holds();
        let landed = !company.signs_in("lin.wei", LIN_PASSWORD);
        assert_eq!(landed, arrives, "{moment}");
        if landed {
            company
                .slapd
                .set_password_as_root(&dn("lin.wei"), LIN_PASSWORD);
        }
    }
}

#[test]
fn a_directory_that_dies_in_the_change_is_never_called_failed() {
    let mut company = Company::start();
    let site = site(&company);
    let mut pty = before_a_temporary_password(&company, &site);
    company.gate.hold(SET);
    pty.send(ENTER);
    company.gate.wait();
    company.slapd.kill9();
    company.gate.let_go();
    pty.wait_for_text("Reference for IT");
    assert_eq!(site.results("change_outcome"), ["unknown"]);
    assert!(!pty.screen_text().contains(TEMPORARY_GIVEN));
    company.slapd.restart();
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    site.assert_chain_holds();
}

#[test]
fn a_code_that_did_not_go_out_is_told_to_the_operator_and_the_next_one_works() {
    const NOT_SENT: &str = "No code came to their WeCom";
    let company = Company::start();
    let site = site(&company);
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "Lin W", "Lin Wei");
    company.wecom.set_faults(|faults| faults.down = true);
    pty.send("c");
    pty.wait_for_text(NOT_SENT);
    pty.wait_for_text("WeCom does not answer");
    company.wecom.set_faults(|faults| faults.down = false);
    pty.send(ESC);
    pty.wait_for_text("Newest records");
    pty.send("c");
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains(ASK) && !text.contains(NOT_SENT)
    });
    types_the_code(&mut pty, &company);
    site.assert_chain_holds();
}

#[test]
fn an_employee_whom_wecom_does_not_reach_is_told_to_the_operator() {
    let company = Company::start();
    let site = site(&company);
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "Zhang", "Zhang Min");
    pty.send("c");
    pty.wait_for_text("WeCom does not reach this employee");
    assert!(
        site.results("code_sent")
            .contains(&"receiver_unreachable".to_owned())
    );
    site.assert_chain_holds();
}
