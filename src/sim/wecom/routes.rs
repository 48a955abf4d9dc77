//! The HTTP side: each path as WeCom answers it, always with status 200.

mod company;
mod messages;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Query, State as Injected};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub(in crate::sim) use company::MenuEntry;

use super::faults::take;
use super::{Shared, State, sign_in};
use crate::domain::time::Timestamp;

/// A token that calls may carry until then.
pub(super) struct IssuedToken {
    text: String,
    until: Timestamp,
}

pub(super) type Parameters = Query<HashMap<String, String>>;

/// An answer of WeCom: JSON on success, an error number otherwise.
pub(super) type Answer = Result<Value, i64>;

/// The largest request that is read.
const MAX_REQUEST: usize = 64 * 1024;
/// How long WeCom's tokens usually work, in seconds.
const TOKEN_LIFETIME: u64 = 7200;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/cgi-bin/gettoken", get(token))
        .route("/cgi-bin/message/send", post(messages::send))
        .route("/cgi-bin/message/recall", post(messages::recall))
        .route(
            "/cgi-bin/message/update_template_card",
            post(messages::update_card),
        )
        .route("/cgi-bin/agent/get", get(company::app))
        .route("/cgi-bin/user/get", get(company::user))
        .route("/cgi-bin/menu/create", post(company::make_menu))
        .route("/cgi-bin/menu/get", get(company::menu))
        .route("/cgi-bin/menu/delete", get(company::delete_menu))
        .route("/cgi-bin/get_api_domain_ip", get(company::addresses))
        .route("/cgi-bin/getcallbackip", get(company::addresses))
        .route("/cgi-bin/auth/getuserinfo", get(sign_in::signed_in))
        .route("/cgi-bin/user/getuserinfo", get(sign_in::signed_in_of_old))
        .route("/connect/oauth2/authorize", get(sign_in::authorize))
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

pub(super) fn ok() -> Value {
    json!({"errcode": 0, "errmsg": "ok"})
}

pub(super) fn check_token(
    shared: &Shared,
    state: &mut State,
    query: &Parameters,
) -> Result<(), i64> {
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
pub(super) async fn respond(
    shared: &Shared,
    with_token: bool,
    call: impl FnOnce(&mut State) -> Answer,
) -> Response {
    let (hang, slow) = {
        let faults = &shared.lock().faults;
        (faults.hang, faults.slow)
    };
    if hang {
        std::future::pending::<()>().await;
    }
    if !slow.is_zero() {
        tokio::time::sleep(slow).await;
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
        40029 => "invalid code",
        40014 => "invalid access_token",
        42014 => "taskid has existed or empty or exceed max len",
        41001 => "access_token missing",
        42001 => "access_token expired",
        45009 => "api freq out of limit",
        45033 => "api concurrent out of limit",
        60020 => "not allow to access from your ip",
        60011 => "no privilege to access/modify contact/party/agent",
        60111 => "userid not found",
        81013 => "user & party & tag all invalid",
        _ => "error",
    };
    let hint = random_id(shared, "1655882753");
    json!({"errcode": errcode, "errmsg": format!("{words}, hint: [{hint}], from ip: 127.0.0.1, \
        more info at https://open.work.weixin.qq.com/devtool/query?e={errcode}")})
}

pub(super) fn random_id(shared: &Shared, prefix: &str) -> String {
    let mut bytes = [0u8; 12];
    shared.entropy.fill(&mut bytes);
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    format!("{prefix}-{hex}")
}
