//! The messenger's contract, and the WeCom adapter's conduct over real HTTP under each fault.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rekey::adapters::wecom::{Wecom, WecomSettings};
use rekey::domain::account::WecomUserId;
use rekey::domain::secret::{CodeDigits, Credential};
use rekey::domain::time::Timestamp;
use rekey::flow::message::{Body, Card, CardAnswer, CardButton, CardWords, Message, Wording};
use rekey::flow::ports::{Clock, Messenger, SendError};
use rekey::sim::clock::{SeededEntropy, SimClock};
use rekey::sim::wecom::{Member, SimApp, SimWecom};
use zeroize::Zeroizing;

/// Words for tests; `padding` Chinese characters stand before a code.
struct Words {
    padding: usize,
}

impl Wording for Words {
    fn text(&self, message: &Message) -> Zeroizing<String> {
        Zeroizing::new(match &message.body {
            Body::KioskCode { digits, kiosk, .. } => {
                format!("{}{kiosk}: {}", "验".repeat(self.padding), digits.expose())
            }
            Body::Changed { kiosk, .. } => format!("changed at {kiosk}"),
            _ => "notice".to_owned(),
        })
    }

    fn card(&self, _: &Card) -> CardWords {
        CardWords {
            title: "was it you?".to_owned(),
            text: "press".to_owned(),
            buttons: vec![(CardButton::NotMe, "not me".to_owned())],
        }
    }

    fn pressed(&self, _: &CardAnswer) -> String {
        "stopped".to_owned()
    }
}

pub struct Bench {
    pub sim: SimWecom,
    pub wecom: Wecom,
    pub clock: Arc<SimClock>,
}

pub async fn bench() -> Bench {
    bench_with(SimApp::default().secret, 0).await
}

async fn bench_with(secret: String, padding: usize) -> Bench {
    bench_of(secret, padding, Duration::from_secs(3)).await
}

async fn bench_with_patience(timeout: Duration) -> Bench {
    bench_of(SimApp::default().secret, 0, timeout).await
}

async fn bench_of(secret: String, padding: usize, timeout: Duration) -> Bench {
    let clock = Arc::new(SimClock::at(Timestamp::from_secs(1_795_000_000)));
    let out_of_range = Member {
        in_range: false,
        ..Member::new("OutOfRange", "Out Of Range")
    };
    let unlicensed = Member {
        licensed: false,
        ..Member::new("NoLicence", "No Licence")
    };
    let members = vec![
        Member::new("LinWei", "林薇"),
        Member::new("SitiRahma", "Siti Rahma"),
        out_of_range,
        unlicensed,
    ];
    let entropy = Arc::new(SeededEntropy::new(1));
    let sim = SimWecom::start(SimApp::default(), members, clock.clone(), entropy)
        .await
        .unwrap();
    let settings = WecomSettings {
        timeout,
        ..settings_of(&sim, Credential::new(secret))
    };
    let wecom = Wecom::new(settings, Arc::new(Words { padding }), clock.clone()).unwrap();
    Bench { sim, wecom, clock }
}

fn settings_of(sim: &SimWecom, secret: Credential) -> WecomSettings {
    let app = sim.app().clone();
    WecomSettings::new(sim.url(), app.corp_id, app.agent_id, secret)
}

/// Another client of the same app.
pub fn wecom_of(sim: &SimWecom, secret: Credential, clock: Arc<SimClock>) -> Wecom {
    let words = Arc::new(Words { padding: 0 });
    Wecom::new(settings_of(sim, secret), words, clock).unwrap()
}

pub fn code_to(userid: &str) -> Message {
    Message {
        to: WecomUserId::parse(userid).unwrap(),
        language: Some("zh-CN".to_owned()),
        body: Body::KioskCode {
            digits: CodeDigits::parse("482913", 6).unwrap(),
            kiosk: "lobby-1".to_owned(),
            lifetime: Duration::from_secs(300),
            reference: "K4T9".to_owned(),
        },
        concerns: None,
    }
}

fn notice_to(userid: &str) -> Message {
    Message {
        body: Body::Changed {
            kiosk: "lobby-1".to_owned(),
            at: Timestamp::from_secs(0),
            reference: "K4T9".to_owned(),
        },
        ..code_to(userid)
    }
}

fn down(outcome: Result<impl Sized, SendError>) -> String {
    match outcome {
        Err(SendError::ChannelDown(words) | SendError::Unanswered(words)) => words,
        Err(SendError::Receiver(words)) => panic!("blamed the receiver: {words}"),
        Ok(_) => panic!("went through"),
    }
}

fn receiver(outcome: Result<impl Sized, SendError>) -> String {
    match outcome {
        Err(SendError::Receiver(words)) => words,
        Err(SendError::ChannelDown(words) | SendError::Unanswered(words)) => {
            panic!("blamed the channel: {words}")
        }
        Ok(_) => panic!("went through"),
    }
}

/// What every messenger does: `lin_wei` is reached, `nobody` is not.
async fn contract(messenger: &dyn Messenger, lin_wei: &str, nobody: &str) {
    messenger.works().await.unwrap();
    let sent = messenger.send(code_to(lin_wei)).await.unwrap();
    receiver(messenger.send(code_to(nobody)).await);
    messenger.recall(&sent).await.unwrap();
    messenger.works().await.unwrap();
}

#[tokio::test]
async fn wecom_keeps_the_contract() {
    let bench = bench().await;
    contract(&bench.wecom, "LinWei", "NoSuchMember").await;
}

#[tokio::test]
async fn a_code_arrives_whole_sealed_and_only_at_its_receiver() {
    let bench = bench().await;
    bench.wecom.send(code_to("linwei")).await.unwrap();
    let message = bench.sim.next_message("LinWei").await.unwrap();
    assert_eq!(message.text, "lobby-1: 482913");
    assert!(message.safe, "a code cannot be passed on");
    assert!(bench.sim.inbox("SitiRahma").is_empty());

    bench.wecom.send(notice_to("LinWei")).await.unwrap();
    assert!(!bench.sim.next_message("LinWei").await.unwrap().safe);
}

#[tokio::test]
async fn the_same_code_message_twice_arrives_twice() {
    let bench = bench().await;
    bench.wecom.send(code_to("LinWei")).await.unwrap();
    bench.wecom.send(code_to("LinWei")).await.unwrap();
    assert_eq!(bench.sim.inbox("LinWei").len(), 2);
}

#[tokio::test]
async fn a_code_behind_too_many_words_is_not_cut_off() {
    let bench = bench_with(SimApp::default().secret, 900).await;
    bench.wecom.send(code_to("LinWei")).await.unwrap();
    let message = bench.sim.next_message("LinWei").await.unwrap();
    assert!(message.text.ends_with("482913"));
}

#[tokio::test]
async fn a_recalled_message_leaves_the_phone() {
    let bench = bench().await;
    let sent = bench.wecom.send(code_to("LinWei")).await.unwrap();
    assert!(!bench.sim.inbox("LinWei")[0].recalled);
    bench.wecom.recall(&sent).await.unwrap();
    assert!(bench.sim.inbox("LinWei")[0].recalled);

    bench.clock.advance(Duration::from_secs(25 * 3600));
    down(bench.wecom.recall(&sent).await);
}

#[tokio::test]
async fn members_out_of_reach_are_the_receivers_fault_not_the_channels() {
    let bench = bench().await;
    for userid in ["NoSuchMember", "OutOfRange", "NoLicence"] {
        receiver(bench.wecom.send(code_to(userid)).await);
        bench.wecom.works().await.unwrap();
    }
    bench.sim.set_faults(|f| f.partly_invalid = true);
    receiver(bench.wecom.send(code_to("OutOfRange")).await);
}

#[tokio::test]
async fn ten_senders_fetch_one_token_and_it_lasts_as_long_as_wecom_said() {
    let bench = bench().await;
    bench.sim.set_faults(|f| f.token_lifetime = Some(600));
    let sends = (0..10).map(|_| bench.wecom.send(notice_to("LinWei")));
    for outcome in futures_util::future::join_all(sends).await {
        outcome.unwrap();
    }
    assert_eq!(bench.sim.token_calls(), 1);

    bench.clock.advance(Duration::from_secs(500));
    bench.wecom.send(notice_to("LinWei")).await.unwrap();
    assert_eq!(bench.sim.token_calls(), 1);

    bench.clock.advance(Duration::from_secs(60));
    bench.wecom.send(notice_to("LinWei")).await.unwrap();
    assert_eq!(bench.sim.token_calls(), 2, "it was about to end");
}

#[tokio::test]
async fn a_token_taken_back_early_is_replaced_once() {
    let bench = bench().await;
    bench.wecom.send(notice_to("LinWei")).await.unwrap();
    bench.sim.forget_tokens();
    bench.wecom.send(notice_to("LinWei")).await.unwrap();
    assert_eq!(bench.sim.token_calls(), 2);

    // WeCom that takes no token at all is asked twice, not for ever.
    let calls = bench.sim.calls();
    bench.sim.set_faults(|f| f.expired_tokens = 100);
    down(bench.wecom.send(notice_to("LinWei")).await);
    assert_eq!(bench.sim.calls(), calls + 2);
    assert_eq!(bench.sim.token_calls(), 3);
}

#[tokio::test]
async fn a_wrong_secret_is_asked_about_once_and_never_shown() {
    let bench = bench_with("not-the-secret".to_owned(), 0).await;
    for _ in 0..20 {
        let words = down(bench.wecom.send(code_to("LinWei")).await);
        assert!(words.contains("40001") && !words.contains("not-the-secret"));
        down(bench.wecom.works().await);
    }
    assert_eq!(bench.sim.token_calls(), 1);
    bench.clock.advance(Duration::from_secs(31));
    down(bench.wecom.works().await);
    assert_eq!(bench.sim.token_calls(), 2, "mended settings are noticed");
}

#[tokio::test]
async fn a_busy_wecom_is_tried_three_times_more() {
    let bench = bench().await;
    bench.wecom.works().await.unwrap();
    bench.sim.set_faults(|f| f.busy = 3);
    bench.wecom.send(code_to("LinWei")).await.unwrap();
    assert_eq!(bench.sim.inbox("LinWei").len(), 1);
}

#[tokio::test]
async fn a_wecom_that_stays_busy_is_left_alone() {
    let bench = bench().await;
    bench.wecom.works().await.unwrap();
    let calls = bench.sim.calls();
    bench.sim.set_faults(|f| f.busy = 100);
    down(bench.wecom.send(code_to("LinWei")).await);
    assert_eq!(bench.sim.calls(), calls + 4);
}

#[tokio::test]
async fn too_many_calls_at_once_are_tried_again_more_slowly() {
    let bench = bench_with_patience(Duration::from_secs(10)).await;
    bench.wecom.works().await.unwrap();
    let begun = tokio::time::Instant::now();
    bench.sim.set_faults(|f| f.crowded = 1);
    bench.wecom.send(code_to("LinWei")).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(bench.sim.inbox("LinWei").len(), 1);
}

#[tokio::test]
async fn a_token_that_is_about_to_end_serves_while_no_other_can_be_had() {
    let bench = bench().await;
    bench.sim.set_faults(|f| f.token_lifetime = Some(600));
    bench.wecom.send(notice_to("LinWei")).await.unwrap();
    bench.sim.set_faults(|f| f.no_tokens = true);
    bench.clock.advance(Duration::from_secs(550));
    for _ in 0..5 {
        bench.wecom.send(notice_to("LinWei")).await.unwrap();
    }
    assert_eq!(
        bench.sim.token_calls(),
        2,
        "asked once, not for each message"
    );

    bench.clock.advance(Duration::from_secs(50));
    down(bench.wecom.send(notice_to("LinWei")).await);
    bench.sim.set_faults(|f| f.no_tokens = false);
    bench.clock.advance(Duration::from_secs(61));
    bench.wecom.send(notice_to("LinWei")).await.unwrap();
}

#[tokio::test]
async fn too_many_calls_close_the_circuit_until_the_window_has_passed() {
    let bench = bench().await;
    bench.sim.set_faults(|f| f.too_often = 1);
    down(bench.wecom.send(code_to("LinWei")).await);
    let asked = bench.sim.token_calls() + bench.sim.calls();
    down(bench.wecom.send(code_to("LinWei")).await);
    down(bench.wecom.works().await);
    assert_eq!(
        bench.sim.token_calls() + bench.sim.calls(),
        asked,
        "nobody asked meanwhile"
    );

    bench.clock.advance(Duration::from_secs(61));
    bench.wecom.works().await.unwrap();
    bench.wecom.send(code_to("LinWei")).await.unwrap();
}

#[tokio::test]
async fn works_sees_what_keeps_everybody_from_sending() {
    let faults: [fn(&mut rekey::sim::wecom::Faults); 6] = [
        |f| f.down = true,
        |f| f.hang = true,
        |f| f.untrusted_ip = true,
        |f| f.app_closed = true,
        |f| f.redirect = true,
        |f| f.garbage = 100,
    ];
    for fault in faults {
        let bench = bench().await;
        bench.wecom.works().await.unwrap();
        bench.sim.set_faults(fault);
        bench.wecom.works().await.unwrap();
        bench.clock.advance(Duration::from_secs(21));
        down(bench.wecom.works().await);
        bench
            .sim
            .set_faults(|f| *f = rekey::sim::wecom::Faults::default());
        bench.clock.advance(Duration::from_secs(5));
        bench.wecom.works().await.unwrap();
        assert!(bench.sim.inbox("LinWei").is_empty(), "a look sends nothing");
    }
}

#[tokio::test]
async fn a_failed_send_shows_no_token_and_says_nothing_of_the_channel_to_others() {
    let bench = bench().await;
    bench.wecom.works().await.unwrap();
    bench.sim.set_faults(|f| f.hang = true);
    let words = down(bench.wecom.send(code_to("LinWei")).await);
    assert!(
        !words.contains("token") && !words.contains("http"),
        "{words}"
    );
    // Only a real login name leads to a message: what became of it must not show (rule 3).
    bench.wecom.works().await.unwrap();
    bench.clock.advance(Duration::from_secs(21));
    down(bench.wecom.works().await);
}

#[tokio::test]
async fn a_message_does_not_spare_the_next_look() {
    let bench = bench().await;
    bench.wecom.works().await.unwrap();
    bench.clock.advance(Duration::from_secs(19));
    bench.wecom.send(code_to("LinWei")).await.unwrap();
    bench.clock.advance(Duration::from_secs(2));
    let before = bench.sim.calls();
    bench.wecom.works().await.unwrap();
    assert!(
        bench.sim.calls() > before,
        "looked anew, as after an unknown login name"
    );
}

#[tokio::test]
async fn many_slow_messages_are_no_reason_to_call_the_channel_down() {
    let bench = bench_with_patience(Duration::from_secs(2)).await;
    bench.wecom.works().await.unwrap();
    bench.clock.advance(Duration::from_secs(21));
    bench
        .sim
        .set_faults(|f| f.slow = Duration::from_millis(1200));
    let receivers = ["LinWei", "SitiRahma"].into_iter().cycle().take(40);
    let messages = receivers.map(|userid| bench.wecom.send(notice_to(userid)));
    let (_, looked) = tokio::join!(join_all(messages), bench.wecom.works());
    looked.unwrap();
}

#[tokio::test]
async fn a_server_that_is_gone_is_the_channels_fault() {
    let Bench { sim, wecom, clock } = bench().await;
    wecom.works().await.unwrap();
    drop(sim);
    clock.advance(Duration::from_secs(21));
    let words = down(wecom.works().await);
    assert!(!words.contains("access_token"), "{words}");
    let words = down(wecom.send(code_to("LinWei")).await);
    assert!(!words.contains("access_token"), "{words}");
}

#[tokio::test]
async fn silent_drops_look_like_success_and_our_own_pace_stays_below_wecoms() {
    let bench = bench().await;
    bench.sim.set_faults(|f| f.drop_silently = true);
    bench.wecom.send(code_to("LinWei")).await.unwrap();
    assert!(bench.sim.inbox("LinWei").is_empty());
    bench.sim.set_faults(|f| f.drop_silently = false);

    let mut taken = 0;
    for _ in 0..40 {
        taken += usize::from(bench.wecom.send(notice_to("SitiRahma")).await.is_ok());
    }
    assert_eq!(
        bench.sim.inbox("SitiRahma").len(),
        taken,
        "WeCom dropped none"
    );
    assert!((10..30).contains(&taken));
    bench.clock.advance(Duration::from_secs(61));
    bench.wecom.send(notice_to("SitiRahma")).await.unwrap();
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused() {
    let clock: Arc<dyn Clock> = Arc::new(SimClock::at(Timestamp::default()));
    let settings = WecomSettings::new(
        "http://qyapi.weixin.qq.com".to_owned(),
        "ww1".to_owned(),
        1,
        Credential::new("s".to_owned()),
    );
    assert!(Wecom::new(settings, Arc::new(Words { padding: 0 }), clock).is_err());
}
