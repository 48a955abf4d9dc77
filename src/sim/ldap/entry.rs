//! Entries: attributes that were given, and the operational ones that the server keeps itself.

use std::time::Duration;

use super::dn::NormalDn;
use super::password::PasswordHash;
use crate::domain::time::Timestamp;

/// An attribute's values, as text: nothing binary is kept here.
pub(super) type Attribute = (String, Vec<String>);

/// An entry to start with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeedEntry {
    /// The DN.
    pub dn: String,
    /// Attributes in order; the same name may come more than once.
    pub attributes: Vec<(String, String)>,
    /// For accounts.
    pub password: Option<SeedPassword>,
}

impl SeedEntry {
    /// An entry without a password.
    pub fn new(dn: &str, attributes: &[(&str, &str)]) -> Self {
        Self {
            dn: dn.to_owned(),
            attributes: attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            password: None,
        }
    }

    /// Gives it a password.
    pub fn with_password(self, password: SeedPassword) -> Self {
        Self {
            password: Some(password),
            ..self
        }
    }
}

/// A made-up password and its state to start with.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SeedPassword {
    /// The password: made up, so it may be printed.
    pub text: String,
    /// How old it is; `None`: the directory does not know.
    pub age: Option<Duration>,
    /// Locked by too many wrong passwords just now.
    pub locked: bool,
    /// Locked by an administrator.
    pub locked_by_admin: bool,
    /// Must be changed at the next bind.
    pub must_change: bool,
    /// A policy of its own.
    pub policy_dn: Option<String>,
}

/// When an account was locked, as `pwdAccountLockedTime` says it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Lock {
    /// By too many wrong passwords, then.
    At(Timestamp),
    /// By an administrator: `000001010000Z`.
    ByAdmin,
}

impl Lock {
    pub(super) fn to_text(self) -> String {
        match self {
            Self::At(at) => generalized(at),
            Self::ByAdmin => "000001010000Z".to_owned(),
        }
    }
}

/// What the password policy overlay keeps for an account.
#[derive(Clone, Default)]
pub(super) struct PasswordState {
    pub(super) current: Option<PasswordHash>,
    /// Newest last.
    pub(super) history: Vec<PasswordHash>,
    pub(super) changed_at: Option<Timestamp>,
    pub(super) failures: Vec<Timestamp>,
    pub(super) locked: Option<Lock>,
    pub(super) must_change: bool,
    pub(super) policy_dn: Option<String>,
}

/// Who wrote an entry and when.
#[derive(Clone)]
pub(super) struct Stamp {
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) modifier: String,
    pub(super) csn: String,
    pub(super) uuid: String,
}

#[derive(Clone)]
pub(super) struct Entry {
    /// As it was given.
    pub(super) dn: String,
    pub(super) normal_dn: NormalDn,
    pub(super) attributes: Vec<Attribute>,
    pub(super) password: PasswordState,
    pub(super) stamp: Stamp,
}

impl Entry {
    /// The values of an attribute, operational ones too. `userPassword` has none for anybody.
    pub(super) fn values(&self, name: &str) -> Vec<String> {
        self.attributes
            .iter()
            .cloned()
            .chain(self.operational())
            .find(|(held, _)| held.eq_ignore_ascii_case(name))
            .map(|(_, values)| values)
            .unwrap_or_default()
    }

    /// The first value.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.values(name).into_iter().next()
    }

    /// The attributes a search asked for (RFC 4511, 4.5.1.8): none named means all user
    /// attributes, `+` all operational ones, `1.1` none.
    pub(super) fn selected(&self, wanted: &[String]) -> Vec<Attribute> {
        let named = |name: &str| wanted.iter().any(|want| want.eq_ignore_ascii_case(name));
        let all_user = wanted.is_empty() || named("*");
        let all_operational = named("+");
        let user = self
            .attributes
            .iter()
            .filter(|(name, _)| all_user || named(name))
            .cloned();
        let operational = self
            .operational()
            .into_iter()
            .filter(|(name, _)| all_operational || named(name));
        user.chain(operational).collect()
    }

    fn operational(&self) -> Vec<Attribute> {
        let one = |name: &str, value: String| (name.to_owned(), vec![value]);
        let password = &self.password;
        let mut held = vec![
            one("entryUUID", self.stamp.uuid.clone()),
            one("entryCSN", self.stamp.csn.clone()),
            one("entryDN", self.dn.clone()),
            one("createTimestamp", generalized(self.stamp.created)),
            one("modifyTimestamp", generalized(self.stamp.modified)),
            one("modifiersName", self.stamp.modifier.clone()),
        ];
        held.extend(
            password
                .changed_at
                .map(|at| one("pwdChangedTime", generalized(at))),
        );
        held.extend(
            password
                .locked
                .map(|lock| one("pwdAccountLockedTime", lock.to_text())),
        );
        if !password.failures.is_empty() {
            let times = password.failures.iter().map(|at| precise(*at)).collect();
            held.push(("pwdFailureTime".to_owned(), times));
        }
        if password.must_change {
            held.push(one("pwdReset", "TRUE".to_owned()));
        }
        let policy_dn = password.policy_dn.clone();
        held.extend(policy_dn.map(|dn| one("pwdPolicySubentry", dn)));
        held
    }
}

/// Generalized time to the second: `20261122201558Z`.
pub(super) fn generalized(at: Timestamp) -> String {
    format_time(at, "%Y%m%d%H%M%SZ")
}

/// Generalized time to the microsecond: `20261122201558.123000Z`.
pub(super) fn precise(at: Timestamp) -> String {
    format_time(at, "%Y%m%d%H%M%S.%6fZ")
}

fn format_time(at: Timestamp, format: &str) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .unwrap_or_default()
        .strftime(format)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_slapd_does() {
        let at = Timestamp::from_millis(1_795_378_558_123);
        assert_eq!(generalized(at), "20261122201558Z");
        assert_eq!(precise(at), "20261122201558.123000Z");
    }
}
