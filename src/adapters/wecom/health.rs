//! What is known about the channel as a whole, from the last calls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::flow::ports::SendError;

/// How long a success speaks for the channel.
const SUCCESS_HOLDS: Duration = Duration::from_secs(20);
/// How long a failure does: short, so that people are let in soon after it is mended.
const FAILURE_HOLDS: Duration = Duration::from_secs(4);
/// The first wait after "too many calls", WeCom's smallest window; doubled each time in a row.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// The longest wait: WeCom's next larger window is an hour.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// The last outcome and the wait that WeCom asked for. Times are the clock's `mono`.
#[derive(Default)]
pub(super) struct Health(Mutex<State>);

#[derive(Default)]
struct State {
    last: Option<(Duration, Result<(), String>)>,
    open_again: Option<Duration>,
    wait: Duration,
}

impl Health {
    /// Refuses while WeCom asked to wait.
    pub(super) fn circuit(&self, now: Duration) -> Result<(), SendError> {
        match self.lock().open_again {
            Some(until) if now < until => Err(SendError::ChannelDown(
                "too many calls: WeCom asked to wait".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// The answer that is still fresh, if there is one.
    pub(super) fn known(&self, now: Duration) -> Option<Result<(), SendError>> {
        if let Err(waiting) = self.circuit(now) {
            return Some(Err(waiting));
        }
        let state = self.lock();
        let (at, outcome) = state.last.as_ref()?;
        let holds = if outcome.is_ok() {
            SUCCESS_HOLDS
        } else {
            FAILURE_HOLDS
        };
        (now.saturating_sub(*at) < holds).then(|| outcome.clone().map_err(SendError::ChannelDown))
    }

    /// A call went through.
    pub(super) fn worked(&self, now: Duration) {
        *self.lock() = State {
            last: Some((now, Ok(()))),
            ..State::default()
        };
    }

    /// A call failed for a reason that concerns everybody.
    pub(super) fn failed(&self, now: Duration, words: &str) {
        self.lock().last = Some((now, Err(words.to_owned())));
    }

    /// WeCom said "too many calls".
    pub(super) fn too_often(&self, now: Duration) {
        let mut state = self.lock();
        state.wait = state.wait.saturating_mul(2).clamp(FIRST_WAIT, LONGEST_WAIT);
        state.open_again = Some(now.saturating_add(state.wait));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
