//! FILETIME, the time of Active Directory: units of 100 ns since 1601 (MS-DTYP, 2.3.3), and spans
//! of it, which the directory writes as negative numbers.

use std::time::Duration;

use crate::domain::time::Timestamp;

/// Between 1601 and 1970, in milliseconds.
const EPOCH: i64 = 11_644_473_600_000;
/// 100 ns in a millisecond.
const UNITS: i64 = 10_000;
/// "Never": the largest number, and for `accountExpires` 0 as well.
const NEVER: i64 = i64::MAX;

/// A point in time. `None`: none was set, never, or nonsense.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let units: i64 = text.trim().parse().ok()?;
    (units > 0 && units != NEVER).then(|| Timestamp::from_millis(units / UNITS - EPOCH))
}

/// Writes a time.
pub(super) fn write(time: Timestamp) -> Option<String> {
    let units = time.as_millis().checked_add(EPOCH)?.checked_mul(UNITS)?;
    Some(units.to_string())
}

/// A span such as `maxPwdAge`. `None`: no limit (0, or the smallest number), or nonsense.
pub(super) fn span(text: &str) -> Option<Duration> {
    let units: i64 = text.trim().parse().ok()?;
    if units >= 0 || units == i64::MIN {
        return None;
    }
    Some(Duration::from_millis(
        units.unsigned_abs() / UNITS.unsigned_abs(),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_and_spans_are_read() {
        assert_eq!(
            time("133801632000000000"),
            Some(Timestamp::from_secs(1_735_689_600)),
            "2025-01-01"
        );
        let written = write(Timestamp::from_secs(1_735_689_600));
        assert_eq!(written.as_deref(), Some("133801632000000000"));
        assert_eq!(write(Timestamp::from_millis(i64::MAX)), None);
        for none in ["0", "-1", "9223372036854775807", "", "soon"] {
            assert_eq!(time(none), None, "{none}");
        }
        let days = Duration::from_secs(120 * 86_400);
        assert_eq!(span("-103680000000000"), Some(days));
        for none in ["0", "1", "-9223372036854775808", "x"] {
            assert_eq!(span(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn no_number_panics(units in any::<i64>(), text in "\\PC{0,24}") {
            for text in [units.to_string(), text] {
                let _ = (time(&text), span(&text));
                let _ = write(Timestamp::from_millis(units));
            }
        }
    }
}
