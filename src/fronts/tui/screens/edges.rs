//! The top line and the bottom line.

use std::time::Duration;

use ratatui_core::layout::Rect;

use super::page::View;
use crate::domain::code::Place;
use crate::domain::{display, limits};
use crate::fronts::tui::keymap::Action;
use crate::fronts::tui::widgets::canvas::{Canvas, Target};
use crate::fronts::tui::widgets::wrap::columns;

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
    let kiosk = place_of(view);
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
        columns(&site) + 3 + columns(place) + 2 + columns(right) <= usize::from(room)
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
    let width = u16::try_from(columns(&right)).unwrap_or(0);
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

/// The kiosk's name, or where a session from anywhere comes from.
fn place_of(view: &View<'_>) -> String {
    let name = &view.settings.kiosk_name;
    match Place::remote_source(name) {
        Some(source) => view
            .words
            .with("screen-remote", &[("source", source.into())]),
        None => display::clean_to(name, limits::KIOSK_NAME_MAX),
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
    let word = if word.is_empty() {
        0
    } else {
        columns(word) + 1
    };
    name.len() + word
}

/// What gets its word first where not all have room for one. F1 and F2 are known without.
const WORDS_FIRST: [Action; 12] = [
    Action::GoOn,
    Action::OldPassword,
    Action::OnlyUnlock,
    Action::AnotherCode,
    Action::Show,
    Action::NothingCame,
    Action::Back,
    Action::Choose,
    Action::Help,
    Action::Language,
    Action::Phone,
    Action::NextField,
];

/// The bottom line that fits: its keys with their words, and the gap between them.
fn fit(keys: &[(Action, String)], room: usize) -> (Vec<(Action, String)>, u16) {
    let fits = |line: &[(Action, String)], gap: usize| {
        let gaps = line.len().saturating_sub(1) * gap;
        let words = line.iter().map(|(a, word)| width_of(a.key_name(), word));
        gaps + words.sum::<usize>() <= room
    };
    let mut line: Vec<_> = keys.iter().map(|(a, _)| (*a, String::new())).collect();
    let all_languages = keys.iter().filter(|(a, _)| *a == Action::Language);
    let one_language = |(action, words): &(Action, String)| {
        let first = words.split(" / ").next().unwrap_or_default();
        (*action, first.to_owned())
    };
    let in_order = WORDS_FIRST.iter().filter_map(|action| {
        let key = keys.iter().find(|(other, _)| other == action)?;
        Some(one_language(key))
    });
    for (action, word) in in_order.chain(all_languages.cloned()) {
        let with_word = |(other, old): &(Action, String)| {
            let new = if *other == action { &word } else { old };
            (*other, new.clone())
        };
        let longer: Vec<_> = line.iter().map(with_word).collect();
        if fits(&longer, 2) {
            line = longer;
        }
    }
    // Everybody knows Tab; without its word it says nothing.
    let silent =
        |(action, word): &(Action, String)| *action == Action::NextField && word.is_empty();
    if line.iter().any(silent) {
        let others = keys.iter().filter(|(a, _)| *a != Action::NextField);
        return fit(&others.cloned().collect::<Vec<_>>(), room);
    }
    let gap = if fits(&line, 3) {
        3
    } else if fits(&line, 2) {
        2
    } else {
        1
    };
    (line, gap)
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
