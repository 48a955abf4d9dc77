//! 389 Directory Server's password policy, global (cn=config) or local, as the rules see it.

use std::time::Duration;

use super::super::dialect::AccountPolicy;
use super::super::session::Entry;
use crate::domain::policy::{BeyondAscii, Classes, DirectoryPolicy, LengthUnit, NameCheck};

/// What is asked for; the same names in cn=config and in a local policy.
pub(super) const ATTRIBUTES: [&str; 30] = [
    "passwordCheckSyntax",
    "passwordMinLength",
    "passwordMinCategories",
    "passwordHistory",
    "passwordInHistory",
    "passwordMinAge",
    "passwordExp",
    "passwordMaxAge",
    "passwordMustChange",
    "passwordLockout",
    "passwordUnlock",
    "passwordLockoutDuration",
    "passwordMaxFailure",
    "passwordResetFailureCount",
    "passwordMinDigits",
    "passwordMinAlphas",
    "passwordMinUppers",
    "passwordMinLowers",
    "passwordMinSpecials",
    "passwordMin8bit",
    "passwordMaxRepeats",
    "passwordMaxSequence",
    "passwordMaxSeqSets",
    "passwordMaxClassChars",
    "passwordPalindrome",
    "passwordDictCheck",
    "passwordBadWords",
    "passwordUserAttributes",
    "passwordMinTokenLength",
    "objectClass",
];
/// What holds where a local policy says nothing (it takes nothing over from the global one, which
/// says everything). Seen, 2.3.1; the age is documented.
const DEFAULTS: [(&str, u32); 5] = [
    ("passwordMinLength", 8),
    ("passwordMinCategories", 3),
    ("passwordMinTokenLength", 3),
    ("passwordInHistory", 6),
    ("passwordMaxAge", 8_640_000),
];
/// What the checklist has no line for: any of these that is set makes the directory the judge.
const OWN_CHECKS: [&str; 14] = [
    "passwordMinDigits",
    "passwordMinAlphas",
    "passwordMinUppers",
    "passwordMinLowers",
    "passwordMinSpecials",
    "passwordMin8bit",
    "passwordMaxRepeats",
    "passwordMaxSequence",
    "passwordMaxSeqSets",
    "passwordMaxClassChars",
    "passwordPalindrome",
    "passwordDictCheck",
    "passwordBadWords",
    "passwordUserAttributes",
];

/// Reads a policy. `None`: its demands may not be read.
pub(super) fn read(entry: &Entry) -> Option<AccountPolicy> {
    // A policy that can be read says at least what it is.
    entry.first("objectClass")?;
    let number = |name| number(entry, name);
    let seconds = |name| number(name).map(|n| Duration::from_secs(n.into()));
    let small = |name| number(name).and_then(|n| u8::try_from(n).ok());
    let checked = is_on(entry, "passwordCheckSyntax");
    let remembers = number("passwordInHistory").filter(|_| is_on(entry, "passwordHistory"));
    Some(AccountPolicy {
        demands: DirectoryPolicy {
            min_length: number("passwordMinLength")
                .filter(|_| checked)
                .map(|n| (n, LengthUnit::Characters)),
            max_length: None,
            classes: small("passwordMinCategories")
                .filter(|_| checked)
                .map(|at_least| Classes {
                    at_least,
                    beyond_ascii: BeyondAscii::OneClass,
                }),
            names: small("passwordMinTokenLength")
                .filter(|_| checked)
                .map(NameCheck::Fragments),
            history: remembers,
            // Seen: it binds whoever resets, the Directory Manager too.
            history_on_reset: remembers.is_some(),
            min_age: seconds("passwordMinAge"),
            max_age: seconds("passwordMaxAge").filter(|_| is_on(entry, "passwordExp")),
            own_checks: checked && OWN_CHECKS.iter().any(|name| is_set(entry, name)),
            can_unlock: false,
        },
        locks: is_on(entry, "passwordLockout"),
        locks_at: number("passwordMaxFailure"),
        forgets_after: seconds("passwordResetFailureCount"),
        reckoned: None,
        lock_lasts: seconds("passwordLockoutDuration").filter(|_| !is_off(entry, "passwordUnlock")),
        // The end in the entry is enough.
        enforces_must_change: true,
    })
}

/// A policy whose demands may not be read: the directory has the last word.
pub(super) fn unreadable() -> AccountPolicy {
    AccountPolicy {
        demands: DirectoryPolicy {
            own_checks: true,
            ..DirectoryPolicy::default()
        },
        ..AccountPolicy::default()
    }
}

/// A number that demands something.
fn number(entry: &Entry, name: &str) -> Option<u32> {
    let said = entry.first(name).and_then(|text| text.trim().parse().ok());
    let unsaid = || DEFAULTS.iter().find(|(of, _)| *of == name).map(|(_, n)| *n);
    said.or_else(unsaid).filter(|n| *n > 0)
}

fn is_on(entry: &Entry, name: &str) -> bool {
    let value = entry.first(name);
    value.is_some_and(|text| ["on", "1"].iter().any(|on| text.eq_ignore_ascii_case(on)))
}

/// Said to be off.
fn is_off(entry: &Entry, name: &str) -> bool {
    let value = entry.first(name);
    value.is_some_and(|text| {
        ["off", "0"]
            .iter()
            .any(|off| text.eq_ignore_ascii_case(off))
    })
}

/// Neither absent nor empty, off or 0.
fn is_set(entry: &Entry, name: &str) -> bool {
    let value = entry.first(name).map(str::trim);
    value.is_some_and(|text| !text.is_empty()) && !is_off(entry, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(attributes: &[(&str, &str)]) -> AccountPolicy {
        let mut all = vec![("objectClass", "passwordpolicy")];
        all.extend(attributes);
        read(&Entry::for_tests("cn=config", &all)).unwrap()
    }

    #[test]
    fn a_whole_policy_is_read() {
        let read = policy(&[
            ("passwordCheckSyntax", "on"),
            ("passwordMinLength", "12"),
            ("passwordMinCategories", "3"),
            ("passwordHistory", "on"),
            ("passwordInHistory", "5"),
            ("passwordMinAge", "3600"),
            ("passwordExp", "on"),
            ("passwordMaxAge", "10368000"),
            ("passwordLockout", "on"),
            ("passwordUnlock", "on"),
            ("passwordLockoutDuration", "900"),
            ("passwordMaxRepeats", "0"),
            ("passwordPalindrome", "off"),
            ("passwordBadWords", ""),
        ]);
        assert_eq!(
            read.demands,
            DirectoryPolicy {
                min_length: Some((12, LengthUnit::Characters)),
                max_length: None,
                classes: Some(Classes {
                    at_least: 3,
                    beyond_ascii: BeyondAscii::OneClass
                }),
                names: Some(NameCheck::Fragments(3)),
                history: Some(5),
                history_on_reset: true,
                min_age: Some(Duration::from_secs(3600)),
                max_age: Some(Duration::from_secs(10_368_000)),
                own_checks: false,
                can_unlock: false,
            }
        );
        assert!(read.locks);
        assert_eq!(read.lock_lasts, Some(Duration::from_secs(900)));
    }

    #[test]
    fn a_local_policy_that_says_little_has_the_servers_defaults() {
        let demands = policy(&[
            ("passwordCheckSyntax", "on"),
            ("passwordHistory", "on"),
            ("passwordExp", "on"),
        ])
        .demands;
        assert_eq!(demands.min_length, Some((8, LengthUnit::Characters)));
        assert_eq!(demands.classes.map(|classes| classes.at_least), Some(3));
        assert_eq!(demands.names, Some(NameCheck::Fragments(3)));
        assert_eq!(demands.history, Some(6));
        assert_eq!(demands.max_age, Some(Duration::from_secs(100 * 86_400)));
        assert_eq!(policy(&[]).demands, DirectoryPolicy::default());
    }

    #[test]
    fn what_is_off_demands_nothing() {
        let off = policy(&[
            ("passwordCheckSyntax", "off"),
            ("passwordMinLength", "12"),
            ("passwordMinCategories", "3"),
            ("passwordMaxRepeats", "2"),
            ("passwordHistory", "off"),
            ("passwordInHistory", "5"),
            ("passwordExp", "off"),
            ("passwordMaxAge", "10368000"),
        ]);
        let nothing = AccountPolicy {
            enforces_must_change: true,
            ..AccountPolicy::default()
        };
        assert_eq!(off, nothing);
    }

    #[test]
    fn what_has_no_line_is_left_to_the_directory() {
        for (name, value) in [
            ("passwordMinDigits", "1"),
            ("passwordMaxRepeats", "2"),
            ("passwordPalindrome", "on"),
            ("passwordBadWords", "contoso"),
        ] {
            let demands = policy(&[("passwordCheckSyntax", "on"), (name, value)]).demands;
            assert!(demands.own_checks, "{name}");
        }
        let hidden = Entry::for_tests("cn=config", &[("cn", "config")]);
        assert_eq!(read(&hidden), None);
        assert!(unreadable().demands.own_checks);
    }
}
