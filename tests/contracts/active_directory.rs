//! The directory port on Active Directory: what every directory promises, and what only this one
//! has. Samba stands in for Windows.

use std::sync::Arc;
use std::time::Duration;

use rekey::adapters::ldap::{LdapDirectory, LdapSettings, SettingsError};
use rekey::domain::account::{Standing, WecomUserId};
use rekey::domain::policy::{BeyondAscii, Classes, LengthUnit};
use rekey::domain::secret::Credential;
use rekey::domain::time::Timestamp;
use rekey::flow::ports::{
    Clock, Directory, DirectoryDown, DirectoryRefusal, Landed, ProvingBind, SetOutcome,
};

use crate::directory::{
    Company, TestClock, asks_only_servers_it_knows, changes_only_the_account_of_the_grant,
    looks_for_people, refusal,
};
use crate::support::samba::{
    self, ADMINS, BLIND_DN, READER_DN, SERVICE_DN, SERVICE_PASSWORD, START_PASSWORD, Samba, dn,
};

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn settings(samba: &Samba) -> LdapSettings {
    LdapSettings {
        urls: vec![samba.ldaps_url()],
        starttls: false,
        ca_pem: Some(samba.ca_pem().as_bytes().to_vec()),
        allow_plain_loopback: false,
        bind_dn: SERVICE_DN.to_owned(),
        bind_password: Credential::new(SERVICE_PASSWORD.to_owned()),
        people_base: samba::STAFF.to_owned(),
        login_attributes: ["sAMAccountName", "userPrincipalName", "mail"]
            .map(str::to_owned)
            .to_vec(),
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: Some("preferredLanguage".to_owned()),
        protected_groups: vec![ADMINS.to_owned()],
        default_policy_dn: None,
    }
}

pub(crate) fn open(settings: LdapSettings) -> LdapDirectory {
    LdapDirectory::active_directory(settings, Arc::new(TestClock)).unwrap()
}

pub(crate) fn connect(samba: &Samba) -> LdapDirectory {
    open(settings(samba))
}

/// As another service account.
fn connect_as(samba: &Samba, bind_dn: &str) -> LdapDirectory {
    open(LdapSettings {
        bind_dn: bind_dn.to_owned(),
        ..settings(samba)
    })
}

async fn finds_an_employee_and_nobody_else(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    assert_eq!(lin.login, "lin.wei");
    assert_eq!(lin.display_name, "Lin Wei");
    assert_eq!(lin.wecom, WecomUserId::parse("LinWei"));
    assert_eq!(lin.language.as_deref(), Some("zh-CN"));
    assert_eq!(lin.standing, Standing::Eligible);
    assert_eq!(lin.key.as_str().len(), 36, "a GUID");
    for word in ["lin.wei", "Lin", "Wei", "Lin Wei", "lin.wei@example.test"] {
        assert!(lin.person_words.iter().any(|w| w == word), "{word}");
    }
    for same in ["LIN.Wei", "lin.wei@corp.example.test"] {
        assert_eq!(company.employee(same).await.key, lin.key, "{same}");
    }
    for nobody in [
        "attacker",
        "*",
        "lin*",
        "lin.wei)(cn=*",
        "double",
        "CORP\\lin.wei",
        "krbtgt",
    ] {
        assert_eq!(company.find(nobody).await, None, "{nobody}");
    }
    assert!(company.find("double2").await.is_some());

    let again = company.directory.reread(&lin.key, &lin.dn).await.unwrap();
    assert_eq!(again.as_ref(), Some(&lin));
    let other = company.employee("nomap").await.key;
    let place_taken = company.directory.reread(&other, &lin.dn).await;
    assert_eq!(place_taken.unwrap(), None);
}

async fn knows_how_everybody_stands(company: &Company<'_>) {
    for (login, standing) in [
        ("siti.rahma", Standing::Eligible),
        ("zhang.min", Standing::Eligible),
        ("must.change", Standing::Eligible),
        ("budi.off", Standing::Disabled),
        ("old.contract", Standing::Disabled),
        // nested, with a cycle; by the primary group, which lists nobody
        ("admin.boss", Standing::Guarded),
        ("primary.boss", Standing::Guarded),
        ("ada.admin", Standing::Protected),
        ("web.service", Standing::Protected),
        ("smart.card", Standing::Protected),
        ("PC1$", Standing::Protected),
        ("svc1$", Standing::Protected),
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
    let changed = lin.changed_at.expect("set when she was hired");
    assert!(changed <= now);
    assert_eq!(lin.expires_at, Some(changed.plus(DAY * 120)));
    assert!(!lin.locked && !lin.must_change);

    assert!(company.employee("siti.rahma").await.age.locked);
    let zhang = company.employee("zhang.min").await.age;
    assert!(zhang.expires_at.unwrap() < now && !zhang.must_change);
    let must = company.employee("must.change").await.age;
    assert!(must.must_change && must.changed_at.is_none());
    // The PSO's 60 days, not the domain's 120.
    let sun = company.employee("sun.strict").await.age;
    assert_eq!(sun.expires_at, Some(sun.changed_at.unwrap().plus(DAY * 60)));
}

/// What is reckoned here is what the controller reckons itself, which takes it longer.
async fn reckons_as_the_controller_does(samba: &Samba, company: &Company<'_>) {
    const LOCKED: i64 = 0x10;
    const NEVER: i64 = i64::MAX;
    const COMPUTED: [&str; 2] = [
        "msDS-User-Account-Control-Computed",
        "msDS-UserPasswordExpiryTimeComputed",
    ];
    for login in [
        "lin.wei",
        "sun.strict",
        "siti.rahma",
        "zhang.min",
        "must.change",
        "budi.off",
        "old.contract",
        "smart.card",
        "web.service",
        "PC1$",
    ] {
        let account = company.employee(login).await;
        let told = samba.entry(account.dn.as_str(), &COMPUTED);
        let [control, ends] =
            COMPUTED.map(|name| told[&name.to_lowercase()][0].parse::<i64>().unwrap());
        let ends = match ends {
            0 | NEVER => None,
            units => Some(Timestamp::from_millis(units / 10_000 - 11_644_473_600_000)),
        };
        assert_eq!(account.age.expires_at, ends, "{login}");
        assert_eq!(account.age.locked, control & LOCKED != 0, "{login}");
    }
}

async fn knows_the_policy(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let policy = company.directory.policy(&lin).await.unwrap();
    assert_eq!(policy.min_length, Some((12, LengthUnit::Utf16Units)));
    assert_eq!(
        policy.classes,
        Some(Classes {
            at_least: 3,
            beyond_ascii: BeyondAscii::ByCase
        })
    );
    assert_eq!(policy.history, Some(5));
    assert!(!policy.history_on_reset, "Samba has no policy hints");
    assert_eq!(policy.max_age, Some(DAY * 120));
    assert!(!policy.own_checks && policy.min_age.is_none());

    let sun = company.employee("sun.strict").await;
    let policy = company.directory.policy(&sun).await.unwrap();
    assert_eq!(policy.min_length, Some((16, LengthUnit::Utf16Units)));
    assert_eq!(policy.history, Some(10));
    assert_eq!(policy.max_age, Some(DAY * 60));
    assert!(!policy.own_checks);
}

async fn changes_and_proves(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let mark = company.mark(&lin).await;
    assert_eq!(company.landed(&lin, &mark).await, Landed::NotYet);
    // Beyond ASCII, and beyond the basic plane.
    let new = "Grün-文字-😀-Brand-New-3";
    assert_eq!(company.prove(&lin, &mark, new).await, ProvingBind::Wrong);
    let landed = company.landed(&lin, &mark).await;
    assert_eq!(landed, Landed::NotYet, "a wrong password is no change");
    assert_eq!(company.set_at(&lin, &mark, new).await, SetOutcome::Changed);
    assert_eq!(company.prove(&lin, &mark, new).await, ProvingBind::Works);
    // Nothing in an entry tells who changed its password.
    assert_eq!(company.landed(&lin, &mark).await, Landed::Unclear);
    let old = company.prove(&lin, &mark, START_PASSWORD).await;
    assert_eq!(old, ProvingBind::Wrong);
}

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
        assert!(!age.locked && !age.must_change, "{login}");
        assert!(age.expires_at.unwrap() > TestClock.now().wall.plus(DAY * 119));
    }
}

async fn refuses_with_the_reason(company: &Company<'_>) {
    let nomap = company.employee("nomap").await;
    let mark = company.mark(&nomap).await;
    for (password, why) in [
        ("Sh0rt!", DirectoryRefusal::TooShort),
        ("onlysmallletters", DirectoryRefusal::Quality),
    ] {
        match company.set(&nomap, password).await {
            SetOutcome::Refused(grant, reason) => {
                assert_eq!(reason, why);
                assert_eq!(grant.account(), &nomap.key);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(company.landed(&nomap, &mark).await, Landed::NotYet);
    let old = company.prove(&nomap, &mark, START_PASSWORD).await;
    assert_eq!(old, ProvingBind::Works);
    // The history binds no reset without the hints, and the policy has said so.
    assert_eq!(
        company.set(&nomap, START_PASSWORD).await,
        SetOutcome::Changed
    );

    let sun = company.employee("sun.strict").await;
    let short_for_the_pso = company.set(&sun, "Twelve-Chars1").await;
    assert_eq!(refusal(short_for_the_pso), DirectoryRefusal::TooShort);
    let set = company.set(&sun, "Long-Enough-For-Strict-6").await;
    assert_eq!(set, SetOutcome::Changed);
}

async fn proves_only_what_a_bind_tells(company: &Company<'_>) {
    for (login, right) in [
        ("budi.off", ProvingBind::NotAllowed),
        ("old.contract", ProvingBind::NotAllowed),
        ("zhang.min", ProvingBind::NotAllowed),
        ("must.change", ProvingBind::Works),
        ("siti.rahma", ProvingBind::NotAllowed),
        ("lin.wei", ProvingBind::Works),
    ] {
        let account = company.employee(login).await;
        let mark = company.mark(&account).await;
        let proof = company.prove(&account, &mark, START_PASSWORD).await;
        assert_eq!(proof, right, "{login}");
    }
}

#[tokio::test]
async fn active_directory_over_ldaps() {
    let samba = Samba::start();
    let directory = connect(&samba);
    let company = Company {
        directory: &directory,
    };
    directory.works().await.unwrap();
    finds_an_employee_and_nobody_else(&company).await;
    looks_for_people(&company).await;
    knows_how_everybody_stands(&company).await;
    knows_how_old_passwords_are(&company).await;
    reckons_as_the_controller_does(&samba, &company).await;
    knows_the_policy(&company).await;
    proves_only_what_a_bind_tells(&company).await;
    changes_only_the_account_of_the_grant(&company).await;
    asks_only_servers_it_knows(&company).await;
    changes_and_proves(&company).await;
    mends_lock_expiry_and_must_change(&company).await;
    refuses_with_the_reason(&company).await;
    assert!(samba.bind_works(&dn("lin.wei"), "Grün-文字-😀-Brand-New-3"));
    assert!(!samba.bind_works(&dn("lin.wei"), START_PASSWORD));
}

#[tokio::test]
async fn active_directory_over_starttls_and_never_in_clear() {
    let samba = Samba::start();
    let plain = || LdapSettings {
        urls: vec![samba.starttls_url()],
        ..settings(&samba)
    };
    let directory = open(LdapSettings {
        starttls: true,
        ..plain()
    });
    let company = Company {
        directory: &directory,
    };
    let lin = company.employee("lin.wei").await;
    let set = company.set(&lin, "Brand-New-Since-3").await;
    assert_eq!(set, SetOutcome::Changed);
    assert!(samba.bind_works(&dn("lin.wei"), "Brand-New-Since-3"));
    // Samba itself would take unicodePwd in clear.
    for allow_plain_loopback in [false, true] {
        let clear = LdapSettings {
            allow_plain_loopback,
            ..plain()
        };
        let refused = LdapDirectory::active_directory(clear, Arc::new(TestClock)).err();
        assert_eq!(refused, Some(SettingsError::Clear(samba.starttls_url())));
    }
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_leaves_the_last_word_to_the_directory() {
    let samba = Samba::start();
    let directory = connect_as(&samba, BLIND_DN);
    let company = Company {
        directory: &directory,
    };
    let sun = company.employee("sun.strict").await;
    let policy = company.directory.policy(&sun).await.unwrap();
    assert_eq!(policy.min_length, Some((12, LengthUnit::Utf16Units)));
    assert!(
        policy.own_checks,
        "the screen says that the directory checks more"
    );
    // Nor do 120 days count, which are the domain's.
    let age = &sun.age;
    assert_eq!(age.expires_at, Some(age.changed_at.unwrap().plus(DAY * 60)));
    let refused = company.set(&sun, "Twelve-Chars1").await;
    assert_eq!(refusal(refused), DirectoryRefusal::TooShort);
    // Nobody else is told so.
    let lin = company.employee("lin.wei").await;
    assert!(!company.directory.policy(&lin).await.unwrap().own_checks);
}

#[tokio::test]
async fn least_rights_reset_the_staff_and_nobody_else() {
    let samba = Samba::start();
    let reader = connect_as(&samba, READER_DN);
    let company = Company { directory: &reader };
    let lin = company.employee("lin.wei").await;
    let refused = company.set(&lin, "No-Right-To-This-1").await;
    assert_eq!(refusal(refused), DirectoryRefusal::NotPermitted);
    assert!(samba.bind_works(&dn("lin.wei"), START_PASSWORD));

    // An administrator is out of reach even when somebody points rekey at the whole domain.
    let wide = open(LdapSettings {
        people_base: samba::DOMAIN.to_owned(),
        ..settings(&samba)
    });
    let company = Company { directory: &wide };
    let admin = company.employee("Administrator").await;
    assert_eq!(admin.standing, Standing::Protected);
    let refused = company.set(&admin, "Domain-Admin-Now-2").await;
    assert_eq!(refusal(refused), DirectoryRefusal::NotPermitted);
    // Nothing but passwords and locks: the delegation does not even enable an account.
    let ldif = format!(
        "dn: {}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 512\n",
        dn("budi.off")
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), ldif).unwrap();
    let path = file.path().to_str().unwrap();
    let done = samba.run("ldapmodify", SERVICE_DN, SERVICE_PASSWORD, &["-f", path]);
    assert_eq!(done.status.code(), Some(50), "{done:?}");
}

#[tokio::test]
async fn a_wrong_service_password_is_a_fault_of_the_configuration() {
    let samba = Samba::start();
    let directory = open(LdapSettings {
        bind_password: Credential::new("Not-The-Password".to_owned()),
        ..settings(&samba)
    });
    let company = Company {
        directory: &directory,
    };
    let lin = rekey::domain::account::LoginName::parse("lin.wei").unwrap();
    let down = company.directory.find(&lin).await;
    assert!(
        matches!(down, Err(DirectoryDown::Misconfigured(_))),
        "{down:?}"
    );
}
