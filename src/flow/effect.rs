//! What the engine asks for and what comes back, as data.

use std::sync::Arc;

use super::desk::DeskInput;
use super::grant::Grant;
use super::message::{LinkFor, Message};
use super::ports::{
    Act, ChangeMark, DirectoryDown, Intent, Issued, Landed, Marked, OldPasswordTried,
    OldPasswordVerdict, Opened, Outcome, ProvingBind, SendError, SentMessage, SetOutcome,
    StoreError,
};
use super::prompt::Prompt;
use crate::domain::account::{Account, AccountKey, EntryDn, LoginName, WecomUserId};
use crate::domain::audit::AuditEvent;
use crate::domain::code::{Binding, Judgement, ResetId, Subject};
use crate::domain::policy::{DirectoryPolicy, Policy, Report};
use crate::domain::secret::{CodeDigits, Password};
use crate::domain::throttle::Permission;

/// What a front hands in for the person.
pub enum Input {
    /// A login name was submitted.
    Login(LoginName),
    /// A login name was submitted with the password there is now, to renew it.
    Renew {
        /// The login name.
        login: LoginName,
        /// The password there is now, as it was typed.
        old: Password,
    },
    /// A code was submitted, as it was typed.
    Code(CodeDigits),
    /// Another code is asked for.
    AnotherCode,
    /// A new password was submitted (both fields were alike).
    NewPassword(Password),
    /// Instead of a new password: only end the lock.
    Unlock,
    /// The employee, who is known, lets resets of the account go on.
    Unfreeze,
    /// At IT support's desk: what its operator asks for.
    Desk(DeskInput),
    /// The person goes away, or the front ends the visit.
    Abandon,
}

/// What happens to a reset.
pub enum Event {
    /// The person did something.
    Input(Input),
    /// An effect came out.
    Answer(Answer),
}

/// What the driver shall do. It runs them in the order given: an audit record is durable before
/// the next effect of the same step begins.
pub enum Effect {
    /// Show this.
    Show(Prompt),
    /// Append a record.
    Audit(AuditEvent),
    /// Take a token of the kiosk's bucket.
    KioskAttempt(String),
    /// Find the account and learn whether the channel works: always both, at the same time.
    LookUp(LoginName),
    /// Count an old password that is about to be tried.
    CountOldPassword(OldPasswordTried),
    /// Bind with the old password; without a DN in the same way about nobody.
    JudgeOldPassword {
        /// The entry.
        dn: Option<EntryDn>,
        /// The password.
        old: Arc<Password>,
    },
    /// The old password was right: forget the wrong ones.
    ForgetOldPasswords(Subject),
    /// Wait.
    Timer(Timer, std::time::Duration),
    /// Store a code (or a decoy) and take from the message budget.
    IssueCode {
        /// What it is bound to.
        binding: Binding,
        /// The digits; `None` for a decoy.
        digits: Option<CodeDigits>,
    },
    /// Send a message.
    Send(Message, Purpose),
    /// Take a message back.
    Recall(SentMessage),
    /// Judge a typed code.
    Judge {
        /// What it has to be bound to.
        binding: Binding,
        /// What was typed.
        typed: CodeDigits,
    },
    /// Make the reset's code useless.
    Discard(ResetId),
    /// Find the account that the mapping leads to.
    FindMember(WecomUserId),
    /// Let resets of the account go on.
    Unfreeze(AuditEvent),
    /// Send a link to the form.
    GiveLink(Box<LinkFor>),
    /// Read the account again, and its policy.
    ReadAccount(AccountKey, EntryDn),
    /// Read the policy of an account that was read just now. Answered like
    /// [`Effect::ReadAccount`].
    ReadPolicy(Box<Account>),
    /// Judge a password by the whole policy, off the event loop.
    Assess {
        /// The password.
        password: Arc<Password>,
        /// What it is judged by.
        policy: Arc<Policy>,
    },
    /// Read the account a last time, and the entry's mark.
    Mark(Box<Account>, Act),
    /// Record that the directory is about to be asked.
    OpenIntent(Box<Intent>),
    /// Ask the directory.
    SetPassword {
        /// The right to.
        grant: Grant,
        /// The entry.
        dn: EntryDn,
        /// The mark, with the server.
        mark: ChangeMark,
        /// The password.
        password: Arc<Password>,
    },
    /// Ask the directory to end the lock.
    Unlock {
        /// The right to.
        grant: Grant,
        /// The entry.
        dn: EntryDn,
        /// The mark, with the server.
        mark: ChangeMark,
    },
    /// Bind with the new password.
    Prove {
        /// The entry.
        dn: EntryDn,
        /// The server and the mark from before.
        mark: ChangeMark,
        /// The password.
        password: Arc<Password>,
    },
    /// After a lost answer: bind with the new password, and look at the entry's mark.
    FindOut {
        /// Whose.
        key: AccountKey,
        /// The entry.
        dn: EntryDn,
        /// The mark from before.
        mark: ChangeMark,
        /// The password.
        password: Arc<Password>,
    },
    /// Record how it came out.
    CloseIntent(ResetId, Outcome),
    /// The reset is over: no more effects will come.
    Finish,
}

/// What an answer to a message is for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A code.
    Code,
    /// Telling the employee about the change.
    Changed,
    /// Telling the employee that the account was unlocked.
    Unlocked,
    /// Telling the employee that a reset is not allowed.
    NotAllowed,
    /// A temporary password.
    Temporary,
}

/// What a timer is for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Timer {
    /// The kiosk is slowed: go on.
    Slot,
    /// The answer to a login name is due.
    Answer,
    /// A code's message waits for its budget.
    Budget,
    /// A code has ended: its message is taken back.
    CodeEnded,
    /// The directory did not answer: ask it again.
    Again,
    /// A temporary password was seen: its message is taken back.
    TemporaryEnded,
}

/// What came back.
pub enum Answer {
    /// To [`Effect::Audit`], only when it failed.
    AuditFailed(StoreError),
    /// To [`Effect::KioskAttempt`].
    KioskAttempt(Result<Permission, StoreError>),
    /// To [`Effect::LookUp`].
    LookedUp {
        /// The account, if the login name leads to one.
        account: Result<Option<Box<Account>>, DirectoryDown>,
        /// Whom to count for when it leads nowhere.
        nobody: Subject,
        /// Whether the channel works.
        channel: Result<(), SendError>,
    },
    /// To [`Effect::CountOldPassword`].
    OldPasswordTried(Result<Permission, StoreError>),
    /// To [`Effect::JudgeOldPassword`].
    OldPasswordJudged(Result<OldPasswordVerdict, DirectoryDown>),
    /// To [`Effect::Timer`].
    Timer(Timer),
    /// To [`Effect::IssueCode`]; the digits come back, to be sent.
    Issued(Result<Issued, StoreError>, Option<CodeDigits>),
    /// To [`Effect::Send`].
    Sent(Purpose, Result<SentMessage, SendError>),
    /// To [`Effect::Judge`].
    Judged(Result<Judgement, StoreError>),
    /// To [`Effect::FindMember`].
    MemberFound(Result<Option<Box<Account>>, DirectoryDown>),
    /// To [`Effect::Unfreeze`].
    Unfrozen(Result<(), StoreError>),
    /// To [`Effect::GiveLink`]; `None` when the employee has objected and nothing was sent.
    LinkGiven(Result<Option<Result<SentMessage, SendError>>, StoreError>),
    /// To [`Effect::ReadAccount`].
    AccountRead(Result<Option<(Box<Account>, DirectoryPolicy)>, DirectoryDown>),
    /// To [`Effect::Assess`].
    Assessed(Report),
    /// To [`Effect::Mark`].
    Marked(Result<Option<Box<Marked>>, DirectoryDown>),
    /// To [`Effect::OpenIntent`].
    IntentOpened(Result<Opened, StoreError>),
    /// To [`Effect::SetPassword`].
    PasswordSet(SetOutcome),
    /// To [`Effect::Unlock`].
    Unlocked(SetOutcome),
    /// To [`Effect::Prove`].
    Proved(ProvingBind),
    /// To [`Effect::FindOut`].
    FoundOut(ProvingBind, Result<Landed, DirectoryDown>),
    /// To [`Effect::CloseIntent`].
    IntentClosed(Result<(), StoreError>),
}
