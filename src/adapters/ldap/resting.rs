//! Open connections that rest until somebody needs one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::session::{Budget, Session};

/// A connection that rested longer is not used again: something between here and the server may
/// have dropped it without a word, and noticing would take the whole budget.
pub(super) const REST: Duration = Duration::from_secs(30);
/// No more than so many rest.
const MOST: usize = 8;

/// The connections to one server that rest, all for one purpose.
#[derive(Clone, Default)]
pub(super) struct Resting(Arc<Mutex<Vec<One>>>);

struct One {
    session: Session,
    since: Instant,
}

impl Resting {
    /// One that still works, as far as can be told. It is nobody else's meanwhile.
    pub(super) fn take(&self) -> Option<Session> {
        let mut all = self.all();
        while let Some(mut last) = all.pop() {
            if last.since.elapsed() < REST && !last.session.is_closed() {
                return Some(last.session.again(Budget::start()));
            }
        }
        None
    }

    /// Lets one rest, for [`REST`] at most.
    pub(super) fn put(&self, session: Session) {
        let mut all = self.all();
        if all.len() >= MOST {
            return;
        }
        let since = Instant::now();
        all.push(One { session, since });
        drop(all);
        let resting = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(REST).await;
            resting.all().retain(|one| one.since.elapsed() < REST);
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    /// Ends them all.
    pub(super) fn clear(&self) {
        self.all().clear();
    }

    /// Never held across an await; what it guards is whole at any time.
    fn all(&self) -> MutexGuard<'_, Vec<One>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
