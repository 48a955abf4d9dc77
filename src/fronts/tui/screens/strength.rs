//! The strength meter: a bar with a word, and one sentence with one fix.

use super::page::View;
use crate::domain::strength::{Fix, Reason, Strength};
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// How long the bar is.
const BAR: u16 = 8;

/// Draws it; `None` while there is nothing to judge.
pub(super) fn draw(
    view: &View<'_>,
    strength: Option<&Strength>,
    label: (&str, u16),
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let theme = canvas.theme;
    let (word, filled, style) = match strength.map(|strength| strength.score) {
        None => ("screen-strength-none", 0, theme.plain()),
        Some(0) => ("strength-easy", 1, theme.no()),
        Some(1) => ("strength-easy", 2, theme.no()),
        Some(2) => ("strength-better", 4, theme.wait()),
        Some(3) => ("strength-hard", 6, theme.ok()),
        Some(_) => ("strength-hard", BAR, theme.ok()),
    };
    if column.room() == 0 {
        return;
    }
    let (y, x) = (column.y, column.x + label.1);
    column.line(canvas, label.0, theme.plain());
    let (full, empty) = (canvas.signs.full, canvas.signs.empty);
    canvas.fill_row(x, y, filled, full, style);
    canvas.fill_row(x + filled, y, BAR - filled, empty, theme.plain());
    let word_x = x + BAR + 2;
    let room = (column.x + column.width).saturating_sub(word_x);
    canvas.put(word_x, y, room, &view.words.say(word), style);
}

/// What makes it easy to guess, and what would make it better.
pub(super) fn sentence(
    view: &View<'_>,
    strength: &Strength,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let keys = [strength.reason.map(reason_key), strength.fix.map(fix_key)];
    if keys == [None, None] {
        view.say(column, canvas, "screen-password-well");
    }
    for key in keys.into_iter().flatten() {
        view.say(column, canvas, key);
    }
}

fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::KeyRow => "strength-reason-key-row",
        Reason::KeyPattern => "strength-reason-key-pattern",
        Reason::RepeatedCharacter => "strength-reason-repeated-character",
        Reason::RepeatedGroup => "strength-reason-repeated-group",
        Reason::Top10 => "strength-reason-top-10",
        Reason::Top100 => "strength-reason-top-100",
        Reason::Common => "strength-reason-common",
        Reason::LikeCommon => "strength-reason-like-common",
        Reason::Sequence => "strength-reason-sequence",
        Reason::RecentYear => "strength-reason-recent-year",
        Reason::SingleWord => "strength-reason-single-word",
        Reason::Date => "strength-reason-date",
        Reason::SingleName => "strength-reason-single-name",
        Reason::Name => "strength-reason-name",
        Reason::Personal => "strength-reason-personal",
        Reason::SiteWord => "strength-reason-site-word",
        Reason::Pinyin => "strength-reason-pinyin",
        Reason::Indonesian => "strength-reason-indonesian",
        Reason::LuckyNumber => "strength-reason-lucky-number",
        Reason::TooShort => "strength-reason-too-short",
    }
}

fn fix_key(fix: Fix) -> &'static str {
    match fix {
        Fix::FewWords => "strength-fix-few-words",
        Fix::NoSymbolsNeeded => "strength-fix-no-symbols-needed",
        Fix::AddWords => "strength-fix-add-words",
        Fix::CapitalHelpsLittle => "strength-fix-capital",
        Fix::AllCapitalsHelpLittle => "strength-fix-all-capitals",
        Fix::BackwardsHelpsLittle => "strength-fix-backwards",
        Fix::SubstitutionsHelpLittle => "strength-fix-substitutions",
        Fix::LongerPattern => "strength-fix-longer-pattern",
        Fix::NoRepeats => "strength-fix-no-repeats",
        Fix::NoSequences => "strength-fix-no-sequences",
        Fix::NoRecentYears => "strength-fix-no-recent-years",
        Fix::NoOwnYears => "strength-fix-no-own-years",
        Fix::NoOwnDates => "strength-fix-no-own-dates",
        Fix::LeaveOutName => "strength-fix-leave-out-name",
        Fix::LeaveOutSiteWord => "strength-fix-leave-out-site-word",
        Fix::LeaveOutNumber => "strength-fix-leave-out-number",
    }
}
