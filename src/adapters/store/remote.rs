//! Wrong codes of all remote sessions together: too many, and their codes are off for a while.

use sqlx::SqliteConnection;

use super::alarms;
use crate::domain::account::AccountKey;
use crate::domain::code::{Binding, Judgement};
use crate::domain::limits::{ALARM_AGAIN, REMOTE_WRONG_CODES};
use crate::domain::throttle::{Permission, switched_off};
use crate::domain::time::Timestamp;
use crate::flow::message::{Alarm, Concern};
use crate::flow::ports::StoreError;

/// The newest times, as many as the limit counts; none for a code that is not remote.
pub(super) async fn wrong(
    sql: &mut SqliteConnection,
    binding: &Binding,
) -> Result<Vec<Timestamp>, StoreError> {
    if !binding.is_remote() {
        return Ok(Vec::new());
    }
    let query = "SELECT at FROM attempts WHERE remote = 1 ORDER BY at DESC LIMIT ?";
    let times: Vec<i64> = sqlx::query_scalar(query)
        .bind(i64::from(REMOTE_WRONG_CODES.count))
        .fetch_all(sql)
        .await?;
    Ok(times.into_iter().map(Timestamp::from_millis).collect())
}

/// A code was counted and is about to be compared. Should it be wrong, and this process die before
/// it says so, the alarm is owed all the same.
pub(super) async fn counted(
    sql: &mut SqliteConnection,
    binding: &Binding,
    now: Timestamp,
) -> Result<(), StoreError> {
    match is_off(sql, binding, now).await? {
        true => owe(sql, binding, now, now.plus(ALARM_AGAIN)).await,
        false => Ok(()),
    }
}

/// A code was compared.
pub(super) async fn compared(
    sql: &mut SqliteConnection,
    binding: &Binding,
    judgement: Judgement,
    now: Timestamp,
) -> Result<(), StoreError> {
    if judgement == Judgement::Right {
        return match binding.is_remote() {
            true => alarms::owe_no_more(sql, Alarm::RemoteCodesOff, &binding.reset).await,
            false => Ok(()),
        };
    }
    match is_off(sql, binding, now).await? {
        true => owe(sql, binding, now, now).await,
        false => Ok(()),
    }
}

async fn is_off(
    sql: &mut SqliteConnection,
    binding: &Binding,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let wrong = wrong(sql, binding).await?;
    Ok(switched_off(REMOTE_WRONG_CODES, &wrong, now) != Permission::Now)
}

/// It concerns the site: no account is named.
async fn owe(
    sql: &mut SqliteConnection,
    binding: &Binding,
    now: Timestamp,
    due: Timestamp,
) -> Result<(), StoreError> {
    let concern = Concern {
        reset: binding.reset.clone(),
        account: AccountKey::new(""),
        place: binding.place.clone(),
    };
    alarms::owe(sql, Alarm::RemoteCodesOff, &concern, now, due).await
}
