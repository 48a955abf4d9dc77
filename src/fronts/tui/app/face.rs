//! The app as the runtime sees it.

use std::time::Duration;

use ratatui_core::terminal::Frame;

use super::App;
use crate::domain::time::Now;
use crate::fronts::tui::msg::{Command, Msg};
use crate::fronts::tui::runtime::Face;

impl Face for App {
    fn update(&mut self, msg: Msg, now: Now) -> Vec<Command> {
        Self::update(self, msg, now)
    }

    fn draw(&self, frame: &mut Frame<'_>, now: Now) {
        Self::draw(self, frame, now);
    }

    fn next_wake(&self, now: Now) -> Option<Duration> {
        Self::next_wake(self, now)
    }
}
