//! Rules, reasons and refusals in the person's words, the same at every front.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::domain::limits::PASSWORD_MAX_CHARS;
use crate::domain::policy::{LengthUnit, Rule};
use crate::domain::secret::PasswordError;
use crate::domain::strength::{Fix, Reason, Strength};
use crate::domain::time::Timestamp;
use crate::flow::ports::DirectoryRefusal;
use crate::flow::prompt::Refusal;
use crate::text::{Language, Texts, Value};

/// Says things of the rules and the engine in one language.
#[derive(Copy, Clone)]
pub struct Speaker<'a> {
    /// The words.
    pub texts: &'a Texts,
    /// The person's language.
    pub language: Language,
    /// Where the person's clock is.
    pub zone: &'a TimeZone,
    /// `[site] it_phone`.
    pub it_phone: Option<&'a str>,
}

/// The meter's three verdicts.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Guessing {
    /// Easy to guess.
    Easy,
    /// Could be better.
    Better,
    /// Hard to guess.
    Hard,
}

impl Guessing {
    /// Of a score from 0 to 4. One below `at_least` is never called hard to guess.
    fn of(score: u8, at_least: u8) -> Self {
        match score {
            0 | 1 => Self::Easy,
            score if score < at_least.max(3) => Self::Better,
            _ => Self::Hard,
        }
    }
}

/// What the strength meter says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StrengthWords {
    /// What it says.
    pub guessing: Guessing,
    /// The same in words.
    pub verdict: String,
    /// One sentence: what makes it easy to guess.
    pub reason: Option<String>,
    /// One sentence: what to do about it.
    pub fix: Option<String>,
}

/// A refusal's three parts, each fit for a line of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusalWords {
    /// What happened: a headline without a full stop.
    pub what: String,
    /// Why, in the person's words.
    pub why: String,
    /// What to do now.
    pub now: String,
}

impl Speaker<'_> {
    /// What the meter says of a strength, where the policy asks for a score of `at_least`.
    pub fn strength(&self, strength: &Strength, at_least: u8) -> StrengthWords {
        let guessing = Guessing::of(strength.score, at_least);
        let verdict = match guessing {
            Guessing::Easy => "strength-easy",
            Guessing::Better => "strength-better",
            Guessing::Hard => "strength-hard",
        };
        StrengthWords {
            guessing,
            verdict: self.say(verdict),
            reason: strength.reason.map(|reason| self.say(reason_key(reason))),
            fix: strength.fix.map(|fix| self.say(fix_key(fix))),
        }
    }

    /// One line of the checklist.
    pub fn rule(&self, rule: &Rule) -> String {
        match rule {
            Rule::MinLength {
                at_least,
                unit,
                has,
            } => {
                let key = match unit {
                    LengthUnit::Characters => "rule-min-length-characters",
                    LengthUnit::Utf16Units => "rule-min-length-units",
                    LengthUnit::Bytes => "rule-min-length-bytes",
                };
                self.counted(key, *at_least, *has)
            }
            Rule::MaxLength { at_most, unit, has } => {
                let key = match unit {
                    LengthUnit::Characters => "rule-max-length-characters",
                    LengthUnit::Utf16Units => "rule-max-length-units",
                    LengthUnit::Bytes => "rule-max-length-bytes",
                };
                self.counted(key, *at_most, *has)
            }
            Rule::Classes { at_least, has } => {
                self.counted("rule-classes", u32::from(*at_least), u32::from(*has))
            }
            Rule::NotPersonal { in_a_row: None } => self.say("rule-not-personal"),
            Rule::NotPersonal {
                in_a_row: Some(length),
            } => self.say_with("rule-not-personal-in-a-row", &[("n", (*length).into())]),
            Rule::NotLikeOld => self.say("rule-not-like-old"),
            Rule::NotSiteWord => self.say("rule-not-site-word"),
            Rule::NotCommon => self.say("rule-not-common"),
            Rule::Strength { .. } => self.say("rule-strength"),
            Rule::History { remembers } => {
                self.say_with("rule-history", &[("n", (*remembers).into())])
            }
            Rule::MinAge { keep } => {
                let span = self.span(*keep);
                self.say_with("rule-min-age", &[("span", (&span).into())])
            }
            Rule::OwnChecks => self.say("rule-own-checks"),
        }
    }

    /// Why typed text is no password at all: one sentence.
    pub fn no_password(&self, error: PasswordError) -> String {
        match error {
            PasswordError::Empty => self.say("rule-password-empty"),
            PasswordError::TooLong => {
                let most = i64::try_from(PASSWORD_MAX_CHARS).unwrap_or(i64::MAX);
                self.say_with("rule-password-too-long", &[("n", Value::Number(most))])
            }
            PasswordError::Control => self.say("rule-password-control"),
            PasswordError::Scheme => self.say("rule-password-scheme"),
        }
    }

    /// Why something did not go on, and the way on.
    pub fn refusal(&self, refusal: &Refusal) -> RefusalWords {
        let it = self.it();
        let it = ("it", Value::from(&it));
        match refusal {
            Refusal::LoginMalformed => self.parts(LOGIN_MALFORMED, &[]),
            Refusal::DirectoryDown => self.parts(DIRECTORY_DOWN, &[it]),
            Refusal::ChannelDown => self.parts(CHANNEL_DOWN, &[it]),
            Refusal::NotReached => self.parts(NOT_REACHED, &[]),
            Refusal::StoreDown => self.parts(STORE_DOWN, &[it]),
            Refusal::CodeMalformed { digits } => {
                self.parts(CODE_MALFORMED, &[("digits", (*digits).into())])
            }
            Refusal::CodeWrong { left } => self.parts(CODE_WRONG, &[("left", (*left).into())]),
            Refusal::CodeExpired => self.parts(CODE_EXPIRED, &[]),
            Refusal::TooManyWrongCodes { until: Some(until) } => {
                let time = self.time_of_day(*until);
                self.parts(WRONG_CODES_WAIT, &[("time", (&time).into())])
            }
            Refusal::TooManyWrongCodes { until: None } => self.parts(WRONG_CODES_OVER, &[it]),
            Refusal::RemoteCodesOff { until } => {
                let time = self.time_of_day(*until);
                self.parts(REMOTE_OFF, &[("time", (&time).into())])
            }
            Refusal::OldPasswordNotRight => self.parts(OLD_PASSWORD_NOT_RIGHT, &[]),
            Refusal::OldPasswordExpired => self.parts(OLD_PASSWORD_EXPIRED, &[]),
            Refusal::NotUnlocked => self.parts(NOT_UNLOCKED, &[]),
            Refusal::NotLocked => self.parts(NOT_LOCKED, &[]),
            Refusal::ResendTooSoon { at } => {
                let time = self.time_of_day(*at);
                self.parts(RESEND_TOO_SOON, &[("time", (&time).into())])
            }
            Refusal::NotGoodEnough(_) => self.parts(NOT_GOOD_ENOUGH, &[]),
            Refusal::ByDirectory { why, remembers } => self.by_directory(why, *remembers),
            Refusal::NotAsked => self.parts(NOT_ASKED, &[]),
            Refusal::AccountNotAllowed => self.parts(ACCOUNT_NOT_ALLOWED, &[it]),
            Refusal::OutcomeUnknown => self.parts(OUTCOME_UNKNOWN, &[]),
            Refusal::NoAccount => self.parts(NO_ACCOUNT, &[it]),
            Refusal::Disabled => self.parts(DISABLED, &[it]),
            Refusal::Protected => self.parts(PROTECTED, &[it]),
            Refusal::Objected => self.parts(OBJECTED, &[it]),
        }
    }

    fn by_directory(&self, why: &DirectoryRefusal, remembers: Option<u32>) -> RefusalWords {
        let it = self.it();
        let it = ("it", Value::from(&it));
        match why {
            DirectoryRefusal::TooShort => self.parts(DIRECTORY_TOO_SHORT, &[]),
            DirectoryRefusal::Quality => self.parts(DIRECTORY_QUALITY, &[]),
            DirectoryRefusal::InHistory => {
                self.parts(DIRECTORY_HISTORY, &[("n", remembers.unwrap_or(0).into())])
            }
            DirectoryRefusal::Same => self.parts(DIRECTORY_SAME, &[]),
            DirectoryRefusal::TooYoung => self.parts(DIRECTORY_TOO_YOUNG, &[it]),
            DirectoryRefusal::NotPermitted => self.parts(DIRECTORY_NOT_PERMITTED, &[it]),
            DirectoryRefusal::Other(text) => {
                self.parts(DIRECTORY_OTHER, &[it, ("text", text.into())])
            }
        }
    }

    /// How to reach IT: a whole sentence.
    pub fn it(&self) -> String {
        self.it_phone.map_or_else(
            || self.say("refusal-it"),
            |phone| self.say_with("refusal-it-phone", &[("phone", phone.into())]),
        )
    }

    /// The words for a key.
    pub fn say(&self, key: &str) -> String {
        self.texts.say(self.language, key)
    }

    /// The words for a key with values put in.
    pub fn say_with(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.texts.say_with(self.language, key, values)
    }

    /// The day: `22 March 2027`.
    pub fn date(&self, at: Timestamp) -> String {
        whole(&self.texts.date(self.language, at, self.zone))
    }

    /// The time of day: `08:59`.
    pub fn time_of_day(&self, at: Timestamp) -> String {
        self.texts.time_of_day(self.language, at, self.zone)
    }

    /// A span: `41 s`.
    pub fn span(&self, span: Duration) -> String {
        whole(&self.texts.span(self.language, span))
    }

    fn counted(&self, key: &str, n: u32, has: u32) -> String {
        self.say_with(key, &[("n", n.into()), ("has", has.into())])
    }

    fn parts(&self, keys: [&str; 3], values: &[(&str, Value<'_>)]) -> RefusalWords {
        let [what, why, now] = keys.map(|key| self.say_with(key, values));
        RefusalWords { what, why, now }
    }
}

/// Never broken between two lines: `22 March 2027`, `3 days`.
pub(crate) fn whole(words: &str) -> String {
    words.replace(' ', "\u{A0}")
}

/// The keys of a refusal's three parts, written out so that the sources can be searched for them.
macro_rules! refusals {
    ($($name:ident $what:literal $why:literal $now:literal)*) => {
        $(const $name: [&str; 3] = [$what, $why, $now];)*
    };
}

refusals! {
    LOGIN_MALFORMED
        "refusal-login-malformed" "refusal-login-malformed-why" "refusal-login-malformed-do"
    DIRECTORY_DOWN
        "refusal-directory-down" "refusal-directory-down-why" "refusal-directory-down-do"
    CHANNEL_DOWN
        "refusal-channel-down" "refusal-channel-down-why" "refusal-channel-down-do"
    NOT_REACHED
        "refusal-not-reached" "refusal-not-reached-why" "refusal-not-reached-do"
    STORE_DOWN
        "refusal-store-down" "refusal-store-down-why" "refusal-store-down-do"
    CODE_MALFORMED
        "refusal-code-malformed" "refusal-code-malformed-why" "refusal-code-malformed-do"
    CODE_WRONG
        "refusal-code-wrong" "refusal-code-wrong-why" "refusal-code-wrong-do"
    CODE_EXPIRED
        "refusal-code-expired" "refusal-code-expired-why" "refusal-code-expired-do"
    WRONG_CODES_WAIT
        "refusal-wrong-codes-wait" "refusal-wrong-codes-wait-why" "refusal-wrong-codes-wait-do"
    WRONG_CODES_OVER
        "refusal-wrong-codes-over" "refusal-wrong-codes-over-why" "refusal-wrong-codes-over-do"
    REMOTE_OFF
        "refusal-remote-off" "refusal-remote-off-why" "refusal-remote-off-do"
    RESEND_TOO_SOON
        "refusal-resend-too-soon" "refusal-resend-too-soon-why" "refusal-resend-too-soon-do"
    NOT_GOOD_ENOUGH
        "refusal-not-good-enough" "refusal-not-good-enough-why" "refusal-not-good-enough-do"
    DIRECTORY_TOO_SHORT
        "refusal-directory-too-short" "refusal-directory-too-short-why" "refusal-directory-too-short-do"
    DIRECTORY_QUALITY
        "refusal-directory-quality" "refusal-directory-quality-why" "refusal-directory-quality-do"
    DIRECTORY_HISTORY
        "refusal-directory-history" "refusal-directory-history-why" "refusal-directory-history-do"
    DIRECTORY_SAME
        "refusal-directory-same" "refusal-directory-same-why" "refusal-directory-same-do"
    DIRECTORY_TOO_YOUNG
        "refusal-directory-too-young" "refusal-directory-too-young-why" "refusal-directory-too-young-do"
    DIRECTORY_NOT_PERMITTED
        "refusal-directory-not-permitted" "refusal-directory-not-permitted-why" "refusal-directory-not-permitted-do"
    DIRECTORY_OTHER
        "refusal-directory-other" "refusal-directory-other-why" "refusal-directory-other-do"
    NOT_ASKED
        "refusal-not-asked" "refusal-not-asked-why" "refusal-not-asked-do"
    ACCOUNT_NOT_ALLOWED
        "refusal-account-not-allowed" "refusal-account-not-allowed-why" "refusal-account-not-allowed-do"
    OUTCOME_UNKNOWN
        "refusal-outcome-unknown" "refusal-outcome-unknown-why" "refusal-outcome-unknown-do"
    NO_ACCOUNT
        "refusal-no-account" "refusal-no-account-why" "refusal-no-account-do"
    DISABLED
        "refusal-disabled" "refusal-disabled-why" "refusal-disabled-do"
    PROTECTED
        "refusal-protected" "refusal-protected-why" "refusal-protected-do"
    OLD_PASSWORD_NOT_RIGHT
        "refusal-old-password" "refusal-old-password-why" "refusal-old-password-do"
    OLD_PASSWORD_EXPIRED
        "refusal-old-password-expired" "refusal-old-password-expired-why"
        "refusal-old-password-expired-do"
    NOT_UNLOCKED
        "refusal-not-unlocked" "refusal-not-unlocked-why" "refusal-not-unlocked-do"
    NOT_LOCKED
        "refusal-not-locked" "refusal-not-locked-why" "refusal-not-locked-do"
    OBJECTED
        "refusal-objected" "refusal-objected-why" "refusal-objected-do"
}

fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::KeyRow => "strength-reason-key-row",
        Reason::KeyPattern => "strength-reason-key-pattern",
        Reason::RepeatedCharacter => "strength-reason-repeated-character",
        Reason::RepeatedGroup => "strength-reason-repeated-group",
        Reason::Top10 => "strength-reason-top-10",
        Reason::Top100 => "strength-reason-top-100",
        Reason::Common => "strength-reason-common",
        Reason::LikeCommon => "strength-reason-like-common",
        Reason::Sequence => "strength-reason-sequence",
        Reason::RecentYear => "strength-reason-recent-year",
        Reason::SingleWord => "strength-reason-single-word",
        Reason::Date => "strength-reason-date",
        Reason::SingleName => "strength-reason-single-name",
        Reason::Name => "strength-reason-name",
        Reason::Personal => "strength-reason-personal",
        Reason::SiteWord => "strength-reason-site-word",
        Reason::Pinyin => "strength-reason-pinyin",
        Reason::Indonesian => "strength-reason-indonesian",
        Reason::LuckyNumber => "strength-reason-lucky-number",
        Reason::TooShort => "strength-reason-too-short",
    }
}

fn fix_key(fix: Fix) -> &'static str {
    match fix {
        Fix::FewWords => "strength-fix-few-words",
        Fix::NoSymbolsNeeded => "strength-fix-no-symbols-needed",
        Fix::AddWords => "strength-fix-add-words",
        Fix::CapitalHelpsLittle => "strength-fix-capital",
        Fix::AllCapitalsHelpLittle => "strength-fix-all-capitals",
        Fix::BackwardsHelpsLittle => "strength-fix-backwards",
        Fix::SubstitutionsHelpLittle => "strength-fix-substitutions",
        Fix::LongerPattern => "strength-fix-longer-pattern",
        Fix::NoRepeats => "strength-fix-no-repeats",
        Fix::NoSequences => "strength-fix-no-sequences",
        Fix::NoRecentYears => "strength-fix-no-recent-years",
        Fix::NoOwnYears => "strength-fix-no-own-years",
        Fix::NoOwnDates => "strength-fix-no-own-dates",
        Fix::LeaveOutName => "strength-fix-leave-out-name",
        Fix::LeaveOutSiteWord => "strength-fix-leave-out-site-word",
        Fix::LeaveOutNumber => "strength-fix-leave-out-number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Report;

    fn speakers(test: impl Fn(Speaker<'_>)) {
        let texts = Texts::load();
        for language in Language::ALL {
            for it_phone in [Some("8000"), None] {
                test(Speaker {
                    texts: &texts,
                    language,
                    zone: &TimeZone::UTC,
                    it_phone,
                });
            }
        }
    }

    fn all_refusals() -> Vec<Refusal> {
        let by_directory = [
            DirectoryRefusal::TooShort,
            DirectoryRefusal::Quality,
            DirectoryRefusal::InHistory,
            DirectoryRefusal::Same,
            DirectoryRefusal::TooYoung,
            DirectoryRefusal::NotPermitted,
            DirectoryRefusal::Other("00002077: SvcErr".to_owned()),
        ];
        let mut all = vec![
            Refusal::LoginMalformed,
            Refusal::DirectoryDown,
            Refusal::ChannelDown,
            Refusal::NotReached,
            Refusal::StoreDown,
            Refusal::CodeMalformed { digits: 6 },
            Refusal::CodeWrong { left: 0 },
            Refusal::CodeWrong { left: 1 },
            Refusal::CodeWrong { left: 4 },
            Refusal::CodeExpired,
            Refusal::TooManyWrongCodes { until: None },
            Refusal::TooManyWrongCodes {
                until: Some(Timestamp::from_secs(0)),
            },
            Refusal::RemoteCodesOff {
                until: Timestamp::from_secs(60),
            },
            Refusal::ResendTooSoon {
                at: Timestamp::from_secs(60),
            },
            Refusal::NotGoodEnough(Report {
                lines: Vec::new(),
                strength: Strength::of(0),
            }),
            Refusal::OldPasswordNotRight,
            Refusal::OldPasswordExpired,
            Refusal::NotUnlocked,
            Refusal::NotLocked,
            Refusal::NotAsked,
            Refusal::AccountNotAllowed,
            Refusal::OutcomeUnknown,
        ];
        all.extend(by_directory.map(|why| Refusal::ByDirectory {
            why,
            remembers: Some(5),
        }));
        all
    }

    #[test]
    fn every_refusal_has_its_three_parts_in_every_language() {
        speakers(|speaker| {
            for refusal in all_refusals() {
                let words = speaker.refusal(&refusal);
                for part in [&words.what, &words.why, &words.now] {
                    assert!(
                        !part.is_empty() && !part.starts_with("refusal-"),
                        "{refusal:?}"
                    );
                    assert!(!part.contains(['{', '}']), "{part}");
                }
                assert!(!words.what.ends_with(['.', '。']), "{}", words.what);
                assert!(words.why.ends_with(['.', '。', 'r']), "{}", words.why);
            }
        });
    }

    #[test]
    fn a_lost_answer_is_told_neither_as_done_nor_as_failed() {
        let texts = Texts::load();
        let speaker = Speaker {
            texts: &texts,
            language: Language::English,
            zone: &TimeZone::UTC,
            it_phone: None,
        };
        let words = speaker.refusal(&Refusal::OutcomeUnknown);
        for part in [&words.what, &words.why, &words.now] {
            for claim in ["Not changed", "failed", "was changed."] {
                assert!(!part.contains(claim), "{part}");
            }
        }
    }

    #[test]
    fn tries_are_counted_in_grammar() {
        speakers(|speaker| {
            let why = |left| speaker.refusal(&Refusal::CodeWrong { left }).why;
            assert_ne!(why(1), why(2));
            if speaker.language == Language::English {
                assert_eq!(why(1), "You can try once more.");
                assert_eq!(why(3), "You can try 3 more times.");
            }
        });
    }

    #[test]
    fn the_phone_of_it_is_named_where_the_site_has_one() {
        speakers(|speaker| {
            let now = speaker.refusal(&Refusal::AccountNotAllowed).now;
            assert_eq!(now.contains("8000"), speaker.it_phone.is_some());
        });
    }

    #[test]
    fn the_directorys_own_words_come_cleaned() {
        speakers(|speaker| {
            let why = DirectoryRefusal::Other("no\u{1B}[2J\u{202E} way\n".to_owned());
            let words = speaker.refusal(&Refusal::ByDirectory {
                why,
                remembers: None,
            });
            assert!(words.why.ends_with("no way"), "{:?}", words.why);
        });
    }

    #[test]
    fn a_weak_password_is_never_called_hard_to_guess() {
        speakers(|speaker| {
            let hard = speaker.strength(&Strength::of(4), 4).verdict;
            for at_least in 0..=4 {
                for score in 0..at_least.max(3) {
                    assert_ne!(
                        speaker.strength(&Strength::of(score), at_least).verdict,
                        hard
                    );
                }
            }
        });
    }
}
