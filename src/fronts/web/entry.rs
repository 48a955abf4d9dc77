//! The ways in: the home page, a picture, a link; and every address that is none.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;

use super::Web;
use super::pages::said::Saying;
use super::target::Target;

/// `/`
pub(super) async fn home(State(web): State<Arc<Web>>, uri: Uri, headers: HeaderMap) -> Response {
    web.enter(&headers, &uri, Some(Target::Form), Saying::OpenInWecom)
}

/// `/k/<nonce>`
pub(super) async fn picture(
    State(web): State<Arc<Web>>,
    Path(nonce): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let target = Target::picture(&nonce);
    web.enter(&headers, &uri, target, Saying::ScanWithWecom)
}

/// `/l/<token>`
pub(super) async fn link(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let target = Target::link(&token);
    web.enter(&headers, &uri, target, Saying::OpenInWecom)
}

/// Every other address.
pub(super) async fn nowhere(State(web): State<Arc<Web>>, uri: Uri, headers: HeaderMap) -> Response {
    web.say(&headers, &uri, Saying::Nowhere)
}

impl Web {
    /// In WeCom: to its sign-in. Elsewhere nobody is known, and a page says where to go.
    fn enter(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        target: Option<Target>,
        outside: Saying,
    ) -> Response {
        match target {
            None => self.say(headers, uri, Saying::Nowhere),
            Some(target) if self.settings.any_browser || is_wecom(headers) => self.sign_in(target),
            Some(_) => self.say(headers, uri, outside),
        }
    }
}

/// Whether WeCom opens the page: `... wxwork/2.4.2 MicroMessenger/6.3.22 ...`. WeChat alone is not
/// WeCom. Whoever claims it falsely gets to WeCom's own sign-in, and no further.
fn is_wecom(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    agent.is_some_and(|agent| agent.to_ascii_lowercase().contains("wxwork"))
}
