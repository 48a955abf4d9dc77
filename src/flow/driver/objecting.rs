//! "Not me": an employee presses a button of a card. What that does depends on how far the reset
//! had come; a freeze is a second, explained press.

use std::time::Duration;

use super::sending;
use crate::domain::account::WecomUserId;
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::limits;
use crate::flow::driver::pairing::readable;
use crate::flow::message::{Alarm, CardAnswer, CardBody, CardButton, CardId, Concern, Pressed};
use crate::flow::ports::{Link, LinkTo, Objection, OwedAlarm, Ports, SentCard, Stage, StoreError};

/// Characters of a one-time link's token: 13 of 31 are 64.4 random bits, 26 are 128.
const TOKEN_CHARS: usize = 26;

/// What an employee is owed after a press.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Owed {
    /// Nothing more: the card says it all.
    Nothing,
    /// A link to a form that sets a new password at once: the last one is a stranger's.
    NewPassword {
        /// The link.
        link: Link,
        /// The employee's language tag.
        language: Option<String>,
    },
}

/// A press that counted. What has to be quick is done; [`Press::finish`] does the rest.
pub struct Press {
    /// What the employee is owed, at once.
    pub owed: Owed,
    card: SentCard,
    outcome: Pressed,
    alarm: Alarm,
}

/// A press of a card's button, as the channel delivered it. `None`: no card of ours, or somebody
/// else's, or it was pressed before; nothing was done.
///
/// # Errors
/// When the state cannot be written: then the press did nothing, and may be delivered again.
pub async fn pressed(
    ports: &Ports,
    card: &CardId,
    button: CardButton,
    by: &WecomUserId,
) -> Result<Option<Press>, StoreError> {
    let now = ports.clock.now().wall;
    let Some(objection) = ports.objections.object(card, by, now).await? else {
        return Ok(None);
    };
    let Objection { card, stage, first } = objection;
    Ok(match button {
        CardButton::NotMe if !first => None,
        CardButton::NotMe => Some(Press {
            owed: owed(ports, &card, stage).await,
            card,
            outcome: match stage {
                Stage::Before => Pressed::Stopped,
                Stage::After => Pressed::Alarmed,
            },
            alarm: stage.alarm(),
        }),
        CardButton::Freeze => {
            freeze(ports, &card).await?;
            Some(Press {
                owed: Owed::Nothing,
                card,
                outcome: Pressed::Frozen,
                alarm: Alarm::Frozen,
            })
        }
    })
}

impl Press {
    /// Tells IT, greys the card, and offers to freeze. `ticket` is the channel's permission to
    /// update the card. The alarm is owed until somebody has heard it, whatever becomes of this.
    pub async fn finish(self, ports: &Ports, ticket: &str) {
        let answer = CardAnswer {
            to: self.card.to.clone(),
            language: self.card.language.clone(),
            outcome: self.outcome,
        };
        let alarm = OwedAlarm {
            what: self.alarm,
            concern: self.card.concern.clone(),
        };
        let card = async {
            if let Err(error) = ports.messenger.answer_card(&answer, ticket).await {
                tracing::warn!(%error, "a card was not updated");
            }
            if self.outcome != Pressed::Frozen {
                offer_freeze(ports, &self.card).await;
            }
        };
        tokio::join!(sending::ring_owed(ports, &alarm), card);
    }
}

/// Whoever scanned a picture says that they do not stand there: as "not me" on a card. The digits
/// open nothing any more, nor does the reset that they have opened go on. `None`: they have said
/// so before.
///
/// # Errors
/// When the state cannot be written: then nothing was done.
pub async fn not_there(ports: &Ports, concern: Concern) -> Result<Option<NotThere>, StoreError> {
    let stage = ports.objections.disown(&concern, ports.clock.now().wall);
    Ok(stage.await?.map(|stage| NotThere {
        stage,
        alarm: OwedAlarm {
            what: stage.alarm(),
            concern,
        },
    }))
}

/// An "I am not there" that counted.
pub struct NotThere {
    /// How far the reset had come.
    pub stage: Stage,
    alarm: OwedAlarm,
}

impl NotThere {
    /// Tells IT. The alarm is owed until somebody has heard it, whatever becomes of this.
    pub async fn finish(self, ports: &Ports) {
        sending::ring_owed(ports, &self.alarm).await;
    }
}

async fn offer_freeze(ports: &Ports, card: &SentCard) {
    let second = SentCard {
        id: sending::new_card(&*ports.entropy),
        ..card.clone()
    };
    let body = CardBody::Freeze {
        span: limits::FREEZE,
    };
    sending::send_card(ports, &second, body).await;
}

/// The objection is written and counts: no failure here may let it be forgotten.
async fn owed(ports: &Ports, card: &SentCard, stage: Stage) -> Owed {
    /// Tries, a second apart.
    const TRIES: u32 = 5;
    if stage == Stage::Before {
        return Owed::Nothing;
    }
    for _ in 0..TRIES {
        match new_link(ports, &card.concern, &card.to, LinkTo::Form).await {
            Ok(link) => {
                return Owed::NewPassword {
                    link,
                    language: card.language.clone(),
                };
            }
            Err(error) => tracing::error!(%error, "a link cannot be registered"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Owed::Nothing
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

/// Makes and registers a one-time link for `to`, after its record: whose account and which reset
/// it is about, `concern` says.
///
/// # Errors
/// When the state cannot be written: then there is no link to send.
pub async fn new_link(
    ports: &Ports,
    concern: &Concern,
    to: &WecomUserId,
    leads: LinkTo,
) -> Result<Link, StoreError> {
    let now = ports.clock.now().wall;
    let record = AuditEvent {
        at: now,
        kind: EventKind::LinkOffered,
        reset: concern.reset.clone(),
        account: Some(concern.account.clone()),
        place: concern.place.clone(),
        result: match &leads {
            LinkTo::Form => "form",
            LinkTo::Picture { .. } => "picture",
        },
    };
    ports.audit.append(&record).await?;
    let link = Link {
        token: readable(&*ports.entropy, TOKEN_CHARS),
        to: to.clone(),
        leads,
        expires: now.plus(limits::LINK_LIFETIME),
    };
    ports.links.offer_link(&link, now).await?;
    Ok(link)
}
