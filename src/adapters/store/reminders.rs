//! The book of reminders.

use async_trait::async_trait;
use sqlx::Row;

use super::step::from_sql;
use super::{SqliteStore, tidy};
use crate::domain::account::AccountKey;
use crate::domain::audit::AuditEvent;
use crate::domain::limits::REMINDERS;
use crate::domain::remind::Reminder;
use crate::domain::time::Timestamp;
use crate::flow::ports::StoreError;
use crate::flow::ports::remind::{Begun, Reminders};

#[async_trait]
impl Reminders for SqliteStore {
    async fn is_begun(&self, reminder: &Reminder) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT begun_at FROM reminders WHERE account = ? AND ends_at = ? AND step = ?",
        )
        .bind(reminder.account.as_str())
        .bind(reminder.ends.as_millis())
        .bind(i64::from(reminder.step))
        .fetch_optional(&self.0.pool)
        .await?;
        Ok(row.is_some())
    }

    async fn begin(&self, reminder: &Reminder, now: Timestamp) -> Result<Begun, StoreError> {
        let mut step = self.step().await?;
        let lately: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM reminders WHERE begun_at > ?")
            .bind(now.minus(REMINDERS.window).as_millis())
            .fetch_one(step.sql())
            .await?;
        if lately >= i64::from(REMINDERS.count) {
            return Ok(Begun::EnoughToday);
        }
        let begun = sqlx::query(
            "INSERT INTO reminders (account, ends_at, step, begun_at, is_ended) \
             VALUES (?, ?, ?, ?, 0) ON CONFLICT (account, ends_at, step) DO NOTHING",
        )
        .bind(reminder.account.as_str())
        .bind(reminder.ends.as_millis())
        .bind(i64::from(reminder.step))
        .bind(now.as_millis())
        .execute(step.sql())
        .await?;
        tidy::reminders(step.sql(), now).await?;
        step.commit().await?;
        Ok(match begun.rows_affected() {
            1 => Begun::Now,
            _ => Begun::Before,
        })
    }

    async fn finish(
        &self,
        reminder: &Reminder,
        put_back: bool,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query(match put_back {
            true => "DELETE FROM reminders WHERE account = ? AND ends_at = ? AND step = ?",
            false => {
                "UPDATE reminders SET is_ended = 1 WHERE account = ? AND ends_at = ? AND step = ?"
            }
        })
        .bind(reminder.account.as_str())
        .bind(reminder.ends.as_millis())
        .bind(i64::from(reminder.step))
        .execute(step.sql())
        .await?;
        step.audit(record).await?;
        step.commit().await
    }

    async fn unended(&self, before: Timestamp) -> Result<Vec<Reminder>, StoreError> {
        let rows = sqlx::query(
            "SELECT account, ends_at, step FROM reminders \
             WHERE is_ended = 0 AND begun_at < ? ORDER BY begun_at LIMIT 1000",
        )
        .bind(before.as_millis())
        .fetch_all(&self.0.pool)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Reminder {
                account: AccountKey::new(row.try_get("account")?),
                ends: Timestamp::from_millis(row.try_get("ends_at")?),
                step: from_sql(row.try_get("step")?)?,
            })
        };
        rows.iter().map(read).collect()
    }
}
