//! The app, its menu, and the company's members.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Injected;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Parameters, check_token, ok, respond};
use crate::sim::wecom::{Shared, State};

pub(super) async fn app(Injected(shared): Injected<Arc<Shared>>, query: Parameters) -> Response {
    respond(&shared, true, |state| {
        check_app(&shared, state, &query)?;
        let agent_id = shared.app.agent_id;
        let close = u8::from(state.faults.app_closed);
        let seen_by: Vec<Value> = state
            .chats
            .members()
            .filter(|member| member.in_range)
            .map(|member| json!({"userid": member.userid}))
            .collect();
        Ok(
            json!({"errcode": 0, "errmsg": "ok", "agentid": agent_id, "name": "Reset Password",
            "close": close, "redirect_domain": state.trusted_domain(), "home_url": state.home,
            "isreportenter": u8::from(state.reports_entering),
            "allow_userinfos": {"user": seen_by}, "allow_partys": {"partyid": []},
            "allow_tags": {"tagid": []}}),
        )
    })
    .await
}

pub(super) async fn user(Injected(shared): Injected<Arc<Shared>>, query: Parameters) -> Response {
    respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        let userid = query.get("userid").map(String::as_str).unwrap_or_default();
        let member = state.chats.member(userid).ok_or(60111)?;
        if !member.in_range {
            return Err(60011);
        }
        Ok(
            json!({"errcode": 0, "errmsg": "ok", "userid": member.userid, "name": member.name,
            "status": member.status}),
        )
    })
    .await
}

pub(super) async fn addresses(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
) -> Response {
    respond(&shared, true, |state| {
        check_token(&shared, state, &query)?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "ip_list": ["127.0.0.1"]}))
    })
    .await
}

/// An entry of the app's menu: its name, and the key that a press brings.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub(in crate::sim) struct MenuEntry {
    #[serde(rename = "type")]
    kind: String,
    pub(in crate::sim) name: String,
    #[serde(default)]
    pub(in crate::sim) key: String,
}

#[derive(Deserialize)]
struct Menu {
    button: Vec<MenuEntry>,
}

pub(super) async fn make_menu(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
    body: Bytes,
) -> Response {
    respond(&shared, true, |state| {
        check_app(&shared, state, &query)?;
        let menu: Menu = serde_json::from_slice(&body).map_err(|_| 40035)?;
        let fits = |entry: &MenuEntry| {
            entry.kind == "click"
                && (1..=16).contains(&entry.name.len())
                && (1..=128).contains(&entry.key.len())
        };
        if !(1..=3).contains(&menu.button.len()) || !menu.button.iter().all(fits) {
            return Err(40058);
        }
        state.menu = menu.button;
        Ok(ok())
    })
    .await
}

pub(super) async fn menu(Injected(shared): Injected<Arc<Shared>>, query: Parameters) -> Response {
    respond(&shared, true, |state| {
        check_app(&shared, state, &query)?;
        if state.menu.is_empty() {
            return Err(46003);
        }
        let entries: Vec<Value> = state
            .menu
            .iter()
            .map(|entry| json!({"type": entry.kind, "name": entry.name, "key": entry.key}))
            .collect();
        Ok(json!({"errcode": 0, "errmsg": "ok", "button": entries}))
    })
    .await
}

pub(super) async fn delete_menu(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
) -> Response {
    respond(&shared, true, |state| {
        check_app(&shared, state, &query)?;
        state.menu.clear();
        Ok(ok())
    })
    .await
}

fn check_app(shared: &Shared, state: &mut State, query: &Parameters) -> Result<(), i64> {
    check_token(shared, state, query)?;
    match query.get("agentid") {
        Some(id) if *id == shared.app.agent_id.to_string() => Ok(()),
        _ => Err(40056),
    }
}
