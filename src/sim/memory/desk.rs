//! The desk's book.

use async_trait::async_trait;

use super::MemoryStore;
use crate::domain::account::AccountKey;
use crate::domain::audit::{AuditEvent, AuditRecord, EventKind};
use crate::domain::code::ResetId;
use crate::domain::limits::ALARM_AGAIN;
use crate::domain::time::Timestamp;
use crate::flow::message::Alarm;
use crate::flow::ports::{
    ApprovalAsked, Counted, Deed, DeedKind, DeedsSoFar, DeskBook, Outcome, Signatory, StoreError,
};

/// What operators did, and what waits for a second one.
#[derive(Default)]
pub(super) struct Book {
    deeds: Vec<(Deed, Counted)>,
    approvals: Vec<(ApprovalAsked, bool)>,
}

impl Book {
    fn so_far(&self, deed: &Deed) -> DeedsSoFar {
        let mut so_far = DeedsSoFar::default();
        let operator = deed.operator.to_lowercase();
        let theirs = self
            .deeds
            .iter()
            .filter(|(done, _)| done.operator.to_lowercase() == operator);
        for (done, counted) in theirs {
            let same_kind = done.kind == deed.kind;
            let guess = deed.kind.guesses() && done.kind == DeedKind::WrongCode;
            if *counted != Counted::Allowed {
                let counts = same_kind || guess;
                so_far.refused = so_far.refused.max(Some(done.at).filter(|_| counts));
            } else if guess {
                so_far.wrong.push(done.at);
            } else if same_kind {
                so_far.all.push(done.at);
                if done.account == deed.account {
                    so_far.same.push(done.at);
                }
            }
        }
        so_far
    }
}

#[async_trait]
impl DeskBook for MemoryStore {
    async fn count(&self, deed: &Deed, refused: &AuditEvent) -> Result<Counted, StoreError> {
        self.step(|state| {
            let counted = state.desk.so_far(deed).permit(deed.kind, deed.at);
            state.desk.deeds.push((deed.clone(), counted));
            if counted != Counted::Allowed {
                state.audit(&self.key, refused);
            }
            if let Counted::Refused { first: true, .. } = counted {
                let due = deed.at.plus(ALARM_AGAIN);
                state.owe(Alarm::OperatorLimit, &deed.concern(refused), due);
            }
            Ok(counted)
        })
    }

    async fn ask_approval(
        &self,
        asked: &ApprovalAsked,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.step(|state| {
            state.desk.approvals.push((asked.clone(), false));
            state.audit(&self.key, record);
            Ok(())
        })
    }

    async fn waiting_approvals(&self, now: Timestamp) -> Result<Vec<ApprovalAsked>, StoreError> {
        let state = self.lock();
        let waiting = state.desk.approvals.iter();
        let waiting = waiting.filter(|(asked, approved)| asked.until > now && !approved);
        Ok(waiting.map(|(asked, _)| asked.clone()).collect())
    }

    async fn approve(
        &self,
        reset: &ResetId,
        by: &Signatory,
        record: &AuditEvent,
    ) -> Result<bool, StoreError> {
        self.step(|state| {
            let waiting = state.desk.approvals.iter_mut().find(|(asked, approved)| {
                asked.reset == *reset && asked.until > record.at && !approved
            });
            let Some((_, approved)) = waiting.filter(|(asked, _)| asked.may_be_approved_by(by))
            else {
                return Ok(false);
            };
            *approved = true;
            state.audit(&self.key, record);
            Ok(true)
        })
    }

    async fn take_approval(&self, reset: &ResetId, now: Timestamp) -> Result<bool, StoreError> {
        let is_it = |(asked, approved): &(ApprovalAsked, bool)| {
            *approved && asked.reset == *reset && asked.until > now
        };
        if !self.lock().desk.approvals.iter().any(is_it) {
            return Ok(false);
        }
        self.step(|state| {
            let before = state.desk.approvals.len();
            state.desk.approvals.retain(|approval| !is_it(approval));
            Ok(state.desk.approvals.len() < before)
        })
    }

    async fn withdraw(&self, reset: &ResetId) -> Result<(), StoreError> {
        self.step(|state| {
            state
                .desk
                .approvals
                .retain(|(asked, _)| asked.reset != *reset);
            Ok(())
        })
    }

    async fn records_of(
        &self,
        account: &AccountKey,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let state = self.lock();
        let theirs = state.records.iter().rev();
        let theirs = theirs.filter(|record| record.account == account.as_str());
        Ok(theirs.take(limit as usize).cloned().collect())
    }

    async fn last_reset(&self, account: &AccountKey) -> Result<Option<Timestamp>, StoreError> {
        let state = self.lock();
        let newest = state.records.iter().rev().find(|record| {
            record.account == account.as_str()
                && record.event == EventKind::ChangeOutcome.as_str()
                && record.result == Outcome::Changed.as_str()
        });
        Ok(newest.map(|record| Timestamp::from_millis(record.time)))
    }

    async fn is_objected(&self, reset: &ResetId) -> Result<bool, StoreError> {
        Ok(self.lock().objected.contains(reset))
    }
}
