//! The SSH front, wired.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use sd_notify::NotifyState;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Semaphore;

use super::{Front, Installation, watchdog};
use crate::boot::visits::{Common, Shown, app_settings};
use crate::boot::{Address, BootError, desk, languages};
use crate::config::{Allow, Config, RemoteSessions};
use crate::domain::operator::{Operator, Operators};
use crate::flow::driver::desk::Desks;
use crate::flow::ports::Ports;
use crate::fronts::desk::OperatorKeys;
use crate::fronts::pulse::Pulse;
use crate::fronts::ssh::{Door, Host, Kiosks, KiosksError, Rules, Visitor, Welcome, Who, host_key};
use crate::fronts::tui::app::{Access, AppSettings};
use crate::fronts::tui::probe;
use crate::fronts::tui::runtime::Services;
use crate::text::{Language, Texts};

/// Connections that the kernel keeps while others come in.
const BACKLOG: u32 = 4096;
/// What the kernel keeps for a client that does not read, in bytes: about a large frame.
const UNREAD: u32 = 32 * 1024;

/// Opens it.
///
/// # Errors
/// When something that the configuration names cannot be used.
pub(super) fn open(config: &Config, installation: &Installation) -> Result<Front, BootError> {
    let section = config.ssh()?;
    allow_descriptors();
    let common = Common {
        ports: installation.ports.clone(),
        code: config.code(),
        policy: config.site_policy(),
        address: Arc::new(Address::of(config)?),
        at_work: installation.at_work.clone(),
        outage: installation.outage.clone(),
        judges: Arc::new(Semaphore::new(judges())),
        scans: Arc::default(),
    };
    let key = host_key(&section.host_key_file, &*common.ports.entropy)?;
    let rules = rules(config, &common, &installation.texts)?;
    let listener = listen(section.listen).map_err(|source| BootError::Ssh {
        at: section.listen,
        source,
    })?;
    let Ports { clock, metrics, .. } = common.ports.clone();
    let door = Door::new(key, rules, (clock, metrics), installation.closing.clone());
    let renewing = Renewing {
        path: config.path().to_owned(),
        hangup: signal(SignalKind::hangup())?,
        door: Arc::clone(&door),
        texts: Arc::clone(&installation.texts),
        common,
    };
    let pulse = Pulse::default();
    Ok(Front {
        work: serve(door, listener, renewing, pulse.clone()).boxed(),
        pulse: Some(pulse),
    })
}

/// Serves until everybody has gone.
async fn serve(door: Arc<Door>, listener: TcpListener, renewing: Renewing, pulse: Pulse) {
    let scans = Arc::clone(&renewing.common.scans);
    let ports = renewing.common.ports.clone();
    tokio::select! {
        served = door.serve(listener, pulse) => {
            if let Err(error) = served {
                tracing::error!(%error, "nobody can come in over SSH any more");
            }
        }
        () = scans.keep_listening(&ports) => {}
        () = renewing.keep_renewing() => {}
    }
}

/// Reads the configuration again when the process is told to (SIGHUP): for new visits.
struct Renewing {
    path: PathBuf,
    hangup: Signal,
    door: Arc<Door>,
    texts: Arc<Texts>,
    common: Common,
}

impl Renewing {
    async fn keep_renewing(mut self) {
        while self.hangup.recv().await.is_some() {
            watchdog::tell_of_reload();
            match self.renew() {
                Ok(()) => tracing::info!("new visits follow the configuration as it is now"),
                Err(error) => tracing::error!(%error, "the settings stay as they were"),
            }
            watchdog::tell(&[NotifyState::Ready]);
        }
    }

    fn renew(&self) -> Result<(), BootError> {
        let config = Config::read(&self.path, Allow::default())?;
        let common = Common {
            code: config.code(),
            policy: config.site_policy(),
            address: Arc::new(Address::of(&config)?),
            ..self.common.clone()
        };
        self.door
            .replace_rules(rules(&config, &common, &self.texts)?);
        Ok(())
    }
}

/// How many candidates are judged at once: a core is left for everything else.
fn judges() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.saturating_sub(1).max(1)
}

/// What holds for new visits by this configuration.
fn rules(config: &Config, common: &Common, texts: &Arc<Texts>) -> Result<Rules, BootError> {
    let (section, site) = (config.ssh()?, config.site()?);
    let kiosks = match &section.kiosks_file {
        Some(path) => Kiosks::read(path)?,
        None => Kiosks::default(),
    };
    let access = match section.remote {
        RemoteSessions::Phone => Access::RemotePhone,
        RemoteSessions::Code | RemoteSessions::Off => Access::Remote,
    };
    let shown = Shown {
        kiosk_name: String::new(),
        access,
        idle: section.idle,
        capabilities: probe::from_environment(|_| None),
        size: (80, 24),
    };
    let operators = match config.desk() {
        Ok(desk) => OperatorKeys::read(&desk.operators_file)?,
        Err(_) => OperatorKeys::default(),
    };
    if let Some(name) = kiosks.shared_with(&operators) {
        return Err(KiosksError::Operators(name.to_owned()).into());
    }
    let host = SshHost {
        common: common.clone(),
        settings: app_settings(config, Arc::clone(texts), shown)?,
        visits: AtomicU64::new(0),
    };
    Ok(Rules {
        kiosks,
        operators,
        remote: section.remote,
        host: Box::new(host),
        texts: Arc::clone(texts),
        languages: languages(config)?,
        site: site.name.clone(),
    })
}

/// Gives each visit its own settings and services.
struct SshHost {
    common: Common,
    settings: AppSettings,
    visits: AtomicU64,
}

impl Host for SshHost {
    fn welcome(&self, visitor: &Visitor) -> Welcome {
        let number = self.visits.fetch_add(1, Ordering::Relaxed);
        let mut settings = AppSettings {
            kiosk_name: visitor.place.kiosk.clone(),
            capabilities: visitor.capabilities,
            size: visitor.size,
            clock_lag: lag(number),
            ..self.settings.clone()
        };
        if visitor.who != Who::Anybody {
            settings.access = Access::Kiosk;
        }
        let tag = visitor.locale.language();
        let first = Language::choose(tag, &settings.languages);
        settings
            .languages
            .sort_by_key(|language| *language != first);
        let services = match &visitor.who {
            Who::Operator(operator) => self.desk(operator),
            Who::Anybody if settings.access == Access::RemotePhone => {
                self.common.services_of_phone(visitor.place.clone())
            }
            Who::Kiosk(_) | Who::Anybody => self.common.services(visitor.place.clone()),
        };
        Welcome { settings, services }
    }
}

impl SshHost {
    /// A desk where nobody but the key's owner signs in.
    fn desk(&self, operator: &Operator) -> Services {
        let Common { ports, code, .. } = self.common.clone();
        let only = Operators::new(vec![operator.clone()]);
        let desks = Desks::new(ports, code, self.common.policy.clone(), only);
        let at_work = self.common.at_work.clone();
        desk::services(desks, at_work, self.common.outage.clone())
    }
}

/// Clocks of thousands of visits move on at different moments, spread over these.
fn lag(number: u64) -> Duration {
    const SPREAD_MILLIS: u64 = 10_000;
    // Neighbours in time are far apart here.
    Duration::from_millis(number.wrapping_mul(6_180) % SPREAD_MILLIS)
}

/// Thousands of connections need as many descriptors as this process may have.
fn allow_descriptors() {
    let known = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let most = rustix::process::Rlimit {
        current: known.maximum,
        ..known
    };
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Nofile, most) {
        tracing::warn!(%error, "the number of open files stays limited");
    }
}

fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = if at.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    // Its connections have it from here.
    socket.set_send_buffer_size(UNREAD)?;
    socket.bind(at)?;
    socket.listen(BACKLOG)
}
