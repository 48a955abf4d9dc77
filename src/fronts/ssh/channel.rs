//! The session's channel as a stream of bytes in both directions.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use russh::ChannelId;
use russh::server::Handle;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::Sleep;
use zeroize::Zeroizing;

use super::wire::Cord;

/// Pieces of what is typed that may wait. The next one keeps the connection from reading on.
const PIECES: usize = 4;
/// A client that takes nothing for so long is dropped.
const SLOW: Duration = Duration::from_secs(30);

/// One piece of what is typed.
pub(super) type Piece = Zeroizing<Vec<u8>>;

/// What is typed.
pub(super) struct Typed {
    pieces: mpsc::Receiver<Piece>,
    rest: Piece,
    taken: usize,
}

impl Typed {
    pub(super) fn new() -> (mpsc::Sender<Piece>, Self) {
        let (sender, pieces) = mpsc::channel(PIECES);
        let typed = Self {
            pieces,
            rest: Piece::default(),
            taken: 0,
        };
        (sender, typed)
    }
}

impl AsyncRead for Typed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.taken >= self.rest.len() {
            let next = ready!(self.pieces.poll_recv(cx));
            self.taken = 0;
            // Without one it is the end: nothing is put into the buffer.
            self.rest = next.unwrap_or_default();
        }
        let rest = self.rest.get(self.taken..).unwrap_or_default();
        let part = rest.get(..buf.remaining()).unwrap_or(rest);
        buf.put_slice(part);
        let taken = self.taken.saturating_add(part.len());
        if taken >= self.rest.len() {
            // Wiped, and nothing of it stays here.
            self.rest = Piece::default();
        }
        self.taken = taken;
        Poll::Ready(Ok(()))
    }
}

/// Where frames go. One is on its way at a time: the next is taken only when the client has taken
/// the last.
pub(super) struct Shown {
    session: Handle,
    channel: ChannelId,
    cord: Cord,
    sending: Option<(usize, BoxFuture<'static, bool>)>,
    /// Since when the client takes nothing.
    slow: Option<Pin<Box<Sleep>>>,
}

impl Shown {
    pub(super) fn new(session: Handle, channel: ChannelId, cord: Cord) -> Self {
        Self {
            session,
            channel,
            cord,
            sending: None,
            slow: None,
        }
    }

    /// Waits until nothing is on its way any more. Whoever gave up writing calls this before the next
    /// write: what was on its way would be taken for the next bytes.
    ///
    /// # Errors
    /// The client is gone, or takes nothing.
    pub(super) async fn settle(&mut self) -> io::Result<()> {
        let Some((_, sending)) = &mut self.sending else {
            return Ok(());
        };
        let sent = tokio::time::timeout(SLOW, sending).await;
        self.sending = None;
        match sent {
            Ok(true) => Ok(()),
            Ok(false) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let (length, sending) = match &mut self.sending {
            Some(sending) => sending,
            none => {
                ready!(self.cord.poll_flows(cx));
                let (session, channel) = (self.session.clone(), self.channel);
                let bytes = bytes.to_vec();
                let length = bytes.len();
                let sent = async move { session.data(channel, bytes).await.is_ok() };
                none.insert((length, sent.boxed()))
            }
        };
        let sent = ready!(sending.poll_unpin(cx));
        let length = *length;
        self.sending = None;
        match sent {
            true => Poll::Ready(Ok(length)),
            false => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl AsyncWrite for Shown {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sent = self.poll_send(cx, bytes);
        if sent.is_ready() {
            self.slow = None;
            return sent;
        }
        let slow = self
            .slow
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(SLOW)));
        ready!(slow.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
