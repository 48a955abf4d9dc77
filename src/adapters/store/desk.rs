//! The desk's book: what operators did, and what waits for a second one.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::audit::record;
use super::objections::is_objected;
use super::{SqliteStore, alarms, tidy};
use crate::domain::account::{AccountKey, WecomUserId};
use crate::domain::audit::{AuditEvent, AuditRecord, EventKind};
use crate::domain::code::{DeskAction, ResetId};
use crate::domain::limits::ALARM_AGAIN;
use crate::domain::time::Timestamp;
use crate::flow::message::Alarm;
use crate::flow::ports::{
    ApprovalAsked, Counted, Deed, DeedKind, DeedsSoFar, DeskBook, Outcome, Signatory, StoreError,
};

/// So many of an operator's deeds are looked at; more than any limit counts.
const DEEDS: i64 = 256;
/// So many approvals are shown.
const APPROVALS: i64 = 100;

#[async_trait]
impl DeskBook for SqliteStore {
    async fn count(&self, deed: &Deed, refused: &AuditEvent) -> Result<Counted, StoreError> {
        let mut step = self.step().await?;
        let counted = deeds(step.sql(), deed).await?.permit(deed.kind, deed.at);
        sqlx::query(
            "INSERT INTO operator_deeds (kind, operator, account, refused, at) \
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(deed.kind.as_str())
        .bind(deed.operator.to_lowercase())
        .bind(deed.account.as_str())
        .bind(i64::from(counted != Counted::Allowed))
        .bind(deed.at.as_millis())
        .execute(step.sql())
        .await?;
        if counted != Counted::Allowed {
            step.audit(refused).await?;
        }
        if let Counted::Refused { first: true, .. } = counted {
            let concern = deed.concern(refused);
            let (what, due) = (Alarm::OperatorLimit, deed.at.plus(ALARM_AGAIN));
            alarms::owe(step.sql(), what, &concern, deed.at, due).await?;
        }
        tidy::desk(step.sql(), deed.at).await?;
        step.commit().await?;
        Ok(counted)
    }

    async fn ask_approval(
        &self,
        asked: &ApprovalAsked,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query(
            "INSERT INTO approvals (reset_id, account, employee, employee_wecom, operator, \
             operator_key, operator_wecom, visit, until, action) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(asked.reset.as_str())
        .bind(asked.account.as_str())
        .bind(&asked.employee)
        .bind(asked.employee_wecom.as_str())
        .bind(&asked.by.operator)
        .bind(asked.by.account.as_str())
        .bind(asked.by.wecom.as_str())
        .bind(asked.by.visit.as_str())
        .bind(asked.until.as_millis())
        .bind(asked.action.as_str())
        .execute(step.sql())
        .await?;
        step.audit(record).await?;
        step.commit().await
    }

    async fn waiting_approvals(&self, now: Timestamp) -> Result<Vec<ApprovalAsked>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM approvals WHERE until > ? AND approved_by IS NULL \
             ORDER BY until LIMIT ?",
        )
        .bind(now.as_millis())
        .bind(APPROVALS)
        .fetch_all(&self.0.pool)
        .await?;
        rows.iter().map(asked).collect()
    }

    async fn approve(
        &self,
        reset: &ResetId,
        by: &Signatory,
        record: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let mut step = self.step().await?;
        let row = sqlx::query(
            "SELECT * FROM approvals WHERE reset_id = ? AND until > ? AND approved_by IS NULL",
        )
        .bind(reset.as_str())
        .bind(record.at.as_millis())
        .fetch_optional(step.sql())
        .await?;
        let waiting = row.as_ref().map(asked).transpose()?;
        if !waiting.is_some_and(|asked| asked.may_be_approved_by(by)) {
            return Ok(false);
        }
        sqlx::query("UPDATE approvals SET approved_by = ? WHERE reset_id = ?")
            .bind(&by.operator)
            .bind(reset.as_str())
            .execute(step.sql())
            .await?;
        step.audit(record).await?;
        step.commit().await?;
        Ok(true)
    }

    async fn take_approval(&self, reset: &ResetId, now: Timestamp) -> Result<bool, StoreError> {
        let approved: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM approvals WHERE reset_id = ? AND until > ? AND approved_by IS NOT NULL",
        )
        .bind(reset.as_str())
        .bind(now.as_millis())
        .fetch_optional(&self.0.pool)
        .await?;
        if approved.is_none() {
            return Ok(false);
        }
        let mut step = self.step().await?;
        let taken = sqlx::query(
            "DELETE FROM approvals WHERE reset_id = ? AND until > ? AND approved_by IS NOT NULL",
        )
        .bind(reset.as_str())
        .bind(now.as_millis())
        .execute(step.sql())
        .await?;
        step.commit().await?;
        Ok(taken.rows_affected() == 1)
    }

    async fn withdraw(&self, reset: &ResetId) -> Result<(), StoreError> {
        let mut step = self.step().await?;
        sqlx::query("DELETE FROM approvals WHERE reset_id = ?")
            .bind(reset.as_str())
            .execute(step.sql())
            .await?;
        step.commit().await
    }

    async fn records_of(
        &self,
        account: &AccountKey,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, time, event, reset_id, account, front, kiosk, result, mac \
             FROM audit WHERE account = ? ORDER BY seq DESC LIMIT ?",
        )
        .bind(account.as_str())
        .bind(i64::from(limit.min(100)))
        .fetch_all(&self.0.pool)
        .await?;
        rows.iter().map(record).collect()
    }

    async fn last_reset(&self, account: &AccountKey) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT time FROM audit WHERE account = ? AND event = ? AND result = ? \
             ORDER BY seq DESC LIMIT 1",
        )
        .bind(account.as_str())
        .bind(EventKind::ChangeOutcome.as_str())
        .bind(Outcome::Changed.as_str())
        .fetch_optional(&self.0.pool)
        .await?;
        Ok(at.map(Timestamp::from_millis))
    }

    async fn is_objected(&self, reset: &ResetId) -> Result<bool, StoreError> {
        is_objected(&self.0.pool, reset).await
    }
}

/// The operator's newest deeds of this kind, and the newest refusal.
async fn deeds(sql: &mut SqliteConnection, deed: &Deed) -> Result<DeedsSoFar, StoreError> {
    let mut so_far = DeedsSoFar::default();
    for (at, account) in allowed(sql, &deed.operator, deed.kind).await? {
        so_far.all.push(at);
        if account == deed.account {
            so_far.same.push(at);
        }
    }
    so_far.refused = refused(sql, &deed.operator, deed.kind).await?;
    if deed.kind.guesses() {
        let wrong = allowed(sql, &deed.operator, DeedKind::WrongCode).await?;
        so_far.wrong = wrong.into_iter().map(|(at, _)| at).collect();
        let wrong = refused(sql, &deed.operator, DeedKind::WrongCode).await?;
        so_far.refused = so_far.refused.max(wrong);
    }
    Ok(so_far)
}

/// When the operator was last refused something of this kind.
async fn refused(
    sql: &mut SqliteConnection,
    operator: &str,
    kind: DeedKind,
) -> Result<Option<Timestamp>, StoreError> {
    let refused: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(at) FROM operator_deeds WHERE operator = ? AND kind = ? AND refused = 1",
    )
    .bind(operator.to_lowercase())
    .bind(kind.as_str())
    .fetch_one(sql)
    .await?;
    Ok(refused.map(Timestamp::from_millis))
}

/// When the operator did something of this kind, newest first, and to whom.
async fn allowed(
    sql: &mut SqliteConnection,
    operator: &str,
    kind: DeedKind,
) -> Result<Vec<(Timestamp, AccountKey)>, StoreError> {
    let rows = sqlx::query(
        "SELECT account, at FROM operator_deeds WHERE operator = ? AND kind = ? AND refused = 0 \
         ORDER BY at DESC LIMIT ?",
    )
    .bind(operator.to_lowercase())
    .bind(kind.as_str())
    .bind(DEEDS)
    .fetch_all(sql)
    .await?;
    let deed = |row: &SqliteRow| {
        let at = Timestamp::from_millis(row.try_get("at")?);
        Ok((at, AccountKey::new(row.try_get("account")?)))
    };
    rows.iter().map(deed).collect()
}

fn asked(row: &SqliteRow) -> Result<ApprovalAsked, StoreError> {
    let userid = |column| {
        let text: &str = row.try_get(column)?;
        WecomUserId::parse(text).ok_or_else(|| StoreError("no userid".to_owned()))
    };
    let action = DeskAction::parse(row.try_get("action")?);
    Ok(ApprovalAsked {
        reset: ResetId::from_stored(row.try_get("reset_id")?),
        account: AccountKey::new(row.try_get("account")?),
        employee: row.try_get("employee")?,
        employee_wecom: userid("employee_wecom")?,
        action: action.ok_or_else(|| StoreError("no such action".to_owned()))?,
        by: Signatory {
            operator: row.try_get("operator")?,
            account: AccountKey::new(row.try_get("operator_key")?),
            wecom: userid("operator_wecom")?,
            visit: ResetId::from_stored(row.try_get("visit")?),
        },
        until: Timestamp::from_millis(row.try_get("until")?),
    })
}
