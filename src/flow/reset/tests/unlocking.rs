//! Only unlocking, after proof.

use super::*;
use crate::flow::ports::{Act, Intent};

pub(super) fn locked() -> Account {
    Account {
        age: PasswordAge {
            locked: true,
            ..PasswordAge::default()
        },
        ..lin_wei()
    }
}

pub(super) fn can_unlock() -> DirectoryPolicy {
    DirectoryPolicy {
        can_unlock: true,
        ..policy()
    }
}

impl Story {
    /// Proved; the account is as given.
    fn reads(&mut self, account: Account, policy: DirectoryPolicy) -> &mut Self {
        self.looked_up(Some(lin_wei())).submitted_code();
        self.hears(Answer::Judged(Ok(Judgement::Right)));
        self.hears(Answer::AccountRead(Ok(Some((Box::new(account), policy)))))
    }

    fn intent(&self) -> Option<&Intent> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::OpenIntent(intent) => Some(&**intent),
            _ => None,
        })
    }

    /// The directory has been asked to unlock; the grant it was given.
    fn asked_to_unlock(&mut self) -> crate::flow::grant::Grant {
        self.reads(locked(), can_unlock()).types(Input::Unlock);
        self.hears(Answer::Marked(Ok(Some(seen(&locked())))));
        self.hears(Answer::IntentOpened(Ok(Opened::Open)));
        let mut effects = std::mem::take(&mut self.effects).into_iter();
        let grant = effects.find_map(|effect| match effect {
            Effect::Unlock { grant, .. } => Some(grant),
            _ => None,
        });
        grant.expect("the directory is asked")
    }
}

#[test]
fn who_remembers_the_password_only_unlocks() {
    let mut story = Story::begin();
    story.reads(locked(), can_unlock()).types(Input::Unlock);
    story.hears(Answer::Marked(Ok(Some(seen(&locked())))));
    assert_eq!(story.intent().map(|intent| intent.act), Some(Act::Unlock));
    assert!(
        !story.asks(|e| matches!(e, Effect::Unlock { .. })),
        "rule 4: durable before the directory is asked"
    );
    story.hears(Answer::IntentOpened(Ok(Opened::Open)));
    let of_lin_wei =
        |e: &Effect| matches!(e, Effect::Unlock { grant, .. } if *grant.account() == locked().key);
    assert!(story.asks(of_lin_wei));
    story.hears(Answer::Unlocked(SetOutcome::Changed));
    assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, Outcome::Changed))));
    story.hears(Answer::IntentClosed(Ok(())));
    let message = story.effects.iter().find_map(|effect| match effect {
        Effect::Send(message, Purpose::Unlocked) => Some(message),
        _ => None,
    });
    let message = message.expect("the employee is told");
    assert!(matches!(message.body, Body::Unlocked { .. }));
    assert!(message.concerns.is_some(), "with a card");
    let sent = SentMessage {
        id: "m2".to_owned(),
    };
    story.hears(Answer::Sent(Purpose::Unlocked, Ok(sent)));
    let told = matches!(story.prompt(), Prompt::Unlocked { told: Step::Ok, .. });
    assert!(told, "{:?}", story.prompt());
    // The grant is used up: nothing leads to a new password from here.
    story.marked();
    assert!(story.effects.is_empty());
}

#[test]
fn nothing_is_unlocked_without_a_proof_or_a_lock_or_a_way() {
    let mut story = Story::begin();
    story.types(Input::Unlock);
    assert!(story.effects.is_empty());
    story.looked_up(Some(locked())).types(Input::Unlock);
    assert!(story.effects.is_empty());
    for (account, policy) in [(lin_wei(), can_unlock()), (locked(), policy())] {
        let mut story = Story::begin();
        story.reads(account, policy).types(Input::Unlock);
        assert!(story.effects.is_empty());
        story.types(Input::NewPassword(Password::new("teal otters").unwrap()));
        assert!(
            story.asks(|e| matches!(e, Effect::Assess { .. })),
            "still asked"
        );
    }
}

#[test]
fn a_refusal_leads_to_a_new_password() {
    let mut story = Story::begin();
    let grant = story.asked_to_unlock();
    let why = DirectoryRefusal::NotPermitted;
    story.hears(Answer::Unlocked(SetOutcome::Refused(grant, why)));
    story.hears(Answer::IntentClosed(Ok(())));
    let asked = matches!(story.prompt(), Prompt::NewPassword { refusal: Some(refusal), .. }
        if *refusal == Refusal::NotUnlocked);
    assert!(asked);
    story.marked().hears(Answer::IntentOpened(Ok(Opened::Open)));
    assert!(story.asks(asks_directory));
}

#[test]
fn a_lost_answer_is_looked_up_and_else_unknown() {
    for (read, outcome) in [
        (Some(lin_wei()), Outcome::Changed),
        (Some(locked()), Outcome::Unknown),
        (None, Outcome::Unknown),
    ] {
        let mut story = Story::begin();
        drop(story.asked_to_unlock());
        story.hears(Answer::Unlocked(SetOutcome::AnswerLost));
        let read = read.map(|account| (Box::new(account), policy()));
        story.hears(Answer::AccountRead(Ok(read)));
        assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, it) if *it == outcome)));
    }
}

#[test]
fn who_leaves_lets_it_run_to_its_recorded_end() {
    let mut story = Story::begin();
    drop(story.asked_to_unlock());
    story.types(Input::Abandon);
    assert!(!story.asks(|e| matches!(e, Effect::Finish)));
    story.hears(Answer::Unlocked(SetOutcome::Changed));
    assert!(story.asks(|e| matches!(e, Effect::CloseIntent(_, Outcome::Changed))));
}

#[test]
fn an_objection_meanwhile_stops_it() {
    let mut story = Story::begin();
    story.reads(locked(), can_unlock()).types(Input::Unlock);
    story.hears(Answer::Marked(Ok(Some(seen(&locked())))));
    story.hears(Answer::IntentOpened(Ok(Opened::Objected)));
    let ended =
        matches!(story.prompt(), Prompt::Ended { refusal, .. } if *refusal == Refusal::Objected);
    assert!(ended && !story.asks(|e| matches!(e, Effect::Unlock { .. })));
}
