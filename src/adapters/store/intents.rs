//! The book of intents (rule 4).

use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::objections::objected;
use super::process::ProcessMark;
use super::step::{from_sql, front};
use crate::domain::account::{AccountKey, EntryDn, WecomUserId};
use crate::domain::audit::AuditEvent;
use crate::domain::code::{Place, ResetId, Subject};
use crate::domain::time::Timestamp;
use crate::flow::ports::{
    Act, ChangeMark, Intent, Intents, OpenIntent, Opened, Outcome, ServerUrl, StoreError,
};

/// How long a claim holds: longer than a look takes, short enough to try again after a crash.
const CLAIM: Duration = Duration::from_secs(60);

#[async_trait]
impl Intents for SqliteStore {
    async fn open(&self, intent: &Intent) -> Result<Opened, StoreError> {
        let mut step = self.step().await?;
        let opened = if objected(step.sql(), intent).await? {
            Opened::Objected
        } else if superseded(step.sql(), intent).await? {
            Opened::Superseded
        } else {
            insert(step.sql(), intent, &self.0.process).await?;
            Opened::Open
        };
        for record in opened.records(intent) {
            step.audit(&record).await?;
        }
        step.commit().await?;
        Ok(opened)
    }

    async fn close(
        &self,
        reset: &ResetId,
        outcome: Outcome,
        at: Timestamp,
        look_again: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        let row = sqlx::query("SELECT * FROM intents WHERE reset_id = ?")
            .bind(reset.as_str())
            .fetch_optional(step.sql())
            .await?;
        let Some(found) = row.as_ref().map(open_intent).transpose()? else {
            return Ok(());
        };
        match look_again.filter(|_| outcome == Outcome::Unknown) {
            Some(again) => put_off(step.sql(), reset, again).await?,
            None => remove(step.sql(), reset).await?,
        }
        if outcome == Outcome::Unknown && look_again.is_none() {
            contest_others(step.sql(), &found.intent.account).await?;
        }
        if outcome == Outcome::Changed {
            remember_change(step.sql(), &found.intent.account, at).await?;
        }
        // Still unknown is no news.
        if outcome != Outcome::Unknown || !found.unknown_recorded {
            step.audit(&AuditEvent {
                at,
                kind: found.intent.act.outcome(),
                reset: reset.clone(),
                account: Some(found.intent.account),
                place: found.intent.place,
                result: outcome.as_str(),
            })
            .await?;
        }
        step.commit().await
    }

    async fn due(&self, now: Timestamp, starting: bool) -> Result<Vec<OpenIntent>, StoreError> {
        let me = &self.0.process;
        let mut step = self.step().await?;
        let rows = sqlx::query(
            "SELECT mine.*, \
             (SELECT COUNT(*) FROM intents others \
              WHERE others.account = mine.account AND others.reset_id <> mine.reset_id) \
             + (SELECT COUNT(*) FROM changes \
                WHERE changes.account = mine.account AND changes.changed_at >= mine.opened_at) \
             + mine.contested AS contests \
             FROM intents mine WHERE due_at <= ? ORDER BY due_at, reset_id LIMIT 1000",
        )
        .bind(now.as_millis())
        .fetch_all(step.sql())
        .await?;
        let mut due = Vec::new();
        for row in &rows {
            if left_alone(row, me, starting)? && !claimed(row, me, now, starting)? {
                let contested = row.try_get::<i64, _>("contests")? > 0;
                let open = OpenIntent {
                    contested,
                    ..open_intent(row)?
                };
                claim(step.sql(), &open.intent.reset, me, now).await?;
                due.push(open);
            }
        }
        step.commit().await?;
        Ok(due)
    }

    async fn look_again(
        &self,
        reset: &ResetId,
        at: Timestamp,
        counts: bool,
    ) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query(
            "UPDATE intents SET due_at = ?, looks = looks + ?, claimed_by = '' WHERE reset_id = ?",
        )
        .bind(at.as_millis())
        .bind(i64::from(counts))
        .bind(reset.as_str())
        .execute(step.sql())
        .await?;
        step.commit().await
    }
}

async fn insert(
    sql: &mut SqliteConnection,
    intent: &Intent,
    owner: &ProcessMark,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO intents (reset_id, account, dn, server, entry_mark, password_mark, front, \
         kiosk, notify, language, proved_at, opened_at, act, owner, is_unknown, looks, due_at, \
         claimed_by, claimed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', 0)",
    )
    .bind(intent.reset.as_str())
    .bind(intent.account.as_str())
    .bind(intent.dn.as_str())
    .bind(&intent.mark.server.0)
    .bind(&intent.mark.entry_mark)
    .bind(&intent.mark.password_mark)
    .bind(intent.place.front)
    .bind(&intent.place.kiosk)
    .bind(intent.notify.as_ref().map(WecomUserId::as_str))
    .bind(&intent.language)
    .bind(intent.proved_at.as_millis())
    .bind(intent.at.as_millis())
    .bind(intent.act.as_str())
    .bind(owner.to_stored())
    .execute(sql)
    .await?;
    Ok(())
}

/// Keeps an intent as unknown; from now on it belongs to nobody.
async fn put_off(
    sql: &mut SqliteConnection,
    reset: &ResetId,
    until: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE intents SET is_unknown = 1, due_at = ?, claimed_by = '' WHERE reset_id = ?",
    )
    .bind(until.as_millis())
    .bind(reset.as_str())
    .execute(sql)
    .await?;
    Ok(())
}

async fn remove(sql: &mut SqliteConnection, reset: &ResetId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM intents WHERE reset_id = ?")
        .bind(reset.as_str())
        .execute(sql)
        .await?;
    Ok(())
}

/// An unknown outcome was given up: its change may land even now, so that nobody can tell any more
/// whose change it is that is seen.
async fn contest_others(
    sql: &mut SqliteConnection,
    account: &AccountKey,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE intents SET contested = 1 WHERE account = ?")
        .bind(account.as_str())
        .execute(sql)
        .await?;
    Ok(())
}

/// Whether another reset is changing this account, or has changed it since this one's proof.
async fn superseded(sql: &mut SqliteConnection, intent: &Intent) -> Result<bool, StoreError> {
    let others: i64 = sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM intents WHERE account = ? AND reset_id <> ? \
         AND (is_unknown = 0 OR opened_at >= ?)) \
         + (SELECT COUNT(*) FROM changes WHERE account = ? AND changed_at >= ?)",
    )
    .bind(intent.account.as_str())
    .bind(intent.reset.as_str())
    .bind(intent.proved_at.as_millis())
    .bind(intent.account.as_str())
    .bind(intent.proved_at.as_millis())
    .fetch_one(sql)
    .await?;
    Ok(others > 0)
}

/// After a change every older proof of the account is dead, and every code.
async fn remember_change(
    sql: &mut SqliteConnection,
    account: &AccountKey,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO changes (account, changed_at) VALUES (?, ?) \
         ON CONFLICT (account) DO UPDATE SET changed_at = excluded.changed_at",
    )
    .bind(account.as_str())
    .bind(at.as_millis())
    .execute(&mut *sql)
    .await?;
    let subject = Subject::Account(account.clone());
    sqlx::query("UPDATE codes SET used = 1 WHERE subject = ?")
        .bind(subject.to_stored())
        .execute(sql)
        .await?;
    Ok(())
}

async fn claim(
    sql: &mut SqliteConnection,
    reset: &ResetId,
    me: &ProcessMark,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE intents SET claimed_by = ?, claimed_at = ? WHERE reset_id = ?")
        .bind(me.to_stored())
        .bind(now.as_millis())
        .bind(reset.as_str())
        .execute(sql)
        .await?;
    Ok(())
}

/// Whether nobody works on an intent any more: it is unknown, or its owner is gone, or its owner
/// is this process, which starts and so has forgotten it.
fn left_alone(row: &SqliteRow, me: &ProcessMark, starting: bool) -> Result<bool, StoreError> {
    if row.try_get::<i64, _>("is_unknown")? != 0 {
        return Ok(true);
    }
    let owner = ProcessMark::from_stored(row.try_get("owner")?);
    Ok(match owner {
        Some(owner) if owner == *me => starting,
        Some(owner) => !owner.lives(),
        None => true,
    })
}

/// Whether a process that lives is just looking at it.
fn claimed(
    row: &SqliteRow,
    me: &ProcessMark,
    now: Timestamp,
    starting: bool,
) -> Result<bool, StoreError> {
    let since = Timestamp::from_millis(row.try_get("claimed_at")?);
    let Some(claimer) = ProcessMark::from_stored(row.try_get("claimed_by")?) else {
        return Ok(false);
    };
    let holds = since <= now && now < since.plus(CLAIM);
    let forgotten = starting && claimer == *me;
    Ok(holds && !forgotten && claimer.lives())
}

fn open_intent(row: &SqliteRow) -> Result<OpenIntent, StoreError> {
    let notify: Option<&str> = row.try_get("notify")?;
    Ok(OpenIntent {
        intent: Intent {
            act: Act::parse(row.try_get("act")?).ok_or_else(|| {
                StoreError("the state names an act that does not exist".to_owned())
            })?,
            reset: ResetId::from_stored(row.try_get("reset_id")?),
            account: AccountKey::new(row.try_get("account")?),
            dn: EntryDn::new(row.try_get("dn")?),
            mark: ChangeMark {
                server: ServerUrl(row.try_get("server")?),
                entry_mark: row.try_get("entry_mark")?,
                password_mark: row.try_get("password_mark")?,
            },
            place: Place {
                front: front(row.try_get("front")?)?,
                kiosk: row.try_get("kiosk")?,
            },
            notify: notify.and_then(WecomUserId::parse),
            language: row.try_get("language")?,
            proved_at: Timestamp::from_millis(row.try_get("proved_at")?),
            at: Timestamp::from_millis(row.try_get("opened_at")?),
        },
        looks: from_sql(row.try_get("looks")?)?,
        unknown_recorded: row.try_get::<i64, _>("is_unknown")? != 0,
        contested: false,
    })
}
