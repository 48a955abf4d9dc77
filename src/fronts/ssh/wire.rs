//! The connection under the protocol: it can be cut from outside, and it tells whether the client
//! takes what it is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection with a [`Cord`].
pub(super) struct Wire {
    socket: TcpStream,
    state: Arc<State>,
}

/// What is known of a connection, and the way to end it.
#[derive(Clone)]
pub(super) struct Cord(Arc<State>);

#[derive(Default)]
struct State {
    cut: AtomicBool,
    /// The connection's task.
    connection: AtomicWaker,
    /// The client has taken nothing since something was sent.
    stuck: AtomicBool,
    /// The visit's task, which waits for that to change.
    visit: AtomicWaker,
}

impl Wire {
    pub(super) fn new(socket: TcpStream) -> (Self, Cord) {
        let state = Arc::new(State::default());
        let cord = Cord(Arc::clone(&state));
        (Self { socket, state }, cord)
    }

    /// Fails once the connection is cut.
    fn check(&self, cx: &Context<'_>) -> io::Result<()> {
        self.state.connection.register(cx.waker());
        if self.state.cut.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    /// Notes whether the client took what it was sent.
    fn note<T>(&self, written: Poll<T>) -> Poll<T> {
        let stuck = written.is_pending();
        if self.state.stuck.swap(stuck, Ordering::SeqCst) && !stuck {
            self.state.visit.wake();
        }
        written
    }
}

impl Cord {
    /// Ends the connection at once, whatever the client does.
    pub(super) fn cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
        self.0.connection.wake();
    }

    /// Ready when the client takes what it is sent.
    pub(super) fn poll_flows(&self, cx: &Context<'_>) -> Poll<()> {
        self.0.visit.register(cx.waker());
        if self.0.stuck.load(Ordering::SeqCst) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.note(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
