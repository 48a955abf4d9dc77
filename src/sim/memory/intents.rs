//! The book of intents (rule 4).

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;

use super::{Kept, MemoryStore, State};
use crate::domain::account::AccountKey;
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{ResetId, Subject};
use crate::domain::secret::SiteKey;
use crate::domain::time::Timestamp;
use crate::flow::ports::{Intent, Intents, OpenIntent, Opened, Outcome, StoreError};

/// How long a claim on an intent holds.
const CLAIM: Duration = Duration::from_secs(60);

#[async_trait]
impl Intents for MemoryStore {
    async fn open(&self, intent: &Intent) -> Result<Opened, StoreError> {
        self.step(|state| {
            if state.objected(&intent.reset, &intent.account, intent.at) {
                return Ok(state.leave_records(&self.key, Opened::Objected, intent));
            }
            if state.superseded(intent) {
                return Ok(state.leave_records(&self.key, Opened::Superseded, intent));
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
            Ok(state.leave_records(&self.key, Opened::Open, intent))
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
                kept.open.intent.act.outcome(),
                outcome.as_str(),
                at,
            );
            let known = kept.open.unknown_recorded;
            let account = kept.open.intent.account.clone();
            if outcome == Outcome::Changed {
                let subject = Subject::Account(account.clone());
                let codes = state.codes.values_mut();
                for code in codes.filter(|code| code.binding.subject == subject) {
                    code.stored.used = true;
                }
                state.changes.insert(account.clone(), at);
            }
            if let Some(again) = look_again.filter(|_| outcome == Outcome::Unknown) {
                kept.open.unknown_recorded = true;
                kept.due = Some(again);
                kept.claim = None;
                state.intents.insert(reset.clone(), kept);
            }
            if outcome == Outcome::Unknown && look_again.is_none() {
                // It may land even now: nobody can tell any more whose change is seen.
                let others = state.intents.values_mut();
                for other in others.filter(|other| other.open.intent.account == account) {
                    other.open.contested = true;
                }
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

impl State {
    /// Whether another reset is changing this account, or has changed it since this one's proof.
    fn superseded(&self, intent: &Intent) -> bool {
        let open = self.intents.values().map(|kept| &kept.open).any(|other| {
            other.intent.account == intent.account
                && other.intent.reset != intent.reset
                && (!other.unknown_recorded || other.intent.at >= intent.proved_at)
        });
        let changed = self.changes.get(&intent.account);
        open || changed.is_some_and(|at| *at >= intent.proved_at)
    }

    /// Leaves the records of `opened`, and returns it.
    fn leave_records(&mut self, key: &SiteKey, opened: Opened, intent: &Intent) -> Opened {
        for record in opened.records(intent) {
            self.audit(key, &record);
        }
        opened
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
            open.contested |=
                changed || accounts.iter().filter(|other| *other == account).count() > 1;
        }
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
