//! Signing in through WeCom's own pages: the adapter against the simulated WeCom, and what a
//! browser in between sees.

use std::sync::Arc;
use std::time::Duration;

use rekey::domain::secret::Credential;
use rekey::flow::ports::{Identity, Messenger as _, NotVouched};
use rekey::sim::clock::{SeededEntropy, SimClock};
use rekey::sim::wecom::{Member, SimWecom};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::messenger::{Bench, bench, wecom_of};

const FORM: &str = "https://reset.contoso.example/signed-in";

async fn phone_bench() -> Bench {
    let bench = bench().await;
    bench
        .sim
        .set_home("https://reset.contoso.example/")
        .unwrap();
    bench
}

/// What a browser gets, by whose phone it is: the head and the body of the answer.
async fn open(url: &str, holder: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let path = path.split('#').next().unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let request = format!(
        "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nCookie: a=b; phone={holder}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn target(answer: &str) -> Option<String> {
    let line = answer
        .lines()
        .find(|line| line.to_lowercase().starts_with("location: "))?;
    Some(line.split_once(": ")?.1.trim().to_owned())
}

/// The code with which `holder`'s browser comes back.
async fn code_of(bench: &Bench, holder: &str) -> String {
    let answer = open(&bench.wecom.sign_in(FORM, "State1"), holder).await;
    let target = target(&answer).unwrap_or_else(|| panic!("no redirect: {answer}"));
    let query = target.strip_prefix(&format!("{FORM}?code=")).unwrap();
    let (code, state) = query.split_once('&').unwrap();
    assert_eq!(state, "state=State1");
    code.to_owned()
}

async fn who(bench: &Bench, holder: &str) -> Result<String, NotVouched> {
    let code = code_of(bench, holder).await;
    let vouched = bench.wecom.who(&code).await;
    vouched.map(|vouched| vouched.userid().as_str().to_owned())
}

#[tokio::test]
async fn a_member_is_named_and_everybody_else_is_told_why_not() {
    let bench = phone_bench().await;
    assert_eq!(who(&bench, "linwei").await, Ok("LinWei".to_owned()));
    for (holder, refusal) in [
        ("somebody", NotVouched::NotMember),
        ("ww9/LinWei", NotVouched::OtherCompany),
        ("OutOfRange", NotVouched::OutOfRange),
    ] {
        assert_eq!(who(&bench, holder).await, Err(refusal), "{holder}");
    }
    for status in [2, 4, 5] {
        bench
            .sim
            .set_member("SitiRahma", |member| member.status = status);
        assert_eq!(who(&bench, "SitiRahma").await, Err(NotVouched::NotActive));
    }
}

#[tokio::test]
async fn a_code_works_once_and_for_five_minutes() {
    let bench = phone_bench().await;
    let code = code_of(&bench, "LinWei").await;
    bench.wecom.who(&code).await.unwrap();
    assert_eq!(bench.wecom.who(&code).await, Err(NotVouched::Again));

    let code = code_of(&bench, "LinWei").await;
    bench.clock.advance(Duration::from_secs(299));
    bench.wecom.who(&code).await.unwrap();
    let code = code_of(&bench, "LinWei").await;
    bench.clock.advance(Duration::from_secs(300));
    for spent in [code.as_str(), "invented", "", &"x".repeat(600)] {
        assert_eq!(bench.wecom.who(spent).await, Err(NotVouched::Again));
    }
}

#[tokio::test]
async fn a_page_elsewhere_gets_no_code() {
    let bench = phone_bench().await;
    for (redirect, state) in [
        ("https://evil.example/", "S"),
        ("https://reset.contoso.example:8443/", "S"),
        ("http://reset.contoso.example/", "S"),
        ("https://reset.contoso.example.evil.example/", "S"),
        ("https://reset.contoso.example@evil.example/", "S"),
        (FORM, "not-alphanumeric"),
        (FORM, &"S".repeat(129)),
    ] {
        let answer = open(&bench.wecom.sign_in(redirect, state), "LinWei").await;
        assert_eq!(target(&answer), None, "{redirect} {state}");
    }
    bench.sim.set_faults(|f| f.only_in_wecom = true);
    let answer = open(&bench.wecom.sign_in(FORM, "S"), "LinWei").await;
    assert!(answer.contains("请在微信客户端打开链接"));
}

#[tokio::test]
async fn a_rush_of_sign_ins_keeps_no_code_from_being_sent() {
    let bench = phone_bench().await;
    bench.wecom.works().await.unwrap();
    let code = code_of(&bench, "LinWei").await;
    bench.sim.set_faults(|f| f.too_often = 1);
    let refused = bench.wecom.who(&code).await;
    assert!(matches!(refused, Err(NotVouched::ChannelDown(_))));
    // WeCom asked to wait with sign-ins, and is not asked about one meanwhile.
    let calls = bench.sim.calls();
    let refused = bench.wecom.who(&code).await;
    assert!(matches!(refused, Err(NotVouched::ChannelDown(_))));
    assert_eq!(bench.sim.calls(), calls);
    bench
        .wecom
        .send(crate::messenger::code_to("LinWei"))
        .await
        .unwrap();
    bench.clock.advance(Duration::from_secs(61));
    bench
        .wecom
        .who(&code_of(&bench, "LinWei").await)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_wecom_that_is_down_vouches_for_nobody() {
    let bench = phone_bench().await;
    let faults: [fn(&mut rekey::sim::wecom::Faults); 4] = [
        |f| f.down = true,
        |f| f.garbage = 100,
        |f| f.redirect = true,
        |f| f.untrusted_ip = true,
    ];
    for fault in faults {
        let code = code_of(&bench, "LinWei").await;
        bench.sim.set_faults(fault);
        let Err(NotVouched::ChannelDown(words)) = bench.wecom.who(&code).await else {
            panic!("vouched");
        };
        assert!(!words.contains(&code) && !words.contains("http"), "{words}");
        bench
            .sim
            .set_faults(|f| *f = rekey::sim::wecom::Faults::default());
    }
}

/// A second program with the same app's secret, as a kiosk beside a server is.
#[tokio::test]
async fn two_programs_share_a_token() {
    let clock = Arc::new(SimClock::at(rekey::domain::time::Timestamp::from_secs(
        1_795_000_000,
    )));
    let members = vec![Member::new("LinWei", "林薇")];
    let entropy = Arc::new(SeededEntropy::new(1));
    let sim = SimWecom::start(Default::default(), members, clock.clone(), entropy);
    let sim = sim.await.unwrap();
    let secret = || Credential::new(sim.app().secret.clone());
    let [kiosk, server] = [secret(), secret()].map(|secret| wecom_of(&sim, secret, clock.clone()));
    for wecom in [&kiosk, &server, &kiosk, &server] {
        wecom
            .send(crate::messenger::code_to("LinWei"))
            .await
            .unwrap();
    }
    assert_eq!(sim.token_calls(), 2);
}
