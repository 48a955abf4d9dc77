//! The kiosk in plain lines: append-only, with numbered choices, without one escape byte. For
//! screen readers, for terminals that understand nothing, and where there is no terminal at all.
//!
//! It says the same things as the screens and asks for the same, in the same order; the engine
//! behind it is the same.

mod talk;
mod typing;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::time::Instant;
use zeroize::{Zeroize as _, Zeroizing};

use self::talk::{Heard, Talk};
use self::typing::{Typed, Typing};
use super::tui::app::AppSettings;
use super::tui::msg::{Command, Msg};
use super::tui::runtime::{Desk, Exit, Services};
use crate::flow::ports::Clock;

/// Most bytes taken at once.
const READ_MAX: usize = 1024;
/// Nobody waits longer for a line to be taken; then nobody is there.
const SLOW: Duration = Duration::from_secs(30);

/// Who shows what is typed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Echo {
    /// This front, so that it can leave out what is secret: the terminal is in raw mode.
    Ours,
    /// The other side, whatever is typed.
    Theirs,
}

/// One end of a line of text.
pub struct Line<R, W, S> {
    /// What is typed.
    pub input: R,
    /// Where lines go.
    pub output: W,
    /// Who shows what is typed.
    pub echo: Echo,
    /// Ends it from outside.
    pub stop: S,
}

/// Runs one visit until something ends it.
pub async fn run<R, W, S>(
    settings: AppSettings,
    line: Line<R, W, S>,
    services: Services,
    clock: Arc<dyn Clock>,
) -> Exit
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    S: Future<Output = Exit>,
{
    let Line {
        mut input,
        mut output,
        echo,
        stop,
    } = line;
    tokio::pin!(stop);
    let mut desk = Desk::new(services);
    let mut typing = Typing::new(echo);
    let mut talk = Talk::new(settings, echo);
    let mut heard = Heard::Arrived;
    loop {
        let now = clock.now();
        let mut said = Zeroizing::new(String::new());
        let commands = talk.hear(heard, now, &mut said);
        if write(&mut output, &said, echo).await.is_err() {
            return Exit::HungUp;
        }
        for command in commands {
            match command {
                Command::EndVisit | Command::Quit => return Exit::VisitOver,
                command => carry_out(&mut desk, command),
            }
        }
        let wake = talk
            .next_wake(clock.now())
            .map(|wait| Instant::now() + wait);
        heard = loop {
            tokio::select! {
                biased;
                exit = &mut stop => return exit,
                msg = desk.answer(true) => break Heard::Msg(msg),
                () = at(wake) => break Heard::Msg(Msg::Tick),
                typed = read(&mut input, &mut typing, talk.asks_for_secret()) => {
                    let Ok((typed, shown)) = typed else {
                        return Exit::HungUp;
                    };
                    if write(&mut output, &shown, echo).await.is_err() {
                        return Exit::HungUp;
                    }
                    if let Some(typed) = typed {
                        break Heard::Typed(typed);
                    }
                }
            }
        };
    }
}

fn carry_out(desk: &mut Desk, command: Command) {
    match command {
        Command::Begin => desk.begin(),
        Command::Flow(input) => desk.hand_in(input),
        Command::Assess {
            generation,
            password,
            policy,
        } => desk.assess(generation, password, policy),
        Command::NewPicture => desk.new_picture(),
        Command::ReadPhone => desk.read_phone(),
        Command::EndVisit | Command::Quit => {}
    }
}

/// Writes lines; each ends as the other side's terminal wants it.
async fn write<W: AsyncWrite + Unpin>(output: &mut W, text: &str, echo: Echo) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let text = match echo {
        // In raw mode a line feed leads down and not back.
        Echo::Ours => Zeroizing::new(text.replace('\n', "\r\n")),
        Echo::Theirs => Zeroizing::new(text.to_owned()),
    };
    let written = async {
        output.write_all(text.as_bytes()).await?;
        output.flush().await
    };
    tokio::time::timeout(SLOW, written)
        .await
        .unwrap_or(Err(io::ErrorKind::TimedOut.into()))
}

/// The next whole line, if there is one, and what is to be shown of what was typed. What comes
/// after a line stays for the next call.
async fn read<R: AsyncRead + Unpin>(
    input: &mut R,
    typing: &mut Typing,
    secret: bool,
) -> io::Result<(Option<Typed>, Zeroizing<String>)> {
    let mut shown = Zeroizing::new(String::new());
    if let Some(typed) = typing.next(secret, &mut shown) {
        return Ok((Some(typed), shown));
    }
    std::future::poll_fn(|cx| {
        let mut bytes = [0; READ_MAX];
        let mut taken = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut *input).poll_read(cx, &mut taken))?;
        if taken.filled().is_empty() {
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::UnexpectedEof)));
        }
        typing.feed(taken.filled());
        taken.filled_mut().zeroize();
        Poll::Ready(Ok(()))
    })
    .await?;
    let typed = typing.next(secret, &mut shown);
    Ok((typed, shown))
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
