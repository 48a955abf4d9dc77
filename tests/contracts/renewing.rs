//! Old passwords and locks, at every directory: what a bind with the old password proves and what
//! it costs, and that a lock ends without a new password.

use rekey::adapters::entropy::OsEntropy;
use rekey::flow::ports::{Directory, OldPasswordVerdict, ProvingBind, SetOutcome};
use rekey::sim::ldap::SimLdap;

use crate::directory::{self as openldap, Company, TestClock, typed};
use crate::support::ds389::Ds389;
use crate::support::grant::grant_for;
use crate::support::samba::Samba;
use crate::support::slapd::{self, Slapd};
use crate::{active_directory, ds389};

const WRONG: &str = "Not-This-One-1";

async fn judged(company: &Company<'_>, login: &str, old: &str) -> OldPasswordVerdict {
    let account = company.employee(login).await;
    let judged = company
        .directory
        .judge_old(Some(&account.dn), &typed(old))
        .await;
    judged.unwrap()
}

async fn can_unlock(company: &Company<'_>, login: &str) -> bool {
    let account = company.employee(login).await;
    let policy = company.directory.policy(&account).await.unwrap();
    policy.can_unlock
}

/// The right one is a proof; a wrong one is counted where everybody's are, and the right one
/// ends that.
async fn judges_an_old_password(company: &Company<'_>, password: &str) {
    let nomap = company.employee("nomap").await;
    assert_eq!(nomap.age.lockout.locks_at, Some(5));
    assert_eq!(nomap.age.lockout.wrong, 0);
    let nobody = company.directory.judge_old(None, &typed(password)).await;
    assert_eq!(nobody, Ok(OldPasswordVerdict::Wrong));
    assert_eq!(
        judged(company, "nomap", WRONG).await,
        OldPasswordVerdict::Wrong
    );
    let counted = company.employee("nomap").await.age.lockout;
    assert_eq!(counted.wrong, 1);
    assert!(counted.bears_a_wrong_one());
    assert_eq!(
        judged(company, "nomap", password).await,
        OldPasswordVerdict::Right
    );
    assert_eq!(company.employee("nomap").await.age.lockout.wrong, 0);
}

/// What is said of an expired password, said of the right one only.
async fn judges_an_expired_one(company: &Company<'_>, password: &str, says: OldPasswordVerdict) {
    assert_eq!(
        judged(company, "zhang.min", WRONG).await,
        OldPasswordVerdict::Wrong
    );
    assert_eq!(judged(company, "zhang.min", password).await, says);
}

/// A lock ends, its count with it, and the password is what it was; for the grant's account only.
async fn unlocks_and_changes_nothing_else(company: &Company<'_>, password: &str) {
    let siti = company.employee("siti.rahma").await;
    assert!(siti.age.locked);
    assert!(!siti.age.lockout.bears_a_wrong_one());
    assert_eq!(
        judged(company, "siti.rahma", password).await,
        OldPasswordVerdict::Wrong,
        "a locked account proves nothing"
    );
    assert!(can_unlock(company, "siti.rahma").await);
    assert!(
        !can_unlock(company, "nomap").await,
        "there is nothing to unlock"
    );
    let mark = company.mark(&siti).await;
    let lin = company.employee("lin.wei").await;
    let others = company
        .directory
        .unlock(grant_for(&lin), &siti.dn, &mark)
        .await;
    assert!(matches!(others, SetOutcome::NotAsked(..)), "{others:?}");
    assert!(company.employee("siti.rahma").await.age.locked);

    let directory = company.directory;
    let unlocked = directory.unlock(grant_for(&siti), &siti.dn, &mark).await;
    assert_eq!(unlocked, SetOutcome::Changed);
    let age = company.employee("siti.rahma").await.age;
    assert!(!age.locked);
    assert_eq!(age.lockout.wrong, 0);
    assert_eq!(age.changed_at, siti.age.changed_at);
    let proof = company.prove(&siti, &mark, password).await;
    assert_eq!(proof, ProvingBind::Works);
    // Pressed twice, or ended by itself meanwhile: the account is open, and that is what counts.
    let mark = company.mark(&siti).await;
    let again = directory.unlock(grant_for(&siti), &siti.dn, &mark).await;
    assert_eq!(again, SetOutcome::Changed);
}

async fn at_openldap(directory: &dyn Directory) {
    let company = Company { directory };
    judges_an_old_password(&company, slapd::START_PASSWORD).await;
    judges_an_expired_one(&company, slapd::START_PASSWORD, OldPasswordVerdict::Expired).await;
    unlocks_and_changes_nothing_else(&company, slapd::START_PASSWORD).await;
}

#[tokio::test]
async fn old_passwords_and_locks_at_openldap() {
    let slapd = Slapd::start();
    at_openldap(&openldap::connect(&slapd)).await;
}

#[tokio::test]
async fn old_passwords_and_locks_at_the_simulated_openldap() {
    let setup = openldap::simulated_company();
    let clock = std::sync::Arc::new(TestClock);
    let ldap = SimLdap::start(setup, clock, std::sync::Arc::new(OsEntropy)).await;
    let ldap = ldap.unwrap();
    at_openldap(&openldap::open(openldap::simulated(&ldap))).await;
}

#[tokio::test]
async fn without_the_right_a_lock_only_ends_with_a_new_password() {
    let slapd = Slapd::start();
    let directory = openldap::open(openldap::as_reader(&slapd));
    let company = Company {
        directory: &directory,
    };
    assert!(company.employee("siti.rahma").await.age.locked);
    assert!(!can_unlock(&company, "siti.rahma").await);
}

#[tokio::test]
async fn old_passwords_and_locks_at_active_directory() {
    let samba = Samba::start();
    let directory = active_directory::connect(&samba);
    let company = Company {
        directory: &directory,
    };
    let password = crate::support::samba::START_PASSWORD;
    judges_an_old_password(&company, password).await;
    judges_an_expired_one(&company, password, OldPasswordVerdict::Right).await;
    assert_eq!(
        judged(&company, "must.change", password).await,
        OldPasswordVerdict::Right
    );
    unlocks_and_changes_nothing_else(&company, password).await;
}

#[tokio::test]
async fn old_passwords_and_locks_at_389ds() {
    let server = Ds389::start();
    let directory = ds389::connect(&server);
    let company = Company {
        directory: &directory,
    };
    let password = crate::support::ds389::START_PASSWORD;
    judges_an_old_password(&company, password).await;
    judges_an_expired_one(&company, password, OldPasswordVerdict::Expired).await;
    assert_eq!(
        judged(&company, "must.change", password).await,
        OldPasswordVerdict::Right
    );
    unlocks_and_changes_nothing_else(&company, password).await;
}
