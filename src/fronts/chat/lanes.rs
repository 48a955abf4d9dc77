//! The order in which things from the chat are done: one at a time for each member, many members
//! at once, and never more than a limit.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::limits;

/// Something to do.
pub(super) type Job = BoxFuture<'static, ()>;

/// The right to have one thing done. It must be held before a delivery is noted: what was noted
/// is not brought again.
pub(super) struct Ticket {
    _place: OwnedSemaphorePermit,
}

/// What waits in each lane.
type Book = HashMap<String, VecDeque<(Ticket, Job)>>;

/// The lanes; handles of one book.
#[derive(Clone)]
pub(super) struct Lanes {
    book: Arc<Mutex<Book>>,
    waiting: Arc<Semaphore>,
    at_once: Arc<Semaphore>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            book: Arc::default(),
            waiting: Arc::new(Semaphore::new(limits::CHAT_WAITING)),
            at_once: Arc::new(Semaphore::new(limits::CHAT_AT_ONCE)),
        }
    }
}

impl Lanes {
    /// Waits for a place in the queue.
    pub(super) async fn ticket(&self) -> Option<Ticket> {
        // Nobody closes the semaphore.
        let place = Arc::clone(&self.waiting).acquire_owned().await.ok()?;
        Some(Ticket { _place: place })
    }

    /// Puts a job behind the others of its lane. When the lane was empty, what comes back has to
    /// run: it does the lane's jobs until there are none.
    pub(super) fn put(&self, lane: String, ticket: Ticket, job: Job) -> Option<Job> {
        let mut book = self.lock();
        if let Some(line) = book.get_mut(&lane) {
            line.push_back((ticket, job));
            return None;
        }
        book.insert(lane.clone(), VecDeque::from([(ticket, job)]));
        drop(book);
        Some(Box::pin(self.clone().run(lane)))
    }

    async fn run(self, lane: String) {
        while let Some((ticket, job)) = self.next(&lane) {
            let turn = Arc::clone(&self.at_once).acquire_owned().await;
            // A task of its own: one that panics does not take the lane with it.
            if let Err(error) = tokio::spawn(job).await {
                tracing::error!(%error, "something from the chat was not done");
            }
            drop((turn, ticket));
        }
    }

    /// The lane's next job; an empty lane is gone.
    fn next(&self, lane: &str) -> Option<(Ticket, Job)> {
        let mut book = self.lock();
        let next = book.get_mut(lane).and_then(VecDeque::pop_front);
        if next.is_none() {
            book.remove(lane);
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// How many jobs run, and the most that ever did.
    #[derive(Default)]
    struct Count(AtomicUsize, AtomicUsize);

    impl Count {
        async fn work(&self) {
            let now = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            self.1.fetch_max(now, Ordering::SeqCst);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    async fn put(lanes: &Lanes, lane: &str, job: Job) -> Option<tokio::task::JoinHandle<()>> {
        let ticket = lanes.ticket().await.unwrap();
        lanes.put(lane.to_owned(), ticket, job).map(tokio::spawn)
    }

    #[tokio::test]
    async fn one_member_waits_for_their_own_and_for_nobody_else() {
        let lanes = Lanes::default();
        let (own, all) = (Arc::new(Count::default()), Arc::new(Count::default()));
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut running = Vec::new();
        for n in 0..200 {
            let (all_of, order) = (all.clone(), order.clone());
            running.extend(
                put(
                    &lanes,
                    &format!("other-{n}"),
                    Box::pin(async move { all_of.work().await }),
                )
                .await,
            );
            let own = own.clone();
            let job = Box::pin(async move {
                own.work().await;
                order.lock().unwrap().push(n);
            });
            running.extend(put(&lanes, "lin.wei", job).await);
        }
        for lane in running {
            lane.await.unwrap();
        }
        assert_eq!(own.1.load(Ordering::SeqCst), 1);
        assert_eq!(*order.lock().unwrap(), (0..200).collect::<Vec<_>>());
        let most = all.1.load(Ordering::SeqCst);
        assert!((2..=limits::CHAT_AT_ONCE).contains(&most), "{most}");
        assert!(lanes.lock().is_empty());
    }

    #[tokio::test]
    async fn a_job_that_panics_ends_alone() {
        let lanes = Lanes::default();
        let done = Arc::new(Count::default());
        let after = done.clone();
        let first = put(&lanes, "lin.wei", Box::pin(async { panic!("in a test") })).await;
        let second = put(
            &lanes,
            "lin.wei",
            Box::pin(async move { after.work().await }),
        )
        .await;
        assert!(second.is_none());
        first.unwrap().await.unwrap();
        assert_eq!(done.1.load(Ordering::SeqCst), 1);
        assert_eq!(lanes.waiting.available_permits(), limits::CHAT_WAITING);
    }

    #[tokio::test]
    async fn a_full_queue_gives_no_ticket_until_something_is_done() {
        let lanes = Lanes::default();
        let mut held = Vec::new();
        for _ in 0..limits::CHAT_WAITING {
            held.push(lanes.ticket().await.unwrap());
        }
        let soon = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, lanes.ticket()).await.is_err());
        held.pop();
        assert!(lanes.ticket().await.is_some());
    }
}
