//! Measures one reset while it runs: how long its screens are shown, how long a code takes to be
//! typed, how it comes out.

use std::sync::Arc;
use std::time::Duration;

use crate::flow::effect::{Answer, Effect, Event, Purpose};
use crate::flow::measured::{Measured, Method, result_of, screen_of};
use crate::flow::ports::Metrics;
use crate::flow::prompt::Prompt;

/// What is known of a reset so far. Times are the clock's `mono`.
pub(super) struct Measuring {
    metrics: Arc<dyn Metrics>,
    /// `None`: it is no reset, but an operator's sign-in.
    method: Option<Method>,
    /// The screen that is shown, and since when.
    screen: Option<(&'static str, Duration)>,
    result: &'static str,
    /// When the channel took the newest code's message, until a code is typed.
    code_sent: Option<Duration>,
}

impl Measuring {
    pub(super) fn new(metrics: Arc<dyn Metrics>, method: Option<Method>) -> Self {
        Self {
            metrics,
            method,
            screen: None,
            result: result_of(None),
            code_sent: None,
        }
    }

    /// An event is about to reach the reset.
    pub(super) fn hears(&mut self, event: &Event, now: Duration) {
        if let Event::Answer(Answer::Sent(Purpose::Code, Ok(_))) = event {
            self.code_sent = Some(now);
        }
    }

    /// An effect is about to be carried out.
    pub(super) fn sees(&mut self, effect: &Effect, now: Duration) {
        match effect {
            Effect::Show(prompt) => self.shows(prompt, now),
            Effect::Judge { .. } => {
                if let Some(sent) = self.code_sent.take() {
                    let after = now.saturating_sub(sent);
                    self.metrics.note(Measured::CodeTyped { after });
                }
            }
            _ => {}
        }
    }

    fn shows(&mut self, prompt: &Prompt, now: Duration) {
        self.result = result_of(Some(prompt));
        let screen = screen_of(prompt);
        if self.screen.is_none_or(|(shown, _)| shown != screen) {
            self.leave(now);
            self.screen = Some((screen, now));
        }
    }

    fn leave(&mut self, now: Duration) {
        if let Some((screen, since)) = self.screen.take() {
            let took = now.saturating_sub(since);
            self.metrics.note(Measured::Screen { screen, took });
        }
    }

    /// The reset is over. Its last screen is the front's to keep or to leave: not counted.
    pub(super) fn ends(&mut self, now: Duration) {
        if matches!(self.screen, Some(("done" | "ended", _))) {
            self.screen = None;
        }
        self.leave(now);
        if let Some(method) = self.method {
            let result = self.result;
            self.metrics.note(Measured::ResetEnded { method, result });
        }
    }
}
