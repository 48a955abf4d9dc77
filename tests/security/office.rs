//! An office with the real adapters: OpenLDAP's over the simulated server, WeCom's over the
//! simulated API, the real words, the real judgement of passwords.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use rekey::adapters::clock::SystemClock;
use rekey::adapters::entropy::OsEntropy;
use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::adapters::store::{ProcessMark, SqliteStore, StoreSettings};
use rekey::adapters::wecom::{Wecom, WecomSettings};
use rekey::domain::account::{LoginName, WecomUserId};
use rekey::domain::policy::{Policy, Report};
use rekey::domain::secret::{Credential, Password};
use rekey::flow::ports::{Assessor, Identity, Ports};
use rekey::fronts::notices::NoticeWords;
use rekey::sim::ldap::{LdapSetup, SeedEntry, SeedPassword, SimLdap};
use rekey::sim::wecom::{ChatMessage, Member, SimApp, SimWecom};
use rekey::text::{Language, Texts};

use crate::town::resets;
use crate::visit::Visit;

const SUFFIX: &str = "dc=contoso,dc=example";
const SERVICE: &str = "cn=rekey,ou=services,dc=contoso,dc=example";
const SERVICE_PASSWORD: &str = "a-service-password-9142";
const POLICY: &str = "cn=default,ou=policies,dc=contoso,dc=example";
const ADMINS: &str = "cn=admins,ou=groups,dc=contoso,dc=example";

/// What everybody's password is to start with.
pub const OLD: &str = "Teapot-Lantern-41";

/// Login name, WeCom userid, display name.
const PEOPLE: [(&str, Option<&str>, &str); 11] = [
    ("lin.wei", Some("LinWei"), "林薇"),
    ("siti.rahma", Some("SitiRahma"), "Siti Rahma"),
    ("zhang.min", Some("ZhangMin"), "张敏"),
    (
        "attacker",
        Some("Attacker"),
        "\u{1B}]0;owned\u{7}\u{202E}Mallory\u{9B}2J",
    ),
    ("administrator", Some("Administrator"), "Administrator"),
    ("the.admin", Some("TheAdmin"), "Ada Okafor"),
    ("has.left", Some("HasLeft"), "George Ashby"),
    ("new.hire", None, "Nadia Hartono"),
    ("twin.one", Some("TwinId"), "Twin One"),
    ("twin.two", Some("twinid"), "Twin Two"),
    ("left.wecom", Some("LeftWecom"), "Gone From WeCom"),
];

/// Members without an account here; the first is told what IT must know.
const MEMBERS: [&str; 2] = ["SecurityLead", "Stranger"];

/// The real judgement.
pub struct Judge;

#[async_trait]
impl Assessor for Judge {
    async fn assess(&self, password: Arc<Password>, policy: Arc<Policy>) -> Report {
        tokio::task::spawn_blocking(move || policy.report_full(&password))
            .await
            .unwrap()
    }
}

/// Everything, with the handles to look behind its back.
pub struct Office {
    pub ldap: SimLdap,
    pub wecom: SimWecom,
    pub ports: Ports,
    pub identity: Arc<dyn Identity>,
    pub folder: tempfile::TempDir,
}

impl Office {
    pub async fn open() -> Self {
        let clock = Arc::new(SystemClock::new());
        let ldap = SimLdap::start(setup(), clock.clone(), Arc::new(OsEntropy))
            .await
            .unwrap();
        let members = PEOPLE
            .iter()
            .filter_map(|(_, wecom, name)| Some(Member::new((*wecom)?, name)))
            .filter(|member| member.userid != "LeftWecom")
            .chain(MEMBERS.map(|userid| Member::new(userid, userid)));
        let wecom = SimWecom::start(
            SimApp::default(),
            members.collect(),
            clock.clone(),
            Arc::new(OsEntropy),
        )
        .await
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(store(&folder).await);
        let directory = LdapDirectory::openldap(ldap_settings(&ldap), clock.clone()).unwrap();
        let messenger = Wecom::new(wecom_settings(&wecom), Arc::new(words()), clock.clone());
        let messenger = Arc::new(messenger.unwrap());
        let ports = Ports {
            directory: Arc::new(directory),
            messenger: messenger.clone(),
            codes: store.clone(),
            throttles: store.clone(),
            audit: store.clone(),
            intents: store.clone(),
            pairings: store.clone(),
            objections: store.clone(),
            links: store.clone(),
            alarm: [WecomUserId::parse(MEMBERS[0]).unwrap()].into(),
            deliveries: store.clone(),
            desk: store,
            assessor: Arc::new(Judge),
            clock,
            entropy: Arc::new(OsEntropy),
            metrics: Arc::new(()),
        };
        Self {
            ldap,
            wecom,
            ports,
            identity: messenger,
            folder,
        }
    }

    /// A reset at a kiosk.
    pub fn visit(&self, kiosk: &str) -> Visit {
        Visit::begin(&resets(&self.ports, kiosk))
    }

    /// Brings somebody to the new password.
    pub async fn proved(&self, kiosk: &str, login: &str, phone: &str) -> Visit {
        let mut visit = self.visit(kiosk);
        visit.login(login).await;
        let message = self.wecom.next_message(phone).await.expect("a message");
        let prompt = visit.code(&code_in(&message)).await;
        assert!(crate::visit::is_proved(&prompt), "{prompt:?}");
        visit
    }

    /// Everybody's messages.
    pub fn messages(&self) -> Vec<ChatMessage> {
        let phones = PEOPLE.iter().filter_map(|(_, wecom, _)| *wecom);
        phones.flat_map(|phone| self.wecom.inbox(phone)).collect()
    }

    /// Whether the directory asks for another password at the next sign-in.
    pub async fn must_change(&self, login: &str) -> bool {
        let login = LoginName::parse(login).unwrap();
        let account = self.ports.directory.find(&login).await.unwrap();
        account.expect("an account").age.must_change
    }

    /// Whether an account's password is this, as the directory itself says.
    pub async fn signs_in(&self, login: &str, password: &str) -> bool {
        let (connection, mut ldap) = ldap3::LdapConnAsync::new(&self.ldap.url()).await.unwrap();
        tokio::spawn(connection.drive());
        let bound = ldap.simple_bind(&dn(login), password).await.unwrap();
        let _ = ldap.unbind().await;
        bound.rc == 0
    }
}

/// Where somebody's entry is.
pub fn dn(login: &str) -> String {
    format!("uid={login},ou=people,{SUFFIX}")
}

/// The code in a message: its only run of six digits.
pub fn code_in(message: &ChatMessage) -> String {
    let mut runs: Vec<&str> = message
        .text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 6)
        .collect();
    assert_eq!(runs.len(), 1, "one number only: {}", message.text);
    runs.remove(0).to_owned()
}

pub async fn store(folder: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open(StoreSettings {
        url: format!("sqlite:{}", folder.path().join("state.db").display()),
        key_file: folder.path().join("key"),
        process: ProcessMark::of_this_process().unwrap(),
    })
    .await
    .unwrap()
}

fn ldap_settings(ldap: &SimLdap) -> LdapSettings {
    LdapSettings {
        urls: vec![ldap.url()],
        starttls: false,
        ca_pem: None,
        allow_plain_loopback: true,
        bind_dn: SERVICE.to_owned(),
        bind_password: Credential::new(SERVICE_PASSWORD.to_owned()),
        people_base: format!("ou=people,{SUFFIX}"),
        login_attributes: vec!["uid".to_owned()],
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: Some("preferredLanguage".to_owned()),
        protected_groups: vec![ADMINS.to_owned()],
        default_policy_dn: Some(POLICY.to_owned()),
    }
}

pub fn wecom_settings(wecom: &SimWecom) -> WecomSettings {
    let app = wecom.app();
    WecomSettings::new(
        wecom.url(),
        app.corp_id.clone(),
        app.agent_id,
        Credential::new(app.secret.clone()),
    )
}

pub fn words() -> NoticeWords {
    NoticeWords {
        texts: Arc::new(Texts::load()),
        site: "Contoso".to_owned(),
        it_phone: Some("8000".to_owned()),
        zone: TimeZone::UTC,
        languages: vec![Language::English, Language::Chinese],
        public_url: "https://reset.contoso.example".to_owned(),
    }
}

fn setup() -> LdapSetup {
    let unit = |name: &str| {
        let class = ("objectClass", "organizationalUnit");
        SeedEntry::new(&format!("ou={name},{SUFFIX}"), &[class, ("ou", name)])
    };
    let policy = [
        ("objectClass", "device"),
        ("objectClass", "pwdPolicy"),
        ("cn", "default"),
        ("pwdAttribute", "userPassword"),
        ("pwdMaxAge", "10368000"),
        ("pwdInHistory", "5"),
        ("pwdCheckQuality", "2"),
        ("pwdMinLength", "12"),
        ("pwdMustChange", "TRUE"),
        ("pwdMaxFailure", "5"),
        ("pwdLockout", "TRUE"),
        ("pwdLockoutDuration", "86400"),
    ];
    let group = [
        ("objectClass", "groupOfNames"),
        ("cn", "admins"),
        ("member", &dn("the.admin")),
    ];
    let service = SeedPassword {
        text: SERVICE_PASSWORD.to_owned(),
        ..SeedPassword::default()
    };
    let mut entries = vec![
        SeedEntry::new(
            SUFFIX,
            &[
                ("objectClass", "dcObject"),
                ("objectClass", "organization"),
                ("dc", "contoso"),
                ("o", "Contoso"),
            ],
        ),
        unit("people"),
        unit("groups"),
        unit("policies"),
        unit("services"),
        SeedEntry::new(POLICY, &policy),
        SeedEntry::new(ADMINS, &group),
        SeedEntry::new(
            SERVICE,
            &[("objectClass", "applicationProcess"), ("cn", "rekey")],
        )
        .with_password(service),
    ];
    entries.extend(PEOPLE.map(|(login, wecom, name)| person(login, wecom, name)));
    LdapSetup {
        suffix: SUFFIX.to_owned(),
        entries,
        service_dn: SERVICE.to_owned(),
        default_policy_dn: POLICY.to_owned(),
    }
}

fn person(login: &str, wecom: Option<&str>, name: &str) -> SeedEntry {
    let mail = format!("{login}@contoso.example");
    let mut attributes = vec![
        ("objectClass", "inetOrgPerson"),
        ("uid", login),
        ("cn", name),
        ("displayName", name),
        ("sn", login),
        ("mail", &mail),
        (
            "preferredLanguage",
            if login == "zhang.min" { "zh-CN" } else { "en" },
        ),
    ];
    attributes.extend(wecom.map(|userid| ("employeeNumber", userid)));
    SeedEntry::new(&dn(login), &attributes).with_password(SeedPassword {
        text: OLD.to_owned(),
        age: Some(Duration::from_secs(10 * 86_400)),
        locked_by_admin: login == "has.left",
        ..SeedPassword::default()
    })
}
