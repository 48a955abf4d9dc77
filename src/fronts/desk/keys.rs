//! What keys and clicks do at the desk, and which of them work now.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;

use super::state::{DeskApp, Screen};
use crate::domain::account::{LoginName, SearchText};
use crate::domain::code::DeskAction;
use crate::domain::time::Now;
use crate::flow::desk::{DeskInput, Gift};
use crate::flow::effect::Input;
use crate::flow::prompt::Refusal;
use crate::fronts::tui::event::{Key, KeyCode};
use crate::fronts::tui::field::{Field, Taken};
use crate::fronts::tui::msg::Command;
use crate::fronts::tui::widgets::canvas::{Canvas, Target};
use crate::text::Language;

/// A key with a place in the bottom line.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum DeskKey {
    Enter,
    Search,
    Move,
    Code,
    Unlock,
    Freeze,
    Approvals,
    Another,
    Esc,
    Help,
    Language,
}

/// Where the things of a screen end and the keys of the bottom line begin, for clicks.
pub(super) const KEYS_FROM: usize = 10_000;
/// A page of the list.
const PAGE: isize = 10;

impl DeskKey {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Enter => "Enter",
            Self::Search => "/",
            Self::Move => "Up Down",
            Self::Code => "c",
            Self::Unlock => "u",
            Self::Freeze => "f",
            Self::Approvals => "a",
            Self::Another => "F4",
            Self::Esc => "Esc",
            Self::Help => "F1",
            Self::Language => "F2",
        }
    }

    fn press(self) -> KeyCode {
        match self {
            Self::Enter => KeyCode::Enter,
            Self::Search => KeyCode::Char('/'),
            Self::Move => KeyCode::Down,
            Self::Code => KeyCode::Char('c'),
            Self::Unlock => KeyCode::Char('u'),
            Self::Freeze => KeyCode::Char('f'),
            Self::Approvals => KeyCode::Char('a'),
            Self::Another => KeyCode::F(4),
            Self::Esc => KeyCode::Esc,
            Self::Help => KeyCode::F(1),
            Self::Language => KeyCode::F(2),
        }
    }
}

impl DeskApp {
    /// The keys that work now, each with its word, in the order of the bottom line.
    pub(super) fn keys(&self, now: Now) -> Vec<(DeskKey, &'static str)> {
        let mut keys = Vec::new();
        if self.help.is_some() {
            return vec![(DeskKey::Esc, "desk-key-close"), (DeskKey::Language, "")];
        }
        match &self.screen {
            Screen::Login(..) => {
                keys.extend([
                    (DeskKey::Enter, "key-go-on"),
                    (DeskKey::Esc, "desk-key-end"),
                ]);
            }
            Screen::SignIn(code) | Screen::Code(code) => {
                let due = code.resend_at.is_some_and(|at| now.wall >= at);
                keys.extend((due && !code.asked).then_some((DeskKey::Another, "key-another-code")));
                keys.push((DeskKey::Esc, "key-back"));
            }
            Screen::List(_) if self.list.typing => {
                keys.push((DeskKey::Enter, "desk-key-search"));
                keys.push((DeskKey::Esc, "key-back"));
            }
            Screen::List(_) => {
                if self.has_people() {
                    keys.push((DeskKey::Enter, "desk-key-open"));
                    keys.push((DeskKey::Move, "desk-key-move"));
                }
                keys.push((DeskKey::Search, "desk-key-search"));
                keys.push((DeskKey::Approvals, "desk-key-approvals"));
                keys.push((DeskKey::Esc, "desk-key-sign-out"));
            }
            Screen::Person(_) => {
                keys.extend(self.deeds());
                keys.push((DeskKey::Search, "desk-key-search"));
                keys.push((DeskKey::Approvals, "desk-key-approvals"));
                keys.push((DeskKey::Esc, "key-back"));
            }
            Screen::Choose { .. } => {
                keys.push((DeskKey::Enter, "desk-key-give"));
                keys.push((DeskKey::Move, "desk-key-move"));
                keys.push((DeskKey::Esc, "desk-key-leave"));
            }
            Screen::Approvals { lines, at, .. } => {
                let theirs = lines.get(*at).is_some_and(|line| line.theirs_to_approve);
                keys.extend(theirs.then_some((DeskKey::Enter, "desk-key-approve")));
                keys.extend((lines.len() > 1).then_some((DeskKey::Move, "desk-key-move")));
                keys.push((DeskKey::Approvals, "desk-key-again"));
                keys.push((DeskKey::Esc, "key-back"));
            }
            Screen::Waiting(_) => keys.push((DeskKey::Esc, "desk-key-leave")),
            Screen::Given { .. } | Screen::Unlocked(_) | Screen::Ended(_) => {
                keys.push((DeskKey::Enter, "key-go-on"));
            }
            Screen::LookingUp(_) | Screen::Busy => {}
        }
        keys.extend([(DeskKey::Help, "key-help"), (DeskKey::Language, "")]);
        if self.languages().len() < 2 {
            keys.retain(|(key, _)| *key != DeskKey::Language);
        }
        keys
    }

    /// What can be done for the person who is open.
    fn deeds(&self) -> Vec<(DeskKey, &'static str)> {
        let Some(file) = self.file.as_ref().filter(|_| self.may_act()) else {
            return Vec::new();
        };
        let freeze = if file.frozen_until.is_some() {
            "desk-key-unfreeze"
        } else {
            "desk-key-freeze"
        };
        let mut deeds = vec![(DeskKey::Code, "desk-key-code")];
        deeds.extend(
            file.age
                .locked
                .then_some((DeskKey::Unlock, "desk-key-unlock")),
        );
        deeds.push((DeskKey::Freeze, freeze));
        deeds
    }

    /// Whether somebody is open whom this operator can help.
    fn may_act(&self) -> bool {
        let helps = self.powers.as_ref().map(|powers| powers.role().helps());
        let other = self.file.as_ref().map(|file| !file.own);
        matches!(self.screen, Screen::Person(_)) && helps == Some(true) && other == Some(true)
    }

    fn offers(&self, key: DeskKey, now: Now) -> bool {
        self.keys(now).iter().any(|(offered, _)| *offered == key)
    }

    fn has_people(&self) -> bool {
        let sought = self.list.sought.as_ref();
        sought.is_some_and(|sought| !sought.people.is_empty())
    }

    pub(super) fn on_key(&mut self, key: Key, now: Now, out: &mut Vec<Command>) {
        if key.ctrl || key.alt {
            return;
        }
        match key.code {
            KeyCode::F(2) => return self.next_language(),
            KeyCode::F(1) => {
                return self.help = match self.help {
                    Some(_) => None,
                    None => Some(0),
                };
            }
            code if let Some(scroll) = self.help => return self.on_help_key(code, scroll),
            KeyCode::Esc => return self.back(out),
            KeyCode::F(4) if self.offers(DeskKey::Another, now) => {
                if let Screen::Code(code) | Screen::SignIn(code) = &mut self.screen {
                    code.asked = true;
                    out.push(Command::Flow(Input::AnotherCode));
                }
                return;
            }
            _ => {}
        }
        self.leaving = false;
        if self.field().is_some() {
            self.on_field_key(key.code, out);
        } else {
            self.on_command_key(key.code, now, out);
        }
    }

    fn on_help_key(&mut self, code: KeyCode, scroll: u16) {
        /// Longer than the help in any language on the smallest terminal.
        const LAST: u16 = 30;
        let by = match code {
            KeyCode::Enter | KeyCode::Esc => return self.help = None,
            KeyCode::Down | KeyCode::Tab => 1,
            KeyCode::Up => -1,
            KeyCode::PageDown => 8,
            KeyCode::PageUp => -8,
            _ => 0,
        };
        self.help = Some(scroll.saturating_add_signed(by).min(LAST));
    }

    pub(super) fn on_paste(&mut self, pasted: &str, out: &mut Vec<Command>) {
        if self.help.is_none() {
            self.type_in(out, |field| field.paste(pasted));
        }
    }

    pub(super) fn on_click(&mut self, col: u16, row: u16, now: Now, out: &mut Vec<Command>) {
        let (cols, rows) = self.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, cols, rows));
        let mut canvas = Canvas::new(&mut buffer, self.capabilities);
        self.paint(&mut canvas, now);
        let Some(Target::Item(item)) = canvas.target_at(col, row) else {
            return;
        };
        if let Some(number) = item.checked_sub(KEYS_FROM) {
            if let Some((key, _)) = self.keys(now).get(number) {
                self.on_key(Key::plain(key.press()), now, out);
            }
            return;
        }
        match &mut self.screen {
            Screen::List(_) if item == 0 => self.list.typing = true,
            Screen::List(_) => {
                self.list.typing = false;
                self.list.at = item - 1;
            }
            Screen::Choose { at, .. } | Screen::Approvals { at, .. } => *at = item,
            _ => {}
        }
    }

    /// The field that takes what is typed.
    fn field(&mut self) -> Option<&mut Field> {
        match &mut self.screen {
            Screen::Login(_, false) => Some(&mut self.login),
            Screen::SignIn(code) | Screen::Code(code) if !code.sent => Some(&mut code.field),
            Screen::List(_) if self.list.typing => Some(&mut self.list.query),
            _ => None,
        }
    }

    fn on_field_key(&mut self, code: KeyCode, out: &mut Vec<Command>) {
        match code {
            KeyCode::Char(c) if !c.is_control() => return self.type_in(out, |f| f.insert(c)),
            KeyCode::Enter => return self.submit(out),
            KeyCode::Down if matches!(self.screen, Screen::List(_)) && self.has_people() => {
                self.list.typing = false;
                return;
            }
            _ => {}
        }
        let Some(field) = self.field() else {
            return;
        };
        match code {
            KeyCode::Backspace => field.backspace(),
            KeyCode::Delete => field.delete(),
            KeyCode::Left => field.left(),
            KeyCode::Right => field.right(),
            KeyCode::Home => field.home(),
            KeyCode::End => field.end(),
            _ => {}
        }
    }

    fn type_in(&mut self, out: &mut Vec<Command>, type_it: impl FnOnce(&mut Field) -> Taken) {
        let Some(field) = self.field() else {
            return;
        };
        let taken = type_it(field);
        if let Screen::SignIn(code) | Screen::Code(code) = &mut self.screen {
            code.took(taken);
            out.extend(code.hand_in().map(|code| Command::Flow(Input::Code(code))));
        }
    }

    fn submit(&mut self, out: &mut Vec<Command>) {
        match &mut self.screen {
            Screen::Login(refusal, sent) => match LoginName::parse(self.login.text()) {
                Some(login) => {
                    *sent = true;
                    *refusal = None;
                    out.push(Command::Flow(Input::Login(login)));
                }
                None if self.login.is_empty() => {}
                None => *refusal = Some(Refusal::LoginMalformed),
            },
            Screen::List(_) => {
                if let Some(text) = SearchText::parse(self.list.query.text()) {
                    Self::ask(out, DeskInput::Search(text));
                }
            }
            _ => {}
        }
    }

    fn on_command_key(&mut self, code: KeyCode, now: Now, out: &mut Vec<Command>) {
        match code {
            KeyCode::Up | KeyCode::BackTab => self.move_by(-1),
            KeyCode::Down | KeyCode::Tab => self.move_by(1),
            KeyCode::PageUp => self.move_by(-PAGE),
            KeyCode::PageDown => self.move_by(PAGE),
            KeyCode::Home => self.move_by(isize::MIN),
            KeyCode::End => self.move_by(isize::MAX),
            KeyCode::Enter => self.enter(out),
            KeyCode::Char('/') if self.offers(DeskKey::Search, now) => {
                self.list.typing = true;
                self.list.query.clear();
                self.go(Screen::List(None));
            }
            KeyCode::Char('c') if self.offers(DeskKey::Code, now) => {
                Self::ask(out, DeskInput::SendCode(DeskAction::Password));
            }
            // Where there is no lock, the answer says so.
            KeyCode::Char('u') if self.may_act() => {
                Self::ask(out, DeskInput::SendCode(DeskAction::Unlock));
            }
            KeyCode::Char('f') if self.offers(DeskKey::Freeze, now) => {
                Self::ask(out, DeskInput::Freeze);
            }
            KeyCode::Char('a') if self.offers(DeskKey::Approvals, now) => {
                Self::ask(out, DeskInput::Approvals);
            }
            _ => {}
        }
    }

    fn move_by(&mut self, by: isize) {
        let found = self
            .list
            .sought
            .as_ref()
            .map_or(0, |found| found.people.len());
        let (at, count) = match &mut self.screen {
            Screen::List(_) => (&mut self.list.at, found),
            Screen::Choose { at, link } => (at, if *link { 2 } else { 1 }),
            Screen::Approvals { at, lines, .. } => (at, lines.len()),
            _ => return,
        };
        let last = count.saturating_sub(1);
        *at = at.saturating_add_signed(by).min(last);
    }

    fn enter(&mut self, out: &mut Vec<Command>) {
        match &self.screen {
            Screen::List(_) => {
                let people = self.list.sought.as_ref().map(|sought| &sought.people);
                if let Some(line) = people.and_then(|people| people.get(self.list.at)) {
                    Self::ask(out, DeskInput::Open(line.key.clone(), line.dn.clone()));
                }
            }
            Screen::Choose { link, at } => {
                let gift = if *link && *at == 0 {
                    Gift::Link
                } else {
                    Gift::Temporary
                };
                Self::ask(out, DeskInput::Give(gift));
            }
            Screen::Approvals { lines, at, .. } => {
                if let Some(line) = lines.get(*at).filter(|line| line.theirs_to_approve) {
                    Self::ask(out, DeskInput::Approve(line.reset.clone()));
                }
            }
            Screen::Given { .. } | Screen::Unlocked(_) | Screen::Ended(_) => self.leave(out),
            _ => {}
        }
    }

    fn back(&mut self, out: &mut Vec<Command>) {
        match &self.screen {
            Screen::Login(..) => out.push(Command::Quit),
            Screen::List(_) if self.list.typing && self.has_people() => self.list.typing = false,
            Screen::List(_) if self.leaving => self.sign_out(out),
            Screen::List(_) => self.leaving = true,
            Screen::Person(_) => {
                self.file = None;
                self.go(Screen::List(None));
            }
            Screen::Approvals { .. } if self.file.is_none() => self.go(Screen::List(None)),
            Screen::Busy | Screen::LookingUp(_) => {}
            _ => self.leave(out),
        }
    }

    /// Leaves what is shown; the visit says what comes next.
    fn leave(&mut self, out: &mut Vec<Command>) {
        if self.powers.is_none() {
            self.forget_login();
        }
        self.go(Screen::Busy);
        Self::ask(out, DeskInput::Back);
    }

    fn next_language(&mut self) {
        let languages = self.languages();
        let at = languages
            .iter()
            .position(|language| *language == self.shown_language());
        let next = languages
            .get(at.map_or(0, |at| at + 1))
            .or(languages.first());
        self.language = next.copied().unwrap_or(Language::English);
    }
}
