//! From keys to lines, with the little editing that a line needs.

use std::collections::VecDeque;

use unicode_width::UnicodeWidthChar as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::Echo;
use crate::fronts::tui::event::{Key, KeyCode, TermEvent};
use crate::fronts::tui::input::Parser;

/// Longest line in bytes; four times the longest password. What is longer is kept as too long.
const LINE_MAX: usize = 2048;
/// Most keys that wait while something else is said.
const WAITING_MAX: usize = 4096;

/// What somebody typed.
pub(super) enum Typed {
    /// A line, wiped on drop: it may be a password.
    Line(Zeroizing<String>),
    /// Esc: back.
    Back,
    /// Ctrl-C or Ctrl-D: away.
    Leave,
}

/// The line in the making.
pub(super) struct Typing {
    echo: Echo,
    parser: Parser,
    waiting: VecDeque<TermEvent>,
    line: Zeroizing<String>,
}

impl Typing {
    pub(super) fn new(echo: Echo) -> Self {
        Self {
            echo,
            parser: Parser::default(),
            waiting: VecDeque::new(),
            line: Zeroizing::new(String::with_capacity(LINE_MAX)),
        }
    }

    /// Takes bytes as they came.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let mut events = Vec::new();
        self.parser.feed(bytes, &mut events);
        if self.parser.is_after_escape() {
            // Whether it begins a sequence makes no difference here: both mean nothing else.
            self.parser.flush(&mut events);
        }
        let room = WAITING_MAX.saturating_sub(self.waiting.len());
        self.waiting.extend(events.into_iter().take(room));
    }

    /// The next line, if there is a whole one. What is to be shown goes to `shown`; of a secret
    /// only the end of its line.
    pub(super) fn next(&mut self, secret: bool, shown: &mut String) -> Option<Typed> {
        while let Some(event) = self.waiting.pop_front() {
            match event {
                TermEvent::Key(key) => {
                    if let Some(typed) = self.key(key, secret, shown) {
                        if self.echo == Echo::Ours {
                            shown.push('\n');
                        }
                        return Some(typed);
                    }
                }
                TermEvent::Paste(text) => {
                    for c in text.0.chars().filter(|c| !c.is_control()) {
                        self.put(c, secret, shown);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn key(&mut self, key: Key, secret: bool, shown: &mut String) -> Option<Typed> {
        match key.code {
            KeyCode::Enter => {
                let fresh = Zeroizing::new(String::with_capacity(LINE_MAX));
                return Some(Typed::Line(std::mem::replace(&mut self.line, fresh)));
            }
            KeyCode::Esc => {
                self.line.zeroize();
                return Some(Typed::Back);
            }
            KeyCode::Char('c' | 'd') if key.ctrl => {
                self.line.zeroize();
                return Some(Typed::Leave);
            }
            KeyCode::Char('u') if key.ctrl => while self.rub_out(secret, shown) {},
            KeyCode::Backspace => {
                self.rub_out(secret, shown);
            }
            KeyCode::Char(c) if !key.ctrl => self.put(c, secret, shown),
            _ => {}
        }
        None
    }

    fn put(&mut self, c: char, secret: bool, shown: &mut String) {
        if self.line.len() + c.len_utf8() > LINE_MAX {
            return;
        }
        self.line.push(c);
        if self.echo == Echo::Ours && !secret {
            shown.push(c);
        }
    }

    fn rub_out(&mut self, secret: bool, shown: &mut String) -> bool {
        let Some(c) = self.line.pop() else {
            return false;
        };
        if self.echo == Echo::Ours && !secret {
            for _ in 0..c.width().unwrap_or(0) {
                shown.push_str("\u{8} \u{8}");
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(echo: Echo, secret: bool, bytes: &[u8]) -> (Vec<String>, String) {
        let mut typing = Typing::new(echo);
        let (mut lines, mut shown) = (Vec::new(), String::new());
        for byte in bytes {
            typing.feed(&[*byte]);
            while let Some(typed) = typing.next(secret, &mut shown) {
                lines.push(match typed {
                    Typed::Line(line) => line.to_string(),
                    Typed::Back => "back".to_owned(),
                    Typed::Leave => "leave".to_owned(),
                });
            }
        }
        (lines, shown)
    }

    #[test]
    fn a_line_is_shown_as_it_is_typed_and_edited() {
        let (lines, shown) = typed(Echo::Ours, false, "lin.x\u{7f}wei\r".as_bytes());
        assert_eq!(lines, ["lin.wei"]);
        assert_eq!(shown, "lin.x\u{8} \u{8}wei\n");
        let (lines, shown) = typed(Echo::Ours, false, "中\u{8}\u{15}abc\u{15}3\n".as_bytes());
        assert_eq!(lines, ["3"]);
        assert!(shown.starts_with("中\u{8} \u{8}\u{8} \u{8}"), "{shown:?}");
        assert!(!shown.contains('\u{1b}'));
    }

    #[test]
    fn of_a_secret_nothing_is_shown_and_the_other_sides_echo_is_its_own() {
        let (lines, shown) = typed(Echo::Ours, true, "hunter2\u{7f}3\r".as_bytes());
        assert_eq!((lines, shown.as_str()), (vec!["hunter3".to_owned()], "\n"));
        let (lines, shown) = typed(Echo::Theirs, false, b"3\nlin.wei\n");
        assert_eq!((lines.len(), shown.as_str()), (2, ""));
    }

    #[test]
    fn escape_is_back_and_ctrl_c_is_away() {
        assert_eq!(typed(Echo::Ours, false, b"ab\x1b").0, ["back"]);
        assert_eq!(
            typed(Echo::Ours, false, b"ab\x03\x04").0,
            ["leave", "leave"]
        );
    }

    #[test]
    fn a_line_without_an_end_costs_no_more_than_its_limit() {
        let flood = vec![b'x'; 100_000];
        let mut typing = Typing::new(Echo::Theirs);
        typing.feed(&flood);
        assert_eq!(typing.waiting.len(), WAITING_MAX);
        let mut shown = String::new();
        assert!(typing.next(true, &mut shown).is_none());
        assert_eq!(
            (typing.line.len(), typing.line.capacity()),
            (LINE_MAX, LINE_MAX)
        );
    }
}
