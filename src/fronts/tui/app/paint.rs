//! Which screen is drawn where, and which keys work on it.

use ratatui_core::layout::Rect;

use super::clock::{Ending, NOTHING_CAME};
use super::screen::{OverlayPage, Screen};
use super::{Access, App};
use crate::domain::time::Now;
use crate::fronts::tui::keymap::Action;
use crate::fronts::tui::screens::page::{Page, View};
use crate::fronts::tui::screens::{
    chat, code, edges, ended, login, menu, overlay, password, phone, progress, small, unlocked,
    workspace,
};
use crate::fronts::tui::widgets::canvas::{Canvas, Target};

/// Smaller windows only say that they are too small.
const SMALLEST: (u16, u16) = (24, 8);
/// How wide the demo's phone is, and how much must be left beside it.
const PHONE_WIDTH: u16 = 36;
const BESIDE_PHONE: u16 = 40;

impl App {
    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, now: Now) {
        let window = canvas.area();
        if window.width < SMALLEST.0 || window.height < SMALLEST.1 {
            return small::draw(&self.words(), canvas);
        }
        let (area, phone_area) = self.split(window);
        if let (Some(messages), Some(area)) = (&self.phone, phone_area) {
            let demo = self.settings.demo.as_ref();
            let url = demo.map_or("", |hint| hint.phone_url.as_str());
            phone::draw(&self.words(), messages, url, area, canvas);
        }
        if area.is_empty() {
            return;
        }
        let page = Page::new(area);
        let view = View {
            words: self.words(),
            settings: &self.settings,
            now,
            focus: self.focus(now),
            page,
            half_blocks: self.capabilities.half_blocks && self.capabilities.utf8,
            picture: self.live_picture(now),
            outage: self.outage,
        };
        edges::top(&view, self.place(), canvas);
        self.body(&view, canvas);
        match self.ending(now).filter(|ending| ending.is_near()) {
            Some(Ending { left, firm }) => edges::countdown(&view, left, firm, canvas),
            None => edges::bottom(&view, &self.keys(now), canvas),
        }
    }

    /// The page's part of the window and the phone's; a narrow window shows one of them.
    fn split(&self, window: Rect) -> (Rect, Option<Rect>) {
        if self.phone.is_none() {
            return (window, None);
        }
        if window.width < PHONE_WIDTH + BESIDE_PHONE {
            return (Rect::ZERO, Some(window));
        }
        let page = Rect {
            width: window.width - PHONE_WIDTH,
            ..window
        };
        let phone = Rect {
            x: window.x + page.width,
            width: PHONE_WIDTH,
            ..window
        };
        (page, Some(phone))
    }

    fn body(&self, view: &View<'_>, canvas: &mut Canvas<'_>) {
        if let Some(shown) = &self.overlay {
            return match shown.page {
                OverlayPage::Help => overlay::help(view, shown.scroll, canvas),
                OverlayPage::NothingCame => overlay::nothing_came(view, shown.scroll, canvas),
            };
        }
        match &self.screen {
            Screen::Menu => menu::draw(view, canvas),
            Screen::Workspace => workspace::draw(view, canvas),
            Screen::Chat => chat::draw(view, canvas),
            Screen::Login(screen) => login::draw(view, screen, &self.login, canvas),
            Screen::LookingUp { slowed_until } => login::looking_up(view, *slowed_until, canvas),
            Screen::Code(screen) => {
                let late = view.now.mono.saturating_sub(screen.since) >= NOTHING_CAME;
                code::draw(view, screen, late, canvas);
            }
            Screen::Reading => progress::reading(view, self.renewing, canvas),
            Screen::NewPassword(screen) => password::draw(view, screen, self.scanned, canvas),
            Screen::Unlocking => unlocked::unlocking(view, canvas),
            Screen::Unlocked(screen) => {
                let left = self.last_screen_left(view.now).unwrap_or_default();
                unlocked::draw(view, screen, left, canvas);
            }
            Screen::Working(steps) => progress::working(view, *steps, canvas),
            Screen::Done(screen) => {
                let left = self.last_screen_left(view.now).unwrap_or_default();
                progress::done(view, screen, left, canvas);
            }
            Screen::Ended(screen) => {
                let left = self.last_screen_left(view.now).unwrap_or_default();
                ended::draw(view, screen, left, canvas);
            }
        }
    }

    /// The method that is shown and its step, counted from 1.
    fn place(&self) -> Option<(&'static str, Option<u8>)> {
        let step = match &self.screen {
            Screen::Menu => return None,
            Screen::Workspace => return Some(("screen-method-1", None)),
            Screen::Chat => return Some(("screen-method-2", None)),
            Screen::Login(_) | Screen::LookingUp { .. } => Some(1),
            Screen::Code(_) => Some(2),
            Screen::Reading | Screen::NewPassword(_) => Some(3),
            Screen::Working(_) | Screen::Done(_) | Screen::Unlocking | Screen::Unlocked(_) => {
                Some(4)
            }
            Screen::Ended(_) => None,
        };
        if self.renewing {
            // It has no code, so the steps are others.
            return Some(("screen-renew-place", None));
        }
        let method = if self.scanned {
            "screen-method-1"
        } else {
            "screen-method-3"
        };
        Some((method, step))
    }

    /// Everything that can be done now, in the order of the bottom line.
    pub(super) fn actions(&self, now: Now) -> Vec<Action> {
        let mut actions = match &self.screen {
            _ if self.overlay.is_some() => vec![Action::Back, Action::Language],
            _ if self.is_busy() => vec![],
            Screen::Menu if self.settings.access == Access::RemotePhone => {
                vec![Action::GoOn, Action::Help, Action::Language]
            }
            Screen::Menu => vec![Action::Choose, Action::GoOn, Action::Help, Action::Language],
            Screen::LookingUp { .. } => vec![Action::Back],
            Screen::Login(login) => {
                let mut actions = Vec::new();
                actions.extend(login.old.is_some().then_some(Action::NextField));
                actions.push(Action::GoOn);
                actions.extend(login.old.is_some().then_some(Action::Show));
                actions.extend([
                    Action::OldPassword,
                    Action::Back,
                    Action::Help,
                    Action::Language,
                ]);
                actions
            }
            Screen::Workspace | Screen::Chat => {
                vec![Action::GoOn, Action::Back, Action::Help, Action::Language]
            }
            Screen::Code(code) => {
                let due = code.resend_at.is_some_and(|at| now.wall >= at);
                let another = due && !code.asked;
                // What the phone shows needs no message.
                let message = code.resend_at.is_some();
                let mut actions = Vec::new();
                actions.extend(another.then_some(Action::AnotherCode));
                actions.extend(message.then_some(Action::NothingCame));
                actions.extend([Action::Back, Action::Help, Action::Language]);
                actions
            }
            Screen::NewPassword(screen) => {
                let mut actions = vec![Action::NextField, Action::GoOn, Action::Show];
                actions.extend(screen.can_only_unlock().then_some(Action::OnlyUnlock));
                actions.extend([Action::Back, Action::Help, Action::Language]);
                actions
            }
            Screen::Unlocked(_) | Screen::Done(_) | Screen::Ended(_) => {
                vec![Action::GoOn, Action::Language]
            }
            Screen::Reading | Screen::Unlocking | Screen::Working(_) => vec![],
        };
        if self.languages().len() < 2 {
            actions.retain(|action| *action != Action::Language);
        }
        if self.settings.demo.is_some() {
            actions.push(Action::Phone);
        }
        actions
    }

    /// The bottom line: what can be done now, each with its word.
    fn keys(&self, now: Now) -> Vec<(Action, String)> {
        self.actions(now)
            .into_iter()
            .map(|action| (action, self.word_of(action)))
            .collect()
    }

    fn word_of(&self, action: Action) -> String {
        let shown = match &self.screen {
            Screen::NewPassword(screen) => screen.shown_until.is_some(),
            Screen::Login(login) => {
                let old = login.old.as_ref();
                old.is_some_and(|old| old.shown_until.is_some())
            }
            _ => false,
        };
        let key = match action {
            Action::Language => return self.other_languages(),
            Action::Choose => "key-choose",
            Action::GoOn if self.is_last() => "key-to-start",
            Action::GoOn if self.has_steps() => "key-next-step",
            Action::GoOn => "key-go-on",
            Action::NextField => "key-next-field",
            Action::Back if self.overlay.is_some() => "key-close",
            Action::Back => "key-back",
            Action::Help => "key-help",
            Action::Show if shown => "key-hide",
            Action::Show => "key-show",
            Action::AnotherCode => "key-another-code",
            Action::NothingCame => "key-nothing-came",
            Action::OldPassword if self.renewing => "key-with-code",
            Action::OldPassword => "key-old-password",
            Action::OnlyUnlock => "key-only-unlock",
            Action::Phone => "key-phone",
        };
        self.words().say(key)
    }

    fn is_last(&self) -> bool {
        matches!(
            self.screen,
            Screen::Unlocked(_) | Screen::Done(_) | Screen::Ended(_)
        )
    }

    fn has_steps(&self) -> bool {
        matches!(self.screen, Screen::Workspace | Screen::Chat)
    }

    /// The languages F2 leads to, each in its own name, the next one first.
    fn other_languages(&self) -> String {
        let languages = self.languages();
        let at = languages
            .iter()
            .position(|language| *language == self.language())
            .unwrap_or(0);
        let names: Vec<_> = languages
            .iter()
            .cycle()
            .skip(at + 1)
            .take(languages.len().saturating_sub(1))
            .map(|language| language.own_name())
            .collect();
        names.join(" / ")
    }
}

impl View<'_> {
    /// Whether this item of the screen has the focus.
    pub(in crate::fronts::tui) fn is_focused(&self, item: usize) -> bool {
        self.focus == Target::Item(item)
    }
}
