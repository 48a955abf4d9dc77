//! From the menu to a changed password, as a person at an OpenSSH client does it.

use std::time::Duration;

use rekey::adapters::clock::SystemClock;
use rekey::adapters::store::{ProcessMark, SqliteStore, StoreSettings};
use rekey::domain::code::{Action, Binding, CodeRules, Judgement, Place, ResetId, Subject};
use rekey::domain::secret::CodeDigits;
use rekey::flow::ports::{Clock as _, Codes as _};

use crate::company::{Company, Site, text};
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

/// A hundred wrong codes from anywhere, at the state that the server uses.
async fn somebody_guesses(site: &Site) {
    let store = SqliteStore::open(StoreSettings {
        url: format!("sqlite:{}/state.db", site.path().display()),
        key_file: site.path().join("key"),
        process: ProcessMark::of_this_process().unwrap(),
    });
    let store = store.await.unwrap();
    let rules = CodeRules {
        digits: 6,
        lifetime: Duration::from_secs(300),
        tries: 5,
    };
    let wrong = CodeDigits::parse("111111", 6).unwrap();
    let now = SystemClock::new().now().wall;
    for number in 0..20 {
        let binding = Binding {
            reset: ResetId::from_bytes([number; 16]),
            subject: Subject::Nobody(number.to_string()),
            action: Action::Reset,
            place: Place::remote("ssh", "192.0.2.7"),
        };
        store.issue(&binding, None, rules, now).await.unwrap();
        for left in (0..5).rev() {
            let judged = store.judge(&binding, &wrong, rules, now).await.unwrap();
            assert_eq!(judged, Judgement::Wrong { left });
        }
    }
}

#[test]
fn after_a_hundred_wrong_codes_from_anywhere_only_kiosks_take_codes_and_it_is_told() {
    let company = Company::start();
    let site = company.site();
    let (key, line) = kiosk_key(site.path(), "lobby-7");
    site.write("kiosks", &line);
    let more = format!(
        "kiosks_file = \"{}/kiosks\"\n[alarm]\nwecom = [\"SunStrict\"]",
        site.path().display()
    );
    let server = Server::start(&site, &more);
    crate::raw::runtime().block_on(somebody_guesses(&site));
    // The same for everybody, whoever they say they are.
    for login in ["lin.wei", "nobody.at.all"] {
        let mut pty = server.client().start();
        pty.choose_it_support();
        pty.send(login);
        pty.send(ENTER);
        pty.wait_for_text("Codes are off here until");
        pty.wait_for_text("Scan the picture");
    }
    let alarm = company.next_message("SunStrict");
    assert!(alarm.contains("codes are off for an hour"), "{alarm}");
    let identity = format!("IdentityFile={}", key.display());
    let mut kiosk = server.client_with(&["-o", &identity]).start();
    kiosk.say_who("lin.wei");
    kiosk.send(crate::company::six_digits(&company.next_message("LinWei")).unwrap());
    kiosk.wait_for_text(CHOOSE);
    site.assert_chain_holds();
}
