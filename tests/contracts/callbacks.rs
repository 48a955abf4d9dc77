//! WeCom's calls to us: what the simulated WeCom seals, sends and sends again, opened by the
//! adapter behind a real listener.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use rekey::adapters::wecom::callback::WecomCallbacks;
use rekey::adapters::wecom::menu::MenuEntry;
use rekey::domain::account::WecomUserId;
use rekey::domain::secret::Credential;
use rekey::flow::callback::{CallbackRefusal, Callbacks, Delivery, Envelope, Happening};
use rekey::flow::message::{Card, CardAnswer, CardBody, CardId, Pressed};
use rekey::flow::ports::{Clock, Messenger as _};
use rekey::sim::clock::SimClock;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

use crate::messenger::{Bench, bench};

#[derive(Deserialize)]
struct Parameters {
    msg_signature: String,
    timestamp: String,
    nonce: String,
    echostr: Option<String>,
}

/// The app's side: notes what it is told.
struct App {
    callbacks: WecomCallbacks,
    clock: Arc<SimClock>,
    told: Mutex<Vec<Result<Delivery, CallbackRefusal>>>,
    /// So many deliveries are answered with 500 although they were read.
    fails: Mutex<u32>,
}

impl App {
    fn take(&self) -> Vec<Result<Delivery, CallbackRefusal>> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    /// The only delivery that came, whatever number of times.
    fn once(&self) -> Delivery {
        let mut told = self.take();
        assert_eq!(told.len(), 1);
        told.remove(0).unwrap()
    }
}

async fn verify(
    State(app): State<Arc<App>>,
    Query(query): Query<Parameters>,
) -> (StatusCode, String) {
    let now = app.clock.now().wall;
    let echo = query.echostr.clone().unwrap_or_default();
    match app.callbacks.verify(&envelope(&query), &echo, now) {
        Ok(plain) => (StatusCode::OK, plain),
        Err(refusal) => (StatusCode::FORBIDDEN, refusal.to_string()),
    }
}

async fn receive(
    State(app): State<Arc<App>>,
    Query(query): Query<Parameters>,
    body: Bytes,
) -> StatusCode {
    let now = app.clock.now().wall;
    let delivery = app.callbacks.open(&envelope(&query), &body, now);
    let mut fails = app.fails.lock().unwrap();
    let status = match (&delivery, *fails) {
        (Ok(_), 0) => StatusCode::OK,
        (Ok(_), _) => StatusCode::INTERNAL_SERVER_ERROR,
        (Err(_), _) => StatusCode::FORBIDDEN,
    };
    *fails = fails.saturating_sub(1);
    app.told.lock().unwrap().push(delivery);
    status
}

fn envelope(query: &Parameters) -> Envelope<'_> {
    Envelope {
        signature: &query.msg_signature,
        timestamp: &query.timestamp,
        nonce: &query.nonce,
    }
}

async fn app(bench: &Bench) -> Arc<App> {
    let app = bench.sim.app();
    let keys = &app.callback;
    let (token, key) = (keys.token.clone(), Credential::new(keys.aes_key.clone()));
    let (corp, agent) = (app.corp_id.clone(), app.agent_id);
    let callbacks = WecomCallbacks::new(Credential::new(token), &key, corp, agent).unwrap();
    let app = Arc::new(App {
        callbacks,
        clock: bench.clock.clone(),
        told: Mutex::default(),
        fails: Mutex::default(),
    });
    let router = Router::new()
        .route("/wecom/callback", get(verify).post(receive))
        .with_state(app.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/wecom/callback", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    bench.sim.enter_callback(&url).await.unwrap();
    app
}

fn words(delivery: &Delivery) -> &str {
    match &delivery.what {
        Happening::Wrote(words) => words.expose(),
        _ => panic!("nothing was written"),
    }
}

#[tokio::test]
async fn what_members_do_arrives() {
    let bench = bench().await;
    let app = app(&bench).await;
    for plain in [false, true] {
        bench.sim.set_faults(|f| f.plain_xml = plain);
        let written = "#resetpassword#a<b>&c ]]> 你好";
        assert!(bench.sim.say("LinWei", written).await.taken());
        let delivery = app.once();
        assert_eq!(words(&delivery), written);
        assert_eq!(delivery.from.userid().as_str(), "LinWei");
        assert_eq!(delivery.at, bench.clock.now().wall);

        assert!(bench.sim.enter("SitiRahma").await.taken());
        assert!(matches!(app.once().what, Happening::Entered));
        assert!(bench.sim.press_menu("LinWei", "expand").await.taken());
        let Happening::MenuPressed(key) = app.once().what else {
            panic!("no menu");
        };
        assert_eq!(key, "expand");
    }
    bench.sim.set_reports_entering(false);
    assert_eq!(bench.sim.enter("LinWei").await.tries, []);
}

#[tokio::test]
async fn a_callback_that_is_not_taken_comes_again_and_is_known_again() {
    let bench = bench().await;
    let app = app(&bench).await;
    *app.fails.lock().unwrap() = 2;
    let handed = bench.sim.say("LinWei", "once").await;
    assert_eq!(handed.tries, [Some(500), Some(500), Some(200)]);
    bench.sim.set_faults(|f| f.extra_callbacks = 1);
    bench.sim.say("LinWei", "twice").await;
    let keys: Vec<_> = app.take().into_iter().map(|d| d.unwrap().key).collect();
    assert_eq!(keys.len(), 5);
    assert!(keys[0] == keys[1] && keys[1] == keys[2] && keys[3] == keys[4]);
    assert_ne!(keys[2], keys[3]);

    bench.sim.set_faults(|f| f.callback_attempts = Some(4));
    *app.fails.lock().unwrap() = 9;
    assert_eq!(bench.sim.say("LinWei", "never").await.tries.len(), 5);
}

#[tokio::test]
async fn held_back_callbacks_arrive_in_the_wrong_order() {
    let bench = bench().await;
    let app = app(&bench).await;
    bench.sim.set_faults(|f| f.hold_callbacks = true);
    bench.sim.say("LinWei", "first").await;
    bench.sim.say("LinWei", "second").await;
    assert!(app.take().is_empty());
    bench.sim.release_callbacks().await;
    let told: Vec<_> = app.take().into_iter().map(Result::unwrap).collect();
    let told: Vec<_> = told.iter().map(words).collect();
    assert_eq!(told, ["second", "first"]);
}

#[tokio::test]
async fn a_clock_that_is_wrong_takes_nothing() {
    let bench = bench().await;
    let app = app(&bench).await;
    let (query, body) = bench.sim.forge("<xml/>").unwrap();
    let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let envelope = Envelope {
        signature: &query[0].1,
        timestamp: &query[1].1,
        nonce: &query[2].1,
    };
    bench.clock.advance(std::time::Duration::from_secs(301));
    let now = bench.clock.now().wall;
    let outcome = app.callbacks.open(&envelope, body.as_bytes(), now);
    assert_eq!(outcome.map(|_| ()), Err(CallbackRefusal::Stale));
}

#[tokio::test]
async fn an_address_that_does_not_open_the_echo_is_not_taken() {
    let bench = bench().await;
    let deaf = Router::new().route("/", get(|| async { "hello" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, deaf).await });
    assert!(bench.sim.enter_callback(&url).await.is_err());
    assert_eq!(bench.sim.say("LinWei", "anybody?").await.tries, []);
}

#[tokio::test]
async fn a_card_is_pressed_answered_once_and_greyed() {
    let bench = bench().await;
    let app = app(&bench).await;
    let card = Card {
        to: WecomUserId::parse("LinWei").unwrap(),
        language: None,
        id: CardId::from_bytes([7; 16]),
        body: CardBody::Freeze {
            span: std::time::Duration::from_secs(86_400),
        },
    };
    bench.wecom.send_card(&card).await.unwrap();
    let shown = bench.sim.next_card("linwei").await.unwrap();
    assert_eq!(shown.task, card.id.as_str());
    assert!(bench.sim.inbox("LinWei").is_empty(), "a card is no text");
    // A card's name is used once.
    assert!(bench.wecom.send_card(&card).await.is_err());

    let (key, _) = shown.buttons[0].clone();
    assert_eq!(
        bench.sim.press("SitiRahma", &shown.task, &key).await.tries,
        []
    );
    assert!(bench.sim.press("LinWei", &shown.task, &key).await.taken());
    let Happening::CardPressed(press) = app.once().what else {
        panic!("no card");
    };
    assert_eq!((press.task.as_str(), &press.key), (card.id.as_str(), &key));

    let answer = CardAnswer {
        to: card.to.clone(),
        language: None,
        outcome: Pressed::Frozen,
    };
    bench
        .wecom
        .answer_card(&answer, &press.ticket)
        .await
        .unwrap();
    assert!(bench.sim.cards("LinWei")[0].replaced.is_some());
    assert!(
        bench
            .wecom
            .answer_card(&answer, &press.ticket)
            .await
            .is_err()
    );
    assert_eq!(bench.sim.press("LinWei", &shown.task, &key).await.tries, []);
}

#[tokio::test]
async fn a_ticket_works_for_three_days() {
    let bench = bench().await;
    let app = app(&bench).await;
    let card = Card {
        to: WecomUserId::parse("LinWei").unwrap(),
        language: None,
        id: CardId::from_bytes([8; 16]),
        body: CardBody::Freeze {
            span: std::time::Duration::from_secs(86_400),
        },
    };
    bench.wecom.send_card(&card).await.unwrap();
    let shown = bench.sim.next_card("LinWei").await.unwrap();
    bench
        .sim
        .press("LinWei", &shown.task, &shown.buttons[0].0)
        .await;
    let Happening::CardPressed(press) = app.once().what else {
        panic!("no card");
    };
    bench
        .clock
        .advance(std::time::Duration::from_secs(72 * 3600));
    let answer = CardAnswer {
        to: card.to,
        language: None,
        outcome: Pressed::Frozen,
    };
    assert!(
        bench
            .wecom
            .answer_card(&answer, &press.ticket)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn an_app_without_a_menu_is_given_one_and_another_ones_stays() {
    let bench = bench().await;
    let entry = |key: &str, name: &str| MenuEntry::new(key, name).unwrap();
    assert!(
        bench
            .wecom
            .offer_menu(&[entry("expand", "展开")])
            .await
            .unwrap()
    );
    let menu = [("expand".to_owned(), "展开".to_owned())];
    assert_eq!(bench.sim.menu(), menu);
    assert!(
        !bench
            .wecom
            .offer_menu(&[entry("other", "Other")])
            .await
            .unwrap()
    );
    assert_eq!(bench.sim.menu(), menu);
    assert_eq!(MenuEntry::new("k", "seventeen bytes!!"), None);
    assert_eq!(MenuEntry::new("", "x"), None);
}

/// What the library makes of a job; `tests/run` installs it.
fn library(job: &serde_json::Value) -> serde_json::Value {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut python = Command::new("python3")
        .arg(format!("{root}/tests/support/others_callbacks.py"))
        .env("PYTHONPATH", format!("{root}/target/tools/wechatpy-1.8.18"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    let input = job.to_string();
    python
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let done = python.wait_with_output().unwrap();
    assert!(done.status.success(), "tests/run installs wechatpy");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// One of every length of padding, and some with other characters.
fn messages(app: &rekey::sim::wecom::SimApp) -> Vec<(String, String)> {
    let one = |n: usize| {
        let words = format!("{}{}", "x".repeat(n), ["", "你好", "🦀"][n % 3]);
        let message = format!(
            "<xml><ToUserName>{}</ToUserName><FromUserName>LinWei</FromUserName>\
             <CreateTime>1795000000</CreateTime><MsgType>text</MsgType>\
             <Content>{words}</Content><MsgId>{n}</MsgId><AgentID>{}</AgentID></xml>",
            app.corp_id, app.agent_id
        );
        (words, message)
    };
    (0..40).map(one).collect()
}

#[tokio::test]
async fn a_library_by_others_opens_what_we_seal_and_seals_what_we_open() {
    let bench = bench().await;
    let app = app(&bench).await;
    let sim_app = bench.sim.app();
    let messages = messages(sim_app);
    let ours: Vec<serde_json::Value> = messages
        .iter()
        .map(|(_, message)| {
            let (query, body) = bench.sim.forge(message).unwrap();
            let query: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect();
            json!({"body": body, "signature": query["msg_signature"],
                "timestamp": query["timestamp"], "nonce": query["nonce"]})
        })
        .collect();
    let job = json!({
        "token": sim_app.callback.token, "aes_key": sim_app.callback.aes_key,
        "corp_id": sim_app.corp_id, "open": ours, "nonce": "n1", "timestamp": "1795000000",
        "seal": messages.iter().map(|(_, message)| message).collect::<Vec<_>>(),
    });
    let done = library(&job);
    for (n, (words, message)) in messages.iter().enumerate() {
        assert_eq!(done["opened"][n], json!(message));
        let theirs = done["sealed"][n].as_str().unwrap();
        let part = |name: &str| {
            let from = theirs.split(&format!("<{name}><![CDATA[")).nth(1).unwrap();
            from.split("]]>").next().unwrap()
        };
        let corp = &sim_app.corp_id;
        let body = format!(
            "<xml><ToUserName>{corp}</ToUserName><Encrypt>{}</Encrypt></xml>",
            part("Encrypt")
        );
        let envelope = Envelope {
            signature: part("MsgSignature"),
            timestamp: "1795000000",
            nonce: "n1",
        };
        let now = bench.clock.now().wall;
        let delivery = app.callbacks.open(&envelope, body.as_bytes(), now).unwrap();
        assert_eq!(self::words(&delivery), words);
    }
}
