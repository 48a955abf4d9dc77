//! Messages that leave: with a card under those that tell an employee of a reset, and to those in
//! `[alarm]`.

use crate::domain::audit::{AuditEvent, EventKind};
use crate::flow::message::{Alarm, Body, Card, CardBody, CardId, Concern, LinkFor, Message};
use crate::flow::ports::{
    Entropy, LinkTo, OwedAlarm, Ports, SendError, SentCard, SentMessage, StoreError,
};

/// Sends a message, and the card under it where it concerns a reset.
pub(super) async fn send(ports: &Ports, message: Message) -> Result<SentMessage, SendError> {
    let card = message.concerns.clone().map(|concern| SentCard {
        id: new_card(&*ports.entropy),
        to: message.to.clone(),
        language: message.language.clone(),
        concern,
    });
    let sent = ports.messenger.send(message).await;
    match (&sent, card) {
        (Ok(_), Some(card)) => {
            let body = CardBody::IsItYou {
                place: card.concern.place.clone(),
                reference: card.concern.reset.reference(),
            };
            send_card(ports, &card, body).await;
        }
        (Ok(_), None) => {}
        (Err(error), _) => tracing::warn!(%error, "a message did not go out"),
    }
    sent
}

/// Sends a card; it can be pressed once it is registered. A message is worth something without
/// its card, so what goes wrong here ends nothing.
pub(super) async fn send_card(ports: &Ports, card: &SentCard, body: CardBody) {
    let now = ports.clock.now().wall;
    if let Err(error) = ports.objections.register(card, now).await {
        tracing::error!(%error, "a card cannot be registered");
        return;
    }
    let card = Card {
        to: card.to.clone(),
        language: card.language.clone(),
        id: card.id.clone(),
        body,
    };
    if let Err(error) = ports.messenger.send_card(&card).await {
        tracing::warn!(%error, "a card did not go out");
    }
}

pub(super) fn new_card(entropy: &dyn Entropy) -> CardId {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    CardId::from_bytes(bytes)
}

/// Rings an alarm that is owed; it is owed no more once somebody has heard it, or when there is
/// nobody to hear any. What does not work here is tried again by
/// [`keep_settling`](super::settle::keep_settling).
pub(super) async fn ring_owed(ports: &Ports, alarm: &OwedAlarm) {
    let heard = ring(
        ports,
        alarm.what,
        alarm.concern.account.as_str(),
        &alarm.concern,
    )
    .await;
    if !heard {
        return;
    }
    if let Err(error) = ports.objections.alarm_rung(alarm).await {
        tracing::error!(%error, "an alarm was rung, and will be once more");
    }
}

/// Tells everybody in `[alarm]`, and leaves a record of whether that worked. `account` is the
/// entry's name as the directory has it; it may be empty. `false`: nobody could be told.
pub(super) async fn ring(ports: &Ports, what: Alarm, account: &str, concern: &Concern) -> bool {
    tracing::error!(
        ?what,
        reference = concern.reset.reference(),
        "an alarm is rung"
    );
    if ports.alarm.is_empty() {
        return record_ring(ports, concern, "nobody").await;
    }
    let mut heard = false;
    for to in ports.alarm.iter() {
        let message = Message {
            to: to.clone(),
            language: None,
            body: Body::Alarm {
                what,
                account: account.to_owned(),
                kiosk: concern.place.kiosk.clone(),
                reference: concern.reset.reference(),
            },
            concerns: None,
        };
        let sent = ports.messenger.send(message).await;
        if let Err(error) = &sent {
            tracing::error!(%error, "somebody in [alarm] could not be told");
        }
        let result = crate::flow::reset::send_result(&sent);
        // What the record does not tell was not heard: better once more than unknown.
        heard |= record_ring(ports, concern, result).await && sent.is_ok();
    }
    heard
}

/// Whether it was recorded.
async fn record_ring(ports: &Ports, concern: &Concern, result: &'static str) -> bool {
    let record = AuditEvent {
        at: ports.clock.now().wall,
        kind: EventKind::AlarmRung,
        reset: concern.reset.clone(),
        account: Some(concern.account.clone()).filter(|key| !key.as_str().is_empty()),
        place: concern.place.clone(),
        result,
    };
    let written = ports.audit.append(&record).await;
    if let Err(error) = &written {
        tracing::error!(%error, "the audit log cannot be written");
    }
    written.is_ok()
}

/// Makes a link to the form and sends it, unless the employee has said "not me" meanwhile.
pub(super) async fn give_link(
    ports: &Ports,
    link: LinkFor,
) -> Result<Option<Result<SentMessage, SendError>>, StoreError> {
    let concern = link.concern;
    if ports.desk.is_objected(&concern.reset).await? {
        return Ok(None);
    }
    let made = super::objecting::new_link(ports, &concern, &link.to, LinkTo::Form).await?;
    let message = Message {
        to: link.to,
        language: link.language,
        body: Body::DeskLink {
            link: made,
            operator: link.operator,
            reference: concern.reset.reference(),
        },
        concerns: Some(concern),
    };
    Ok(Some(send(ports, message).await))
}
