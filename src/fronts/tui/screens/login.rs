//! Method 3, step 1: the login name.

use super::page::{FieldLine, View, label_width};
use super::refusals;
use crate::domain::time::Timestamp;
use crate::fronts::tui::app::screen::LoginScreen;
use crate::fronts::tui::field::Field;
use crate::fronts::tui::widgets::canvas::Canvas;

pub(crate) fn draw(view: &View<'_>, screen: &LoginScreen, login: &Field, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "screen-login-title");
    view.say(&mut column, canvas, "screen-login-lead");
    column.space();
    let label = view.words.say("screen-login-label");
    let line = FieldLine {
        item: 0,
        label: &label,
        label_width: label_width(&[&label]),
        field: login,
        bullet: None,
        code_digits: None,
    };
    view.field(&mut column, canvas, &line);
    column.space();
    match &screen.refusal {
        Some(refusal) => refusals::at_field(view, refusal, &mut column, canvas),
        None => view.say(&mut column, canvas, "screen-login-next"),
    }
}

pub(crate) fn looking_up(
    view: &View<'_>,
    slowed_until: Option<Timestamp>,
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "screen-looking-up");
    view.say(&mut column, canvas, "screen-looking-up-lead");
    if let Some(until) = slowed_until.filter(|until| *until > view.now.wall) {
        column.gap();
        refusals::slowed(view, until, &mut column, canvas);
    }
}
