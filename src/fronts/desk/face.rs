//! The desk as the runtime sees it.

use std::time::Duration;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Position;

use super::state::{DeskApp, IDLE, Screen};
use crate::domain::limits;
use crate::domain::time::{Now, Timestamp};
use crate::fronts::tui::event::TermEvent;
use crate::fronts::tui::msg::{Command, Msg};
use crate::fronts::tui::runtime::Face;
use crate::fronts::tui::widgets::canvas::Canvas;

const SECOND: Duration = Duration::from_secs(1);

impl Face for DeskApp {
    fn update(&mut self, msg: Msg, now: Now) -> Vec<Command> {
        let mut out = Vec::new();
        if !self.begun {
            self.begun = true;
            self.last_input = now.mono;
            out.push(Command::Begin);
        }
        if self.idle_left(now).is_zero() {
            self.sign_out(&mut out);
        }
        match msg {
            Msg::Term(event) => self.on_event(event, now, &mut out),
            Msg::Prompt(prompt) => self.on_prompt(prompt, now),
            Msg::Capabilities(capabilities) => self.capabilities = capabilities,
            Msg::Outage(outage) => self.outage = outage,
            _ => {}
        }
        out
    }

    fn draw(&self, buffer: &mut Buffer, now: Now) -> Option<Position> {
        let mut canvas = Canvas::new(buffer, self.capabilities);
        self.paint(&mut canvas, now);
        canvas.cursor_position()
    }

    fn next_wake(&self, now: Now) -> Option<Duration> {
        // The clock in the top line.
        let minute = 60_000 - now.wall.as_millis().rem_euclid(60_000);
        let mut wakes = vec![Duration::from_millis(
            u64::try_from(minute).unwrap_or(60_000),
        )];
        wakes.push(self.idle_left(now));
        let due = match &self.screen {
            Screen::Code(code) | Screen::SignIn(code) => {
                vec![Some(code.expires_at), code.resend_at, code.slowed_until]
            }
            Screen::Waiting(until) => vec![Some(*until)],
            Screen::LookingUp(slowed_until) => vec![*slowed_until],
            _ => Vec::new(),
        };
        let counts = |at: &Timestamp| *at > now.wall;
        if due.into_iter().flatten().any(|at| counts(&at)) {
            wakes.push(SECOND);
        }
        wakes.into_iter().min()
    }
}

impl DeskApp {
    /// How long until the operator is signed out, or the visit of somebody who is not signed in
    /// ends.
    fn idle_left(&self, now: Now) -> Duration {
        let most = match self.powers {
            Some(_) => IDLE,
            None => self.settings.idle,
        };
        let end = self.last_input.saturating_add(most);
        end.saturating_sub(now.mono)
    }

    fn on_event(&mut self, event: TermEvent, now: Now, out: &mut Vec<Command>) {
        match event {
            TermEvent::Key(key) => {
                self.last_input = now.mono;
                self.on_key(key, now, out);
            }
            TermEvent::Paste(pasted) => {
                self.last_input = now.mono;
                self.on_paste(&pasted.0, out);
            }
            TermEvent::Click { col, row } => {
                self.last_input = now.mono;
                self.on_click(col, row, now, out);
            }
            TermEvent::Resize { cols, rows } => {
                let (most_cols, most_rows) = limits::WINDOW_MAX;
                self.size = (cols.min(most_cols), rows.min(most_rows));
            }
            TermEvent::CursorAt { .. } | TermEvent::Other => {}
        }
    }
}
