//! One-time links, kept as keyed hashes only.

use async_trait::async_trait;
use hmac::Mac;
use sqlx::Row;

use super::{SqliteStore, tidy};
use crate::domain::account::WecomUserId;
use crate::domain::code::{hex, keyed};
use crate::domain::time::Timestamp;
use crate::flow::ports::{Link, LinkTo, Links, StoreError};

#[async_trait]
impl Links for SqliteStore {
    async fn offer_link(&self, link: &Link, now: Timestamp) -> Result<(), StoreError> {
        let short_code = match &link.leads {
            LinkTo::Form => None,
            LinkTo::Picture { short_code } => Some(short_code.as_str()),
        };
        let mut step = self.step().await?;
        sqlx::query(
            "INSERT INTO links (token_mac, sent_to, short_code, expires_at) VALUES (?, ?, ?, ?)",
        )
        .bind(self.named("link", &link.token.to_ascii_uppercase()))
        .bind(link.to.as_str())
        .bind(short_code)
        .bind(link.expires.as_millis())
        .execute(step.sql())
        .await?;
        tidy::links(step.sql(), now).await?;
        step.commit().await
    }

    async fn open_link(&self, token: &str, now: Timestamp) -> Result<Option<Link>, StoreError> {
        let row = sqlx::query(
            "SELECT sent_to, short_code, expires_at FROM links \
             WHERE token_mac = ? AND expires_at > ?",
        )
        .bind(self.named("link", &token.to_ascii_uppercase()))
        .bind(now.as_millis())
        .fetch_optional(&self.0.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let to: &str = row.try_get("sent_to")?;
        let short_code: Option<String> = row.try_get("short_code")?;
        Ok(Some(Link {
            token: token.to_owned(),
            to: WecomUserId::parse(to).ok_or_else(|| StoreError("no userid".to_owned()))?,
            leads: short_code.map_or(LinkTo::Form, |short_code| LinkTo::Picture { short_code }),
            expires: Timestamp::from_millis(row.try_get("expires_at")?),
        }))
    }

    async fn use_up_link(&self, token: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut step = self.step().await?;
        let used = sqlx::query("DELETE FROM links WHERE token_mac = ? AND expires_at > ?")
            .bind(self.named("link", &token.to_ascii_uppercase()))
            .bind(now.as_millis())
            .execute(step.sql())
            .await?;
        step.commit().await?;
        Ok(used.rows_affected() == 1)
    }
}

impl SqliteStore {
    /// HMAC-SHA256 of a name that only its holder may know.
    pub(super) fn named(&self, kind: &str, text: &str) -> String {
        let mut mac = keyed(&self.0.key);
        mac.update(b"rekey name\0");
        mac.update(kind.as_bytes());
        mac.update(b"\0");
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}
