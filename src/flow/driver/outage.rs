//! What does not work for everybody: looked at all the time, so that the first screen can say it
//! before anybody has typed anything.

use std::time::Duration;

use tokio::sync::watch;

use crate::flow::ports::Ports;

/// Between two looks; with what a look may take this stays within the half minute in which
/// everybody has to be told.
const EVERY: Duration = Duration::from_secs(10);

/// What does not answer. It concerns everybody, so it may be told to everybody.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Outage {
    /// The channel to the phones.
    pub channel: bool,
    /// The directory.
    pub directory: bool,
}

impl Outage {
    /// Whether there is one.
    pub fn any(self) -> bool {
        self.channel || self.directory
    }
}

/// Keeps `outage` true, for ever; so nobody has to wait for the channel's health after typing a
/// login name either. Drop the future to stop.
pub async fn keep_looking(ports: Ports, outage: watch::Sender<Outage>) {
    let channel = async {
        loop {
            let answer = ports.messenger.works().await;
            if let Err(error) = &answer {
                tracing::warn!(%error, "the channel does not work");
            }
            note(&outage, |outage| &mut outage.channel, answer.is_err());
            tokio::time::sleep(EVERY).await;
        }
    };
    let directory = async {
        loop {
            let answer = ports.directory.works().await;
            if let Err(error) = &answer {
                tracing::warn!(%error, "the directory does not work");
            }
            note(&outage, |outage| &mut outage.directory, answer.is_err());
            tokio::time::sleep(EVERY).await;
        }
    };
    tokio::join!(channel, directory);
}

/// Sets one part; nobody is woken when it is as it was.
fn note(outage: &watch::Sender<Outage>, part: fn(&mut Outage) -> &mut bool, down: bool) {
    outage.send_if_modified(|outage| std::mem::replace(part(outage), down) != down);
}
