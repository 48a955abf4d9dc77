//! What every directory behind the port does: one suite, and the places it runs at.
//!
//! The suite asks through `&dyn Directory` only. Whoever lends it a directory tells the facts in
//! [`Company`].

use std::sync::Arc;
use std::time::Duration;

use rekey::adapters::ldap::{LdapDirectory, LdapSettings, SettingsError};
use rekey::domain::account::{
    Account, AccountKey, EntryDn, LoginName, SearchText, Standing, WecomUserId,
};
use rekey::domain::policy::LengthUnit;
use rekey::domain::secret::{Credential, Password};
use rekey::domain::time::{Now, Timestamp};
use rekey::flow::ports::{
    Act, ChangeMark, Clock, Directory, DirectoryDown, DirectoryRefusal, Landed, Marked,
    ProvingBind, ServerUrl, SetOutcome,
};
use rekey::sim::ldap::{LdapSetup, SeedEntry, SeedPassword, SimLdap};

use crate::support::grant::grant_for;
use crate::support::slapd::{self, LIN_PASSWORD, START_PASSWORD, Slapd, dn};

/// A directory with the small company of `support/slapd.rs` in it.
pub(crate) struct Company<'a> {
    pub(crate) directory: &'a dyn Directory,
}

impl Company<'_> {
    pub(crate) async fn find(&self, login: &str) -> Option<Account> {
        let login = LoginName::parse(login).unwrap();
        self.directory.find(&login).await.unwrap()
    }

    /// The employee; a last look before a change sees who and what was found.
    pub(crate) async fn employee(&self, login: &str) -> Account {
        let found = self.find(login).await.expect("an employee");
        let seen = self.last_look(&found).await.expect("the same entry");
        assert_eq!(seen, Marked::of(&found, seen.mark.clone()), "{login}");
        found
    }

    pub(crate) async fn mark(&self, account: &Account) -> ChangeMark {
        let looked = self.directory.mark(account, Act::SetPassword).await;
        looked.unwrap().expect("the entry").mark
    }

    /// What a last look before a change sees. `None`: the entry is gone.
    pub(crate) async fn last_look(&self, account: &Account) -> Option<Marked> {
        self.directory.mark(account, Act::Unlock).await.unwrap()
    }

    /// Marks and changes, as a reset does.
    pub(crate) async fn set(&self, account: &Account, password: &str) -> SetOutcome {
        let mark = self.mark(account).await;
        self.set_at(account, &mark, password).await
    }

    pub(crate) async fn set_at(
        &self,
        account: &Account,
        mark: &ChangeMark,
        password: &str,
    ) -> SetOutcome {
        self.directory
            .set_password(grant_for(account), &account.dn, mark, &typed(password))
            .await
    }

    pub(crate) async fn landed(&self, account: &Account, mark: &ChangeMark) -> Landed {
        let landed = self.directory.landed(&account.key, &account.dn, mark).await;
        landed.unwrap()
    }

    pub(crate) async fn prove(
        &self,
        account: &Account,
        mark: &ChangeMark,
        password: &str,
    ) -> ProvingBind {
        self.directory
            .prove(&account.dn, &mark.server, &typed(password))
            .await
    }
}

pub(crate) fn typed(password: &str) -> Password {
    Password::new(password).ok().unwrap()
}

pub(crate) fn refusal(outcome: SetOutcome) -> DirectoryRefusal {
    match outcome {
        SetOutcome::Refused(_, why) => why,
        other => panic!("not refused: {other:?}"),
    }
}

// --- The suite ---

/// An employee is found by login name in any case, whole.
async fn finds_an_employee(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    assert_eq!(lin.login, "lin.wei");
    assert_eq!(lin.display_name, "Lin Wei");
    assert_eq!(lin.wecom, WecomUserId::parse("LinWei"));
    assert_eq!(lin.language.as_deref(), Some("zh-CN"));
    assert_eq!(lin.standing, Standing::Eligible);
    for word in ["lin.wei", "Lin", "Wei", "Lin Wei", "lin.wei@example.test"] {
        assert!(lin.person_words.iter().any(|w| w == word), "{word}");
    }
    let changed = lin.age.changed_at.expect("changed through the server");
    let max_age = Duration::from_secs(120 * 86_400);
    assert_eq!(lin.age.expires_at, Some(changed.plus(max_age)));
    assert!(!lin.age.locked && !lin.age.must_change);
    assert_eq!(company.employee("LIN.Wei").await.key, lin.key);
}

/// People are found by a part of their name, and by the beginning of login name or userid; what is
/// typed is never more than text, and no more come than were asked for.
pub(crate) async fn looks_for_people(company: &Company<'_>) {
    let search = async |text: &str, limit| {
        let text = SearchText::parse(text).unwrap();
        company.directory.search(&text, limit).await.unwrap()
    };
    let lin = company.employee("lin.wei").await;
    for text in ["lin.w", "LIN", "in We", "linwei"] {
        let found = search(text, 10).await;
        let line = found.people.iter().find(|line| line.key == lin.key);
        let line = line.unwrap_or_else(|| panic!("not found by {text}: {found:?}"));
        assert_eq!(
            (line.login.as_str(), line.wecom.as_str()),
            ("lin.wei", "LinWei")
        );
        assert_eq!(line.dn, lin.dn);
        assert!(!found.more);
    }
    for text in ["**", "l*n", "lin)(uid=*", "\\2a", "()"] {
        assert!(search(text, 10).await.people.is_empty(), "{text}");
    }
    let some = search("in", 1).await;
    assert!(some.more && some.people.len() == 1, "{some:?}");
}

/// Nothing that is typed widens the search; two entries with one login name are nobody's.
async fn finds_nobody_else(company: &Company<'_>) {
    for login in [
        "attacker",
        "*",
        "lin*",
        "lin.wei)(uid=*",
        "*)(objectClass=*",
        "lin.wei\\2a",
        "\\",
        "(",
        ")",
        "lin.wei,ou=people,dc=example,dc=test",
        "lin wei",
        "&",
        "double",
    ] {
        assert_eq!(company.find(login).await, None, "{login}");
    }
    assert!(company.find("double2").await.is_some());
}

/// Who is locked, expired, disabled, protected, unmapped; and whose userid is shared.
async fn knows_how_everybody_stands(company: &Company<'_>) {
    let siti = company.employee("siti.rahma").await;
    assert!(siti.age.locked);
    assert_eq!(siti.standing, Standing::Eligible);

    let zhang = company.employee("zhang.min").await;
    assert!(zhang.age.expires_at.unwrap() < TestClock.now().wall);
    assert_eq!(zhang.standing, Standing::Eligible);

    let off = company.employee("budi.off").await;
    assert_eq!(off.standing, Standing::Disabled);
    let boss = company.employee("admin.boss").await;
    assert_eq!(boss.standing, Standing::Guarded, "nested, with a cycle");

    assert_eq!(company.employee("nomap").await.wecom, None);
    for twin in ["twin.a", "twin.b"] {
        assert_eq!(company.employee(twin).await.wecom, None, "{twin}");
    }
}

/// Reading again finds the same entry, and nobody in its place.
async fn rereads_the_same_entry_only(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let again = company.directory.reread(&lin.key, &lin.dn).await.unwrap();
    assert_eq!(again.as_ref(), Some(&lin));

    let other = AccountKey::new("00000000-0000-0000-0000-000000000000");
    let place_taken = company.directory.reread(&other, &lin.dn).await;
    assert_eq!(place_taken.unwrap(), None);
    let gone = EntryDn::new(dn("gone"));
    assert_eq!(
        company.directory.reread(&lin.key, &gone).await.unwrap(),
        None
    );
    for (key, dn) in [(other, lin.dn.clone()), (lin.key.clone(), gone)] {
        let not_there = Account {
            key,
            dn,
            ..lin.clone()
        };
        assert_eq!(company.last_look(&not_there).await, None);
    }
}

/// The policy is the account's own, or the default.
async fn knows_the_policy(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let policy = company.directory.policy(&lin).await.unwrap();
    assert_eq!(policy.min_length, Some((12, LengthUnit::Bytes)));
    assert_eq!(policy.history, Some(5));
    assert!(policy.history_on_reset && !policy.own_checks);
    assert_eq!(policy.max_age, Some(Duration::from_secs(10_368_000)));
    assert_eq!(policy.min_age, None);

    let sun = company.employee("sun.strict").await;
    let policy = company.directory.policy(&sun).await.unwrap();
    assert_eq!(policy.min_length, Some((16, LengthUnit::Bytes)));
    assert_eq!(policy.min_age, Some(Duration::from_secs(86_400)));
}

/// A change is made, proved, and seen to have landed; the old password is dead.
async fn changes_and_proves(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let mark = company.mark(&lin).await;
    assert_eq!(company.landed(&lin, &mark).await, Landed::NotYet);
    let new = "Brand-New-Since-3";
    assert_eq!(company.prove(&lin, &mark, new).await, ProvingBind::Wrong);
    let landed = company.landed(&lin, &mark).await;
    assert_eq!(landed, Landed::NotYet, "a wrong password is no change");
    assert_eq!(company.set_at(&lin, &mark, new).await, SetOutcome::Changed);
    assert_eq!(company.prove(&lin, &mark, new).await, ProvingBind::Works);
    assert_eq!(company.landed(&lin, &mark).await, Landed::ByUs);
    let old = company.prove(&lin, &mark, LIN_PASSWORD).await;
    assert_eq!(old, ProvingBind::Wrong);
    assert!(!company.employee("lin.wei").await.age.must_change);
}

/// A reset mends what it is for: a lock and an expired password.
async fn mends_lock_and_expiry(company: &Company<'_>) {
    for login in ["siti.rahma", "zhang.min"] {
        let account = company.employee(login).await;
        let mark = company.mark(&account).await;
        let new = "Works-Again-Today-4";
        let set = company.set_at(&account, &mark, new).await;
        assert_eq!(set, SetOutcome::Changed, "{login}");
        let proof = company.prove(&account, &mark, new).await;
        assert_eq!(proof, ProvingBind::Works, "{login}");
        assert!(!company.employee(login).await.age.locked);
    }
}

/// Every refusal has its reason, gives the grant back, and changes nothing.
async fn refuses_with_the_reason(company: &Company<'_>) {
    let nomap = company.employee("nomap").await;
    let mark = company.mark(&nomap).await;
    let too_short = company.set(&nomap, "short").await;
    match too_short {
        SetOutcome::Refused(grant, why) => {
            assert_eq!(why, DirectoryRefusal::TooShort);
            assert_eq!(grant.account(), &nomap.key);
        }
        other => panic!("{other:?}"),
    }
    let same = company.set(&nomap, START_PASSWORD).await;
    assert_eq!(refusal(same), DirectoryRefusal::Same);
    assert_eq!(company.landed(&nomap, &mark).await, Landed::NotYet);

    let new = "Second-Passw0rd-5";
    assert_eq!(company.set(&nomap, new).await, SetOutcome::Changed);
    let used = company.set(&nomap, START_PASSWORD).await;
    assert_eq!(refusal(used), DirectoryRefusal::InHistory);
    assert_eq!(company.prove(&nomap, &mark, new).await, ProvingBind::Works);

    let sun = company.employee("sun.strict").await;
    let first = company.set(&sun, "Long-Enough-For-Strict-6").await;
    assert_eq!(first, SetOutcome::Changed);
    let second = company.set(&sun, "Another-For-Strict-7").await;
    assert_eq!(refusal(second), DirectoryRefusal::TooYoung);
}

/// A grant for one account changes no other (rule 1).
pub(crate) async fn changes_only_the_account_of_the_grant(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let twin = company.employee("twin.a").await;
    let mark = company.mark(&twin).await;
    let outcome = company
        .directory
        .set_password(
            grant_for(&lin),
            &twin.dn,
            &mark,
            &typed("Not-For-The-Twin-8"),
        )
        .await;
    assert!(
        matches!(&outcome, SetOutcome::NotAsked(grant, _) if *grant.account() == lin.key),
        "{outcome:?}"
    );
    assert_eq!(company.landed(&twin, &mark).await, Landed::NotYet);
    let old = company.prove(&twin, &mark, START_PASSWORD).await;
    assert_eq!(old, ProvingBind::Works);
}

/// Where nothing was asked, it says so: a server that is no longer configured.
pub(crate) async fn asks_only_servers_it_knows(company: &Company<'_>) {
    let lin = company.employee("lin.wei").await;
    let mark = ChangeMark {
        server: ServerUrl("ldaps://gone.example.test".to_owned()),
        ..company.mark(&lin).await
    };
    let set = company.set_at(&lin, &mark, "Never-Asked-Pass-9").await;
    assert!(matches!(set, SetOutcome::NotAsked(..)), "{set:?}");
    let proof = company.prove(&lin, &mark, "Never-Asked-Pass-9").await;
    assert_eq!(proof, ProvingBind::Unreachable);
    assert_eq!(company.landed(&lin, &mark).await, Landed::NotYet);
}

async fn whole_suite(directory: &dyn Directory) {
    let company = Company { directory };
    finds_an_employee(&company).await;
    finds_nobody_else(&company).await;
    looks_for_people(&company).await;
    knows_how_everybody_stands(&company).await;
    rereads_the_same_entry_only(&company).await;
    knows_the_policy(&company).await;
    changes_only_the_account_of_the_grant(&company).await;
    asks_only_servers_it_knows(&company).await;
    changes_and_proves(&company).await;
    mends_lock_and_expiry(&company).await;
    refuses_with_the_reason(&company).await;
}

// --- The simulated directory ---

/// The same people, from the same LDIF, after the same events.
pub(crate) fn simulated_company() -> LdapSetup {
    let ldif = slapd::people();
    LdapSetup {
        suffix: slapd::SUFFIX.to_owned(),
        entries: ldif.split("\n\n").filter_map(seed).collect(),
        service_dn: slapd::SERVICE_DN.to_owned(),
        default_policy_dn: slapd::DEFAULT_POLICY.to_owned(),
    }
}

fn seed(block: &str) -> Option<SeedEntry> {
    let mut lines = block.lines().filter_map(|line| line.split_once(": "));
    let (_, entry_dn) = lines.next()?;
    let mut attributes = Vec::new();
    let mut password = None;
    let mut state = SeedPassword {
        text: START_PASSWORD.to_owned(),
        ..SeedPassword::default()
    };
    for (name, value) in lines {
        match name {
            "userPassword" => password = Some(()),
            "pwdChangedTime" => state.age = Some(Duration::from_secs(600 * 86_400)),
            "pwdAccountLockedTime" => state.locked_by_admin = true,
            "pwdPolicySubentry" => state.policy_dn = Some(value.to_owned()),
            _ => attributes.push((name, value)),
        }
    }
    if entry_dn == dn("lin.wei") {
        state.text = LIN_PASSWORD.to_owned();
        state.age = Some(Duration::from_secs(60));
    } else if entry_dn == dn("siti.rahma") {
        state.locked = true;
    } else if entry_dn == slapd::SERVICE_DN {
        state.text = slapd::SERVICE_PASSWORD.to_owned();
    }
    let entry = SeedEntry::new(entry_dn, &attributes);
    Some(match password {
        Some(()) => entry.with_password(state),
        None => entry,
    })
}

#[tokio::test]
async fn simulated_openldap() {
    let clock = Arc::new(TestClock);
    let entropy = Arc::new(rekey::adapters::entropy::OsEntropy);
    let ldap = SimLdap::start(simulated_company(), clock, entropy).await;
    let ldap = ldap.unwrap();
    whole_suite(&open(simulated(&ldap))).await;
}

pub(crate) fn simulated(ldap: &SimLdap) -> LdapSettings {
    LdapSettings {
        ca_pem: None,
        starttls: false,
        allow_plain_loopback: true,
        ..settings(&[ldap.url()], "")
    }
}

/// As a service account that may only look.
pub(crate) fn as_reader(slapd: &Slapd) -> LdapSettings {
    LdapSettings {
        bind_dn: slapd::READER_DN.to_owned(),
        ..settings(&[slapd.ldaps_url()], slapd.ca_pem())
    }
}

// --- The real OpenLDAP ---

pub(crate) struct TestClock;

impl Clock for TestClock {
    /// The real time, which slapd stamps with.
    fn now(&self) -> Now {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        Now {
            wall: Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap()),
            mono: since,
        }
    }
}

pub(crate) fn settings(urls: &[String], ca_pem: &str) -> LdapSettings {
    LdapSettings {
        urls: urls.to_vec(),
        starttls: true,
        ca_pem: Some(ca_pem.as_bytes().to_vec()),
        allow_plain_loopback: false,
        bind_dn: slapd::SERVICE_DN.to_owned(),
        bind_password: Credential::new(slapd::SERVICE_PASSWORD.to_owned()),
        people_base: slapd::PEOPLE.to_owned(),
        login_attributes: vec!["uid".to_owned()],
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: Some("preferredLanguage".to_owned()),
        protected_groups: vec![slapd::ADMINS.to_owned()],
        default_policy_dn: Some(slapd::DEFAULT_POLICY.to_owned()),
    }
}

pub(crate) fn open(settings: LdapSettings) -> LdapDirectory {
    LdapDirectory::openldap(settings, Arc::new(TestClock)).unwrap()
}

pub(crate) fn connect(slapd: &Slapd) -> LdapDirectory {
    open(settings(&[slapd.ldaps_url()], slapd.ca_pem()))
}

#[tokio::test]
async fn openldap_over_ldaps() {
    let slapd = Slapd::start();
    whole_suite(&connect(&slapd)).await;
    assert!(slapd.bind_works(&dn("lin.wei"), "Brand-New-Since-3"));
    assert!(!slapd.bind_works(&dn("lin.wei"), LIN_PASSWORD));
}

#[tokio::test]
async fn openldap_over_starttls() {
    let slapd = Slapd::start();
    let directory = open(settings(&[slapd.starttls_url()], slapd.ca_pem()));
    whole_suite(&directory).await;
    assert!(slapd.bind_works(&dn("lin.wei"), "Brand-New-Since-3"));
}

#[tokio::test]
async fn a_service_account_without_the_right_is_told_so() {
    let slapd = Slapd::start();
    let mut settings = settings(&[slapd.ldaps_url()], slapd.ca_pem());
    settings.bind_dn = slapd::READER_DN.to_owned();
    let directory = open(settings);
    let company = Company {
        directory: &directory,
    };
    let lin = company.employee("lin.wei").await;
    let outcome = company.set(&lin, "No-Right-To-This-1").await;
    assert_eq!(refusal(outcome), DirectoryRefusal::NotPermitted);
    assert!(slapd.bind_works(&dn("lin.wei"), LIN_PASSWORD));
}

#[tokio::test]
async fn a_policy_that_wants_the_old_password_permits_no_reset() {
    let slapd = Slapd::start();
    slapd.modify_as_root(&format!(
        "dn: {}\nchangetype: modify\nreplace: pwdSafeModify\npwdSafeModify: TRUE\n",
        slapd::DEFAULT_POLICY
    ));
    let directory = connect(&slapd);
    let company = Company {
        directory: &directory,
    };
    let lin = company.employee("lin.wei").await;
    let outcome = company.set(&lin, "Wants-The-Old-One-1").await;
    assert_eq!(refusal(outcome), DirectoryRefusal::NotPermitted);
}

#[tokio::test]
async fn a_disabled_account_is_changed_by_the_rules_not_here_and_cannot_prove() {
    let slapd = Slapd::start();
    let directory = connect(&slapd);
    let company = Company {
        directory: &directory,
    };
    let off = company.employee("budi.off").await;
    let mark = company.mark(&off).await;
    for _ in 0..2 {
        let proof = company.prove(&off, &mark, START_PASSWORD).await;
        assert_eq!(proof, ProvingBind::NotAllowed);
    }
}

#[tokio::test]
async fn an_administrators_change_in_between_is_unclear() {
    let slapd = Slapd::start();
    let directory = connect(&slapd);
    let company = Company {
        directory: &directory,
    };
    let twin = company.employee("twin.a").await;
    let mark = company.mark(&twin).await;
    slapd.modify_as_root(&format!(
        "dn: {}\nchangetype: modify\nreplace: description\ndescription: moved\n",
        dn("twin.a")
    ));
    assert_eq!(company.landed(&twin, &mark).await, Landed::NotYet);
    slapd.set_password_as_root(&dn("twin.a"), "From-The-Admin-1");
    assert_eq!(company.landed(&twin, &mark).await, Landed::Unclear);
    assert!(company.employee("twin.a").await.age.must_change);
}

async fn down(settings: LdapSettings) -> DirectoryDown {
    let directory = open(settings);
    let login = LoginName::parse("lin.wei").unwrap();
    directory.find(&login).await.expect_err("no answer")
}

#[tokio::test]
async fn only_the_configured_ca_is_trusted() {
    let slapd = Slapd::start();
    let stranger = crate::support::certs::Ca::new("Example Test CA");
    for url in slapd.urls() {
        let error = down(settings(&[url], stranger.pem())).await;
        assert!(
            matches!(&error, DirectoryDown::Unreachable(text) if text.contains("certificate")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn only_the_right_host_name_is_trusted() {
    let slapd = Slapd::start_with(&slapd::Options {
        names: &["ldap1.example.test"],
        ..slapd::Options::default()
    });
    let error = down(settings(&[slapd.ldaps_url()], slapd.ca_pem())).await;
    assert!(
        matches!(&error, DirectoryDown::Unreachable(text) if text.contains("not valid for name")),
        "{error:?}"
    );
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let slapd = Slapd::start();
    let usual = || settings(&[slapd.ldaps_url()], slapd.ca_pem());
    let misconfigured = |error: DirectoryDown, word: &str| {
        assert!(
            matches!(&error, DirectoryDown::Misconfigured(text) if text.contains(word)),
            "{word}: {error:?}"
        );
    };
    let mut wrong = usual();
    wrong.bind_password = Credential::new("wrong".to_owned());
    misconfigured(down(wrong).await, "cannot bind");
    let mut wrong = usual();
    wrong.people_base = "ou=people,dc=elsewhere".to_owned();
    misconfigured(down(wrong).await, "people_base");
    let mut wrong = usual();
    wrong.protected_groups = vec![format!("cn=typo,ou=groups,{}", slapd::SUFFIX)];
    misconfigured(down(wrong).await, "protected group");
    let mut wrong = usual();
    wrong.default_policy_dn = None;
    misconfigured(down(wrong).await, "default_policy_dn");

    let mut wrong = usual();
    wrong.starttls = false;
    wrong.urls = vec![slapd.starttls_url()];
    assert_eq!(
        LdapDirectory::openldap(wrong, Arc::new(TestClock)).err(),
        Some(SettingsError::Clear(slapd.starttls_url()))
    );
}

/// A port where nothing listens.
fn refused_url() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!(
        "ldaps://127.0.0.1:{}",
        listener.local_addr().unwrap().port()
    )
}

#[tokio::test]
async fn a_refusing_server_is_passed_over() {
    let slapd = Slapd::start();
    let urls = [refused_url(), slapd.ldaps_url()];
    let directory = open(settings(&urls, slapd.ca_pem()));
    let company = Company {
        directory: &directory,
    };
    let lin = company.employee("lin.wei").await;
    assert_eq!(
        company.mark(&lin).await.server,
        ServerUrl(slapd.ldaps_url())
    );

    let probed = directory.probe().await;
    assert!(probed[0].1.is_err() && probed[1].1.is_ok(), "{probed:?}");
}
