//! Pictures: what a kiosk's QR code holds is made and registered here, and opened by the
//! employee's phone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::reading;
use crate::domain::account::{Account, Standing, WecomUserId};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{Action, Binding, CodeRules, Place, READABLE, ResetId, Subject};
use crate::domain::limits;
use crate::domain::secret::CodeDigits;
use crate::domain::time::Timestamp;
use crate::flow::message::Concern;
use crate::flow::ports::{Claim, DirectoryDown, Entropy, Pairing, PictureName, Ports, StoreError};
use crate::flow::vouched::Vouched;

/// Characters of a nonce: 13 of 31 are 64.4 random bits, and still fit a version 3 QR code.
const NONCE_CHARS: usize = 13;
/// Characters of the code for those who cannot scan.
const SHORT_CODE_CHARS: usize = 8;

/// Makes and registers a new picture for `visit`; the visit's earlier ones end.
///
/// # Errors
/// When it cannot be registered: then there is no picture to show.
pub async fn offer(ports: &Ports, place: &Place, visit: &ResetId) -> Result<Pairing, StoreError> {
    let now = ports.clock.now().wall;
    let pairing = Pairing {
        nonce: readable(&*ports.entropy, NONCE_CHARS),
        short_code: readable(&*ports.entropy, SHORT_CODE_CHARS),
        place: place.clone(),
        visit: visit.clone(),
        expires: now.plus(limits::PAIRING_LIFETIME),
    };
    ports.pairings.offer(&pairing, now).await?;
    Ok(pairing)
}

/// What a phone shows that has opened a kiosk's picture.
pub enum Scan {
    /// The kiosk's number field opens for these digits.
    Digits {
        /// The reset that they are bound to, and where it is: the person is asked whether they
        /// stand there.
        concern: Concern,
        /// To be typed there.
        digits: CodeDigits,
        /// When they end.
        expires: Timestamp,
    },
    /// The picture is at no kiosk: over, used by somebody else, invented.
    Gone,
}

/// Why an employee's phone gets no answer to a picture.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScanError {
    /// The mapping leads to no account, or to one that may not be reset now. Nothing was used up.
    #[error("no account that may be reset belongs to this member")]
    NotAllowed,
    /// Concerns everybody.
    #[error(transparent)]
    Directory(#[from] DirectoryDown),
    /// Then nothing opens.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// [`scan`] by somebody whom WeCom vouches for: the mapping leads to their account (rule 9).
///
/// # Errors
/// When there is no account that may be reset, or nobody can say.
pub async fn scan_vouched(
    ports: &Ports,
    picture: PictureName<'_>,
    vouched: &Vouched,
    rules: CodeRules,
) -> Result<Scan, ScanError> {
    let userid = vouched.userid();
    let found = reading::find_member(ports, userid).await?;
    // The mapping must lead back to the very member.
    let account = found.filter(|account| {
        account.wecom.as_ref() == Some(userid) && account.standing == Standing::Eligible
    });
    let account = account.ok_or(ScanError::NotAllowed)?;
    Ok(scan(ports, picture, &account, userid, rules).await?)
}

/// An employee's phone opens a picture: WeCom vouches for `userid`, and the mapping leads from it
/// to `account`, which the rules allow to be reset. Makes the digits, uses the picture up, and
/// leaves one record. The digits exist before the kiosk's field opens.
///
/// # Errors
/// When the state cannot be written: then nothing opens.
pub async fn scan(
    ports: &Ports,
    picture: PictureName<'_>,
    account: &Account,
    userid: &WecomUserId,
    rules: CodeRules,
) -> Result<Scan, StoreError> {
    let now = ports.clock.now().wall;
    let reset = super::new_id(&*ports.entropy);
    let Some(place) = ports.pairings.shown_at(picture, now).await? else {
        return gone(ports, reset, account, now).await;
    };
    let binding = Binding {
        reset: reset.clone(),
        subject: Subject::Account(account.key.clone()),
        action: Action::Pair,
        place: place.clone(),
    };
    let mut random = [0; 8];
    ports.entropy.fill(&mut random);
    let digits = CodeDigits::from_random(random, rules.digits);
    ports
        .codes
        .issue(&binding, Some(&digits), rules, now)
        .await?;
    let claim = Claim {
        reset: reset.clone(),
        account: account.key.clone(),
        dn: account.dn.clone(),
        to: userid.clone(),
        expires: now.plus(rules.lifetime),
    };
    if !ports.pairings.claim(picture, &claim, now).await? {
        // Another phone was quicker.
        ports.codes.discard(&reset).await?;
        return gone(ports, reset, account, now).await;
    }
    let scanned = record(reset, account, &place, "scanned", now);
    ports.audit.append(&scanned).await?;
    Ok(Scan::Digits {
        concern: Concern {
            reset: claim.reset,
            account: claim.account,
            place,
        },
        digits,
        expires: claim.expires,
    })
}

async fn gone(
    ports: &Ports,
    reset: ResetId,
    account: &Account,
    now: Timestamp,
) -> Result<Scan, StoreError> {
    let nowhere = Place {
        front: "web",
        kiosk: String::new(),
    };
    let event = record(reset, account, &nowhere, "gone", now);
    ports.audit.append(&event).await?;
    Ok(Scan::Gone)
}

fn record(
    reset: ResetId,
    account: &Account,
    place: &Place,
    result: &'static str,
    at: Timestamp,
) -> AuditEvent {
    AuditEvent {
        at,
        kind: EventKind::PictureScanned,
        reset,
        account: Some(account.key.clone()),
        place: place.clone(),
        result,
    }
}

/// Kiosk and server may be two processes, which share nothing but the store. The field has to be
/// open within 300 ms of the scan.
const EVERY: Duration = Duration::from_millis(150);

/// Waits until a phone has opened one of the visit's pictures. Drop the future to stop.
pub async fn scanned(ports: &Ports, visit: &ResetId) -> Claim {
    loop {
        let now = ports.clock.now().wall;
        match ports.pairings.take_claim(visit, now).await {
            Ok(Some(claim)) => return claim,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "scanned pictures cannot be read"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Waits for scans on behalf of many visits with one question, however many there are.
#[derive(Default)]
pub struct Scans {
    waiting: Mutex<HashMap<ResetId, Arc<Notify>>>,
}

impl Scans {
    /// Waits until a phone has opened one of the visit's pictures, while
    /// [`Scans::keep_listening`] runs. Drop the future to stop.
    pub async fn scanned(&self, ports: &Ports, visit: &ResetId) -> Claim {
        let waiting = Waiting::new(self, visit);
        loop {
            waiting.told.notified().await;
            let now = ports.clock.now().wall;
            match ports.pairings.take_claim(visit, now).await {
                Ok(Some(claim)) => return claim,
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "a scanned picture cannot be read"),
            }
        }
    }

    /// Looks for scans, for ever. Drop the future to stop.
    pub async fn keep_listening(&self, ports: &Ports) {
        loop {
            tokio::time::sleep(EVERY).await;
            if self.waiting().is_empty() {
                continue;
            }
            match ports.pairings.claimed(ports.clock.now().wall).await {
                Ok(visits) => {
                    let waiting = self.waiting();
                    for told in visits.iter().filter_map(|visit| waiting.get(visit)) {
                        told.notify_one();
                    }
                }
                Err(error) => tracing::error!(%error, "scanned pictures cannot be read"),
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<ResetId, Arc<Notify>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A visit that waits; it does so no more when this goes.
struct Waiting<'a> {
    scans: &'a Scans,
    visit: &'a ResetId,
    told: Arc<Notify>,
}

impl<'a> Waiting<'a> {
    fn new(scans: &'a Scans, visit: &'a ResetId) -> Self {
        let told = Arc::new(Notify::new());
        scans.waiting().insert(visit.clone(), Arc::clone(&told));
        Self { scans, visit, told }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.scans.waiting().remove(self.visit);
    }
}

/// Random characters, each of the 31 equally likely: bytes that would favour some are drawn anew.
pub(super) fn readable(entropy: &dyn Entropy, length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut byte = [0];
        entropy.fill(&mut byte);
        let [byte] = byte;
        let even = usize::from(byte) < 256 / READABLE.len() * READABLE.len();
        let drawn = READABLE.get(usize::from(byte) % READABLE.len());
        text.extend(drawn.filter(|_| even).map(|c| char::from(*c)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// Gives every byte in turn.
    struct EveryByte(AtomicU8);

    impl Entropy for EveryByte {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn every_character_is_equally_likely_and_readable() {
        let text = readable(&EveryByte(AtomicU8::new(0)), 248);
        for c in READABLE {
            assert_eq!(text.bytes().filter(|b| b == c).count(), 8);
        }
        assert!(!text.contains(['0', 'O', '1', 'I', 'L']));
    }
}
