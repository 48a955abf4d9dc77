//! What the employee is told through a channel, as data; [`super::ports::Messenger`] finds the
//! words.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::ports::{Link, Outcome};
use crate::domain::account::{AccountKey, WecomUserId};
use crate::domain::code::{DeskAction, Place, ResetId};
use crate::domain::secret::{CodeDigits, Password};
use crate::domain::time::Timestamp;

/// Finds the words of a message, in its receiver's language. Channels are given one by `boot`,
/// so that neither they nor the engine hold prose.
pub trait Wording: Send + Sync {
    /// The whole text of `message`, code included: wiped on drop, never logged.
    fn text(&self, message: &Message) -> Zeroizing<String>;

    /// The same in parts, for channels with a button that leads to the message's address. `None`:
    /// the message has none.
    fn link(&self, _message: &Message) -> Option<LinkWords> {
        None
    }

    /// What a card says and what its buttons are called.
    fn card(&self, card: &Card) -> CardWords;

    /// What stands on a card's button once it was pressed.
    fn pressed(&self, answer: &CardAnswer) -> String;
}

/// One message to one employee.
pub struct Message {
    /// The receiver: from the directory only (rule 9).
    pub to: WecomUserId,
    /// The employee's language tag, when the directory has one.
    pub language: Option<String>,
    /// What it says.
    pub body: Body,
    /// Whose reset it tells of, where the employee can say "not me": a card goes out under it.
    pub concerns: Option<Concern>,
}

/// The reset that a message tells its employee of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Concern {
    /// Which one.
    pub reset: ResetId,
    /// Of which account.
    pub account: AccountKey,
    /// Where it happens.
    pub place: Place,
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
    /// A code to sign in at the desk.
    SignInCode {
        /// The digits: the only run of six digits in the message.
        digits: CodeDigits,
        /// How long it works.
        lifetime: std::time::Duration,
        /// Four characters to tell IT.
        reference: String,
    },
    /// A code to read to one operator, on a call that the employee began (rule 13).
    DeskCode {
        /// The digits: the only run of six digits in the message.
        digits: CodeDigits,
        /// What it is for.
        action: DeskAction,
        /// The operator's login name.
        operator: String,
        /// How long it works.
        lifetime: std::time::Duration,
        /// The ticket: four characters that the operator sees, too.
        reference: String,
    },
    /// A link to the form, after a code that was read to an operator.
    DeskLink {
        /// The one-time link.
        link: Link,
        /// The operator's login name.
        operator: String,
        /// The ticket.
        reference: String,
    },
    /// A password made by rekey, until the next sign-in.
    Temporary {
        /// The password; nobody but the employee sees it.
        password: Arc<Password>,
        /// Whether it is known to work.
        certain: bool,
        /// How long the message stays.
        shown: std::time::Duration,
        /// The operator's login name.
        operator: String,
        /// The ticket.
        reference: String,
    },
    /// An operator did something to the account.
    ByOperator {
        /// What.
        what: OperatorDeed,
        /// The operator's login name.
        operator: String,
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
    /// The account was unlocked, and the password is as it was.
    Unlocked {
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
    /// The password ends soon, or has ended today.
    Reminder {
        /// Calendar days until then; 0 is today.
        days_left: u16,
        /// When it ends.
        ends: Timestamp,
        /// It has ended by now.
        ended: bool,
        /// How to renew it.
        renew: Renew,
    },
    /// What a front says in an answer; it has found the words.
    Words(Zeroizing<String>),
    /// To those in `[alarm]`.
    Alarm {
        /// What happened.
        what: Alarm,
        /// To whose account: the directory's own name of the entry, empty when it is about none.
        account: String,
        /// Where.
        kiosk: String,
        /// Four characters, found again in the audit record.
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

impl Body {
    /// That an account was unlocked at `place`: at a kiosk by its employee, at the desk with an
    /// operator.
    pub fn unlocked(place: &Place, at: Timestamp, reference: String) -> Self {
        let place_name = place.kiosk.clone();
        match place.front {
            "desk" => Self::ByOperator {
                what: OperatorDeed::Unlocked,
                operator: place_name,
                reference,
            },
            _ => Self::Unlocked {
                kiosk: place_name,
                at,
                reference,
            },
        }
    }
}

/// How an employee renews a password that ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Renew {
    /// In the form at this address.
    Form(String),
    /// The form is not for this account (rule 10).
    WithIt,
}

/// A message whose words lead to an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkWords {
    /// A line.
    pub title: String,
    /// A few lines.
    pub text: String,
    /// On the button: at most 4 characters.
    pub button: String,
    /// Where it leads.
    pub url: String,
}

/// A link to the form that an employee is owed, before it is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkFor {
    /// The receiver: from the directory only (rule 9).
    pub to: WecomUserId,
    /// The employee's language tag, when the directory has one.
    pub language: Option<String>,
    /// The operator's login name.
    pub operator: String,
    /// The reset in which it was proved who asks.
    pub concern: Concern,
}

/// What an operator did to an account.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum OperatorDeed {
    /// Unlocked it.
    Unlocked,
    /// Froze its resets.
    Frozen {
        /// Until when.
        until: Timestamp,
    },
    /// Let its resets go on.
    Unfrozen,
}

/// A card with buttons, under a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// The receiver: from the directory only (rule 9).
    pub to: WecomUserId,
    /// The employee's language tag, when the directory has one.
    pub language: Option<String>,
    /// What the press of a button names.
    pub id: CardId,
    /// What it asks.
    pub body: CardBody,
}

/// A card's name: 32 hex digits, random, so that nobody presses a card they were not sent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CardId(String);

impl CardId {
    /// From 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(crate::domain::code::hex(&bytes))
    }

    /// Reads what a press names; `None` when no card of ours is called that.
    pub fn parse(text: &str) -> Option<Self> {
        let ours = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        ours.then(|| Self(text.to_ascii_lowercase()))
    }

    /// 32 lower-case hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a card asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CardBody {
    /// Whether the reset that the message above tells of is the employee's own.
    IsItYou {
        /// Where it happens.
        place: Place,
        /// Four characters to tell IT.
        reference: String,
    },
    /// Whether to let nobody reset the account for a while; said what that means.
    Freeze {
        /// For how long.
        span: std::time::Duration,
    },
}

/// A card's button.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum CardButton {
    /// "Not me."
    NotMe,
    /// "Let nobody reset it for a day."
    Freeze,
}

impl CardButton {
    /// The word that the channel gives back.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotMe => "not_me",
            Self::Freeze => "freeze",
        }
    }

    /// Reads the word that the channel gives back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::NotMe, Self::Freeze]
            .into_iter()
            .find(|button| button.as_str() == word)
    }
}

/// A card's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardWords {
    /// A line.
    pub title: String,
    /// A sentence or two.
    pub text: String,
    /// The buttons, first to last.
    pub buttons: Vec<(CardButton, String)>,
}

/// What to put on a card whose button was pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardAnswer {
    /// Who pressed it.
    pub to: WecomUserId,
    /// The employee's language tag, when the directory has one.
    pub language: Option<String>,
    /// What came of it.
    pub outcome: Pressed,
}

/// What came of a press.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Pressed {
    /// The reset is dead; nothing was changed.
    Stopped,
    /// It was changed already: IT knows.
    Alarmed,
    /// Resets of the account are frozen.
    Frozen,
}

/// Why an account cannot be reset; told to its employee's phone, never to whoever typed the name.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum NotAllowed {
    /// Disabled or locked by an administrator.
    Disabled,
    /// Protected (rule 10).
    Protected,
    /// Frozen by its employee or by IT.
    Frozen {
        /// When that ends by itself.
        until: Timestamp,
    },
}

/// What the people in `[alarm]` are told.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Alarm {
    /// An employee said "not me" of a reset, which changed nothing and is dead.
    StoppedByEmployee,
    /// An employee said "not me" of a reset that had changed the password, or may have.
    ChangedByStranger,
    /// An employee has frozen their account's resets.
    Frozen,
    /// An operator has frozen an account's resets.
    FrozenByOperator,
    /// Too many wrong codes from remote sessions: their codes are off for a while.
    RemoteCodesOff,
    /// Too many old passwords were tried in remote sessions: none of theirs is for a while.
    RemoteOldPasswordsOff,
    /// An operator does more in an hour than anybody should.
    OperatorLimit,
}

impl Alarm {
    /// What IT has to know of a freeze that was made at `place`.
    pub fn of_freeze(place: &Place) -> Self {
        match place.front {
            "desk" => Self::FrozenByOperator,
            _ => Self::Frozen,
        }
    }

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StoppedByEmployee => "stopped_by_employee",
            Self::ChangedByStranger => "changed_by_stranger",
            Self::Frozen => "frozen",
            Self::FrozenByOperator => "frozen_by_operator",
            Self::RemoteCodesOff => "remote_codes_off",
            Self::RemoteOldPasswordsOff => "remote_old_passwords_off",
            Self::OperatorLimit => "operator_limit",
        }
    }

    /// Reads the word that is stored.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::StoppedByEmployee,
            Self::ChangedByStranger,
            Self::Frozen,
            Self::FrozenByOperator,
            Self::RemoteCodesOff,
            Self::RemoteOldPasswordsOff,
            Self::OperatorLimit,
        ]
        .into_iter()
        .find(|alarm| alarm.as_str() == word)
    }
}
