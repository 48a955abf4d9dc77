//! Reminders before a password ends: which one is due at a moment, by the calendar and the hours
//! of the site.
//!
//! Days are the site's calendar days, not stretches of 24 hours: "in 3 days" is said on the third
//! day before the day on which the password ends, whatever the clocks did in between.

use std::time::Duration;

use super::account::{AccountKey, PasswordAge};
use super::time::Timestamp;

const DAY_SECS: i64 = 86_400;
/// Clocks are put forward or back by less than this.
const CLOCK_CHANGE: Duration = Duration::from_secs(3 * 3600);

/// How far the site's clocks are from UTC, and when that changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offsets {
    /// Seconds east of UTC before the first change.
    pub first: i32,
    /// From when on it is how many seconds east, earliest first.
    pub changes: Vec<(Timestamp, i32)>,
}

impl Offsets {
    /// What the site's clocks and calendars show.
    pub fn local(&self, at: Timestamp) -> Local {
        let begun = self.changes.partition_point(|(from, _)| *from <= at);
        let latest = begun.checked_sub(1).and_then(|n| self.changes.get(n));
        let offset = latest.map_or(self.first, |(_, offset)| *offset);
        let secs = at.as_secs().saturating_add(i64::from(offset));
        let minute = secs.rem_euclid(DAY_SECS) / 60;
        Local {
            day: secs.div_euclid(DAY_SECS),
            minute: u16::try_from(minute).unwrap_or(0),
        }
    }
}

/// A minute on the site's calendar.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Local {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Minutes since midnight, as the clock shows them.
    pub minute: u16,
}

/// `[remind]`: when to remind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timetable {
    /// Days before the end, each once.
    pub days: Vec<u16>,
    /// First minute of the day on which messages may go out, counted from midnight.
    pub from: u16,
    /// First minute after it.
    pub until: u16,
}

/// A reminder that is due.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// Which of [`Timetable::days`]: it is sent once.
    pub step: u16,
    /// How many days there really are; fewer than `step` when its day went by without a message.
    pub days_left: u16,
}

/// One reminder, for ever: it is sent at most once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reminder {
    /// Whose password.
    pub account: AccountKey,
    /// When it ends. Another password ends at another time, and is reminded of anew.
    pub ends: Timestamp,
    /// Which of [`Timetable::days`].
    pub step: u16,
}

/// Passwords that end in this stretch of time, both ends included.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Window {
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub until: Timestamp,
}

impl Window {
    /// Whether it holds this moment.
    pub fn holds(&self, at: Timestamp) -> bool {
        (self.from..=self.until).contains(&at)
    }

    /// Today and the `days` after it, and a little more: who is due is decided by the calendar.
    pub fn around(now: Timestamp, days: u16) -> Self {
        let day = Duration::from_secs(86_400);
        let more = day.saturating_add(CLOCK_CHANGE);
        Self {
            from: now.minus(more),
            until: now.plus(day.saturating_mul(days.into())).plus(more),
        }
    }

    /// The same stretch, this much later.
    pub fn later(self, by: Duration) -> Self {
        Self {
            from: self.from.plus(by),
            until: self.until.plus(by),
        }
    }

    /// The same stretch, this much earlier.
    pub fn earlier(self, by: Duration) -> Self {
        Self {
            from: self.from.minus(by),
            until: self.until.minus(by),
        }
    }
}

impl Timetable {
    /// Whether messages may go out now.
    pub fn open(&self, now: Local) -> bool {
        (self.from..self.until).contains(&now.minute)
    }

    /// How many days before the end the first reminder goes out.
    pub fn first_day(&self) -> u16 {
        self.days.iter().copied().max().unwrap_or(0)
    }

    /// The reminder that is due for a password that ends at `ends`, whatever the hour: the nearest
    /// step whose day has come. On the last day it stays due when the password has just ended.
    pub fn due(&self, ends: Timestamp, now: Timestamp, zone: &Offsets) -> Option<Due> {
        let days_left = days_left(ends, now, zone)?;
        let steps = self.days.iter().copied();
        let step = steps.filter(|step| *step >= days_left).min()?;
        Some(Due { step, days_left })
    }
}

/// Calendar days from now to the end; 0 on the last day, `None` after it.
pub fn days_left(ends: Timestamp, now: Timestamp, zone: &Offsets) -> Option<u16> {
    let days = zone.local(ends).day.checked_sub(zone.local(now).day)?;
    u16::try_from(days).ok()
}

/// When a password ends: by the directory, or by the site's own maximum age, the earlier. `None`:
/// never, at a time nobody knows, or it has to be changed at the next sign-in anyway.
pub fn ends(age: &PasswordAge, max_age: Duration) -> Option<Timestamp> {
    if age.must_change {
        return None;
    }
    let by_site = age.changed_at.map(|at| at.plus(max_age));
    [age.expires_at, by_site].into_iter().flatten().min()
}

#[cfg(test)]
mod tests;
