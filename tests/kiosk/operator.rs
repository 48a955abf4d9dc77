//! What an operator does at IT support's desk, key by key.

use std::path::Path;

use crate::company::{Company, Site, six_digits, text};
use crate::pty::{Pty, Setup};
use crate::visit::ENTER;

/// The helper is siti.rahma, the approver sun.strict, the auditor admin.boss (who is protected: that is
/// about resets of that account, not about signing in).
const OPERATORS: &str = "\
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKx//sBwaxWHM1IPJ3ojVb1ow4eqsadDWeYn2s+3tGIH siti.rahma helper
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBdtZuFlrzRZnWiT71Jr04EgaB42AbZYZhRLNRFGh40M sun.strict approver
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN2X2JQWGyktzIiLadiUI2s1ZpnuUGrKdnViwjLuqAHk admin.boss auditor
";

pub(crate) const HELPER: (&str, &str) = ("siti.rahma", "SitiRahma");
pub(crate) const APPROVER: (&str, &str) = ("sun.strict", "SunStrict");
pub(crate) const AUDITOR: (&str, &str) = ("admin.boss", "AdminBoss");

pub(crate) const WHO: &str = "Sign in at IT support's desk";
pub(crate) const LIST: &str = "Type a part of the name";
pub(crate) const ASK: &str = "Ask the employee for the code";
pub(crate) const CHOOSE: &str = "What shall they get?";
pub(crate) const LINK_GIVEN: &str = "The link is in their WeCom";
pub(crate) const TEMPORARY_GIVEN: &str = "The temporary password is in their WeCom";
pub(crate) const UNLOCKED: &str = "The account is unlocked";

/// The site has a desk from now on.
pub(crate) fn add_desk(site: &Site) {
    let config = std::fs::read_to_string(site.config()).unwrap();
    let desk = "[desk]\noperators_file = \"operators\"\n\n[kiosk]";
    site.write("rekey.toml", &config.replace("[kiosk]", desk));
    site.write("operators", OPERATORS);
}

/// A site of `company` with a desk.
pub(crate) fn site(company: &Company) -> Site {
    let site = company.site();
    add_desk(&site);
    site
}

/// The desk, as an operator starts it.
pub(crate) fn desk(site: &Site) -> Setup {
    Setup::new("/bin/sh")
        .args(["-c", r#"exec "$0" desk --config "$1" 2>>"$2""#])
        .args([
            Path::new(crate::company::REKEY),
            &site.config(),
            &site.log(),
        ])
        .env("TMPDIR", site.path())
}

/// An operator who has signed in.
pub(crate) fn signed_in(company: &Company, site: &Site, (login, userid): (&str, &str)) -> Pty {
    let mut pty = desk(site).start();
    pty.wait_for_text(WHO);
    pty.send(login);
    pty.send(ENTER);
    pty.wait_for_text("We sent a code to your WeCom");
    pty.send(company.next_code(userid));
    pty.wait_for_text(LIST);
    pty
}

/// Looks for somebody and opens the only one there is.
pub(crate) fn open(pty: &mut Pty, search: &str, name: &str) {
    pty.send(search);
    pty.send(ENTER);
    pty.wait_for_text("1 of 1");
    pty.send(ENTER);
    pty.wait_for_text(name);
    pty.wait_for_text("Resets");
}

/// lin.wei reads the code of the call on the screen, and it is right.
pub(crate) fn types_the_code(pty: &mut Pty, company: &Company) {
    let text = message(company, "LinWei", &ticket(pty));
    pty.send(six_digits(&text).unwrap());
    pty.wait_for_text(CHOOSE);
}

/// The same from the start, to where Enter gives lin.wei a temporary password.
pub(crate) fn before_a_temporary_password(company: &Company, site: &Site) -> Pty {
    let mut pty = signed_in(company, site, HELPER);
    open(&mut pty, "Lin W", "Lin Wei");
    pty.send("c");
    pty.wait_for_text(ASK);
    types_the_code(&mut pty, company);
    pty.send("\x1b[B");
    pty
}

/// The next message whose text holds `words`.
pub(crate) fn message(company: &Company, userid: &str, words: &str) -> String {
    loop {
        let text = company.next_message(userid);
        if text.contains(words) {
            return text;
        }
    }
}

/// The ticket on the screen.
pub(crate) fn ticket(pty: &Pty) -> String {
    let text = pty.screen_text();
    let (_, after) = text.split_once("ticket ").expect("a ticket");
    after.chars().take(4).collect()
}

/// The helper's records: `event result`, in order. That a code was sent is left out: WeCom's answer
/// may come later than its message.
pub(crate) fn of_helper(site: &Site) -> Vec<String> {
    let records = site.records();
    let helpers = records
        .iter()
        .filter(|record| record["front"] == "desk" && record["kiosk"] == HELPER.0)
        .filter(|record| record["event"] != "code_sent");
    helpers
        .map(|record| format!("{} {}", text(record, "event"), text(record, "result")))
        .collect()
}
