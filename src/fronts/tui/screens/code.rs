//! Step 2: the code from a message, or the digits that the phone shows after a scan. The former is
//! the same to the byte for every login name (rule 3).

use super::page::View;
use super::refusals;
use crate::fronts::tui::app::screen::CodeScreen;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

pub(crate) fn draw(view: &View<'_>, screen: &CodeScreen, late: bool, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    let (title, lead) = if screen.resend_at.is_some() {
        ("screen-code-title", "screen-code-lead")
    } else {
        ("screen-scanned-title", "screen-scanned-lead")
    };
    let digits = [("digits", screen.digits.into())];
    view.headline_of(&mut column, canvas, &view.words.with(title, &digits));
    let lead = view.words.with(lead, &digits);
    let theme = canvas.theme;
    column.text(canvas, &lead, theme.plain());
    column.space();
    let field = (&screen.field, Some(screen.digits));
    view.only_field(&mut column, canvas, "screen-code-label", field);
    column.gap();
    status(view, screen, &mut column, canvas);
    lifetime(view, screen, &mut column, canvas);
    column.gap();
    column.text(
        canvas,
        &view.words.say("screen-code-secret"),
        theme.headline(),
    );
    // A small window has F5 for it.
    if late && screen.resend_at.is_some() && !screen.sent && !view.page.tight {
        column.gap();
        view.say(&mut column, canvas, "screen-code-late");
    }
}

/// What is said at the field: that it is being judged, or why it did not lead on.
fn status(view: &View<'_>, screen: &CodeScreen, column: &mut Column, canvas: &mut Canvas<'_>) {
    if screen.sent {
        view.say(column, canvas, "screen-code-judging");
        column.gap();
    } else if let Some(refusal) = &screen.refusal {
        refusals::at_field(view, refusal, column, canvas);
        column.gap();
    }
    if let Some(until) = screen.slowed_until.filter(|until| *until > view.now.wall) {
        refusals::slowed(view, until, column, canvas);
    }
}

/// Until when it works, and when another one can be sent.
fn lifetime(view: &View<'_>, screen: &CodeScreen, column: &mut Column, canvas: &mut Canvas<'_>) {
    let theme = canvas.theme;
    let works = if screen.expires_at > view.now.wall {
        let time = view.words.time(screen.expires_at);
        view.words
            .with("screen-code-until", &[("time", (&time).into())])
    } else {
        view.words.say("screen-code-over")
    };
    column.text(canvas, &works, theme.plain());
    let another = if screen.asked {
        view.words.say("screen-code-asked")
    } else {
        match screen.resend_at {
            Some(at) if at > view.now.wall => {
                let span = view.until(at);
                view.words
                    .with("screen-code-resend-in", &[("span", (&span).into())])
            }
            Some(_) => view.words.say("screen-code-resend-now"),
            None => view.words.say("screen-scanned-again"),
        }
    };
    column.text(canvas, &another, theme.plain());
}
