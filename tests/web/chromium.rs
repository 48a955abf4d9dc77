//! Form and pairing in a real browser of a phone's size, in three languages, with and without
//! scripts.

use crate::browser::Browser;
use crate::company::Company;
use crate::phone::WECOM;
use crate::server::Server;
use crate::support::slapd::dn;

const LANGUAGES: [(&str, &str, &str, &str, &str); 3] = [
    (
        "en",
        "Choose a new password",
        "Hard to guess",
        "Your new password works now",
        "Show",
    ),
    (
        "zh-CN",
        "请设置新密码",
        "很难猜到",
        "新密码现在可以用了",
        "显示",
    ),
    (
        "id",
        "Pilih kata sandi baru",
        "Sulit ditebak",
        "Kata sandi baru Anda",
        "Tampilkan",
    ),
];

/// A password for each run: the directory remembers.
fn password(n: usize) -> String {
    format!("Quartz-Lantern-{n}7-Meadow")
}

fn fits_the_phone(browser: &Browser) {
    let wide = browser.run("return document.documentElement.scrollWidth - window.innerWidth");
    assert!(
        wide.as_i64().unwrap() <= 0,
        "{wide} too wide at {}",
        browser.url()
    );
}

#[test]
fn the_form_with_scripts_in_three_languages() {
    let company = Company::start();
    let server = Server::start(&company);
    for (n, (tag, title, hard, done, show)) in LANGUAGES.iter().enumerate() {
        let browser = Browser::start(&format!("{WECOM} Language/{tag}"), true);
        browser.belong_to("SitiRahma", &server.url("/livez"));
        browser.open(&server.url("/"));
        browser.wait_for(title);
        fits_the_phone(&browser);
        // The policy of the page forbids nothing that it needs.
        browser.type_into("#new", "siti1990");
        browser.wait_for(match *tag {
            "zh-CN" => "现在 8 个",
            _ => "(8)",
        });
        let password = password(n);
        browser.run("document.getElementById('new').value = ''");
        browser.type_into("#new", &password);
        browser.wait_for(hard);
        browser.picture(&format!("form-{tag}"));
        assert_eq!(browser.text("#show"), *show);
        browser.click("#show");
        assert_eq!(browser.property("#new", "type"), "text");
        browser.click("#show");
        assert_eq!(browser.property("#again", "type"), "password");
        browser.type_into("#again", &password);
        browser.click("#submit");
        browser.wait_for(done);
        fits_the_phone(&browser);
        browser.picture(&format!("done-{tag}"));
        assert!(company.signs_in("siti.rahma", &password));
        assert!(!browser.url().contains("Quartz"));
        // Back and forth, and loading again: nothing is set a second time.
        browser.run("location.reload()");
        browser.wait_for(done);
    }
    let changed = server.site.results("change_outcome");
    assert_eq!(changed, ["changed"; 3]);
}

#[test]
fn the_form_without_scripts_in_three_languages() {
    let company = Company::start();
    let server = Server::start(&company);
    for (n, (tag, title, _, done, _)) in LANGUAGES.iter().enumerate() {
        let browser = Browser::start(&format!("{WECOM} Language/{tag}"), false);
        browser.belong_to("SitiRahma", &server.url("/livez"));
        browser.open(&server.url("/"));
        browser.wait_for(title);
        fits_the_phone(&browser);
        assert!(!browser.is_visible("#show"));
        // Judged when it is sent.
        for field in ["#new", "#again"] {
            browser.type_into(field, "siti1990");
        }
        browser.click("#submit");
        browser.wait_for(match *tag {
            "zh-CN" => "现在 8 个",
            _ => "(8)",
        });
        assert_eq!(server.site.results("change_intent").len(), n);
        let password = password(n);
        for field in ["#new", "#again"] {
            browser.type_into(field, &password);
        }
        browser.click("#submit");
        browser.wait_for(done);
        fits_the_phone(&browser);
        assert!(company.slapd.bind_works(&dn("siti.rahma"), &password));
    }
}

#[test]
fn a_scan_in_the_browser_in_three_languages() {
    let company = Company::start();
    let server = Server::start(&company);
    for (tag, there, field) in [
        (
            "en",
            "Do you stand at lobby-1?",
            "Your phone shows 6 digits",
        ),
        (
            "zh-CN",
            "您正站在 lobby-1 前吗？",
            "Your phone shows 6 digits",
        ),
        (
            "id",
            "Apakah Anda berdiri di lobby-1?",
            "Your phone shows 6 digits",
        ),
    ] {
        let scripts = tag != "id";
        let (mut kiosk, picture) = crate::pairing::kiosk(&server);
        let browser = Browser::start(&format!("{WECOM} Language/{tag}"), scripts);
        browser.belong_to("SitiRahma", &server.url("/livez"));
        browser.open(&picture.replace("HTTP://", "http://"));
        browser.wait_for(there);
        browser.picture(&format!("scan-{tag}"));
        fits_the_phone(&browser);
        kiosk.wait_for_text(field);
        let digits: String = browser
            .text(".digits")
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        kiosk.send(&digits);
        kiosk.wait_for_text("Choose a new password");
    }
}
