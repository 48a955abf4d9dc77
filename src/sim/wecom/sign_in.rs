//! Signing in: the page that redirects with a code, and whom the code names.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Injected;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;
use url::Url;

use super::routes::{Parameters, check_token, random_id, respond};
use super::{Shared, State};
use crate::domain::time::Timestamp;

/// How long a code works, once.
const CODE_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// The most codes that wait.
const MAX_CODES: usize = 10_000;
/// Holds whose phone a browser is.
pub(in crate::sim) const HOLDER_COOKIE: &str = "phone";

/// Codes that were given out, with whom they name.
#[derive(Default)]
pub(super) struct Codes(HashMap<String, (Holder, Timestamp)>);

/// Who holds a phone.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Holder {
    /// A member, by userid.
    Member(String),
    /// A member of a linked company: `CorpId/userid`.
    Linked(String),
    /// Somebody with consumer WeChat.
    Outsider,
}

impl Codes {
    fn issue(&mut self, code: String, holder: Holder, now: Timestamp) {
        self.0.retain(|_, (_, at)| now.since(*at) < CODE_LIFETIME);
        if self.0.len() < MAX_CODES {
            self.0.insert(code, (holder, now));
        }
    }

    fn take(&mut self, code: &str, now: Timestamp) -> Option<Holder> {
        let (holder, at) = self.0.remove(code)?;
        (now.since(at) < CODE_LIFETIME).then_some(holder)
    }
}

/// `GET /connect/oauth2/authorize`: no question to the person, a redirect at once.
pub(super) async fn authorize(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
    headers: HeaderMap,
) -> Response {
    match redirect(&shared, &query, &headers) {
        Ok(target) => (
            StatusCode::FOUND,
            [
                (header::LOCATION, String::from(target)),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ],
        )
            .into_response(),
        Err(words) => Html(format!(
            "<!doctype html><meta charset=\"utf-8\"><title>WeCom</title><p>{words}</p>"
        ))
        .into_response(),
    }
}

/// Where to go, or what the page says instead: WeCom's own words.
fn redirect(shared: &Shared, query: &Parameters, headers: &HeaderMap) -> Result<Url, &'static str> {
    let parameter = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let mut state = shared.lock();
    if state.faults.only_in_wecom && !is_wecom(headers) {
        return Err("请在微信客户端打开链接");
    }
    if parameter("appid") != shared.app.corp_id || parameter("response_type") != "code" {
        return Err("40013 invalid appid");
    }
    if parameter("scope") != "snsapi_base" {
        return Err("10005 scope 参数错误或没有 scope 权限");
    }
    let back = parameter("state");
    if back.len() > 128 || !back.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err("84025 state invalid");
    }
    let redirect = parameter("redirect_uri");
    let mut target = Url::parse(redirect).map_err(|_| UNTRUSTED)?;
    if state.trusted.is_none() || origin(&target) != state.trusted {
        return Err(UNTRUSTED);
    }
    let named = holder_in(headers).or_else(|| state.holder.clone());
    let holder = holder(&state, &named.unwrap_or_default());
    let code = random_id(shared, "code");
    state
        .codes
        .issue(code.clone(), holder, shared.clock.now().wall);
    target
        .query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", back);
    Ok(target)
}

/// `50001`.
const UNTRUSTED: &str = "50001 redirect_uri需使用应用可信域名";

fn holder(state: &State, named: &str) -> Holder {
    if named.contains('/') {
        return Holder::Linked(named.to_owned());
    }
    match state.chats.member(named) {
        Some(member) => Holder::Member(member.userid.clone()),
        None => Holder::Outsider,
    }
}

/// Host and port, which must both be the trusted ones.
pub(super) fn origin(url: &Url) -> Option<(String, u16)> {
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}

/// Whose phone the browser is, by its cookie.
pub(in crate::sim) fn holder_in(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let mut pairs = cookies
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == HOLDER_COOKIE)?;
    Some(value.to_owned())
}

fn is_wecom(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT);
    agent
        .and_then(|agent| agent.to_str().ok())
        .is_some_and(|agent| agent.to_ascii_lowercase().contains("wxwork"))
}

/// `GET /cgi-bin/auth/getuserinfo`.
pub(super) async fn signed_in(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
) -> Response {
    respond(&shared, true, |state| {
        Ok(match take_code(&shared, state, &query)? {
            Holder::Member(userid) | Holder::Linked(userid) => {
                json!({"errcode": 0, "errmsg": "ok", "userid": userid})
            }
            Holder::Outsider => json!({"errcode": 0, "errmsg": "ok", "openid": OPENID,
                "external_userid": "wmSimulated"}),
        })
    })
    .await
}

/// `GET /cgi-bin/user/getuserinfo`, its older twin, with other names in the answer.
pub(super) async fn signed_in_of_old(
    Injected(shared): Injected<Arc<Shared>>,
    query: Parameters,
) -> Response {
    respond(&shared, true, |state| {
        Ok(match take_code(&shared, state, &query)? {
            Holder::Member(userid) | Holder::Linked(userid) => json!({"errcode": 0,
                "errmsg": "ok", "UserId": userid, "DeviceId": "simulated"}),
            Holder::Outsider => json!({"errcode": 0, "errmsg": "ok", "OpenId": OPENID,
                "DeviceId": "simulated"}),
        })
    })
    .await
}

const OPENID: &str = "oSimulatedStranger";

fn take_code(shared: &Shared, state: &mut State, query: &Parameters) -> Result<Holder, i64> {
    check_token(shared, state, query)?;
    let code = query.get("code").map(String::as_str).unwrap_or_default();
    state.codes.take(code, shared.clock.now().wall).ok_or(40029)
}
