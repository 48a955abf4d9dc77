//! Renewing with the old password.

use super::*;
use crate::domain::account::Lockout;
use crate::flow::ports::OldPasswordVerdict;

const TICK: Duration = limits::ANSWER_TICK;

impl Story {
    /// Name and old password are submitted and the name is looked up.
    fn renews(&mut self, account: Option<Account>) -> &mut Self {
        self.types(Input::Renew {
            login: LoginName::parse("lin.wei").unwrap(),
            old: Password::new("Teapot-Lantern-41").unwrap(),
        });
        self.hears(Answer::KioskAttempt(Ok(Permission::Now)));
        self.waits(Duration::from_millis(30));
        self.hears(Answer::LookedUp {
            account: Ok(account.map(Box::new)),
            nobody: Subject::Nobody("5f".to_owned()),
            channel: Ok(()),
        })
    }

    fn counted(&mut self) -> &mut Self {
        self.hears(Answer::OldPasswordTried(Ok(Permission::Now)))
    }

    /// The directory's answer, and the tick it is held back to.
    fn judged_old(&mut self, verdict: OldPasswordVerdict) -> &mut Self {
        self.waits(Duration::from_millis(20));
        self.hears(Answer::OldPasswordJudged(Ok(verdict)));
        self.waits(Duration::from_millis(350))
            .hears(Answer::Timer(Timer::Answer))
    }

    /// The DN that the directory is asked about: one, none, or not asked at all.
    fn asked_about(&self) -> Option<Option<&str>> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::JudgeOldPassword { dn, .. } => Some(dn.as_ref().map(EntryDn::as_str)),
            _ => None,
        })
    }

    fn refused(&self) -> &Refusal {
        match self.prompt() {
            Prompt::Login {
                refusal: Some(refusal),
            } => refusal,
            other => panic!("refused: {other:?}"),
        }
    }
}

#[test]
fn the_old_password_leads_to_a_new_one() {
    let mut story = Story::begin();
    story.renews(Some(lin_wei()));
    assert!(
        story.asks(|e| matches!(e, Effect::CountOldPassword(tried)
            if tried.subject == Subject::Account(lin_wei().key))),
        "counted before the directory is asked"
    );
    assert_eq!(story.asked_about(), None);
    story.counted();
    assert_eq!(story.asked_about(), Some(Some(lin_wei().dn.as_str())));
    story.judged_old(OldPasswordVerdict::Right);
    assert_eq!(story.recorded(), [("old_password_judged", "right")]);
    assert!(story.asks(|e| matches!(e, Effect::ForgetOldPasswords(_))));
    story.hears(Answer::AccountRead(Ok(Some((
        Box::new(lin_wei()),
        policy(),
    )))));
    let Prompt::NewPassword { policy, login, .. } = story.prompt() else {
        panic!("a new password is asked for");
    };
    assert_eq!(login, "lin.wei");
    let report = policy.report_live(&Password::new("Teapot-Lantern-42").unwrap());
    assert!(report.lines.contains(&(Rule::NotLikeOld, Verdict::NotMet)));
    story.marked().hears(Answer::IntentOpened(Ok(Opened::Open)));
    assert!(story.asks(asks_directory));
}

#[test]
fn without_wecom_the_old_password_is_still_a_proof_and_nobody_is_told() {
    let unmapped = Account {
        wecom: None,
        ..lin_wei()
    };
    let mut story = Story::begin();
    story.renews(Some(unmapped.clone())).counted();
    story.judged_old(OldPasswordVerdict::Right);
    let read = Box::new(unmapped.clone());
    story.hears(Answer::AccountRead(Ok(Some((read, policy())))));
    let new = Password::new("teal otters juggle").unwrap();
    story.types(Input::NewPassword(new));
    story.hears(Answer::Assessed(report(Verdict::Met)));
    story.hears(Answer::Marked(Ok(Some(seen(&unmapped)))));
    story.hears(Answer::IntentOpened(Ok(Opened::Open)));
    story.hears(Answer::PasswordSet(SetOutcome::Changed));
    story.hears(Answer::Proved(ProvingBind::Works));
    story.hears(Answer::IntentClosed(Ok(())));
    assert!(!story.asks(|e| matches!(e, Effect::Send(..))));
    let told = matches!(story.prompt(), Prompt::Done { progress, .. } if progress.told == Step::No);
    assert!(told, "{:?}", story.prompt());
}

/// Rule 3: whatever stands against it, the same prompts at the same moments, and the directory is
/// asked all the same.
#[test]
fn every_login_name_sees_the_same_until_the_old_password_is_right() {
    let with = |standing| Account {
        standing,
        ..lin_wei()
    };
    let aged = |age| Account { age, ..lin_wei() };
    let locked = PasswordAge {
        locked: true,
        ..PasswordAge::default()
    };
    let nearly_locked = PasswordAge {
        lockout: Lockout {
            locks_at: Some(5),
            wrong: 3,
            ..Lockout::default()
        },
        ..PasswordAge::default()
    };
    let until = Timestamp::from_secs(1_900_000_000);
    let mut seen = Vec::new();
    for (who, account, asked) in [
        ("nobody", None, false),
        ("wrong", Some(lin_wei()), true),
        ("disabled", Some(with(Standing::Disabled)), false),
        ("protected", Some(with(Standing::Protected)), false),
        ("frozen", Some(with(Standing::Frozen { until })), false),
        ("locked", Some(aged(locked)), false),
        ("nearly_locked", Some(aged(nearly_locked)), false),
    ] {
        let mut story = Story::begin();
        story.renews(account).counted();
        let dn = story.asked_about().expect("the directory is always asked");
        assert_eq!(dn.is_some(), asked, "{who}");
        // Even a directory that took nobody's password proves nothing.
        let verdict = if asked {
            OldPasswordVerdict::Wrong
        } else {
            OldPasswordVerdict::Right
        };
        story.waits(Duration::from_millis(20));
        story.hears(Answer::OldPasswordJudged(Ok(verdict)));
        let tick = story.effects.iter().find_map(|effect| match effect {
            Effect::Timer(Timer::Answer, length) => Some(*length),
            _ => None,
        });
        story.hears(Answer::Timer(Timer::Answer));
        assert_eq!(story.recorded(), [("old_password_judged", who)]);
        seen.push((tick, story.prompt().clone()));
    }
    let first = seen.first().unwrap();
    assert_eq!(first.0, Some(TICK - Duration::from_millis(50)));
    assert!(seen.iter().all(|one| one == first), "{seen:?}");
}

#[test]
fn an_old_password_beyond_the_limit_is_not_tried() {
    let mut story = Story::begin();
    story.renews(Some(lin_wei()));
    let later = Timestamp::from_secs(1_900_000_000);
    story.hears(Answer::OldPasswordTried(Ok(Permission::At(later))));
    assert_eq!(
        story.asked_about(),
        Some(None),
        "about nobody, all the same"
    );
    story.judged_old(OldPasswordVerdict::Right);
    assert_eq!(story.recorded(), [("old_password_judged", "too_many")]);
    assert_eq!(*story.refused(), Refusal::OldPasswordNotRight);
    assert!(!story.asks(|e| matches!(e, Effect::ReadAccount(..))));
}

#[test]
fn what_cannot_be_counted_is_not_tried() {
    let mut story = Story::begin();
    story.renews(Some(lin_wei()));
    let broken = StoreError("full".to_owned());
    story.hears(Answer::OldPasswordTried(Err(broken)));
    assert_eq!(story.asked_about(), None);
    let ended =
        matches!(story.prompt(), Prompt::Ended { refusal, .. } if *refusal == Refusal::StoreDown);
    assert!(ended);
}

#[test]
fn an_expired_password_leads_to_the_code() {
    let mut story = Story::begin();
    story.renews(Some(lin_wei())).counted();
    story.judged_old(OldPasswordVerdict::Expired);
    let Prompt::Code { refusal, .. } = story.prompt() else {
        panic!("a code is asked for: {:?}", story.prompt());
    };
    assert_eq!(*refusal, Some(Refusal::OldPasswordExpired));
    assert!(story.asks(|e| matches!(
        e,
        Effect::IssueCode {
            digits: Some(_),
            ..
        }
    )));
    story.submitted_code();
    story.hears(Answer::Judged(Ok(Judgement::Right)));
    assert!(story.asks(|e| matches!(e, Effect::ReadAccount(..))));
}

#[test]
fn after_a_refusal_both_ways_are_open() {
    let mut story = Story::begin();
    story.renews(Some(lin_wei())).counted();
    story.judged_old(OldPasswordVerdict::Wrong);
    assert_eq!(*story.refused(), Refusal::OldPasswordNotRight);
    story.renews(Some(lin_wei())).counted();
    story.judged_old(OldPasswordVerdict::Right);
    assert!(story.asks(|e| matches!(e, Effect::ReadAccount(..))));
    let mut story = Story::begin();
    story.renews(None).counted();
    story.judged_old(OldPasswordVerdict::Wrong);
    story.looked_up(Some(lin_wei()));
    assert!(matches!(story.prompt(), Prompt::Code { .. }));
}

#[test]
fn a_directory_that_does_not_answer_is_told_to_everybody() {
    let down = || DirectoryDown::Unreachable("down".to_owned());
    for account in [None, Some(lin_wei())] {
        let mut story = Story::begin();
        story.renews(account).counted();
        story.hears(Answer::OldPasswordJudged(Err(down())));
        story.hears(Answer::Timer(Timer::Answer));
        assert_eq!(*story.refused(), Refusal::DirectoryDown);
        assert_eq!(
            story.recorded(),
            [("old_password_judged", "directory_down")]
        );
    }
}

#[test]
fn the_entry_must_still_be_the_one_whose_password_it_was() {
    let mut story = Story::begin();
    story.renews(Some(lin_wei())).counted();
    story.judged_old(OldPasswordVerdict::Right);
    let other = Account {
        key: AccountKey::new("22222222-bbbb"),
        ..lin_wei()
    };
    story.hears(Answer::AccountRead(Ok(Some((Box::new(other), policy())))));
    assert!(matches!(story.prompt(), Prompt::Ended { .. }));
}

proptest! {
    /// Rule 1: no order of events leads past the old password without the directory's word on
    /// this very account.
    #[test]
    fn nothing_but_the_directorys_word_is_a_proof(order in prop::collection::vec(0usize..9, 1..40)) {
        let mut story = Story::begin();
        for n in order {
            match n {
                0 => { story.renews(Some(lin_wei())); }
                1 => { story.renews(None); }
                2 => { story.counted(); }
                3 => { story.hears(Answer::OldPasswordJudged(Ok(OldPasswordVerdict::Wrong))); }
                4 => { story.hears(Answer::Timer(Timer::Answer)); }
                5 => { story.hears(Answer::Timer(Timer::Slot)); }
                6 => { story.marked(); }
                7 => { story.types(Input::Unlock); }
                _ => { story.hears(Answer::IntentOpened(Ok(Opened::Open))); }
            }
            prop_assert!(!story.asks(asks_directory));
            let unlocks = |e: &Effect| matches!(e, Effect::Unlock { .. } | Effect::ReadAccount(..));
            prop_assert!(!story.asks(unlocks));
        }
    }
}
