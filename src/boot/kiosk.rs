//! The kiosk on this terminal, wired.

use std::process::ExitCode;
use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use super::at_work::AtWork;
use super::{Address, BootError, Opened, languages, log_to_stderr, open, warm_up};
use crate::config::{self, Config};
use crate::domain::code::{Place, ResetId};
use crate::domain::time::Timestamp;
use crate::flow::driver::outage::{Outage, keep_looking};
use crate::flow::driver::settle::keep_settling;
use crate::flow::driver::{Resets, Running, pairing};
use crate::flow::ports::Ports;
use crate::fronts::kiosk::{self, Ended};
use crate::fronts::tui::app::{App, AppSettings, ChatPasswords, DemoHint};
use crate::fronts::tui::msg::{PhoneMessage, Picture};
use crate::fronts::tui::runtime::{ResetChannels, Services};
use crate::sim::phone;
use crate::text::Texts;

/// A login name for the demo's hint line.
const DEMO_LOGIN: &str = "lin.wei";

/// Runs the kiosk of `config` on this terminal until it ends. `demo_phone` is the address of the
/// simulated phone, in the demo.
///
/// # Errors
/// When something that the configuration names cannot be used.
pub async fn kiosk(mut config: Config, demo_phone: Option<String>) -> Result<ExitCode, BootError> {
    if !rustix::termios::isatty(rustix::stdio::stderr()) {
        // Never onto the screen itself.
        log_to_stderr();
    }
    let texts = Arc::new(Texts::load());
    let face = App::new(app_settings(&config, texts.clone(), demo_phone.as_deref())?);
    let place = Place {
        front: "kiosk",
        kiosk: config.kiosk()?.name.clone(),
    };
    let address = Address::of(&config)?;
    let Opened { ports, .. } = open(&mut config, &texts, demo_phone.is_some()).await?;
    let resets = Resets::new(
        ports.clone(),
        place.clone(),
        config.code(),
        config.site_policy(),
    );
    warm_up();
    let settling = tokio::spawn(keep_settling(ports.clone()));
    let (outage, outages) = watch::channel(Outage::default());
    let looking = tokio::spawn(keep_looking(ports.clone(), outage));
    let at_work = AtWork::default();
    let clock = ports.clock.clone();
    let services = services(
        ports,
        resets,
        place,
        address,
        at_work.clone(),
        demo_phone,
        outages,
    );
    let ended = kiosk::run(face, services, clock, at_work.done()).await;
    settling.abort();
    looking.abort();
    Ok(match ended? {
        Ended::Quit | Ended::Signalled | Ended::HungUp => ExitCode::SUCCESS,
        Ended::CrashedTooOften => ExitCode::FAILURE,
    })
}

fn app_settings(
    config: &Config,
    texts: Arc<Texts>,
    demo_phone: Option<&str>,
) -> Result<AppSettings, BootError> {
    let site = config.site()?;
    let demo = match demo_phone {
        Some(phone) => Some(demo_hint(config, phone)?),
        None => None,
    };
    Ok(AppSettings {
        site_name: site.name.clone(),
        host: site.short_address(),
        kiosk_name: config.kiosk()?.name.clone(),
        languages: languages(config)?,
        it_phone: site.it_phone.clone(),
        it_hours: site.it_hours.clone(),
        texts,
        capabilities: kiosk::capabilities(),
        size: (80, 24),
        chat_passwords: match config.chat().passwords {
            config::ChatPasswords::Off => ChatPasswords::Off,
            config::ChatPasswords::Temporary => ChatPasswords::Temporary,
            config::ChatPasswords::Allow => ChatPasswords::Allow,
        },
        code_digits: config.code().digits,
        code_lifetime: config.code().lifetime,
        idle: config.kiosk()?.idle,
        timezone: TimeZone::system(),
        demo,
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

fn services(
    ports: Ports,
    resets: Resets,
    place: Place,
    address: Address,
    at_work: AtWork,
    demo_phone: Option<String>,
    outage: watch::Receiver<Outage>,
) -> Services {
    let visit = resets.new_id();
    let resets = Arc::new(resets);
    let address = Arc::new(address);
    let by_scan = Scanned {
        ports: ports.clone(),
        resets: resets.clone(),
        visit: visit.clone(),
        at_work: at_work.clone(),
    };
    Services {
        begin: Box::new(move || channels(at_work.begin(resets.begin()))),
        judge: Arc::new(|policy, password| policy.report_live(password)),
        new_picture: Box::new(move || {
            new_picture(ports.clone(), place.clone(), visit.clone(), address.clone()).boxed()
        }),
        scanned: Box::new(move || by_scan.clone().wait().boxed()),
        read_phone: Box::new(move || read_phone(demo_phone.clone()).boxed()),
        outage,
    }
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
}

impl Scanned {
    async fn wait(self) -> ResetChannels {
        let claim = pairing::scanned(&self.ports, &self.visit).await;
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
