//! What the channel has delivered to us, kept as keyed hashes only.
//!
//! The channel waits for each note, and many come at once while resets write as much as they can.
//! So whoever gets the turn notes all that wait in one step, and that step passes the others.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::{SqliteStore, tidy};
use crate::domain::time::Timestamp;
use crate::flow::ports::{Deliveries, StoreError};

/// Deliveries that are to be noted.
#[derive(Default)]
pub(super) struct Waiting {
    notes: Mutex<Vec<Note>>,
    /// Held by whoever writes them.
    turn: tokio::sync::Mutex<()>,
}

struct Note {
    mac: String,
    at: Timestamp,
    answer: oneshot::Sender<Result<bool, StoreError>>,
}

impl Waiting {
    fn push(&self, note: Note) {
        self.notes().push(note);
    }

    fn take(&self) -> Vec<Note> {
        std::mem::take(&mut self.notes())
    }

    /// Never held across an await; what it guards is whole at any time.
    fn notes(&self) -> std::sync::MutexGuard<'_, Vec<Note>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Deliveries for SqliteStore {
    async fn first(&self, delivery: &str, now: Timestamp) -> Result<bool, StoreError> {
        let (answer, noted) = oneshot::channel();
        let waiting = &self.0.waiting;
        waiting.push(Note {
            mac: self.named("delivery", delivery),
            at: now,
            answer,
        });
        let turn = waiting.turn.lock().await;
        // None, when whoever had the turn before took ours with theirs.
        let notes = waiting.take();
        if !notes.is_empty() {
            self.note(notes, now).await;
        }
        drop(turn);
        noted
            .await
            .unwrap_or_else(|_| Err(StoreError("whoever noted it gave up".to_owned())))
    }
}

impl SqliteStore {
    /// Notes them, and tells each whether it was the first.
    async fn note(&self, notes: Vec<Note>, now: Timestamp) {
        let noted = self.note_all(&notes, now).await;
        for (at, note) in notes.into_iter().enumerate() {
            let answer = match &noted {
                Ok(firsts) => Ok(firsts.get(at).copied().unwrap_or(false)),
                Err(StoreError(words)) => Err(StoreError(words.clone())),
            };
            // Whoever asked may have gone.
            let _ = note.answer.send(answer);
        }
    }

    async fn note_all(&self, notes: &[Note], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        let mut step = self.step_before_others().await?;
        let mut firsts = Vec::with_capacity(notes.len());
        for note in notes {
            let noted = sqlx::query(
                "INSERT INTO deliveries (delivery_mac, at) VALUES (?, ?) \
                 ON CONFLICT (delivery_mac) DO NOTHING",
            )
            .bind(&note.mac)
            .bind(note.at.as_millis())
            .execute(step.sql())
            .await?;
            firsts.push(noted.rows_affected() == 1);
            tidy::deliveries(step.sql(), now).await?;
        }
        step.commit().await?;
        Ok(firsts)
    }
}
