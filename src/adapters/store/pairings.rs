//! The book of pictures. Nonces and short codes are kept as keyed hashes only, so that nobody who
//! reads the state can pose as a kiosk's picture.

use async_trait::async_trait;
use hmac::Mac;

use super::{SqliteStore, tidy};
use crate::domain::code::{ResetId, hex, keyed};
use crate::domain::secret::SiteKey;
use crate::domain::time::Timestamp;
use crate::flow::ports::{Pairing, Pairings, StoreError};

#[async_trait]
impl Pairings for SqliteStore {
    async fn offer(&self, pairing: &Pairing, now: Timestamp) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query("DELETE FROM pairings WHERE visit = ?")
            .bind(pairing.visit.as_str())
            .execute(step.sql())
            .await?;
        sqlx::query(
            "INSERT INTO pairings (nonce_mac, short_code_mac, visit, front, kiosk, expires_at) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(hashed(&self.0.key, "nonce", &pairing.nonce))
        .bind(hashed(&self.0.key, "short code", &pairing.short_code))
        .bind(pairing.visit.as_str())
        .bind(pairing.place.front)
        .bind(&pairing.place.kiosk)
        .bind(pairing.expires.as_millis())
        .execute(step.sql())
        .await?;
        tidy::pairings(step.sql(), now).await?;
        step.commit().await
    }

    async fn end(&self, visit: &ResetId) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query("DELETE FROM pairings WHERE visit = ?")
            .bind(visit.as_str())
            .execute(step.sql())
            .await?;
        step.commit().await
    }
}

/// HMAC-SHA256 of a picture's text, which matches without case.
fn hashed(key: &SiteKey, kind: &str, text: &str) -> String {
    let mut mac = keyed(key);
    mac.update(b"rekey pairing\0");
    mac.update(kind.as_bytes());
    mac.update(b"\0");
    mac.update(text.to_ascii_uppercase().as_bytes());
    hex(&mac.finalize().into_bytes())
}
