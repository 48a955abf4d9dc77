//! Why something did not go on, at the field where it can be mended.

use super::page::View;
use crate::domain::time::Timestamp;
use crate::flow::prompt::Refusal;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// At the field: what happened, why, and how to mend it.
pub(crate) fn at_field(
    view: &View<'_>,
    refusal: &Refusal,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let said = view.speaker().refusal(refusal);
    let theme = canvas.theme;
    column.text(canvas, &said.what, theme.no());
    column.text(canvas, &said.why, theme.plain());
    // In a small window the rest of the screen matters more.
    if !view.page.tight || column.room() > 5 {
        column.text(canvas, &said.now, theme.plain());
    }
}

/// This kiosk is slowed: it goes on by itself.
pub(crate) fn slowed(
    view: &View<'_>,
    until: Timestamp,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let span = view.until(until);
    let text = view
        .words
        .with("screen-slowed", &[("span", (&span).into())]);
    let theme = canvas.theme;
    column.text(canvas, &text, theme.plain());
}
