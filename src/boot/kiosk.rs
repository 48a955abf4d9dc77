//! The kiosk on this terminal, wired.

use std::process::ExitCode;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::{Semaphore, watch};

use super::at_work::AtWork;
use super::visits::{Common, Shown, app_settings};
use super::{Address, BootError, Opened, log_to_stderr, open, warm_up};
use crate::config::Config;
use crate::domain::code::Place;
use crate::domain::time::Timestamp;
use crate::flow::driver::outage::{Outage, keep_looking};
use crate::flow::driver::settle::keep_settling;
use crate::fronts::kiosk::{self, Ended};
use crate::fronts::tui::app::{Access, App, DemoHint};
use crate::fronts::tui::msg::PhoneMessage;
use crate::fronts::tui::runtime::Services;
use crate::sim::phone;
use crate::text::Texts;

/// A login name for the demo's hint line.
const DEMO_LOGIN: &str = "lin.wei";

/// Runs the kiosk of `config` on this terminal until it ends. `demo_phone` is the address of the
/// simulated phone, in the demo; `plain` asks for lines instead of screens.
///
/// # Errors
/// When something that the configuration names cannot be used.
pub async fn kiosk(
    mut config: Config,
    plain: bool,
    demo_phone: Option<String>,
) -> Result<ExitCode, BootError> {
    if !rustix::termios::isatty(rustix::stdio::stderr()) {
        // Never onto the screen itself.
        log_to_stderr();
    }
    let texts = Arc::new(Texts::load());
    let shown = Shown {
        kiosk_name: config.kiosk()?.name.clone(),
        access: Access::Kiosk,
        idle: config.kiosk()?.idle,
        capabilities: kiosk::capabilities(),
        size: (80, 24),
    };
    let mut settings = app_settings(&config, texts.clone(), shown)?;
    if let Some(phone) = &demo_phone {
        settings.demo = Some(demo_hint(&config, phone)?);
    }
    let place = Place {
        front: "kiosk",
        kiosk: config.kiosk()?.name.clone(),
    };
    let address = Address::of(&config)?;
    let Opened { ports, .. } = open(&mut config, &texts, demo_phone.is_some()).await?;
    warm_up();
    let (outage, outages) = watch::channel(Outage::default());
    let common = Common {
        ports: ports.clone(),
        code: config.code(),
        policy: config.site_policy(),
        address: Arc::new(address),
        at_work: AtWork::default(),
        outage: outages,
        judges: Arc::new(Semaphore::new(1)),
        scans: Arc::default(),
    };
    let (scans, scanned) = (Arc::clone(&common.scans), ports.clone());
    let beside = [
        tokio::spawn(keep_settling(ports.clone())),
        tokio::spawn(keep_looking(ports.clone(), outage)),
        tokio::spawn(async move { scans.keep_listening(&scanned).await }),
    ];
    let services = Services {
        read_phone: Box::new(move || read_phone(demo_phone.clone()).boxed()),
        ..common.services(place)
    };
    let at_work = common.at_work.done();
    let ended = if plain || kiosk::wants_lines() {
        kiosk::run_plain(settings, services, ports.clock, at_work).await
    } else {
        kiosk::run(App::new(settings), services, ports.clock, at_work).await
    };
    for task in beside {
        task.abort();
    }
    Ok(match ended? {
        Ended::Quit | Ended::Signalled | Ended::HungUp => ExitCode::SUCCESS,
        Ended::CrashedTooOften => ExitCode::FAILURE,
    })
}

fn demo_hint(config: &Config, phone_url: &str) -> Result<DemoHint, BootError> {
    let ldap_url = config.directory()?.urls.first();
    Ok(DemoHint {
        login: DEMO_LOGIN.to_owned(),
        phone_url: phone_url.to_owned(),
        ldap_url: ldap_url.map(ToString::to_string).unwrap_or_default(),
    })
}

async fn read_phone(url: Option<String>) -> Vec<PhoneMessage> {
    let Some(url) = url else {
        return Vec::new();
    };
    match phone::read_messages(&url).await {
        Ok(messages) => messages
            .into_iter()
            .map(|message| PhoneMessage {
                to: message.name,
                text: message.text,
                at: Timestamp::from_millis(message.at),
            })
            .collect(),
        Err(error) => {
            tracing::error!(%error, "the demo's phone cannot be read");
            Vec::new()
        }
    }
}
