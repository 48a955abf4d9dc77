//! What a terminal shows, in four bytes a cell: thousands of visits keep one of these, and
//! ratatui's own cells would be twenty times as large.

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Position;
use unicode_width::UnicodeWidthStr as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::ansi::{Look, PLAIN, Pen};

/// Most looks, and most symbols of more than one character, that are told apart in one window.
/// Beyond them the window is painted anew.
const TABLE_MAX: usize = 1000;

/// A cell: its character, or its symbol's number, and its look's number.
#[derive(Copy, Clone, PartialEq, Eq)]
struct Packed(u32);

impl Packed {
    const CHAR_BITS: u32 = 21;
    const CHAR_MASK: u32 = (1 << Self::CHAR_BITS) - 1;
    /// The symbol has more than one character: its number stands in the character's place.
    const SYMBOL: u32 = 1 << Self::CHAR_BITS;
    const LOOK_SHIFT: u32 = Self::CHAR_BITS + 1;
    const BLANK: Self = Self(' ' as u32);
    /// The second column of the wide symbol before it.
    const COVERED: Self = Self(Self::CHAR_MASK);

    fn look(self) -> usize {
        (self.0 >> Self::LOOK_SHIFT) as usize
    }
}

/// The last frame. It is wiped when it goes: a shown password may be in it.
pub(super) struct LastFrame {
    cells: Vec<Packed>,
    looks: Vec<Look>,
    symbols: Vec<Zeroizing<String>>,
}

/// More looks or symbols than can be told apart.
struct Full;

impl LastFrame {
    /// An empty window of this size.
    pub(super) fn new((cols, rows): (u16, u16)) -> Self {
        Self {
            cells: vec![Packed::BLANK; usize::from(cols) * usize::from(rows)],
            looks: vec![PLAIN],
            symbols: Vec::new(),
        }
    }

    /// Writes what differs in `next`, and keeps it in place of the last frame. `next` has the size
    /// of this frame.
    pub(super) fn update(&mut self, next: &Buffer, pen: &mut Pen, out: &mut Vec<u8>) {
        if self.try_update(next, pen, out).is_err() {
            // Begin anew: a cleared window with empty tables has room for any one frame that a
            // person can tell apart; what is left over stays as it was.
            *self = Self::new((next.area.width, next.area.height));
            *pen = Pen::new(next.area.width);
            out.zeroize();
            pen.clear(out);
            let _ = self.try_update(next, pen, out);
        }
    }

    fn try_update(&mut self, next: &Buffer, pen: &mut Pen, out: &mut Vec<u8>) -> Result<(), Full> {
        let width = usize::from(next.area.width).max(1);
        for (y, row) in (0..).zip(next.content.chunks(width)) {
            let mut covered = 0;
            for (x, cell) in (0..).zip(row) {
                let index = usize::from(y) * width + usize::from(x);
                if covered > 0 {
                    covered -= 1;
                    self.set(index, Packed::COVERED);
                    continue;
                }
                let (packed, columns) = self.pack(cell)?;
                covered = columns.saturating_sub(1);
                if self.set(index, packed) {
                    let look = self.looks.get(packed.look()).copied().unwrap_or(PLAIN);
                    let at = Position { x, y };
                    pen.put(out, at, look, (cell.symbol(), columns));
                }
            }
        }
        Ok(())
    }

    /// Keeps a cell; whether it is another one than before.
    fn set(&mut self, index: usize, packed: Packed) -> bool {
        match self.cells.get_mut(index) {
            Some(kept) if *kept != packed => {
                *kept = packed;
                true
            }
            _ => false,
        }
    }

    /// A cell, packed, and how many columns it takes.
    fn pack(&mut self, cell: &Cell) -> Result<(Packed, u16), Full> {
        let look = self.number_of_look(cell)? << Packed::LOOK_SHIFT;
        let symbol = cell.symbol();
        if let &[ascii @ b' '..=b'~'] = symbol.as_bytes() {
            return Ok((Packed(look | u32::from(ascii)), 1));
        }
        let columns = u16::try_from(symbol.width()).unwrap_or(1).max(1);
        let mut chars = symbol.chars();
        let name = match (chars.next(), chars.next()) {
            (Some(only), None) => u32::from(only),
            _ => Packed::SYMBOL | self.number_of_symbol(symbol)?,
        };
        Ok((Packed(look | name), columns))
    }

    fn number_of_look(&mut self, cell: &Cell) -> Result<u32, Full> {
        let look = Look {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        };
        let known = self.looks.iter().position(|known| *known == look);
        number(known, &mut self.looks, || look)
    }

    fn number_of_symbol(&mut self, symbol: &str) -> Result<u32, Full> {
        let known = self
            .symbols
            .iter()
            .position(|known| known.as_str() == symbol);
        number(known, &mut self.symbols, || {
            Zeroizing::new(symbol.to_owned())
        })
    }
}

/// The number of something in its table, where it is put if it is new.
fn number<T>(
    known: Option<usize>,
    table: &mut Vec<T>,
    new: impl FnOnce() -> T,
) -> Result<u32, Full> {
    let number = known.unwrap_or(table.len());
    if number >= TABLE_MAX {
        return Err(Full);
    }
    if known.is_none() {
        table.push(new());
    }
    u32::try_from(number).map_err(|_| Full)
}

impl Drop for LastFrame {
    fn drop(&mut self) {
        for cell in &mut self.cells {
            cell.0.zeroize();
        }
    }
}
