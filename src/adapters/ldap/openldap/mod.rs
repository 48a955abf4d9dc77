//! OpenLDAP with the ppolicy overlay, by a service account with no more than `=xw` on
//! userPassword: so the server itself enforces quality, history and minimum age on a reset.

mod expiring;
mod policy;
mod verdicts;

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use ldap3::{LdapResult, Mod, Scope};

use super::dialect::{AccountPolicy, Dialect, Marks};
use super::examine::{ServerTime, may_delete, unlocked};
use super::expiring::Sweep;
use super::gentime;
use super::lookup::{Lookup, When};
use super::ppolicy;
use super::session::{Entry, Fault, Search, Session};
use crate::domain::account::{AccountKey, PasswordAge, Standing};
use crate::domain::remind::Window;
use crate::domain::secret::Password;
use crate::domain::time::Timestamp;
use crate::flow::grant::Lasting;
use crate::flow::ports::{ChangeMark, DirectoryRefusal, Landed, ProvingBind};

/// What makes an entry a person: these classes, and what is derived from them, always come with
/// one of them in the entry.
const PERSON: [&str; 3] = ["person", "organizationalPerson", "inetOrgPerson"];

/// Since when an account is locked.
const LOCKED: &str = "pwdAccountLockedTime";

/// OpenLDAP's ways.
pub(super) struct OpenLdap;

#[async_trait]
impl Dialect for OpenLdap {
    fn attributes(&self) -> &'static [&'static str] {
        &[
            "objectClass",
            "entryUUID",
            "servicePrincipalName",
            "pwdChangedTime",
            "pwdReset",
            "pwdAccountLockedTime",
            "pwdFailureTime",
            "pwdEndTime",
            "pwdPolicySubentry",
        ]
    }

    fn standing_attributes(&self) -> &'static [&'static str] {
        &[
            "objectClass",
            "servicePrincipalName",
            "pwdAccountLockedTime",
            "pwdEndTime",
        ]
    }

    /// The monitor backend, where there is one that may be read.
    fn server_time(&self) -> Option<ServerTime> {
        Some(("cn=Current,cn=Time,cn=Monitor", "monitorTimestamp"))
    }

    fn rights_file(&self) -> &'static str {
        "assets/openldap/4-access.ldif"
    }

    fn key_attributes(&self) -> &'static [&'static str] {
        &["entryUUID"]
    }

    fn key(&self, entry: &Entry) -> Option<AccountKey> {
        entry.first("entryUUID").map(AccountKey::new)
    }

    fn standing(&self, entry: &Entry, now: Timestamp) -> Standing {
        let classes = entry.all("objectClass");
        let is_person = classes
            .iter()
            .any(|class| PERSON.iter().any(|name| name.eq_ignore_ascii_case(class)));
        let is_service = entry.first("servicePrincipalName").is_some();
        if !is_person || is_service {
            Standing::Protected
        } else if is_disabled(entry, now) {
            Standing::Disabled
        } else {
            Standing::Eligible
        }
    }

    fn age(&self, entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> PasswordAge {
        let time = |name| entry.first(name).and_then(gentime::parse);
        // Without a change through the server there is none, and nothing expires either.
        let changed_at = time("pwdChangedTime");
        let locked_at = time("pwdAccountLockedTime").filter(|_| policy.locks);
        PasswordAge {
            changed_at,
            expires_at: policy.expires_at(changed_at),
            must_change: entry
                .first("pwdReset")
                .is_some_and(|text| text.eq_ignore_ascii_case("TRUE")),
            locked: policy.still_locks(locked_at, now),
            lockout: policy.lockout(verdicts::wrong_passwords(entry, policy, now)),
        }
    }

    /// Its own policy, the default one, or the only one there is.
    async fn policy_of(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        entry: Option<&Entry>,
        _when: When,
    ) -> Result<AccountPolicy, Fault> {
        let own = entry.and_then(|entry| entry.first("pwdPolicySubentry"));
        if let Some(dn) = own {
            // One that leads nowhere means no policy to slapd too.
            let policy = session.read(dn, &policy::ATTRIBUTES).await?;
            return Ok(policy.map_or_else(AccountPolicy::default, |p| policy::read(&p)));
        }
        if let Some(dn) = &lookup.settings.default_policy_dn {
            let policy = session.read(dn, &policy::ATTRIBUTES).await?;
            return policy
                .map(|p| policy::read(&p))
                .ok_or_else(|| Fault::Refused(format!("default_policy_dn {dn:?} cannot be read")));
        }
        let layout = lookup.layout(session).await?;
        let found = session
            .search(&Search {
                base: &layout.naming_context,
                scope: Scope::Subtree,
                filter: "(objectClass=pwdPolicy)",
                attributes: &policy::ATTRIBUTES,
                limit: 2,
            })
            .await?;
        match found.entries.as_slice() {
            [] => Ok(AccountPolicy::default()),
            [only] if !found.cut => Ok(policy::read(only)),
            _ => Err(Fault::Refused(
                "there are several policies: set default_policy_dn".to_owned(),
            )),
        }
    }

    async fn expiring(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        window: Window,
        max_age: Duration,
    ) -> Result<Sweep, Fault> {
        expiring::sweep(session, lookup, window, max_age).await
    }

    fn mark_attributes(&self) -> &'static [&'static str] {
        &["entryUUID", "entryCSN", "pwdChangedTime", "modifiersName"]
    }

    fn marks(&self, entry: &Entry) -> Result<Marks, Fault> {
        let text = |name| entry.first(name).unwrap_or_default().to_owned();
        if text("entryCSN").is_empty() {
            return Err(Fault::Refused("entryCSN cannot be read".to_owned()));
        }
        Ok(Marks {
            entry: text("entryCSN"),
            password: text("pwdChangedTime"),
            modifier: text("modifiersName"),
        })
    }

    fn landed(&self, mark: &ChangeMark, now: &Marks, bind_dn: &str) -> Landed {
        verdicts::compare(mark, now, bind_dn)
    }

    async fn set_password(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        dn: &str,
        password: &Password,
        lasting: Lasting,
    ) -> Result<LdapResult, Fault> {
        // Looked at before anything is changed: what has to be temporary must not turn out to last.
        if lasting == Lasting::UntilSignIn
            && let Some(against) = self.against_temporary(session, lookup, dn).await?
        {
            return Err(Fault::Refused(against));
        }
        let result = session.modify_password(dn, password).await?;
        if result.rc == 0 && lasting == Lasting::UntilSignIn {
            demand_change(session, dn).await;
        }
        Ok(result)
    }

    /// The right to write pwdReset, and a policy that goes by it.
    async fn against_temporary(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        dn: &str,
    ) -> Result<Option<String>, Fault> {
        // A reset sets FALSE nowhere: slapd takes the attribute away instead.
        let may = may_delete(session, dn, "pwdReset", "FALSE").await?;
        if !may.unwrap_or(false) {
            return Ok(Some(
                "the service account may not write pwdReset".to_owned(),
            ));
        }
        let entry = session.read(dn, &["pwdPolicySubentry"]).await?;
        let policy = self
            .policy_of(session, lookup, entry.as_ref(), When::Afterwards)
            .await?;
        let unheeded = "the policy does not say pwdMustChange: TRUE, so pwdReset means nothing";
        Ok((!policy.enforces_must_change).then(|| unheeded.to_owned()))
    }

    async fn can_unlock(&self, session: &mut Session, dn: &str) -> Result<bool, Fault> {
        /// A moment at which nobody was locked.
        const ABSENT: &str = "19990102030405Z";
        let may = may_delete(session, dn, LOCKED, ABSENT).await?;
        Ok(may.unwrap_or(false))
    }

    /// The overlay takes the counted failures, which nobody may write, away with the lock.
    async fn unlock(&self, session: &mut Session, dn: &str) -> Result<LdapResult, Fault> {
        let changes = vec![Mod::Delete(LOCKED.as_bytes().to_vec(), HashSet::new())];
        let result = session.modify(dn, changes, None).await?;
        Ok(unlocked(result))
    }

    fn refusal(&self, result: &LdapResult) -> Option<DirectoryRefusal> {
        verdicts::refusal(result)
    }

    fn proof(&self, result: &LdapResult) -> ProvingBind {
        ppolicy::proof(result)
    }
}

/// The password is set, whatever becomes of this. A reset clears pwdReset, so it comes after.
async fn demand_change(session: &mut Session, dn: &str) {
    let values = HashSet::from([b"TRUE".to_vec()]);
    let changes = vec![Mod::Replace(b"pwdReset".to_vec(), values)];
    match session.modify(dn, changes, None).await {
        Ok(result) if result.rc == 0 => {}
        Ok(result) => tracing::error!(%result, "pwdReset cannot be written: the password lasts"),
        Err(fault) => tracing::error!(?fault, "pwdReset was not written: the password lasts"),
    }
}

/// Locked by an administrator (`000001010000Z`, which a reset would undo), or past the end that
/// the directory sets.
fn is_disabled(entry: &Entry, now: Timestamp) -> bool {
    let locked_for_ever = entry
        .first("pwdAccountLockedTime")
        .is_some_and(|at| at.starts_with("0000") || gentime::parse(at).is_none());
    let ended = entry
        .first("pwdEndTime")
        .and_then(gentime::parse)
        .is_some_and(|end| end <= now);
    locked_for_ever || ended
}
