//! The top line and the bottom line.

use std::time::Duration;

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::page::View;
use crate::domain::display;
use crate::fronts::tui::keymap::Action;
use crate::fronts::tui::widgets::canvas::{Canvas, Target};

/// Site, method and step on the left; kiosk, time and language on the right, as far as they fit.
pub(crate) fn top(
    view: &View<'_>,
    place: Option<(&'static str, Option<u8>)>,
    canvas: &mut Canvas<'_>,
) {
    let area = view.page.area;
    let (left, room) = (view.page.body.x, view.page.body.width);
    let theme = canvas.theme;
    let dot = format!(" {} ", canvas.signs.dot);

    let site = display::clean_to(&view.settings.site_name, 24).to_uppercase();
    let kiosk = display::clean_to(&view.settings.kiosk_name, 24);
    let time = view.words.time(view.now.wall);
    let language = view.words.language.own_name().to_owned();

    let method = place.map(|(key, _)| view.words.say(key));
    let step = place.and_then(|(_, step)| step).map(|step| {
        view.words
            .with("screen-step", &[("n", step.into()), ("of", 4u8.into())])
    });
    let places: Vec<String> = match (method, step) {
        (Some(method), Some(step)) => vec![format!("{method}{dot}{step}"), step],
        (Some(method), None) => vec![method],
        (None, _) => vec![String::new()],
    };
    let rights = [
        vec![kiosk.clone(), time.clone(), language],
        vec![kiosk, time.clone()],
        vec![time],
    ];
    let fits = |place: &str, right: &str| {
        site.width() + 3 + place.width() + 2 + right.width() <= usize::from(room)
    };
    let choices = places.iter().flat_map(|place| {
        let dot = &dot;
        rights
            .iter()
            .map(move |right| (place.clone(), right.join(dot)))
    });
    let (place, right) = choices
        .into_iter()
        .find(|(place, right)| fits(place, right))
        .unwrap_or_default();
    let end = canvas.put(left, area.y, room, &site, theme.headline());
    canvas.put(end + 3, area.y, room, &place, theme.plain());
    let width = u16::try_from(right.width()).unwrap_or(0);
    canvas.put(
        left + room - width.min(room),
        area.y,
        width,
        &right,
        theme.plain(),
    );
    if view.page.is_ruled() {
        rule(view, area.y + 1, canvas);
    }
}

fn rule(view: &View<'_>, y: u16, canvas: &mut Canvas<'_>) {
    let area = view.page.area;
    let (sign, style) = (canvas.signs.rule, canvas.theme.rule());
    canvas.fill_row(area.x + 1, y, area.width.saturating_sub(2), sign, style);
}

/// The keys that work now; each can be clicked. Words give way first, then keys.
pub(crate) fn bottom(view: &View<'_>, keys: &[(Action, String)], canvas: &mut Canvas<'_>) {
    let area = view.page.area;
    let y = area.bottom().saturating_sub(1);
    let room = view.page.body.width;
    if view.page.is_ruled() {
        rule(view, y.saturating_sub(1), canvas);
    }
    let (shown, gap) = fit(keys, usize::from(room));
    let mut x = view.page.body.x;
    let right = x + room;
    for (action, word) in &shown {
        let name = action.key_name();
        let wide = u16::try_from(width_of(name, word)).unwrap_or(u16::MAX);
        if x + wide > right {
            break;
        }
        let focused = view.focus == Target::Key(*action);
        let theme = canvas.theme;
        let (key_style, word_style) = if focused {
            (theme.focus_in_line(), theme.focus_in_line())
        } else {
            (theme.key(), theme.plain())
        };
        let end = canvas.put(x, y, room, name, key_style);
        if !word.is_empty() {
            canvas.put(end, y, room, &format!(" {word}"), word_style);
        }
        if focused {
            canvas.cursor(x, y);
        }
        let touch = Rect::new(x, y, wide, 1);
        canvas.target(touch, Target::Key(*action));
        x += wide + gap;
    }
}

fn width_of(name: &str, word: &str) -> usize {
    let word = if word.is_empty() { 0 } else { word.width() + 1 };
    name.len() + word
}

/// The bottom line that fits: its keys with their words, and the gap between them.
fn fit(keys: &[(Action, String)], room: usize) -> (Vec<(Action, String)>, u16) {
    let first_name = |word: &str| word.split(" / ").next().unwrap_or("").to_owned();
    let all = keys.to_vec();
    let one_language: Vec<_> = keys
        .iter()
        .map(|(action, word)| match action {
            Action::Language => (*action, first_name(word)),
            _ => (*action, word.clone()),
        })
        .collect();
    let without = |from: &[(Action, String)], drop: &[Action]| -> Vec<_> {
        from.iter()
            .filter(|(action, _)| !drop.contains(action))
            .cloned()
            .collect()
    };
    let wordless = |from: &[(Action, String)], mute: &[Action]| -> Vec<_> {
        from.iter()
            .map(|(action, word)| {
                let keeps = !mute.contains(action);
                (*action, if keeps { word.clone() } else { String::new() })
            })
            .collect()
    };
    use Action::{AnotherCode, Back, GoOn, Help, Language, NextField, NothingCame, Phone, Show};
    let few = without(&one_language, &[NextField]);
    let fewer = wordless(&few, &[Help]);
    let muted = wordless(&few, &[Help, Language, Phone]);
    let more_muted = wordless(&muted, &[Help, Language, Phone, Back]);
    let one_asks = wordless(&muted, &[NothingCame]);
    let bare = wordless(
        &few,
        &[
            GoOn,
            Help,
            Language,
            Phone,
            Back,
            Show,
            AnotherCode,
            NothingCame,
        ],
    );
    let barest = without(&bare, &[GoOn]);
    // Better one key less than keys without words.
    let no_help = without(&muted, &[Help]);
    let quiet = without(&more_muted, &[Help]);
    let choices = [
        (all.clone(), 3),
        (all, 2),
        (one_language, 2),
        (few, 2),
        (fewer, 2),
        (muted, 2),
        (more_muted, 2),
        (one_asks, 2),
        (no_help, 2),
        (quiet, 2),
        (bare, 2),
    ];
    let wide = |(keys, gap): &(Vec<(Action, String)>, u16)| {
        let gaps = keys.len().saturating_sub(1) * usize::from(*gap);
        let words: usize = keys
            .iter()
            .map(|(action, word)| width_of(action.key_name(), word))
            .sum();
        gaps + words
    };
    choices
        .into_iter()
        .find(|choice| wide(choice) <= room)
        .unwrap_or((barest, 1))
}

/// In place of the bottom line: the visit ends soon.
pub(crate) fn countdown(view: &View<'_>, left: Duration, firm: bool, canvas: &mut Canvas<'_>) {
    let area = view.page.area;
    let y = area.bottom().saturating_sub(1);
    let narrow = area.width < 60;
    let key = match (firm, narrow) {
        (true, _) => "screen-ends-firm",
        (false, true) => "screen-ends-short",
        (false, false) => "screen-ends",
    };
    let span = view.words.span(left);
    let text = view.words.with(key, &[("span", (&span).into())]);
    let style = canvas.theme.alert();
    if view.page.is_ruled() {
        rule(view, y.saturating_sub(1), canvas);
    }
    // The words stand where other words do; what sets them apart reaches out on both sides.
    let left = view.page.body.x.saturating_sub(1);
    let room = area.right().saturating_sub(left);
    canvas.put(left, y, room, &format!(" {text} "), style);
}
