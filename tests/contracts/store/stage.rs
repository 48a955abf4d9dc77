//! Where the suite plays: one state, used by several processes.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rekey::adapters::entropy::OsEntropy;
use rekey::adapters::store::{OpenError, ProcessMark, SqliteStore, StoreSettings};
use rekey::domain::account::{AccountKey, LoginName};
use rekey::domain::code::{Action, Binding, CodeRules, Place, ResetId, Subject};
use rekey::domain::secret::{CodeDigits, SiteKey};
use rekey::domain::time::Timestamp;
use rekey::flow::ports::remind::Reminders;
use rekey::flow::ports::{
    AuditLog, Codes, Deliveries, DeskBook, Intents, Links, Objections, Pairings, Throttles,
};
use rekey::sim::memory::MemoryStore;

/// All ports.
pub(crate) trait Store:
    Codes
    + Throttles
    + AuditLog
    + Intents
    + Pairings
    + Objections
    + Links
    + Deliveries
    + Reminders
    + DeskBook
{
}
impl<T> Store for T where
    T: Codes
        + Throttles
        + AuditLog
        + Intents
        + Pairings
        + Objections
        + Links
        + Deliveries
        + Reminders
        + DeskBook
{
}

/// One state and the processes around it.
#[async_trait]
pub(crate) trait Stage: Send + Sync {
    /// The kiosk lobby-1. Each call opens the state again, as a re-executed process does.
    async fn lobby(&self) -> Arc<dyn Store>;
    /// The kiosk reception-1, another living process.
    async fn reception(&self) -> Arc<dyn Store>;
    /// A third process, which lives until [`Stage::kill_third`].
    async fn third(&self) -> Arc<dyn Store>;
    /// Kills the third process.
    fn kill_third(&self);
}

/// SQLite in a folder of its own; the other processes are real ones that only wait.
pub(crate) struct SqliteStage {
    folder: tempfile::TempDir,
    reception: Mutex<Child>,
    third: Mutex<Child>,
}

impl SqliteStage {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            reception: Mutex::new(idler()),
            third: Mutex::new(idler()),
        }
    }

    pub(crate) fn db(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    pub(crate) fn head(&self) -> PathBuf {
        self.folder.path().join("key.head")
    }

    pub(crate) async fn open_as(&self, pid: u32) -> Result<SqliteStore, OpenError> {
        SqliteStore::open(StoreSettings {
            url: format!("sqlite:{}", self.db().display()),
            key_file: self.key(),
            process: ProcessMark::of(pid).unwrap(),
        })
        .await
    }

    pub(crate) async fn open(&self) -> Result<SqliteStore, OpenError> {
        self.open_as(std::process::id()).await
    }
}

fn idler() -> Child {
    // Waits for input that never comes, so that it ends with this process at the latest.
    Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

impl Drop for SqliteStage {
    fn drop(&mut self) {
        for child in [&self.reception, &self.third] {
            let mut child = child.lock().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

#[async_trait]
impl Stage for SqliteStage {
    async fn lobby(&self) -> Arc<dyn Store> {
        Arc::new(self.open().await.unwrap())
    }

    async fn reception(&self) -> Arc<dyn Store> {
        let pid = self.reception.lock().unwrap().id();
        Arc::new(self.open_as(pid).await.unwrap())
    }

    async fn third(&self) -> Arc<dyn Store> {
        let pid = self.third.lock().unwrap().id();
        Arc::new(self.open_as(pid).await.unwrap())
    }

    fn kill_third(&self) {
        let mut child = self.third.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Memory, with three handles.
pub(crate) struct MemoryStage {
    lobby: MemoryStore,
    reception: MemoryStore,
    third: MemoryStore,
}

impl MemoryStage {
    pub(crate) fn new() -> Self {
        let lobby = MemoryStore::new(SiteKey::new([42; 32]), Arc::new(OsEntropy));
        Self {
            reception: lobby.another_process(),
            third: lobby.another_process(),
            lobby,
        }
    }
}

#[async_trait]
impl Stage for MemoryStage {
    async fn lobby(&self) -> Arc<dyn Store> {
        Arc::new(self.lobby.clone())
    }

    async fn reception(&self) -> Arc<dyn Store> {
        Arc::new(self.reception.clone())
    }

    async fn third(&self) -> Arc<dyn Store> {
        Arc::new(self.third.clone())
    }

    fn kill_third(&self) {
        self.third.kill();
    }
}

/// The site's rules for codes.
pub(crate) const RULES: CodeRules = CodeRules {
    digits: 6,
    lifetime: Duration::from_secs(300),
    tries: 5,
};

/// Monday morning, and so many seconds.
pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_800_000_000 + secs)
}

pub(crate) fn code(digits: &str) -> CodeDigits {
    CodeDigits::parse(digits, 6).unwrap()
}

pub(crate) fn reset(number: u16) -> ResetId {
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    ResetId::from_bytes(bytes)
}

pub(crate) fn place() -> Place {
    Place {
        front: "kiosk",
        kiosk: "lobby-1".to_owned(),
    }
}

/// What a code of `employee` in reset `number` is bound to.
pub(crate) fn binding(number: u16, employee: &str) -> Binding {
    Binding {
        reset: reset(number),
        subject: Subject::Account(AccountKey::new(employee)),
        action: Action::Reset,
        place: place(),
    }
}

/// The same for a login name that leads nowhere.
pub(crate) fn binding_of_nobody(store: &dyn Store, number: u16, login: &str) -> Binding {
    Binding {
        subject: store.nobody(&LoginName::parse(login).unwrap()),
        ..binding(number, "")
    }
}

/// The results in the audit log, oldest first, as `event:result`.
pub(crate) async fn log(store: &dyn Store) -> Vec<String> {
    let records = store.read(0, 1_000).await.unwrap();
    records
        .iter()
        .map(|record| format!("{}:{}", record.event, record.result))
        .collect()
}
