//! Pages in front of a screen: help, and "nothing came?".

use super::menu::it_answers;
use super::page::View;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

pub(crate) fn help(view: &View<'_>, scroll: u16, canvas: &mut Canvas<'_>) {
    let mut column = open(view, "screen-help-title", scroll, canvas);
    for key in ["screen-help-what", "screen-help-proof", "screen-help-safe"] {
        view.say(&mut column, canvas, key);
        column.gap();
    }
    let theme = canvas.theme;
    for (name, key) in [
        ("Tab", "screen-help-tab"),
        ("Enter", "screen-help-enter"),
        ("Esc", "screen-help-esc"),
        ("F2", "screen-help-language"),
        ("F3", "screen-help-show"),
        ("F5", "screen-help-nothing-came"),
    ] {
        let text = view.words.say(key);
        column.labelled(canvas, (name, theme.key()), 8, (&text, theme.plain()));
    }
    close(view, column, canvas);
}

/// All reasons, to everybody (rule 3).
pub(crate) fn nothing_came(view: &View<'_>, scroll: u16, canvas: &mut Canvas<'_>) {
    let mut column = open(view, "screen-nothing-title", scroll, canvas);
    view.say(&mut column, canvas, "screen-nothing-lead");
    column.gap();
    let theme = canvas.theme;
    for key in [
        "screen-nothing-where",
        "screen-nothing-network",
        "screen-nothing-name",
        "screen-nothing-often",
        "screen-nothing-wecom",
        "screen-nothing-account",
    ] {
        let text = view.words.say(key);
        column.labelled(canvas, ("-", theme.plain()), 2, (&text, theme.plain()));
    }
    column.gap();
    view.say(&mut column, canvas, "screen-nothing-then");
    close(view, column, canvas);
}

/// The headline of a page that may be longer than the terminal, from its line `scroll` on.
pub(crate) fn open(view: &View<'_>, title: &str, scroll: u16, canvas: &mut Canvas<'_>) -> Column {
    canvas.cursor(view.page.body.x, view.page.body.y);
    let mut area = view.page.column_area();
    // The last row says that there is more.
    area.height = area.height.saturating_sub(1);
    let mut column = Column::scrolled(area, view.page.tight, scroll);
    let theme = canvas.theme;
    column.text(canvas, &view.words.say(title), theme.headline());
    column.gap();
    column
}

fn close(view: &View<'_>, mut column: Column, canvas: &mut Canvas<'_>) {
    let theme = canvas.theme;
    if let Some(it) = it_answers(view) {
        column.gap();
        column.text(canvas, &it, theme.plain());
    }
    if let Some(demo) = &view.settings.demo {
        let url = [("url", (&demo.ldap_url).into())];
        let text = view.words.with("screen-help-demo", &url);
        column.text(canvas, &text, theme.plain());
    }
    more(view, &column, canvas);
}

/// Says so when there is more below.
pub(crate) fn more(view: &View<'_>, column: &Column, canvas: &mut Canvas<'_>) {
    let theme = canvas.theme;
    if column.left_out > 0 {
        let body = view.page.body;
        let y = body.bottom().saturating_sub(1);
        canvas.put(
            body.x,
            y,
            body.width,
            &view.words.say("screen-more"),
            theme.key(),
        );
    }
}
