//! Why something did not go on, in words: what happened, why, what to do now.

use super::page::View;
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

/// At the field: what happened, why, and how to mend it.
pub(super) fn at_field(
    view: &View<'_>,
    refusal: &Refusal,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let said = words(view, refusal);
    let theme = canvas.theme;
    column.text(canvas, &said.what, theme.no());
    column.text(canvas, &said.why, theme.plain());
    // In a small window the rest of the screen matters more.
    if !view.page.tight || column.room() > 5 {
        column.text(canvas, &said.then, theme.plain());
    }
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
    let it = ask_it(view);
    let say = |what: &str, why: &str, then: &str, values: &[(&str, Value<'_>)]| {
        let mut all = vec![("it", Value::Text(&it))];
        all.extend_from_slice(values);
        Said {
            what: view.words.with(what, &all),
            why: view.words.with(why, &all),
            then: view.words.with(then, &all),
        }
    };
    let time = |at: &Timestamp| view.words.time(*at);
    match refusal {
        Refusal::LoginMalformed => say(
            "refusal-login-malformed",
            "refusal-login-malformed-why",
            "refusal-login-malformed-do",
            &[],
        ),
        Refusal::DirectoryDown => say(
            "refusal-directory-down",
            "refusal-directory-down-why",
            "refusal-directory-down-do",
            &[],
        ),
        Refusal::ChannelDown => say(
            "refusal-channel-down",
            "refusal-channel-down-why",
            "refusal-channel-down-do",
            &[],
        ),
        Refusal::StoreDown => say(
            "refusal-store-down",
            "refusal-store-down-why",
            "refusal-store-down-do",
            &[],
        ),
        Refusal::CodeMalformed { digits } => say(
            "refusal-code-malformed",
            "refusal-code-malformed-why",
            "refusal-code-malformed-do",
            &[("digits", (*digits).into())],
        ),
        Refusal::CodeWrong { left } => say(
            "refusal-code-wrong",
            "refusal-code-wrong-why",
            "refusal-code-wrong-do",
            &[("left", (*left).into())],
        ),
        Refusal::CodeExpired => say(
            "refusal-code-expired",
            "refusal-code-expired-why",
            "refusal-code-expired-do",
            &[],
        ),
        Refusal::TooManyWrongCodes { until: Some(until) } => say(
            "refusal-wrong-codes-wait",
            "refusal-wrong-codes-wait-why",
            "refusal-wrong-codes-wait-do",
            &[("time", (&time(until)).into())],
        ),
        Refusal::TooManyWrongCodes { until: None } => say(
            "refusal-wrong-codes-over",
            "refusal-wrong-codes-over-why",
            "refusal-wrong-codes-over-do",
            &[],
        ),
        Refusal::ResendTooSoon { at } => say(
            "refusal-resend-too-soon",
            "refusal-resend-too-soon-why",
            "refusal-resend-too-soon-do",
            &[("time", (&time(at)).into())],
        ),
        Refusal::NotGoodEnough(_) => say(
            "refusal-not-good-enough",
            "refusal-not-good-enough-why",
            "refusal-not-good-enough-do",
            &[],
        ),
        Refusal::ByDirectory {
            why: DirectoryRefusal::TooShort,
            ..
        } => say(
            "refusal-directory-too-short",
            "refusal-directory-too-short-why",
            "refusal-directory-too-short-do",
            &[],
        ),
        Refusal::ByDirectory {
            why: DirectoryRefusal::Quality,
            ..
        } => say(
            "refusal-directory-quality",
            "refusal-directory-quality-why",
            "refusal-directory-quality-do",
            &[],
        ),
        Refusal::ByDirectory {
            why: DirectoryRefusal::InHistory,
            remembers,
        } => say(
            "refusal-directory-history",
            "refusal-directory-history-why",
            "refusal-directory-history-do",
            &[("n", remembers.unwrap_or(0).into())],
        ),
        Refusal::ByDirectory {
            why: DirectoryRefusal::Same,
            ..
        } => say(
            "refusal-directory-same",
            "refusal-directory-same-why",
            "refusal-directory-same-do",
            &[],
        ),
        Refusal::ByDirectory {
            why: DirectoryRefusal::TooYoung,
            ..
        } => say(
            "refusal-directory-too-young",
            "refusal-directory-too-young-why",
            "refusal-directory-too-young-do",
            &[],
        ),
        Refusal::ByDirectory {
            why: DirectoryRefusal::NotPermitted,
            ..
        } => say(
            "refusal-directory-not-permitted",
            "refusal-directory-not-permitted-why",
            "refusal-directory-not-permitted-do",
            &[],
        ),
        // The directory's own words may be anything; they are cleaned on the way in (rule 8).
        Refusal::ByDirectory {
            why: DirectoryRefusal::Other(text),
            ..
        } => say(
            "refusal-directory-other",
            "refusal-directory-other-why",
            "refusal-directory-other-do",
            &[("text", text.into())],
        ),
        Refusal::NotAsked => say(
            "refusal-not-asked",
            "refusal-not-asked-why",
            "refusal-not-asked-do",
            &[],
        ),
        Refusal::AccountNotAllowed => say(
            "refusal-account-not-allowed",
            "refusal-account-not-allowed-why",
            "refusal-account-not-allowed-do",
            &[],
        ),
        Refusal::OutcomeUnknown => say(
            "refusal-outcome-unknown",
            "refusal-outcome-unknown-why",
            "refusal-outcome-unknown-do",
            &[],
        ),
    }
}

/// Where to turn to.
fn ask_it(view: &View<'_>) -> String {
    match &view.settings.it_phone {
        Some(phone) => view
            .words
            .with("refusal-it-phone", &[("phone", phone.into())]),
        None => view.words.say("refusal-it"),
    }
}
