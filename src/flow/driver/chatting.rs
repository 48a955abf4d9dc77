//! What an employee asks for in the chat, apart from a new password: links, and the code that
//! waits.

use std::time::Duration;

use super::{new_id, objecting, reading, sending};
use crate::domain::account::{Account, AccountKey, WecomUserId};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{Binding, CodeRules, Place, ResetId};
use crate::domain::secret::CodeDigits;
use crate::domain::time::Timestamp;
use crate::flow::message::{Body, Concern, Message};
use crate::flow::ports::{
    DirectoryDown, Issued, Link, LinkTo, Ports, SendError, SentMessage, StoreError,
};
use crate::flow::reset::send_result;
use crate::flow::vouched::Vouched;

/// The account that the mapping leads to from this member, and that leads back to them (rule 9).
///
/// # Errors
/// When the directory does not answer.
pub async fn account_of(
    ports: &Ports,
    vouched: &Vouched,
) -> Result<Option<Box<Account>>, DirectoryDown> {
    let found = reading::find_member(ports, vouched.userid()).await?;
    Ok(found.filter(|account| account.wecom.as_ref() == Some(vouched.userid())))
}

/// A one-time link for the employee of `account`, with its record.
///
/// # Errors
/// When the state cannot be written: then there is no link to send.
pub async fn link(
    ports: &Ports,
    place: &Place,
    account: &Account,
    to: &WecomUserId,
    leads: LinkTo,
) -> Result<Link, StoreError> {
    let concern = Concern {
        reset: new_id(&*ports.entropy),
        account: account.key.clone(),
        place: place.clone(),
    };
    objecting::new_link(ports, &concern, to, leads).await
}

/// Notes that somebody's command was not carried out, by one word of the program's own.
///
/// # Errors
/// When the record cannot be written.
pub async fn refused(
    ports: &Ports,
    place: &Place,
    account: Option<&Account>,
    result: &'static str,
) -> Result<(), StoreError> {
    let record = AuditEvent {
        at: ports.clock.now().wall,
        kind: EventKind::ResetEnded,
        reset: new_id(&*ports.entropy),
        account: account.map(|account| account.key.clone()),
        place: place.clone(),
        result,
    };
    ports.audit.append(&record).await
}

/// What came of asking for the code that waits.
pub enum CodeAgain {
    /// A new one, in place of the last, is on its way.
    Sent(Box<WaitingCode>),
    /// No reset of the account waits for a code.
    NothingWaits,
    /// The account's messages are used up until then.
    Wait(Timestamp),
    /// The channel did not take it.
    NotSent(SendError),
}

/// A code's message, to be taken back once the code is of no more use.
pub struct WaitingCode {
    sent: SentMessage,
    account: AccountKey,
    reset: ResetId,
    ends: Timestamp,
}

/// Makes a new code for the reset of `account` that waits for one, and sends it like the first:
/// bound to the same, ending when the first would have. Every limit of a code holds for it, and no
/// count begins anew (rule 2).
///
/// # Errors
/// When the state cannot be written: then the last code is as it was.
pub async fn code_again(
    ports: &Ports,
    account: &Account,
    to: &WecomUserId,
    rules: CodeRules,
) -> Result<CodeAgain, StoreError> {
    let now = ports.clock.now().wall;
    let Some((binding, ends)) = ports.codes.waiting(&account.key, now).await? else {
        return Ok(CodeAgain::NothingWaits);
    };
    let left = ends.since(now);
    let rules = CodeRules {
        lifetime: left,
        ..rules
    };
    let mut random = [0; 8];
    ports.entropy.fill(&mut random);
    let digits = CodeDigits::from_random(random, rules.digits);
    let issued = ports.codes.issue(&binding, Some(&digits), rules, now);
    match issued.await? {
        Issued::Send => {}
        Issued::Wait(until) | Issued::RemoteOff(until) => return Ok(CodeAgain::Wait(until)),
        Issued::Objected => return Ok(CodeAgain::NothingWaits),
    }
    let sent = sending::send(ports, message(&binding, account, to, digits, left)).await;
    let record = AuditEvent::of_code(EventKind::CodeSent, &binding, send_result(&sent), now);
    ports.audit.append(&record).await?;
    Ok(match sent {
        Ok(sent) => CodeAgain::Sent(Box::new(WaitingCode {
            sent,
            account: account.key.clone(),
            reset: binding.reset,
            ends,
        })),
        Err(error) => CodeAgain::NotSent(error),
    })
}

fn message(
    binding: &Binding,
    account: &Account,
    to: &WecomUserId,
    digits: CodeDigits,
    lifetime: Duration,
) -> Message {
    Message {
        to: to.clone(),
        language: account.language.clone(),
        body: Body::KioskCode {
            digits,
            kiosk: binding.place.kiosk.clone(),
            lifetime,
            reference: binding.reset.reference(),
        },
        concerns: Some(Concern {
            reset: binding.reset.clone(),
            account: account.key.clone(),
            place: binding.place.clone(),
        }),
    }
}

impl WaitingCode {
    /// Waits until the code was used or is over, and takes its message back.
    pub async fn recall_when_over(self, ports: &Ports) {
        /// The kiosk that uses the code may be another process: the state is looked at.
        const EVERY: Duration = Duration::from_secs(5);
        loop {
            let now = ports.clock.now().wall;
            let waiting = ports.codes.waiting(&self.account, now).await;
            let still = waiting.is_ok_and(|waiting| {
                waiting.is_some_and(|(binding, _)| binding.reset == self.reset)
            });
            let left = self.ends.since(now);
            if !still || left.is_zero() {
                break;
            }
            tokio::time::sleep(EVERY.min(left)).await;
        }
        if let Err(error) = ports.messenger.recall(&self.sent).await {
            tracing::info!(%error, "a code's message was not taken back");
        }
    }
}
