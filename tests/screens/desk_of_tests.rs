//! A kiosk in a test's hands: its clock, its keyboard, its window.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui_core::backend::TestBackend;
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Color;
use ratatui_core::terminal::{Terminal, TerminalOptions, Viewport};
use rekey::domain::account::PasswordAge;
use rekey::domain::policy::{
    BeyondAscii, Classes, DirectoryPolicy, LengthUnit, Policy, SitePolicy,
};
use rekey::domain::time::{Now, Timestamp};
use rekey::flow::effect::Input;
use rekey::flow::prompt::{Prompt, Refusal};
use rekey::fronts::tui::app::{Access, App, AppSettings, ChatPasswords, DemoHint};
use rekey::fronts::tui::event::{Key, KeyCode, Pasted, TermEvent};
use rekey::fronts::tui::msg::{Capabilities, Colour, Command, Msg, Picture};
use rekey::text::{Language, Texts};
use unicode_width::UnicodeWidthStr;
use zeroize::Zeroizing;

/// 2026-11-23 08:55:00 UTC: a Monday morning.
const MORNING: i64 = 1_795_424_100;

pub(crate) const FULL: Capabilities = Capabilities {
    colour: Colour::Sixteen,
    utf8: true,
    half_blocks: true,
    lines: true,
    chinese: true,
};

pub(crate) fn texts() -> Arc<Texts> {
    static TEXTS: OnceLock<Arc<Texts>> = OnceLock::new();
    TEXTS.get_or_init(|| Arc::new(Texts::load())).clone()
}

pub(crate) fn settings() -> AppSettings {
    AppSettings {
        site_name: "Contoso".into(),
        host: "reset.contoso.example".into(),
        kiosk_name: "lobby-1".into(),
        languages: Language::ALL.to_vec(),
        it_phone: Some("8000".into()),
        it_hours: None,
        texts: texts(),
        capabilities: FULL,
        size: (80, 24),
        access: Access::Kiosk,
        chat_passwords: ChatPasswords::Temporary,
        code_digits: 6,
        code_lifetime: Duration::from_secs(300),
        idle: Duration::from_secs(60),
        clock_lag: std::time::Duration::ZERO,
        timezone: TimeZone::UTC,
        demo: None,
    }
}

pub(crate) fn demo() -> AppSettings {
    AppSettings {
        demo: Some(DemoHint {
            login: "lin.wei".into(),
            phone_url: "http://127.0.0.1:8000/phone".into(),
            ldap_url: "ldap://127.0.0.1:3890".into(),
        }),
        ..settings()
    }
}

/// A kiosk, the moment it is at, and what it commanded last.
pub(crate) struct Kiosk {
    pub(crate) app: App,
    pub(crate) now: Now,
    pub(crate) commands: Vec<Command>,
}

impl Kiosk {
    pub(crate) fn new(settings: AppSettings) -> Self {
        let mut kiosk = Self {
            app: App::new(settings),
            now: Now {
                wall: Timestamp::from_secs(MORNING),
                mono: Duration::from_secs(1_000),
            },
            commands: Vec::new(),
        };
        kiosk.send(Msg::Tick);
        kiosk
    }

    /// A kiosk whose menu has its picture.
    pub(crate) fn ready(settings: AppSettings) -> Self {
        let mut kiosk = Self::new(settings);
        kiosk.picture();
        kiosk
    }

    pub(crate) fn picture(&mut self) {
        let expires = self.now.wall.plus(Duration::from_secs(60));
        self.send(Msg::Picture(Some(Picture {
            url: "HTTPS://RESET.CONTOSO.EXAMPLE/K/7F3K9Q2MX4WPB".into(),
            host: "reset.contoso.example".into(),
            short_code: "7F3K9Q2M".into(),
            expires,
        })));
    }

    pub(crate) fn send(&mut self, msg: Msg) -> &mut Self {
        self.commands = self.app.update(msg, self.now);
        self
    }

    pub(crate) fn press(&mut self, code: KeyCode) -> &mut Self {
        self.send(Msg::Term(TermEvent::Key(Key::plain(code))))
    }

    pub(crate) fn ctrl(&mut self, c: char) -> &mut Self {
        let key = Key {
            ctrl: true,
            ..Key::plain(KeyCode::Char(c))
        };
        self.send(Msg::Term(TermEvent::Key(key)))
    }

    /// Types text; the commands of all its keys are kept.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        let mut all = Vec::new();
        for c in text.chars() {
            self.press(KeyCode::Char(c));
            all.append(&mut self.commands);
        }
        self.commands = all;
        self
    }

    pub(crate) fn pastes(&mut self, text: &str) -> &mut Self {
        let pasted = Pasted(Zeroizing::new(text.to_owned()));
        self.send(Msg::Term(TermEvent::Paste(pasted)))
    }

    pub(crate) fn click(&mut self, col: u16, row: u16) -> &mut Self {
        self.send(Msg::Term(TermEvent::Click { col, row }))
    }

    pub(crate) fn resize(&mut self, cols: u16, rows: u16) -> &mut Self {
        self.send(Msg::Term(TermEvent::Resize { cols, rows }))
    }

    pub(crate) fn prompt(&mut self, prompt: Prompt) -> &mut Self {
        self.send(Msg::Prompt(prompt))
    }

    /// Lets time pass, with every tick the app asks for on the way.
    pub(crate) fn wait(&mut self, seconds: u64) -> &mut Self {
        let mut all = Vec::new();
        let mut left = Duration::from_secs(seconds);
        while !left.is_zero() {
            let wake = self.app.next_wake(self.now).expect("the clock is shown");
            let step = wake.max(Duration::from_millis(1)).min(left);
            self.now = self.now.plus(step);
            left -= step;
            self.send(Msg::Tick);
            all.append(&mut self.commands);
        }
        self.commands = all;
        self
    }

    /// Stops typing for a moment.
    pub(crate) fn pause(&mut self) {
        self.now = self.now.plus(Duration::from_millis(500));
        self.send(Msg::Tick);
    }

    /// What the flow was given, as words.
    pub(crate) fn handed_in(&self) -> Vec<String> {
        self.commands
            .iter()
            .filter_map(|command| match command {
                Command::Flow(Input::Login(name)) => Some(format!("login {}", name.as_str())),
                Command::Flow(Input::Code(code)) => Some(format!("code {}", code.expose())),
                Command::Flow(Input::AnotherCode) => Some("another code".into()),
                Command::Flow(Input::NewPassword(p)) => Some(format!("password {}", p.expose())),
                Command::Flow(Input::Renew { login, old }) => {
                    Some(format!("renew {} {}", login.as_str(), old.expose()))
                }
                Command::Flow(Input::Unlock) => Some("unlock".into()),
                Command::Flow(Input::Abandon) => Some("abandon".into()),
                Command::Begin => Some("begin".into()),
                Command::EndVisit => Some("end".into()),
                Command::Quit => Some("quit".into()),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn buffer(&self, cols: u16, rows: u16) -> (Buffer, Position) {
        let mut terminal = Terminal::new(TestBackend::new(cols, rows)).unwrap();
        terminal
            .draw(|frame| self.app.draw(frame, self.now))
            .unwrap();
        let position = terminal.get_cursor_position().unwrap();
        (terminal.backend().buffer().clone(), position)
    }

    /// Draws, and throws the picture away: all that is asked is that it can be drawn.
    pub(crate) fn draw(&self, cols: u16, rows: u16) {
        let window = TerminalOptions {
            viewport: Viewport::Fixed(Rect::new(0, 0, cols, rows)),
        };
        let mut terminal = Terminal::with_options(TestBackend::new(1, 1), window).unwrap();
        self.app.draw(&mut terminal.get_frame(), self.now);
    }

    /// The window as text, with the cursor's place.
    pub(crate) fn picture_of(&self, cols: u16, rows: u16) -> String {
        let (buffer, cursor) = self.buffer(cols, rows);
        format!(
            "{cols}x{rows}, cursor at {},{}\n{}",
            cursor.x,
            cursor.y,
            text_of(&buffer)
        )
    }

    pub(crate) fn screen(&self) -> String {
        text_of(&self.buffer(80, 24).0)
    }

    pub(crate) fn shows(&self, words: &str) -> bool {
        self.screen().contains(words)
    }
}

/// A buffer as text; the modules of a QR code as blocks.
pub(crate) fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let cell = buffer.cell((x, y)).unwrap();
            let dark = |colour| colour == Color::Black;
            if matches!(cell.bg, Color::Black | Color::White) {
                let upper = dark(if cell.symbol() == " " {
                    cell.bg
                } else {
                    cell.fg
                });
                line.push(match (upper, dark(cell.bg)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            } else {
                line.push_str(cell.symbol());
            }
            x += u16::try_from(cell.symbol().width().max(1)).unwrap();
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// What Contoso and its directory ask for.
pub(crate) fn policy() -> Arc<Policy> {
    Arc::new(Policy {
        directory: DirectoryPolicy {
            min_length: Some((8, LengthUnit::Bytes)),
            classes: Some(Classes {
                at_least: 3,
                beyond_ascii: BeyondAscii::ByCase,
            }),
            history: Some(5),
            history_on_reset: true,
            ..DirectoryPolicy::default()
        },
        site: SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 12,
            min_strength: 3,
            words: vec!["contoso".into()],
        },
        person_words: vec!["lin.wei".into(), "Lin".into(), "Wei".into()],
        old: None,
    })
}

pub(crate) fn code_prompt(now: Now) -> Prompt {
    Prompt::Code {
        expires_at: now.wall.plus(Duration::from_secs(300)),
        resend_at: Some(now.wall.plus(Duration::from_secs(60))),
        judging: false,
        refusal: None,
        slowed_until: None,
    }
}

/// Asked for the first time, with this policy and this age.
pub(crate) fn password_prompt_with(policy: Policy, age: PasswordAge, now: Now) -> Prompt {
    let Prompt::NewPassword {
        login,
        expires_at,
        language,
        ..
    } = password_prompt(None, false, now)
    else {
        unreachable!()
    };
    Prompt::NewPassword {
        login,
        policy: Arc::new(policy),
        age,
        language,
        expires_at,
        refusal: None,
        busy: false,
    }
}

pub(crate) fn password_prompt(refusal: Option<Refusal>, busy: bool, now: Now) -> Prompt {
    let expires_at = Some(now.wall.plus(Duration::from_secs(3 * 86_400)));
    Prompt::NewPassword {
        login: "lin.wei".to_owned(),
        policy: policy(),
        age: PasswordAge {
            expires_at,
            ..PasswordAge::default()
        },
        language: None,
        expires_at,
        refusal,
        busy,
    }
}
