//! What a monitoring system reads, wired: figures and the two words of health, on a listener of
//! their own.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::{Front, Installation};
use crate::adapters::metrics::CONTENT_TYPE;
use crate::boot::BootError;
use crate::config;
use crate::flow::driver::outage::Outage;
use crate::fronts::pulse::Pulse;
use crate::fronts::web::health::{self, Figures};
use crate::fronts::web::listener::{Listener, ListenerSettings};

/// Opens it.
///
/// # Errors
/// When it cannot listen.
pub(super) async fn open(
    section: &config::Metrics,
    installation: &Installation,
) -> Result<Front, BootError> {
    let pulse = Pulse::default();
    let settings = ListenerSettings {
        listen: section.listen,
        tls: None,
        trusted_proxies: Vec::new(),
        pulse: pulse.clone(),
    };
    let opened = Listener::open(settings).await;
    let listener = opened.map_err(BootError::Metrics)?;
    let metrics = Arc::clone(&installation.figures);
    let figures = Figures {
        text: Box::new(move |Outage { channel, directory }| metrics.text(!directory, !channel)),
        content_type: CONTENT_TYPE,
        outage: installation.outage.clone(),
    };
    let routes = health::routes(installation.outage.clone()).merge(figures.routes());
    let closing = installation.closing.clone();
    Ok(Front {
        work: listener.serve(routes, closing).boxed(),
        pulse: Some(pulse),
    })
}
