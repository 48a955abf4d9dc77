//! Method 3, step 3: the new password, with the checklist and the meter.

use std::time::Duration;

use super::page::{FieldLine, View, label_width};
use super::strength;
use crate::domain::display;
use crate::domain::policy::Verdict;
use crate::domain::secret::PasswordError;
use crate::fronts::tui::app::screen::{NewPasswordScreen, PasswordNote};
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;
use crate::text::Value;

/// How wide the checklist is beside the fields.
const CHECKLIST: u16 = 34;
const DAY: Duration = Duration::from_secs(86_400);
/// A password as old as this says how old it is.
const WORTH_TELLING: Duration = Duration::from_secs(2 * 86_400);

pub(crate) fn draw(
    view: &View<'_>,
    screen: &NewPasswordScreen,
    scanned: bool,
    canvas: &mut Canvas<'_>,
) {
    if view.page.tight {
        let mut column = view.page.column();
        fields(view, screen, scanned, &mut column, canvas);
        checklist(view, screen, &mut column, canvas);
    } else {
        let (mut left, mut right) = view.page.two_columns(CHECKLIST);
        fields(view, screen, scanned, &mut left, canvas);
        checklist(view, screen, &mut right, canvas);
    }
}

fn fields(
    view: &View<'_>,
    screen: &NewPasswordScreen,
    scanned: bool,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let theme = canvas.theme;
    view.headline(column, canvas, "screen-password-title");
    let sentences = lasting(view, screen, scanned);
    if !view.page.tight && !sentences.is_empty() {
        // Above everything that changes with a key, so that it never moves.
        for sentence in sentences {
            column.text(canvas, &sentence, theme.plain());
        }
        column.gap();
    }
    let labels = [
        "screen-password-new",
        "screen-password-again",
        "screen-password-strength",
    ]
    .map(|key| view.words.say(key));
    let [new, again, meter] = &labels;
    let label_width = label_width(&[new, again, meter]);
    let bullet = screen.shown_until.is_none().then_some(canvas.signs.bullet);
    for (item, label, field) in [(0, new, &screen.new), (1, again, &screen.again)] {
        let line = FieldLine {
            item,
            label,
            label_width,
            field,
            bullet,
            code_digits: None,
        };
        view.field(column, canvas, &line);
        column.gap();
    }
    strength::draw(
        view,
        screen.report.as_ref().map(|report| &report.strength),
        screen.policy.site.min_strength,
        (meter, label_width),
        column,
        canvas,
    );
    column.gap();
    said(view, screen, column, canvas);
}

/// The one thing that matters most now: a refusal, a note at a field, or how to choose well.
fn said(view: &View<'_>, screen: &NewPasswordScreen, column: &mut Column, canvas: &mut Canvas<'_>) {
    let theme = canvas.theme;
    let note = match screen.note {
        None => None,
        Some(PasswordNote::Mismatch) => Some(view.words.say("screen-password-mismatch")),
        Some(PasswordNote::TooLong) => Some(view.speaker().no_password(PasswordError::TooLong)),
        Some(PasswordNote::Scheme) => Some(view.speaker().no_password(PasswordError::Scheme)),
        Some(PasswordNote::Unfit) => Some(view.speaker().no_password(PasswordError::Control)),
    };
    if screen.leaving {
        let key = if screen.policy.old.is_some() {
            "screen-password-leaving-renewal"
        } else {
            "screen-password-leaving"
        };
        column.text(canvas, &view.words.say(key), theme.no());
    } else if screen.busy {
        view.say(column, canvas, "screen-password-busy");
    } else if let Some(note) = note {
        column.text(canvas, &note, theme.no());
    } else if let Some(refusal) = &screen.refusal {
        let said = view.speaker().refusal(refusal);
        column.text(canvas, &said.what, theme.no());
        column.text(canvas, &said.why, theme.plain());
        column.text(canvas, &said.now, theme.plain());
    } else if let Some(advice) = &screen.advice {
        let least = screen.policy.site.min_strength;
        strength::sentence(view, advice, least, column, canvas);
    } else if view.page.tight && screen.can_only_unlock() {
        // There the bottom line has no room for the word.
        view.say(column, canvas, "screen-password-only-unlock");
    } else if !view.page.tight {
        // In a small window the list of rules matters more.
        view.say(column, canvas, "screen-password-hint");
    }
}

/// What stays true while somebody types.
fn lasting(view: &View<'_>, screen: &NewPasswordScreen, scanned: bool) -> Vec<String> {
    let mut sentences = age(view, screen);
    // Whoever has scanned has typed no login name, and may have forgotten it.
    if scanned {
        let login = display::clean_to(&screen.login, 64);
        let values = [("login", (&login).into())];
        sentences.insert(0, view.words.with("screen-password-login", &values));
    }
    sentences
}

/// How it stands with the password there is now.
fn age(view: &View<'_>, screen: &NewPasswordScreen) -> Vec<String> {
    if screen.can_only_unlock() {
        return vec![view.words.say("screen-password-locked-or")];
    }
    if screen.age.locked {
        return vec![view.words.say("screen-password-locked")];
    }
    if screen.age.must_change {
        return vec![view.words.say("screen-password-must-change")];
    }
    let now = view.now.wall;
    let expires = screen.expires_at.map(|at| {
        let date = view.words.date(at);
        let left = view.words.in_span(at.since(now));
        let key = if at <= now {
            "screen-password-expired"
        } else {
            "screen-password-expires"
        };
        let values = [("date", (&date).into()), ("in", (&left).into())];
        view.words.with(key, &values)
    });
    let old = screen.age.changed_at.map(|at| now.since(at));
    let old = old.filter(|old| *old >= WORTH_TELLING).map(|old| {
        let days = old.as_secs() / DAY.as_secs();
        let span = view.words.span(Duration::from_secs(days * DAY.as_secs()));
        view.words
            .with("screen-password-age", &[("span", (&span).into())])
    });
    expires.into_iter().chain(old).collect()
}

/// The rules, each with how it stands; where room is scarce, those that are not met come first.
fn checklist(
    view: &View<'_>,
    screen: &NewPasswordScreen,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let theme = canvas.theme;
    let empty = screen.report.is_none();
    let report = screen
        .report
        .clone()
        .unwrap_or_else(|| screen.policy.report_empty());
    if !view.page.tight {
        let site: Value<'_> = (&view.settings.site_name).into();
        let title = view.words.with("screen-rules-title", &[("site", site)]);
        column.text(canvas, &title, theme.headline());
        column.gap();
    }
    let [ok, no, wait] = ["screen-ok", "screen-no", "screen-wait"].map(|key| view.words.say(key));
    let indent = label_width(&[&ok, &no, &wait]).saturating_sub(1);
    let mut lines = report.lines;
    if view.page.tight {
        lines.sort_by_key(|(_, verdict)| match verdict {
            Verdict::NotMet => 0,
            Verdict::AtTheEnd => 1,
            Verdict::Met => 2,
        });
    }
    for (rule, verdict) in &lines {
        let (word, style) = match verdict {
            Verdict::AtTheEnd => (wait.as_str(), theme.wait()),
            // Nothing was typed: nothing is wrong yet.
            _ if empty => ("-", theme.plain()),
            Verdict::Met => (ok.as_str(), theme.ok()),
            Verdict::NotMet => (no.as_str(), theme.no()),
        };
        let text = view.speaker().rule(rule);
        if !column.has_room_for(&text, indent) {
            // Half a rule says nothing.
            continue;
        }
        column.labelled(canvas, (word, style), indent, (&text, theme.plain()));
    }
}
