//! The simulated phone: a page on loopback. Nobody's, it shows every employee's WeCom messages
//! and the list of employees with what is special about each; taken by somebody, it is theirs:
//! they write to the app, press its cards and open its pages.

mod acts;
mod chat;
mod page;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::http;
use super::wecom::{self, Entry, Shared};

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

/// What the page has to say of the last act; a word in its address.
struct Note;

impl Note {
    const ELSEWHERE: &str = "elsewhere";
    const IN_THE_CHAT: &str = "in-the-chat";
}

/// What there is to see.
struct Sight {
    roster: Vec<RosterLine>,
    messages: Vec<PhoneMessage>,
    ldap_url: String,
    /// Whose phone it is.
    holder: Option<String>,
    /// Their chat with the app.
    chat: Vec<Entry>,
    /// The app's home page; empty when no web front runs.
    home: String,
    /// Whether the app takes what is written to it.
    listens: bool,
    /// Key and name of each entry of the app's menu.
    menu: Vec<(String, String)>,
    note: Option<String>,
}

/// The phone's pages.
pub(super) fn router(wecom: Arc<Shared>, roster: Roster, ldap_url: String) -> Router {
    Router::new()
        .route("/phone", get(show))
        .route("/phone/messages", get(messages))
        .route("/phone/be", post(acts::be))
        .route("/phone/say", post(acts::say))
        .route("/phone/press", post(acts::press))
        .route("/phone/menu", post(acts::menu))
        .route("/phone/open", post(acts::open))
        .route("/phone/style.css", get(style))
        .route("/phone/script.js", get(script))
        .with_state(Phone {
            wecom,
            roster,
            ldap_url,
        })
}

#[derive(Deserialize)]
struct Asked {
    note: Option<String>,
}

async fn show(
    State(phone): State<Phone>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let home = phone.wecom.home();
    guarded(&headers, "text/html; charset=utf-8", &home, || {
        page::html(&phone.sight(&headers, asked.note))
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
    guarded(&headers, "text/css; charset=utf-8", "", || {
        page::STYLE.to_owned()
    })
}

async fn script(headers: HeaderMap) -> Response {
    guarded(&headers, "text/javascript; charset=utf-8", "", || {
        page::SCRIPT.to_owned()
    })
}

impl Phone {
    fn sight(&self, headers: &HeaderMap, note: Option<String>) -> Sight {
        let holder = wecom::holder_in(headers).filter(|holder| !holder.is_empty());
        let chat = holder.as_deref().map(|holder| self.wecom.chat(holder));
        let menu = self.wecom.menu().into_iter();
        Sight {
            roster: (self.roster)(),
            messages: self.messages(),
            ldap_url: self.ldap_url.clone(),
            holder,
            chat: chat.unwrap_or_default(),
            home: self.wecom.home(),
            listens: self.wecom.has_callback(),
            menu: menu.map(|entry| (entry.key, entry.name)).collect(),
            note,
        }
    }

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

/// Nothing but the page's own style and script, and nobody may frame it. Forms go to the page
/// itself, and from there to `home`.
fn content_policy(home: &str) -> String {
    let home = url::Url::parse(home).map(|url| url.origin().ascii_serialization());
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'self' {}; frame-ancestors 'none'",
        home.unwrap_or_default()
    )
}

fn guarded(headers: &HeaderMap, kind: &str, home: &str, body: impl FnOnce() -> String) -> Response {
    if !is_local(headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, &content_policy(home)),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // With `no-referrer` a browser would not say that a form comes from this page.
        (header::REFERRER_POLICY, "same-origin"),
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
