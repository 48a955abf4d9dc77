//! One-time links, and what the channel has delivered to us.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::account::WecomUserId;
use crate::domain::time::Timestamp;

/// Where a one-time link leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkTo {
    /// To the form.
    Form,
    /// To the kiosk whose picture has this short code.
    Picture {
        /// As it was sent in the chat.
        short_code: String,
    },
}

/// A one-time link: it works for one member, and only while it is not used up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// At least 64 random bits; what the address holds. The store keeps a keyed hash of it.
    pub token: String,
    /// For whom.
    pub to: WecomUserId,
    /// Where it leads.
    pub leads: LinkTo,
    /// When it ends.
    pub expires: Timestamp,
}

/// The book of one-time links.
#[async_trait]
pub trait Links: Send + Sync {
    /// Registers a link.
    async fn offer_link(&self, link: &Link, now: Timestamp) -> Result<(), StoreError>;

    /// The link of this token while it works. Uses nothing up: previews open links, too.
    async fn open_link(&self, token: &str, now: Timestamp) -> Result<Option<Link>, StoreError>;

    /// Uses a link up; `false` when it does not work (any more). Of several only the first gets
    /// `true`.
    async fn use_up_link(&self, token: &str, now: Timestamp) -> Result<bool, StoreError>;
}

/// The book of what the channel has delivered to us: it delivers some things more than once.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// Notes a delivery, durably; `true` the first time. Kept for two days.
    async fn first(&self, delivery: &str, now: Timestamp) -> Result<bool, StoreError>;
}
