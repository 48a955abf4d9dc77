//! The strength meter: a bar with a word, and one sentence with one fix.

use super::page::View;
use crate::domain::strength::Strength;
use crate::fronts::speaker::Guessing;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// How long the bar is.
const BAR: u16 = 8;

/// Draws it; `None` while there is nothing to judge.
pub(super) fn draw(
    view: &View<'_>,
    strength: Option<&Strength>,
    at_least: u8,
    label: (&str, u16),
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let theme = canvas.theme;
    let (word, filled, style) = match strength {
        None => (view.words.say("screen-strength-none"), 0, theme.plain()),
        Some(strength) => {
            let said = view.speaker().strength(strength, at_least);
            let style = match said.guessing {
                Guessing::Easy => theme.no(),
                Guessing::Better => theme.wait(),
                Guessing::Hard => theme.ok(),
            };
            (said.verdict, filled(strength.score), style)
        }
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
    canvas.put(word_x, y, room, &word, style);
}

/// How much of the bar a score from 0 to 4 fills.
fn filled(score: u8) -> u16 {
    match score {
        0 => 1,
        score => (u16::from(score) * 2).min(BAR),
    }
}

/// What makes it easy to guess, and what would make it better.
pub(super) fn sentence(
    view: &View<'_>,
    strength: &Strength,
    at_least: u8,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
) {
    let said = view.speaker().strength(strength, at_least);
    if said.reason.is_none() && said.fix.is_none() {
        view.say(column, canvas, "screen-password-well");
    }
    let theme = canvas.theme;
    for sentence in [said.reason, said.fix].into_iter().flatten() {
        column.text(canvas, &sentence, theme.plain());
    }
}
