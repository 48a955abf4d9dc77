//! `/wecom/callback`: WeCom checks the address with GET and delivers with POST.
//!
//! WeCom waits five seconds. What was not acknowledged by then it brings again, a few times; of
//! other answers than 200 its documents say both that they are brought again and that they are
//! not. So a delivery for which there is no room is held longer than WeCom waits: it is as lost
//! on the way, and nothing of it was noted.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{Chat, NotTaken};
use crate::flow::callback::{CallbackRefusal, Envelope};

/// The largest body that is read.
const MAX_BODY: usize = 64 * 1024;
/// A body is there within this time.
const BODY_WITHIN: Duration = Duration::from_secs(5);

/// What stands in the address.
#[derive(Deserialize)]
struct Address {
    msg_signature: String,
    timestamp: String,
    nonce: String,
    echostr: Option<String>,
}

impl Address {
    fn envelope(&self) -> Envelope<'_> {
        Envelope {
            signature: &self.msg_signature,
            timestamp: &self.timestamp,
            nonce: &self.nonce,
        }
    }
}

pub(super) fn routes(chat: Chat) -> Router {
    Router::new()
        .route("/wecom/callback", get(verify).post(receive))
        .with_state(chat)
}

/// Whatever else an answer would say, it says to whoever asks: nothing but its number.
fn answer(status: StatusCode) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

fn refuse(refusal: CallbackRefusal) -> Response {
    tracing::warn!(%refusal, "a callback was not taken");
    answer(match refusal {
        CallbackRefusal::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        CallbackRefusal::Malformed => StatusCode::BAD_REQUEST,
        CallbackRefusal::Forged | CallbackRefusal::Stale | CallbackRefusal::Sealed => {
            StatusCode::FORBIDDEN
        }
        // Rightly signed: bringing it again would change nothing.
        CallbackRefusal::NotOurs => StatusCode::OK,
    })
}

async fn verify(
    State(chat): State<Chat>,
    address: Result<Query<Address>, QueryRejection>,
) -> Response {
    let Ok(Query(address)) = address else {
        return refuse(CallbackRefusal::Malformed);
    };
    let Some(echo) = &address.echostr else {
        return refuse(CallbackRefusal::Malformed);
    };
    let callbacks = &chat.settings().callbacks;
    match callbacks.verify(&address.envelope(), echo, chat.now()) {
        Ok(echo) => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (StatusCode::OK, headers, echo).into_response()
        }
        // Nothing is known of whoever asks here but that they did not sign.
        Err(CallbackRefusal::NotOurs) => answer(StatusCode::FORBIDDEN),
        Err(refusal) => refuse(refusal),
    }
}

async fn receive(
    State(chat): State<Chat>,
    address: Result<Query<Address>, QueryRejection>,
    body: Body,
) -> Response {
    let Ok(Query(address)) = address else {
        return refuse(CallbackRefusal::Malformed);
    };
    let body = match tokio::time::timeout(BODY_WITHIN, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return refuse(CallbackRefusal::TooLong),
        Err(_) => return answer(StatusCode::REQUEST_TIMEOUT),
    };
    let callbacks = &chat.settings().callbacks;
    let delivery = match callbacks.open(&address.envelope(), &body, chat.now()) {
        Ok(delivery) => delivery,
        Err(refusal) => return refuse(refusal),
    };
    match chat.deliver(delivery).await {
        Ok(()) => answer(StatusCode::OK),
        Err(error) => {
            tracing::error!(%error, "a delivery was not taken");
            answer(match error {
                NotTaken::NoRoom | NotTaken::NotNoted(_) => StatusCode::SERVICE_UNAVAILABLE,
                NotTaken::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
            })
        }
    }
}
