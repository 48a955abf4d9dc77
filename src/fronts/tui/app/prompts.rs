//! What the reset shows next.

use super::App;
use super::screen::{
    CodeScreen, DoneScreen, EndedScreen, LoginScreen, NewPasswordScreen, OldPasswordField, Screen,
    UnlockedScreen,
};
use crate::domain::policy::Report;
use crate::domain::time::Now;
use crate::flow::prompt::{Prompt, Refusal, Step};
use crate::fronts::tui::msg::Command;
use crate::fronts::tui::widgets::canvas::Target;

impl App {
    pub(super) fn on_prompt(&mut self, prompt: Prompt, now: Now, out: &mut Vec<Command>) {
        // A reset that was left has nothing to say any more.
        if !self.in_reset() && self.last_screen_left(now).is_none() {
            return;
        }
        match prompt {
            Prompt::Login { refusal } => {
                self.go(Screen::Login(LoginScreen {
                    refusal,
                    sent: false,
                    old: self.renewing.then(OldPasswordField::new),
                }));
                if self.renewing {
                    // The name is there: most refusals are of the password.
                    self.focus = Target::Item(1);
                }
            }
            Prompt::LookingUp { slowed_until } => self.go(Screen::LookingUp { slowed_until }),
            code @ Prompt::Code { .. } => self.on_code_prompt(code, now),
            Prompt::Reading => self.go(Screen::Reading),
            asked @ Prompt::NewPassword { .. } => self.on_password_prompt(asked, out),
            Prompt::Unlocking => self.go(Screen::Unlocking),
            Prompt::Unlocked { told, reference } => self.go(Screen::Unlocked(UnlockedScreen {
                told: told == Step::Ok,
                reference,
                since: now.mono,
            })),
            Prompt::Working(progress) => self.go(Screen::Working(progress)),
            Prompt::Done {
                progress,
                proof,
                expires_at,
                reference,
            } => {
                let since = match &self.screen {
                    Screen::Done(done) => done.since,
                    _ => now.mono,
                };
                self.go(Screen::Done(DoneScreen {
                    progress,
                    proof,
                    expires_at,
                    reference,
                    since,
                }));
            }
            // The desk has a face of its own.
            Prompt::Desk(_) => {}
            // Only the form can end a freeze: no screen leads here.
            Prompt::Frozen { reference, .. } => self.go(Screen::Ended(EndedScreen {
                refusal: Refusal::AccountNotAllowed,
                reference,
                since: now.mono,
            })),
            Prompt::Ended { refusal, reference } => self.go(Screen::Ended(EndedScreen {
                refusal,
                reference,
                since: now.mono,
            })),
        }
    }

    /// Another screen: what was open in front of it closes when the screen is of another kind.
    pub(super) fn go(&mut self, screen: Screen) {
        if std::mem::discriminant(&self.screen) != std::mem::discriminant(&screen) {
            self.focus = Target::Item(0);
            self.overlay = None;
        }
        self.screen = screen;
    }

    fn on_code_prompt(&mut self, prompt: Prompt, now: Now) {
        // An old password led here that is a proof no more.
        self.renewing = false;
        let before = match std::mem::replace(&mut self.screen, Screen::Reading) {
            Screen::Code(screen) => Some(screen),
            other => {
                self.screen = other;
                self.go(Screen::Reading);
                None
            }
        };
        let digits = self.settings.code_digits;
        if let Some(screen) = CodeScreen::prompted(before, prompt, digits, now) {
            self.screen = Screen::Code(screen);
        }
    }

    fn on_password_prompt(&mut self, prompt: Prompt, out: &mut Vec<Command>) {
        let Prompt::NewPassword {
            login,
            policy,
            age,
            expires_at,
            refusal,
            busy,
            ..
        } = prompt
        else {
            return;
        };
        let known = matches!(&self.screen, Screen::NewPassword(_));
        if !known {
            self.go(Screen::NewPassword(Box::new(NewPasswordScreen::new(
                login,
                policy.clone(),
                age,
                expires_at,
            ))));
        }
        let Screen::NewPassword(screen) = &mut self.screen else {
            return;
        };
        let answered = screen.busy && !busy;
        (screen.age, screen.expires_at, screen.busy) = (age, expires_at, busy);
        let new_rules = screen.policy != policy;
        screen.policy = policy;
        if let Some(Refusal::NotGoodEnough(report)) = &refusal {
            screen.report = Some(report.clone());
            screen.advice = Some(report.strength);
        }
        if refusal.is_some() || !busy {
            screen.refusal = refusal;
        }
        if answered {
            self.focus = Target::Item(0);
        }
        if new_rules && known {
            self.assess(out);
        }
    }

    pub(super) fn on_assessed(&mut self, generation: u64, report: Report) {
        if generation != self.generation {
            return;
        }
        if let Screen::NewPassword(screen) = &mut self.screen
            && !screen.new.is_empty()
        {
            if screen.advice_due.is_none() {
                screen.advice = Some(report.strength);
            }
            screen.report = Some(report);
        }
    }
}
