//! Why something did not go on, in words: what happened, why, what to do now.

use super::page::View;
use crate::domain::display;
use crate::domain::time::Timestamp;
use crate::flow::ports::DirectoryRefusal;
use crate::flow::prompt::Refusal;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;
use crate::text::Value;

/// A refusal in words.
pub(super) struct Said {
    pub(super) what: String,
    pub(super) why: String,
    pub(super) then: String,
}

/// At the field: what happened, and how to mend it.
pub(super) fn at_field(
    view: &View<'_>,
    refusal: &Refusal,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let said = words(view, refusal);
    let theme = canvas.theme;
    column.text(canvas, &said.what, theme.no());
    column.text(canvas, &said.then, theme.plain());
}

/// This kiosk is slowed: it goes on by itself.
pub(super) fn slowed(
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

/// A refusal in words.
pub(super) fn words(view: &View<'_>, refusal: &Refusal) -> Said {
    let say = |what: &str, why: &str, then: &str, values: &[(&str, Value<'_>)]| Said {
        what: view.words.with(what, values),
        why: view.words.with(why, values),
        then: view.words.with(then, values),
    };
    let time = |at: &Timestamp| view.words.time(*at);
    match refusal {
        Refusal::LoginMalformed => say(
            "screen-refused-login-what",
            "screen-refused-login-why",
            "screen-refused-login-then",
            &[],
        ),
        Refusal::DirectoryDown => say(
            "screen-refused-directory-what",
            "screen-refused-directory-why",
            "screen-refused-later-then",
            &[],
        ),
        Refusal::ChannelDown => say(
            "screen-refused-channel-what",
            "screen-refused-channel-why",
            "screen-refused-later-then",
            &[],
        ),
        Refusal::StoreDown => say(
            "screen-refused-store-what",
            "screen-refused-store-why",
            "screen-refused-staff-then",
            &[],
        ),
        Refusal::CodeMalformed { digits } => say(
            "screen-refused-code-form-what",
            "screen-refused-code-form-why",
            "screen-refused-code-form-then",
            &[("digits", (*digits).into())],
        ),
        Refusal::CodeWrong { left } => say(
            "screen-refused-code-wrong-what",
            "screen-refused-code-wrong-why",
            "screen-refused-code-wrong-then",
            &[("left", (*left).into())],
        ),
        Refusal::CodeExpired => say(
            "screen-refused-code-over-what",
            "screen-refused-code-over-why",
            "screen-refused-code-over-then",
            &[],
        ),
        Refusal::TooManyWrongCodes { until: Some(until) } => say(
            "screen-refused-many-what",
            "screen-refused-many-why",
            "screen-refused-many-then",
            &[("time", (&time(until)).into())],
        ),
        Refusal::TooManyWrongCodes { until: None } => say(
            "screen-refused-many-what",
            "screen-refused-many-why",
            "screen-refused-many-then-staff",
            &[],
        ),
        Refusal::ResendTooSoon { at } => say(
            "screen-refused-resend-what",
            "screen-refused-resend-why",
            "screen-refused-resend-then",
            &[("time", (&time(at)).into())],
        ),
        Refusal::NotGoodEnough(_) => say(
            "screen-refused-rules-what",
            "screen-refused-rules-why",
            "screen-refused-rules-then",
            &[],
        ),
        Refusal::ByDirectory { why, remembers } => by_directory(view, why, *remembers),
        Refusal::NotAsked => say(
            "screen-refused-not-asked-what",
            "screen-refused-not-asked-why",
            "screen-refused-not-asked-then",
            &[],
        ),
        Refusal::AccountNotAllowed => say(
            "screen-refused-account-what",
            "screen-refused-account-why",
            "screen-refused-staff-then",
            &[],
        ),
        Refusal::OutcomeUnknown => say(
            "screen-refused-unknown-what",
            "screen-refused-unknown-why",
            "screen-refused-unknown-then",
            &[],
        ),
    }
}

fn by_directory(view: &View<'_>, why: &DirectoryRefusal, remembers: Option<u32>) -> Said {
    let what = match why {
        DirectoryRefusal::InHistory => "screen-refused-history-what",
        DirectoryRefusal::Same => "screen-refused-same-what",
        _ => "screen-refused-by-directory-what",
    };
    let told;
    let (key, values): (&str, Vec<(&str, Value<'_>)>) = match (why, remembers) {
        (DirectoryRefusal::InHistory, Some(n)) => {
            ("screen-refused-history-why", vec![("n", n.into())])
        }
        (DirectoryRefusal::InHistory, None) => ("screen-refused-history-why-some", vec![]),
        (DirectoryRefusal::TooShort, _) => ("screen-refused-short-why", vec![]),
        (DirectoryRefusal::Quality, _) => ("screen-refused-quality-why", vec![]),
        (DirectoryRefusal::Same, _) => ("screen-refused-same-why", vec![]),
        (DirectoryRefusal::TooYoung, _) => ("screen-refused-young-why", vec![]),
        (DirectoryRefusal::NotPermitted, _) => ("screen-refused-permit-why", vec![]),
        (DirectoryRefusal::Other(text), _) => {
            // The directory's own words may be anything (rule 8).
            told = display::clean_to(text, 120);
            ("screen-refused-other-why", vec![("text", (&told).into())])
        }
    };
    let then = match why {
        DirectoryRefusal::TooYoung | DirectoryRefusal::NotPermitted => "screen-refused-staff-then",
        _ => "screen-refused-another-then",
    };
    Said {
        what: view.words.say(what),
        why: view.words.with(key, &values),
        then: view.words.say(then),
    }
}
