//! `[remind]`, `[alarm]`, `[metrics]`: what runs beside the resets.

use std::net::SocketAddr;

use serde::Deserialize;

use super::error::Fault;
use super::value;
use crate::domain::account::WecomUserId;

/// Reminders before a password expires.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remind {
    /// Days before the end on which to remind, each once, largest first.
    pub days: Vec<u16>,
    /// When reminders may be sent.
    pub hours: DayHours,
}

/// A stretch of every day, in local time.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct DayHours {
    /// First minute, counted from midnight.
    pub from: u16,
    /// First minute after it, counted from midnight; larger than `from`, at most 1440.
    pub until: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRemind {
    days: Option<Vec<i64>>,
    hours: Option<String>,
}

impl RawRemind {
    pub(super) fn check(self) -> Result<Remind, Fault> {
        Ok(Remind {
            days: days(self.days.unwrap_or_else(|| vec![14, 7, 3, 1, 0]))?,
            hours: hours(self.hours.as_deref().unwrap_or("09:00-17:00"))?,
        })
    }
}

fn days(written: Vec<i64>) -> Result<Vec<u16>, Fault> {
    let mut days = Vec::with_capacity(written.len());
    for day in written {
        let day = value::within("days", day, &(0..=365))?;
        days.push(u16::try_from(day).map_err(|_| Fault::new("days", "is too large"))?);
    }
    days.sort_unstable_by(|a, b| b.cmp(a));
    let named = days.len();
    days.dedup();
    if days.len() != named {
        return Err(Fault::new("days", "names a day twice"));
    }
    if days.is_empty() {
        return Err(Fault::new(
            "days",
            "must name a day, such as [14, 7, 3, 1, 0]",
        ));
    }
    Ok(days)
}

fn hours(written: &str) -> Result<DayHours, Fault> {
    let parse = || {
        let (from, until) = written.split_once('-')?;
        let (from, until) = (minute(from)?, minute(until)?);
        (from < until).then_some(DayHours { from, until })
    };
    parse().ok_or_else(|| {
        Fault::new(
            "hours",
            format!("must be such as \"09:00-17:00\", the earlier time first, is {written:?}"),
        )
    })
}

/// `HH:MM` as minutes from midnight; 24:00 is the end of the day.
fn minute(written: &str) -> Option<u16> {
    let (hour, minute) = written.split_once(':')?;
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && total <= 1440).then_some(total)
}

/// Who is told when something is wrong at the site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alarm {
    /// Userids; never empty.
    pub wecom: Vec<WecomUserId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlarm {
    wecom: Vec<String>,
}

impl RawAlarm {
    pub(super) fn check(self) -> Result<Alarm, Fault> {
        if self.wecom.is_empty() {
            return Err(Fault::new(
                "wecom",
                "must name a WeCom userid such as \"security.lead\"",
            ));
        }
        let wecom = self.wecom.iter().map(|id| {
            WecomUserId::parse(id)
                .ok_or_else(|| Fault::new("wecom", format!("{id:?} can be no WeCom userid")))
        });
        Ok(Alarm {
            wecom: wecom.collect::<Result<_, _>>()?,
        })
    }
}

/// Figures for a monitoring system.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Metrics {
    /// Where they can be fetched.
    pub listen: SocketAddr,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMetrics {
    listen: String,
}

impl RawMetrics {
    pub(super) fn check(self) -> Result<Metrics, Fault> {
        Ok(Metrics {
            listen: value::listen("listen", &self.listen)?,
        })
    }
}
