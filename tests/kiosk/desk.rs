//! IT support's desk: the built program, an operator at its keys, and the employee's phone.

use crate::company::{Company, Site, six_digits};
use crate::pty::{Pty, Setup};
use crate::support::slapd::{LIN_PASSWORD, dn};
use crate::visit::{ENTER, ESC, Visit};

/// The helper is siti.rahma, the approver sun.strict, the auditor admin.boss (who is protected: that is
/// about resets of that account, not about signing in).
const OPERATORS: &str = "\
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKx//sBwaxWHM1IPJ3ojVb1ow4eqsadDWeYn2s+3tGIH siti.rahma helper
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBdtZuFlrzRZnWiT71Jr04EgaB42AbZYZhRLNRFGh40M sun.strict approver
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN2X2JQWGyktzIiLadiUI2s1ZpnuUGrKdnViwjLuqAHk admin.boss auditor
";

const HELPER: (&str, &str) = ("siti.rahma", "SitiRahma");
const APPROVER: (&str, &str) = ("sun.strict", "SunStrict");
const AUDITOR: (&str, &str) = ("admin.boss", "AdminBoss");

const WHO: &str = "Sign in at IT support's desk";
const LIST: &str = "Type a part of the name";
const ASK: &str = "Ask the employee for the code";
const CHOOSE: &str = "What shall they get?";

fn site(company: &Company) -> Site {
    let site = company.site_with(|config| {
        config.replace(
            "[kiosk]",
            "[desk]\noperators_file = \"operators\"\n\n[kiosk]",
        )
    });
    site.write("operators", OPERATORS);
    site
}

fn desk(site: &Site) -> Setup {
    Setup::new("/bin/sh")
        .args(["-c", r#"exec "$0" desk --config "$1" 2>>"$2""#])
        .args([
            std::path::Path::new(crate::company::REKEY),
            &site.config(),
            &site.log(),
        ])
        .env("TMPDIR", site.path())
}

/// An operator who has signed in.
fn signed_in(company: &Company, site: &Site, (login, userid): (&str, &str)) -> Pty {
    let mut pty = desk(site).start();
    pty.wait_for_text(WHO);
    pty.send(login);
    pty.send(ENTER);
    pty.wait_for_text("We sent a code to your WeCom");
    pty.send(company.next_code(userid));
    pty.wait_for_text(LIST);
    pty
}

fn open(pty: &mut Pty, search: &str, name: &str) {
    pty.send(search);
    pty.send(ENTER);
    pty.wait_for_text("1 of 1");
    pty.send(ENTER);
    pty.wait_for_text(name);
    pty.wait_for_text("Resets");
}

/// The next message whose text holds `words`.
fn message(company: &Company, userid: &str, words: &str) -> String {
    loop {
        let text = company.next_message(userid);
        if text.contains(words) {
            return text;
        }
    }
}

/// The ticket on the screen.
fn ticket(pty: &Pty) -> String {
    let text = pty.screen_text();
    let (_, after) = text.split_once("ticket ").expect("a ticket");
    after.chars().take(4).collect()
}

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
    assert!(text.contains("自助终端上无效"), "{text}");
    pty.send(six_digits(&text).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.send(ENTER);
    pty.wait_for_text("The link is in their WeCom");
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
    let records = site.records();
    let of_operator = records
        .iter()
        .filter(|record| record["front"] == "desk" && record["kiosk"] == "siti.rahma");
    let events: Vec<_> = of_operator
        .map(|record| format!("{} {}", record["event"], record["result"]).replace('"', ""))
        .collect();
    let told = [
        "signed_in helper",
        "reset_started helped",
        "code_issued issued",
        "code_sent sent",
        "code_judged right",
        "handed_over link",
    ];
    assert_eq!(events, told);
    site.assert_chain_holds();
}

#[test]
fn lin_wei_gets_a_temporary_password_that_nobody_at_the_desk_sees() {
    let company = Company::start();
    let site = site(&company);
    let mut pty = signed_in(&company, &site, HELPER);
    open(&mut pty, "Lin W", "Lin Wei");
    pty.send("c");
    pty.wait_for_text(ASK);
    pty.send(six_digits(&message(&company, "LinWei", "siti.rahma")).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.send("\x1b[B");
    pty.send(ENTER);
    pty.wait_for_text("The temporary password is in their WeCom");
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
    helper.wait_for_text("The temporary password is in their WeCom");
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
