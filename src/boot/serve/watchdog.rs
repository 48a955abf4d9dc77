//! The service manager: told what this server is doing, and fed by the loops that serve. Where one
//! of them stands still it is not fed, and starts the server again.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::fronts::pulse::Pulse;

/// Tells it, where there is one.
pub(super) fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager was not told");
    }
}

/// New visits are about to follow a new configuration; [`NotifyState::Ready`] comes after it.
pub(super) fn tell_of_reload() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// Feeds it for ever, if it wants that; drop the future to stop.
pub(super) async fn feed(pulses: Vec<Pulse>) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    // Half of it, as its manual says, and not so often that a pulse would be missed.
    let mut ticks = tokio::time::interval((limit / 2).max(Duration::from_secs(1)));
    // The first one is at once, before any loop has turned.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let still = pulses.iter().filter(|pulse| !pulse.felt()).count();
        match still {
            0 => tell(&[NotifyState::Watchdog]),
            still => tracing::error!(still, "loops that serve stand still"),
        }
    }
}
