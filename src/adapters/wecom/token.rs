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
/// The most a token is given up before its time, so that it does not end on the way.
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
    token: Option<(Arc<Zeroizing<String>>, Duration)>,
    refused: Option<(Failure, Duration)>,
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
        if let Some((token, until)) = &state.token
            && now < *until
            && spent != Some(token.as_str())
        {
            return Ok(Arc::clone(token));
        }
        if let Some((failure, until)) = &state.refused
            && now < *until
        {
            return Err(failure.clone());
        }
        state.token = None;
        match fetch().await {
            Ok(fetched) => {
                let margin = MARGIN.min(fetched.expires_in / 10);
                let until = now.saturating_add(fetched.expires_in.saturating_sub(margin));
                let token = Arc::new(fetched.token);
                *state = State {
                    token: Some((Arc::clone(&token), until)),
                    refused: None,
                };
                Ok(token)
            }
            Err(failure) => {
                if failure.meaning() == Some(Meaning::Setup) {
                    let until = now.saturating_add(SETUP_FAILURE_HOLDS);
                    state.refused = Some((failure.clone(), until));
                }
                Err(failure)
            }
        }
    }
}
