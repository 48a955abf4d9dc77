//! The kiosk over SSH: the very same app, with no shell, no files and no secrets behind it.
//!
//! Whoever connects gets a visit. A key from the kiosks' file makes it a named kiosk's, one from
//! the operators' file leads to IT support's desk, every other visit is *remote*. The library speaks the protocol in a task of each connection; the
//! `guest` there answers its questions and hands bytes to the visit, which runs in a task of its
//! own and ends alone when it panics. Between the two are bounded queues, so that a client that
//! floods or never reads holds up nobody but itself.
//!
//! Sources: RFC 4252 (authentication), RFC 4254 (sessions), OpenSSH PROTOCOL 1.10 (strict key
//! exchange).

mod admission;
mod channel;
mod guest;
mod host_key;
mod kiosks;
mod locale;
mod visit;
mod wire;

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use russh::keys::{Algorithm, PrivateKey};
use russh::server::Config;
use russh::{MethodKind, MethodSet, Preferred, SshId, cipher, compression, kex, mac};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use self::host_key::{HostKeyError, fingerprint, host_key};
pub use self::kiosks::{Kiosks, KiosksError};
pub use self::locale::Locale;

use self::admission::{Admission, Refused};
use self::guest::Guest;
use self::wire::Wire;
use crate::config::RemoteSessions;
use crate::domain::code::Place;
use crate::domain::limits;
use crate::domain::operator::Operator;
use crate::flow::ports::{Clock, Metrics};
use crate::fronts::desk::OperatorKeys;
use crate::fronts::pulse::Pulse;
use crate::fronts::tui::app::AppSettings;
use crate::fronts::tui::msg::Capabilities;
use crate::fronts::tui::runtime::Services;
use crate::text::{Language, Texts};

/// How long a connection may take from its first byte to the visit.
const GRACE: Duration = Duration::from_secs(20);
/// How long a client may be silent before it is asked whether it is there; after
/// [`KEEPALIVES`] questions without an answer it is gone.
const KEEPALIVE: Duration = Duration::from_secs(30);
const KEEPALIVES: usize = 3;
/// How long a client that was told that all is over may take to go.
const PARTING: Duration = Duration::from_secs(3);
/// What a client may send ahead, in bytes: whole pastes, no floods.
const WINDOW: u32 = 16 * 1024;
const PACKET: u32 = 8 * 1024;
/// What the protocol's own greeting says; nothing about versions.
const GREETING: &str = "SSH-2.0-rekey";

/// Who has come in, by the key that was shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// Anybody, from anywhere.
    Anybody,
    /// The kiosk of this name.
    Kiosk(String),
    /// One of IT support's operators: before the desk itself has asked them, too.
    Operator(Operator),
}

/// Somebody who has come in.
pub struct Visitor {
    /// Where the visit happens, as it is told to the employee's phone.
    pub place: Place,
    /// Whose key it was.
    pub who: Who,
    /// What the client's environment says.
    pub locale: Locale,
    /// What is known of the terminal.
    pub capabilities: Capabilities,
    /// Columns and rows.
    pub size: (u16, u16),
}

/// What a visit needs.
pub struct Welcome {
    /// For its app.
    pub settings: AppSettings,
    /// Behind its app.
    pub services: Services,
}

/// Gives visits what they need; picked by `boot`.
pub trait Host: Send + Sync {
    /// One visit.
    fn welcome(&self, visitor: &Visitor) -> Welcome;
}

/// What holds for new visits, and can be replaced while old ones go on.
pub struct Rules {
    /// The kiosks' keys.
    pub kiosks: Kiosks,
    /// The keys of IT support's operators: theirs lead to the desk.
    pub operators: OperatorKeys,
    /// What the others may do.
    pub remote: RemoteSessions,
    /// Where a visit gets what it needs.
    pub host: Box<dyn Host>,
    /// The words.
    pub texts: Arc<Texts>,
    /// The site's languages; the first is where a visit begins.
    pub languages: Vec<Language>,
    /// The site's name.
    pub site: String,
}

/// The SSH front.
pub struct Door {
    rules: RwLock<Arc<Rules>>,
    protocol: Arc<Config>,
    admission: Arc<Admission>,
    clock: Arc<dyn Clock>,
    metrics: Arc<dyn Metrics>,
    /// Turns true when everybody has to go.
    closing: watch::Receiver<bool>,
}

impl Door {
    /// A front with this host key. `closing` turns true when everybody has to go.
    pub fn new(
        key: PrivateKey,
        rules: Rules,
        (clock, metrics): (Arc<dyn Clock>, Arc<dyn Metrics>),
        closing: watch::Receiver<bool>,
    ) -> Arc<Self> {
        Arc::new(Self {
            rules: RwLock::new(Arc::new(rules)),
            protocol: Arc::new(protocol(key)),
            admission: Arc::new(Admission::new(limits::SSH)),
            clock,
            metrics,
            closing,
        })
    }

    /// From now on new visits follow these rules.
    pub fn replace_rules(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets people in until everybody has to go. Returns when the last visit has ended. `pulse`
    /// beats while they are let in.
    ///
    /// # Errors
    /// The listener is broken.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, pulse: Pulse) -> io::Result<()> {
        let mut closing = self.closing.clone();
        let mut ticks = Pulse::ticks();
        loop {
            pulse.beat();
            let next = async {
                let place = self.admission.place().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                next = next => next,
                _ = ticks.tick() => continue,
                _ = closing.wait_for(|closing| *closing) => break,
            };
            match accepted {
                Ok((socket, from)) => {
                    let door = Arc::clone(&self);
                    tokio::spawn(async move {
                        if let Err(error) = door.receive(socket, from, place).await {
                            tracing::debug!(%error, "a connection ended");
                        }
                    });
                }
                // Of this connection, or no descriptors left for now: not of the listener.
                Err(error) if is_passing(&error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        }
        drop(listener);
        self.admission.empty().await;
        Ok(())
    }

    /// One connection, from its first byte to its last.
    async fn receive(
        self: Arc<Self>,
        socket: TcpStream,
        from: SocketAddr,
        place: admission::Place,
    ) -> Result<(), russh::Error> {
        let entering = match self.admission.enter(place, from.ip()) {
            Ok(entering) => entering,
            Err(Refused) => {
                turn_away(socket, "too many connections from your address").await;
                return Ok(());
            }
        };
        // A crowd that comes and goes again keeps nobody waiting.
        tokio::select! {
            () = entering.turn() => {}
            () = gone(&socket) => return Ok(()),
        }
        // A key and its frame are small and soon answered: nothing is gained by waiting for more.
        let _ = socket.set_nodelay(true);
        let (wire, cord) = Wire::new(socket);
        let guest = Guest::new(Arc::clone(&self), from.ip(), entering, cord.clone());
        let arrived = guest.arrived();
        let protocol = Arc::clone(&self.protocol);
        let grace = tokio::time::sleep(GRACE);
        tokio::pin!(grace);
        let session = tokio::select! {
            session = russh::server::run_stream(protocol, wire, guest) => session?,
            () = &mut grace => return Ok(()),
        };
        tokio::pin!(session);
        tokio::select! {
            ended = &mut session => return ended,
            () = arrived.notified() => {}
            () = grace => cord.cut(),
        }
        session.await
    }
}

/// The protocol's settings: nothing old is spoken.
fn protocol(key: PrivateKey) -> Config {
    Config {
        server_id: SshId::Standard(Cow::Borrowed(GREETING)),
        methods: MethodSet::from(
            &[
                MethodKind::None,
                MethodKind::PublicKey,
                MethodKind::KeyboardInteractive,
            ][..],
        ),
        // Nothing that is refused here is a secret, so it may be refused at once.
        auth_rejection_time: Duration::ZERO,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![key],
        window_size: WINDOW,
        maximum_packet_size: PACKET,
        channel_buffer_size: 1,
        event_buffer_size: 1,
        preferred: Preferred {
            kex: Cow::Borrowed(&[
                kex::MLKEM768X25519_SHA256,
                kex::CURVE25519,
                kex::CURVE25519_PRE_RFC_8731,
                kex::EXTENSION_SUPPORT_AS_SERVER,
                kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
            ]),
            key: Cow::Borrowed(&[Algorithm::Ed25519]),
            cipher: Cow::Borrowed(&[
                cipher::CHACHA20_POLY1305,
                cipher::AES_256_GCM,
                cipher::AES_256_CTR,
            ]),
            mac: Cow::Borrowed(&[mac::HMAC_SHA512_ETM, mac::HMAC_SHA256_ETM]),
            compression: Cow::Borrowed(&[compression::NONE]),
            ..Preferred::DEFAULT
        },
        max_auth_attempts: limits::SSH.auth_tries,
        inactivity_timeout: Some(KEEPALIVE * 4),
        keepalive_interval: Some(KEEPALIVE),
        keepalive_max: KEEPALIVES,
        ..Config::default()
    }
}

/// Says why before the key exchange: a disconnect message in the clear (RFC 4253, 11.1).
async fn turn_away(mut socket: TcpStream, why: &str) {
    const TOO_MANY_CONNECTIONS: u32 = 12;
    let mut payload = vec![1];
    payload.extend_from_slice(&TOO_MANY_CONNECTIONS.to_be_bytes());
    for text in [why, "en"] {
        payload.extend_from_slice(&u32::try_from(text.len()).unwrap_or(0).to_be_bytes());
        payload.extend_from_slice(text.as_bytes());
    }
    // Length, length of padding, payload, padding: a multiple of eight in all, at least four of it
    // padding (RFC 4253, 6).
    let padding = 4 + (8 - (5 + payload.len() + 4) % 8) % 8;
    let length = u32::try_from(1 + payload.len() + padding).unwrap_or(0);
    let mut packet = format!("{GREETING}\r\n").into_bytes();
    packet.extend_from_slice(&length.to_be_bytes());
    packet.push(u8::try_from(padding).unwrap_or(4));
    packet.extend_from_slice(&payload);
    packet.resize(packet.len() + padding, 0);
    let told = async {
        socket.write_all(&packet).await?;
        socket.shutdown().await?;
        // Its greeting has to be read, else the reset overtakes the message.
        tokio::io::copy(&mut socket, &mut tokio::io::sink()).await
    };
    let _ = tokio::time::timeout(PARTING, told).await;
}

/// Done when the client has gone without a word; whoever has said something waits for an answer.
async fn gone(socket: &TcpStream) {
    if let Ok(1..) = socket.peek(&mut [0]).await {
        std::future::pending().await
    }
}

fn is_passing(error: &io::Error) -> bool {
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    ) || matches!(error.raw_os_error(), Some(EMFILE | ENFILE))
}
