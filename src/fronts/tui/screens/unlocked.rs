//! The end of a visit that only ended a lock.

use std::time::Duration;

use super::page::View;
use super::progress;
use crate::fronts::tui::app::screen::UnlockedScreen;
use crate::fronts::tui::widgets::canvas::Canvas;

pub(crate) fn unlocking(view: &View<'_>, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "screen-unlocking");
    view.say(&mut column, canvas, "screen-working-stay");
}

pub(crate) fn draw(
    view: &View<'_>,
    screen: &UnlockedScreen,
    left: Duration,
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    view.headline(&mut column, canvas, "screen-unlocked");
    view.say(&mut column, canvas, "screen-unlocked-lead");
    column.gap();
    let told = if screen.told {
        "screen-step-told"
    } else {
        "screen-step-not-told"
    };
    view.say(&mut column, canvas, told);
    column.gap();
    if !screen.told {
        let values = [("reference", (&screen.reference).into())];
        let reference = view.words.with("screen-reference", &values);
        column.text(canvas, &reference, theme.plain());
        column.gap();
    }
    progress::to_start(view, left, &mut column, canvas);
}
