//! The kiosks' buckets.

use async_trait::async_trait;
use sqlx::Row;

use super::SqliteStore;
use crate::domain::limits::KIOSK_ATTEMPTS;
use crate::domain::throttle::{Bucket, Permission};
use crate::domain::time::Timestamp;
use crate::flow::ports::{StoreError, Throttles};

#[async_trait]
impl Throttles for SqliteStore {
    async fn kiosk_attempt(&self, kiosk: &str, now: Timestamp) -> Result<Permission, StoreError> {
        let mut step = self.step().await?;
        let row = sqlx::query("SELECT tokens, at FROM kiosks WHERE kiosk = ?")
            .bind(kiosk)
            .fetch_optional(step.sql())
            .await?;
        let bucket = match row {
            Some(row) => Bucket {
                tokens: row.try_get("tokens")?,
                at: Timestamp::from_millis(row.try_get("at")?),
            },
            None => Bucket::full(KIOSK_ATTEMPTS, now),
        };
        let (left, permission) = bucket.take(KIOSK_ATTEMPTS, now);
        sqlx::query(
            "INSERT INTO kiosks (kiosk, tokens, at) VALUES (?, ?, ?) ON CONFLICT (kiosk) \
             DO UPDATE SET tokens = excluded.tokens, at = excluded.at",
        )
        .bind(kiosk)
        .bind(left.tokens)
        .bind(left.at.as_millis())
        .execute(step.sql())
        .await?;
        step.commit().await?;
        Ok(permission)
    }
}
