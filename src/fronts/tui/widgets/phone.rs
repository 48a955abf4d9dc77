//! A drawn phone that shows where to tap, in signs the terminal has.

use std::ops::Range;

use ratatui_core::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;

/// Columns of a drawn phone, its edges included.
pub(crate) const WIDTH: u16 = 21;
/// Rows of its glass.
const ROWS: u16 = 9;
/// Columns of its glass.
const GLASS: u16 = WIDTH - 2;

/// One row of the glass.
pub(crate) enum Row {
    /// Words.
    Text(String),
    /// Words that nobody has to read, so many columns wide.
    Words(u16),
    /// Something typed that is not shown, so many characters long.
    Secret(u16),
    /// What to tap, between what is beside it.
    Tap {
        /// On its left.
        before: &'static str,
        /// To be tapped.
        target: String,
        /// On its right.
        after: &'static str,
    },
    /// "Tap", pointing at what is above or below it.
    Hand {
        /// The word.
        word: String,
        /// Points up, to the row above.
        up: bool,
        /// The column of the middle of what is to be tapped.
        at: u16,
    },
    /// A line across.
    Line,
}

/// What is on the glass, from the top; empty below.
pub(crate) struct Phone {
    /// At most [`ROWS`] are drawn.
    pub(crate) rows: Vec<Row>,
    /// The rows around what to tap, which are enough where there is no room for all.
    pub(crate) near: Range<usize>,
}

impl Phone {
    /// How many rows the whole phone takes.
    pub(crate) fn height(&self) -> u16 {
        ROWS + 2
    }

    /// How many rows the part around what to tap takes.
    pub(crate) fn height_of_part(&self) -> u16 {
        u16::try_from(self.near.len()).unwrap_or(ROWS) + 2
    }

    /// Draws all of it at the top left of `area`, if there is room.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        if area.width >= WIDTH && area.height >= self.height() {
            self.frame(canvas, (area.x, area.y), 0..usize::from(ROWS));
        }
    }

    /// Draws the part around what to tap at `x`, `y`.
    pub(crate) fn draw_part(&self, canvas: &mut Canvas<'_>, x: u16, y: u16) {
        self.frame(canvas, (x, y), self.near.clone());
    }

    fn frame(&self, canvas: &mut Canvas<'_>, (x, top): (u16, u16), rows: Range<usize>) {
        let style = canvas.theme.rule();
        let signs = canvas.signs;
        let right = x + WIDTH - 1;
        let edge = |canvas: &mut Canvas<'_>, y: u16, corners: [char; 2]| {
            canvas.fill_row(x + 1, y, GLASS, signs.rule, style);
            canvas.cell(x, y, corners[0], style);
            canvas.cell(right, y, corners[1], style);
        };
        let [top_left, top_right, bottom_left, bottom_right] = signs.corners;
        edge(canvas, top, [top_left, top_right]);
        let mut y = top + 1;
        for row in rows {
            canvas.cell(x, y, signs.side, style);
            canvas.cell(right, y, signs.side, style);
            if let Some(row) = self.rows.get(row) {
                row.draw(canvas, x + 1, y);
            }
            y += 1;
        }
        edge(canvas, y, [bottom_left, bottom_right]);
    }
}

impl Row {
    fn draw(&self, canvas: &mut Canvas<'_>, x: u16, y: u16) {
        let theme = canvas.theme;
        match self {
            Self::Text(text) => {
                canvas.put(x + 1, y, GLASS - 1, text, theme.plain());
            }
            Self::Words(length) => {
                canvas.fill_row(x + 1, y, *length, canvas.signs.dot, theme.rule());
            }
            Self::Secret(length) => {
                canvas.fill_row(x + 1, y, *length, canvas.signs.bullet, theme.plain());
            }
            Self::Tap {
                before,
                target,
                after,
            } => {
                let end = x + GLASS;
                let mut at = canvas.put(x + 1, y, GLASS - 1, before, theme.plain());
                at = canvas.put(at, y, end.saturating_sub(at), target, theme.focus());
                let room = end.saturating_sub(at);
                if room >= width(after) {
                    canvas.put(at, y, room, after, theme.plain());
                }
            }
            Self::Hand { word, up, at } => {
                let sign = match up {
                    true => canvas.signs.up,
                    false => canvas.signs.down,
                };
                let at = x + 1 + at;
                canvas.cell(at, y, sign, theme.focus());
                let room = (x + GLASS).saturating_sub(at + 2);
                if room >= width(word) {
                    canvas.put(at + 2, y, room, word, theme.plain());
                }
            }
            Self::Line => canvas.fill_row(x, y, GLASS, canvas.signs.rule, theme.rule()),
        }
    }
}

/// The column of the middle of `target` behind `before`.
pub(crate) fn middle(before: &str, target: &str) -> u16 {
    width(before) + width(target) / 2
}

fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}
