//! People whom the form refuses: here the person is known, so it says why.

use rekey::domain::account::{AccountKey, WecomUserId};
use rekey::sim::wecom::Member;

use crate::company::Company;
use crate::phone::{Phone, WECOM};
use crate::server::Server;

const GOOD: &str = "Quartz-Lantern-27-Meadow";

#[test]
fn everybody_who_may_not_is_told_why() {
    let company = Company::start();
    let server = Server::start(&company);
    let says = |userid: &str, status, words: &str| {
        let page = Phone::of(userid).open(&server.url("/"));
        assert_eq!(page.status(), status, "{userid}");
        page.assert_says(words);
        assert!(!page.is_form(), "{userid}");
    };
    says(
        "somebody",
        403,
        "You are not a member of this company in WeCom",
    );
    says("ww9/LinWei", 403, "You belong to another company in WeCom");
    says("ZhangMin", 403, "does not reach you");
    says("AdminBoss", 200, "Your account has special rights");
    says("BudiOff", 200, "Your account is disabled");
    // One mapping that leads to two entries leads nowhere.
    says("TwinId", 200, "No account belongs to your WeCom");
    for status in [2, 4, 5] {
        company
            .wecom
            .set_member("SitiRahma", |member: &mut Member| member.status = status);
        says("SitiRahma", 403, "Your WeCom is not active");
    }
    company
        .wecom
        .set_member("SitiRahma", |member: &mut Member| member.status = 1);
    company.wecom.set_faults(|faults| faults.down = true);
    says("LinWei", 503, "WeCom does not answer");
    company.wecom.set_faults(|faults| faults.down = false);
    assert_eq!(server.site.results("change_intent"), [""; 0]);
}

#[test]
fn outside_wecom_a_page_says_where_to_go() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut browser = Phone::of("LinWei");
    for agent in [
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/120",
        // Consumer WeChat.
        "Mozilla/5.0 Mobile/15E148 MicroMessenger/8.0.1 Language/en",
        "",
    ] {
        browser.agent = agent.to_owned();
        browser
            .open(&server.url("/"))
            .assert_says("Open this in WeCom");
        browser
            .open(&server.url("/k/23456789ABCDE"))
            .assert_says("Scan this with WeCom");
        browser
            .open(&server.url(&format!("/l/{}", "A2".repeat(13))))
            .assert_says("Open this in WeCom");
    }
    for path in [
        "/nowhere",
        "/k/",
        "/k/short",
        "/k/0000000000000",
        "/l/x",
        "/form/x",
        "/wecom",
        "/.env",
    ] {
        let page = browser.open(&server.url(path));
        assert_eq!(page.status(), 404, "{path}");
        page.assert_says("There is nothing at this address");
        assert!(page.answer.body.contains("href=\"/\""));
    }
    assert_eq!(server.get("/livez", "").status, 200);
}

#[test]
fn a_page_speaks_the_persons_language() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("SitiRahma");
    let mut says = |agent: &str, path: &str, words: &str| {
        phone.agent = format!("{WECOM} {agent}");
        phone.open(&server.url(path)).assert_says(words);
    };
    // Siti's directory has no language: her WeCom's counts, until she chooses another one.
    says("Language/zh_CN", "/", "请设置新密码");
    says("Language/en", "/", "Choose a new password");
    says("Language/zh_CN", "/form?lang=id", "Pilih kata sandi baru");
    says("Language/zh_CN", "/form", "Pilih kata sandi baru");
    says("Language/zh_CN", "/form?lang=xx", "Pilih kata sandi baru");
    let mut lin = Phone::of("LinWei");
    lin.open(&server.url("/")).assert_says("请设置新密码");
}

#[test]
fn a_frozen_account_is_told_until_when_and_its_owner_goes_on() {
    let company = Company::start();
    let server = Server::start(&company);
    let mut phone = Phone::of("SitiRahma");
    // A press of the second card, as the store keeps it.
    let entry = company
        .slapd
        .entry(&crate::support::slapd::dn("siti.rahma"), &["entryUUID"]);
    let key = AccountKey::new(&entry["entryuuid"][0]);
    freeze(&server, &key);
    let page = phone.open(&server.url("/"));
    page.assert_says("Resets of your account are frozen");
    assert!(!page.is_form());
    let csrf = page.hidden("csrf");
    // Nobody ends it without the page's token.
    let refused = phone.post(&server.url("/unfreeze"), &[("csrf", "0")]);
    assert_eq!(refused.status(), 403);
    let form = phone.post(&server.url("/unfreeze"), &[("csrf", &csrf)]);
    assert!(form.is_form(), "{}", form.text());
    phone
        .set_password(&server, &form, GOOD)
        .assert_says("works now");
    let results = server.site.results("freeze");
    assert_eq!(results, ["frozen", "unfrozen"]);
    assert!(WecomUserId::parse("SitiRahma").is_some());
}

/// Freezes an account, as a press of the card does it: through a store of this process's own.
fn freeze(server: &Server, account: &AccountKey) {
    use rekey::adapters::store::{ProcessMark, SqliteStore, StoreSettings};
    use rekey::domain::audit::{AuditEvent, EventKind};
    use rekey::domain::code::{Place, ResetId};
    use rekey::flow::ports::{Clock as _, Objections as _};

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
        let record = AuditEvent {
            at: now,
            kind: EventKind::Freeze,
            reset: ResetId::from_bytes([7; 16]),
            account: Some(account.clone()),
            place: Place {
                front: "kiosk",
                kiosk: "lobby-1".to_owned(),
            },
            result: "frozen",
        };
        let until = now.plus(rekey::domain::limits::FREEZE);
        store.freeze(account, until, &record).await.unwrap();
    });
}
