//! One step: a short transaction, with the audit records that belong to it.

use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::group::Turn;
use crate::domain::audit::{AuditEvent, AuditRecord, Head};
use crate::flow::ports::StoreError;

/// A transaction that already holds the right to write. Dropped without a commit, it never was.
pub(super) struct Step<'s> {
    store: &'s SqliteStore,
    turn: Turn,
    /// The last record of this step, if the head file goes there.
    head: Option<Head>,
}

impl SqliteStore {
    /// Begins a step. Waits for its turn, in this process and among others.
    pub(super) async fn step(&self) -> Result<Step<'_>, StoreError> {
        Ok(Step {
            store: self,
            turn: self.0.lane.turn(&self.0.pool).await?,
            head: None,
        })
    }
}

impl Step<'_> {
    /// The connection, for this step's statements.
    pub(super) fn sql(&mut self) -> &mut SqliteConnection {
        self.turn.sql()
    }

    /// Appends a record to the chain.
    pub(super) async fn audit(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        // What this transaction has appended cannot have been cut.
        let appended = self.head.as_ref().or(self.turn.head()).cloned();
        let (previous, holds) = match appended {
            Some(head) => (head, true),
            None => {
                let newest = self.newest().await?;
                let holds = self.chain_holds(&newest).await?;
                (newest, holds)
            }
        };
        let record = AuditRecord::chain(&self.store.0.key, previous.as_previous(), event);
        insert(self.sql(), &record).await?;
        if holds {
            self.head = Some(Head::of(&record));
        }
        Ok(())
    }

    /// Makes everything durable, then moves the head file on.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let head = &self.store.0.head;
        let lane = &self.store.0.lane;
        lane.complete(self.turn, self.head, head).await
    }

    /// The newest record there is.
    async fn newest(&mut self) -> Result<Head, StoreError> {
        let row = sqlx::query("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(self.sql())
            .await?;
        row.map_or(Ok(Head::default()), |row| {
            Ok(Head {
                seq: from_sql(row.try_get("seq")?)?,
                mac: row.try_get("mac")?,
            })
        })
    }

    /// Whether the record that the head file remembers is still there. If it is not, or if the
    /// head file itself is gone, the head file stays as it is, so that `audit verify` goes on
    /// telling it. Resets go on as well: the log's trouble is no reason to lock everybody out.
    async fn chain_holds(&mut self, newest: &Head) -> Result<bool, StoreError> {
        let Some(remembered) = self.store.0.head.read()? else {
            tracing::error!("the audit chain's head file is gone: run `rekey audit verify`");
            return Ok(false);
        };
        if remembered.seq == 0 || remembered == *newest {
            return Ok(true);
        }
        let mac: Option<String> = sqlx::query_scalar("SELECT mac FROM audit WHERE seq = ?")
            .bind(to_sql(remembered.seq)?)
            .fetch_optional(self.sql())
            .await?;
        let holds = mac.as_deref() == Some(remembered.mac.as_str());
        if !holds {
            tracing::error!("the newest audit records are gone: run `rekey audit verify`");
        }
        Ok(holds)
    }
}

async fn insert(sql: &mut SqliteConnection, record: &AuditRecord) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (seq, time, event, reset_id, account, front, kiosk, result, mac) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(to_sql(record.seq)?)
    .bind(record.time)
    .bind(&record.event)
    .bind(&record.reset)
    .bind(&record.account)
    .bind(&record.front)
    .bind(&record.kiosk)
    .bind(&record.result)
    .bind(&record.mac)
    .execute(sql)
    .await?;
    Ok(())
}

/// A count as SQL holds it.
pub(super) fn to_sql(count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError(format!("{count} is too large")))
}

/// A count that SQL holds.
pub(super) fn from_sql<T: TryFrom<i64>>(count: i64) -> Result<T, StoreError> {
    T::try_from(count).map_err(|_| StoreError(format!("{count} is no count")))
}

/// The program's own word for a stored front.
pub(super) fn front(stored: &str) -> Result<&'static str, StoreError> {
    ["kiosk", "ssh", "web", "chat", "desk"]
        .into_iter()
        .find(|word| *word == stored)
        .ok_or_else(|| StoreError("the state names a front that does not exist".to_owned()))
}
