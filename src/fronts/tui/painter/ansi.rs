//! From cells to ANSI sequences in memory.
//!
//! A backend of ratatui's own would ask the process's terminal for the cursor, read `NO_COLOR` once
//! for the whole process, and write the sixteen colours in the form for 256, which old terminals do
//! not know. This pen keeps style and cursor from frame to frame, so that a typed key costs few
//! bytes. Source: ECMA-48 (CUP, CUF, ED, EL, SGR), aixterm for the bright colours.

use std::io::Write as _;

use ratatui_core::buffer::Cell;
use ratatui_core::layout::Position;
use ratatui_core::style::{Color, Modifier};

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

/// How a cell looks.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

impl Look {
    pub(super) fn of(cell: &Cell) -> Self {
        Self {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        }
    }
}

/// The look of an empty cell.
pub(super) const PLAIN: Look = Look {
    fg: Color::Reset,
    bg: Color::Reset,
    modifier: Modifier::empty(),
};

/// What the terminal is at: its style, its cursor.
pub(super) struct Pen {
    width: u16,
    look: Look,
    /// Where the terminal's cursor is; `None` when that cannot be known.
    at: Option<Position>,
    cursor_shown: Option<bool>,
}

impl Pen {
    /// A pen for a window so many columns wide, of which nothing is known.
    pub(super) fn new(width: u16) -> Self {
        Self {
            width,
            look: PLAIN,
            at: None,
            cursor_shown: None,
        }
    }

    /// Clears the screen.
    pub(super) fn clear(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[0m\x1b[2J");
        self.look = PLAIN;
    }

    /// Puts one symbol, so many columns wide, at a place.
    pub(super) fn put(
        &mut self,
        out: &mut Vec<u8>,
        at: Position,
        look: Look,
        (symbol, width): (&str, u16),
    ) {
        self.go_to(out, at);
        self.wear(out, look);
        // A last line of defence for rule 8: text was cleaned long before.
        if symbol.is_empty() || symbol.contains(char::is_control) {
            out.push(b'?');
        } else {
            out.extend_from_slice(symbol.as_bytes());
        }
        // In the last column terminals differ in where the cursor is.
        self.at = self.at.and_then(|at| {
            let x = at.x.saturating_add(width);
            (x < self.width).then_some(Position { x, y: at.y })
        });
    }

    /// Blanks the rest of the row from a place on. Terminals fill it with the background that is in
    /// force (ECMA-48, EL, and what is called back colour erase).
    pub(super) fn blank_rest(&mut self, out: &mut Vec<u8>, at: Position) {
        self.go_to(out, at);
        if self.look.bg != PLAIN.bg || self.look.modifier.contains(Modifier::REVERSED) {
            self.wear(out, PLAIN);
        }
        out.extend_from_slice(b"\x1b[K");
    }

    /// How many columns to the right of the pen a place in the same row is.
    pub(super) fn columns_to(&self, to: Position) -> Option<u16> {
        let at = self.at.filter(|at| at.y == to.y)?;
        to.x.checked_sub(at.x)
    }

    /// Whether something that looks so is written without a sequence before it.
    pub(super) fn wears(&self, look: Look) -> bool {
        self.look == look
    }

    /// Shows the cursor at a place, or hides it.
    pub(super) fn cursor(&mut self, out: &mut Vec<u8>, at: Option<Position>) {
        if self.cursor_shown != Some(at.is_some()) {
            let sequence: &[u8] = match at {
                Some(_) => b"\x1b[?25h",
                None => b"\x1b[?25l",
            };
            out.extend_from_slice(sequence);
            self.cursor_shown = Some(at.is_some());
        }
        if let Some(at) = at {
            self.go_to(out, at);
        }
    }

    fn go_to(&mut self, out: &mut Vec<u8>, to: Position) {
        match self.at {
            Some(at) if at == to => {}
            Some(at) if at.y == to.y && at.x < to.x => match to.x.saturating_sub(at.x) {
                1 => write(out, format_args!("\x1b[C")),
                n => write(out, format_args!("\x1b[{n}C")),
            },
            _ => {
                let (row, col) = (to.y.saturating_add(1), to.x.saturating_add(1));
                match col {
                    1 => write(out, format_args!("\x1b[{row}H")),
                    _ => write(out, format_args!("\x1b[{row};{col}H")),
                }
            }
        }
        self.at = Some(to);
    }

    fn wear(&mut self, out: &mut Vec<u8>, look: Look) {
        if look == self.look {
            return;
        }
        let mut sgr = Sgr(out, b'[');
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
}

fn write(out: &mut Vec<u8>, args: std::fmt::Arguments<'_>) {
    // Writing into memory cannot fail.
    let _ = out.write_fmt(args);
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
