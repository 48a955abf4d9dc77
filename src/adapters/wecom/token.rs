//! The access token: fetched once for everybody who waits, kept as long as WeCom said.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::api::Failure;
use super::errcode::Meaning;
use crate::flow::ports::Clock;

/// How long a wrong set-up is not asked about again: WeCom blocks for an hour after 2000 failing
/// calls in one.
const SETUP_FAILURE_HOLDS: Duration = Duration::from_secs(30);
/// How long WeCom is not asked again for a token while the one at hand still works.
const REFUSAL_HOLDS: Duration = Duration::from_secs(20);
/// The most a token is replaced before its time, so that it does not end on the way.
const MARGIN: Duration = Duration::from_secs(60);

/// A token as WeCom gave it.
pub(super) struct Fetched {
    pub(super) token: Zeroizing<String>,
    pub(super) expires_in: Duration,
}

/// The cache; its lock is held while fetching, which is what makes one fetch serve all.
pub(super) struct TokenCache {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Held>,
    refused: Option<(Failure, Duration)>,
}

struct Held {
    token: Arc<Zeroizing<String>>,
    /// From then on another one is fetched.
    replace: Duration,
    /// Until then WeCom takes it.
    ends: Duration,
}

impl Held {
    fn new(fetched: Fetched, now: Duration) -> Self {
        let margin = MARGIN.min(fetched.expires_in / 10);
        let ends = now.saturating_add(fetched.expires_in);
        Self {
            token: Arc::new(fetched.token),
            replace: ends.saturating_sub(margin),
            ends,
        }
    }
}

impl TokenCache {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Mutex::default(),
        }
    }

    /// The cached token, or the one that `fetch` brings. `spent` is a token that WeCom no longer
    /// takes: it is not handed out again, but one that somebody else fetched since is.
    ///
    /// A token that is only about to end is kept when no other one can be had.
    pub(super) async fn token<F>(
        &self,
        spent: Option<&str>,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Zeroizing<String>>, Failure>
    where
        F: Future<Output = Result<Fetched, Failure>>,
    {
        let mut state = self.state.lock().await;
        let now = self.clock.now().mono;
        let usable = state
            .token
            .as_ref()
            .filter(|held| now < held.ends && spent != Some(held.token.as_str()))
            .map(|held| (Arc::clone(&held.token), now < held.replace));
        if let Some((token, true)) = usable {
            return Ok(token);
        }
        let usable = usable.map(|(token, _)| token);
        if let Some((failure, until)) = &state.refused
            && now < *until
        {
            return usable.ok_or_else(|| failure.clone());
        }
        match fetch().await {
            Ok(fetched) => {
                let held = Held::new(fetched, now);
                let token = Arc::clone(&held.token);
                *state = State {
                    token: Some(held),
                    refused: None,
                };
                Ok(token)
            }
            Err(failure) => {
                let holds = match failure.meaning() {
                    Some(Meaning::Setup) => Some(SETUP_FAILURE_HOLDS),
                    _ => usable.as_ref().map(|_| REFUSAL_HOLDS),
                };
                state.refused = holds.map(|holds| (failure.clone(), now.saturating_add(holds)));
                if usable.is_none() {
                    state.token = None;
                }
                usable.ok_or(failure)
            }
        }
    }
}
