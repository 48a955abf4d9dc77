//! An entry as an account.

use super::dialect::{AccountPolicy, Dialect};
use super::session::Entry;
use super::settings::LdapSettings;
use crate::domain::account::{Account, EntryDn, Standing, WecomUserId};
use crate::domain::time::Timestamp;

/// What every product calls the same.
const ATTRIBUTES: [&str; 7] = [
    "uid",
    "sAMAccountName",
    "cn",
    "sn",
    "givenName",
    "displayName",
    "mail",
];
/// A name this long is cut; nobody has one.
const NAME_MAX_CHARS: usize = 256;
/// So many words of a person are looked for in a password.
const WORDS_MAX: usize = 32;

/// Everything that [`build`] reads.
pub(super) fn attributes<'a>(dialect: &dyn Dialect, settings: &'a LdapSettings) -> Vec<&'a str> {
    let mut names: Vec<&'a str> = ATTRIBUTES.to_vec();
    names.extend(dialect.attributes());
    names.extend(dialect.more_names());
    names.extend(settings.login_attributes.iter().map(String::as_str));
    names.push(&settings.wecom_attribute);
    names.extend(settings.language_attribute.as_deref());
    names
}

/// What a last look before a change reads: the mark, and whether the account may be changed.
pub(super) fn last_attributes<'a>(
    dialect: &dyn Dialect,
    settings: &'a LdapSettings,
) -> Vec<&'a str> {
    let mut names = dialect.mark_attributes().to_vec();
    names.extend(dialect.standing_attributes());
    names.extend(membership_attributes(dialect, settings));
    names.extend(settings.login_attributes.iter().map(String::as_str));
    names.push(&settings.wecom_attribute);
    names
}

/// What of it a directory tells only when that one entry is read.
pub(super) fn membership_attributes(
    dialect: &dyn Dialect,
    settings: &LdapSettings,
) -> &'static [&'static str] {
    match settings.protected_groups.as_slice() {
        [] => &[],
        _ => dialect.membership_attributes(),
    }
}

/// What was found out about an entry besides its own attributes.
pub(super) struct Around {
    /// The policy that applies.
    pub(super) policy: AccountPolicy,
    /// No other entry has the same WeCom userid.
    pub(super) wecom_is_unique: bool,
    /// In a protected group, directly or not.
    pub(super) in_protected_group: bool,
}

/// Makes the account. `None` when the entry has no key, which only missing rights explain.
pub(super) fn build(
    dialect: &dyn Dialect,
    settings: &LdapSettings,
    entry: &Entry,
    around: Around,
    now: Timestamp,
) -> Option<Account> {
    let login = login(settings, entry);
    let wecom = wecom(settings, entry).filter(|_| around.wecom_is_unique);
    let language = settings.language_attribute.as_deref();
    Some(Account {
        key: dialect.key(entry)?,
        dn: EntryDn::new(entry.dn.clone()),
        display_name: ["displayName", "cn"]
            .iter()
            .find_map(|name| entry.first(name))
            .map_or_else(|| login.clone(), cut),
        person_words: person_words(dialect, settings, entry),
        wecom,
        language: language.and_then(|name| entry.first(name)).map(cut),
        standing: standing(dialect, entry, around.in_protected_group, now),
        age: dialect.age(entry, &around.policy, now),
        demands: around.policy.demands,
        login,
    })
}

/// Whether the account may be reset (rule 10).
pub(super) fn standing(
    dialect: &dyn Dialect,
    entry: &Entry,
    in_protected_group: bool,
    now: Timestamp,
) -> Standing {
    match dialect.standing(entry, now) {
        Standing::Eligible if in_protected_group => Standing::Guarded,
        _ if in_protected_group => Standing::Protected,
        standing => standing,
    }
}

/// How the directory writes the login name.
pub(super) fn login(settings: &LdapSettings, entry: &Entry) -> String {
    let mut names = settings.login_attributes.iter();
    names
        .find_map(|name| entry.first(name))
        .map_or_else(String::new, cut)
}

/// The WeCom userid, if the entry has exactly one that WeCom could have given.
pub(super) fn wecom(settings: &LdapSettings, entry: &Entry) -> Option<WecomUserId> {
    match entry.all(&settings.wecom_attribute) {
        [only] => WecomUserId::parse(only),
        _ => None,
    }
}

fn person_words(dialect: &dyn Dialect, settings: &LdapSettings, entry: &Entry) -> Vec<String> {
    let logins = settings.login_attributes.iter().map(String::as_str);
    let names = logins
        .chain(ATTRIBUTES)
        .chain(dialect.more_names().iter().copied());
    let mut words: Vec<String> = Vec::new();
    for value in names.flat_map(|name| entry.all(name)) {
        let value = cut(value);
        if words.len() < WORDS_MAX && !words.contains(&value) {
            words.push(value);
        }
    }
    words
}

/// A text as long as it may be.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(NAME_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::gentime;
    use super::super::openldap::OpenLdap;
    use super::*;
    use crate::domain::account::AccountKey;
    use crate::domain::secret::Credential;

    fn settings() -> LdapSettings {
        LdapSettings {
            urls: Vec::new(),
            starttls: false,
            ca_pem: None,
            allow_plain_loopback: false,
            bind_dn: String::new(),
            bind_password: Credential::new(String::new()),
            people_base: String::new(),
            login_attributes: vec!["uid".to_owned()],
            wecom_attribute: "employeeNumber".to_owned(),
            language_attribute: Some("preferredLanguage".to_owned()),
            protected_groups: Vec::new(),
            default_policy_dn: None,
        }
    }

    fn around() -> Around {
        let mut policy = AccountPolicy {
            locks: true,
            lock_lasts: Some(Duration::from_secs(900)),
            ..AccountPolicy::default()
        };
        policy.demands.max_age = Some(Duration::from_secs(86_400));
        Around {
            policy,
            wecom_is_unique: true,
            in_protected_group: false,
        }
    }

    /// lin.wei with `extra`, seen at 2026-11-22T20:00:00Z.
    fn lin(extra: &[(&str, &str)], around: Around) -> Account {
        let mut attributes = vec![
            ("objectClass", "inetOrgPerson"),
            ("entryUUID", "ABCD-1"),
            ("uid", "lin.wei"),
            ("cn", "Lin Wei"),
            ("employeeNumber", "LinWei"),
        ];
        attributes.extend(extra);
        let entry = Entry::for_tests("uid=lin.wei,ou=people,dc=test", &attributes);
        build(&OpenLdap, &settings(), &entry, around, NOW).unwrap()
    }

    const NOW: Timestamp = Timestamp::from_secs(1_795_377_600);

    #[test]
    fn who_may_be_reset() {
        let protected = || Around {
            in_protected_group: true,
            ..around()
        };
        assert_eq!(lin(&[], around()).standing, Standing::Eligible);
        assert_eq!(lin(&[], protected()).standing, Standing::Guarded);
        let service = [("servicePrincipalName", "http/x")];
        assert_eq!(lin(&service, protected()).standing, Standing::Protected);
        for (extra, standing) in [
            (("servicePrincipalName", "http/x"), Standing::Protected),
            (
                ("pwdAccountLockedTime", "000001010000Z"),
                Standing::Disabled,
            ),
            (("pwdAccountLockedTime", "nonsense"), Standing::Disabled),
            (
                ("pwdAccountLockedTime", "20261122195900Z"),
                Standing::Eligible,
            ),
            (("pwdEndTime", "20261122195900Z"), Standing::Disabled),
            (("pwdEndTime", "20271122195900Z"), Standing::Eligible),
        ] {
            assert_eq!(lin(&[extra], around()).standing, standing, "{extra:?}");
        }
    }

    #[test]
    fn a_lock_ends_with_its_duration() {
        let at = |time| lin(&[("pwdAccountLockedTime", time)], around()).age.locked;
        assert!(at("20261122194501Z"));
        assert!(!at("20261122194500Z"));
        assert!(!lin(&[], around()).age.locked);
    }

    #[test]
    fn a_password_expires_its_maximum_age_after_the_change() {
        let age = lin(&[("pwdChangedTime", "20261122000000Z")], around()).age;
        assert_eq!(age.expires_at, gentime::parse("20261123000000Z"));
        assert_eq!(lin(&[], around()).age.expires_at, None);
    }

    #[test]
    fn a_code_goes_to_one_userid_or_nowhere() {
        assert_eq!(
            lin(&[], around()).wecom,
            WecomUserId::parse("linwei"),
            "alone"
        );
        assert_eq!(lin(&[("employeeNumber", "Other")], around()).wecom, None);
        let shared = Around {
            wecom_is_unique: false,
            ..around()
        };
        assert_eq!(lin(&[], shared).wecom, None);
    }

    proptest! {
        /// Whatever an entry holds: no value panics, and nothing grows without end.
        #[test]
        fn any_values_make_an_account(values in prop::collection::vec((
            "displayName|mail|employeeNumber|pwdChangedTime|pwdAccountLockedTime|pwdEndTime|\
             preferredLanguage|pwdReset|memberOf",
            "\\PC{0,40}|[0-9.Z+-]{0,24}|\u{1b}\\]0;\\PC{0,300}",
        ), 0..40)) {
            let values: Vec<_> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let account = lin(&values, around());
            prop_assert!(account.display_name.chars().count() <= NAME_MAX_CHARS);
            prop_assert!(account.person_words.len() <= WORDS_MAX);
            prop_assert_eq!(account.key, AccountKey::new("abcd-1"));
        }
    }
}
