//! The audit log: appending, reading, verifying.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

use super::SqliteStore;
use super::step::{from_sql, to_sql};
use crate::domain::audit::{AuditEvent, AuditRecord, ChainError, ChainWalk};
use crate::flow::ports::{AuditLog, StoreError};

/// The most records that are read at once.
const PAGE: u32 = 1_000;

#[async_trait]
impl AuditLog for SqliteStore {
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        step.audit(event).await?;
        step.commit().await
    }

    async fn read(&self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, time, event, reset_id, account, front, kiosk, result, mac \
             FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(to_sql(after)?)
        .bind(i64::from(limit.min(PAGE)))
        .fetch_all(&self.0.pool)
        .await?;
        rows.iter().map(record).collect()
    }

    async fn verify(&self) -> Result<Result<u64, ChainError>, StoreError> {
        let mut walk = ChainWalk::new(&self.0.key, self.0.head.read()?);
        loop {
            let page = self.read(walk.reached(), PAGE).await?;
            if page.is_empty() {
                return Ok(walk.finish());
            }
            for record in &page {
                if let Err(wrong) = walk.step(record) {
                    return Ok(Err(wrong));
                }
            }
        }
    }
}

/// How many records there are.
pub(super) async fn count(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM audit")
        .fetch_one(pool)
        .await
}

/// A record as its row holds it.
pub(super) fn record(row: &SqliteRow) -> Result<AuditRecord, StoreError> {
    Ok(AuditRecord {
        seq: from_sql(row.try_get("seq")?)?,
        time: row.try_get("time")?,
        event: row.try_get("event")?,
        reset: row.try_get("reset_id")?,
        account: row.try_get("account")?,
        front: row.try_get("front")?,
        kiosk: row.try_get("kiosk")?,
        result: row.try_get("result")?,
        mac: row.try_get("mac")?,
    })
}
