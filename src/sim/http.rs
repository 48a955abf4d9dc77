//! A few lines of HTTP over loopback, for what the simulated company asks others: plain, with a
//! time limit, and no redirects.

use std::time::Duration;

use axum::http::{Request, StatusCode, request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// The most bytes of an answer that are read.
const MAX_ANSWER: usize = 1024 * 1024;
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a request carries.
pub(super) type Body = Full<Bytes>;

/// No answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// It took too long.
    #[error("no answer in time")]
    Late,
    /// Nobody is there, or the connection broke.
    #[error("no answer: {0}")]
    Broken(String),
}

/// An answer, whatever its status.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    #[cfg(test)]
    pub(super) headers: axum::http::HeaderMap,
    pub(super) body: Bytes,
}

/// Asks for a page.
pub(super) async fn get(url: &str) -> Result<Answer, HttpError> {
    let request = request(url).body(Body::default());
    exchange(request.map_err(broken)?).await
}

/// A request to be filled in.
pub(super) fn request(url: &str) -> request::Builder {
    Request::builder().uri(url)
}

/// Sends a request and reads its answer whole.
pub(super) async fn exchange(request: Request<Body>) -> Result<Answer, HttpError> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build(connector);
    let exchange = async {
        let (head, body) = client.request(request).await.map_err(broken)?.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await;
        Ok(Answer {
            status: head.status,
            #[cfg(test)]
            headers: head.headers,
            body: body.map_err(broken)?.to_bytes(),
        })
    };
    tokio::time::timeout(TIMEOUT, exchange)
        .await
        .unwrap_or(Err(HttpError::Late))
}

fn broken(error: impl ToString) -> HttpError {
    HttpError::Broken(error.to_string())
}

/// Sends `body`.
#[cfg(test)]
pub(super) async fn post(url: &str, kind: &str, body: String) -> Result<Answer, HttpError> {
    let request = request(url)
        .method("POST")
        .header(axum::http::header::CONTENT_TYPE, kind)
        .body(Body::from(body));
    exchange(request.map_err(broken)?).await
}

#[cfg(test)]
impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}
