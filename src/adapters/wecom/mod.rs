//! WeCom (企业微信): codes and notices to employees' chats, through the server API.
//!
//! HTTP is always 200; success is `errcode == 0`, and every decision here looks at `errcode` only,
//! since `errmsg` may change (<https://developer.work.weixin.qq.com/document/path/90313>).

mod api;
pub mod callback;
mod cards;
mod errcode;
mod examine;
mod health;
pub mod identity;
pub mod menu;
mod pace;
mod text;
mod token;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::Semaphore;
use url::Url;

use crate::domain::limits;
use crate::domain::secret::Credential;
use crate::flow::message::{Body, Card, CardAnswer, Message, Wording};
use crate::flow::ports::{Clock, Messenger, SendError, SentMessage};
use api::{Api, Failure};
use errcode::Meaning;
use health::{Circuit, Health};
use pace::Pace;

pub use super::http::SetupError;

/// How to reach the company's WeCom app.
pub struct WecomSettings {
    /// The API's base, `https://qyapi.weixin.qq.com`; plain http on loopback only.
    pub api: String,
    /// The company's id, `ww...`.
    pub corp_id: String,
    /// The app's number.
    pub agent_id: i64,
    /// The app's secret.
    pub secret: Credential,
    /// The longest one call of the port may take, retries included:
    /// [`limits::WECOM_TIMEOUT`] but in tests.
    pub timeout: Duration,
}

impl WecomSettings {
    /// Settings with the usual time limit.
    pub fn new(api: String, corp_id: String, agent_id: i64, secret: Credential) -> Self {
        Self {
            api,
            corp_id,
            agent_id,
            secret,
            timeout: limits::WECOM_TIMEOUT,
        }
    }
}

/// How long [`Messenger::works`] waits for WeCom before it says no.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);
/// Waits before the second, third and fourth try of a call that WeCom was too busy for.
const BUSY_WAITS: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_millis(600),
    Duration::from_millis(1500),
];
/// The same after too many calls at once.
const CROWDED_WAITS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];
/// The most calls of one kind that are under way at once.
const CALLS_AT_ONCE: usize = 32;

/// One part of WeCom's API: what happens in it keeps no call in another from going out.
struct Lane {
    circuit: Circuit,
    slots: Semaphore,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            circuit: Circuit::default(),
            slots: Semaphore::new(CALLS_AT_ONCE),
        }
    }
}

/// The channel to employees' WeCom chats.
pub struct Wecom {
    api: Api,
    agent_id: i64,
    wording: Arc<dyn Wording>,
    clock: Arc<dyn Clock>,
    timeout: Duration,
    pace: Pace,
    health: Health,
    messages: Lane,
    sign_ins: Lane,
    /// Where WeCom's sign-in page is.
    authorize: Url,
    /// One look at a time; who waits takes the answer of who looked.
    probing: tokio::sync::Mutex<()>,
}

impl Wecom {
    /// Sets the client up; nothing is sent.
    ///
    /// # Errors
    /// When the address is none, or plain http to another machine.
    pub fn new(
        settings: WecomSettings,
        wording: Arc<dyn Wording>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            authorize: identity::authorize_page(&settings)?,
            agent_id: settings.agent_id,
            timeout: settings.timeout,
            api: Api::new(settings, Arc::clone(&clock))?,
            wording,
            clock,
            pace: Pace::default(),
            health: Health::default(),
            messages: Lane::default(),
            sign_ins: Lane::default(),
            probing: tokio::sync::Mutex::new(()),
        })
    }

    /// One call with everything around it: the circuit, the time limit, busy retries.
    ///
    /// Its outcome says nothing about the channel's health: only some login names lead to a
    /// message, so a health that messages changed would tell those names apart by how fast, or
    /// how, the next lookup is answered (rule 3). Only the look that every lookup takes counts.
    async fn call<T, F>(
        &self,
        lane: &Lane,
        limit: Duration,
        attempt: impl Fn() -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let in_turn = async {
            // Closed never, so there is always a slot in the end.
            let _slot = lane.slots.acquire().await;
            with_patience(attempt).await
        };
        self.call_now(&lane.circuit, limit, in_turn).await
    }

    /// One that waits for no other.
    async fn call_now<T>(
        &self,
        circuit: &Circuit,
        limit: Duration,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        circuit.admit(self.now())?;
        let outcome = tokio::time::timeout(limit, call)
            .await
            .unwrap_or(Err(Failure::Lost("no answer in time".to_owned())));
        if let Err(failure) = &outcome
            && failure.meaning() == Some(Meaning::TooOften)
        {
            circuit.too_often(self.now());
        }
        outcome
    }

    /// One message or card to one member; its id.
    async fn deliver(
        &self,
        receiver: &str,
        request: &(impl Serialize + Sync),
    ) -> Result<String, SendError> {
        // WeCom drops what is above its own limit and says nothing, so it is never reached.
        if !self.pace.admits(receiver, self.now()) {
            return Err(SendError::Receiver("too many messages a minute".to_owned()));
        }
        let sent = self.call(&self.messages, self.timeout, || self.api.send(request));
        let reply = sent.await.map_err(|failure| blame(&failure))?;
        if reply.left_out(receiver) {
            return Err(SendError::Receiver(
                "outside the app's visible range, or without a licence".to_owned(),
            ));
        }
        Ok(reply.msgid)
    }

    /// Looks whether the channel works, and remembers the answer. Waits for no message: many that
    /// WeCom takes slowly are no reason to tell everybody that it is down.
    async fn look(&self) -> Result<(), SendError> {
        let limit = PROBE_TIMEOUT.min(self.timeout);
        let looking = with_patience(|| self.api.app_is_open(self.agent_id));
        let answer = self.call_now(&self.messages.circuit, limit, looking).await;
        let answer = answer.map_err(|failure| failure.to_string());
        if answer.is_ok() {
            self.messages.circuit.worked();
        }
        self.health.looked(self.now(), answer.clone());
        answer.map_err(SendError::ChannelDown)
    }

    /// What the last look found, while that is fresh, or that WeCom asked to wait.
    fn known(&self) -> Option<Result<(), SendError>> {
        if let Err(waiting) = self.messages.circuit.admit(self.now()) {
            return Some(Err(SendError::ChannelDown(waiting.to_string())));
        }
        self.health.known(self.now())
    }

    fn now(&self) -> Duration {
        self.clock.now().mono
    }
}

/// Whose fault it is that a message was not sent.
fn blame(failure: &Failure) -> SendError {
    match failure.meaning() {
        Some(Meaning::Receiver) => SendError::Receiver(failure.to_string()),
        None if matches!(failure, Failure::Lost(_)) => SendError::Unanswered(failure.to_string()),
        _ => SendError::ChannelDown(failure.to_string()),
    }
}

/// Repeats a call that WeCom was too busy for, as its documents ask: at most three times more,
/// with growing waits.
async fn with_patience<T, F>(attempt: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    for (busy, crowded) in BUSY_WAITS.into_iter().zip(CROWDED_WAITS) {
        match attempt().await {
            Err(failure) if failure.meaning() == Some(Meaning::Busy) => {
                tokio::time::sleep(busy).await;
            }
            Err(failure) if failure.meaning() == Some(Meaning::Crowded) => {
                tokio::time::sleep(crowded).await;
            }
            other => return other,
        }
    }
    attempt().await
}

/// `POST /cgi-bin/message/send` (<https://developer.work.weixin.qq.com/document/path/90236>).
#[derive(Serialize)]
struct TextMessage<'a> {
    touser: &'a str,
    msgtype: &'static str,
    agentid: i64,
    text: Content<'a>,
    /// 1: the message cannot be passed on, and is watermarked.
    safe: u8,
    enable_duplicate_check: u8,
}

#[derive(Serialize)]
struct Content<'a> {
    content: &'a str,
}

#[async_trait]
impl Messenger for Wecom {
    async fn send(&self, message: Message) -> Result<SentMessage, SendError> {
        let receiver = message.to.as_str();
        if let Some(link) = self.wording.link(&message) {
            let request = cards::link(receiver, self.agent_id, &link);
            let id = self.deliver(receiver, &request).await?;
            return Ok(SentMessage { id });
        }
        let words = self.wording.text(&message);
        let request = TextMessage {
            touser: receiver,
            msgtype: "text",
            agentid: self.agent_id,
            text: Content {
                content: text::cut(&words, code_end(&message.body, &words)),
            },
            safe: u8::from(matches!(message.body, Body::KioskCode { .. })),
            enable_duplicate_check: 0,
        };
        let id = self.deliver(receiver, &request).await?;
        Ok(SentMessage { id })
    }

    async fn recall(&self, sent: &SentMessage) -> Result<(), SendError> {
        if sent.id.is_empty() {
            return Ok(());
        }
        let recalled = self.call(&self.messages, self.timeout, || self.api.recall(&sent.id));
        recalled.await.map_err(|failure| blame(&failure))
    }

    async fn send_card(&self, card: &Card) -> Result<(), SendError> {
        let words = self.wording.card(card);
        let request = cards::message(card.to.as_str(), self.agent_id, &card.id, &words);
        self.deliver(card.to.as_str(), &request).await.map(drop)
    }

    async fn answer_card(&self, answer: &CardAnswer, ticket: &str) -> Result<(), SendError> {
        let words = self.wording.pressed(answer);
        let request = cards::update(answer.to.as_str(), self.agent_id, ticket, &words);
        let updated = self.call(&self.messages, self.timeout, || {
            self.api.update_card(&request)
        });
        updated.await.map_err(|failure| blame(&failure))
    }

    async fn works(&self) -> Result<(), SendError> {
        if let Some(known) = self.known() {
            return known;
        }
        let looked = tokio::time::timeout(PROBE_TIMEOUT.min(self.timeout), async {
            let _turn = self.probing.lock().await;
            // Somebody else may have looked while this call waited for its turn.
            match self.known() {
                Some(known) => known,
                None => self.look().await,
            }
        });
        looked.await.unwrap_or_else(|_| {
            let words = "no answer in time";
            self.health.looked(self.now(), Err(words.to_owned()));
            Err(SendError::ChannelDown(words.to_owned()))
        })
    }
}

/// Where the code ends in the words, in bytes: what may never be cut off. 0 without one.
fn code_end(body: &Body, words: &str) -> usize {
    match body {
        Body::KioskCode { digits, .. } => words
            .find(digits.expose())
            .map_or(0, |start| start.saturating_add(digits.expose().len())),
        _ => 0,
    }
}
