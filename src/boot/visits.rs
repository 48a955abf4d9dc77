//! What visits of every terminal share, at a kiosk and over SSH: their settings and services.

use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, watch};

use super::at_work::AtWork;
use super::{Address, BootError, languages};
use crate::config::{self, Config};
use crate::domain::code::{CodeRules, Place, ResetId};
use crate::domain::policy::SitePolicy;
use crate::flow::driver::outage::Outage;
use crate::flow::driver::pairing::{self, Scans};
use crate::flow::driver::{Resets, Running};
use crate::flow::ports::Ports;
use crate::fronts::tui::app::{Access, AppSettings, ChatPasswords};
use crate::fronts::tui::msg::{Capabilities, Picture};
use crate::fronts::tui::runtime::{ResetChannels, Services};
use crate::text::Texts;

/// How long a picture that never ends is good for.
const LONGER_THAN_A_VISIT: Duration = Duration::from_secs(86_400);

/// What all visits of a process have in common.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) ports: Ports,
    pub(super) code: CodeRules,
    pub(super) policy: SitePolicy,
    pub(super) address: Arc<Address>,
    pub(super) at_work: AtWork,
    pub(super) outage: watch::Receiver<Outage>,
    /// How many candidates are judged at once.
    pub(super) judges: Arc<Semaphore>,
    /// Hears of scanned pictures.
    pub(super) scans: Arc<Scans>,
}

impl Common {
    /// The services of one visit at `place`.
    pub(super) fn services(&self, place: Place) -> Services {
        let Self { ports, code, .. } = self.clone();
        let resets = Resets::new(ports.clone(), place.clone(), code, self.policy.clone());
        let visit = resets.new_id();
        let by_scan = Scanned {
            ports: ports.clone(),
            resets: Arc::new(resets),
            visit: visit.clone(),
            at_work: self.at_work.clone(),
            scans: Arc::clone(&self.scans),
        };
        let (at_work, resets) = (self.at_work.clone(), Arc::clone(&by_scan.resets));
        let address = Arc::clone(&self.address);
        Services {
            begin: Box::new(move || channels(at_work.begin(resets.begin()))),
            judge: Arc::new(|policy, password| policy.report_live(password)),
            judges: Arc::clone(&self.judges),
            new_picture: Box::new(move || {
                new_picture(ports.clone(), place.clone(), visit.clone(), address.clone()).boxed()
            }),
            scanned: Box::new(move || by_scan.clone().wait().boxed()),
            read_phone: Box::new(|| async { Vec::new() }.boxed()),
            outage: self.outage.clone(),
        }
    }
}

impl Common {
    /// The same where nothing is typed: the picture holds the form's address, and what is done
    /// there is not told here.
    pub(super) fn services_of_phone(&self, place: Place) -> Services {
        let picture = Picture {
            url: self.address.of_form(),
            host: self.address.host.clone(),
            short_code: String::new(),
            expires: self.ports.clock.now().wall.plus(LONGER_THAN_A_VISIT),
        };
        Services {
            new_picture: Box::new(move || ready(Some(picture.clone())).boxed()),
            scanned: Box::new(|| pending().boxed()),
            ..self.services(place)
        }
    }
}

/// What an app shows of the terminal it is on.
pub(super) struct Shown {
    pub(super) kiosk_name: String,
    pub(super) access: Access,
    pub(super) idle: Duration,
    pub(super) capabilities: Capabilities,
    pub(super) size: (u16, u16),
}

/// What an app is told.
pub(super) fn app_settings(
    config: &Config,
    texts: Arc<Texts>,
    shown: Shown,
) -> Result<AppSettings, BootError> {
    let site = config.site()?;
    Ok(AppSettings {
        site_name: site.name.clone(),
        host: site.short_address(),
        kiosk_name: shown.kiosk_name,
        languages: languages(config)?,
        it_phone: site.it_phone.clone(),
        it_hours: site.it_hours.clone(),
        texts,
        capabilities: shown.capabilities,
        size: shown.size,
        access: shown.access,
        chat_passwords: match config.chat().passwords {
            config::ChatPasswords::Off => ChatPasswords::Off,
            config::ChatPasswords::Temporary => ChatPasswords::Temporary,
            config::ChatPasswords::Allow => ChatPasswords::Allow,
        },
        code_digits: config.code().digits,
        code_lifetime: config.code().lifetime,
        idle: shown.idle,
        clock_lag: Duration::ZERO,
        timezone: TimeZone::system(),
        demo: None,
    })
}

/// A reset's channels, for the face.
fn channels(Running { inputs, prompts }: Running) -> ResetChannels {
    ResetChannels { inputs, prompts }
}

/// Waits for a phone that scans this visit's picture.
#[derive(Clone)]
struct Scanned {
    ports: Ports,
    resets: Arc<Resets>,
    visit: ResetId,
    at_work: AtWork,
    scans: Arc<Scans>,
}

impl Scanned {
    async fn wait(self) -> ResetChannels {
        let claim = self.scans.scanned(&self.ports, &self.visit).await;
        channels(self.at_work.begin(self.resets.begin_scanned(claim)))
    }
}

async fn new_picture(
    ports: Ports,
    place: Place,
    visit: ResetId,
    address: Arc<Address>,
) -> Option<Picture> {
    match pairing::offer(&ports, &place, &visit).await {
        Ok(pairing) => Some(Picture {
            url: address.of_picture(&pairing.nonce),
            host: address.host.clone(),
            short_code: pairing.short_code,
            expires: pairing.expires,
        }),
        Err(error) => {
            tracing::error!(%error, "no picture can be registered");
            None
        }
    }
}
