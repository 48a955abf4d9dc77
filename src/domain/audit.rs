//! The audit record: what is kept of every accepted or refused step, and the keyed chain that
//! shows when a record was altered, removed or added.

use subtle::ConstantTimeEq;

use super::account::AccountKey;
use super::code::{Place, ResetId, hex, keyed};
use super::secret::SiteKey;
use super::time::Timestamp;
use hmac::Mac;

/// What happened; the word stands in `event`.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum EventKind {
    /// A login name was submitted (whether it exists is not said).
    ResetStarted,
    /// A code was made; `result` says whether it goes out.
    CodeIssued,
    /// The channel took the code's message, or did not.
    CodeSent,
    /// A typed code was judged.
    CodeJudged,
    /// A new password was judged against the policy.
    PasswordJudged,
    /// The directory could not be asked to change; no intent was made.
    ChangeNotAsked,
    /// The directory is about to be asked; durable before it is.
    ChangeIntent,
    /// What became of it: `changed`, `refused`, `failed` or `unknown`.
    ChangeOutcome,
    /// The employee was told about a change, or that a reset was refused.
    NoticeSent,
    /// The reset ended without a change.
    ResetEnded,
    /// A picture's nonce was registered.
    PairingOffered,
}

impl EventKind {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResetStarted => "reset_started",
            Self::CodeIssued => "code_issued",
            Self::CodeSent => "code_sent",
            Self::CodeJudged => "code_judged",
            Self::PasswordJudged => "password_judged",
            Self::ChangeNotAsked => "change_not_asked",
            Self::ChangeIntent => "change_intent",
            Self::ChangeOutcome => "change_outcome",
            Self::NoticeSent => "notice_sent",
            Self::ResetEnded => "reset_ended",
            Self::PairingOffered => "pairing_offered",
        }
    }
}

/// One step, before it has a place in the chain. Holds no secret and no typed text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// In which reset.
    pub reset: ResetId,
    /// For which account; `None` while it is not known or when there is none.
    pub account: Option<AccountKey>,
    /// At which front and kiosk.
    pub place: Place,
    /// How it came out: one word of the program's own.
    pub result: &'static str,
}

/// One record of the chain, as it is stored and exported.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct AuditRecord {
    /// 1, 2, 3 ... without gaps.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub time: i64,
    /// [`EventKind::as_str`].
    pub event: String,
    /// The [`ResetId`].
    pub reset: String,
    /// The [`AccountKey`]; empty when there is none.
    pub account: String,
    /// The front.
    pub front: String,
    /// The kiosk's name; empty when there is none.
    pub kiosk: String,
    /// How it came out.
    pub result: String,
    /// HMAC-SHA256 over the previous record's MAC and this record, 64 hex digits.
    pub mac: String,
}

impl AuditRecord {
    /// Puts `event` behind the record `previous` (its sequence number and MAC; `None` at the
    /// very beginning).
    pub fn chain(key: &SiteKey, previous: Option<(u64, &str)>, event: &AuditEvent) -> Self {
        let (seq, previous_mac) = previous.map_or((1, ""), |(seq, mac)| (seq + 1, mac));
        let mut record = Self {
            seq,
            time: event.at.as_millis(),
            event: event.kind.as_str().to_owned(),
            reset: event.reset.as_str().to_owned(),
            account: event
                .account
                .as_ref()
                .map(|a| a.as_str().to_owned())
                .unwrap_or_default(),
            front: event.place.front.to_owned(),
            kiosk: event.place.kiosk.clone(),
            result: event.result.to_owned(),
            mac: String::new(),
        };
        record.mac = record.computed_mac(key, previous_mac);
        record
    }

    /// The MAC this record should carry behind a record with `previous_mac`.
    fn computed_mac(&self, key: &SiteKey, previous_mac: &str) -> String {
        let mut mac = keyed(key);
        mac.update(b"rekey audit\0");
        mac.update(&self.seq.to_be_bytes());
        mac.update(&self.time.to_be_bytes());
        for field in [
            previous_mac,
            &self.event,
            &self.reset,
            &self.account,
            &self.front,
            &self.kiosk,
            &self.result,
        ] {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }

    /// Checks that this record stands rightly behind `previous`.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(&self, key: &SiteKey, previous: Option<(u64, &str)>) -> Result<(), ChainError> {
        let (expected, previous_mac) = previous.map_or((1, ""), |(seq, mac)| (seq + 1, mac));
        if self.seq != expected {
            return Err(ChainError::Gap {
                expected,
                found: self.seq,
            });
        }
        let right: bool = self
            .computed_mac(key, previous_mac)
            .as_bytes()
            .ct_eq(self.mac.as_bytes())
            .into();
        if right {
            Ok(())
        } else {
            Err(ChainError::Altered { seq: self.seq })
        }
    }
}

/// What is wrong with an audit chain.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChainError {
    /// A record is missing or was added.
    #[error("record {expected} is missing: the next one there is {found}")]
    Gap {
        /// The sequence number that should come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// A record does not carry the MAC it should.
    #[error("record {seq} was altered, or the key is another one")]
    Altered {
        /// Its sequence number.
        seq: u64,
    },
    /// Records at the end are gone: the head file remembers later ones.
    #[error(
        "the newest records are gone: the head file remembers record {remembered}, the last one there is {found}"
    )]
    CutTail {
        /// What the head file remembers.
        remembered: u64,
        /// What is there.
        found: u64,
    },
    /// The head file is missing although records exist.
    #[error("the head file is missing although records exist")]
    NoHead,
}
