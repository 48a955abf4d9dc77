//! What OpenLDAP's answers mean: to a change, and in the entry itself.

use ldap3::LdapResult;

use super::super::dialect::{AccountPolicy, Marks};
use super::super::dn;
use super::super::gentime;
use super::super::ppolicy;
use super::super::session::Entry;
use crate::domain::time::Timestamp;
use crate::flow::ports::{ChangeMark, DirectoryRefusal, Landed};

/// slapd tells "as now" from "in history" by its text only.
const SAME: &str = "not being changed from existing value";

/// Why the exop was refused, in the overlay's own words.
pub(super) fn refusal(result: &LdapResult) -> Option<DirectoryRefusal> {
    match ppolicy::refusal(result)? {
        DirectoryRefusal::InHistory if result.text.contains(SAME) => Some(DirectoryRefusal::Same),
        other => Some(other),
    }
}

/// Whether the entry shows a change since `mark`. The service account writes nothing but
/// passwords, so that a last write by it is one.
///
/// The overlay stamps the entry too, as the database's rootdn, when it counts or forgives a wrong
/// password: the last writer says nothing while the password is as it was, and once it is not, a
/// wrong password since hides who changed it.
pub(super) fn compare(mark: &ChangeMark, marks: &Marks, bind_dn: &str) -> Landed {
    let by_us = dn::normalised(&marks.modifier) == dn::normalised(bind_dn);
    if marks.entry == mark.entry_mark {
        Landed::NotYet
    } else if by_us {
        Landed::ByUs
    } else if marks.password == mark.password_mark {
        Landed::NotYet
    } else {
        Landed::Unclear
    }
}

/// How many wrong passwords slapd counts now. It forgets old ones only when it looks.
pub(super) fn wrong_passwords(entry: &Entry, policy: &AccountPolicy, now: Timestamp) -> u32 {
    let counts = |text: &str| {
        // Fractions of a second are of no matter; what cannot be read counts.
        let seconds = text
            .split_once('.')
            .map_or(text.to_owned(), |(at, _)| format!("{at}Z"));
        policy.counts(gentime::parse(&seconds), now)
    };
    let failures = entry.all("pwdFailureTime").iter();
    let counted = failures.filter(|text| counts(text)).count();
    u32::try_from(counted).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ports::ServerUrl;

    fn marks(entry: &str, password: &str, modifier: &str) -> Marks {
        Marks {
            entry: entry.to_owned(),
            password: password.to_owned(),
            modifier: modifier.to_owned(),
        }
    }

    #[test]
    fn a_change_since_the_mark_is_ours_or_unclear() {
        let mark = ChangeMark {
            server: ServerUrl("ldaps://ldap1".to_owned()),
            entry_mark: "csn1".to_owned(),
            password_mark: "time1".to_owned(),
        };
        let (us, admin) = ("cn=rekey,dc=test", "cn=admin,dc=test");
        for (marks, landed) in [
            (marks("csn1", "time1", admin), Landed::NotYet),
            (marks("csn1", "time1", us), Landed::NotYet),
            (marks("csn2", "time2", "CN=Rekey, dc=test"), Landed::ByUs),
            // Changed twice within the second that pwdChangedTime counts in.
            (marks("csn2", "time1", us), Landed::ByUs),
            // Somebody corrected the telephone number.
            (marks("csn2", "time1", admin), Landed::NotYet),
            (marks("csn2", "time2", admin), Landed::Unclear),
        ] {
            assert_eq!(compare(&mark, &marks, us), landed);
        }
    }

    #[test]
    fn forgotten_wrong_passwords_do_not_count() {
        let entry = Entry::for_tests(
            "uid=lin.wei",
            &[
                ("pwdFailureTime", "20261127122149.940913Z"),
                ("pwdFailureTime", "20261127122250Z"),
                ("pwdFailureTime", "unreadable"),
            ],
        );
        let now = gentime::parse("20261127122255Z").unwrap();
        let mut policy = AccountPolicy::default();
        assert_eq!(wrong_passwords(&entry, &policy, now), 3);
        policy.forgets_after = Some(std::time::Duration::from_secs(60));
        assert_eq!(wrong_passwords(&entry, &policy, now), 2);
    }
}
