//! A login name is looked up. The answer is held back until a whole tick, so that nothing of it
//! shows in the time it takes (rule 3).

use std::time::Duration;

use super::addressee::Addressee;
use super::asking::AskCode;
use super::renewing::Renewing;
use super::{Aim, Context, Next, Phase};
use crate::domain::account::{Account, LoginName};
use crate::domain::audit::EventKind;
use crate::domain::code::Subject;
use crate::domain::limits;
use crate::domain::throttle::Permission;
use crate::domain::time::{Now, Timestamp};
use crate::flow::effect::{Answer, Effect, Event, Input, Timer};
use crate::flow::prompt::{Prompt, Refusal};

/// Waits for a login name.
pub(super) fn login(context: &Context<'_>, aim: Aim, event: Event) -> Next {
    match event {
        Event::Input(Input::Login(login)) => {
            let look_up = LookUp {
                aim,
                login,
                since: None,
                answer: None,
            };
            (
                Phase::LookUp(look_up),
                vec![show_looking_up(None), context.kiosk_attempt()],
            )
        }
        // Nobody signs in at the desk by a password.
        Event::Input(Input::Renew { login, old }) if matches!(aim, Aim::Reset) => {
            Renewing::begin(context, login, old)
        }
        _ => (Phase::AskLogin(aim), Vec::new()),
    }
}

pub(super) fn show_looking_up(slowed_until: Option<Timestamp>) -> Effect {
    Effect::Show(Prompt::LookingUp { slowed_until })
}

/// A login name is being looked up.
pub(super) struct LookUp {
    aim: Aim,
    login: LoginName,
    /// When the lookup began, on the monotonic clock.
    since: Option<Duration>,
    answer: Option<Found>,
}

/// What the lookup says, held back until its tick.
enum Found {
    Down(Refusal, &'static str),
    Somebody(Box<Account>),
    Nobody(Subject),
}

impl LookUp {
    pub(super) fn step(mut self, context: &Context<'_>, event: Event) -> Next {
        match event {
            Event::Answer(
                Answer::KioskAttempt(Ok(Permission::Now)) | Answer::Timer(Timer::Slot),
            ) => {
                self.since = Some(context.now.mono);
                let effects = vec![show_looking_up(None), Effect::LookUp(self.login.clone())];
                (Phase::LookUp(self), effects)
            }
            Event::Answer(Answer::KioskAttempt(Ok(Permission::At(at)))) => {
                let effects = vec![
                    show_looking_up(Some(at)),
                    Effect::Timer(Timer::Slot, context.until(at)),
                ];
                (Phase::LookUp(self), effects)
            }
            Event::Answer(Answer::KioskAttempt(Err(_))) => {
                context.end(Refusal::StoreDown, None, "store_down", Vec::new())
            }
            Event::Answer(Answer::LookedUp {
                account,
                nobody,
                channel,
            }) => {
                self.answer = Some(match (account, channel) {
                    (Err(_), _) => Found::Down(Refusal::DirectoryDown, "directory_down"),
                    (_, Err(_)) => Found::Down(Refusal::ChannelDown, "channel_down"),
                    (Ok(Some(account)), Ok(())) => Found::Somebody(account),
                    (Ok(None), Ok(())) => Found::Nobody(nobody),
                });
                let wait = until_tick(self.since, context.now);
                (
                    Phase::LookUp(self),
                    vec![Effect::Timer(Timer::Answer, wait)],
                )
            }
            Event::Answer(Answer::Timer(Timer::Answer)) => match self.answer.take() {
                Some(found) => found.lead_on(context, self.aim),
                None => (Phase::LookUp(self), Vec::new()),
            },
            _ => (Phase::LookUp(self), Vec::new()),
        }
    }
}

/// How long an answer is held back: it comes at a whole multiple of the tick, so that the
/// directory's own speed says nothing about the account.
pub(super) fn until_tick(since: Option<Duration>, now: Now) -> Duration {
    let elapsed = now.mono.saturating_sub(since.unwrap_or(now.mono));
    let tick = limits::ANSWER_TICK.as_nanos().max(1);
    let rest = tick - elapsed.as_nanos() % tick;
    Duration::from_nanos(u64::try_from(rest).unwrap_or(0))
}

impl Found {
    fn lead_on(self, context: &Context<'_>, aim: Aim) -> Next {
        let (subject, account) = match self {
            Self::Down(refusal, result) => {
                let effects = vec![
                    context.audit(EventKind::ResetStarted, None, result),
                    Effect::Show(Prompt::Login {
                        refusal: Some(refusal),
                    }),
                ];
                return (Phase::AskLogin(aim), effects);
            }
            Self::Somebody(account) => (Subject::Account(account.key.clone()), Some(account)),
            Self::Nobody(subject) => (subject, None),
        };
        match aim {
            Aim::Reset => AskCode::begin(context, Addressee::of(account), subject),
            Aim::SignIn(operators) => {
                let addressee = Addressee::operator(account, &operators);
                AskCode::sign_in(context, addressee, subject)
            }
        }
    }
}
