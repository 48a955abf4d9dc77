//! The state in memory, with faults on demand: for simulated runs and the tests.
//!
//! It keeps the same promises as the store in SQLite and passes the same contract suite. What a
//! process forgets when it crashes is not in here: drop the driver, [`MemoryStore::kill`] the
//! process, go on with [`MemoryStore::another_process`], and the state is still there. Nothing
//! waits and nothing runs beside, so that a run with the same seed is the same run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use subtle::ConstantTimeEq;

use crate::domain::account::{AccountKey, LoginName};
use crate::domain::audit::{AuditEvent, AuditRecord, ChainError, ChainWalk, EventKind, Head};
use crate::domain::code::{Binding, CodeMac, CodeRules, Judgement, ResetId, Subject};
use crate::domain::limits::{CODE_MESSAGES, KIOSK_ATTEMPTS};
use crate::domain::secret::{CodeDigits, SiteKey};
use crate::domain::throttle::{Bucket, CodeCounts, Permission, StoredCode, sliding_all};
use crate::domain::time::Timestamp;
use crate::flow::ports::{
    AuditLog, Codes, Entropy, Intent, Intents, Issued, OpenIntent, Opened, Outcome, Pairing,
    Pairings, StoreError, Throttles,
};

/// How long a claim on an intent holds.
const CLAIM: Duration = Duration::from_secs(60);

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

#[derive(Default)]
struct State {
    codes: BTreeMap<ResetId, Code>,
    messages: BTreeMap<Subject, Vec<Timestamp>>,
    attempts: BTreeMap<Subject, Vec<Attempt>>,
    wrong_in_a_row: BTreeMap<Subject, u32>,
    kiosks: BTreeMap<String, Bucket>,
    records: Vec<AuditRecord>,
    head: Head,
    intents: BTreeMap<ResetId, Kept>,
    changes: BTreeMap<AccountKey, Timestamp>,
    pairings: Vec<Pairing>,
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
        self.lock().pairings.clone()
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
    /// Whether another reset is changing this account, or has changed it since this one's proof.
    fn superseded(&self, intent: &Intent) -> bool {
        let open = self.intents.values().map(|kept| &kept.open).any(|other| {
            other.intent.account == intent.account
                && other.intent.reset != intent.reset
                && (!other.unknown_recorded || other.intent.at >= intent.proved_at)
        });
        open || self
            .changes
            .get(&intent.account)
            .is_some_and(|at| *at >= intent.proved_at)
    }

    /// Marks the intents whose account another reset has changed since, or may have.
    fn mark_contested(&mut self) {
        let accounts: Vec<AccountKey> = self
            .intents
            .values()
            .map(|kept| kept.open.intent.account.clone())
            .collect();
        for Kept { open, .. } in self.intents.values_mut() {
            let account = &open.intent.account;
            let changed = self
                .changes
                .get(account)
                .is_some_and(|at| *at >= open.intent.at);
            open.contested =
                changed || accounts.iter().filter(|other| *other == account).count() > 1;
        }
    }

    fn audit(&mut self, key: &SiteKey, event: &AuditEvent) {
        let record = AuditRecord::chain(key, self.head.as_previous(), event);
        self.head = Head::of(&record);
        self.records.push(record);
    }

    fn counts(&self, binding: &Binding) -> CodeCounts {
        let attempts = self.attempts.get(&binding.subject);
        CodeCounts {
            wrong_in_a_row: self
                .wrong_in_a_row
                .get(&binding.subject)
                .copied()
                .unwrap_or(0),
            wrong_at: attempts
                .into_iter()
                .flatten()
                .map(|attempt| attempt.2)
                .collect(),
            code: self.codes.get(&binding.reset).map(|code| StoredCode {
                same_binding: code.binding == *binding,
                ..code.stored
            }),
        }
    }

    /// Puts the counts of the reset and of its subject up; returns the stored hash and which try
    /// this is.
    fn count_up(
        &mut self,
        binding: &Binding,
        now: Timestamp,
    ) -> Result<(CodeMac, u32), StoreError> {
        let code = self
            .codes
            .get_mut(&binding.reset)
            .ok_or_else(|| StoreError("the code is gone".to_owned()))?;
        code.stored.judged += 1;
        let (mac, number) = (code.mac, code.stored.judged);
        let attempts = self.attempts.entry(binding.subject.clone()).or_default();
        attempts.push(Attempt(binding.reset.clone(), number, now));
        *self
            .wrong_in_a_row
            .entry(binding.subject.clone())
            .or_default() += 1;
        Ok((mac, number))
    }

    /// Uses a right code up, if it still is the reset's code and still unused; then takes this
    /// try out of the counts of wrong ones.
    fn use_up(&mut self, binding: &Binding, mac: CodeMac, number: u32) -> bool {
        let code = self.codes.get_mut(&binding.reset);
        let Some(code) = code.filter(|code| !code.stored.used && code.mac == mac) else {
            return false;
        };
        code.stored.used = true;
        if let Some(attempts) = self.attempts.get_mut(&binding.subject) {
            attempts.retain(|attempt| attempt.0 != binding.reset || attempt.1 != number);
        }
        self.wrong_in_a_row.insert(binding.subject.clone(), 0);
        true
    }
}

#[async_trait]
impl Codes for MemoryStore {
    async fn issue(
        &self,
        binding: &Binding,
        digits: Option<&CodeDigits>,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Issued, StoreError> {
        let event = |result| AuditEvent::of_code(EventKind::CodeIssued, binding, result, now);
        let mut mac = CodeMac([0; 32]);
        match digits {
            Some(digits) => mac = CodeMac::new(&self.key, binding, digits),
            None => self.entropy.fill(&mut mac.0),
        }
        self.step(|state| {
            let sent = state.messages.entry(binding.subject.clone()).or_default();
            if let Permission::At(then) = sliding_all(&CODE_MESSAGES, sent, now) {
                state.audit(&self.key, &event("waits"));
                return Ok(Issued::Wait(then));
            }
            sent.push(now);
            let earlier = state.codes.get(&binding.reset);
            let code = Code {
                binding: binding.clone(),
                mac,
                stored: StoredCode {
                    same_binding: true,
                    used: false,
                    judged: earlier.map_or(0, |earlier| earlier.stored.judged),
                    issued: now,
                    expires: now.plus(rules.lifetime),
                },
            };
            state.codes.insert(binding.reset.clone(), code);
            state.audit(
                &self.key,
                &event(if digits.is_some() { "issued" } else { "decoy" }),
            );
            Ok(Issued::Send)
        })
    }

    async fn judge(
        &self,
        binding: &Binding,
        typed: &CodeDigits,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Judgement, StoreError> {
        let event = |judgement: Judgement| {
            AuditEvent::of_code(EventKind::CodeJudged, binding, judgement.as_str(), now)
        };
        let counted = self.step(|state| {
            if let Some(refusal) = state.counts(binding).refusal(rules, now) {
                state.audit(&self.key, &event(refusal));
                return Ok(Err(refusal));
            }
            state.count_up(binding, now).map(Ok)
        })?;
        let (mac, number) = match counted {
            Ok(counted) => counted,
            Err(refusal) => return Ok(refusal),
        };
        let alike: bool = CodeMac::new(&self.key, binding, typed)
            .0
            .ct_eq(&mac.0)
            .into();
        self.step(|state| {
            let judgement = if !alike {
                Judgement::Wrong {
                    left: rules.tries.saturating_sub(number),
                }
            } else if state.use_up(binding, mac, number) {
                Judgement::Right
            } else {
                Judgement::Expired
            };
            state.audit(&self.key, &event(judgement));
            Ok(judgement)
        })
    }

    async fn discard(&self, reset: &ResetId) -> Result<(), StoreError> {
        self.step(|state| {
            if let Some(code) = state.codes.get_mut(reset) {
                code.stored.used = true;
            }
            Ok(())
        })
    }

    async fn discard_all(&self, subject: &Subject) -> Result<(), StoreError> {
        self.step(|state| {
            for code in state
                .codes
                .values_mut()
                .filter(|code| code.binding.subject == *subject)
            {
                code.stored.used = true;
            }
            Ok(())
        })
    }

    fn nobody(&self, login: &LoginName) -> Subject {
        Subject::nobody(&self.key, login.as_str())
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

#[async_trait]
impl Intents for MemoryStore {
    async fn open(&self, intent: &Intent) -> Result<Opened, StoreError> {
        self.step(|state| {
            if state.superseded(intent) {
                state.audit(&self.key, &Opened::Superseded.record(intent));
                return Ok(Opened::Superseded);
            }
            if state.intents.contains_key(&intent.reset) {
                return Err(StoreError("an intent of this reset is open".to_owned()));
            }
            let kept = Kept {
                open: OpenIntent {
                    intent: intent.clone(),
                    looks: 0,
                    unknown_recorded: false,
                    contested: false,
                },
                owner: self.process,
                due: None,
                claim: None,
            };
            state.intents.insert(intent.reset.clone(), kept);
            state.audit(&self.key, &Opened::Open.record(intent));
            Ok(Opened::Open)
        })
    }

    async fn close(
        &self,
        reset: &ResetId,
        outcome: Outcome,
        at: Timestamp,
        look_again: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.step(|state| {
            let Some(mut kept) = state.intents.remove(reset) else {
                return Ok(());
            };
            let event = about(
                &kept.open.intent,
                EventKind::ChangeOutcome,
                outcome.as_str(),
                at,
            );
            let known = kept.open.unknown_recorded;
            if outcome == Outcome::Changed {
                state.changes.insert(kept.open.intent.account.clone(), at);
            }
            if let Some(again) = look_again.filter(|_| outcome == Outcome::Unknown) {
                kept.open.unknown_recorded = true;
                kept.due = Some(again);
                kept.claim = None;
                state.intents.insert(reset.clone(), kept);
            }
            // Still unknown is no news.
            if outcome != Outcome::Unknown || !known {
                state.audit(&self.key, &event);
            }
            Ok(())
        })
    }

    async fn due(&self, now: Timestamp, starting: bool) -> Result<Vec<OpenIntent>, StoreError> {
        let me = self.process;
        self.step(|state| {
            state.mark_contested();
            let mut due: Vec<&mut Kept> = state
                .intents
                .values_mut()
                .filter(|kept| kept.needs_a_look(me, &state.gone, now, starting))
                .collect();
            due.sort_by_key(|kept| kept.due);
            let claimed = due.into_iter().map(|kept| {
                kept.claim = Some((me, now));
                kept.open.clone()
            });
            Ok(claimed.collect())
        })
    }

    async fn look_again(
        &self,
        reset: &ResetId,
        at: Timestamp,
        counts: bool,
    ) -> Result<(), StoreError> {
        self.step(|state| {
            if let Some(kept) = state.intents.get_mut(reset) {
                kept.open.looks += u32::from(counts);
                kept.due = Some(at);
                kept.claim = None;
            }
            Ok(())
        })
    }
}

impl Kept {
    fn needs_a_look(&self, me: u64, gone: &BTreeSet<u64>, now: Timestamp, starting: bool) -> bool {
        let forgotten = |by: u64| gone.contains(&by) || (starting && by == me);
        let left_alone = self.open.unknown_recorded || forgotten(self.owner);
        let claimed = self
            .claim
            .is_some_and(|(by, since)| since <= now && now < since.plus(CLAIM) && !forgotten(by));
        left_alone && !claimed && self.due.is_none_or(|due| due <= now)
    }
}

fn about(intent: &Intent, kind: EventKind, result: &'static str, at: Timestamp) -> AuditEvent {
    AuditEvent {
        at,
        kind,
        reset: intent.reset.clone(),
        account: Some(intent.account.clone()),
        place: intent.place.clone(),
        result,
    }
}

#[async_trait]
impl Pairings for MemoryStore {
    async fn offer(&self, pairing: &Pairing, now: Timestamp) -> Result<(), StoreError> {
        self.step(|state| {
            state
                .pairings
                .retain(|other| other.visit != pairing.visit && other.expires >= now);
            state.pairings.push(pairing.clone());
            Ok(())
        })
    }

    async fn end(&self, visit: &ResetId) -> Result<(), StoreError> {
        self.step(|state| {
            state.pairings.retain(|pairing| pairing.visit != *visit);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::AccountKey;
    use crate::domain::code::{Action, Place};

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    const RULES: CodeRules = CodeRules {
        digits: 6,
        lifetime: Duration::from_secs(300),
        tries: 5,
    };

    fn lin_wei() -> Binding {
        Binding {
            reset: ResetId::from_bytes([1; 16]),
            subject: Subject::Account(AccountKey::new("lin.wei")),
            action: Action::Reset,
            place: Place {
                front: "kiosk",
                kiosk: "lobby-1".to_owned(),
            },
        }
    }

    async fn issued() -> (MemoryStore, CodeDigits) {
        let store = MemoryStore::new(SiteKey::new([1; 32]), Arc::new(Sevens));
        let right = CodeDigits::parse("482913", 6).unwrap();
        let now = Timestamp::from_secs(0);
        let issued = store.issue(&lin_wei(), Some(&right), RULES, now).await;
        assert_eq!(issued, Ok(Issued::Send));
        (store, right)
    }

    #[tokio::test]
    async fn a_crash_between_counting_and_comparing_leaves_the_count_up() {
        let (store, right) = issued().await;
        let now = Timestamp::from_secs(1);
        store.fail_write(2, Fault::NotWritten);
        assert!(store.judge(&lin_wei(), &right, RULES, now).await.is_err());
        let wrong = CodeDigits::parse("111111", 6).unwrap();
        let judged = store.judge(&lin_wei(), &wrong, RULES, now).await;
        assert_eq!(judged, Ok(Judgement::Wrong { left: 3 }));
    }

    #[tokio::test]
    async fn a_lost_answer_is_written_all_the_same() {
        let (store, right) = issued().await;
        let now = Timestamp::from_secs(1);
        store.fail_write(2, Fault::AnswerLost);
        assert!(store.judge(&lin_wei(), &right, RULES, now).await.is_err());
        let records = store.records();
        assert_eq!(records.last().map(|r| r.result.as_str()), Some("right"));
        let judged = store.judge(&lin_wei(), &right, RULES, now).await;
        assert_eq!(judged, Ok(Judgement::Expired));
        assert_eq!(store.verify().await, Ok(Ok(3)));
    }
}
