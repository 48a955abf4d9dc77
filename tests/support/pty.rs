//! A terminal for tests: a program on a pty, with what it shows in a `vt100` screen.
//!
//! Nothing here sleeps: every wait is for bytes or an end, with a deadline that fails the test.

#![allow(dead_code, reason = "every test binary uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::OpenptFlags;
use rustix::termios::{Termios, Winsize};

/// How long any wait may take before the test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// What to run, and on what kind of terminal.
pub(crate) struct Setup {
    command: Command,
    size: (u16, u16),
    answers: bool,
}

impl Setup {
    /// `program` on an 80x24 xterm with UTF-8, with nothing else in its environment but `PATH`.
    pub(crate) fn new(program: impl AsRef<Path>) -> Self {
        // setsid(1) makes the pty the controlling terminal, in the same process.
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(program.as_ref());
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        Self {
            command,
            size: (80, 24),
            answers: true,
        }
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<std::ffi::OsStr>>(
        mut self,
        args: impl IntoIterator<Item = A>,
    ) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Columns and rows.
    pub(crate) fn size(mut self, cols: u16, rows: u16) -> Self {
        self.size = (cols, rows);
        self
    }

    /// The terminal never answers `CSI 6n`.
    pub(crate) fn mute(mut self) -> Self {
        self.answers = false;
        self
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Pty {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = rustix::pty::openpt(flags).unwrap();
        rustix::pty::grantpt(&master).unwrap();
        rustix::pty::unlockpt(&master).unwrap();
        let slave = rustix::pty::ioctl_tiocgptpeer(&master, flags).unwrap();
        set_size(&master, self.size);
        // A known state: what a login shell would leave.
        let cooked = rustix::termios::tcgetattr(&slave).unwrap();
        let stdio = || Stdio::from(slave.try_clone().unwrap());
        self.command.stdin(stdio()).stdout(stdio()).stderr(stdio());
        let child = self.command.spawn().unwrap();
        // The command holds descriptors of the slave: without dropping it no end is ever seen.
        drop((self.command, slave));
        let (cols, rows) = self.size;
        let frozen = Arc::new(AtomicBool::new(false));
        Pty {
            child,
            output: read_all(master.try_clone().unwrap(), Arc::clone(&frozen)),
            frozen,
            master: File::from(master),
            screen: vt100::Parser::new_with_callbacks(
                nonzero(rows),
                nonzero(cols),
                0,
                Answers::default(),
            ),
            answers: self.answers,
            raw: Vec::new(),
            cooked,
            ended: false,
        }
    }
}

/// What a program wrote in a while.
pub(crate) struct Came {
    /// When the first piece came.
    pub(crate) first: Instant,
    /// When the last one did.
    pub(crate) last: Instant,
    /// How much it was in all.
    pub(crate) bytes: usize,
}

/// A program on a pty. Dropping it kills the program.
pub(crate) struct Pty {
    child: Child,
    master: File,
    /// What the program wrote; it ends when the program has.
    output: Receiver<Vec<u8>>,
    /// The terminal reads no more.
    frozen: Arc<AtomicBool>,
    screen: vt100::Parser<Answers>,
    answers: bool,
    raw: Vec<u8>,
    cooked: Termios,
    ended: bool,
}

impl Pty {
    /// Types.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.master.write_all(bytes.as_ref()).unwrap();
    }

    /// What the screen shows, one line each.
    pub(crate) fn screen_text(&self) -> String {
        self.screen.screen().contents()
    }

    /// The screen itself: cells, colours, cursor.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Everything that was ever written to the terminal.
    pub(crate) fn raw_output(&self) -> &[u8] {
        &self.raw
    }

    /// Waits until the screen is as wanted. Fails with what it shows instead.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&vt100::Screen) -> bool) {
        self.wait_within(DEADLINE, wanted);
    }

    /// The same with another limit.
    #[track_caller]
    pub(crate) fn wait_within(&mut self, limit: Duration, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = after(limit);
        while !wanted(self.screen.screen()) {
            if !self.read_once(deadline) {
                let why = if self.ended {
                    "the program ended"
                } else {
                    "too late"
                };
                panic!("{why}; the screen shows:\n{}", self.screen_text());
            }
        }
    }

    /// Waits until the screen shows `text` anywhere.
    #[track_caller]
    pub(crate) fn wait_for_text(&mut self, text: &str) {
        self.wait_for(|screen| screen.contents().contains(text));
    }

    /// Waits until `text` has been written so many times in all, escape sequences included.
    #[track_caller]
    pub(crate) fn wait_for_raw(&mut self, text: &[u8], times: usize) {
        let deadline = deadline();
        while count(&self.raw, text) < times {
            assert!(
                self.read_once(deadline),
                "{} was not written {times} times; the screen shows:\n{}",
                text.escape_ascii(),
                self.screen_text()
            );
        }
    }

    /// Waits until more than `before` bytes have been written in all.
    #[track_caller]
    pub(crate) fn wait_for_more(&mut self, before: usize) {
        let deadline = deadline();
        while self.raw.len() <= before {
            assert!(self.read_once(deadline), "nothing more was written");
        }
    }

    /// Reads until nothing has come for so long; what came, if anything did.
    pub(crate) fn wait_until_quiet(&mut self, quiet: Duration) -> Option<Came> {
        let before = self.raw.len();
        let mut came: Option<Came> = None;
        while self.read_once(after(quiet)) {
            let now = after(Duration::ZERO);
            let bytes = self.raw.len() - before;
            let so_far = came.get_or_insert(Came {
                first: now,
                last: now,
                bytes,
            });
            (so_far.last, so_far.bytes) = (now, bytes);
        }
        came
    }

    /// Waits until the program has ended, and reads the last it wrote.
    #[track_caller]
    pub(crate) fn wait_exit(&mut self) -> ExitStatus {
        let deadline = deadline();
        if !self.frozen.load(Ordering::SeqCst) {
            while self.read_once(deadline) {}
            assert!(
                self.ended,
                "still running; the screen shows:\n{}",
                self.screen_text()
            );
        }
        // The pty has no other end any more, or nobody reads it: the process itself is waited for,
        // with the same deadline.
        let pid = rustix::process::Pid::from_child(&self.child);
        let (done, waiting) = channel();
        thread::spawn(move || {
            let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty());
            if let Ok(pidfd) = pidfd {
                let mut watched = [rustix::event::PollFd::new(
                    &pidfd,
                    rustix::event::PollFlags::IN,
                )];
                let _ = rustix::event::poll(&mut watched, None);
            }
            let _ = done.send(());
        });
        waiting
            .recv_timeout(remaining(deadline))
            .expect("the program ends in time");
        self.child.wait().unwrap()
    }

    /// From now on (after at most one more piece) the terminal reads nothing that is written to it.
    pub(crate) fn freeze(&mut self) {
        self.frozen.store(true, Ordering::SeqCst);
    }

    /// The window has another size now.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        self.screen.set_size(nonzero(rows), nonzero(cols));
        set_size(&self.master, (cols, rows));
    }

    /// Sends a signal to the program.
    pub(crate) fn kill(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// The program's process.
    pub(crate) fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_child(&self.child)
    }

    /// The terminal's settings.
    pub(crate) fn termios(&self) -> Termios {
        rustix::termios::tcgetattr(&self.master).unwrap()
    }

    /// The settings before the program began.
    pub(crate) fn cooked(&self) -> &Termios {
        &self.cooked
    }

    /// Fails unless the settings are as they were before the program began, and the modes that it
    /// switched on are off.
    #[track_caller]
    pub(crate) fn assert_restored(&self) {
        assert_eq!(
            format!("{:?}", self.termios()),
            format!("{:?}", self.cooked)
        );
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    }

    /// Takes what was written next; `false` at the deadline or the end.
    fn read_once(&mut self, deadline: Instant) -> bool {
        match self.output.recv_timeout(remaining(deadline)) {
            Ok(bytes) => {
                self.screen.process(&bytes);
                self.raw.extend(bytes);
                let answers = std::mem::take(&mut self.screen.callbacks_mut().0);
                if self.answers {
                    // The program may have ended since it asked.
                    let _ = self.master.write_all(&answers);
                }
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                self.ended = true;
                false
            }
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers to `CSI 6n`, as a terminal gives them.
#[derive(Default)]
struct Answers(Vec<u8>);

impl vt100::Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        prefix: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        last: char,
    ) {
        if prefix.is_none() && last == 'n' && params == [[6]] {
            let (row, col) = screen.cursor_position();
            let _ = write!(self.0, "\x1b[{};{}R", row + 1, col + 1);
        }
    }
}

fn read_all(master: OwnedFd, frozen: Arc<AtomicBool>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut master = File::from(master);
        let mut buffer = [0; 65_536];
        // An error is the end: nobody has the other side open any more (EIO).
        while let Ok(read @ 1..) = master.read(&mut buffer) {
            if sender.send(buffer[..read].to_vec()).is_err() {
                return;
            }
            while frozen.load(Ordering::SeqCst) {
                thread::park();
            }
        }
    });
    receiver
}

fn set_size(master: impl std::os::fd::AsFd, (cols, rows): (u16, u16)) {
    let size = Winsize {
        ws_row: rows,
        ws_col: cols,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    rustix::termios::tcsetwinsize(master, size).unwrap();
}

fn nonzero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a size above nought")
}

fn count(haystack: &[u8], needle: &[u8]) -> usize {
    haystack
        .windows(needle.len())
        .filter(|window| *window == needle)
        .count()
}

fn deadline() -> Instant {
    after(DEADLINE)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the deadline of a test runs in real time"
)]
fn after(wait: Duration) -> Instant {
    Instant::now() + wait
}

#[expect(
    clippy::disallowed_methods,
    reason = "the deadline of a test runs in real time"
)]
fn remaining(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
