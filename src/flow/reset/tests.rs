//! The rules one by one, on the engine alone: events in, effects out, no I/O.

mod at_desk;
mod renewing;
mod unlocking;

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::account::{
    Account, AccountKey, EntryDn, LoginName, PasswordAge, Standing, WecomUserId,
};
use crate::domain::code::{Judgement, Subject};
use crate::domain::limits;
use crate::domain::policy::{DirectoryPolicy, LengthUnit, Report, Rule, Verdict};
use crate::domain::secret::{CodeDigits, Password};
use crate::domain::throttle::Permission;
use crate::flow::effect::{Purpose, Timer};
use crate::flow::message::{Body, NotAllowed};
use crate::flow::ports::{
    ChangeMark, DirectoryDown, DirectoryRefusal, Issued, Landed, Marked, Opened, Outcome,
    ProvingBind, SendError, SentMessage, ServerUrl, SetOutcome, StoreError,
};
use crate::flow::prompt::{ProofOfChange, Step};

mod vouched;

/// Counts up: random enough for one test, the same in every run.
#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(41, Ordering::Relaxed);
        }
    }
}

/// One reset and everything it asked for.
struct Story {
    reset: Reset,
    now: Now,
    entropy: Counting,
    effects: Vec<Effect>,
}

impl Story {
    fn begin() -> Self {
        let setup = Setup {
            reset: ResetId::from_bytes([7; 16]),
            place: Place {
                front: "kiosk",
                kiosk: "lobby-1".to_owned(),
            },
            code: CodeRules {
                digits: 6,
                lifetime: Duration::from_secs(300),
                tries: 5,
            },
            site: SitePolicy {
                max_age: Duration::from_secs(120 * 86_400),
                min_length: 12,
                min_strength: 3,
                words: vec!["contoso".to_owned()],
            },
        };
        let (reset, effects) = Reset::begin(setup);
        let now = Now {
            wall: Timestamp::from_secs(1_795_337_700),
            mono: Duration::from_secs(5),
        };
        Self {
            reset,
            now,
            entropy: Counting::default(),
            effects,
        }
    }

    /// Feeds one event; what it asks for replaces the last effects.
    fn feed(&mut self, event: Event) -> &mut Self {
        self.effects = self.reset.step(self.now, &self.entropy, event);
        self
    }

    fn types(&mut self, input: Input) -> &mut Self {
        self.feed(Event::Input(input))
    }

    fn hears(&mut self, answer: Answer) -> &mut Self {
        self.feed(Event::Answer(answer))
    }

    fn waits(&mut self, length: Duration) -> &mut Self {
        self.now = self.now.plus(length);
        self
    }

    fn prompts(&self) -> Vec<&Prompt> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Show(prompt) => Some(prompt),
                _ => None,
            })
            .collect()
    }

    fn prompt(&self) -> &Prompt {
        self.prompts().last().expect("a prompt")
    }

    fn asks(&self, what: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(what)
    }

    fn recorded(&self) -> Vec<(&'static str, &'static str)> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Audit(event) => Some((event.kind.as_str(), event.result)),
                _ => None,
            })
            .collect()
    }

    /// Lin Wei's login name is submitted and looked up.
    fn looked_up(&mut self, account: Option<Account>) -> &mut Self {
        let login = LoginName::parse("lin.wei").unwrap();
        self.types(Input::Login(login));
        self.hears(Answer::KioskAttempt(Ok(Permission::Now)));
        self.waits(Duration::from_millis(30));
        self.hears(Answer::LookedUp {
            account: Ok(account.map(Box::new)),
            nobody: Subject::Nobody("5f".to_owned()),
            channel: Ok(()),
        });
        self.waits(Duration::from_millis(370))
            .hears(Answer::Timer(Timer::Answer))
    }

    /// The code was sent and typed; the judgement is still to come.
    fn submitted_code(&mut self) -> &mut Self {
        self.hears(Answer::Issued(
            Ok(Issued::Send),
            CodeDigits::parse("482913", 6),
        ));
        let sent = SentMessage {
            id: "m1".to_owned(),
        };
        self.hears(Answer::Sent(Purpose::Code, Ok(sent)));
        self.types(Input::Code(CodeDigits::parse("482913", 6).unwrap()));
        self.hears(Answer::KioskAttempt(Ok(Permission::Now)))
    }

    fn proved(&mut self) -> &mut Self {
        self.looked_up(Some(lin_wei())).submitted_code();
        self.hears(Answer::Judged(Ok(Judgement::Right)));
        self.hears(Answer::AccountRead(Ok(Some((
            Box::new(lin_wei()),
            policy(),
        )))))
    }

    fn marked(&mut self) -> &mut Self {
        self.types(Input::NewPassword(
            Password::new("teal otters juggle").unwrap(),
        ));
        self.hears(Answer::Assessed(report(Verdict::Met)));
        self.hears(Answer::Marked(Ok(Some(seen(&lin_wei())))))
    }

    /// The directory has been asked; the grant it was given.
    fn asked(&mut self) -> crate::flow::grant::Grant {
        self.proved()
            .marked()
            .hears(Answer::IntentOpened(Ok(Opened::Open)));
        let grants =
            std::mem::take(&mut self.effects)
                .into_iter()
                .find_map(|effect| match effect {
                    Effect::SetPassword { grant, .. } => Some(grant),
                    _ => None,
                });
        grants.expect("the directory is asked")
    }
}

fn lin_wei() -> Account {
    Account {
        key: AccountKey::new("11111111-AAAA"),
        dn: EntryDn::new("uid=lin.wei,ou=people,dc=contoso,dc=example".to_owned()),
        login: "lin.wei".to_owned(),
        display_name: "Lin Wei".to_owned(),
        person_words: vec!["Lin Wei".to_owned()],
        wecom: WecomUserId::parse("LinWei"),
        language: None,
        standing: Standing::Eligible,
        age: PasswordAge::default(),
        demands: DirectoryPolicy::default(),
    }
}

fn policy() -> DirectoryPolicy {
    DirectoryPolicy {
        min_length: Some((12, LengthUnit::Bytes)),
        history: Some(5),
        max_age: Some(Duration::from_secs(90 * 86_400)),
        ..DirectoryPolicy::default()
    }
}

/// What a last look sees of `account`.
fn seen(account: &Account) -> Box<Marked> {
    Box::new(Marked::of(account, mark()))
}

fn mark() -> ChangeMark {
    ChangeMark {
        server: ServerUrl("ldaps://ldap1".to_owned()),
        entry_mark: "1".to_owned(),
        password_mark: "1".to_owned(),
    }
}

fn report(verdict: Verdict) -> Report {
    Report {
        lines: vec![(Rule::NotCommon, verdict)],
        strength: crate::domain::strength::Strength::default(),
    }
}

fn asks_directory(effect: &Effect) -> bool {
    matches!(effect, Effect::SetPassword { .. })
}

#[test]
fn a_right_code_leads_to_a_proved_change() {
    let mut story = Story::begin();
    let grant = story.asked();
    assert_eq!(grant.account(), &lin_wei().key);
    story.hears(Answer::PasswordSet(SetOutcome::Changed));
    assert!(
        story.asks(|e| matches!(e, Effect::Prove { .. })),
        "proved before any word of done"
    );
    story.hears(Answer::Proved(ProvingBind::Works));
    assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, Outcome::Changed))));
    story.hears(Answer::IntentClosed(Ok(())));
    story.hears(Answer::Sent(
        Purpose::Changed,
        Ok(SentMessage {
            id: "m2".to_owned(),
        }),
    ));
    let Prompt::Done {
        progress,
        proof,
        expires_at,
        ..
    } = story.prompt()
    else {
        panic!("done is said");
    };
    assert_eq!((*proof, progress.told), (ProofOfChange::Bind, Step::Ok));
    let ninety_days = story.now.wall.plus(Duration::from_secs(90 * 86_400));
    assert_eq!(
        *expires_at,
        Some(ninety_days),
        "the stricter of directory and site"
    );
}

#[test]
fn every_login_name_sees_the_same_screens_until_the_proof() {
    let as_seen = |account: Option<Account>| {
        let mut story = Story::begin();
        let mut seen = Vec::new();
        story.looked_up(account);
        seen.extend(story.prompts().into_iter().cloned());
        story.hears(Answer::Issued(Ok(Issued::Send), None));
        seen.extend(story.prompts().into_iter().cloned());
        story.types(Input::Code(CodeDigits::parse("000000", 6).unwrap()));
        seen.extend(story.prompts().into_iter().cloned());
        story.hears(Answer::KioskAttempt(Ok(Permission::Now)));
        story.hears(Answer::Judged(Ok(Judgement::Wrong { left: 4 })));
        seen.extend(story.prompts().into_iter().cloned());
        seen
    };
    let known = as_seen(Some(lin_wei()));
    assert_eq!(known.len(), 3, "code, judging, wrong");
    for other in [
        None,
        Some(Account {
            standing: Standing::Disabled,
            ..lin_wei()
        }),
        Some(Account {
            standing: Standing::Protected,
            ..lin_wei()
        }),
        Some(Account {
            wecom: None,
            ..lin_wei()
        }),
    ] {
        assert_eq!(as_seen(other), known);
    }
}

#[test]
fn an_answer_comes_at_a_whole_tick_however_long_the_lookup_takes() {
    for (lookup, wait) in [(30, 370), (399, 1), (401, 399), (1000, 200)] {
        let mut story = Story::begin();
        story.types(Input::Login(LoginName::parse("lin.wei").unwrap()));
        story.hears(Answer::KioskAttempt(Ok(Permission::Now)));
        story
            .waits(Duration::from_millis(lookup))
            .hears(Answer::LookedUp {
                account: Ok(None),
                nobody: Subject::Nobody("5f".to_owned()),
                channel: Ok(()),
            });
        assert!(
            story.prompts().is_empty(),
            "nothing is said before the tick"
        );
        let due = story.effects.iter().find_map(|effect| match effect {
            Effect::Timer(Timer::Answer, length) => Some(*length),
            _ => None,
        });
        assert_eq!(
            due,
            Some(Duration::from_millis(wait)),
            "after a lookup of {lookup} ms"
        );
    }
}

#[test]
fn a_protected_employee_is_told_on_the_phone_and_nobody_gets_a_code() {
    let mut story = Story::begin();
    story.looked_up(Some(Account {
        standing: Standing::Protected,
        ..lin_wei()
    }));
    let decoy = story.asks(|e| matches!(e, Effect::IssueCode { digits: None, .. }));
    assert!(decoy, "a decoy is stored in place of a code");
    assert_eq!(story.recorded(), [("reset_started", "protected")]);
    story.hears(Answer::Issued(Ok(Issued::Send), None));
    let told = story.asks(|effect| {
        matches!(effect, Effect::Send(message, Purpose::NotAllowed)
            if matches!(message.body, Body::NotAllowed { why: NotAllowed::Protected, .. }))
    });
    assert!(told);
    assert!(story.prompts().is_empty(), "the screen says nothing of it");
}

#[test]
fn a_decoy_leads_nowhere_even_if_a_store_called_it_right() {
    for account in [
        None,
        Some(Account {
            standing: Standing::Disabled,
            ..lin_wei()
        }),
    ] {
        let mut story = Story::begin();
        story.looked_up(account).submitted_code();
        story.hears(Answer::Judged(Ok(Judgement::Right)));
        assert!(matches!(story.prompt(), Prompt::Ended { .. }));
    }
}

#[test]
fn what_concerns_everybody_is_told_to_everybody() {
    let down = DirectoryDown::Unreachable(String::new());
    let busy = SendError::ChannelDown(String::new());
    for (account, channel, refusal) in [
        (Err(down), Ok(()), Refusal::DirectoryDown),
        (
            Ok(Some(Box::new(lin_wei()))),
            Err(busy.clone()),
            Refusal::ChannelDown,
        ),
        (Ok(None), Err(busy), Refusal::ChannelDown),
    ] {
        let mut story = Story::begin();
        story.types(Input::Login(LoginName::parse("lin.wei").unwrap()));
        story.hears(Answer::KioskAttempt(Ok(Permission::Now)));
        let nobody = Subject::Nobody("5f".to_owned());
        story.hears(Answer::LookedUp {
            account,
            nobody,
            channel,
        });
        story.hears(Answer::Timer(Timer::Answer));
        assert_eq!(
            story.prompt(),
            &Prompt::Login {
                refusal: Some(refusal)
            }
        );
    }
}

#[test]
fn an_expired_code_is_not_judged_by_either_clock() {
    let later = Duration::from_secs(300);
    let moved: [fn(&mut Story, Duration); 2] = [
        |story, by| story.now.wall = story.now.wall.plus(by),
        |story, by| story.now.mono += by,
    ];
    for moved in moved {
        let mut story = Story::begin();
        story.looked_up(Some(lin_wei()));
        moved(&mut story, later);
        story.types(Input::Code(CodeDigits::parse("482913", 6).unwrap()));
        assert!(!story.asks(|e| matches!(e, Effect::Judge { .. } | Effect::KioskAttempt(_))));
        assert!(matches!(
            story.prompt(),
            Prompt::Code {
                refusal: Some(Refusal::CodeExpired),
                ..
            }
        ));
        assert_eq!(story.recorded(), [("code_judged", "expired")]);
    }
}

#[test]
fn a_second_code_while_one_is_judged_is_never_a_try() {
    let mut story = Story::begin();
    story.looked_up(Some(lin_wei())).submitted_code();
    assert!(story.asks(|e| matches!(e, Effect::Judge { .. })));
    story.types(Input::Code(CodeDigits::parse("111111", 6).unwrap()));
    assert!(story.effects.is_empty());
}

#[test]
fn another_code_comes_after_its_minute_and_takes_the_first_message_back() {
    let mut story = Story::begin();
    story.looked_up(Some(lin_wei()));
    story.hears(Answer::Sent(
        Purpose::Code,
        Ok(SentMessage {
            id: "m1".to_owned(),
        }),
    ));
    story.types(Input::AnotherCode);
    let refused = Some(Refusal::ResendTooSoon {
        at: story.now.wall.plus(limits::CODE_RESEND_AFTER),
    });
    assert!(matches!(story.prompt(), Prompt::Code { refusal, .. } if *refusal == refused));
    story
        .waits(limits::CODE_RESEND_AFTER)
        .types(Input::AnotherCode);
    assert!(story.asks(|e| matches!(e, Effect::Recall(sent) if sent.id == "m1")));
    assert!(story.asks(|e| matches!(
        e,
        Effect::IssueCode {
            digits: Some(_),
            ..
        }
    )));
}

#[test]
fn a_code_over_the_budget_waits_and_the_screen_stays_the_same() {
    let mut story = Story::begin();
    story.looked_up(Some(lin_wei()));
    let at = story.now.wall.plus(Duration::from_secs(90));
    story.hears(Answer::Issued(
        Ok(Issued::Wait(at)),
        CodeDigits::parse("482913", 6),
    ));
    assert!(story.prompts().is_empty());
    assert!(
        story.asks(|e| matches!(e, Effect::Timer(Timer::Budget, length) if length.as_secs() == 90))
    );
    story.hears(Answer::Timer(Timer::Budget));
    assert!(story.asks(|e| matches!(
        e,
        Effect::IssueCode {
            digits: Some(_),
            ..
        }
    )));
}

#[test]
fn while_one_code_waits_for_its_budget_no_second_one_is_made() {
    let mut story = Story::begin();
    story.looked_up(Some(lin_wei()));
    let at = story.now.wall.plus(Duration::from_secs(90));
    story.hears(Answer::Issued(
        Ok(Issued::Wait(at)),
        CodeDigits::parse("482913", 6),
    ));
    story
        .waits(limits::CODE_RESEND_AFTER)
        .types(Input::AnotherCode);
    assert!(!story.asks(|e| matches!(e, Effect::IssueCode { .. })));
    story.waits(Duration::from_secs(290));
    story.hears(Answer::Timer(Timer::Budget));
    assert!(story.asks(|e| matches!(e, Effect::IssueCode { .. })));
    let whole_life = story.now.wall.plus(Duration::from_secs(300));
    assert!(matches!(story.prompt(), Prompt::Code { expires_at, .. } if *expires_at == whole_life));
}

#[test]
fn an_account_whose_phone_changed_since_the_proof_is_not_changed() {
    let mut story = Story::begin();
    story.proved().types(Input::NewPassword(
        Password::new("teal otters juggle").unwrap(),
    ));
    story.hears(Answer::Assessed(report(Verdict::Met)));
    let mapped_anew = Account {
        wecom: WecomUserId::parse("SomebodyElse"),
        ..lin_wei()
    };
    story.hears(Answer::Marked(Ok(Some(seen(&mapped_anew)))));
    assert!(!story.asks(|e| matches!(e, Effect::OpenIntent(_))));
}

#[test]
fn a_kiosk_that_is_hammered_slows_down_and_goes_on() {
    let mut story = Story::begin();
    story.types(Input::Login(LoginName::parse("lin.wei").unwrap()));
    let at = story.now.wall.plus(Duration::from_secs(5));
    story.hears(Answer::KioskAttempt(Ok(Permission::At(at))));
    assert_eq!(
        story.prompt(),
        &Prompt::LookingUp {
            slowed_until: Some(at)
        }
    );
    story.hears(Answer::Timer(Timer::Slot));
    assert!(story.asks(|e| matches!(e, Effect::LookUp(_))));
}

#[test]
fn nothing_is_asked_of_the_directory_before_the_intent_is_durable() {
    let mut story = Story::begin();
    story.proved().marked();
    assert!(story.asks(|e| matches!(e, Effect::OpenIntent(_))));
    assert!(!story.asks(asks_directory));
    story.hears(Answer::IntentOpened(Err(StoreError(
        "disk full".to_owned(),
    ))));
    assert!(!story.asks(asks_directory));
    assert!(matches!(
        story.prompt(),
        Prompt::Ended {
            refusal: Refusal::StoreDown,
            ..
        }
    ));
}

#[test]
fn of_two_resets_with_a_proof_the_later_one_is_dead() {
    let mut story = Story::begin();
    story
        .proved()
        .marked()
        .hears(Answer::IntentOpened(Ok(Opened::Superseded)));
    assert!(!story.asks(asks_directory));
    assert!(matches!(
        story.prompt(),
        Prompt::Ended {
            refusal: Refusal::AccountNotAllowed,
            ..
        }
    ));
}

#[test]
fn a_refusal_of_the_directory_keeps_the_proof() {
    let mut story = Story::begin();
    let grant = story.asked();
    story.hears(Answer::PasswordSet(SetOutcome::Refused(
        grant,
        DirectoryRefusal::InHistory,
    )));
    assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, Outcome::Refused))));
    story.hears(Answer::IntentClosed(Ok(())));
    let refusal = Some(Refusal::ByDirectory {
        why: DirectoryRefusal::InHistory,
        remembers: Some(5),
    });
    assert!(
        matches!(story.prompt(), Prompt::NewPassword { refusal: shown, .. } if *shown == refusal)
    );
    story.marked().hears(Answer::IntentOpened(Ok(Opened::Open)));
    assert!(
        story.asks(asks_directory),
        "another password can be tried without another code"
    );
}

#[test]
fn a_weak_password_is_refused_by_the_true_verdict() {
    let mut story = Story::begin();
    story
        .proved()
        .types(Input::NewPassword(Password::new("password").unwrap()));
    story.hears(Answer::Assessed(report(Verdict::NotMet)));
    assert!(!story.asks(|e| matches!(e, Effect::Mark(..))));
    assert_eq!(story.recorded(), [("password_judged", "refused")]);
}

#[test]
fn a_lost_answer_is_unknown_never_failed_or_done() {
    for (bind, landed) in [
        (
            ProvingBind::Unreachable,
            Err(DirectoryDown::Unreachable(String::new())),
        ),
        (ProvingBind::Wrong, Ok(Landed::NotYet)),
        (ProvingBind::Wrong, Ok(Landed::Unclear)),
        (ProvingBind::Unreachable, Ok(Landed::NotYet)),
    ] {
        let mut story = Story::begin();
        drop(story.asked());
        story.hears(Answer::PasswordSet(SetOutcome::AnswerLost));
        assert!(
            story.asks(|e| matches!(e, Effect::FindOut { .. })),
            "it is looked up"
        );
        story.hears(Answer::FoundOut(bind, landed));
        assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, Outcome::Unknown))));
        story.hears(Answer::IntentClosed(Ok(())));
        let unknown = Refusal::OutcomeUnknown;
        assert!(matches!(story.prompt(), Prompt::Ended { refusal, .. } if *refusal == unknown));
    }
}

#[test]
fn a_yes_that_the_bind_contradicts_is_not_done() {
    let mut story = Story::begin();
    drop(story.asked());
    story.hears(Answer::PasswordSet(SetOutcome::Changed));
    story.hears(Answer::Proved(ProvingBind::Wrong));
    story.hears(Answer::FoundOut(ProvingBind::Wrong, Ok(Landed::ByUs)));
    assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, Outcome::Unknown))));
}

#[test]
fn leaving_does_not_stop_a_change_under_way() {
    let mut story = Story::begin();
    drop(story.asked());
    story.types(Input::Abandon);
    assert!(story.effects.is_empty());
    story.hears(Answer::PasswordSet(SetOutcome::Changed));
    story.hears(Answer::Proved(ProvingBind::Works));
    assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, Outcome::Changed))));
}

#[test]
fn leaving_at_the_code_makes_it_useless_and_takes_it_back() {
    let mut story = Story::begin();
    story.looked_up(Some(lin_wei()));
    story.hears(Answer::Sent(
        Purpose::Code,
        Ok(SentMessage {
            id: "m1".to_owned(),
        }),
    ));
    story.types(Input::Abandon);
    assert!(story.asks(|e| matches!(e, Effect::Discard(_))));
    assert!(story.asks(|e| matches!(e, Effect::Recall(_))));
    assert_eq!(story.recorded(), [("reset_ended", "abandoned")]);
}

/// WeCom answers later than its message arrives: who is quick has typed the code by then.
#[test]
fn a_code_that_was_typed_before_wecom_answered_is_on_record_and_taken_back() {
    let moments: [fn(&mut Story); 3] = [
        |_| {},
        |story| {
            let read = Ok(Some((Box::new(lin_wei()), policy())));
            story.hears(Answer::AccountRead(read));
        },
        |story| {
            let read = Ok(Some((Box::new(lin_wei()), policy())));
            story.hears(Answer::AccountRead(read)).marked();
        },
    ];
    for moment in moments {
        let mut story = Story::begin();
        story.looked_up(Some(lin_wei()));
        let code = || CodeDigits::parse("482913", 6);
        story.hears(Answer::Issued(Ok(Issued::Send), code()));
        story.types(Input::Code(code().unwrap()));
        story.hears(Answer::KioskAttempt(Ok(Permission::Now)));
        story.hears(Answer::Judged(Ok(Judgement::Right)));
        moment(&mut story);
        let sent = SentMessage {
            id: "m1".to_owned(),
        };
        story.hears(Answer::Sent(Purpose::Code, Ok(sent)));
        assert_eq!(story.recorded(), [("code_sent", "sent")]);
        assert!(story.asks(|e| matches!(e, Effect::Recall(sent) if sent.id == "m1")));
    }
}

#[test]
fn an_account_that_became_protected_since_is_not_changed() {
    let protected = Account {
        standing: Standing::Protected,
        ..lin_wei()
    };
    let other = Account {
        key: AccountKey::new("another entry"),
        ..lin_wei()
    };
    for changed in [protected, other] {
        let mut story = Story::begin();
        story.proved().types(Input::NewPassword(
            Password::new("teal otters juggle").unwrap(),
        ));
        story.hears(Answer::Assessed(report(Verdict::Met)));
        story.hears(Answer::Marked(Ok(Some(seen(&changed)))));
        assert!(!story.asks(|e| matches!(e, Effect::OpenIntent(_))));
        assert!(matches!(
            story.prompt(),
            Prompt::Ended {
                refusal: Refusal::AccountNotAllowed,
                ..
            }
        ));
    }
}

#[test]
fn a_record_that_cannot_be_kept_ends_the_reset() {
    let mut story = Story::begin();
    story
        .proved()
        .hears(Answer::AuditFailed(StoreError("disk full".to_owned())));
    assert!(matches!(
        story.prompt(),
        Prompt::Ended {
            refusal: Refusal::StoreDown,
            ..
        }
    ));
    story.marked();
    assert!(story.effects.is_empty(), "nothing leads on");
}

/// Any event but the one that proves.
fn anything_but_right(n: u8) -> Event {
    let sent = || SentMessage { id: "m".to_owned() };
    match n % 24 {
        0 => Event::Input(Input::Login(LoginName::parse("lin.wei").unwrap())),
        1 => Event::Input(Input::Code(CodeDigits::parse("482913", 6).unwrap())),
        2 => Event::Input(Input::AnotherCode),
        3 | 4 => Event::Input(Input::NewPassword(
            Password::new("teal otters juggle").unwrap(),
        )),
        5 => Event::Answer(Answer::KioskAttempt(Ok(Permission::Now))),
        6 => Event::Answer(Answer::LookedUp {
            account: Ok(Some(Box::new(lin_wei()))),
            nobody: Subject::Nobody(String::new()),
            channel: Ok(()),
        }),
        7 => Event::Answer(Answer::Timer(Timer::Answer)),
        8 => Event::Answer(Answer::Timer(Timer::Slot)),
        9 => Event::Answer(Answer::Timer(Timer::Again)),
        10 => Event::Answer(Answer::Issued(
            Ok(Issued::Send),
            CodeDigits::parse("482913", 6),
        )),
        11 => Event::Answer(Answer::Sent(Purpose::Code, Ok(sent()))),
        12 => Event::Answer(Answer::Judged(Ok(Judgement::Wrong { left: 3 }))),
        13 => Event::Answer(Answer::Judged(Ok(Judgement::Expired))),
        14 => Event::Answer(Answer::AccountRead(Ok(Some((
            Box::new(lin_wei()),
            policy(),
        ))))),
        15 => Event::Answer(Answer::Assessed(report(Verdict::Met))),
        16 => Event::Answer(Answer::Marked(Ok(Some(seen(&lin_wei()))))),
        17 => Event::Answer(Answer::IntentOpened(Ok(Opened::Open))),
        18 => Event::Answer(Answer::PasswordSet(SetOutcome::Changed)),
        19 => Event::Answer(Answer::Proved(ProvingBind::Works)),
        20 => Event::Answer(Answer::FoundOut(ProvingBind::Works, Ok(Landed::ByUs))),
        21 => Event::Answer(Answer::IntentClosed(Ok(()))),
        22 => Event::Answer(Answer::Sent(Purpose::Changed, Ok(sent()))),
        _ => Event::Answer(Answer::Timer(Timer::Budget)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// CVE-2026-18963, LTB #24, #520: no order of events reaches the directory without a proof.
    #[test]
    fn step_skipping_never_reaches_the_directory(order in proptest::collection::vec(any::<u8>(), 1..200)) {
        let mut story = Story::begin();
        for n in order {
            story.feed(anything_but_right(n));
            let reached = story.asks(|effect| {
                matches!(effect, Effect::SetPassword { .. } | Effect::OpenIntent(_) | Effect::Assess { .. })
            });
            prop_assert!(!reached);
            let done = story.prompts().iter().any(|p| matches!(p, Prompt::Done { .. }));
            prop_assert!(!done);
        }
    }

    /// And one proof reaches it once for each "no" the directory gives back.
    #[test]
    fn one_proof_is_one_change(order in proptest::collection::vec(any::<u8>(), 1..300)) {
        let mut story = Story::begin();
        story.proved();
        let mut asked = 0;
        for n in order {
            story.feed(anything_but_right(n));
            asked += story.effects.iter().filter(|effect| asks_directory(effect)).count();
        }
        prop_assert!(asked <= 1);
    }
}
