//! Codes: what one is bound to, how it is made, and how its keyed hash is computed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;

use super::account::AccountKey;
use super::secret::{CodeDigits, SiteKey};
use super::time::Timestamp;

/// One attempt to reset, from choosing a method to its end: 16 random bytes as 32 hex digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ResetId(String);

impl ResetId {
    /// From 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Reads one back from the store.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// 32 lower-case hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Four characters without 0 O 1 I L that a person can read to IT; found again in the audit.
    pub fn reference(&self) -> String {
        let mut rest = self.0.bytes().fold(0u64, |acc, b| {
            acc.wrapping_mul(31).wrapping_add(u64::from(b))
        });
        (0..4)
            .map(|_| {
                let c = READABLE.get((rest % 31) as usize).copied().unwrap_or(b'X');
                rest /= 31;
                char::from(c)
            })
            .collect()
    }
}

/// Letters and digits that nobody mixes up: no 0 O 1 I L. 31 of them.
pub const READABLE: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Whom counts are kept for. A login name that leads nowhere gets a subject too, so that it is
/// counted and answered like a real one (rule 3).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Subject {
    /// A real account.
    Account(AccountKey),
    /// A login name without one: a keyed hash of it, never the name itself.
    Nobody(String),
}

impl Subject {
    /// The subject of a login name that leads nowhere. Names that a directory would take for the
    /// same (RFC 4518: without case, compatibility forms and doubled spaces) share it, else their
    /// counts would tell them from a real account's (rule 3).
    pub fn nobody(key: &SiteKey, login: &str) -> Self {
        let folded: String = login.nfkc().flat_map(char::to_lowercase).nfkc().collect();
        let mut mac = keyed(key);
        mac.update(b"rekey subject\0");
        for (place, word) in folded.split_whitespace().enumerate() {
            mac.update(if place == 0 { b"" } else { b" " });
            mac.update(word.as_bytes());
        }
        Self::Nobody(hex(&mac.finalize().into_bytes()))
    }

    /// One text for both kinds, as it is stored: `account:...` or `nobody:...`.
    pub fn to_stored(&self) -> String {
        match self {
            Self::Account(key) => format!("account:{}", key.as_str()),
            Self::Nobody(hash) => format!("nobody:{hash}"),
        }
    }
}

/// What a code allows when it is right.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Set a new password at a kiosk or over SSH.
    Reset,
    /// The same, at the kiosk whose picture the employee's phone has scanned: the phone's own
    /// WeCom page shows the digits, and no message carries them.
    Pair,
    /// Do this, at IT support's desk, for the employee, who reads it to the operator that the
    /// message names.
    Desk(DeskAction),
    /// Sign in at IT support's desk.
    SignIn,
}

impl Action {
    /// Whether a message carries the code, and is taken from the account's budget for messages.
    pub fn takes_message(self) -> bool {
        !matches!(self, Self::Pair)
    }

    /// The word that is stored and hashed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Pair => "pair",
            Self::Desk(action) => action.as_str(),
            Self::SignIn => "sign_in",
        }
    }
}

/// What an operator does for an employee who reads a code out. The message says which; a code for
/// the one is worth nothing for the other.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum DeskAction {
    /// Give them a way to a new password.
    Password,
    /// End the lock; the password stays as it is.
    Unlock,
}

impl DeskAction {
    /// The word that is stored and hashed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "desk",
            Self::Unlock => "desk_unlock",
        }
    }

    /// Reads one back from the store.
    pub fn parse(word: &str) -> Option<Self> {
        let mut all = [Self::Password, Self::Unlock].into_iter();
        all.find(|action| action.as_str() == word)
    }
}

/// Where a reset happens: the front and, at a kiosk, its name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// `kiosk`, `ssh`, `web`, `chat` or `desk`.
    pub front: &'static str,
    /// The kiosk's name, as told to the employee's phone; at the desk the operator's login name
    /// (empty while nobody has signed in).
    pub kiosk: String,
}

/// What the place of a remote session begins with; the source address follows.
const REMOTE: &str = "remote ";

impl Place {
    /// A session from anywhere: its place is where it comes from.
    pub fn remote(front: &'static str, source: &str) -> Self {
        Self {
            front,
            kiosk: format!("{REMOTE}{source}"),
        }
    }

    /// Whether it is no kiosk's, but a session from anywhere.
    pub fn is_remote(&self) -> bool {
        Self::remote_source(&self.kiosk).is_some()
    }

    /// Where the session of a place with this name comes from; `None` for a kiosk.
    pub fn remote_source(name: &str) -> Option<&str> {
        name.strip_prefix(REMOTE)
    }
}

/// Everything a code is bound to: it works for this and nothing else (rule 2).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Binding {
    /// The one reset.
    pub reset: ResetId,
    /// The one account, or nobody.
    pub subject: Subject,
    /// The one action.
    pub action: Action,
    /// The one front and kiosk.
    pub place: Place,
}

impl Binding {
    /// Whether it is typed in a session from anywhere and was brought by a message: such codes can
    /// be guessed at from far away, and are off for a while when too many were wrong. The digits
    /// that an employee's own phone shows are no such code.
    pub fn is_remote(&self) -> bool {
        self.action.takes_message() && self.place.is_remote()
    }
}

/// HMAC-SHA256 of a code and its binding under the site key: what is stored instead of the code.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct CodeMac(pub [u8; 32]);

impl CodeMac {
    /// Hashes `digits` for `binding`. Every field is length-prefixed, so that no two bindings
    /// share an input.
    pub fn new(key: &SiteKey, binding: &Binding, digits: &CodeDigits) -> Self {
        let mut mac = keyed(key);
        mac.update(b"rekey code\0");
        for field in [
            binding.reset.as_str(),
            &binding.subject.to_stored(),
            binding.action.as_str(),
            binding.place.front,
            &binding.place.kiosk,
            digits.expose(),
        ] {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        Self(mac.finalize().into_bytes().into())
    }
}

/// How codes are made at this site (`[code]`).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct CodeRules {
    /// 6 to 8.
    pub digits: u8,
    /// How long a code works.
    pub lifetime: std::time::Duration,
    /// How often one reset's codes are judged, 1 to 5.
    pub tries: u32,
}

/// What became of a typed code.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Judgement {
    /// Right, and now used up.
    Right,
    /// Wrong; so many tries are left for this reset.
    Wrong {
        /// Tries left before this reset's codes are judged no more.
        left: u32,
    },
    /// The code expired, was used, or never was: nothing was compared.
    Expired,
    /// This reset's tries are used up: nothing was compared.
    NoTriesLeft,
    /// Too many wrong codes for this account in the last hour: nothing was compared.
    AccountWaits {
        /// When the next code will be judged.
        until: Timestamp,
    },
    /// Too many wrong codes in a row, ever: only staff can help.
    StaffOnly,
    /// Too many wrong codes of all remote sessions together: nothing was compared.
    RemoteOff {
        /// When remote codes are judged again.
        until: Timestamp,
    },
}

impl Judgement {
    /// The word in the audit record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong { .. } => "wrong",
            Self::Expired => "expired",
            Self::NoTriesLeft => "no_tries_left",
            Self::AccountWaits { .. } => "account_waits",
            Self::StaffOnly => "staff_only",
            Self::RemoteOff { .. } => "remote_off",
        }
    }
}

/// HMAC-SHA256 under the site key, ready for input.
pub(crate) fn keyed(key: &SiteKey) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes a key of any length")
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lin_wei() -> Binding {
        Binding {
            reset: ResetId::from_bytes([1; 16]),
            subject: Subject::Account(AccountKey::new("lin.wei")),
            action: Action::Reset,
            place: Place {
                front: "kiosk",
                kiosk: "lobby-1".to_owned(),
            },
        }
    }

    #[test]
    fn the_same_digits_for_anything_else_have_another_hash() {
        let digits = CodeDigits::parse("482913", 6).unwrap();
        let key = SiteKey::new([7; 32]);
        let reset = Binding {
            reset: ResetId::from_bytes([2; 16]),
            ..lin_wei()
        };
        let subject = Binding {
            subject: Subject::Account(AccountKey::new("attacker")),
            ..lin_wei()
        };
        let nobody = Binding {
            subject: Subject::Nobody("lin.wei".to_owned()),
            ..lin_wei()
        };
        let mut kiosk = lin_wei();
        kiosk.place.kiosk = "lobby-2".to_owned();
        let mut front = lin_wei();
        front.place.front = "ssh";
        let own = CodeMac::new(&key, &lin_wei(), &digits);
        for other in [reset, subject, nobody, kiosk, front] {
            assert_ne!(CodeMac::new(&key, &other, &digits), own, "{other:?}");
        }
        let other_key = SiteKey::new([8; 32]);
        assert_ne!(CodeMac::new(&other_key, &lin_wei(), &digits), own);
        let other_digits = CodeDigits::parse("482914", 6).unwrap();
        assert_ne!(CodeMac::new(&key, &lin_wei(), &other_digits), own);
    }

    #[test]
    fn a_hash_does_not_mix_up_neighbouring_fields() {
        let digits = CodeDigits::parse("482913", 6).unwrap();
        let key = SiteKey::new([7; 32]);
        let place = |front, kiosk: &str| Binding {
            place: Place {
                front,
                kiosk: kiosk.to_owned(),
            },
            ..lin_wei()
        };
        let one = CodeMac::new(&key, &place("ssh", "lobby"), &digits);
        let other = CodeMac::new(&key, &place("ss", "hlobby"), &digits);
        assert_ne!(one, other);
    }

    #[test]
    fn names_that_a_directory_takes_for_one_are_counted_as_one() {
        let key = SiteKey::new([7; 32]);
        let nobody = |login| Subject::nobody(&key, login);
        for alike in [
            "NO.ONE here",
            "no.one   here",
            "ｎｏ.one\u{3000}here",
            "No.One\u{A0}Here",
        ] {
            assert_eq!(nobody(alike), nobody("no.one here"), "{alike}");
        }
        for other in ["no.onehere", "no.one here2", "nö.one here", ""] {
            assert_ne!(nobody(other), nobody("no.one here"), "{other}");
        }
    }
}
