//! Generalized time (RFC 4517, 3.3.13) as directories write it: `20261122201558Z`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::domain::time::Timestamp;

/// Reads a generalized time. Minutes and seconds may be left out, a fraction of the last part
/// given may follow after `.` or `,` (kept to the millisecond), then `Z` or an offset. `None`
/// when it is anything else, or no real date.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (civil, rest) = text.split_at_checked(digits)?;
    // Hour, minute or second: what the fraction is a part of, in milliseconds.
    let last_part_millis: i64 = match digits {
        10 => 3_600_000,
        12 => 60_000,
        14 => 1000,
        _ => return None,
    };
    let part = |from: usize, length: usize| -> Option<i8> {
        match civil.get(from..from.saturating_add(length)) {
            Some(text) => text.parse().ok(),
            None => Some(0),
        }
    };
    let year: i16 = civil.get(..4)?.parse().ok()?;
    let date = Date::new(year, part(4, 2)?, part(6, 2)?).ok()?;
    // A leap second is allowed by the syntax; the wall clock here has none.
    let time = Time::new(part(8, 2)?, part(10, 2)?, part(12, 2)?.min(59), 0).ok()?;
    if part(12, 2)? > 60 {
        return None;
    }
    let (fraction, zone) = fraction(rest, last_part_millis)?;
    let utc = DateTime::from_parts(date, time)
        .to_zoned(TimeZone::UTC)
        .ok()?
        .timestamp()
        .as_millisecond();
    Some(Timestamp::from_millis(
        utc.saturating_add(fraction)
            .saturating_sub(offset_millis(zone)?),
    ))
}

/// Writes a time, to the second.
pub(super) fn write(time: Timestamp) -> Option<String> {
    let instant = jiff::Timestamp::from_second(time.as_secs()).ok()?;
    let civil = instant.to_zoned(TimeZone::UTC).datetime();
    Some(format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}Z",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    ))
}

/// Splits `.25Z` into its milliseconds and the zone after it.
fn fraction(rest: &str, part_millis: i64) -> Option<(i64, &str)> {
    let Some(after) = rest.strip_prefix(['.', ',']) else {
        return Some((0, rest));
    };
    let length = after.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, zone) = after.split_at_checked(length)?;
    if digits.is_empty() {
        return None;
    }
    let mut millis = 0;
    let mut weight = part_millis;
    for digit in digits.chars() {
        weight /= 10;
        millis += weight * i64::from(digit.to_digit(10)?);
    }
    Some((millis, zone))
}

/// What has to be taken away to come to UTC: `Z`, `+0800`, `-03`.
fn offset_millis(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = match digits.get(2..) {
        Some("") | None => 0,
        Some(text) => text.parse().ok()?,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_directories_write() {
        let table = [
            ("19700101000000Z", 0),
            ("20261122201558Z", 1_795_378_558_000),
            ("20261122201558.5Z", 1_795_378_558_500),
            ("20261122201558.123456Z", 1_795_378_558_123),
            ("20261122201558,25Z", 1_795_378_558_250),
            ("202611222015Z", 1_795_378_500_000),
            ("2026112220.5Z", 1_795_379_400_000),
            ("20261123041558+0800", 1_795_378_558_000),
            ("20261122171558-03", 1_795_378_558_000),
            ("20240229000000Z", 1_709_164_800_000),
            ("20161231235960Z", 1_483_228_799_000),
        ];
        for (text, millis) in table {
            assert_eq!(parse(text), Some(Timestamp::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        let table = [
            "",
            "Z",
            "20261122",
            "20261122201558",
            "20261122201558.Z",
            "20261122201558z",
            "20261322201558Z",
            "20260229000000Z",
            "20261122241558Z",
            "20261122201561Z",
            "20261122201558+8",
            "20261122201558+2500",
            "20261122201558Z ",
            "２０２６1122201558Z",
            "000001010000Z0",
        ];
        for text in table {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}|[0-9.,+Z-]{0,30}") {
            let _ = parse(&text);
        }
    }
}
