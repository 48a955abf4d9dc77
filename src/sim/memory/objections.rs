//! Objections, freezes, one-time links, deliveries.

use async_trait::async_trait;

use super::{MemoryStore, State};
use crate::domain::account::{AccountKey, WecomUserId};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::ResetId;
use crate::domain::limits;
use crate::domain::secret::SiteKey;
use crate::domain::time::Timestamp;
use crate::flow::message::{Alarm, CardId, Concern};
use crate::flow::ports::{
    Deliveries, Link, Links, Objection, Objections, OwedAlarm, SentCard, Stage, StoreError,
};

#[async_trait]
impl Objections for MemoryStore {
    async fn register(&self, card: &SentCard, _now: Timestamp) -> Result<(), StoreError> {
        self.step(|state| {
            state.cards.push(card.clone());
            Ok(())
        })
    }

    async fn object(
        &self,
        card: &CardId,
        by: &WecomUserId,
        now: Timestamp,
    ) -> Result<Option<Objection>, StoreError> {
        self.step(|state| {
            let theirs = |sent: &&SentCard| sent.id == *card && sent.to == *by;
            let Some(card) = state.cards.iter().find(theirs).cloned() else {
                return Ok(None);
            };
            let (stage, first) = state.note(&self.key, &card.concern, now);
            Ok(Some(Objection { card, stage, first }))
        })
    }

    async fn disown(&self, concern: &Concern, now: Timestamp) -> Result<Option<Stage>, StoreError> {
        self.step(|state| {
            let (stage, first) = state.note(&self.key, concern, now);
            Ok(first.then_some(stage))
        })
    }

    async fn freeze(
        &self,
        account: &AccountKey,
        until: Timestamp,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.step(|state| {
            state.frozen.insert(account.clone(), until);
            state.audit(&self.key, record);
            let concern = Concern {
                reset: record.reset.clone(),
                account: account.clone(),
                place: record.place.clone(),
            };
            let what = Alarm::of_freeze(&concern.place);
            state.owe(what, &concern, record.at.plus(limits::ALARM_AGAIN));
            Ok(())
        })
    }

    async fn unfreeze(&self, account: &AccountKey, record: &AuditEvent) -> Result<(), StoreError> {
        self.step(|state| {
            state.frozen.remove(account);
            state.audit(&self.key, record);
            Ok(())
        })
    }

    async fn frozen_until(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let until = self.lock().frozen.get(account).copied();
        Ok(until.filter(|until| *until > now))
    }

    async fn owed_alarms(&self, now: Timestamp) -> Result<Vec<OwedAlarm>, StoreError> {
        self.step(|state| {
            let due = state.alarms.iter_mut().filter(|(_, due)| *due <= now);
            Ok(due
                .map(|(alarm, due)| {
                    *due = now.plus(limits::ALARM_AGAIN);
                    alarm.clone()
                })
                .collect())
        })
    }

    async fn alarm_rung(&self, alarm: &OwedAlarm) -> Result<(), StoreError> {
        self.step(|state| {
            state.alarms.retain(|(owed, _)| owed != alarm);
            Ok(())
        })
    }
}

fn record(concern: &Concern, stage: Stage, at: Timestamp) -> AuditEvent {
    AuditEvent {
        at,
        kind: EventKind::Objected,
        reset: concern.reset.clone(),
        account: Some(concern.account.clone()),
        place: concern.place.clone(),
        result: stage.as_str(),
    }
}

impl State {
    /// Notes an objection: how far the reset had come, and whether it is the first one.
    fn note(&mut self, key: &SiteKey, concern: &Concern, now: Timestamp) -> (Stage, bool) {
        let stage = self.stage(&concern.reset);
        let first = self.objected.insert(concern.reset.clone());
        if first {
            if let Some(code) = self.codes.get_mut(&concern.reset) {
                code.stored.used = true;
            }
            self.audit(key, &record(concern, stage, now));
            self.owe(stage.alarm(), concern, now.plus(limits::ALARM_AGAIN));
        }
        (stage, first)
    }

    pub(super) fn owe(&mut self, what: Alarm, concern: &Concern, due: Timestamp) {
        let alarm = OwedAlarm {
            what,
            concern: concern.clone(),
        };
        self.alarms.retain(|(owed, _)| *owed != alarm);
        self.alarms.push((alarm, due));
    }

    /// Whether a change must not be asked for: its employee has objected, or resets are frozen.
    pub(super) fn objected(&self, reset: &ResetId, account: &AccountKey, now: Timestamp) -> bool {
        let frozen = self.frozen.get(account).is_some_and(|until| *until > now);
        frozen || self.objected.contains(reset)
    }

    fn stage(&self, reset: &ResetId) -> Stage {
        let asked = self.intents.contains_key(reset);
        let outcomes = [EventKind::ChangeOutcome, EventKind::UnlockOutcome].map(EventKind::as_str);
        let told = self.records.iter().rev().find(|record| {
            record.reset == reset.as_str() && outcomes.contains(&record.event.as_str())
        });
        let may_have_changed =
            told.is_some_and(|record| record.result == "changed" || record.result == "unknown");
        if asked || may_have_changed {
            Stage::After
        } else {
            Stage::Before
        }
    }
}

#[async_trait]
impl Links for MemoryStore {
    async fn offer_link(&self, link: &Link, _now: Timestamp) -> Result<(), StoreError> {
        self.step(|state| {
            state.links.insert(link.token.to_uppercase(), link.clone());
            Ok(())
        })
    }

    async fn open_link(&self, token: &str, now: Timestamp) -> Result<Option<Link>, StoreError> {
        let link = self.lock().links.get(&token.to_uppercase()).cloned();
        Ok(link.filter(|link| link.expires > now))
    }

    async fn use_up_link(&self, token: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.step(|state| {
            let link = state.links.remove(&token.to_uppercase());
            Ok(link.is_some_and(|link| link.expires > now))
        })
    }
}

#[async_trait]
impl Deliveries for MemoryStore {
    async fn first(&self, delivery: &str, _now: Timestamp) -> Result<bool, StoreError> {
        self.step(|state| Ok(state.deliveries.insert(delivery.to_owned())))
    }
}
