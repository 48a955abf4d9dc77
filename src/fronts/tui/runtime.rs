//! The one event loop around a face: events in, commands carried out, frames out.
//!
//! The face does no I/O. This loop reads the terminal, the reset's prompts and the answers of the
//! services, hands each to the face in the order they came, and paints when nothing more is
//! waiting. A local terminal, an SSH session and a test differ in the [`Line`] only.

mod services;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Position;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use zeroize::Zeroize as _;

pub(in crate::fronts) use self::services::Desk;
pub use self::services::{Judge, ResetChannels, Services};
use super::event::TermEvent;
use super::input::Parser;
use super::msg::{Capabilities, Command, Msg};
use super::painter::{Painter, clamp};
use super::probe;
use crate::domain::time::Now;
use crate::flow::ports::Clock;

/// Most events handled before a frame is due although more are waiting.
const BATCH_MAX: u32 = 64;
/// Most bytes taken from the terminal at once.
const READ_MAX: usize = 4096;
/// A face cannot ask to be woken more often than this.
const WAKE_MIN: Duration = Duration::from_millis(10);

/// What the runtime shows and feeds: the app, or a toy in a test.
pub trait Face {
    /// Something happened.
    fn update(&mut self, msg: Msg, now: Now) -> Vec<Command>;
    /// Paints what there is into an empty buffer, and says where the cursor is to be seen.
    fn draw(&self, buffer: &mut Buffer, now: Now) -> Option<Position>;
    /// When the face wants a [`Msg::Tick`] although nothing happens; `None` for never.
    fn next_wake(&self, now: Now) -> Option<Duration>;
}

/// Why the loop ended.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The visit is over ([`Command::EndVisit`]).
    VisitOver,
    /// The demo ends ([`Command::Quit`]).
    Quit,
    /// A signal asked the program to end.
    Signalled,
    /// The terminal or the client went away.
    HungUp,
    /// Another part of the program panicked.
    Crashed,
}

/// One end of a terminal: its bytes in both directions and what is known of it.
pub struct Line<R, W, S> {
    /// What is typed.
    pub input: R,
    /// Where frames go. It may never take any.
    pub output: W,
    /// The window's size in columns and rows; the newest counts. Clamped here.
    pub size: watch::Receiver<(u16, u16)>,
    /// What the environment tells of the terminal.
    pub capabilities: Capabilities,
    /// Whether to ask the terminal itself, after the first frame.
    pub probe: bool,
    /// Ends the loop from outside: a signal, a session's end.
    pub stop: S,
}

/// Runs `face` until something ends it. Nothing here blocks: a terminal that reads nothing is
/// left with the frame it has, a service that answers nothing leaves the rest alive.
pub async fn run<F, R, W, S>(
    mut face: F,
    line: Line<R, W, S>,
    services: Services,
    clock: Arc<dyn Clock>,
) -> Exit
where
    F: Face,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    S: Future<Output = Exit>,
{
    let mut size = line.size;
    let first_size = clamp(*size.borrow_and_update());
    let mut session = Session {
        face: &mut face,
        desk: Desk::new(services),
        clock,
        painter: Painter::new(first_size),
        parser: Parser::default(),
        parser_due: None,
        wake_due: None,
        probing: line.probe.then(probe::Answers::default),
        asked: false,
        capabilities: line.capabilities,
        size: first_size,
        dirty: true,
    };
    let mut source = Source {
        input: line.input,
        output: line.output,
        size,
        stop: Box::pin(line.stop),
    };
    let mut exit = session.start().err();
    let mut batch = 0;
    loop {
        if let Some(exit) = exit {
            return exit;
        }
        if batch >= BATCH_MAX && session.can_paint() {
            session.paint();
            batch = 0;
        }
        let event = source.next(&mut session).await;
        batch = match event {
            Happened::Quiet => 0,
            _ => batch.saturating_add(1),
        };
        exit = session.handle(event).err();
    }
}

/// What the loop waits for.
enum Happened {
    Stopped(Exit),
    /// So much was read.
    Typed(io::Result<Vec<TermEvent>>),
    /// An unfinished sequence got no more bytes.
    InputPaused,
    Resized((u16, u16)),
    Written(io::Result<()>),
    Answered(Msg),
    Woke,
    /// Nothing else is waiting, and there is something to paint.
    Quiet,
}

/// Where events come from.
struct Source<R, W, S> {
    input: R,
    output: W,
    size: watch::Receiver<(u16, u16)>,
    stop: Pin<Box<S>>,
}

impl<R, W, S> Source<R, W, S>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    S: Future<Output = Exit>,
{
    /// The next event. The order matters: an end before all else, painting after all else.
    async fn next<F: Face>(&mut self, session: &mut Session<'_, F>) -> Happened {
        let wake = session.next_wake();
        let writing = !session.painter.idle();
        let can_paint = session.can_paint();
        let painted = !session.dirty && !writing;
        tokio::select! {
            biased;
            exit = &mut self.stop => Happened::Stopped(exit),
            written = session.painter.write(&mut self.output), if writing => {
                Happened::Written(written)
            }
            () = at(wake) => Happened::Woke,
            Ok(()) = self.size.changed() => {
                Happened::Resized(clamp(*self.size.borrow_and_update()))
            }
            msg = session.desk.answer(painted) => Happened::Answered(msg),
            // After those, so that somebody who types without end holds up nothing else.
            read = read(&mut self.input, &mut session.parser) => Happened::Typed(read),
            () = at(session.parser_due) => Happened::InputPaused,
            () = std::future::ready(()), if can_paint => Happened::Quiet,
        }
    }
}

/// Takes what was typed, at least a byte, and parses it at once: between two reads nothing of it is
/// kept, and a waiting visit costs no buffer.
async fn read<R: AsyncRead + Unpin>(
    input: &mut R,
    parser: &mut Parser,
) -> io::Result<Vec<TermEvent>> {
    std::future::poll_fn(|cx| {
        let mut bytes = [0; READ_MAX];
        let mut taken = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut *input).poll_read(cx, &mut taken))?;
        if taken.filled().is_empty() {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        let mut events = Vec::new();
        parser.feed(taken.filled(), &mut events);
        taken.filled_mut().zeroize();
        Poll::Ready(Ok(events))
    })
    .await
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The face and everything it needs.
struct Session<'a, F> {
    face: &'a mut F,
    desk: Desk,
    clock: Arc<dyn Clock>,
    painter: Painter,
    parser: Parser,
    /// When an unfinished sequence is given up.
    parser_due: Option<Instant>,
    /// When the face is woken.
    wake_due: Option<Instant>,
    /// The probe, while it runs or has yet to begin.
    probing: Option<probe::Answers>,
    asked: bool,
    capabilities: Capabilities,
    size: (u16, u16),
    dirty: bool,
}

impl<F: Face> Session<'_, F> {
    /// Tells the face what it is shown on, before the first frame.
    fn start(&mut self) -> Result<(), Exit> {
        let (cols, rows) = self.size;
        self.update(Msg::Capabilities(self.capabilities))?;
        self.update(Msg::Term(TermEvent::Resize { cols, rows }))
    }

    fn handle(&mut self, event: Happened) -> Result<(), Exit> {
        match event {
            Happened::Stopped(exit) => Err(exit),
            Happened::Written(Err(_)) | Happened::Typed(Err(_)) => Err(Exit::HungUp),
            Happened::Written(Ok(())) => {
                self.ask_terminal();
                Ok(())
            }
            Happened::Typed(Ok(events)) => self.typed(events),
            Happened::InputPaused => {
                let mut events = Vec::new();
                self.parser.flush(&mut events);
                self.typed(events)
            }
            Happened::Resized(size) if size == self.size => Ok(()),
            Happened::Resized(size) => {
                self.size = size;
                self.painter.resize(size);
                let (cols, rows) = size;
                self.update(Msg::Term(TermEvent::Resize { cols, rows }))
            }
            Happened::Answered(msg) => self.update(msg),
            Happened::Woke => {
                self.wake_due = None;
                self.update(Msg::Tick)
            }
            Happened::Quiet => {
                self.paint();
                Ok(())
            }
        }
    }

    fn typed(&mut self, events: Vec<TermEvent>) -> Result<(), Exit> {
        self.parser_due = self.parser.pending().map(|wait| Instant::now() + wait);
        for event in events {
            match event {
                TermEvent::CursorAt { col, row } => self.terminal_answered(col, row)?,
                event => self.update(Msg::Term(event))?,
            }
        }
        Ok(())
    }

    fn update(&mut self, msg: Msg) -> Result<(), Exit> {
        self.dirty = true;
        for command in self.face.update(msg, self.clock.now()) {
            match command {
                Command::EndVisit => return Err(Exit::VisitOver),
                Command::Quit => return Err(Exit::Quit),
                Command::Begin => self.desk.begin(),
                Command::Flow(input) => self.desk.hand_in(input),
                Command::Assess {
                    generation,
                    password,
                    policy,
                } => self.desk.assess(generation, password, policy),
                Command::NewPicture => self.desk.new_picture(),
                Command::ReadPhone => self.desk.read_phone(),
            }
        }
        Ok(())
    }

    /// The earliest time that was asked for since the last tick: a face that keeps asking for
    /// "soon" while much is typed is woken all the same.
    fn next_wake(&mut self) -> Option<Instant> {
        let wished = self.face.next_wake(self.clock.now());
        let wished = wished.map(|wait| Instant::now() + wait.max(WAKE_MIN));
        self.wake_due = match (self.wake_due, wished) {
            (Some(due), Some(wished)) => Some(due.min(wished)),
            (due, wished) => due.or(wished),
        };
        self.wake_due
    }

    /// One frame at a time: while one is being written the next one waits, and is newer for it.
    fn can_paint(&self) -> bool {
        self.dirty && self.painter.idle()
    }

    fn paint(&mut self) {
        let now = self.clock.now();
        self.painter.paint(|buffer| self.face.draw(buffer, now));
        self.dirty = false;
    }

    /// Once the first frame is on the screen: the question, and the frame again over it.
    fn ask_terminal(&mut self) {
        if self.asked || self.probing.is_none() || !self.painter.idle() {
            return;
        }
        self.asked = true;
        self.parser.expect_cursor_report(probe::ANSWERS);
        self.painter.send(probe::QUESTION);
        self.painter.resize(self.size);
        self.paint();
    }

    fn terminal_answered(&mut self, col: u16, row: u16) -> Result<(), Exit> {
        let known = self
            .probing
            .as_mut()
            .and_then(|answers| answers.take(col, row, self.capabilities));
        let Some(known) = known else {
            return Ok(());
        };
        self.probing = None;
        if known == self.capabilities {
            return Ok(());
        }
        self.capabilities = known;
        self.update(Msg::Capabilities(known))
    }
}
