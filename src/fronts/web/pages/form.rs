//! The form, and what became of it.

use std::time::Duration;

use maud::{Markup, html};

use super::checklist::Judged;
use super::said::{start, three};
use super::{Part, View, scanned};
use crate::domain::account::PasswordAge;
use crate::domain::display;
use crate::domain::policy::Policy;
use crate::domain::time::Timestamp;
use crate::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal, Step};
use crate::fronts::speaker::Speaker;
use crate::fronts::web::session::{Note, Scanned};

const DAY: Duration = Duration::from_secs(86_400);

/// The page of a session.
pub(in super::super) struct FormPage<'a> {
    pub(in super::super) prompt: &'a Prompt,
    pub(in super::super) turn: u32,
    pub(in super::super) csrf: &'a str,
    pub(in super::super) note: Option<Note>,
    pub(in super::super) scanned: Option<&'a Scanned>,
    pub(in super::super) now: Timestamp,
}

impl Part for FormPage<'_> {
    fn title(&self, speaker: &Speaker<'_>) -> String {
        let key = match self.prompt {
            Prompt::Done { .. } => "screen-done",
            Prompt::Frozen { .. } => "web-frozen",
            Prompt::Unlocked { .. } => "screen-unlocked",
            Prompt::Ended { refusal, .. } => return speaker.refusal(refusal).what,
            _ => "screen-password-title",
        };
        speaker.say(key)
    }

    fn body(&self, view: &View<'_>) -> Markup {
        if let Some((_, over)) = self.scanned.and_then(|it| scanned::over(view, it)) {
            return over;
        }
        match self.prompt {
            Prompt::NewPassword {
                login,
                policy,
                age,
                expires_at,
                refusal,
                busy: false,
                ..
            } => html! {
                @let digits = self.scanned.and_then(|it| scanned::digits(view, it, self.csrf, self.now));
                @if let Some(digits) = &digits {
                    (digits)
                    h2.instead { (view.say("web-instead")) }
                } @else {
                    @if self.scanned.is_some() {
                        p.no { (view.say("web-there-over")) }
                    }
                    h1 { (view.say("screen-password-title")) }
                }
                (login_name(view, login))
                (self.refusal(view, refusal.as_ref()))
                @if age.locked && policy.directory.can_unlock {
                    (self.only_unlock(view))
                }
                (self.form(view, policy, refusal.as_ref()))
                @for sentence in self.age(view, *age, *expires_at) {
                    p.hint { (sentence) }
                }
            },
            Prompt::Frozen { until, .. } => self.frozen(view, *until),
            Prompt::Done {
                progress,
                proof,
                expires_at,
                reference,
            } => done(view, *progress, *proof, *expires_at, reference),
            Prompt::Unlocked { told, reference } => unlocked(view, *told, reference),
            Prompt::Ended { refusal, reference } => html! {
                (three(&view.speaker.refusal(refusal)))
                (reference_line(view, reference))
                @if leads_on(refusal) { (start(view)) }
            },
            // Still reading, judging or changing.
            _ => html! {
                h1 { (view.say("web-wait")) }
                p { (view.say("web-wait-why")) }
                p { a href="/form" { (view.say("web-wait-do")) } }
            },
        }
    }

    fn comes_again(&self) -> bool {
        match self.prompt {
            Prompt::NewPassword { busy, .. } => *busy,
            Prompt::Frozen { .. }
            | Prompt::Unlocked { .. }
            | Prompt::Done { .. }
            | Prompt::Ended { .. } => false,
            _ => !matches!(self.scanned, Some(Scanned::Gone | Scanned::NotThere(_))),
        }
    }
}

impl FormPage<'_> {
    fn form(&self, view: &View<'_>, policy: &Policy, refusal: Option<&Refusal>) -> Markup {
        let report = match refusal {
            Some(Refusal::NotGoodEnough(report)) => Some(report),
            _ => None,
        };
        let judged = Judged {
            policy,
            typed: Ok(report),
        };
        html! {
            form #form method="post" action="/form" autocomplete="off" data-busy=(view.say("web-submitting")) {
                input type="hidden" name="csrf" value=(self.csrf);
                input type="hidden" name="turn" value=(self.turn);
                label for="new" { (view.say("web-field-new")) }
                (field("new"))
                label for="again" { (view.say("web-field-again")) }
                (field("again"))
                button.quiet #show type="button" hidden
                    data-show=(view.say("web-show")) data-hide=(view.say("web-hide"))
                    aria-pressed="false" { (view.say("web-show")) }
                div #judged aria-live="polite" { (judged.body(view)) }
                button #submit { (view.say("web-submit")) }
            }
        }
    }

    /// What was wrong with what was sent last.
    fn refusal(&self, view: &View<'_>, refusal: Option<&Refusal>) -> Markup {
        let note = self.note.map(|note| match note {
            Note::Mismatch => view.say("web-mismatch"),
            Note::NoPassword(error) => view.speaker.no_password(error),
            Note::LinkOver => view.say("web-link-why"),
        });
        html! {
            @if let Some(note) = note {
                p.no role="alert" { (note) }
            } @else if let Some(refusal) = refusal {
                @let words = view.speaker.refusal(refusal);
                div.no role="alert" {
                    p { strong { (words.what) } }
                    p { (words.why) " " (words.now) }
                }
            }
        }
    }

    /// How it stands with the password there is now.
    fn age(&self, view: &View<'_>, age: PasswordAge, expires_at: Option<Timestamp>) -> Vec<String> {
        if age.locked {
            return vec![view.say("screen-password-locked")];
        }
        if age.must_change {
            return vec![view.say("screen-password-must-change")];
        }
        let speaker = &view.speaker;
        let expires = expires_at.map(|at| {
            let date = speaker.date(at);
            let date = ("date", (&date).into());
            if at <= self.now {
                return speaker.say_with("screen-password-expired", &[date]);
            }
            let left = speaker.texts.in_span(speaker.language, at.since(self.now));
            speaker.say_with("screen-password-expires", &[date, ("in", (&left).into())])
        });
        expires.into_iter().collect()
    }

    /// For whoever remembers the password.
    fn only_unlock(&self, view: &View<'_>) -> Markup {
        html! {
            form method="post" action="/unlock" {
                input type="hidden" name="csrf" value=(self.csrf);
                input type="hidden" name="turn" value=(self.turn);
                p { (view.say("web-unlock-why")) }
                button.quiet { (view.say("web-unlock")) }
            }
        }
    }

    fn frozen(&self, view: &View<'_>, until: Timestamp) -> Markup {
        let speaker = &view.speaker;
        // Tomorrow's time of day is not today's.
        let until = match until.since(self.now) < DAY / 2 {
            true => speaker.time_of_day(until),
            false => format!("{} {}", speaker.date(until), speaker.time_of_day(until)),
        };
        html! {
            h1 { (view.say("web-frozen")) }
            p { (speaker.say_with("web-frozen-why", &[("until", (&until).into())])) }
            p { (view.say("web-frozen-do")) }
            form method="post" action="/unfreeze" {
                input type="hidden" name="csrf" value=(self.csrf);
                button { (view.say("web-unfreeze")) }
            }
            p.hint { (speaker.it()) }
        }
    }
}

/// For whoever has forgotten it: WeCom has vouched for them.
fn login_name(view: &View<'_>, login: &str) -> Markup {
    let login = display::clean_to(login, 64);
    let values = [("login", (&login).into())];
    html! { p.hint { (view.speaker.say_with("screen-password-login", &values)) } }
}

fn unlocked(view: &View<'_>, told: Step, reference: &str) -> Markup {
    html! {
        h1.ok { (view.say("screen-unlocked")) }
        p { (view.say("screen-unlocked-lead")) }
        @if told == Step::No {
            p { (view.say("screen-step-not-told")) }
            (reference_line(view, reference))
        }
        p.hint { (view.say("web-done-close")) }
    }
}

fn field(name: &str) -> Markup {
    html! {
        input id=(name) name=(name) type="password" required autocomplete="new-password"
            autocapitalize="none" autocorrect="off" spellcheck="false";
    }
}

fn done(
    view: &View<'_>,
    progress: Progress,
    proof: ProofOfChange,
    expires_at: Option<Timestamp>,
    reference: &str,
) -> Markup {
    let until = match expires_at {
        None => view.say("screen-done-forever"),
        Some(at) => {
            let date = view.speaker.date(at);
            view.speaker
                .say_with("screen-done-until", &[("date", (&date).into())])
        }
    };
    html! {
        h1.ok { (view.say("screen-done")) }
        p { (until) }
        @if proof == ProofOfChange::DirectoryConfirmed {
            p { (view.say("screen-step-confirmed")) }
        }
        @if progress.told == Step::No {
            p { (view.say("screen-step-not-told")) }
            (reference_line(view, reference))
        }
        h2 { (view.say("screen-done-next")) }
        ul {
            li { (view.say("screen-done-wifi")) }
            li { (view.say("screen-done-mail")) }
            li { (view.say("screen-done-laptop")) }
        }
        p.hint { (view.say("web-done-close")) }
    }
}

fn reference_line(view: &View<'_>, reference: &str) -> Markup {
    let values = [("reference", reference.into())];
    html! { p.hint { (view.speaker.say_with("screen-reference", &values)) } }
}

/// Whether trying once more may help.
fn leads_on(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::DirectoryDown
            | Refusal::ChannelDown
            | Refusal::StoreDown
            | Refusal::NotAsked
            | Refusal::AccountNotAllowed
    )
}
