//! What the person should see next, as data; the fronts find the words and the picture.

use super::desk::DeskPrompt;
use super::ports::DirectoryRefusal;
use crate::domain::account::PasswordAge;
use crate::domain::policy::{Policy, Report};
use crate::domain::time::Timestamp;
use std::sync::Arc;

/// The one thing a reset shows now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Prompt {
    /// Ask for the login name.
    Login {
        /// Why the last one did not lead on; concerns everybody or the text itself.
        refusal: Option<Refusal>,
    },
    /// The login name is being looked up; nothing can be typed.
    LookingUp {
        /// When the lookup goes on, if this kiosk is slowed.
        slowed_until: Option<Timestamp>,
    },
    /// Ask for the code. The same for every login name (rule 3).
    Code {
        /// When the code ends.
        expires_at: Timestamp,
        /// When another one can be asked for; `None` when the employee's own phone shows it.
        resend_at: Option<Timestamp>,
        /// A code is being judged; nothing can be typed.
        judging: bool,
        /// Why the last one did not lead on.
        refusal: Option<Refusal>,
        /// When judging goes on, if this kiosk is slowed.
        slowed_until: Option<Timestamp>,
    },
    /// The proof was accepted; account and policy are being read.
    Reading,
    /// Ask for the new password. The front judges it live by `policy`.
    NewPassword {
        /// The login name: shown to whoever has forgotten it, now that there is a proof.
        login: String,
        /// What it is judged by.
        policy: Arc<Policy>,
        /// The employee's age of password: shown beside the fields.
        age: PasswordAge,
        /// The employee's language tag, when the directory has one.
        language: Option<String>,
        /// When it expires by the stricter of directory and site; `None` when unknown.
        expires_at: Option<Timestamp>,
        /// Why the last one was not taken.
        refusal: Option<Refusal>,
        /// It is being judged or sent; nothing can be typed.
        busy: bool,
    },
    /// The account's resets are frozen, and this is its employee: they may end that.
    Frozen {
        /// When it ends by itself.
        until: Timestamp,
        /// Four characters to tell IT.
        reference: String,
    },
    /// The account is being unlocked; nothing can be typed.
    Unlocking,
    /// Unlocked; the password is as it was.
    Unlocked {
        /// Whether the employee was told in WeCom.
        told: Step,
        /// Four characters to tell IT.
        reference: String,
    },
    /// The change is on its way.
    Working(Progress),
    /// Changed and proved.
    Done {
        /// How the last steps came out.
        progress: Progress,
        /// How it is known.
        proof: ProofOfChange,
        /// When the new password expires; `None` for never.
        expires_at: Option<Timestamp>,
        /// Four characters to tell IT.
        reference: String,
    },
    /// At IT support's desk: what its operator sees.
    Desk(DeskPrompt),
    /// It ended without a change, or nobody knows; with a way on.
    Ended {
        /// Why.
        refusal: Refusal,
        /// Four characters to tell IT.
        reference: String,
    },
}

/// The three lines of the last screen.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The directory changed it.
    pub changed: Step,
    /// A sign-in with it was tested.
    pub proved: Step,
    /// The employee was told in WeCom.
    pub told: Step,
}

/// One line's state.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Not yet begun.
    Ahead,
    /// Being done.
    Wait,
    /// Done.
    Ok,
    /// Did not work.
    No,
}

/// How it is known that the password was changed (rule 6).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ProofOfChange {
    /// A bind with it worked.
    Bind,
    /// The directory confirmed the change; a bind is not allowed for this account.
    DirectoryConfirmed,
}

/// Why something did not go on: what happened, in a form the fronts can put into words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// This can be no login name.
    LoginMalformed,
    /// The directory does not answer, for everybody.
    DirectoryDown,
    /// WeCom does not answer, for everybody.
    ChannelDown,
    /// WeCom does not reach the employee. Told only to an operator, who has opened the account.
    NotReached,
    /// The state cannot be written: nothing may go on without its record.
    StoreDown,
    /// Not so many digits, or not digits.
    CodeMalformed {
        /// How many there should be.
        digits: u8,
    },
    /// Not the code.
    CodeWrong {
        /// How many tries are left.
        left: u32,
    },
    /// The code ended, or was used.
    CodeExpired,
    /// Too many wrong codes in this reset or for this login name.
    TooManyWrongCodes {
        /// When the next one is judged; `None` when only staff can help.
        until: Option<Timestamp>,
    },
    /// Too many codes were wrong in remote sessions, whoever typed them: theirs are off.
    RemoteCodesOff {
        /// When they work again.
        until: Timestamp,
    },
    /// The login name or the old password is not right, or this way is not open to the account, or
    /// too many were tried: the same for everybody.
    OldPasswordNotRight,
    /// The old password is right and has expired: a code is on its way instead.
    OldPasswordExpired,
    /// The directory did not unlock the account: a new password does.
    NotUnlocked,
    /// The account is not locked any more: there is nothing to do.
    NotLocked,
    /// Another code cannot be asked for yet.
    ResendTooSoon {
        /// When it can.
        at: Timestamp,
    },
    /// The screen's own rules refuse it; the true report.
    NotGoodEnough(Report),
    /// The directory refused it.
    ByDirectory {
        /// Why.
        why: DirectoryRefusal,
        /// How many old passwords it remembers, when known.
        remembers: Option<u32>,
    },
    /// The directory could not be asked to change; nothing was changed.
    NotAsked,
    /// The account cannot be reset this way any more (it changed since the code was sent).
    AccountNotAllowed,
    /// The answer was lost: nobody knows yet (rule 5).
    OutcomeUnknown,
    /// The mapping leads from this WeCom member to no account. Told only to whom WeCom vouches for.
    NoAccount,
    /// The account is disabled. Told only to whom WeCom vouches for.
    Disabled,
    /// The account is protected. Told only to whom WeCom vouches for.
    Protected,
    /// The account's employee has said in WeCom that it is not them, after this reset's proof.
    Objected,
}
