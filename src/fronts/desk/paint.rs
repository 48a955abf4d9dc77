//! The desk's edges, and which screen is drawn between them.

use ratatui_core::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::keys::{DeskKey, KEYS_FROM};
use super::state::{DeskApp, Screen};
use super::{person, screens};
use crate::domain::code::DeskAction;
use crate::domain::time::Now;
use crate::fronts::tui::screens::page::{Page, View};
use crate::fronts::tui::screens::{code, edges, small};
use crate::fronts::tui::widgets::canvas::{Canvas, Target};
use crate::fronts::tui::words::Words;
use crate::text::Language;

/// Smaller windows only say that they are too small.
const SMALLEST: (u16, u16) = (24, 8);

impl DeskApp {
    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, now: Now) {
        let window = canvas.area();
        if window.width < SMALLEST.0 || window.height < SMALLEST.1 {
            return small::draw(&self.words(), canvas);
        }
        let view = View {
            words: self.words(),
            settings: &self.settings,
            now,
            focus: Target::Item(0),
            page: Page::new(window),
            half_blocks: false,
            picture: None,
            outage: self.outage,
        };
        let words = match &self.screen {
            Screen::Waiting(_)
            | Screen::Choose { .. }
            | Screen::Given { .. }
            | Screen::Unlocked(_)
            | Screen::Code(_) => match self.action {
                DeskAction::Password => "desk-top-reset",
                DeskAction::Unlock => "desk-top-unlock",
            },
            Screen::Approvals { .. } => "desk-top-approvals",
            _ => "desk-top",
        };
        edges::top(&view, Some((words, None)), canvas);
        self.body(&view, canvas);
        self.bottom(&view, canvas);
    }

    fn body(&self, view: &View<'_>, canvas: &mut Canvas<'_>) {
        if let Some(scroll) = self.help {
            return screens::help(view, scroll, canvas);
        }
        match &self.screen {
            Screen::Login(refusal, _) => {
                screens::login(view, refusal.as_ref(), &self.login, canvas);
            }
            Screen::LookingUp(_) | Screen::Busy => screens::busy(view, canvas),
            Screen::SignIn(screen) => code::draw(view, screen, false, canvas),
            Screen::List(refusal) => {
                person::list(view, &self.list, *refusal, self.leaving, canvas);
            }
            Screen::Person(refusal) => {
                if let Some(file) = &self.file {
                    person::file(view, file, *refusal, canvas);
                }
            }
            Screen::Code(screen) => {
                screens::code(view, screen, self.action, self.about(), canvas);
            }
            Screen::Waiting(until) => screens::waiting(view, *until, self.about(), canvas),
            Screen::Choose { link, at } => {
                screens::choose(view, *link, *at, self.about(), canvas);
            }
            Screen::Given { gift, told } => {
                screens::given(view, *gift, *told, self.about(), canvas);
            }
            Screen::Unlocked(told) => screens::unlocked(view, *told, self.about(), canvas),
            Screen::Approvals { lines, at, refusal } => {
                screens::approvals(view, lines, *at, *refusal, canvas);
            }
            Screen::Ended(ended) => screens::ended(view, ended, canvas),
        }
    }

    /// The employee's name and the ticket.
    fn about(&self) -> (&str, &str) {
        let name = self
            .file
            .as_ref()
            .map_or("", |file| file.line.name.as_str());
        (name, &self.ticket)
    }

    /// The keys that work now; each can be clicked. Words give way first, then keys.
    fn bottom(&self, view: &View<'_>, canvas: &mut Canvas<'_>) {
        let area = view.page.area;
        let y = area.bottom().saturating_sub(1);
        if view.page.is_ruled() {
            let (sign, style) = (canvas.signs.rule, canvas.theme.rule());
            let width = area.width.saturating_sub(2);
            canvas.fill_row(area.x + 1, y.saturating_sub(1), width, sign, style);
        }
        let room = view.page.body.width;
        let keys = self.keys(view.now);
        let (shown, gap) = fit(&self.worded(&keys), usize::from(room));
        let (mut x, right) = (view.page.body.x, view.page.body.x + room);
        for (number, name, word) in shown {
            let wide = width_of(name, &word);
            if x + wide > right {
                break;
            }
            let theme = canvas.theme;
            let end = canvas.put(x, y, room, name, theme.key());
            if !word.is_empty() {
                canvas.put(end, y, room, &format!(" {word}"), theme.plain());
            }
            canvas.target(Rect::new(x, y, wide, 1), Target::Item(KEYS_FROM + number));
            x += wide + gap;
        }
    }

    fn worded(&self, keys: &[(DeskKey, &'static str)]) -> Vec<(usize, &'static str, String)> {
        let worded = keys.iter().enumerate().map(|(number, (key, word))| {
            let word = match key {
                DeskKey::Language => self.next_languages_name(),
                _ => self.words().say(word),
            };
            (number, key.name(), word)
        });
        worded.collect()
    }

    fn next_languages_name(&self) -> String {
        let languages = self.languages();
        let shown = self.shown_language();
        let at = languages.iter().position(|language| *language == shown);
        let next = languages
            .get(at.map_or(0, |at| at + 1))
            .or(languages.first());
        next.map_or_else(String::new, |language| language.own_name().to_owned())
    }

    pub(super) fn words(&self) -> Words<'_> {
        Words {
            texts: &self.settings.texts,
            language: self.shown_language(),
            zone: &self.settings.timezone,
        }
    }

    /// The languages this terminal can show.
    pub(super) fn languages(&self) -> Vec<Language> {
        let chinese = self.capabilities.chinese && self.capabilities.utf8;
        let languages = self.settings.languages.iter().copied();
        let shown = languages.filter(|language| chinese || *language != Language::Chinese);
        shown.collect()
    }

    /// The chosen language, if the terminal can show it.
    pub(super) fn shown_language(&self) -> Language {
        let can = self.languages();
        if can.contains(&self.language) {
            self.language
        } else {
            can.first().copied().unwrap_or(Language::English)
        }
    }
}

fn width_of(name: &str, word: &str) -> u16 {
    let word = if word.is_empty() { 0 } else { word.width() + 1 };
    u16::try_from(name.len() + word).unwrap_or(u16::MAX)
}

/// The line that fits, and the gap between its keys: the last words go first, F1 and F2 are known
/// without.
fn fit(
    keys: &[(usize, &'static str, String)],
    room: usize,
) -> (Vec<(usize, &'static str, String)>, u16) {
    let mut line = keys.to_vec();
    for wordless in (0..=keys.len()).rev() {
        for gap in [3, 2] {
            let words = line
                .iter()
                .map(|(_, name, word)| usize::from(width_of(name, word)));
            let gaps = line.len().saturating_sub(1) * usize::from(gap);
            if words.sum::<usize>() + gaps <= room {
                return (line, gap);
            }
        }
        if let Some((_, _, word)) = wordless.checked_sub(1).and_then(|at| line.get_mut(at)) {
            word.clear();
        }
    }
    (line, 1)
}
