//! Resets of somebody whom WeCom vouches for.

use super::*;
use crate::flow::grant::Grant;

impl Story {
    fn vouched(lasting: Lasting) -> Self {
        let mut story = Self::begin();
        let vouched = Vouched::by_channel(WecomUserId::parse("linwei").unwrap());
        let (reset, effects) = Reset::begin_vouched(story.reset.setup.clone(), vouched, lasting);
        story.reset = reset;
        story.effects = effects;
        story
    }

    /// Their account was found before.
    fn begun_found(account: Account) -> Self {
        let mut story = Self::begin();
        let vouched = Vouched::by_channel(WecomUserId::parse("linwei").unwrap());
        let (reset, effects) = Reset::begin_found(
            story.reset.setup.clone(),
            vouched,
            Lasting::ByPolicy,
            Box::new(account),
            story.now,
            &story.entropy,
        );
        story.reset = reset;
        story.effects = effects;
        story
    }

    fn found(&mut self, account: Account) -> &mut Self {
        self.hears(Answer::MemberFound(Ok(Some(Box::new(account)))))
    }

    fn read(&mut self, account: Account) -> &mut Self {
        let read = (Box::new(account), policy());
        self.hears(Answer::AccountRead(Ok(Some(read))))
    }

    fn grant(&mut self) -> Option<Grant> {
        let effects = std::mem::take(&mut self.effects);
        effects.into_iter().find_map(|effect| match effect {
            Effect::SetPassword { grant, .. } => Some(grant),
            _ => None,
        })
    }

    /// Why it ended.
    fn ended(&self) -> &Refusal {
        match self.prompt() {
            Prompt::Ended { refusal, .. } => refusal,
            other => panic!("it goes on: {other:?}"),
        }
    }
}

fn frozen() -> Account {
    Account {
        standing: Standing::Frozen {
            until: Timestamp::from_secs(1_795_400_000),
        },
        ..lin_wei()
    }
}

#[test]
fn a_vouched_member_comes_straight_to_the_password_of_their_own_account() {
    for lasting in [Lasting::ByPolicy, Lasting::UntilSignIn] {
        let mut story = Story::vouched(lasting);
        assert!(story.asks(|e| matches!(e, Effect::FindMember(_))));
        story.found(lin_wei()).read(lin_wei());
        assert!(matches!(
            story.prompt(),
            Prompt::NewPassword {
                refusal: None,
                busy: false,
                ..
            }
        ));
        story.marked();
        let grant = story.hears(Answer::IntentOpened(Ok(Opened::Open))).grant();
        let grant = grant.expect("the directory is asked");
        assert_eq!(grant.account(), &lin_wei().key);
        assert_eq!(grant.lasting(), lasting);
    }
}

#[test]
fn an_account_that_does_not_lead_back_to_the_member_is_none() {
    for wecom in [None, WecomUserId::parse("SitiRahma")] {
        let mut story = Story::vouched(Lasting::ByPolicy);
        story.found(Account { wecom, ..lin_wei() });
        assert_eq!(story.ended(), &Refusal::NoAccount);
    }
    let mut story = Story::vouched(Lasting::ByPolicy);
    story.hears(Answer::MemberFound(Ok(None)));
    assert_eq!(story.ended(), &Refusal::NoAccount);
    assert_eq!(story.recorded(), [("reset_ended", "unmapped")]);
}

#[test]
fn an_account_that_was_found_before_is_judged_the_same() {
    let mut story = Story::begun_found(lin_wei());
    assert!(!story.asks(|e| matches!(e, Effect::FindMember(_))));
    assert!(story.asks(|e| matches!(e, Effect::ReadPolicy(_))));
    assert_eq!(story.recorded(), [("reset_started", "vouched")]);
    story.read(lin_wei());
    assert!(matches!(story.prompt(), Prompt::NewPassword { .. }));

    let theirs = WecomUserId::parse("SitiRahma");
    let story = Story::begun_found(Account {
        wecom: theirs,
        ..lin_wei()
    });
    assert_eq!(story.ended(), &Refusal::NoAccount);
    let standing = Standing::Protected;
    let story = Story::begun_found(Account {
        standing,
        ..lin_wei()
    });
    assert_eq!(story.ended(), &Refusal::Protected);
    let story = Story::begun_found(frozen());
    assert!(matches!(story.prompt(), Prompt::Frozen { .. }));
}

#[test]
fn whoever_may_not_be_reset_is_told_why() {
    for (standing, refusal) in [
        (Standing::Disabled, Refusal::Disabled),
        (Standing::Protected, Refusal::Protected),
    ] {
        let mut story = Story::vouched(Lasting::UntilSignIn);
        story.found(Account {
            standing,
            ..lin_wei()
        });
        assert_eq!(story.ended(), &refusal);
    }
}

#[test]
fn the_mapping_is_looked_at_again_before_the_change() {
    let moved = Account {
        wecom: WecomUserId::parse("SitiRahma"),
        ..lin_wei()
    };
    let mut story = Story::vouched(Lasting::ByPolicy);
    story.found(lin_wei()).read(moved.clone());
    assert_eq!(story.ended(), &Refusal::AccountNotAllowed);

    for late in [moved, frozen()] {
        let mut story = Story::vouched(Lasting::ByPolicy);
        story.found(lin_wei()).read(lin_wei());
        story.types(Input::NewPassword(
            Password::new("teal otters juggle").unwrap(),
        ));
        story.hears(Answer::Assessed(report(Verdict::Met)));
        story.hears(Answer::Marked(Ok(Some(seen(&late)))));
        assert_eq!(story.ended(), &Refusal::AccountNotAllowed);
    }
}

#[test]
fn a_frozen_account_goes_on_only_after_its_employee_has_thawed_it() {
    let mut story = Story::vouched(Lasting::ByPolicy);
    story.found(frozen());
    assert!(matches!(story.prompt(), Prompt::Frozen { .. }));
    // Nothing else leads on from here.
    story.types(Input::NewPassword(
        Password::new("teal otters juggle").unwrap(),
    ));
    assert!(story.effects.is_empty());
    story.read(lin_wei());
    assert!(story.effects.is_empty());

    story.types(Input::Unfreeze);
    let record = story.effects.iter().find_map(|effect| match effect {
        Effect::Unfreeze(record) => Some((record.kind.as_str(), record.result)),
        _ => None,
    });
    assert_eq!(record, Some(("freeze", "unfrozen")));
    story.hears(Answer::Unfrozen(Ok(())));
    assert!(
        story.asks(|e| matches!(e, Effect::FindMember(_))),
        "it is looked at again"
    );
    story.found(frozen());
    assert!(
        matches!(story.prompt(), Prompt::Frozen { .. }),
        "frozen once more"
    );
}

#[test]
fn nobody_thaws_what_is_not_frozen() {
    let mut story = Story::vouched(Lasting::ByPolicy);
    story.types(Input::Unfreeze);
    assert!(story.effects.is_empty());
    story.found(lin_wei());
    story.types(Input::Unfreeze);
    assert!(story.effects.is_empty());
}

#[test]
fn not_me_while_the_password_is_typed_ends_the_reset() {
    let mut story = Story::vouched(Lasting::ByPolicy);
    story.found(lin_wei()).read(lin_wei()).marked();
    story.hears(Answer::IntentOpened(Ok(Opened::Objected)));
    assert!(!story.asks(asks_directory));
    assert_eq!(story.ended(), &Refusal::Objected);
}

#[test]
fn a_directory_that_stays_silent_ends_it_in_the_end() {
    let mut story = Story::vouched(Lasting::ByPolicy);
    let mut asked = 1;
    loop {
        let down = DirectoryDown::Unreachable("simulated".to_owned());
        story.hears(Answer::MemberFound(Err(down)));
        if !story.asks(|e| matches!(e, Effect::Timer(Timer::Again, _))) {
            break;
        }
        story.hears(Answer::Timer(Timer::Again));
        assert!(story.asks(|e| matches!(e, Effect::FindMember(_))));
        asked += 1;
        assert!(asked < 20, "it asks for ever");
    }
    assert_eq!(story.ended(), &Refusal::DirectoryDown);
}

/// What may come in any order, but what makes a proof.
fn anything() -> impl Strategy<Value = u8> {
    0u8..12
}

fn event(number: u8) -> Event {
    let account = || Some((Box::new(lin_wei()), policy()));
    let answer = match number {
        0 => {
            return Event::Input(Input::NewPassword(
                Password::new("teal otters juggle").unwrap(),
            ));
        }
        1 => return Event::Input(Input::Unfreeze),
        2 => return Event::Input(Input::Code(CodeDigits::parse("482913", 6).unwrap())),
        3 => return Event::Input(Input::Login(LoginName::parse("lin.wei").unwrap())),
        4 => Answer::Judged(Ok(Judgement::Right)),
        5 => Answer::AccountRead(Ok(account())),
        6 => Answer::Assessed(report(Verdict::Met)),
        7 => Answer::Marked(Ok(Some(seen(&lin_wei())))),
        8 => Answer::IntentOpened(Ok(Opened::Open)),
        9 => Answer::Unfrozen(Ok(())),
        10 => Answer::Timer(Timer::Again),
        _ => Answer::MemberFound(Ok(Some(Box::new(Account {
            wecom: WecomUserId::parse("SitiRahma"),
            ..lin_wei()
        })))),
    };
    Event::Answer(answer)
}

proptest! {
    /// Step skipping: without an account that leads back to the member, no order of events makes
    /// a grant.
    #[test]
    fn no_order_of_events_sets_a_password_for_somebody_else(
        events in prop::collection::vec(anything(), 0..40)
    ) {
        let mut story = Story::vouched(Lasting::ByPolicy);
        for number in events {
            story.feed(event(number));
            prop_assert!(!story.asks(asks_directory));
        }
    }
}
