//! What goes into the app and what comes out of it. The app does no I/O: the runtime carries out
//! its commands and brings the answers back as messages.

use std::sync::Arc;

use super::event::TermEvent;
use crate::domain::policy::{Policy, Report};
use crate::domain::secret::Password;
use crate::domain::time::Timestamp;
use crate::flow::driver::outage::Outage;
use crate::flow::effect::Input;
use crate::flow::prompt::Prompt;

/// Into the app.
pub enum Msg {
    /// From the terminal.
    Term(TermEvent),
    /// From the reset that runs.
    Prompt(Prompt),
    /// A live verdict: to the [`Command::Assess`] of this generation; older ones are dropped.
    Assessed {
        /// Which request.
        generation: u64,
        /// The verdict.
        report: Report,
    },
    /// A picture was registered, or could not be.
    Picture(Option<Picture>),
    /// An employee's phone has scanned this visit's picture: the prompts of their reset follow.
    Scanned,
    /// Time has passed: the clock, countdowns, secrets that hide again.
    Tick,
    /// What is known of the terminal has changed: the probe answered.
    Capabilities(Capabilities),
    /// What does not work for everybody has changed.
    Outage(Outage),
    /// The demo's phone, to [`Command::ReadPhone`]: newest first, already plain text.
    Phone(Vec<PhoneMessage>),
}

/// Out of the app.
pub enum Command {
    /// Begin a reset by the IT support method; an earlier one is abandoned.
    Begin,
    /// Hand this to the reset that runs.
    Flow(Input),
    /// Judge this off the event loop; only the newest request matters.
    Assess {
        /// Comes back with the verdict.
        generation: u64,
        /// The candidate.
        password: Arc<Password>,
        /// What it is judged by.
        policy: Arc<Policy>,
    },
    /// Register a new picture for this visit.
    NewPicture,
    /// The visit is over: wipe everything and begin anew with the menu.
    EndVisit,
    /// The demo's phone: read its messages.
    ReadPhone,
    /// The demo ends.
    Quit,
}

/// What the QR code on the menu holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// The whole address, all capitals.
    pub url: String,
    /// The short address shown beside it: the host of `public_url`.
    pub host: String,
    /// Eight characters for those who cannot scan; empty where the address alone is the way.
    pub short_code: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// One message on the demo's phone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhoneMessage {
    /// The receiver's name.
    pub to: String,
    /// What it says.
    pub text: String,
    /// When it came.
    pub at: Timestamp,
}

/// What the terminal can show. The first frame is painted with what the environment tells; the
/// probe's answers may change it later.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Capabilities {
    /// Colours.
    pub colour: Colour,
    /// UTF-8 at all; without it everything is ASCII.
    pub utf8: bool,
    /// Half blocks: without them there is no QR.
    pub half_blocks: bool,
    /// Box drawing and bullets.
    pub lines: bool,
    /// Chinese, two cells wide. Without it F2 leaves 中文 out.
    pub chinese: bool,
}

/// How many colours.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Colour {
    /// None: `NO_COLOR`, or a monochrome terminal. Bold and reverse only.
    None,
    /// The sixteen ANSI colours.
    Sixteen,
}
