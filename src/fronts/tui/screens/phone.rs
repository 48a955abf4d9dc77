//! The demo's phone.

use ratatui_core::layout::Rect;

use crate::domain::display;
use crate::fronts::tui::keymap::Action;
use crate::fronts::tui::msg::PhoneMessage;
use crate::fronts::tui::widgets::canvas::{Canvas, Target};
use crate::fronts::tui::widgets::column::Column;
use crate::fronts::tui::words::Words;

pub(crate) fn draw(
    words: &Words<'_>,
    messages: &[PhoneMessage],
    url: &str,
    area: Rect,
    canvas: &mut Canvas<'_>,
) {
    let theme = canvas.theme;
    let inner = Rect {
        x: area.x + 2,
        y: area.y,
        width: area.width.saturating_sub(3),
        height: area.height.saturating_sub(1),
    };
    if area.x > 0 {
        let line = if canvas.signs.rule == '-' { '|' } else { '│' };
        for y in area.top()..area.bottom() {
            canvas.cell(area.x, y, line, theme.rule());
        }
    }
    let mut column = Column::new(inner, true);
    canvas.cursor(column.x, column.y);
    column.line(canvas, &words.say("screen-phone-title"), theme.headline());
    let also = words.with("screen-phone-also", &[("url", url.into())]);
    column.text(canvas, &also, theme.plain());
    column.space();
    if messages.is_empty() {
        column.text(canvas, &words.say("screen-phone-empty"), theme.plain());
    }
    for message in messages {
        let time = words.time(message.at);
        let to = display::clean_to(&message.to, 40);
        column.line(canvas, &format!("{time}  {to}"), theme.headline());
        for line in message.text.lines() {
            column.text(canvas, &display::clean_to(line, 400), theme.plain());
        }
        column.space();
    }
    let close = format!("F9 {}", words.say("key-close"));
    let y = area.bottom().saturating_sub(1);
    let end = canvas.put(inner.x, y, inner.width, &close, theme.key());
    let touch = Rect::new(inner.x, y, end.saturating_sub(inner.x), 1);
    canvas.target(touch, Target::Key(Action::Phone));
}
