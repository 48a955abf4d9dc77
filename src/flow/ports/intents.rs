//! The book of intents: what the directory is about to be asked for, durable before it is (rule 4).

use async_trait::async_trait;

use super::{ChangeMark, StoreError};
use crate::domain::account::{AccountKey, EntryDn, WecomUserId};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{Place, ResetId};
use crate::domain::time::Timestamp;

/// What the directory is asked for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// To set a new password.
    SetPassword,
    /// To end a lock.
    Unlock,
}

impl Act {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SetPassword => "set_password",
            Self::Unlock => "unlock",
        }
    }

    /// Reads the store's word; `None` when it is none.
    pub fn parse(word: &str) -> Option<Self> {
        let mut all = [Self::SetPassword, Self::Unlock].into_iter();
        all.find(|act| act.as_str() == word)
    }

    /// The record of how it came out.
    pub fn outcome(self) -> EventKind {
        match self {
            Self::SetPassword => EventKind::ChangeOutcome,
            Self::Unlock => EventKind::UnlockOutcome,
        }
    }
}

/// A change that was about to be asked for: durable before the directory is (rule 4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intent {
    /// What is asked for.
    pub act: Act,
    /// The reset; one intent is open at a time for each.
    pub reset: ResetId,
    /// Whose password.
    pub account: AccountKey,
    /// Where the entry is.
    pub dn: EntryDn,
    /// What the entry looked like before, and at which server.
    pub mark: ChangeMark,
    /// Where the reset happens.
    pub place: Place,
    /// Where to tell the employee, if a later look finds the truth.
    pub notify: Option<WecomUserId>,
    /// The employee's language tag.
    pub language: Option<String>,
    /// When the proof was accepted. Older than another reset's change of the same account: this
    /// reset is dead.
    pub proved_at: Timestamp,
    /// When.
    pub at: Timestamp,
}

/// Whether a change may go on.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Opened {
    /// The intent is durable: ask the directory.
    Open,
    /// Another reset has changed, or is changing, this account since the proof: nothing was
    /// opened, and a `change_not_asked` record was left.
    Superseded,
    /// The employee has said "not me" of this reset, or resets of the account are frozen: nothing
    /// was opened, and a `change_not_asked` record was left.
    Objected,
}

impl Opened {
    /// The records that opening, or refusing to open, leaves. That the password was accepted goes
    /// with them, so that the disk is waited for once.
    pub fn records(self, intent: &Intent) -> impl Iterator<Item = AuditEvent> {
        let record = |kind, result| AuditEvent {
            at: intent.at,
            kind,
            reset: intent.reset.clone(),
            account: Some(intent.account.clone()),
            place: intent.place.clone(),
            result,
        };
        let judged =
            (intent.act == Act::SetPassword).then(|| record(EventKind::PasswordJudged, "accepted"));
        let (kind, result) = match self {
            Self::Open if intent.act == Act::Unlock => (EventKind::UnlockIntent, "asked"),
            Self::Open => (EventKind::ChangeIntent, "asked"),
            Self::Superseded => (EventKind::ChangeNotAsked, "superseded"),
            Self::Objected => (EventKind::ChangeNotAsked, "objected"),
        };
        judged.into_iter().chain([record(kind, result)])
    }
}

/// How an intent came out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The password was changed.
    Changed,
    /// The directory refused; nothing was changed.
    Refused,
    /// Nothing was changed.
    Failed,
    /// Nobody knows; it will be looked up again.
    Unknown,
}

impl Outcome {
    /// The word in the audit record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// An intent without a final outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenIntent {
    /// The intent.
    pub intent: Intent,
    /// How often it was looked up since.
    pub looks: u32,
    /// Whether `unknown` was recorded already.
    pub unknown_recorded: bool,
    /// Another reset has changed the same account since, or may have: a change that is found in
    /// the entry need not be this one's.
    pub contested: bool,
}

/// The book of intents.
#[async_trait]
pub trait Intents: Send + Sync {
    /// Opens an intent: durable, with [its records](Opened::records), in one transaction. It
    /// belongs to this process until it is closed or this process is gone.
    ///
    /// Refused when another reset is just changing the same account, or has changed it (or may
    /// have: unknown) at or after `intent.proved_at`: of two resets that hold a proof at the same
    /// time only one changes the password. Refused as well when the employee has objected to the
    /// reset or resets of the account are frozen.
    async fn open(&self, intent: &Intent) -> Result<Opened, StoreError>;

    /// Records an outcome with its `change_outcome` record. [`Outcome::Changed`] makes every code
    /// of the account useless in the same transaction: none may live on. [`Outcome::Unknown`] keeps the intent
    /// for later looks (due at `look_again`; with `None` there are no more looks and it is
    /// closed); every other outcome closes it. Closing one that is closed already does nothing.
    /// A reset may open another intent once its last one is closed.
    async fn close(
        &self,
        reset: &ResetId,
        outcome: Outcome,
        at: Timestamp,
        look_again: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// Intents that need a look now: unknown ones that are due, and open ones whose process is
    /// gone. `starting` also returns open ones of this very process (it was re-executed). Each
    /// is claimed by this call, so that two processes do not look at once.
    async fn due(&self, now: Timestamp, starting: bool) -> Result<Vec<OpenIntent>, StoreError>;

    /// Puts a look off: still unclear, look again at `at`. `counts`: the look found the entry as
    /// it was; without it the directory could not be asked.
    async fn look_again(
        &self,
        reset: &ResetId,
        at: Timestamp,
        counts: bool,
    ) -> Result<(), StoreError>;
}
