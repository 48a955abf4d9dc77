//! The ports of the state, against SQLite and against memory: one suite for both.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; clippy does not see that helpers and the suite's bodies are tests"
)]

mod codes;
mod desk;
mod intents;
mod objections;
mod reminders;
mod rest;
mod sqlite;
mod stage;

/// Runs each test of the suite on both stages.
macro_rules! contract {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(crate::store::stage::SqliteStage::new()).await;
                }
            )*
        }
        mod in_memory {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(crate::store::stage::MemoryStage::new()).await;
                }
            )*
        }
    };
}
use contract;
