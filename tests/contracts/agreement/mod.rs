//! A rule that the screen shows as met is not refused by the directory afterwards, except for what
//! only the directory can know (its history, its minimum age): tried with thousands of passwords
//! at the borders, against the real servers.
//!
//! The site asks for nothing of its own here, so that the directory's own rules are what is
//! compared.

mod candidates;

use std::time::Duration;

use rekey::domain::policy::{Policy, Rule, SitePolicy, Verdict};
use rekey::domain::secret::Password;
use rekey::flow::ports::{Directory, DirectoryRefusal, ProvingBind, SetOutcome};

use crate::directory::Company;
use crate::support::ds389::Ds389;
use crate::support::figures;
use crate::support::grant::grant_for;
use crate::support::samba::Samba;
use crate::support::slapd::{STRICT_POLICY, Slapd};
use crate::{active_directory, directory, ds389};

/// What came of the passwords that were tried.
#[derive(Default)]
struct Tally {
    tried: usize,
    accepted_by_both: usize,
    refused_by_both: usize,
    /// Only the directory could know.
    in_history: usize,
    /// Such as a name that the directory does not look for.
    refused_by_the_screen_alone: usize,
    /// No password to rekey at all: longer than 128 characters.
    not_sent: usize,
    disagreements: Vec<String>,
}

/// Offers `count` passwords to the screen's rules and to the directory.
async fn compare(tally: &mut Tally, directory: &dyn Directory, login: &str, count: usize) {
    let company = Company { directory };
    let account = company.employee(login).await;
    let policy = Policy {
        directory: directory.policy(&account).await.unwrap(),
        site: SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 1,
            min_strength: 0,
            words: Vec::new(),
        },
        person_words: account.person_words.clone(),
        old: None,
    };
    assert!(!policy.directory.own_checks, "{login}");
    let mark = company.mark(&account).await;
    for typed in candidates::borderline(count, &policy.directory, &account.person_words) {
        tally.tried += 1;
        let Ok(password) = Password::new(&typed) else {
            tally.not_sent += 1;
            continue;
        };
        // The list is the same for both kinds of report; this one wastes no time on strength.
        let report = policy.report_live(&password);
        let set = directory
            .set_password(grant_for(&account), &account.dn, &mark, &password)
            .await;
        let agrees = match (report.acceptable(), &set) {
            (true, SetOutcome::Changed) => {
                tally.accepted_by_both += 1;
                // What was set is what was typed.
                !tally.accepted_by_both.is_multiple_of(10)
                    || directory.prove(&account.dn, &mark.server, &password).await
                        == ProvingBind::Works
            }
            (_, SetOutcome::Refused(_, DirectoryRefusal::InHistory)) => {
                tally.in_history += 1;
                true
            }
            (false, SetOutcome::Refused(..)) => {
                tally.refused_by_both += 1;
                true
            }
            (false, SetOutcome::Changed) => {
                tally.refused_by_the_screen_alone += 1;
                // Lengths are counted as the directory counts them, neither more nor less.
                report.lines.iter().any(|(rule, verdict)| {
                    *verdict == Verdict::NotMet && !matches!(rule, Rule::MinLength { .. })
                })
            }
            _ => false,
        };
        if !agrees {
            let line = format!("{login} {typed:?}: {set:?}, {:?}", report.lines);
            tally.disagreements.push(line);
        }
    }
}

impl Tally {
    fn conclude(&self, server: &str) {
        let Self {
            tried,
            accepted_by_both,
            refused_by_both,
            in_history,
            refused_by_the_screen_alone,
            not_sent,
            disagreements,
        } = self;
        figures::publish(
            &format!("policy agreement with {server}"),
            &format!(
                "{tried} passwords: {accepted_by_both} accepted by both, {refused_by_both} refused \
                 by both, {in_history} in the history, {refused_by_the_screen_alone} refused by \
                 the screen alone, {not_sent} not sent, {} accepted by the screen and refused by \
                 the directory",
                disagreements.len()
            ),
        );
        // Both sides of the border were met.
        assert!(*accepted_by_both > tried / 10 && *refused_by_both > tried / 50);
        let some: Vec<_> = disagreements.iter().take(20).collect();
        assert!(some.is_empty(), "{}: {some:#?}", disagreements.len());
    }
}

#[tokio::test]
async fn slapd_agrees_with_the_screen() {
    let slapd = Slapd::start();
    slapd.modify_as_root(&format!(
        "dn: {STRICT_POLICY}\nchangetype: modify\nreplace: pwdMinAge\npwdMinAge: 0\n"
    ));
    let directory = directory::connect(&slapd);
    let mut tally = Tally::default();
    compare(&mut tally, &directory, "lin.wei", 6_000).await;
    compare(&mut tally, &directory, "sun.strict", 4_000).await;
    tally.conclude("slapd");
}

#[tokio::test]
async fn active_directory_agrees_with_the_screen() {
    let samba = Samba::start();
    let directory = active_directory::connect(&samba);
    let mut tally = Tally::default();
    compare(&mut tally, &directory, "lin.wei", 500).await;
    compare(&mut tally, &directory, "sun.strict", 500).await;
    tally.conclude("Active Directory (Samba)");
}

#[tokio::test]
async fn ds389_agrees_with_the_screen() {
    let server = Ds389::start();
    // How it keeps passwords is beside the point.
    server.modify_as_root(
        "dn: cn=config\nchangetype: modify\nreplace: passwordStorageScheme\n\
         passwordStorageScheme: SSHA512\n",
    );
    server.modify_as_root(&format!(
        "dn: {}\nchangetype: modify\nreplace: passwordMinAge\npasswordMinAge: 0\n",
        crate::support::ds389::STRICT_POLICY
    ));
    let directory = ds389::connect(&server);
    let mut tally = Tally::default();
    compare(&mut tally, &directory, "lin.wei", 600).await;
    compare(&mut tally, &directory, "sun.strict", 400).await;
    tally.conclude("389 Directory Server");
}
