//! A store that shares the world's slowness, faults and death: wraps another store's ports.

use std::sync::Arc;

use async_trait::async_trait;

use super::world::World;
use crate::domain::account::{AccountKey, LoginName, WecomUserId};
use crate::domain::audit::{AuditEvent, AuditRecord, ChainError};
use crate::domain::code::{Binding, CodeRules, Judgement, Place, ResetId, Subject};
use crate::domain::secret::CodeDigits;
use crate::domain::throttle::Permission;
use crate::domain::time::Timestamp;
use crate::flow::message::{CardId, Concern};
use crate::flow::ports::{
    ApprovalAsked, AuditLog, Claim, Codes, Counted, Deed, Deliveries, DeskBook, Intent, Intents,
    Issued, Link, Links, Objection, Objections, OldPasswordTried, OpenIntent, Opened, Outcome,
    OwedAlarm, Pairing, Pairings, PictureName, SentCard, Signatory, Stage, StoreError, Throttles,
};

/// A store in a world where the program can die before and after every write.
pub struct Mortal<S> {
    world: World,
    store: Arc<S>,
}

impl<S> Mortal<S> {
    /// Wraps `store`.
    pub fn new(world: &World, store: Arc<S>) -> Self {
        Self {
            world: world.clone(),
            store,
        }
    }

    /// Runs one write between two moments at which the program may die.
    async fn write<T>(
        &self,
        write: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.world.turn().await;
        if self.world.happens(|faults| faults.store_down) {
            return Err(StoreError("simulated".to_owned()));
        }
        let written = write.await;
        self.world.turn().await;
        written
    }
}

#[async_trait]
impl<S: Codes> Codes for Mortal<S> {
    async fn issue(
        &self,
        binding: &Binding,
        digits: Option<&CodeDigits>,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Issued, StoreError> {
        self.write(self.store.issue(binding, digits, rules, now))
            .await
    }

    async fn judge(
        &self,
        binding: &Binding,
        typed: &CodeDigits,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Judgement, StoreError> {
        self.write(self.store.judge(binding, typed, rules, now))
            .await
    }

    async fn discard(&self, reset: &ResetId) -> Result<(), StoreError> {
        self.write(self.store.discard(reset)).await
    }

    async fn waiting(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<(Binding, Timestamp)>, StoreError> {
        self.store.waiting(account, now).await
    }

    fn nobody(&self, login: &LoginName) -> Subject {
        self.store.nobody(login)
    }
}

#[async_trait]
impl<S: Objections> Objections for Mortal<S> {
    async fn register(&self, card: &SentCard, now: Timestamp) -> Result<(), StoreError> {
        self.write(self.store.register(card, now)).await
    }

    async fn object(
        &self,
        card: &CardId,
        by: &WecomUserId,
        now: Timestamp,
    ) -> Result<Option<Objection>, StoreError> {
        self.write(self.store.object(card, by, now)).await
    }

    async fn disown(&self, concern: &Concern, now: Timestamp) -> Result<Option<Stage>, StoreError> {
        self.write(self.store.disown(concern, now)).await
    }

    async fn freeze(
        &self,
        account: &AccountKey,
        until: Timestamp,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.write(self.store.freeze(account, until, record)).await
    }

    async fn unfreeze(&self, account: &AccountKey, record: &AuditEvent) -> Result<(), StoreError> {
        self.write(self.store.unfreeze(account, record)).await
    }

    async fn frozen_until(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.store.frozen_until(account, now).await
    }

    async fn owed_alarms(&self, now: Timestamp) -> Result<Vec<OwedAlarm>, StoreError> {
        self.write(self.store.owed_alarms(now)).await
    }

    async fn alarm_rung(&self, alarm: &OwedAlarm) -> Result<(), StoreError> {
        self.write(self.store.alarm_rung(alarm)).await
    }
}

#[async_trait]
impl<S: Links> Links for Mortal<S> {
    async fn offer_link(&self, link: &Link, now: Timestamp) -> Result<(), StoreError> {
        self.write(self.store.offer_link(link, now)).await
    }

    async fn open_link(&self, token: &str, now: Timestamp) -> Result<Option<Link>, StoreError> {
        self.store.open_link(token, now).await
    }

    async fn use_up_link(&self, token: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.write(self.store.use_up_link(token, now)).await
    }
}

#[async_trait]
impl<S: Deliveries> Deliveries for Mortal<S> {
    async fn first(&self, delivery: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.write(self.store.first(delivery, now)).await
    }
}

#[async_trait]
impl<S: Throttles> Throttles for Mortal<S> {
    async fn kiosk_attempt(&self, kiosk: &str, now: Timestamp) -> Result<Permission, StoreError> {
        self.write(self.store.kiosk_attempt(kiosk, now)).await
    }

    async fn old_password_tried(
        &self,
        tried: &OldPasswordTried,
        now: Timestamp,
    ) -> Result<Permission, StoreError> {
        self.write(self.store.old_password_tried(tried, now)).await
    }

    async fn old_password_right(&self, subject: &Subject) -> Result<(), StoreError> {
        self.write(self.store.old_password_right(subject)).await
    }
}

#[async_trait]
impl<S: AuditLog> AuditLog for Mortal<S> {
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.write(self.store.append(event)).await
    }

    async fn read(&self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        self.store.read(after, limit).await
    }

    async fn verify(&self) -> Result<Result<u64, ChainError>, StoreError> {
        self.store.verify().await
    }
}

#[async_trait]
impl<S: Intents> Intents for Mortal<S> {
    async fn open(&self, intent: &Intent) -> Result<Opened, StoreError> {
        self.write(self.store.open(intent)).await
    }

    async fn close(
        &self,
        reset: &ResetId,
        outcome: Outcome,
        at: Timestamp,
        look_again: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(self.store.close(reset, outcome, at, look_again))
            .await
    }

    async fn due(&self, now: Timestamp, starting: bool) -> Result<Vec<OpenIntent>, StoreError> {
        self.write(self.store.due(now, starting)).await
    }

    async fn look_again(
        &self,
        reset: &ResetId,
        at: Timestamp,
        counts: bool,
    ) -> Result<(), StoreError> {
        self.write(self.store.look_again(reset, at, counts)).await
    }
}

#[async_trait]
impl<S: Pairings> Pairings for Mortal<S> {
    async fn shown_at(
        &self,
        picture: PictureName<'_>,
        now: Timestamp,
    ) -> Result<Option<Place>, StoreError> {
        self.store.shown_at(picture, now).await
    }

    async fn claim(
        &self,
        picture: PictureName<'_>,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(self.store.claim(picture, claim, now)).await
    }

    async fn take_claim(
        &self,
        visit: &ResetId,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        self.write(self.store.take_claim(visit, now)).await
    }

    async fn claimed(&self, now: Timestamp) -> Result<Vec<ResetId>, StoreError> {
        self.store.claimed(now).await
    }

    async fn offer(&self, pairing: &Pairing, now: Timestamp) -> Result<(), StoreError> {
        self.write(self.store.offer(pairing, now)).await
    }

    async fn end(&self, visit: &ResetId) -> Result<(), StoreError> {
        self.write(self.store.end(visit)).await
    }
}

#[async_trait]
impl<S: DeskBook> DeskBook for Mortal<S> {
    async fn count(&self, deed: &Deed, refused: &AuditEvent) -> Result<Counted, StoreError> {
        self.write(self.store.count(deed, refused)).await
    }

    async fn ask_approval(
        &self,
        asked: &ApprovalAsked,
        record: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.write(self.store.ask_approval(asked, record)).await
    }

    async fn waiting_approvals(&self, now: Timestamp) -> Result<Vec<ApprovalAsked>, StoreError> {
        self.store.waiting_approvals(now).await
    }

    async fn approve(
        &self,
        reset: &ResetId,
        by: &Signatory,
        record: &AuditEvent,
    ) -> Result<bool, StoreError> {
        self.write(self.store.approve(reset, by, record)).await
    }

    async fn take_approval(&self, reset: &ResetId, now: Timestamp) -> Result<bool, StoreError> {
        self.write(self.store.take_approval(reset, now)).await
    }

    async fn withdraw(&self, reset: &ResetId) -> Result<(), StoreError> {
        self.write(self.store.withdraw(reset)).await
    }

    async fn records_of(
        &self,
        account: &AccountKey,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        self.store.records_of(account, limit).await
    }

    async fn last_reset(&self, account: &AccountKey) -> Result<Option<Timestamp>, StoreError> {
        self.store.last_reset(account).await
    }

    async fn is_objected(&self, reset: &ResetId) -> Result<bool, StoreError> {
        self.store.is_objected(reset).await
    }
}
