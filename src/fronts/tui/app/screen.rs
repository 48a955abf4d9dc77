//! What the app shows, as one enum: what cannot be at the same time cannot be drawn.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::account::PasswordAge;
use crate::domain::policy::{Policy, Report};
use crate::domain::secret::CodeDigits;
use crate::domain::strength::Strength;
use crate::domain::time::{Now, Timestamp};
use crate::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal};
use crate::fronts::tui::field::{Field, Kind, Taken};

/// The one screen that is shown.
pub(crate) enum Screen {
    /// The three methods.
    Menu,
    /// Method 1: the steps on the phone.
    Workspace,
    /// Method 2: the steps on the phone.
    Chat,
    /// Method 3: the login name (the field itself is kept over the screens).
    Login(LoginScreen),
    /// The login name is being looked up.
    LookingUp {
        slowed_until: Option<Timestamp>,
    },
    Code(CodeScreen),
    /// The account and its policy are being read.
    Reading,
    NewPassword(Box<NewPasswordScreen>),
    /// The account is being unlocked.
    Unlocking,
    Unlocked(UnlockedScreen),
    /// The change is on its way.
    Working(Progress),
    Done(DoneScreen),
    Ended(EndedScreen),
}

#[derive(Default)]
pub(crate) struct LoginScreen {
    pub(crate) refusal: Option<Refusal>,
    /// Handed in: nothing can be typed until the answer.
    pub(crate) sent: bool,
    /// The password there is now is typed beside the name.
    pub(crate) old: Option<OldPasswordField>,
}

/// The field for the password there is now.
pub(crate) struct OldPasswordField {
    pub(crate) field: Field,
    /// Shown in the open until then.
    pub(crate) shown_until: Option<Duration>,
}

impl OldPasswordField {
    pub(crate) fn new() -> Self {
        Self {
            field: Field::new(Kind::Secret),
            shown_until: None,
        }
    }
}

pub(crate) struct UnlockedScreen {
    /// WeCom took the message about it.
    pub(crate) told: bool,
    pub(crate) reference: String,
    /// Since when it is shown.
    pub(crate) since: Duration,
}

pub(crate) struct CodeScreen {
    pub(crate) field: Field,
    pub(crate) digits: u8,
    pub(crate) expires_at: Timestamp,
    /// `None`: the digits are on the employee's own phone, and no other code can be sent.
    pub(crate) resend_at: Option<Timestamp>,
    pub(crate) slowed_until: Option<Timestamp>,
    pub(crate) refusal: Option<Refusal>,
    /// Handed in: nothing can be typed until it is judged.
    pub(crate) sent: bool,
    /// Since when the newest code can be waited for.
    pub(crate) since: Duration,
    /// Another code was asked for; the answer is not there yet.
    pub(crate) asked: bool,
}

impl CodeScreen {
    /// What `prompt` makes of the code screen that was there `before`, if one was. `None`: it asks
    /// for no code.
    pub(crate) fn prompted(
        before: Option<Self>,
        prompt: Prompt,
        digits: u8,
        now: Now,
    ) -> Option<Self> {
        let Prompt::Code {
            expires_at,
            resend_at,
            judging,
            refusal,
            slowed_until,
        } = prompt
        else {
            return None;
        };
        let mut screen = before.unwrap_or_else(|| Self {
            field: Field::new(Kind::Code(digits)),
            digits,
            expires_at,
            resend_at,
            slowed_until: None,
            refusal: None,
            sent: false,
            since: now.mono,
            asked: false,
        });
        if screen.sent && !judging {
            // A code that was judged is never a second try.
            screen.field.clear();
        }
        if screen.expires_at != expires_at {
            screen.since = now.mono;
        }
        screen.sent = judging;
        screen.asked = false;
        (screen.expires_at, screen.resend_at) = (expires_at, resend_at);
        (screen.refusal, screen.slowed_until) = (refusal, slowed_until);
        Some(screen)
    }

    /// What was typed was taken, or was no digit: that is said at the field.
    pub(crate) fn took(&mut self, taken: Taken) {
        let digits = self.digits;
        self.refusal = (taken != Taken::Yes).then_some(Refusal::CodeMalformed { digits });
    }

    /// The code, handed in at its last digit; an Enter is never a try.
    pub(crate) fn hand_in(&mut self) -> Option<CodeDigits> {
        if self.sent || !self.field.is_complete() {
            return None;
        }
        let code = CodeDigits::parse(self.field.text(), usize::from(self.digits))?;
        self.sent = true;
        Some(code)
    }
}

pub(crate) struct NewPasswordScreen {
    pub(crate) new: Field,
    pub(crate) again: Field,
    /// The login name, as the directory has it: not yet fit for a terminal.
    pub(crate) login: String,
    pub(crate) policy: Arc<Policy>,
    pub(crate) age: PasswordAge,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) report: Option<Report>,
    /// What is said about its strength: the newest once the typing pauses.
    pub(crate) advice: Option<Strength>,
    /// When the typing will have paused.
    pub(crate) advice_due: Option<Duration>,
    pub(crate) note: Option<PasswordNote>,
    /// Handed in: nothing can be typed until the answer.
    pub(crate) busy: bool,
    /// Shown in the open until then.
    pub(crate) shown_until: Option<Duration>,
    /// Esc was pressed once.
    pub(crate) leaving: bool,
}

impl NewPasswordScreen {
    pub(crate) fn new(
        login: String,
        policy: Arc<Policy>,
        age: PasswordAge,
        expires_at: Option<Timestamp>,
    ) -> Self {
        Self {
            new: Field::new(Kind::Secret),
            again: Field::new(Kind::Secret),
            login,
            policy,
            age,
            expires_at,
            refusal: None,
            report: None,
            advice: None,
            advice_due: None,
            note: None,
            busy: false,
            shown_until: None,
            leaving: false,
        }
    }

    /// Whether the lock can be ended without a new password.
    pub(crate) fn can_only_unlock(&self) -> bool {
        self.age.locked && self.policy.directory.can_unlock
    }
}

/// What the screen itself says at a field.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum PasswordNote {
    /// The two fields differ.
    Mismatch,
    /// Longer than a password may be.
    TooLong,
    /// Begins with a word in curly braces.
    Scheme,
    /// What was pasted holds control characters.
    Unfit,
}

pub(crate) struct DoneScreen {
    pub(crate) progress: Progress,
    pub(crate) proof: ProofOfChange,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) reference: String,
    /// Since when it is shown.
    pub(crate) since: Duration,
}

pub(crate) struct EndedScreen {
    pub(crate) refusal: Refusal,
    pub(crate) reference: String,
    /// Since when it is shown.
    pub(crate) since: Duration,
}

/// A page in front of the screen; closing it leads back.
pub(crate) struct Overlay {
    pub(crate) page: OverlayPage,
    /// So many lines are scrolled away.
    pub(crate) scroll: u16,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum OverlayPage {
    Help,
    NothingCame,
}
