//! Where screens draw: cells, the places that can be clicked, and the cursor.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::fronts::tui::keymap::Action;
use crate::fronts::tui::msg::Capabilities;
use crate::fronts::tui::theme::{Signs, Theme};

/// What a click or a touch reaches.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// A thing of the screen itself, counted from 0 in the order Tab goes through.
    Item(usize),
    /// A key of the bottom line.
    Key(Action),
}

/// One picture in the making. Clicks are found by drawing once more, so that what is drawn and
/// what is clicked cannot differ.
pub(crate) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    pub(crate) theme: Theme,
    pub(crate) signs: Signs,
    utf8: bool,
    targets: Vec<(Rect, Target)>,
    cursor: Option<Position>,
}

impl<'a> Canvas<'a> {
    pub(crate) fn new(buffer: &'a mut Buffer, capabilities: Capabilities) -> Self {
        Self {
            buffer,
            theme: Theme::new(capabilities),
            signs: Signs::new(capabilities),
            utf8: capabilities.utf8,
            targets: Vec::new(),
            cursor: None,
        }
    }

    /// All of it.
    pub(crate) fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Writes one line, cut at `width` columns. Returns the column behind it.
    pub(crate) fn put(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
            return x;
        }
        let width = width.min(area.right().saturating_sub(x));
        if text.is_ascii() {
            return self.put_ascii((x, y), width, text, style);
        }
        // What is typed may hold them, and is shown as it is.
        let line;
        let text = if text.contains(SEPARATORS) {
            line = text.replace(SEPARATORS, " ");
            line.as_str()
        } else {
            text
        };
        // A space that kept words together has done its work.
        let text = text.replace('\u{A0}', " ");
        let text = if self.utf8 { text } else { in_ascii(&text) };
        let (end, _) = self
            .buffer
            .set_stringn(x, y, text, usize::from(width), style);
        end
    }

    /// Most of all text: a column for each character, and no tables of widths and graphemes.
    fn put_ascii(&mut self, at: (u16, u16), width: u16, text: &str, style: Style) -> u16 {
        let (x, y) = at;
        let shown = text.chars().filter(|c| !c.is_ascii_control());
        let mut end = x;
        for (column, c) in (x..x.saturating_add(width)).zip(shown) {
            self.cell(column, y, c, style);
            end = column.saturating_add(1);
        }
        end
    }

    /// Fills a row with one sign.
    pub(crate) fn fill_row(&mut self, x: u16, y: u16, width: u16, sign: char, style: Style) {
        for column in x..x.saturating_add(width) {
            self.cell(column, y, sign, style);
        }
    }

    /// Draws one cell.
    pub(crate) fn cell(&mut self, x: u16, y: u16, sign: char, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_char(sign).set_style(style);
        }
    }

    /// Puts the hardware cursor there: screen readers and input windows follow it.
    pub(crate) fn cursor(&mut self, x: u16, y: u16) {
        let area = self.buffer.area;
        self.cursor = Some(Position {
            x: x.min(area.right().saturating_sub(1)),
            y: y.min(area.bottom().saturating_sub(1)),
        });
    }

    /// Where the cursor is.
    pub(crate) fn cursor_position(&self) -> Option<Position> {
        self.cursor
    }

    /// Lets a click in `area` reach `target`.
    pub(crate) fn target(&mut self, area: Rect, target: Target) {
        self.targets.push((area, target));
    }

    /// What is at a cell; the one drawn last wins.
    pub(crate) fn target_at(&self, x: u16, y: u16) -> Option<Target> {
        self.targets
            .iter()
            .rev()
            .find(|(area, _)| area.contains(Position { x, y }))
            .map(|(_, target)| *target)
    }
}

/// Line and paragraph separators and annotation marks: counted as one column wide, although
/// terminals take them for something else. What has no width is left out anyway.
const SEPARATORS: [char; 5] = ['\u{2028}', '\u{2029}', '\u{FFF9}', '\u{FFFA}', '\u{FFFB}'];

/// For terminals without UTF-8: what is not ASCII becomes something that is, of the same width.
pub(in crate::fronts) fn in_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => ascii.push(c),
            '·' => ascii.push('-'),
            '“' | '”' => ascii.push('"'),
            '‘' | '’' => ascii.push('\''),
            _ => {
                let wide = c.to_string().width();
                ascii.extend(std::iter::repeat_n('?', wide));
            }
        }
    }
    ascii
}
