//! The web front, wired.

use axum::Router;
use futures_util::FutureExt as _;

use super::{Front, Installation};
use crate::boot::BootError;
use crate::config::Config;
use crate::fronts::web::health;
use crate::fronts::web::listener::{Listener, ListenerSettings, TlsFiles};

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
    let settings = ListenerSettings {
        listen: section.listen,
        tls: section
            .tls
            .clone()
            .map(|(cert, key)| TlsFiles { cert, key }),
        trusted_proxies: section.trusted_proxies.clone(),
    };
    let listener = Listener::open(settings).await?;
    let routes = chat.merge(health::routes(installation.outage.clone()));
    let closing = installation.closing.clone();
    Ok(listener.serve(routes, closing).boxed())
}
