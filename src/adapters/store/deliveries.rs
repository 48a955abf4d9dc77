//! What the channel has delivered to us, kept as keyed hashes only.
//!
//! The channel waits for each note, and many come at once while resets write as much as they can:
//! they pass the others.

use async_trait::async_trait;

use super::{SqliteStore, tidy};
use crate::domain::time::Timestamp;
use crate::flow::ports::{Deliveries, StoreError};

#[async_trait]
impl Deliveries for SqliteStore {
    async fn first(&self, delivery: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mac = self.named("delivery", delivery);
        let mut step = self.step_before_others().await?;
        if step.is_first() {
            tidy::deliveries(step.sql(), now).await?;
        }
        let noted = sqlx::query(
            "INSERT INTO deliveries (delivery_mac, at) VALUES (?, ?) \
             ON CONFLICT (delivery_mac) DO NOTHING",
        )
        .bind(mac)
        .bind(now.as_millis())
        .execute(step.sql())
        .await?;
        step.commit().await?;
        Ok(noted.rows_affected() == 1)
    }
}
