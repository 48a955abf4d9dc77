//! What requests bring before anybody is known, each read as the front reads it: one face of its
//! parsers, for whoever feeds them with anything.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::body::{Fields, in_query};
use super::cookies::{Jar, Name};
use super::gate::Origin;
use super::target::SigningIn;
use super::{language, source};
use crate::text::Language;

/// The site of [`Brought::read`].
pub const SITE: &str = "https://reset.contoso.example";
/// The one who asks there, a proxy that is trusted.
pub const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));

/// Some part of a request.
#[derive(Copy, Clone, Debug)]
pub enum Brought<'a> {
    /// The body of a form.
    Form(&'a [u8]),
    /// The part of an address after `?`.
    Query(&'a str),
    /// A `Cookie` header.
    Cookie(&'a [u8]),
    /// A `Host` header.
    Host(&'a str),
    /// An `X-Forwarded-For` header.
    ForwardedFor(&'a [u8]),
    /// An `Accept-Language` or `User-Agent` header.
    Language(&'a [u8]),
}

impl Brought<'_> {
    /// Reads it at [`SITE`], asked by [`PEER`]: names and values of what was found.
    pub fn read(self) -> Vec<(String, String)> {
        match self {
            Self::Form(body) => form(body),
            Self::Query(query) => ["code", "state", "lang"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), in_query(Some(query), name)?)))
                .collect(),
            Self::Cookie(line) => cookies(&with(COOKIE, line)),
            Self::Host(host) => {
                let ours = Url::parse(SITE).is_ok_and(|site| Origin::of(&site).is_host(host));
                let found = ours.then(|| ("ours".to_owned(), host.to_owned()));
                found.into_iter().collect()
            }
            Self::ForwardedFor(line) => {
                let headers = with(HeaderName::from_static("x-forwarded-for"), line);
                let asks = source::asks(PEER, &headers, &[PEER]);
                vec![("asks".to_owned(), asks.to_string())]
            }
            Self::Language(line) => {
                let accepted = with(ACCEPT_LANGUAGE, line);
                let preferred = language::preferred(&accepted, &Language::ALL);
                let of_wecom = language::of_wecom(&with(USER_AGENT, line));
                let found = [("preferred", preferred), ("wecom", of_wecom)].into_iter();
                found
                    .filter_map(|(name, language)| {
                        Some((name.to_owned(), language?.tag().to_owned()))
                    })
                    .collect()
            }
        }
    }
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    let fields = Fields::parse(body);
    let fields = fields.iter().flat_map(Fields::all);
    fields
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let jar = Jar::new(true);
    let read = |name, called: &str| Some((called.to_owned(), jar.read(headers, name)?.to_owned()));
    let sign_in = jar.read(headers, Name::SignIn).and_then(SigningIn::parse);
    [
        read(Name::SignIn, "sign-in"),
        read(Name::Session, "session"),
        read(Name::Language, "language"),
        sign_in.map(|begun| ("begun".to_owned(), begun.to_cookie())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Headers with one line, if it can be one.
fn with(name: HeaderName, line: &[u8]) -> HeaderMap {
    let value = HeaderValue::from_bytes(line);
    value.ok().map(|value| (name, value)).into_iter().collect()
}
