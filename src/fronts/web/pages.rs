//! Pages: what is around all of them, and how they are sent.

pub(super) mod checklist;
pub(super) mod form;
pub(super) mod said;
mod scanned;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::Web;
use super::cookies::Name;
use crate::fronts::speaker::Speaker;
use crate::text::Language;
use said::{Said, Saying};

/// All there is of style and script: in the page itself, so that it is one request.
const STYLE: &str = include_str!("../../../assets/web/style.css");
const SCRIPT: &str = include_str!("../../../assets/web/script.js");

/// Something that can be shown.
pub(super) trait Part {
    /// Its headline, without markup.
    fn title(&self, speaker: &Speaker<'_>) -> String;

    /// What it shows.
    fn body(&self, view: &View<'_>) -> Markup;

    /// Whether the page comes again by itself, because something is under way.
    fn comes_again(&self) -> bool {
        false
    }
}

/// What a page is made with.
pub(super) struct View<'a> {
    pub(super) speaker: Speaker<'a>,
    pub(super) site_name: &'a str,
}

impl View<'_> {
    pub(super) fn say(&self, key: &str) -> String {
        self.speaker.say(key)
    }
}

/// What is around every answer.
pub(super) struct Wrap {
    content_policy: HeaderValue,
    secure: bool,
}

impl Wrap {
    pub(super) fn new(secure: bool) -> Self {
        let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
             connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        // Without it nothing is allowed at all: never less strict.
        let nothing = HeaderValue::from_static("default-src 'none'");
        Self {
            content_policy: HeaderValue::from_str(&policy).unwrap_or(nothing),
            secure,
        }
    }

    /// A redirect.
    pub(super) fn to(
        &self,
        status: StatusCode,
        location: &str,
        cookie: Option<HeaderValue>,
    ) -> Response {
        let Ok(location) = HeaderValue::from_str(location) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = (status, [(header::LOCATION, location)]).into_response();
        if let Some(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    fn headers(&self, headers: &mut HeaderMap) {
        let fixed: [(HeaderName, &'static str); 7] = [
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            ),
            (header::VARY, "Cookie, Accept-Language, User-Agent"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let policy = self.content_policy.clone();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        if self.secure {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
    }
}

/// Puts the headers on every answer, and keeps a language that was chosen.
pub(super) async fn wrap(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let asked = request.uri().query().is_some_and(|q| q.contains("lang="));
    let chosen = asked
        .then(|| web.chosen(request.headers(), request.uri()))
        .flatten();
    let mut response = next.run(request).await;
    web.wrap.headers(response.headers_mut());
    if let Some(language) = chosen
        && let Ok(cookie) = web.jar.set(Name::Language, language.tag())
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

impl Web {
    /// A page that says something and leads on.
    pub(super) fn say(&self, headers: &HeaderMap, uri: &Uri, saying: Saying) -> Response {
        let session = self.session(headers);
        let theirs = session.as_ref().and_then(|session| session.language());
        let language = self.language(headers, uri, theirs);
        // What is left behind by a way in is not led to again by the language's links.
        let path = match uri.path() {
            path @ ("/form" | "/") => path,
            path if saying.is_of_its_address() => path,
            _ => "/",
        };
        let said = Said { saying: &saying };
        self.html(language, saying.status(), path, &said)
    }

    /// A whole page at `path`.
    pub(super) fn html(
        &self,
        language: Language,
        status: StatusCode,
        path: &str,
        part: &dyn Part,
    ) -> Response {
        let view = self.view(language);
        let title = part.title(&view.speaker);
        let languages = &self.settings.languages;
        let page = html! {
            (DOCTYPE)
            html lang=(language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    @if part.comes_again() {
                        meta http-equiv="refresh" content="1";
                    }
                    title { (title) " · " (view.site_name) }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        strong { (view.site_name) }
                        @if languages.len() > 1 {
                            nav {
                                @for other in languages {
                                    @if *other == language {
                                        span aria-current="true" { (other.own_name()) }
                                    } @else {
                                        a href=(format!("{path}?lang={}", other.tag()))
                                            lang=(other.tag()) { (other.own_name()) }
                                    }
                                }
                            }
                        }
                    }
                    main { (part.body(&view)) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        (status, kind, page.into_string()).into_response()
    }

    /// A part of a page, for the script.
    pub(super) fn part(&self, language: Language, part: &dyn Part) -> Response {
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        let markup = part.body(&self.view(language));
        (kind, markup.into_string()).into_response()
    }

    fn view(&self, language: Language) -> View<'_> {
        View {
            speaker: Speaker {
                texts: &self.settings.texts,
                language,
                zone: &self.settings.zone,
                it_phone: self.settings.it_phone.as_deref(),
            },
            site_name: &self.settings.site_name,
        }
    }
}
