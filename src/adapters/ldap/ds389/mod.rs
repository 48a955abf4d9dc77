//! 389 Directory Server, by a service account that may write userPassword and
//! passwordExpirationTime of the people, and read the policies (assets/389ds/).

mod expiring;
mod policy;

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use ldap3::{LdapResult, Mod};

use super::dialect::{AccountPolicy, Dialect, Marks};
use super::dn;
use super::examine::{RightToReset, ServerTime, may_delete, right_by_delete, unlocked};
use super::expiring::Sweep;
use super::gentime;
use super::lookup::{Lookup, When};
use super::ppolicy;
use super::session::{Entry, Fault, Session};
use crate::domain::account::{AccountKey, PasswordAge, Standing};
use crate::domain::remind::Window;
use crate::domain::secret::Password;
use crate::domain::time::Timestamp;
use crate::flow::grant::Lasting;
use crate::flow::ports::{ChangeMark, DirectoryRefusal, Landed, ProvingBind};

/// What makes an entry a person.
const PERSON: [&str; 3] = ["person", "organizationalPerson", "inetOrgPerson"];
/// The global policy.
const CONFIG: &str = "cn=config";
/// passwordExpirationTime of whoever has to change the password first.
const MUST_CHANGE: &str = "19700101000000Z";
/// passwordExpirationTime of nobody's password.
const ABSENT: &str = "19990102030405Z";
/// passwordExpirationTime of a password that never expires.
const NEVER: &str = "20380119031407Z";

/// How many wrong passwords there were.
const COUNT: &str = "passwordRetryCount";

/// 389 Directory Server's ways.
pub(super) struct Ds389;

#[async_trait]
impl Dialect for Ds389 {
    fn attributes(&self) -> &'static [&'static str] {
        &[
            "objectClass",
            "nsUniqueId",
            "servicePrincipalName",
            "nsAccountLock",
            "passwordExpirationTime",
            "pwdUpdateTime",
            "accountUnlockTime",
            "passwordRetryCount",
            "retryCountResetTime",
            "pwdpolicysubentry",
        ]
    }

    fn standing_attributes(&self) -> &'static [&'static str] {
        &["objectClass", "servicePrincipalName", "nsAccountLock"]
    }

    fn server_time(&self) -> Option<ServerTime> {
        Some(("cn=monitor", "currentTime"))
    }

    fn rights_file(&self) -> &'static str {
        "assets/389ds/2-access.ldif"
    }

    /// Also the right to end the must-change that follows every reset.
    async fn right_to_reset(&self, session: &mut Session, dn: &str) -> Result<RightToReset, Fault> {
        let right = right_by_delete(session, dn).await?;
        if right != RightToReset::Held {
            return Ok(right);
        }
        let may = may_delete(session, dn, "passwordExpirationTime", ABSENT).await?;
        Ok(match may {
            Ok(false) => RightToReset::Missing("write passwordExpirationTime".to_owned()),
            Ok(true) | Err(_) => RightToReset::Held,
        })
    }

    /// Seen, 2.3.1: uid, cn, sn, givenName, mail and this one.
    fn more_names(&self) -> &'static [&'static str] {
        &["ou"]
    }

    fn key_attributes(&self) -> &'static [&'static str] {
        &["nsUniqueId"]
    }

    fn key(&self, entry: &Entry) -> Option<AccountKey> {
        entry.first("nsUniqueId").map(AccountKey::new)
    }

    fn standing(&self, entry: &Entry, _now: Timestamp) -> Standing {
        let classes = entry.all("objectClass");
        let is_person = classes
            .iter()
            .any(|class| PERSON.iter().any(|name| name.eq_ignore_ascii_case(class)));
        let is_service = entry.first("servicePrincipalName").is_some();
        let inactivated = entry
            .first("nsAccountLock")
            .is_some_and(|text| text.eq_ignore_ascii_case("true"));
        if !is_person || is_service {
            Standing::Protected
        } else if inactivated {
            Standing::Disabled
        } else {
            Standing::Eligible
        }
    }

    fn age(&self, entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> PasswordAge {
        let ends = entry.first("passwordExpirationTime");
        let must_change = ends == Some(MUST_CHANGE);
        let expires_at = ends
            .filter(|text| *text != MUST_CHANGE && *text != NEVER)
            .and_then(gentime::parse);
        // Kept only where passwordTrackUpdateTime is on; the end tells it too.
        let updated = entry.first("pwdUpdateTime").and_then(gentime::parse);
        let reckoned = || Some(expires_at?.minus(policy.demands.max_age?));
        PasswordAge {
            changed_at: updated.or_else(reckoned),
            expires_at,
            must_change,
            locked: is_locked(entry, now),
            lockout: policy.lockout(wrong_passwords(entry, now)),
        }
    }

    /// The local policy of the entry, or the global one. One that may not be read leaves the last
    /// word to the directory.
    async fn policy_of(
        &self,
        session: &mut Session,
        _lookup: &Lookup,
        entry: Option<&Entry>,
        when: When,
    ) -> Result<AccountPolicy, Fault> {
        let global = session.read(CONFIG, &policy::ATTRIBUTES).await?;
        let local = entry.and_then(|entry| entry.first("pwdpolicysubentry"));
        let own = when.read(session, local, &policy::ATTRIBUTES).await?;
        let applies = if local.is_some() { own } else { global };
        Ok(applies
            .and_then(|entry| policy::read(&entry))
            .unwrap_or_else(policy::unreadable))
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
        &[
            "nsUniqueId",
            "entryusn",
            "modifyTimestamp",
            "modifiersName",
            "passwordExpirationTime",
            "pwdUpdateTime",
        ]
    }

    fn marks(&self, entry: &Entry) -> Result<Marks, Fault> {
        let text = |name| entry.first(name).unwrap_or_default();
        if text("modifyTimestamp").is_empty() {
            return Err(Fault::Refused("modifyTimestamp cannot be read".to_owned()));
        }
        let both = |one, other| format!("{}/{}", text(one), text(other));
        Ok(Marks {
            // The number is there only with the USN plugin.
            entry: both("modifyTimestamp", "entryusn"),
            password: both("pwdUpdateTime", "passwordExpirationTime"),
            modifier: text("modifiersName").to_owned(),
        })
    }

    /// The server itself is the last writer of a password, whoever set it; the service account is
    /// that only when it has ended a must-change as well. Wrong passwords leave no mark.
    fn landed(&self, mark: &ChangeMark, now: &Marks, bind_dn: &str) -> Landed {
        if now.password == mark.password_mark {
            Landed::NotYet
        } else if dn::normalised(&now.modifier) == dn::normalised(bind_dn) {
            Landed::ByUs
        } else {
            Landed::Unclear
        }
    }

    /// RFC 3062. Where passwordMustChange is on, a reset by anybody else makes the employee change
    /// the password once more; the employee has chosen this one, so that is ended here.
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
        if result.rc == 0 {
            // The password is set, whatever becomes of this.
            match lasting {
                Lasting::ByPolicy => {
                    if let Err(fault) = self.end_must_change(session, lookup, dn).await {
                        tracing::warn!(?fault, "the account has to change its password once more");
                    }
                }
                Lasting::UntilSignIn => {
                    if let Err(fault) = write_end(session, dn, MUST_CHANGE.to_owned()).await {
                        tracing::error!(?fault, "must-change was not written: the password lasts");
                    }
                }
            }
        }
        Ok(result)
    }

    async fn against_temporary(
        &self,
        session: &mut Session,
        _lookup: &Lookup,
        dn: &str,
    ) -> Result<Option<String>, Fault> {
        let may = may_delete(session, dn, "passwordExpirationTime", ABSENT).await?;
        let may_not = "the service account may not write passwordExpirationTime";
        Ok((may == Ok(false)).then(|| may_not.to_owned()))
    }

    /// Every refusal by a policy says so in the control but one: a password that is the same as
    /// now is a constraint violation without it (seen, 2.3.1).
    fn refusal(&self, result: &LdapResult) -> Option<DirectoryRefusal> {
        const CONSTRAINT_VIOLATION: u32 = 19;
        let same_as_now = || {
            let unsaid = result.rc == CONSTRAINT_VIOLATION && ppolicy::error_in(result).is_none();
            unsaid.then_some(DirectoryRefusal::InHistory)
        };
        ppolicy::refusal(result).or_else(same_as_now)
    }

    async fn can_unlock(&self, session: &mut Session, dn: &str) -> Result<bool, Fault> {
        /// A count that nobody reaches.
        const ABSENT: &str = "999999999";
        let may = may_delete(session, dn, COUNT, ABSENT).await?;
        Ok(may.unwrap_or(false))
    }

    /// Without a count there is no lock, whatever the time says.
    async fn unlock(&self, session: &mut Session, dn: &str) -> Result<LdapResult, Fault> {
        let changes = vec![Mod::Delete(COUNT.as_bytes().to_vec(), HashSet::new())];
        let result = session.modify(dn, changes, None).await?;
        Ok(unlocked(result))
    }

    fn proof(&self, result: &LdapResult) -> ProvingBind {
        ppolicy::proof(result)
    }
}

impl Ds389 {
    async fn end_must_change(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        dn: &str,
    ) -> Result<(), Fault> {
        let mut attributes = self.attributes().to_vec();
        attributes.push("modifyTimestamp");
        let entry = session.read(dn, &attributes).await?;
        let Some(entry) =
            entry.filter(|entry| entry.first("passwordExpirationTime") == Some(MUST_CHANGE))
        else {
            return Ok(());
        };
        let policy = self
            .policy_of(session, lookup, Some(&entry), When::Afterwards)
            .await?;
        // By the server's own clock.
        let set_at = entry.first("modifyTimestamp").and_then(gentime::parse);
        let ends = set_at
            .zip(policy.demands.max_age)
            .and_then(|(at, length)| gentime::write(at.plus(length)));
        let ends = ends.unwrap_or_else(|| NEVER.to_owned());
        write_end(session, dn, ends).await
    }
}

/// Writes when the password ends. pwdReset stays as it is: the server lets nobody write it, and
/// goes by the time alone.
async fn write_end(session: &mut Session, dn: &str, ends: String) -> Result<(), Fault> {
    let values = HashSet::from([ends.into_bytes()]);
    let changes = vec![Mod::Replace(b"passwordExpirationTime".to_vec(), values)];
    let done = session.modify(dn, changes, None).await?;
    match done.rc {
        0 => Ok(()),
        _ => Err(Fault::Refused(format!(
            "passwordExpirationTime cannot be written: {done}"
        ))),
    }
}

/// How many wrong passwords the server counts now.
fn wrong_passwords(entry: &Entry, now: Timestamp) -> u32 {
    let ends = entry.first("retryCountResetTime").and_then(gentime::parse);
    let forgotten = ends.is_some_and(|end| end <= now);
    let count = entry.first(COUNT).and_then(|text| text.trim().parse().ok());
    count.filter(|_| !forgotten).unwrap_or(0)
}

/// Locked by wrong passwords. A reset clears the count and leaves the time.
fn is_locked(entry: &Entry, now: Timestamp) -> bool {
    let wrong: u32 = entry
        .first("passwordRetryCount")
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0);
    let unlocks = entry.first("accountUnlockTime");
    // The epoch stands for "until somebody unlocks it".
    wrong > 0
        && unlocks.is_some_and(|text| {
            text == MUST_CHANGE || gentime::parse(text).is_none_or(|at| at > now)
        })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_377_600);

    fn lin(extra: &[(&str, &str)]) -> Entry {
        let mut attributes = vec![("objectClass", "inetOrgPerson")];
        attributes.extend(extra);
        Entry::for_tests("uid=lin.wei,ou=people,dc=test", &attributes)
    }

    fn age(extra: &[(&str, &str)]) -> PasswordAge {
        let mut policy = AccountPolicy::default();
        policy.demands.max_age = Some(Duration::from_secs(86_400));
        Ds389.age(&lin(extra), &policy, NOW)
    }

    #[test]
    fn who_may_be_reset() {
        let standing = |extra| Ds389.standing(&lin(extra), NOW);
        assert_eq!(standing(&[]), Standing::Eligible);
        assert_eq!(standing(&[("nsAccountLock", "TRUE")]), Standing::Disabled);
        assert_eq!(standing(&[("nsAccountLock", "false")]), Standing::Eligible);
        assert_eq!(
            standing(&[("servicePrincipalName", "http/x")]),
            Standing::Protected
        );
    }

    #[test]
    fn a_password_ends_when_the_directory_says() {
        let ends = gentime::parse("20261123000000Z");
        let tells = age(&[("passwordExpirationTime", "20261123000000Z")]);
        assert_eq!(tells.expires_at, ends);
        assert_eq!(tells.changed_at, gentime::parse("20261122000000Z"));
        let must = age(&[("passwordExpirationTime", MUST_CHANGE)]);
        assert!(must.must_change && must.expires_at.is_none());
        let never = age(&[("passwordExpirationTime", NEVER)]);
        assert!(!never.must_change && never.expires_at.is_none());
    }

    #[test]
    fn a_lock_needs_wrong_passwords_and_time() {
        let locked = |count, until| {
            age(&[("passwordRetryCount", count), ("accountUnlockTime", until)]).locked
        };
        assert!(locked("5", "20271123000000Z"));
        assert!(locked("5", MUST_CHANGE), "until somebody unlocks it");
        assert!(!locked("0", "20271123000000Z"), "a reset has cleared it");
        assert!(!locked("5", "20251123000000Z"), "over");
    }
}
