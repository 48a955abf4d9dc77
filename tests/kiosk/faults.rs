//! What goes wrong around the kiosk, the sentence on the screen, and the way on.

use std::time::Duration;

use crate::company::{Company, now};
use crate::pty::Pty;
use crate::support::slapd::LIN_PASSWORD;
use crate::visit::{
    CHOOSE, DONE, ENTER, F5, GOOD, SENT, SET, SET_LIN, UNKNOWN, Visit, WHO, at_menu, at_password,
};

const DIRECTORY_DOWN: &str = "The company directory does not answer";
const WECOM_DOWN: &str = "WeCom does not answer";
/// A frozen server is noticed within 3 s, at the next tick of 0.4 s; and this machine is busy.
const NOTICED: Duration = Duration::from_millis(5_000);
/// The first look after an unknown outcome comes after 10 s, in rounds of 5 s.
const TRUTH: Duration = Duration::from_secs(40);

/// Tries the login again until the code screen comes.
#[track_caller]
fn comes_back(pty: &mut Pty, sentence: &str) {
    let deadline = now() + Duration::from_secs(30);
    while !pty.screen_text().contains(SENT) {
        assert!(now() < deadline, "{}", pty.screen_text());
        let before = pty.raw_output().len();
        pty.send(ENTER);
        pty.wait_for_more(before);
        pty.wait_for(|screen| {
            let text = screen.contents();
            text.contains(SENT) || (text.contains(WHO) && text.contains(sentence))
        });
    }
}

#[test]
fn a_directory_that_is_down_at_the_start_is_said_to_everybody() {
    let mut company = Company::start();
    company.slapd.stop();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    pty.choose_it_support();
    pty.send("lin.wei\r");
    pty.wait_for_text(DIRECTORY_DOWN);
    pty.wait_for_text("Call IT on 8000.");
    company.slapd.restart();
    comes_back(&mut pty, DIRECTORY_DOWN);
    pty.send(company.next_code("LinWei"));
    pty.wait_for_text(CHOOSE);
}

#[test]
fn a_frozen_directory_is_noticed_in_time() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    pty.choose_it_support();
    company.slapd.pause();
    let begin = now();
    pty.send("lin.wei\r");
    pty.wait_for_text(DIRECTORY_DOWN);
    assert!(begin.elapsed() < NOTICED, "{:?}", begin.elapsed());
    company.slapd.resume();
    comes_back(&mut pty, DIRECTORY_DOWN);
}

#[test]
fn a_directory_that_freezes_in_the_change_leaves_it_unknown_until_the_truth_is_found() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_password(&company, &site, "siti.rahma", "SitiRahma");
    company.gate.hold(SET);
    pty.type_password(GOOD);
    company.gate.wait();
    company.slapd.pause();
    company.gate.let_go();
    pty.wait_for_text(UNKNOWN);
    pty.wait_for_text("Reference for IT");
    assert_eq!(site.results("change_outcome"), ["unknown"]);
    company.slapd.resume();
    site.wait_for_events(TRUTH, |events| {
        events.contains(&"change_outcome changed".to_owned())
    });
    assert!(company.signs_in("siti.rahma", GOOD));
    let told = std::iter::repeat_with(|| company.next_message("SitiRahma"))
        .take(3)
        .any(|text| text.contains("the change of your password at lobby-1 went through"));
    assert!(told);
    site.assert_chain_holds();
}

#[test]
fn a_lost_answer_is_found_out_at_once() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    company.gate.lose_answer(SET_LIN);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
    assert_eq!(site.results("change_outcome"), ["changed"]);
}

#[test]
fn a_directory_that_dies_in_the_change_is_never_called_failed() {
    let mut company = Company::start();
    let site = company.site();
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    company.gate.hold(SET_LIN);
    pty.type_password(GOOD);
    company.gate.wait();
    company.slapd.kill9();
    company.gate.let_go();
    pty.wait_for_text(UNKNOWN);
    assert_eq!(site.results("change_outcome"), ["unknown"]);
    company.slapd.restart();
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    // Back to the menu, and everything can be tried again.
    pty.send(ENTER);
    pty.wait_for_visit(2);
    pty.choose_it_support();
    pty.send("lin.wei");
    comes_back(&mut pty, DIRECTORY_DOWN);
    pty.send(company.next_code("LinWei"));
    pty.wait_for_text(CHOOSE);
    site.assert_chain_holds();
}

#[test]
fn wecom_down_is_said_to_everybody_and_ends() {
    let company = Company::start();
    let site = company.site();
    company.wecom.set_faults(|faults| faults.down = true);
    let mut pty = at_menu(site.kiosk());
    pty.choose_it_support();
    pty.send("nobody.here\r");
    pty.wait_for_text(WECOM_DOWN);
    pty.wait_for_text("No code can be sent to anybody at the moment.");
    company.wecom.set_faults(|faults| faults.down = false);
    comes_back(&mut pty, WECOM_DOWN);
}

#[test]
fn an_outage_is_on_the_menu_within_half_a_minute_and_goes_again() {
    const HALF_A_MINUTE: Duration = Duration::from_secs(30);
    const EVERY_WAY: &str = "and every way needs it";
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    for (begins, ends, who) in [
        (
            wecom_down as fn(&Company),
            wecom_up as fn(&Company),
            "waits for WeCom",
        ),
        (
            |c| c.slapd.pause(),
            |c| c.slapd.resume(),
            "waits for the directory",
        ),
    ] {
        let began = now();
        begins(&company);
        pty.wait_within(HALF_A_MINUTE, |screen| screen.contents().contains(who));
        assert!(pty.screen_text().contains(EVERY_WAY));
        assert!(began.elapsed() < HALF_A_MINUTE, "{:?}", began.elapsed());
        ends(&company);
        pty.wait_within(HALF_A_MINUTE, |screen| {
            screen.contents().contains("Choose a way.")
        });
    }
}

fn wecom_down(company: &Company) {
    company.wecom.set_faults(|faults| faults.down = true);
}

fn wecom_up(company: &Company) {
    company.wecom.set_faults(|faults| faults.down = false);
}

#[test]
fn a_busy_wecom_is_asked_again() {
    let company = Company::start();
    let site = company.site();
    company.wecom.set_faults(|faults| faults.busy = 2);
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    pty.send(GOOD);
    assert_eq!(site.results("code_sent"), ["sent"]);
}

#[test]
fn a_wecom_that_drops_messages_leads_to_what_can_be_done() {
    let company = Company::start();
    let site = company.site();
    company
        .wecom
        .set_faults(|faults| faults.drop_silently = true);
    let mut pty = at_menu(site.kiosk());
    pty.say_who("lin.wei");
    pty.send(F5);
    pty.wait_for_text("Nothing came?");
    pty.wait_for_text("Your phone has no network.");
    pty.wait_for_text("The account may not be reset here.");
    assert!(company.wecom.inbox("LinWei").is_empty());
}

#[test]
fn a_member_whom_the_app_does_not_reach_sees_the_same_screen() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    pty.say_who("zhang.min");
    site.wait_for_events(Duration::from_secs(10), |events| {
        events.contains(&"code_sent receiver_unreachable".to_owned())
    });
    assert!(pty.screen_text().contains(SENT));
}

#[test]
fn a_password_of_before_is_refused_by_the_directory_and_the_next_one_taken() {
    let company = Company::start();
    let before = format!("{GOOD}-Before");
    company
        .slapd
        .change_as_self("lin.wei", LIN_PASSWORD, &before);
    company
        .slapd
        .change_as_self("lin.wei", &before, "In-Between-Passw0rd-9");
    let site = company.site();
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    pty.type_password(&before);
    pty.wait_for_text("Not changed: you used");
    pty.wait_for_text("The directory remembers your last 5.");
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert_eq!(site.results("change_outcome"), ["refused", "changed"]);
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn the_policy_is_told_while_typing() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    pty.send("short");
    pty.wait_for_text("no    12 characters or more (5)");
    pty.send("-contoso-lin.wei");
    pty.wait_for_text("OK    12 characters or more (21)");
    pty.wait_for_text("no    no word of the company's");
    pty.send("\r");
    pty.send("something else\r");
    pty.wait_for_text("The two are not the same.");
    assert!(site.results("change_intent").is_empty());
}
