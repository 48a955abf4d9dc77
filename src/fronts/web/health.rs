//! `/livez` and `/readyz`, for whoever watches the server: open to everybody, and telling nothing
//! that the kiosk's first screen would not tell. `/metrics` tells more, on a listener of its own.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;

use crate::flow::driver::outage::Outage;

/// The two addresses.
pub fn routes(outage: watch::Receiver<Outage>) -> Router {
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .with_state(outage)
}

/// What a monitoring system reads: `/metrics`.
pub struct Figures {
    /// All figures as they are now.
    pub text: Box<dyn Fn(Outage) -> Result<String, std::fmt::Error> + Send + Sync>,
    /// The text's format.
    pub content_type: &'static str,
    /// What does not answer now.
    pub outage: watch::Receiver<Outage>,
}

impl Figures {
    /// The address.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/metrics", get(figures))
            .with_state(Arc::new(self))
    }
}

async fn figures(State(figures): State<Arc<Figures>>) -> Response {
    let outage = *figures.outage.borrow();
    match (figures.text)(outage) {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, figures.content_type),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn live() -> Response {
    plain(StatusCode::OK, "ok\n".to_owned())
}

async fn ready(State(outage): State<watch::Receiver<Outage>>) -> Response {
    let Outage { channel, directory } = *outage.borrow();
    let word = |down| if down { "down" } else { "ok" };
    let parts = format!("directory: {}\nwecom: {}\n", word(directory), word(channel));
    match channel || directory {
        false => plain(StatusCode::OK, parts),
        true => plain(StatusCode::SERVICE_UNAVAILABLE, parts),
    }
}

fn plain(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, text).into_response()
}
