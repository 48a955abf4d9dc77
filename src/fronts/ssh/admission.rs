//! Who may come in, and when: so many in all, so many from one source, so many a second.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::domain::limits::SshLimits;

/// Where somebody comes from: an IPv4 address, or the half of an IPv6 address that a customer of a
/// network gets.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
struct Source(u128);

impl Source {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(v4.to_ipv6_mapped().to_bits()),
            IpAddr::V6(v6) => Self(v6.to_bits() & !u128::from(u64::MAX)),
        }
    }
}

/// The name of a source, as counts are kept for it: the address, or its /64.
pub(super) fn name_of_source(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(_) => format!("{}/64", Ipv6Addr::from_bits(Source::of(address).0)),
    }
}

/// Too many from one source.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Refused;

/// Counts who is in.
pub(super) struct Admission {
    limits: SshLimits,
    places: Arc<Semaphore>,
    inner: Mutex<Inner>,
    /// When the next turn is due at the steady pace; held by whoever is next.
    pace: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Inner {
    at_the_door: HashMap<Source, u32>,
    visits: HashMap<Source, u32>,
}

/// One of all the places; who has one may try to come in.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

/// Somebody at the door.
pub(super) struct Entering {
    place: Place,
    counted: Counted,
}

/// Somebody who is in; dropping it makes room. Remote visits are counted by their source, kiosks
/// are not.
pub(super) struct Inside {
    _place: Place,
    _counted: Option<Counted>,
}

impl Admission {
    pub(super) fn new(limits: SshLimits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.sessions)),
            limits,
            inner: Mutex::default(),
            pace: tokio::sync::Mutex::default(),
        }
    }

    /// Waits for a place: beyond so many nobody is refused, but waits.
    pub(super) async fn place(&self) -> Place {
        loop {
            // The semaphore is never closed.
            if let Ok(permit) = Arc::clone(&self.places).acquire_owned().await {
                return Place { _permit: permit };
            }
        }
    }

    /// Waits until nobody has a place.
    pub(super) async fn empty(&self) {
        let all = u32::try_from(self.limits.sessions).unwrap_or(u32::MAX);
        drop(self.places.acquire_many(all).await);
    }

    /// Comes to the door, unless too many from there stand in it already.
    pub(super) fn enter(
        self: &Arc<Self>,
        place: Place,
        address: IpAddr,
    ) -> Result<Entering, Refused> {
        let counted = Counted::new(self, Source::of(address), At::TheDoor)?;
        Ok(Entering { place, counted })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entering {
    /// Waits for a turn: after a burst, so many a second, first come, first served. Whoever gives
    /// up (drops this) takes no turn.
    pub(super) async fn turn(&self) {
        let admission = &self.counted.admission;
        let a_second = admission.limits.new_a_second.max(1);
        let step = Duration::from_secs(1) / a_second;
        let mut pace = admission.pace.lock().await;
        let now = Instant::now();
        let next = pace.map_or(now, |pace| pace.max(now));
        // Up to a second's worth may come at once.
        let due = next.checked_sub(step * a_second).unwrap_or(now);
        tokio::time::sleep_until(due).await;
        *pace = Some(next + step);
    }

    /// Comes in as a named kiosk.
    pub(super) fn into_kiosk(self) -> Inside {
        Inside {
            _place: self.place,
            _counted: None,
        }
    }

    /// Comes in from anywhere, unless too many from there are in already.
    pub(super) fn into_remote(self) -> Result<Inside, Refused> {
        let Counted {
            admission, source, ..
        } = &self.counted;
        let visit = Counted::new(admission, *source, At::AVisit)?;
        Ok(Inside {
            _place: self.place,
            _counted: Some(visit),
        })
    }
}

#[derive(Copy, Clone)]
enum At {
    TheDoor,
    AVisit,
}

/// One that is counted for its source as long as this lives.
struct Counted {
    admission: Arc<Admission>,
    source: Source,
    at: At,
}

impl Counted {
    fn new(admission: &Arc<Admission>, source: Source, at: At) -> Result<Self, Refused> {
        let most = admission.limits.of_a_source;
        let mut inner = admission.inner();
        let count = inner.counts(at).entry(source).or_default();
        if *count >= most {
            return Err(Refused);
        }
        *count += 1;
        drop(inner);
        Ok(Self {
            admission: Arc::clone(admission),
            source,
            at,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut inner = self.admission.inner();
        let counts = inner.counts(self.at);
        if let Some(count) = counts.get_mut(&self.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.source);
            }
        }
    }
}

impl Inner {
    fn counts(&mut self, at: At) -> &mut HashMap<Source, u32> {
        match at {
            At::TheDoor => &mut self.at_the_door,
            At::AVisit => &mut self.visits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: SshLimits = SshLimits {
        sessions: 20,
        new_a_second: 5,
        of_a_source: 2,
        auth_tries: 8,
    };

    fn from(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    async fn enters(admission: &Arc<Admission>, address: &str) -> Result<Entering, Refused> {
        admission.enter(admission.place().await, from(address))
    }

    #[tokio::test]
    async fn one_source_fills_its_own_share_and_nobody_elses() {
        let admission = Arc::new(Admission::new(LIMITS));
        let mut inside = Vec::new();
        for _ in 0..2 {
            let entering = enters(&admission, "192.0.2.1").await.unwrap();
            inside.push(entering.into_remote().unwrap());
        }
        let third = enters(&admission, "192.0.2.1").await.unwrap();
        assert_eq!(third.into_remote().err(), Some(Refused));
        // The same address, written in the other family.
        let fourth = enters(&admission, "::ffff:192.0.2.1").await.unwrap();
        assert_eq!(fourth.into_remote().err(), Some(Refused));
        // A kiosk there is not counted, and others come in.
        let kiosk = enters(&admission, "192.0.2.1").await.unwrap();
        inside.push(kiosk.into_kiosk());
        let other = enters(&admission, "192.0.2.2").await.unwrap();
        inside.push(other.into_remote().unwrap());
        inside.remove(0);
        let again = enters(&admission, "192.0.2.1").await.unwrap();
        assert!(again.into_remote().is_ok());
    }

    #[tokio::test]
    async fn a_network_of_ipv6_is_one_source() {
        let admission = Arc::new(Admission::new(LIMITS));
        let a = enters(&admission, "2001:db8:1:2::1").await.unwrap();
        let _b = enters(&admission, "2001:db8:1:2:ffff::9").await.unwrap();
        let third = enters(&admission, "2001:db8:1:2::3").await;
        assert_eq!(third.err(), Some(Refused));
        assert!(enters(&admission, "2001:db8:1:3::1").await.is_ok());
        drop(a);
        assert!(enters(&admission, "2001:db8:1:2::3").await.is_ok());
        assert_eq!(
            name_of_source(from("2001:db8:1:2:3::4")),
            "2001:db8:1:2::/64"
        );
        assert_eq!(name_of_source(from("::ffff:192.0.2.1")), "192.0.2.1");
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_so_many_a_second_people_wait_and_all_come_in() {
        let admission = Arc::new(Admission::new(LIMITS));
        let began = Instant::now();
        let mut turns = Vec::new();
        for n in 0..20 {
            let entering = enters(&admission, &format!("192.0.2.{n}")).await.unwrap();
            entering.turn().await;
            turns.push((began.elapsed().as_millis(), entering));
        }
        let waited: Vec<_> = turns.iter().map(|(at, _)| *at).collect();
        assert!(waited[..5].iter().all(|at| *at == 0), "{waited:?}");
        assert_eq!((waited[10], waited[19]), (1000, 2800), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_so_many_in_all_people_wait_for_room() {
        let admission = Arc::new(Admission::new(LIMITS));
        let mut inside = Vec::new();
        for n in 0..20 {
            inside.push(enters(&admission, &format!("192.0.2.{n}")).await.unwrap());
        }
        let soon = Duration::from_secs(1);
        let waiting = tokio::time::timeout(soon, admission.place()).await;
        assert!(waiting.is_err());
        inside.pop();
        let _place = tokio::time::timeout(soon, admission.place()).await.unwrap();
        assert!(tokio::time::timeout(soon, admission.empty()).await.is_err());
    }
}
