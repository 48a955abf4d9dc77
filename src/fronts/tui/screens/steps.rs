//! Numbered steps, one of which has the focus.

use super::page::View;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// Draws the steps one below the other.
pub(super) fn draw(
    view: &View<'_>,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
    steps: &[String],
) {
    let theme = canvas.theme;
    for (i, step) in steps.iter().enumerate() {
        let focused = view.is_focused(i);
        let style = if focused {
            theme.focus()
        } else {
            theme.plain()
        };
        let from = column.y;
        let number = (i + 1).to_string();
        column.labelled(canvas, (&number, style), 3, (step, style));
        column.item(canvas, from, i, focused, view.page.bar());
        column.gap();
    }
}
