//! Messages and cards: sent, taken back, changed.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Injected;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Parameters, check_token, ok, random_id, respond};
use crate::sim::wecom::cards::{CardRequest, UpdateRequest};
use crate::sim::wecom::chat::ChatMessage;
use crate::sim::wecom::{Shared, State};

/// How long the duplicate check looks back unless told, in seconds.
const DUPLICATE_INTERVAL: u64 = 1800;

#[derive(Deserialize)]
struct SendRequest {
    #[serde(default)]
    touser: String,
    #[serde(default)]
    msgtype: String,
    #[serde(default)]
    agentid: i64,
    text: Option<SendText>,
    textcard: Option<SendLink>,
    template_card: Option<CardRequest>,
    #[serde(default)]
    safe: u8,
    #[serde(default)]
    enable_duplicate_check: u8,
    duplicate_check_interval: Option<u64>,
}

#[derive(Deserialize)]
struct SendText {
    content: String,
}

/// A card with a button that opens an address.
#[derive(Deserialize)]
struct SendLink {
    title: String,
    description: String,
    url: String,
    btntxt: String,
}

impl SendLink {
    /// As it stands on the phone.
    fn words(&self) -> Result<String, i64> {
        let is_address = self.url.starts_with("https://") || self.url.starts_with("http://");
        if self.title.is_empty() || !is_address || self.btntxt.chars().count() > 4 {
            return Err(40035);
        }
        let Self {
            title,
            description,
            url,
            btntxt,
        } = self;
        Ok(format!("{title}\n{description}\n[{btntxt}] {url}"))
    }
}

/// What a request brings.
enum Content<'a> {
    Text(String),
    Card(&'a CardRequest),
}

impl SendRequest {
    fn content(&self, state: &mut State) -> Result<Content<'_>, i64> {
        match (self.msgtype.as_str(), &self.text, &self.template_card) {
            ("text", Some(text), _) if text.content.is_empty() => Err(44004),
            ("text", Some(text), _) => Ok(Content::Text(text.content.clone())),
            ("textcard", ..) => {
                let link = self.textcard.as_ref().ok_or(40008)?;
                Ok(Content::Text(link.words()?))
            }
            ("template_card", _, Some(card)) => {
                card.check(&mut state.chats)?;
                Ok(Content::Card(card))
            }
            _ => Err(40008),
        }
    }
}

pub(super) async fn send(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
    body: Bytes,
) -> Response {
    if hold(&shared) {
        std::future::pending::<()>().await;
    }
    let response = respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        if state.faults.app_closed {
            return Err(50003);
        }
        let request: SendRequest = serde_json::from_slice(&body).map_err(|_| 40035)?;
        if request.agentid != shared.app.agent_id {
            return Err(40056);
        }
        let content = request.content(state)?;
        let receivers = state.chats.sort(&request.touser);
        if receivers.reached.is_empty() && receivers.unlicensed.is_empty() {
            // As if the call had named others too, whom it reached.
            let invalid = &receivers.invalid;
            return match state.faults.partly_invalid {
                true => Ok(sent("partly", invalid, &[])),
                false => Err(81013),
            };
        }
        let now = shared.clock.now().wall;
        let msgid = random_id(&shared, "msg");
        let raw = String::from_utf8_lossy(&body);
        let interval = request
            .duplicate_check_interval
            .unwrap_or(DUPLICATE_INTERVAL);
        let duplicate =
            request.enable_duplicate_check == 1 && state.chats.is_duplicate(&raw, interval, now);
        if !duplicate && !state.faults.drop_silently {
            for member in &receivers.reached {
                let to = member.userid.clone();
                match &content {
                    Content::Text(text) => state.chats.deliver(ChatMessage {
                        id: msgid.clone(),
                        to,
                        text: text.clone(),
                        safe: request.safe == 1,
                        at: now,
                        recalled: false,
                    }),
                    Content::Card(card) => state.chats.deliver_card(card.card(&msgid, &to, now)),
                }
            }
        }
        let mut answer = sent(&msgid, &receivers.invalid, &receivers.unlicensed);
        if let (Content::Card(_), Some(answer)) = (&content, answer.as_object_mut()) {
            let ticket = random_id(&shared, "rc");
            answer.insert("response_code".to_owned(), json!(ticket));
            state.tickets.issue(ticket, &msgid, now);
        }
        Ok(answer)
    })
    .await;
    shared.arrived.notify_waiters();
    response
}

/// Whether a message is to be held back for ever.
fn hold(shared: &Shared) -> bool {
    let mut state = shared.lock();
    let holds = state.faults.hold_messages;
    state.unanswered += u32::from(holds);
    holds
}

fn sent(msgid: &str, invalid: &[String], unlicensed: &[String]) -> Value {
    json!({"errcode": 0, "errmsg": "ok", "invaliduser": invalid.join("|"), "invalidparty": "",
        "invalidtag": "", "unlicenseduser": unlicensed.join("|"), "msgid": msgid})
}

pub(super) async fn recall(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
    body: Bytes,
) -> Response {
    respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        let request: Value = serde_json::from_slice(&body).map_err(|_| 40035)?;
        let id = request.get("msgid").and_then(Value::as_str).ok_or(40035)?;
        let now = shared.clock.now().wall;
        // The number for a message that is too old is not documented.
        state.chats.recall(id, now).then(ok).ok_or(40058)
    })
    .await
}

pub(super) async fn update_card(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
    body: Bytes,
) -> Response {
    respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        let request: UpdateRequest = serde_json::from_slice(&body).map_err(|_| 40035)?;
        if request.agentid != shared.app.agent_id {
            return Err(40056);
        }
        let now = shared.clock.now().wall;
        request.carry_out(&mut state.tickets, &mut state.chats, now)?;
        Ok(ok())
    })
    .await
}
