//! Steps that share a transaction, so that they wait for the disk once (group commit).
//!
//! A step that is complete while others wait for their turn leaves the transaction open to them.
//! Whoever was waiting by then joins it; then it is committed, and each step is told. Nobody hears
//! of success before everything is on the disk. A step that is given up in its middle takes only
//! its own writes with it; an error of the commit is every member's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sqlx::sqlite::SqlitePool;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::QUEUE_TIMEOUT;
use super::head::HeadFile;
use crate::domain::audit::Head;
use crate::flow::ports::StoreError;

/// Where steps wait for their turn, first come, first served.
pub(super) struct Lane {
    group: Arc<Mutex<Group>>,
    /// How many wait for their turn.
    queued: AtomicUsize,
    /// The most steps that share a transaction.
    most: usize,
    /// Somebody outside the lane waits to write: no step more shares the transaction.
    is_awaited: AtomicBool,
}

/// The steps of one transaction.
#[derive(Default)]
pub(super) struct Group {
    /// Holds the right to write.
    transaction: Option<Transaction<'static, Sqlite>>,
    /// Where the head file goes once this is committed.
    head: Option<Head>,
    /// The steps that are complete.
    complete: Vec<oneshot::Sender<Result<(), StoreError>>>,
    /// The last step was given up in its middle: what it wrote has to go.
    torn: bool,
}

/// A step's turn. Dropped before [`Lane::complete`], its writes never were.
pub(super) struct Turn {
    group: OwnedMutexGuard<Group>,
    is_complete: bool,
}

impl Lane {
    pub(super) fn new(most: usize) -> Self {
        Self {
            group: Arc::default(),
            queued: AtomicUsize::new(0),
            most,
            is_awaited: AtomicBool::new(false),
        }
    }

    /// Whether somebody outside the lane waits to write now.
    pub(super) fn set_awaited(&self, is_awaited: bool) {
        self.is_awaited.store(is_awaited, Ordering::SeqCst);
    }

    /// Waits for a turn, in this process and among others.
    pub(super) async fn turn(&self, pool: &SqlitePool) -> Result<Turn, StoreError> {
        let queued = Queued::in_line(&self.queued);
        let group = tokio::time::timeout(QUEUE_TIMEOUT, self.group.clone().lock_owned()).await;
        drop(queued);
        let group = group.map_err(|_| StoreError("too much waits to be written".to_owned()))?;
        let mut turn = Turn {
            group,
            is_complete: false,
        };
        turn.group.begin(pool).await?;
        Ok(turn)
    }

    /// Returns when the step's writes are on the disk and the head file has moved on.
    ///
    /// `newest` is the last record that the step has appended, where the head file is to move on
    /// to it.
    pub(super) async fn complete(
        &self,
        mut turn: Turn,
        newest: Option<Head>,
        head: &HeadFile,
    ) -> Result<(), StoreError> {
        turn.is_complete = true;
        turn.group.head = newest.or(turn.group.head.take());
        let (tell, told) = oneshot::channel();
        turn.group.complete.push(tell);
        let members = turn.group.complete.len();
        let others = self.queued.load(Ordering::SeqCst) > 0;
        let is_full = members >= self.most || self.is_awaited.load(Ordering::SeqCst);
        if members == 1 && !others {
            turn.close(head.clone()).await;
        } else if is_full || !others {
            // It ends even if nobody waits for this step any more.
            tokio::spawn(turn.close(head.clone()));
        } else {
            if members == 1 {
                tokio::spawn(close_behind(self.group.clone(), head.clone()));
            }
            drop(turn);
        }
        heard(told).await
    }
}

/// What whoever writes for others tells one of them.
pub(super) async fn heard<T>(
    told: oneshot::Receiver<Result<T, StoreError>>,
) -> Result<T, StoreError> {
    told.await
        .unwrap_or_else(|_| Err(StoreError("the state's work was ended".to_owned())))
}

/// Closes the group once those had their turn who are waiting for it now.
async fn close_behind(group: Arc<Mutex<Group>>, head: HeadFile) {
    let turn = Turn {
        group: group.lock_owned().await,
        is_complete: true,
    };
    turn.close(head).await;
}

impl Group {
    /// Makes it ready for one more step.
    async fn begin(&mut self, pool: &SqlitePool) -> Result<(), StoreError> {
        self.mend().await;
        match &mut self.transaction {
            None => self.transaction = Some(begin(pool).await?),
            Some(open) => run(open, format!("SAVEPOINT {}", savepoint(&self.complete))).await?,
        }
        Ok(())
    }

    /// Takes back what the last step wrote, if it was given up. Where that cannot be done, nothing
    /// of the group is kept.
    async fn mend(&mut self) {
        if !self.torn {
            return;
        }
        let Some(open) = &mut self.transaction else {
            return;
        };
        match run(open, format!("ROLLBACK TO {}", savepoint(&self.complete))).await {
            Ok(()) => self.torn = false,
            // SQLite rolled everything back by itself.
            Err(error) => std::mem::take(self).tell(&Err(error)),
        }
    }

    fn tell(self, result: &Result<(), StoreError>) {
        for step in self.complete {
            // Whoever began it may have gone.
            let _ = step.send(result.clone());
        }
    }
}

/// Begins a transaction that holds the right to write.
pub(super) async fn begin(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, StoreError> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match pool.begin_with(BEGIN).await {
        // SQLite rolled the last transaction back by itself, as it does when the disk is full, and
        // the driver does not know: only another connection begins anew.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            pool.acquire().await?.close().await?;
            Ok(pool.begin_with(BEGIN).await?)
        }
        begun => Ok(begun?),
    }
}

/// The name of the place behind the writes of all complete steps.
fn savepoint<T>(complete: &[T]) -> String {
    format!("behind_{}", complete.len())
}

async fn run(
    transaction: &mut Transaction<'_, Sqlite>,
    statement: String,
) -> Result<(), StoreError> {
    // Nothing from outside is in it.
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

impl Turn {
    /// Whether no other step has written in this transaction.
    pub(super) fn is_first(&self) -> bool {
        self.group.complete.is_empty()
    }

    /// The newest record that the complete steps have appended, where they have.
    pub(super) fn head(&self) -> Option<&Head> {
        self.group.head.as_ref()
    }

    /// The connection, for the step's statements.
    #[expect(
        clippy::expect_used,
        reason = "a turn is given only with a transaction"
    )]
    pub(super) fn sql(&mut self) -> &mut SqliteConnection {
        let open = self.group.transaction.as_mut();
        open.expect("a turn's transaction")
    }

    /// Commits everything, then moves the head file on, then tells every member.
    async fn close(mut self, head: HeadFile) {
        self.group.mend().await;
        let mut group = std::mem::take(&mut *self.group);
        let committed = match group.transaction.take() {
            Some(open) => open.commit().await.map_err(StoreError::from),
            None => Ok(()),
        };
        drop(self);
        let result = match (committed, group.head.take()) {
            (Ok(()), Some(newest)) => head.advance(newest).await,
            (committed, _) => committed,
        };
        group.tell(&result);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.is_complete {
            return;
        }
        if self.is_first() {
            *self.group = Group::default();
        } else {
            self.group.torn = true;
        }
    }
}

/// Counts as waiting until dropped.
struct Queued<'l>(&'l AtomicUsize);

impl<'l> Queued<'l> {
    fn in_line(line: &'l AtomicUsize) -> Self {
        line.fetch_add(1, Ordering::SeqCst);
        Self(line)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    use super::*;

    /// A table of notes, with a lane to it.
    struct Desk {
        pool: SqlitePool,
        lane: Arc<Lane>,
        head: HeadFile,
        _folder: tempfile::TempDir,
    }

    impl Desk {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let options = SqliteConnectOptions::new()
                .filename(folder.path().join("state.db"))
                .create_if_missing(true);
            let pool = SqlitePoolOptions::new().max_connections(1);
            let pool = pool.connect_with(options).await.unwrap();
            let table = sqlx::raw_sql("CREATE TABLE notes (who TEXT PRIMARY KEY)");
            table.execute(&pool).await.unwrap();
            let head = HeadFile::beside(&folder.path().join("key"));
            head.begin().unwrap();
            Self {
                pool,
                lane: Arc::new(Lane::new(8)),
                head,
                _folder: folder,
            }
        }

        async fn turn(&self) -> Turn {
            self.lane.turn(&self.pool).await.unwrap()
        }

        /// Begins to wait for a turn.
        async fn queue(&self) -> tokio::task::JoinHandle<Turn> {
            let (lane, pool) = (self.lane.clone(), self.pool.clone());
            let before = self.lane.queued.load(Ordering::SeqCst);
            let waiting = tokio::spawn(async move { lane.turn(&pool).await.unwrap() });
            while self.lane.queued.load(Ordering::SeqCst) == before {
                tokio::task::yield_now().await;
            }
            waiting
        }

        /// Begins to complete a step.
        fn complete(
            &self,
            turn: Turn,
            newest: Option<Head>,
        ) -> tokio::task::JoinHandle<Result<(), StoreError>> {
            let (lane, head) = (self.lane.clone(), self.head.clone());
            tokio::spawn(async move { lane.complete(turn, newest, &head).await })
        }

        /// lin's step is being completed while the others wait; the first of them has its turn.
        async fn lin_and<const OTHERS: usize>(
            &self,
        ) -> (
            tokio::task::JoinHandle<Result<(), StoreError>>,
            [tokio::task::JoinHandle<Turn>; OTHERS],
        ) {
            let mut lin = self.turn().await;
            note(&mut lin, "lin").await;
            let mut others = Vec::new();
            for _ in 0..OTHERS {
                others.push(self.queue().await);
            }
            (self.complete(lin, head(1)), others.try_into().ok().unwrap())
        }

        async fn notes(&self) -> Vec<String> {
            sqlx::query_scalar("SELECT who FROM notes ORDER BY who")
                .fetch_all(&self.pool)
                .await
                .unwrap()
        }
    }

    async fn note(turn: &mut Turn, who: &str) {
        let insert = sqlx::query("INSERT INTO notes (who) VALUES (?)").bind(who);
        insert.execute(turn.sql()).await.unwrap();
    }

    fn head(seq: u64) -> Option<Head> {
        let mac = "m".to_owned();
        Some(Head { seq, mac })
    }

    #[tokio::test]
    async fn steps_that_wait_share_the_transaction_of_the_first() {
        let desk = Desk::new().await;
        let (lin, [siti]) = desk.lin_and().await;
        let mut siti = siti.await.unwrap();
        assert!(!siti.is_first());
        assert_eq!(siti.head().cloned(), head(1));
        note(&mut siti, "siti").await;
        assert!(!lin.is_finished(), "told before it is on the disk");
        let siti = desk.complete(siti, head(2));
        lin.await.unwrap().unwrap();
        siti.await.unwrap().unwrap();
        assert_eq!(desk.notes().await, ["lin", "siti"]);
        assert_eq!(desk.head.read().unwrap(), head(2));
        assert!(desk.turn().await.is_first());
    }

    #[tokio::test]
    async fn nobody_joins_while_somebody_outside_waits() {
        let desk = Desk::new().await;
        desk.lane.set_awaited(true);
        let (lin, [siti]) = desk.lin_and().await;
        let siti = siti.await.unwrap();
        assert!(siti.is_first());
        drop(siti);
        lin.await.unwrap().unwrap();
        assert_eq!(desk.notes().await, ["lin"]);
    }

    #[tokio::test]
    async fn a_step_that_is_given_up_takes_only_its_own_writes_with_it() {
        let desk = Desk::new().await;
        let (lin, [mallory, siti]) = desk.lin_and().await;
        let mut mallory = mallory.await.unwrap();
        note(&mut mallory, "mallory").await;
        drop(mallory);
        let mut siti = siti.await.unwrap();
        note(&mut siti, "siti").await;
        let siti = desk.complete(siti, None);
        lin.await.unwrap().unwrap();
        siti.await.unwrap().unwrap();
        assert_eq!(desk.notes().await, ["lin", "siti"]);
        assert_eq!(desk.head.read().unwrap(), head(1));
    }

    #[tokio::test]
    async fn the_last_one_given_up_does_not_keep_the_others_waiting() {
        let desk = Desk::new().await;
        let (lin, [mallory]) = desk.lin_and().await;
        let mut mallory = mallory.await.unwrap();
        note(&mut mallory, "mallory").await;
        drop(mallory);
        lin.await.unwrap().unwrap();
        assert_eq!(desk.notes().await, ["lin"]);
    }

    #[tokio::test]
    async fn the_first_one_given_up_leaves_nothing_open() {
        let desk = Desk::new().await;
        let mut mallory = desk.turn().await;
        note(&mut mallory, "mallory").await;
        drop(mallory);
        let mut lin = desk.turn().await;
        assert!(lin.is_first());
        note(&mut lin, "lin").await;
        desk.complete(lin, None).await.unwrap().unwrap();
        assert_eq!(desk.notes().await, ["lin"]);
    }

    #[tokio::test]
    async fn what_sqlite_rolled_back_is_told_to_every_member() {
        let desk = Desk::new().await;
        let (lin, [siti]) = desk.lin_and().await;
        let mut siti = siti.await.unwrap();
        // As a full disk does.
        let rollback = sqlx::raw_sql("ROLLBACK").execute(siti.sql());
        rollback.await.unwrap();
        drop(siti);
        assert!(lin.await.unwrap().is_err());
        assert!(desk.notes().await.is_empty());
        assert_eq!(desk.head.read().unwrap(), Some(Head::default()));
        let mut lin = desk.turn().await;
        note(&mut lin, "lin").await;
        desk.complete(lin, None).await.unwrap().unwrap();
        assert_eq!(desk.notes().await, ["lin"]);
    }
}
