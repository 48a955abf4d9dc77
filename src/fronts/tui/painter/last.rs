//! What a terminal shows, in four bytes a cell: thousands of visits keep one of these, and
//! ratatui's own cells would be twenty times as large.

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Position;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
use zeroize::{Zeroize as _, Zeroizing};

use super::ansi::{Look, PLAIN, Pen};

/// Most looks, and most symbols of more than one character, that are told apart in one window.
/// Beyond them the window is painted anew.
const TABLE_MAX: usize = 1000;

/// A step to the right in the row takes at least so many bytes, and so does erasing its rest.
const STEP_BYTES: u16 = 3;
const ERASE_BYTES: usize = 3;

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

    /// Its character, if that is one byte.
    fn ascii(self) -> Option<u8> {
        let name = self.0 & (Self::SYMBOL | Self::CHAR_MASK);
        u8::try_from(name)
            .ok()
            .filter(|byte| (b' '..=b'~').contains(byte))
    }
}

/// Cells, wiped when they go: a shown password may be in them.
struct Cells(Vec<Packed>);

impl Drop for Cells {
    fn drop(&mut self) {
        for cell in &mut self.0 {
            cell.0.zeroize();
        }
    }
}

/// The last frame.
pub(super) struct LastFrame {
    cells: Cells,
    looks: Vec<Look>,
    symbols: Vec<Zeroizing<String>>,
}

/// More looks or symbols than can be told apart.
struct Full;

impl LastFrame {
    /// An empty window of this size.
    pub(super) fn new((cols, rows): (u16, u16)) -> Self {
        Self {
            cells: Cells(vec![Packed::BLANK; usize::from(cols) * usize::from(rows)]),
            looks: vec![PLAIN],
            symbols: Vec::new(),
        }
    }

    /// Writes what differs in `next`, and keeps it in place of the last frame. `next` has the size
    /// of this frame; it is left empty.
    pub(super) fn take(&mut self, next: &mut Buffer, pen: &mut Pen, out: &mut Vec<u8>) {
        self.update(next, pen, out);
        // A cell that is blank as it is kept is empty already.
        for (kept, cell) in self.cells.0.iter().zip(&mut next.content) {
            if *kept != Packed::BLANK {
                *cell = Cell::EMPTY;
            }
        }
    }

    fn update(&mut self, next: &mut Buffer, pen: &mut Pen, out: &mut Vec<u8>) {
        if self.try_update(next, pen, out).is_err() {
            // Begin anew: a cleared window with empty tables has room for any one frame that a
            // person can tell apart; what is left over stays as it was.
            *self = Self::new((next.area.width, next.area.height));
            *pen = Pen::new(next.area.width);
            out.zeroize();
            pen.clear(out);
            if self.try_update(next, pen, out).is_err() {
                next.content.fill(Cell::EMPTY);
            }
        }
    }

    fn try_update(&mut self, next: &Buffer, pen: &mut Pen, out: &mut Vec<u8>) -> Result<(), Full> {
        let width = usize::from(next.area.width).max(1);
        let mut packed_row = Cells(Vec::with_capacity(width));
        for (y, row) in (0..).zip(next.content.chunks(width)) {
            self.pack_row(row, &mut packed_row.0)?;
            let first = usize::from(y) * width;
            // Most rows of most frames are as they were.
            if self.cells.0.get(first..first + row.len()) == Some(&packed_row.0) {
                continue;
            }
            let rest = self.blank_rest(first, &packed_row.0);
            for ((x, cell), packed) in (0..).zip(row).zip(&packed_row.0) {
                let at = Position { x, y };
                let changed = self.set(first + usize::from(x), *packed);
                if *packed == Packed::COVERED {
                    continue;
                }
                if rest.is_some_and(|from| usize::from(x) >= from) {
                    if changed && rest == Some(usize::from(x)) {
                        pen.blank_rest(out, at);
                    }
                } else if changed {
                    self.fill_gap(first, pen, out, at);
                    let look = self.looks.get(packed.look()).copied().unwrap_or(PLAIN);
                    let symbol = cell.symbol();
                    pen.put(out, at, look, (symbol, columns(symbol)));
                }
            }
        }
        Ok(())
    }

    /// Where the row becomes blank to its end, when one sequence says so shorter than blanks do:
    /// the first cell there that was not blank.
    fn blank_rest(&self, first: usize, row: &[Packed]) -> Option<usize> {
        let last = row.iter().rposition(|cell| *cell != Packed::BLANK);
        let end = last.map_or(0, |last| last + 1);
        let kept = self.cells.0.get(first..first.saturating_add(row.len()));
        let tail = kept.and_then(|kept| kept.get(end..)).unwrap_or_default();
        let mut changed = tail.iter().enumerate();
        let from = changed.find(|(_, cell)| **cell != Packed::BLANK);
        let more = changed.filter(|(_, cell)| **cell != Packed::BLANK).count();
        from.filter(|_| more >= ERASE_BYTES).map(|(at, _)| end + at)
    }

    /// Writes the cells between the pen and `to` once more where that is shorter than to step over
    /// them: they are few, of one byte each, and of the pen's own look. `first` is the row's.
    fn fill_gap(&self, first: usize, pen: &mut Pen, out: &mut Vec<u8>, to: Position) {
        let Some(gap @ 1..=STEP_BYTES) = pen.columns_to(to) else {
            return;
        };
        let from = to.x.saturating_sub(gap);
        let cells = first + usize::from(from)..first + usize::from(to.x);
        let between = self.cells.0.get(cells).unwrap_or_default();
        let as_it_is = |cell: &Packed| {
            let look = self.looks.get(cell.look())?;
            let byte = cell.ascii().filter(|_| pen.wears(*look))?;
            Some((byte, *look))
        };
        let Some(again) = between.iter().map(as_it_is).collect::<Option<Vec<_>>>() else {
            return;
        };
        for (x, (byte, look)) in (from..).zip(again) {
            pen.put(
                out,
                Position { x, y: to.y },
                look,
                (char::from(byte).encode_utf8(&mut [0; 4]), 1),
            );
        }
    }

    /// Keeps a cell; whether it is another one than before.
    fn set(&mut self, index: usize, packed: Packed) -> bool {
        match self.cells.0.get_mut(index) {
            Some(kept) if *kept != packed => {
                *kept = packed;
                true
            }
            _ => false,
        }
    }

    /// A row, packed in place of what `packed` held.
    fn pack_row(&mut self, row: &[Cell], packed: &mut Vec<Packed>) -> Result<(), Full> {
        packed.clear();
        let mut covered = 0;
        let mut worn = (PLAIN, 0);
        for cell in row {
            if covered > 0 {
                covered -= 1;
                packed.push(Packed::COVERED);
                continue;
            }
            let look = Look::of(cell);
            if look != worn.0 {
                worn = (look, self.number_of_look(look)? << Packed::LOOK_SHIFT);
            }
            let (cell, columns) = self.pack(cell.symbol(), worn.1)?;
            covered = columns.saturating_sub(1);
            packed.push(cell);
        }
        Ok(())
    }

    /// A symbol of a look, packed, and how many columns it takes.
    fn pack(&mut self, symbol: &str, look: u32) -> Result<(Packed, u16), Full> {
        if let &[ascii @ b' '..=b'~'] = symbol.as_bytes() {
            return Ok((Packed(look | u32::from(ascii)), 1));
        }
        let columns = columns(symbol);
        let mut chars = symbol.chars();
        let name = match (chars.next(), chars.next()) {
            (Some(only), None) => u32::from(only),
            _ => Packed::SYMBOL | self.number_of_symbol(symbol)?,
        };
        Ok((Packed(look | name), columns))
    }

    fn number_of_look(&mut self, look: Look) -> Result<u32, Full> {
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

/// How many columns a symbol takes.
fn columns(symbol: &str) -> u16 {
    let mut chars = symbol.chars();
    // Of a single one the tables say it without a look at what is around.
    let width = match (chars.next(), chars.next()) {
        (Some(only), None) => only.width().unwrap_or(1),
        _ => symbol.width(),
    };
    u16::try_from(width).unwrap_or(1).max(1)
}
