//! Limits applied: pure functions from past events and a limit to a decision.

use super::limits::{BucketLimit, SlidingLimit};
use super::time::Timestamp;

/// Whether something may happen now.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Permission {
    /// Now.
    Now,
    /// Not before this.
    At(Timestamp),
}

/// Judges a sliding limit: `events` are the times of the past ones in any order. Events that
/// seem to lie in the future (the clock was set back) count as recent.
pub fn sliding(limit: SlidingLimit, events: &[Timestamp], now: Timestamp) -> Permission {
    let mut recent: Vec<Timestamp> = events
        .iter()
        .copied()
        .filter(|at| at.plus(limit.window) > now)
        .collect();
    let count = limit.count as usize;
    if recent.len() < count {
        return Permission::Now;
    }
    recent.sort_unstable();
    // Once this one leaves the window, one place is free.
    let leaving = recent.len().saturating_sub(count.max(1));
    recent
        .get(leaving)
        .map_or(Permission::Now, |at| Permission::At(at.plus(limit.window)))
}

/// A token bucket as it is stored: how many tokens there were at a time.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Bucket {
    /// Tokens at `at`; negative when takers already wait their turn.
    pub tokens: f64,
    /// When that was.
    pub at: Timestamp,
}

impl Bucket {
    /// A full bucket.
    pub fn full(limit: BucketLimit, now: Timestamp) -> Self {
        Self {
            tokens: f64::from(limit.burst),
            at: now,
        }
    }

    /// Takes one token: it is never refused, but its turn may be later. Returns the bucket to
    /// store and when the taker may go on. A clock set back neither adds nor takes tokens.
    pub fn take(self, limit: BucketLimit, now: Timestamp) -> (Self, Permission) {
        let refill = limit.refill.as_secs_f64().max(0.001);
        let gained = now.since(self.at).as_secs_f64() / refill;
        let tokens = (self.tokens + gained).min(f64::from(limit.burst)) - 1.0;
        let left = Self { tokens, at: now };
        if tokens >= 0.0 {
            (left, Permission::Now)
        } else {
            let wait = std::time::Duration::from_secs_f64((-tokens * refill).min(3600.0));
            (left, Permission::At(now.plus(wait)))
        }
    }
}
