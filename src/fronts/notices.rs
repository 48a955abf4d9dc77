//! The words of the messages that go to employees' phones.

mod desk;

use std::sync::Arc;

use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use crate::domain::code::Place;
use crate::domain::display::clean;
use crate::domain::secret::CodeDigits;
use crate::domain::time::Timestamp;
use crate::flow::message::{
    Alarm, Body, Card, CardAnswer, CardBody, CardButton, CardWords, LinkWords, Message, NotAllowed,
    Pressed, Renew, Wording,
};
use crate::flow::ports::Outcome;
use crate::text::{Language, Texts, Value};

/// Stands where the code comes, until the rest of the text is done: the code itself never goes
/// through the texts, which would leave copies of it.
const CODE_PLACE: char = '\u{F8FF}';

/// A code has six digits or more; nothing else in its message may look like one (rule 13).
const CODE_DIGITS_MIN: usize = 6;

/// Finds the words of a message.
pub struct NoticeWords {
    /// The words.
    pub texts: Arc<Texts>,
    /// `[site] name`.
    pub site: String,
    /// `[site] it_phone`.
    pub it_phone: Option<String>,
    /// The site's time zone.
    pub zone: TimeZone,
    /// `[site] public_url`, without a slash at its end: what one-time links begin with.
    pub public_url: String,
    /// `[site] languages`: the first one is for people whose language is not known.
    pub languages: Vec<Language>,
}

impl Wording for NoticeWords {
    fn text(&self, message: &Message) -> Zeroizing<String> {
        self.to(message.language.as_deref()).text(&message.body)
    }

    fn link(&self, message: &Message) -> Option<LinkWords> {
        self.to(message.language.as_deref()).link(&message.body)
    }

    fn card(&self, card: &Card) -> CardWords {
        self.to(card.language.as_deref()).card(&card.body)
    }

    fn pressed(&self, answer: &CardAnswer) -> String {
        let key = match answer.outcome {
            Pressed::Stopped => "card-pressed-stopped",
            Pressed::Alarmed => "card-pressed-alarmed",
            Pressed::Frozen => "card-pressed-frozen",
        };
        self.to(answer.language.as_deref()).say(key, &[])
    }
}

impl NoticeWords {
    /// Notices to somebody of this language.
    fn to(&self, language: Option<&str>) -> Notice<'_> {
        Notice {
            words: self,
            language: Language::choose(language, &self.languages),
        }
    }
}

/// One message in one language.
struct Notice<'a> {
    words: &'a NoticeWords,
    language: Language,
}

impl Notice<'_> {
    fn text(&self, body: &Body) -> Zeroizing<String> {
        let lines = match body {
            Body::KioskCode {
                digits,
                kiosk,
                lifetime,
                reference: _,
            } => {
                return self.kiosk_code(digits, &self.place(kiosk), *lifetime);
            }
            Body::SignInCode {
                digits,
                lifetime,
                reference: _,
            } => {
                return self.sign_in_code(digits, *lifetime);
            }
            Body::DeskCode {
                digits,
                action,
                operator,
                lifetime,
                reference,
            } => return self.desk_code(digits, *action, operator, *lifetime, reference),
            Body::DeskLink {
                link,
                operator,
                reference,
            } => self.desk_link(&link.token, operator, reference),
            Body::Temporary {
                password,
                certain,
                shown,
                operator,
                reference,
            } => return self.temporary(password, *certain, *shown, operator, reference),
            Body::ByOperator {
                what,
                operator,
                reference,
            } => self.by_operator(*what, operator, reference),
            Body::Changed {
                kiosk,
                at,
                reference,
            } => self.changed(&self.place(kiosk), *at, reference),
            Body::Unlocked {
                kiosk,
                at,
                reference,
            } => self.unlocked(&self.place(kiosk), *at, reference),
            Body::Settled {
                outcome,
                kiosk,
                reference,
            } => self.settled(*outcome, &self.place(kiosk), reference),
            Body::Reminder {
                days_left,
                ends,
                ended,
                renew,
            } => self.reminder(*days_left, *ends, *ended, renew),
            Body::Words(words) => return words.clone(),
            Body::Alarm {
                what,
                account,
                kiosk,
                reference,
            } => self.alarm(*what, account, &self.place(kiosk), reference),
            Body::NotAllowed {
                why,
                kiosk,
                reference,
            } => self.not_allowed(*why, &self.place(kiosk), reference),
        };
        Zeroizing::new(lines.join("\n"))
    }

    /// A kiosk by its name, a session from anywhere by where it comes from.
    fn place(&self, kiosk: &str) -> String {
        match Place::remote_source(kiosk) {
            Some(source) => self.say("place-remote", &[("source", source.into())]),
            None => kiosk.to_owned(),
        }
    }

    /// Rule 13: where to type it, and to read it to nobody. Holds no reference, no phone number
    /// and no date, so that the code is the only long number there is.
    fn kiosk_code(
        &self,
        digits: &CodeDigits,
        kiosk: &str,
        lifetime: std::time::Duration,
    ) -> Zeroizing<String> {
        let (site, kiosk) = (short_numbers(&self.words.site), short_numbers(kiosk));
        let span = self.words.texts.span(self.language, lifetime);
        let place = CODE_PLACE.to_string();
        let lines = [
            self.say(
                "notice-code",
                &[("code", (&place).into()), ("site", (&site).into())],
            ),
            self.say("notice-code-where", &[("kiosk", (&kiosk).into())]),
            self.say("notice-code-lifetime", &[("span", (&span).into())]),
            self.say("notice-code-not-you", &[]),
        ];
        with_secret(&lines, digits.expose())
    }

    fn changed(&self, kiosk: &str, at: Timestamp, reference: &str) -> Vec<String> {
        self.done("notice-changed", kiosk, at, reference)
    }

    fn unlocked(&self, kiosk: &str, at: Timestamp, reference: &str) -> Vec<String> {
        self.done("notice-only-unlocked", kiosk, at, reference)
    }

    /// What was done to the account, and what to do if it was somebody else.
    fn done(&self, key: &'static str, kiosk: &str, at: Timestamp, reference: &str) -> Vec<String> {
        let (date, time) = self.moment(at);
        let values = [
            ("site", Value::from(&self.words.site)),
            ("kiosk", kiosk.into()),
            ("date", (&date).into()),
            ("time", (&time).into()),
        ];
        vec![
            self.say(key, &values),
            self.say("notice-changed-you", &[]),
            self.with_it("notice-not-you-phone", "notice-not-you", reference),
        ]
    }

    fn settled(&self, outcome: Outcome, kiosk: &str, reference: &str) -> Vec<String> {
        let key = match outcome {
            Outcome::Changed => "notice-settled-changed",
            Outcome::Failed | Outcome::Refused => "notice-settled-unchanged",
            Outcome::Unknown => "notice-settled-unclear",
        };
        vec![
            self.say(key, &[("kiosk", kiosk.into())]),
            self.with_it("notice-not-you-phone", "notice-not-you", reference),
        ]
    }

    fn not_allowed(&self, why: NotAllowed, kiosk: &str, reference: &str) -> Vec<String> {
        let why = match why {
            NotAllowed::Disabled => self.say("notice-not-allowed-disabled", &[]),
            NotAllowed::Protected => self.say("notice-not-allowed-protected", &[]),
            NotAllowed::Frozen { until } => {
                let (date, time) = self.moment(until);
                let values = [("date", (&date).into()), ("time", (&time).into())];
                self.say("notice-not-allowed-frozen", &values)
            }
        };
        let values = [
            ("site", Value::from(&self.words.site)),
            ("kiosk", kiosk.into()),
        ];
        vec![
            self.say("notice-not-allowed", &values),
            why,
            self.with_it("notice-it-phone", "notice-it", reference),
        ]
    }

    /// The first line says it all; the rest says how.
    fn reminder(&self, days_left: u16, ends: Timestamp, ended: bool, renew: &Renew) -> Vec<String> {
        let (date, time) = self.moment(ends);
        let site = ("site", Value::from(&self.words.site));
        let title = match days_left {
            0 if ended => self.say("notice-ended-today", &[site, ("time", (&time).into())]),
            0 => self.say("notice-ends-today", &[site, ("time", (&time).into())]),
            days => {
                let days = ("days", Value::Number(days.into()));
                self.say("notice-ends", &[site, days, ("date", (&date).into())])
            }
        };
        let mut lines = vec![title];
        match renew {
            Renew::Form(url) => {
                lines.push(self.say("notice-ends-form", &[]));
                lines.push(url.clone());
                lines.push(self.say("notice-ends-nobody", &[]));
            }
            Renew::WithIt => lines.push(match &self.words.it_phone {
                Some(phone) => self.say("notice-ends-it-phone", &[("phone", phone.into())]),
                None => self.say("notice-ends-it", &[]),
            }),
        }
        lines
    }

    fn link(&self, body: &Body) -> Option<LinkWords> {
        let Body::Reminder {
            days_left,
            ends,
            ended,
            renew: renew @ Renew::Form(url),
        } = body
        else {
            return None;
        };
        let lines = self.reminder(*days_left, *ends, *ended, renew);
        // The address is in the button.
        let mut lines = lines.into_iter().filter(|line| line != url);
        Some(LinkWords {
            title: lines.next()?,
            text: lines.collect::<Vec<_>>().join("\n"),
            button: self.say("notice-ends-button", &[]),
            url: url.clone(),
        })
    }

    fn alarm(&self, what: Alarm, account: &str, kiosk: &str, reference: &str) -> Vec<String> {
        let key = match what {
            Alarm::StoppedByEmployee => "alarm-stopped",
            Alarm::ChangedByStranger => "alarm-changed",
            Alarm::Frozen => "alarm-frozen",
            Alarm::FrozenByOperator => "alarm-frozen-by-operator",
            Alarm::RemoteCodesOff => "alarm-remote-codes-off",
            Alarm::RemoteOldPasswordsOff => "alarm-remote-old-passwords-off",
            Alarm::OperatorLimit => "alarm-operator-limit",
        };
        let mut lines = vec![self.say(key, &[("kiosk", kiosk.into())])];
        if !account.is_empty() {
            lines.push(self.say("alarm-account", &[("account", account.into())]));
        }
        lines.push(self.say("alarm-reference", &[("reference", reference.into())]));
        lines
    }

    fn card(&self, body: &CardBody) -> CardWords {
        match body {
            CardBody::IsItYou { place, reference } => CardWords {
                title: self.say("card-is-it-you", &[("kiosk", (&place.kiosk).into())]),
                text: self.say("card-is-it-you-text", &[("reference", reference.into())]),
                buttons: vec![(CardButton::NotMe, self.say("card-not-me", &[]))],
            },
            CardBody::Freeze { span } => {
                let span = self.words.texts.span(self.language, *span);
                CardWords {
                    title: self.say("card-freeze", &[]),
                    text: self.say("card-freeze-text", &[("span", (&span).into())]),
                    buttons: vec![(CardButton::Freeze, self.say("card-freeze-yes", &[]))],
                }
            }
        }
    }

    /// Date and time of day, where the site is.
    fn moment(&self, at: Timestamp) -> (String, String) {
        let words = self.words;
        (
            words.texts.date(self.language, at, &words.zone),
            words.texts.time_of_day(self.language, at, &words.zone),
        )
    }

    /// What to tell IT: by phone where the site has a number.
    fn with_it(&self, by_phone: &str, without: &str, reference: &str) -> String {
        let reference = ("reference", Value::from(reference));
        match &self.words.it_phone {
            Some(phone) => self.say(by_phone, &[("phone", phone.into()), reference]),
            None => self.say(without, &[reference]),
        }
    }

    fn say(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.words.texts.say_with(self.language, key, values)
    }
}

/// The lines, with the secret in its place. Room for all of it up front: a growing text would leave
/// copies behind.
pub(super) fn with_secret(lines: &[String], secret: &str) -> Zeroizing<String> {
    let template = lines.join("\n");
    let (before, after) = template.split_once(CODE_PLACE).unwrap_or(("", &template));
    let mut text = Zeroizing::new(String::with_capacity(template.len() + secret.len()));
    for part in [before, secret, after] {
        text.push_str(part);
    }
    text
}

/// A name as it may stand beside a code: runs of digits are broken up before they look like one.
fn short_numbers(name: &str) -> String {
    let mut shown = String::new();
    let mut digits = 0;
    for c in clean(name).chars().filter(|c| *c != CODE_PLACE) {
        digits = if c.is_numeric() { digits + 1 } else { 0 };
        if digits == CODE_DIGITS_MIN {
            shown.push('-');
            digits = 1;
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::WecomUserId;
    use crate::domain::code::DeskAction;
    use proptest::prelude::*;
    use std::time::Duration;

    fn words(it_phone: Option<&str>) -> NoticeWords {
        NoticeWords {
            texts: Arc::new(Texts::load()),
            site: "Contoso".to_owned(),
            it_phone: it_phone.map(str::to_owned),
            zone: TimeZone::UTC,
            public_url: "https://reset.contoso.example".to_owned(),
            languages: vec![Language::English, Language::Chinese, Language::Indonesian],
        }
    }

    fn to_lin_wei(language: &str, body: Body) -> Message {
        Message {
            to: WecomUserId::parse("lin.wei").expect("a userid"),
            language: Some(language.to_owned()),
            body,
            concerns: None,
        }
    }

    fn code(digits: &str, kiosk: &str) -> Body {
        Body::KioskCode {
            digits: CodeDigits::parse(digits, digits.len()).expect("digits"),
            kiosk: kiosk.to_owned(),
            lifetime: Duration::from_secs(300),
            reference: "2345".to_owned(),
        }
    }

    /// Runs of six digits or more.
    fn long_numbers(text: &str) -> Vec<&str> {
        text.split(|c: char| !c.is_numeric())
            .filter(|run| run.chars().count() >= CODE_DIGITS_MIN)
            .collect()
    }

    #[test]
    fn a_code_says_where_to_type_it_and_to_read_it_to_nobody() {
        let words = words(Some("+86 21 12345678"));
        let text = words.text(&to_lin_wei("en", code("482913", "lobby-1")));
        assert!(text.starts_with("482913 is your code"), "{}", *text);
        assert!(
            text.contains("Type it at lobby-1; read it to nobody, IT neither."),
            "{}",
            *text
        );
        assert!(text.contains("5 minutes"));
    }

    #[test]
    fn the_code_is_the_only_long_number_in_every_language() {
        let words = words(Some("13800138000"));
        for language in Language::ALL {
            for digits in ["482913", "48291377"] {
                let message = to_lin_wei(language.tag(), code(digits, "kiosk-20261122"));
                let text = words.text(&message);
                assert_eq!(long_numbers(&text), [digits], "{}", *text);
                assert!(!text.contains(CODE_PLACE));
            }
        }
    }

    #[test]
    fn a_change_says_when_where_and_what_to_do_if_it_was_somebody_else() {
        let body = || Body::Changed {
            kiosk: "lobby-1".to_owned(),
            at: Timestamp::from_secs(1_805_759_999),
            reference: "K4T9".to_owned(),
        };
        let text = words(Some("8000")).text(&to_lin_wei("en", body()));
        for part in [
            "lobby-1",
            "22 March 2027",
            "23:59",
            "Not you? Call IT on 8000",
            "K4T9",
        ] {
            assert!(text.contains(part), "{part} in {}", *text);
        }
        let text = words(None).text(&to_lin_wei("zh-CN", body()));
        for part in ["lobby-1", "2027年3月22日", "不是您", "K4T9"] {
            assert!(text.contains(part), "{part} in {}", *text);
        }
        assert!(
            words(None)
                .text(&to_lin_wei("id", body()))
                .contains("Bukan Anda?")
        );
    }

    #[test]
    fn every_other_notice_names_the_kiosk_and_the_reference() {
        let words = words(Some("8000"));
        let (kiosk, reference) = ("lobby-1".to_owned(), "K4T9".to_owned());
        for language in Language::ALL {
            let mut texts = Vec::new();
            for outcome in [Outcome::Changed, Outcome::Failed, Outcome::Unknown] {
                let (kiosk, reference) = (kiosk.clone(), reference.clone());
                texts.push(Body::Settled {
                    outcome,
                    kiosk,
                    reference,
                });
            }
            for why in [
                NotAllowed::Disabled,
                NotAllowed::Protected,
                NotAllowed::Frozen {
                    until: Timestamp::from_secs(1_795_000_000),
                },
            ] {
                let (kiosk, reference) = (kiosk.clone(), reference.clone());
                texts.push(Body::NotAllowed {
                    why,
                    kiosk,
                    reference,
                });
            }
            let texts: Vec<_> = texts
                .into_iter()
                .map(|body| words.text(&to_lin_wei(language.tag(), body)))
                .collect();
            for text in &texts {
                assert!(
                    text.contains("lobby-1") && text.contains("K4T9"),
                    "{}",
                    **text
                );
                assert!(
                    text.contains("8000") && !text.contains("notice-"),
                    "{}",
                    **text
                );
            }
            let different: std::collections::BTreeSet<_> = texts.iter().map(|t| &***t).collect();
            assert_eq!(different.len(), texts.len());
        }
    }

    #[test]
    fn a_desks_code_names_the_operator_the_ticket_and_the_action() {
        let words = words(Some("13800138000"));
        for language in Language::ALL {
            let of = |action| {
                let body = Body::DeskCode {
                    digits: CodeDigits::parse("482913", 6).expect("digits"),
                    action,
                    operator: "wang.min".to_owned(),
                    lifetime: Duration::from_secs(300),
                    reference: "K4T9".to_owned(),
                };
                words.text(&to_lin_wei(language.tag(), body))
            };
            let texts = [DeskAction::Password, DeskAction::Unlock].map(of);
            for (text, action) in texts.iter().zip(desk_actions(language)) {
                let first = text.lines().next().expect("a line");
                assert!(first.contains(action), "{first}");
                assert!(text.contains("wang.min") && text.contains("K4T9"));
                assert_eq!(long_numbers(text), ["482913"], "{}", **text);
            }
        }
    }

    /// What the code is for, as its message says it.
    fn desk_actions(language: Language) -> [&'static str; 2] {
        match language {
            Language::English => ["for a new password", "to unlock your account"],
            Language::Chinese => ["设置新密码的验证码", "解锁账号的验证码"],
            Language::Indonesian => ["untuk kata sandi baru", "untuk membuka kunci akun"],
        }
    }

    #[test]
    fn people_without_a_language_are_told_in_the_sites_first() {
        let mut message = to_lin_wei("xx", code("482913", "lobby-1"));
        assert!(words(None).text(&message).contains("your code"));
        message.language = None;
        let mut indonesian = words(None);
        indonesian.languages.reverse();
        assert!(indonesian.text(&message).contains("kode Anda"));
    }

    proptest! {
        #[test]
        fn whatever_site_and_kiosk_are_called_the_code_stands_alone(
            site in "[a-zA-Z0-9 \u{f8ff}\\x1b٣]{0,30}", kiosk in "[a-z0-9-]{0,30}"
        ) {
            let mut words = words(None);
            words.site = site;
            let text = words.text(&to_lin_wei("en", code("482913", &kiosk)));
            prop_assert_eq!(long_numbers(&text), ["482913"]);
            prop_assert!(text.lines().all(|line| !line.chars().any(char::is_control)));
        }
    }
}
