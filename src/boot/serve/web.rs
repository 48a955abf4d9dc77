//! The web front, wired.

use std::time::Duration;

use axum::Router;
use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Front, Installation};
use crate::boot::{BootError, languages};
use crate::config::Config;
use crate::domain::code::Place;
use crate::flow::driver::Resets;
use crate::flow::grant::Lasting;
use crate::fronts::pulse::Pulse;
use crate::fronts::web::listener::{Listener, ListenerSettings, Renewal, TlsFiles};
use crate::fronts::web::{self, Services, WebSettings, health};

/// Between two looks at the files of the certificate.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Opens it. `chat` are the chat's addresses.
///
/// # Errors
/// When it cannot listen, or its certificate cannot be used.
pub(super) async fn open(
    config: &Config,
    installation: &Installation,
    chat: Router,
) -> Result<Front, BootError> {
    let section = config.web()?;
    let pulse = Pulse::default();
    let settings = ListenerSettings {
        listen: section.listen,
        tls: section
            .tls
            .clone()
            .map(|(cert, key)| TlsFiles { cert, key }),
        trusted_proxies: section.trusted_proxies.clone(),
        pulse: pulse.clone(),
    };
    let mut listener = Listener::open(settings).await?;
    let renewal = listener.take_renewal();
    let hangup = signal(SignalKind::hangup())?;
    let front = web::Front::new(
        settings_of(config, installation)?,
        services(config, installation),
    );
    let routes = health::routes(installation.outage.clone()).merge(front.routes(chat));
    let closing = installation.closing.clone();
    let serving = async move {
        tokio::select! {
            () = listener.serve(routes, closing) => {}
            // Never done; ends with what it tidies.
            () = front.keep_tidy() => {}
            () = keep_renewing(renewal, hangup) => {}
        }
    };
    Ok(Front {
        work: serving.boxed(),
        pulse: Some(pulse),
    })
}

/// Shows another certificate as soon as there is one: at once when the process is told to
/// (SIGHUP), and else within [`LOOK_EVERY`].
async fn keep_renewing(mut renewal: Option<Renewal>, mut hangup: Signal) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        let told = tokio::select! {
            _ = looks.tick() => false,
            _ = hangup.recv() => true,
        };
        match renewal.as_mut().map(|renewal| renewal.renew(told)) {
            Some(Ok(true)) => tracing::info!("the certificate in the files is used from now on"),
            Some(Ok(false)) | None => {}
            Some(Err(error)) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }
}

fn settings_of(config: &Config, installation: &Installation) -> Result<WebSettings, BootError> {
    let site = config.site()?;
    Ok(WebSettings {
        site_name: site.name.clone(),
        public_url: site.public_url.clone(),
        languages: languages(config)?,
        it_phone: site.it_phone.clone(),
        code: config.code(),
        zone: TimeZone::system(),
        texts: installation.texts.clone(),
        any_browser: installation.demo,
    })
}

fn services(config: &Config, installation: &Installation) -> Services {
    let place = Place {
        front: "web",
        // What the employee is told: "changed at WeCom".
        kiosk: "WeCom".to_owned(),
    };
    let ports = installation.ports.clone();
    let resets = Resets::new(ports.clone(), place, config.code(), config.site_policy());
    let at_work = installation.at_work.clone();
    Services {
        ports,
        identity: installation.wecom.clone(),
        begin: Box::new(move |vouched| {
            at_work.begin(resets.begin_vouched(vouched, Lasting::ByPolicy))
        }),
    }
}
