//! `rekey demo`, played on its phone's page: the chat, the cards and the kiosk's link, in a browser.

use crate::browser::Browser;
use crate::company::REKEY;
use crate::pty::Setup;
use crate::visit::{CHOOSE, DONE, GOOD, Visit as _};

const TEMPORARY: &str = "Violet-Gander-93-Atlas";

fn value<'a>(config: &'a str, key: &str) -> &'a str {
    let line = config.lines().find(|line| line.starts_with(key)).unwrap();
    line.split('"').nth(1).unwrap()
}

#[test]
fn its_phone_chats_presses_cards_and_opens_the_kiosks_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut kiosk = Setup::new(REKEY)
        .args(["demo"])
        .env("TMPDIR", folder.path())
        .size(100, 40)
        .start();
    kiosk.wait_for_text("Way 2, send ");
    let demo = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
    let config = std::fs::read_to_string(demo.unwrap().path().join("rekey.toml")).unwrap();
    let phone = format!("{}/phone", value(&config, "api"));
    let browser = Browser::start("Mozilla/5.0", true);
    let take = |userid: &str| {
        browser.open(&phone);
        browser.click(&format!("button[name=userid][value={userid}]"));
    };
    let write = |text: &str| {
        browser.type_into("input[name=text]", text);
        browser.click("form[action='/phone/say'] button");
    };

    // Whoever opens the chat is told how it goes.
    take("SitiRahma");
    browser.wait_for("#resetpassword#");
    write(&format!("#resetpassword#{TEMPORARY}"));
    browser.wait_for(TEMPORARY);
    browser.wait_for("satu kali");
    browser.picture("demo-chat");

    // The kiosk's short code is answered with a link, which opens the page with the digits.
    let text = kiosk.screen_text();
    let (_, after) = text.split_once("Way 2, send ").unwrap();
    let code: String = after.chars().take(8).collect();
    write(&code);
    let link = "#chat a[href*='/l/']";
    let deadline = crate::company::now() + std::time::Duration::from_secs(20);
    let links = format!("return document.querySelectorAll(\"{link}\").length");
    while browser.run(&links).as_i64() != Some(1) {
        assert!(
            crate::company::now() < deadline,
            "{}",
            browser.text("#chat")
        );
    }
    let href = browser.property(link, "href");
    browser.open(href.as_str().unwrap());
    browser.wait_for("lobby-1");
    let digits = browser.text("p.digits");
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    kiosk.wait_for_text("Your phone shows 6 digits");
    kiosk.send(digits);
    kiosk.wait_for_text(CHOOSE);
    kiosk.type_password(GOOD);
    kiosk.wait_for_text(DONE);

    // The card under the notice is pressed, and says so.
    browser.open(&phone);
    browser.wait_for("lobby-1");
    browser.click("#chat button[value=not_me]");
    let greyed = "return document.querySelectorAll('#chat form.card button[disabled]').length";
    let deadline = crate::company::now() + std::time::Duration::from_secs(20);
    while browser.run(greyed).as_i64() != Some(1) {
        assert!(
            crate::company::now() < deadline,
            "{}",
            browser.text("#chat")
        );
    }
    browser.picture("demo-cards");
}
