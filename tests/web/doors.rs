//! Doors that attackers try: hosts, proxies, forged forms, mixed-up sign-ins, links.

use rekey::adapters::store::{ProcessMark, SqliteStore, StoreSettings};
use rekey::domain::account::WecomUserId;
use rekey::flow::ports::{Clock as _, Link, LinkTo, Links as _};

use crate::company::Company;
use crate::phone::Phone;
use crate::server::Server;
use crate::support::slapd::LIN_PASSWORD;
use crate::wire;

const GOOD: &str = "Quartz-Lantern-27-Meadow";

#[test]
fn another_host_is_never_answered_nor_named() {
    let company = Company::start();
    let server = Server::start(&company);
    let authority = &server.authority;
    let ask = |request: String| wire::once(authority, &request);
    for host in [
        "evil.example",
        "127.0.0.1",
        "localhost:1",
        "",
        "evil.example:443",
    ] {
        for path in ["/", "/k/23456789ABCDE", "/form", "/nothing"] {
            let answer = ask(format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: wxwork\r\n\r\n"
            ));
            assert_eq!(answer.status, 421, "{host:?} {path}");
            assert_eq!(answer.body, "");
        }
    }
    let absolute = ask(format!(
        "GET http://evil.example/ HTTP/1.1\r\nHost: {authority}\r\n\r\n"
    ));
    assert_eq!(absolute.status, 421);
    let two = ask(format!(
        "GET / HTTP/1.1\r\nHost: {authority}\r\nHost: evil.example\r\n\r\n"
    ));
    assert!([400, 421].contains(&two.status));
    // What watches the server needs no name.
    assert_eq!(
        ask("GET /livez HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n".to_owned()).status,
        200
    );
    // A forwarded host is nothing; where WeCom comes back to is the configuration's.
    let headers = "User-Agent: wxwork\r\nX-Forwarded-Host: evil.example\r\n\
        X-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\n";
    let answer = server.get("/", headers);
    let location = answer.header("location").unwrap();
    let back = format!(
        "redirect_uri=http%3A%2F%2F{}%2Fsigned-in",
        authority.replace(':', "%3A")
    );
    assert!(location.contains(&back), "{location}");
    assert!(!format!("{answer:?}").contains("evil"));
}

#[test]
fn a_form_from_elsewhere_sets_nothing() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let page = phone.open(&server.url("/"));
    let (csrf, turn) = (page.hidden("csrf"), page.hidden("turn"));
    let form = server.url("/form");
    let fields = |csrf| {
        [
            ("csrf", csrf),
            ("turn", turn.as_str()),
            ("new", GOOD),
            ("again", GOOD),
        ]
    };
    for headers in [
        "Origin: https://evil.example\r\n",
        "Origin: http://127.0.0.1:1\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Origin: null\r\nSec-Fetch-Site: cross-site\r\n",
    ] {
        phone.headers = headers.to_owned();
        let refused = phone.post(&form, &fields(&csrf));
        assert_eq!(refused.status(), 403, "{headers}");
        refused.assert_says("这不是从我们的页面发出的");
    }
    phone.headers = String::new();
    // Another session's token, none, an almost right one.
    let mut siti = Phone::of("SitiRahma");
    let hers = siti.open(&server.url("/")).hidden("csrf");
    let almost = format!("{}x", &csrf[..31]);
    for wrong in [hers.as_str(), "", &almost, &csrf[1..]] {
        assert_eq!(phone.post(&form, &fields(wrong)).status(), 403);
    }
    // Somebody without a cookie, or with an invented one.
    let mut attacker = Phone::of("SitiRahma");
    let over = attacker.post(&form, &fields(&csrf));
    over.assert_says("This page is over");
    attacker.set_cookie("rekey", &"0".repeat(32));
    attacker
        .post(&form, &fields(&csrf))
        .assert_says("This page is over");
    // Too long, no form, no text.
    let long = "x".repeat(9_000);
    let fields = [
        ("csrf", csrf.as_str()),
        ("turn", &turn),
        ("new", &long),
        ("again", &long),
    ];
    assert_eq!(phone.post(&form, &fields).status(), 400);
    // GET changes nothing, whatever it carries.
    phone.open(&format!(
        "{form}?csrf={csrf}&turn={turn}&new={GOOD}&again={GOOD}"
    ));
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    assert_eq!(server.site.results("change_intent"), [""; 0]);
    // And the right one still works.
    let page = phone.open(&form);
    phone.headers = format!(
        "Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n",
        server.authority
    );
    phone.set_password(&server, &page, GOOD);
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn nobody_is_signed_in_as_somebody_else() {
    let company = Company::start();
    let server = Server::start(&company);
    // The attacker signs in as themselves, up to the point where WeCom sends them back ...
    let mut attacker = Phone::of("SitiRahma");
    let there = attacker.look(&server.url("/"));
    let wecom = there.header("location").unwrap().to_owned();
    let back = attacker.look(&wecom).header("location").unwrap().to_owned();
    // ... and gives that address to Lin Wei, who has begun a sign-in of her own, or none.
    let mut lin = Phone::of("LinWei");
    lin.open(&back).assert_says("Please sign in once more");
    lin.look(&server.url("/"));
    let mixed = lin.open(&back);
    assert_eq!(mixed.status(), 400);
    assert!(!mixed.is_form());
    assert!(lin.cookie("rekey").is_none());
    // The other way round: Lin Wei's answer in the attacker's webview.
    let theirs = lin
        .look(&server.url("/"))
        .header("location")
        .unwrap()
        .to_owned();
    let hers = lin.look(&theirs).header("location").unwrap().to_owned();
    assert!(!attacker.open(&hers).is_form());
    // A code works once, a made-up one never.
    let mut siti = Phone::of("SitiRahma");
    let wecom = siti
        .look(&server.url("/"))
        .header("location")
        .unwrap()
        .to_owned();
    let back = siti.look(&wecom).header("location").unwrap().to_owned();
    let kept = siti.cookie("rekey-sign-in").unwrap().to_owned();
    assert!(siti.open(&back).is_form());
    siti.set_cookie("rekey-sign-in", &kept);
    siti.open(&back).assert_says("Please sign in once more");
    let state = kept.split('.').next().unwrap();
    for code in ["", "x", &"c".repeat(600)] {
        siti.set_cookie("rekey-sign-in", &kept);
        let page = siti.open(&server.url(&format!("/signed-in?code={code}&state={state}")));
        assert!(!page.is_form());
    }
    for query in [
        "",
        "?code=a",
        "?state=b",
        "?code=a&code=b&state=c",
        "?state=%FF&code=1",
    ] {
        let page = siti.open(&server.url(&format!("/signed-in{query}")));
        assert_eq!(page.status(), 400, "{query}");
    }
}

#[test]
fn the_next_holder_of_the_phone_sees_nothing_of_the_last_one() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("LinWei");
    let first = phone.open(&server.url("/"));
    let before = phone.cookie("rekey").unwrap().to_owned();
    // Twice the same person: the same reset goes on.
    let twice = phone.open(&server.url("/"));
    assert_eq!(first.hidden("csrf"), twice.hidden("csrf"));
    phone.set_cookie("phone", "SitiRahma");
    let other = phone.open(&server.url("/"));
    assert_ne!(first.hidden("csrf"), other.hidden("csrf"));
    phone.set_password(&server, &other, GOOD);
    assert!(company.signs_in("siti.rahma", GOOD));
    assert!(company.signs_in("lin.wei", LIN_PASSWORD));
    // What the last one had is over.
    phone.set_cookie("rekey", &before);
    phone
        .open(&server.url("/form"))
        .assert_says("This page is over");
}

#[test]
fn a_one_time_link_works_once_and_for_its_receiver_alone() {
    let company = Company::start();
    let server = Server::start(&company);
    let token = "ABCDEFGHJKMNPQRSTUVWXYZ234";
    offer(&server, token);
    let link = server.url(&format!("/l/{}", token.to_lowercase()));
    // A preview opens it, somebody else opens it: nothing is used up.
    let mut preview = Phone::of("LinWei");
    preview.agent = "LinkPreview/1.0".to_owned();
    preview.open(&link).assert_says("Open this in WeCom");
    Phone::of("SitiRahma")
        .open(&link)
        .assert_says("This link does not work any more");
    let (mut first, mut second) = (Phone::of("LinWei"), Phone::of("LinWei"));
    let (one, two) = (first.open(&link), second.open(&link));
    assert!(one.is_form() && two.is_form());
    first.set_password(&server, &one, GOOD);
    assert!(company.signs_in("lin.wei", GOOD));
    second.headers = "Accept-Language: en\r\n".to_owned();
    let late = second.set_password(&server, &two, "Velvet-Anchor-61-Tundra");
    assert!(!late.text().contains("works now"));
    assert!(company.signs_in("lin.wei", GOOD));
    Phone::of("LinWei")
        .open(&link)
        .assert_says("This link does not work any more");
    assert!(!server.log().contains(token));
}

/// Registers a link to the form for Lin Wei, as the chat does.
fn offer(server: &Server, token: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(StoreSettings {
            url: format!("sqlite:{}", server.site.path().join("state.db").display()),
            key_file: server.site.path().join("key"),
            process: ProcessMark::of_this_process().unwrap(),
        })
        .await
        .unwrap();
        let now = rekey::adapters::clock::SystemClock::new().now().wall;
        let link = Link {
            token: token.to_owned(),
            to: WecomUserId::parse("LinWei").unwrap(),
            leads: LinkTo::Form,
            expires: now.plus(rekey::domain::limits::LINK_LIFETIME),
        };
        store.offer_link(&link, now).await.unwrap();
    });
}
