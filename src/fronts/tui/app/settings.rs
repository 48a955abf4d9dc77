//! What an app is told once, when it is made.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::fronts::tui::msg::Capabilities;
use crate::text::{Language, Texts};

/// What an app is told once.
#[derive(Clone)]
pub struct AppSettings {
    /// The site's name.
    pub site_name: String,
    /// The host of `public_url`: the short address.
    pub host: String,
    /// This kiosk's name, as told to the employee's phone.
    pub kiosk_name: String,
    /// The languages to choose from; the first is where a visit begins.
    pub languages: Vec<Language>,
    /// Where IT answers.
    pub it_phone: Option<String>,
    /// When IT answers.
    pub it_hours: Option<String>,
    /// The words.
    pub texts: Arc<Texts>,
    /// What is known of the terminal so far.
    pub capabilities: Capabilities,
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// Whether a password may be set in the chat.
    pub chat_passwords: ChatPasswords,
    /// What the visitor may do here.
    pub access: Access,
    /// How many digits a code has.
    pub code_digits: u8,
    /// How long a code works.
    pub code_lifetime: Duration,
    /// How long a screen waits for a key before the countdown.
    pub idle: Duration,
    /// How late the clock at the top may move on.
    pub clock_lag: Duration,
    /// The zone that times are shown in.
    pub timezone: TimeZone,
    /// Only in the demo.
    pub demo: Option<DemoHint>,
}

/// What a visitor may do here.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Access {
    /// Everything: somebody stands at a kiosk, and its menu waits for the next one for ever.
    Kiosk,
    /// Everything, from anywhere: a menu that nobody touches ends the visit too.
    Remote,
    /// The same, but nothing is typed here: the picture leads to the form on the phone.
    RemotePhone,
}

impl Access {
    /// How many ways the menu has.
    pub(in crate::fronts) fn methods(self) -> usize {
        match self {
            Self::Kiosk | Self::Remote => 3,
            Self::RemotePhone => 2,
        }
    }

    /// Whether it is a session from anywhere.
    pub fn is_remote(self) -> bool {
        self != Self::Kiosk
    }
}

/// `[chat] passwords`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ChatPasswords {
    /// The chat sends a link; no password is written in it.
    Off,
    /// A password from the chat must be changed at the next sign-in.
    Temporary,
    /// A password from the chat stays.
    Allow,
}

/// The demo's one hint line on the menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DemoHint {
    /// A login name to try.
    pub login: String,
    /// The address of the simulated phone.
    pub phone_url: String,
    /// The address of the simulated directory, for a look from another terminal.
    pub ldap_url: String,
}
