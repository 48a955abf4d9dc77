//! What the employee is told through a channel, as data; [`super::ports::Messenger`] finds the
//! words.

use zeroize::Zeroizing;

use super::ports::Outcome;
use crate::domain::account::WecomUserId;
use crate::domain::secret::CodeDigits;
use crate::domain::time::Timestamp;

/// Finds the words of a message, in its receiver's language. Channels are given one by `boot`,
/// so that neither they nor the engine hold prose.
pub trait Wording: Send + Sync {
    /// The whole text of `message`, code included: wiped on drop, never logged.
    fn text(&self, message: &Message) -> Zeroizing<String>;
}

/// One message to one employee.
pub struct Message {
    /// The receiver: from the directory only (rule 9).
    pub to: WecomUserId,
    /// The employee's language tag, when the directory has one.
    pub language: Option<String>,
    /// What it says.
    pub body: Body,
}

/// What a message says.
pub enum Body {
    /// A code to type at one kiosk (rule 13).
    KioskCode {
        /// The digits: the only run of six digits in the message.
        digits: CodeDigits,
        /// The kiosk it works at.
        kiosk: String,
        /// How long it works.
        lifetime: std::time::Duration,
        /// Four characters to tell IT.
        reference: String,
    },
    /// The password was changed; with what to do if it was somebody else.
    Changed {
        /// Where.
        kiosk: String,
        /// When.
        at: Timestamp,
        /// Four characters to tell IT.
        reference: String,
    },
    /// A change of which nobody knew the outcome has been looked up since.
    Settled {
        /// What was found: changed, failed, or unknown for good.
        outcome: Outcome,
        /// Where.
        kiosk: String,
        /// Four characters to tell IT.
        reference: String,
    },
    /// Somebody asked for a reset of this account, and it cannot be reset that way.
    NotAllowed {
        /// Why.
        why: NotAllowed,
        /// Where.
        kiosk: String,
        /// Four characters to tell IT.
        reference: String,
    },
}

/// Why an account cannot be reset; told to its employee's phone, never to whoever typed the name.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum NotAllowed {
    /// Disabled or locked by an administrator.
    Disabled,
    /// Protected (rule 10).
    Protected,
}
