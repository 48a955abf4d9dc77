//! Method 2: the steps in WeCom's chat, and what stays there.

use super::page::View;
use super::{drawings, steps};
use crate::fronts::tui::app::ChatPasswords;
use crate::fronts::tui::widgets::canvas::Canvas;

pub(crate) fn draw(view: &View<'_>, canvas: &mut Canvas<'_>) {
    let (send, stays) = match view.settings.chat_passwords {
        ChatPasswords::Off => ("screen-chat-3-link", "screen-chat-stays-off"),
        ChatPasswords::Temporary => ("screen-chat-3-password", "screen-chat-stays-temporary"),
        ChatPasswords::Allow => ("screen-chat-3-password", "screen-chat-stays-allow"),
    };
    let last = match view.settings.chat_passwords {
        ChatPasswords::Off => "screen-chat-4-link",
        ChatPasswords::Temporary | ChatPasswords::Allow => "screen-chat-4-password",
    };
    let mut column = view.page.column();
    view.headline(&mut column, canvas, "screen-chat-title");
    let list = ["screen-chat-1", "screen-chat-2", send, last].map(|key| view.words.say(key));
    let phone = |step| drawings::chat(view, step);
    steps::draw(
        view,
        &mut column,
        canvas,
        &list,
        &view.words.say(stays),
        phone,
    );
    if view.page.tight && column.room() > 4 {
        column.space();
    }
    view.say(&mut column, canvas, stays);
}
