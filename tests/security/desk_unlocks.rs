//! Unlocking at IT support's desk: never without the employee, never with another action's code.

use rekey::domain::account::WecomUserId;
use rekey::domain::code::DeskAction;
use rekey::flow::desk::{DeskInput, DeskPrompt, DeskRefusal, Gift};
use rekey::flow::driver::objecting;
use rekey::flow::effect::Input;
use rekey::flow::message::CardButton;
use rekey::flow::prompt::{Prompt, Refusal, Step};

use crate::desk::{Desk, codes_on, newest_card, password_of};
use crate::town::{self, Town};

const UNLOCK: DeskInput = DeskInput::SendCode(DeskAction::Unlock);
const PASSWORD: DeskInput = DeskInput::SendCode(DeskAction::Password);

impl Desk {
    /// `None`: the account is unlocked, and its employee told; else why not.
    async fn unlocked(&mut self) -> Option<Refusal> {
        self.until(|prompt| match prompt {
            Prompt::Unlocked { told, .. } => {
                assert_eq!(*told, Step::Ok);
                Some(None)
            }
            Prompt::Ended { refusal, .. } => Some(Some(refusal.clone())),
            _ => None,
        })
        .await
    }

    async fn waits_for_second(&mut self) {
        self.until(|p| {
            matches!(p, Prompt::Desk(DeskPrompt::WaitsForApproval { .. })).then_some(())
        })
        .await;
    }
}

/// A town where these are locked.
fn with_locked(seed: u64, logins: &[&str]) -> Town {
    let town = Town::in_memory(seed);
    for login in logins {
        town.people.somebody_locks(&town::key(login));
    }
    town
}

fn unlocked(town: &Town) -> usize {
    town.people.unlocked().len()
}

#[tokio::test(start_paused = true)]
async fn the_employee_reads_the_code_and_only_then_the_account_is_unlocked() {
    let town = with_locked(21, &["lin.wei"]);
    let before = password_of(&town, "lin.wei");
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    assert!(desk.opens("lin.wei").await.age.locked);
    desk.asks(UNLOCK).await;
    desk.code_field().await;
    assert_eq!(unlocked(&town), 0);
    let code = town.code_on("LinWei", 1).await;
    desk.types(&code).await;
    assert_eq!(desk.unlocked().await, None);
    assert_eq!(unlocked(&town), 1);
    assert!(town.people.sets().is_empty());
    assert_eq!(password_of(&town, "lin.wei"), before);
    assert_eq!(town.people.broken(), Vec::<String>::new());
    // The code, and that it was done.
    assert_eq!(town.inbox("LinWei").len(), 2);
    let records = town.records().await;
    // The employee may be faster than WeCom's answer.
    let named = records
        .iter()
        .filter(|r| r.kiosk == "helper" && r.event != "code_sent");
    let named: Vec<_> = named
        .map(|r| (r.event.as_str(), r.result.as_str()))
        .collect();
    let told = [
        ("signed_in", "helper"),
        ("reset_started", "helped_unlock"),
        ("code_issued", "issued"),
        ("code_judged", "right"),
        ("unlock_intent", "asked"),
        ("unlock_outcome", "changed"),
        ("notice_sent", "sent"),
    ];
    assert_eq!(named, told);
    // The code is used up, and so is the right.
    desk.types(&code).await;
    desk.asks(DeskInput::Give(Gift::Temporary)).await;
    desk.asks(DeskInput::Back).await;
    assert!(!desk.person().await.0.age.locked);
    assert!(town.people.sets().is_empty());
}

/// One code in hand, the other one asked for: whichever way round, it is wrong.
#[tokio::test(start_paused = true)]
async fn a_code_for_one_action_is_worth_nothing_for_the_other() {
    for (seed, first, second) in [(22, UNLOCK, PASSWORD), (23, PASSWORD, UNLOCK)] {
        let town = with_locked(seed, &["lin.wei"]);
        let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
        desk.opens("lin.wei").await;
        desk.asks(first).await;
        desk.code_field().await;
        let code = town.code_on("LinWei", 1).await;
        desk.asks(second).await;
        desk.code_field().await;
        town.code_on("LinWei", 2).await;
        desk.types(&code).await;
        let refusal = desk.code_field().await;
        assert!(matches!(refusal, Some(Refusal::CodeWrong { .. })));
        assert!(unlocked(&town) == 0 && town.people.sets().is_empty());
    }
}

/// What an operator can press and type without the employee.
#[tokio::test(start_paused = true)]
async fn no_helper_unlocks_without_the_employee() {
    let town = with_locked(24, &["lin.wei"]);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    for input in [Input::Unlock, Input::Desk(DeskInput::Give(Gift::Temporary))] {
        desk.does(input).await;
    }
    desk.asks(UNLOCK).await;
    desk.code_field().await;
    for input in [Input::Unlock, Input::Desk(DeskInput::Give(Gift::Link))] {
        desk.does(input).await;
    }
    for _ in 0..5 {
        desk.types("000000").await;
    }
    assert_eq!(desk.ended().await, Refusal::CodeWrong { left: 0 });
    assert_eq!(unlocked(&town), 0);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_locked_or_may_not_be_helped_is_sent_nothing() {
    let town = with_locked(25, &["the.admin", "has.left", "new.hire", "helper"]);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    for (login, why) in [
        ("lin.wei", DeskRefusal::NotLocked),
        ("the.admin", DeskRefusal::Protected),
        ("has.left", DeskRefusal::Disabled),
        ("new.hire", DeskRefusal::Unmapped),
        ("helper", DeskRefusal::Own),
    ] {
        desk.opens(login).await;
        desk.asks(UNLOCK).await;
        assert_eq!(desk.is_refused().await, why);
    }
    town.people.somebody_locks(&town::key("lin.wei"));
    desk.opens("lin.wei").await;
    desk.asks(DeskInput::Freeze).await;
    desk.person().await;
    desk.asks(UNLOCK).await;
    assert_eq!(desk.is_refused().await, DeskRefusal::Frozen);
    assert!(codes_on(&town, "LinWei").is_empty() && unlocked(&town) == 0);
}

#[tokio::test(start_paused = true)]
async fn codes_for_unlocking_count_as_every_code() {
    let town = with_locked(26, &["lin.wei"]);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    for input in [UNLOCK, PASSWORD, UNLOCK] {
        desk.asks(input).await;
        desk.code_field().await;
    }
    desk.asks(UNLOCK).await;
    assert!(matches!(
        desk.is_refused().await,
        DeskRefusal::TooMany { .. }
    ));
    assert_eq!(town.inbox("SecurityLead").len(), 1);
    assert_eq!(town.count("operator_refused", "too_many_codes").await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_protected_account_is_unlocked_by_two_people() {
    let town = with_locked(27, &["the.boss"]);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("the.boss").await;
    desk.asks(UNLOCK).await;
    desk.waits_for_second().await;
    assert!(codes_on(&town, "TheBoss").is_empty());
    let (mut second, _) = Desk::signed_in(&town, "approver", "Approver").await;
    second.asks(DeskInput::Approvals).await;
    let (lines, _) = second.approvals().await;
    assert_eq!(lines[0].action, DeskAction::Unlock, "they see for what");
    second
        .asks(DeskInput::Approve(lines[0].reset.clone()))
        .await;
    desk.code_field().await;
    let code = town.code_on("TheBoss", 1).await;
    desk.types(&code).await;
    assert_eq!(desk.unlocked().await, None);
    // They have agreed to that one, and to no password.
    desk.opens("the.boss").await;
    desk.asks(PASSWORD).await;
    desk.waits_for_second().await;
    assert_eq!(unlocked(&town), 1);
    assert!(town.people.sets().is_empty());
}

#[tokio::test(start_paused = true)]
async fn not_me_stops_an_unlocking_and_rings_the_alarm() {
    let town = with_locked(28, &["lin.wei"]);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    desk.asks(UNLOCK).await;
    desk.code_field().await;
    let code = town.code_on("LinWei", 1).await;
    let lin = WecomUserId::parse("LinWei").unwrap();
    let card = newest_card(&town, &lin, 1).await;
    let pressed = objecting::pressed(&town.ports, &card, CardButton::NotMe, &lin).await;
    pressed.unwrap().unwrap().finish(&town.ports, "").await;
    desk.types(&code).await;
    let stopped = desk
        .until(|prompt| match prompt {
            Prompt::Code {
                judging: false,
                refusal: Some(refusal),
                ..
            }
            | Prompt::Ended { refusal, .. } => Some(refusal.clone()),
            Prompt::Unlocked { .. } => panic!("unlocked all the same"),
            _ => None,
        })
        .await;
    assert!(
        matches!(stopped, Refusal::Objected | Refusal::CodeExpired),
        "{stopped:?}"
    );
    assert_eq!(unlocked(&town), 0);
    assert_eq!(town.inbox("SecurityLead").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_ends_while_the_code_is_read_is_said_and_nothing_is_done() {
    let town = with_locked(29, &["lin.wei"]);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    desk.asks(UNLOCK).await;
    desk.code_field().await;
    town.people
        .somebody_sets(&town::key("lin.wei"), "Her-Own-Way-1");
    let code = town.code_on("LinWei", 1).await;
    desk.types(&code).await;
    assert_eq!(desk.unlocked().await, Some(Refusal::NotLocked));
    assert_eq!(unlocked(&town), 0);
    assert_eq!(town.count("reset_ended", "not_unlocked").await, 1);
}
