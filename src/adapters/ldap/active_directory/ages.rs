//! How old a password is, when it ends, and whether it is locked.
//!
//! A controller reckons the last two itself when it is asked, which takes it longer than all else
//! that is asked of an entry: so they are reckoned here, from the policy that is read anyway, and
//! asked for only where that policy cannot be read, or where no policy is read for each entry.

use super::super::dialect::{AccountPolicy, Reckoned};
use super::super::session::Entry;
use super::{MUST_CHANGE, control, filetime, has};
use crate::domain::account::PasswordAge;
use crate::domain::time::Timestamp;

/// What the controller reckons (MS-ADTS, 3.1.1.4.5.17 and 3.1.1.4.5.36).
pub(super) const COMPUTED: [&str; 2] = [
    "msDS-User-Account-Control-Computed",
    "msDS-UserPasswordExpiryTimeComputed",
];

pub(super) fn age(entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> PasswordAge {
    let never = has(entry, "userAccountControl", control::NEVER_EXPIRES);
    let reckoned = policy.reckoned.or_else(|| told(entry));
    let Reckoned { locked, expires_at } = reckoned.unwrap_or_else(|| reckon(entry, policy, now));
    PasswordAge {
        changed_at: time(entry, "pwdLastSet"),
        expires_at,
        must_change: entry.first("pwdLastSet") == Some(MUST_CHANGE) && !never,
        locked,
        lockout: policy.lockout(wrong_passwords(entry, policy, now)),
    }
}

/// What the controller has reckoned. `None`: it was not asked.
pub(super) fn told(entry: &Entry) -> Option<Reckoned> {
    let [locked, expires_at] = COMPUTED;
    entry.first(expires_at).map(|_| Reckoned {
        locked: has(entry, locked, control::LOCKED),
        expires_at: time(entry, expires_at),
    })
}

/// The same from the policy that applies. A lock stays on the entry when it has ended.
fn reckon(entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> Reckoned {
    let unending = control::NEVER_EXPIRES | control::SMARTCARD | control::MACHINES;
    let expires_at = policy.expires_at(time(entry, "pwdLastSet"));
    Reckoned {
        locked: policy.still_locks(time(entry, "lockoutTime"), now),
        expires_at: expires_at.filter(|_| !has(entry, "userAccountControl", unending)),
    }
}

/// How many wrong passwords this controller counts now: it forgets them only when it looks.
fn wrong_passwords(entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> u32 {
    let count = entry
        .first("badPwdCount")
        .and_then(|text| text.trim().parse().ok());
    let last = time(entry, "badPasswordTime");
    count.filter(|_| policy.counts(last, now)).unwrap_or(0)
}

fn time(entry: &Entry, name: &str) -> Option<Timestamp> {
    entry.first(name).and_then(filetime::time)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_377_600);
    const DAY: Duration = Duration::from_secs(86_400);

    /// Passwords end after 120 days, locks after a quarter of an hour.
    fn policy() -> AccountPolicy {
        let mut policy = AccountPolicy {
            lock_lasts: Some(DAY / 96),
            ..AccountPolicy::default()
        };
        policy.demands.max_age = Some(DAY * 120);
        policy
    }

    fn at(entry: &[(&str, &str)], policy: &AccountPolicy) -> PasswordAge {
        age(&Entry::for_tests("CN=lin.wei", entry), policy, NOW)
    }

    fn ago(length: Duration) -> String {
        filetime::write(NOW.minus(length)).unwrap()
    }

    #[test]
    fn a_lock_ends_with_its_duration_or_never() {
        let locked = |since: &str, policy: &AccountPolicy| at(&[("lockoutTime", since)], policy);
        assert!(locked(&ago(DAY / 97), &policy()).locked);
        assert!(!locked(&ago(DAY / 96), &policy()).locked);
        assert!(!locked("0", &policy()).locked);
        assert!(!at(&[], &policy()).locked);
        let until_somebody_unlocks = AccountPolicy {
            lock_lasts: None,
            ..policy()
        };
        assert!(locked(&ago(DAY * 400), &until_somebody_unlocks).locked);
    }

    #[test]
    fn a_password_ends_its_maximum_age_after_the_change_unless_it_never_does() {
        let since = ago(DAY);
        let ends = |control: &str, set: &str, policy: &AccountPolicy| {
            at(
                &[("userAccountControl", control), ("pwdLastSet", set)],
                policy,
            )
            .expires_at
        };
        assert_eq!(ends("512", &since, &policy()), Some(NOW.plus(DAY * 119)));
        assert_eq!(ends("512", MUST_CHANGE, &policy()), None);
        assert_eq!(ends("512", &since, &AccountPolicy::default()), None);
        for unending in ["66048", "262656", "4096"] {
            assert_eq!(ends(unending, &since, &policy()), None, "{unending}");
        }
    }

    #[test]
    fn what_the_controller_tells_is_believed() {
        let (since, ends) = (ago(DAY), filetime::write(NOW.plus(DAY * 7)).unwrap());
        let told = [
            ("pwdLastSet", since.as_str()),
            ("msDS-UserPasswordExpiryTimeComputed", ends.as_str()),
            ("msDS-User-Account-Control-Computed", "16"),
        ];
        let age = at(&told, &policy());
        assert!(age.locked);
        assert_eq!(age.expires_at, Some(NOW.plus(DAY * 7)));

        let reckoned = Reckoned {
            locked: true,
            expires_at: None,
        };
        let unreadable = AccountPolicy {
            reckoned: Some(reckoned),
            ..policy()
        };
        let age = at(&[("pwdLastSet", since.as_str())], &unreadable);
        assert_eq!((age.locked, age.expires_at), (true, None));
    }
}
