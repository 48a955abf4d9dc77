//! OpenLDAP's password policy entry (slapo-ppolicy), as the rules see it.

use std::time::Duration;

use super::super::dialect::AccountPolicy;
use super::super::session::Entry;
use crate::domain::policy::{DirectoryPolicy, LengthUnit};

/// What is asked for.
pub(super) const ATTRIBUTES: [&str; 14] = [
    "pwdMinLength",
    "pwdMaxLength",
    "pwdCheckQuality",
    "pwdInHistory",
    "pwdMinAge",
    "pwdMaxAge",
    "pwdLockout",
    "pwdLockoutDuration",
    "pwdMustChange",
    "pwdMaxFailure",
    "pwdFailureCountInterval",
    "pwdUseCheckModule",
    "pwdCheckModule",
    "pwdCheckModuleArg",
];

/// Reads the entry. A number that is absent, zero or none counts as no demand, as in slapd.
pub(super) fn read(entry: &Entry) -> AccountPolicy {
    let number = |name| {
        let value: Option<u32> = entry.first(name).and_then(|text| text.trim().parse().ok());
        value.filter(|n| *n > 0)
    };
    let seconds = |name| number(name).map(|n| Duration::from_secs(n.into()));
    let is_true = |name| {
        let value = entry.first(name);
        value.is_some_and(|text| text.eq_ignore_ascii_case("TRUE"))
    };
    // 0 leaves lengths and check modules to whoever likes them; 1 and 2 enforce them.
    let checked = number("pwdCheckQuality").is_some();
    let length = |name| {
        let value = number(name).filter(|_| checked);
        value.map(|n| (n, LengthUnit::Bytes))
    };
    let module = is_true("pwdUseCheckModule") || entry.first("pwdCheckModule").is_some();
    AccountPolicy {
        demands: DirectoryPolicy {
            min_length: length("pwdMinLength"),
            max_length: length("pwdMaxLength"),
            classes: None,
            names: None,
            history: number("pwdInHistory"),
            // Seen with a service account that has no more than `=xw`.
            history_on_reset: number("pwdInHistory").is_some(),
            min_age: seconds("pwdMinAge"),
            max_age: seconds("pwdMaxAge"),
            own_checks: checked && module,
            can_unlock: false,
        },
        locks: is_true("pwdLockout"),
        lock_lasts: seconds("pwdLockoutDuration"),
        enforces_must_change: is_true("pwdMustChange"),
        locks_at: number("pwdMaxFailure"),
        forgets_after: seconds("pwdFailureCountInterval"),
        reckoned: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_policy_is_read() {
        let entry = Entry::for_tests(
            "cn=default,ou=policies,dc=test",
            &[
                ("pwdMinLength", "12"),
                ("pwdMaxLength", "64"),
                ("pwdcheckquality", "2"),
                ("pwdInHistory", "5"),
                ("pwdMinAge", "3600"),
                ("pwdMaxAge", "10368000"),
                ("pwdLockout", "TRUE"),
                ("pwdLockoutDuration", "900"),
                ("pwdMaxFailure", "5"),
                ("pwdUseCheckModule", "TRUE"),
            ],
        );
        let policy = read(&entry);
        assert_eq!(
            policy.demands,
            DirectoryPolicy {
                min_length: Some((12, LengthUnit::Bytes)),
                max_length: Some((64, LengthUnit::Bytes)),
                classes: None,
                names: None,
                history: Some(5),
                history_on_reset: true,
                min_age: Some(Duration::from_secs(3600)),
                max_age: Some(Duration::from_secs(10_368_000)),
                own_checks: true,
                can_unlock: false,
            }
        );
        assert!(policy.locks);
        assert_eq!(policy.lock_lasts, Some(Duration::from_secs(900)));
        assert_eq!((policy.locks_at, policy.forgets_after), (Some(5), None));
    }

    #[test]
    fn without_quality_checks_nothing_is_promised_about_length() {
        let entry = Entry::for_tests(
            "cn=default,dc=test",
            &[
                ("pwdMinLength", "12"),
                ("pwdCheckQuality", "0"),
                ("pwdCheckModule", "/usr/lib/ldap/ppm.so"),
                ("pwdInHistory", "0"),
                ("pwdMaxAge", "0"),
            ],
        );
        assert_eq!(read(&entry).demands, DirectoryPolicy::default());
    }
}
