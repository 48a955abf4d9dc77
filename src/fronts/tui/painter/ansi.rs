//! A ratatui backend that writes ANSI sequences into memory.
//!
//! crossterm's own backend asks the process's terminal for the cursor, reads `NO_COLOR` once for
//! the whole process, and writes the sixteen colours in the form for 256, which old terminals do
//! not know. This one keeps style and cursor from frame to frame, so that a typed key costs few
//! bytes. Source: ECMA-48 (CUP, CUF, ED, SGR), aixterm for the bright colours.

use std::convert::Infallible;
use std::io::Write as _;

use ratatui_core::backend::{Backend, ClearType, WindowSize};
use ratatui_core::buffer::Cell;
use ratatui_core::layout::{Position, Size};
use ratatui_core::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;
use zeroize::Zeroizing;

/// The attributes and their SGR numbers.
const ATTRIBUTES: [(Modifier, u8); 8] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

#[derive(Copy, Clone, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Look = Look {
    fg: Color::Reset,
    bg: Color::Reset,
    modifier: Modifier::empty(),
};

/// The backend: what was painted since it was last emptied, and what the terminal is at.
pub(super) struct Ansi {
    bytes: Zeroizing<Vec<u8>>,
    size: Size,
    look: Look,
    /// Where the terminal's cursor is; `None` when that cannot be known.
    at: Option<Position>,
    cursor_shown: Option<bool>,
}

impl Ansi {
    /// Begins with a cleared screen.
    pub(super) fn new(cols: u16, rows: u16) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(super::FRAME_BYTES));
        bytes.extend_from_slice(b"\x1b[0m\x1b[2J");
        Self {
            bytes,
            size: Size::new(cols, rows),
            look: PLAIN,
            at: None,
            cursor_shown: None,
        }
    }

    /// What was painted; the caller empties it.
    pub(super) fn painted(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    fn put(&mut self, args: std::fmt::Arguments<'_>) {
        // Writing into memory cannot fail.
        let _ = self.bytes.write_fmt(args);
    }

    fn go_to(&mut self, to: Position) {
        match self.at {
            Some(at) if at == to => {}
            Some(at) if at.y == to.y && at.x < to.x => match to.x.saturating_sub(at.x) {
                1 => self.put(format_args!("\x1b[C")),
                n => self.put(format_args!("\x1b[{n}C")),
            },
            _ => {
                let (row, col) = (to.y.saturating_add(1), to.x.saturating_add(1));
                match col {
                    1 => self.put(format_args!("\x1b[{row}H")),
                    _ => self.put(format_args!("\x1b[{row};{col}H")),
                }
            }
        }
        self.at = Some(to);
    }

    fn wear(&mut self, look: Look) {
        if look == self.look {
            return;
        }
        let mut sgr = Sgr(&mut self.bytes, b'[');
        let mut had = self.look;
        if !look.modifier.contains(had.modifier) {
            sgr.add(format_args!("0"));
            had = PLAIN;
        }
        for (attribute, number) in ATTRIBUTES {
            if look.modifier.contains(attribute) && !had.modifier.contains(attribute) {
                sgr.add(format_args!("{number}"));
            }
        }
        if look.fg != had.fg {
            sgr.colour(look.fg, 30);
        }
        if look.bg != had.bg {
            sgr.colour(look.bg, 40);
        }
        sgr.end();
        self.look = look;
    }

    fn print(&mut self, symbol: &str) {
        // A last line of defence for rule 8: text was cleaned long before.
        if symbol.is_empty() || symbol.contains(char::is_control) {
            self.bytes.push(b'?');
        } else {
            self.bytes.extend_from_slice(symbol.as_bytes());
        }
        let width = u16::try_from(symbol.width()).unwrap_or(1).max(1);
        // In the last column terminals differ in where the cursor is.
        self.at = self.at.and_then(|at| {
            let x = at.x.saturating_add(width);
            (x < self.size.width).then_some(Position { x, y: at.y })
        });
    }
}

impl Backend for Ansi {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.go_to(Position { x, y });
            self.wear(Look {
                fg: cell.fg,
                bg: cell.bg,
                modifier: cell.modifier,
            });
            self.print(cell.symbol());
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        if self.cursor_shown != Some(false) {
            self.bytes.extend_from_slice(b"\x1b[?25l");
            self.cursor_shown = Some(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        if self.cursor_shown != Some(true) {
            self.bytes.extend_from_slice(b"\x1b[?25h");
            self.cursor_shown = Some(true);
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.go_to(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.wear(PLAIN);
        self.bytes.extend_from_slice(b"\x1b[2J");
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// One SGR sequence in the making: the bytes, and what comes before the next number.
struct Sgr<'a>(&'a mut Vec<u8>, u8);

impl Sgr<'_> {
    fn add(&mut self, number: std::fmt::Arguments<'_>) {
        if self.1 == b'[' {
            self.0.push(0x1b);
        }
        self.0.push(self.1);
        let _ = self.0.write_fmt(number);
        self.1 = b';';
    }

    /// `base` is 30 for the foreground, 40 for the background.
    fn colour(&mut self, colour: Color, base: u8) {
        let bright = base.saturating_add(60);
        let number = match colour {
            Color::Reset => base.saturating_add(9),
            Color::Black => base,
            Color::Red => base.saturating_add(1),
            Color::Green => base.saturating_add(2),
            Color::Yellow => base.saturating_add(3),
            Color::Blue => base.saturating_add(4),
            Color::Magenta => base.saturating_add(5),
            Color::Cyan => base.saturating_add(6),
            Color::Gray => base.saturating_add(7),
            Color::DarkGray => bright,
            Color::LightRed => bright.saturating_add(1),
            Color::LightGreen => bright.saturating_add(2),
            Color::LightYellow => bright.saturating_add(3),
            Color::LightBlue => bright.saturating_add(4),
            Color::LightMagenta => bright.saturating_add(5),
            Color::LightCyan => bright.saturating_add(6),
            Color::White => bright.saturating_add(7),
            Color::Indexed(index) => {
                return self.add(format_args!("{};5;{index}", base.saturating_add(8)));
            }
            Color::Rgb(r, g, b) => {
                return self.add(format_args!("{};2;{r};{g};{b}", base.saturating_add(8)));
            }
        };
        self.add(format_args!("{number}"));
    }

    fn end(self) {
        if self.1 != b'[' {
            self.0.push(b'm');
        }
    }
}
