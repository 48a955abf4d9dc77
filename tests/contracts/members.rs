//! The directory port for those whom WeCom vouches for: the way from a member to the account, and
//! passwords that work for one sign-in only.

use std::sync::Arc;

use rekey::adapters::ldap::LdapDirectory;
use rekey::domain::account::{Account, WecomUserId};
use rekey::flow::ports::{Landed, ProvingBind, SetOutcome};
use rekey::sim::ldap::SimLdap;

use crate::directory::{Company, TestClock, connect, open, settings, simulated_company, typed};
use crate::support::ds389::{self, Ds389};
use crate::support::grant::grant_for_one_sign_in;
use crate::support::samba::{self, Samba};
use crate::support::slapd::{self, Slapd};
use crate::{active_directory, ds389 as on_389};

/// What is chosen for one sign-in.
const TEMPORARY: &str = "For-One-Sign-In-7";
/// What is chosen there.
const CHOSEN: &str = "Chosen-By-Myself-8";

/// The mapping leads to one person, in any case, or to nobody (rule 9).
async fn finds_members(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    for userid in ["LinWei", "linwei", "LINWEI"] {
        assert_eq!(
            member(company, userid).await.as_ref(),
            Some(&lin),
            "{userid}"
        );
    }
    for nobody in ["TwinId", "twinid", "Nobody", "lin.wei", "Lin"] {
        assert_eq!(member(company, nobody).await, None, "{nobody}");
    }
}

async fn member(company: &Company<'_>, userid: &str) -> Option<Account> {
    let userid = WecomUserId::parse(userid).unwrap();
    company.directory.find_member(&userid).await.unwrap()
}

/// The password is set, works for a sign-in, and has to be changed there.
async fn sets_for_one_sign_in(company: &Company<'_>, login: &str, landed: Landed) {
    let account = company.employee(login).await;
    let mark = company.mark(&account).await;
    let grant = grant_for_one_sign_in(&account);
    let set = company
        .directory
        .set_password(grant, &account.dn, &mark, &typed(TEMPORARY))
        .await;
    assert_eq!(set, SetOutcome::Changed);
    let proof = company.prove(&account, &mark, TEMPORARY).await;
    assert_eq!(proof, ProvingBind::Works, "it proves itself all the same");
    assert_eq!(company.landed(&account, &mark).await, landed);
    let age = company.employee(login).await.age;
    assert!(age.must_change, "{age:?}");
}

/// What could not be made temporary is not set at all.
async fn refuses_to_set_for_one_sign_in(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let mark = company.mark(&lin).await;
    let grant = grant_for_one_sign_in(&lin);
    let set = company
        .directory
        .set_password(grant, &lin.dn, &mark, &typed(TEMPORARY))
        .await;
    assert!(matches!(set, SetOutcome::NotAsked(..)), "{set:?}");
}

/// A change that lasts ends it.
async fn a_lasting_one_ends_that(company: &Company<'_>, login: &str) {
    let account = company.employee(login).await;
    let set = company.set(&account, "Lasts-As-The-Policy-9").await;
    assert_eq!(set, SetOutcome::Changed);
    assert!(!company.employee(login).await.age.must_change);
}

#[tokio::test]
async fn openldap_asks_for_another_at_the_next_sign_in() {
    let slapd = Slapd::start();
    let directory = connect(&slapd);
    let company = Company {
        directory: &directory,
    };
    finds_members(&company).await;
    sets_for_one_sign_in(&company, "lin.wei", Landed::ByUs).await;
    let lin = slapd::dn("lin.wei");
    assert_eq!(slapd.entry(&lin, &["pwdReset"])["pwdreset"], ["TRUE"]);
    assert!(slapd.bind_works(&lin, TEMPORARY));
    assert!(
        !slapd.may_read_itself(&lin, TEMPORARY),
        "nothing but a change"
    );
    slapd.change_as_self("lin.wei", TEMPORARY, CHOSEN);
    assert!(slapd.may_read_itself(&lin, CHOSEN));
    sets_for_one_sign_in(&company, "twin.a", Landed::ByUs).await;
    a_lasting_one_ends_that(&company, "twin.a").await;
}

#[tokio::test]
async fn openldap_sets_nothing_where_it_could_not_be_made_temporary() {
    let slapd = Slapd::start();
    let mut settings = settings(&[slapd.ldaps_url()], slapd.ca_pem());
    settings.bind_dn = slapd::SETTER_DN.to_owned();
    let directory = open(settings);
    let company = Company {
        directory: &directory,
    };
    refuses_to_set_for_one_sign_in(&company).await;
    assert!(slapd.bind_works(&slapd::dn("lin.wei"), slapd::LIN_PASSWORD));
    // The same account may set what lasts.
    let lin = company.employee("lin.wei").await;
    assert_eq!(company.set(&lin, CHOSEN).await, SetOutcome::Changed);
}

#[tokio::test]
async fn openldap_sets_nothing_where_the_policy_would_not_ask_for_another() {
    let slapd = Slapd::start();
    slapd.modify_as_root(&format!(
        "dn: {}\nchangetype: modify\nreplace: pwdMustChange\npwdMustChange: FALSE\n",
        slapd::DEFAULT_POLICY
    ));
    let directory = connect(&slapd);
    let company = Company {
        directory: &directory,
    };
    refuses_to_set_for_one_sign_in(&company).await;
    assert!(slapd.bind_works(&slapd::dn("lin.wei"), slapd::LIN_PASSWORD));
    assert!(slapd.may_read_itself(&slapd::dn("lin.wei"), slapd::LIN_PASSWORD));
}

#[tokio::test]
async fn simulated_openldap_asks_for_another_at_the_next_sign_in() {
    let clock = Arc::new(TestClock);
    let entropy = Arc::new(rekey::adapters::entropy::OsEntropy);
    let sim = SimLdap::start(simulated_company(), clock.clone(), entropy)
        .await
        .unwrap();
    let mut settings = settings(&[sim.url()], "");
    settings.ca_pem = None;
    settings.starttls = false;
    settings.allow_plain_loopback = true;
    let directory = LdapDirectory::openldap(settings, clock).unwrap();
    let company = Company {
        directory: &directory,
    };
    finds_members(&company).await;
    sets_for_one_sign_in(&company, "lin.wei", Landed::ByUs).await;
    a_lasting_one_ends_that(&company, "lin.wei").await;
}

#[tokio::test]
async fn active_directory_asks_for_another_at_the_next_sign_in() {
    let samba = Samba::start();
    let directory = active_directory::connect(&samba);
    let company = Company {
        directory: &directory,
    };
    finds_members(&company).await;
    // No attribute says who it was, and the second time not even that there was a change.
    for login in ["lin.wei", "lin.wei", "must.change"] {
        sets_for_one_sign_in(&company, login, Landed::Unclear).await;
    }
    let lin = samba::dn("lin.wei");
    assert_eq!(samba.entry(&lin, &["pwdLastSet"])["pwdlastset"], ["0"]);
    let refused = samba.bind(&lin, TEMPORARY);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("data 773"), "must change first: {said}");
    a_lasting_one_ends_that(&company, "lin.wei").await;
    assert!(samba.bind_works(&lin, "Lasts-As-The-Policy-9"));
}

#[tokio::test]
async fn directory_389ds_asks_for_another_at_the_next_sign_in() {
    let server = Ds389::start();
    let directory = on_389::connect(&server);
    let company = Company {
        directory: &directory,
    };
    finds_members(&company).await;
    sets_for_one_sign_in(&company, "lin.wei", Landed::ByUs).await;
    let lin = ds389::dn("lin.wei");
    let read = server.run(
        "ldapsearch",
        &lin,
        TEMPORARY,
        &["-LLL", "-b", &lin, "-s", "base"],
    );
    assert!(!read.status.success(), "nothing but a change: {read:?}");
    server.change_as_self("lin.wei", TEMPORARY, CHOSEN);
    assert!(server.bind_works(&lin, CHOSEN));
    sets_for_one_sign_in(&company, "twin.a", Landed::ByUs).await;
    a_lasting_one_ends_that(&company, "twin.a").await;
}
