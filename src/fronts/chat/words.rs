//! What the chat answers, in the person's language. An answer never holds a password.

use std::sync::Arc;

use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use super::Passwords;
use crate::domain::code::Place;
use crate::domain::policy::{Report, Verdict};
use crate::domain::secret::PasswordError;
use crate::domain::time::Timestamp;
use crate::flow::prompt::Refusal;
use crate::fronts::speaker::Speaker;
use crate::text::{Language, Texts};

/// How many rules that are not met are named.
const RULES_NAMED: usize = 3;
/// WeCom cuts a text after so many bytes, without a word.
const MAX_BYTES: usize = 2048;

/// Finds the words of the chat's answers.
pub struct ChatWords {
    /// The words.
    pub texts: Arc<Texts>,
    /// `[site] name`.
    pub site: String,
    /// `[site] it_phone`.
    pub it_phone: Option<String>,
    /// The site's time zone.
    pub zone: TimeZone,
    /// `[site] languages`: the first one is for people whose language is not known.
    pub languages: Vec<Language>,
    /// `[chat] passwords`.
    pub passwords: Passwords,
}

impl ChatWords {
    /// Answers to somebody whose language has this tag.
    pub(super) fn to(&self, language: Option<&str>) -> Answers<'_> {
        Answers {
            passwords: self.passwords,
            site: &self.site,
            speaker: Speaker {
                texts: &self.texts,
                language: Language::choose(language, &self.languages),
                zone: &self.zone,
                it_phone: self.it_phone.as_deref(),
            },
        }
    }
}

/// Answers in one language.
pub(super) struct Answers<'a> {
    passwords: Passwords,
    site: &'a str,
    speaker: Speaker<'a>,
}

impl Answers<'_> {
    /// What can be asked for: the three ways.
    pub(super) fn help(&self) -> Zeroizing<String> {
        let lead = self
            .speaker
            .say_with("chat-help", &[("site", self.site.into())]);
        let by_chat = match self.passwords {
            Passwords::Off => "chat-help-link",
            Passwords::Temporary => "chat-help-temporary",
            Passwords::Allow => "chat-help-allow",
        };
        let mut lines = vec![lead];
        lines.extend(
            [
                "chat-help-form",
                by_chat,
                "chat-help-kiosk",
                "chat-help-picture",
            ]
            .map(|key| self.speaker.say(key)),
        );
        text(lines)
    }

    /// The link to the form, or to a kiosk. `sent_password`: they wrote one, which is not used.
    pub(super) fn link(&self, url: &str, sent_password: bool) -> Zeroizing<String> {
        let mut lines = Vec::new();
        if sent_password {
            lines.push(self.speaker.say("chat-not-in-the-chat"));
        }
        lines.push(self.speaker.say("chat-link"));
        lines.push(url.to_owned());
        lines.push(self.link_ends());
        if sent_password {
            lines.push(self.stays());
        }
        text(lines)
    }

    /// The link to the kiosk whose picture it is, or to a session from anywhere.
    pub(super) fn picture(&self, kiosk: &str, url: &str) -> Zeroizing<String> {
        let lead = match Place::remote_source(kiosk) {
            None => self
                .speaker
                .say_with("chat-picture", &[("kiosk", kiosk.into())]),
            Some(source) => self
                .speaker
                .say_with("chat-picture-remote", &[("source", source.into())]),
        };
        text(vec![lead, url.to_owned(), self.link_ends()])
    }

    /// The link for whoever said "not me" of a change.
    pub(super) fn owed_link(&self, url: &str) -> Zeroizing<String> {
        let lead = self.speaker.say("chat-owed-link");
        text(vec![lead, url.to_owned(), self.link_ends()])
    }

    /// No picture has that code.
    pub(super) fn picture_gone(&self) -> Zeroizing<String> {
        text(vec![self.speaker.say("chat-picture-gone")])
    }

    /// The new password is set.
    pub(super) fn done(&self, expires: Option<Timestamp>) -> Zeroizing<String> {
        let mut lines = match self.passwords {
            Passwords::Temporary => vec![self.speaker.say("chat-done-temporary")],
            Passwords::Off | Passwords::Allow => vec![self.speaker.say("chat-done")],
        };
        if let Some(expires) = expires.filter(|_| self.passwords == Passwords::Allow) {
            let date = self.speaker.date(expires);
            let date = ("date", (&date).into());
            lines.push(self.speaker.say_with("chat-done-expires", &[date]));
        }
        lines.push(self.stays());
        text(lines)
    }

    /// It did not go on: what happened, why, what to do.
    pub(super) fn refused(&self, refusal: &Refusal, sent_password: bool) -> Zeroizing<String> {
        let words = self.speaker.refusal(refusal);
        let mut lines = vec![words.what];
        match refusal {
            Refusal::NotGoodEnough(report) => {
                lines.extend(self.rules(report));
                lines.push(self.speaker.say("chat-another"));
            }
            _ => lines.extend([words.why, words.now]),
        }
        if sent_password {
            lines.push(self.stays());
        }
        text(lines)
    }

    /// What was written is no password at all.
    pub(super) fn no_password(&self, error: PasswordError) -> Zeroizing<String> {
        let lines = vec![
            self.speaker.say("chat-not-changed"),
            self.speaker.no_password(error),
            self.speaker.say("chat-another"),
            self.stays(),
        ];
        text(lines)
    }

    /// The account's resets are frozen, and the form can end that.
    pub(super) fn frozen(&self, until: Timestamp, url: &str) -> Zeroizing<String> {
        let (date, time) = (self.speaker.date(until), self.speaker.time_of_day(until));
        let values = [("date", (&date).into()), ("time", (&time).into())];
        let lines = vec![
            self.speaker.say("chat-not-changed"),
            self.speaker.say_with("chat-frozen", &values),
            url.to_owned(),
            self.link_ends(),
            self.stays(),
        ];
        text(lines)
    }

    /// No reset waits for a code.
    pub(super) fn nothing_waits(&self) -> Zeroizing<String> {
        text(vec![self.speaker.say("chat-nothing-waits")])
    }

    /// No more codes until then.
    pub(super) fn wait(&self, until: Timestamp) -> Zeroizing<String> {
        let time = self.speaker.time_of_day(until);
        let time = ("time", (&time).into());
        text(vec![self.speaker.say_with("chat-code-wait", &[time])])
    }

    /// Too many commands.
    pub(super) fn too_many(&self) -> Zeroizing<String> {
        text(vec![self.speaker.say("chat-too-many")])
    }

    fn stays(&self) -> String {
        self.speaker.say("chat-stays")
    }

    fn link_ends(&self) -> String {
        let span = self.speaker.span(crate::domain::limits::LINK_LIFETIME);
        self.speaker
            .say_with("chat-link-ends", &[("span", (&span).into())])
    }

    /// The first rules that are not met, and what makes it easy to guess.
    fn rules(&self, report: &Report) -> Vec<String> {
        let not_met = report
            .lines
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::NotMet);
        let mut lines: Vec<String> = not_met
            .take(RULES_NAMED)
            .map(|(rule, _)| format!("- {}", self.speaker.rule(rule)))
            .collect();
        // It is said of a weak one only: a strong one has neither.
        let strength = self.speaker.strength(&report.strength, 0);
        lines.extend(strength.reason);
        lines
    }
}

fn text(lines: Vec<String>) -> Zeroizing<String> {
    let mut text = lines.join("\n");
    text.truncate(text.floor_char_boundary(MAX_BYTES));
    Zeroizing::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Rule;
    use crate::flow::ports::DirectoryRefusal;

    const URL: &str = "https://reset.contoso.example/l/7F3K9Q2M7F3K9Q2M7F3K9Q2M7F";

    fn words(passwords: Passwords) -> ChatWords {
        ChatWords {
            texts: Arc::new(Texts::load()),
            site: "Contoso".to_owned(),
            it_phone: Some("8000".to_owned()),
            zone: TimeZone::UTC,
            languages: Language::ALL.to_vec(),
            passwords,
        }
    }

    fn refusals() -> Vec<Refusal> {
        vec![
            Refusal::DirectoryDown,
            Refusal::NoAccount,
            Refusal::Disabled,
            Refusal::Protected,
            Refusal::Objected,
            Refusal::OutcomeUnknown,
            Refusal::NotGoodEnough(Report {
                lines: vec![
                    (Rule::NotCommon, Verdict::NotMet),
                    (Rule::NotSiteWord, Verdict::Met),
                ],
                strength: crate::domain::strength::Strength::default(),
            }),
            Refusal::ByDirectory {
                why: DirectoryRefusal::Other("x".repeat(4000)),
                remembers: None,
            },
        ]
    }

    #[test]
    fn every_answer_fits_a_message_and_says_something_in_every_language() {
        let until = Timestamp::from_secs(1_795_000_000);
        for passwords in [Passwords::Off, Passwords::Temporary, Passwords::Allow] {
            let words = words(passwords);
            for language in Language::ALL {
                let answers = words.to(Some(language.tag()));
                let mut all = vec![
                    answers.help(),
                    answers.link(URL, true),
                    answers.link(URL, false),
                    answers.picture("lobby-1", URL),
                    answers.owed_link(URL),
                    answers.picture_gone(),
                    answers.done(Some(until)),
                    answers.no_password(PasswordError::Control),
                    answers.frozen(until, URL),
                    answers.nothing_waits(),
                    answers.wait(until),
                    answers.too_many(),
                ];
                all.extend(
                    refusals()
                        .iter()
                        .map(|refusal| answers.refused(refusal, true)),
                );
                for (n, answer) in all.iter().enumerate() {
                    assert!(answer.len() <= MAX_BYTES, "{}", **answer);
                    assert!(!answer.contains("chat-"), "{}", **answer);
                    let same = all.iter().filter(|other| other == &answer).count();
                    assert_eq!(same, 1, "answer {n}: {}", **answer);
                }
                let help = answers.help();
                assert!(help.len() < MAX_BYTES, "the help is not cut");
                assert!(help.contains("#resetpassword#") && help.contains("#code#"));
            }
        }
    }

    #[test]
    fn a_refusal_names_the_rule_and_nothing_that_is_met() {
        let words = words(Passwords::Allow);
        let refusal = &refusals()[6];
        let answer = words.to(Some("en")).refused(refusal, true);
        let speaker = words.to(Some("en")).speaker;
        assert!(
            answer.contains(&speaker.rule(&Rule::NotCommon)),
            "{}",
            *answer
        );
        assert!(
            !answer.contains(&speaker.rule(&Rule::NotSiteWord)),
            "{}",
            *answer
        );
    }
}
