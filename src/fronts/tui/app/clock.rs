//! What time does: countdowns, the end of a visit, secrets that hide again, pictures that end.

use std::time::Duration;

use super::App;
use super::screen::Screen;
use crate::domain::time::{Now, Timestamp};
use crate::fronts::tui::msg::{Command, Picture};
use crate::fronts::tui::widgets::qr::Qr;

const SECOND: Duration = Duration::from_secs(1);
/// How long the countdown at the end of an idle visit is seen.
const COUNTDOWN: Duration = Duration::from_secs(20);
/// The longest visit.
const VISIT_MAX: Duration = Duration::from_secs(600);
/// How long the last screen stays.
const LAST_SCREEN: Duration = Duration::from_secs(15);
/// How long a refusal at the end stays: its reference has to be written down.
const LAST_REFUSAL: Duration = Duration::from_secs(45);
/// A picture is renewed this long before it ends.
const PICTURE_MARGIN: Duration = Duration::from_secs(8);
/// How soon another picture is asked for when none came.
const PICTURE_RETRY: Duration = Duration::from_secs(10);
/// When the code screen says what to do if nothing came.
pub(super) const NOTHING_CAME: Duration = Duration::from_secs(30);
/// How long a password is shown in the open.
pub(super) const SHOWN_FOR: Duration = Duration::from_secs(10);
/// Advice on a password waits so long for the next key: a sentence that changes with every key can
/// not be read, and on a slow line it would hold up the keys.
pub(super) const TYPING_PAUSE: Duration = Duration::from_millis(400);
/// How soon a second Esc starts over.
pub(super) const TWICE: Duration = Duration::from_secs(2);

/// The end of the visit, as it stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Ending {
    /// How long is left.
    pub(super) left: Duration,
    /// No key puts it off: the longest visit is reached.
    pub(super) firm: bool,
}

impl Ending {
    /// Whether the countdown is seen.
    pub(super) fn is_near(self) -> bool {
        self.left <= COUNTDOWN
    }
}

impl App {
    /// When [`super::Msg::Tick`] is due next.
    pub fn next_wake(&self, now: Now) -> Option<Duration> {
        let mut wakes = vec![to_next(
            now.wall.minus(self.settings.clock_lag).as_millis(),
            60_000,
        )];
        if self.wants_picture() {
            wakes.push(self.picture_due(now));
        }
        if self.phone.is_some() {
            wakes.push(SECOND);
        }
        if let Some(ending) = self.ending(now) {
            wakes.push(if ending.is_near() {
                beat(ending.left)
            } else {
                ending.left.saturating_sub(COUNTDOWN)
            });
        }
        if let Some(left) = self.last_screen_left(now) {
            wakes.push(beat(left));
        }
        match &self.screen {
            Screen::Code(code) => {
                for at in [code.resend_at, Some(code.expires_at), code.slowed_until] {
                    wakes.extend(until(now, at));
                }
                let hint = code.since.saturating_add(NOTHING_CAME);
                wakes.extend(hint.checked_sub(now.mono).filter(|left| !left.is_zero()));
            }
            Screen::LookingUp { slowed_until } => wakes.extend(until(now, *slowed_until)),
            Screen::Login(login) => {
                let shown_until = login.old.as_ref().and_then(|old| old.shown_until);
                wakes.extend(shown_until.map(|at| at.saturating_sub(now.mono)));
            }
            Screen::NewPassword(screen) => {
                let dues = [screen.shown_until, screen.advice_due]
                    .into_iter()
                    .flatten();
                wakes.extend(dues.map(|at| at.saturating_sub(now.mono)));
            }
            _ => {}
        }
        wakes.into_iter().min()
    }

    /// Does what has become due.
    pub(super) fn pass_time(&mut self, now: Now, out: &mut Vec<Command>) {
        let over = |left: Option<Duration>| left.is_some_and(|left| left.is_zero());
        if over(self.ending(now).map(|ending| ending.left)) || over(self.last_screen_left(now)) {
            self.end_visit(out);
        }
        let is_over = |until: Option<Duration>| until.is_some_and(|until| until <= now.mono);
        if let Some(shown_until) = self.shown_until()
            && is_over(*shown_until)
        {
            *shown_until = None;
        }
        if let Screen::NewPassword(screen) = &mut self.screen
            && is_over(screen.advice_due)
        {
            screen.advice_due = None;
            let report = screen.report.as_ref();
            screen.advice = report.map(|report| report.strength);
        }
    }

    /// Until when a password is shown in the open, on a screen that has one.
    pub(super) fn shown_until(&mut self) -> Option<&mut Option<Duration>> {
        match &mut self.screen {
            Screen::NewPassword(screen) => Some(&mut screen.shown_until),
            Screen::Login(login) => Some(&mut login.old.as_mut()?.shown_until),
            _ => None,
        }
    }

    /// How long the last screen still stays, if it is shown.
    pub(super) fn last_screen_left(&self, now: Now) -> Option<Duration> {
        let (since, stays) = match &self.screen {
            Screen::Done(done) => (done.since, LAST_SCREEN),
            Screen::Unlocked(unlocked) => (unlocked.since, LAST_SCREEN),
            Screen::Ended(ended) => (ended.since, LAST_REFUSAL),
            _ => return None,
        };
        Some(since.saturating_add(stays).saturating_sub(now.mono))
    }

    /// When the visit ends if nothing happens. `None`: it does not end by itself now.
    pub(super) fn ending(&self, now: Now) -> Option<Ending> {
        let waits = self.is_quiet_menu() && !self.settings.access.is_remote();
        let never = waits || self.is_busy() || self.last_screen_left(now).is_some();
        if never {
            return None;
        }
        let waits_for_phone = matches!(
            self.screen,
            Screen::Workspace | Screen::Chat | Screen::Code(_)
        );
        let idle = if waits_for_phone {
            self.settings.idle.max(self.settings.code_lifetime)
        } else {
            self.settings.idle
        };
        let idle_end = self
            .visit
            .last_input
            .max(self.visit.arrived?)
            .saturating_add(idle)
            .saturating_add(COUNTDOWN);
        let began = self.visit.began.unwrap_or(self.visit.last_input);
        // A remote menu that is looked at keeps nobody else waiting.
        let firm_end = match self.is_quiet_menu() {
            true => idle_end,
            false => began.saturating_add(VISIT_MAX),
        };
        Some(Ending {
            left: idle_end.min(firm_end).saturating_sub(now.mono),
            firm: firm_end < idle_end,
        })
    }

    /// Whether something is under way that has its own end: no key means anything until then.
    pub(super) fn is_busy(&self) -> bool {
        match &self.screen {
            Screen::Working(_) | Screen::Reading | Screen::Unlocking => true,
            Screen::Code(code) => code.sent,
            Screen::NewPassword(screen) => screen.busy,
            _ => false,
        }
    }

    /// The menu, as a visitor finds it.
    pub(super) fn is_quiet_menu(&self) -> bool {
        matches!(self.screen, Screen::Menu) && self.overlay.is_none() && !self.visit.touched
    }

    /// Keeps the beginning of the visit.
    pub(super) fn note_visit(&mut self, now: Now) {
        if self.is_quiet_menu() {
            self.visit.began = None;
        } else if self.visit.began.is_none() {
            self.visit.began = Some(now.mono);
        }
    }

    fn wants_picture(&self) -> bool {
        matches!(self.screen, Screen::Menu | Screen::Workspace)
    }

    /// How long until a picture has to be asked for.
    fn picture_due(&self, now: Now) -> Duration {
        let retry = self.picture.asked_at.map_or(Duration::ZERO, |at| {
            at.saturating_add(PICTURE_RETRY).saturating_sub(now.mono)
        });
        let ends = self
            .picture
            .shown
            .as_ref()
            .map_or(Duration::ZERO, |(picture, _)| {
                picture.expires.minus(PICTURE_MARGIN).since(now.wall)
            });
        retry.max(ends)
    }

    pub(super) fn renew_picture(&mut self, now: Now, out: &mut Vec<Command>) {
        let leaves = out
            .iter()
            .any(|command| matches!(command, Command::EndVisit));
        if self.wants_picture() && !leaves && self.picture_due(now).is_zero() {
            self.picture.asked_at = Some(now.mono);
            out.push(Command::NewPicture);
        }
    }

    /// The picture, while it works.
    pub(super) fn live_picture(&self, now: Now) -> Option<(&Picture, Option<&Qr>)> {
        let (picture, qr) = self.picture.shown.as_ref()?;
        (picture.expires > now.wall).then_some((picture, qr.as_ref()))
    }
}

/// How long until a countdown to `at` shows another second; `None` once it is over.
fn until(now: Now, at: Option<Timestamp>) -> Option<Duration> {
    let left = at?.since(now.wall);
    (!left.is_zero()).then(|| beat(left))
}

/// How long until a span that is left shows another number of seconds.
fn beat(left: Duration) -> Duration {
    let part = Duration::from_nanos(u64::from(left.subsec_nanos()));
    if part.is_zero() {
        left.min(SECOND)
    } else {
        part
    }
}

/// How long until `millis` reaches the next multiple of `step`.
fn to_next(millis: i64, step: i64) -> Duration {
    let left = step - millis.rem_euclid(step);
    Duration::from_millis(u64::try_from(left).unwrap_or(60_000))
}
