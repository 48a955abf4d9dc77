//! Our own limit below WeCom's 30 messages a minute for a member
//! (<https://developer.work.weixin.qq.com/document/path/90454>).

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const PER_MINUTE: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);

/// When each member was sent something in the last minute. At most 1000 members' worth of calls a
/// minute pass through a site, so the map stays small: idle members are forgotten.
#[derive(Default)]
pub(super) struct Pace {
    sent: Mutex<HashMap<String, VecDeque<Duration>>>,
}

impl Pace {
    /// Whether one more message may go to `member` at `now`; counts it when it may.
    pub(super) fn admits(&self, member: &str, now: Duration) -> bool {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.retain(|_, times| {
            times.retain(|at| now.saturating_sub(*at) < MINUTE);
            !times.is_empty()
        });
        let times = sent.entry(member.to_lowercase()).or_default();
        let admitted = times.len() < PER_MINUTE;
        if admitted {
            times.push_back(now);
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
