//! The three cookies: a sign-in that is under way, a session, a language.

use axum::http::header::{COOKIE, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};

/// How long a sign-in may take, and a session lasts.
const MINUTES: i64 = 10;
/// How long a chosen language is remembered.
const LANGUAGE_DAYS: i64 = 180;
/// The longest `Cookie` header that is looked at.
const HEADER_MAX: usize = 4096;

/// A cookie's name.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Name {
    SignIn,
    Session,
    Language,
}

/// Reads and makes cookies. Under https no other host, no other path and no plain connection can
/// set ours: that is what the `__Host-` before their names means to a browser.
pub(super) struct Jar {
    secure: bool,
}

impl Jar {
    pub(super) fn new(secure: bool) -> Self {
        Self { secure }
    }

    fn name(&self, name: Name) -> &'static str {
        match (name, self.secure) {
            (Name::SignIn, true) => "__Host-rekey-sign-in",
            (Name::Session, true) => "__Host-rekey",
            (Name::Language, true) => "__Host-rekey-language",
            (Name::SignIn, false) => "rekey-sign-in",
            (Name::Session, false) => "rekey",
            (Name::Language, false) => "rekey-language",
        }
    }

    /// The value of a cookie that a request brings; `None` when it brings none, or two.
    pub(super) fn read<'h>(&self, headers: &'h HeaderMap, name: Name) -> Option<&'h str> {
        let wanted = self.name(name);
        let mut found = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .filter(|line| line.len() <= HEADER_MAX)
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.split_once('='))
            .filter(|(name, _)| name.trim() == wanted)
            .map(|(_, value)| value.trim());
        let value = found.next()?;
        found.next().is_none().then_some(value)
    }

    /// A `Set-Cookie` header.
    pub(super) fn set(&self, name: Name, value: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        let age = match name {
            Name::SignIn | Name::Session => Duration::minutes(MINUTES),
            Name::Language => Duration::days(LANGUAGE_DAYS),
        };
        self.header(name, value, age)
    }

    /// A `Set-Cookie` header that takes a cookie away.
    pub(super) fn clear(&self, name: Name) -> Result<HeaderValue, InvalidHeaderValue> {
        self.header(name, "", Duration::ZERO)
    }

    fn header(
        &self,
        name: Name,
        value: &str,
        age: Duration,
    ) -> Result<HeaderValue, InvalidHeaderValue> {
        let cookie = Cookie::build((self.name(name), value))
            .http_only(true)
            .secure(self.secure)
            // WeCom's sign-in comes back by a redirect, which `Strict` would not let through.
            .same_site(SameSite::Lax)
            .path("/")
            .max_age(age)
            .build();
        HeaderValue::from_str(&cookie.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(line: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(line).unwrap());
        headers
    }

    #[test]
    fn what_is_set_is_read() {
        let jar = Jar::new(true);
        let set = jar.set(Name::Session, "0123abcd").unwrap();
        let set = set.to_str().unwrap();
        assert_eq!(
            set,
            "__Host-rekey=0123abcd; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"
        );
        let sent = headers(&format!("a=b; {}; c", set.split(';').next().unwrap()));
        assert_eq!(jar.read(&sent, Name::Session), Some("0123abcd"));
        assert_eq!(jar.read(&sent, Name::SignIn), None);
        let cleared = jar.clear(Name::Session).unwrap();
        assert!(cleared.to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn plain_loopback_has_cookies_that_a_browser_takes() {
        let set = Jar::new(false).set(Name::SignIn, "x").unwrap();
        assert_eq!(
            set.to_str().unwrap(),
            "rekey-sign-in=x; HttpOnly; SameSite=Lax; Path=/; Max-Age=600"
        );
    }

    #[test]
    fn two_of_a_name_are_none() {
        let jar = Jar::new(false);
        assert_eq!(jar.read(&headers("rekey=a; rekey=b"), Name::Session), None);
        let long = format!("rekey=a; b={}", "x".repeat(HEADER_MAX));
        assert_eq!(jar.read(&headers(&long), Name::Session), None);
    }

    proptest! {
        #[test]
        fn any_cookie_header_is_survived(line in "[ -~]{0,200}") {
            for name in [Name::SignIn, Name::Session, Name::Language] {
                if let Some(value) = Jar::new(true).read(&headers(&line), name) {
                    prop_assert!(line.contains(value));
                    prop_assert!(!value.contains(';'));
                }
            }
        }
    }
}
