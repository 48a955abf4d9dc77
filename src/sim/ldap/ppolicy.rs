//! The password policy overlay: what slapd's ppolicy demands, refuses and says
//! (draft-behera-ldap-password-policy; the texts and codes are slapd 2.5's).

use std::time::Duration;

use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::LdapResultCode;

use super::entry::{Entry, Lock, PasswordState};
use super::password::PasswordHash;
use crate::domain::time::Timestamp;

/// The control of request and response.
const PPOLICY_OID: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// The error numbers of the response control.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum PolicyError {
    Expired = 0,
    Locked = 1,
    MustChange = 2,
    Quality = 5,
    TooShort = 6,
    TooYoung = 7,
    InHistory = 8,
}

/// What the response control says.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct PolicyNote {
    pub(super) error: Option<PolicyError>,
    pub(super) expires_in: Option<Duration>,
}

impl PolicyNote {
    pub(super) fn error(error: PolicyError) -> Self {
        Self {
            error: Some(error),
            expires_in: None,
        }
    }

    /// The control: SEQUENCE { [0] { [0] seconds } OPTIONAL, [1] error OPTIONAL }.
    pub(super) fn control(self) -> LdapControl {
        let mut inner = Vec::new();
        if let Some(expires_in) = self.expires_in {
            let secs = integer(expires_in.as_secs());
            let length = u8::try_from(secs.len()).unwrap_or_default();
            inner.extend([0xA0, length.saturating_add(2), 0x80, length]);
            inner.extend(secs);
        }
        if let Some(error) = self.error {
            inner.extend([0x81, 0x01, error as u8]);
        }
        let mut value = vec![0x30, u8::try_from(inner.len()).unwrap_or_default()];
        value.extend(inner);
        LdapControl::Unknown {
            oid: PPOLICY_OID.to_owned(),
            criticality: false,
            value: Some(value),
        }
    }
}

/// The shortest BER integer: a leading zero only where the number would be negative without.
fn integer(number: u64) -> Vec<u8> {
    let mut bytes = number.to_be_bytes().to_vec();
    while matches!(bytes.as_slice(), [0, next, ..] if *next < 0x80) {
        bytes.remove(0);
    }
    bytes
}

/// A policy, read from its entry. Absent numbers mean "no such demand".
#[derive(Clone, Debug, Default)]
pub(super) struct PasswordPolicy {
    max_age: Option<Duration>,
    expire_warning: Option<Duration>,
    min_age: Option<Duration>,
    history: usize,
    check_quality: bool,
    min_length: usize,
    max_failure: Option<usize>,
    lockout: bool,
    lockout_duration: Option<Duration>,
    must_change: bool,
}

impl PasswordPolicy {
    pub(super) fn read(entry: &Entry) -> Self {
        let number = |name| {
            entry
                .value(name)
                .and_then(|text| text.parse::<u32>().ok())
                .filter(|number| *number > 0)
        };
        let secs = |name| number(name).map(|secs| Duration::from_secs(u64::from(secs)));
        let count = |name| number(name).and_then(|count| usize::try_from(count).ok());
        let flag = |name| entry.value(name).is_some_and(|text| text == "TRUE");
        Self {
            max_age: secs("pwdMaxAge"),
            expire_warning: secs("pwdExpireWarning"),
            min_age: secs("pwdMinAge"),
            history: count("pwdInHistory").unwrap_or(0),
            check_quality: count("pwdCheckQuality").is_some(),
            min_length: count("pwdMinLength").unwrap_or(0),
            max_failure: count("pwdMaxFailure"),
            lockout: flag("pwdLockout"),
            lockout_duration: secs("pwdLockoutDuration"),
            must_change: flag("pwdMustChange"),
        }
    }

    /// Whether binds are refused just now, whatever the password.
    pub(super) fn is_locked(&self, state: &PasswordState, now: Timestamp) -> bool {
        match (state.locked, self.lockout_duration) {
            (None, _) => false,
            (Some(Lock::At(at)), Some(duration)) => now.since(at) < duration,
            (Some(_), _) => true,
        }
    }

    /// When the password expires; `None` for never.
    pub(super) fn expiry(&self, state: &PasswordState) -> Option<Timestamp> {
        Some(state.changed_at?.plus(self.max_age?))
    }

    /// Counts a wrong password and locks at the limit.
    pub(super) fn count_failure(&self, state: &mut PasswordState, now: Timestamp) {
        state.failures.push(now);
        if self.lockout
            && self
                .max_failure
                .is_some_and(|most| state.failures.len() >= most)
        {
            state.locked = Some(Lock::At(now));
            // More than the limit is never needed, and a stubborn guesser fills no memory.
            let surplus = state
                .failures
                .len()
                .saturating_sub(self.max_failure.unwrap_or(0));
            state.failures.drain(..surplus);
        }
    }

    /// What a bind with the right password comes to: `Err` refuses it after all.
    pub(super) fn after_right_password(
        &self,
        state: &PasswordState,
        now: Timestamp,
    ) -> Result<PolicyNote, PolicyNote> {
        if self.must_change && state.must_change {
            return Ok(PolicyNote::error(PolicyError::MustChange));
        }
        let Some(expires_at) = self.expiry(state) else {
            return Ok(PolicyNote::default());
        };
        let left = expires_at.since(now);
        if left.is_zero() {
            return Err(PolicyNote::error(PolicyError::Expired));
        }
        let warn = self.expire_warning.is_some_and(|window| left <= window);
        Ok(PolicyNote {
            error: None,
            expires_in: warn.then_some(left),
        })
    }

    /// Judges a new password, in slapd's order.
    pub(super) fn judge_new(
        &self,
        state: &PasswordState,
        new: &str,
        now: Timestamp,
    ) -> Result<(), PasswordRefusal> {
        let age = state.changed_at.map(|at| now.since(at));
        let too_young = self.min_age.zip(age).is_some_and(|(min, age)| age < min);
        if too_young && !state.must_change {
            return Err(PasswordRefusal::TOO_YOUNG);
        }
        if self.check_quality && new.len() < self.min_length {
            return Err(PasswordRefusal::TOO_SHORT);
        }
        if self.check_quality && new.starts_with('{') && new.contains('}') {
            return Err(PasswordRefusal::HASHED);
        }
        if self.history == 0 {
            return Ok(());
        }
        if state.current.as_ref().is_some_and(|hash| hash.matches(new)) {
            return Err(PasswordRefusal::SAME);
        }
        match state.history.iter().any(|hash| hash.matches(new)) {
            true => Err(PasswordRefusal::IN_HISTORY),
            false => Ok(()),
        }
    }

    /// Puts a new password in force: the old one joins the history, locks and failures go.
    pub(super) fn put(&self, state: &mut PasswordState, new: PasswordHash, now: Timestamp) {
        state.history.extend(state.current.take());
        let surplus = state.history.len().saturating_sub(self.history);
        state.history.drain(..surplus);
        *state = PasswordState {
            current: Some(new),
            history: std::mem::take(&mut state.history),
            changed_at: Some(now),
            policy_dn: state.policy_dn.take(),
            ..PasswordState::default()
        };
    }
}

/// Why a new password was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PasswordRefusal {
    pub(super) error: PolicyError,
    pub(super) text: &'static str,
}

impl PasswordRefusal {
    const TOO_YOUNG: Self = Self {
        error: PolicyError::TooYoung,
        text: "Password is too young to change",
    };
    const TOO_SHORT: Self = Self {
        error: PolicyError::TooShort,
        text: QUALITY_TEXT,
    };
    const HASHED: Self = Self {
        error: PolicyError::Quality,
        text: QUALITY_TEXT,
    };
    const SAME: Self = Self {
        error: PolicyError::InHistory,
        text: "Password is not being changed from existing value",
    };
    const IN_HISTORY: Self = Self {
        error: PolicyError::InHistory,
        text: "Password is in history of old passwords",
    };

    /// All of them are constraint violations.
    pub(super) const CODE: LdapResultCode = LdapResultCode::ConstraintViolation;
}

const QUALITY_TEXT: &str = "Password fails quality checking policy";

#[cfg(test)]
mod tests {
    use super::*;

    fn value(note: PolicyNote) -> Vec<u8> {
        match note.control() {
            LdapControl::Unknown { value, .. } => value.unwrap(),
            _ => panic!("another control"),
        }
    }

    #[test]
    fn the_control_is_byte_for_byte_slapds() {
        assert_eq!(value(PolicyNote::default()), [0x30, 0x00]);
        let short = PolicyNote::error(PolicyError::TooShort);
        assert_eq!(value(short), [0x30, 0x03, 0x81, 0x01, 0x06]);
        let soon = |secs| PolicyNote {
            error: None,
            expires_in: Some(Duration::from_secs(secs)),
        };
        assert_eq!(value(soon(128)), [0x30, 6, 0xA0, 4, 0x80, 2, 0x00, 0x80]);
        assert_eq!(value(soon(1)), [0x30, 5, 0xA0, 3, 0x80, 1, 1]);
    }
}
