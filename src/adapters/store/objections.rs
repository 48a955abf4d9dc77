//! Objections ("not me") and freezes.

use async_trait::async_trait;
use sqlx::{Row, SqliteConnection};

use super::step::{Step, front};
use super::{SqliteStore, alarms, tidy};
use crate::domain::account::{AccountKey, WecomUserId};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{Place, ResetId};
use crate::domain::limits::ALARM_AGAIN;
use crate::domain::time::Timestamp;
use crate::flow::message::{Alarm, CardId, Concern};
use crate::flow::ports::{Intent, Objection, Objections, OwedAlarm, SentCard, Stage, StoreError};

#[async_trait]
impl Objections for SqliteStore {
    async fn register(&self, card: &SentCard, now: Timestamp) -> Result<(), StoreError> {
        let concern = &card.concern;
        let mut step = self.step().await?;
        sqlx::query(
            "INSERT INTO cards (card_mac, sent_to, language, reset_id, account, front, kiosk, \
             sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(self.named("card", card.id.as_str()))
        .bind(card.to.as_str())
        .bind(&card.language)
        .bind(concern.reset.as_str())
        .bind(concern.account.as_str())
        .bind(concern.place.front)
        .bind(&concern.place.kiosk)
        .bind(now.as_millis())
        .execute(step.sql())
        .await?;
        tidy::objections(step.sql(), now).await?;
        step.commit().await
    }

    async fn object(
        &self,
        card: &CardId,
        by: &WecomUserId,
        now: Timestamp,
    ) -> Result<Option<Objection>, StoreError> {
        let mut step = self.step().await?;
        let mac = self.named("card", card.as_str());
        let Some(card) = sent_card(step.sql(), card, &mac).await? else {
            return Ok(None);
        };
        if card.to != *by {
            return Ok(None);
        }
        let (stage, first) = note(&mut step, &card.concern, now).await?;
        step.commit().await?;
        Ok(Some(Objection { card, stage, first }))
    }

    async fn disown(&self, concern: &Concern, now: Timestamp) -> Result<Option<Stage>, StoreError> {
        let mut step = self.step().await?;
        let (stage, first) = note(&mut step, concern, now).await?;
        step.commit().await?;
        Ok(first.then_some(stage))
    }

    async fn freeze(
        &self,
        account: &AccountKey,
        until: Timestamp,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query(
            "INSERT INTO freezes (account, until) VALUES (?, ?) \
             ON CONFLICT (account) DO UPDATE SET until = excluded.until",
        )
        .bind(account.as_str())
        .bind(until.as_millis())
        .execute(step.sql())
        .await?;
        step.audit(record).await?;
        let concern = Concern {
            reset: record.reset.clone(),
            account: account.clone(),
            place: record.place.clone(),
        };
        let what = Alarm::of_freeze(&concern.place);
        let due = record.at.plus(ALARM_AGAIN);
        alarms::owe(step.sql(), what, &concern, record.at, due).await?;
        step.commit().await
    }

    async fn unfreeze(&self, account: &AccountKey, record: &AuditEvent) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query("DELETE FROM freezes WHERE account = ?")
            .bind(account.as_str())
            .execute(step.sql())
            .await?;
        step.audit(record).await?;
        step.commit().await
    }

    async fn frozen_until(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let until: Option<i64> =
            sqlx::query_scalar("SELECT until FROM freezes WHERE account = ? AND until > ?")
                .bind(account.as_str())
                .bind(now.as_millis())
                .fetch_optional(&self.0.pool)
                .await?;
        Ok(until.map(Timestamp::from_millis))
    }

    async fn owed_alarms(&self, now: Timestamp) -> Result<Vec<OwedAlarm>, StoreError> {
        alarms::due(self, now).await
    }

    async fn alarm_rung(&self, alarm: &OwedAlarm) -> Result<(), StoreError> {
        alarms::rung(self, alarm).await
    }
}

/// Notes an objection: how far the reset had come, and whether it is the first one.
async fn note(
    step: &mut Step<'_>,
    concern: &Concern,
    now: Timestamp,
) -> Result<(Stage, bool), StoreError> {
    let stage = stage(step.sql(), &concern.reset).await?;
    let noted = sqlx::query(
        "INSERT INTO objections (reset_id, at) VALUES (?, ?) \
         ON CONFLICT (reset_id) DO NOTHING",
    )
    .bind(concern.reset.as_str())
    .bind(now.as_millis())
    .execute(step.sql())
    .await?;
    let first = noted.rows_affected() == 1;
    if first {
        sqlx::query("UPDATE codes SET used = 1 WHERE reset_id = ?")
            .bind(concern.reset.as_str())
            .execute(step.sql())
            .await?;
        step.audit(&AuditEvent {
            at: now,
            kind: EventKind::Objected,
            reset: concern.reset.clone(),
            account: Some(concern.account.clone()),
            place: concern.place.clone(),
            result: stage.as_str(),
        })
        .await?;
        let due = now.plus(ALARM_AGAIN);
        alarms::owe(step.sql(), stage.alarm(), concern, now, due).await?;
    }
    Ok((stage, first))
}

async fn sent_card(
    sql: &mut SqliteConnection,
    id: &CardId,
    mac: &str,
) -> Result<Option<SentCard>, StoreError> {
    let row = sqlx::query("SELECT * FROM cards WHERE card_mac = ?")
        .bind(mac)
        .fetch_optional(sql)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let to: &str = row.try_get("sent_to")?;
    Ok(Some(SentCard {
        id: id.clone(),
        to: WecomUserId::parse(to).ok_or_else(|| StoreError("no userid".to_owned()))?,
        language: row.try_get("language")?,
        concern: Concern {
            reset: ResetId::from_stored(row.try_get("reset_id")?),
            account: AccountKey::new(row.try_get("account")?),
            place: Place {
                front: front(row.try_get("front")?)?,
                kiosk: row.try_get("kiosk")?,
            },
        },
    }))
}

/// How far a reset has come: an intent is open, or its last outcome was that something changed or
/// that nobody knows.
async fn stage(sql: &mut SqliteConnection, reset: &ResetId) -> Result<Stage, StoreError> {
    let open: Option<i64> = sqlx::query_scalar("SELECT 1 FROM intents WHERE reset_id = ?")
        .bind(reset.as_str())
        .fetch_optional(&mut *sql)
        .await?;
    let outcome: Option<String> = sqlx::query_scalar(
        "SELECT result FROM audit WHERE reset_id = ? AND event IN (?, ?) ORDER BY seq DESC LIMIT 1",
    )
    .bind(reset.as_str())
    .bind(EventKind::ChangeOutcome.as_str())
    .bind(EventKind::UnlockOutcome.as_str())
    .fetch_optional(sql)
    .await?;
    let may_have_changed = matches!(outcome.as_deref(), Some("changed" | "unknown"));
    Ok(if open.is_some() || may_have_changed {
        Stage::After
    } else {
        Stage::Before
    })
}

/// Whether the employee has said "not me" of this reset.
pub(super) async fn is_objected(
    sql: impl sqlx::SqliteExecutor<'_>,
    reset: &ResetId,
) -> Result<bool, StoreError> {
    let objected: Option<i64> = sqlx::query_scalar("SELECT 1 FROM objections WHERE reset_id = ?")
        .bind(reset.as_str())
        .fetch_optional(sql)
        .await?;
    Ok(objected.is_some())
}

/// Whether a change must not be asked for: its employee has objected, or resets are frozen.
pub(super) async fn objected(
    sql: &mut SqliteConnection,
    intent: &Intent,
) -> Result<bool, StoreError> {
    let against: i64 = sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM objections WHERE reset_id = ?) \
         + (SELECT COUNT(*) FROM freezes WHERE account = ? AND until > ?)",
    )
    .bind(intent.reset.as_str())
    .bind(intent.account.as_str())
    .bind(intent.at.as_millis())
    .fetch_one(sql)
    .await?;
    Ok(against > 0)
}
