//! What a webview came for, kept in its own cookie while it signs in.

use crate::domain::code::READABLE;

/// Characters of a picture's nonce.
const NONCE: usize = 13;
/// Characters of a one-time link's token.
const TOKEN: usize = 26;
/// Characters of a sign-in's state.
const STATE: usize = 32;

/// What a webview came for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// The form.
    Form,
    /// The kiosk whose picture was scanned.
    Picture(String),
    /// Where a one-time link leads.
    Link(String),
}

impl Target {
    /// Of a picture; `None` when none ever held that. Matched without case.
    pub(super) fn picture(nonce: &str) -> Option<Self> {
        readable(nonce, NONCE).map(Self::Picture)
    }

    /// Of a one-time link; `None` when none ever held that.
    pub(super) fn link(token: &str) -> Option<Self> {
        readable(token, TOKEN).map(Self::Link)
    }
}

/// A sign-in under way: only the webview that began it can end it, because only it has this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SigningIn {
    /// Random; comes back with WeCom's answer.
    pub(super) state: String,
    pub(super) target: Target,
}

impl SigningIn {
    /// As the cookie holds it.
    pub(super) fn to_cookie(&self) -> String {
        let (kind, rest) = match &self.target {
            Target::Form => ('f', ""),
            Target::Picture(nonce) => ('k', nonce.as_str()),
            Target::Link(token) => ('l', token.as_str()),
        };
        format!("{}.{kind}{rest}", self.state)
    }

    /// Reads the cookie back; `None` when we never wrote that.
    pub(super) fn parse(cookie: &str) -> Option<Self> {
        let (state, target) = cookie.split_once('.')?;
        let is_state = state.len() == STATE && state.bytes().all(|b| b.is_ascii_hexdigit());
        let target = match (target.get(..1)?, target.get(1..)?) {
            ("f", "") => Some(Target::Form),
            ("k", nonce) => Target::picture(nonce),
            ("l", token) => Target::link(token),
            _ => None,
        };
        let state = state.to_owned();
        is_state.then_some(Self {
            state,
            target: target?,
        })
    }
}

fn readable(text: &str, length: usize) -> Option<String> {
    let text = text.to_ascii_uppercase();
    let well_formed = text.len() == length && text.bytes().all(|b| READABLE.contains(&b));
    well_formed.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pictures_and_links_are_told_by_their_length_without_case() {
        let nonce = "23456789abcde";
        let picture = Target::Picture("23456789ABCDE".to_owned());
        assert_eq!(Target::picture(nonce), Some(picture));
        for wrong in [
            "",
            "23456789ABCD",
            "23456789ABCDEF",
            "O3456789ABCDE",
            "../../etc/pas",
        ] {
            assert_eq!(Target::picture(wrong), None, "{wrong}");
        }
        assert!(Target::link(&nonce.repeat(2)).is_some());
        assert_eq!(Target::link(nonce), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            state in "[0-9a-f]{32}",
            nonce in "[2-9A-HJ-KM-NP-Z]{13}",
            token in "[2-9A-HJ-KM-NP-Z]{26}",
        ) {
            for target in [Target::Form, Target::Picture(nonce), Target::Link(token)] {
                let signing_in = SigningIn { state: state.clone(), target };
                let read = SigningIn::parse(&signing_in.to_cookie());
                prop_assert_eq!(read, Some(signing_in));
            }
        }

        #[test]
        fn any_cookie_is_read_or_refused(cookie in "\\PC{0,80}") {
            if let Some(read) = SigningIn::parse(&cookie) {
                prop_assert!(read.to_cookie().eq_ignore_ascii_case(&cookie));
            }
        }
    }
}
