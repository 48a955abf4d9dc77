//! IT support's desk on this terminal, wired.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{Semaphore, watch};

use super::at_work::AtWork;
use super::visits::{Shown, app_settings};
use super::{BootError, Opened, log_to_stderr, open, warm_up};
use crate::config::Config;
use crate::flow::driver::Running;
use crate::flow::driver::desk::Desks;
use crate::flow::driver::outage::{Outage, keep_looking};
use crate::flow::driver::settle::keep_settling;
use crate::fronts::desk::{DeskApp, OperatorKeys};
use crate::fronts::kiosk::{self, Ended};
use crate::fronts::tui::app::{Access, AppSettings};
use crate::fronts::tui::msg::Capabilities;
use crate::fronts::tui::runtime::{ResetChannels, Services};
use crate::text::Texts;

/// Runs the desk of `config` on this terminal until its operator ends it.
///
/// # Errors
/// When something that the configuration names cannot be used.
pub async fn desk(mut config: Config) -> Result<ExitCode, BootError> {
    // Never onto the screen itself.
    if !rustix::termios::isatty(rustix::stdio::stderr()) {
        log_to_stderr();
    }
    let operators = OperatorKeys::read(&config.desk()?.operators_file)?;
    let texts = Arc::new(Texts::load());
    let face = DeskApp::new(settings(&config, texts.clone(), kiosk::capabilities())?);
    let Opened { ports, .. } = open(&mut config, &texts, false).await?;
    let desks = Desks::new(
        ports.clone(),
        config.code(),
        config.site_policy(),
        operators.operators().clone(),
    );
    warm_up();
    let settling = tokio::spawn(keep_settling(ports.clone()));
    let (outage, outages) = watch::channel(Outage::default());
    let looking = tokio::spawn(keep_looking(ports.clone(), outage));
    let at_work = AtWork::default();
    let services = services(desks, at_work.clone(), outages);
    let ended = kiosk::run(face, services, ports.clock.clone(), at_work.done()).await;
    settling.abort();
    looking.abort();
    Ok(match ended? {
        Ended::Quit | Ended::Signalled | Ended::HungUp => ExitCode::SUCCESS,
        Ended::CrashedTooOften => ExitCode::FAILURE,
    })
}

/// What the desk's face is told once.
pub(super) fn settings(
    config: &Config,
    texts: Arc<Texts>,
    capabilities: Capabilities,
) -> Result<AppSettings, BootError> {
    let shown = Shown {
        kiosk_name: String::new(),
        access: Access::Kiosk,
        idle: Duration::MAX,
        capabilities,
        size: (80, 24),
    };
    app_settings(config, texts, shown)
}

/// One operator's visit behind the face's commands: on this terminal, or over any byte stream.
pub(super) fn services(desks: Desks, at_work: AtWork, outage: watch::Receiver<Outage>) -> Services {
    Services {
        begin: Box::new(move || {
            let Running { inputs, prompts } = at_work.begin(desks.begin());
            ResetChannels { inputs, prompts }
        }),
        // Nobody chooses a password here.
        judge: Arc::new(|policy, password| policy.report_live(password)),
        judges: Arc::new(Semaphore::new(1)),
        // The desk shows no picture, and nobody scans it.
        new_picture: Box::new(|| std::future::ready(None).boxed()),
        scanned: Box::new(|| std::future::pending().boxed()),
        read_phone: Box::new(|| std::future::ready(Vec::new()).boxed()),
        outage,
    }
}
