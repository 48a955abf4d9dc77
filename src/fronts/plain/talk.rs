//! The conversation: what was heard in, lines and commands out. It does no I/O.

mod menu;
mod reset;

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::Echo;
use super::typing::Typed;
use crate::domain::account::LoginName;
use crate::domain::code::Place;
use crate::domain::policy::Policy;
use crate::domain::time::{Now, Timestamp};
use crate::flow::effect::Input;
use crate::flow::prompt::Progress;
use crate::fronts::speaker::Speaker;
use crate::fronts::tui::app::AppSettings;
use crate::fronts::tui::msg::{Command, Msg};
use crate::fronts::tui::widgets::canvas::in_ascii;
use crate::text::{Language, Value};

/// How long somebody who was asked may think before the visit ends.
const ASKED: Duration = Duration::from_secs(20);
/// The longest visit.
const VISIT_MAX: Duration = Duration::from_secs(600);
/// How long the last lines wait for Enter.
const LAST: Duration = Duration::from_secs(45);

/// Into the conversation.
pub(super) enum Heard {
    /// Somebody is there.
    Arrived,
    /// They typed something.
    Typed(Typed),
    /// Something else happened.
    Msg(Msg),
}

/// What is being asked for.
enum Stage {
    /// A number.
    Menu,
    Login,
    /// The login name, to renew with the old password.
    Renew,
    /// The old password that goes with it.
    Old(LoginName),
    /// Nothing: something is under way.
    Waiting,
    Code,
    New,
    /// The new password is being judged.
    Judging(Zeroizing<String>),
    /// The same again.
    Again(Zeroizing<String>),
    /// Enter, to leave.
    Over,
}

/// One person's conversation.
pub(super) struct Talk {
    settings: AppSettings,
    echo: Echo,
    language: Language,
    stage: Stage,
    /// A reset runs that could be abandoned.
    in_reset: bool,
    policy: Option<Arc<Policy>>,
    /// The account is locked, and the lock can be ended alone.
    can_only_unlock: bool,
    /// What was said of the code and the change already.
    code_until: Option<Timestamp>,
    progress: Option<Progress>,
    generation: u64,
    /// On the growing clock.
    began: Option<Duration>,
    last_input: Duration,
    /// Somebody was asked whether they are there.
    asked: bool,
}

/// Lines in the making, in the person's language.
struct Said<'a> {
    text: &'a mut String,
    commands: Vec<Command>,
}

impl Talk {
    pub(super) fn new(settings: AppSettings, echo: Echo) -> Self {
        let mut talk = Self {
            language: Language::English,
            settings,
            echo,
            stage: Stage::Menu,
            in_reset: false,
            policy: None,
            can_only_unlock: false,
            code_until: None,
            progress: None,
            generation: 0,
            began: None,
            last_input: Duration::ZERO,
            asked: false,
        };
        talk.language = talk
            .languages()
            .first()
            .copied()
            .unwrap_or(Language::English);
        talk
    }

    /// Takes something in; says what there is to say.
    pub(super) fn hear(&mut self, heard: Heard, now: Now, text: &mut String) -> Vec<Command> {
        let mut said = Said {
            text,
            commands: Vec::new(),
        };
        if self.began.is_none() {
            (self.began, self.last_input) = (Some(now.mono), now.mono);
        }
        match heard {
            Heard::Arrived => self.menu(&mut said),
            Heard::Typed(typed) => {
                (self.last_input, self.asked) = (now.mono, false);
                self.on_typed(typed, now, &mut said);
            }
            Heard::Msg(Msg::Prompt(prompt)) if self.in_reset => {
                self.on_prompt(prompt, now, &mut said);
            }
            Heard::Msg(Msg::Assessed { generation, report }) if generation == self.generation => {
                self.on_assessed(&report, &mut said);
            }
            Heard::Msg(Msg::Picture(picture)) => self.on_picture(picture, &mut said),
            Heard::Msg(Msg::Scanned) => {
                self.in_reset = true;
                self.last_input = now.mono;
                said.text.push('\n');
            }
            Heard::Msg(_) => {}
        }
        self.pass_time(now, &mut said);
        if !self.settings.capabilities.utf8 {
            let ascii = in_ascii_lines(said.text);
            *said.text = ascii;
        }
        said.commands
    }

    /// Whether what is typed next must not be seen.
    pub(super) fn asks_for_secret(&self) -> bool {
        matches!(
            self.stage,
            Stage::Old(_) | Stage::New | Stage::Judging(_) | Stage::Again(_)
        )
    }

    /// When something is to be said although nothing happens.
    pub(super) fn next_wake(&self, now: Now) -> Option<Duration> {
        self.ends_at()
            .map(|end| match self.asked {
                true => end,
                false => end.saturating_sub(ASKED),
            })
            .map(|due| due.saturating_sub(now.mono).max(Duration::from_millis(10)))
    }

    /// When the visit ends by itself, on the growing clock.
    fn ends_at(&self) -> Option<Duration> {
        let idle = match &self.stage {
            // A kiosk waits for the next one for ever.
            Stage::Menu if !self.settings.access.is_remote() => return None,
            Stage::Waiting | Stage::Judging(_) => return None,
            Stage::Over => LAST,
            Stage::Menu | Stage::Code => self.settings.idle.max(self.settings.code_lifetime),
            Stage::Login | Stage::Renew | Stage::Old(_) | Stage::New | Stage::Again(_) => {
                self.settings.idle
            }
        };
        let idle_end = self.last_input.saturating_add(idle).saturating_add(ASKED);
        let firm_end = self.began?.saturating_add(VISIT_MAX);
        Some(match self.stage {
            Stage::Menu => idle_end,
            _ => idle_end.min(firm_end.max(self.last_input.saturating_add(ASKED))),
        })
    }

    fn pass_time(&mut self, now: Now, said: &mut Said<'_>) {
        let Some(end) = self.ends_at() else { return };
        if now.mono >= end {
            self.line(said, "plain-over", &[]);
            self.leave(said);
        } else if now.mono >= end.saturating_sub(ASKED) && !self.asked {
            self.asked = true;
            let left = end.saturating_sub(now.mono);
            let span = self.settings.texts.span(self.language, left);
            said.text.push('\n');
            self.line(said, "plain-still-there", &[("span", (&span).into())]);
        }
    }

    fn on_typed(&mut self, typed: Typed, now: Now, said: &mut Said<'_>) {
        let line = match typed {
            // Nobody leaves a kiosk's program; it goes back to its menu.
            Typed::Leave if self.settings.access.is_remote() => return self.leave(said),
            Typed::Leave | Typed::Back => return self.back(said),
            Typed::Line(line) => line,
        };
        match &self.stage {
            Stage::Menu => self.choose(line.trim(), said),
            Stage::Over => self.leave(said),
            Stage::Waiting | Stage::Judging(_) => {}
            Stage::Login => self.on_login(line.trim(), said),
            Stage::Renew => self.on_renew(line.trim(), said),
            Stage::Old(_) => self.on_old(&line, said),
            Stage::Code => self.on_code(line.trim(), now, said),
            Stage::New => self.on_new(line, said),
            Stage::Again(_) => self.on_again(line, said),
        }
    }

    /// Back to the menu; what ran is abandoned.
    fn back(&mut self, said: &mut Said<'_>) {
        match &self.stage {
            Stage::Waiting | Stage::Judging(_) => return,
            Stage::Over => return self.leave(said),
            Stage::Renew | Stage::Old(_) => {
                self.stage = Stage::Login;
                return self.ask(said, "plain-login");
            }
            Stage::Again(_) => {
                self.stage = Stage::New;
                return self.ask_new(said);
            }
            _ => {}
        }
        if std::mem::take(&mut self.in_reset) {
            said.commands.push(Command::Flow(Input::Abandon));
        }
        self.forget();
        self.menu(said);
    }

    fn leave(&mut self, said: &mut Said<'_>) {
        if std::mem::take(&mut self.in_reset) {
            said.commands.push(Command::Flow(Input::Abandon));
        }
        said.commands.push(Command::EndVisit);
    }

    fn forget(&mut self) {
        self.stage = Stage::Menu;
        (self.policy, self.code_until, self.progress) = (None, None, None);
        self.can_only_unlock = false;
    }

    /// The languages that can be written here.
    fn languages(&self) -> Vec<Language> {
        let utf8 = self.settings.capabilities.utf8;
        let languages = self.settings.languages.iter().copied();
        languages
            .filter(|language| utf8 || *language != Language::Chinese)
            .collect()
    }

    fn speaker(&self) -> Speaker<'_> {
        Speaker {
            texts: &self.settings.texts,
            language: self.language,
            zone: &self.settings.timezone,
            it_phone: self.settings.it_phone.as_deref(),
        }
    }

    /// Where this is: a kiosk by its name, or where the session comes from.
    fn place(&self) -> String {
        let name = &self.settings.kiosk_name;
        match Place::remote_source(name) {
            Some(source) => self
                .speaker()
                .say_with("place-remote", &[("source", source.into())]),
            None => self
                .speaker()
                .say_with("plain-kiosk", &[("kiosk", name.into())]),
        }
    }

    /// Says a line.
    fn line(&self, said: &mut Said<'_>, key: &str, values: &[(&str, Value<'_>)]) {
        said.line(&self.speaker().say_with(key, values));
    }

    /// Asks: what is typed follows on the same line.
    fn ask(&self, said: &mut Said<'_>, key: &str) {
        said.text.push_str(&self.speaker().say(key));
        said.text.push(' ');
    }
}

impl Said<'_> {
    fn line(&mut self, words: &str) {
        // A space that keeps words together in a column is any space here.
        self.text.push_str(&words.replace('\u{A0}', " "));
        self.text.push('\n');
    }
}

fn in_ascii_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(in_ascii).collect();
    lines.join("\n")
}
