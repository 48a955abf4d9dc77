//! Method 3, step 4: the change on its way, and the end of a good visit.

use std::time::Duration;

use super::page::View;
use crate::flow::prompt::{Progress, ProofOfChange, Step};
use crate::fronts::tui::app::screen::DoneScreen;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

pub(crate) fn reading(view: &View<'_>, renewing: bool, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    let title = if renewing {
        "screen-renew-reading"
    } else {
        "screen-reading"
    };
    view.headline(&mut column, canvas, title);
    view.say(&mut column, canvas, "screen-reading-lead");
}

pub(crate) fn working(view: &View<'_>, progress: Progress, canvas: &mut Canvas<'_>) {
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "screen-working");
    steps(view, progress, None, &mut column, canvas);
    column.gap();
    view.say(&mut column, canvas, "screen-working-stay");
}

pub(crate) fn done(view: &View<'_>, screen: &DoneScreen, left: Duration, canvas: &mut Canvas<'_>) {
    let theme = canvas.theme;
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "screen-done");
    steps(
        view,
        screen.progress,
        Some(screen.proof),
        &mut column,
        canvas,
    );
    column.gap();
    let until = match screen.expires_at {
        Some(at) => {
            let date = view.words.date(at);
            view.words
                .with("screen-done-until", &[("date", (&date).into())])
        }
        None => view.words.say("screen-done-forever"),
    };
    column.text(canvas, &until, theme.plain());
    column.gap();
    view.say(&mut column, canvas, "screen-done-next");
    for key in ["screen-done-wifi", "screen-done-mail", "screen-done-laptop"] {
        let text = view.words.say(key);
        column.labelled(canvas, ("-", theme.plain()), 2, (&text, theme.plain()));
    }
    column.gap();
    let reference = view.words.with(
        "screen-reference",
        &[("reference", (&screen.reference).into())],
    );
    if screen.progress.told == Step::No && !view.page.tight {
        column.text(canvas, &reference, theme.plain());
    }
    to_start(view, left, &mut column, canvas);
}

/// `Back to the start in 15 s · any key`.
pub(super) fn to_start(
    view: &View<'_>,
    left: Duration,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let span = view.words.span(left);
    let text = view
        .words
        .with("screen-to-start", &[("span", (&span).into())]);
    let theme = canvas.theme;
    canvas.cursor(column.x, column.y);
    column.text(canvas, &text, theme.headline());
}

fn steps(
    view: &View<'_>,
    progress: Progress,
    proof: Option<ProofOfChange>,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let confirmed = proof == Some(ProofOfChange::DirectoryConfirmed);
    let lines = [
        (
            progress.changed,
            match progress.changed {
                Step::No => "screen-step-not-changed",
                Step::Ok => "screen-step-changed",
                Step::Ahead | Step::Wait => "screen-step-changing",
            },
        ),
        (
            progress.proved,
            match progress.proved {
                _ if confirmed => "screen-step-confirmed",
                Step::No => "screen-step-not-proved",
                Step::Ok => "screen-step-proved",
                Step::Ahead | Step::Wait => "screen-step-proving",
            },
        ),
        (
            progress.told,
            match progress.told {
                Step::No => "screen-step-not-told",
                Step::Ok => "screen-step-told",
                Step::Ahead | Step::Wait => "screen-step-telling",
            },
        ),
    ];
    let words = ["screen-ok", "screen-wait", "screen-no"].map(|key| view.words.say(key));
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    let indent = super::page::label_width(&all);
    let theme = canvas.theme;
    for (step, key) in lines {
        let (word, style) = match step {
            Step::Ahead => (String::new(), theme.plain()),
            Step::Wait => (view.words.say("screen-wait"), theme.wait()),
            Step::Ok => (view.words.say("screen-ok"), theme.ok()),
            Step::No => (view.words.say("screen-no"), theme.no()),
        };
        let text = view.words.say(key);
        column.labelled(canvas, (&word, style), indent, (&text, theme.plain()));
    }
}
