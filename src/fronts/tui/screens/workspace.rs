//! Method 1: the steps in WeCom's Workspace, or the picture.

use super::page::View;
use super::{drawings, menu, steps};
use crate::fronts::tui::widgets::canvas::Canvas;

pub(crate) fn draw(view: &View<'_>, canvas: &mut Canvas<'_>) {
    let drawn = menu::picture(view, canvas);
    let mut column = match drawn {
        Some(width) => view.page.two_columns(width).0,
        None => view.page.column(),
    };
    view.headline(&mut column, canvas, "screen-workspace-title");
    let list = [
        "screen-workspace-1",
        "screen-workspace-2",
        "screen-workspace-3",
        "screen-workspace-4",
    ]
    .map(|key| view.words.say(key));
    let below = match drawn {
        Some(_) => view.words.say("screen-workspace-or-scan"),
        None => String::new(),
    };
    let phone = |step| drawings::workspace(view, step);
    steps::draw(view, &mut column, canvas, &list, &below, phone);
    if drawn.is_some() {
        view.say(&mut column, canvas, "screen-workspace-or-scan");
    } else {
        menu::address(view, &mut column, canvas);
    }
}
