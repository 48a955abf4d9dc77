//! "Not me": whole stories with the kiosk, the chat, the cards and IT.

use std::time::Duration;

use rekey::domain::account::{AccountKey, WecomUserId};
use rekey::domain::code::{Place, ResetId};
use rekey::domain::time::Timestamp;
use rekey::flow::driver::objecting::{self, Owed};
use rekey::flow::driver::settle;
use rekey::flow::effect::Input;
use rekey::flow::grant::Lasting;
use rekey::flow::message::{CardButton, CardId, Concern};
use rekey::flow::ports::{LinkTo, SentCard};
use rekey::flow::prompt::{Prompt, Refusal};
use rekey::flow::vouched::Vouched;
use rekey::fronts::chat::Passwords;
use rekey::sim::wecom::SimCard;

use crate::chatroom::{LEAD, NEW, Room, token_in};
use crate::office::{OLD, code_in};
use crate::town::{Town, resets};
use crate::visit::Visit;

const STRANGERS: &str = "violet geese ponder 93 maps";

impl Room {
    async fn card(&self, member: &str) -> SimCard {
        self.office.wecom.next_card(member).await.expect("a card")
    }

    /// Presses a button that is there.
    async fn presses(&self, member: &str, card: &SimCard, button: CardButton) {
        let key = button.as_str();
        let handed = self.office.wecom.press(member, &card.task, key).await;
        assert_eq!(handed.tries, [Some(200)], "{card:?}");
    }

    /// What stands on a card's button since it was pressed.
    async fn updated(&self, member: &str, card: &SimCard) -> String {
        for _ in 0..1000 {
            let cards = self.office.wecom.cards(member);
            let now = cards.into_iter().find(|now| now.task == card.task);
            if let Some(words) = now.and_then(|now| now.replaced) {
                return words;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the card was not updated");
    }
}

#[tokio::test]
async fn before_the_change_the_reset_dies_and_it_is_told() {
    let room = Room::open(Passwords::Off).await;
    let mut stranger = room.office.visit("lobby-1");
    stranger.login("lin.wei").await;
    let code = code_in(&room.office.wecom.next_message("LinWei").await.unwrap());
    let card = room.card("LinWei").await;
    assert!(card.title.contains("lobby-1"), "{card:?}");
    room.presses("LinWei", &card, CardButton::NotMe).await;

    let alarm = room.hears(LEAD).await;
    assert!(
        alarm.contains("was stopped; nothing was changed"),
        "{alarm}"
    );
    assert!(alarm.contains("lobby-1"), "{alarm}");
    assert_eq!(room.updated("LinWei", &card).await, "Stopped");
    let second = room.card("LinWei").await;
    assert_eq!(second.buttons[0].0, "freeze");
    // Even the right code is worth nothing.
    let prompt = stranger.code(&code).await;
    assert!(
        matches!(
            &prompt,
            Prompt::Code {
                refusal: Some(Refusal::CodeExpired),
                ..
            }
        ),
        "{prompt:?}"
    );
    assert!(room.office.signs_in("lin.wei", OLD).await);
    room.records("objected", "before_change", 1).await;
    room.records("alarm_rung", "sent", 1).await;
    // The owner's own next reset works.
    room.office.proved("lobby-2", "lin.wei", "LinWei").await;
}

#[tokio::test]
async fn while_the_password_is_typed_it_is_not_too_late() {
    let room = Room::open(Passwords::Off).await;
    let mut stranger = room.office.proved("lobby-1", "lin.wei", "LinWei").await;
    let card = room.card("LinWei").await;
    room.presses("LinWei", &card, CardButton::NotMe).await;
    room.hears(LEAD).await;
    let prompt = stranger.password(STRANGERS).await;
    assert!(
        matches!(
            &prompt,
            Prompt::Ended {
                refusal: Refusal::Objected,
                ..
            }
        ),
        "{prompt:?}"
    );
    assert!(room.office.signs_in("lin.wei", OLD).await);
}

#[tokio::test]
async fn after_the_change_it_is_alarmed_and_the_owner_gets_a_link_at_once() {
    let room = Room::open(Passwords::Off).await;
    let mut stranger = room.office.proved("lobby-1", "lin.wei", "LinWei").await;
    stranger.password(STRANGERS).await;
    assert!(room.office.signs_in("lin.wei", STRANGERS).await);
    room.hears("LinWei").await;
    room.card("LinWei").await;
    let under_the_notice = room.card("LinWei").await;
    room.presses("LinWei", &under_the_notice, CardButton::NotMe)
        .await;

    let answer = room.hears("LinWei").await;
    assert!(answer.contains("changed by somebody else"), "{answer}");
    let alarm = room.hears(LEAD).await;
    assert!(alarm.contains("Look at the account at once"), "{alarm}");
    assert_eq!(
        room.updated("LinWei", &under_the_notice).await,
        "IT is told"
    );
    room.records("objected", "after_change", 1).await;

    // The link is the owner's, and leads to a form that sets a new password at once.
    let ports = &room.office.ports;
    let now = ports.clock.now().wall;
    let link = ports
        .links
        .open_link(&token_in(&answer), now)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(link.leads, LinkTo::Form);
    assert_eq!(Some(&link.to), WecomUserId::parse("LinWei").as_ref());
    let vouched = Vouched::by_channel(link.to);
    let mut form = Visit::of(resets(ports, "form").begin_vouched(vouched, Lasting::ByPolicy));
    form.settles().await;
    let prompt = form.password(NEW).await;
    assert!(matches!(prompt, Prompt::Done { .. }), "{prompt:?}");
    assert!(room.office.signs_in("lin.wei", NEW).await);
    assert!(!room.office.signs_in("lin.wei", STRANGERS).await);
}

#[tokio::test]
async fn a_freeze_is_a_second_tap_and_its_employee_ends_it() {
    let room = Room::open(Passwords::Allow).await;
    let mut stranger = room.office.visit("lobby-1");
    stranger.login("lin.wei").await;
    room.hears("LinWei").await;
    let card = room.card("LinWei").await;
    room.presses("LinWei", &card, CardButton::NotMe).await;
    let second = room.card("LinWei").await;
    room.presses("LinWei", &second, CardButton::Freeze).await;
    assert_eq!(room.updated("LinWei", &second).await, "Frozen");
    room.records("freeze", "frozen", 1).await;
    room.hears(LEAD).await;
    let alarm = room.hears(LEAD).await;
    assert!(alarm.contains("has frozen the resets"), "{alarm}");

    // Frozen: at the kiosk it is told to the phone, in the chat it is answered with the way out.
    let mut again = room.office.visit("lobby-1");
    again.login("lin.wei").await;
    let told = room.hears("LinWei").await;
    assert!(told.contains("frozen until"), "{told}");
    let answer = room.asks("LinWei", &format!("#resetpassword#{NEW}")).await;
    assert!(answer.contains("frozen until"), "{answer}");
    assert!(room.office.signs_in("lin.wei", OLD).await);

    let link = token_in(&answer);
    let ports = &room.office.ports;
    let now = ports.clock.now().wall;
    let link = ports.links.open_link(&link, now).await.unwrap().unwrap();
    let vouched = Vouched::by_channel(link.to);
    let mut form = Visit::of(resets(ports, "form").begin_vouched(vouched, Lasting::ByPolicy));
    assert!(matches!(form.settles().await, Prompt::Frozen { .. }));
    form.does(Input::Unfreeze).await;
    assert!(matches!(form.settles().await, Prompt::NewPassword { .. }));
    drop(form);
    room.records("freeze", "unfrozen", 1).await;
    room.says("LinWei", &format!("#resetpassword#{NEW}")).await;
    room.hears("LinWei").await;
    room.hears("LinWei").await;
    assert!(room.office.signs_in("lin.wei", NEW).await);
}

#[tokio::test]
async fn a_press_counts_once_and_for_its_receiver_only() {
    let room = Room::open(Passwords::Off).await;
    let mut visit = room.office.visit("lobby-1");
    visit.login("lin.wei").await;
    let code = code_in(&room.office.wecom.next_message("LinWei").await.unwrap());
    let card = room.card("LinWei").await;
    // Somebody else's press, with the right name of the card.
    let app = room.office.wecom.app();
    let press = |member: &str, task: &str, at: i64| {
        format!(
            "<xml><ToUserName>{}</ToUserName><FromUserName>{member}</FromUserName>\
             <CreateTime>{at}</CreateTime><MsgType>event</MsgType>\
             <Event>template_card_event</Event><EventKey>not_me</EventKey>\
             <TaskId>{task}</TaskId><ResponseCode>rc</ResponseCode>\
             <AgentID>{}</AgentID></xml>",
            app.corp_id, app.agent_id
        )
    };
    assert_eq!(
        room.post(&room.url, &press("Attacker", &card.task, 1))
            .await,
        200
    );
    let invented = "0".repeat(32);
    assert_eq!(
        room.post(&room.url, &press("LinWei", &invented, 2)).await,
        200
    );
    assert_eq!(
        room.post(&room.url, &press("LinWei", "' OR 1=1", 3)).await,
        200
    );
    let prompt = visit.code(&code).await;
    assert!(crate::visit::is_proved(&prompt), "{prompt:?}");
    // The receiver's own, many times.
    for at in 4..9 {
        assert_eq!(
            room.post(&room.url, &press("linwei", &card.task, at)).await,
            200
        );
    }
    room.hears(LEAD).await;
    room.records("alarm_rung", "sent", 1).await;
    room.card("LinWei").await;
    room.asks("LinWei", "hello").await;
    assert_eq!(room.office.wecom.inbox(LEAD).len(), 1, "one alarm");
    assert_eq!(room.records("objected", "before_change", 1).await.len(), 1);
}

/// A town whose channel is down while somebody presses.
async fn pressed_while_the_channel_is_down() -> (Town, SentCard) {
    let mut town = Town::in_memory(11);
    town.ports.alarm = [WecomUserId::parse("SitiRahma").unwrap()].into();
    let card = SentCard {
        id: CardId::from_bytes([7; 16]),
        to: WecomUserId::parse("LinWei").unwrap(),
        language: None,
        concern: Concern {
            reset: ResetId::from_bytes([9; 16]),
            account: AccountKey::new("key-of-lin.wei"),
            place: Place {
                front: "kiosk",
                kiosk: "lobby-1".to_owned(),
            },
        },
    };
    let now = town.ports.clock.now().wall;
    town.ports.objections.register(&card, now).await.unwrap();
    (town, card)
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_nobody_could_be_told_is_rung_again() {
    let (town, card) = pressed_while_the_channel_is_down().await;
    town.world.set_faults(|faults| faults.channel_down = 1000);
    let press = objecting::pressed(&town.ports, &card.id, CardButton::NotMe, &card.to).await;
    let press = press.unwrap().expect("it counts");
    assert_eq!(press.owed, Owed::Nothing);
    press.finish(&town.ports, "ticket").await;
    assert_eq!(town.count("objected", "before_change").await, 1);
    assert_eq!(town.count("alarm_rung", "channel_down").await, 1);
    for n in 2..5 {
        tokio::time::sleep(Duration::from_secs(121)).await;
        settle::ring_owed(&town.ports).await.unwrap();
        assert_eq!(town.count("alarm_rung", "channel_down").await, n);
    }
    town.world.calm();
    tokio::time::sleep(Duration::from_secs(121)).await;
    settle::ring_owed(&town.ports).await.unwrap();
    assert_eq!(town.inbox("SitiRahma").len(), 1);
    assert_eq!(town.count("alarm_rung", "sent").await, 1);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    settle::ring_owed(&town.ports).await.unwrap();
    assert_eq!(town.inbox("SitiRahma").len(), 1, "heard once, owed no more");
}

#[tokio::test(start_paused = true)]
async fn an_alarm_survives_the_death_of_the_program() {
    let (town, card) = pressed_while_the_channel_is_down().await;
    // It dies once the press is written: nothing after that was done.
    let press = objecting::pressed(&town.ports, &card.id, CardButton::NotMe, &card.to).await;
    drop(press.unwrap().expect("it counts"));
    assert_eq!(town.inbox("SitiRahma").len(), 0);
    tokio::time::sleep(Duration::from_secs(121)).await;
    settle::ring_owed(&town.ports).await.unwrap();
    assert_eq!(town.inbox("SitiRahma").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_anybody_to_tell_the_record_says_so() {
    let (mut town, card) = pressed_while_the_channel_is_down().await;
    town.ports.alarm = [].into();
    let press = objecting::pressed(&town.ports, &card.id, CardButton::NotMe, &card.to).await;
    press
        .unwrap()
        .expect("it counts")
        .finish(&town.ports, "ticket")
        .await;
    assert_eq!(town.count("alarm_rung", "nobody").await, 1);
    let owed = town
        .ports
        .objections
        .owed_alarms(Timestamp::from_secs(i64::from(u32::MAX)))
        .await;
    assert_eq!(owed.unwrap(), []);
}
