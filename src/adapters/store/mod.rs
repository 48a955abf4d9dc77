//! The state, in SQLite: codes and counts, budgets, buckets, intents, pictures and the audit log.
//!
//! One connection writes, tasks queue before it, and every step is one short transaction that
//! begins `IMMEDIATE`, so that several processes can share the file. A commit is on the disk
//! (WAL with `synchronous = FULL`) before anything is answered. The site key lies in a file of
//! its own, and beside it the head file, which remembers where the audit chain ends.

mod alarms;
mod audit;
mod codes;
mod deliveries;
mod desk;
mod group;
mod head;
mod intents;
mod key;
mod links;
mod objections;
mod pairings;
mod process;
mod reminders;
mod remote;
mod schema;
mod step;
mod throttles;
mod tidy;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::time::Instant;

use crate::domain::secret::SiteKey;
use crate::flow::ports::StoreError;
use head::HeadFile;
pub use key::KeyError;
pub use process::ProcessMark;

/// How long a step waits while another process writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long opening goes on while other processes open the same new file.
const OPEN_PATIENCE: Duration = Duration::from_secs(15);
/// After which it is tried again.
const OPEN_AGAIN: Duration = Duration::from_millis(50);
/// The most steps that share a transaction: what passes the others waits for no more.
const GROUP: usize = 8;
/// How long a step waits for its turn in this process.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the state is and who uses it.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// `sqlite:/path/to/state.db`.
    pub url: String,
    /// The site key's file; made on first use. The head file lies beside it, with `.head` behind
    /// its name.
    pub key_file: PathBuf,
    /// This process.
    pub process: ProcessMark,
}

/// Why the store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no file.
    #[error("`{0}` is not of the form sqlite:/path/to/state.db")]
    Url(String),
    /// The state's file.
    #[error("the state file {} cannot be used: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A newer version of this program wrote it.
    #[error(
        "the state was written by a newer version of rekey (its version is {found}, this \
         program knows up to {known}): install that version again"
    )]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest one this program knows.
        known: i64,
    },
    /// The site key or the head file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// SQLite.
    #[error("the state cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
}

/// The state in one SQLite file. Clones share the connection.
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

struct Inner {
    pool: SqlitePool,
    key: SiteKey,
    head: HeadFile,
    process: ProcessMark,
    tidied: tidy::Tidied,
    /// Who may write next.
    lane: group::Lane,
    /// Deliveries to be noted, which pass everybody in the lane.
    notes: deliveries::Notes,
    /// Held while a remote code is judged.
    remote_turn: tokio::sync::Mutex<()>,
}

impl SqliteStore {
    /// Opens the state, and makes what is missing: the file, its tables, the site key.
    ///
    /// # Errors
    /// Says which file is wrong and what to do. A site key is never made anew where records exist.
    pub async fn open(settings: StoreSettings) -> Result<Self, OpenError> {
        let path = path_of(&settings.url)?;
        own_file(&path).map_err(|source| OpenError::File {
            path: path.clone(),
            source,
        })?;
        let pool = connect_in_turn(&path).await?;
        // Records before key: if there were none, another process may make the key meanwhile.
        let records = audit::count(&pool).await?;
        let head = HeadFile::beside(&settings.key_file);
        let key = key::read_or_make(&settings.key_file, &head, records > 0)?;
        if records == 0 {
            head.begin()?;
        }
        Ok(Self(Arc::new(Inner {
            pool,
            key,
            head,
            process: settings.process,
            tidied: tidy::Tidied::default(),
            lane: group::Lane::new(GROUP),
            notes: deliveries::Notes::default(),
            remote_turn: tokio::sync::Mutex::default(),
        })))
    }

    /// Ends the connection, so that its write-ahead log is folded into the file. Not needed for
    /// safety: every step is durable by itself.
    pub async fn close(&self) {
        self.0.pool.close().await;
    }
}

/// The file that `url` names.
fn path_of(url: &str) -> Result<PathBuf, OpenError> {
    let path = url
        .strip_prefix("sqlite:")
        .map(|rest| rest.strip_prefix("//").unwrap_or(rest))
        .filter(|path| !path.is_empty() && !path.starts_with(':') && !path.contains('?'));
    path.map(PathBuf::from)
        .ok_or_else(|| OpenError::Url(url.to_owned()))
}

/// Makes sure that the state's file exists and that only its owner can read it. SQLite gives the
/// files of its write-ahead log the same mode.
///
/// An existing file is not opened: closing it again would drop the locks that this process may
/// hold on it through SQLite (<https://sqlite.org/howtocorrupt.html>, 2.2).
fn own_file(path: &Path) -> std::io::Result<()> {
    use std::io::ErrorKind;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let made = std::fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mode = std::fs::metadata(path)?.permissions().mode();
            if mode & 0o077 != 0 {
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
            }
            Ok(())
        }
        made => made.map(|_| ()),
    }
}

/// Connects, with all tables. SQLite does not wait where several change a new file's journal at once,
/// and making the tables takes each of them a while.
async fn connect_in_turn(path: &Path) -> Result<SqlitePool, OpenError> {
    let give_up = Instant::now() + OPEN_PATIENCE;
    loop {
        match connect_once(path).await {
            Err(OpenError::Database(error)) if is_busy(&error) && Instant::now() < give_up => {
                tokio::time::sleep(OPEN_AGAIN).await;
            }
            opened => return opened,
        }
    }
}

async fn connect_once(path: &Path) -> Result<SqlitePool, OpenError> {
    let pool = connect(path).await?;
    schema::migrate(&pool).await?;
    Ok(pool)
}

/// Another process has the file (SQLITE_BUSY).
fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: &str = "5";
    let error = error.as_database_error();
    error.and_then(|error| error.code()).as_deref() == Some(BUSY)
}

async fn connect(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(QUEUE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await
}

/// SQLite's own words hold names of tables and columns, never a bound value.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}
