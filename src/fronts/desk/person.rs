//! The list of people, and one of them.

use jiff::Timestamp as Instant;
use ratatui_core::style::Style;
use unicode_width::UnicodeWidthStr;

use super::records;
use super::screens::refused;
use super::state::List;
use crate::domain::account::Standing;
use crate::domain::audit::AuditRecord;
use crate::domain::time::Timestamp;
use crate::flow::desk::{DeskRefusal, PersonFile, PersonLine};
use crate::fronts::tui::screens::page::{FieldLine, View, label_width};
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// The search field, and who was found.
pub(super) fn list(
    view: &View<'_>,
    list: &List,
    refusal: Option<DeskRefusal>,
    leaving: bool,
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    let label = view.words.say("desk-search-label");
    let line = FieldLine {
        item: if list.typing { 0 } else { usize::MAX },
        label: &label,
        label_width: label_width(&[&label]),
        field: &list.query,
        bullet: None,
        code_digits: None,
    };
    let at = column.y;
    view.field(&mut column, canvas, &line);
    column.item(canvas, at, 0, list.typing, view.page.bar());
    column.gap();
    if leaving {
        column.text(canvas, &view.words.say("desk-leaving"), theme.no());
        column.gap();
    }
    if let Some(refusal) = refusal {
        refused(view, refusal, &mut column, canvas);
        column.gap();
    }
    let Some(sought) = &list.sought else {
        return view.say(&mut column, canvas, "desk-search-how");
    };
    if sought.people.is_empty() {
        return view.say(&mut column, canvas, "desk-search-nobody");
    }
    let rows = usize::from(column.room().saturating_sub(1).max(1));
    let first = list.at / rows * rows;
    let width = usize::from(column.width);
    for (number, person) in sought.people.iter().enumerate().skip(first).take(rows) {
        let from = column.y;
        column.line(canvas, &in_columns(person, width), theme.plain());
        let focused = !list.typing && number == list.at;
        column.item(canvas, from, number + 1, focused, view.page.bar());
    }
    let count = u32::try_from(sought.people.len()).unwrap_or(u32::MAX);
    let place = u32::try_from(list.at + 1).unwrap_or(u32::MAX);
    let key = if sought.more {
        "desk-search-more"
    } else {
        "desk-search-all"
    };
    let words = view
        .words
        .with(key, &[("n", place.into()), ("of", count.into())]);
    column.text(canvas, &words, theme.plain());
}

/// Login name, name and WeCom userid, as wide as there is room.
fn in_columns(person: &PersonLine, width: usize) -> String {
    let login = (width / 3).clamp(8, 24);
    let wecom = if width >= 60 { 18 } else { 0 };
    let name = width.saturating_sub(login + wecom + 2);
    let mut line = padded(&person.login, login);
    line.push_str("  ");
    line.push_str(&padded(&person.name, name.saturating_sub(1)));
    if wecom > 0 {
        line.push(' ');
        line.push_str(&padded(&person.wecom, wecom));
    }
    line
}

/// A text of exactly so many columns.
fn padded(text: &str, columns: usize) -> String {
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.to_string().width();
        if used + wide > columns {
            break;
        }
        kept.push(c);
        used += wide;
    }
    kept.push_str(&" ".repeat(columns.saturating_sub(used)));
    kept
}

/// Somebody, as they are now.
pub(super) fn file(
    view: &View<'_>,
    file: &PersonFile,
    refusal: Option<DeskRefusal>,
    canvas: &mut Canvas<'_>,
) {
    let mut column = view.page.column();
    let theme = canvas.theme;
    let name = format!("{}  {}", file.line.name, file.line.login);
    view.headline_of(&mut column, canvas, &name);
    if let Some(refusal) = refusal {
        refused(view, refusal, &mut column, canvas);
        column.gap();
    }
    let labels = [
        "desk-file-wecom",
        "desk-file-account",
        "desk-file-password",
        "desk-file-reset",
    ]
    .map(|key| view.words.say(key));
    let all: Vec<&str> = labels.iter().map(String::as_str).collect();
    let indent = label_width(&all);
    let values = [
        phone(view, file),
        account(view, file),
        (password(view, file), false),
        (reset(view, file), file.frozen_until.is_some()),
    ];
    for (label, (value, stands_out)) in labels.iter().zip(values) {
        let style = if stands_out {
            theme.no()
        } else {
            theme.plain()
        };
        column.labelled(canvas, (label, theme.plain()), indent, (&value, style));
    }
    column.gap();
    newest(view, &file.records, &mut column, canvas, theme.plain());
}

fn phone(view: &View<'_>, file: &PersonFile) -> (String, bool) {
    if file.reachable {
        (file.line.wecom.clone(), false)
    } else {
        (view.words.say("desk-file-unreachable"), true)
    }
}

fn account(view: &View<'_>, file: &PersonFile) -> (String, bool) {
    let key = match file.standing {
        _ if file.own => "desk-file-own",
        Standing::Disabled => "desk-file-disabled",
        Standing::Protected => "desk-file-protected",
        Standing::Guarded => "desk-file-guarded",
        Standing::Eligible | Standing::Frozen { .. } if file.age.locked => "desk-file-locked",
        Standing::Eligible | Standing::Frozen { .. } => {
            return (view.words.say("desk-file-ordinary"), false);
        }
    };
    (view.words.say(key), true)
}

fn password(view: &View<'_>, file: &PersonFile) -> String {
    let words = &view.words;
    if file.age.must_change {
        return words.say("desk-file-must-change");
    }
    let moment = |at: Timestamp| words.date(at);
    match (file.age.changed_at, file.expires_at) {
        (_, Some(at)) if at <= view.now.wall => {
            words.with("desk-file-expired", &[("date", (&moment(at)).into())])
        }
        (_, Some(at)) => {
            let span = words.in_span(at.since(view.now.wall));
            let date = moment(at);
            let values = [("date", (&date).into()), ("span", (&span).into())];
            words.with("desk-file-expires", &values)
        }
        (Some(at), None) => words.with("desk-file-changed", &[("date", (&moment(at)).into())]),
        (None, None) => words.say("desk-file-no-age"),
    }
}

fn reset(view: &View<'_>, file: &PersonFile) -> String {
    let words = &view.words;
    if let Some(until) = file.frozen_until {
        let (date, time) = (words.date(until), words.time(until));
        let values = [("date", (&date).into()), ("time", (&time).into())];
        return words.with("desk-file-frozen", &values);
    }
    match file.last_reset {
        Some(at) => {
            let (date, time) = (words.date(at), words.time(at));
            let values = [("date", (&date).into()), ("time", (&time).into())];
            words.with("desk-file-last-reset", &values)
        }
        None => words.say("desk-file-never-reset"),
    }
}

/// The newest records.
fn newest(
    view: &View<'_>,
    newest: &[AuditRecord],
    column: &mut Column,
    canvas: &mut Canvas<'_>,
    style: Style,
) {
    let theme = canvas.theme;
    if newest.is_empty() {
        return view.say(column, canvas, "desk-file-no-records");
    }
    column.text(
        canvas,
        &view.words.say("desk-file-records"),
        theme.headline(),
    );
    for record in newest {
        let at = Instant::from_millisecond(record.time).unwrap_or_default();
        let at = at.to_zoned(view.words.zone.clone()).strftime("%m-%d %H:%M");
        let what = padded(&records::what(&view.words, record), 38);
        let place = records::place(&view.words, record);
        column.line(canvas, &format!("{at}  {what} {place}"), style);
    }
}
