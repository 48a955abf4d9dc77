//! Accounts: the employee's entry in the directory, as the rules see it.

use std::time::Duration;

use super::limits::{self, SlidingLimit};
use super::policy::DirectoryPolicy;
use super::time::Timestamp;
use unicode_normalization::UnicodeNormalization;

/// A login name as typed: trimmed, NFC, 1 to [`limits::LOGIN_MAX_BYTES`] bytes, no control
/// characters. Nothing is known about whether it exists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoginName(String);

impl LoginName {
    /// Reads what was typed; `None` when it can be no login name.
    pub fn parse(typed: &str) -> Option<Self> {
        let trimmed = typed.trim();
        if trimmed.is_empty() || trimmed.len() > limits::LOGIN_MAX_BYTES {
            return None;
        }
        let name: String = trimmed.nfc().collect();
        (name.len() <= limits::LOGIN_MAX_BYTES && !name.chars().any(char::is_control))
            .then_some(Self(name))
    }

    /// The name as it goes into a filter (still to be escaped there).
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What identifies an account for ever: entryUUID, objectGUID or nsUniqueId, as lower-case text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct AccountKey(String);

impl AccountKey {
    /// Wraps the directory's own identifier.
    pub fn new(id: &str) -> Self {
        Self(id.to_lowercase())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the entry is: its DN. Comes from the directory only.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EntryDn(String);

impl EntryDn {
    /// Wraps a DN that the directory returned.
    pub fn new(dn: String) -> Self {
        Self(dn)
    }

    /// The DN as the directory wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an operator looks for: part of a name, a login name or a WeCom userid. Trimmed, NFC, of
/// [`limits::SEARCH_CHARS`] code points, without control characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SearchText(String);

impl SearchText {
    /// Reads what was typed; `None` when nothing is looked for by that.
    pub fn parse(typed: &str) -> Option<Self> {
        let text: String = typed.trim().nfc().collect();
        let fits = limits::SEARCH_CHARS.contains(&text.chars().count());
        (fits && !text.chars().any(char::is_control)).then_some(Self(text))
    }

    /// The text as it goes into a filter (still to be escaped there).
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A WeCom userid: 1 to 64 bytes of letters, digits and `_-@.`, unique without regard to case.
#[derive(Clone, Debug)]
pub struct WecomUserId(String);

impl WecomUserId {
    /// Reads a userid; `None` when WeCom could not have given it
    /// (<https://developer.work.weixin.qq.com/document/path/90195>).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let well_formed = (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-@.".contains(c));
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The userid as the directory holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for WecomUserId {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for WecomUserId {}

/// Whether the rules allow this account to be reset by its employee at all.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing stands against it (it may be locked or expired: a reset mends that).
    Eligible,
    /// Disabled, or locked by an administrator rather than by wrong passwords.
    Disabled,
    /// Protected by rule 10 for what it is: never reset.
    Protected,
    /// In a protected group (rule 10): reset at the desk only, by two operators.
    Guarded,
    /// Its employee, or IT, has frozen its resets for a while.
    Frozen {
        /// When that ends by itself.
        until: Timestamp,
    },
}

/// How old the password is and when it ends.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct PasswordAge {
    /// When it was last changed; `None` when the directory does not know.
    pub changed_at: Option<Timestamp>,
    /// When the directory lets it expire; `None` for never or unknown.
    pub expires_at: Option<Timestamp>,
    /// Must be changed at the next sign-in.
    pub must_change: bool,
    /// Locked by too many wrong passwords.
    pub locked: bool,
    /// When wrong passwords lock it.
    pub lockout: Lockout,
}

/// When wrong passwords lock an account in the directory, and how near that is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Lockout {
    /// How many wrong passwords lock it; `None`: none do.
    pub locks_at: Option<u32>,
    /// After how long the directory forgets a wrong one; `None`: at the next right one only.
    pub forgets_after: Option<Duration>,
    /// How many it counts now, as far as that can be read.
    pub wrong: u32,
}

impl Lockout {
    /// Whether a wrong password leaves the employee enough of their own
    /// ([`limits::WRONG_PASSWORDS_LEFT`]), so that nobody locks a colleague out from here.
    pub fn bears_a_wrong_one(&self) -> bool {
        let after = self.wrong.saturating_add(1);
        self.locks_at
            .is_none_or(|at| after.saturating_add(limits::WRONG_PASSWORDS_LEFT) <= at)
    }

    /// How many old passwords may be tried: the limits for everybody, and one that holds where the
    /// directory's own count cannot be read.
    pub fn old_passwords(&self) -> Vec<SlidingLimit> {
        /// Stands for "until the next right one".
        const NEVER: Duration = Duration::from_secs(30 * 86_400);
        let own = self.locks_at.map(|at| SlidingLimit {
            count: at.saturating_sub(limits::WRONG_PASSWORDS_LEFT),
            window: self.forgets_after.unwrap_or(NEVER),
        });
        limits::OLD_PASSWORDS.into_iter().chain(own).collect()
    }
}

impl PasswordAge {
    /// When the password expires, by the stricter of the directory and the site's maximum age.
    pub fn expires_by(&self, max_age: std::time::Duration) -> Option<Timestamp> {
        let by_site = self.changed_at.map(|at| at.plus(max_age));
        match (self.expires_at, by_site) {
            (Some(directory), Some(site)) => Some(directory.min(site)),
            (directory, site) => directory.or(site),
        }
    }
}

/// The employee's entry in the directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The key that counts and codes hang on.
    pub key: AccountKey,
    /// Where the entry is.
    pub dn: EntryDn,
    /// The login name as the directory spells it.
    pub login: String,
    /// The person's name, as the directory has it: not yet fit for a terminal (rule 8).
    pub display_name: String,
    /// Login, names and mail: what may not be part of a good password.
    pub person_words: Vec<String>,
    /// Where codes go. `None`: no mapping, or one that is shared with another entry (rule 9).
    pub wecom: Option<WecomUserId>,
    /// The person's language tag, when the directory has one.
    pub language: Option<String>,
    /// Whether the rules allow a reset.
    pub standing: Standing,
    /// Age, expiry, lock.
    pub age: PasswordAge,
    /// What the directory demanded of a new password when the entry was read.
    pub demands: DirectoryPolicy,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_wecom_could_have_given_is_a_userid() {
        for good in ["LinWei", "lin.wei@contoso", "7", " LinWei "] {
            assert!(WecomUserId::parse(good).is_some(), "{good}");
        }
        // Several receivers, everybody, and what merely looks like a letter.
        for bad in [
            "",
            "@all",
            "a|b",
            "a,b",
            "a b",
            "a\r\nb",
            "lin\u{435}",
            ".a",
        ] {
            assert!(WecomUserId::parse(bad).is_none(), "{bad:?}");
        }
        assert!(WecomUserId::parse(&"a".repeat(65)).is_none());
    }

    #[test]
    fn a_wrong_old_password_leaves_the_employee_some_of_their_own() {
        let bears = |locks_at, wrong| {
            let lockout = Lockout {
                locks_at,
                wrong,
                ..Lockout::default()
            };
            lockout.bears_a_wrong_one()
        };
        assert!(bears(None, 1000), "nothing locks");
        assert!(bears(Some(5), 0) && bears(Some(5), 2));
        assert!(!bears(Some(5), 3), "the employee has mistyped three times");
        assert!(bears(Some(3), 0) && !bears(Some(3), 1));
        assert!(!bears(Some(2), 0) && !bears(Some(1), 0));
    }

    #[test]
    fn a_strict_directory_makes_the_limits_stricter() {
        let strict = Lockout {
            locks_at: Some(3),
            forgets_after: Some(Duration::from_secs(900)),
            wrong: 0,
        };
        let own = strict.old_passwords().pop().unwrap();
        assert_eq!((own.count, own.window.as_secs()), (1, 900));
        assert_eq!(
            Lockout::default().old_passwords(),
            limits::OLD_PASSWORDS,
            "for everybody, and for nobody"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_taken_for_a_login_name_keeps_the_promises(typed in any::<String>()) {
            if let Some(login) = LoginName::parse(&typed) {
                let text = login.as_str();
                prop_assert!((1..=limits::LOGIN_MAX_BYTES).contains(&text.len()));
                prop_assert!(!text.chars().any(char::is_control));
                prop_assert_eq!(LoginName::parse(text), Some(login.clone()));
            }
        }

        #[test]
        fn whatever_is_searched_for_keeps_the_promises(typed in any::<String>()) {
            if let Some(text) = SearchText::parse(&typed) {
                prop_assert!(limits::SEARCH_CHARS.contains(&text.as_str().chars().count()));
                prop_assert!(!text.as_str().chars().any(char::is_control));
                prop_assert_eq!(SearchText::parse(text.as_str()), Some(text.clone()));
            }
        }

        #[test]
        fn whatever_is_taken_for_a_userid_names_one_member(text in any::<String>()) {
            if let Some(id) = WecomUserId::parse(&text) {
                prop_assert!(!id.as_str().contains(['|', ' ', ',']) && !id.as_str().starts_with('@'));
            }
        }
    }
}
