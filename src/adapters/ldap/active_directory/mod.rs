//! Active Directory, by a service account that may reset passwords, unlock, and read the policies
//! of the people's organisational unit (assets/active-directory/).
//!
//! Samba 4.17 was there to try everything on; where Windows is only documented, it says so.

mod ages;
mod descriptor;
mod expiring;
mod filetime;
mod membership;
mod policy;
mod rights;
mod schema;
mod verdicts;

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use ldap3::controls::RawControl;
use ldap3::{LdapResult, Mod};
use zeroize::Zeroizing;

use super::dialect::{AccountPolicy, Dialect, Marks};
use super::examine::{Powers, RightToReset, ServerTime};
use super::expiring::Sweep;
use super::groups::{Groups, Member};
use super::lookup::{Lookup, When};
use super::session::{Entry, Fault, Session};
use crate::domain::account::{Account, AccountKey, PasswordAge, Standing};
use crate::domain::remind::Window;
use crate::domain::secret::Password;
use crate::domain::time::Timestamp;
use crate::flow::finding::Finding;
use crate::flow::grant::Lasting;
use crate::flow::ports::{ChangeMark, DirectoryRefusal, Landed, OldPasswordVerdict, ProvingBind};

/// userAccountControl (MS-ADTS, 2.2.16).
mod control {
    pub(super) const DISABLED: u32 = 0x2;
    pub(super) const LOCKED: u32 = 0x10;
    pub(super) const NORMAL: u32 = 0x200;
    /// Computers, controllers, trusts between domains.
    pub(super) const MACHINES: u32 = 0x800 | 0x1000 | 0x2000;
    pub(super) const NEVER_EXPIRES: u32 = 0x1_0000;
    pub(super) const SMARTCARD: u32 = 0x4_0000;
}

/// pwdLastSet of whoever has to change the password first.
const MUST_CHANGE: &str = "0";

/// LDAP_SERVER_POLICY_HINTS_OID (MS-ADTS, 3.1.1.3.4.1.27) and the number it had before: with it
/// a reset obeys the history. Samba 4.17 has neither.
const POLICY_HINTS: [&str; 2] = ["1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"];
/// SEQUENCE { INTEGER 1 }
const HINTS_ON: [u8; 5] = [0x30, 3, 2, 1, 1];

/// Active Directory's ways.
pub(super) struct ActiveDirectory;

#[async_trait]
impl Dialect for ActiveDirectory {
    fn attributes(&self) -> &'static [&'static str] {
        &[
            "objectClass",
            "objectGUID",
            "objectSid",
            "primaryGroupID",
            "userAccountControl",
            "lockoutTime",
            "pwdLastSet",
            "accountExpires",
            "badPwdCount",
            "badPasswordTime",
            "adminCount",
            "servicePrincipalName",
            "msDS-ResultantPSO",
        ]
    }

    /// Without those that the controller has to compute, which take as long as all the others.
    fn standing_attributes(&self) -> &'static [&'static str] {
        &[
            "objectClass",
            "objectSid",
            "primaryGroupID",
            "userAccountControl",
            "accountExpires",
            "adminCount",
            "servicePrincipalName",
        ]
    }

    /// They save all the questions about groups.
    fn membership_attributes(&self) -> &'static [&'static str] {
        &[membership::TOKENS]
    }

    fn key_attributes(&self) -> &'static [&'static str] {
        &["objectGUID"]
    }

    fn key(&self, entry: &Entry) -> Option<AccountKey> {
        let guid: [u8; 16] = entry.first_bytes("objectGUID")?.try_into().ok()?;
        Some(AccountKey::new(&guid_text(guid)))
    }

    fn standing(&self, entry: &Entry, now: Timestamp) -> Standing {
        if is_protected(entry) {
            return Standing::Protected;
        }
        let ended = entry
            .first("accountExpires")
            .and_then(filetime::time)
            .is_some_and(|end| end <= now);
        if ended || has(entry, "userAccountControl", control::DISABLED) {
            Standing::Disabled
        } else {
            Standing::Eligible
        }
    }

    fn age(&self, entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> PasswordAge {
        ages::age(entry, policy, now)
    }

    /// The PSO that wins, or the domain's policy. A PSO that may not be read leaves the domain's
    /// demands, the word that the directory has checks of its own, and what it reckons itself.
    async fn policy_of(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        entry: Option<&Entry>,
        when: When,
    ) -> Result<AccountPolicy, Fault> {
        let layout = lookup.layout(session).await?;
        let domain = session
            .read(&layout.naming_context, &policy::OF_DOMAIN)
            .await?;
        let winner = entry.and_then(|entry| entry.first("msDS-ResultantPSO"));
        let pso = when.read(session, winner, &policy::OF_PSO).await?;
        let domain = domain
            .ok_or_else(|| Fault::Refused(format!("{:?} cannot be read", layout.naming_context)))?;
        // One that hides its demands is as good as none.
        let pso = pso.filter(|pso| pso.first(policy::OF_PSO[0]).is_some());
        let hidden = winner.is_some() && pso.is_none();
        let whose = entry.filter(|_| hidden).map(|entry| entry.dn.as_str());
        let told = when.read(session, whose, &ages::COMPUTED).await?;
        let mut policy = match pso {
            Some(pso) => policy::of_pso(&pso),
            None => policy::of_domain(&domain),
        };
        policy.demands.own_checks = hidden;
        policy.reckoned = told.as_ref().and_then(ages::told);
        policy.demands.history_on_reset =
            policy.demands.history.is_some() && hints(&layout.controls).is_some();
        Ok(policy)
    }

    async fn is_in_group(
        &self,
        session: &mut Session,
        base: &str,
        member: &Member<'_>,
        entry: Option<&Entry>,
        groups: &Groups,
    ) -> Result<bool, Fault> {
        if let Some(known) = entry.and_then(|entry| membership::by_tokens(entry, groups)) {
            return Ok(known);
        }
        membership::by_climbing(session, base, member, entry, groups).await
    }

    fn group_attributes(&self) -> &'static [&'static str] {
        &membership::OF_GROUP
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
        &["objectGUID", "uSNChanged", "pwdLastSet"]
    }

    fn marks(&self, entry: &Entry) -> Result<Marks, Fault> {
        let text = |name| entry.first(name).unwrap_or_default().to_owned();
        if text("uSNChanged").is_empty() {
            return Err(Fault::Refused("uSNChanged cannot be read".to_owned()));
        }
        Ok(Marks {
            entry: text("uSNChanged"),
            password: text("pwdLastSet"),
            modifier: String::new(),
        })
    }

    /// No attribute says who changed a password: a change since the mark may be this one or an
    /// administrator's, and only a bind with the new password tells. Another controller counts
    /// uSNChanged on its own, so there only the password's own mark says anything.
    fn landed(&self, mark: &ChangeMark, now: &Marks, _bind_dn: &str) -> Landed {
        // Who had to change the password may have got another one for one sign-in: it looks alike.
        let tells = now.password != MUST_CHANGE || now.entry == mark.entry_mark;
        if now.password == mark.password_mark && tells {
            Landed::NotYet
        } else {
            Landed::Unclear
        }
    }

    /// Sets unicodePwd and unlocks, in one change: a reset alone leaves the lock.
    ///
    /// A renewal is a reset too, although who knows the old password could delete it and add the
    /// new one. That binds the history where the hints are not known (Samba), but also the minimum
    /// age; it counts as a wrong password when somebody else was quicker; and after a lost answer
    /// it could not be told from the employee's own change. Windows knows the hints.
    async fn set_password(
        &self,
        session: &mut Session,
        lookup: &Lookup,
        dn: &str,
        password: &Password,
        lasting: Lasting,
    ) -> Result<LdapResult, Fault> {
        let layout = lookup.layout(session).await?;
        let hints = hints(&layout.controls).map(|oid| RawControl {
            ctype: oid.to_owned(),
            crit: true,
            val: Some(HINTS_ON.to_vec()),
        });
        let quoted = quoted(password);
        let replace = |name: &str, value: &[u8]| {
            Mod::Replace(name.as_bytes().to_vec(), HashSet::from([value.to_vec()]))
        };
        let mut changes = vec![replace("unicodePwd", &quoted), replace("lockoutTime", b"0")];
        if lasting == Lasting::UntilSignIn {
            changes.push(replace("pwdLastSet", MUST_CHANGE.as_bytes()));
        }
        session.modify(dn, changes, hints).await
    }

    fn old_password(&self, result: &LdapResult) -> Option<OldPasswordVerdict> {
        verdicts::old_password(result)
    }

    /// The right to write lockoutTime comes with the one to reset: a reset unlocks as well.
    async fn can_unlock(&self, session: &mut Session, dn: &str) -> Result<bool, Fault> {
        rights::to_unlock(session, dn).await
    }

    /// Clears badPwdCount as well.
    async fn unlock(&self, session: &mut Session, dn: &str) -> Result<LdapResult, Fault> {
        let values = HashSet::from([b"0".to_vec()]);
        let changes = vec![Mod::Replace(b"lockoutTime".to_vec(), values)];
        session.modify(dn, changes, None).await
    }

    fn refusal(&self, result: &LdapResult) -> Option<DirectoryRefusal> {
        verdicts::refusal(result)
    }

    fn proof(&self, result: &LdapResult) -> ProvingBind {
        verdicts::proof(result)
    }

    async fn right_to_reset(&self, session: &mut Session, dn: &str) -> Result<RightToReset, Fault> {
        rights::to_reset(session, dn).await
    }

    async fn powers(
        &self,
        session: &mut Session,
        dn: &str,
        _attributes: &[&str],
    ) -> Result<Powers, Fault> {
        rights::powers(session, dn).await
    }

    async fn self_writers(
        &self,
        session: &mut Session,
        account: &Account,
        attribute: &str,
    ) -> Result<Option<bool>, Fault> {
        rights::self_writers(session, account, attribute).await
    }

    async fn particulars(&self, session: &mut Session, lookup: &Lookup) -> Vec<Finding> {
        let attribute = &lookup.settings.wecom_attribute;
        vec![
            rights::fine_grained(session, lookup).await,
            schema::index(session, attribute).await,
        ]
    }

    fn server_time(&self) -> Option<ServerTime> {
        Some(("", "currentTime"))
    }

    /// The controller has an index of classes; without it, an attribute that has no index makes it
    /// look at every entry of the domain.
    fn every_account(&self) -> &'static str {
        "(objectClass=user)"
    }

    fn people_filter(&self) -> &'static str {
        "(&(objectCategory=person)(objectClass=user))"
    }

    fn rights_file(&self) -> &'static str {
        "assets/active-directory/rights.sddl"
    }

    /// Samba has no WhoAmI.
    async fn alive(&self, session: &mut Session) -> Result<(), Fault> {
        session.read("", &["currentTime"]).await.map(|_| ())
    }
}

/// Rule 10, as far as the entry itself tells. What cannot be read is not ruled out.
fn is_protected(entry: &Entry) -> bool {
    const MACHINES: [&str; 3] = [
        "computer",
        "msDS-ManagedServiceAccount",
        "msDS-GroupManagedServiceAccount",
    ];
    let is = |class: &str| {
        let mut classes = entry.all("objectClass").iter();
        classes.any(|one| one.eq_ignore_ascii_case(class))
    };
    let person = is("user") && has(entry, "userAccountControl", control::NORMAL);
    let admin = entry.first("adminCount").is_some_and(|n| n.trim() != "0");
    let service = entry.first("servicePrincipalName").is_some();
    let other = has(
        entry,
        "userAccountControl",
        control::MACHINES | control::SMARTCARD,
    );
    !person || admin || service || other || MACHINES.iter().any(|class| is(class))
}

/// Whether a number has any of these bits. Negative numbers are the same bits.
fn has(entry: &Entry, name: &str, bits: u32) -> bool {
    let value: Option<i64> = entry.first(name).and_then(|text| text.trim().parse().ok());
    value.is_some_and(|value| value & i64::from(bits) != 0)
}

/// The control that makes a reset obey the history, if the controller has it.
fn hints(controls: &[String]) -> Option<&'static str> {
    let mut known = POLICY_HINTS.into_iter();
    known.find(|oid| controls.iter().any(|control| control == oid))
}

/// A quoted password in UTF-16, little endian (MS-ADTS, 3.1.1.3.1.5.1).
fn quoted(password: &Password) -> Zeroizing<Vec<u8>> {
    let text = password.expose();
    let units = std::iter::once(u16::from(b'"'))
        .chain(text.encode_utf16())
        .chain([u16::from(b'"')]);
    // Never grown: what a growing vector leaves behind is not wiped.
    let mut bytes = Vec::with_capacity((text.len() + 2) * 2);
    bytes.extend(units.flat_map(u16::to_le_bytes));
    Zeroizing::new(bytes)
}

/// A GUID as people write it: the first three parts are little endian (MS-DTYP, 2.3.4).
fn guid_text(guid: [u8; 16]) -> String {
    const PLACES: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut text = String::with_capacity(36);
    for (n, place) in PLACES.into_iter().enumerate() {
        if matches!(n, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let byte = guid.get(place).copied().unwrap_or_default();
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_377_600);

    fn standing(extra: &[(&str, &str)]) -> Standing {
        let mut attributes = vec![("objectClass", "top"), ("objectClass", "user")];
        if !extra.iter().any(|(name, _)| *name == "userAccountControl") {
            attributes.push(("userAccountControl", "512"));
        }
        attributes.extend(extra);
        ActiveDirectory.standing(&Entry::for_tests("CN=lin.wei", &attributes), NOW)
    }

    #[test]
    fn who_may_be_reset() {
        assert_eq!(standing(&[]), Standing::Eligible);
        assert_eq!(standing(&[("adminCount", "0")]), Standing::Eligible);
        assert_eq!(standing(&[("accountExpires", "0")]), Standing::Eligible);
        for (name, value) in [
            ("adminCount", "1"),
            ("servicePrincipalName", "HTTP/web"),
            ("objectClass", "computer"),
            ("objectClass", "msDS-GroupManagedServiceAccount"),
            // smart card, computer, trust; a controller; nothing readable
            ("userAccountControl", "262656"),
            ("userAccountControl", "4096"),
            ("userAccountControl", "2080"),
            ("userAccountControl", "532480"),
            ("userAccountControl", ""),
        ] {
            assert_eq!(
                standing(&[(name, value)]),
                Standing::Protected,
                "{name} {value}"
            );
        }
        for (name, value) in [
            ("userAccountControl", "514"),
            ("accountExpires", "133801632000000000"),
        ] {
            assert_eq!(
                standing(&[(name, value)]),
                Standing::Disabled,
                "{name} {value}"
            );
        }
    }

    #[test]
    fn a_guid_is_written_as_people_write_it() {
        let guid = [
            0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff,
        ];
        assert_eq!(guid_text(guid), "00112233-4455-6677-8899-aabbccddeeff");
    }

    #[test]
    fn a_password_is_quoted_in_utf16() {
        let password = Password::new("é文").ok().unwrap();
        assert_eq!(*quoted(&password), [0x22, 0, 0xe9, 0, 0x87, 0x65, 0x22, 0]);
    }

    #[test]
    fn the_history_binds_a_reset_where_the_controller_says_so() {
        let controls = |oid: &str| vec!["1.2.840.113556.1.4.319".to_owned(), oid.to_owned()];
        assert_eq!(hints(&controls(POLICY_HINTS[0])), Some(POLICY_HINTS[0]));
        assert_eq!(hints(&controls(POLICY_HINTS[1])), Some(POLICY_HINTS[1]));
        assert_eq!(hints(&controls("1.2.840.113556.1.4.417")), None);
    }
}
