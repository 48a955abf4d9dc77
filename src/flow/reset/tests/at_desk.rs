//! At IT support's desk: a code for unlocking leads to that and to nothing else.

use super::unlocking::{can_unlock, locked};
use super::*;
use crate::domain::code::{Action, DeskAction};
use crate::flow::desk::{Case, DeskInput, DeskPrompt, Gift};
use crate::flow::message::OperatorDeed;
use crate::flow::ports::Act;

impl Story {
    /// wang.min has sent Lin Wei a code for this.
    fn at_desk(action: DeskAction) -> Self {
        let mut story = Self::begin();
        let mut setup = story.reset.setup.clone();
        setup.place = Place {
            front: "desk",
            kiosk: "wang.min".to_owned(),
        };
        let case = Case {
            action,
            account: locked(),
            to: WecomUserId::parse("LinWei").unwrap(),
            operator: "wang.min".to_owned(),
            approved: false,
        };
        let (reset, effects) = Reset::begin_at_desk(setup, case, story.now, &story.entropy);
        (story.reset, story.effects) = (reset, effects);
        story
    }

    /// Lin Wei has read it out.
    fn read_out(&mut self) -> &mut Self {
        self.submitted_code();
        self.hears(Answer::Judged(Ok(Judgement::Right)))
    }

    fn finds(&mut self, account: Account, policy: DirectoryPolicy) -> &mut Self {
        self.hears(Answer::AccountRead(Ok(Some((Box::new(account), policy)))))
    }

    fn ended_with(&self, why: &Refusal) -> bool {
        matches!(self.prompt(), Prompt::Ended { refusal, .. } if refusal == why)
    }
}

fn unlocks(effect: &Effect) -> bool {
    matches!(effect, Effect::Unlock { .. })
}

#[test]
fn a_code_is_for_the_one_action_that_its_message_names() {
    let mut bound = Vec::new();
    for action in [DeskAction::Password, DeskAction::Unlock] {
        let mut story = Story::at_desk(action);
        let binding = story.effects.iter().find_map(|effect| match effect {
            Effect::IssueCode { binding, .. } => Some(binding.clone()),
            _ => None,
        });
        let binding = binding.expect("a code is made");
        assert_eq!(binding.action, Action::Desk(action));
        bound.push(binding.action);
        story.hears(Answer::Issued(
            Ok(Issued::Send),
            CodeDigits::parse("482913", 6),
        ));
        let names = |e: &Effect| {
            matches!(e, Effect::Send(message, Purpose::Code)
            if matches!(&message.body, Body::DeskCode { action: it, operator, .. }
                if *it == action && operator == "wang.min"))
        };
        assert!(story.asks(names));
    }
    assert_ne!(bound[0].as_str(), bound[1].as_str());
}

#[test]
fn a_code_for_unlocking_unlocks_and_the_employee_is_told_by_whom() {
    let mut story = Story::at_desk(DeskAction::Unlock);
    story.read_out().finds(locked(), can_unlock());
    story.hears(Answer::Marked(Ok(Some(seen(&locked())))));
    let intent = |e: &Effect| matches!(e, Effect::OpenIntent(it) if it.act == Act::Unlock);
    assert!(story.asks(intent) && !story.asks(unlocks), "rule 4");
    story.hears(Answer::IntentOpened(Ok(Opened::Open)));
    assert!(story.asks(unlocks));
    story.hears(Answer::Unlocked(SetOutcome::Changed));
    story.hears(Answer::IntentClosed(Ok(())));
    let told = |e: &Effect| {
        matches!(e, Effect::Send(message, Purpose::Unlocked)
        if message.concerns.is_some() && matches!(&message.body, Body::ByOperator {
            what: OperatorDeed::Unlocked, operator, .. } if operator == "wang.min"))
    };
    assert!(story.asks(told));
    let sent = SentMessage {
        id: "m2".to_owned(),
    };
    story.hears(Answer::Sent(Purpose::Unlocked, Ok(sent)));
    assert!(matches!(
        story.prompt(),
        Prompt::Unlocked { told: Step::Ok, .. }
    ));
}

#[test]
fn a_code_for_a_password_unlocks_nothing() {
    let mut story = Story::at_desk(DeskAction::Password);
    story.read_out();
    let chooses = matches!(story.prompt(), Prompt::Desk(DeskPrompt::Choose { .. }));
    assert!(chooses);
    story.types(Input::Unlock).finds(locked(), can_unlock());
    assert!(story.effects.is_empty());
}

/// Whatever is handed in at whatever moment: no password is asked for, judged or set, and no link
/// or temporary password goes out.
#[test]
fn a_code_for_unlocking_leads_to_no_password() {
    let nothing_sets = |story: &mut Story| {
        let asked = matches!(story.prompts().last(), Some(Prompt::NewPassword { .. }));
        assert!(!asked);
        for input in [
            Input::Desk(DeskInput::Give(Gift::Link)),
            Input::Desk(DeskInput::Give(Gift::Temporary)),
            Input::NewPassword(Password::new("teal otters juggle").unwrap()),
        ] {
            story.types(input);
            assert!(story.effects.is_empty());
        }
    };
    for (account, policy) in [
        (locked(), can_unlock()),
        (locked(), policy()),
        (lin_wei(), can_unlock()),
    ] {
        let mut story = Story::at_desk(DeskAction::Unlock);
        nothing_sets(story.read_out());
        nothing_sets(story.finds(account, policy));
        let down = DirectoryDown::Unreachable("down".to_owned());
        nothing_sets(story.hears(Answer::Marked(Err(down))));
    }
    // The directory says no: it is over, and the grant with it.
    let mut story = Story::at_desk(DeskAction::Unlock);
    story.read_out().finds(locked(), can_unlock());
    story.hears(Answer::Marked(Ok(Some(seen(&locked())))));
    story.hears(Answer::IntentOpened(Ok(Opened::Open)));
    let effects = std::mem::take(&mut story.effects);
    let grant = effects.into_iter().find_map(|effect| match effect {
        Effect::Unlock { grant, .. } => Some(grant),
        _ => None,
    });
    let why = DirectoryRefusal::NotPermitted;
    story.hears(Answer::Unlocked(SetOutcome::Refused(grant.unwrap(), why)));
    story.hears(Answer::IntentClosed(Ok(())));
    assert!(story.ended_with(&Refusal::NotUnlocked));
}

#[test]
fn a_lock_that_has_ended_meanwhile_is_said_calmly() {
    let mut story = Story::at_desk(DeskAction::Unlock);
    story.read_out().finds(lin_wei(), can_unlock());
    assert!(story.ended_with(&Refusal::NotLocked));
    assert_eq!(story.recorded(), [("reset_ended", "not_unlocked")]);
}
