//! From the menu to a changed password, as a person at an OpenSSH client does it.

use crate::company::{Company, text};
use crate::server::{Server, kiosk_key};
use crate::support::slapd::LIN_PASSWORD;
use crate::visit::{CHOOSE, DONE, ENTER, GOOD, MENU, Visit};

#[test]
fn lin_wei_sets_a_new_password_from_home() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut pty = server.client().start();
    pty.wait_for_text(MENU);
    pty.wait_for_text("remote 127.0.0.1");
    pty.say_who("lin.wei");
    let message = company.next_message("LinWei");
    assert!(message.contains("来自 127.0.0.1 的远程会话"), "{message}");
    pty.send(crate::company::six_digits(&message).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    assert!(company.signs_in("lin.wei", GOOD));
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD));
    let notice = company.next_message("LinWei");
    assert!(notice.contains("来自 127.0.0.1 的远程会话"), "{notice}");
    pty.send(ENTER);
    assert!(pty.wait_exit().success());
    pty.assert_restored();
    assert!(
        !pty.screen_text().contains("lin.wei"),
        "{}",
        pty.screen_text()
    );
    let records = site.records();
    assert!(records.iter().all(|record| text(record, "front") == "ssh"));
    assert!(
        records
            .iter()
            .all(|record| text(record, "kiosk") == "remote 127.0.0.1")
    );
    site.assert_chain_holds();
}

#[test]
fn a_key_names_a_kiosk_and_its_visits_follow_one_another() {
    let company = Company::start();
    let site = company.site();
    let (key, line) = kiosk_key(site.path(), "lobby-7");
    let (_, other) = kiosk_key(site.path(), "lobby-8");
    site.write("kiosks", &format!("# the lobbies\n{other}{line}"));
    let kiosks = format!("kiosks_file = \"{}/kiosks\"", site.path().display());
    let server = Server::start(&site, &kiosks);

    let identity = format!("IdentityFile={}", key.display());
    let mut pty = server.client_with(&["-o", &identity]).start();
    pty.wait_for_text("lobby-7");
    pty.say_who("lin.wei");
    let message = company.next_message("LinWei");
    assert!(message.contains("lobby-7"), "{message}");
    pty.send(crate::company::six_digits(&message).unwrap());
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    pty.send(ENTER);
    pty.wait_for_text(MENU);
    pty.choose_it_support();
    assert!(!pty.screen_text().contains("lin.wei"));

    // Without the key, and with a key that nobody knows, it is a session from anywhere.
    let mut nobody = server.client().start();
    nobody.wait_for_text("remote 127.0.0.1");
    let (stranger, _) = kiosk_key(site.path(), "stranger");
    let identity = format!("IdentityFile={}", stranger.display());
    let mut stranger = server.client_with(&["-o", &identity]).start();
    stranger.wait_for_text("remote 127.0.0.1");
}
