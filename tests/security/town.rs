//! The simulated directory and phones, over the real store or the one in memory.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rekey::adapters::store::{ProcessMark, SqliteStore, StoreSettings};
use rekey::domain::account::{Account, AccountKey, EntryDn, PasswordAge, Standing, WecomUserId};
use rekey::domain::audit::AuditRecord;
use rekey::domain::code::{CodeRules, Place};
use rekey::domain::policy::{
    DirectoryPolicy, LengthUnit, Policy, Report, Rule, SitePolicy, Verdict,
};
use rekey::domain::secret::{Password, SiteKey};
use rekey::domain::strength::Strength;
use rekey::flow::driver::Resets;
use rekey::flow::ports::{
    Assessor, AuditLog, Codes, Deliveries, DeskBook, Intents, Links, Objections, Pairings, Ports,
    Throttles,
};
use rekey::sim::memory::MemoryStore;
use rekey::sim::people::{People, Received};
use rekey::sim::world::{Faults, World};

use crate::visit::Visit;

/// Some minutes, for waiting with the wall clock only.
pub const MINUTE: i64 = 60_000;
/// An hour.
pub const HOUR: i64 = 60 * MINUTE;
/// A day.
pub const DAY: i64 = 24 * HOUR;

/// Judges by length only: the meter has its own tests.
pub struct LengthOnly;

#[async_trait]
impl Assessor for LengthOnly {
    async fn assess(&self, password: Arc<Password>, _policy: Arc<Policy>) -> Report {
        let has = u32::try_from(password.expose().len()).unwrap();
        let rule = Rule::MinLength {
            at_least: 12,
            unit: LengthUnit::Bytes,
            has,
        };
        let verdict = if has < 12 {
            Verdict::NotMet
        } else {
            Verdict::Met
        };
        Report {
            lines: vec![(rule, verdict)],
            strength: Strength::default(),
        }
    }
}

/// All ports of the state.
pub trait Store:
    Codes + Throttles + AuditLog + Intents + Pairings + Objections + Links + Deliveries + DeskBook
{
}
impl<
    T: Codes + Throttles + AuditLog + Intents + Pairings + Objections + Links + Deliveries + DeskBook,
> Store for T
{
}

/// The company.
pub struct Town {
    pub world: World,
    pub people: People,
    pub ports: Ports,
    folder: Option<tempfile::TempDir>,
}

impl Town {
    /// Over SQLite, in real time; the wall clock is moved by hand.
    pub async fn on_disk() -> Self {
        let world = World::new(7, Faults::default());
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(open(&folder).await);
        Self::with(world, store, Some(folder))
    }

    /// In memory, for a paused runtime; `seed` decides the codes.
    pub fn in_memory(seed: u64) -> Self {
        let world = World::new(seed, Faults::default());
        let key = SiteKey::new([7; 32]);
        let store = Arc::new(MemoryStore::new(key, Arc::new(world.clone())));
        Self::with(world, store, None)
    }

    fn with(
        world: World,
        store: Arc<impl Store + 'static>,
        folder: Option<tempfile::TempDir>,
    ) -> Self {
        let people = People::new(&world, accounts(), Arc::new(|_| true));
        let ports = Ports {
            directory: Arc::new(people.clone()),
            messenger: Arc::new(people.clone()),
            codes: store.clone(),
            throttles: store.clone(),
            audit: store.clone(),
            intents: store.clone(),
            pairings: store.clone(),
            objections: store.clone(),
            links: store.clone(),
            deliveries: store.clone(),
            desk: store,
            alarm: [WecomUserId::parse("SecurityLead").unwrap()].into(),
            assessor: Arc::new(LengthOnly),
            clock: Arc::new(world.clone()),
            entropy: Arc::new(world.clone()),
            metrics: Arc::new(()),
        };
        Self {
            world,
            people,
            ports,
            folder,
        }
    }

    /// The program is started again: the same state, opened anew.
    pub async fn restart(&mut self) {
        let folder = self.folder.as_ref().expect("a town on disk");
        let store = Arc::new(open(folder).await);
        self.ports.codes = store.clone();
        self.ports.throttles = store.clone();
        self.ports.audit = store.clone();
        self.ports.intents = store.clone();
        self.ports.pairings = store;
    }

    /// A reset at a kiosk.
    pub fn visit(&self, kiosk: &str) -> Visit {
        Visit::begin(&resets(&self.ports, kiosk))
    }

    /// The messages on a phone.
    pub fn inbox(&self, phone: &str) -> Vec<Received> {
        self.people.inbox(&WecomUserId::parse(phone).unwrap())
    }

    /// Waits until a phone holds so many messages.
    pub async fn messages_on(&self, phone: &str, messages: usize) {
        for _ in 0..1_000 {
            if self.inbox(phone).len() >= messages {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no message number {messages} came to {phone}");
    }

    /// The newest code on a phone, once it holds so many messages with codes.
    pub async fn code_on(&self, phone: &str, messages: usize) -> String {
        for _ in 0..1_000 {
            let codes: Vec<String> = self
                .inbox(phone)
                .into_iter()
                .filter_map(|m| m.digits)
                .collect();
            if codes.len() >= messages {
                return codes.last().unwrap().clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no code number {messages} came to {phone}");
    }

    /// Brings somebody to the new password; `nth` counts the codes on the phone so far.
    pub async fn proved(&self, kiosk: &str, login: &str, phone: &str, nth: usize) -> Visit {
        let mut visit = self.visit(kiosk);
        visit.login(login).await;
        let code = self.code_on(phone, nth).await;
        let prompt = visit.code(&code).await;
        assert!(crate::visit::is_proved(&prompt), "{prompt:?}");
        visit
    }

    /// The audit records.
    pub async fn records(&self) -> Vec<AuditRecord> {
        self.ports.audit.read(0, 100_000).await.unwrap()
    }

    /// How many records there are of this kind and result.
    pub async fn count(&self, event: &str, result: &str) -> usize {
        let records = self.records().await;
        let alike = |r: &&AuditRecord| r.event == event && r.result == result;
        records.iter().filter(alike).count()
    }
}

async fn open(folder: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open(StoreSettings {
        url: format!("sqlite:{}", folder.path().join("state.db").display()),
        key_file: folder.path().join("key"),
        process: ProcessMark::of_this_process().unwrap(),
    })
    .await
    .unwrap()
}

/// Resets at a kiosk.
pub fn resets(ports: &Ports, kiosk: &str) -> Resets {
    let place = Place {
        front: "kiosk",
        kiosk: kiosk.to_owned(),
    };
    resets_at(ports, place)
}

/// Resets at any place.
pub fn resets_at(ports: &Ports, place: Place) -> Resets {
    let (rules, site) = rules();
    Resets::new(ports.clone(), place, rules, site)
}

/// How codes are made, and what the site demands.
pub fn rules() -> (CodeRules, SitePolicy) {
    let rules = CodeRules {
        digits: 6,
        lifetime: Duration::from_secs(300),
        tries: 5,
    };
    let site = SitePolicy {
        max_age: Duration::from_secs(120 * 86_400),
        min_length: 12,
        min_strength: 3,
        words: Vec::new(),
    };
    (rules, site)
}

/// What an account is called in here.
pub fn key(login: &str) -> AccountKey {
    AccountKey::new(&format!("key-of-{login}"))
}

fn accounts() -> Vec<Account> {
    let person = |login: &str, standing, wecom: Option<&str>| Account {
        key: key(login),
        dn: EntryDn::new(format!("uid={login},ou=people")),
        login: login.to_owned(),
        display_name: login.to_owned(),
        person_words: vec![login.to_owned()],
        wecom: wecom.and_then(WecomUserId::parse),
        language: None,
        standing,
        age: PasswordAge::default(),
        demands: DirectoryPolicy::default(),
    };
    vec![
        person("lin.wei", Standing::Eligible, Some("LinWei")),
        person("siti.rahma", Standing::Eligible, Some("SitiRahma")),
        person("attacker", Standing::Eligible, Some("Attacker")),
        person("attacker.too", Standing::Eligible, Some("Attacker")),
        person("the.admin", Standing::Protected, Some("TheAdmin")),
        person("the.boss", Standing::Guarded, Some("TheBoss")),
        person("helper", Standing::Eligible, Some("Helper")),
        person("second.helper", Standing::Eligible, Some("SecondHelper")),
        // One person with a second login, whose phone is the helper's.
        person("helper.admin", Standing::Eligible, Some("Helper")),
        person("approver", Standing::Protected, Some("Approver")),
        person("has.left", Standing::Disabled, Some("HasLeft")),
        person("new.hire", Standing::Eligible, None),
    ]
}
