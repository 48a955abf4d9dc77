//! The app: messages in, commands out, pictures on the way. It does no I/O and reads no clock.

mod act;
mod clock;
mod face;
mod keys;
mod paint;
mod prompts;
pub(in crate::fronts) mod screen;
mod settings;

use std::time::Duration;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::terminal::Frame;

pub use settings::{Access, AppSettings, ChatPasswords, DemoHint};

use self::screen::{Overlay, Screen};
use super::event::TermEvent;
use super::field::{Field, Kind};
use super::msg::{Capabilities, Command, Msg, PhoneMessage, Picture};
use super::widgets::canvas::{Canvas, Target};
use super::widgets::qr::Qr;
use super::words::Words;
use crate::domain::limits;
use crate::domain::time::Now;
use crate::flow::driver::outage::Outage;
use crate::flow::effect::Input;
use crate::text::Language;

/// One person's kiosk, SSH session or demo: what it shows and what it makes of keys.
pub struct App {
    settings: AppSettings,
    capabilities: Capabilities,
    size: (u16, u16),
    language: Language,
    screen: Screen,
    overlay: Option<Overlay>,
    focus: Target,
    login: Field,
    picture: PictureState,
    phone: Option<Vec<PhoneMessage>>,
    /// The reset began with a scan.
    scanned: bool,
    /// The password there is now is the proof.
    renewing: bool,
    outage: Outage,
    visit: Visit,
    /// Counts the requests for a verdict; only the newest answer is shown.
    generation: u64,
}

/// The picture on the menu.
#[derive(Default)]
struct PictureState {
    shown: Option<(Picture, Option<Qr>)>,
    /// When one was asked for, on the growing clock.
    asked_at: Option<Duration>,
}

/// What the visit's end depends on; times are the growing clock's.
#[derive(Default)]
struct Visit {
    /// When somebody began to do something.
    began: Option<Duration>,
    /// When it was shown first.
    arrived: Option<Duration>,
    last_input: Duration,
    last_back: Option<Duration>,
    /// Something of the person is in here: there is something to wipe.
    touched: bool,
}

impl App {
    /// An app that shows the menu.
    pub fn new(settings: AppSettings) -> Self {
        Self {
            capabilities: settings.capabilities,
            size: settings.size,
            language: Language::choose(None, &settings.languages),
            settings,
            screen: Screen::Menu,
            overlay: None,
            focus: Target::Item(0),
            login: Field::new(Kind::Text),
            picture: PictureState::default(),
            phone: None,
            scanned: false,
            renewing: false,
            outage: Outage::default(),
            visit: Visit::default(),
            generation: 0,
        }
    }

    /// Takes a message in; the commands are to be carried out in their order.
    pub fn update(&mut self, msg: Msg, now: Now) -> Vec<Command> {
        let mut out = Vec::new();
        self.visit.arrived.get_or_insert(now.mono);
        self.pass_time(now, &mut out);
        match msg {
            Msg::Term(event) => self.on_event(event, now, &mut out),
            Msg::Prompt(prompt) => self.on_prompt(prompt, now, &mut out),
            Msg::Assessed { generation, report } => self.on_assessed(generation, report),
            Msg::Picture(picture) => self.on_picture(picture),
            Msg::Scanned => self.on_scanned(now),
            Msg::Tick => self.on_tick(&mut out),
            Msg::Capabilities(capabilities) => self.capabilities = capabilities,
            Msg::Outage(outage) => self.outage = outage,
            Msg::Phone(messages) => {
                if let Some(shown) = &mut self.phone {
                    *shown = messages;
                }
            }
        }
        self.note_visit(now);
        self.renew_picture(now, &mut out);
        out
    }

    fn on_event(&mut self, event: TermEvent, now: Now, out: &mut Vec<Command>) {
        match event {
            TermEvent::Key(key) => self.on_key(key, now, out),
            TermEvent::Paste(pasted) => self.on_paste(&pasted.0, now, out),
            TermEvent::Click { col, row } => self.on_click(col, row, now, out),
            TermEvent::Resize { cols, rows } => {
                let (most_cols, most_rows) = limits::WINDOW_MAX;
                self.size = (cols.min(most_cols), rows.min(most_rows));
            }
            TermEvent::CursorAt { .. } | TermEvent::Other => {}
        }
    }

    fn on_tick(&self, out: &mut Vec<Command>) {
        if self.phone.is_some() {
            out.push(Command::ReadPhone);
        }
    }

    fn on_picture(&mut self, picture: Option<Picture>) {
        self.picture.shown = picture.map(|picture| {
            let qr = Qr::new(&picture.url);
            (picture, qr)
        });
    }

    /// The picture is used up; the digits on the phone are asked for next.
    fn on_scanned(&mut self, now: Now) {
        self.visit.touched = true;
        // Whoever scans is there, without having touched a key.
        self.visit.last_input = now.mono;
        self.picture = PictureState::default();
        self.renewing = false;
        self.scanned = true;
        self.go(Screen::Reading);
    }

    /// Draws everything, and puts the cursor on what has the focus.
    pub fn draw(&self, frame: &mut Frame<'_>, now: Now) {
        if let Some(cursor) = self.draw_into(frame.buffer_mut(), now) {
            frame.set_cursor_position(cursor);
        }
    }

    /// Draws everything, and says where the cursor belongs.
    pub fn draw_into(&self, buffer: &mut Buffer, now: Now) -> Option<Position> {
        let mut canvas = Canvas::new(buffer, self.capabilities);
        self.paint(&mut canvas, now);
        canvas.cursor_position()
    }

    /// What a click at this cell reaches: found by drawing once more.
    fn target_at(&self, col: u16, row: u16, now: Now) -> Option<Target> {
        let (cols, rows) = self.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, cols, rows));
        let mut canvas = Canvas::new(&mut buffer, self.capabilities);
        self.paint(&mut canvas, now);
        canvas.target_at(col, row)
    }

    fn words(&self) -> Words<'_> {
        Words {
            texts: &self.settings.texts,
            language: self.language(),
            zone: &self.settings.timezone,
        }
    }

    /// The languages this terminal can show.
    fn languages(&self) -> Vec<Language> {
        let chinese = self.capabilities.chinese && self.capabilities.utf8;
        self.settings
            .languages
            .iter()
            .copied()
            .filter(|language| chinese || *language != Language::Chinese)
            .collect()
    }

    /// The language that is shown: the chosen one, if the terminal can.
    fn language(&self) -> Language {
        let can = self.languages();
        if can.contains(&self.language) {
            self.language
        } else {
            can.first().copied().unwrap_or(Language::English)
        }
    }

    /// The visit is over: nothing of it stays.
    fn end_visit(&mut self, out: &mut Vec<Command>) {
        if self.in_reset() {
            out.push(Command::Flow(Input::Abandon));
        }
        out.push(Command::EndVisit);
        self.screen = Screen::Menu;
        self.overlay = None;
        self.focus = Target::Item(0);
        self.login.clear();
        self.language = Language::choose(None, &self.settings.languages);
        self.picture = PictureState::default();
        self.phone = None;
        self.scanned = false;
        self.renewing = false;
        self.visit = Visit::default();
    }

    /// Whether a reset runs that could be abandoned.
    fn in_reset(&self) -> bool {
        !matches!(
            self.screen,
            Screen::Menu
                | Screen::Workspace
                | Screen::Chat
                | Screen::Unlocked(_)
                | Screen::Done(_)
                | Screen::Ended(_)
        )
    }
}
