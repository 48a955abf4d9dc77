//! The chat: what employees write to the app "Reset Password" in WeCom, and the buttons they press
//! there.
//!
//! WeCom brings both as callbacks (`receiver`), some of them more than once, and waits five
//! seconds: a delivery is noted, acknowledged, and then done (`lanes`), and the answer is a
//! message of its own. Commands are read in [`command`]; what they do is the engine's and the
//! driver's business.

mod answering;
pub mod command;
mod gate;
mod lanes;
mod pressing;
mod receiver;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::BoxFuture;

use crate::domain::code::{CodeRules, Place};
use crate::domain::time::Timestamp;
use crate::flow::callback::{Callbacks, Delivery, Happening};
use crate::flow::driver::Resets;
use crate::flow::ports::{Identity, Ports, StoreError};
use gate::{Gate, Passage};
use lanes::{Lanes, Ticket};
pub use words::ChatWords;

/// What `[chat] passwords` says.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Passwords {
    /// A password in the chat is not used: the answer is a link to the form.
    Off,
    /// It works for one sign-in, where another one is chosen.
    Temporary,
    /// It is set.
    Allow,
}

/// What the chat stands on.
pub struct ChatSettings {
    /// Everything behind the ports.
    pub ports: Ports,
    /// Begins resets at [`ChatSettings::place`].
    pub resets: Resets,
    /// Where the chat's resets happen.
    pub place: Place,
    /// How codes are made.
    pub code: CodeRules,
    /// Opens callbacks.
    pub callbacks: Arc<dyn Callbacks>,
    /// Says whether members are still there.
    pub identity: Arc<dyn Identity>,
    /// The words of answers.
    pub words: ChatWords,
    /// `[site] public_url`, without a slash at its end.
    pub public_url: String,
    /// Lets work run to its end, also when the program is about to go.
    pub spawn: Box<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>,
}

/// Longer than WeCom waits for an answer.
const ROOM_WITHIN: Duration = Duration::from_secs(6);

/// Why a delivery was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// There is no room for more.
    #[error("the chat has more to do than it may")]
    NoRoom,
    /// It could not be noted.
    #[error(transparent)]
    NotNoted(#[from] StoreError),
    /// What takes it has broken down.
    #[error(transparent)]
    Broken(#[from] tokio::task::JoinError),
}

/// The chat; handles of one.
#[derive(Clone)]
pub struct Chat(Arc<Inner>);

struct Inner {
    settings: ChatSettings,
    gate: Gate,
    lanes: Lanes,
}

/// The menu entry that asks for the instructions.
pub const MENU_EXPAND: &str = "expand";

impl Chat {
    /// A chat.
    pub fn new(settings: ChatSettings) -> Self {
        Self(Arc::new(Inner {
            settings,
            gate: Gate::default(),
            lanes: Lanes::default(),
        }))
    }

    /// `/wecom/callback`: GET verifies, POST receives.
    pub fn routes(self) -> Router {
        receiver::routes(self)
    }

    fn settings(&self) -> &ChatSettings {
        &self.0.settings
    }

    fn now(&self) -> Timestamp {
        self.settings().ports.clock.now().wall
    }

    /// Takes a delivery that WeCom's signature vouches for, in its turn. Whoever brought it may go
    /// at any moment.
    ///
    /// # Errors
    /// When it was not taken: then it may be delivered again.
    pub async fn deliver(&self, delivery: Delivery) -> Result<(), NotTaken> {
        let room = tokio::time::timeout(ROOM_WITHIN, self.0.lanes.ticket());
        let ticket = room.await.ok().flatten().ok_or(NotTaken::NoRoom)?;
        // A task of its own: WeCom may hang up between the note and the beginning.
        Ok(tokio::spawn(self.clone().take(ticket, delivery)).await??)
    }

    /// Notes a delivery and begins to do it, once; its other deliveries do nothing.
    ///
    /// # Errors
    /// When it cannot be noted: then it was not begun, and may be delivered again.
    async fn take(self, ticket: Ticket, delivery: Delivery) -> Result<(), StoreError> {
        let deliveries = &self.settings().ports.deliveries;
        if !deliveries.first(&delivery.key.0, self.now()).await? {
            return Ok(());
        }
        let member = delivery.from.userid().as_str().to_ascii_lowercase();
        let lane = match &delivery.what {
            // "Not me" waits for no reset.
            Happening::CardPressed(_) => format!("card {member}"),
            _ => member,
        };
        let chat = self.clone();
        let job = Box::pin(async move { chat.carry_out(delivery).await });
        if let Some(run) = self.0.lanes.put(lane, ticket, job) {
            (self.settings().spawn)(run);
        }
        Ok(())
    }

    async fn carry_out(self, delivery: Delivery) {
        let member = delivery.from.userid().as_str();
        let now = self.settings().ports.clock.now();
        match delivery.what {
            Happening::CardPressed(press) => self.pressed(&delivery.from, &press).await,
            Happening::Wrote(text) => match self.0.gate.command(member, now) {
                Passage::Open => self.command(&delivery.from, &text).await,
                Passage::Tell => self.too_many(&delivery.from).await,
                Passage::Shut => {}
            },
            Happening::MenuPressed(key) if key.eq_ignore_ascii_case(MENU_EXPAND) => {
                match self.0.gate.command(member, now) {
                    Passage::Open => self.help(&delivery.from).await,
                    Passage::Tell | Passage::Shut => {}
                }
            }
            Happening::Entered if self.0.gate.greets(member, now) => {
                self.help(&delivery.from).await;
            }
            Happening::Entered | Happening::MenuPressed(_) | Happening::Other => {}
        }
    }
}
