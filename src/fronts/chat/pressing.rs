//! Buttons of cards: "not me", and the freeze.

use std::time::Duration;

use super::Chat;
use crate::flow::callback::CardPress;
use crate::flow::driver::objecting::{self, Owed};
use crate::flow::message::{CardButton, CardId};
use crate::flow::vouched::Vouched;

/// Waits before a press is tried again that the state did not take: WeCom brings it no more, and
/// the employee believes that it counts.
const WAITS: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
];

impl Chat {
    /// A button was pressed. What belongs to no card of ours does nothing.
    pub(super) async fn pressed(&self, by: &Vouched, press: &CardPress) {
        let card = CardId::parse(&press.task);
        let button = CardButton::parse(&press.key);
        let (Some(card), Some(button)) = (card, button) else {
            tracing::warn!("a button was pressed that is none of ours");
            return;
        };
        let ports = &self.settings().ports;
        let mut waits = WAITS.iter();
        let counted = loop {
            let pressed = objecting::pressed(ports, &card, button, by.userid()).await;
            match (pressed, waits.next()) {
                (Ok(press), _) => break press,
                (Err(error), Some(wait)) => {
                    tracing::error!(%error, "a press was not written; it is tried again");
                    tokio::time::sleep(*wait).await;
                }
                (Err(error), None) => {
                    tracing::error!(%error, "a press was not written and is lost");
                    return;
                }
            }
        };
        let Some(counted) = counted else { return };
        if let Owed::NewPassword { link, language } = &counted.owed {
            let words = self.settings().words.to(language.as_deref());
            let answer = words.owed_link(&self.address(link));
            self.say(by, language.as_deref(), answer).await;
        }
        counted.finish(ports, &press.ticket).await;
    }
}
