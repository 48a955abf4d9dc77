//! What is worth counting for whoever watches a site: how many and how long, never whose.
//! Everything that becomes a label is one of a few words.

use std::time::Duration;

use super::desk::{DeskPrompt, Gift};
use super::prompt::{Prompt, Refusal};

/// Something that happened.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Measured {
    /// A visit has begun.
    VisitBegun(Visits),
    /// It is over.
    VisitEnded(Visits),
    /// A reset is over.
    ResetEnded {
        /// How it was begun.
        method: Method,
        /// One of [`result_of`]'s words.
        result: &'static str,
    },
    /// A screen of a reset was left.
    Screen {
        /// One of [`screen_of`]'s words.
        screen: &'static str,
        /// How long it was shown.
        took: Duration,
    },
    /// A code was typed.
    CodeTyped {
        /// How long after its message was taken by the channel.
        after: Duration,
    },
}

/// Whose visits are counted together.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Visits {
    /// A named kiosk's, over SSH.
    Kiosk,
    /// From anywhere, over SSH.
    Remote,
    /// An operator's, over SSH.
    Desk,
    /// The form on a phone.
    Web,
}

impl Visits {
    /// The label's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Remote => "remote",
            Self::Desk => "desk",
            Self::Web => "web",
        }
    }
}

/// The three ways on the menu, and IT support's desk.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Method {
    /// The form on the phone, or a picture that it has scanned.
    Workspace,
    /// The chat.
    Chat,
    /// A login name and a code.
    ItSupport,
    /// An operator at IT support's desk.
    Desk,
}

impl Method {
    /// The method of a reset that the channel's own word has begun, at this front.
    pub fn vouched_at(front: &str) -> Self {
        match front {
            "chat" => Self::Chat,
            _ => Self::Workspace,
        }
    }

    /// The label's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Chat => "chat",
            Self::ItSupport => "it_support",
            Self::Desk => "desk",
        }
    }
}

/// The label's word for a screen.
pub fn screen_of(prompt: &Prompt) -> &'static str {
    match prompt {
        Prompt::Login { .. } => "login",
        Prompt::LookingUp { .. } => "looking_up",
        Prompt::Code { .. } => "code",
        Prompt::Reading => "reading",
        Prompt::NewPassword { .. } => "new_password",
        Prompt::Frozen { .. } => "frozen",
        Prompt::Unlocking => "unlocking",
        Prompt::Unlocked { .. } => "unlocked",
        Prompt::Working(_) => "working",
        Prompt::Done { .. } => "done",
        Prompt::Ended { .. } => "ended",
        Prompt::Desk(prompt) => screen_of_desk(prompt),
    }
}

fn screen_of_desk(prompt: &DeskPrompt) -> &'static str {
    match prompt {
        DeskPrompt::Choose { .. } => "desk_choose",
        DeskPrompt::Given { .. } => "done",
        _ => "desk",
    }
}

/// The label's word for how a reset came out, by the last thing that it showed.
pub fn result_of(last: Option<&Prompt>) -> &'static str {
    match last {
        Some(Prompt::Done { .. }) => "changed",
        Some(Prompt::Desk(DeskPrompt::Given { gift, told, .. })) => match (gift, told) {
            (_, false) => "channel_down",
            (Gift::Temporary, true) => "changed",
            (Gift::Link, true) => "link",
        },
        Some(Prompt::Unlocked { .. }) => "unlocked",
        Some(Prompt::Ended { refusal, .. }) => result_of_refusal(refusal),
        _ => "abandoned",
    }
}

fn result_of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::OutcomeUnknown => "unknown",
        Refusal::DirectoryDown => "directory_down",
        Refusal::ChannelDown | Refusal::NotReached => "channel_down",
        Refusal::StoreDown => "store_down",
        Refusal::CodeWrong { .. } | Refusal::CodeExpired | Refusal::TooManyWrongCodes { .. } => {
            "wrong_codes"
        }
        Refusal::OldPasswordNotRight | Refusal::OldPasswordExpired => "wrong_passwords",
        Refusal::RemoteCodesOff { .. } => "remote_codes_off",
        Refusal::Objected => "objected",
        Refusal::NoAccount
        | Refusal::Disabled
        | Refusal::Protected
        | Refusal::AccountNotAllowed => "not_allowed",
        Refusal::LoginMalformed
        | Refusal::CodeMalformed { .. }
        | Refusal::ResendTooSoon { .. }
        | Refusal::NotGoodEnough(_)
        | Refusal::ByDirectory { .. }
        | Refusal::NotUnlocked
        | Refusal::NotLocked
        | Refusal::NotAsked => "refused",
    }
}
