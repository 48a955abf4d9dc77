//! The directory port on 389 Directory Server: what every directory promises, and what only this
//! one has.

use std::sync::Arc;
use std::time::Duration;

use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::domain::account::{Standing, WecomUserId};
use rekey::domain::policy::{BeyondAscii, Classes, LengthUnit};
use rekey::domain::secret::Credential;
use rekey::flow::ports::{Clock, Directory, DirectoryRefusal, Landed, ProvingBind, SetOutcome};

use crate::directory::{
    Company, TestClock, asks_only_servers_it_knows, changes_only_the_account_of_the_grant,
    looks_for_people, refusal,
};
use crate::support::ds389::{
    ADMINS, BLIND_DN, Ds389, LIN_PASSWORD, PEOPLE, READER_DN, SERVICE_DN, SERVICE_PASSWORD,
    START_PASSWORD, dn,
};

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn settings(server: &Ds389) -> LdapSettings {
    LdapSettings {
        urls: vec![server.ldaps_url()],
        starttls: false,
        ca_pem: Some(server.ca_pem().as_bytes().to_vec()),
        allow_plain_loopback: false,
        bind_dn: SERVICE_DN.to_owned(),
        bind_password: Credential::new(SERVICE_PASSWORD.to_owned()),
        people_base: PEOPLE.to_owned(),
        login_attributes: vec!["uid".to_owned()],
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: Some("preferredLanguage".to_owned()),
        protected_groups: vec![ADMINS.to_owned()],
        default_policy_dn: None,
    }
}

pub(crate) fn connect(server: &Ds389) -> LdapDirectory {
    open(settings(server))
}

pub(crate) fn open(settings: LdapSettings) -> LdapDirectory {
    LdapDirectory::ds389(settings, Arc::new(TestClock)).unwrap()
}

/// As another service account.
pub(crate) fn connect_as(server: &Ds389, bind_dn: &str) -> LdapDirectory {
    open(LdapSettings {
        bind_dn: bind_dn.to_owned(),
        ..settings(server)
    })
}

async fn finds_an_employee_and_nobody_else(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    assert_eq!(lin.login, "lin.wei");
    assert_eq!(lin.display_name, "Lin Wei");
    assert_eq!(lin.wecom, WecomUserId::parse("LinWei"));
    assert_eq!(lin.language.as_deref(), Some("zh-CN"));
    assert_eq!(company.employee("LIN.Wei").await.key, lin.key);
    for nobody in ["attacker", "*", "lin*", "lin.wei)(uid=*", "double"] {
        assert_eq!(company.find(nobody).await, None, "{nobody}");
    }
    assert!(company.find("double2").await.is_some());
    let again = company.directory.reread(&lin.key, &lin.dn).await.unwrap();
    assert_eq!(again.as_ref(), Some(&lin));
}

async fn knows_how_everybody_stands(company: &Company<'_>) {
    for (login, standing) in [
        ("lin.wei", Standing::Eligible),
        ("siti.rahma", Standing::Eligible),
        ("zhang.min", Standing::Eligible),
        ("must.change", Standing::Eligible),
        ("budi.off", Standing::Disabled),
        // nested, with a cycle
        ("admin.boss", Standing::Guarded),
    ] {
        assert_eq!(company.employee(login).await.standing, standing, "{login}");
    }
    for unmapped in ["nomap", "twin.a", "twin.b"] {
        assert_eq!(company.employee(unmapped).await.wecom, None, "{unmapped}");
    }
}

async fn knows_how_old_passwords_are(company: &Company<'_>) {
    let now = TestClock.now().wall;
    let lin = company.employee("lin.wei").await.age;
    let changed = lin.changed_at.expect("changed through the server");
    assert!(changed <= now);
    assert_eq!(lin.expires_at, Some(changed.plus(DAY * 120)));
    assert!(!lin.locked && !lin.must_change);
    assert!(company.employee("siti.rahma").await.age.locked);
    assert!(company.employee("zhang.min").await.age.expires_at.unwrap() < now);
    assert!(company.employee("must.change").await.age.must_change);
    // In before there was a policy.
    let nomap = company.employee("nomap").await.age;
    assert!(nomap.changed_at.is_none() && nomap.expires_at.is_none());
}

async fn knows_the_policy(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let policy = company.directory.policy(&lin).await.unwrap();
    assert_eq!(policy.min_length, Some((12, LengthUnit::Characters)));
    assert_eq!(
        policy.classes,
        Some(Classes {
            at_least: 3,
            beyond_ascii: BeyondAscii::OneClass
        })
    );
    assert_eq!(policy.history, Some(5));
    assert!(policy.history_on_reset && !policy.own_checks);
    assert_eq!(policy.max_age, Some(DAY * 120));

    let sun = company.employee("sun.strict").await;
    let policy = company.directory.policy(&sun).await.unwrap();
    assert_eq!(policy.min_length, Some((16, LengthUnit::Characters)));
    assert_eq!(policy.history, Some(10));
    assert_eq!(policy.min_age, Some(DAY));
    assert_eq!(policy.max_age, Some(DAY * 60));
}

async fn changes_and_proves(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let mark = company.mark(&lin).await;
    assert_eq!(company.landed(&lin, &mark).await, Landed::NotYet);
    let new = "Grün-文字-😀-Brand-New-3";
    assert_eq!(company.prove(&lin, &mark, new).await, ProvingBind::Wrong);
    let landed = company.landed(&lin, &mark).await;
    assert_eq!(landed, Landed::NotYet, "a wrong password is no change");
    assert_eq!(company.set_at(&lin, &mark, new).await, SetOutcome::Changed);
    assert_eq!(company.prove(&lin, &mark, new).await, ProvingBind::Works);
    assert_eq!(company.landed(&lin, &mark).await, Landed::ByUs);
    let old = company.prove(&lin, &mark, LIN_PASSWORD).await;
    assert_eq!(old, ProvingBind::Wrong);
}

/// Also the "must change" that this directory puts on what somebody else has set.
async fn mends_lock_expiry_and_must_change(company: &Company<'_>) {
    for login in ["siti.rahma", "zhang.min", "must.change"] {
        let account = company.employee(login).await;
        let mark = company.mark(&account).await;
        let new = "Works-Again-Today-4";
        let set = company.set_at(&account, &mark, new).await;
        assert_eq!(set, SetOutcome::Changed, "{login}");
        let proof = company.prove(&account, &mark, new).await;
        assert_eq!(proof, ProvingBind::Works, "{login}");
        let age = company.employee(login).await.age;
        assert!(!age.locked && !age.must_change, "{login}: {age:?}");
        let left = age.expires_at.unwrap().since(TestClock.now().wall);
        assert!((DAY * 119..=DAY * 120).contains(&left), "{login}: {left:?}");
    }
}

async fn refuses_with_the_reason(company: &Company<'_>) {
    let nomap = company.employee("nomap").await;
    let mark = company.mark(&nomap).await;
    // One number for everything about syntax.
    for password in ["Sh0rt!", "onlysmallletters"] {
        match company.set(&nomap, password).await {
            SetOutcome::Refused(grant, reason) => {
                assert_eq!(reason, DirectoryRefusal::Quality);
                assert_eq!(grant.account(), &nomap.key);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(company.landed(&nomap, &mark).await, Landed::NotYet);
    let old = company.prove(&nomap, &mark, START_PASSWORD).await;
    assert_eq!(old, ProvingBind::Works);
    let new = "Second-Passw0rd-5";
    assert_eq!(company.set(&nomap, new).await, SetOutcome::Changed);
    let used = company.set(&nomap, START_PASSWORD).await;
    assert_eq!(refusal(used), DirectoryRefusal::InHistory);
    let same = company.set(&nomap, new).await;
    assert_eq!(refusal(same), DirectoryRefusal::InHistory);

    let sun = company.employee("sun.strict").await;
    let short = company.set(&sun, "Twelve-Chars1").await;
    assert_eq!(refusal(short), DirectoryRefusal::Quality);
    let first = company.set(&sun, "Quite-Long-Enough-For-It-6").await;
    assert_eq!(first, SetOutcome::Changed);
}

async fn proves_only_what_a_bind_tells(company: &Company<'_>) {
    for (login, password, says) in [
        ("budi.off", START_PASSWORD, ProvingBind::NotAllowed),
        ("zhang.min", START_PASSWORD, ProvingBind::NotAllowed),
        ("siti.rahma", START_PASSWORD, ProvingBind::NotAllowed),
        ("must.change", START_PASSWORD, ProvingBind::Works),
        ("lin.wei", LIN_PASSWORD, ProvingBind::Works),
        ("lin.wei", "Not-This-One-1", ProvingBind::Wrong),
    ] {
        let account = company.employee(login).await;
        let mark = company.mark(&account).await;
        let proof = company.prove(&account, &mark, password).await;
        assert_eq!(proof, says, "{login}");
    }
}

#[tokio::test]
async fn directory_389ds_over_ldaps() {
    let server = Ds389::start();
    let directory = connect(&server);
    let company = Company {
        directory: &directory,
    };
    directory.works().await.unwrap();
    finds_an_employee_and_nobody_else(&company).await;
    looks_for_people(&company).await;
    knows_how_everybody_stands(&company).await;
    knows_how_old_passwords_are(&company).await;
    knows_the_policy(&company).await;
    proves_only_what_a_bind_tells(&company).await;
    changes_only_the_account_of_the_grant(&company).await;
    asks_only_servers_it_knows(&company).await;
    changes_and_proves(&company).await;
    mends_lock_expiry_and_must_change(&company).await;
    refuses_with_the_reason(&company).await;
    // Good for more than changing the password: nobody is asked for it again.
    for (login, password) in [
        ("lin.wei", "Grün-文字-😀-Brand-New-3"),
        ("must.change", "Works-Again-Today-4"),
    ] {
        assert!(server.bind_works(&dn(login), password), "{login}");
    }
}

#[tokio::test]
async fn directory_389ds_over_starttls() {
    let server = Ds389::start();
    let directory = open(LdapSettings {
        urls: vec![server.starttls_url()],
        starttls: true,
        ..settings(&server)
    });
    let company = Company {
        directory: &directory,
    };
    let lin = company.employee("lin.wei").await;
    let set = company.set(&lin, "Brand-New-Since-3").await;
    assert_eq!(set, SetOutcome::Changed);
    assert!(server.bind_works(&dn("lin.wei"), "Brand-New-Since-3"));
}

#[tokio::test]
async fn fewer_rights_are_said_and_harm_nobody() {
    let server = Ds389::start();
    let reader = connect_as(&server, READER_DN);
    let company = Company { directory: &reader };
    let lin = company.employee("lin.wei").await;
    let refused = company.set(&lin, "No-Right-To-This-1").await;
    assert_eq!(refusal(refused), DirectoryRefusal::NotPermitted);
    assert!(server.bind_works(&dn("lin.wei"), LIN_PASSWORD));

    // Without the policy the directory has the last word; without the right to end it the
    // must-change stays, and the password is set all the same.
    let blind = connect_as(&server, BLIND_DN);
    let company = Company { directory: &blind };
    let policy = company.directory.policy(&lin).await.unwrap();
    assert!(policy.own_checks && policy.min_length.is_none());
    let short = company.set(&lin, "Sh0rt!").await;
    assert_eq!(refusal(short), DirectoryRefusal::Quality);
    let mark = company.mark(&lin).await;
    let new = "Brand-New-Since-3";
    assert_eq!(company.set_at(&lin, &mark, new).await, SetOutcome::Changed);
    assert_eq!(company.prove(&lin, &mark, new).await, ProvingBind::Works);
    assert!(company.employee("lin.wei").await.age.must_change);
    assert_eq!(company.landed(&lin, &mark).await, Landed::Unclear);
}

#[tokio::test]
async fn least_rights_change_passwords_and_nothing_else() {
    let server = Ds389::start();
    let modify = |dn: &str, change: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        let ldif = format!("dn: {dn}\nchangetype: modify\nreplace: {change}\n");
        std::fs::write(file.path(), ldif).unwrap();
        let path = file.path().to_str().unwrap();
        let done = server.run("ldapmodify", SERVICE_DN, SERVICE_PASSWORD, &["-f", path]);
        done.status.code()
    };
    const INSUFFICIENT_ACCESS: Option<i32> = Some(50);
    let lin = dn("lin.wei");
    assert_eq!(
        modify(&lin, "mail\nmail: x@example.test"),
        INSUFFICIENT_ACCESS
    );
    assert_eq!(
        modify(&lin, "employeeNumber\nemployeeNumber: Attacker"),
        INSUFFICIENT_ACCESS
    );
    assert_eq!(
        modify(&dn("budi.off"), "nsAccountLock\nnsAccountLock: false"),
        INSUFFICIENT_ACCESS
    );
    assert_eq!(
        modify("cn=config", "passwordMinLength\npasswordMinLength: 2"),
        INSUFFICIENT_ACCESS
    );
    let own = ["-s", "Another-Pass-1", SERVICE_DN];
    let done = server.run("ldappasswd", SERVICE_DN, SERVICE_PASSWORD, &own);
    assert!(!done.status.success(), "{done:?}");
    // Hashes are for nobody.
    let read = server.run(
        "ldapsearch",
        SERVICE_DN,
        SERVICE_PASSWORD,
        &[
            "-LLL",
            "-b",
            &lin,
            "-s",
            "base",
            "userPassword",
            "passwordHistory",
        ],
    );
    let text = String::from_utf8(read.stdout).unwrap();
    assert!(!text.contains("assword:"), "{text}");
}
