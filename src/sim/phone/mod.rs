//! The simulated phone: a page on loopback that shows every employee's WeCom messages, and the
//! list of employees with what is special about each.

mod page;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::http;
use super::wecom::Shared;

/// One message, as `GET /phone/messages` gives it, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PhoneMessage {
    /// The receiver's WeCom userid.
    pub to: String,
    /// The receiver's name.
    pub name: String,
    /// The text: from outside, not yet fit for a terminal (rule 8).
    pub text: String,
    /// Milliseconds since the Unix epoch.
    pub at: i64,
}

/// One line of the list of employees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterLine {
    /// The WeCom userid, of whoever has one.
    pub userid: Option<String>,
    /// Where the entry is in the directory.
    pub dn: String,
    /// What to type at the kiosk.
    pub login: String,
    /// The person.
    pub name: String,
    /// What is special, as it is now.
    pub state: String,
}

/// Makes the list of employees, anew for each page.
pub(super) type Roster = Arc<dyn Fn() -> Vec<RosterLine> + Send + Sync>;

#[derive(Clone)]
struct Phone {
    wecom: Arc<Shared>,
    roster: Roster,
    ldap_url: String,
}

/// Nothing but the page's own style and script, and nobody may frame it.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The phone's pages.
pub(super) fn router(wecom: Arc<Shared>, roster: Roster, ldap_url: String) -> Router {
    Router::new()
        .route("/phone", get(show))
        .route("/phone/messages", get(messages))
        .route("/phone/style.css", get(style))
        .route("/phone/script.js", get(script))
        .with_state(Phone {
            wecom,
            roster,
            ldap_url,
        })
}

async fn show(State(phone): State<Phone>, headers: HeaderMap) -> Response {
    guarded(&headers, "text/html; charset=utf-8", || {
        page::html(&(phone.roster)(), &phone.messages(), &phone.ldap_url)
    })
}

async fn messages(State(phone): State<Phone>, headers: HeaderMap) -> Response {
    if !is_local(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    (
        [(header::CACHE_CONTROL, "no-store")],
        Json(phone.messages()),
    )
        .into_response()
}

async fn style(headers: HeaderMap) -> Response {
    guarded(&headers, "text/css; charset=utf-8", || {
        page::STYLE.to_owned()
    })
}

async fn script(headers: HeaderMap) -> Response {
    guarded(&headers, "text/javascript; charset=utf-8", || {
        page::SCRIPT.to_owned()
    })
}

impl Phone {
    fn messages(&self) -> Vec<PhoneMessage> {
        let feed = self.wecom.feed().into_iter();
        feed.map(|(name, message)| PhoneMessage {
            to: message.to,
            name,
            text: message.text,
            at: message.at.as_millis(),
        })
        .collect()
    }
}

fn guarded(headers: &HeaderMap, kind: &str, body: impl FnOnce() -> String) -> Response {
    if !is_local(headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, body()).into_response()
}

/// Whether the page was asked for by a loopback name. A web page elsewhere can point a name of
/// its own at 127.0.0.1 and would otherwise read the codes.
fn is_local(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host.and_then(|host| host.split(':').next())
        .is_some_and(|name| name == "127.0.0.1" || name == "localhost")
}

/// Why the phone's messages could not be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the simulated phone cannot be read: {0}")]
pub struct PhoneError(String);

impl From<http::HttpError> for PhoneError {
    fn from(error: http::HttpError) -> Self {
        Self(error.to_string())
    }
}

/// Reads the messages from a phone at `phone_url` (`.../phone`), newest first: for the kiosk's F9.
///
/// # Errors
/// When nothing answers there, or something else than the phone.
pub async fn read_messages(phone_url: &str) -> Result<Vec<PhoneMessage>, PhoneError> {
    let answer = http::get(&format!("{phone_url}/messages")).await?;
    if answer.status != StatusCode::OK {
        return Err(PhoneError(answer.status.to_string()));
    }
    serde_json::from_slice(&answer.body).map_err(|error| PhoneError(error.to_string()))
}

#[cfg(test)]
mod tests;
