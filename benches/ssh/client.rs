//! A client of which there can be thousands, each from a source of its own where that is wanted.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use russh::client::{self, Handle, Handler};
use russh::keys::{PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Channel, ChannelMsg, ChannelWriteHalf};
use tokio::net::TcpSocket;

pub(crate) struct Anybody;

impl Handler for Anybody {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

/// Nothing takes so long on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// One visit.
pub(crate) struct Client {
    _session: Handle<Anybody>,
    channel: Channel<client::Msg>,
    /// From the connection's first packet to the first whole frame.
    pub(crate) first_frame: Duration,
    seen: Vec<u8>,
}

/// The `n`th source on loopback: ten visits may come from each.
pub(crate) fn source(n: usize) -> Ipv4Addr {
    let n = n / 8;
    let [_, b, c, d] = u32::try_from(n + 256).unwrap().to_be_bytes();
    Ipv4Addr::new(127, b + 1, c, d)
}

impl Client {
    /// Connects and waits until the frame shows `wanted`.
    pub(crate) async fn connect(
        to: SocketAddr,
        from: Ipv4Addr,
        key: Option<Arc<PrivateKey>>,
        size: (u32, u32),
        wanted: &str,
    ) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        let began = Instant::now();
        let stream = socket.connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let config = client::Config {
            window_size: 64 * 1024,
            channel_buffer_size: 16,
            ..client::Config::default()
        };
        let mut session = client::connect_stream(Arc::new(config), stream, Anybody)
            .await
            .unwrap();
        let authenticated = match key {
            Some(key) => {
                let key = PrivateKeyWithHashAlg::new(key, None);
                session.authenticate_publickey("root", key).await.unwrap()
            }
            None => session.authenticate_none("reset").await.unwrap(),
        };
        assert!(authenticated.success());
        let channel = session.channel_open_session().await.unwrap();
        channel.set_env(false, "LANG", "C.UTF-8").await.unwrap();
        channel
            .request_pty(false, "xterm", size.0, size.1, 0, 0, &[])
            .await
            .unwrap();
        channel.request_shell(false).await.unwrap();
        let mut client = Self {
            _session: session,
            channel,
            first_frame: Duration::ZERO,
            seen: Vec::new(),
        };
        client.until(wanted).await;
        client.first_frame = began.elapsed();
        client
    }

    pub(crate) async fn send(&self, bytes: &str) {
        self.channel.data(bytes.as_bytes()).await.unwrap();
    }

    /// Reads until `wanted` was among what came since the last call.
    pub(crate) async fn until(&mut self, wanted: &str) {
        self.seen.clear();
        while !contains(&self.seen, wanted) {
            self.piece().await;
            if contains(&self.seen, "\x1b[6n") {
                // As a terminal of UTF-8 answers; the question is asked once.
                let seen = String::from_utf8_lossy(&self.seen).replace("\x1b[6n", "");
                self.seen = seen.into_bytes();
                self.send("\x1b[2;2R\x1b[2;3R\x1b[2;2R").await;
            }
        }
    }

    /// The next piece of output; how long it is.
    pub(crate) async fn piece(&mut self) -> usize {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.channel.wait()).await;
            let seen = String::from_utf8_lossy(&self.seen);
            match next.unwrap_or_else(|_| panic!("nothing comes any more: {seen:?}")) {
                Some(ChannelMsg::Data { data }) => {
                    self.seen.extend_from_slice(&data);
                    return data.len();
                }
                Some(_) => {}
                None => panic!("it ended: {}", String::from_utf8_lossy(&self.seen)),
            }
        }
    }

    /// Types a key and waits for its frame; how long that took, and how many bytes came.
    pub(crate) async fn key(&mut self, key: &str) -> (Duration, usize) {
        // What the screen shows of itself, as its clock, is no answer to a key.
        while let Some(Some(_)) = self.channel.wait().now_or_never() {}
        self.seen.clear();
        let began = Instant::now();
        self.send(key).await;
        let bytes = self.piece().await;
        (began.elapsed(), bytes)
    }

    /// To the field for the login name.
    pub(crate) async fn at_login(&mut self) {
        self.send("3").await;
        self.until("Who are you?").await;
    }
}

/// Somebody who types whatever comes, and reads it all: who reads nothing gets nothing drawn.
pub(crate) struct Attacker {
    _session: Handle<Anybody>,
    typing: ChannelWriteHalf<client::Msg>,
}

impl Attacker {
    pub(crate) fn new(client: Client) -> Self {
        let (mut reading, typing) = client.channel.split();
        tokio::spawn(async move { while reading.wait().await.is_some() {} });
        Self {
            _session: client._session,
            typing,
        }
    }

    pub(crate) async fn send(&self, bytes: &str) {
        self.typing.data(bytes.as_bytes()).await.unwrap();
    }

    /// Says how large its window is.
    pub(crate) async fn resize(&self, (cols, rows): (u32, u32)) {
        let asked = self.typing.window_change(cols, rows, 0, 0);
        asked.await.unwrap();
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}
