//! Secrets: types that cannot be printed, cloned, serialised or logged, and are wiped on drop.

use std::sync::Arc;

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{likeness, limits};

/// A password that an employee typed, NFC-normalised, 1 to 128 code points, no control characters.
///
/// There is no `Debug`, `Clone`, `Display` or `Serialize`: share it with `Arc` where two parts
/// need it. The memory is wiped on drop.
pub struct Password(Zeroizing<String>);

/// Why typed text is no password at all.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordError {
    /// Nothing was typed. An empty password must never reach a bind (RFC 4513, 5.1.2).
    #[error("the password is empty")]
    Empty,
    /// More than [`limits::PASSWORD_MAX_CHARS`] code points: refused, never cut.
    #[error(
        "the password is longer than {} characters",
        limits::PASSWORD_MAX_CHARS
    )]
    TooLong,
    /// Holds a control character, which no keyboard can type at a sign-in screen.
    #[error("the password holds a control character")]
    Control,
    /// Begins like a stored password (`{SSHA}...`), for which directories would take it (RFC 3112
    /// and its like).
    #[error("the password begins like a stored one")]
    Scheme,
}

impl Password {
    /// Parses typed text.
    ///
    /// # Errors
    /// Says why the text is no password.
    pub fn new(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        // Counted before normalising too, so that a hostile text costs nothing.
        if typed.chars().count() > limits::PASSWORD_MAX_CHARS.saturating_mul(4) {
            return Err(PasswordError::TooLong);
        }
        // Room for the longest result up front: a growing buffer would leave unwiped copies behind.
        let mut nfc = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
        nfc.extend(typed.nfc());
        if nfc.chars().any(char::is_control) {
            return Err(PasswordError::Control);
        }
        if nfc.chars().count() > limits::PASSWORD_MAX_CHARS {
            return Err(PasswordError::TooLong);
        }
        if begins_with_a_scheme(&nfc) {
            return Err(PasswordError::Scheme);
        }
        Ok(Self(nfc))
    }

    /// The text itself, for the directory and the strength meter only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether two passwords are the same, in time that does not depend on where they differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

/// The password that is being replaced: kept in memory while the new one is chosen, so that it can
/// be told from a near-copy, and nowhere else.
#[derive(Clone)]
pub struct OldPassword(Arc<Password>);

impl OldPassword {
    /// The password that proved who is asking.
    pub fn new(password: Arc<Password>) -> Self {
        Self(password)
    }

    /// Whether `new` is this password or so little else that it might as well be.
    pub fn is_like(&self, new: &Password) -> bool {
        likeness::is_near_copy(self.0.expose(), new.expose())
    }
}

impl std::fmt::Debug for OldPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OldPassword(..)")
    }
}

impl PartialEq for OldPassword {
    fn eq(&self, other: &Self) -> bool {
        self.0.matches(&other.0)
    }
}

impl Eq for OldPassword {}

/// Whether a text begins with a word in curly braces. Directories know different ones.
fn begins_with_a_scheme(text: &str) -> bool {
    let scheme = text
        .strip_prefix('{')
        .and_then(|rest| rest.split_once('}'))
        .map_or("", |(scheme, _)| scheme);
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    !scheme.is_empty() && scheme.chars().all(is_of_word)
}

/// The digits of a code, as made or as typed. Wiped on drop, never printable.
pub struct CodeDigits(Zeroizing<String>);

impl CodeDigits {
    /// Reads what was typed or pasted: ASCII and full-width digits; spaces and hyphens are left
    /// out. `None` when anything else is in it, or when it is not exactly `digits` long.
    pub fn parse(typed: &str, digits: usize) -> Option<Self> {
        let mut kept = Zeroizing::new(String::with_capacity(digits));
        for c in typed.chars() {
            match c {
                '0'..='9' => kept.push(c),
                '\u{FF10}'..='\u{FF19}' => {
                    kept.push(char::from_digit(u32::from(c) - 0xFF10, 10)?);
                }
                ' ' | '-' | '\u{3000}' | '\u{2010}'..='\u{2015}' | '\t' => {}
                _ => return None,
            }
            if kept.len() > digits {
                return None;
            }
        }
        (kept.len() == digits).then_some(Self(kept))
    }

    /// Makes a code of `digits` digits from random bytes. The bias of taking a 64-bit number
    /// modulo 10^8 is below 10^-11.
    pub fn from_random(bytes: [u8; 8], digits: u8) -> Self {
        let digits =
            u32::from(digits.clamp(*limits::CODE_DIGITS.start(), *limits::CODE_DIGITS.end()));
        let number = u64::from_be_bytes(bytes) % 10u64.pow(digits);
        Self(Zeroizing::new(format!(
            "{number:0width$}",
            width = digits as usize
        )))
    }

    /// The digits, for the message to the employee and the keyed hash only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A credential from the configuration: a bind password, an application secret.
pub struct Credential(Zeroizing<String>);

impl Credential {
    /// Wraps a credential that was read from a file or the configuration.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the server it belongs to only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What an employee wrote in the chat: it may hold a password.
pub struct ChatText(Zeroizing<String>);

impl ChatText {
    /// Wraps the words as they came.
    pub fn new(words: Zeroizing<String>) -> Self {
        Self(words)
    }

    /// The words, for whoever reads commands in them only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The site key: 32 random bytes beside the state, never in it. Keys the code hashes and the
/// audit chain.
pub struct SiteKey(Zeroizing<[u8; 32]>);

impl SiteKey {
    /// Wraps key bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key bytes, for HMAC and for writing the key file only.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::marker::PhantomData;

    fn refused(typed: &str) -> Option<PasswordError> {
        Password::new(typed).err()
    }

    /// Fails when a secret has a trait: where the bound holds, the probe's own method is found
    /// before the fallback's.
    macro_rules! assert_lacks {
        ($bound:path: $($secret:ty),*) => {{
            struct Probe<T>(PhantomData<T>);
            trait Fallback {
                fn has(&self) -> bool {
                    false
                }
            }
            impl<T> Fallback for Probe<T> {}
            impl<T: $bound> Probe<T> {
                fn has(&self) -> bool {
                    true
                }
            }
            assert!(Probe::<String>(PhantomData).has(), "the probe itself works");
            $(assert!(!Probe::<$secret>(PhantomData).has(), stringify!($secret));)*
        }};
    }

    #[test]
    fn what_looks_stored_already_is_no_password() {
        for typed in ["{SSHA}abc", "{x-1}", "{PBKDF2-SHA512}10000$"] {
            assert_eq!(refused(typed), Some(PasswordError::Scheme), "{typed}");
        }
        for typed in ["{}abc", "{ab", "a{SSHA}b", "{a b}c", "{密}码"] {
            assert_eq!(refused(typed), None, "{typed}");
        }
    }

    #[test]
    fn no_secret_can_be_printed_copied_or_serialised() {
        assert_lacks!(std::fmt::Debug: Password, CodeDigits, Credential, ChatText, SiteKey);
        assert_lacks!(std::fmt::Display: Password, CodeDigits, Credential, ChatText, SiteKey);
        assert_lacks!(Clone: Password, CodeDigits, Credential, ChatText, SiteKey);
        assert_lacks!(serde::Serialize: Password, CodeDigits, Credential, ChatText, SiteKey);
    }

    #[test]
    fn a_password_is_kept_in_composed_form() {
        let composed = Password::new("caf\u{E9}").unwrap();
        let decomposed = Password::new("cafe\u{301}").unwrap();
        assert_eq!(decomposed.expose(), "caf\u{E9}");
        assert!(composed.matches(&decomposed));
        assert!(!composed.matches(&Password::new("cafe").unwrap()));
    }

    #[test]
    fn an_empty_password_is_refused() {
        assert_eq!(refused(""), Some(PasswordError::Empty));
        assert_eq!(refused(" "), None, "a space is a character");
    }

    #[test]
    fn a_long_password_is_refused_and_never_cut() {
        for letter in ["a", "\u{6797}", "\u{1F431}"] {
            let longest = letter.repeat(limits::PASSWORD_MAX_CHARS);
            assert_eq!(Password::new(&longest).unwrap().expose(), longest);
            assert_eq!(
                refused(&format!("{longest}x")),
                Some(PasswordError::TooLong)
            );
        }
        assert_eq!(
            refused(&"e\u{301}".repeat(128)),
            None,
            "counted after composing"
        );
        assert_eq!(refused(&"a".repeat(100_000)), Some(PasswordError::TooLong));
    }

    #[test]
    fn control_characters_are_refused() {
        for control in [
            '\0', '\t', '\n', '\r', '\u{1B}', '\u{7F}', '\u{85}', '\u{9B}',
        ] {
            assert_eq!(
                refused(&format!("gumboot{control}")),
                Some(PasswordError::Control)
            );
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in [
            "482913",
            "482 913",
            "4-8-2-9-1-3",
            "\u{FF14}\u{FF18}2913",
            " 482\u{3000}913 ",
        ] {
            let code = CodeDigits::parse(typed, 6).map(|code| code.expose().to_owned());
            assert_eq!(code.as_deref(), Some("482913"), "{typed}");
        }
        for typed in [
            "",
            "48291",
            "4829133",
            "48291a",
            "48291\u{0663}",
            "48291\n3",
            "482913x",
        ] {
            assert!(CodeDigits::parse(typed, 6).is_none(), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_keeps_the_promises(typed in any::<String>()) {
            if let Ok(password) = Password::new(&typed) {
                let text = password.expose();
                prop_assert!((1..=limits::PASSWORD_MAX_CHARS).contains(&text.chars().count()));
                prop_assert!(!text.chars().any(char::is_control));
                prop_assert!(Password::new(text).is_ok_and(|again| again.matches(&password)));
            }
        }

        #[test]
        fn whatever_is_taken_for_a_code_is_digits(typed in "[0-9 \\-\u{FF10}-\u{FF19}a\u{3000}]{0,14}") {
            if let Some(code) = CodeDigits::parse(&typed, 6) {
                prop_assert!(code.expose().len() == 6);
                prop_assert!(code.expose().bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
