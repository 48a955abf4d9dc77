//! What WeCom tells this program: an employee wrote to the app, opened its chat, or pressed
//! something there.

use crate::domain::secret::ChatText;
use crate::domain::time::Timestamp;
use crate::flow::vouched::Vouched;

/// What stands in a callback's address, each part percent-decoded once.
#[derive(Copy, Clone, Debug)]
pub struct Envelope<'a> {
    /// `msg_signature`.
    pub signature: &'a str,
    /// `timestamp`: seconds since the Unix epoch.
    pub timestamp: &'a str,
    /// `nonce`.
    pub nonce: &'a str,
}

/// One thing that happened. It may be delivered several times, and out of order.
pub struct Delivery {
    /// The same for every delivery of the same thing: to be kept before anything is done about it.
    pub key: DeliveryKey,
    /// Who did it: WeCom's signature vouches for them.
    pub from: Vouched,
    /// When, by WeCom's clock: whole seconds.
    pub at: Timestamp,
    /// What they did.
    pub what: Happening,
}

/// What makes a delivery the same as another: 64 hexadecimal digits, which tell nothing.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DeliveryKey(pub String);

/// What an employee did.
pub enum Happening {
    /// Wrote a text.
    Wrote(ChatText),
    /// Opened the app's chat or page (`enter_agent`); told each time.
    Entered,
    /// Pressed an entry of the app's menu, by its key.
    MenuPressed(String),
    /// Pressed a button of a card.
    CardPressed(CardPress),
    /// Something that nothing is done about: a picture, a place, entering the visible range.
    Other,
}

/// A button of a card was pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardPress {
    /// The card: what it was sent with.
    pub task: String,
    /// The button.
    pub key: String,
    /// WeCom's permission to change the card, once, within 72 hours.
    pub ticket: String,
}

/// Why a callback is not taken. Says nothing of what was in it: it may be logged.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CallbackRefusal {
    /// Larger than any real one.
    #[error("the callback is too long")]
    TooLong,
    /// Not what WeCom's callbacks look like.
    #[error("the callback is malformed")]
    Malformed,
    /// Signed with another token, or not at all.
    #[error("the callback's signature is wrong")]
    Forged,
    /// Signed too long ago, or too far ahead: replayed, or a clock is wrong.
    #[error("the callback is stale: is this machine's clock right?")]
    Stale,
    /// Signed rightly, but sealed with another key.
    #[error("the callback cannot be opened: is [wecom] callback_aes_key the app's?")]
    Sealed,
    /// Signed and sealed rightly, but for another company or app, or from somebody of another
    /// company. Sending it again changes nothing, so it may be acknowledged.
    #[error("the callback is for another app, or from outside the company")]
    NotOurs,
}

/// Reads WeCom's callbacks.
pub trait Callbacks: Send + Sync {
    /// The words to answer WeCom's check of the address with, exactly so and within a second:
    /// `echo` opened.
    ///
    /// # Errors
    /// When WeCom did not ask, or not now.
    fn verify(
        &self,
        envelope: &Envelope<'_>,
        echo: &str,
        now: Timestamp,
    ) -> Result<String, CallbackRefusal>;

    /// What a callback's body says.
    ///
    /// # Errors
    /// When it is not WeCom's, not for this app, or not from about now.
    fn open(
        &self,
        envelope: &Envelope<'_>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Delivery, CallbackRefusal>;
}
