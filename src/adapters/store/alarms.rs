//! Alarms that are owed: written with what they are about, and gone once somebody has heard them.

use sqlx::{Row, SqliteConnection};

use super::step::front;
use super::{SqliteStore, tidy};
use crate::domain::account::AccountKey;
use crate::domain::code::{Place, ResetId};
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::flow::message::{Alarm, Concern};
use crate::flow::ports::{OwedAlarm, StoreError};

/// Owes an alarm, to be rung when it is `due`: at once, or after whoever owes it has tried and
/// failed to ring it.
pub(super) async fn owe(
    sql: &mut SqliteConnection,
    what: Alarm,
    concern: &Concern,
    now: Timestamp,
    due: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO alarms (reset_id, what, account, front, kiosk, owed_at, due_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (reset_id, what) DO UPDATE SET due_at = excluded.due_at",
    )
    .bind(concern.reset.as_str())
    .bind(what.as_str())
    .bind(concern.account.as_str())
    .bind(concern.place.front)
    .bind(&concern.place.kiosk)
    .bind(now.as_millis())
    .bind(due.as_millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// Those that are due, put off.
pub(super) async fn due(store: &SqliteStore, now: Timestamp) -> Result<Vec<OwedAlarm>, StoreError> {
    /// In one step.
    const MANY: i64 = 20;
    let waiting: Option<i64> = sqlx::query_scalar("SELECT 1 FROM alarms WHERE due_at <= ? LIMIT 1")
        .bind(now.as_millis())
        .fetch_optional(&store.0.pool)
        .await?;
    // There is none but on bad days: no write for each look.
    if waiting.is_none() {
        return Ok(Vec::new());
    }
    let mut step = store.step().await?;
    let rows = sqlx::query("SELECT * FROM alarms WHERE due_at <= ? ORDER BY due_at LIMIT ?")
        .bind(now.as_millis())
        .bind(MANY)
        .fetch_all(step.sql())
        .await?;
    let mut due = Vec::new();
    for row in rows {
        let word: &str = row.try_get("what")?;
        let alarm = OwedAlarm {
            what: Alarm::parse(word).ok_or_else(|| StoreError("no such alarm".to_owned()))?,
            concern: Concern {
                reset: ResetId::from_stored(row.try_get("reset_id")?),
                account: AccountKey::new(row.try_get("account")?),
                place: Place {
                    front: front(row.try_get("front")?)?,
                    kiosk: row.try_get("kiosk")?,
                },
            },
        };
        sqlx::query("UPDATE alarms SET due_at = ? WHERE reset_id = ? AND what = ?")
            .bind(now.plus(limits::ALARM_AGAIN).as_millis())
            .bind(alarm.concern.reset.as_str())
            .bind(alarm.what.as_str())
            .execute(step.sql())
            .await?;
        due.push(alarm);
    }
    tidy::alarms(step.sql(), now).await?;
    step.commit().await?;
    Ok(due)
}

pub(super) async fn rung(store: &SqliteStore, alarm: &OwedAlarm) -> Result<(), StoreError> {
    let mut step = store.step().await?;
    owe_no_more(step.sql(), alarm.what, &alarm.concern.reset).await?;
    step.commit().await
}

/// An alarm is owed no more.
pub(super) async fn owe_no_more(
    sql: &mut SqliteConnection,
    what: Alarm,
    reset: &ResetId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM alarms WHERE reset_id = ? AND what = ?")
        .bind(reset.as_str())
        .bind(what.as_str())
        .execute(sql)
        .await?;
    Ok(())
}
