//! Settling: finds out what became of changes whose answer was lost, or whose process died, and
//! rings alarms that nobody has heard.

use std::time::Duration;

use super::{FIRST_LOOK, sending};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::time::Timestamp;
use crate::flow::message::{Body, Concern, Message};
use crate::flow::ports::{
    Act, DirectoryDown, Intent, Landed, OpenIntent, Outcome, Ports, StoreError,
};

/// How often the open intents are gone through while the program runs.
const ROUND: Duration = Duration::from_secs(5);

/// How long after the second, third ... look that found nothing the next one comes. A change that
/// a stalled server holds back may still land, so "failed" is said only after the last.
const NEXT_LOOKS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(300)];

/// How long to wait while the directory itself does not answer.
const WHILE_DOWN: Duration = Duration::from_secs(30);

/// Settles what is due, for ever: at the start also what this process itself left behind before
/// it was re-executed. Drop the future to stop.
pub async fn keep_settling(ports: Ports) {
    let mut began = Some(ports.clock.now().wall);
    loop {
        match settle(&ports, began).await {
            Ok(()) => began = None,
            Err(error) => tracing::error!(%error, "open changes cannot be read"),
        }
        if let Err(error) = ring_owed(&ports).await {
            tracing::error!(%error, "owed alarms cannot be read");
        }
        tokio::time::sleep(ROUND).await;
    }
}

/// One round: looks at every intent that is due. `began` is given until one round has worked:
/// when this process began, so that what it left behind before it was re-executed is settled,
/// and what it is doing now is not touched.
///
/// # Errors
/// When the store cannot be read or written; what is not settled stays due.
pub async fn settle(ports: &Ports, began: Option<Timestamp>) -> Result<(), StoreError> {
    let due = ports
        .intents
        .due(ports.clock.now().wall, began.is_some())
        .await?;
    for open in due {
        let under_way = began.is_some_and(|began| open.intent.at >= began);
        if open.unknown_recorded || !under_way {
            look(ports, &open).await?;
        }
    }
    Ok(())
}

/// Rings the alarms that are due because nobody has heard them yet.
///
/// # Errors
/// When the store cannot be read.
pub async fn ring_owed(ports: &Ports) -> Result<(), StoreError> {
    let now = ports.clock.now().wall;
    for alarm in ports.objections.owed_alarms(now).await? {
        sending::ring_owed(ports, &alarm).await;
    }
    Ok(())
}

async fn look(ports: &Ports, open: &OpenIntent) -> Result<(), StoreError> {
    let intent = &open.intent;
    let landed = match intent.act {
        Act::SetPassword => {
            ports
                .directory
                .landed(&intent.account, &intent.dn, &intent.mark)
                .await
        }
        Act::Unlock => unlocked(ports, intent).await,
    };
    match (landed, next_look(open.looks)) {
        (Ok(Landed::ByUs), _) if !open.contested => end(ports, open, Outcome::Changed).await,
        (Ok(Landed::NotYet), None) => end(ports, open, Outcome::Failed).await,
        // Somebody else, or another reset, changed it in between: it stays unknown for good
        // (rule 5).
        (Ok(Landed::Unclear | Landed::ByUs), _) => end(ports, open, Outcome::Unknown).await,
        (Ok(Landed::NotYet), Some(wait)) => put_off(ports, open, wait, true).await,
        (Err(error), _) => {
            tracing::warn!(%error, "an open change cannot be looked up yet");
            put_off(ports, open, WHILE_DOWN, false).await
        }
    }
}

/// What has become of an unlocking. Whoever did it, and if it ended by itself: the account is open.
async fn unlocked(ports: &Ports, intent: &Intent) -> Result<Landed, DirectoryDown> {
    let found = ports.directory.reread(&intent.account, &intent.dn).await?;
    Ok(match found {
        Some(account) if account.age.locked => Landed::NotYet,
        Some(_) => Landed::ByUs,
        None => Landed::Unclear,
    })
}

/// The wait after so many looks that found nothing; `None` after the last.
fn next_look(looks: u32) -> Option<Duration> {
    match looks {
        0 => Some(FIRST_LOOK),
        n => NEXT_LOOKS.get(n as usize - 1).copied(),
    }
}

async fn put_off(
    ports: &Ports,
    open: &OpenIntent,
    wait: Duration,
    counts: bool,
) -> Result<(), StoreError> {
    let now = ports.clock.now().wall;
    let reset = &open.intent.reset;
    if !open.unknown_recorded {
        ports
            .intents
            .close(reset, Outcome::Unknown, now, Some(now.plus(wait)))
            .await?;
    }
    ports
        .intents
        .look_again(reset, now.plus(wait), counts)
        .await
}

/// The truth is known, or never will be: records it and tells the employee, who may have left with "unknown".
async fn end(ports: &Ports, open: &OpenIntent, outcome: Outcome) -> Result<(), StoreError> {
    let intent = &open.intent;
    let now = ports.clock.now().wall;
    ports
        .intents
        .close(&intent.reset, outcome, now, None)
        .await?;
    let Some(to) = intent.notify.clone() else {
        return Ok(());
    };
    let kiosk = intent.place.kiosk.clone();
    let reference = intent.reset.reference();
    let body = match (intent.act, outcome) {
        (Act::SetPassword, _) => Body::Settled {
            outcome,
            kiosk,
            reference,
        },
        (Act::Unlock, Outcome::Changed) => Body::unlocked(&intent.place, now, reference),
        // The account is as it was, or nobody knows: its next sign-in tells.
        (Act::Unlock, _) => return Ok(()),
    };
    let sent = ports
        .messenger
        .send(Message {
            to,
            language: intent.language.clone(),
            body,
            concerns: Some(Concern {
                reset: intent.reset.clone(),
                account: intent.account.clone(),
                place: intent.place.clone(),
            }),
        })
        .await;
    ports
        .audit
        .append(&AuditEvent {
            at: ports.clock.now().wall,
            kind: EventKind::NoticeSent,
            reset: intent.reset.clone(),
            account: Some(intent.account.clone()),
            place: intent.place.clone(),
            result: crate::flow::reset::send_result(&sent),
        })
        .await
}
