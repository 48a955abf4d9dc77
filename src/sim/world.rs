//! The company in memory, for runs that need thousands of visits, faults and crashes on demand:
//! the engine's own ports, under a clock that a paused runtime moves.
//!
//! Everything is decided by one seed. A port call may be slow, fail, lose its answer, land late,
//! or be the moment at which the whole program dies.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::account::AccountKey;
use crate::domain::code::ResetId;
use crate::domain::time::{Now, Timestamp};
use crate::flow::ports::{Clock, Entropy};

/// What may go wrong, each as a chance in a thousand per call.
#[derive(Copy, Clone, Debug, Default)]
pub struct Faults {
    /// The directory does not answer a question.
    pub directory_down: u32,
    /// The directory's answer to a change is lost: applied at once, later, or never.
    pub answer_lost: u32,
    /// Somebody else changes the entry just after.
    pub somebody_else: u32,
    /// The channel refuses a message or says it is down.
    pub channel_down: u32,
    /// The store cannot be written.
    pub store_down: u32,
}

/// A password that was set in the directory, as a fact to judge the program by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordSet {
    /// Whose.
    pub account: AccountKey,
    /// By which reset; `None` for somebody else.
    pub reset: Option<ResetId>,
    /// The password in clear: this is a simulation.
    pub password: String,
    /// When it landed.
    pub at: Timestamp,
}

/// The one source of chance, time and death.
#[derive(Clone)]
pub struct World {
    state: Arc<Mutex<State>>,
    died: Arc<tokio::sync::Notify>,
    start: tokio::time::Instant,
    /// Which start of the program this handle belongs to.
    life: u64,
}

struct State {
    random: SplitMix,
    faults: Faults,
    /// Port calls so far, counted before and after each.
    turns: u64,
    /// The program dies at this turn.
    dies_at: Option<u64>,
    dead: bool,
    /// How often the program was started again.
    life: u64,
    /// How far the wall clock has been moved.
    jumped: i64,
}

impl World {
    /// A world of this seed; the wall clock begins at 2026-11-22T08:55:00Z. Needs a tokio runtime
    /// whose time is paused.
    pub fn new(seed: u64, faults: Faults) -> Self {
        let state = State {
            random: SplitMix(seed),
            faults,
            turns: 0,
            dies_at: None,
            dead: false,
            life: 0,
            jumped: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            died: Arc::new(tokio::sync::Notify::new()),
            start: tokio::time::Instant::now(),
            life: 0,
        }
    }

    /// The program dies at the `turn`th half of a port call from now.
    pub fn die_after(&self, turn: u64) {
        let mut state = self.lock();
        state.dies_at = Some(state.turns.saturating_add(turn));
    }

    /// Waits until the program has died.
    pub async fn death(&self) {
        self.died.notified().await;
    }

    /// The program is started again, with this handle: whatever the last one has left running
    /// stops for ever at its next port call.
    #[must_use = "the new start has a handle of its own"]
    pub fn revive(&self) -> Self {
        let mut state = self.lock();
        state.dead = false;
        state.dies_at = None;
        state.life += 1;
        Self {
            life: state.life,
            ..self.clone()
        }
    }

    /// Changes the faults: `world.set_faults(|faults| faults.channel_down = 1000)`.
    pub fn set_faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.lock().faults);
    }

    /// No more faults and no more deaths: time to settle.
    pub fn calm(&self) {
        let mut state = self.lock();
        state.faults = Faults::default();
        state.dies_at = None;
    }

    /// Moves the wall clock, forward or back.
    pub fn jump(&self, millis: i64) {
        self.lock().jumped += millis;
    }

    /// A number below `n` (0 for 0).
    pub fn below(&self, n: u64) -> u64 {
        let number = self.lock().random.next();
        number.checked_rem(n).unwrap_or(0)
    }

    /// True `chance` times in a thousand.
    pub fn happens(&self, chance: impl Fn(&Faults) -> u32) -> bool {
        let mut state = self.lock();
        let chance = chance(&state.faults);
        // Chance is drawn only where there is any, so that a calm world draws nothing.
        chance > 0 && state.random.next() % 1000 < u64::from(chance)
    }

    /// One half of a port call: a moment passes, and the program may die here for ever.
    pub(super) async fn turn(&self) {
        {
            let mut state = self.lock();
            state.turns += 1;
            if state.dies_at == Some(state.turns) {
                state.dead = true;
                self.died.notify_one();
            }
        }
        self.lives().await;
        let moment = Duration::from_micros(200 + self.below(20_000));
        tokio::time::sleep(moment).await;
        self.lives().await;
    }

    /// Goes on only in the life that this handle belongs to.
    async fn lives(&self) {
        let lives = {
            let state = self.lock();
            !state.dead && state.life == self.life
        };
        if !lives {
            std::future::pending::<()>().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for World {
    fn now(&self) -> Now {
        let mono = self.start.elapsed();
        let begin = Timestamp::from_secs(1_795_337_700);
        let wall = begin
            .plus(mono)
            .as_millis()
            .saturating_add(self.lock().jumped);
        Now {
            wall: Timestamp::from_millis(wall),
            mono,
        }
    }
}

impl Entropy for World {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.lock();
        for chunk in bytes.chunks_mut(8) {
            let random = state.random.next().to_le_bytes();
            for (byte, random) in chunk.iter_mut().zip(random) {
                *byte = random;
            }
        }
    }
}

/// `SplitMix64` (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
