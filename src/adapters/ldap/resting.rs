//! Open connections that rest until somebody needs one.
//!
//! They have carried passwords, and a library keeps what it has sent in a buffer for as long as the
//! connection is open: so none rests for long, and none is kept for ever by much use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::session::{Budget, Session};

/// A connection that was not used for longer is not used again: something between here and the
/// server may have dropped it without a word, and noticing would take the whole budget.
pub(super) const UNUSED_MAX: Duration = Duration::from_secs(30);
/// How long one rests: where many come, the next is there sooner.
const REST: Duration = Duration::from_secs(5);
/// One that was opened so long ago goes instead of resting.
const AGE_MAX: Duration = Duration::from_secs(30);
/// No more than so many rest. When as many changes as a directory works on at once end together,
/// all their connections come back before the next are taken.
const MOST: usize = 32;

/// The connections to one server that rest, all for one purpose.
#[derive(Clone, Default)]
pub(super) struct Resting(Arc<Mutex<All>>);

#[derive(Default)]
struct All {
    /// The one that rests longest first.
    ones: Vec<One>,
    /// Somebody ends those that have rested for too long.
    watched: bool,
}

struct One {
    session: Session,
    since: Instant,
}

impl Resting {
    /// One that still works, as far as can be told. It is nobody else's meanwhile.
    pub(super) fn take(&self) -> Option<Session> {
        let mut all = self.all();
        while let Some(mut last) = all.ones.pop() {
            if last.since.elapsed() < REST && !last.session.is_closed() {
                return Some(last.session.again(Budget::start()));
            }
        }
        None
    }

    /// Lets one rest, for [`REST`] at most.
    pub(super) fn put(&self, session: Session) {
        let mut all = self.all();
        if all.ones.len() >= MOST || session.age() >= AGE_MAX {
            return;
        }
        let since = Instant::now();
        all.ones.push(One { session, since });
        if !std::mem::replace(&mut all.watched, true) {
            tokio::spawn(self.clone().watch());
        }
    }

    /// Ends those that have rested for too long, until none rests.
    async fn watch(self) {
        while let Some(oldest) = self.oldest() {
            tokio::time::sleep_until(oldest + REST).await;
            self.all().ones.retain(|one| one.since.elapsed() < REST);
        }
    }

    /// Since when the first rests; when none does, nobody watches any more.
    fn oldest(&self) -> Option<Instant> {
        let mut all = self.all();
        let oldest = all.ones.first().map(|one| one.since);
        all.watched = oldest.is_some();
        oldest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all().ones.is_empty()
    }

    /// Ends them all.
    pub(super) fn clear(&self) {
        self.all().ones.clear();
    }

    /// Never held across an await; what it guards is whole at any time.
    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
