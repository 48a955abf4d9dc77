//! A column of text that is written from the top down.

use ratatui_core::layout::Rect;
use ratatui_core::style::Style;

use super::canvas::{Canvas, Target};
use super::wrap::wrap;

/// A place to write lines, one below the other. What does not fit is left out.
pub(crate) struct Column {
    pub(crate) x: u16,
    pub(crate) y: u16,
    pub(crate) width: u16,
    bottom: u16,
    tight: bool,
    /// So many lines are passed over first.
    skip: u16,
    /// Lines there was no room for.
    pub(crate) left_out: u16,
}

impl Column {
    pub(crate) fn new(area: Rect, tight: bool) -> Self {
        Self {
            x: area.x,
            y: area.y,
            width: area.width,
            bottom: area.bottom(),
            tight,
            skip: 0,
            left_out: 0,
        }
    }

    /// The same, scrolled down by `lines`.
    pub(crate) fn scrolled(area: Rect, tight: bool, lines: u16) -> Self {
        Self {
            skip: lines,
            ..Self::new(area, tight)
        }
    }

    /// Splits its right part off, `width` columns wide.
    pub(crate) fn split_right(&mut self, width: u16, gap: u16) -> Rect {
        let left = self.width.saturating_sub(width + gap);
        let area = Rect {
            x: self.x + left + gap,
            y: self.y,
            width: self.width.saturating_sub(left + gap),
            height: self.room(),
        };
        self.width = left;
        area
    }

    /// How many rows a text takes, `indent` columns further right.
    pub(crate) fn rows_of(&self, text: &str, indent: u16) -> u16 {
        let lines = wrap(text, self.width.saturating_sub(indent)).len();
        u16::try_from(lines).unwrap_or(u16::MAX)
    }

    /// How many rows are left.
    pub(crate) fn room(&self) -> u16 {
        self.bottom.saturating_sub(self.y)
    }

    /// One line, cut.
    pub(crate) fn line(&mut self, canvas: &mut Canvas<'_>, text: &str, style: Style) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        if self.y >= self.bottom {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        canvas.put(self.x, self.y, self.width, text, style);
        self.y += 1;
    }

    /// A text of one or more lines.
    pub(crate) fn text(&mut self, canvas: &mut Canvas<'_>, text: &str, style: Style) {
        self.lines(canvas, &wrap(text, self.width), style);
    }

    /// The same where there is room for all of it; whether there was.
    pub(crate) fn whole_text(&mut self, canvas: &mut Canvas<'_>, text: &str, style: Style) -> bool {
        let lines = wrap(text, self.width);
        let fits = lines.len() <= usize::from(self.room());
        if fits {
            self.lines(canvas, &lines, style);
        }
        fits
    }

    fn lines(&mut self, canvas: &mut Canvas<'_>, lines: &[String], style: Style) {
        for line in lines {
            self.line(canvas, line, style);
        }
    }

    /// A text behind a short word or number: `OK   Directory changed`.
    pub(crate) fn labelled(
        &mut self,
        canvas: &mut Canvas<'_>,
        label: (&str, Style),
        indent: u16,
        text: (&str, Style),
    ) {
        for (i, line) in wrap(text.0, self.width.saturating_sub(indent))
            .iter()
            .enumerate()
        {
            let y = self.y;
            let shown = self.skip == 0 && y < self.bottom;
            let indented = format!("{}{line}", " ".repeat(usize::from(indent)));
            self.line(canvas, &indented, text.1);
            if i == 0 && shown {
                canvas.put(self.x, y, indent, label.0, label.1);
            }
        }
    }

    /// Whether all of a text fits, `indent` columns further right.
    pub(crate) fn has_room_for(&self, text: &str, indent: u16) -> bool {
        let lines = wrap(text, self.width.saturating_sub(indent)).len();
        lines <= usize::from(self.room())
    }

    /// An empty row; none where room is scarce.
    pub(crate) fn gap(&mut self) {
        if !self.tight {
            self.space();
        }
    }

    /// An empty row.
    pub(crate) fn space(&mut self) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.y < self.bottom {
            self.y += 1;
        }
    }

    /// Marks the rows since `from` as one thing that can have the focus and be clicked. `bar` is
    /// how far left of the text its bar stands.
    pub(crate) fn item(
        &self,
        canvas: &mut Canvas<'_>,
        from: u16,
        index: usize,
        focused: bool,
        bar: u16,
    ) {
        let x = self.x.saturating_sub(bar);
        let area = Rect {
            x,
            y: from,
            width: self.width + bar,
            height: self.y.saturating_sub(from),
        };
        canvas.target(area, Target::Item(index));
        if !focused || area.height == 0 {
            return;
        }
        let (sign, style) = (canvas.signs.bar, canvas.theme.focus());
        for y in area.top()..area.bottom() {
            canvas.cell(x, y, sign, style);
        }
        canvas.cursor(self.x, from);
    }
}
