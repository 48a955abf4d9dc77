//! A clock and randomness that tests set by hand.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::time::{Now, Timestamp};
use crate::flow::ports::{Clock, Entropy};

/// A clock that stands still until it is moved.
pub struct SimClock(Mutex<Now>);

impl SimClock {
    /// A clock that stands at `wall`.
    pub fn at(wall: Timestamp) -> Self {
        Self(Mutex::new(Now {
            wall,
            mono: Duration::from_secs(1),
        }))
    }

    /// Moves both clocks on.
    pub fn advance(&self, length: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.plus(length);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Now {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that look random and are the same for the same seed. Never outside simulations.
pub struct SeededEntropy {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededEntropy {
    /// Starts the sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: Mutex::new(0),
        }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            *drawn = drawn.wrapping_add(1);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(drawn.to_be_bytes());
            for (to, from) in chunk.iter_mut().zip(hash.finalize()) {
                *to = from;
            }
        }
    }
}
