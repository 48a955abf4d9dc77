//! Objections, freezes, one-time links, deliveries.

use async_trait::async_trait;

use super::{MemoryStore, State};
use crate::domain::account::{AccountKey, WecomUserId};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::ResetId;
use crate::domain::limits;
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
            let reset = card.concern.reset.clone();
            let stage = state.stage(&reset);
            let first = state.objected.insert(reset.clone());
            if first {
                if let Some(code) = state.codes.get_mut(&reset) {
                    code.stored.used = true;
                }
                state.audit(&self.key, &record(&card, stage, now));
                state.owe(stage.alarm(), &card.concern, now.plus(limits::ALARM_AGAIN));
            }
            Ok(Some(Objection { card, stage, first }))
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

fn record(card: &SentCard, stage: Stage, at: Timestamp) -> AuditEvent {
    AuditEvent {
        at,
        kind: EventKind::Objected,
        reset: card.concern.reset.clone(),
        account: Some(card.concern.account.clone()),
        place: card.concern.place.clone(),
        result: stage.as_str(),
    }
}

impl State {
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
        let told = self.records.iter().rev().find(|record| {
            record.reset == reset.as_str() && record.event == EventKind::ChangeOutcome.as_str()
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
