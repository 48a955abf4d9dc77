//! Passwords that end soon: the same question to each directory product.

use std::collections::BTreeMap;
use std::time::Duration;

use rekey::domain::remind::Window;
use rekey::domain::secret::Credential;
use rekey::domain::time::Timestamp;
use rekey::flow::ports::remind::{Expiries, Expiring};
use rekey::flow::ports::{Clock, DirectoryDown};

use crate::directory::{self, TestClock};
use crate::support::ds389::{self, Ds389};
use crate::support::samba::{self, Samba};
use crate::support::slapd::{self, STRICT_POLICY, Slapd};
use crate::{active_directory, ds389 as ds389_contract};

const DAY: Duration = Duration::from_secs(86_400);

fn now() -> Timestamp {
    TestClock.now().wall
}

/// Everybody whose password ends within `days`, by login name.
async fn expiring(
    directory: &dyn Expiries,
    days: u16,
    max_age: Duration,
) -> Result<BTreeMap<String, Expiring>, DirectoryDown> {
    let (pages, mut found) = tokio::sync::mpsc::channel(1);
    let scan = directory.expiring(Window::around(now(), days), max_age, pages);
    let take = async {
        let mut all = BTreeMap::new();
        while let Some(page) = found.recv().await {
            for one in page {
                let before = all.insert(one.login.clone(), one);
                assert_eq!(before, None, "nobody comes twice");
            }
        }
        all
    };
    let (scanned, all) = tokio::join!(scan, take);
    scanned.map(|()| all)
}

#[track_caller]
fn assert_logins(found: &BTreeMap<String, Expiring>, logins: &[&str]) {
    let found: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(found, logins);
}

/// `20261122201558Z`.
fn generalized(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.as_secs()).unwrap();
    at.strftime("%Y%m%d%H%M%SZ").to_string()
}

/// To the second, as this directory keeps times.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_secs(at.as_secs())
}

#[tokio::test]
async fn openldap_by_the_policy_of_each() {
    let slapd = Slapd::start();
    let directory = directory::connect(&slapd);
    slapd.modify_as_root(&format!(
        "dn: {STRICT_POLICY}\nchangetype: modify\nreplace: pwdMaxAge\npwdMaxAge: 5184000\n"
    ));
    let aged = |login: &str, days: u32| {
        let changed = now().minus(DAY * days);
        slapd.date_password(login, &generalized(changed));
        whole(changed)
    };
    let siti = aged("siti.rahma", 110);
    aged("nomap", 117);
    // Of the strict policy's 60 days.
    let sun = aged("sun.strict", 55);
    // Not yet, long ago, disabled.
    aged("admin.boss", 55);
    aged("zhang.min", 300);
    aged("budi.off", 110);
    // A policy that is not there: no policy, as to slapd, but the site's own 90 days.
    slapd.modify_as_root(&format!(
        "dn: {}\nchangetype: modify\nadd: pwdPolicySubentry\npwdPolicySubentry: cn=gone,{}\n",
        slapd::dn("double"),
        slapd::SUFFIX
    ));
    let double = aged("double", 85);

    let long = DAY * 365;
    let found = expiring(&directory, 14, long).await.unwrap();
    assert_logins(&found, &["nomap", "siti.rahma", "sun.strict"]);
    assert_eq!(found["siti.rahma"].ends, siti.plus(DAY * 120));
    assert_eq!(found["sun.strict"].ends, sun.plus(DAY * 60));
    assert!(found["siti.rahma"].has_wecom && !found["nomap"].has_wecom);
    assert_eq!(found["siti.rahma"].dn.as_str(), slapd::dn("siti.rahma"));

    // The site is stricter than one policy and laxer than the other.
    let found = expiring(&directory, 14, DAY * 90).await.unwrap();
    assert_logins(&found, &["double", "sun.strict"]);
    assert_eq!(found["double"].ends, double.plus(DAY * 90));
    assert_eq!(found["sun.strict"].ends, sun.plus(DAY * 60));
    // Stricter than all: one range for everybody.
    let found = expiring(&directory, 10, DAY * 60).await.unwrap();
    assert_logins(&found, &["admin.boss", "sun.strict"]);
}

#[tokio::test]
async fn openldap_page_by_page() {
    let slapd = Slapd::start();
    let directory = directory::connect(&slapd);
    let many: String = (0..2500)
        .map(|n| {
            format!(
                "dn: {}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: many{n:04}\ncn: M\nsn: M\n\
                 employeeNumber: many{n}\nuserPassword: Start-Passw0rd-1\n\n",
                slapd::dn(&format!("many{n:04}"))
            )
        })
        .collect();
    slapd.modify_as_root(&many);
    // lin.wei changed hers today as well.
    let found = expiring(&directory, 121, DAY * 365).await.unwrap();
    assert_eq!(found.len(), 2501);
    assert_logins(
        &expiring(&directory, 119 - 5, DAY * 365).await.unwrap(),
        &[],
    );
    // Nobody listens: no error, and no end of waiting.
    let (pages, found) = tokio::sync::mpsc::channel(1);
    drop(found);
    let window = Window::around(now(), 121);
    directory.expiring(window, DAY * 365, pages).await.unwrap();
}

#[tokio::test]
async fn a_directory_that_is_down_says_so() {
    let mut slapd = Slapd::start();
    let directory = directory::connect(&slapd);
    slapd.stop();
    let down = expiring(&directory, 14, DAY * 120).await;
    assert!(
        matches!(down, Err(DirectoryDown::Unreachable(_))),
        "{down:?}"
    );
    slapd.restart();
    let mut settings = directory::settings(&slapd.urls(), slapd.ca_pem());
    settings.bind_password = Credential::new("Not-The-Password".to_owned());
    let wrong = directory::open(settings);
    let down = expiring(&wrong, 14, DAY * 120).await;
    assert!(
        matches!(down, Err(DirectoryDown::Misconfigured(_))),
        "{down:?}"
    );
}

#[tokio::test]
async fn active_directory_by_domain_and_fine_grained_policy() {
    let samba = Samba::start();
    let directory = active_directory::connect(&samba);
    // Everybody's password is new: the domain gives it 120 days, the PSO of one of them 60.
    let found = expiring(&directory, 60, DAY * 365).await.unwrap();
    assert_logins(&found, &["sun.strict"]);
    let ends = |login: &str, days: u32| {
        let entry = samba.entry(&samba::dn(login), &["pwdLastSet"]);
        let units: i64 = entry["pwdlastset"][0].parse().unwrap();
        Timestamp::from_millis(units / 10_000 - 11_644_473_600_000).plus(DAY * days)
    };
    assert_eq!(found["sun.strict"].ends, ends("sun.strict", 60));
    assert!(found["sun.strict"].has_wecom);
    // Of the others those who can sign in, protected ones too; not who has to change it anyway,
    // whose ended long ago, who are no people, are disabled, or sign in with a card.
    let found = expiring(&directory, 121, DAY * 365).await.unwrap();
    let protected = ["ada.admin", "admin.boss", "primary.boss", "web.service"];
    for login in protected.iter().chain(&["lin.wei", "nomap", "twin.a"]) {
        let Some(one) = found.get(*login) else {
            panic!("{login} is not in {found:?}");
        };
        assert_eq!(one.ends, ends(login, 120), "{login}");
    }
    for login in [
        "must.change",
        "zhang.min",
        "budi.off",
        "old.contract",
        "smart.card",
        "PC1$",
        "svc1$",
    ] {
        assert!(!found.contains_key(login), "{login}");
    }
    assert!(!found["nomap"].has_wecom);
    // The site's own 30 days come first for everybody.
    let found = expiring(&directory, 31, DAY * 30).await.unwrap();
    assert_eq!(found["sun.strict"].ends, ends("sun.strict", 30));
    assert_eq!(found["lin.wei"].ends, ends("lin.wei", 30));
    // An administrator lets a password last for ever.
    samba.modify_as_admin(&format!(
        "dn: {}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 66048\n",
        samba::dn("lin.wei")
    ));
    let found = expiring(&directory, 31, DAY * 30).await.unwrap();
    assert!(!found.contains_key("lin.wei"));
}

/// The server looks through so few entries for everybody but the account that may go on.
#[tokio::test]
async fn ds389_page_by_page() {
    let server = Ds389::start();
    let ends = generalized(now().plus(DAY * 5));
    let many: String = (0..120)
        .map(|n| {
            format!(
                "dn: {}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: many{n}\ncn: M\nsn: M\n\
                 employeeNumber: many{n}\npasswordExpirationTime: {ends}\n\n",
                ds389::dn(&format!("many{n}"))
            )
        })
        .collect();
    server.modify_as_root(&many);
    server.modify_as_root(
        "dn: cn=config,cn=ldbm database,cn=plugins,cn=config\nchangetype: modify\n\
         replace: nsslapd-lookthroughlimit\nnsslapd-lookthroughlimit: 50\n",
    );
    let found = expiring(&ds389_contract::connect(&server), 14, DAY * 365).await;
    let found = found.unwrap();
    let of_many = found.keys().filter(|login| login.starts_with("many"));
    assert_eq!(of_many.count(), 120);
    let blind = ds389_contract::connect_as(&server, ds389::BLIND_DN);
    // Whoever may not: an error, and no half of an answer that looks like all of it.
    let cut = expiring(&blind, 14, DAY * 365).await;
    assert!(cut.is_err(), "{cut:?}");
}

#[tokio::test]
async fn ds389_by_global_and_local_policy() {
    let server = Ds389::start();
    let directory = ds389_contract::connect(&server);
    let ends = |login: &str, days: u32| {
        let at = now().plus(DAY * days);
        server.modify_as_root(&format!(
            "dn: {}\nchangetype: modify\nreplace: passwordExpirationTime\n\
             passwordExpirationTime: {}\n",
            ds389::dn(login),
            generalized(at)
        ));
        whole(at)
    };
    let siti = ends("siti.rahma", 5);
    let sun = ends("sun.strict", 9);
    ends("nomap", 14);
    ends("admin.boss", 40);
    ends("budi.off", 3);
    // zhang.min's ended long ago, must.change has to change it, lin.wei changed it just now.
    let found = expiring(&directory, 14, DAY * 365).await.unwrap();
    assert_logins(&found, &["nomap", "siti.rahma", "sun.strict"]);
    assert_eq!(found["siti.rahma"].ends, siti);
    assert_eq!(found["sun.strict"].ends, sun);
    assert!(found["siti.rahma"].has_wecom && !found["nomap"].has_wecom);
    // The site is stricter: the last change counts as well, which the server keeps.
    let lin = server.ldif_of(&ds389::dn("lin.wei"), "pwdUpdateTime");
    let changed = jiff::civil::DateTime::strptime("pwdUpdateTime: %Y%m%d%H%M%SZ", lin).unwrap();
    let changed = changed
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp();
    let found = expiring(&directory, 14, DAY * 10).await.unwrap();
    let by_site = Timestamp::from_secs(changed.as_second()).plus(DAY * 10);
    assert_eq!(found["lin.wei"].ends, by_site);
    // By the site's rule hers, as old as its end tells, has ended long ago.
    assert!(!found.contains_key("siti.rahma"));
}
