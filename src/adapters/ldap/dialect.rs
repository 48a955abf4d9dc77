//! What differs between directory products: which attributes mean what, how a password is set,
//! and what a refusal looks like.

use std::time::Duration;

use async_trait::async_trait;
use ldap3::LdapResult;

use super::examine::{Powers, RightToReset, ServerTime, powers_by_delete, right_by_delete};
use super::expiring::Sweep;
use super::groups::{self, Groups, Member};
use super::lookup::{Lookup, When};
use super::ppolicy;
use super::session::{Entry, Fault, Session};
use crate::domain::account::{Account, AccountKey, Lockout, PasswordAge, Standing};
use crate::domain::policy::DirectoryPolicy;
use crate::domain::remind::Window;
use crate::domain::secret::Password;
use crate::domain::time::Timestamp;
use crate::flow::finding::Finding;
use crate::flow::grant::Lasting;
use crate::flow::ports::{ChangeMark, DirectoryRefusal, Landed, OldPasswordVerdict, ProvingBind};

/// One product's ways. Knows nothing of connections, fail-over or the settings of a site.
#[async_trait]
pub(super) trait Dialect: Send + Sync {
    /// The attributes that [`Dialect::key`], [`Dialect::standing`], [`Dialect::age`] and
    /// [`Dialect::policy_of`] read from a person's entry. The names common to all products
    /// (names, mail, login, WeCom userid) are asked for anyway.
    fn attributes(&self) -> &'static [&'static str];

    /// What [`Dialect::standing`] reads in a last look before a change, besides
    /// [`Dialect::mark_attributes`].
    fn standing_attributes(&self) -> &'static [&'static str];

    /// What [`Dialect::is_in_group`] reads of the entry then, where there are groups to look for;
    /// told only when that one entry is read.
    fn membership_attributes(&self) -> &'static [&'static str] {
        &[]
    }

    /// The attributes whose values the directory refuses within a password, besides the names
    /// common to all products.
    fn more_names(&self) -> &'static [&'static str] {
        &[]
    }

    /// The entry's unchangeable key. `None` when it cannot be read: rights are missing.
    fn key(&self, entry: &Entry) -> Option<AccountKey>;

    /// The attributes that [`Dialect::key`] reads.
    fn key_attributes(&self) -> &'static [&'static str];

    /// Whether the entry's own attributes allow a reset (rule 10).
    fn standing(&self, entry: &Entry, now: Timestamp) -> Standing;

    /// How old the password is, when it ends, whether it is locked.
    fn age(&self, entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> PasswordAge;

    /// The policy that applies to an entry. Before proof it takes the same round trips without one
    /// (rule 3).
    async fn policy_of(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        entry: Option<&Entry>,
        when: When,
    ) -> Result<AccountPolicy, Fault>;

    /// The search for everybody whose password ends within `window`, by the policy that applies or
    /// `max_age` after its last change.
    async fn expiring(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        window: Window,
        max_age: Duration,
    ) -> Result<Sweep, Fault>;

    /// Whether `member` is in one of `groups`, directly or not, or whether that cannot be ruled
    /// out. Takes about the same time for everybody.
    async fn is_in_group(
        &self,
        session: &mut Session,
        base: &str,
        member: &Member<'_>,
        _entry: Option<&Entry>,
        groups: &Groups,
    ) -> Result<bool, Fault> {
        groups::is_in(session, base, "", member, groups).await
    }

    /// The attributes of a protected group that [`Dialect::is_in_group`] reads.
    fn group_attributes(&self) -> &'static [&'static str] {
        &["1.1"]
    }

    /// The attributes that [`Dialect::marks`] and [`Dialect::key`] read.
    fn mark_attributes(&self) -> &'static [&'static str];

    /// What changes with the entry.
    fn marks(&self, entry: &Entry) -> Result<Marks, Fault>;

    /// Whether the entry shows a change since `mark`; `bind_dn` is who rekey binds as.
    fn landed(&self, mark: &ChangeMark, now: &Marks, bind_dn: &str) -> Landed;

    /// Sets another entry's password as the service account; `lasting` says whether it must be
    /// changed at the next sign-in.
    ///
    /// [`Fault::Gone`] and [`Fault::Silent`] mean that nobody knows whether it was done.
    async fn set_password(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        dn: &str,
        password: &Password,
        lasting: Lasting,
    ) -> Result<LdapResult, Fault>;

    /// What stands against passwords that must be changed at the next sign-in, in words; found out
    /// without changing anything. What [`Dialect::right_to_reset`] finds is not said again.
    async fn against_temporary(
        &self,
        _session: &mut Session,
        _lookup: &Lookup,
        _dn: &str,
    ) -> Result<Option<String>, Fault> {
        Ok(None)
    }

    /// Why a change was refused, when the directory gave one of its own reasons. What every LDAP
    /// server says alike (busy, a referral, missing rights) is understood without it.
    fn refusal(&self, result: &LdapResult) -> Option<DirectoryRefusal>;

    /// What the answer to a bind with the new password says.
    fn proof(&self, result: &LdapResult) -> ProvingBind;

    /// What the answer to a bind with the password that is to be replaced says. `None`: nothing of
    /// the password; the server has other worries.
    fn old_password(&self, result: &LdapResult) -> Option<OldPasswordVerdict> {
        ppolicy::old_password(result)
    }

    /// Whether the service account can end a lock and leave the password as it is, found out
    /// without changing anything.
    async fn can_unlock(&self, session: &mut Session, dn: &str) -> Result<bool, Fault>;

    /// Ends a lock by wrong passwords and leaves the password as it is.
    ///
    /// [`Fault::Gone`] and [`Fault::Silent`] mean that nobody knows whether it was done.
    async fn unlock(&self, session: &mut Session, dn: &str) -> Result<LdapResult, Fault>;

    /// Whether the service account may reset this account, found out without changing anything.
    async fn right_to_reset(&self, session: &mut Session, dn: &str) -> Result<RightToReset, Fault> {
        right_by_delete(session, dn).await
    }

    /// What the service account may do besides, of these attributes for instance.
    async fn powers(
        &self,
        session: &mut Session,
        dn: &str,
        attributes: &[&str],
    ) -> Result<Powers, Fault> {
        powers_by_delete(session, dn, attributes).await
    }

    /// Whether employees can write an attribute of their own entry. `None`: the server does not
    /// tell.
    async fn self_writers(
        &self,
        _session: &mut Session,
        _account: &Account,
        _attribute: &str,
    ) -> Result<Option<bool>, Fault> {
        Ok(None)
    }

    /// What there is to know of this product besides: whether the policies of single accounts can
    /// be read, where that is a right of its own, and the like.
    async fn particulars(&self, _session: &mut Session, _lookup: &Lookup) -> Vec<Finding> {
        Vec::new()
    }

    /// Where the server tells its own time. `None`: nowhere.
    fn server_time(&self) -> Option<ServerTime> {
        None
    }

    /// A filter that every account meets, where the server finds it sooner than any attribute.
    fn every_account(&self) -> &'static str {
        ""
    }

    /// Everybody who is a person.
    fn people_filter(&self) -> &'static str {
        "(objectClass=person)"
    }

    /// The file in the sources that holds the least rights.
    fn rights_file(&self) -> &'static str;

    /// The cheapest question that only a living server answers.
    async fn alive(&self, session: &mut Session) -> Result<(), Fault> {
        session.who_am_i().await
    }
}

/// What applies to one account. All absent when there is no policy.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct AccountPolicy {
    /// What a new password is judged by.
    pub(super) demands: DirectoryPolicy,
    /// Wrong passwords lock.
    pub(super) locks: bool,
    /// For how long; `None`: until somebody unlocks.
    pub(super) lock_lasts: Option<Duration>,
    /// Who must change the password is asked for another one at the next sign-in.
    pub(super) enforces_must_change: bool,
    /// How many wrong ones do.
    pub(super) locks_at: Option<u32>,
    /// After how long a wrong one is forgotten; `None`: at the next right one only.
    pub(super) forgets_after: Option<Duration>,
    /// What the directory reckons by a policy that cannot be read.
    pub(super) reckoned: Option<Reckoned>,
}

/// What follows for one account from its policy.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Reckoned {
    /// Locked by wrong passwords, and the lock has not ended yet.
    pub(super) locked: bool,
    /// When the password ends; `None`: never.
    pub(super) expires_at: Option<Timestamp>,
}

impl AccountPolicy {
    /// When wrong passwords lock, of which the directory counts so many now.
    pub(super) fn lockout(&self, wrong: u32) -> Lockout {
        Lockout {
            locks_at: self.locks_at.filter(|_| self.locks),
            forgets_after: self.forgets_after,
            wrong,
        }
    }

    /// Whether a wrong password of then still counts. One whose time is not told does.
    pub(super) fn counts(&self, wrong_at: Option<Timestamp>, now: Timestamp) -> bool {
        let ends = wrong_at
            .zip(self.forgets_after)
            .map(|(at, length)| at.plus(length));
        ends.is_none_or(|end| end > now)
    }

    /// Whether a lock since then still holds. `None`: there is none.
    pub(super) fn still_locks(&self, since: Option<Timestamp>, now: Timestamp) -> bool {
        since.is_some_and(|at| {
            let ends = self.lock_lasts.map(|length| at.plus(length));
            ends.is_none_or(|end| end > now)
        })
    }

    /// When a password that was set then ends; `None`: never.
    pub(super) fn expires_at(&self, changed_at: Option<Timestamp>) -> Option<Timestamp> {
        changed_at
            .zip(self.demands.max_age)
            .map(|(at, length)| at.plus(length))
    }
}

/// What changes with the entry, as [`ChangeMark`] keeps it.
pub(super) struct Marks {
    /// Changes with every write to the entry.
    pub(super) entry: String,
    /// Changes with the password; empty when there is none yet.
    pub(super) password: String,
    /// The DN that wrote last; empty where the product does not tell.
    pub(super) modifier: String,
}
