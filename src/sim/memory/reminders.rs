//! The book of reminders.

use async_trait::async_trait;

use super::MemoryStore;
use crate::domain::audit::AuditEvent;
use crate::domain::limits::REMINDERS;
use crate::domain::remind::Reminder;
use crate::domain::time::Timestamp;
use crate::flow::ports::StoreError;
use crate::flow::ports::remind::{Begun, Reminders};

#[async_trait]
impl Reminders for MemoryStore {
    async fn is_begun(&self, reminder: &Reminder) -> Result<bool, StoreError> {
        Ok(self.lock().reminders.contains_key(reminder))
    }

    async fn begin(&self, reminder: &Reminder, now: Timestamp) -> Result<Begun, StoreError> {
        self.step(|state| {
            let since = now.minus(REMINDERS.window);
            let lately = state.reminders.values().filter(|(at, _)| *at > since);
            if lately.count() >= REMINDERS.count as usize {
                return Ok(Begun::EnoughToday);
            }
            if state.reminders.contains_key(reminder) {
                return Ok(Begun::Before);
            }
            state.reminders.insert(reminder.clone(), (now, false));
            Ok(Begun::Now)
        })
    }

    async fn finish(
        &self,
        reminder: &Reminder,
        put_back: bool,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.step(|state| {
            if put_back {
                state.reminders.remove(reminder);
            } else if let Some((_, ended)) = state.reminders.get_mut(reminder) {
                *ended = true;
            }
            state.audit(&self.key, record);
            Ok(())
        })
    }

    async fn unended(&self, before: Timestamp) -> Result<Vec<Reminder>, StoreError> {
        let state = self.lock();
        let open = state.reminders.iter();
        let open = open.filter(|(_, (at, ended))| !ended && *at < before);
        Ok(open
            .map(|(reminder, _)| reminder.clone())
            .take(1000)
            .collect())
    }
}
