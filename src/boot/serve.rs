//! `rekey serve`: every front that answers on the network, in one process.
//!
//! Each front is opened by a function of its own in this folder, from the configuration and what
//! all of them stand on ([`Installation`]); what it gives back runs until [`Closing`] says so.

mod chat;
mod metrics;
mod remind;
mod ssh;
mod watchdog;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::at_work::AtWork;
use super::remind::Books;
use super::{BootError, Opened, log_to_stderr, open, warm_up};
use crate::adapters::metrics::PrometheusMetrics;
use crate::adapters::wecom::Wecom;
use crate::adapters::wecom::callback::WecomCallbacks;
use crate::config::Config;
use crate::flow::driver::outage::{Outage, keep_looking};
use crate::flow::driver::settle::keep_settling;
use crate::flow::ports::Ports;
use crate::fronts::pulse::Pulse;
use crate::fronts::tui::terminal::harden;
use crate::text::Texts;

/// How long changes in flight may take once the end was asked for; what is not done by then is
/// settled at the next start.
const QUIESCE_MAX: Duration = Duration::from_secs(10);

/// What every front of the server stands on.
struct Installation {
    ports: Ports,
    figures: Arc<PrometheusMetrics>,
    wecom: Arc<Wecom>,
    callbacks: Option<Arc<WecomCallbacks>>,
    books: Books,
    texts: Arc<Texts>,
    /// Resets are begun here, so that they are waited for at the end.
    at_work: AtWork,
    /// What does not work for everybody.
    outage: watch::Receiver<Outage>,
    closing: Closing,
    /// The demo's phones are any browser.
    demo: bool,
}

/// Turns true once, when no new work is to be begun.
type Closing = watch::Receiver<bool>;

/// A front that is open.
struct Front {
    /// It answers until [`Closing`], finishes what it is doing, and is done.
    work: BoxFuture<'static, ()>,
    /// Beats while it answers; `None` where nobody asks.
    pulse: Option<Pulse>,
}

/// Serves every front that `config` has a section for, until a signal ends it; for the `demo`,
/// until standard input does.
///
/// # Errors
/// When something that the configuration names cannot be used, or it names nothing to serve.
pub async fn serve(mut config: Config, demo: bool) -> Result<ExitCode, BootError> {
    log_to_stderr();
    // A kernel that refuses this runs no server worse than before.
    let _ = harden();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // No front but the one over SSH does anything then, and none of them ends.
    let _hangup = signal(SignalKind::hangup())?;
    something_to_serve(&config)?;
    let texts = Arc::new(Texts::load());
    let Opened {
        mut ports,
        wecom,
        callbacks,
        books,
    } = open(&mut config, &texts, demo).await?;
    let figures = Arc::new(PrometheusMetrics::new());
    ports.metrics = figures.clone();
    warm_up();
    let (close, closing) = watch::channel(false);
    let (outage, outages) = watch::channel(Outage::default());
    let installation = Installation {
        ports: ports.clone(),
        figures,
        wecom,
        callbacks,
        books,
        texts,
        at_work: AtWork::default(),
        outage: outages,
        closing,
        demo,
    };
    let fronts = fronts(&config, &installation).await?;
    let settling = tokio::spawn(keep_settling(ports.clone()));
    let looking = tokio::spawn(keep_looking(ports, outage));
    let at_work = installation.at_work;
    let pulses = fronts.iter().filter_map(|front| front.pulse.clone());
    let pulses = pulses.collect();
    let fronts: Vec<_> = fronts
        .into_iter()
        .map(|front| tokio::spawn(front.work))
        .collect();
    tracing::info!("serving");
    watchdog::tell(&[NotifyState::Ready]);
    tokio::select! {
        () = watchdog::feed(pulses) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = end_of_input(), if demo => {}
    }
    tracing::info!("stopping: what is in flight is finished");
    watchdog::tell(&[NotifyState::Stopping]);
    close.send_replace(true);
    let quiet = async {
        join_all(fronts).await;
        at_work.done().await;
    };
    if tokio::time::timeout(QUIESCE_MAX, quiet).await.is_err() {
        tracing::warn!("not everything was finished in time; the next start settles it");
    }
    settling.abort();
    looking.abort();
    Ok(ExitCode::SUCCESS)
}

/// Opens all of them before any begins to answer.
async fn fronts(config: &Config, installation: &Installation) -> Result<Vec<Front>, BootError> {
    let mut fronts = Vec::new();
    if config.web().is_ok() {
        let chat = chat::routes(config, installation)?;
        fronts.push(web::open(config, installation, chat).await?);
    }
    if config.ssh().is_ok() {
        fronts.push(ssh::open(config, installation)?);
    }
    if let Ok(section) = config.metrics() {
        fronts.push(metrics::open(section, installation).await?);
    }
    if config.remind().is_ok() {
        fronts.push(remind::open(config, installation)?);
    }
    Ok(fronts)
}

fn something_to_serve(config: &Config) -> Result<(), BootError> {
    if config.web().is_ok() || config.ssh().is_ok() || config.remind().is_ok() {
        return Ok(());
    }
    Err(BootError::NothingToServe(PathBuf::from(config.path())))
}

/// The demo holds the other end of standard input: it closes even when the demo is killed.
async fn end_of_input() {
    let read = || std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
    // An error is an end, too.
    let _ = tokio::task::spawn_blocking(read).await;
}
