//! The checklist and the meter: a part of the form's page, and all of a judgement's answer.

use maud::{Markup, html};

use super::{Part, View};
use crate::domain::policy::{Policy, Report, Verdict};
use crate::domain::secret::PasswordError;
use crate::domain::strength::Strength;
use crate::fronts::speaker::{Guessing, Speaker};

/// How what was typed was judged.
pub(in super::super) struct Judged<'a> {
    pub(in super::super) policy: &'a Policy,
    /// `None`: nothing was typed. An error: it is no password at all.
    pub(in super::super) typed: Result<Option<&'a Report>, PasswordError>,
}

impl Part for Judged<'_> {
    fn title(&self, speaker: &Speaker<'_>) -> String {
        speaker.say("screen-password-strength")
    }

    fn body(&self, view: &View<'_>) -> Markup {
        let report = self.typed.ok().flatten();
        html! {
            (self.meter(view, report.map(|report| &report.strength)))
            @if let Err(error) = self.typed {
                p.no { (view.speaker.no_password(error)) }
            }
            h2 { (view.speaker.say_with("screen-rules-title", &[("site", view.site_name.into())])) }
            ul.rules {
                @for (rule, verdict) in &report.map_or_else(|| self.policy.report_empty().lines, |report| report.lines.clone()) {
                    @let (word, class) = verdict_words(view, report.map(|_| *verdict));
                    li class=(class) {
                        b { (word) }
                        span { (view.speaker.rule(rule)) }
                    }
                }
            }
        }
    }
}

impl Judged<'_> {
    /// A bar, what it means in words, and one sentence with one fix.
    fn meter(&self, view: &View<'_>, strength: Option<&Strength>) -> Markup {
        let Some(strength) = strength else {
            return html! {
                p.meter {
                    (view.say("screen-password-strength")) " "
                    span.bar { i {} i {} i {} i {} }
                    " " (view.say("screen-strength-none"))
                }
                p.hint { (view.say("screen-password-hint")) }
            };
        };
        let words = view
            .speaker
            .strength(strength, self.policy.site.min_strength);
        let class = match words.guessing {
            Guessing::Easy => "no",
            Guessing::Better => "wait",
            Guessing::Hard => "ok",
        };
        let filled = usize::from(strength.score.clamp(1, 4));
        html! {
            p.meter {
                (view.say("screen-password-strength")) " "
                span.bar.(class) {
                    @for place in 0..4 {
                        i.full[place < filled] {}
                    }
                }
                " " b.(class) { (words.verdict) }
            }
            @if words.reason.is_some() || words.fix.is_some() {
                p.hint {
                    (words.reason.unwrap_or_default()) " " (words.fix.unwrap_or_default())
                }
            }
        }
    }
}

/// The word and the class of a verdict; nothing typed is nothing wrong yet.
fn verdict_words(view: &View<'_>, verdict: Option<Verdict>) -> (String, &'static str) {
    match verdict {
        None => ("–".to_owned(), "none"),
        Some(Verdict::Met) => (view.say("screen-ok"), "ok"),
        Some(Verdict::NotMet) => (view.say("screen-no"), "no"),
        Some(Verdict::AtTheEnd) => (view.say("screen-wait"), "wait"),
    }
}
