//! The demo's company: Contoso, with a directory, a WeCom and a phone on free loopback ports.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::ldap::{LdapSetup, SeedEntry, SeedPassword, SimLdap};
use super::phone::{self, Roster, RosterLine};
use super::wecom::{CallbackKeys, Member, SimApp, SimWecom};
use crate::domain::time::Timestamp;
use crate::flow::ports::{Clock, Entropy};

const DAY: Duration = Duration::from_secs(86_400);
const MAX_AGE_DAYS: u32 = 120;
const SUFFIX: &str = "dc=contoso,dc=example";
const PEOPLE: &str = "ou=people,dc=contoso,dc=example";
const PROTECTED_GROUP: &str = "cn=directory admins,ou=groups,dc=contoso,dc=example";
const POLICY: &str = "cn=default,ou=policies,dc=contoso,dc=example";
const SERVICE: &str = "cn=rekey,ou=services,dc=contoso,dc=example";

/// Somebody who works there.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// What to type at the kiosk.
    pub login: &'static str,
    /// The name that is shown.
    pub name: &'static str,
    /// What is special about the account, in a few English words.
    pub special: Option<&'static str>,
    /// The password to start with: made up.
    pub password: &'static str,
    given_name: &'static str,
    surname: &'static str,
    language: &'static str,
    wecom: Option<&'static str>,
    age_days: u32,
    locked: bool,
    disabled: bool,
    protected: bool,
}

const ORDINARY: Person = Person {
    login: "",
    name: "",
    special: None,
    password: "",
    given_name: "",
    surname: "",
    language: "en",
    wecom: None,
    age_days: 10,
    locked: false,
    disabled: false,
    protected: false,
};

/// Everybody at Contoso.
pub const PEOPLE_OF_CONTOSO: [Person; 8] = [
    Person {
        login: "lin.wei",
        name: "林薇",
        password: "Teapot-Lantern-41",
        given_name: "薇",
        surname: "林",
        wecom: Some("LinWei"),
        age_days: MAX_AGE_DAYS - 3,
        ..ORDINARY
    },
    Person {
        login: "siti.rahma",
        name: "Siti Rahma",
        password: "Mangga-Manis-77",
        given_name: "Siti",
        surname: "Rahma",
        language: "id",
        wecom: Some("SitiRahma"),
        age_days: MAX_AGE_DAYS + 2,
        ..ORDINARY
    },
    Person {
        login: "john.miller",
        name: "John Miller",
        password: "Copper-Kettle-18",
        given_name: "John",
        surname: "Miller",
        wecom: Some("JohnMiller"),
        locked: true,
        ..ORDINARY
    },
    Person {
        login: "ada.admin",
        name: "Ada Okafor",
        special: Some("administrator: protected, never reset at a kiosk"),
        password: "Harbour-Violin-63",
        given_name: "Ada",
        surname: "Okafor",
        wecom: Some("AdaOkafor"),
        protected: true,
        ..ORDINARY
    },
    Person {
        login: "new.hire",
        name: "Nadia Hartono",
        special: Some("new: not in WeCom yet"),
        password: "Welcome-Aboard-05",
        given_name: "Nadia",
        surname: "Hartono",
        language: "id",
        ..ORDINARY
    },
    Person {
        login: "wang.xiaoming",
        name: "王小明",
        password: "Bamboo-Bridge-29",
        given_name: "小明",
        surname: "王",
        language: "zh-CN",
        wecom: Some("WangXiaoMing"),
        age_days: 45,
        ..ORDINARY
    },
    Person {
        login: "budi.santoso",
        name: "Budi Santoso",
        password: "Rumah-Joglo-52",
        given_name: "Budi",
        surname: "Santoso",
        language: "id",
        wecom: Some("BudiSantoso"),
        age_days: MAX_AGE_DAYS - 12,
        ..ORDINARY
    },
    Person {
        login: "gone.away",
        name: "George Ashby",
        special: Some("left the company: locked by an administrator"),
        password: "Lighthouse-Row-34",
        given_name: "George",
        surname: "Ashby",
        wecom: Some("GeorgeAshby"),
        disabled: true,
        ..ORDINARY
    },
];

impl Person {
    /// Where the entry is.
    pub fn dn(&self) -> String {
        format!("uid={},{PEOPLE}", self.login)
    }

    fn entry(&self) -> SeedEntry {
        let mail = format!("{}@contoso.example", self.login);
        let mut attributes = vec![
            ("objectClass", "inetOrgPerson"),
            ("uid", self.login),
            ("cn", self.name),
            ("displayName", self.name),
            ("givenName", self.given_name),
            ("sn", self.surname),
            ("mail", &mail),
            ("preferredLanguage", self.language),
        ];
        attributes.extend(self.wecom.map(|userid| ("employeeNumber", userid)));
        SeedEntry::new(&self.dn(), &attributes).with_password(SeedPassword {
            text: self.password.to_owned(),
            age: Some(DAY.saturating_mul(self.age_days)),
            locked: self.locked,
            locked_by_admin: self.disabled,
            ..SeedPassword::default()
        })
    }
}

/// A running company; it ends with this handle. The fields are what a `rekey.toml` needs.
pub struct Company {
    /// `[directory] urls`.
    pub ldap_url: String,
    /// `[directory] bind_dn`.
    pub bind_dn: String,
    /// `[directory] bind_password`: made up.
    pub bind_password: String,
    /// `[directory] people_base`.
    pub people_base: String,
    /// `[directory] default_policy_dn`.
    pub default_policy_dn: String,
    /// `[directory] protected_groups`.
    pub protected_group: String,
    /// `[wecom] api`.
    pub wecom_url: String,
    /// `[wecom] corp_id`, `agent_id`, and the secret.
    pub app: SimApp,
    /// The phone's page, for a browser on this machine and for [`phone::read_messages`].
    pub phone_url: String,
    /// The directory, for faults and for a look behind its back.
    pub ldap: Arc<SimLdap>,
    /// WeCom, for faults and for reading messages.
    pub wecom: SimWecom,
    roster: Roster,
}

impl Company {
    /// Starts everything on free loopback ports.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let bind_password = made_up(entropy.as_ref());
        let app = SimApp {
            secret: made_up(entropy.as_ref()),
            callback: CallbackKeys {
                token: made_up(entropy.as_ref()),
                // Of the letters and digits of a key any are right.
                aes_key: format!(
                    "{}{:.11}",
                    made_up(entropy.as_ref()),
                    made_up(entropy.as_ref())
                ),
            },
            ..SimApp::default()
        };
        let setup = directory(&bind_password);
        let ldap = SimLdap::start(setup, Arc::clone(&clock), Arc::clone(&entropy)).await?;
        let ldap = Arc::new(ldap);
        let roster = roster(Arc::clone(&ldap), Arc::clone(&clock));
        let members = PEOPLE_OF_CONTOSO
            .iter()
            .filter_map(|person| Some(Member::new(person.wecom?, person.name)))
            .collect();
        let lines = Arc::clone(&roster);
        let ldap_url = ldap.url();
        let wecom = SimWecom::start_with(app.clone(), members, clock, entropy, |shared| {
            phone::router(shared, lines, ldap_url)
        })
        .await?;
        Ok(Self {
            ldap_url: ldap.url(),
            bind_dn: SERVICE.to_owned(),
            bind_password,
            people_base: PEOPLE.to_owned(),
            default_policy_dn: POLICY.to_owned(),
            protected_group: PROTECTED_GROUP.to_owned(),
            wecom_url: wecom.url(),
            app,
            phone_url: format!("{}/phone", wecom.url()),
            ldap,
            wecom,
            roster,
        })
    }

    /// Everybody's login name, name and what is special, as it is now.
    pub fn roster(&self) -> Vec<RosterLine> {
        (self.roster)()
    }
}

fn made_up(entropy: &dyn Entropy) -> String {
    let mut bytes = [0u8; 16];
    entropy.fill(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn directory(bind_password: &str) -> LdapSetup {
    let admins = PEOPLE_OF_CONTOSO.iter().filter(|person| person.protected);
    let admins: Vec<String> = admins.map(Person::dn).collect();
    let mut group = vec![("objectClass", "groupOfNames"), ("cn", "directory admins")];
    group.extend(admins.iter().map(|dn| ("member", dn.as_str())));
    let unit = |name| {
        let class = ("objectClass", "organizationalUnit");
        SeedEntry::new(&format!("ou={name},{SUFFIX}"), &[class, ("ou", name)])
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
        policy(),
        SeedEntry::new(PROTECTED_GROUP, &group),
        SeedEntry::new(
            SERVICE,
            &[("objectClass", "applicationProcess"), ("cn", "rekey")],
        )
        .with_password(SeedPassword {
            text: bind_password.to_owned(),
            ..SeedPassword::default()
        }),
    ];
    entries.extend(PEOPLE_OF_CONTOSO.iter().map(Person::entry));
    LdapSetup {
        suffix: SUFFIX.to_owned(),
        entries,
        service_dn: SERVICE.to_owned(),
        default_policy_dn: POLICY.to_owned(),
    }
}

/// As in the README's set-up of a real slapd, with a longer lockout: a demo may be left open.
fn policy() -> SeedEntry {
    SeedEntry::new(
        POLICY,
        &[
            ("objectClass", "device"),
            ("objectClass", "pwdPolicy"),
            ("cn", "default"),
            ("pwdAttribute", "userPassword"),
            ("pwdMaxAge", "10368000"),
            ("pwdExpireWarning", "1209600"),
            ("pwdInHistory", "5"),
            ("pwdCheckQuality", "2"),
            ("pwdMinLength", "12"),
            ("pwdMaxFailure", "5"),
            ("pwdLockout", "TRUE"),
            ("pwdLockoutDuration", "86400"),
            ("pwdMustChange", "TRUE"),
            ("pwdSafeModify", "FALSE"),
        ],
    )
}

/// The list of employees with the state their accounts are in at that moment.
fn roster(ldap: Arc<SimLdap>, clock: Arc<dyn Clock>) -> Roster {
    Arc::new(move || {
        let now = clock.now().wall;
        let line = |person: &Person| RosterLine {
            userid: person.wecom.map(str::to_owned),
            dn: person.dn(),
            login: person.login.to_owned(),
            name: person.name.to_owned(),
            state: match person.special {
                Some(special) => special.to_owned(),
                None => state(&ldap, person, now),
            },
        };
        PEOPLE_OF_CONTOSO.iter().map(line).collect()
    })
}

fn state(ldap: &SimLdap, person: &Person, now: Timestamp) -> String {
    let Some(password) = ldap.password(&person.dn()) else {
        return String::new();
    };
    if password.locked {
        return "locked: too many wrong passwords".to_owned();
    }
    match password.expires_at.map(|at| at.since(now)) {
        Some(left) if left.is_zero() => "password expired".to_owned(),
        Some(left) => match left.as_secs().div_ceil(DAY.as_secs()) {
            1 => "password works for 1 more day".to_owned(),
            days => format!("password works for {days} more days"),
        },
        None => "password works".to_owned(),
    }
}

#[cfg(test)]
mod tests;
