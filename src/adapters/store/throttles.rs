//! The kiosks' buckets, and old passwords that were tried.

use async_trait::async_trait;
use sqlx::{Row, SqliteConnection};

use super::codes::times;
use super::{SqliteStore, alarms, tidy};
use crate::domain::code::{ResetId, Subject};
use crate::domain::limits::{KIOSK_ATTEMPTS, OLD_PASSWORD_JUDGED, REMOTE_OLD_PASSWORDS};
use crate::domain::throttle::{Bucket, Permission};
use crate::domain::time::Timestamp;
use crate::flow::message::Alarm;
use crate::flow::ports::{OldPasswordTried, StoreError, Throttles};

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

    async fn old_password_tried(
        &self,
        tried: &OldPasswordTried,
        now: Timestamp,
    ) -> Result<Permission, StoreError> {
        let query = "SELECT at FROM old_passwords WHERE subject = ? ORDER BY at DESC LIMIT 64";
        let mut step = self.step().await?;
        let of_subject = times(step.sql(), query, &tried.subject).await?;
        let of_remote = match tried.place.is_remote() {
            true => remote(step.sql()).await?,
            false => Vec::new(),
        };
        let permission = tried.permission(&of_subject, &of_remote, now);
        if permission == Permission::Now {
            let rang_at = rang_at(step.sql(), now).await?;
            let rings = tried.rings(&of_remote, rang_at, now);
            sqlx::query(
                "INSERT INTO old_passwords (reset_id, number, subject, at, remote, rang) SELECT ?, \
                 COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM old_passwords WHERE reset_id = ?",
            )
            .bind(tried.reset.as_str())
            .bind(tried.subject.to_stored())
            .bind(now.as_millis())
            .bind(i64::from(tried.place.is_remote()))
            .bind(i64::from(rings))
            .bind(tried.reset.as_str())
            .execute(step.sql())
            .await?;
            if rings {
                let due = now.plus(OLD_PASSWORD_JUDGED);
                let what = Alarm::RemoteOldPasswordsOff;
                alarms::owe(step.sql(), what, &tried.concern(), now, due).await?;
            }
        }
        tidy::old_passwords(step.sql(), now).await?;
        step.commit().await?;
        Ok(permission)
    }

    async fn old_password_right(&self, subject: &Subject) -> Result<(), StoreError> {
        let subject = subject.to_stored();
        let mut step = self.step().await?;
        let query = "SELECT reset_id FROM old_passwords WHERE subject = ? AND rang = 1";
        let rang: Vec<String> = sqlx::query_scalar(query)
            .bind(&subject)
            .fetch_all(step.sql())
            .await?;
        for reset in rang.into_iter().map(ResetId::from_stored) {
            alarms::owe_no_more(step.sql(), Alarm::RemoteOldPasswordsOff, &reset).await?;
        }
        sqlx::query("DELETE FROM old_passwords WHERE subject = ?")
            .bind(&subject)
            .execute(step.sql())
            .await?;
        step.commit().await
    }
}

/// When one last switched those of remote sessions off, within the limit's window.
async fn rang_at(
    sql: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let query = "SELECT MAX(at) FROM old_passwords WHERE remote = 1 AND at > ? AND rang = 1";
    let at: Option<i64> = sqlx::query_scalar(query)
        .bind(now.minus(REMOTE_OLD_PASSWORDS.window).as_millis())
        .fetch_one(sql)
        .await?;
    Ok(at.map(Timestamp::from_millis))
}

/// When the newest of all remote sessions were tried, as many as the limit counts.
async fn remote(sql: &mut SqliteConnection) -> Result<Vec<Timestamp>, StoreError> {
    let query = "SELECT at FROM old_passwords WHERE remote = 1 ORDER BY at DESC LIMIT ?";
    let times: Vec<i64> = sqlx::query_scalar(query)
        .bind(i64::from(REMOTE_OLD_PASSWORDS.count))
        .fetch_all(sql)
        .await?;
    Ok(times.into_iter().map(Timestamp::from_millis).collect())
}
