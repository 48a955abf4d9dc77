//! Takes connections, with TLS where that is configured, and hands their requests to the routes.
//!
//! Whoever connects and then says nothing, or says it slowly, holds one place of a limited number
//! for a limited time, and keeps nobody else waiting.

mod places;
mod tls;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use self::places::{Place, Places};
pub use self::tls::Renewal;
use super::source::{self, Source};
use crate::fronts::pulse::Pulse;

/// A TLS handshake is done within this time.
const HANDSHAKE_MAX: Duration = Duration::from_secs(5);
/// A request's head is there within this time; so long a connection may be idle, too.
const HEAD_MAX: Duration = Duration::from_secs(10);
/// Most bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// After the system had no more connections to give.
const BREATH: Duration = Duration::from_millis(50);

/// Where and how to listen.
pub struct ListenerSettings {
    /// The address.
    pub listen: SocketAddr,
    /// `None`: plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// Beats while connections are taken.
    pub pulse: Pulse,
}

/// Certificate chain and key, PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, the server's own first.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Why it cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is not to be had.
    #[error("listen = \"{address}\" cannot be used: {source}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A file of the certificate.
    #[error("{}: {why}", path.display())]
    Certificate {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Whom a request's connection belongs to, put into its extensions.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Asks(pub IpAddr);

/// A socket that listens.
pub struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    renewal: Option<Renewal>,
    trusted: Arc<[IpAddr]>,
    pulse: Pulse,
}

impl Listener {
    /// Begins to listen; nobody is answered yet.
    ///
    /// # Errors
    /// When the address or the certificate cannot be used.
    pub async fn open(settings: ListenerSettings) -> Result<Self, ListenError> {
        let tls = settings.tls.map(tls::acceptor).transpose()?;
        let (tls, renewal) = tls.unzip();
        let address = settings.listen;
        let socket = TcpListener::bind(address)
            .await
            .map_err(|source| ListenError::Address { address, source })?;
        Ok(Self {
            socket,
            tls,
            renewal,
            trusted: settings.trusted_proxies.into(),
            pulse: settings.pulse,
        })
    }

    /// What renews its certificate, once; `None` for plain HTTP.
    pub fn take_renewal(&mut self) -> Option<Renewal> {
        self.renewal.take()
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Answers until `closing` turns true; then requests that have begun are finished.
    pub async fn serve(self, routes: Router, mut closing: watch::Receiver<bool>) {
        let places = Places::default();
        let mut connections = JoinSet::new();
        let mut closes = closing.clone();
        let mut ticks = Pulse::ticks();
        let closed = async move { drop(closes.wait_for(|closing| *closing).await) };
        tokio::pin!(closed);
        loop {
            self.pulse.beat();
            let (stream, peer) = tokio::select! {
                biased;
                () = &mut closed => break,
                Some(_) = connections.join_next() => continue,
                _ = ticks.tick() => continue,
                accepted = self.socket.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be taken");
                        tokio::time::sleep(BREATH).await;
                        continue;
                    }
                },
            };
            // A proxy stands for everybody behind it.
            let source = (!self.is_trusted(peer.ip())).then(|| Source::of(peer.ip()));
            // Nobody is told: an answer would cost more than the connection.
            let Some(place) = places.take(source) else {
                continue;
            };
            let connection = Connection {
                peer: peer.ip(),
                trusted: Arc::clone(&self.trusted),
                routes: routes.clone(),
                closing: closing.clone(),
                _place: place,
            };
            connections.spawn(connection.run(stream, self.tls.clone()));
        }
        closing.mark_changed();
        drop(self.socket);
        while connections.join_next().await.is_some() {}
    }

    fn is_trusted(&self, peer: IpAddr) -> bool {
        self.trusted.contains(&peer.to_canonical())
    }
}

/// One connection.
struct Connection {
    peer: IpAddr,
    trusted: Arc<[IpAddr]>,
    routes: Router,
    closing: watch::Receiver<bool>,
    _place: Place,
}

impl Connection {
    async fn run(self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        // A front without it is slower, not wrong.
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls else {
            return self.answer(stream).await;
        };
        // Whoever breaks off a handshake is nobody to speak to.
        if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)).await {
            self.answer(stream).await;
        }
    }

    async fn answer(mut self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let (peer, trusted) = (self.peer, self.trusted);
        let routes = TowerToHyperService::new(self.routes);
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            let asks = source::asks(peer, request.headers(), &trusted);
            request.extensions_mut().insert(Asks(asks));
            routes.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            // Whatever broke it off, there is nobody left to tell.
            _ = &mut connection => return,
            _ = self.closing.wait_for(|closing| *closing) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}
