//! IT support's desk over SSH: an operator's key leads to it, and to nothing else.

use std::path::{Path, PathBuf};

use crate::company::{Company, Site, six_digits, text};
use crate::pty::{DEADLINE, Pty};
use crate::server::{Server, kiosk_key};
use crate::support::slapd::LIN_PASSWORD;
use crate::visit::{ENTER, ESC, MENU};

const WHO: &str = "Sign in at IT support's desk";
const LIST: &str = "Type a part of the name";
const ASK: &str = "Ask the employee for the code";
const CHOOSE: &str = "What shall they get?";

/// The helper is siti.rahma; the approver, sun.strict, has a key of his own.
struct Bureau {
    server: Server,
    helper: PathBuf,
    kiosk: PathBuf,
}

impl Bureau {
    fn open(site: &Site, remote: &str) -> Self {
        let (helper, of_helper) = kiosk_key(site.path(), "siti");
        let (_, of_approver) = kiosk_key(site.path(), "sun");
        let (kiosk, of_kiosk) = kiosk_key(site.path(), "lobby-7");
        let of_helper = of_helper.replace(" siti", " siti.rahma helper");
        let of_approver = of_approver.replace(" sun", " sun.strict approver");
        site.write("operators", &format!("{of_helper}{of_approver}"));
        site.write("kiosks", &of_kiosk);
        let folder = site.path().display();
        let more = format!(
            "remote = \"{remote}\"\nkiosks_file = \"{folder}/kiosks\"\n\n\
             [desk]\noperators_file = \"{folder}/operators\""
        );
        let server = Server::start(site, &more);
        Self {
            server,
            helper,
            kiosk,
        }
    }

    fn with_key(&self, key: &Path) -> Pty {
        let identity = format!("IdentityFile={}", key.display());
        self.server.client_with(&["-o", &identity]).start()
    }

    /// Siti Rahma at her own terminal, signed in.
    fn helper(&self, company: &Company) -> Pty {
        let mut pty = self.with_key(&self.helper);
        pty.wait_for_text(WHO);
        // Her key has named her.
        pty.wait_for_text("siti.rahma");
        pty.send(ENTER);
        pty.wait_for_text("We sent a code to your WeCom");
        pty.send(company.next_code("SitiRahma"));
        pty.wait_for_text(LIST);
        pty
    }
}

/// Opens Lin Wei and sends her a code; the code.
fn sends_a_code(pty: &mut Pty, company: &Company) -> String {
    pty.send("lin");
    pty.send(ENTER);
    pty.wait_for_text("1 of 1");
    pty.send(ENTER);
    pty.wait_for_text("Resets");
    pty.send("c");
    pty.wait_for_text(ASK);
    loop {
        let text = company.next_message("LinWei");
        if let Some(code) = six_digits(&text).filter(|_| text.contains("siti.rahma")) {
            return code;
        }
    }
}

#[test]
fn a_helper_works_from_home_with_her_key_and_her_code() {
    let company = Company::start();
    let site = company.site();
    let bureau = Bureau::open(&site, "off");
    let mut pty = bureau.helper(&company);
    let code = sends_a_code(&mut pty, &company);
    pty.send(code);
    pty.wait_for_text(CHOOSE);
    pty.send("\x1b[B");
    pty.send(ENTER);
    pty.wait_for_text("The temporary password is in their WeCom");
    assert!(!company.signs_in("lin.wei", LIN_PASSWORD));
    pty.send(ENTER);
    pty.wait_for_text("Newest records");
    pty.send(ESC);
    pty.wait_for_text("1 of 1");
    pty.send(ESC);
    pty.wait_for_text("Esc again signs you out");
    pty.send(ESC);
    assert!(pty.wait_exit().success());
    pty.assert_restored();
    assert!(!pty.screen_text().contains("lin.wei"));
    let records = site.records();
    let named = records
        .iter()
        .filter(|record| text(record, "front") == "desk" && text(record, "kiosk") == "siti.rahma");
    let events: Vec<&str> = named.map(|record| text(record, "event")).collect();
    assert!(events.contains(&"signed_in") && events.contains(&"handed_over"));
    site.assert_chain_holds();
}

#[test]
fn a_key_opens_the_desk_for_its_owner_only() {
    let company = Company::start();
    let site = company.site();
    let bureau = Bureau::open(&site, "code");
    // Somebody has got hold of Siti's key, and knows another operator's name.
    let mut pty = bureau.with_key(&bureau.helper);
    pty.wait_for_text(WHO);
    for _ in 0.."siti.rahma".len() {
        pty.send("\x7f");
    }
    pty.send("sun.strict");
    pty.send(ENTER);
    pty.wait_for_text("We sent a code to your WeCom");
    pty.send("123456");
    pty.wait_for_text("That is not the code");
    assert_eq!(site.results("code_issued"), ["decoy"]);
    // A kiosk's key and no key at all lead to the menu.
    bureau.with_key(&bureau.kiosk).wait_for_text("lobby-7");
    bureau.server.client().start().wait_for_text(MENU);
    assert_eq!(site.results("signed_in"), [""; 0]);
}

#[test]
fn a_key_leads_to_the_drawn_desk_and_to_no_command() {
    let company = Company::start();
    let site = company.site();
    let bureau = Bureau::open(&site, "code");
    let identity = format!("IdentityFile={}", bureau.helper.display());
    let there = "reset@127.0.0.1";
    for (words, says) in [
        (vec!["-T", there], "needs a terminal that draws"),
        (vec![there, "sh"], "No commands can be run here"),
    ] {
        let (said, status) = bureau.server.run("ssh", &["-o", &identity], &words);
        assert!(said.contains(says) && status == 1, "{words:?}: {said}");
    }
}

#[test]
fn a_connection_lost_between_code_and_completion_leaves_the_password_as_it_was() {
    let company = Company::start();
    let site = company.site();
    let bureau = Bureau::open(&site, "code");
    let mut pty = bureau.helper(&company);
    let code = sends_a_code(&mut pty, &company);
    pty.send(code);
    pty.wait_for_text(CHOOSE);
    drop(pty);
    site.wait_for_events(DEADLINE, |events| {
        events.iter().any(|event| event.starts_with("reset_ended"))
    });
    assert_eq!(site.results("reset_ended"), ["abandoned"]);
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    assert_eq!(site.results("handed_over"), [""; 0]);
    // The code has been used up with it.
    let mut again = bureau.helper(&company);
    let code = sends_a_code(&mut again, &company);
    again.send(code);
    again.wait_for_text(CHOOSE);
    site.assert_chain_holds();
}

#[test]
fn one_key_is_not_a_kiosks_and_an_operators() {
    let company = Company::start();
    let site = company.site();
    let (_, line) = kiosk_key(site.path(), "siti");
    site.write("kiosks", &line);
    site.write("operators", &line.replace(" siti", " siti.rahma helper"));
    let folder = site.path().display();
    let (_, section) = crate::server::section(
        &site,
        &format!(
            "kiosks_file = \"{folder}/kiosks\"\n\n[desk]\noperators_file = \"{folder}/operators\""
        ),
    );
    let usual = std::fs::read_to_string(site.config()).unwrap();
    site.write("rekey.toml", &format!("{usual}{section}"));
    let ended = site.run(&["serve"]);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(
        !ended.status.success() && said.contains("is an operator's, too"),
        "{said}"
    );
}
