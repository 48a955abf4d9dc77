//! The book of intents (rule 4).

use rekey::domain::account::{AccountKey, EntryDn, WecomUserId};
use rekey::flow::ports::{ChangeMark, Intent, Outcome, ServerUrl};

use super::contract;
use super::stage::{Stage, at, log, place, reset};

contract!(
    an_intent_comes_back_as_it_was,
    an_intent_of_a_living_process_is_left_alone,
    an_intent_of_a_killed_process_is_found_once,
    a_re_executed_process_finds_its_own,
    a_claim_ends_after_a_minute,
    an_unknown_outcome_is_looked_up_when_due,
    a_look_put_off_is_counted,
    a_final_outcome_closes_for_good,
    one_intent_is_open_for_a_reset,
    many_that_start_at_once_share_the_work,
);

fn intent(number: u16) -> Intent {
    Intent {
        reset: reset(number),
        account: AccountKey::new("0b5f-lin-wei"),
        dn: EntryDn::new("uid=lin.wei,ou=people,dc=contoso,dc=example".to_owned()),
        mark: ChangeMark {
            server: ServerUrl("ldaps://ldap1.contoso.example".to_owned()),
            entry_mark: "20261122120000.000001Z#000000#000#000000".to_owned(),
            password_mark: String::new(),
        },
        place: place(),
        notify: WecomUserId::parse("LinWei"),
        language: Some("zh-CN".to_owned()),
        at: at(0),
    }
}

async fn an_intent_comes_back_as_it_was(stage: impl Stage) {
    stage.lobby().await.open(&intent(1)).await.unwrap();
    let found = stage.lobby().await.due(at(1), true).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].intent, intent(1));
    assert_eq!((found[0].looks, found[0].unknown_recorded), (0, false));
}

async fn an_intent_of_a_living_process_is_left_alone(stage: impl Stage) {
    let lobby = stage.lobby().await;
    lobby.open(&intent(1)).await.unwrap();
    let later = at(1_000_000);
    assert_eq!(lobby.due(later, false).await, Ok(vec![]));
    let reception = stage.reception().await;
    assert_eq!(reception.due(later, false).await, Ok(vec![]));
    assert_eq!(reception.due(later, true).await, Ok(vec![]));
}

async fn an_intent_of_a_killed_process_is_found_once(stage: impl Stage) {
    stage.third().await.open(&intent(1)).await.unwrap();
    let (lobby, reception) = (stage.lobby().await, stage.reception().await);
    assert_eq!(lobby.due(at(1), true).await, Ok(vec![]));
    stage.kill_third();
    let found = lobby.due(at(2), false).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(reception.due(at(3), true).await, Ok(vec![]));
    assert_eq!(lobby.due(at(3), false).await, Ok(vec![]));
}

async fn a_re_executed_process_finds_its_own(stage: impl Stage) {
    stage.lobby().await.open(&intent(1)).await.unwrap();
    let again = stage.lobby().await;
    assert_eq!(again.due(at(1), true).await.unwrap().len(), 1);
    // And if it is re-executed while it looks, once more.
    let again = stage.lobby().await;
    assert_eq!(again.due(at(2), true).await.unwrap().len(), 1);
    assert_eq!(again.due(at(2), false).await, Ok(vec![]));
}

async fn a_claim_ends_after_a_minute(stage: impl Stage) {
    stage.third().await.open(&intent(1)).await.unwrap();
    stage.kill_third();
    let (lobby, reception) = (stage.lobby().await, stage.reception().await);
    assert_eq!(lobby.due(at(0), false).await.unwrap().len(), 1);
    assert_eq!(reception.due(at(59), false).await, Ok(vec![]));
    assert_eq!(reception.due(at(60), false).await.unwrap().len(), 1);
}

async fn an_unknown_outcome_is_looked_up_when_due(stage: impl Stage) {
    let lobby = stage.lobby().await;
    lobby.open(&intent(1)).await.unwrap();
    let look = Some(at(10));
    lobby
        .close(&reset(1), Outcome::Unknown, at(1), look)
        .await
        .unwrap();
    let reception = stage.reception().await;
    assert_eq!(reception.due(at(9), true).await, Ok(vec![]));
    let found = reception.due(at(10), false).await.unwrap();
    assert_eq!((found[0].looks, found[0].unknown_recorded), (0, true));
    // Still unknown: put off again, and no second record.
    let look = Some(at(70));
    reception
        .close(&reset(1), Outcome::Unknown, at(11), look)
        .await
        .unwrap();
    let found = lobby.due(at(70), false).await.unwrap();
    assert_eq!(found[0].looks, 1);
    lobby
        .close(&reset(1), Outcome::Changed, at(71), None)
        .await
        .unwrap();
    assert_eq!(
        log(&*lobby).await,
        [
            "change_intent:asked",
            "change_outcome:unknown",
            "change_outcome:changed"
        ]
    );
}

async fn a_look_put_off_is_counted(stage: impl Stage) {
    stage.third().await.open(&intent(1)).await.unwrap();
    stage.kill_third();
    let lobby = stage.lobby().await;
    for looks in 0..3u32 {
        let now = i64::from(looks) * 100;
        let found = lobby.due(at(now), false).await.unwrap();
        assert_eq!(found[0].looks, looks);
        assert!(!found[0].unknown_recorded);
        lobby.look_again(&reset(1), at(now + 100)).await.unwrap();
        assert_eq!(lobby.due(at(now + 99), false).await, Ok(vec![]));
    }
}

async fn a_final_outcome_closes_for_good(stage: impl Stage) {
    let lobby = stage.lobby().await;
    for (number, outcome) in [Outcome::Changed, Outcome::Refused, Outcome::Failed]
        .into_iter()
        .enumerate()
    {
        let number = number as u16;
        lobby.open(&intent(number)).await.unwrap();
        lobby
            .close(&reset(number), outcome, at(1), None)
            .await
            .unwrap();
        lobby
            .close(&reset(number), Outcome::Unknown, at(2), Some(at(3)))
            .await
            .unwrap();
        lobby
            .close(&reset(number), Outcome::Changed, at(2), None)
            .await
            .unwrap();
    }
    assert_eq!(lobby.due(at(1_000_000), true).await, Ok(vec![]));
    assert_eq!(
        log(&*lobby).await.len(),
        6,
        "closing a closed one is no step"
    );
    let records = lobby.read(0, 10).await.unwrap();
    let resets: Vec<_> = records.iter().map(|r| r.reset.clone()).collect();
    assert_eq!(
        resets[0], resets[1],
        "intent and outcome carry the same reset"
    );
    assert_eq!(lobby.verify().await.unwrap(), Ok(6));
}

async fn one_intent_is_open_for_a_reset(stage: impl Stage) {
    let lobby = stage.lobby().await;
    lobby.open(&intent(1)).await.unwrap();
    assert!(lobby.open(&intent(1)).await.is_err());
    assert_eq!(log(&*lobby).await.len(), 1, "the second one left no record");
    // A refused password, and another one after it.
    lobby
        .close(&reset(1), Outcome::Refused, at(1), None)
        .await
        .unwrap();
    lobby.open(&intent(1)).await.unwrap();
}

async fn many_that_start_at_once_share_the_work(stage: impl Stage) {
    let third = stage.third().await;
    for number in 0..20 {
        third.open(&intent(number)).await.unwrap();
    }
    stage.kill_third();
    let mut tasks = tokio::task::JoinSet::new();
    for round in 0..8 {
        let store = match round % 2 {
            0 => stage.lobby().await,
            _ => stage.reception().await,
        };
        tasks.spawn(async move { store.due(at(1), false).await.unwrap() });
    }
    let found: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(found.len(), 20, "each is claimed by exactly one");
}
