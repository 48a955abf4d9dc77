//! What is known about the channel as a whole, from the last calls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::api::Failure;
use crate::flow::ports::SendError;

/// How long a success speaks for the channel.
const SUCCESS_HOLDS: Duration = Duration::from_secs(20);
/// How long a failure does: short, so that people are let in soon after it is mended.
const FAILURE_HOLDS: Duration = Duration::from_secs(4);
/// The first wait after "too many calls", WeCom's smallest window; doubled each time in a row.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// The longest wait: WeCom's next larger window is an hour.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// `45009`: too many calls.
const TOO_OFTEN: i64 = 45009;

/// The last outcome of a look. Times are the clock's `mono`.
#[derive(Default)]
pub(super) struct Health(Mutex<Option<(Duration, Result<(), String>)>>);

impl Health {
    /// The answer that is still fresh, if there is one.
    pub(super) fn known(&self, now: Duration) -> Option<Result<(), SendError>> {
        let last = self.lock();
        let (at, outcome) = last.as_ref()?;
        let holds = if outcome.is_ok() {
            SUCCESS_HOLDS
        } else {
            FAILURE_HOLDS
        };
        (now.saturating_sub(*at) < holds).then(|| outcome.clone().map_err(SendError::ChannelDown))
    }

    /// A look ended; a failure concerns everybody.
    pub(super) fn looked(&self, now: Duration, outcome: Result<(), String>) {
        *self.lock() = Some((now, outcome));
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Duration, Result<(), String>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The wait that WeCom asked for. It counts calls for each part of its API, so there is a circuit
/// for each part that rekey uses: a rush of sign-ins on phones keeps no code from being sent.
#[derive(Default)]
pub(super) struct Circuit(Mutex<Wait>);

#[derive(Default)]
struct Wait {
    open_again: Option<Duration>,
    last: Duration,
}

impl Circuit {
    /// Refuses while WeCom asked to wait, in WeCom's own number.
    pub(super) fn admit(&self, now: Duration) -> Result<(), Failure> {
        match self.lock().open_again {
            Some(until) if now < until => Err(Failure::Code(TOO_OFTEN)),
            _ => Ok(()),
        }
    }

    /// WeCom said "too many calls".
    pub(super) fn too_often(&self, now: Duration) {
        let mut wait = self.lock();
        wait.last = wait.last.saturating_mul(2).clamp(FIRST_WAIT, LONGEST_WAIT);
        wait.open_again = Some(now.saturating_add(wait.last));
    }

    /// WeCom takes calls again.
    pub(super) fn worked(&self) {
        *self.lock() = Wait::default();
    }

    fn lock(&self) -> MutexGuard<'_, Wait> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
