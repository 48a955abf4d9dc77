//! From frames to bytes. The painter asks no terminal for anything: not its size, not its cursor.
//! It works the same for a local terminal and for an SSH session.
//!
//! Nothing that was painted is ever dropped half way: while the last frame is still being written
//! no new one is painted, and the next one shows the newest state. So a terminal that reads slowly,
//! or never again, costs one frame of memory and holds nobody up.

//!
//! Frames are drawn in buffers that all terminals of a thread share; what a terminal keeps is the
//! last frame in four bytes a cell, so that one process can hold thousands of visits.

mod ansi;
mod last;

use std::cell::Cell;
use std::io;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use zeroize::{Zeroize as _, Zeroizing};

use self::ansi::Pen;
use self::last::LastFrame;
use crate::domain::limits::WINDOW_MAX;

/// Room for a full frame of an ordinary window.
const FRAME_BYTES: usize = 16 * 1024;

/// What is needed only while a frame is painted.
#[derive(Default)]
struct Scratch {
    buffer: Buffer,
    bytes: Vec<u8>,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Paints frames of one terminal.
pub struct Painter {
    size: (u16, u16),
    pen: Pen,
    /// `None` until a frame was painted: the next one clears the window first.
    last: Option<LastFrame>,
    /// Bytes on their way. Wiped once written: a shown password is in them.
    pending: Zeroizing<Vec<u8>>,
    written: usize,
}

impl Painter {
    /// A painter for a window of this size in columns and rows, clamped by [`clamp`].
    pub fn new(size: (u16, u16)) -> Self {
        let size = clamp(size);
        Self {
            size,
            pen: Pen::new(size.0),
            last: None,
            pending: Zeroizing::default(),
            written: 0,
        }
    }

    /// The window has another size, or shows something that is not ours: the next frame clears it
    /// and paints every cell.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = clamp(size);
        self.pen = Pen::new(self.size.0);
        self.last = None;
    }

    /// Paints a frame: only what differs from the last one becomes bytes. `draw` says where the
    /// cursor is to be seen.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Buffer) -> Option<Position>) {
        let mut scratch = SCRATCH.take().unwrap_or_default();
        let Scratch { buffer, bytes } = &mut *scratch;
        bytes.reserve(FRAME_BYTES);
        let (cols, rows) = self.size;
        buffer.resize(Rect::new(0, 0, cols, rows));
        let cursor = draw(buffer);
        let last = self.last.get_or_insert_with(|| {
            self.pen.clear(bytes);
            LastFrame::new((cols, rows))
        });
        // Empty for the next frame, and of this one nothing stays behind.
        last.take(buffer, &mut self.pen, bytes);
        self.pen.cursor(bytes, cursor);
        self.send(bytes);
        bytes.zeroize();
        SCRATCH.set(Some(scratch));
    }

    /// Sends bytes as they are, after what is pending.
    pub fn send(&mut self, bytes: &[u8]) {
        // A vector that grows would leave what it held behind.
        let mut all = Vec::with_capacity(self.pending.len().saturating_add(bytes.len()));
        all.extend_from_slice(&self.pending);
        all.extend_from_slice(bytes);
        self.pending = Zeroizing::new(all);
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
            // Wiped, and its memory given back.
            self.pending = Zeroizing::default();
            self.written = 0;
        }
        output.flush().await
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

#[cfg(test)]
mod tests;
