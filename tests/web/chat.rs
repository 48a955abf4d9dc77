//! The chat, whole: what employees write in WeCom reaches the built server and a real slapd, and
//! its links and codes are used on a phone and at a kiosk.

use crate::company::Company;
use crate::pairing::kiosk;
use crate::phone::Phone;
use crate::pty::Pty;
use crate::server::Server;
use crate::support::slapd::{DEFAULT_POLICY, LIN_PASSWORD, dn};
use crate::visit::{CHOOSE, DONE, Visit as _};

const GOOD: &str = "Quartz-Lantern-27-Meadow";
const FIELD: &str = "Your phone shows 6 digits";

impl Company {
    /// Sends something in the chat and reads the answer.
    #[track_caller]
    pub(crate) fn asks(&self, userid: &str, text: &str) -> String {
        self.says(userid, text);
        self.next_message(userid)
    }
}

/// The link in a message.
#[track_caller]
pub(crate) fn link_in(message: &str, server: &Server) -> String {
    let begins = server.url("/l/");
    let link = message.lines().find(|line| line.starts_with(&begins));
    link.unwrap_or_else(|| panic!("no link in {message}"))
        .to_owned()
}

/// What a kiosk shows for those who cannot scan.
fn short_code(kiosk: &Pty) -> String {
    let text = kiosk.screen_text();
    let (_, after) = text.split_once("Way 2, send ").unwrap();
    after.chars().take(8).collect()
}

#[test]
fn a_password_in_the_chat_works_for_one_sign_in() {
    let company = Company::start();
    let server = Server::start_with_chat(&company, "temporary", |config| config);
    let answer = company.asks("SitiRahma", &format!("＃ResetPassword＃{GOOD}"));
    // The notice of the change may come first.
    let answer = match answer.contains("works for one sign-in") {
        true => answer,
        false => company.next_message("SitiRahma"),
    };
    assert!(answer.contains("works for one sign-in"), "{answer}");
    assert!(answer.contains("stays in the chat history"), "{answer}");
    assert!(!answer.contains(GOOD));
    assert!(company.signs_in("siti.rahma", GOOD));
    let entry = company.slapd.entry(&dn("siti.rahma"), &["pwdReset"]);
    assert_eq!(entry["pwdreset"], ["TRUE"]);
    // Who must change and may nothing else yet.
    assert!(!company.slapd.may_read_itself(&dn("siti.rahma"), GOOD));
    let refused = company.asks("SitiRahma", "#resetpassword#siti1990");
    assert!(refused.contains("12 characters or more"), "{refused}");
    assert!(!server.log().contains(GOOD) && !server.log().contains("siti1990"));
    server.site.assert_chain_holds();
}

#[test]
fn a_password_in_the_chat_lasts_where_the_site_allows_it() {
    /// Everything behind the second `#` belongs to it.
    const WITH_MARKS: &str = "Quartz#Lantern＃27 #Meadow";
    let company = Company::start();
    let server = Server::start_with_chat(&company, "allow", |config| config);
    company.says("SitiRahma", &format!("#resetpassword#{WITH_MARKS}"));
    // The notice of the change and the answer come in either order.
    let said = [(); 2]
        .map(|()| company.next_message("SitiRahma"))
        .join("\n");
    assert!(said.contains("Your new password is set"), "{said}");
    assert!(said.contains("stays in the chat history"), "{said}");
    assert!(
        !said.contains(WITH_MARKS) && !said.contains("one sign-in"),
        "{said}"
    );
    assert!(company.signs_in("siti.rahma", WITH_MARKS));
    let entry = company.slapd.entry(&dn("siti.rahma"), &["pwdReset"]);
    assert!(!entry.contains_key("pwdreset"));
    assert!(company.slapd.may_read_itself(&dn("siti.rahma"), WITH_MARKS));
    assert_eq!(server.site.results("change_outcome"), ["changed"]);
    assert!(!server.log().contains(WITH_MARKS));
    server.site.assert_chain_holds();
}

#[test]
fn a_directory_that_would_not_ask_for_another_is_not_asked_for_a_temporary_one() {
    let company = Company::start();
    company.slapd.modify_as_root(&format!(
        "dn: {DEFAULT_POLICY}\nchangetype: modify\nreplace: pwdMustChange\npwdMustChange: FALSE\n"
    ));
    let server = Server::start_with_chat(&company, "temporary", |config| config);
    let answer = company.asks("LinWei", &format!("#resetpassword#{GOOD}"));
    assert!(!answer.contains(GOOD));
    assert!(company.signs_in("lin.wei", LIN_PASSWORD), "{answer}");
    assert_eq!(server.site.results("change_outcome"), ["failed"]);
}

#[test]
fn where_no_password_is_taken_the_answer_is_a_link_to_the_form() {
    let company = Company::start();
    let server = Server::start_with_chat(&company, "off", |config| config);
    let answer = company.asks("SitiRahma", &format!("#resetpassword#{GOOD}"));
    assert!(
        answer.contains("passwords are not taken from the chat"),
        "{answer}"
    );
    let link = link_in(&answer, &server);
    Phone::of("LinWei")
        .open(&link)
        .assert_says("This link does not work any more");
    let mut phone = Phone::of("SitiRahma");
    let form = phone.open(&link);
    assert!(form.is_form());
    phone
        .set_password(&server, &form, GOOD)
        .assert_says("works now");
    assert!(company.signs_in("siti.rahma", GOOD));
    Phone::of("SitiRahma")
        .open(&link)
        .assert_says("This link does not work any more");
}

#[test]
fn who_cannot_scan_sends_the_short_code_and_types_the_digits() {
    let company = Company::start();
    let server = Server::start_with_chat(&company, "off", |config| config);
    let (mut kiosk, _) = kiosk(&server);
    let answer = company.asks("SitiRahma", &short_code(&kiosk).to_lowercase());
    assert!(answer.contains("Are you at lobby-1?"), "{answer}");
    let link = link_in(&answer, &server);
    // Somebody else's phone opens nothing with it.
    Phone::of("LinWei")
        .open(&link)
        .assert_says("This link does not work any more");
    let page = Phone::of("SitiRahma").open(&link);
    page.assert_says("Do you stand at lobby-1?");
    kiosk.wait_for_text(FIELD);
    kiosk.send(page.digits().unwrap());
    kiosk.wait_for_text(CHOOSE);
    kiosk.type_password(GOOD);
    kiosk.wait_for_text(DONE);
    assert!(company.signs_in("siti.rahma", GOOD));
    // The notice of the change.
    company.next_message("SitiRahma");
    let gone = company.asks("SitiRahma", "ZZZZZZZZ");
    assert!(gone.contains("Nothing shows this code"), "{gone}");
}

#[test]
fn a_code_that_was_not_found_comes_again_and_works_at_its_kiosk() {
    let company = Company::start();
    let server = Server::start_with_chat(&company, "off", |config| config);
    let waits = company.asks("SitiRahma", "#code#");
    assert!(waits.contains("No reset waits for a code"), "{waits}");
    let mut kiosk = server.site.kiosk().start();
    kiosk.say_who("siti.rahma");
    let first = company.next_code("SitiRahma");
    company.says("SitiRahma", "#code#");
    let second = company.next_code("SitiRahma");
    if first != second {
        kiosk.send(&first);
        kiosk.wait_for_text("That is not the code");
    }
    kiosk.send(&second);
    kiosk.wait_for_text(CHOOSE);
    kiosk.type_password(GOOD);
    kiosk.wait_for_text(DONE);
}
