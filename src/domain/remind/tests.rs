//! The calendar of reminders, over whole simulated years: leap days, time zones, clocks that are
//! put forward and back.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

fn timetable(from: u16, until: u16) -> Timetable {
    Timetable {
        days: vec![14, 7, 3, 1, 0],
        from,
        until,
    }
}

/// A zone by its rule (POSIX TZ), so that the tests need no database of zones.
fn zone(rule: &str) -> TimeZone {
    TimeZone::posix(rule).unwrap()
}

const SHANGHAI: &str = "CST-8";
const JAKARTA: &str = "WIB-7";
const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

fn offsets(zone: &TimeZone, year: i16) -> Offsets {
    let start = date(year - 1, 1, 1).to_zoned(zone.clone()).unwrap();
    let start = start.timestamp();
    Offsets {
        first: zone.to_offset(start).seconds(),
        changes: zone
            .following(start)
            .take_while(|change| {
                change.timestamp() < start + jiff::SignedDuration::from_hours(24 * 1200)
            })
            .map(|change| (at(change.timestamp()), change.offset().seconds()))
            .collect(),
    }
}

fn at(instant: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(instant.as_millisecond())
}

/// `2028-02-29 15:00`, as the site's clock shows it.
fn moment(zone: &TimeZone, text: &str) -> Timestamp {
    let civil: jiff::civil::DateTime = text.replace(' ', "T").parse().unwrap();
    at(civil.to_zoned(zone.clone()).unwrap().timestamp())
}

/// What a program that looks every `every` sends for one password: step to (days left, when).
fn sent(
    timetable: &Timetable,
    offsets: &Offsets,
    ends: Timestamp,
    looks: impl Iterator<Item = Timestamp>,
) -> BTreeMap<u16, (u16, Timestamp)> {
    let mut sent = BTreeMap::new();
    for now in looks {
        if !timetable.open(offsets.local(now)) {
            continue;
        }
        if let Some(due) = timetable.due(ends, now, offsets) {
            sent.entry(due.step).or_insert((due.days_left, now));
        }
    }
    sent
}

fn every(step: Duration, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
    std::iter::successors(Some(from), move |at| Some(at.plus(step)))
        .take_while(move |at| *at <= until)
}

#[test]
fn the_calendar_counts_and_not_stretches_of_24_hours() {
    let zone = zone(SHANGHAI);
    let offsets = offsets(&zone, 2026);
    let timetable = timetable(9 * 60, 17 * 60);
    let ends = moment(&zone, "2026-12-04 08:00");
    let due = |now: &str| {
        let due = timetable.due(ends, moment(&zone, now), &offsets)?;
        Some((due.step, due.days_left))
    };
    assert_eq!(due("2026-11-19 23:59"), None, "15 days");
    assert_eq!(due("2026-11-20 00:00"), Some((14, 14)));
    assert_eq!(due("2026-11-26 23:59"), Some((14, 8)), "late, and once");
    assert_eq!(due("2026-11-27 00:00"), Some((7, 7)));
    assert_eq!(due("2026-12-01 00:00"), Some((3, 3)));
    assert_eq!(due("2026-12-02 12:00"), Some((3, 2)));
    assert_eq!(due("2026-12-03 23:59"), Some((1, 1)));
    assert_eq!(due("2026-12-04 00:00"), Some((0, 0)));
    assert_eq!(due("2026-12-04 23:59"), Some((0, 0)), "it has ended today");
    assert_eq!(due("2026-12-05 00:00"), None);
}

#[test]
fn hours_are_those_on_the_wall() {
    let zone = zone(JAKARTA);
    let offsets = offsets(&zone, 2026);
    let timetable = timetable(9 * 60, 17 * 60);
    let open = |now: &str| timetable.open(offsets.local(moment(&zone, now)));
    assert!(!open("2026-11-27 08:59"));
    assert!(open("2026-11-27 09:00"));
    assert!(open("2026-11-27 16:59"));
    assert!(!open("2026-11-27 17:00"));
}

#[test]
fn a_whole_year_in_many_zones() {
    let timetable = timetable(9 * 60, 17 * 60);
    for name in [
        "UTC0",
        SHANGHAI,
        JAKARTA,
        BERLIN,
        // Kolkata, Kathmandu: no whole hours.
        "IST-5:30",
        "<+0545>-5:45",
        "EST5EDT,M3.2.0,M11.1.0",
        // St John's; Lord Howe, which moves by half an hour, in the other half of the year.
        "NST3:30NDT,M3.2.0,M11.1.0",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
        // Kiritimati and Chatham, nearly a day from the others.
        "<+14>-14",
        "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
        // Havana changes at midnight, the Azores across it.
        "CST5CDT,M3.2.0/0,M11.1.0/1",
        "<-01>1<+00>,M3.5.0/0,M10.5.0/1",
    ] {
        let zone = zone(name);
        // 2028 has a leap day.
        let offsets = offsets(&zone, 2028);
        let first = moment(&zone, "2028-01-01 00:30");
        let last = moment(&zone, "2028-12-31 23:30");
        for ends in every(DAY, first, last) {
            let looks = every(HOUR, ends.minus(DAY * 16), ends.plus(DAY * 2));
            let sent = sent(&timetable, &offsets, ends, looks);
            assert_eq!(sent.len(), 5, "{name} {ends:?} {sent:?}");
            for (step, (days_left, when)) in sent {
                assert_eq!(step, days_left, "{name}: on its day");
                let civil = |at: Timestamp| {
                    let instant = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap();
                    zone.to_datetime(instant)
                };
                // The calendar that says so is another one.
                let between = civil(when).date().until(civil(ends).date()).unwrap();
                assert_eq!(between.get_days(), i32::from(step), "{name}");
                assert!((9..17).contains(&civil(when).hour()), "{name}");
            }
        }
    }
}

#[test]
fn the_leap_day_is_a_day() {
    let zone = zone(BERLIN);
    let due = |year: i16, now: &str, ends: &str| {
        let due = timetable(0, 1440).due(
            moment(&zone, ends),
            moment(&zone, now),
            &offsets(&zone, year),
        );
        due.map(|due| due.days_left)
    };
    assert_eq!(due(2028, "2028-02-28 10:00", "2028-03-01 10:00"), Some(2));
    assert_eq!(due(2027, "2027-02-28 10:00", "2027-03-01 10:00"), Some(1));
    assert_eq!(due(2028, "2028-02-29 10:00", "2028-02-29 18:00"), Some(0));
}

#[test]
fn hours_that_the_clock_skips_are_made_up_for_on_the_next_day() {
    // On 2028-03-26 there is no 02:30 in Berlin.
    let zone = zone(BERLIN);
    let offsets = offsets(&zone, 2028);
    let timetable = timetable(2 * 60, 3 * 60);
    let ends = moment(&zone, "2028-03-29 12:00");
    let looks = every(
        Duration::from_secs(300),
        ends.minus(DAY * 16),
        ends.plus(DAY),
    );
    let sent = sent(&timetable, &offsets, ends, looks);
    let left: Vec<(u16, u16)> = sent
        .iter()
        .map(|(step, (left, _))| (*step, *left))
        .collect();
    assert_eq!(left, [(0, 0), (1, 1), (3, 2), (7, 7), (14, 14)]);
}

#[test]
fn the_stricter_of_directory_and_site_counts() {
    let changed = Timestamp::from_secs(1_795_377_600);
    let age = |expires_at, changed_at| PasswordAge {
        changed_at,
        expires_at,
        ..PasswordAge::default()
    };
    let after = |days: u32| Some(changed.plus(DAY * days));
    assert_eq!(ends(&age(after(120), Some(changed)), DAY * 90), after(90));
    assert_eq!(ends(&age(after(60), Some(changed)), DAY * 90), after(60));
    assert_eq!(ends(&age(None, Some(changed)), DAY * 90), after(90));
    assert_eq!(ends(&age(after(60), None), DAY * 90), after(60));
    assert_eq!(ends(&age(None, None), DAY * 90), None);
    let must_change = PasswordAge {
        must_change: true,
        ..age(after(60), Some(changed))
    };
    assert_eq!(ends(&must_change, DAY * 90), None);
}

proptest! {
    /// Whatever the hours, the days and the outages: nothing outside the hours, no step twice,
    /// and each step on its day or late, never early.
    #[test]
    fn nothing_early_and_nothing_outside_the_hours(
        from in 0u16..1440, length in 1u16..1440, days in prop::collection::btree_set(0u16..60, 1..6),
        ends in 1_700_000_000i64..1_900_000_000, gap in 1u64..5_000_000, first in -50_000i32..50_000,
        change in -7200i32..7200,
    ) {
        let timetable = Timetable {
            days: days.into_iter().collect(),
            from,
            until: from.saturating_add(length).min(1440),
        };
        let ends = Timestamp::from_secs(ends);
        let offsets = Offsets { first, changes: vec![(ends.minus(DAY * 2), first + change)] };
        let looks = every(Duration::from_secs(gap), ends.minus(DAY * 70), ends.plus(DAY * 3));
        for (step, (days_left, when)) in sent(&timetable, &offsets, ends, looks) {
            prop_assert!(timetable.days.contains(&step) && days_left <= step);
            let minute = offsets.local(when).minute;
            prop_assert!((timetable.from..timetable.until).contains(&minute));
            // No nearer step was due.
            prop_assert!(!timetable.days.iter().any(|other| (days_left..step).contains(other)));
            prop_assert!(Window::around(when, timetable.first_day()).holds(ends));
        }
    }
}
