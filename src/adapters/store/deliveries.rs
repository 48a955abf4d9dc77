//! What the channel has delivered to us, kept as keyed hashes only.
//!
//! The channel waits for each note, and many come at once while resets write as much as they can:
//! all that wait are noted together, behind no more than what is being written.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite, Transaction};
use tokio::sync::oneshot;

use super::{SqliteStore, group, tidy};
use crate::domain::time::Timestamp;
use crate::flow::ports::{Deliveries, StoreError};

/// The most notes that share a transaction: fewer than are tidied away in one.
const MOST: usize = 100;

/// The notes that wait.
#[derive(Default)]
pub(super) struct Notes(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    notes: Vec<Note>,
    /// Somebody is writing, and takes these next.
    is_writing: bool,
}

/// A delivery to be noted.
struct Note {
    mac: String,
    at: Timestamp,
    tell: oneshot::Sender<Result<bool, StoreError>>,
}

impl Notes {
    /// Puts a note behind the others. Whether the caller has to write now.
    fn put(&self, note: Note) -> bool {
        let mut waiting = self.lock();
        waiting.notes.push(note);
        !std::mem::replace(&mut waiting.is_writing, true)
    }

    /// Whether there is more to write; if not, the next who comes writes.
    fn are_more(&self) -> bool {
        let mut waiting = self.lock();
        waiting.is_writing = !waiting.notes.is_empty();
        waiting.is_writing
    }

    fn take(&self) -> Vec<Note> {
        let mut waiting = self.lock();
        let most = waiting.notes.len().min(MOST);
        waiting.notes.drain(..most).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Deliveries for SqliteStore {
    async fn first(&self, delivery: &str, now: Timestamp) -> Result<bool, StoreError> {
        let (tell, told) = oneshot::channel();
        let note = Note {
            mac: self.named("delivery", delivery),
            at: now,
            tell,
        };
        if self.0.notes.put(note) {
            // It writes for others as well, who do not go away with the caller.
            tokio::spawn(self.clone().write_notes());
        }
        group::heard(told).await
    }
}

impl SqliteStore {
    async fn write_notes(self) {
        while self.0.notes.are_more() {
            self.0.lane.set_awaited(true);
            let begun = group::begin(&self.0.pool).await;
            self.0.lane.set_awaited(false);
            // Whoever came while this waited is written as well.
            let notes = self.0.notes.take();
            let mut fresh = match begun {
                Ok(transaction) => write(transaction, &notes).await,
                Err(error) => Err(error),
            };
            for note in notes {
                // Of the same delivery twice in a transaction one is the first.
                let first = fresh.as_mut().map(|fresh| fresh.remove(&note.mac));
                // Whoever asked may have gone.
                let _ = note.tell.send(first.map_err(|error| error.clone()));
            }
        }
    }
}

/// Makes notes durable. Those of them that were not there before.
async fn write(
    mut transaction: Transaction<'static, Sqlite>,
    notes: &[Note],
) -> Result<HashSet<String>, StoreError> {
    if let Some(newest) = notes.iter().map(|note| note.at).max() {
        tidy::deliveries(&mut transaction, newest).await?;
    }
    let mut insert = QueryBuilder::new("INSERT INTO deliveries (delivery_mac, at) ");
    insert.push_values(notes, |mut row, note| {
        row.push_bind(&note.mac).push_bind(note.at.as_millis());
    });
    insert.push(" ON CONFLICT (delivery_mac) DO NOTHING RETURNING delivery_mac");
    let fresh: Vec<String> = insert
        .build_query_scalar()
        .fetch_all(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(fresh.into_iter().collect())
}
