//! The Workspace form, from the tap to the directory.

use crate::company::Company;
use crate::phone::Phone;
use crate::server::Server;
use crate::support::slapd::{LIN_PASSWORD, START_PASSWORD, dn};
use crate::wire::encoded;

const GOOD: &str = "Quartz-Lantern-27-Meadow";
const OTHER: &str = "Velvet-Anchor-61-Tundra";

#[test]
fn lin_wei_sets_a_password_and_every_other_way_to_send_the_form_does_nothing_more() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/?lang=en"));
    assert_eq!(
        (page.status(), page.url.as_str()),
        (200, server.url("/form").as_str())
    );
    page.assert_says("Choose a new password");
    page.assert_says("12 characters or more");

    // The two differ, one is no password, one is too long: nothing is asked of anybody.
    let (csrf, turn) = (page.hidden("csrf"), page.hidden("turn"));
    let form = server.url("/form");
    let fields = |new, again| {
        [
            ("csrf", csrf.as_str()),
            ("turn", &turn),
            ("new", new),
            ("again", again),
        ]
    };
    let differs = phone.post(&form, &fields(GOOD, OTHER));
    differs.assert_says("The two were not the same");
    let long = "x1Y-".repeat(33);
    let refused = phone.set_password(&server, &differs, &long);
    refused.assert_says("A password has 128 characters at most");
    let weak = phone.set_password(&server, &refused, "linwei1990");
    weak.assert_says("this password is not good enough yet");
    weak.assert_says("no");
    assert!(!weak.answer.body.contains("linwei1990"));
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));

    // An old page is answered with where it stands now.
    let old = phone.post(&form, &fields(GOOD, GOOD));
    assert!(old.is_form());
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));

    let done = phone.set_password(&server, &old, GOOD);
    done.assert_says("Your new password works now");
    done.assert_says("It is good until");
    done.assert_says("Change it also on:");
    assert!(company.signs_in("lin.wei", GOOD));

    let notice = company.next_message("LinWei");
    assert!(notice.contains("在 WeCom 上修改"), "{notice}");

    // Loading again, and sending the same form once more, change nothing.
    phone.open(&form).assert_says("Your new password works now");
    let again = phone.set_password(&server, &old, OTHER);
    again.assert_says("Your new password works now");
    assert!(company.signs_in("lin.wei", GOOD));
    assert_eq!(server.site.results("change_outcome"), ["changed"]);
    server.site.assert_chain_holds();

    // Whoever taps the tile once more begins anew; the directory remembers.
    let anew = phone.open(&server.url("/"));
    assert!(anew.is_form());
    let refused = phone.set_password(&server, &anew, GOOD);
    refused.assert_says("Not changed");
    for secret in [GOOD, OTHER, "linwei1990"] {
        assert!(!server.log().contains(secret));
    }
}

#[test]
fn siti_rahma_sees_her_login_name_and_only_unlocks() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("SitiRahma");
    let page = phone.open(&server.url("/?lang=en"));
    page.assert_says("Your login name: siti.rahma");
    page.assert_says("Do you remember your password?");
    assert!(!company.signs_in("siti.rahma", START_PASSWORD));
    // A stranger's page asks for the same with its own token, or without any.
    let unlock = server.url("/unlock");
    let turn = page.hidden("turn");
    let mut stranger = Phone::of("LinWei");
    let others = stranger.open(&server.url("/?lang=en"));
    assert!(!others.text().contains("Do you remember your password?"));
    let csrf = others.hidden("csrf");
    stranger.post(
        &unlock,
        &[("csrf", &csrf), ("turn", &others.hidden("turn"))],
    );
    phone.post(&unlock, &[("csrf", &csrf), ("turn", &turn)]);
    assert!(server.site.results("unlock_intent").is_empty());

    let csrf = page.hidden("csrf");
    let done = phone.post(&unlock, &[("csrf", &csrf), ("turn", &turn)]);
    done.assert_says("Your account is unlocked");
    assert!(company.signs_in("siti.rahma", START_PASSWORD));
    let notice = company.next_message("SitiRahma");
    assert!(notice.contains("was unlocked"), "{notice}");
    // The same once more does nothing more.
    phone.post(&unlock, &[("csrf", &csrf), ("turn", &turn)]);
    assert_eq!(server.site.results("unlock_outcome"), ["changed"]);
    assert!(server.site.results("change_intent").is_empty());
    server.site.assert_chain_holds();
}

#[test]
fn two_forms_sent_at_once_change_the_password_once() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/?lang=en"));
    let (csrf, turn) = (page.hidden("csrf"), page.hidden("turn"));
    let body = encoded(&[
        ("csrf", &csrf),
        ("turn", &turn),
        ("new", GOOD),
        ("again", GOOD),
    ]);
    let request = format!(
        "{}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        phone.head("POST", &server.authority, "/form"),
        body.len()
    );
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let answer = crate::wire::once(&server.authority, &request);
                assert_eq!(answer.status, 303);
            });
        }
    });
    phone
        .open(&server.url("/form"))
        .assert_says("Your new password works now");
    assert_eq!(server.site.results("change_intent"), ["asked"]);
}

#[test]
fn the_meter_says_what_the_form_says_later() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/"));
    let csrf = page.hidden("csrf");
    let meter = server.url("/meter");
    let judged =
        |phone: &mut Phone, new: &str| phone.post(&meter, &[("csrf", &csrf), ("new", new)]);
    // lin.wei's directory says that she reads Chinese.
    judged(&mut phone, "").assert_says("还没有输入");
    let mut english = |new: &str| {
        phone.set_cookie("rekey-language", "en");
        judged(&mut phone, new)
    };
    english("").assert_says("nothing typed");
    let weak = english("linwei1990");
    weak.assert_says("Easy to guess");
    let words: Vec<&str> = weak.answer.body.matches("<b>no</b>").collect();
    assert!(words.len() >= 3, "{}", weak.text());
    let good = english(GOOD);
    good.assert_says("Hard to guess");
    assert!(!good.answer.body.contains("<b>no</b>"));
    english(&"x".repeat(129)).assert_says("A password has 128 characters at most");
    english("{SSHA}abcdefgh").assert_says("curly braces");
    // Without the page's token nothing is judged.
    let foreign = phone.post(&meter, &[("csrf", "0"), ("new", GOOD)]);
    assert_eq!(foreign.status(), 403);
}

#[test]
fn a_page_is_one_request_and_small_and_says_nothing_to_others() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/"));
    let answer = &page.answer;
    assert!(answer.body.len() < 30_000, "{} bytes", answer.body.len());
    for elsewhere in [
        "<img",
        "<iframe",
        "src=",
        "url(",
        "@import",
        "rel=\"stylesheet\"",
    ] {
        assert!(!answer.body.contains(elsewhere), "{elsewhere}");
    }
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let policy = answer.header("content-security-policy").unwrap();
    for rule in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    crate::support::figures::publish(
        "form-page",
        &format!("{} bytes in one request", answer.body.len()),
    );
}

#[test]
fn who_is_locked_out_or_must_change_is_told_and_let_in() {
    let company = Company::start();
    let server = Server::start(&company);
    company
        .slapd
        .set_password_as_root(&dn("lin.wei"), LIN_PASSWORD);
    let mut lin = Phone::of("LinWei");
    lin.open(&server.url("/?lang=en"))
        .assert_says("had to be changed anyway");
    let mut siti = Phone::of("SitiRahma");
    let page = siti.open(&server.url("/?lang=en"));
    page.assert_says("A new password unlocks it");
    siti.set_password(&server, &page, GOOD)
        .assert_says("works now");
    assert!(company.signs_in("siti.rahma", GOOD));
}
