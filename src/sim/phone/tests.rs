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
