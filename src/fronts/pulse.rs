//! Whether the loops that serve still turn, for whoever restarts the program when they do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior};

/// A loop that serves says so this often, also when nobody comes.
const BEAT: Duration = Duration::from_millis(500);

/// The pulse of one loop. Clones are the same pulse.
#[derive(Clone, Default)]
pub struct Pulse(Arc<AtomicBool>);

impl Pulse {
    /// The loop has turned.
    pub fn beat(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the loop has turned since this was asked last.
    pub fn felt(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    /// When a loop in which nothing else happens has to turn.
    pub(in crate::fronts) fn ticks() -> Interval {
        let mut ticks = tokio::time::interval(BEAT);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }
}
