//! From frames to bytes. The painter asks no terminal for anything: not its size, not its cursor.
//! It works the same for a local terminal and for an SSH session.
//!
//! Nothing that was painted is ever dropped half way: while the last frame is still being written
//! no new one is painted, and the next one shows the newest state. So a terminal that reads slowly,
//! or never again, costs one frame of memory and holds nobody up.

mod ansi;

use std::convert::Infallible;
use std::io;

use ratatui_core::layout::Rect;
use ratatui_core::terminal::{Frame, Terminal, TerminalOptions, Viewport};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use zeroize::{Zeroize, Zeroizing};

use self::ansi::Ansi;
use crate::domain::limits::WINDOW_MAX;

/// Room for a full frame of an ordinary window.
const FRAME_BYTES: usize = 16 * 1024;

/// Paints frames of one terminal.
pub struct Painter {
    terminal: Terminal<Ansi>,
    /// Bytes on their way. Wiped once written: a shown password is in them.
    pending: Zeroizing<Vec<u8>>,
    written: usize,
}

impl Painter {
    /// A painter for a window of this size in columns and rows, clamped by [`clamp`].
    pub fn new(size: (u16, u16)) -> Self {
        Self {
            terminal: terminal(size),
            pending: Zeroizing::new(Vec::with_capacity(FRAME_BYTES)),
            written: 0,
        }
    }

    /// The window has another size, or shows something that is not ours: the next frame clears it
    /// and paints every cell.
    pub fn resize(&mut self, size: (u16, u16)) {
        // Bytes that were painted but not taken over yet belong to the frame before.
        self.take_over();
        self.terminal = terminal(size);
    }

    /// Paints a frame: only what differs from the last one becomes bytes.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Frame<'_>)) {
        let Ok(_) = self.terminal.draw(draw).map_err(never);
        self.take_over();
    }

    /// Sends bytes as they are, after what is pending.
    pub fn send(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Whether everything painted was written.
    pub fn idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// Writes as much as the terminal takes at once; does nothing when idle. Cancel safe.
    ///
    /// # Errors
    /// The terminal is gone.
    pub async fn write<W: AsyncWrite + Unpin>(&mut self, output: &mut W) -> io::Result<()> {
        let rest = self.pending.get(self.written..).unwrap_or_default();
        if !rest.is_empty() {
            let taken = output.write(rest).await?;
            if taken == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.written = self.written.saturating_add(taken);
            if self.written < self.pending.len() {
                return Ok(());
            }
            self.pending.zeroize();
            self.written = 0;
        }
        output.flush().await
    }

    fn take_over(&mut self) {
        let painted = self.terminal.backend_mut().painted();
        self.pending.extend_from_slice(painted);
        painted.zeroize();
    }
}

/// The size that is drawn for a window of this size: at most [`WINDOW_MAX`], so that nobody can
/// make it cost memory, and at least one cell. Nought means that the terminal does not know (a
/// serial line): then the size that every terminal has.
pub fn clamp((cols, rows): (u16, u16)) -> (u16, u16) {
    if cols == 0 || rows == 0 {
        return (80, 24);
    }
    (cols.min(WINDOW_MAX.0), rows.min(WINDOW_MAX.1))
}

fn terminal(size: (u16, u16)) -> Terminal<Ansi> {
    let (cols, rows) = clamp(size);
    let options = TerminalOptions {
        // Fixed, so that ratatui never asks for a size or the cursor.
        viewport: Viewport::Fixed(Rect::new(0, 0, cols, rows)),
    };
    let Ok(terminal) = Terminal::with_options(Ansi::new(cols, rows), options).map_err(never);
    terminal
}

fn never(impossible: Infallible) -> Infallible {
    match impossible {}
}

#[cfg(test)]
mod tests;
