//! Method 3, step 1: the login name.

use super::page::{FieldLine, View, label_width};
use super::refusals;
use crate::domain::time::Timestamp;
use crate::fronts::tui::app::screen::{LoginScreen, OldPasswordField};
use crate::fronts::tui::field::Field;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

pub(crate) fn draw(view: &View<'_>, screen: &LoginScreen, login: &Field, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    if let Some(old) = &screen.old {
        return renew(view, screen, login, old, &mut column, canvas);
    }
    view.headline(&mut column, canvas, "screen-login-title");
    view.say(&mut column, canvas, "screen-login-lead");
    column.space();
    let field = (login, None);
    view.only_field(&mut column, canvas, "screen-login-label", field);
    column.space();
    match &screen.refusal {
        Some(refusal) => refusals::at_field(view, refusal, &mut column, canvas),
        None => {
            view.say(&mut column, canvas, "screen-login-next");
            column.gap();
            hint(view, "screen-login-renew", &mut column, canvas);
            hint(view, "screen-login-forgot", &mut column, canvas);
        }
    }
}

/// What is of use to some: where there is room for all of it.
fn hint(view: &View<'_>, key: &str, column: &mut Column, canvas: &mut Canvas<'_>) {
    let text = view.words.say(key);
    if column.whole_text(canvas, &text, canvas.theme.plain()) {
        column.gap();
    }
}

/// The login name and the password there is now, on one screen: they are judged together.
fn renew(
    view: &View<'_>,
    screen: &LoginScreen,
    login: &Field,
    old: &OldPasswordField,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    view.headline(column, canvas, "screen-renew-title");
    view.say(column, canvas, "screen-renew-lead");
    column.space();
    let labels = ["screen-login-label", "screen-renew-label"].map(|key| view.words.say(key));
    let [name, password] = &labels;
    let bullet = old.shown_until.is_none().then_some(canvas.signs.bullet);
    for (item, label, field, bullet) in [(0, name, login, None), (1, password, &old.field, bullet)]
    {
        let line = FieldLine {
            item,
            label,
            label_width: label_width(&[name, password]),
            field,
            bullet,
            code_digits: None,
        };
        view.field(column, canvas, &line);
        column.gap();
    }
    column.space();
    match &screen.refusal {
        Some(refusal) => refusals::at_field(view, refusal, column, canvas),
        None => view.say(column, canvas, "screen-renew-next"),
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
