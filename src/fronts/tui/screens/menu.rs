//! The menu: three methods, and a picture that can be scanned at once.

use ratatui_core::layout::Rect;

use super::page::View;
use crate::domain::display;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;

/// Rows below the picture: address and code, and what to do without a camera.
const BELOW_PICTURE: u16 = 2;

pub(crate) fn draw(view: &View<'_>, canvas: &mut Canvas<'_>) {
    let drawn = picture(view, canvas);
    let mut column = match drawn {
        Some(width) => view.page.two_columns(width).0,
        None => view.page.column(),
    };
    let theme = canvas.theme;
    view.headline(&mut column, canvas, "screen-menu-title");
    match outage_sentence(view) {
        Some(sentence) => {
            let sentence = view.words.say(sentence);
            column.text(canvas, &sentence, theme.wait());
            column.space();
        }
        None if view.page.tight => {}
        None => {
            view.say(&mut column, canvas, "screen-menu-lead");
            column.space();
        }
    }
    for method in 0..view.settings.access.methods() {
        item(view, &mut column, canvas, method, drawn.is_some());
        column.gap();
    }
    column.gap();
    if drawn.is_none() {
        address(view, &mut column, canvas);
    }
    if let Some(hint) = &view.settings.demo {
        let text = view
            .words
            .with("screen-menu-demo", &[("login", (&hint.login).into())]);
        if view.page.tight || drawn.is_none() {
            column.space();
        }
        column.text(canvas, &text, theme.plain());
    }
}

/// What keeps every way closed, to be said to everybody: all of them need the phone and the
/// directory. They can be tried all the same, since it may be over already.
fn outage_sentence(view: &View<'_>) -> Option<&'static str> {
    match (view.outage.channel, view.outage.directory) {
        (true, _) => Some("screen-menu-wecom-down"),
        (false, true) => Some("screen-menu-directory-down"),
        (false, false) => None,
    }
}

fn item(view: &View<'_>, column: &mut Column, canvas: &mut Canvas<'_>, method: usize, qr: bool) {
    let (title, how) = match method {
        0 if qr => ("screen-method-1", "screen-method-1-scan"),
        0 => ("screen-method-1", "screen-method-1-open"),
        1 => ("screen-method-2", "screen-method-2-how"),
        _ => ("screen-method-3", "screen-method-3-how"),
    };
    let how = match (view.outage.channel, view.outage.directory) {
        (true, _) => "screen-method-wecom-down",
        (false, true) => "screen-method-directory-down",
        (false, false) => how,
    };
    let focused = view.is_focused(method);
    let theme = canvas.theme;
    let style = match (focused, view.outage.any()) {
        (true, _) => theme.focus(),
        (false, true) => theme.rule(),
        (false, false) => theme.headline(),
    };
    let from = column.y;
    let number = (method + 1).to_string();
    let title = view.words.say(title);
    column.labelled(canvas, (&number, style), 3, (&title, style));
    // Small windows have room for what the chosen one does.
    let roomy = view.settings.demo.is_none() && view.page.body.height >= 12;
    if !view.page.tight || roomy || (focused && column.room() > 6) {
        let how = view.words.say(how);
        column.labelled(canvas, ("", style), 3, (&how, theme.plain()));
    }
    if method == 2
        && !view.page.tight
        && let Some(it) = it_answers(view)
    {
        column.labelled(canvas, ("", style), 3, (&it, theme.plain()));
    }
    column.item(canvas, from, method, focused, view.page.bar());
}

/// `IT answers on 8000`, when the site says where.
pub(super) fn it_answers(view: &View<'_>) -> Option<String> {
    let phone = view.settings.it_phone.as_ref()?;
    Some(match &view.settings.it_hours {
        Some(hours) => view.words.with(
            "screen-it-hours",
            &[("phone", phone.into()), ("hours", hours.into())],
        ),
        None => view.words.with("screen-it", &[("phone", phone.into())]),
    })
}

/// Draws the picture at the right, if the terminal and the room allow it; returns its width.
pub(super) fn picture(view: &View<'_>, canvas: &mut Canvas<'_>) -> Option<u16> {
    let body = view.page.body;
    let (picture, qr) = view.picture?;
    let qr = qr.filter(|_| view.half_blocks && !view.page.tight)?;
    let (width, height) = qr.size();
    // The text beside it needs its room too.
    if body.width < width + 34 || body.height < height {
        return None;
    }
    let spot = Rect {
        x: body.right() - width,
        y: body.y,
        width,
        height,
    };
    qr.draw(canvas, spot);
    let below = Rect {
        y: spot.bottom(),
        height: (body.bottom() - spot.bottom()).min(BELOW_PICTURE),
        ..spot
    };
    let mut column = Column::new(below, true);
    let theme = canvas.theme;
    let host = display::clean_to(&picture.host, 60);
    if picture.short_code.is_empty() {
        column.line(canvas, &host, theme.headline());
        return Some(width);
    }
    let code = in_fours(&picture.short_code);
    let both = host.len() + code.len() + 1;
    if both <= usize::from(width) {
        let gap = " ".repeat(usize::from(width) - host.len() - code.len());
        column.line(canvas, &format!("{host}{gap}{code}"), theme.headline());
    } else {
        column.line(canvas, &host, theme.headline());
        column.line(canvas, &code, theme.headline());
    }
    let no_camera = view.words.with(
        "screen-no-camera",
        &[("code", picture.short_code.as_str().into())],
    );
    column.line(canvas, &no_camera, theme.plain());
    Some(width)
}

/// Address and code as text, where no picture can be drawn.
pub(super) fn address(view: &View<'_>, column: &mut Column, canvas: &mut Canvas<'_>) {
    let theme = canvas.theme;
    let coded = view
        .picture
        .filter(|(picture, _)| !picture.short_code.is_empty());
    let Some((picture, _)) = coded else {
        // Without a code the address still leads to the form.
        let host = display::clean_to(&view.settings.host, 60);
        return column.line(canvas, &host, theme.headline());
    };
    if view.page.tight && column.room() > 3 {
        column.space();
    }
    let host = display::clean_to(&picture.host, 60);
    let code = in_fours(&picture.short_code);
    let line = format!("{host}   {code}");
    if line.len() <= usize::from(column.width) {
        column.line(canvas, &line, theme.headline());
    } else {
        column.line(canvas, &host, theme.headline());
        column.line(canvas, &code, theme.headline());
    }
    if column.room() > 1 {
        let send = view.words.with(
            "screen-no-picture",
            &[("code", picture.short_code.as_str().into())],
        );
        column.text(canvas, &send, theme.plain());
    }
}

/// `7F3K9Q2M` as `7F3K 9Q2M`: easier to read and to say.
fn in_fours(code: &str) -> String {
    let mut spaced = String::with_capacity(code.len() + 2);
    for (i, c) in display::clean_to(code, 16).chars().enumerate() {
        if i > 0 && i % 4 == 0 {
            spaced.push(' ');
        }
        spaced.push(c);
    }
    spaced
}
