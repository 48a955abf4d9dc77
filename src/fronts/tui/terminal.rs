//! The local terminal: raw mode, the alternate screen, and the way back, whatever happens.
//!
//! There is one local terminal in a process, so what it looked like before is kept in one place,
//! where [`Terminal`]'s drop, the panic hook and the kiosk's re-execution all find it. The
//! terminal is opened anew for reading and writing: the descriptors the program was started with
//! are shared with the shell, and making them non-blocking would break that.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use rustix::fs::{Mode, OFlags};
use rustix::process::{DumpableBehavior, Resource, Rlimit};
use rustix::termios::{OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Alternate screen, bracketed paste, mouse presses in SGR form, no wrapping at the right edge.
pub(crate) const ENTER: &[u8] =
    b"\x1b[?1049h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[?7l\x1b[0m\x1b[H\x1b[2J";
/// The way back. The screen and the lines scrolled off it are wiped before it is left.
pub(crate) const LEAVE: &[u8] =
    b"\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[2J\x1b[3J\x1b[H\x1b[?7h\
\x1b[?25h\x1b[?1049l";
/// Nothing but the screen, wiped.
pub(crate) const WIPE: &[u8] = b"\x1b[0m\x1b[2J\x1b[3J\x1b[H";

/// What the terminal was like before, as long as it is ours.
static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

struct Before {
    tty: OwnedFd,
    termios: Termios,
    manner: Manner,
    /// The alternate screen has been left.
    left: bool,
}

/// How the terminal is written to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Manner {
    /// Screens, on the alternate one.
    Screens,
    /// Lines, without one escape byte.
    Lines,
}

/// Why the terminal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard input or output is a file or a pipe.
    #[error(
        "the kiosk needs a terminal: standard input and output must be one, not a file or a pipe"
    )]
    NotATerminal,
    /// The terminal refuses.
    #[error("the terminal cannot be set up: {0}")]
    Io(#[from] io::Error),
}

impl From<rustix::io::Errno> for TerminalError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

/// The local terminal in raw mode with the alternate screen. Dropping it restores it.
pub struct Terminal {
    tty: OwnedFd,
}

impl Terminal {
    /// Takes the terminal over. `keys` are the signal keys to restore at the end, when this
    /// process took over from one that had switched them off (see [`hand_over`]).
    ///
    /// # Errors
    /// Says what is wrong with the terminal; nothing was changed then.
    pub fn enter(keys: Option<SignalKeys>, manner: Manner) -> Result<Self, TerminalError> {
        let (stdin, stdout) = (rustix::stdio::stdin(), rustix::stdio::stdout());
        if !rustix::termios::isatty(stdin) || !rustix::termios::isatty(stdout) {
            return Err(TerminalError::NotATerminal);
        }
        let tty = open_tty()?;
        let mut termios = rustix::termios::tcgetattr(&tty)?;
        if let Some(keys) = keys {
            keys.put_into(&mut termios);
        }
        let mut raw = termios.clone();
        raw.make_raw();
        *before() = Some(Before {
            tty: tty.try_clone()?,
            termios,
            manner,
            left: false,
        });
        // From here on dropping it restores.
        let terminal = Self { tty };
        rustix::termios::tcsetattr(&terminal.tty, OptionalActions::Now, &raw)?;
        // What was typed before the first screen was not meant for it.
        rustix::termios::tcflush(&terminal.tty, QueueSelector::IFlush)?;
        if manner == Manner::Screens {
            write_or_give_up(&terminal.tty, ENTER);
        }
        Ok(terminal)
    }

    /// The terminal's bytes.
    ///
    /// # Errors
    /// The runtime cannot watch it.
    pub fn input(&self) -> io::Result<Tty> {
        Tty::new(self.tty.try_clone()?)
    }

    /// Where frames go; it never blocks.
    ///
    /// # Errors
    /// The runtime cannot watch it.
    pub fn output(&self) -> io::Result<Tty> {
        Tty::new(self.tty.try_clone()?)
    }

    /// The window's size in columns and rows; 0 when the terminal does not know.
    pub fn size(&self) -> (u16, u16) {
        rustix::termios::tcgetwinsize(&self.tty).map_or((0, 0), |size| (size.ws_col, size.ws_row))
    }

    /// The terminal itself, for questions that the kernel answers.
    pub fn tty(&self) -> &OwnedFd {
        &self.tty
    }

    /// Wipes the screen and what was typed ahead, and stays in raw mode.
    pub fn wipe(&self) {
        let _ = rustix::termios::tcflush(&self.tty, QueueSelector::IOFlush);
        write_or_give_up(&self.tty, WIPE);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Restores the terminal, if it is ours. Can be called at any time, also twice.
pub fn restore() {
    if let Some(mut before) = before().take() {
        before.leave();
        before.set(&before.termios);
    }
}

/// Leaves the terminal to the next process of this kiosk: everything as it was before, except that
/// Ctrl-C, Ctrl-\ and Ctrl-Z stay ordinary keys, so that nobody stops the program in the moment
/// before it is in raw mode again. Returns the keys for the next [`Terminal::enter`]; `None` when
/// the terminal is not ours. [`restore`] still restores them, if there is no next process.
pub fn hand_over() -> Option<SignalKeys> {
    let mut before = before();
    let before = before.as_mut()?;
    before.leave();
    let mut termios = before.termios.clone();
    SignalKeys::NONE.put_into(&mut termios);
    before.set(&termios);
    Some(SignalKeys::of(&before.termios))
}

impl Before {
    fn leave(&mut self) {
        if !self.left {
            // What was typed ahead was meant for this visit. What the terminal has not read yet is
            // wiped from the screen anyway, and would make a frozen one block the last words.
            let _ = rustix::termios::tcflush(&self.tty, QueueSelector::IOFlush);
            if self.manner == Manner::Screens {
                write_or_give_up(&self.tty, LEAVE);
            }
            self.left = true;
        }
    }

    fn set(&self, termios: &Termios) {
        // Not `Flush` or `Drain`: those wait for a terminal that may never read again.
        let _ = rustix::termios::tcsetattr(&self.tty, OptionalActions::Now, termios);
    }
}

fn before() -> MutexGuard<'static, Option<Before>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The keys that send SIGINT, SIGQUIT and SIGTSTP outside raw mode.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SignalKeys([u8; 3]);

impl SignalKeys {
    /// No key sends a signal (`_POSIX_VDISABLE`).
    const NONE: Self = Self([0; 3]);
    const CODES: [SpecialCodeIndex; 3] = [
        SpecialCodeIndex::VINTR,
        SpecialCodeIndex::VQUIT,
        SpecialCodeIndex::VSUSP,
    ];

    fn of(termios: &Termios) -> Self {
        Self(Self::CODES.map(|code| termios.special_codes[code]))
    }

    fn put_into(self, termios: &mut Termios) {
        for (code, key) in Self::CODES.into_iter().zip(self.0) {
            termios.special_codes[code] = key;
        }
    }
}

impl std::fmt::Display for SignalKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [interrupt, quit, suspend] = self.0;
        write!(f, "{interrupt}.{quit}.{suspend}")
    }
}

impl std::str::FromStr for SignalKeys {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut keys = [0; 3];
        for (key, number) in keys.iter_mut().zip(text.split('.')) {
            *key = number.parse()?;
        }
        Ok(Self(keys))
    }
}

/// Opens the terminal of standard input by its name, or, where it has none here (a container), as
/// the controlling terminal.
fn open_tty() -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::termios::ttyname(rustix::stdio::stdin(), Vec::new())
        .and_then(|name| rustix::fs::open(name, flags, Mode::empty()))
        .or_else(|_| rustix::fs::open("/dev/tty", flags, Mode::empty()))
}

/// Writes to a terminal that may not read: then what it has not read is thrown away first, and
/// after a few tries it is left as it is.
fn write_or_give_up(tty: &OwnedFd, mut bytes: &[u8]) {
    const TRIES: u8 = 8;
    for _ in 0..TRIES {
        match rustix::io::write(tty, bytes) {
            Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let _ = rustix::termios::tcflush(tty, QueueSelector::OFlush);
            }
            Err(_) => return,
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// No core file of this process, and no look into its memory by others of the same user.
///
/// # Errors
/// The kernel refuses.
pub fn harden() -> io::Result<()> {
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    Ok(rustix::process::setrlimit(Resource::Core, none)?)
}

/// A non-blocking terminal as a stream of bytes.
pub struct Tty(AsyncFd<OwnedFd>);

impl Tty {
    #[expect(
        deprecated,
        reason = "its successor asks for a promise in unsafe code that the descriptor stays open; \
                  an owned one does"
    )]
    fn new(tty: OwnedFd) -> io::Result<Self> {
        AsyncFd::new(tty).map(Self)
    }
}

impl AsyncRead for Tty {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut guard = ready!(self.0.poll_read_ready(cx))?;
            let unfilled = buf.initialize_unfilled();
            match guard.try_io(|tty| Ok(rustix::io::read(tty.as_fd(), unfilled)?)) {
                Ok(Ok(read)) => {
                    buf.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(error)) => return Poll::Ready(Err(error)),
                Err(_would_block) => {}
            }
        }
    }
}

impl AsyncWrite for Tty {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.0.poll_write_ready(cx))?;
            match guard.try_io(|tty| Ok(rustix::io::write(tty.as_fd(), bytes)?)) {
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(result) => return Poll::Ready(result),
                Err(_would_block) => {}
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
