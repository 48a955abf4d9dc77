//! The state, the judgement and the messages of a site, without a front.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rekey::adapters::clock::SystemClock;
use rekey::adapters::entropy::OsEntropy;
use rekey::adapters::store::{ProcessMark, SqliteStore, StoreSettings};
use rekey::domain::code::{CodeRules, Place};
use rekey::domain::policy::{Policy, Report, SitePolicy};
use rekey::domain::secret::Password;
use rekey::flow::driver::Resets;
use rekey::flow::message::{Body, Card, CardAnswer, Message};
use rekey::flow::ports::{Assessor, Directory, Messenger, Ports, SendError, SentMessage};
use tempfile::TempDir;

pub(crate) const RULES: CodeRules = CodeRules {
    digits: 6,
    lifetime: Duration::from_secs(300),
    tries: 5,
};

/// A folder on the disk that the build uses: one in memory would flatter every durable write.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

pub(crate) async fn store(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(StoreSettings {
        url: format!("sqlite:{}", folder.path().join("state.db").display()),
        key_file: folder.path().join("key"),
        process: ProcessMark::of_this_process().unwrap(),
    })
    .await
    .unwrap()
}

/// A channel that takes everything at once, and shows the newest code to each account.
#[derive(Default)]
pub(crate) struct Pockets(Mutex<Vec<(String, String)>>);

impl Pockets {
    /// Takes the code that came to a WeCom userid.
    pub(crate) fn code_of(&self, userid: &str) -> Option<String> {
        let mut codes = self.0.lock().unwrap();
        let at = codes.iter().position(|(to, _)| to == userid)?;
        Some(codes.swap_remove(at).1)
    }
}

#[async_trait]
impl Messenger for Pockets {
    async fn send(&self, message: Message) -> Result<SentMessage, SendError> {
        if let Body::KioskCode { digits, .. } = &message.body {
            let code = (message.to.as_str().to_owned(), digits.expose().to_owned());
            self.0.lock().unwrap().push(code);
        }
        Ok(SentMessage { id: String::new() })
    }

    async fn recall(&self, _sent: &SentMessage) -> Result<(), SendError> {
        Ok(())
    }

    async fn send_card(&self, _card: &Card) -> Result<(), SendError> {
        Ok(())
    }

    async fn answer_card(&self, _answer: &CardAnswer, _ticket: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn works(&self) -> Result<(), SendError> {
        Ok(())
    }
}

/// The true verdict, as the program has it: on a thread of its own. Notes when the last was there.
pub(crate) struct OffTheLoop(pub(crate) Arc<Mutex<Instant>>);

#[async_trait]
impl Assessor for OffTheLoop {
    async fn assess(&self, password: Arc<Password>, policy: Arc<Policy>) -> Report {
        let report = tokio::task::spawn_blocking(move || policy.report_full(&password));
        let report = report.await.unwrap();
        *self.0.lock().unwrap() = Instant::now();
        report
    }
}

/// Everything behind the ports, with the clock and the randomness of this machine.
pub(crate) fn ports(
    directory: Arc<dyn Directory>,
    messenger: Arc<dyn Messenger>,
    store: Arc<SqliteStore>,
    judge: OffTheLoop,
) -> Ports {
    Ports {
        directory,
        messenger,
        codes: store.clone(),
        throttles: store.clone(),
        audit: store.clone(),
        intents: store.clone(),
        pairings: store.clone(),
        objections: store.clone(),
        links: store.clone(),
        desk: store.clone(),
        deliveries: store,
        alarm: [].into(),
        assessor: Arc::new(judge),
        clock: Arc::new(SystemClock::new()),
        entropy: Arc::new(OsEntropy),
        metrics: Arc::new(()),
    }
}

/// Everything a reset needs but a front.
pub(crate) struct Site {
    pub(crate) pockets: Arc<Pockets>,
    /// When a password was last judged.
    pub(crate) judged: Arc<Mutex<Instant>>,
    ports: Ports,
    _folder: TempDir,
}

impl Site {
    pub(crate) async fn over(directory: Arc<dyn Directory>) -> Self {
        let folder = folder();
        let store = Arc::new(store(&folder).await);
        let pockets = Arc::new(Pockets::default());
        let judged = Arc::new(Mutex::new(Instant::now()));
        let judge = OffTheLoop(judged.clone());
        let ports = ports(directory, pockets.clone(), store, judge);
        Self {
            pockets,
            judged,
            ports,
            _folder: folder,
        }
    }

    /// Resets at a kiosk of that name.
    pub(crate) fn resets(&self, kiosk: &str) -> Resets {
        let place = Place {
            front: "kiosk",
            kiosk: kiosk.to_owned(),
        };
        let site = SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 12,
            min_strength: 3,
            words: vec!["contoso".to_owned()],
        };
        Resets::new(self.ports.clone(), place, RULES, site)
    }
}
