//! The strength meter: a bar with a word, and one sentence with one fix.

use super::page::View;
use crate::domain::strength::Strength;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// How long the bar is.
const BAR: u16 = 12;

/// Draws it; `None` while there is nothing to judge.
pub(super) fn draw(
    view: &View<'_>,
    strength: Option<&Strength>,
    label: (&str, u16),
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let theme = canvas.theme;
    let (word, filled, style) = match strength.map(|strength| strength.score) {
        None => ("screen-strength-none", 0, theme.plain()),
        Some(0) => ("screen-strength-0", 1, theme.no()),
        Some(1) => ("screen-strength-1", 3, theme.no()),
        Some(2) => ("screen-strength-2", 6, theme.wait()),
        Some(3) => ("screen-strength-3", 9, theme.ok()),
        Some(_) => ("screen-strength-4", BAR, theme.ok()),
    };
    if column.room() == 0 {
        return;
    }
    let (y, x) = (column.y, column.x + label.1);
    column.line(canvas, label.0, theme.plain());
    let (full, empty) = (canvas.signs.full, canvas.signs.empty);
    canvas.fill_row(x, y, filled, full, style);
    canvas.fill_row(x + filled, y, BAR - filled, empty, theme.plain());
    let word_x = x + BAR + 2;
    let room = (column.x + column.width).saturating_sub(word_x);
    canvas.put(word_x, y, room, &view.words.say(word), style);
}

/// What makes it easy to guess, and what would make it better.
pub(super) fn sentence(
    view: &View<'_>,
    strength: &Strength,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    if strength.score >= 3 {
        view.say(column, canvas, "screen-password-again-hint");
    } else {
        view.say(column, canvas, "screen-password-hint");
    }
}
