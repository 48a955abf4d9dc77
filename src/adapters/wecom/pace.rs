//! Our own limit below WeCom's 30 messages a minute and 1000 an hour for a member
//! (<https://developer.work.weixin.qq.com/document/path/90454>): what is above, WeCom drops and
//! says nothing.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const PER_MINUTE: usize = 20;
const PER_HOUR: usize = 900;
const MINUTE: Seconds = 60;
const HOUR: Seconds = 3600;

/// On the monotonic clock. Small, since there are many; our limits are so far below WeCom's that
/// the fraction does not matter.
type Seconds = u32;

/// When each member was sent something in the last hour, which is as long as anybody is
/// remembered.
#[derive(Default)]
pub(super) struct Pace(Mutex<Log>);

#[derive(Default)]
struct Log {
    sent: HashMap<String, VecDeque<Seconds>>,
    swept: Seconds,
}

impl Pace {
    /// Whether one more message may go to `member` at `now`; counts it when it may.
    pub(super) fn admits(&self, member: &str, now: Duration) -> bool {
        let now = Seconds::try_from(now.as_secs()).unwrap_or(Seconds::MAX);
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.sweep(now);
        let times = log.sent.entry(member.to_lowercase()).or_default();
        forget_old(times, now);
        let lately = |at: &&Seconds| now.saturating_sub(**at) < MINUTE;
        let admitted =
            times.len() < PER_HOUR && times.iter().rev().take_while(lately).count() < PER_MINUTE;
        if admitted {
            times.push_back(now);
        }
        admitted
    }
}

impl Log {
    /// Forgets whoever was sent nothing in an hour; once a minute, since it looks at everybody.
    fn sweep(&mut self, now: Seconds) {
        if now.saturating_sub(self.swept) < MINUTE {
            return;
        }
        self.swept = now;
        self.sent.retain(|_, times| {
            forget_old(times, now);
            !times.is_empty()
        });
    }
}

fn forget_old(times: &mut VecDeque<Seconds>, now: Seconds) {
    while times
        .front()
        .is_some_and(|at| now.saturating_sub(*at) >= HOUR)
    {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_twenty_first_message_in_a_minute_waits_for_the_next() {
        let pace = Pace::default();
        let start = Duration::from_secs(1000);
        assert!((0..20).all(|_| pace.admits("lin.wei", start)));
        assert!(
            !pace.admits("Lin.Wei", start),
            "case does not make another member"
        );
        assert!(pace.admits("siti.rahma", start));
        assert!(pace.admits("lin.wei", start + MINUTE));
    }

    #[test]
    fn an_hour_never_holds_as_many_as_wecom_drops_after() {
        let pace = Pace::default();
        let start = Duration::from_secs(1000);
        let admitted = |from: Duration| {
            (0..1200)
                .filter(|n| pace.admits("lin.wei", from + Duration::from_secs(3 * n)))
                .count()
        };
        assert_eq!(admitted(start), 900);
        assert_eq!(admitted(start + 2 * HOUR), 900);
        // Who was sent nothing for an hour is forgotten.
        pace.admits("siti.rahma", start + 5 * HOUR);
        assert_eq!(pace.0.lock().unwrap().sent.len(), 1);
    }
}
