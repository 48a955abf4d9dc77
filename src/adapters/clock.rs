//! The machine's clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::domain::time::{Now, Timestamp};
use crate::flow::ports::Clock;

/// The machine's wall clock and its monotonic clock.
#[derive(Clone, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose monotonic side starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the Clock port's real side"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the Clock port's real side"
    )]
    fn now(&self) -> Now {
        // A clock before 1970 is as good as 1970: everything stored counts as recent then.
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Now {
            wall: Timestamp::from_millis(
                i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX),
            ),
            mono: self.started.elapsed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_a_time_of_this_century_and_never_goes_back() {
        let clock = SystemClock::new();
        let first = clock.now();
        let second = clock.now();
        assert!(first.wall > Timestamp::from_secs(1_700_000_000));
        assert!(first.wall < Timestamp::from_secs(4_100_000_000));
        assert!(second.mono >= first.mono);
    }
}
