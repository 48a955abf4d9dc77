//! IT support's desk: the built program, an operator at its keys, and the employee's phone.

use crate::company::{Company, six_digits};
use crate::operator::{
    APPROVER, ASK, AUDITOR, CHOOSE, HELPER, LINK_GIVEN, TEMPORARY_GIVEN, UNLOCKED, WHO,
    before_a_temporary_password, desk, message, of_helper, open, signed_in, site, ticket,
};
use crate::support::slapd::{LIN_PASSWORD, dn};
use crate::visit::{ENTER, ESC, Visit};

#[test]
fn lin_wei_reads_a_code_and_gets_a_link_that_the_helper_never_sees() {
    let company = Company::start();
    let site = site(&company);
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "lin", "Lin Wei");
    pty.send("c");
    pty.wait_for_text(ASK);
    let text = message(&company, "LinWei", "siti.rahma");
    assert!(text.contains(&ticket(&pty)), "{text}");
    assert!(text.contains("设置新密码的验证码"), "{text}");
    assert!(text.contains("自助终端上无效"), "{text}");
    pty.send(six_digits(&text).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.send(ENTER);
    pty.wait_for_text(LINK_GIVEN);
    let text = message(&company, "LinWei", "/l/");
    let token = text
        .lines()
        .find_map(|line| line.split_once("/l/"))
        .unwrap()
        .1;
    assert_eq!(token.len(), 26);
    // Nothing was changed: only the form sets a password.
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
    assert!(!raw.contains(token));
    let told = [
        "signed_in helper",
        "reset_started helped",
        "code_issued issued",
        "code_judged right",
        "link_offered form",
        "handed_over link",
    ];
    assert_eq!(of_helper(&site), told);
    site.assert_chain_holds();
}

#[test]
fn lin_wei_gets_a_temporary_password_that_nobody_at_the_desk_sees() {
    let company = Company::start();
    let site = site(&company);
    let mut pty = before_a_temporary_password(&company, &site);
    pty.send(ENTER);
    pty.wait_for_text(TEMPORARY_GIVEN);
    let text = message(&company, "LinWei", "临时密码");
    let password = text.lines().nth(1).unwrap();
    assert_eq!(password.len(), 19, "{text}");
    assert!(company.signs_in("lin.wei", password));
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD));
    let entry = company.slapd.entry(&dn("lin.wei"), &["pwdReset"]);
    assert_eq!(
        entry["pwdreset"],
        ["TRUE"],
        "must change at the next sign-in"
    );
    let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
    let log = std::fs::read_to_string(site.log()).unwrap();
    let records = format!("{:?}", site.records());
    for place in [raw, log, records] {
        assert!(!place.contains(password));
    }
    // The helper signs out: the next operator begins with their own name.
    pty.send(ENTER);
    pty.wait_for_text("Newest records");
    pty.send(ESC);
    pty.wait_for_text("1 of 1");
    pty.send(ESC);
    pty.wait_for_text("Esc again signs you out");
    pty.send(ESC);
    pty.wait_for_raw(crate::visit::BEGINS, 2);
    pty.wait_for_text(WHO);
    assert!(!pty.still().contains("lin.wei"));
}

#[test]
fn a_kiosks_code_is_worth_nothing_at_the_desk_nor_the_desks_at_a_kiosk() {
    let company = Company::start();
    let site = site(&company);
    let mut kiosk = crate::visit::at_code(&site, "lin.wei");
    let of_kiosk = company.next_code("LinWei");
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "lin", "Lin Wei");
    pty.send("c");
    pty.wait_for_text(ASK);
    let of_desk = six_digits(&message(&company, "LinWei", "siti.rahma")).unwrap();
    pty.send(&of_kiosk);
    pty.wait_for_text("That is not the code");
    kiosk.send(&of_desk);
    kiosk.wait_for_text("That is not the code");
    let wrong = site.results("code_judged");
    assert_eq!(wrong.iter().filter(|result| *result == "wrong").count(), 2);
    pty.send(&of_desk);
    pty.wait_for_text(CHOOSE);
    kiosk.send(&of_kiosk);
    kiosk.wait_for_text(crate::visit::CHOOSE);
}

#[test]
fn whoever_is_no_operator_sees_the_same_screens_and_gets_no_code() {
    let company = Company::start();
    let site = site(&company);
    let mut pty = desk(&site).start();
    pty.wait_for_text(WHO);
    pty.send("lin.wei");
    pty.send(ENTER);
    pty.wait_for_text("We sent a code to your WeCom");
    pty.send("123456");
    pty.wait_for_text("That is not the code");
    assert_eq!(site.results("code_issued"), ["decoy"]);
    assert!(site.results("code_sent").is_empty());
}

#[test]
fn a_protected_account_needs_a_second_person() {
    let company = Company::start();
    let site = site(&company);
    let mut helper = signed_in(&company, &site, HELPER);
    open(&mut helper, "admin", "Admin Boss");
    helper.wait_for_text("in a protected group");
    helper.send("c");
    helper.wait_for_text("A second operator has to agree");
    let asked = ticket(&helper);
    let mut approver = signed_in(&company, &site, APPROVER);
    open(&mut approver, "admin", "Admin Boss");
    approver.send("a");
    approver.wait_for_text(&asked);
    approver.send(ENTER);
    approver.wait_for_text("Nothing is waiting");
    helper.wait_for_text(ASK);
    helper.send(six_digits(&message(&company, "AdminBoss", "siti.rahma")).unwrap());
    helper.wait_for_text("A temporary password");
    assert!(!helper.screen_text().contains("A link"));
    helper.send(ENTER);
    helper.wait_for_text(TEMPORARY_GIVEN);
    let text = message(&company, "AdminBoss", "temporary password");
    assert!(company.signs_in("admin.boss", text.lines().nth(1).unwrap()));
    assert_eq!(site.results("approval"), ["asked", "approved"]);
}

#[test]
fn an_auditor_sees_and_changes_nothing() {
    let company = Company::start();
    let site = site(&company);
    let mut pty = signed_in(&company, &site, AUDITOR);
    open(&mut pty, "lin", "Lin Wei");
    for key in ["c", "u", "f"] {
        pty.send(key);
    }
    pty.send("a");
    pty.wait_for_text("Nothing is waiting");
    let of_account = site
        .records()
        .into_iter()
        .filter(|record| record["account"] != "");
    assert_eq!(
        of_account
            .filter(|r| r["kiosk"] != "admin.boss" && r["kiosk"] != "")
            .count(),
        0
    );
    assert!(site.results("freeze").is_empty());
}

/// Lin Wei is locked by wrong passwords, remembers hers, and calls.
#[test]
fn lin_wei_reads_a_code_and_her_account_is_unlocked_with_the_password_she_has() {
    let company = Company::start();
    let site = site(&company);
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "lin", "Lin Wei");
    pty.send("u");
    pty.wait_for_text("there is nothing to unlock");
    for _ in 0..6 {
        assert!(!company.signs_in("lin.wei", "Not-Hers-1"));
    }
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD), "locked");
    pty.send(ESC);
    pty.wait_for_text("1 of 1");
    pty.send(ENTER);
    pty.wait_for_text("locked by wrong passwords");
    pty.wait_for_text("u unlock");
    pty.send("u");
    pty.wait_for_text(ASK);
    pty.wait_for_text("It only unlocks the account");
    let text = message(&company, "LinWei", "siti.rahma");
    assert!(text.contains(&ticket(&pty)), "{text}");
    assert!(text.contains("解锁账号的验证码"), "{text}");
    pty.send("000000");
    pty.wait_for_text("That is not the code");
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD), "still locked");
    pty.send(six_digits(&text).unwrap());
    pty.wait_for_text(UNLOCKED);
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    message(&company, "LinWei", "siti.rahma 已解锁您的账号");
    pty.send(ENTER);
    pty.wait_for_text("in order");
    pty.wait_for_text("Unlocking: done");
    assert!(!pty.screen_text().contains("code_judged"));
    let told = [
        "signed_in helper",
        "operator_refused not_locked",
        "reset_started helped_unlock",
        "code_issued issued",
        "code_judged wrong",
        "code_judged right",
        "unlock_intent asked",
        "unlock_outcome changed",
        "notice_sent sent",
    ];
    assert_eq!(of_helper(&site), told);
    site.assert_chain_holds();
}

/// A code for a new password in hand, a code for unlocking asked for: the first one is dead.
#[test]
fn a_code_for_a_password_unlocks_nothing() {
    let company = Company::start();
    let site = site(&company);
    for _ in 0..6 {
        assert!(!company.signs_in("lin.wei", "Not-Hers-1"));
    }
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "lin", "Lin Wei");
    pty.send("c");
    pty.wait_for_text(ASK);
    let for_password = six_digits(&message(&company, "LinWei", "siti.rahma")).unwrap();
    pty.send(ESC);
    pty.wait_for_text("Newest records");
    pty.send("u");
    pty.wait_for_text("It only unlocks the account");
    let to_unlock = six_digits(&message(&company, "LinWei", "解锁账号的验证码")).unwrap();
    pty.send(&for_password);
    pty.wait_for_text("That is not the code");
    assert!(site.results("unlock_intent").is_empty());
    pty.send(&to_unlock);
    pty.wait_for_text(UNLOCKED);
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
}
