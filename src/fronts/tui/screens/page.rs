//! The page every screen stands on: its edges, and what all screens see.

use ratatui_core::layout::Rect;

use crate::domain::time::Now;
use crate::flow::driver::outage::Outage;
use crate::fronts::speaker::Speaker;
use crate::fronts::tui::app::AppSettings;
use crate::fronts::tui::field::Field;
use crate::fronts::tui::msg::Picture;
use crate::fronts::tui::theme::Theme;
use crate::fronts::tui::widgets::canvas::{Canvas, Target};
use crate::fronts::tui::widgets::column::Column;
use crate::fronts::tui::widgets::qr::Qr;
use crate::fronts::tui::widgets::wrap::columns;
use crate::fronts::tui::words::Words;

/// No line of reading is longer.
const READABLE: u16 = 74;
/// A page is no larger than this; a larger window has it in its middle.
const LARGEST: (u16, u16) = (100, 30);

/// Where the parts of a page are.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Page {
    pub(crate) area: Rect,
    /// Between top line and bottom line.
    pub(crate) body: Rect,
    /// Empty rows are left out, and there is one column.
    pub(crate) tight: bool,
}

impl Page {
    pub(crate) fn new(window: Rect) -> Self {
        let width = window.width.min(LARGEST.0);
        let height = window.height.min(LARGEST.1);
        let area = Rect {
            x: window.x + (window.width - width) / 2,
            y: window.y + (window.height - height) / 2,
            width,
            height,
        };
        let tight = width < 72 || height < 20;
        let ruled = height >= 18;
        let (above, below) = if ruled { (3, 2) } else { (2, 1) };
        let (left, right) = if width < 60 { (2, 1) } else { (3, 3) };
        let body = Rect {
            x: area.x + left,
            y: area.y + above,
            width: width.saturating_sub(left + right),
            height: height.saturating_sub(above + below),
        };
        Self { area, body, tight }
    }

    /// Whether there are lines below the top line and above the bottom line.
    pub(crate) fn is_ruled(&self) -> bool {
        self.area.height >= 18
    }

    /// How far left of a text the bar of the focus stands.
    pub(crate) fn bar(&self) -> u16 {
        2
    }

    /// One column over the whole body.
    pub(crate) fn column(&self) -> Column {
        Column::new(self.column_area(), self.tight)
    }

    /// Where [`Page::column`] is.
    pub(crate) fn column_area(&self) -> Rect {
        Rect {
            width: self.body.width.min(READABLE),
            ..self.body
        }
    }

    /// The body's left part and its right part, which is `right` columns wide.
    pub(crate) fn two_columns(&self, right: u16) -> (Column, Column) {
        let gap = 3;
        let left = Rect {
            width: self.body.width.saturating_sub(right + gap),
            ..self.body
        };
        let right = Rect {
            x: self.body.right().saturating_sub(right),
            width: right.min(self.body.width),
            ..self.body
        };
        (
            Column::new(left, self.tight),
            Column::new(right, self.tight),
        )
    }
}

/// What all screens see.
pub(crate) struct View<'a> {
    pub(crate) words: Words<'a>,
    pub(crate) settings: &'a AppSettings,
    pub(crate) now: Now,
    pub(crate) focus: Target,
    pub(crate) page: Page,
    pub(crate) half_blocks: bool,
    pub(crate) picture: Option<(&'a Picture, Option<&'a Qr>)>,
    pub(crate) outage: Outage,
}

impl View<'_> {
    /// Says what the rules and the engine say, in the words of every front.
    pub(crate) fn speaker(&self) -> Speaker<'_> {
        Speaker {
            texts: self.words.texts,
            language: self.words.language,
            zone: self.words.zone,
            it_phone: self.settings.it_phone.as_deref(),
        }
    }

    /// A column that begins with this screen's headline. The cursor rests there until something
    /// else takes it.
    pub(crate) fn headline(&self, column: &mut Column, canvas: &mut Canvas<'_>, key: &str) {
        self.headline_of(column, canvas, &self.words.say(key));
    }

    /// The same, of words that are put together already.
    pub(crate) fn headline_of(&self, column: &mut Column, canvas: &mut Canvas<'_>, text: &str) {
        canvas.cursor(column.x, column.y);
        let theme = canvas.theme;
        column.text(canvas, text, theme.headline());
        column.gap();
    }

    /// A sentence.
    pub(crate) fn say(&self, column: &mut Column, canvas: &mut Canvas<'_>, key: &str) {
        let theme = canvas.theme;
        column.text(canvas, &self.words.say(key), theme.plain());
    }

    /// A labelled field: `Code    4 8 2`. `label` is as wide as the widest on this screen.
    pub(crate) fn field(&self, column: &mut Column, canvas: &mut Canvas<'_>, line: &FieldLine<'_>) {
        let from = column.y;
        if column.room() == 0 {
            return;
        }
        let focused = self.is_focused(line.item);
        let theme = canvas.theme;
        let style = if focused {
            theme.focus()
        } else {
            theme.plain()
        };
        let x = column.x + line.label_width;
        let width = column.width.saturating_sub(line.label_width);
        column.line(canvas, line.label, style);
        let (shown, at) = match line.code_digits {
            Some(digits) => line.field.shown_code(digits),
            None => line.field.shown(width, line.bullet),
        };
        canvas.put(x, from, width, &shown, field_style(theme, focused));
        column.item(canvas, from, line.item, focused, self.page.bar());
        if focused {
            canvas.cursor(x + at.min(width.saturating_sub(1)), from);
        }
    }

    /// The one field of a screen, shown as it is or as a code of so many digits.
    pub(crate) fn only_field(
        &self,
        column: &mut Column,
        canvas: &mut Canvas<'_>,
        label: &str,
        (field, code_digits): (&Field, Option<u8>),
    ) {
        let label = self.words.say(label);
        let line = FieldLine {
            item: 0,
            label: &label,
            label_width: label_width(&[&label]),
            field,
            bullet: None,
            code_digits,
        };
        self.field(column, canvas, &line);
    }

    /// The seconds until then, as a span in words.
    pub(crate) fn until(&self, at: crate::domain::time::Timestamp) -> String {
        let left = at.since(self.now.wall);
        self.words.span(left)
    }
}

fn field_style(theme: Theme, focused: bool) -> ratatui_core::style::Style {
    if focused {
        theme.headline()
    } else {
        theme.plain()
    }
}

/// What a labelled field shows.
pub(crate) struct FieldLine<'a> {
    pub(crate) item: usize,
    pub(crate) label: &'a str,
    pub(crate) label_width: u16,
    pub(crate) field: &'a Field,
    /// Stands for each character; `None` shows them.
    pub(crate) bullet: Option<char>,
    /// Shown as a code of so many digits.
    pub(crate) code_digits: Option<u8>,
}

/// How wide the widest of these labels is, with the room behind it.
pub(crate) fn label_width(labels: &[&str]) -> u16 {
    let widest = labels.iter().map(|label| columns(label)).max().unwrap_or(0);
    u16::try_from(widest).unwrap_or(0).saturating_add(3)
}
