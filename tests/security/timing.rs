//! Answers take the same time, measured over the real adapters in real time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rekey::adapters::entropy::OsEntropy;
use rekey::domain::limits::ANSWER_TICK;
use rekey::domain::secret::SiteKey;
use rekey::flow::message::{Card, CardAnswer, Message};
use rekey::flow::ports::{Messenger, Ports, SendError, SentMessage};
use rekey::flow::prompt::Prompt;
use rekey::sim::memory::MemoryStore;
use tokio::time::Instant;

use crate::office::Office;
use crate::town::resets;
use crate::visit::Visit;

const NAMES: [&str; 4] = ["lin.wei", "nobody.at.all", "the.admin", "new.hire"];
/// Measurements of each name.
const SAMPLES: usize = 60;
/// How many visits at once.
const AT_ONCE: usize = 12;
/// How late a machine that does other things may wake up. Most are on time.
const LATE: Duration = Duration::from_millis(50);

/// A WeCom that takes its time with every message: only some names lead to one.
struct Slow(Arc<dyn Messenger>);

#[async_trait]
impl Messenger for Slow {
    async fn send(&self, message: Message) -> Result<SentMessage, SendError> {
        tokio::time::sleep(Duration::from_millis(250)).await;
        self.0.send(message).await
    }

    async fn recall(&self, sent: &SentMessage) -> Result<(), SendError> {
        tokio::time::sleep(Duration::from_millis(250)).await;
        self.0.recall(sent).await
    }

    async fn send_card(&self, card: &Card) -> Result<(), SendError> {
        tokio::time::sleep(Duration::from_millis(250)).await;
        self.0.send_card(card).await
    }

    async fn answer_card(&self, answer: &CardAnswer, ticket: &str) -> Result<(), SendError> {
        self.0.answer_card(answer, ticket).await
    }

    async fn works(&self) -> Result<(), SendError> {
        self.0.works().await
    }
}

/// From a login name submitted to the code asked for.
async fn measure(ports: Ports, kiosk: String, login: &'static str) -> Duration {
    let mut visit = Visit::begin(&resets(&ports, &kiosk));
    visit.settles().await;
    let began = Instant::now();
    let prompt = visit.login(login).await;
    let took = began.elapsed();
    assert!(
        matches!(prompt, Prompt::Code { refusal: None, .. }),
        "{login}: {prompt:?}"
    );
    visit.leaves().await;
    took
}

/// The state in memory: how fast the disk is says nothing about an account, but spreads the times.
fn in_memory(office: &Office) -> Ports {
    let store = Arc::new(MemoryStore::new(SiteKey::new([7; 32]), Arc::new(OsEntropy)));
    Ports {
        codes: store.clone(),
        throttles: store.clone(),
        audit: store.clone(),
        intents: store.clone(),
        pairings: store.clone(),
        objections: store.clone(),
        links: store.clone(),
        deliveries: store,
        messenger: Arc::new(Slow(office.ports.messenger.clone())),
        ..office.ports.clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_take_the_same_time() {
    let office = Office::open().await;
    let ports = in_memory(&office);
    let mut times: [Vec<f64>; NAMES.len()] = Default::default();
    let mut late = 0;
    let order: Vec<usize> = (0..SAMPLES * NAMES.len())
        .map(|n| n % NAMES.len())
        .collect();
    for (round, names) in order.chunks(AT_ONCE).enumerate() {
        let mut at_once = tokio::task::JoinSet::new();
        for (n, &name) in names.iter().enumerate() {
            let kiosk = format!("lobby-{round}-{n}");
            let measured = measure(ports.clone(), kiosk, NAMES[name]);
            at_once.spawn(async move { (name, measured.await) });
        }
        for (name, took) in at_once.join_all().await {
            times[name].push(took.as_secs_f64());
            late += usize::from(!on_a_tick(took));
        }
    }
    let all = SAMPLES * NAMES.len();
    assert!(late * 20 <= all, "{late} of {all} are not on a tick");
    for (name, others) in NAMES.iter().zip(&times).skip(1) {
        let t = welch(&times[0], others);
        assert!(
            t.abs() < 4.5,
            "{name} can be told from {}: t = {t}",
            NAMES[0]
        );
    }
}

/// A tick after the submission at the earliest, and just after one.
fn on_a_tick(took: Duration) -> bool {
    let tick = ANSWER_TICK.as_secs_f64();
    let after = took.as_secs_f64() % tick;
    took >= ANSWER_TICK && after < LATE.as_secs_f64()
}

/// Welch's t: how far two means lie apart, in units of what chance explains (Welch, Biometrika 34,
/// 1947). Above 4.5 is taken for a leak, as in the assessment of side channels (Goodwill and
/// others, "A testing methodology for side-channel resistance validation", 2011).
fn welch(a: &[f64], b: &[f64]) -> f64 {
    let moments = |x: &[f64]| {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, variance / n)
    };
    let ((mean_a, a), (mean_b, b)) = (moments(a), moments(b));
    (mean_a - mean_b) / (a + b).sqrt().max(1e-9)
}

#[test]
fn the_measure_sees_a_difference_and_no_other() {
    let noise = |n: usize| f64::from(u32::try_from((n * 7919) % 101).unwrap()) / 1e5;
    let fast: Vec<f64> = (0..60).map(|n| 0.400 + noise(n)).collect();
    let alike: Vec<f64> = (60..120).map(|n| 0.400 + noise(n)).collect();
    let slow: Vec<f64> = (0..60).map(|n| 0.402 + noise(n)).collect();
    assert!(welch(&fast, &alike).abs() < 4.5);
    assert!(welch(&fast, &slow).abs() > 4.5);
}
