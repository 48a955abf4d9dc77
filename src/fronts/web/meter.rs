//! Judges what stands in the form while it is typed, by the policy itself and in the words that
//! every front has: phone and kiosk never disagree.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::Web;
use super::pages::checklist::Judged;
use super::session::Judging;
use crate::domain::policy::{Policy, Report};
use crate::domain::secret::{Password, PasswordError};
use crate::flow::prompt::Prompt;

/// Judgements at once: one takes 5 ms at most, and the event loop is not theirs.
const AT_ONCE: usize = 4;
/// How long one waits for its turn; later it helps nobody.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Those who judge.
pub(super) struct Judges(Semaphore);

impl Default for Judges {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// `POST /meter`: a part of the form's page, for what was typed; nothing when something newer is
/// being judged.
pub(super) async fn judge(
    State(web): State<Arc<Web>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (session, fields) = match web.posted(&headers, &uri, body).await {
        Ok(posted) => posted,
        Err(refused) => return *refused,
    };
    let Prompt::NewPassword { policy, .. } = session.prompt() else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let typed = match Password::new(fields.value("new")) {
        Err(PasswordError::Empty) => Ok(None),
        Err(error) => Err(error),
        Ok(password) => {
            let judged = web.judges.judge(&session.judging, password, &policy).await;
            match judged {
                Some(report) => Ok(Some(report)),
                None => return StatusCode::NO_CONTENT.into_response(),
            }
        }
    };
    let language = web.language(&headers, &uri, session.language());
    let judged = Judged {
        policy: &policy,
        typed: typed.as_ref().map(Option::as_ref).map_err(|error| *error),
    };
    web.part(language, &judged)
}

impl Judges {
    /// `None`: something newer has come, or there is no time for it.
    async fn judge(
        &self,
        judging: &Judging,
        password: Password,
        policy: &Arc<Policy>,
    ) -> Option<Report> {
        let mine = judging.newest.fetch_add(1, Ordering::Relaxed) + 1;
        let waited = tokio::time::timeout(WAIT_MAX, async {
            let turn = judging.turn.lock().await;
            let is_newest = judging.newest.load(Ordering::Relaxed) == mine;
            let judge = self.0.acquire().await.ok().filter(|_| is_newest)?;
            Some((turn, judge))
        });
        let (_turn, _judge) = waited.await.ok()??;
        let policy = Arc::clone(policy);
        tokio::task::spawn_blocking(move || policy.report_live(&password))
            .await
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::{DirectoryPolicy, SitePolicy};

    fn policy() -> Arc<Policy> {
        Arc::new(Policy {
            directory: DirectoryPolicy::default(),
            site: SitePolicy {
                max_age: Duration::from_secs(1),
                min_length: 12,
                min_strength: 3,
                words: Vec::new(),
            },
            person_words: Vec::new(),
            old: None,
        })
    }

    #[tokio::test]
    async fn of_those_that_wait_only_the_newest_is_judged() {
        let (judges, judging, policy) = (Judges::default(), Judging::default(), policy());
        let first = judging.turn.lock().await;
        let judge = |text: &str| {
            let password = Password::new(text).unwrap();
            judges.judge(&judging, password, &policy)
        };
        let (mut older, mut newer) = (Box::pin(judge("a")), Box::pin(judge("ab")));
        assert!(futures_util::poll!(&mut older).is_pending());
        assert!(futures_util::poll!(&mut newer).is_pending());
        drop(first);
        let (older, newer) = tokio::join!(older, newer);
        assert!(older.is_none());
        assert!(newer.is_some());
    }
}
