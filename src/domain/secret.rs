//! Secrets: types that cannot be printed, cloned, serialised or logged, and are wiped on drop.

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::limits;

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
