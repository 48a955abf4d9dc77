//! Dates, times of day and spans of time in the person's language.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Language, Texts, Value};
use crate::domain::time::Timestamp;

const MONTHS: [&str; 12] = [
    "date-month-1",
    "date-month-2",
    "date-month-3",
    "date-month-4",
    "date-month-5",
    "date-month-6",
    "date-month-7",
    "date-month-8",
    "date-month-9",
    "date-month-10",
    "date-month-11",
    "date-month-12",
];

impl Texts {
    /// The day: `22 March 2027`, `2027年3月22日`, `22 Maret 2027`.
    pub fn date(&self, language: Language, at: Timestamp, zone: &TimeZone) -> String {
        let day = civil(at, zone);
        let month = usize::try_from(day.month())
            .ok()
            .and_then(|month| MONTHS.get(month.checked_sub(1)?))
            .map_or_else(String::new, |key| self.say(language, key));
        self.say_with(
            language,
            "date-day",
            &[
                ("day", Value::Number(i64::from(day.day()))),
                ("month", Value::Text(&month)),
                ("year", Value::Number(i64::from(day.year()))),
            ],
        )
    }

    /// The time of day, 24 hours: `08:59`.
    pub fn time_of_day(&self, _language: Language, at: Timestamp, zone: &TimeZone) -> String {
        let at = civil(at, zone);
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// A span, in the one unit that says it best, rounded up: `41 s`, `5 minutes`, `120 days`.
    pub fn span(&self, language: Language, span: Duration) -> String {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        const DAY: u64 = 24 * HOUR;
        let seconds = span.as_secs() + u64::from(span.subsec_nanos() > 0);
        let (key, unit) = match seconds {
            0..=90 => ("date-seconds", 1),
            91..=5_400 => ("date-minutes", MINUTE),
            5_401..=129_600 => ("date-hours", HOUR),
            _ => ("date-days", DAY),
        };
        let count = i64::try_from(seconds.div_ceil(unit)).unwrap_or(i64::MAX);
        self.say_with(language, key, &[("n", Value::Number(count))])
    }

    /// A span from now on: `in 41 s`, `41 秒后`, `41 detik lagi`.
    pub fn in_span(&self, language: Language, span: Duration) -> String {
        let span = self.span(language, span);
        self.say_with(language, "date-in", &[("span", Value::Text(&span))])
    }
}

/// The instant in `zone`; instants that no calendar reaches are drawn to its end.
fn civil(at: Timestamp, zone: &TimeZone) -> jiff::civil::DateTime {
    let instant =
        jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(if at.as_millis() < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
    zone.to_datetime(instant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Chinese, English, Indonesian};

    #[test]
    fn a_day_is_written_as_people_write_it() {
        let texts = Texts::load();
        let utc = TimeZone::UTC;
        let at = Timestamp::from_secs(1_805_759_999); // 2027-03-22T23:59:59Z
        assert_eq!(texts.date(English, at, &utc), "22 March 2027");
        assert_eq!(texts.date(Chinese, at, &utc), "2027年3月22日");
        assert_eq!(texts.date(Indonesian, at, &utc), "22 Maret 2027");
        assert_eq!(texts.time_of_day(English, at, &utc), "23:59");
    }

    #[test]
    fn the_time_zone_counts() {
        let texts = Texts::load();
        let shanghai = TimeZone::fixed(jiff::tz::offset(8));
        let at = Timestamp::from_secs(1_805_759_999);
        assert_eq!(texts.date(English, at, &shanghai), "23 March 2027");
        assert_eq!(texts.time_of_day(English, at, &shanghai), "07:59");
    }

    #[test]
    fn spans_are_rounded_up_and_counted_right() {
        let texts = Texts::load();
        let seconds = Duration::from_secs;
        assert_eq!(texts.span(English, Duration::from_millis(40_001)), "41 s");
        assert_eq!(texts.in_span(English, seconds(41)), "in 41 s");
        assert_eq!(texts.in_span(Chinese, seconds(41)), "41 秒后");
        assert_eq!(texts.in_span(Indonesian, seconds(41)), "41 detik lagi");
        assert_eq!(texts.span(English, seconds(300)), "5 minutes");
        assert_eq!(texts.span(English, seconds(86_400)), "24 hours");
        assert_eq!(texts.span(English, seconds(120 * 86_400)), "120 days");
    }

    #[test]
    fn no_instant_is_too_far_away() {
        let texts = Texts::load();
        for millis in [i64::MIN, i64::MAX] {
            let day = texts.date(English, Timestamp::from_millis(millis), &TimeZone::UTC);
            assert!(!day.is_empty());
        }
    }
}
