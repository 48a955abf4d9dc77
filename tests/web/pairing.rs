//! A kiosk's picture on one side, phones on the other; kiosk and server are two processes that
//! share a store.

use std::time::Duration;

use crate::camera::picture;
use crate::company::{Company, now};
use crate::phone::Phone;
use crate::pty::Pty;
use crate::server::Server;
use crate::support::figures;
use crate::support::slapd::LIN_PASSWORD;

const GOOD: &str = "Quartz-Lantern-27-Meadow";
const OTHER: &str = "Velvet-Anchor-61-Tundra";
const MENU: &str = "Set a new password";
const FIELD: &str = "Your phone shows 6 digits";
const CHOOSE: &str = "Choose a new password";
const DONE: &str = "Your new password works now";
const ESC: &str = "\x1b";

/// A kiosk at its menu, with a picture.
pub(crate) fn kiosk(server: &Server) -> (Pty, String) {
    let mut pty = server.site.kiosk().size(100, 40).start();
    pty.wait_for_text(MENU);
    pty.wait_for(|screen| picture(screen).is_some());
    let picture = picture(pty.screen()).unwrap();
    (pty, picture)
}

#[test]
fn lin_wei_scans_types_the_digits_and_never_a_login_name() {
    let company = Company::start();
    let server = Server::start(&company);
    let (mut kiosk, picture) = kiosk(&server);
    let capitals = format!("HTTP://{}/K/", server.authority);
    assert!(picture.starts_with(&capitals), "{picture}");
    let mut phone = Phone::of("LinWei");
    let address = picture.replace("HTTP://", "http://");
    let scanned = now();
    let page = phone.open(&format!("{address}?lang=en"));
    let answered = now();
    kiosk.wait_for_text(FIELD);
    let opened = scanned.elapsed();
    page.assert_says("Do you stand at lobby-1?");
    page.assert_says("Read them to nobody, IT neither.");
    page.assert_says("Or set it here, on this phone");
    assert!(page.is_form());
    let digits = page.digits().unwrap();
    assert_eq!(digits.len(), 6);
    // Loading again shows the same; scanning again opens nothing more.
    assert_eq!(
        phone.open(&server.url("/form")).digits(),
        Some(digits.clone())
    );
    Phone::of("SitiRahma")
        .open(&address)
        .assert_says("This picture is over");
    let mut second = Phone::of("LinWei");
    second.agent = crate::phone::WECOM.to_owned();
    second
        .open(&format!("{address}?lang=en"))
        .assert_says("This picture is over");
    kiosk.send(&digits);
    kiosk.wait_for_text(CHOOSE);
    for key in [GOOD, "\r", GOOD, "\r"] {
        kiosk.send(key);
    }
    kiosk.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
    // The phone's own form is dead with it.
    let late = phone.set_password(&server, &page, OTHER);
    assert!(!late.text().contains(DONE), "{}", late.text());
    assert!(company.signs_in("lin.wei", GOOD));
    server.site.assert_chain_holds();
    let after_page = opened.saturating_sub(answered - scanned);
    figures::publish(
        "scan",
        &format!(
            "the phone's page after {} ms, the kiosk's field {} ms later",
            (answered - scanned).as_millis(),
            after_page.as_millis()
        ),
    );
    assert!(after_page < Duration::from_millis(300), "{after_page:?}");
}

#[test]
fn the_phone_sets_it_instead_and_the_kiosks_digits_die() {
    let company = Company::start();
    let server = Server::start(&company);
    let (mut kiosk, picture) = kiosk(&server);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&picture.replace("HTTP://", "http://"));
    let digits = page.digits().unwrap();
    kiosk.wait_for_text(FIELD);
    phone
        .set_password(&server, &page, GOOD)
        .assert_says("新密码现在可以用了");
    assert!(company.signs_in("lin.wei", GOOD));
    kiosk.send(&digits);
    kiosk.wait_for_text("That code is over");
    assert_eq!(server.site.results("change_intent"), ["asked"]);
}

#[test]
fn a_picture_that_was_sent_to_somebody_opens_nothing_once_they_say_no() {
    let company = Company::start();
    let server = Server::start(&company);
    // The attacker stands at the kiosk, and Lin Wei, elsewhere, opens what she was sent.
    let (mut attackers, picture) = kiosk(&server);
    let mut lin = Phone::of("LinWei");
    let page = lin.open(&format!(
        "{}?lang=en",
        picture.replace("HTTP://", "http://")
    ));
    page.assert_says("Do you stand at lobby-1?");
    let digits = page.digits().unwrap();
    attackers.wait_for_text(FIELD);
    let csrf = page.hidden("csrf");
    let said = lin.post(&server.url("/not-here"), &[("csrf", &csrf)]);
    said.assert_says("Good that you said so");
    assert!(said.digits().is_none() && !said.is_form());
    // Even read out, they open nothing.
    attackers.send(&digits);
    attackers.wait_for_text("That code is over");
    assert_eq!(server.site.results("objected"), ["before_change"]);
    // Whoever begins again sets a password here.
    assert!(lin.open(&server.url("/")).is_form());
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    assert_eq!(server.site.results("change_intent"), [""; 0]);
}

#[test]
fn digits_work_at_their_own_kiosk_alone_and_invented_pictures_nowhere() {
    let company = Company::start();
    let server = Server::start(&company);
    let (mut hers, picture) = kiosk(&server);
    let (mut other, second) = kiosk(&server);
    let mut lin = Phone::of("LinWei");
    let page = lin.open(&picture.replace("HTTP://", "http://"));
    let digits = page.digits().unwrap();
    hers.wait_for_text(FIELD);
    let mut siti = Phone::of("SitiRahma");
    let hers_too = siti.open(&second.replace("HTTP://", "http://"));
    other.wait_for_text(FIELD);
    assert_ne!(hers_too.digits(), None);
    // Lin Wei's digits at the kiosk that Siti has scanned.
    other.send(&digits);
    if hers_too.digits() != Some(digits.clone()) {
        other.wait_for_text("That is not the code");
    }
    let mut nobody = Phone::of("LinWei");
    for invented in ["23456789ABCDE", "ZZZZZZZZZZZZZ"] {
        let page = nobody.open(&server.url(&format!("/k/{invented}?lang=en")));
        page.assert_says("This picture is over");
        assert!(page.digits().is_none());
    }
    // People who may not are told why, and the picture stays for somebody who may.
    let (mut third, picture) = kiosk(&server);
    let address = picture.replace("HTTP://", "http://");
    Phone::of("AdminBoss")
        .open(&address)
        .assert_says("Your account has special rights");
    Phone::of("somebody")
        .open(&address)
        .assert_says("not a member of this company");
    assert!(third.screen_text().contains(MENU));
    assert!(Phone::of("SunStrict").open(&address).digits().is_some());
    third.wait_for_text(FIELD);
    third.send(ESC);
    third.wait_for_text(MENU);
}

#[test]
fn a_picture_that_is_older_than_a_minute_opens_nothing() {
    let company = Company::start();
    let mut server = Server::start(&company);
    let (mut kiosk, picture) = kiosk(&server);
    let address = picture.replace("HTTP://", "http://");
    // A minute goes by for the server, and the kiosk has not replaced its picture yet.
    server.restart_at("+61s");
    let mut lin = Phone::of("LinWei");
    let page = lin.open(&format!("{address}?lang=en"));
    page.assert_says("This picture is over");
    assert!(page.digits().is_none());
    // It says that a password can be set here as well, and so it is.
    let form = lin.open(&server.url("/"));
    assert!(form.is_form(), "{}", form.text());
    kiosk.send("1");
    kiosk.wait_for_text("Set it on your phone");
    assert!(!kiosk.screen_text().contains(FIELD));
}

#[test]
fn a_picture_is_replaced_after_a_minute_and_the_old_one_is_over() {
    let company = Company::start();
    let server = Server::start(&company);
    let (mut kiosk, first) = kiosk(&server);
    let began = now();
    // Longer than a test waits otherwise.
    while picture(kiosk.screen()).is_none_or(|now| now == first) {
        assert!(began.elapsed() < Duration::from_secs(90), "never replaced");
        kiosk.wait_until_quiet(Duration::from_secs(1));
    }
    let took = began.elapsed();
    let second = picture(kiosk.screen()).unwrap();
    let mut lin = Phone::of("LinWei");
    lin.open(&format!("{}?lang=en", first.replace("HTTP://", "http://")))
        .assert_says("This picture is over");
    let page = lin.open(&second.replace("HTTP://", "http://"));
    assert!(page.digits().is_some());
    kiosk.wait_for_text(FIELD);
    assert!(took < Duration::from_secs(65), "{took:?}");
}
