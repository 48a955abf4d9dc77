//! The program executes itself again, with the same arguments.
//!
//! What the next process has to know travels in two environment variables and holds nothing of a
//! visit:
//!
//! - `REKEY_SIGNAL_KEYS`: the terminal's keys for Ctrl-C, Ctrl-\ and Ctrl-Z, as `3.28.26`. They
//!   are switched off while one process hands over to the next, so that nobody stops the program
//!   at that moment, and restored when the kiosk ends.
//! - `REKEY_CRASHES`: how often it has panicked since when, as `2@1763852400000` (milliseconds).
//!   After [`CRASHES_MAX`] panics within [`WINDOW`] it ends instead, and whoever supervises it
//!   decides.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use super::super::tui::terminal::{self, SignalKeys};
use crate::domain::time::Timestamp;

/// So many panics in a minute end the kiosk.
pub const CRASHES_MAX: u32 = 5;
const WINDOW: Duration = Duration::from_secs(60);

const SIGNAL_KEYS: &str = "REKEY_SIGNAL_KEYS";
const CRASHES: &str = "REKEY_CRASHES";

/// The signal keys as they were before the first process of this kiosk.
pub(super) fn inherited_keys() -> Option<SignalKeys> {
    std::env::var(SIGNAL_KEYS).ok()?.parse().ok()
}

/// How often the kiosk has panicked of late.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Brake {
    crashes: u32,
    since: Timestamp,
}

impl Brake {
    pub(super) fn inherited() -> Self {
        Self::parse(&std::env::var(CRASHES).unwrap_or_default())
    }

    /// Counts a crash; `None` when it was one too many.
    pub(super) fn after_crash(self, now: Timestamp) -> Option<Self> {
        // A clock that was set back begins a new window too.
        let within = self.crashes > 0 && now >= self.since && now.since(self.since) < WINDOW;
        let (crashes, since) = match within {
            true => (self.crashes.saturating_add(1), self.since),
            false => (1, now),
        };
        (crashes < CRASHES_MAX).then_some(Self { crashes, since })
    }

    /// Hands the terminal over and executes the program again. Returns only when that fails.
    pub(super) fn begin_anew(self) -> io::Error {
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_default();
        // Not the path: the program may have been replaced since, or lie elsewhere.
        let mut command = Command::new("/proc/self/exe");
        command
            .arg0(name)
            .args(arguments)
            .env(CRASHES, self.to_string());
        if let Some(keys) = terminal::hand_over() {
            command.env(SIGNAL_KEYS, keys.to_string());
        }
        command.exec()
    }

    fn parse(text: &str) -> Self {
        let parsed = text.split_once('@').and_then(|(crashes, since)| {
            Some(Self {
                crashes: crashes.parse().ok()?,
                since: Timestamp::from_millis(since.parse().ok()?),
            })
        });
        parsed.unwrap_or(Self {
            crashes: 0,
            since: Timestamp::default(),
        })
    }
}

impl std::fmt::Display for Brake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.crashes, self.since.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crash_at(seconds: &[i64]) -> Option<Brake> {
        seconds.iter().try_fold(Brake::parse(""), |brake, second| {
            // As the next process reads it.
            Brake::parse(&brake.to_string()).after_crash(Timestamp::from_secs(*second))
        })
    }

    #[test]
    fn the_fifth_panic_in_a_minute_is_one_too_many() {
        assert!(crash_at(&[100, 110, 120, 130]).is_some());
        assert_eq!(crash_at(&[100, 110, 120, 130, 159]), None);
    }

    #[test]
    fn a_panic_now_and_then_never_ends_the_kiosk() {
        let hourly: Vec<_> = (1..100).map(|hour| hour * 3600).collect();
        assert!(crash_at(&hourly).is_some());
        assert!(crash_at(&[100, 110, 120, 130, 160]).is_some());
    }

    #[test]
    fn a_clock_set_back_does_not_end_it_either() {
        assert!(crash_at(&[5000, 5001, 5002, 5003, 100]).is_some());
    }

    #[test]
    fn an_environment_that_makes_no_sense_counts_as_none() {
        for text in ["", "@", "x@1", "1", "99999999999@1", "1@x"] {
            assert_eq!(Brake::parse(text), Brake::parse(""), "{text:?}");
        }
    }
}
