//! The local kiosk: one visit on this terminal, then the program begins anew.
//!
//! After a visit the process executes itself again, because libraries keep buffers: nothing of a
//! visit stays in memory, and the next person finds the menu. The same happens after a panic, with
//! a brake: see [`CRASHES_MAX`].

mod restart;

use std::future::Future;
use std::io;
use std::os::fd::AsFd;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

pub use self::restart::CRASHES_MAX;
use self::restart::{Brake, inherited_keys};
use super::plain;
use super::tui::app::AppSettings;
use super::tui::msg::Capabilities;
use super::tui::painter::clamp;
use super::tui::probe;
use super::tui::runtime::{self, Exit, Face, Line, Services};
use super::tui::terminal::{self, Manner, Terminal, TerminalError};
use crate::flow::ports::Clock;

/// How long a change in flight may take before the process goes all the same; then the next start
/// settles it.
pub const QUIESCE_MAX: Duration = Duration::from_secs(15);

/// Told by the panic hook, whichever thread it ran on.
static PANICKED: Notify = Notify::const_new();

/// How the kiosk ended, for good.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The demo's person left.
    Quit,
    /// A signal asked for it.
    Signalled,
    /// The terminal went away.
    HungUp,
    /// It panicked [`CRASHES_MAX`] times in a minute.
    CrashedTooOften,
}

/// Why the kiosk could not run, or not begin anew.
#[derive(Debug, thiserror::Error)]
pub enum KioskError {
    /// The terminal.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// Everything else: signals, the execution itself.
    #[error("the kiosk cannot go on: {0}")]
    Io(#[from] io::Error),
}

/// What is known of this process's terminal before it has been asked.
pub fn capabilities() -> Capabilities {
    probe::from_environment(|name| std::env::var(name).ok())
}

/// The same, with what the kernel tells of `terminal`, where that is a bare Linux console.
pub fn capabilities_on(terminal: &impl AsFd) -> Capabilities {
    let guess = capabilities();
    probe::console(terminal, guess).unwrap_or(guess)
}

/// Runs one visit. Does not return after it: the process executes itself again. It returns when
/// the kiosk ends, with the terminal as it was before.
///
/// `quiesce` is done when no change is in flight; it is awaited before the process goes, at most
/// [`QUIESCE_MAX`]. Call it on a current-thread runtime, once in a process.
///
/// # Errors
/// There is no terminal, or the program cannot be executed again.
pub async fn run<F: Face>(
    face: F,
    services: Services,
    clock: Arc<dyn Clock>,
    quiesce: impl Future<Output = ()>,
) -> Result<Ended, KioskError> {
    let visitor = async |terminal: &Terminal, signals: &mut Signals| {
        visit(face, services, Arc::clone(&clock), terminal, signals).await
    };
    supervise(Manner::Screens, visitor, &*clock, quiesce).await
}

/// The same in plain lines, without one escape byte.
///
/// # Errors
/// There is no terminal, or the program cannot be executed again.
pub async fn run_plain(
    settings: AppSettings,
    services: Services,
    clock: Arc<dyn Clock>,
    quiesce: impl Future<Output = ()>,
) -> Result<Ended, KioskError> {
    let visitor = async |terminal: &Terminal, signals: &mut Signals| {
        let line = plain::Line {
            input: terminal.input()?,
            output: terminal.output()?,
            echo: plain::Echo::Ours,
            stop: async {
                tokio::select! {
                    () = signals.end() => Exit::Signalled,
                    () = PANICKED.notified() => Exit::Crashed,
                }
            },
        };
        Ok(plain::run(settings, line, services, Arc::clone(&clock)).await)
    };
    supervise(Manner::Lines, visitor, &*clock, quiesce).await
}

/// Whether the terminal understands nothing but lines.
pub fn wants_lines() -> bool {
    std::env::var("TERM").is_ok_and(|term| term == "dumb")
}

async fn supervise(
    manner: Manner,
    visitor: impl AsyncFnOnce(&Terminal, &mut Signals) -> Result<Exit, KioskError>,
    clock: &dyn Clock,
    quiesce: impl Future<Output = ()>,
) -> Result<Ended, KioskError> {
    let brake = Brake::inherited();
    let terminal = Terminal::enter(inherited_keys(), manner)?;
    restore_on_panic();
    // A kernel that refuses this runs no kiosk worse than before.
    let _ = terminal::harden();
    let mut signals = Signals::new()?;
    let visit = visitor(&terminal, &mut signals);
    // A panic on this thread unwinds to here; the hook has restored the terminal already.
    let mut exit = AssertUnwindSafe(visit)
        .catch_unwind()
        .await
        .unwrap_or(Ok(Exit::Crashed))?;
    match exit {
        Exit::VisitOver if manner == Manner::Screens => terminal.wipe(),
        Exit::VisitOver => {}
        Exit::Crashed => _ = terminal::hand_over(),
        Exit::Quit | Exit::Signalled | Exit::HungUp => terminal::restore(),
    }
    let quiesced = tokio::time::timeout(QUIESCE_MAX, quiesce);
    tokio::pin!(quiesced);
    tokio::select! {
        _ = &mut quiesced => {}
        () = signals.end() => {
            exit = Exit::Signalled;
            terminal::restore();
            let _ = quiesced.await;
        }
    }
    let next = match exit {
        Exit::Quit => return Ok(Ended::Quit),
        Exit::Signalled => return Ok(Ended::Signalled),
        Exit::HungUp => return Ok(Ended::HungUp),
        Exit::VisitOver => brake,
        Exit::Crashed => match brake.after_crash(clock.now().wall) {
            Some(brake) => brake,
            None => return Ok(Ended::CrashedTooOften),
        },
    };
    Err(next.begin_anew().into())
}

async fn visit<F: Face>(
    face: F,
    services: Services,
    clock: Arc<dyn Clock>,
    terminal: &Terminal,
    signals: &mut Signals,
) -> Result<Exit, KioskError> {
    let guess = capabilities();
    let console = probe::console(terminal.tty(), guess);
    let (size_sender, size) = watch::channel(clamp(terminal.size()));
    let mut resized = signal(SignalKind::window_change())?;
    let stop = async {
        loop {
            tokio::select! {
                () = signals.end() => return Exit::Signalled,
                () = PANICKED.notified() => return Exit::Crashed,
                _ = resized.recv() => {
                    size_sender.send_replace(clamp(terminal.size()));
                }
            }
        }
    };
    let line = Line {
        input: terminal.input()?,
        output: terminal.output()?,
        size,
        capabilities: console.unwrap_or(guess),
        probe: console.is_none() && probe::can_be_asked(|name| std::env::var(name).ok()),
        stop,
    };
    Ok(runtime::run(face, line, services, clock).await)
}

/// The signals that end the kiosk.
struct Signals {
    ending: [Signal; 4],
    /// In raw mode only another process can send it; a stopped kiosk helps nobody.
    _stop: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let stop = rustix::process::Signal::TSTP.as_raw();
        Ok(Self {
            ending: [
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
                signal(SignalKind::interrupt())?,
                signal(SignalKind::quit())?,
            ],
            _stop: signal(SignalKind::from_raw(stop))?,
        })
    }

    async fn end(&mut self) {
        let [a, b, c, d] = &mut self.ending;
        tokio::select! {
            _ = a.recv() => {}
            _ = b.recv() => {}
            _ = c.recv() => {}
            _ = d.recv() => {}
        }
    }
}

/// From now on a panic on any thread restores the terminal first and says where it was. What the
/// panic says is left out: it may hold what a person typed.
fn restore_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let place = place.unwrap_or_default();
        tracing::error!(place, "panic");
        if of_ldap_connection(&place) {
            return;
        }
        let _ = terminal::hand_over();
        let sentence = format!("rekey: an error of its own at {place}; it begins anew\r\n");
        let _ = rustix::io::write(rustix::stdio::stderr(), sentence.as_bytes());
        PANICKED.notify_one();
    }));
}

/// ldap3 panics on replies it cannot read, on the task of that one connection: whoever waits for
/// the reply hears that the connection is lost, and the visit goes on with the truth (rule 5).
fn of_ldap_connection(place: &str) -> bool {
    ["/ldap3-", "/lber-"]
        .iter()
        .any(|library| place.contains(library))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ldap_librarys_own_panics_spare_the_visit() {
        let registry = "/home/somebody/.cargo/registry/src/index-1/";
        assert!(of_ldap_connection(&format!(
            "{registry}ldap3-0.12.1/src/protocol.rs:40:9"
        )));
        assert!(of_ldap_connection(&format!(
            "{registry}lber-0.5.1/src/parse.rs:12:5"
        )));
        assert!(!of_ldap_connection("src/adapters/ldap/openldap.rs:12:5"));
    }
}
