//! A picture in an SSH session: the phone says boldly that it is no kiosk's, and where it is from.

use crate::browser::Browser;
use crate::camera::picture;
use crate::chat::link_in;
use crate::company::Company;
use crate::phone::{Phone, WECOM};
use crate::pty::{Pty, Setup};
use crate::server::Server;
use crate::support::ports;
use crate::visit::{CHOOSE, DONE, GOOD, Visit as _};

const FIELD: &str = "Your phone shows 6 digits";
/// Who is told what IT must know.
const LEAD: &str = "LinWei";

/// A server that takes SSH sessions from anywhere; and its port.
fn server(company: &Company) -> (Server, u16) {
    server_with(company, "code")
}

/// The same, with what it lets them do.
fn server_with(company: &Company, remote: &str) -> (Server, u16) {
    let port = ports::free();
    let server = Server::start_with_chat(company, "off", |config| {
        let (_, rest) = config.split_once("ca_file = \"").unwrap();
        let (folder, _) = rest.split_once("/ca.pem\"").unwrap();
        let ssh = format!(
            "\n[ssh]\nlisten = \"127.0.0.1:{port}\"\nhost_key_file = \"{folder}/host_key\"\n\
             remote = {remote:?}\n"
        );
        format!("{config}{ssh}\n[alarm]\nwecom = [{LEAD:?}]\n")
    });
    (server, port)
}

/// Somebody's session, at the menu with a picture; and the picture's address.
fn session(server: &Server, port: u16) -> (Pty, String) {
    let known = server.site.path().join("known_hosts");
    let mut pty = Setup::new("ssh")
        .args(["-F", "none", "-p", &port.to_string()])
        .args(["-o", "StrictHostKeyChecking=accept-new"])
        .args(["-o", &format!("UserKnownHostsFile={}", known.display())])
        .args(["-o", "IdentityFile=none", "-o", "IdentityAgent=none"])
        .args(["reset@127.0.0.1"])
        .size(100, 40)
        .start();
    pty.wait_for_text("remote 127.0.0.1");
    pty.wait_for(|screen| picture(screen).is_some());
    let address = picture(pty.screen()).unwrap().replace("HTTP://", "http://");
    (pty, address)
}

#[test]
fn the_phone_says_boldly_that_it_is_a_remote_session_and_whose_address_it_has() {
    let company = Company::start();
    let (server, port) = server(&company);
    let (mut pty, address) = session(&server, port);
    let browser = Browser::start(&format!("{WECOM} Language/en"), true);
    browser.belong_to("SitiRahma", &server.url("/livez"));
    browser.open(&address);
    browser.wait_for("Did you open this session yourself?");
    let why = browser.text("section.scanned strong");
    assert!(
        why.contains("no kiosk but a remote session from 127.0.0.1"),
        "{why}"
    );
    let weight = browser.run(
        "return getComputedStyle(document.querySelector('section.scanned strong')).fontWeight",
    );
    assert!(weight.as_str().unwrap().parse::<u32>().unwrap() >= 600);
    browser.picture("remote-session");
    let digits = browser.text("p.digits");
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    pty.wait_for_text(FIELD);
    pty.send(digits);
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("siti.rahma", GOOD));
    let notice = company.next_message("SitiRahma");
    assert!(notice.contains("a session from 127.0.0.1"), "{notice}");
}

#[test]
fn whoever_did_not_open_the_session_says_so_and_it_is_told_where_it_came_from() {
    let company = Company::start();
    let (server, port) = server(&company);
    let (mut attackers, address) = session(&server, port);
    let mut siti = Phone::of("SitiRahma");
    let page = siti.open(&address);
    page.assert_says("Did you open this session yourself?");
    // Talked into reading them out, she thinks again.
    attackers.wait_for_text(FIELD);
    attackers.send(page.digits().unwrap());
    attackers.wait_for_text(CHOOSE);
    let csrf = page.hidden("csrf");
    let said = siti.post(&server.url("/not-here"), &[("csrf", &csrf)]);
    said.assert_says("Good that you said so");
    said.assert_says("The digits open nothing any more");
    attackers.type_password(GOOD);
    attackers.wait_for_text("somebody said");
    assert!(!company.signs_in("siti.rahma", GOOD));
    let alarm = company.next_message(LEAD);
    assert!(alarm.contains("127.0.0.1"), "{alarm}");
    assert_eq!(server.site.results("objected"), ["before_change"]);
    // And her own form is there, when she begins again.
    let form = siti.open(&server.url("/"));
    assert!(form.is_form(), "{}", form.text());
    assert!(form.digits().is_none());
    siti.set_password(&server, &form, GOOD)
        .assert_says("works now");
    assert!(company.signs_in("siti.rahma", GOOD));
}

#[test]
fn the_short_code_of_a_session_is_answered_with_where_it_is_from() {
    let company = Company::start();
    let (server, port) = server(&company);
    let (mut pty, _) = session(&server, port);
    let text = pty.screen_text();
    let (_, after) = text.split_once("Way 2, send ").unwrap();
    let code: String = after.chars().take(8).collect();
    let answer = company.asks("SitiRahma", &code);
    assert!(
        answer.contains("no kiosk but a remote session from 127.0.0.1"),
        "{answer}"
    );
    let page = Phone::of("SitiRahma").open(&link_in(&answer, &server));
    page.assert_says("Did you open this session yourself?");
    pty.wait_for_text(FIELD);
}

#[test]
fn where_only_the_phone_may_its_form_sets_the_password_and_the_session_learns_nothing() {
    let company = Company::start();
    let (server, port) = server_with(&company, "phone");
    let (mut pty, address) = session(&server, port);
    let mut siti = Phone::of("SitiRahma");
    let form = siti.open(&format!("{address}?lang=en"));
    assert!(form.is_form() && form.digits().is_none(), "{}", form.text());
    siti.set_password(&server, &form, GOOD)
        .assert_says("works now");
    assert!(company.signs_in("siti.rahma", GOOD));
    let notice = company.next_message("SitiRahma");
    assert!(!notice.contains("127.0.0.1"), "{notice}");
    // The way it shows is the phone's, before and after.
    pty.send("1");
    pty.wait_for_text("Set it on your phone, in WeCom");
    assert!(!pty.screen_text().contains("siti.rahma"));
    assert_eq!(server.site.results("change_intent"), ["asked"]);
}
