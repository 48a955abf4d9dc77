//! What reminders need from outside.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::{DirectoryDown, StoreError};
use crate::domain::account::{AccountKey, EntryDn};
use crate::domain::audit::AuditEvent;
use crate::domain::remind::{Reminder, Window};
use crate::domain::time::Timestamp;

/// An account whose password ends soon, as a search of all of them found it. Before anybody is
/// told anything it is read again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expiring {
    /// Its key.
    pub key: AccountKey,
    /// Where the entry is.
    pub dn: EntryDn,
    /// The login name as the directory spells it: not yet fit for a terminal.
    pub login: String,
    /// When the password ends.
    pub ends: Timestamp,
    /// The entry has one WeCom userid. (Another entry may have the same.)
    pub has_wecom: bool,
}

/// Passwords that end soon.
#[async_trait]
pub trait Expiries: Send + Sync {
    /// Sends every account whose password ends within `window`, by the directory's rules for that
    /// account or `max_age` after its last change, whichever comes first. Disabled accounts are
    /// left out, and so are passwords whose age nobody knows.
    ///
    /// They come in pages, and the search waits until one is taken: memory does not grow with
    /// their number. It ends without an error when nobody takes them any more.
    async fn expiring(
        &self,
        window: Window,
        max_age: Duration,
        pages: mpsc::Sender<Vec<Expiring>>,
    ) -> Result<(), DirectoryDown>;
}

/// Whether a reminder may go out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Begun {
    /// It is durable that it was begun: send it.
    Now,
    /// It was begun before, by this process or another: never again.
    Before,
    /// As many as a day allows were begun.
    EnoughToday,
}

/// The book of reminders.
#[async_trait]
pub trait Reminders: Send + Sync {
    /// Whether it was begun, whatever became of it.
    async fn is_begun(&self, reminder: &Reminder) -> Result<bool, StoreError>;

    /// Begins a reminder, durably, before its message goes out: whatever happens after, no process
    /// begins it again unless it is put back. Not more of them in a day than
    /// [`limits::REMINDERS`](crate::domain::limits::REMINDERS).
    async fn begin(&self, reminder: &Reminder, now: Timestamp) -> Result<Begun, StoreError>;

    /// Records what became of it, with `record` in the same transaction. `put_back`: the message
    /// certainly did not go out, and it may be begun again.
    async fn finish(
        &self,
        reminder: &Reminder,
        put_back: bool,
        record: &AuditEvent,
    ) -> Result<(), StoreError>;

    /// At most a thousand that were begun before `before` and never ended: their process died.
    async fn unended(&self, before: Timestamp) -> Result<Vec<Reminder>, StoreError>;
}
