//! "Not me", freezes, one-time links, deliveries.

use std::sync::Arc;

use rekey::domain::account::{AccountKey, WecomUserId};
use rekey::domain::audit::{AuditEvent, EventKind};
use rekey::domain::code::Judgement;
use rekey::flow::message::{Alarm, CardId, Concern};
use rekey::flow::ports::{
    Issued, Link, LinkTo, Objection, Opened, Outcome, OwedAlarm, SentCard, Stage as Come,
};

use super::contract;
use super::intents::of_lin;
use super::stage::{RULES, Stage, Store, at, binding, code, place, reset};

contract!(
    a_press_before_the_change_kills_the_reset,
    a_press_after_the_change_comes_too_late_and_says_so,
    a_press_while_nobody_knows_counts_as_after,
    a_reset_is_disowned_once_and_dies,
    a_card_is_pressed_by_its_receiver_only,
    an_alarm_is_owed_until_somebody_has_heard_it,
    a_frozen_account_is_not_changed_until_it_thaws,
    a_link_works_once_and_for_a_while,
    a_delivery_is_new_once,
    each_of_many_deliveries_is_first_once,
);

fn userid(text: &str) -> WecomUserId {
    WecomUserId::parse(text).unwrap()
}

/// Somebody presses a card.
async fn press(store: &Arc<dyn Store>, card: &SentCard, by: &str, secs: i64) -> Option<Objection> {
    store.object(&card.id, &userid(by), at(secs)).await.unwrap()
}

fn card(number: u8, of_reset: u16) -> SentCard {
    SentCard {
        id: CardId::from_bytes([number; 16]),
        to: userid("LinWei"),
        language: Some("id".to_owned()),
        concern: Concern {
            reset: reset(of_reset),
            account: AccountKey::new("lin.wei"),
            place: place(),
        },
    }
}

async fn a_press_before_the_change_kills_the_reset(stage: impl Stage) {
    let (lobby, server) = (stage.lobby().await, stage.reception().await);
    let digits = code("482913");
    let issued = lobby
        .issue(&binding(1, "0e1d-lin-wei"), Some(&digits), RULES, at(0))
        .await;
    assert_eq!(issued, Ok(Issued::Send));
    lobby.register(&card(7, 1), at(0)).await.unwrap();

    let objection = press(&server, &card(7, 1), "linwei", 5).await.unwrap();
    assert_eq!(objection.card, card(7, 1));
    assert_eq!((objection.stage, objection.first), (Come::Before, true));
    let again = press(&server, &card(7, 1), "LinWei", 6).await.unwrap();
    assert!(!again.first);

    let judged = lobby
        .judge(&binding(1, "0e1d-lin-wei"), &digits, RULES, at(7))
        .await;
    assert_eq!(judged, Ok(Judgement::Expired));
    // Nor does it send another one: with a new code a stranger would go on.
    let another = code("913482");
    let issued = lobby
        .issue(&binding(1, "0e1d-lin-wei"), Some(&another), RULES, at(70))
        .await;
    assert_eq!(issued, Ok(Issued::Objected));
    let judged = lobby
        .judge(&binding(1, "0e1d-lin-wei"), &another, RULES, at(71))
        .await;
    assert_eq!(judged, Ok(Judgement::Expired));
    // Even a reset that has its proof already.
    assert_eq!(lobby.open(&of_lin(1, 0, 8)).await, Ok(Opened::Objected));
    assert_eq!(lobby.open(&of_lin(2, 0, 8)).await, Ok(Opened::Open));
    let events = lobby.read(0, 100).await.unwrap();
    let objections = events.iter().filter(|record| record.event == "objected");
    assert_eq!(objections.count(), 1);
}

async fn a_press_after_the_change_comes_too_late_and_says_so(stage: impl Stage) {
    let lobby = stage.lobby().await;
    lobby.register(&card(7, 1), at(0)).await.unwrap();
    lobby.open(&of_lin(1, 0, 1)).await.unwrap();
    lobby
        .close(&reset(1), Outcome::Changed, at(2), None)
        .await
        .unwrap();
    let objection = press(&lobby, &card(7, 1), "LinWei", 3).await.unwrap();
    assert_eq!(objection.stage, Come::After);
}

async fn a_press_while_nobody_knows_counts_as_after(stage: impl Stage) {
    let lobby = stage.lobby().await;
    for (number, outcome) in [(1, None), (2, Some(Outcome::Unknown))] {
        lobby
            .register(&card(number, u16::from(number)), at(0))
            .await
            .unwrap();
        let mut intent = of_lin(number.into(), 0, 1);
        intent.account = AccountKey::new(&format!("account-{number}"));
        lobby.open(&intent).await.unwrap();
        if let Some(outcome) = outcome {
            let reset = reset(number.into());
            lobby.close(&reset, outcome, at(2), None).await.unwrap();
        }
        let objection = press(&lobby, &card(number, number.into()), "LinWei", 3)
            .await
            .unwrap();
        assert_eq!(objection.stage, Come::After);
    }
}

async fn a_reset_is_disowned_once_and_dies(stage: impl Stage) {
    let (lobby, server) = (stage.lobby().await, stage.reception().await);
    let digits = code("482913");
    let binding = binding(1, "0e1d-lin-wei");
    lobby
        .issue(&binding, Some(&digits), RULES, at(0))
        .await
        .unwrap();
    let concern = card(7, 1).concern;
    assert_eq!(server.disown(&concern, at(5)).await, Ok(Some(Come::Before)));
    assert_eq!(server.disown(&concern, at(6)).await, Ok(None));
    let judged = lobby.judge(&binding, &digits, RULES, at(7)).await;
    assert_eq!(judged, Ok(Judgement::Expired));
    assert_eq!(lobby.open(&of_lin(1, 0, 8)).await, Ok(Opened::Objected));
    let owed = lobby.owed_alarms(at(5 + 120)).await.unwrap();
    let alarm = OwedAlarm {
        what: Alarm::StoppedByEmployee,
        concern,
    };
    assert_eq!(owed, [alarm]);

    lobby.open(&of_lin(2, 0, 8)).await.unwrap();
    let too_late = card(7, 2).concern;
    assert_eq!(lobby.disown(&too_late, at(9)).await, Ok(Some(Come::After)));
}

async fn a_card_is_pressed_by_its_receiver_only(stage: impl Stage) {
    let lobby = stage.lobby().await;
    lobby.register(&card(7, 1), at(0)).await.unwrap();
    assert_eq!(press(&lobby, &card(7, 1), "Mallory", 1).await, None);
    assert_eq!(press(&lobby, &card(8, 1), "LinWei", 1).await, None);
    assert_eq!(lobby.open(&of_lin(1, 0, 2)).await, Ok(Opened::Open));
}

async fn a_frozen_account_is_not_changed_until_it_thaws(stage: impl Stage) {
    let (lobby, server) = (stage.lobby().await, stage.reception().await);
    let account = of_lin(1, 0, 0).account;
    let record = |result| AuditEvent {
        at: at(0),
        kind: EventKind::Freeze,
        reset: reset(9),
        account: Some(account.clone()),
        place: place(),
        result,
    };
    server
        .freeze(&account, at(100), &record("frozen"))
        .await
        .unwrap();
    assert_eq!(
        lobby.frozen_until(&account, at(99)).await,
        Ok(Some(at(100)))
    );
    assert_eq!(lobby.frozen_until(&account, at(100)).await, Ok(None));
    let other = AccountKey::new("somebody.else");
    assert_eq!(lobby.frozen_until(&other, at(0)).await, Ok(None));
    assert_eq!(lobby.open(&of_lin(1, 0, 99)).await, Ok(Opened::Objected));

    server
        .unfreeze(&account, &record("unfrozen"))
        .await
        .unwrap();
    assert_eq!(lobby.frozen_until(&account, at(50)).await, Ok(None));
    assert_eq!(lobby.open(&of_lin(2, 0, 99)).await, Ok(Opened::Open));
    let records = lobby.read(0, 100).await.unwrap();
    let freezes = records.iter().filter(|record| record.event == "freeze");
    let results: Vec<_> = freezes.map(|record| record.result.as_str()).collect();
    assert_eq!(results, ["frozen", "unfrozen"]);
}

async fn a_link_works_once_and_for_a_while(stage: impl Stage) {
    let (lobby, server) = (stage.lobby().await, stage.reception().await);
    let link = |token: &str, leads| Link {
        token: token.to_owned(),
        to: userid("LinWei"),
        leads,
        expires: at(300),
    };
    let picture = LinkTo::Picture {
        short_code: "7F3K9Q2M".to_owned(),
    };
    let (form, picture) = (link("AAAA", LinkTo::Form), link("BBBB", picture));
    lobby.offer_link(&form, at(0)).await.unwrap();
    lobby.offer_link(&picture, at(0)).await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            server.open_link("AAAA", at(299)).await,
            Ok(Some(form.clone()))
        );
    }
    assert_eq!(server.open_link("BBBB", at(1)).await, Ok(Some(picture)));
    assert_eq!(server.open_link("CCCC", at(1)).await, Ok(None));
    assert_eq!(server.open_link("AAAA", at(300)).await, Ok(None));
    assert_eq!(server.use_up_link("BBBB", at(300)).await, Ok(false));

    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        let store = if n % 2 == 0 { &lobby } else { &server };
        let store = store.clone();
        tasks.spawn(async move { store.use_up_link("AAAA", at(10)).await.unwrap() });
    }
    let used = tasks.join_all().await;
    assert_eq!(used.into_iter().filter(|used| *used).count(), 1);
    assert_eq!(lobby.open_link("AAAA", at(10)).await, Ok(None));
}

async fn a_delivery_is_new_once(stage: impl Stage) {
    let stores = [stage.lobby().await, stage.reception().await];
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        let store = stores[n % 2].clone();
        tasks.spawn(async move { store.first("1456453720", at(1)).await.unwrap() });
    }
    let first = tasks.join_all().await;
    assert_eq!(first.into_iter().filter(|first| *first).count(), 1);
    assert_eq!(stores[0].first("1456453721", at(2)).await, Ok(true));
}

/// Many at once are noted together, and each is told its own answer.
async fn each_of_many_deliveries_is_first_once(stage: impl Stage) {
    let store = stage.lobby().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200 {
        let store = store.clone();
        let name = format!("delivery-{}", number % 50);
        tasks.spawn(async move { (store.first(&name, at(1)).await.unwrap(), name) });
    }
    let mut first: Vec<String> = tasks
        .join_all()
        .await
        .into_iter()
        .filter_map(|(is_first, name)| is_first.then_some(name))
        .collect();
    first.sort();
    let mut each: Vec<String> = (0..50).map(|number| format!("delivery-{number}")).collect();
    each.sort();
    assert_eq!(first, each);
}

async fn an_alarm_is_owed_until_somebody_has_heard_it(stage: impl Stage) {
    let (lobby, server) = (stage.lobby().await, stage.reception().await);
    let again = 120;
    lobby.register(&card(7, 1), at(0)).await.unwrap();
    press(&lobby, &card(7, 1), "LinWei", 5).await.unwrap();
    let owed = async |store: &Arc<dyn Store>, secs| store.owed_alarms(at(secs)).await.unwrap();
    // Whoever pressed rings at once; nobody else does before that may have failed.
    assert_eq!(owed(&server, 5 + again - 1).await, []);
    let due = owed(&server, 5 + again).await;
    let alarm = OwedAlarm {
        what: Alarm::StoppedByEmployee,
        concern: card(7, 1).concern,
    };
    assert_eq!(due, std::slice::from_ref(&alarm));
    // Claimed: two processes do not ring at once, and one that dies loses nothing.
    assert_eq!(owed(&lobby, 5 + again).await, []);
    let once_more = owed(&lobby, 5 + 2 * again).await;
    assert_eq!(once_more, std::slice::from_ref(&alarm));
    server.alarm_rung(&alarm).await.unwrap();
    assert_eq!(owed(&lobby, 5 + 9 * again).await, []);

    // A freeze owes one of its own; a press that comes again owes nothing.
    press(&lobby, &card(7, 1), "LinWei", 600).await.unwrap();
    let record = AuditEvent {
        at: at(600),
        kind: EventKind::Freeze,
        reset: reset(1),
        account: Some(AccountKey::new("lin.wei")),
        place: place(),
        result: "frozen",
    };
    let account = AccountKey::new("lin.wei");
    lobby.freeze(&account, at(9_000), &record).await.unwrap();
    let due = owed(&server, 600 + again).await;
    let whats: Vec<Alarm> = due.iter().map(|alarm| alarm.what).collect();
    assert_eq!(whats, [Alarm::Frozen]);
}
