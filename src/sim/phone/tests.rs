//! The phone's page, through HTTP as a browser sees it.

use super::*;
use crate::domain::time::Timestamp;
use crate::sim::clock::{SeededEntropy, SimClock};
use crate::sim::wecom::{Member, SimApp, SimWecom};

/// A WeCom with a phone; Mallory has chosen a hostile name.
async fn bench() -> (SimWecom, String) {
    let members = vec![
        Member::new("LinWei", "林薇"),
        Member::new("Mallory", "<script>alert(1)</script>"),
    ];
    let roster: Roster = Arc::new(|| {
        vec![RosterLine {
            userid: Some("LinWei".to_owned()),
            dn: "uid=lin.wei,ou=people,dc=contoso,dc=example".to_owned(),
            login: "lin.wei".to_owned(),
            name: "林薇".to_owned(),
            state: "password expired".to_owned(),
        }]
    });
    let clock = Arc::new(SimClock::at(Timestamp::from_secs(1_795_000_000)));
    let entropy = Arc::new(SeededEntropy::new(3));
    let sim = SimWecom::start_with(SimApp::default(), members, clock, entropy, |shared| {
        router(shared, roster, "ldap://127.0.0.1:3890".to_owned())
    })
    .await
    .unwrap();
    let url = format!("{}/phone", sim.url());
    (sim, url)
}

async fn send(sim: &SimWecom, userid: &str, text: &str) {
    let (url, app) = (sim.url(), sim.app());
    let token = http::get(&format!(
        "{url}/cgi-bin/gettoken?corpid={}&corpsecret={}",
        app.corp_id, app.secret
    ))
    .await
    .unwrap()
    .json();
    let token = token["access_token"].as_str().unwrap();
    let message = serde_json::json!({"touser": userid, "msgtype": "text",
        "agentid": app.agent_id, "text": {"content": text}});
    let send = format!("{url}/cgi-bin/message/send?access_token={token}");
    let sent = http::post(&send, "application/json", message.to_string())
        .await
        .unwrap()
        .json();
    assert_eq!(sent["errcode"], 0, "{sent}");
}

#[tokio::test]
async fn the_kiosks_panel_reads_messages_newest_first() {
    let (sim, url) = bench().await;
    assert_eq!(read_messages(&url).await.unwrap(), []);
    send(&sim, "linwei", "first").await;
    send(&sim, "linwei", "第二 482913").await;
    let messages = read_messages(&url).await.unwrap();
    assert_eq!(messages.len(), 2);
    let newest = PhoneMessage {
        to: "LinWei".to_owned(),
        name: "林薇".to_owned(),
        text: "第二 482913".to_owned(),
        at: 1_795_000_000_000,
    };
    assert_eq!(messages[0], newest);
}

#[tokio::test]
async fn the_page_shows_people_and_messages_and_runs_nothing_of_theirs() {
    let (sim, url) = bench().await;
    send(&sim, "Mallory", "<img src=x onerror=alert(1)>").await;
    let page = http::get(&url).await.unwrap();
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    let html = page.text();
    assert!(html.contains("lin.wei") && html.contains("password expired"));
    assert!(html.contains("ldapwhoami -x -H ldap://127.0.0.1:3890 -D uid=lin.wei,ou=people,"));
    assert!(html.contains("&lt;img") && html.contains("&lt;script&gt;"));
    assert!(!html.contains("<img") && !html.contains("<script>"));
}

#[tokio::test]
async fn another_sites_name_for_this_machine_reads_no_codes() {
    let (_sim, url) = bench().await;
    for page in [url.clone(), format!("{url}/messages")] {
        let asked = http::request(&page)
            .header(header::HOST, "rebound.attacker.example")
            .body(http::Body::default())
            .unwrap();
        let answer = http::exchange(asked).await.unwrap();
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_phone_that_is_gone_is_an_error() {
    let (sim, url) = bench().await;
    drop(sim);
    assert!(read_messages(&url).await.is_err());
}

/// The page as whoever has taken `holder`'s phone sees it.
async fn page_of(url: &str, holder: &str) -> String {
    let asked = http::request(url)
        .header(header::COOKIE, format!("phone={holder}"))
        .body(http::Body::default())
        .unwrap();
    http::exchange(asked).await.unwrap().text()
}

async fn act(url: &str, origin: &str, holder: &str, form: &str) -> http::Answer {
    let asked = http::request(url)
        .method("POST")
        .header(header::ORIGIN, origin)
        .header(header::COOKIE, format!("phone={holder}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(http::Body::from(form.to_owned()))
        .unwrap();
    http::exchange(asked).await.unwrap()
}

#[tokio::test]
async fn whoever_takes_a_phone_writes_presses_and_opens_pages() {
    let (sim, url) = bench().await;
    let origin = sim.url();
    // Before the app listens there is nothing to write to, and no page to open.
    assert!(!page_of(&url, "LinWei").await.contains("/phone/say"));
    sim.set_callback("http://127.0.0.1:1/wecom/callback");
    sim.set_home("http://127.0.0.1:8080/").unwrap();
    sim.set_faults(|f| f.hold_callbacks = true);

    let taken = act(&format!("{url}/be"), &origin, "", "userid=LinWei").await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let cookie = taken.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("phone=LinWei;") && cookie.contains("HttpOnly"));

    let say = format!("{url}/say");
    let said = act(&say, &origin, "LinWei", "text=%3Cb%3Ehello+you").await;
    assert_eq!(said.headers[header::LOCATION], "/phone");
    send(
        &sim,
        "LinWei",
        "see <a href=\"http://127.0.0.1:8080/l/1\">the form</a>",
    )
    .await;
    let page = loop {
        let page = page_of(&url, "LinWei").await;
        if page.contains("hello you") {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert!(page.contains("&lt;b&gt;hello you") && page.contains("class=\"mine\""));
    assert!(page.contains("<a href=\"http://127.0.0.1:8080/l/1\" target=\"_blank\""));
    assert!(
        !page_of(&url, "Mallory").await.contains("hello you"),
        "another's phone"
    );

    let open = format!("{url}/open");
    let opened = act(
        &open,
        &origin,
        "LinWei",
        "address=127.0.0.1%3A8080%2Fk%2Fabc",
    )
    .await;
    assert_eq!(
        opened.headers[header::LOCATION],
        "http://127.0.0.1:8080/k/abc"
    );
    let opened = act(
        &open,
        &origin,
        "LinWei",
        "address=http%3A%2F%2Fevil.example%2F",
    )
    .await;
    assert_eq!(opened.headers[header::LOCATION], "/phone?note=elsewhere");
    let page = http::get(&url).await.unwrap();
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:8080;"),
        "{policy}"
    );
}

#[tokio::test]
async fn another_sites_page_does_nothing_with_the_phone() {
    let (sim, url) = bench().await;
    sim.set_callback("http://127.0.0.1:1/wecom/callback");
    for path in ["be", "say", "press", "menu", "open"] {
        let form = "userid=LinWei&text=x&task=t&key=k&address=x";
        let done = act(
            &format!("{url}/{path}"),
            "http://evil.example",
            "LinWei",
            form,
        )
        .await;
        assert_eq!(done.status, StatusCode::FORBIDDEN, "{path}");
    }
    let nobodys = act(&format!("{url}/be"), &sim.url(), "", "userid=Nobody%3B+x").await;
    let cookie = nobodys.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("phone=;"), "{cookie}");
}
