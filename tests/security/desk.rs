//! IT support's desk: what help-desk break-ins did elsewhere, tried here by named people.

use std::time::Duration;

use rekey::domain::account::{LoginName, SearchText, WecomUserId};
use rekey::domain::code::DeskAction;
use rekey::domain::operator::{Operator, Operators, Role};
use rekey::domain::secret::CodeDigits;
use rekey::flow::desk::{
    ApprovalLine, DeskInput, DeskPrompt, DeskRefusal, Gift, PersonFile, Powers,
};
use rekey::flow::driver::Running;
use rekey::flow::driver::desk::Desks;
use rekey::flow::driver::objecting;
use rekey::flow::effect::Input;
use rekey::flow::message::{CardBody, CardButton, CardId};
use rekey::flow::prompt::{Prompt, Refusal};

use crate::town::{self, HOUR, Town};

/// An operator at a desk of their own.
pub struct Desk {
    running: Running,
    work: tokio::task::JoinHandle<()>,
}

fn desks(town: &Town) -> Desks {
    let operator = |login: &str, role| Operator {
        login: login.to_owned(),
        role,
    };
    let operators = Operators::new(vec![
        operator("helper", Role::Helper),
        operator("second.helper", Role::Helper),
        operator("helper.admin", Role::Approver),
        operator("approver", Role::Approver),
        operator("siti.rahma", Role::Auditor),
    ]);
    let (rules, site) = town::rules();
    Desks::new(town.ports.clone(), rules, site, operators)
}

impl Desk {
    pub fn begin(town: &Town) -> Self {
        let (running, work) = desks(town).begin();
        Self {
            running,
            work: tokio::spawn(work),
        }
    }

    pub async fn does(&self, input: Input) {
        self.running
            .inputs
            .send(input)
            .await
            .expect("the visit goes on");
    }

    pub async fn asks(&self, input: DeskInput) {
        self.does(Input::Desk(input)).await;
    }

    pub async fn next(&mut self) -> Prompt {
        tokio::time::timeout(Duration::from_secs(1200), self.running.prompts.recv())
            .await
            .expect("the visit hangs")
            .expect("the visit goes on")
    }

    /// The next prompt that `wanted` picks.
    pub async fn until<T>(&mut self, wanted: impl Fn(&Prompt) -> Option<T>) -> T {
        loop {
            if let Some(picked) = wanted(&self.next().await) {
                return picked;
            }
        }
    }

    pub async fn code_field(&mut self) -> Option<Refusal> {
        self.until(|prompt| match prompt {
            Prompt::Code {
                judging: false,
                refusal,
                ..
            } => Some(refusal.clone()),
            _ => None,
        })
        .await
    }

    pub async fn types(&self, code: &str) {
        self.does(Input::Code(CodeDigits::parse(code, 6).unwrap()))
            .await;
    }

    pub async fn signed_in(town: &Town, login: &str, phone: &str) -> (Self, Powers) {
        let codes = codes_on(town, phone).len();
        let mut desk = Self::begin(town);
        desk.does(Input::Login(LoginName::parse(login).unwrap()))
            .await;
        desk.code_field().await;
        let code = town.code_on(phone, codes + 1).await;
        desk.types(&code).await;
        let powers = desk
            .until(|prompt| match prompt {
                Prompt::Desk(DeskPrompt::SignedIn(powers)) => Some(powers.clone()),
                _ => None,
            })
            .await;
        (desk, powers)
    }

    pub async fn person(&mut self) -> (PersonFile, Option<DeskRefusal>) {
        self.until(|prompt| match prompt {
            Prompt::Desk(DeskPrompt::Person(file, refusal)) => Some((*file.clone(), *refusal)),
            _ => None,
        })
        .await
    }

    pub async fn opens(&mut self, login: &str) -> PersonFile {
        self.asks(DeskInput::Search(SearchText::parse(login).unwrap()))
            .await;
        let lines = self
            .until(|prompt| match prompt {
                Prompt::Desk(DeskPrompt::Found(sought)) => Some(sought.people.clone()),
                _ => None,
            })
            .await;
        let line = lines.into_iter().find(|line| line.login == login).unwrap();
        self.asks(DeskInput::Open(line.key, line.dn)).await;
        self.person().await.0
    }

    pub async fn is_refused(&mut self) -> DeskRefusal {
        loop {
            if let (_, Some(refusal)) = self.person().await {
                return refusal;
            }
        }
    }

    pub async fn ended(&mut self) -> Refusal {
        self.until(|prompt| match prompt {
            Prompt::Ended { refusal, .. } => Some(refusal.clone()),
            _ => None,
        })
        .await
    }

    /// Up to the choice for somebody who reads the right code out.
    async fn proves(&mut self, town: &Town, phone: &str) -> bool {
        let codes = codes_on(town, phone).len();
        self.asks(DeskInput::SendCode(DeskAction::Password)).await;
        self.code_field().await;
        let code = town.code_on(phone, codes + 1).await;
        self.types(&code).await;
        self.chooses().await
    }

    async fn chooses(&mut self) -> bool {
        self.until(|prompt| match prompt {
            Prompt::Desk(DeskPrompt::Choose { link, .. }) => Some(*link),
            _ => None,
        })
        .await
    }

    async fn gives(&mut self, gift: Gift) -> bool {
        self.asks(DeskInput::Give(gift)).await;
        self.until(|prompt| match prompt {
            Prompt::Desk(DeskPrompt::Given { told, .. }) => Some(*told),
            _ => None,
        })
        .await
    }

    pub async fn approvals(&mut self) -> (Vec<ApprovalLine>, Option<DeskRefusal>) {
        self.until(|prompt| match prompt {
            Prompt::Desk(DeskPrompt::Approvals(lines, refusal)) => Some((lines.clone(), *refusal)),
            _ => None,
        })
        .await
    }

    /// Goes away; everything that was begun ends.
    async fn leaves(self) {
        drop(self.running);
        self.work.await.unwrap();
    }
}

/// The newest card that asks "is it you?", once there are so many.
pub async fn newest_card(town: &Town, phone: &WecomUserId, count: usize) -> CardId {
    for _ in 0..1_000 {
        let mut cards = town.people.cards(phone);
        cards.retain(|card| matches!(card.body, CardBody::IsItYou { .. }));
        if let (Some(card), true) = (cards.last(), cards.len() >= count) {
            return card.id.clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no card number {count} came");
}

pub fn codes_on(town: &Town, phone: &str) -> Vec<String> {
    let inbox = town.inbox(phone).into_iter();
    inbox.filter_map(|message| message.digits).collect()
}

fn gifts_on(town: &Town, phone: &str) -> Vec<String> {
    let inbox = town.inbox(phone).into_iter();
    inbox
        .filter_map(|message| message.link.or(message.temporary))
        .collect()
}

pub fn password_of(town: &Town, login: &str) -> String {
    town.people.password(&town::key(login)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_employee_gets_what_the_helper_never_sees() {
    let town = Town::in_memory(1);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    assert!(desk.proves(&town, "LinWei").await);
    assert!(desk.gives(Gift::Temporary).await);
    let gifts = gifts_on(&town, "LinWei");
    assert_eq!(password_of(&town, "lin.wei"), gifts[0]);
    assert_eq!(town.people.broken(), Vec::<String>::new());
    // Its message goes by itself.
    tokio::time::sleep(Duration::from_secs(901)).await;
    let inbox = town.inbox("LinWei");
    assert!(inbox.iter().any(|m| m.temporary.is_some() && m.recalled));
    let records = town.records().await;
    let named = records
        .iter()
        .filter(|r| r.front == "desk" && r.kiosk == "helper");
    assert_eq!(named.filter(|r| r.event == "change_outcome").count(), 1);
    desk.leaves().await;
}

#[tokio::test(start_paused = true)]
async fn an_auditor_and_a_stranger_begin_nothing() {
    let town = Town::in_memory(2);
    let (mut desk, _) = Desk::signed_in(&town, "siti.rahma", "SitiRahma").await;
    desk.opens("lin.wei").await;
    for input in [
        DeskInput::SendCode(DeskAction::Password),
        DeskInput::SendCode(DeskAction::Unlock),
        DeskInput::Freeze,
    ] {
        desk.asks(input).await;
        assert_eq!(desk.is_refused().await, DeskRefusal::Role);
    }
    assert!(codes_on(&town, "LinWei").is_empty());
    assert_eq!(town.count("operator_refused", "role").await, 3);
    // The attacker is no operator: a decoy, like for a name that leads nowhere.
    let mut attacker = Desk::begin(&town);
    attacker
        .does(Input::Login(LoginName::parse("attacker").unwrap()))
        .await;
    attacker.code_field().await;
    attacker
        .asks(DeskInput::Search(SearchText::parse("lin").unwrap()))
        .await;
    attacker
        .until(|p| matches!(p, Prompt::Login { .. }).then_some(()))
        .await;
    assert!(codes_on(&town, "Attacker").is_empty());
}

#[tokio::test(start_paused = true)]
async fn nobody_helps_themselves() {
    let town = Town::in_memory(3);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    // The second login of the same person has the same phone.
    for login in ["helper", "helper.admin"] {
        assert!(desk.opens(login).await.own);
        desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
        assert_eq!(desk.is_refused().await, DeskRefusal::Own);
    }
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_guesses_is_stopped_and_the_alarm_rings_once() {
    let town = Town::in_memory(4);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    let mut wrong = 0;
    for (victim, guesses) in [("lin.wei", 5), ("siti.rahma", 4), ("attacker", 5)] {
        desk.opens(victim).await;
        desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
        desk.code_field().await;
        for _ in 0..guesses {
            desk.types("000000").await;
            wrong += 1;
            let stopped = desk
                .until(|prompt| match prompt {
                    Prompt::Code { judging: false, .. } | Prompt::Ended { .. } => Some(false),
                    Prompt::Desk(DeskPrompt::Person(_, Some(DeskRefusal::TooMany { .. }))) => {
                        Some(true)
                    }
                    _ => None,
                })
                .await;
            if stopped {
                assert_eq!(wrong, 11);
                assert_eq!(
                    town.count("operator_refused", "too_many_wrong_codes").await,
                    1
                );
                // Nor is there a code for one more guess.
                desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
                assert!(matches!(
                    desk.is_refused().await,
                    DeskRefusal::TooMany { .. }
                ));
                assert_eq!(town.inbox("SecurityLead").len(), 1);
                assert!(town.people.sets().is_empty());
                return;
            }
        }
    }
    panic!("never stopped");
}

#[tokio::test(start_paused = true)]
async fn resets_in_a_row_are_limited_for_one_employee_and_for_all() {
    let town = Town::in_memory(5);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    for _ in 0..3 {
        desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
        desk.code_field().await;
    }
    for _ in 0..2 {
        desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
        let refusal = desk.is_refused().await;
        assert!(matches!(refusal, DeskRefusal::TooMany { .. }));
    }
    assert_eq!(
        town.inbox("SecurityLead").len(),
        1,
        "once for a row of them"
    );
    // The employee's own kiosk is as it was, and another operator may help.
    assert_eq!(town.count("operator_refused", "too_many_codes").await, 2);
    town.world.jump(HOUR);
    desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
    desk.code_field().await;
}

#[tokio::test(start_paused = true)]
async fn a_protected_account_takes_two_people() {
    let town = Town::in_memory(6);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("the.boss").await;
    desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
    desk.until(|p| matches!(p, Prompt::Desk(DeskPrompt::WaitsForApproval { .. })).then_some(()))
        .await;
    // The same person, from a second visit, with a second login that may approve.
    let (mut again, _) = Desk::signed_in(&town, "helper.admin", "Helper").await;
    again.asks(DeskInput::Approvals).await;
    let (lines, _) = again.approvals().await;
    assert!(!lines[0].theirs_to_approve);
    again.asks(DeskInput::Approve(lines[0].reset.clone())).await;
    assert_eq!(again.approvals().await.1, Some(DeskRefusal::NotYours));
    // A helper is no approver.
    let (mut other, _) = Desk::signed_in(&town, "second.helper", "SecondHelper").await;
    other.asks(DeskInput::Approve(lines[0].reset.clone())).await;
    assert_eq!(other.approvals().await.1, Some(DeskRefusal::NotYours));
    assert_eq!(town.count("operator_refused", "not_theirs").await, 2);
    assert!(codes_on(&town, "TheBoss").is_empty());

    let (mut second, _) = Desk::signed_in(&town, "approver", "Approver").await;
    second
        .asks(DeskInput::Approve(lines[0].reset.clone()))
        .await;
    assert_eq!(second.approvals().await, (Vec::new(), None));
    // Once is enough, and that somebody tried again is on record.
    second
        .asks(DeskInput::Approve(lines[0].reset.clone()))
        .await;
    assert_eq!(second.approvals().await.1, Some(DeskRefusal::NotYours));
    assert_eq!(town.count("operator_refused", "not_waiting").await, 1);
    desk.code_field().await;
    let code = town.code_on("TheBoss", 1).await;
    desk.types(&code).await;
    assert!(!desk.chooses().await, "the form has no place for two");
    assert!(desk.gives(Gift::Temporary).await);
    assert_eq!(
        password_of(&town, "the.boss"),
        gifts_on(&town, "TheBoss")[0]
    );
}

#[tokio::test(start_paused = true)]
async fn an_approval_ends_and_an_administrator_is_never_reset() {
    let town = Town::in_memory(7);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("the.boss").await;
    desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
    assert_eq!(desk.is_refused().await, DeskRefusal::NotApproved);
    for (login, why) in [
        ("the.admin", DeskRefusal::Protected),
        ("has.left", DeskRefusal::Disabled),
        ("new.hire", DeskRefusal::Unmapped),
    ] {
        desk.opens(login).await;
        desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
        assert_eq!(desk.is_refused().await, why);
    }
    assert!(town.people.sets().is_empty());
}

#[tokio::test(start_paused = true)]
async fn not_me_meanwhile_stops_it() {
    let town = Town::in_memory(8);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    for (gift, visit) in [(Gift::Link, 1), (Gift::Temporary, 2)] {
        desk.opens("lin.wei").await;
        desk.proves(&town, "LinWei").await;
        let lin = WecomUserId::parse("LinWei").unwrap();
        let card = newest_card(&town, &lin, visit).await;
        let button = CardButton::NotMe;
        let pressed = objecting::pressed(&town.ports, &card, button, &lin).await;
        pressed.unwrap().unwrap().finish(&town.ports, "").await;
        desk.asks(DeskInput::Give(gift)).await;
        assert_eq!(desk.ended().await, Refusal::Objected);
        assert!(gifts_on(&town, "LinWei").is_empty(), "visit {visit}");
    }
    assert!(town.people.sets().is_empty());
    assert_eq!(town.inbox("SecurityLead").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_code_works_in_one_operators_visit_only() {
    let town = Town::in_memory(9);
    let (mut one, _) = Desk::signed_in(&town, "helper", "Helper").await;
    let (mut other, _) = Desk::signed_in(&town, "second.helper", "SecondHelper").await;
    for desk in [&mut one, &mut other] {
        desk.opens("lin.wei").await;
        desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
        desk.code_field().await;
    }
    let _ = town.code_on("LinWei", 2).await;
    let codes = codes_on(&town, "LinWei");
    assert_ne!(codes[0], codes[1]);
    one.types(&codes[1]).await;
    assert!(matches!(
        one.code_field().await,
        Some(Refusal::CodeWrong { .. })
    ));
    other.types(&codes[0]).await;
    assert!(matches!(
        other.code_field().await,
        Some(Refusal::CodeWrong { .. })
    ));
    // Two at once on one employee: of two changes only one is made.
    one.types(&codes[0]).await;
    one.chooses().await;
    other.types(&codes[1]).await;
    other.chooses().await;
    assert!(one.gives(Gift::Temporary).await);
    other.asks(DeskInput::Give(Gift::Temporary)).await;
    assert_eq!(other.ended().await, Refusal::AccountNotAllowed);
    assert_eq!(town.people.sets().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_lost_after_the_code_changes_nothing_and_leaves_nothing() {
    let town = Town::in_memory(10);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    desk.proves(&town, "LinWei").await;
    desk.leaves().await;
    assert!(town.people.sets().is_empty() && gifts_on(&town, "LinWei").is_empty());
    assert_eq!(town.count("reset_ended", "abandoned").await, 1);
    // Lost just after the choice: the change runs to its recorded end, and only the employee knows.
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("siti.rahma").await;
    desk.proves(&town, "SitiRahma").await;
    desk.asks(DeskInput::Give(Gift::Temporary)).await;
    while town.count("change_intent", "asked").await == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    desk.leaves().await;
    assert_eq!(town.count("change_outcome", "changed").await, 1);
    let gifts = gifts_on(&town, "SitiRahma");
    assert_eq!(password_of(&town, "siti.rahma"), gifts[0]);
}

#[tokio::test(start_paused = true)]
async fn a_freeze_is_told_to_the_employee_and_stops_every_way_in() {
    let town = Town::in_memory(11);
    let (mut desk, _) = Desk::signed_in(&town, "helper", "Helper").await;
    desk.opens("lin.wei").await;
    desk.asks(DeskInput::Freeze).await;
    let (file, refusal) = desk.person().await;
    assert!(file.frozen_until.is_some() && refusal.is_none());
    assert_eq!(town.inbox("LinWei").len(), 1);
    desk.asks(DeskInput::SendCode(DeskAction::Password)).await;
    assert_eq!(desk.is_refused().await, DeskRefusal::Frozen);
    desk.asks(DeskInput::Freeze).await;
    assert_eq!(desk.person().await.0.frozen_until, None);
    let records = town.records().await;
    let freezes = records.iter().filter(|record| record.event == "freeze");
    let freezes: Vec<_> = freezes
        .map(|r| (r.result.as_str(), r.kiosk.as_str()))
        .collect();
    assert_eq!(freezes, [("frozen", "helper"), ("unfrozen", "helper")]);
    // Security hears of it at once, and once.
    let due = town.ports.clock.now().wall.plus(Duration::from_secs(3600));
    assert_eq!(town.ports.objections.owed_alarms(due).await, Ok(Vec::new()));
    assert_eq!(town.inbox("SecurityLead").len(), 1);
}
