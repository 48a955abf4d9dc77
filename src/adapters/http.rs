//! A small HTTP client for one server: no redirects, a limit on everything, and errors that never
//! quote an address, since addresses carry tokens.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{self, Client};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use url::Url;
use zeroize::Zeroizing;

/// The most bytes of an answer that are read. Most have a few hundred; the one about the app names
/// everybody whom it was made visible to one by one, which may be thousands.
const MAX_ANSWER: usize = 1024 * 1024;
/// How long one connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an idle connection is kept: shorter than servers usually do, so that no call is lost
/// on one that was just closed.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);
/// The most connections that wait idle.
const MAX_IDLE: usize = 16;

/// Why the client cannot start.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SetupError {
    /// Not an address of a server.
    #[error("`{0}` is not an https address")]
    Address(String),
    /// Plain http to another machine would show codes to the network.
    #[error("`{0}` is plain http: only https leaves this machine")]
    PlainHttp(String),
    /// No root certificates on this machine, for one.
    #[error("the https client cannot start: {0}")]
    Client(String),
}

/// No answer, and why. Holds no address and nothing of the answer: it may be logged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NoAnswer {
    /// Why.
    pub(super) words: String,
    /// The request may have been carried out all the same.
    pub(super) done_perhaps: bool,
}

impl NoAnswer {
    /// The request went out, and nobody knows what became of it.
    fn lost(words: &str) -> Self {
        Self {
            words: words.to_owned(),
            done_perhaps: true,
        }
    }

    /// The request was certainly not carried out.
    fn not_done(words: String) -> Self {
        Self {
            words,
            done_perhaps: false,
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// What a request carries besides its address; wiped once it is sent.
type Body = Full<Bytes>;

/// How the server is reached.
#[derive(Clone)]
enum Wire {
    /// Loopback only.
    Plain(Client<HttpConnector, Body>),
    Tls(Client<HttpsConnector<HttpConnector>, Body>),
    /// Through a proxy that sees the server's name and nothing else.
    Tunnelled(Client<HttpsConnector<Tunnel<HttpConnector>>, Body>),
}

/// A client of one server.
#[derive(Clone)]
pub(super) struct HttpClient {
    base: Url,
    wire: Wire,
    timeout: Duration,
}

impl HttpClient {
    /// A client of the server at `base`. `timeout` is for one request, its answer included. The
    /// usual variables of the environment (`HTTPS_PROXY`, `NO_PROXY`) name a proxy.
    pub(super) fn new(base: &str, timeout: Duration) -> Result<Self, SetupError> {
        Self::through(&Matcher::from_env(), base, timeout)
    }

    fn through(proxies: &Matcher, base: &str, timeout: Duration) -> Result<Self, SetupError> {
        let base = parse_base(base)?;
        let wire = match base.scheme() {
            "https" => secure_wire(&base, proxies)?,
            _ => Wire::Plain(pool().build(connector())),
        };
        Ok(Self {
            base,
            wire,
            timeout,
        })
    }

    /// The body of the answer to `GET path?query`.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Zeroizing<Vec<u8>>, NoAnswer> {
        self.request(Method::GET, path, query, None).await
    }

    /// The body of the answer to `POST path?query` with `json`.
    pub(super) async fn post(
        &self,
        path: &str,
        query: &[(&str, &str)],
        json: Zeroizing<Vec<u8>>,
    ) -> Result<Zeroizing<Vec<u8>>, NoAnswer> {
        self.request(Method::POST, path, query, Some(json)).await
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        json: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Zeroizing<Vec<u8>>, NoAnswer> {
        let mut request = Request::new(match json {
            Some(json) => Full::new(Bytes::from_owner(json)),
            None => Full::default(),
        });
        *request.uri_mut() = self.address(path, query)?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if method == Method::POST {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        *request.method_mut() = method;
        let exchange = async { read(self.wire.send(request).await?).await };
        tokio::time::timeout(self.timeout, exchange)
            .await
            .unwrap_or_else(|_| Err(NoAnswer::lost("no answer in time")))
    }

    fn address(&self, path: &str, query: &[(&str, &str)]) -> Result<Uri, NoAnswer> {
        let malformed = || NoAnswer::not_done("the address is malformed".to_owned());
        let mut url = self.base.join(path).map_err(|_| malformed())?;
        url.query_pairs_mut().extend_pairs(query);
        url.as_str().parse().map_err(|_| malformed())
    }
}

impl Wire {
    async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, NoAnswer> {
        let sent = match self {
            Self::Plain(client) => client.request(request).await,
            Self::Tls(client) => client.request(request).await,
            Self::Tunnelled(client) => client.request(request).await,
        };
        sent.map_err(|error| broken(&error))
    }
}

/// The last cause in the chain is the one that helps: "connection refused", "unknown issuer".
fn broken(error: &legacy::Error) -> NoAnswer {
    let what = if error.is_connect() {
        "cannot connect"
    } else {
        "the connection broke"
    };
    let mut words = what.to_owned();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{what}: {cause}");
        source = cause.source();
    }
    NoAnswer {
        words,
        done_perhaps: !error.is_connect(),
    }
}

/// Elsewhere; too many; not available: whoever says so has done nothing.
const REFUSES: [u16; 6] = [301, 302, 307, 308, 429, 503];

/// Reads an answer with status 200. A redirect is none: it would carry the token elsewhere.
async fn read(response: Response<Incoming>) -> Result<Zeroizing<Vec<u8>>, NoAnswer> {
    let status = response.status().as_u16();
    if status != 200 {
        let words = format!("HTTP status {status}");
        return Err(NoAnswer {
            done_perhaps: !REFUSES.contains(&status),
            words,
        });
    }
    let mut incoming = response.into_body();
    let mut body = Zeroizing::new(Vec::new());
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|_| NoAnswer::lost("the connection broke"))?;
        let chunk = frame.into_data().unwrap_or_default();
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return Err(NoAnswer::lost("the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads the address of a server's API.
pub(super) fn parse_base(api: &str) -> Result<Url, SetupError> {
    let url = Url::parse(api).map_err(|_| SetupError::Address(api.to_owned()))?;
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(SetupError::PlainHttp(api.to_owned())),
        _ => Err(SetupError::Address(api.to_owned())),
    }
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

fn secure_wire(base: &Url, proxies: &Matcher) -> Result<Wire, SetupError> {
    let tls = HttpsConnectorBuilder::new()
        .with_tls_config(tls()?)
        .https_only()
        .enable_http1();
    let target: Option<Uri> = base.as_str().parse().ok();
    let Some(proxy) = target.and_then(|target| proxies.intercept(&target)) else {
        return Ok(Wire::Tls(pool().build(tls.wrap_connector(connector()))));
    };
    // Its address may hold a password, so it is not quoted.
    if proxy.uri().scheme_str() != Some("http") {
        let words = "the proxy that the environment names is not an http one";
        return Err(SetupError::Client(words.to_owned()));
    }
    let tunnel = Tunnel::new(proxy.uri().clone(), connector());
    let tunnel = match proxy.basic_auth() {
        Some(auth) => tunnel.with_auth(auth.clone()),
        None => tunnel,
    };
    let connector = tls.wrap_connector(tunnel);
    Ok(Wire::Tunnelled(pool().build(connector)))
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    // TLS is the business of the layer above.
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector
}

fn pool() -> legacy::Builder {
    let mut pool = Client::builder(TokioExecutor::new());
    pool.pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(MAX_IDLE)
        .pool_timer(TokioTimer::new())
        .http1_max_buf_size(MAX_ANSWER);
    pool
}

/// TLS that trusts whom this system trusts.
fn tls() -> Result<ClientConfig, SetupError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let why = found.errors.first().map(ToString::to_string);
        return Err(SetupError::Client(why.unwrap_or_else(|| {
            "this system has no root certificates".to_owned()
        })));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Client(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

#[cfg(test)]
mod tests;
