//! IT support's desk on Active Directory, which Samba stands in for.

use crate::active_directory::company;
use crate::company::six_digits;
use crate::operator::{
    ASK, CHOOSE, HELPER, TEMPORARY_GIVEN, UNLOCKED, add_desk, message, of_helper, open, signed_in,
    ticket,
};
use crate::support::samba::{START_PASSWORD, Samba, dn};
use crate::visit::ENTER;

/// Why the directory lets nobody in with this password; empty when it does.
fn why_not(samba: &Samba, login: &str, password: &str) -> String {
    String::from_utf8_lossy(&samba.bind(&dn(login), password).stderr).into_owned()
}

#[test]
fn zhang_min_gets_a_temporary_password_and_must_change_it_at_the_next_sign_in() {
    let (company, samba, site) = company(&["SitiRahma", "ZhangMin"]);
    add_desk(&site);
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "Zhang", "Zhang Min");
    pty.wait_for_text("expired on");
    pty.send("c");
    pty.wait_for_text(ASK);
    let text = message(&company, "ZhangMin", "siti.rahma");
    assert!(text.contains(&ticket(&pty)) && text.contains("for a new password"));
    pty.send(six_digits(&text).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.send("\x1b[B");
    pty.send(ENTER);
    pty.wait_for_text(TEMPORARY_GIVEN);
    let text = message(&company, "ZhangMin", "temporary password");
    let password = text.lines().nth(1).unwrap();
    let must_change = why_not(&samba, "zhang.min", password);
    assert!(must_change.contains("data 773"), "{must_change}");
    let old = why_not(&samba, "zhang.min", START_PASSWORD);
    assert!(old.contains("data 52e"), "{old}");
    let entry = samba.entry(&dn("zhang.min"), &["pwdLastSet"]);
    assert_eq!(entry["pwdlastset"], ["0"]);
    pty.send(ENTER);
    pty.wait_for_text("must be changed at the next sign-in");
    let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
    assert!(!raw.contains(password));
    site.assert_chain_holds();
}

#[test]
fn siti_rahma_who_is_locked_out_reads_a_code_and_signs_in_with_the_password_she_has() {
    let (company, samba, site) = company(&["SitiRahma", "SunStrict"]);
    add_desk(&site);
    let locked = why_not(&samba, "siti.rahma", START_PASSWORD);
    assert!(locked.contains("data 775"), "{locked}");
    let mut pty = signed_in(&company, &site, crate::operator::APPROVER);
    open(&mut pty, "Siti", "Siti Rahma");
    pty.wait_for_text("locked by wrong passwords");
    pty.send("u");
    pty.wait_for_text("It only unlocks the account");
    let text = message(&company, "SitiRahma", "sun.strict");
    assert!(text.contains("to unlock your account"), "{text}");
    pty.send(six_digits(&text).unwrap());
    pty.wait_for_text(UNLOCKED);
    assert_eq!(why_not(&samba, "siti.rahma", START_PASSWORD), "");
    message(
        &company,
        "SitiRahma",
        "sun.strict of IT support has unlocked",
    );
    assert_eq!(site.results("unlock_outcome"), ["changed"]);
    assert!(of_helper(&site).is_empty());
    site.assert_chain_holds();
}
