//! What the drawn phone shows at each step of methods 1 and 2.

use super::page::View;
use crate::fronts::tui::app::ChatPasswords;
use crate::fronts::tui::widgets::phone::{Phone, Row, middle};

/// The app's name in WeCom, the same in every language.
const CHAT: &str = "[Reset Password]";

/// Method 1, step by step from 0.
pub(super) fn workspace(view: &View<'_>, step: usize) -> Phone {
    let word = |key| view.words.say(key);
    let wecom = word("screen-drawn-wecom");
    match step {
        0 => {
            let app = format!("[{wecom}]");
            let before = "[ ]  ";
            Phone {
                rows: vec![
                    blank(),
                    Row::Text("[ ]  [ ]  [ ]".to_owned()),
                    blank(),
                    tap(before, &app, "  [ ]"),
                    hand(view, true, middle(before, &app)),
                ],
                near: 3..5,
            }
        }
        1 => {
            let tab = format!("[{}]", word("screen-drawn-workspace"));
            let before = "o  ";
            Phone {
                rows: vec![
                    Row::Text(wecom),
                    Row::Line,
                    Row::Words(9),
                    Row::Words(12),
                    Row::Words(7),
                    blank(),
                    hand(view, false, middle(before, &tab)),
                    Row::Line,
                    tap(before, &tab, "  o"),
                ],
                near: 6..9,
            }
        }
        2 => Phone {
            rows: vec![
                Row::Text(word("screen-drawn-workspace")),
                Row::Line,
                blank(),
                tap("", "[PWD]", "  [ ]  [ ]"),
                hand(view, true, middle("", "[PWD]")),
                blank(),
                Row::Text("[ ]    [ ]  [ ]".to_owned()),
            ],
            near: 3..5,
        },
        _ => Phone {
            rows: vec![
                Row::Text("Account PWD Reset".to_owned()),
                Row::Line,
                blank(),
                Row::Secret(10),
                Row::Secret(10),
                blank(),
                tap("", "[ OK ]", ""),
                hand(view, true, middle("", "[ OK ]")),
            ],
            near: 6..8,
        },
    }
}

/// Method 2, step by step from 0.
pub(super) fn chat(view: &View<'_>, step: usize) -> Phone {
    let word = |key| view.words.say(key);
    let link = view.settings.chat_passwords == ChatPasswords::Off;
    match step {
        0 => Phone {
            rows: vec![
                Row::Text(word("screen-drawn-wecom")),
                Row::Line,
                tap("", CHAT, ""),
                hand(view, true, middle("", CHAT)),
                blank(),
                Row::Words(9),
                Row::Words(12),
            ],
            near: 2..4,
        },
        1 => {
            let expand = format!("[{}]", word("screen-drawn-expand"));
            Phone {
                rows: vec![
                    Row::Text(word("screen-drawn-wecom")),
                    Row::Line,
                    Row::Words(9),
                    tap("", &expand, ""),
                    hand(view, true, middle("", &expand)),
                    blank(),
                    tap("", CHAT, ""),
                    hand(view, true, middle("", CHAT)),
                ],
                near: 3..5,
            }
        }
        2 => {
            // What comes behind it is nobody's to see.
            let typed = match link {
                true => "#resetpassword#",
                false => "#resetpassword#..",
            };
            let before = "          ";
            Phone {
                rows: vec![
                    Row::Text("Reset Password".to_owned()),
                    Row::Line,
                    blank(),
                    blank(),
                    Row::Line,
                    Row::Text(typed.to_owned()),
                    tap(before, "[ > ]", ""),
                    hand(view, true, middle(before, "[ > ]")),
                ],
                near: 5..8,
            }
        }
        _ => {
            let (answer, pointed) = match link {
                true => (format!("[{}]", word("screen-drawn-form")), true),
                false => ("OK".to_owned(), false),
            };
            let below = match pointed {
                true => hand(view, true, middle("", &answer)),
                false => Row::Words(9),
            };
            Phone {
                rows: vec![
                    Row::Text("Reset Password".to_owned()),
                    Row::Line,
                    Row::Text("    #resetpasswo..".to_owned()),
                    blank(),
                    tap("", &answer, ""),
                    below,
                ],
                near: 4..6,
            }
        }
    }
}

fn blank() -> Row {
    Row::Text(String::new())
}

fn tap(before: &'static str, target: &str, after: &'static str) -> Row {
    Row::Tap {
        before,
        target: target.to_owned(),
        after,
    }
}

fn hand(view: &View<'_>, up: bool, at: u16) -> Row {
    Row::Hand {
        word: view.words.say("screen-drawn-tap"),
        up,
        at,
    }
}
