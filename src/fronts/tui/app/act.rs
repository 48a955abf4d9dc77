//! What Enter, a click or a key of the bottom line does.

use super::App;
use super::clock::{SHOWN_FOR, TWICE};
use super::keys::STEPS;
use super::screen::{
    LoginScreen, NewPasswordScreen, OldPasswordField, Overlay, OverlayPage, PasswordNote, Screen,
};
use crate::domain::account::LoginName;
use crate::domain::secret::{Password, PasswordError};
use crate::domain::time::Now;
use crate::flow::effect::Input;
use crate::flow::prompt::Refusal;
use crate::fronts::tui::keymap::Action;
use crate::fronts::tui::msg::Command;
use crate::fronts::tui::widgets::canvas::Target;

impl App {
    /// Enter, or a click.
    pub(super) fn activate(&mut self, target: Target, now: Now, out: &mut Vec<Command>) {
        let item = match target {
            Target::Key(action) => return self.act(action, now, out),
            Target::Item(item) => item,
        };
        match &self.screen {
            Screen::Menu => self.open_method(item, out),
            Screen::Workspace | Screen::Chat if item + 1 < STEPS => self.move_focus(1, now),
            Screen::Login(login) if login.old.is_some() && item == 0 => self.move_focus(1, now),
            Screen::Login(login) if login.old.is_some() => self.submit_old_password(out),
            Screen::Login(_) => self.submit_login(out),
            Screen::NewPassword(_) if item == 0 => self.move_focus(1, now),
            Screen::NewPassword(_) => self.submit_password(out),
            // A code goes on by itself at its last digit: Enter is never a try.
            _ => {}
        }
    }

    pub(super) fn open_method(&mut self, method: usize, out: &mut Vec<Command>) {
        match method {
            0 => self.go(Screen::Workspace),
            1 => self.go(Screen::Chat),
            2 if method < self.settings.access.methods() => self.begin(out),
            // Where nothing is typed, there is no third way.
            _ => {}
        }
    }

    /// Method 3 from its first field on; an earlier reset is abandoned by this.
    fn begin(&mut self, out: &mut Vec<Command>) {
        self.visit.touched = true;
        self.scanned = false;
        self.renewing = false;
        self.go(Screen::Login(LoginScreen::default()));
        out.push(Command::Begin);
    }

    fn submit_login(&mut self, out: &mut Vec<Command>) {
        let Screen::Login(login) = &mut self.screen else {
            return;
        };
        if login.sent || self.login.text().trim().is_empty() {
            return;
        }
        match LoginName::parse(self.login.text()) {
            Some(name) => {
                login.sent = true;
                login.refusal = None;
                out.push(Command::Flow(Input::Login(name)));
            }
            None => login.refusal = Some(Refusal::LoginMalformed),
        }
    }

    /// Name and password go together: what is wrong of them is not told apart.
    fn submit_old_password(&mut self, out: &mut Vec<Command>) {
        let Screen::Login(login) = &mut self.screen else {
            return;
        };
        let Some(old) = &mut login.old else {
            return;
        };
        if login.sent {
            return;
        }
        let Some(name) = LoginName::parse(self.login.text()) else {
            login.refusal = Some(Refusal::LoginMalformed);
            self.focus = Target::Item(0);
            return;
        };
        match Password::new(old.field.text()) {
            Ok(password) => {
                login.sent = true;
                login.refusal = None;
                old.field.clear();
                out.push(Command::Flow(Input::Renew {
                    login: name,
                    old: password,
                }));
            }
            Err(PasswordError::Empty) => self.focus = Target::Item(1),
            // No directory has such a password: the answer that all others get.
            Err(_) => login.refusal = Some(Refusal::OldPasswordNotRight),
        }
    }

    /// From the code to the password there is now, and back.
    fn old_password_or_code(&mut self) {
        let Screen::Login(login) = &mut self.screen else {
            return;
        };
        self.renewing = login.old.is_none();
        login.refusal = None;
        login.old = self.renewing.then(OldPasswordField::new);
        let named = !self.login.text().trim().is_empty();
        self.focus = Target::Item(usize::from(self.renewing && named));
    }

    fn only_unlock(&mut self, out: &mut Vec<Command>) {
        if let Screen::NewPassword(screen) = &self.screen
            && screen.can_only_unlock()
        {
            out.push(Command::Flow(Input::Unlock));
        }
    }

    pub(super) fn submit_full_code(&mut self, out: &mut Vec<Command>) {
        if let Screen::Code(screen) = &mut self.screen {
            out.extend(
                screen
                    .hand_in()
                    .map(|code| Command::Flow(Input::Code(code))),
            );
        }
    }

    fn submit_password(&mut self, out: &mut Vec<Command>) {
        let Screen::NewPassword(screen) = &mut self.screen else {
            return;
        };
        if screen.busy {
            return;
        }
        match read_password(screen) {
            Ok(password) => {
                screen.note = None;
                screen.busy = true;
                screen.shown_until = None;
                out.push(Command::Flow(Input::NewPassword(password)));
            }
            Err(Some(note)) => screen.note = Some(note),
            Err(None) => self.focus = Target::Item(0),
        }
    }

    pub(super) fn act_if_offered(&mut self, action: Action, now: Now, out: &mut Vec<Command>) {
        if self.actions(now).contains(&action) {
            self.act(action, now, out);
        }
    }

    pub(super) fn act(&mut self, action: Action, now: Now, out: &mut Vec<Command>) {
        match action {
            Action::GoOn if self.last_screen_left(now).is_some() => self.end_visit(out),
            Action::GoOn => {
                let focus = match self.focus(now) {
                    // Clicked, or reached with Tab: it means the thing itself.
                    Target::Key(_) => Target::Item(0),
                    item => item,
                };
                self.activate(focus, now, out);
            }
            // Clicked, where no digit was pressed: to the next thing.
            Action::Choose | Action::NextField => self.move_focus(1, now),
            Action::Back => self.back(now, out),
            Action::Help => self.toggle(OverlayPage::Help),
            Action::OldPassword => self.old_password_or_code(),
            Action::OnlyUnlock => self.only_unlock(out),
            Action::NothingCame => self.toggle(OverlayPage::NothingCame),
            Action::Language => self.next_language(),
            Action::Show => self.show_or_hide(now),
            Action::AnotherCode => self.another_code(out),
            Action::Phone => self.toggle_phone(out),
        }
    }

    fn back(&mut self, now: Now, out: &mut Vec<Command>) {
        if self.overlay.take().is_some() || self.phone.take().is_some() || self.is_busy() {
            return;
        }
        let twice = self
            .visit
            .last_back
            .replace(now.mono)
            .is_some_and(|last| now.mono.saturating_sub(last) <= TWICE);
        let leaving = matches!(&self.screen, Screen::NewPassword(screen) if screen.leaving);
        if leaving || (twice && self.visit.touched) {
            return self.end_visit(out);
        }
        match &mut self.screen {
            Screen::Workspace | Screen::Chat => self.go(Screen::Menu),
            Screen::Login(login) if login.old.is_some() && !login.sent => {
                self.old_password_or_code();
            }
            Screen::Login(_) => {
                out.push(Command::Flow(Input::Abandon));
                self.login.clear();
                self.go(Screen::Menu);
            }
            // The phone's digits are for the picture that is gone: the menu has the next one.
            Screen::Code(_) if self.scanned => {
                out.push(Command::Flow(Input::Abandon));
                self.scanned = false;
                self.go(Screen::Menu);
            }
            Screen::LookingUp { .. } | Screen::Code(_) => self.begin(out),
            Screen::NewPassword(screen) => screen.leaving = true,
            _ => {}
        }
    }

    fn toggle(&mut self, page: OverlayPage) {
        let open = self
            .overlay
            .as_ref()
            .is_some_and(|overlay| overlay.page == page);
        self.overlay = (!open).then_some(Overlay { page, scroll: 0 });
    }

    fn next_language(&mut self) {
        let languages = self.languages();
        let at = languages
            .iter()
            .position(|language| *language == self.language());
        let next = at.map_or(0, |at| at + 1);
        if let Some(language) = languages.get(next).or(languages.first()) {
            self.language = *language;
            self.visit.touched = true;
        }
    }

    fn show_or_hide(&mut self, now: Now) {
        if let Some(shown_until) = self.shown_until() {
            *shown_until = match shown_until {
                Some(_) => None,
                None => Some(now.mono.saturating_add(SHOWN_FOR)),
            };
        }
    }

    fn another_code(&mut self, out: &mut Vec<Command>) {
        if let Screen::Code(code) = &mut self.screen {
            code.asked = true;
            self.focus = Target::Item(0);
            out.push(Command::Flow(Input::AnotherCode));
        }
    }

    fn toggle_phone(&mut self, out: &mut Vec<Command>) {
        if self.phone.take().is_none() {
            self.phone = Some(Vec::new());
            out.push(Command::ReadPhone);
        }
    }
}

/// The password of both fields. `Err(None)`: nothing was typed.
fn read_password(screen: &NewPasswordScreen) -> Result<Password, Option<PasswordNote>> {
    let note = |why| match why {
        PasswordError::Empty => None,
        PasswordError::TooLong => Some(PasswordNote::TooLong),
        PasswordError::Scheme => Some(PasswordNote::Scheme),
        PasswordError::Control => Some(PasswordNote::Unfit),
    };
    let new = Password::new(screen.new.text()).map_err(note)?;
    match Password::new(screen.again.text()) {
        Ok(again) if again.matches(&new) => Ok(new),
        _ => Err(Some(PasswordNote::Mismatch)),
    }
}
