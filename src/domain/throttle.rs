//! Limits applied: pure functions from past events and a limit to a decision.

use super::code::{CodeRules, Judgement};
use super::limits::{
    BucketLimit, REMOTE_WRONG_CODES, SlidingLimit, WRONG_CODES, WRONG_CODES_IN_A_ROW,
};
use super::time::Timestamp;

/// Whether something may happen now.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Permission {
    /// Now.
    Now,
    /// Not before this.
    At(Timestamp),
}

/// Judges a sliding limit: `events` are the times of the past ones in any order. Events that
/// seem to lie in the future (the clock was set back) count as recent.
pub fn sliding(limit: SlidingLimit, events: &[Timestamp], now: Timestamp) -> Permission {
    let mut recent: Vec<Timestamp> = events
        .iter()
        .copied()
        .filter(|at| at.plus(limit.window) > now)
        .collect();
    let count = limit.count as usize;
    if recent.len() < count {
        return Permission::Now;
    }
    recent.sort_unstable();
    // Once this one leaves the window, one place is free.
    let leaving = recent.len().saturating_sub(count.max(1));
    recent
        .get(leaving)
        .map_or(Permission::Now, |at| Permission::At(at.plus(limit.window)))
}

/// Judges several sliding limits over the same events: all must allow it.
pub fn sliding_all(limits: &[SlidingLimit], events: &[Timestamp], now: Timestamp) -> Permission {
    limits
        .iter()
        .map(|limit| sliding(*limit, events, now))
        .fold(Permission::Now, |all, one| match (all, one) {
            (Permission::Now, one) => one,
            (all, Permission::Now) => all,
            (Permission::At(a), Permission::At(b)) => Permission::At(a.max(b)),
        })
}

/// Whether something is off for everybody: the newest `limit.count` events of `events` (in any
/// order) lie within one window, so that it is off for a window after the last of them. While it
/// is off no event is added, so every moment of that time gives the same answer. Events that seem
/// to lie in the future (the clock was set back) count as recent.
pub fn switched_off(limit: SlidingLimit, events: &[Timestamp], now: Timestamp) -> Permission {
    let mut newest = events.to_vec();
    newest.sort_unstable_by(|one, other| other.cmp(one));
    let first = newest.get((limit.count as usize).saturating_sub(1));
    match (newest.first(), first) {
        (Some(last), Some(first)) if first.plus(limit.window) > *last => {
            let until = last.plus(limit.window);
            match now < until {
                true => Permission::At(until),
                false => Permission::Now,
            }
        }
        _ => Permission::Now,
    }
}

/// A stored code, as far as it matters before its comparison.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct StoredCode {
    /// Whether it was made for the very reset, subject, action and place it is now typed for.
    pub same_binding: bool,
    /// Whether it was used up or discarded.
    pub used: bool,
    /// How many codes of its reset were judged so far.
    pub judged: u32,
    /// When it was made.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// What is known when a code is typed, before anything is compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeCounts {
    /// Wrong codes of the subject in a row.
    pub wrong_in_a_row: u32,
    /// When the subject's recent wrong codes were judged, in any order.
    pub wrong_at: Vec<Timestamp>,
    /// The same of all remote codes together; empty when the code is none
    /// ([`Binding::is_remote`](super::code::Binding::is_remote)).
    pub remote_wrong_at: Vec<Timestamp>,
    /// The reset's code, if there is one.
    pub code: Option<StoredCode>,
}

impl CodeCounts {
    /// Why a typed code is not compared at all; `None`: count it, then compare it (rule 2).
    ///
    /// What concerns everybody comes first, then what concerns the account, so that nothing is
    /// learnt about a code while the account waits.
    pub fn refusal(&self, rules: CodeRules, now: Timestamp) -> Option<Judgement> {
        if let Permission::At(until) = switched_off(REMOTE_WRONG_CODES, &self.remote_wrong_at, now)
        {
            return Some(Judgement::RemoteOff { until });
        }
        if self.wrong_in_a_row >= WRONG_CODES_IN_A_ROW {
            return Some(Judgement::StaffOnly);
        }
        if let Permission::At(until) = sliding(WRONG_CODES, &self.wrong_at, now) {
            return Some(Judgement::AccountWaits { until });
        }
        let Some(code) = self.code.filter(|code| code.same_binding && !code.used) else {
            return Some(Judgement::Expired);
        };
        if code.judged >= rules.tries {
            return Some(Judgement::NoTriesLeft);
        }
        // Before it was made means that the clock was set back: then nobody knows its true age.
        let alive = code.issued <= now && now < code.expires;
        (!alive).then_some(Judgement::Expired)
    }
}

/// A token bucket as it is stored: how many tokens there were at a time.
///
/// Below zero is a debt: so many takers have been given a turn that has not come yet. Somebody who
/// submits and leaves, again and again, leaves such turns behind unused, and the next person would
/// wait for all of them. So the debt ends at [`BucketLimit::longest_line`] turns: whoever comes
/// then waits that long and no longer, and owes nothing more.
///
/// What that costs: takers who come while the line is full all get the same turn, so that more
/// than one a refill may go on. One after another they cannot gain by it. A kiosk serves one
/// visit at a time, and a visit that goes on waits its turn before it can take another: by then the
/// bucket has refilled as much as it waited, and one goes on for each refill beyond the burst
/// (`one_visit_after_another_keeps_the_rate`). Whoever leaves instead of waiting has gone on with
/// nothing. What guards an account does not hang on this: its codes are counted by themselves
/// ([`WRONG_CODES`]).
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Bucket {
    /// Tokens at `at`; negative when takers already wait their turn.
    pub tokens: f64,
    /// When that was.
    pub at: Timestamp,
}

impl Bucket {
    /// A full bucket.
    pub fn full(limit: BucketLimit, now: Timestamp) -> Self {
        Self {
            tokens: f64::from(limit.burst),
            at: now,
        }
    }

    /// Takes one token: it is never refused, but its turn may be later, by
    /// [`BucketLimit::longest_line`] refills at most. Returns the bucket to store and when the
    /// taker may go on. A clock set back neither adds nor takes tokens.
    pub fn take(self, limit: BucketLimit, now: Timestamp) -> (Self, Permission) {
        let refill = limit.refill.as_secs_f64().max(0.001);
        let gained = now.since(self.at).as_secs_f64() / refill;
        let there = (self.tokens + gained).min(f64::from(limit.burst));
        let tokens = (there - 1.0).max(-f64::from(limit.longest_line));
        let left = Self { tokens, at: now };
        if tokens >= 0.0 {
            (left, Permission::Now)
        } else {
            let wait = std::time::Duration::from_secs_f64(-tokens * refill);
            (left, Permission::At(now.plus(wait)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::limits::{CODE_MESSAGES, KIOSK_ATTEMPTS};

    const RULES: CodeRules = CodeRules {
        digits: 6,
        lifetime: Duration::from_secs(300),
        tries: 5,
    };

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn counts() -> CodeCounts {
        CodeCounts {
            wrong_in_a_row: 0,
            wrong_at: Vec::new(),
            remote_wrong_at: Vec::new(),
            code: Some(StoredCode {
                same_binding: true,
                used: false,
                judged: 0,
                issued: at(0),
                expires: at(300),
            }),
        }
    }

    #[test]
    fn a_fresh_code_is_compared() {
        assert_eq!(counts().refusal(RULES, at(0)), None);
        assert_eq!(counts().refusal(RULES, at(299)), None);
    }

    #[test]
    fn a_code_never_works_at_or_after_its_end_nor_before_it_was_made() {
        assert_eq!(counts().refusal(RULES, at(300)), Some(Judgement::Expired));
        assert_eq!(counts().refusal(RULES, at(-1)), Some(Judgement::Expired));
    }

    #[test]
    fn the_sixth_wrong_code_in_an_hour_waits_for_the_first_to_leave_it() {
        let mut counts = counts();
        counts.wrong_at = (10..15).map(at).collect();
        assert_eq!(
            counts.refusal(RULES, at(20)),
            Some(Judgement::AccountWaits { until: at(3610) })
        );
        counts.code = None;
        assert_eq!(
            counts.refusal(RULES, at(20)),
            Some(Judgement::AccountWaits { until: at(3610) }),
            "an account that waits learns nothing about codes"
        );
    }

    #[test]
    fn a_hundred_in_a_row_is_for_staff_whatever_else_holds() {
        let mut counts = counts();
        counts.wrong_in_a_row = 99;
        assert_eq!(counts.refusal(RULES, at(1)), None);
        counts.wrong_in_a_row = 100;
        assert_eq!(counts.refusal(RULES, at(1)), Some(Judgement::StaffOnly));
    }

    #[test]
    fn a_hundred_wrong_remote_codes_within_an_hour_switch_them_off_for_an_hour() {
        let off = |events: &[Timestamp], secs| switched_off(REMOTE_WRONG_CODES, events, at(secs));
        // The hundredth comes within an hour of the first.
        let mut wrong: Vec<_> = (0..99).map(|n| at(n * 36)).collect();
        assert_eq!(off(&wrong, 3_599), Permission::Now);
        wrong.insert(0, at(3_599));
        assert_eq!(off(&wrong, 3_599), Permission::At(at(7_199)));
        assert_eq!(off(&wrong, 7_198), Permission::At(at(7_199)));
        assert_eq!(off(&wrong, 7_199), Permission::Now);
        // One more then does not do it again.
        wrong.push(at(7_200));
        assert_eq!(off(&wrong, 7_200), Permission::Now);
        // A second later, and it were not within the hour.
        let slow: Vec<_> = (0..100).map(|n| at(n * 3_600 / 99)).collect();
        assert_eq!(off(&slow, 3_600), Permission::Now);
        assert_eq!(off(&[], 0), Permission::Now);
    }

    #[test]
    fn while_remote_codes_are_off_nothing_else_is_looked_at() {
        let mut counts = counts();
        counts.wrong_in_a_row = 100;
        counts.remote_wrong_at = vec![at(0); 100];
        let until = at(3_600);
        assert_eq!(
            counts.refusal(RULES, at(1)),
            Some(Judgement::RemoteOff { until })
        );
    }

    #[test]
    fn the_tenth_message_of_a_day_counts_although_the_quarter_of_an_hour_is_free() {
        let sent: Vec<_> = (0..10).map(|n| at(n * 3600)).collect();
        assert_eq!(
            sliding_all(&CODE_MESSAGES, &sent, at(10 * 3600)),
            Permission::At(at(86_400))
        );
    }

    #[test]
    fn a_kiosk_is_slowed_after_thirty_and_never_refused() {
        let mut bucket = Bucket::full(KIOSK_ATTEMPTS, at(0));
        for attempt in 0..42u32 {
            let (next, permission) = bucket.take(KIOSK_ATTEMPTS, at(0));
            bucket = next;
            let expected = match attempt {
                0..30 => Permission::Now,
                late => Permission::At(at(i64::from(late - 29) * 5)),
            };
            assert_eq!(permission, expected, "attempt {attempt}");
        }
    }

    #[test]
    fn who_comes_after_somebody_that_submits_and_leaves_waits_a_minute_at_most() {
        let mut bucket = Bucket::full(KIOSK_ATTEMPTS, at(0));
        for _ in 0..10_000 {
            bucket = bucket.take(KIOSK_ATTEMPTS, at(0)).0;
        }
        let (bucket, permission) = bucket.take(KIOSK_ATTEMPTS, at(0));
        assert_eq!(permission, Permission::At(at(60)));
        // A minute later it is as if there had been thirty.
        assert_eq!(bucket.take(KIOSK_ATTEMPTS, at(65)).1, Permission::Now);
    }

    fn limits() -> impl Strategy<Value = SlidingLimit> {
        (1u32..8, 1u64..5_000).prop_map(|(count, secs)| SlidingLimit {
            count,
            window: Duration::from_secs(secs),
        })
    }

    proptest! {
        /// Somebody who tries all the time gets at most `count` in any window.
        #[test]
        fn never_more_than_count_in_any_window(
            limit in limits(),
            pauses in prop::collection::vec(0u64..3_000_000, 1..60),
        ) {
            let mut now = at(0);
            let mut granted: Vec<Timestamp> = Vec::new();
            for pause in pauses {
                now = now.plus(Duration::from_millis(pause));
                if sliding(limit, &granted, now) == Permission::Now {
                    granted.push(now);
                }
            }
            for start in &granted {
                let within = granted
                    .iter()
                    .filter(|g| *g >= start && g.since(*start) < limit.window)
                    .count();
                prop_assert!(within <= limit.count as usize, "{within} of {}", limit.count);
            }
        }

        /// The time that is told is the true one: not a millisecond earlier, and then at once.
        #[test]
        fn the_time_told_is_the_first_that_works(
            limit in limits(),
            events in prop::collection::vec(-4_000_000i64..0, 1..20),
        ) {
            let events: Vec<_> = events.into_iter().map(Timestamp::from_millis).collect();
            if let Permission::At(then) = sliding(limit, &events, at(0)) {
                prop_assert!(then > at(0));
                prop_assert_eq!(sliding(limit, &events, then), Permission::Now);
                let before = then.minus(Duration::from_millis(1));
                prop_assert_ne!(sliding(limit, &events, before), Permission::Now);
            }
        }

        /// What is refused now is refused with the clock set back, too.
        #[test]
        fn a_clock_set_back_never_grants_more(
            limit in limits(),
            events in prop::collection::vec(-4_000_000i64..4_000_000, 0..20),
            back in 0u64..10_000_000,
        ) {
            let events: Vec<_> = events.into_iter().map(Timestamp::from_millis).collect();
            let earlier = at(0).minus(Duration::from_millis(back));
            if sliding(limit, &events, at(0)) != Permission::Now {
                prop_assert_ne!(sliding(limit, &events, earlier), Permission::Now);
            }
        }

        /// However the clock is set back, a bucket holds no more than before.
        #[test]
        fn a_clock_set_back_fills_no_bucket(taken in 0u32..60, back in 0u64..10_000_000) {
            let mut bucket = Bucket::full(KIOSK_ATTEMPTS, at(0));
            for _ in 0..taken {
                bucket = bucket.take(KIOSK_ATTEMPTS, at(0)).0;
            }
            let earlier = at(0).minus(Duration::from_millis(back));
            let (after, _) = bucket.take(KIOSK_ATTEMPTS, earlier);
            let floor = -f64::from(KIOSK_ATTEMPTS.longest_line);
            prop_assert!(after.tokens <= (bucket.tokens - 1.0).max(floor));
        }

        /// Nobody waits longer than the longest line, whatever was done before, and whatever the
        /// clock did.
        #[test]
        fn nobody_waits_longer_than_the_longest_line(
            jumps in prop::collection::vec(-100_000i64..100_000, 1..200),
        ) {
            let mut now = at(0);
            let mut bucket = Bucket::full(KIOSK_ATTEMPTS, now);
            for jump in jumps {
                now = Timestamp::from_millis(now.as_millis() + jump / 100);
                let (next, permission) = bucket.take(KIOSK_ATTEMPTS, now);
                bucket = next;
                if let Permission::At(then) = permission {
                    prop_assert!(then >= now);
                    prop_assert!(then <= now.plus(Duration::from_secs(60)));
                }
            }
        }

        /// Whoever waits each turn, and so every visitor of a kiosk that gets anything: in any
        /// stretch at most the burst and what came back meanwhile go on, however many others
        /// submit and leave in between.
        #[test]
        fn one_visit_after_another_keeps_the_rate(
            visits in prop::collection::vec((0u64..8_000, 0u32..20), 1..120),
        ) {
            let mut now = at(0);
            let mut bucket = Bucket::full(KIOSK_ATTEMPTS, now);
            let mut turns: Vec<Timestamp> = Vec::new();
            for (pause, leave) in visits {
                now = now.plus(Duration::from_millis(pause));
                for _ in 0..leave {
                    let (next, permission) = bucket.take(KIOSK_ATTEMPTS, now);
                    bucket = next;
                    // Who is let on at once has gone on before leaving.
                    if permission == Permission::Now {
                        turns.push(now);
                    }
                }
                let (next, permission) = bucket.take(KIOSK_ATTEMPTS, now);
                bucket = next;
                if let Permission::At(then) = permission {
                    now = then;
                }
                turns.push(now);
            }
            assert_rate(&turns)?;
        }

        /// Those who wait in parallel keep the rate too, up to the longest line.
        #[test]
        fn a_line_that_is_not_full_keeps_the_rate(
            pauses in prop::collection::vec(0u64..8_000, 1..120),
        ) {
            let mut now = at(0);
            let mut bucket = Bucket::full(KIOSK_ATTEMPTS, now);
            let mut turns: Vec<Timestamp> = Vec::new();
            for pause in pauses {
                now = now.plus(Duration::from_millis(pause));
                let (next, permission) = bucket.take(KIOSK_ATTEMPTS, now);
                bucket = next;
                match permission {
                    Permission::Now => turns.push(now),
                    Permission::At(then) if then < now.plus(Duration::from_secs(60)) => {
                        turns.push(then);
                    }
                    // The line is full: they come later.
                    Permission::At(_) => now = now.plus(Duration::from_secs(30)),
                }
            }
            turns.sort_unstable();
            assert_rate(&turns)?;
        }
    }

    /// In any stretch at most the burst and what came back meanwhile.
    fn assert_rate(turns: &[Timestamp]) -> Result<(), TestCaseError> {
        for (i, start) in turns.iter().enumerate() {
            for (j, end) in turns.iter().enumerate().skip(i) {
                // A millisecond for what is cut off in converting.
                let stretch = end.since(*start).as_secs_f64() + 0.001;
                let most = 30.0 + stretch / 5.0 + 1e-3;
                prop_assert!(
                    (j - i + 1) as f64 <= most.ceil(),
                    "{} in {stretch} s",
                    j - i + 1
                );
            }
        }
        Ok(())
    }
}
