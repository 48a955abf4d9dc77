//! A client that does what OpenSSH's never does: every byte is its own packet, it stops reading, it
//! asks for what nobody gives. What it is shown goes to a terminal emulator.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use russh::client::{self, Handle, Handler};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelMsg};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;

use crate::pty::DEADLINE;

struct Anybody;

impl Handler for Anybody {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

/// A connection that can stop reading, or writing.
struct Tap {
    stream: TcpStream,
    shut: Arc<AtomicBool>,
    mute: Arc<AtomicBool>,
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.shut.load(Ordering::SeqCst) {
            true => Poll::Pending,
            false => Pin::new(&mut self.stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match self.mute.load(Ordering::SeqCst) {
            true => Poll::Ready(Ok(bytes.len())),
            false => Pin::new(&mut self.stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// One connection with its one channel.
pub(crate) struct Raw {
    runtime: Runtime,
    session: Handle<Anybody>,
    channel: Channel<client::Msg>,
    shut: Arc<AtomicBool>,
    mute: Arc<AtomicBool>,
    screen: vt100::Parser,
    seen: Vec<u8>,
    answered: bool,
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// A plain connection from an address of its own on loopback.
pub(crate) async fn connection(to: SocketAddr, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(to).await.unwrap()
}

fn nonzero(size: u16) -> NonZero<u16> {
    NonZero::new(size).unwrap()
}

impl Raw {
    /// Connects and opens a channel; no visit has begun.
    pub(crate) fn knock(to: SocketAddr) -> Self {
        let runtime = runtime();
        let [shut, mute] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (session, channel) = runtime.block_on(async {
            let stream = connection(to, Ipv4Addr::LOCALHOST).await;
            stream.set_nodelay(true).unwrap();
            let tap = Tap {
                stream,
                shut: Arc::clone(&shut),
                mute: Arc::clone(&mute),
            };
            // Nothing but the connection itself holds the server back.
            let config = client::Config {
                window_size: 1 << 30,
                ..client::Config::default()
            };
            let session = client::connect_stream(Arc::new(config), tap, Anybody);
            let mut session = session.await.unwrap();
            let authenticated = session.authenticate_none("reset").await.unwrap();
            assert!(authenticated.success());
            let channel = session.channel_open_session().await.unwrap();
            (session, channel)
        });
        Self {
            runtime,
            session,
            channel,
            shut,
            mute,
            screen: vt100::Parser::new(nonzero(24), nonzero(80), 0),
            seen: Vec::new(),
            answered: false,
        }
    }

    /// Begins the visit.
    pub(crate) fn enter(&mut self, term: &str, (cols, rows): (u16, u16)) {
        self.screen
            .screen_mut()
            .set_size(nonzero(rows), nonzero(cols));
        self.runtime.block_on(async {
            let channel = &self.channel;
            let (cols, rows) = (u32::from(cols), u32::from(rows));
            let pty = channel.request_pty(false, term, cols, rows, 0, 0, &[]);
            pty.await.unwrap();
            channel.request_shell(false).await.unwrap();
        });
    }

    /// A visit at its menu, on a terminal of UTF-8.
    pub(crate) fn at_menu(to: SocketAddr) -> Self {
        let mut raw = Self::knock(to);
        assert!(raw.may_set("LANG", "en_US.UTF-8"));
        raw.enter("xterm", (80, 24));
        raw.wait_for_text(crate::visit::MENU);
        raw
    }

    /// Sends a packet.
    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>) {
        let sent = self.channel.data(bytes.as_ref());
        self.runtime.block_on(sent).unwrap();
    }

    /// Sends two packets, as close as can be: a lone ESC means something else after a moment.
    pub(crate) fn send_both(&self, before: &[u8], after: &[u8]) {
        let both = async {
            self.channel.data(before).await?;
            self.channel.data(after).await
        };
        self.runtime.block_on(both).unwrap();
    }

    /// Sends every byte in a packet of its own.
    pub(crate) fn send_bytes(&self, bytes: impl AsRef<[u8]>) {
        for byte in bytes.as_ref() {
            self.send([*byte]);
        }
    }

    /// Asks for a frame of another size, and leaves time for it to be drawn; whether or not that can
    /// be sent.
    pub(crate) fn asks_for_a_frame(&self, cols: u32) {
        let asked = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let changed = self.channel.window_change(cols, 60, 0, 0);
            tokio::time::timeout(Duration::from_secs(1), changed).await
        };
        let _ = self.runtime.block_on(asked);
    }

    pub(crate) fn resize(&mut self, cols: u32, rows: u32) {
        let changed = self.channel.window_change(cols, rows, 0, 0);
        self.runtime.block_on(changed).unwrap();
    }

    /// From now on nothing is read.
    pub(crate) fn stop_reading(&self) {
        self.shut.store(true, Ordering::SeqCst);
    }

    /// From now on nothing is sent, and the connection stays open.
    pub(crate) fn fall_silent(&self) {
        self.mute.store(true, Ordering::SeqCst);
    }

    /// Reads on until the server hangs up.
    #[track_caller]
    pub(crate) fn wait_for_the_end(&mut self, limit: Duration) {
        let ended = async { while self.channel.wait().await.is_some() {} };
        let ended = async { tokio::time::timeout(limit, ended).await };
        let ended = self.runtime.block_on(ended);
        ended.expect("the server has not hung up");
    }

    pub(crate) fn screen_text(&self) -> String {
        self.screen.screen().contents()
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Reads on until the screen is as wanted.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = crate::company::now() + DEADLINE;
        while !wanted(self.screen.screen()) {
            let left = deadline.saturating_duration_since(crate::company::now());
            let next = async { tokio::time::timeout(left, self.channel.wait()).await };
            match self.runtime.block_on(next) {
                Ok(Some(ChannelMsg::Data { data })) => self.take(&data),
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ended; the screen shows:\n{}", self.screen_text()),
                Err(_) => panic!("too late; the screen shows:\n{}", self.screen_text()),
            }
        }
    }

    #[track_caller]
    pub(crate) fn wait_for_text(&mut self, text: &str) {
        self.wait_for(|screen| screen.contents().contains(text));
    }

    fn take(&mut self, data: &[u8]) {
        self.screen.process(data);
        self.seen.extend_from_slice(data);
        let asked = self.seen.windows(4).any(|part| part == b"\x1b[6n");
        if asked && !self.answered {
            self.answered = true;
            // As a terminal of UTF-8 with all signs answers.
            self.send("\x1b[2;2R\x1b[2;3R\x1b[2;2R");
        }
    }

    /// Whether the request just made is granted.
    fn granted(&mut self) -> bool {
        loop {
            let next = async { tokio::time::timeout(DEADLINE, self.channel.wait()).await };
            match self.runtime.block_on(next).expect("an answer") {
                Some(ChannelMsg::Success) => return true,
                Some(ChannelMsg::Failure) => return false,
                Some(ChannelMsg::Data { data }) => self.take(&data),
                Some(_) => {}
                None => panic!("it ended"),
            }
        }
    }

    pub(crate) fn may_set(&mut self, name: &str, value: &str) -> bool {
        let asked = self.channel.set_env(true, name, value);
        self.runtime.block_on(asked).unwrap();
        self.granted()
    }

    pub(crate) fn may_forward_agent(&mut self) -> bool {
        let asked = self.channel.agent_forward(true);
        self.runtime.block_on(asked).unwrap();
        self.granted()
    }

    pub(crate) fn may_forward_x11(&mut self) -> bool {
        let asked = self
            .channel
            .request_x11(true, false, "MIT-MAGIC-COOKIE-1", "00", 0);
        self.runtime.block_on(asked).unwrap();
        self.granted()
    }

    /// Whether the server listens for this client.
    pub(crate) fn may_listen(&mut self) -> bool {
        let asked = self.session.tcpip_forward("127.0.0.1", 0);
        let port = self.runtime.block_on(asked).is_ok();
        let asked = self.session.streamlocal_forward("/tmp/nothing");
        port || self.runtime.block_on(asked).is_ok()
    }

    /// Asks for every other channel there is, and why none was opened.
    pub(crate) fn other_channels(&self) -> Vec<(&'static str, String)> {
        let session = &self.session;
        self.runtime.block_on(async {
            let port = session.channel_open_direct_tcpip("127.0.0.1", 22, "127.0.0.1", 9);
            let path = session.channel_open_direct_streamlocal("/run/x");
            [
                ("session", why(session.channel_open_session().await)),
                ("port", why(port.await)),
                ("path", why(path.await)),
                ("x11", why(session.channel_open_x11("127.0.0.1", 9).await)),
            ]
            .into()
        })
    }
}

fn why(opened: Result<Channel<client::Msg>, russh::Error>) -> String {
    match opened {
        Ok(_) => "it was opened".to_owned(),
        Err(error) => format!("{error} {error:?}"),
    }
}
