//! The book of pictures. Nonces and short codes are kept as keyed hashes only, so that nobody who
//! reads the state can pose as a kiosk's picture.

use async_trait::async_trait;
use hmac::Mac;
use sqlx::Row;

use super::step::front;
use super::{SqliteStore, tidy};
use crate::domain::account::{AccountKey, EntryDn, WecomUserId};
use crate::domain::code::{Place, ResetId, hex, keyed};
use crate::domain::secret::SiteKey;
use crate::domain::time::Timestamp;
use crate::flow::ports::{Claim, Pairing, Pairings, PictureName, StoreError};

#[async_trait]
impl Pairings for SqliteStore {
    async fn shown_at(
        &self,
        picture: PictureName<'_>,
        now: Timestamp,
    ) -> Result<Option<Place>, StoreError> {
        let row = sqlx::query(match picture {
            PictureName::Nonce(_) => {
                "SELECT front, kiosk FROM pairings \
                 WHERE nonce_mac = ? AND expires_at > ? AND claim_reset IS NULL"
            }
            PictureName::ShortCode(_) => {
                "SELECT front, kiosk FROM pairings \
                 WHERE short_code_mac = ? AND expires_at > ? AND claim_reset IS NULL"
            }
        })
        .bind(self.name_mac(picture))
        .bind(now.as_millis())
        .fetch_optional(&self.0.pool)
        .await?;
        row.map(|row| {
            Ok(Place {
                front: front(row.try_get("front")?)?,
                kiosk: row.try_get("kiosk")?,
            })
        })
        .transpose()
    }

    async fn claim(
        &self,
        picture: PictureName<'_>,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut step = self.step().await?;
        let claimed = sqlx::query(match picture {
            PictureName::Nonce(_) => {
                "UPDATE pairings SET claim_reset = ?, claim_account = ?, claim_dn = ?, \
                 claim_to = ?, claim_expires = ? \
                 WHERE nonce_mac = ? AND expires_at > ? AND claim_reset IS NULL"
            }
            PictureName::ShortCode(_) => {
                "UPDATE pairings SET claim_reset = ?, claim_account = ?, claim_dn = ?, \
                 claim_to = ?, claim_expires = ? \
                 WHERE short_code_mac = ? AND expires_at > ? AND claim_reset IS NULL"
            }
        })
        .bind(claim.reset.as_str())
        .bind(claim.account.as_str())
        .bind(claim.dn.as_str())
        .bind(claim.to.as_str())
        .bind(claim.expires.as_millis())
        .bind(self.name_mac(picture))
        .bind(now.as_millis())
        .execute(step.sql())
        .await?;
        step.commit().await?;
        Ok(claimed.rows_affected() == 1)
    }

    async fn take_claim(
        &self,
        visit: &ResetId,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        // Asked several times a second: nothing is locked while there is nothing to take.
        let row = sqlx::query(
            "SELECT nonce_mac, claim_reset, claim_account, claim_dn, claim_to, claim_expires \
             FROM pairings WHERE visit = ? AND claim_expires > ? ORDER BY claim_expires LIMIT 1",
        )
        .bind(visit.as_str())
        .bind(now.as_millis())
        .fetch_optional(&self.0.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let to: &str = row.try_get("claim_to")?;
        let claim = Claim {
            reset: ResetId::from_stored(row.try_get("claim_reset")?),
            account: AccountKey::new(row.try_get("claim_account")?),
            dn: EntryDn::new(row.try_get::<String, _>("claim_dn")?),
            to: WecomUserId::parse(to).ok_or_else(|| StoreError("no userid".to_owned()))?,
            expires: Timestamp::from_millis(row.try_get("claim_expires")?),
        };
        let mut step = self.step().await?;
        let taken = sqlx::query("DELETE FROM pairings WHERE nonce_mac = ?")
            .bind(row.try_get::<&str, _>("nonce_mac")?)
            .execute(step.sql())
            .await?;
        step.commit().await?;
        Ok((taken.rows_affected() == 1).then_some(claim))
    }

    async fn claimed(&self, now: Timestamp) -> Result<Vec<ResetId>, StoreError> {
        let visits: Vec<String> =
            sqlx::query_scalar("SELECT visit FROM pairings WHERE claim_expires > ?")
                .bind(now.as_millis())
                .fetch_all(&self.0.pool)
                .await?;
        Ok(visits.into_iter().map(ResetId::from_stored).collect())
    }

    async fn offer(&self, pairing: &Pairing, now: Timestamp) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query("DELETE FROM pairings WHERE visit = ? AND claim_reset IS NULL")
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

impl SqliteStore {
    fn name_mac(&self, picture: PictureName<'_>) -> String {
        match picture {
            PictureName::Nonce(text) => hashed(&self.0.key, "nonce", text),
            PictureName::ShortCode(text) => hashed(&self.0.key, "short code", text),
        }
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
