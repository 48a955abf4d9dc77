//! Codes: wrong, old, one too many, at two kiosks at once; and what a login name gives away.

use rustix::process::Signal;

use crate::company::Company;
use crate::visit::{CHOOSE, DONE, ENTER, F4, GOOD, SENT, Visit, at_code, at_menu, wrong};

#[test]
fn the_fifth_wrong_code_is_the_last_also_for_the_next_visit() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_code(&site, "lin.wei");
    let code = company.next_code("LinWei");
    for left in ["4 more times", "3 more times", "2 more times", "once more"] {
        pty.send(wrong(&code));
        pty.wait_for_text("That is not the code");
        pty.wait_for_text(left);
    }
    pty.send(wrong(&code));
    pty.wait_for_text("No try is left for this one.");
    // The sixth, although it is right, opens nothing.
    pty.send(&code);
    pty.wait_for_visit(2);
    pty.say_who("lin.wei");
    pty.send(company.next_code("LinWei"));
    pty.wait_for_text("Too many codes were wrong");
    pty.wait_for_text("the next one is judged");
    assert!(!site.results("code_judged").contains(&"right".to_owned()));
    site.assert_chain_holds();
}

#[test]
fn an_enter_is_never_a_try_and_spaces_do_no_harm() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_code(&site, "lin.wei");
    let code = company.next_code("LinWei");
    pty.send("\r\r\r");
    pty.send(&code[..5]);
    pty.send(ENTER);
    pty.send(format!(
        "\x7f\x7f\x1b[200~ {} {}\x1b[201~",
        &code[3..4],
        &code[4..]
    ));
    pty.wait_for_text(CHOOSE);
    assert_eq!(site.results("code_judged"), ["right"]);
}

#[test]
fn a_new_code_replaces_the_old_one() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_code(&site, "lin.wei");
    let old = company.next_code("LinWei");
    // Not before a minute has passed; then at once.
    for seconds in ["50 s", "40 s", "30 s", "20 s", "10 s", "5 s"] {
        pty.wait_for_text(&format!("can be sent in {seconds}"));
    }
    pty.wait_for_text("F4 sends another code");
    pty.send(F4);
    let new = company.next_code("LinWei");
    assert_ne!(old, new);
    pty.wait_for_text("can be sent in");
    pty.send(&old);
    pty.wait_for_text("That is not the code");
    pty.send(&new);
    pty.wait_for_text(CHOOSE);
}

#[test]
fn at_two_kiosks_at_once_exactly_one_change_is_made() {
    let company = Company::start();
    let site = company.site();
    let mut one = at_menu(site.kiosk_named("lobby-1"));
    let mut two = at_menu(site.kiosk_named("lobby-2"));
    one.say_who("lin.wei");
    let first = company.next_code("LinWei");
    two.say_who("lin.wei");
    let second = company.next_code("LinWei");
    // The same code at both: it is of one reset.
    two.send(&first);
    one.send(&first);
    one.wait_for_text(CHOOSE);
    two.wait_for_text("That is not the code");
    two.send(&second);
    two.wait_for_text(CHOOSE);
    // Two proofs; whoever comes second is told.
    let other = format!("{GOOD}-Other");
    one.type_password(GOOD);
    two.type_password(&other);
    let over = |text: &str| text.contains(DONE) || text.contains("Reference for IT");
    one.wait_for(|screen| over(&screen.contents()));
    two.wait_for(|screen| over(&screen.contents()));
    let outcomes = site.results("change_outcome");
    assert_eq!(outcomes, ["changed"], "{:#?}", site.events());
    let done = [&one, &two].map(|pty| pty.screen_text().contains(DONE));
    assert_ne!(done[0], done[1], "one is done, the other is not");
    assert_eq!(company.signs_in("lin.wei", GOOD), done[0]);
    assert_eq!(company.signs_in("lin.wei", &other), done[1]);
    site.assert_chain_holds();
}

#[test]
fn until_proof_every_login_name_sees_the_same() {
    let company = Company::start();
    let mut seen = Vec::new();
    for login in [
        "lin.wei",
        "nobody.here",
        "admin.boss",
        "budi.off",
        "nomap",
        "twin.a",
        "double",
        "zhang.min",
        "*",
        "lin.wei)(uid=*",
    ] {
        let site = company.site();
        let mut pty = at_code(&site, login);
        let mut screens = Vec::new();
        pty.wait_for_text("Another code can be sent in 5");
        screens.push(pty.still());
        let code = match login {
            "lin.wei" => wrong(&company.next_code("LinWei")),
            _ => "000000".to_owned(),
        };
        for left in ["4 more times", "3 more times", "2 more times", "once more"] {
            pty.send(&code);
            pty.wait_for_text(left);
            screens.push(pty.still());
        }
        pty.send(&code);
        pty.wait_for_text("No try is left");
        screens.push(without_reference(&pty.still()));
        pty.kill(Signal::TERM);
        assert!(pty.wait_exit().success());
        site.assert_chain_holds();
        seen.push((login, screens));
    }
    let (_, real) = &seen[0];
    for (login, screens) in &seen {
        for (theirs, real) in screens.iter().zip(real) {
            assert_eq!(theirs, real, "{login}");
        }
    }
    // What concerns one account goes to that employee's phone.
    let told = |userid: &str| !company.wecom.inbox(userid).is_empty();
    assert!(told("AdminBoss") && told("BudiOff"));
    assert!(!told("ZhangMin") && !told("TwinId") && !told("DoubleOne"));
    for userid in ["AdminBoss", "BudiOff"] {
        let text = company.next_message(userid);
        assert_eq!(crate::company::six_digits(&text), None, "{text}");
    }
}

/// Each reset has its own.
fn without_reference(screen: &str) -> String {
    let lines = screen.lines();
    lines
        .filter(|line| !line.contains("Reference for IT"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_code_screen_that_was_left_leads_nowhere() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_code(&site, "lin.wei");
    let code = company.next_code("LinWei");
    pty.send("\x1b");
    pty.wait_for(|screen| !screen.contents().contains(SENT));
    pty.send("\x15");
    pty.kill(Signal::TERM);
    pty.wait_exit();
    let mut pty = at_code(&site, "lin.wei");
    pty.send(code);
    pty.wait_for_text("That is not the code");
}
