//! The web front, wired.

use axum::Router;
use futures_util::FutureExt as _;
use jiff::tz::TimeZone;

use super::{Front, Installation};
use crate::boot::{BootError, languages};
use crate::config::Config;
use crate::domain::code::Place;
use crate::flow::driver::Resets;
use crate::flow::grant::Lasting;
use crate::fronts::pulse::Pulse;
use crate::fronts::web::listener::{Listener, ListenerSettings, TlsFiles};
use crate::fronts::web::{self, Services, WebSettings, health};

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
    let listener = Listener::open(settings).await?;
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
        }
    };
    Ok(Front {
        work: serving.boxed(),
        pulse: Some(pulse),
    })
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
