//! Contoso, as a first-time user and `boot` find it.

use std::collections::HashSet;

use ldap3::{Ldap, LdapConnAsync, Scope, SearchEntry};

use super::*;
use crate::sim::clock::{SeededEntropy, SimClock};
use crate::sim::phone::read_messages;

async fn contoso() -> (Company, Arc<SimClock>) {
    let clock = Arc::new(SimClock::at(Timestamp::from_secs(1_795_000_000)));
    let entropy = Arc::new(SeededEntropy::new(5));
    (Company::start(clock.clone(), entropy).await.unwrap(), clock)
}

async fn service(company: &Company) -> Ldap {
    let (conn, mut ldap) = LdapConnAsync::new(&company.ldap_url).await.unwrap();
    tokio::spawn(conn.drive());
    let bind = ldap.simple_bind(&company.bind_dn, &company.bind_password);
    bind.await.unwrap().success().unwrap();
    ldap
}

fn person(login: &str) -> &'static Person {
    let mut people = PEOPLE_OF_CONTOSO.iter();
    people.find(|person| person.login == login).unwrap()
}

#[tokio::test]
async fn the_service_account_finds_each_person_once_by_login_and_by_wecom_userid() {
    let (company, _) = contoso().await;
    let mut ldap = service(&company).await;
    let mut userids = HashSet::new();
    for person in &PEOPLE_OF_CONTOSO {
        let filter = format!("(uid={})", person.login);
        let found = ldap
            .search(&company.people_base, Scope::Subtree, &filter, vec!["*"])
            .await
            .unwrap();
        assert_eq!(found.0.len(), 1, "{filter}");
        let entry = SearchEntry::construct(found.0.into_iter().next().unwrap());
        assert_eq!(entry.attrs["displayName"], [person.name]);
        match person.wecom {
            Some(userid) => assert!(userids.insert(userid.to_lowercase())),
            None => assert!(!entry.attrs.contains_key("employeeNumber")),
        }
    }
}

#[tokio::test]
async fn everybody_is_in_the_state_the_demo_tells_of() {
    let (company, clock) = contoso().await;
    let state = |login| state(&company.ldap, person(login), clock.now().wall);
    assert_eq!(state("lin.wei"), "password works for 3 more days");
    assert_eq!(state("siti.rahma"), "password expired");
    assert_eq!(state("john.miller"), "locked: too many wrong passwords");
    let admins = company.ldap.attribute(&company.protected_group, "member");
    assert_eq!(admins, [person("ada.admin").dn()]);
    let lock = company
        .ldap
        .attribute(&person("gone.away").dn(), "pwdAccountLockedTime");
    assert_eq!(lock, ["000001010000Z"]);
    assert_eq!(person("new.hire").wecom, None);
    assert!(
        PEOPLE_OF_CONTOSO
            .iter()
            .any(|person| person.name == "王小明")
    );
}

#[tokio::test]
async fn the_phone_page_lists_everybody_and_follows_a_change() {
    let (company, _) = contoso().await;
    assert_eq!(read_messages(&company.phone_url).await.unwrap(), []);
    let lines = company.roster();
    assert_eq!(lines.len(), PEOPLE_OF_CONTOSO.len());

    let mut ldap = service(&company).await;
    let siti = person("siti.rahma").dn();
    let change = ldap3::exop::PasswordModify {
        user_id: Some(&siti),
        old_pass: None,
        new_pass: Some("Violet-Harbour-88"),
    };
    ldap.extended(change).await.unwrap().1.success().unwrap();
    let lines = company.roster();
    assert_eq!(lines[1].state, "password works for 120 more days");
}
