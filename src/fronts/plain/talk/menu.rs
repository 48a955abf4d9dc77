//! The menu, and the two ways that go on in WeCom.

use super::{Said, Stage, Talk};
use crate::domain::account::LoginName;
use crate::domain::secret::Password;
use crate::flow::effect::Input;
use crate::flow::prompt::Refusal;
use crate::fronts::plain::Echo;
use crate::fronts::tui::app::{Access, ChatPasswords};
use crate::fronts::tui::msg::{Command, Picture};

impl Talk {
    pub(super) fn menu(&mut self, said: &mut Said<'_>) {
        self.stage = Stage::Menu;
        let place = self.place();
        let site = self.settings.site_name.as_str();
        let values = [("site", site.into()), ("place", (&place).into())];
        said.text.push('\n');
        self.line(said, "plain-title", &values);
        for (number, title, how) in [
            (1, "screen-method-1", "screen-method-1-open"),
            (2, "screen-method-2", "screen-method-2-how"),
        ] {
            self.choice(said, number, title, how);
        }
        match self.settings.access {
            Access::RemotePhone => {}
            Access::Kiosk | Access::Remote => {
                self.choice(said, 3, "screen-method-3", "screen-method-3-how");
            }
        }
        if let Some(next) = self.next_language() {
            said.line(&format!("4 {}", next.own_name()));
        }
        said.line(&format!("5 {}", self.speaker().say("screen-help-title")));
        if self.settings.access.is_remote() {
            said.line(&format!("0 {}", self.speaker().say("plain-leave")));
        }
        self.ask(said, "plain-choose");
    }

    fn choice(&self, said: &mut Said<'_>, number: u8, title: &str, how: &str) {
        let (title, how) = (self.speaker().say(title), self.speaker().say(how));
        said.line(&format!("{number} {title}: {how}"));
    }

    pub(super) fn choose(&mut self, number: &str, said: &mut Said<'_>) {
        match number {
            "1" => {
                self.steps(said, "screen-workspace-title", &WORKSPACE);
                said.line(&self.settings.host);
                self.way_with_picture(said);
            }
            "2" => {
                let (steps, stays) = match self.settings.chat_passwords {
                    ChatPasswords::Off => (&CHAT_LINK, "screen-chat-stays-off"),
                    ChatPasswords::Temporary => (&CHAT_PASSWORD, "screen-chat-stays-temporary"),
                    ChatPasswords::Allow => (&CHAT_PASSWORD, "screen-chat-stays-allow"),
                };
                self.steps(said, "screen-chat-title", steps);
                self.line(said, stays, &[]);
                self.way_with_picture(said);
            }
            "3" if self.settings.access != Access::RemotePhone => {
                self.in_reset = true;
                self.stage = Stage::Waiting;
                said.commands.push(Command::Begin);
            }
            "4" if self.next_language().is_some() => {
                self.language = self.next_language().unwrap_or(self.language);
                self.menu(said);
            }
            "5" => {
                for key in ["screen-help-what", "screen-help-proof", "plain-help-keys"] {
                    self.line(said, key, &[]);
                }
                self.ask(said, "plain-choose");
            }
            "0" if self.settings.access.is_remote() => self.leave(said),
            "" => self.ask(said, "plain-choose"),
            _ => {
                self.line(said, "plain-no-choice", &[]);
                self.ask(said, "plain-choose");
            }
        }
    }

    fn steps(&self, said: &mut Said<'_>, title: &str, steps: &[&str]) {
        self.line(said, title, &[]);
        for (number, step) in (1..).zip(steps) {
            said.line(&format!("{number}. {}", self.speaker().say(step)));
        }
    }

    /// Where there is a kiosk, a code leads the phone to it.
    fn way_with_picture(&mut self, said: &mut Said<'_>) {
        if self.settings.access == Access::RemotePhone {
            return self.ask(said, "plain-choose");
        }
        said.commands.push(Command::NewPicture);
    }

    /// The code for the phone; told once, and only to who asked for a way that needs it.
    pub(super) fn on_picture(&mut self, picture: Option<Picture>, said: &mut Said<'_>) {
        if !matches!(self.stage, Stage::Menu) {
            return;
        }
        if let Some(picture) = picture {
            let code = picture.short_code.as_str();
            let time = self.speaker().time_of_day(picture.expires);
            let values = [("code", code.into()), ("time", (&time).into())];
            self.line(said, "plain-short-code", &values);
        }
        self.ask(said, "plain-choose");
    }

    fn next_language(&self) -> Option<crate::text::Language> {
        let languages = self.languages();
        let at = languages.iter().position(|known| *known == self.language)?;
        let next = languages.get(at + 1).or(languages.first()).copied();
        next.filter(|next| *next != self.language)
    }

    /// Renewing: first the login name, then the password there is now.
    pub(super) fn ask_old(&mut self, login: LoginName, said: &mut Said<'_>) {
        self.stage = Stage::Old(login);
        self.ask(
            said,
            match self.echo {
                Echo::Ours => "plain-old",
                Echo::Theirs => "plain-old-seen",
            },
        );
    }

    pub(super) fn on_renew(&mut self, line: &str, said: &mut Said<'_>) {
        match line {
            "" | "0" => {
                self.stage = Stage::Login;
                self.ask(said, "plain-login");
            }
            name => match LoginName::parse(name) {
                Some(name) => self.ask_old(name, said),
                None => {
                    self.refusal(said, &Refusal::LoginMalformed);
                    self.ask(said, "plain-renew-login");
                }
            },
        }
    }

    pub(super) fn on_old(&mut self, line: &str, said: &mut Said<'_>) {
        let Stage::Old(login) = std::mem::replace(&mut self.stage, Stage::Login) else {
            return;
        };
        match Password::new(line) {
            _ if line.is_empty() => self.ask(said, "plain-login"),
            Ok(old) => {
                self.stage = Stage::Waiting;
                said.commands
                    .push(Command::Flow(Input::Renew { login, old }));
            }
            Err(why) => {
                said.line(&self.speaker().no_password(why));
                self.ask_old(login, said);
            }
        }
    }

    pub(super) fn on_login(&mut self, line: &str, said: &mut Said<'_>) {
        if matches!(line, "" | "0") {
            return self.back(said);
        }
        if line == "6" {
            self.line(said, "screen-renew-lead", &[]);
            self.stage = Stage::Renew;
            return self.ask(said, "plain-renew-login");
        }
        match LoginName::parse(line) {
            Some(name) => {
                self.stage = Stage::Waiting;
                said.commands.push(Command::Flow(Input::Login(name)));
            }
            None => {
                self.refusal(said, &Refusal::LoginMalformed);
                self.ask(said, "plain-login");
            }
        }
    }
}

const WORKSPACE: [&str; 4] = [
    "screen-workspace-1",
    "screen-workspace-2",
    "screen-workspace-3",
    "screen-workspace-4",
];
const CHAT_LINK: [&str; 4] = [
    "screen-chat-1",
    "screen-chat-2",
    "screen-chat-3-link",
    "screen-chat-4-link",
];
const CHAT_PASSWORD: [&str; 4] = [
    "screen-chat-1",
    "screen-chat-2",
    "screen-chat-3-password",
    "screen-chat-4-password",
];
