//! What the engine needs from outside: small traits, one for each kind of thing.
//!
//! Every one has a contract suite that runs against the simulation and the real thing.

mod desk;
mod directory;
mod intents;
mod links;
pub mod remind;

use std::sync::Arc;

use async_trait::async_trait;

pub use self::desk::{ApprovalAsked, Counted, Deed, DeedKind, DeedsSoFar, DeskBook, Signatory};
pub use self::directory::{
    ChangeMark, Directory, DirectoryDown, DirectoryRefusal, Landed, Marked, OldPasswordVerdict,
    ProvingBind, ServerUrl, SetOutcome,
};
pub use self::intents::{Act, Intent, Intents, OpenIntent, Opened, Outcome};
pub use self::links::{Deliveries, Link, LinkTo, Links};
use super::measured::Measured;
use super::message::{Alarm, Card, CardAnswer, CardId, Concern, Message};
use super::vouched::Vouched;
use crate::domain::account::{AccountKey, EntryDn, LoginName, WecomUserId};
use crate::domain::audit::{AuditEvent, AuditRecord, ChainError};
use crate::domain::code::{Binding, CodeRules, Judgement, Place, ResetId, Subject};
use crate::domain::limits::{REMOTE_OLD_PASSWORDS, SlidingLimit};
use crate::domain::policy::{Policy, Report};
use crate::domain::secret::{CodeDigits, Password};
use crate::domain::throttle::{Permission, sliding_all, switched_off};
use crate::domain::time::{Now, Timestamp};

/// A clock.
pub trait Clock: Send + Sync {
    /// What both clocks say.
    fn now(&self) -> Now;
}

/// Unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// Why a message did not go out.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SendError {
    /// The receiver cannot be reached: unknown, outside the app's visible range, left.
    #[error("the receiver cannot be reached: {0}")]
    Receiver(String),
    /// The channel is down or busy for everybody.
    #[error("the channel does not work: {0}")]
    ChannelDown(String),
    /// It was asked, and its answer is lost: the message may go out.
    #[error("the channel did not answer: {0}")]
    Unanswered(String),
}

/// A message the channel took: what is needed to recall it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentMessage {
    /// The channel's own id; empty when it gave none.
    pub id: String,
}

/// A channel to employees' phones.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends one message. `Ok` means the channel took it, not that it was read.
    async fn send(&self, message: Message) -> Result<SentMessage, SendError>;

    /// Takes a message back, as far as the channel can.
    async fn recall(&self, sent: &SentMessage) -> Result<(), SendError>;

    /// Sends a card under a message that has gone out.
    async fn send_card(&self, card: &Card) -> Result<(), SendError>;

    /// Greys a card's buttons once one was pressed, and says on it what came of that. `ticket` is
    /// the channel's own permission for that, which came with the press and works once.
    async fn answer_card(&self, answer: &CardAnswer, ticket: &str) -> Result<(), SendError>;

    /// Whether the channel works for everybody, without sending anything. Answers from what is
    /// known within the limits of the channel's API; never takes longer than a moment.
    async fn works(&self) -> Result<(), SendError>;
}

/// Why the channel does not vouch for whoever has opened a page.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotVouched {
    /// The sign-in's code is used up, too old or invented: sign in once more.
    #[error("the sign-in has to be done again")]
    Again,
    /// No member of this company: consumer WeChat, or somebody from outside.
    #[error("no member of the company")]
    NotMember,
    /// A member of a linked company.
    #[error("a member of a linked company")]
    OtherCompany,
    /// A member who has left, is disabled, or has never signed in.
    #[error("a member whose WeCom is not active")]
    NotActive,
    /// Outside the app's visible range, so that no message would reach them.
    #[error("outside the app's visible range")]
    OutOfRange,
    /// The channel is down or busy for everybody.
    #[error("the channel does not work: {0}")]
    ChannelDown(String),
}

/// Signing in through the channel's own pages.
#[async_trait]
pub trait Identity: Send + Sync {
    /// The address that asks the channel who opens it, without a question to the person, and comes
    /// back to `redirect` with a code and with `state` (letters and digits, at most 128).
    fn sign_in(&self, redirect: &str, state: &str) -> String;

    /// Whose one-time `code` that is: an active member of this company whom the app reaches.
    async fn who(&self, code: &str) -> Result<Vouched, NotVouched>;

    /// Whether somebody whom the channel has vouched for is still an active member whom the app
    /// reaches: a message may have been on its way while they left.
    async fn still(&self, vouched: &Vouched) -> Result<(), NotVouched>;
}

/// The store could not be read or written. Nothing may go on without its record.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the state cannot be read or written: {0}")]
pub struct StoreError(pub String);

/// Whether a new code's message goes out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Issued {
    /// The code is stored and its message is within the account's budget: send it.
    Send,
    /// The budget for messages is used up until then; nothing was stored.
    Wait(Timestamp),
    /// Remote codes are off until then ([`Binding::is_remote`]); nothing was stored.
    RemoteOff(Timestamp),
    /// The reset's employee has said "not me": nothing was stored, and nothing goes out.
    Objected,
}

/// Codes and their counts (rule 2). All times are the wall clock's.
#[async_trait]
pub trait Codes: Send + Sync {
    /// Stores a code for `binding.reset` in place of an earlier one, resets no count, and takes
    /// one message from the subject's budget; with one audit record, in one transaction.
    ///
    /// `digits` is `None` for a decoy: it is stored and counted all the same, but nothing typed
    /// ever matches it.
    async fn issue(
        &self,
        binding: &Binding,
        digits: Option<&CodeDigits>,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Issued, StoreError>;

    /// Judges a typed code. The counts go up, durably, before the comparison; a right code is
    /// used up; with one audit record (`code_judged`). The wrong one that switches remote codes off
    /// owes [`Alarm::RemoteCodesOff`].
    async fn judge(
        &self,
        binding: &Binding,
        typed: &CodeDigits,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Judgement, StoreError>;

    /// The binding of the account's newest code that a message brought and that could still be
    /// typed, and when it ends: for whoever did not find the message. Uses nothing up.
    async fn waiting(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<(Binding, Timestamp)>, StoreError>;

    /// Makes a reset's code useless, if there is one.
    async fn discard(&self, reset: &ResetId) -> Result<(), StoreError>;

    /// The subject of a login name that leads nowhere (needs the site key).
    fn nobody(&self, login: &LoginName) -> Subject;
}

/// An old password that is about to be tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OldPasswordTried {
    /// In which reset.
    pub reset: ResetId,
    /// For whom.
    pub subject: Subject,
    /// Where. In a session from anywhere one more limit holds
    /// ([`limits::REMOTE_OLD_PASSWORDS`](crate::domain::limits::REMOTE_OLD_PASSWORDS)).
    pub place: Place,
    /// How many may be tried for this subject; all hold.
    pub limits: Vec<SlidingLimit>,
}

impl OldPasswordTried {
    /// Whether it may be, after those that were tried for the same subject and, newest first or
    /// not, in all remote sessions.
    pub fn permission(
        &self,
        of_subject: &[Timestamp],
        of_remote: &[Timestamp],
        now: Timestamp,
    ) -> Permission {
        let remote = match self.place.is_remote() {
            true => switched_off(REMOTE_OLD_PASSWORDS, of_remote, now),
            false => Permission::Now,
        };
        match remote {
            Permission::Now => sliding_all(&self.limits, of_subject, now),
            off => off,
        }
    }

    /// Whether this one, which may be tried, is one too many for the next: it rings, unless one
    /// did within the same window (`rang_at`).
    pub fn rings(
        &self,
        of_remote: &[Timestamp],
        rang_at: Option<Timestamp>,
        now: Timestamp,
    ) -> bool {
        let with_this = [of_remote, &[now]].concat();
        let off = switched_off(REMOTE_OLD_PASSWORDS, &with_this, now) != Permission::Now;
        let rang = rang_at.is_some_and(|at| at.plus(REMOTE_OLD_PASSWORDS.window) > now);
        self.place.is_remote() && off && !rang
    }

    /// What its alarm is about: the site, so that no account is named.
    pub fn concern(&self) -> Concern {
        Concern {
            reset: self.reset.clone(),
            account: AccountKey::new(""),
            place: self.place.clone(),
        }
    }
}

/// Limits beside those of codes: a kiosk's attempts, which are slowed and never refused, and old
/// passwords that were tried.
#[async_trait]
pub trait Throttles: Send + Sync {
    /// Takes a token of the kiosk's bucket and says when to go on.
    async fn kiosk_attempt(&self, kiosk: &str, now: Timestamp) -> Result<Permission, StoreError>;

    /// Counts an old password that is about to be tried, durably, unless one of its limits is
    /// reached: then nothing is counted, and the answer says from when on there is room. The one
    /// that switches remote ones off owes [`Alarm::RemoteOldPasswordsOff`], due once it has been
    /// judged ([`limits::OLD_PASSWORD_JUDGED`](crate::domain::limits::OLD_PASSWORD_JUDGED)).
    async fn old_password_tried(
        &self,
        tried: &OldPasswordTried,
        now: Timestamp,
    ) -> Result<Permission, StoreError>;

    /// The subject's old password was right: what was counted before is forgotten, and so is an
    /// alarm that is owed for it and not due yet.
    async fn old_password_right(&self, subject: &Subject) -> Result<(), StoreError>;
}

/// The audit log.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends one record, durably, and moves the head file on.
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError>;

    /// Reads `limit` records after `after`, oldest first.
    async fn read(&self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, StoreError>;

    /// Walks the whole chain and compares its end with the head file. Returns how many records
    /// there are.
    async fn verify(&self) -> Result<Result<u64, ChainError>, StoreError>;
}

/// What a kiosk's picture stands for: registered so that the phone's page can find the kiosk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pairing {
    /// At least 64 random bits as capitals and digits; what the picture holds.
    pub nonce: String,
    /// Eight characters for those who cannot scan.
    pub short_code: String,
    /// The kiosk that shows it.
    pub place: crate::domain::code::Place,
    /// The visit it belongs to.
    pub visit: ResetId,
    /// When it ends.
    pub expires: Timestamp,
}

/// How a phone names a picture; matched without case.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum PictureName<'a> {
    /// By what the picture holds.
    Nonce(&'a str),
    /// By the short code beside it, sent in the chat.
    ShortCode(&'a str),
}

/// A picture that was opened on the phone of an employee whom WeCom vouches for. It opens the
/// kiosk's number field and nothing else: only the digits on that phone are a proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The reset that it begins; the digits are bound to it.
    pub reset: ResetId,
    /// Whose phone.
    pub account: AccountKey,
    /// Where the entry is.
    pub dn: EntryDn,
    /// The WeCom userid.
    pub to: WecomUserId,
    /// When the digits end.
    pub expires: Timestamp,
}

/// The book of pictures' nonces.
#[async_trait]
pub trait Pairings: Send + Sync {
    /// At which kiosk a picture is shown now; `None` when it is at none: over, used, invented.
    /// Uses nothing up.
    async fn shown_at(
        &self,
        picture: PictureName<'_>,
        now: Timestamp,
    ) -> Result<Option<crate::domain::code::Place>, StoreError>;

    /// Uses a picture up for `claim`. `false`: it is at no kiosk (any more). Of several phones
    /// only the first gets it.
    async fn claim(
        &self,
        picture: PictureName<'_>,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The claim on one of a visit's pictures, once: it is handed out to nobody again.
    async fn take_claim(
        &self,
        visit: &ResetId,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError>;

    /// The visits for which a claim waits that nobody has taken: one question for any number of
    /// visits.
    async fn claimed(&self, now: Timestamp) -> Result<Vec<ResetId>, StoreError>;

    /// Registers a picture; earlier ones of the same visit that no phone has opened end.
    async fn offer(&self, pairing: &Pairing, now: Timestamp) -> Result<(), StoreError>;

    /// Ends all pictures of a visit, claimed ones too.
    async fn end(&self, visit: &ResetId) -> Result<(), StoreError>;
}

/// A card that went out, and what it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentCard {
    /// Its name.
    pub id: CardId,
    /// Who got it: nobody else may press it.
    pub to: WecomUserId,
    /// The employee's language tag.
    pub language: Option<String>,
    /// The reset that it is about.
    pub concern: Concern,
}

/// How far a reset had come when its employee objected.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Nothing was asked of the directory: it is dead now.
    Before,
    /// The directory has been asked: the password is changed, or may be.
    After,
}

impl Stage {
    /// The word in the audit record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before_change",
            Self::After => "after_change",
        }
    }
}

impl Stage {
    /// What IT has to know.
    pub fn alarm(self) -> Alarm {
        match self {
            Self::Before => Alarm::StoppedByEmployee,
            Self::After => Alarm::ChangedByStranger,
        }
    }
}

/// An alarm that has to be rung, and was heard by nobody yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwedAlarm {
    /// What happened.
    pub what: Alarm,
    /// In which reset, to whose account, where.
    pub concern: Concern,
}

/// An objection that counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Objection {
    /// The card that was pressed.
    pub card: SentCard,
    /// How far the reset had come.
    pub stage: Stage,
    /// Whether it is the first one to this reset: the channel may deliver a press again.
    pub first: bool,
}

/// The book of objections ("not me") and freezes.
#[async_trait]
pub trait Objections: Send + Sync {
    /// Registers a card, before it goes out.
    async fn register(&self, card: &SentCard, now: Timestamp) -> Result<(), StoreError>;

    /// An employee objects to the reset of a card that they got: its code is useless, and a change
    /// that was not asked for yet is never asked for; with one `objected` record (the first time)
    /// and the alarm that is owed then, due in [`ALARM_AGAIN`](crate::domain::limits::ALARM_AGAIN). `None`: no such card, or
    /// somebody else's.
    async fn object(
        &self,
        card: &CardId,
        by: &WecomUserId,
        now: Timestamp,
    ) -> Result<Option<Objection>, StoreError>;

    /// The same of a reset that an employee's own phone took part in, and that they say is not
    /// theirs; there is no card. `None`: they have objected before, and nothing more was done.
    async fn disown(&self, concern: &Concern, now: Timestamp) -> Result<Option<Stage>, StoreError>;

    /// Lets nobody reset the account until then, with `record` and the alarm that is owed, due in
    /// [`ALARM_AGAIN`](crate::domain::limits::ALARM_AGAIN), in the same transaction.
    async fn freeze(
        &self,
        account: &AccountKey,
        until: Timestamp,
        record: &AuditEvent,
    ) -> Result<(), StoreError>;

    /// Ends a freeze, if there is one, with `record` in the same transaction.
    async fn unfreeze(&self, account: &AccountKey, record: &AuditEvent) -> Result<(), StoreError>;

    /// Until when resets of the account are frozen; `None` when they are not.
    async fn frozen_until(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Alarms that are owed and due. Each is put off by this call, by [`ALARM_AGAIN`](crate::domain::limits::ALARM_AGAIN), so
    /// that two processes do not ring at once and one that dies loses nothing.
    async fn owed_alarms(&self, now: Timestamp) -> Result<Vec<OwedAlarm>, StoreError>;

    /// An alarm is owed no more: somebody heard it, or nobody is there to hear any.
    async fn alarm_rung(&self, alarm: &OwedAlarm) -> Result<(), StoreError>;
}

/// Judges a password by the whole policy, off the event loop.
#[async_trait]
pub trait Assessor: Send + Sync {
    /// The true verdict; may take long for hostile input.
    async fn assess(&self, password: Arc<Password>, policy: Arc<Policy>) -> Report;
}

/// Counts what is worth counting, for whoever watches the site. Takes no time worth mentioning.
pub trait Metrics: Send + Sync {
    /// Something happened.
    fn note(&self, measured: Measured);
}

/// Nobody watches.
impl Metrics for () {
    fn note(&self, _: Measured) {}
}

/// Everything the driver needs, picked by `boot`.
#[derive(Clone)]
pub struct Ports {
    /// The directory.
    pub directory: Arc<dyn Directory>,
    /// The channel.
    pub messenger: Arc<dyn Messenger>,
    /// Codes.
    pub codes: Arc<dyn Codes>,
    /// Throttles.
    pub throttles: Arc<dyn Throttles>,
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// Intents.
    pub intents: Arc<dyn Intents>,
    /// Judging passwords.
    pub assessor: Arc<dyn Assessor>,
    /// Pairings.
    pub pairings: Arc<dyn Pairings>,
    /// Objections and freezes.
    pub objections: Arc<dyn Objections>,
    /// One-time links.
    pub links: Arc<dyn Links>,
    /// What was delivered to us.
    pub deliveries: Arc<dyn Deliveries>,
    /// The desk's book.
    pub desk: Arc<dyn DeskBook>,
    /// `[alarm] wecom`: who is told what IT must know.
    pub alarm: Arc<[WecomUserId]>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Counting.
    pub metrics: Arc<dyn Metrics>,
}
