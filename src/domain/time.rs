//! Points in time as the rules see them. No clock is read here: time is an argument.

use std::time::Duration;

/// A wall-clock instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the Unix epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant and `length` later; saturates at the end of time.
    pub fn plus(self, length: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(length.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// This instant and `length` earlier; saturates at the beginning of time.
    pub fn minus(self, length: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(length.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// What a clock says at one moment.
///
/// `wall` is comparable between processes and may jump; `mono` only ever grows and is comparable
/// within one process. Lifetimes are judged by both, so that a clock set back keeps nothing alive.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Now {
    /// The wall clock.
    pub wall: Timestamp,
    /// Time since an arbitrary start of this process's own clock.
    pub mono: Duration,
}

impl Now {
    /// This moment and `length` later, on both clocks.
    pub fn plus(self, length: Duration) -> Self {
        Self {
            wall: self.wall.plus(length),
            mono: self.mono.saturating_add(length),
        }
    }

    /// True once either clock has reached `deadline`.
    pub fn reached(self, deadline: Self) -> bool {
        self.wall >= deadline.wall || self.mono >= deadline.mono
    }
}
