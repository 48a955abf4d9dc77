//! Picks the adapters and wires everything; refuses wrong mixes at the start. No other file knows
//! both an adapter and a front.

mod at_work;
mod check;
mod demo;
mod desk;
mod kiosk;
mod remind;
mod serve;
mod visits;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::tz::TimeZone;

use crate::adapters::clock::SystemClock;
use crate::adapters::entropy::OsEntropy;
use crate::adapters::ldap::{LdapDirectory, LdapSettings, SettingsError};
use crate::adapters::store::{OpenError, ProcessMark, SqliteStore, StoreSettings};
use crate::adapters::wecom::callback::{KeyError, WecomCallbacks};
use crate::adapters::wecom::{SetupError, Wecom, WecomSettings};
use crate::config::{self, Config, ConfigError, DirectoryKind};
use crate::domain::account::WecomUserId;
use crate::domain::policy::{self, Policy, Report};
use crate::domain::secret::Password;
use crate::flow::ports::{Assessor, AuditLog, Ports, StoreError};
use crate::fronts::desk::OperatorsError;
use crate::fronts::kiosk::KioskError;
use crate::fronts::notices::NoticeWords;
use crate::fronts::ssh::{HostKeyError, KiosksError};
use crate::fronts::web::listener::ListenError;
use crate::text::{Language, Texts};
use remind::Books;

pub use check::check;
pub use demo::demo;
pub use desk::desk;
pub use kiosk::kiosk;
pub use remind::remind;
pub use serve::serve;

/// Why something could not start, or not go on: one sentence, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file that the configuration names.
    #[error("{path} cannot be read: {source}.")]
    File {
        /// Its path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The directory's settings.
    #[error("[directory] {0}.")]
    Directory(#[from] SettingsError),
    /// WeCom's settings.
    #[error("[wecom] {0}.")]
    Wecom(#[from] SetupError),
    /// What WeCom's calls are opened with.
    #[error("[wecom] {0}.")]
    Callback(#[from] KeyError),
    /// The state.
    #[error("[store] {0}.")]
    Store(#[from] OpenError),
    /// The operators' file.
    #[error("{0}.")]
    Operators(#[from] OperatorsError),
    /// The system does not say which process this is.
    #[error("/proc cannot be read: {0}. It has to be mounted.")]
    Process(std::io::Error),
    /// The state, later.
    #[error("{0}.")]
    State(#[from] StoreError),
    /// Reminders could not be found out.
    #[error("{0}.")]
    Reminding(String),
    /// The terminal.
    #[error("{0}.")]
    Kiosk(#[from] KioskError),
    /// The web front.
    #[error("[web] {0}.")]
    Web(#[from] ListenError),
    /// The figures' listener.
    #[error("[metrics] {0}.")]
    Metrics(#[source] ListenError),
    /// The SSH front's own key.
    #[error("{0}.")]
    HostKey(#[from] HostKeyError),
    /// The kiosks' keys.
    #[error("{0}.")]
    Kiosks(#[from] KiosksError),
    /// The SSH front's listener.
    #[error("[ssh] listen: {at} cannot be listened on: {source}.")]
    Ssh {
        /// Where.
        at: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A server without a front.
    #[error("{}: there is nothing to serve. Add a [web], an [ssh] or a [remind] section.", .0.display())]
    NothingToServe(PathBuf),
    /// The demo's company.
    #[error("The demo cannot start: {0}.")]
    Demo(std::io::Error),
    /// Nobody to write to.
    #[error("The output could not be written: {0}.")]
    Output(#[from] std::io::Error),
}

/// Checks the audit chain and says how many records it has, or what is wrong.
///
/// # Errors
/// When the state cannot be opened or read.
pub async fn audit_verify(config: Config, out: &mut dyn Write) -> Result<ExitCode, BootError> {
    let store = open_store(&config).await?;
    match store.verify().await? {
        Ok(records) => {
            writeln!(
                out,
                "The audit chain holds: {records} records, none altered or missing."
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Err(wrong) => {
            writeln!(out, "The audit chain does not hold: {wrong}.")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Writes every audit record as a line of JSON, oldest first.
///
/// # Errors
/// When the state cannot be opened or read, or nobody takes the output.
pub async fn audit_export(config: Config, out: &mut dyn Write) -> Result<ExitCode, BootError> {
    const PAGE: u32 = 1000;
    let store = open_store(&config).await?;
    let mut after = 0;
    loop {
        let records = store.read(after, PAGE).await?;
        let Some(last) = records.last() else {
            return Ok(ExitCode::SUCCESS);
        };
        after = last.seq;
        for record in &records {
            serde_json::to_writer(&mut *out, record).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
}

/// The state as the configuration names it.
async fn open_store(config: &Config) -> Result<SqliteStore, BootError> {
    let section = config.store()?;
    let settings = StoreSettings {
        url: format!("sqlite:{}", section.database.display()),
        key_file: section.key_file.clone(),
        process: ProcessMark::of_this_process().map_err(BootError::Process)?,
    };
    Ok(SqliteStore::open(settings).await?)
}

/// What the configuration names, open.
struct Opened {
    /// Everything behind the ports.
    ports: Ports,
    /// The channel, for the fronts that need more of it than its port.
    wecom: Arc<Wecom>,
    /// Opens what WeCom brings; `None` without the callback's secrets.
    callbacks: Option<Arc<WecomCallbacks>>,
    /// What only reminders need.
    books: Books,
}

/// Opens everything behind the ports, as the configuration names it.
async fn open(
    config: &mut Config,
    texts: &Arc<Texts>,
    plain_loopback: bool,
) -> Result<Opened, BootError> {
    let store = Arc::new(open_store(config).await?);
    let clock = Arc::new(SystemClock::new());
    let directory = open_directory(config.take_directory()?, clock.clone(), plain_loopback)?;
    let (wecom, callbacks) = open_wecom(config, texts, clock.clone())?;
    let wecom = Arc::new(wecom);
    let directory = Arc::new(directory);
    let books = Books {
        expiries: directory.clone(),
        reminders: Some(store.clone()),
    };
    let ports = Ports {
        directory,
        messenger: wecom.clone(),
        codes: store.clone(),
        throttles: store.clone(),
        audit: store.clone(),
        intents: store.clone(),
        assessor: Arc::new(OffTheLoop),
        pairings: store.clone(),
        objections: store.clone(),
        links: store.clone(),
        deliveries: store.clone(),
        desk: store,
        alarm: alarm(config),
        clock,
        entropy: Arc::new(OsEntropy),
        metrics: Arc::new(()),
    };
    Ok(Opened {
        ports,
        wecom,
        callbacks: callbacks.map(Arc::new),
        books,
    })
}

/// The first key on a password screen shall not wait for the tables.
fn warm_up() {
    tokio::task::spawn_blocking(|| {
        if let Err(error) = policy::warm_up() {
            tracing::error!(%error, "the list of common passwords is damaged");
        }
    });
}

/// JSON lines, for the journal.
fn log_to_stderr() {
    // Somebody else's subscriber stays.
    let _ = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Whom IT's alarms go to.
fn alarm(config: &Config) -> Arc<[WecomUserId]> {
    let named = config.alarm().map(|alarm| alarm.wecom.as_slice());
    named.unwrap_or_default().into()
}

fn open_wecom(
    config: &mut Config,
    texts: &Arc<Texts>,
    clock: Arc<SystemClock>,
) -> Result<(Wecom, Option<WecomCallbacks>), BootError> {
    let wording = NoticeWords {
        texts: texts.clone(),
        site: config.site()?.name.clone(),
        it_phone: config.site()?.it_phone.clone(),
        zone: TimeZone::system(),
        public_url: config
            .site()?
            .public_url
            .as_str()
            .trim_end_matches('/')
            .to_owned(),
        languages: languages(config)?,
    };
    let section = config.take_wecom()?;
    let agent_id = i64::from(section.agent_id);
    let callbacks = section.callback.map(|keys| {
        WecomCallbacks::new(keys.token, &keys.aes_key, section.corp_id.clone(), agent_id)
    });
    let settings = WecomSettings::new(
        section.api.to_string(),
        section.corp_id,
        agent_id,
        section.secret,
    );
    let wecom = Wecom::new(settings, Arc::new(wording), clock)?;
    Ok((wecom, callbacks.transpose()?))
}

fn open_directory(
    section: config::Directory,
    clock: Arc<SystemClock>,
    allow_plain_loopback: bool,
) -> Result<LdapDirectory, BootError> {
    let ca_pem = match &section.ca_file {
        None => None,
        Some(path) => Some(std::fs::read(path).map_err(|source| BootError::File {
            path: path.display().to_string(),
            source,
        })?),
    };
    let settings = LdapSettings {
        urls: section
            .urls
            .iter()
            .map(|url| url.as_str().trim_end_matches('/').to_owned())
            .collect(),
        starttls: section.starttls,
        ca_pem,
        allow_plain_loopback,
        bind_dn: section.bind_dn,
        bind_password: section.bind_password,
        people_base: section.people_base,
        login_attributes: section.login_attributes,
        wecom_attribute: section.wecom_attribute,
        language_attribute: section.language_attribute,
        protected_groups: section.protected_groups,
        default_policy_dn: section.default_policy_dn,
    };
    match section.kind {
        DirectoryKind::OpenLdap => Ok(LdapDirectory::openldap(settings, clock)?),
        DirectoryKind::Ds389 => Ok(LdapDirectory::ds389(settings, clock)?),
        DirectoryKind::ActiveDirectory => Ok(LdapDirectory::active_directory(settings, clock)?),
    }
}

/// What a picture's address is made of.
struct Address {
    /// `public_url` in capitals: the QR code's alphanumeric mode has no small letters, and host
    /// names and `/k/` match without case.
    base: String,
    host: String,
}

impl Address {
    fn of(config: &Config) -> Result<Self, BootError> {
        let site = config.site()?;
        Ok(Self {
            base: site
                .public_url
                .as_str()
                .trim_end_matches('/')
                .to_uppercase(),
            host: site.short_address(),
        })
    }

    /// The form's own address.
    fn of_form(&self) -> String {
        format!("{}/", self.base)
    }

    /// What a picture holds.
    fn of_picture(&self, nonce: &str) -> String {
        format!("{}/K/{nonce}", self.base)
    }
}

/// The languages of the site, in its order.
fn languages(config: &Config) -> Result<Vec<Language>, ConfigError> {
    Ok(config
        .site()?
        .languages
        .iter()
        .map(|language| match language {
            config::Language::English => Language::English,
            config::Language::Chinese => Language::Chinese,
            config::Language::Indonesian => Language::Indonesian,
        })
        .collect())
}

/// The true verdict, on a thread of its own: it may take long for hostile input.
struct OffTheLoop;

#[async_trait]
impl Assessor for OffTheLoop {
    async fn assess(&self, password: Arc<Password>, policy: Arc<Policy>) -> Report {
        let judged = {
            let (password, policy) = (password.clone(), policy.clone());
            tokio::task::spawn_blocking(move || policy.report_full(&password))
        };
        match judged.await {
            Ok(report) => report,
            // The thread panicked or the program ends: judged here, late rather than wrongly.
            Err(_) => policy.report_full(&password),
        }
    }
}
