//! Codes and their counts (rule 2).

use async_trait::async_trait;
use sqlx::{Row, SqliteConnection};
use subtle::ConstantTimeEq;

use super::objections::is_objected;
use super::step::{from_sql, front, to_sql};
use super::{SqliteStore, remote, tidy};
use crate::adapters::entropy::OsEntropy;
use crate::domain::account::{AccountKey, LoginName};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{
    Action, Binding, CodeMac, CodeRules, Judgement, Place, ResetId, Subject,
};
use crate::domain::limits::{CODE_MESSAGES, REMOTE_WRONG_CODES};
use crate::domain::secret::CodeDigits;
use crate::domain::throttle::{CodeCounts, Permission, StoredCode, sliding_all, switched_off};
use crate::domain::time::Timestamp;
use crate::flow::ports::{Codes, Entropy, Issued, StoreError};

/// A code that was counted and now has to be compared.
struct Counted {
    /// The stored hash.
    mac: Vec<u8>,
    /// Which try of its reset this is.
    number: u32,
}

#[async_trait]
impl Codes for SqliteStore {
    async fn issue(
        &self,
        binding: &Binding,
        digits: Option<&CodeDigits>,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Issued, StoreError> {
        let event = |result| AuditEvent::of_code(EventKind::CodeIssued, binding, result, now);
        let mut step = self.step().await?;
        if is_objected(step.sql(), &binding.reset).await? {
            step.audit(&event("objected")).await?;
            step.commit().await?;
            return Ok(Issued::Objected);
        }
        let wrong = remote::wrong(step.sql(), binding).await?;
        if let Permission::At(until) = switched_off(REMOTE_WRONG_CODES, &wrong, now) {
            step.audit(&event("remote_off")).await?;
            step.commit().await?;
            return Ok(Issued::RemoteOff(until));
        }
        if binding.action.takes_message()
            && let Permission::At(then) = budget(step.sql(), &binding.subject, now).await?
        {
            step.audit(&event("waits")).await?;
            step.commit().await?;
            return Ok(Issued::Wait(then));
        }
        let mac = digits.map_or_else(decoy, |digits| CodeMac::new(&self.0.key, binding, digits));
        store_code(step.sql(), binding, mac, now, now.plus(rules.lifetime)).await?;
        step.audit(&event(if digits.is_some() { "issued" } else { "decoy" }))
            .await?;
        if self.0.tidied.is_due(now) {
            tidy::codes(step.sql(), now).await?;
        }
        step.commit().await?;
        Ok(Issued::Send)
    }

    async fn judge(
        &self,
        binding: &Binding,
        typed: &CodeDigits,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Judgement, StoreError> {
        // One remote code after the other, else many right ones that are just being compared would
        // be taken for wrong ones.
        let _turn = match binding.is_remote() {
            true => Some(self.0.remote_turn.lock().await),
            false => None,
        };
        let counted = match self.count(binding, rules, now).await? {
            Ok(counted) => counted,
            Err(refusal) => return Ok(refusal),
        };
        let mac = CodeMac::new(&self.0.key, binding, typed);
        let alike: bool = mac.0.as_slice().ct_eq(&counted.mac).into();

        let mut step = self.step().await?;
        let judgement = if !alike {
            Judgement::Wrong {
                left: rules.tries.saturating_sub(counted.number),
            }
        } else if use_up(step.sql(), binding, &counted).await? {
            Judgement::Right
        } else {
            // Somebody else used it up, or a new code took its place, in this very moment.
            Judgement::Expired
        };
        remote::compared(step.sql(), binding, judgement, now).await?;
        step.audit(&judged(binding, judgement, now)).await?;
        step.commit().await?;
        Ok(judgement)
    }

    async fn waiting(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<(Binding, Timestamp)>, StoreError> {
        let subject = Subject::Account(account.clone());
        let row = sqlx::query(
            "SELECT reset_id, front, kiosk, expires_at FROM codes \
             WHERE subject = ? AND action = ? AND used = 0 AND expires_at > ? \
             ORDER BY issued_at DESC LIMIT 1",
        )
        .bind(subject.to_stored())
        .bind(Action::Reset.as_str())
        .bind(now.as_millis())
        .fetch_optional(&self.0.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let binding = Binding {
            reset: ResetId::from_stored(row.try_get("reset_id")?),
            subject,
            action: Action::Reset,
            place: Place {
                front: front(row.try_get("front")?)?,
                kiosk: row.try_get("kiosk")?,
            },
        };
        let expires = Timestamp::from_millis(row.try_get("expires_at")?);
        Ok(Some((binding, expires)))
    }

    async fn discard(&self, reset: &ResetId) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query("UPDATE codes SET used = 1 WHERE reset_id = ?")
            .bind(reset.as_str())
            .execute(step.sql())
            .await?;
        step.commit().await
    }

    fn nobody(&self, login: &LoginName) -> Subject {
        Subject::nobody(&self.0.key, login.as_str())
    }
}

impl SqliteStore {
    /// The first half of judging: decides whether the code is compared at all, and if so puts all
    /// counts up. It is durable when this returns, so that a crash gives no try back.
    async fn count(
        &self,
        binding: &Binding,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Result<Counted, Judgement>, StoreError> {
        let mut step = self.step().await?;
        let counts = counts(step.sql(), binding).await?;
        if let Some(refusal) = counts.refusal(rules, now) {
            step.audit(&judged(binding, refusal, now)).await?;
            step.commit().await?;
            return Ok(Err(refusal));
        }
        let counted = count_up(step.sql(), binding, now).await?;
        remote::counted(step.sql(), binding, now).await?;
        step.commit().await?;
        Ok(Ok(counted))
    }
}

fn judged(binding: &Binding, judgement: Judgement, now: Timestamp) -> AuditEvent {
    AuditEvent::of_code(EventKind::CodeJudged, binding, judgement.as_str(), now)
}

/// When the subject's next message may go out.
async fn budget(
    sql: &mut SqliteConnection,
    subject: &Subject,
    now: Timestamp,
) -> Result<Permission, StoreError> {
    let query = "SELECT at FROM messages WHERE subject = ? ORDER BY at DESC LIMIT 64";
    let sent = times(sql, query, subject).await?;
    Ok(sliding_all(&CODE_MESSAGES, &sent, now))
}

/// A hash that nothing typed ever has.
fn decoy() -> CodeMac {
    let mut mac = [0; 32];
    OsEntropy.fill(&mut mac);
    CodeMac(mac)
}

/// Puts a code in the place of its reset's earlier one, without touching what was judged, and
/// takes its message, if there is one, from the budget.
async fn store_code(
    sql: &mut SqliteConnection,
    binding: &Binding,
    mac: CodeMac,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), StoreError> {
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO codes (reset_id, subject, action, front, kiosk, mac, issued_at, expires_at, \
         issued, judged, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0) \
         ON CONFLICT (reset_id) DO UPDATE SET subject = excluded.subject, \
         action = excluded.action, front = excluded.front, kiosk = excluded.kiosk, \
         mac = excluded.mac, issued_at = excluded.issued_at, expires_at = excluded.expires_at, \
         issued = codes.issued + 1, used = 0 RETURNING issued",
    )
    .bind(binding.reset.as_str())
    .bind(binding.subject.to_stored())
    .bind(binding.action.as_str())
    .bind(binding.place.front)
    .bind(&binding.place.kiosk)
    .bind(mac.0.as_slice())
    .bind(now.as_millis())
    .bind(expires.as_millis())
    .fetch_one(&mut *sql)
    .await?;
    if !binding.action.takes_message() {
        return Ok(());
    }
    sqlx::query("INSERT INTO messages (reset_id, number, subject, at) VALUES (?, ?, ?, ?)")
        .bind(binding.reset.as_str())
        .bind(number)
        .bind(binding.subject.to_stored())
        .bind(now.as_millis())
        .execute(sql)
        .await?;
    Ok(())
}

async fn counts(sql: &mut SqliteConnection, binding: &Binding) -> Result<CodeCounts, StoreError> {
    let (wrong_in_a_row, code) = stored_code(sql, binding).await?;
    let query = "SELECT at FROM attempts WHERE subject = ? ORDER BY at DESC LIMIT 64";
    Ok(CodeCounts {
        wrong_in_a_row,
        wrong_at: times(sql, query, &binding.subject).await?,
        remote_wrong_at: remote::wrong(sql, binding).await?,
        code,
    })
}

/// How often the subject was wrong in a row, and the reset's code.
async fn stored_code(
    sql: &mut SqliteConnection,
    binding: &Binding,
) -> Result<(u32, Option<StoredCode>), StoreError> {
    let row = sqlx::query(
        "SELECT subjects.wrong_in_a_row, codes.subject, action, front, kiosk, issued_at, \
         expires_at, judged, used FROM (SELECT ? AS reset_id, ? AS subject) asked \
         LEFT JOIN codes ON codes.reset_id = asked.reset_id \
         LEFT JOIN subjects ON subjects.subject = asked.subject",
    )
    .bind(binding.reset.as_str())
    .bind(binding.subject.to_stored())
    .fetch_one(sql)
    .await?;
    let in_a_row: Option<i64> = row.try_get("wrong_in_a_row")?;
    let in_a_row = from_sql(in_a_row.unwrap_or(0))?;
    if row.try_get::<Option<&str>, _>("subject")?.is_none() {
        return Ok((in_a_row, None));
    }
    let is = |column, text: &str| -> Result<bool, StoreError> {
        Ok(row.try_get::<&str, _>(column)? == text)
    };
    let code = StoredCode {
        same_binding: is("subject", &binding.subject.to_stored())?
            && is("action", binding.action.as_str())?
            && is("front", binding.place.front)?
            && is("kiosk", &binding.place.kiosk)?,
        used: row.try_get::<i64, _>("used")? != 0,
        judged: from_sql(row.try_get("judged")?)?,
        issued: Timestamp::from_millis(row.try_get("issued_at")?),
        expires: Timestamp::from_millis(row.try_get("expires_at")?),
    };
    Ok((in_a_row, Some(code)))
}

/// Puts the counts of the reset and of its subject up.
async fn count_up(
    sql: &mut SqliteConnection,
    binding: &Binding,
    now: Timestamp,
) -> Result<Counted, StoreError> {
    let row = sqlx::query(
        "UPDATE codes SET judged = judged + 1 WHERE reset_id = ? RETURNING mac, judged",
    )
    .bind(binding.reset.as_str())
    .fetch_one(&mut *sql)
    .await?;
    let counted = Counted {
        mac: row.try_get("mac")?,
        number: from_sql(row.try_get("judged")?)?,
    };
    sqlx::query(
        "INSERT INTO attempts (reset_id, number, subject, at, remote) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(binding.reset.as_str())
    .bind(to_sql(counted.number.into())?)
    .bind(binding.subject.to_stored())
    .bind(now.as_millis())
    .bind(i64::from(binding.is_remote()))
    .execute(&mut *sql)
    .await?;
    sqlx::query(
        "INSERT INTO subjects (subject, wrong_in_a_row) VALUES (?, 1) ON CONFLICT (subject) \
         DO UPDATE SET wrong_in_a_row = subjects.wrong_in_a_row + 1",
    )
    .bind(binding.subject.to_stored())
    .execute(sql)
    .await?;
    Ok(counted)
}

/// Uses a right code up, if it still is the reset's code and still unused; then takes this try
/// out of the counts of wrong ones.
async fn use_up(
    sql: &mut SqliteConnection,
    binding: &Binding,
    counted: &Counted,
) -> Result<bool, StoreError> {
    let used = sqlx::query("UPDATE codes SET used = 1 WHERE reset_id = ? AND used = 0 AND mac = ?")
        .bind(binding.reset.as_str())
        .bind(counted.mac.as_slice())
        .execute(&mut *sql)
        .await?;
    if used.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query("DELETE FROM attempts WHERE reset_id = ? AND number = ?")
        .bind(binding.reset.as_str())
        .bind(to_sql(counted.number.into())?)
        .execute(&mut *sql)
        .await?;
    sqlx::query("UPDATE subjects SET wrong_in_a_row = 0 WHERE subject = ?")
        .bind(binding.subject.to_stored())
        .execute(sql)
        .await?;
    Ok(true)
}

/// The newest times of a subject's events; more than any limit counts.
pub(super) async fn times(
    sql: &mut SqliteConnection,
    query: &'static str,
    subject: &Subject,
) -> Result<Vec<Timestamp>, StoreError> {
    let times: Vec<i64> = sqlx::query_scalar(query)
        .bind(subject.to_stored())
        .fetch_all(sql)
        .await?;
    Ok(times.into_iter().map(Timestamp::from_millis).collect())
}
