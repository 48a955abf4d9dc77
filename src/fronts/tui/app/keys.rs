//! Keys, pastes and clicks: who gets them, and what is typed.

use std::sync::Arc;

use super::App;
use super::clock::TYPING_PAUSE;
use super::screen::{Overlay, PasswordNote, Screen};
use crate::domain::secret::{Password, PasswordError};
use crate::domain::time::Now;
use crate::flow::prompt::Refusal;
use crate::fronts::tui::event::Key;
use crate::fronts::tui::field::{Field, Taken};
use crate::fronts::tui::keymap::{self, Action, Edit, Mode, Stroke};
use crate::fronts::tui::msg::Command;
use crate::fronts::tui::widgets::canvas::Target;

/// How many steps methods 1 and 2 have.
pub(super) const STEPS: usize = 4;

impl App {
    pub(super) fn on_key(&mut self, key: Key, now: Now, out: &mut Vec<Command>) {
        let Some(stroke) = keymap::read(key, self.mode()) else {
            return;
        };
        if stroke == Stroke::Interrupt {
            if self.settings.demo.is_some() {
                out.push(Command::Quit);
            }
            return;
        }
        if self.is_putting_off_the_end(now) || self.leaves_last_screen(stroke, now, out) {
            return;
        }
        if self.overlay.is_some() {
            self.on_overlay_stroke(stroke, now, out);
            return;
        }
        if stroke != Stroke::Back
            && let Screen::NewPassword(screen) = &mut self.screen
        {
            screen.leaving = false;
        }
        match stroke {
            Stroke::Char(c) => self.on_char(c, out),
            Stroke::Edit(edit) => self.on_edit(edit, out),
            Stroke::Next => self.move_focus(1, now),
            Stroke::Previous => self.move_focus(-1, now),
            Stroke::Enter => self.activate(self.focus(now), now, out),
            Stroke::Back => self.act(Action::Back, now, out),
            Stroke::Do(action) => self.act_if_offered(action, now, out),
            Stroke::PageDown | Stroke::PageUp | Stroke::Interrupt => {}
        }
    }

    pub(super) fn on_paste(&mut self, pasted: &str, now: Now, out: &mut Vec<Command>) {
        let closed = self.is_busy() || self.overlay.is_some();
        if self.is_putting_off_the_end(now) || closed || self.last_screen_left(now).is_some() {
            return;
        }
        self.focus_field();
        self.type_in(out, |field| field.paste(pasted));
    }

    pub(super) fn on_click(&mut self, col: u16, row: u16, now: Now, out: &mut Vec<Command>) {
        let target = self.target_at(col, row, now);
        if self.is_putting_off_the_end(now) {
            return;
        }
        match target {
            Some(Target::Key(action)) => self.act_if_offered(action, now, out),
            Some(Target::Item(_)) if self.overlay.is_some() || self.is_busy() => {}
            Some(target @ Target::Item(_)) => {
                self.focus = target;
                if matches!(self.screen, Screen::Menu) {
                    self.activate(target, now, out);
                }
            }
            None => {}
        }
    }

    /// Notes that somebody is there; whether that only ended the countdown.
    fn is_putting_off_the_end(&mut self, now: Now) -> bool {
        let counting = self
            .ending(now)
            .is_some_and(|ending| ending.is_near() && !ending.firm);
        self.visit.last_input = now.mono;
        counting
    }

    /// On the last screen any key leads back to the start; only language and phone work first.
    fn leaves_last_screen(&mut self, stroke: Stroke, now: Now, out: &mut Vec<Command>) -> bool {
        if self.last_screen_left(now).is_none() {
            return false;
        }
        match stroke {
            Stroke::Do(action @ (Action::Language | Action::Phone)) => {
                self.act_if_offered(action, now, out);
            }
            _ => self.end_visit(out),
        }
        true
    }

    fn mode(&self) -> Mode {
        let on_item = matches!(self.focus, Target::Item(_));
        if self.overlay.is_none() && on_item && self.has_field() {
            Mode::Text
        } else {
            Mode::Command
        }
    }

    fn has_field(&self) -> bool {
        matches!(
            self.screen,
            Screen::Login(_) | Screen::Code(_) | Screen::NewPassword(_)
        )
    }

    fn on_overlay_stroke(&mut self, stroke: Stroke, now: Now, out: &mut Vec<Command>) {
        let scroll = |overlay: &mut Option<Overlay>, by: i16| {
            if let Some(overlay) = overlay {
                overlay.scroll = overlay.scroll.saturating_add_signed(by).min(100);
            }
        };
        match stroke {
            Stroke::Next => scroll(&mut self.overlay, 1),
            Stroke::Previous => scroll(&mut self.overlay, -1),
            Stroke::PageDown => scroll(&mut self.overlay, 8),
            Stroke::PageUp => scroll(&mut self.overlay, -8),
            Stroke::Enter | Stroke::Back => self.overlay = None,
            // The key that opened it closes it.
            Stroke::Do(Action::Help | Action::NothingCame) => self.overlay = None,
            Stroke::Do(action) => self.act_if_offered(action, now, out),
            Stroke::Char(_) | Stroke::Edit(_) | Stroke::Interrupt => {}
        }
    }

    fn on_char(&mut self, c: char, out: &mut Vec<Command>) {
        match (&self.screen, c) {
            (Screen::Menu, '1') => self.open_method(0, out),
            (Screen::Menu, '2') => self.open_method(1, out),
            (Screen::Menu, '3') => self.open_method(2, out),
            (Screen::Workspace | Screen::Chat, '1'..='4') => {
                let step = c.to_digit(10).unwrap_or(1).saturating_sub(1);
                self.focus = Target::Item(step as usize);
            }
            _ => {
                // Whoever types means the field, wherever the focus has gone.
                self.focus_field();
                self.type_in(out, |field| field.insert(c));
            }
        }
    }

    fn focus_field(&mut self) {
        if self.has_field() && matches!(self.focus, Target::Key(_)) {
            self.focus = Target::Item(0);
        }
    }

    fn on_edit(&mut self, edit: Edit, out: &mut Vec<Command>) {
        let Some(field) = self.field() else {
            return;
        };
        match edit {
            Edit::Backspace => field.backspace(),
            Edit::Delete => field.delete(),
            Edit::Left => field.left(),
            Edit::Right => field.right(),
            Edit::Home => field.home(),
            Edit::End => field.end(),
        }
        if matches!(edit, Edit::Backspace | Edit::Delete) {
            self.after_typing(Taken::Yes, out);
        }
    }

    /// The field that has the focus, if it can be typed in now.
    fn field(&mut self) -> Option<&mut Field> {
        let second = self.focus == Target::Item(1);
        match &mut self.screen {
            Screen::Login(login) if !login.sent => match &mut login.old {
                Some(old) if second => Some(&mut old.field),
                _ => Some(&mut self.login),
            },
            Screen::Code(code) if !code.sent => Some(&mut code.field),
            Screen::NewPassword(screen) if !screen.busy => Some(if second {
                &mut screen.again
            } else {
                &mut screen.new
            }),
            _ => None,
        }
    }

    fn type_in(&mut self, out: &mut Vec<Command>, type_it: impl FnOnce(&mut Field) -> Taken) {
        let Some(field) = self.field() else {
            return;
        };
        let taken = type_it(field);
        self.visit.touched = true;
        self.after_typing(taken, out);
        self.submit_full_code(out);
    }

    /// What a change in a field leads to.
    fn after_typing(&mut self, taken: Taken, out: &mut Vec<Command>) {
        let first = self.focus != Target::Item(1);
        match &mut self.screen {
            // A character that no name has is no news in a password.
            Screen::Login(login) if !first => login.refusal = None,
            Screen::Login(login) => {
                login.refusal = (taken != Taken::Yes).then_some(Refusal::LoginMalformed);
            }
            Screen::Code(code) => code.took(taken),
            Screen::NewPassword(screen) => {
                screen.note = match taken {
                    Taken::Yes => None,
                    Taken::Full => Some(PasswordNote::TooLong),
                    Taken::Unfit => Some(PasswordNote::Unfit),
                };
                if first {
                    screen.refusal = None;
                    self.assess(out);
                }
            }
            _ => {}
        }
    }

    /// Asks for a verdict on the candidate.
    pub(super) fn assess(&mut self, out: &mut Vec<Command>) {
        let Screen::NewPassword(screen) = &mut self.screen else {
            return;
        };
        self.generation = self.generation.wrapping_add(1);
        screen.advice_due = Some(self.visit.last_input.saturating_add(TYPING_PAUSE));
        match Password::new(screen.new.text()) {
            Ok(password) => {
                // A key in a full field is seen nowhere else.
                if let Some(report) = &mut screen.report {
                    screen.policy.count_again(report, &password);
                }
                out.push(Command::Assess {
                    generation: self.generation,
                    password: Arc::new(password),
                    policy: screen.policy.clone(),
                });
            }
            Err(why) => {
                screen.report = None;
                screen.advice = None;
                screen.note = match why {
                    PasswordError::TooLong => Some(PasswordNote::TooLong),
                    PasswordError::Scheme => Some(PasswordNote::Scheme),
                    PasswordError::Empty | PasswordError::Control => screen.note,
                };
            }
        }
    }

    /// What Tab goes through.
    fn ring(&self, now: Now) -> Vec<Target> {
        if self.overlay.is_some() {
            // There Tab and arrows scroll, and Enter closes.
            return Vec::new();
        }
        let items = match &self.screen {
            Screen::Menu => self.settings.access.methods(),
            Screen::Workspace | Screen::Chat => STEPS,
            Screen::Login(login) if login.old.is_some() => 2,
            Screen::Login(_) | Screen::Code(_) => 1,
            Screen::NewPassword(_) => 2,
            // The text itself: no key stands out until somebody presses Tab.
            _ => 1,
        };
        (0..items)
            .map(Target::Item)
            .chain(
                self.actions(now)
                    .into_iter()
                    .filter(|action| action.can_have_focus())
                    .map(Target::Key),
            )
            .collect()
    }

    /// What has the focus; the first thing when what had it is gone.
    pub(super) fn focus(&self, now: Now) -> Target {
        let ring = self.ring(now);
        if ring.contains(&self.focus) {
            self.focus
        } else {
            ring.first().copied().unwrap_or(Target::Item(0))
        }
    }

    pub(super) fn move_focus(&mut self, by: isize, now: Now) {
        let ring = self.ring(now);
        let focus = self.focus(now);
        let at = ring.iter().position(|target| *target == focus).unwrap_or(0);
        let to = at
            .saturating_add(ring.len())
            .saturating_add_signed(by)
            .checked_rem(ring.len())
            .unwrap_or(0);
        self.focus = ring.get(to).copied().unwrap_or(focus);
    }
}
