//! The HTTP side: each path as WeCom answers it, always with status 200.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State as Injected};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::chat::ChatMessage;
use super::faults::take;
use super::{Shared, State};
use crate::domain::time::Timestamp;

/// A token that calls may carry until then.
pub(super) struct IssuedToken {
    text: String,
    until: Timestamp,
}

type Parameters = Query<HashMap<String, String>>;

/// An answer of WeCom: JSON on success, an error number otherwise.
type Answer = Result<Value, i64>;

/// The largest request that is read.
const MAX_REQUEST: usize = 64 * 1024;
/// How long WeCom's tokens usually work, in seconds.
const TOKEN_LIFETIME: u64 = 7200;
/// How long the duplicate check looks back unless told, in seconds.
const DUPLICATE_INTERVAL: u64 = 1800;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/cgi-bin/gettoken", get(token))
        .route("/cgi-bin/message/send", post(send))
        .route("/cgi-bin/message/recall", post(recall))
        .route("/cgi-bin/agent/get", get(app))
        .route("/cgi-bin/user/get", get(user))
        .route("/cgi-bin/get_api_domain_ip", get(domain_ip))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(shared)
}

async fn token(Injected(shared): Injected<Arc<Shared>>, query: Parameters) -> Response {
    respond(&shared, false, |state| {
        state.token_calls = state.token_calls.saturating_add(1);
        if state.faults.no_tokens {
            return Err(45009);
        }
        if query.get("corpid") != Some(&shared.app.corp_id) {
            return Err(40013);
        }
        if query.get("corpsecret") != Some(&shared.app.secret) {
            return Err(40001);
        }
        let now = shared.clock.now().wall;
        let lifetime = state.faults.token_lifetime.unwrap_or(TOKEN_LIFETIME);
        // The same token comes again while it works.
        let text = match &state.token {
            Some(token) if now < token.until => token.text.clone(),
            _ => random_id(&shared, "token"),
        };
        let answer = json!({"errcode": 0, "errmsg": "ok", "access_token": text,
            "expires_in": lifetime});
        let until = now.plus(Duration::from_secs(lifetime));
        state.token = Some(IssuedToken { text, until });
        Ok(answer)
    })
    .await
}

#[derive(Deserialize)]
struct SendRequest {
    #[serde(default)]
    touser: String,
    #[serde(default)]
    msgtype: String,
    #[serde(default)]
    agentid: i64,
    text: Option<SendText>,
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

async fn send(Injected(shared): Injected<Arc<Shared>>, query: Parameters, body: Bytes) -> Response {
    let response = respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        if state.faults.app_closed {
            return Err(50003);
        }
        let request: SendRequest = serde_json::from_slice(&body).map_err(|_| 40035)?;
        if request.agentid != shared.app.agent_id {
            return Err(40056);
        }
        let Some(text) = request.text.filter(|_| request.msgtype == "text") else {
            return Err(40008);
        };
        if text.content.is_empty() {
            return Err(44004);
        }
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
                state.chats.deliver(ChatMessage {
                    id: msgid.clone(),
                    to: member.userid.clone(),
                    text: text.content.clone(),
                    safe: request.safe == 1,
                    at: now,
                    recalled: false,
                });
            }
        }
        Ok(sent(&msgid, &receivers.invalid, &receivers.unlicensed))
    })
    .await;
    shared.arrived.notify_waiters();
    response
}

fn sent(msgid: &str, invalid: &[String], unlicensed: &[String]) -> Value {
    json!({"errcode": 0, "errmsg": "ok", "invaliduser": invalid.join("|"), "invalidparty": "",
        "invalidtag": "", "unlicenseduser": unlicensed.join("|"), "msgid": msgid})
}

async fn recall(
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

async fn app(Injected(shared): Injected<Arc<Shared>>, query: Parameters) -> Response {
    respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        let agent_id = shared.app.agent_id;
        if query.get("agentid") != Some(&agent_id.to_string()) {
            return Err(40056);
        }
        let close = u8::from(state.faults.app_closed);
        let seen_by: Vec<Value> = state
            .chats
            .members()
            .filter(|member| member.in_range)
            .map(|member| json!({"userid": member.userid}))
            .collect();
        Ok(
            json!({"errcode": 0, "errmsg": "ok", "agentid": agent_id, "name": "Reset Password",
            "close": close, "redirect_domain": "", "isreportenter": 0, "home_url": "",
            "allow_userinfos": {"user": seen_by}, "allow_partys": {"partyid": []},
            "allow_tags": {"tagid": []}}),
        )
    })
    .await
}

async fn user(Injected(shared): Injected<Arc<Shared>>, query: Parameters) -> Response {
    respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        let userid = query.get("userid").map(String::as_str).unwrap_or_default();
        let member = state.chats.member(userid).ok_or(60111)?;
        if !member.in_range {
            return Err(60011);
        }
        Ok(
            json!({"errcode": 0, "errmsg": "ok", "userid": member.userid, "name": member.name,
            "status": 1}),
        )
    })
    .await
}

async fn domain_ip(Injected(shared): Injected<Arc<Shared>>, query: Parameters) -> Response {
    respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "ip_list": ["182.254.11.176"]}))
    })
    .await
}

fn ok() -> Value {
    json!({"errcode": 0, "errmsg": "ok"})
}

fn check_token(shared: &Shared, state: &mut State, query: &Parameters) -> Result<(), i64> {
    let carried = query.get("access_token").ok_or(41001)?;
    if take(&mut state.faults.expired_tokens) {
        state.token = None;
        return Err(42001);
    }
    match &state.token {
        Some(token) if token.text != *carried => Err(40014),
        Some(token) if shared.clock.now().wall >= token.until => Err(42001),
        Some(_) => Ok(()),
        None => Err(40014),
    }
}

/// Runs one call behind the faults and wraps its outcome as WeCom does.
async fn respond(
    shared: &Shared,
    with_token: bool,
    call: impl FnOnce(&mut State) -> Answer,
) -> Response {
    if shared.lock().faults.hang {
        std::future::pending::<()>().await;
    }
    let mut state = shared.lock();
    if with_token {
        state.calls = state.calls.saturating_add(1);
    }
    let faults = &mut state.faults;
    if faults.down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if faults.redirect {
        let elsewhere = [(header::LOCATION, "http://127.0.0.1:1/elsewhere")];
        return (StatusCode::FOUND, elsewhere).into_response();
    }
    if take(&mut faults.garbage) {
        return "<html>not WeCom</html>".into_response();
    }
    let answer = if take(&mut faults.too_often) {
        Err(45009)
    } else if take(&mut faults.busy) {
        Err(-1)
    } else if take(&mut faults.crowded) {
        Err(45033)
    } else if with_token && faults.untrusted_ip {
        Err(60020)
    } else {
        call(&mut state)
    };
    drop(state);
    axum::Json(answer.unwrap_or_else(|errcode| error(shared, errcode))).into_response()
}

/// An error in WeCom's shape.
fn error(shared: &Shared, errcode: i64) -> Value {
    let words = match errcode {
        -1 => "system busy",
        40001 => "invalid credential",
        40013 => "invalid corpid",
        40014 => "invalid access_token",
        41001 => "access_token missing",
        42001 => "access_token expired",
        45009 => "api freq out of limit",
        45033 => "api concurrent out of limit",
        60020 => "not allow to access from your ip",
        60111 => "userid not found",
        81013 => "user & party & tag all invalid",
        _ => "error",
    };
    let hint = random_id(shared, "1655882753");
    json!({"errcode": errcode, "errmsg": format!("{words}, hint: [{hint}], from ip: 127.0.0.1, \
        more info at https://open.work.weixin.qq.com/devtool/query?e={errcode}")})
}

fn random_id(shared: &Shared, prefix: &str) -> String {
    let mut bytes = [0u8; 12];
    shared.entropy.fill(&mut bytes);
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    format!("{prefix}-{hex}")
}
