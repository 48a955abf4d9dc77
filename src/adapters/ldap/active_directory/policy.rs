//! The domain's policy and the fine-grained ones (PSO), as the rules see them.

use super::super::dialect::AccountPolicy;
use super::super::session::Entry;
use super::filetime;
use crate::domain::policy::{BeyondAscii, Classes, DirectoryPolicy, LengthUnit, NameCheck};

/// What is asked of the domain's own entry.
pub(super) const OF_DOMAIN: [&str; 7] = [
    "minPwdLength",
    "pwdProperties",
    "pwdHistoryLength",
    "maxPwdAge",
    "lockoutThreshold",
    "lockoutDuration",
    "lockOutObservationWindow",
];
/// What is asked of a PSO.
pub(super) const OF_PSO: [&str; 7] = [
    "msDS-MinimumPasswordLength",
    "msDS-PasswordComplexityEnabled",
    "msDS-PasswordHistoryLength",
    "msDS-MaximumPasswordAge",
    "msDS-LockoutThreshold",
    "msDS-LockoutDuration",
    "msDS-LockoutObservationWindow",
];
/// DOMAIN_PASSWORD_COMPLEX (MS-SAMR, 2.2.3.1).
const COMPLEX: u32 = 1;
/// How many of the five kinds of characters complexity asks for.
const KINDS: u8 = 3;

/// Where a domain keeps its fine-grained policies.
pub(super) fn container(domain: &str) -> String {
    format!("CN=Password Settings Container,CN=System,{domain}")
}

/// What the domain demands of everybody.
pub(super) fn of_domain(entry: &Entry) -> AccountPolicy {
    let properties: u32 = number(entry, "pwdProperties").unwrap_or(0);
    read(entry, &OF_DOMAIN, properties & COMPLEX != 0)
}

/// What a PSO demands in the place of the domain's policy.
pub(super) fn of_pso(entry: &Entry) -> AccountPolicy {
    let complex = entry
        .first("msDS-PasswordComplexityEnabled")
        .is_some_and(|text| text.eq_ignore_ascii_case("TRUE"));
    read(entry, &OF_PSO, complex)
}

/// Both kinds of entry, by the names of their attributes in the same order. The minimum age binds
/// no reset (MS-ADTS, 3.1.1.3.1.5), so it is not read.
fn read(entry: &Entry, names: &[&str; 7], complex: bool) -> AccountPolicy {
    let [length, _, history, max_age, threshold, duration, window] = *names;
    let span = |name| entry.first(name).and_then(filetime::span);
    AccountPolicy {
        demands: DirectoryPolicy {
            min_length: number(entry, length).map(|n| (n, LengthUnit::Utf16Units)),
            classes: complex.then_some(Classes {
                at_least: KINDS,
                beyond_ascii: BeyondAscii::ByCase,
            }),
            names: complex.then_some(NameCheck::Parts),
            history: number(entry, history),
            max_age: span(max_age),
            ..DirectoryPolicy::default()
        },
        locks: number(entry, threshold).is_some(),
        lock_lasts: span(duration),
        enforces_must_change: true,
        locks_at: number(entry, threshold),
        forgets_after: span(window),
        reckoned: None,
    }
}

/// A number that demands something.
fn number(entry: &Entry, name: &str) -> Option<u32> {
    let value: Option<u32> = entry.first(name).and_then(|text| text.trim().parse().ok());
    value.filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_domains_policy_is_read() {
        let entry = Entry::for_tests(
            "DC=corp,DC=test",
            &[
                ("minPwdLength", "12"),
                ("pwdProperties", "1"),
                ("pwdHistoryLength", "24"),
                ("maxPwdAge", "-103680000000000"),
                ("lockoutThreshold", "5"),
                ("lockoutDuration", "-9000000000"),
            ],
        );
        let policy = of_domain(&entry);
        assert_eq!(
            policy.demands,
            DirectoryPolicy {
                min_length: Some((12, LengthUnit::Utf16Units)),
                classes: Some(Classes {
                    at_least: 3,
                    beyond_ascii: BeyondAscii::ByCase
                }),
                names: Some(NameCheck::Parts),
                history: Some(24),
                max_age: Some(Duration::from_secs(120 * 86_400)),
                ..DirectoryPolicy::default()
            }
        );
        assert!(policy.locks);
        assert_eq!(policy.lock_lasts, Some(Duration::from_secs(900)));
    }

    #[test]
    fn a_policy_without_demands_demands_nothing() {
        let entry = Entry::for_tests(
            "CN=lax,DC=test",
            &[
                ("msDS-MinimumPasswordLength", "0"),
                ("msDS-PasswordComplexityEnabled", "FALSE"),
                ("msDS-PasswordHistoryLength", "0"),
                ("msDS-MaximumPasswordAge", "-9223372036854775808"),
                ("msDS-LockoutThreshold", "0"),
            ],
        );
        let nothing = AccountPolicy {
            enforces_must_change: true,
            ..AccountPolicy::default()
        };
        assert_eq!(of_pso(&entry), nothing);
    }
}
