//! "Not me": an employee presses a button of a card. What that does depends on how far the reset
//! had come; a freeze is a second, explained press.

use super::sending;
use crate::domain::account::WecomUserId;
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::limits;
use crate::flow::driver::pairing::readable;
use crate::flow::message::{Alarm, CardAnswer, CardBody, CardButton, CardId, Concern, Pressed};
use crate::flow::ports::{Link, LinkTo, Ports, SentCard, Stage, StoreError};

/// Characters of a one-time link's token: 13 of 31 are 64.4 random bits, 26 are 128.
const TOKEN_CHARS: usize = 26;

/// What an employee is owed after a press.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Owed {
    /// Nothing more: the card says it all.
    Nothing,
    /// A link to a form that sets a new password at once: the last one is a stranger's.
    NewPassword(Link),
}

/// A press of a card's button, as the channel delivered it. `ticket` is the channel's permission
/// to update the card. `None`: no card of ours, or somebody else's; nothing was done.
///
/// # Errors
/// When the state cannot be written: then the press did nothing, and may be delivered again.
pub async fn pressed(
    ports: &Ports,
    card: &CardId,
    button: CardButton,
    by: &WecomUserId,
    ticket: &str,
) -> Result<Option<Owed>, StoreError> {
    let now = ports.clock.now().wall;
    let Some(objection) = ports.objections.object(card, by, now).await? else {
        return Ok(None);
    };
    let card = objection.card;
    let (outcome, owed) = match button {
        CardButton::NotMe => {
            let (alarm, outcome) = match objection.stage {
                Stage::Before => (Alarm::StoppedByEmployee, Pressed::Stopped),
                Stage::After => (Alarm::ChangedByStranger, Pressed::Alarmed),
            };
            if !objection.first {
                return Ok(Some(Owed::Nothing));
            }
            ring(ports, alarm, &card.concern).await;
            (outcome, owed(ports, &card, objection.stage).await?)
        }
        CardButton::Freeze => {
            freeze(ports, &card).await?;
            ring(ports, Alarm::Frozen, &card.concern).await;
            (Pressed::Frozen, Owed::Nothing)
        }
    };
    let answer = CardAnswer {
        to: by.clone(),
        language: card.language.clone(),
        outcome,
    };
    if let Err(error) = ports.messenger.answer_card(&answer, ticket).await {
        tracing::warn!(%error, "a card was not updated");
    }
    if outcome != Pressed::Frozen {
        let second = SentCard {
            id: sending::new_card(&*ports.entropy),
            ..card
        };
        let body = CardBody::Freeze {
            span: limits::FREEZE,
        };
        sending::send_card(ports, &second, body).await;
    }
    Ok(Some(owed))
}

async fn owed(ports: &Ports, card: &SentCard, stage: Stage) -> Result<Owed, StoreError> {
    match stage {
        Stage::Before => Ok(Owed::Nothing),
        Stage::After => Ok(Owed::NewPassword(
            new_link(ports, &card.to, LinkTo::Form).await?,
        )),
    }
}

async fn freeze(ports: &Ports, card: &SentCard) -> Result<(), StoreError> {
    let now = ports.clock.now().wall;
    let record = AuditEvent {
        at: now,
        kind: EventKind::Freeze,
        reset: card.concern.reset.clone(),
        account: Some(card.concern.account.clone()),
        place: card.concern.place.clone(),
        result: "frozen",
    };
    let until = now.plus(limits::FREEZE);
    ports
        .objections
        .freeze(&card.concern.account, until, &record)
        .await
}

async fn ring(ports: &Ports, what: Alarm, concern: &Concern) {
    sending::ring(ports, what, concern.account.as_str(), concern).await;
}

/// Makes and registers a one-time link for `to`.
///
/// # Errors
/// When it cannot be registered.
pub async fn new_link(ports: &Ports, to: &WecomUserId, leads: LinkTo) -> Result<Link, StoreError> {
    let now = ports.clock.now().wall;
    let link = Link {
        token: readable(&*ports.entropy, TOKEN_CHARS),
        to: to.clone(),
        leads,
        expires: now.plus(limits::LINK_LIFETIME),
    };
    ports.links.offer_link(&link, now).await?;
    Ok(link)
}
