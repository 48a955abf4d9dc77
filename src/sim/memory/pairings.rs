//! The book of pictures.

use async_trait::async_trait;

use super::{MemoryStore, Shown};
use crate::domain::code::{Place, ResetId};
use crate::domain::time::Timestamp;
use crate::flow::ports::{Claim, Pairing, Pairings, PictureName, StoreError};

#[async_trait]
impl Pairings for MemoryStore {
    async fn shown_at(
        &self,
        picture: PictureName<'_>,
        now: Timestamp,
    ) -> Result<Option<Place>, StoreError> {
        let state = self.lock();
        let shown = state.pairings.iter().find(|shown| shown.is(picture, now));
        Ok(shown.map(|shown| shown.pairing.place.clone()))
    }

    async fn claim(
        &self,
        picture: PictureName<'_>,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.step(|state| {
            let mut shown = state.pairings.iter_mut();
            let shown = shown.find(|shown| shown.is(picture, now));
            Ok(shown.is_some_and(|shown| shown.claim.replace(claim.clone()).is_none()))
        })
    }

    async fn take_claim(
        &self,
        visit: &ResetId,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        let waits = |shown: &Shown| {
            let claim = shown.claim.as_ref();
            shown.pairing.visit == *visit && claim.is_some_and(|claim| claim.expires > now)
        };
        // Asked several times a second: only what is taken is a write.
        if !self.lock().pairings.iter().any(waits) {
            return Ok(None);
        }
        self.step(|state| {
            let at = state.pairings.iter().position(waits);
            Ok(at.and_then(|at| state.pairings.remove(at).claim))
        })
    }

    async fn claimed(&self, now: Timestamp) -> Result<Vec<ResetId>, StoreError> {
        let state = self.lock();
        let claimed = state.pairings.iter().filter(|shown| {
            let claim = shown.claim.as_ref();
            claim.is_some_and(|claim| claim.expires > now)
        });
        Ok(claimed.map(|shown| shown.pairing.visit.clone()).collect())
    }

    async fn offer(&self, pairing: &Pairing, now: Timestamp) -> Result<(), StoreError> {
        self.step(|state| {
            state.pairings.retain(|shown| {
                let replaced = shown.pairing.visit == pairing.visit && shown.claim.is_none();
                !replaced && shown.ends() >= now
            });
            state.pairings.push(Shown {
                pairing: pairing.clone(),
                claim: None,
            });
            Ok(())
        })
    }

    async fn end(&self, visit: &ResetId) -> Result<(), StoreError> {
        self.step(|state| {
            state.pairings.retain(|shown| shown.pairing.visit != *visit);
            Ok(())
        })
    }
}

impl Shown {
    /// Whether this is the picture that is meant, and nobody has opened it.
    fn is(&self, picture: PictureName<'_>, now: Timestamp) -> bool {
        let (meant, own) = match picture {
            PictureName::Nonce(text) => (text, &self.pairing.nonce),
            PictureName::ShortCode(text) => (text, &self.pairing.short_code),
        };
        self.claim.is_none() && self.pairing.expires > now && own.eq_ignore_ascii_case(meant)
    }

    fn ends(&self) -> Timestamp {
        let claimed = self.claim.as_ref().map(|claim| claim.expires);
        claimed.unwrap_or(self.pairing.expires)
    }
}
