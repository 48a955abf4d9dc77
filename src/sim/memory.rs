//! The state in memory, with faults on demand: for simulated runs and the tests.
//!
//! It keeps the same promises as the store in SQLite and passes the same contract suite. What a
//! process forgets when it crashes is not in here: drop the driver, [`MemoryStore::kill`] the
//! process, go on with [`MemoryStore::another_process`], and the state is still there. Nothing
//! waits and nothing runs beside, so that a run with the same seed is the same run.

mod codes;
mod desk;
mod intents;
mod objections;
mod pairings;
mod reminders;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::domain::account::AccountKey;
use crate::domain::audit::{AuditEvent, AuditRecord, ChainError, ChainWalk, Head};
use crate::domain::code::{Binding, CodeMac, ResetId, Subject};
use crate::domain::limits::{KIOSK_ATTEMPTS, OLD_PASSWORD_JUDGED};
use crate::domain::remind::Reminder;
use crate::domain::secret::SiteKey;
use crate::domain::throttle::{Bucket, Permission, StoredCode};
use crate::domain::time::Timestamp;
use crate::flow::message::Alarm;
use crate::flow::ports::{
    AuditLog, Claim, Entropy, Link, OldPasswordTried, OpenIntent, OwedAlarm, Pairing, SentCard,
    StoreError, Throttles,
};

/// What goes wrong with a write.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing is written, and the caller is told so.
    NotWritten,
    /// All is written, but the caller is told of a failure.
    AnswerLost,
}

/// The state, as one process sees it. Clones are the same process, as after re-executing itself.
#[derive(Clone)]
pub struct MemoryStore {
    key: Arc<SiteKey>,
    entropy: Arc<dyn Entropy>,
    state: Arc<Mutex<State>>,
    process: u64,
}

/// An old password that was tried.
struct OldPassword {
    subject: Subject,
    reset: ResetId,
    at: Timestamp,
    /// In a remote session.
    remote: bool,
    /// It switched those off.
    rang: bool,
}

#[derive(Default)]
struct State {
    codes: BTreeMap<ResetId, Code>,
    messages: BTreeMap<Subject, Vec<Timestamp>>,
    attempts: BTreeMap<Subject, Vec<Attempt>>,
    /// Of remote codes, whoever's.
    remote_attempts: Vec<Attempt>,
    wrong_in_a_row: BTreeMap<Subject, u32>,
    old_passwords: Vec<OldPassword>,
    kiosks: BTreeMap<String, Bucket>,
    records: Vec<AuditRecord>,
    head: Head,
    intents: BTreeMap<ResetId, Kept>,
    /// When each account was last changed.
    changes: BTreeMap<AccountKey, Timestamp>,
    pairings: Vec<Shown>,
    cards: Vec<SentCard>,
    /// Owed, and when each is due.
    alarms: Vec<(OwedAlarm, Timestamp)>,
    objected: BTreeSet<ResetId>,
    frozen: BTreeMap<AccountKey, Timestamp>,
    links: BTreeMap<String, Link>,
    deliveries: BTreeSet<String>,
    /// When each was begun, and whether it has ended.
    reminders: BTreeMap<Reminder, (Timestamp, bool)>,
    desk: desk::Book,
    processes: u64,
    gone: BTreeSet<u64>,
    writes: u64,
    fault: Option<(u64, Fault)>,
}

struct Code {
    binding: Binding,
    mac: CodeMac,
    stored: StoredCode,
}

/// One judged code: its reset, which try of it, and when.
#[derive(Clone, PartialEq, Eq)]
struct Attempt(ResetId, u32, Timestamp);

/// A picture, and the phone that has opened it.
struct Shown {
    pairing: Pairing,
    claim: Option<Claim>,
}

/// An intent without a final outcome.
struct Kept {
    open: OpenIntent,
    owner: u64,
    due: Option<Timestamp>,
    claim: Option<(u64, Timestamp)>,
}

impl MemoryStore {
    /// An empty state, used by its first process. `entropy` makes the decoys' hashes.
    pub fn new(key: SiteKey, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            key: Arc::new(key),
            entropy,
            state: Arc::default(),
            process: 0,
        }
    }

    /// The same state, used by a process of its own.
    pub fn another_process(&self) -> Self {
        let mut state = self.lock();
        state.processes += 1;
        Self {
            process: state.processes,
            ..self.clone()
        }
    }

    /// This process is gone. (Nothing stops its handles: drop them.)
    pub fn kill(&self) {
        self.lock().gone.insert(self.process);
    }

    /// Lets the `nth` write from now on go wrong; 1 is the next one. Judging a code takes two.
    pub fn fail_write(&self, nth: u64, fault: Fault) {
        let mut state = self.lock();
        state.fault = Some((state.writes.saturating_add(nth), fault));
    }

    /// How many writes there were.
    pub fn writes(&self) -> u64 {
        self.lock().writes
    }

    /// All audit records, oldest first.
    pub fn records(&self) -> Vec<AuditRecord> {
        self.lock().records.clone()
    }

    /// All intents without a final outcome.
    pub fn open_intents(&self) -> Vec<OpenIntent> {
        let state = self.lock();
        state
            .intents
            .values()
            .map(|kept| kept.open.clone())
            .collect()
    }

    /// All pictures that were offered and not ended.
    pub fn pairings(&self) -> Vec<Pairing> {
        let state = self.lock();
        let shown = state.pairings.iter();
        shown.map(|shown| shown.pairing.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one step, all or nothing, unless a fault is due. `work` may fail only before it
    /// changes anything.
    fn step<T>(
        &self,
        work: impl FnOnce(&mut State) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut state = self.lock();
        state.writes += 1;
        let fault = state.fault.filter(|(at, _)| *at == state.writes);
        match fault.map(|(_, fault)| fault) {
            None => work(&mut state),
            Some(Fault::NotWritten) => Err(StoreError("not written".to_owned())),
            Some(Fault::AnswerLost) => {
                work(&mut state)?;
                Err(StoreError("written, but the answer is lost".to_owned()))
            }
        }
    }
}

impl State {
    fn audit(&mut self, key: &SiteKey, event: &AuditEvent) {
        let record = AuditRecord::chain(key, self.head.as_previous(), event);
        self.head = Head::of(&record);
        self.records.push(record);
    }
}

#[async_trait]
impl Throttles for MemoryStore {
    async fn kiosk_attempt(&self, kiosk: &str, now: Timestamp) -> Result<Permission, StoreError> {
        self.step(|state| {
            let full = Bucket::full(KIOSK_ATTEMPTS, now);
            let bucket = state.kiosks.entry(kiosk.to_owned()).or_insert(full);
            let (left, permission) = bucket.take(KIOSK_ATTEMPTS, now);
            *bucket = left;
            Ok(permission)
        })
    }

    async fn old_password_tried(
        &self,
        tried: &OldPasswordTried,
        now: Timestamp,
    ) -> Result<Permission, StoreError> {
        self.step(|state| {
            let remote = tried.place.is_remote();
            let of = |wanted: &dyn Fn(&OldPassword) -> bool| {
                let all = state.old_passwords.iter();
                all.filter(|one| wanted(one))
                    .map(|one| one.at)
                    .collect::<Vec<_>>()
            };
            let of_subject = of(&|one| one.subject == tried.subject);
            let of_remote = of(&|one| one.remote && remote);
            let rang_at = of(&|one| one.rang).into_iter().max();
            let permission = tried.permission(&of_subject, &of_remote, now);
            if permission == Permission::Now {
                let rang = tried.rings(&of_remote, rang_at, now);
                state.old_passwords.push(OldPassword {
                    subject: tried.subject.clone(),
                    reset: tried.reset.clone(),
                    at: now,
                    remote,
                    rang,
                });
                if rang {
                    let due = now.plus(OLD_PASSWORD_JUDGED);
                    state.owe(Alarm::RemoteOldPasswordsOff, &tried.concern(), due);
                }
            }
            Ok(permission)
        })
    }

    async fn old_password_right(&self, subject: &Subject) -> Result<(), StoreError> {
        self.step(|state| {
            let all = std::mem::take(&mut state.old_passwords).into_iter();
            let (theirs, others) = all.partition::<Vec<_>, _>(|one| one.subject == *subject);
            state.old_passwords = others;
            for one in theirs.iter().filter(|one| one.rang) {
                let not = (Alarm::RemoteOldPasswordsOff, &one.reset);
                state
                    .alarms
                    .retain(|(owed, _)| (owed.what, &owed.concern.reset) != not);
            }
            Ok(())
        })
    }
}

#[async_trait]
impl AuditLog for MemoryStore {
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.step(|state| {
            state.audit(&self.key, event);
            Ok(())
        })
    }

    async fn read(&self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let state = self.lock();
        let later = state.records.iter().filter(|record| record.seq > after);
        Ok(later.take(limit as usize).cloned().collect())
    }

    async fn verify(&self) -> Result<Result<u64, ChainError>, StoreError> {
        let state = self.lock();
        let mut walk = ChainWalk::new(&self.key, Some(state.head.clone()));
        let walked = state
            .records
            .iter()
            .try_for_each(|record| walk.step(record));
        Ok(walked.and_then(|()| walk.finish()))
    }
}
