//! What whoever holds the phone does with it.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::Url;

use super::page::OTHERS;
use super::{Note, Phone, is_local};
use crate::sim::wecom::{HOLDER_COOKIE, holder_in};

#[derive(Deserialize)]
pub(super) struct Be {
    userid: String,
}

/// Takes somebody's phone, or puts it down. Whoever takes it has the chat open.
pub(super) async fn be(
    State(phone): State<Phone>,
    headers: HeaderMap,
    Form(form): Form<Be>,
) -> Response {
    if !is_own(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let userid = form.userid;
    let known = (phone.roster)()
        .iter()
        .any(|line| line.userid.as_ref() == Some(&userid));
    let stranger = OTHERS.iter().any(|(other, _)| *other == userid);
    if !known && !stranger {
        phone.wecom.set_holder(None);
        return back(Some(format!("{HOLDER_COOKIE}=; Max-Age=0; Path=/")), None);
    }
    phone.wecom.set_holder(Some(userid.clone()));
    if known {
        let (wecom, by) = (phone.wecom.clone(), userid.clone());
        tokio::spawn(async move { wecom.enter(&by).await });
    }
    let cookie = format!("{HOLDER_COOKIE}={userid}; Path=/; HttpOnly; SameSite=Lax");
    back(Some(cookie), None)
}

#[derive(Deserialize)]
pub(super) struct Say {
    text: String,
}

/// Writes to the app.
pub(super) async fn say(
    State(phone): State<Phone>,
    headers: HeaderMap,
    Form(form): Form<Say>,
) -> Response {
    with_member(&phone, &headers, |by| {
        let wecom = phone.wecom.clone();
        tokio::spawn(async move { wecom.say(&by, &form.text).await });
    })
}

#[derive(Deserialize)]
pub(super) struct Press {
    task: String,
    key: String,
}

/// Presses a button of a card.
pub(super) async fn press(
    State(phone): State<Phone>,
    headers: HeaderMap,
    Form(form): Form<Press>,
) -> Response {
    with_member(&phone, &headers, |by| {
        let wecom = phone.wecom.clone();
        tokio::spawn(async move { wecom.press(&by, &form.task, &form.key).await });
    })
}

#[derive(Deserialize)]
pub(super) struct Menu {
    key: String,
}

/// Presses an entry of the app's menu.
pub(super) async fn menu(
    State(phone): State<Phone>,
    headers: HeaderMap,
    Form(form): Form<Menu>,
) -> Response {
    with_member(&phone, &headers, |by| {
        let wecom = phone.wecom.clone();
        tokio::spawn(async move { wecom.press_menu(&by, &form.key).await });
    })
}

#[derive(Deserialize)]
pub(super) struct Open {
    address: String,
}

/// Scans a picture: opens the address that is in it. A short code goes to the chat, as it would
/// from somebody whose phone cannot scan.
pub(super) async fn open(
    State(phone): State<Phone>,
    headers: HeaderMap,
    Form(form): Form<Open>,
) -> Response {
    if !is_own(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    match scanned(&phone.wecom.home(), &form.address) {
        Scanned::Page(url) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, url.as_str())]).into_response()
        }
        Scanned::Elsewhere => back(None, Some(Note::ELSEWHERE)),
        Scanned::ShortCode(code) => {
            if let Some(by) = member(&phone, &headers) {
                let wecom = phone.wecom.clone();
                tokio::spawn(async move { wecom.say(&by, &code).await });
            }
            back(None, Some(Note::IN_THE_CHAT))
        }
    }
}

/// What was typed for a picture.
#[derive(PartialEq, Eq, Debug)]
enum Scanned {
    Page(Url),
    Elsewhere,
    ShortCode(String),
}

/// Only addresses below the app's `home` are opened; its scheme may be left out.
fn scanned(home: &str, typed: &str) -> Scanned {
    let typed = typed.trim();
    if !typed.contains('/') {
        return Scanned::ShortCode(typed.to_owned());
    }
    let Ok(home) = Url::parse(home) else {
        return Scanned::Elsewhere;
    };
    let whole = match typed.contains("://") {
        true => typed.to_owned(),
        false => format!("{}://{typed}", home.scheme()),
    };
    match Url::parse(&whole) {
        Ok(url) if url.origin() == home.origin() => Scanned::Page(url),
        _ => Scanned::Elsewhere,
    }
}

fn with_member(phone: &Phone, headers: &HeaderMap, act: impl FnOnce(String)) -> Response {
    if !is_own(headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(by) = member(phone, headers) {
        act(by);
    }
    back(None, None)
}

/// The member whose phone it is.
fn member(phone: &Phone, headers: &HeaderMap) -> Option<String> {
    let holder = holder_in(headers)?;
    let listed = |line: &super::RosterLine| line.userid.as_ref() == Some(&holder);
    (phone.roster)().iter().any(listed).then_some(holder)
}

/// Back to the page, so that loading it again repeats nothing.
fn back(cookie: Option<String>, note: Option<&str>) -> Response {
    let page = match note {
        Some(note) => format!("/phone?note={note}"),
        None => "/phone".to_owned(),
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response();
    if let Some(cookie) = cookie.and_then(|cookie| cookie.parse().ok()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether this page itself asked: another site's page could send the same form.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let origin = text(header::ORIGIN);
    is_local(headers) && origin.is_none_or(|origin| origin == format!("http://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_companys_own_addresses_are_opened() {
        let home = "http://127.0.0.1:8080/";
        let page = |address: &str| Scanned::Page(Url::parse(address).unwrap());
        for typed in [
            "http://127.0.0.1:8080/k/abc",
            " 127.0.0.1:8080/k/abc ",
            "HTTP://127.0.0.1:8080/k/abc",
        ] {
            assert_eq!(scanned(home, typed), page("http://127.0.0.1:8080/k/abc"));
        }
        assert_eq!(scanned(home, "K4T9"), Scanned::ShortCode("K4T9".to_owned()));
        for typed in [
            "http://127.0.0.1:8081/k/abc",
            "https://127.0.0.1:8080/k/abc",
            "http://127.0.0.1:8080@evil.example/",
            "evil.example/k/abc",
            "javascript://127.0.0.1:8080/%0aalert(1)",
            "://",
        ] {
            assert_eq!(scanned(home, typed), Scanned::Elsewhere, "{typed}");
        }
        assert_eq!(scanned("", "x/k/abc"), Scanned::Elsewhere);
    }
}
