//! Resets that run: a process goes only after they have ended.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use crate::flow::driver::Running;

/// Resets that run, and whatever else must not be left half done.
#[derive(Clone, Default)]
pub(super) struct AtWork(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl AtWork {
    /// Lets `work` run to its end.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut at_work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Not at each: a server has thousands, and a look at all of them for each would add up.
        if at_work.len() == at_work.capacity() {
            at_work.retain(|work| !work.is_finished());
        }
        at_work.push(tokio::spawn(work));
    }

    /// Lets a reset run.
    pub(super) fn begin(
        &self,
        begun: (Running, impl Future<Output = ()> + Send + 'static),
    ) -> Running {
        let (running, work) = begun;
        self.spawn(work);
        running
    }

    /// Done when nothing runs any more.
    pub(super) async fn done(self) {
        loop {
            let at_work =
                std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
            if at_work.is_empty() {
                return;
            }
            for work in at_work {
                // One that panicked has ended too; its open intent is settled at the next start.
                let _ = work.await;
            }
        }
    }
}
