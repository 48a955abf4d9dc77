//! The entries and what happens to them. Pure but for the clock's time and the entropy that are
//! handed in; no network here.

use std::collections::BTreeMap;
use std::sync::Arc;

use ldap3_proto::proto::{LdapResultCode, LdapSearchRequest, LdapSearchScope};

use super::PasswordSummary;
use super::dn::NormalDn;
use super::entry::{Entry, Lock, PasswordState, SeedEntry, Stamp, precise};
use super::filter;
use super::password::PasswordHash;
use super::ppolicy::{PasswordPolicy, PasswordRefusal, PolicyError, PolicyNote};
use crate::domain::time::Timestamp;
use crate::flow::ports::Entropy;

/// What the server starts with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LdapSetup {
    /// The naming context.
    pub suffix: String,
    /// All entries, parents before children.
    pub entries: Vec<SeedEntry>,
    /// The account that may reset everybody's password; others may change only their own.
    pub service_dn: String,
    /// The policy of accounts without one of their own.
    pub default_policy_dn: String,
}

/// A refusal: code, text, and what the password policy adds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Refusal {
    pub(super) code: LdapResultCode,
    pub(super) text: String,
    pub(super) note: PolicyNote,
}

impl Refusal {
    pub(super) fn new(code: LdapResultCode, text: &str) -> Self {
        Self {
            code,
            text: text.to_owned(),
            note: PolicyNote::default(),
        }
    }

    fn invalid_credentials(note: PolicyNote) -> Self {
        Self {
            note,
            ..Self::new(LdapResultCode::InvalidCredentials, "")
        }
    }
}

impl From<PasswordRefusal> for Refusal {
    fn from(refusal: PasswordRefusal) -> Self {
        Self {
            note: PolicyNote::error(refusal.error),
            ..Self::new(PasswordRefusal::CODE, refusal.text)
        }
    }
}

/// A password change as asked for (RFC 3062).
pub(super) struct PasswordChange<'a> {
    /// Who asks.
    pub(super) asker: &'a NormalDn,
    /// Whose password.
    pub(super) target: &'a NormalDn,
    pub(super) old: Option<&'a str>,
    pub(super) new: &'a str,
}

pub(super) struct Tree {
    suffix: String,
    service_dn: Option<NormalDn>,
    default_policy_dn: Option<NormalDn>,
    entries: BTreeMap<NormalDn, Entry>,
    entropy: Arc<dyn Entropy>,
    writes: i64,
}

impl Tree {
    pub(super) fn new(setup: LdapSetup, entropy: Arc<dyn Entropy>, now: Timestamp) -> Self {
        let mut tree = Self {
            service_dn: NormalDn::parse(&setup.service_dn),
            default_policy_dn: NormalDn::parse(&setup.default_policy_dn),
            suffix: setup.suffix,
            entries: BTreeMap::new(),
            entropy,
            writes: 0,
        };
        for seed in setup.entries {
            tree.plant(seed, now);
        }
        tree
    }

    fn plant(&mut self, seed: SeedEntry, now: Timestamp) {
        let Some(normal_dn) = NormalDn::parse(&seed.dn) else {
            return;
        };
        let mut attributes: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in seed.attributes {
            match attributes.iter_mut().find(|(held, _)| *held == name) {
                Some((_, values)) => values.push(value),
                None => attributes.push((name, vec![value])),
            }
        }
        let password = seed.password.map(|seed| PasswordState {
            current: Some(PasswordHash::new(&seed.text, self.entropy.as_ref())),
            changed_at: seed.age.map(|age| now.minus(age)),
            locked: match (seed.locked_by_admin, seed.locked) {
                (true, _) => Some(Lock::ByAdmin),
                (false, true) => Some(Lock::At(now)),
                (false, false) => None,
            },
            failures: if seed.locked {
                vec![now; 5]
            } else {
                Vec::new()
            },
            must_change: seed.must_change,
            policy_dn: seed.policy_dn,
            ..PasswordState::default()
        });
        let stamp = Stamp {
            created: now,
            modified: now,
            modifier: self.root_dn(),
            csn: self.next_csn(now),
            uuid: self.new_uuid(),
        };
        let entry = Entry {
            dn: seed.dn,
            normal_dn: normal_dn.clone(),
            attributes,
            password: password.unwrap_or_default(),
            stamp,
        };
        self.entries.insert(normal_dn, entry);
    }

    pub(super) fn entry(&self, dn: &NormalDn) -> Option<&Entry> {
        self.entries.get(dn)
    }

    pub(super) fn password(&self, dn: &NormalDn, now: Timestamp) -> Option<PasswordSummary> {
        let policy = self.policy_of(dn);
        let state = &self.entries.get(dn)?.password;
        Some(PasswordSummary {
            changed_at: state.changed_at,
            expires_at: policy.expiry(state),
            locked: policy.is_locked(state, now),
        })
    }

    pub(super) fn suffix(&self) -> &str {
        &self.suffix
    }

    /// A simple bind with a password that is not empty.
    pub(super) fn bind(
        &mut self,
        dn: &NormalDn,
        password: &str,
        now: Timestamp,
    ) -> Result<PolicyNote, Refusal> {
        let policy = self.policy_of(dn);
        let refused = |note| Err(Refusal::invalid_credentials(note));
        let Some(entry) = self.entries.get_mut(dn) else {
            return refused(PolicyNote::default());
        };
        let state = &mut entry.password;
        if policy.is_locked(state, now) {
            return refused(PolicyNote::error(PolicyError::Locked));
        }
        let Some(current) = &state.current else {
            return refused(PolicyNote::default());
        };
        if !current.matches(password) {
            policy.count_failure(state, now);
            self.stamp(dn, None, now);
            return refused(PolicyNote::default());
        }
        if !state.failures.is_empty() || state.locked.is_some() {
            state.failures.clear();
            state.locked = None;
            self.stamp(dn, None, now);
        }
        let state = self.entries.get(dn).map(|entry| &entry.password);
        match state.map(|state| policy.after_right_password(state, now)) {
            Some(Ok(note)) => Ok(note),
            Some(Err(note)) => refused(note),
            None => refused(PolicyNote::default()),
        }
    }

    /// Whether this account must change its password before anything else.
    pub(super) fn is_restricted(&self, dn: &NormalDn) -> bool {
        self.entries
            .get(dn)
            .is_some_and(|entry| entry.password.must_change)
    }

    /// Changes or resets a password.
    pub(super) fn set_password(
        &mut self,
        change: &PasswordChange<'_>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.may_set_password(change)?;
        let policy = self.policy_of(change.target);
        let new = PasswordHash::new(change.new, self.entropy.as_ref());
        let Some(entry) = self.entries.get_mut(change.target) else {
            return Err(Refusal::new(LdapResultCode::NoSuchObject, ""));
        };
        if let Some(old) = change.old
            && !entry
                .password
                .current
                .as_ref()
                .is_some_and(|hash| hash.matches(old))
        {
            let text = "unwilling to verify old password";
            return Err(Refusal::new(LdapResultCode::UnwillingToPerform, text));
        }
        policy.judge_new(&entry.password, change.new, now)?;
        policy.put(&mut entry.password, new, now);
        self.stamp(change.target, Some(change.asker), now);
        Ok(())
    }

    fn may_set_password(&self, change: &PasswordChange<'_>) -> Result<(), Refusal> {
        if change.asker.is_root() {
            let text = "only authenticated users may change passwords";
            return Err(Refusal::new(LdapResultCode::StrongerAuthRequired, text));
        }
        if !self.entries.contains_key(change.target) {
            return Err(Refusal::new(LdapResultCode::NoSuchObject, ""));
        }
        self.may_write(change.asker, change.target)
    }

    /// Least rights: the service account everybody's, others only their own.
    fn may_write(&self, asker: &NormalDn, target: &NormalDn) -> Result<(), Refusal> {
        if asker == target || Some(asker) == self.service_dn.as_ref() {
            return Ok(());
        }
        Err(Refusal::new(LdapResultCode::InsufficentAccessRights, ""))
    }

    /// Writes `pwdReset`, the one attribute that may be written, and only by the service account.
    pub(super) fn set_must_change(
        &mut self,
        asker: &NormalDn,
        target: &NormalDn,
        must_change: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if Some(asker) != self.service_dn.as_ref() {
            return Err(Refusal::new(LdapResultCode::InsufficentAccessRights, ""));
        }
        let Some(entry) = self.entries.get_mut(target) else {
            return Err(Refusal::new(LdapResultCode::NoSuchObject, ""));
        };
        entry.password.must_change = must_change;
        self.stamp(target, Some(asker), now);
        Ok(())
    }

    /// What whoever deletes a value of `pwdReset` that is not there is told: rights come first.
    pub(super) fn nothing_to_delete(&self, asker: &NormalDn, target: &NormalDn) -> Refusal {
        let code = if Some(asker) != self.service_dn.as_ref() {
            LdapResultCode::InsufficentAccessRights
        } else if self.entries.contains_key(target) {
            LdapResultCode::NoSuchAttribute
        } else {
            LdapResultCode::NoSuchObject
        };
        Refusal::new(code, "")
    }

    /// Takes a lock away, and the failures with it: any lock, or the one of this moment.
    pub(super) fn unlock(
        &mut self,
        asker: &NormalDn,
        target: &NormalDn,
        moment: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if Some(asker) != self.service_dn.as_ref() {
            return Err(Refusal::new(LdapResultCode::InsufficentAccessRights, ""));
        }
        let Some(entry) = self.entries.get_mut(target) else {
            return Err(Refusal::new(LdapResultCode::NoSuchObject, ""));
        };
        let held = entry.password.locked.map(Lock::to_text);
        if held.is_none() || moment.is_some_and(|moment| held.as_deref() != Some(moment)) {
            return Err(Refusal::new(LdapResultCode::NoSuchAttribute, ""));
        }
        entry.password.locked = None;
        entry.password.failures.clear();
        self.stamp(target, Some(asker), now);
        Ok(())
    }

    /// The entries of a search, at most its size limit and one more.
    pub(super) fn search(&self, request: &LdapSearchRequest) -> Result<Vec<&Entry>, Refusal> {
        let base = NormalDn::parse(&request.base)
            .ok_or_else(|| Refusal::new(LdapResultCode::InvalidDNSyntax, "invalid DN"))?;
        if !self.entries.contains_key(&base) {
            return Err(Refusal::new(LdapResultCode::NoSuchObject, ""));
        }
        let in_scope = |entry: &&Entry| match request.scope {
            LdapSearchScope::Base => entry.normal_dn == base,
            LdapSearchScope::OneLevel => entry.normal_dn.is_child_of(&base),
            LdapSearchScope::Subtree => entry.normal_dn.is_within(&base),
            LdapSearchScope::Children => {
                entry.normal_dn != base && entry.normal_dn.is_within(&base)
            }
        };
        Ok(self
            .entries
            .values()
            .filter(in_scope)
            .filter(|entry| filter::matches(&request.filter, entry) == Some(true))
            .collect())
    }

    fn policy_of(&self, dn: &NormalDn) -> PasswordPolicy {
        let own = self
            .entries
            .get(dn)
            .and_then(|entry| entry.password.policy_dn.as_deref())
            .and_then(NormalDn::parse);
        own.as_ref()
            .or(self.default_policy_dn.as_ref())
            .and_then(|dn| self.entries.get(dn))
            .map(PasswordPolicy::read)
            .unwrap_or_default()
    }

    /// Notes a write. The server's own bookkeeping after a bind (`None`) is written by the root
    /// DN: on slapd 2.5 a wrong password changes `entryCSN` and `modifiersName` too.
    fn stamp(&mut self, dn: &NormalDn, modifier: Option<&NormalDn>, now: Timestamp) {
        let csn = self.next_csn(now);
        let modifier = modifier
            .and_then(|dn| self.entries.get(dn))
            .map_or_else(|| self.root_dn(), |entry| entry.dn.clone());
        if let Some(entry) = self.entries.get_mut(dn) {
            entry.stamp.csn = csn;
            entry.stamp.modified = now;
            entry.stamp.modifier = modifier;
        }
    }

    fn root_dn(&self) -> String {
        format!("cn=admin,{}", self.suffix)
    }

    /// A change sequence number; each write's is another, also within a millisecond.
    fn next_csn(&mut self, now: Timestamp) -> String {
        self.writes = self.writes.saturating_add(1);
        let time = precise(now);
        let seconds = time.split('.').next().unwrap_or_default();
        let micros = now
            .as_millis()
            .rem_euclid(1000)
            .saturating_mul(1000)
            .saturating_add(self.writes.rem_euclid(1000));
        let generation = self.writes.div_euclid(1000).rem_euclid(0xFF_FFFF);
        format!("{seconds}.{micros:06}Z#{generation:06x}#000#000000")
    }

    fn new_uuid(&self) -> String {
        let mut bytes = [0u8; 16];
        self.entropy.fill(&mut bytes);
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
            .iter()
            .filter_map(|(from, to)| hex.get(*from..*to))
            .collect::<Vec<_>>()
            .join("-")
    }
}
