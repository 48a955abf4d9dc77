//! The app as the runtime sees it.

use std::time::Duration;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Position;

use super::App;
use crate::domain::time::Now;
use crate::fronts::tui::msg::{Command, Msg};
use crate::fronts::tui::runtime::Face;

impl Face for App {
    fn update(&mut self, msg: Msg, now: Now) -> Vec<Command> {
        Self::update(self, msg, now)
    }

    fn draw(&self, buffer: &mut Buffer, now: Now) -> Option<Position> {
        self.draw_into(buffer, now)
    }

    fn next_wake(&self, now: Now) -> Option<Duration> {
        Self::next_wake(self, now)
    }
}
