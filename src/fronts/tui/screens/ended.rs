//! The end without a change, or without knowing: what happened, why, what to do now.

use std::time::Duration;

use super::page::View;
use super::{menu, progress};
use crate::fronts::tui::app::screen::EndedScreen;
use crate::fronts::tui::widgets::canvas::Canvas;

pub(crate) fn draw(view: &View<'_>, screen: &EndedScreen, left: Duration, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    let said = view.speaker().refusal(&screen.refusal);
    column.text(canvas, &said.what, theme.headline());
    column.gap();
    column.text(canvas, &said.why, theme.plain());
    column.gap();
    column.text(canvas, &said.now, theme.plain());
    column.gap();
    let named = |it: &String| said.now.contains(it.as_str());
    let known = view.settings.it_phone.as_ref().is_some_and(named);
    if let Some(it) = menu::it_answers(view).filter(|_| !known) {
        column.text(canvas, &it, theme.plain());
    }
    let reference = view.words.with(
        "screen-reference",
        &[("reference", (&screen.reference).into())],
    );
    column.text(canvas, &reference, theme.headline());
    column.gap();
    progress::to_start(view, left, &mut column, canvas);
}
