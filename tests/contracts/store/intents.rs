//! The book of intents (rule 4).

use std::sync::Arc;

use rekey::domain::account::{AccountKey, EntryDn, WecomUserId};
use rekey::domain::time::Timestamp;
use rekey::flow::ports::{Act, ChangeMark, Intent, Opened, Outcome, ServerUrl};

use super::contract;
use super::stage::{Stage, Store, at, log, place, reset};

contract!(
    an_intent_comes_back_as_it_was,
    an_unlocking_has_records_of_its_own,
    an_intent_of_a_living_process_is_left_alone,
    an_intent_of_a_killed_process_is_found_once,
    a_re_executed_process_finds_its_own,
    a_claim_ends_after_a_minute,
    an_unknown_outcome_is_looked_up_when_due,
    a_look_is_counted_only_when_it_says_so,
    an_unknown_without_another_look_is_closed_for_good,
    a_final_outcome_closes_for_good,
    one_intent_is_open_for_a_reset,
    a_reset_asks_again_after_a_refusal_and_after_a_failure,
    many_that_start_at_once_share_the_work,
    while_another_reset_changes_the_account_nothing_is_opened,
    a_change_since_the_proof_kills_the_proof,
    a_change_that_settling_finds_kills_proofs_too,
    an_unknown_since_the_proof_blocks_and_an_older_one_does_not,
    a_refused_or_failed_change_of_another_reset_blocks_nobody,
    two_that_open_at_once_are_one_that_asks,
    a_change_by_another_reset_since_makes_an_intent_contested,
    another_unknown_of_the_account_makes_an_intent_contested,
    another_unknown_that_was_given_up_leaves_an_intent_contested,
    alone_an_intent_is_never_contested,
);

fn intent(number: u16) -> Intent {
    Intent {
        act: Act::SetPassword,
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
        proved_at: at(-30),
        at: at(0),
    }
}

/// An intent of lin.wei's reset `number`, proved and opened at these seconds.
/// An intent of the account that the codes' bindings name so.
pub(super) fn of_account(number: u16, account: &str) -> Intent {
    Intent {
        act: Act::SetPassword,
        account: AccountKey::new(account),
        ..intent(number)
    }
}

pub(crate) fn of_lin(number: u16, proved: i64, opened: i64) -> Intent {
    Intent {
        act: Act::SetPassword,
        proved_at: at(proved),
        at: at(opened),
        ..intent(number)
    }
}

/// The same of somebody else.
fn of_mei(number: u16, proved: i64, opened: i64) -> Intent {
    Intent {
        act: Act::SetPassword,
        account: AccountKey::new("77aa-zhang-mei"),
        ..of_lin(number, proved, opened)
    }
}

async fn opens(store: &Arc<dyn Store>, intent: &Intent) {
    assert_eq!(store.open(intent).await, Ok(Opened::Open), "{intent:?}");
}

async fn is_superseded(store: &Arc<dyn Store>, intent: &Intent) {
    let opened = store.open(intent).await;
    assert_eq!(opened, Ok(Opened::Superseded), "{intent:?}");
}

/// Closes the reset `number` at second `secs`; unknown ones are due an hour later.
async fn close(store: &Arc<dyn Store>, number: u16, outcome: Outcome, secs: i64) {
    let look = (outcome == Outcome::Unknown).then(|| at(secs + 3600));
    store
        .close(&reset(number), outcome, at(secs), look)
        .await
        .unwrap();
}

/// The due intents: whose reset is contested.
async fn contests(store: &Arc<dyn Store>, now: Timestamp) -> Vec<(String, bool)> {
    let mut due: Vec<_> = store
        .due(now, false)
        .await
        .unwrap()
        .iter()
        .map(|open| (open.intent.reset.as_str().to_owned(), open.contested))
        .collect();
    due.sort();
    due
}

async fn an_intent_comes_back_as_it_was(stage: impl Stage) {
    opens(&stage.lobby().await, &intent(1)).await;
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
    assert_eq!((found[0].looks, found[0].unknown_recorded), (0, true));
    lobby
        .close(&reset(1), Outcome::Changed, at(71), None)
        .await
        .unwrap();
    assert_eq!(
        log(&*lobby).await,
        [
            "password_judged:accepted",
            "change_intent:asked",
            "change_outcome:unknown",
            "change_outcome:changed"
        ]
    );
}

async fn a_look_is_counted_only_when_it_says_so(stage: impl Stage) {
    stage.third().await.open(&intent(1)).await.unwrap();
    stage.kill_third();
    let lobby = stage.lobby().await;
    let mut counted = 0;
    for (round, counts) in [true, false, false, true, true].into_iter().enumerate() {
        let now = i64::try_from(round).unwrap() * 100;
        let found = lobby.due(at(now), false).await.unwrap();
        assert_eq!(found[0].looks, counted);
        assert!(!found[0].unknown_recorded);
        let again = at(now + 100);
        lobby.look_again(&reset(1), again, counts).await.unwrap();
        assert_eq!(lobby.due(at(now + 99), false).await, Ok(vec![]));
        counted += u32::from(counts);
    }
    // One that was never opened is no trouble.
    lobby.look_again(&reset(9), at(0), true).await.unwrap();
}

async fn an_unknown_without_another_look_is_closed_for_good(stage: impl Stage) {
    let lobby = stage.lobby().await;
    opens(&lobby, &intent(1)).await;
    close(&lobby, 1, Outcome::Unknown, 1).await;
    let closed = lobby.close(&reset(1), Outcome::Unknown, at(2), None).await;
    assert_eq!(closed, Ok(()));
    assert_eq!(lobby.due(at(1_000_000), true).await, Ok(vec![]));
    // Nothing reopens it, and still unknown was no news.
    close(&lobby, 1, Outcome::Changed, 3).await;
    assert_eq!(
        log(&*lobby).await,
        [
            "password_judged:accepted",
            "change_intent:asked",
            "change_outcome:unknown"
        ]
    );
    // One that was never called unknown before is recorded when it is given up.
    opens(&lobby, &of_mei(2, 0, 1)).await;
    let closed = lobby.close(&reset(2), Outcome::Unknown, at(2), None).await;
    assert_eq!(closed, Ok(()));
    assert_eq!(log(&*lobby).await.len(), 6);
}

async fn a_final_outcome_closes_for_good(stage: impl Stage) {
    let lobby = stage.lobby().await;
    for (number, outcome) in [Outcome::Changed, Outcome::Refused, Outcome::Failed]
        .into_iter()
        .enumerate()
    {
        let number = number as u16;
        // Another account each: a change kills the older proofs of its account.
        let account = AccountKey::new(&format!("employee-{number}"));
        let intent = Intent {
            account,
            ..intent(number)
        };
        opens(&lobby, &intent).await;
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
        9,
        "closing a closed one is no step"
    );
    let records = lobby.read(0, 10).await.unwrap();
    let resets: Vec<_> = records.iter().map(|r| r.reset.clone()).collect();
    assert_eq!(
        resets[1], resets[2],
        "intent and outcome carry the same reset"
    );
    assert_eq!(lobby.verify().await.unwrap(), Ok(9));
}

async fn one_intent_is_open_for_a_reset(stage: impl Stage) {
    let lobby = stage.lobby().await;
    lobby.open(&intent(1)).await.unwrap();
    assert!(lobby.open(&intent(1)).await.is_err());
    assert_eq!(log(&*lobby).await.len(), 2, "the second one left no record");
}

async fn a_reset_asks_again_after_a_refusal_and_after_a_failure(stage: impl Stage) {
    let lobby = stage.lobby().await;
    opens(&lobby, &of_lin(1, -30, 0)).await;
    close(&lobby, 1, Outcome::Refused, 1).await;
    opens(&lobby, &of_lin(1, -30, 2)).await;
    close(&lobby, 1, Outcome::Failed, 3).await;
    opens(&lobby, &of_lin(1, -30, 4)).await;
    close(&lobby, 1, Outcome::Changed, 5).await;
    // The proof is spent.
    is_superseded(&lobby, &of_lin(1, -30, 6)).await;
    assert_eq!(
        log(&*lobby).await,
        [
            "password_judged:accepted",
            "change_intent:asked",
            "change_outcome:refused",
            "password_judged:accepted",
            "change_intent:asked",
            "change_outcome:failed",
            "password_judged:accepted",
            "change_intent:asked",
            "change_outcome:changed",
            "password_judged:accepted",
            "change_not_asked:superseded",
        ]
    );
}

async fn many_that_start_at_once_share_the_work(stage: impl Stage) {
    let third = stage.third().await;
    for number in 0..20 {
        let account = AccountKey::new(&format!("employee-{number}"));
        let intent = Intent {
            account,
            ..intent(number)
        };
        opens(&third, &intent).await;
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

async fn while_another_reset_changes_the_account_nothing_is_opened(stage: impl Stage) {
    let (lobby, reception) = (stage.lobby().await, stage.reception().await);
    opens(&lobby, &of_lin(1, 0, 10)).await;
    // Even a younger proof waits: two answers of the directory could not be told apart.
    is_superseded(&reception, &of_lin(2, 5, 11)).await;
    is_superseded(&reception, &of_lin(3, 20, 21)).await;
    // Others are not held up.
    opens(&reception, &of_mei(4, 5, 11)).await;
    // What was refused was not opened: nothing of it is found, and closing it is no step.
    close(&reception, 2, Outcome::Changed, 12).await;
    assert_eq!(
        log(&*lobby).await,
        [
            "password_judged:accepted",
            "change_intent:asked",
            "password_judged:accepted",
            "change_not_asked:superseded",
            "password_judged:accepted",
            "change_not_asked:superseded",
            "password_judged:accepted",
            "change_intent:asked",
        ]
    );
    let records = lobby.read(0, 10).await.unwrap();
    for record in &records[2..4] {
        assert_eq!(record.reset, reset(2).as_str());
        assert_eq!(record.account, "0b5f-lin-wei");
        assert_eq!(record.time, at(11).as_millis());
    }
    assert_eq!(lobby.due(at(1_000_000), true).await.unwrap().len(), 1);
}

async fn a_change_since_the_proof_kills_the_proof(stage: impl Stage) {
    let (lobby, reception) = (stage.lobby().await, stage.reception().await);
    opens(&lobby, &of_lin(1, 0, 10)).await;
    close(&lobby, 1, Outcome::Changed, 12).await;
    is_superseded(&reception, &of_lin(2, 5, 20)).await;
    is_superseded(&reception, &of_lin(3, 12, 20)).await;
    let again = stage.lobby().await;
    is_superseded(&again, &of_lin(4, 5, 100_000)).await;
    opens(&again, &of_mei(5, 5, 20)).await;
    // A proof that is younger than the change is a new one.
    opens(&reception, &of_lin(6, 13, 20)).await;
}

async fn a_change_that_settling_finds_kills_proofs_too(stage: impl Stage) {
    stage.third().await.open(&of_lin(1, 0, 10)).await.unwrap();
    stage.kill_third();
    let lobby = stage.lobby().await;
    assert_eq!(lobby.due(at(50), false).await.unwrap().len(), 1);
    close(&lobby, 1, Outcome::Unknown, 50).await;
    close(&lobby, 1, Outcome::Changed, 60).await;
    is_superseded(&lobby, &of_lin(2, 30, 70)).await;
}

async fn an_unknown_since_the_proof_blocks_and_an_older_one_does_not(stage: impl Stage) {
    let (lobby, reception) = (stage.lobby().await, stage.reception().await);
    opens(&lobby, &of_lin(1, 0, 10)).await;
    close(&lobby, 1, Outcome::Unknown, 13).await;
    // Proved before the unknown change was asked for, or in that very moment.
    is_superseded(&reception, &of_lin(2, 9, 20)).await;
    is_superseded(&reception, &of_lin(3, 10, 20)).await;
    // Whoever saw "unknown" and begins again is let on.
    opens(&reception, &of_lin(4, 11, 20)).await;
}

async fn a_refused_or_failed_change_of_another_reset_blocks_nobody(stage: impl Stage) {
    let lobby = stage.lobby().await;
    for (number, outcome) in [(1, Outcome::Refused), (2, Outcome::Failed)] {
        opens(&lobby, &of_lin(number, 0, 10)).await;
        close(&lobby, number, outcome, 11).await;
    }
    opens(&lobby, &of_lin(3, 0, 12)).await;
}

async fn two_that_open_at_once_are_one_that_asks(stage: impl Stage) {
    for round in 0..5u16 {
        let kiosks = [stage.lobby().await, stage.reception().await];
        let account = AccountKey::new(&format!("employee-{round}"));
        let mut tasks = tokio::task::JoinSet::new();
        for (number, kiosk) in (0..6).zip(kiosks.iter().cycle()) {
            let kiosk = kiosk.clone();
            let intent = Intent {
                account: account.clone(),
                ..intent(round * 10 + number)
            };
            tasks.spawn(async move { kiosk.open(&intent).await.unwrap() });
        }
        let opened = tasks.join_all().await;
        let open = opened.iter().filter(|o| **o == Opened::Open).count();
        assert_eq!(open, 1, "{opened:?}");
    }
}

async fn a_change_by_another_reset_since_makes_an_intent_contested(stage: impl Stage) {
    let lobby = stage.lobby().await;
    opens(&lobby, &of_lin(1, 0, 10)).await;
    close(&lobby, 1, Outcome::Unknown, 13).await;
    opens(&lobby, &of_mei(2, 0, 10)).await;
    close(&lobby, 2, Outcome::Unknown, 13).await;
    opens(&lobby, &of_lin(3, 20, 30)).await;
    close(&lobby, 3, Outcome::Changed, 31).await;
    let (lin, mei) = (reset(1), reset(2));
    assert_eq!(
        contests(&lobby, at(10_000)).await,
        [
            (lin.as_str().to_owned(), true),
            (mei.as_str().to_owned(), false)
        ]
    );
}

async fn another_unknown_of_the_account_makes_an_intent_contested(stage: impl Stage) {
    let lobby = stage.lobby().await;
    opens(&lobby, &of_lin(1, 0, 10)).await;
    close(&lobby, 1, Outcome::Unknown, 13).await;
    opens(&lobby, &of_lin(2, 20, 30)).await;
    close(&lobby, 2, Outcome::Unknown, 33).await;
    let both = [reset(1), reset(2)].map(|reset| (reset.as_str().to_owned(), true));
    assert_eq!(contests(&lobby, at(10_000)).await, both);
}

/// Its change may land even then.
async fn another_unknown_that_was_given_up_leaves_an_intent_contested(stage: impl Stage) {
    let lobby = stage.lobby().await;
    opens(&lobby, &of_lin(1, 0, 10)).await;
    close(&lobby, 1, Outcome::Unknown, 13).await;
    opens(&lobby, &of_lin(2, 20, 30)).await;
    close(&lobby, 2, Outcome::Unknown, 33).await;
    lobby
        .close(&reset(2), Outcome::Unknown, at(60), None)
        .await
        .unwrap();
    let lin = reset(1).as_str().to_owned();
    for later in [10_000, 20_000] {
        assert_eq!(contests(&lobby, at(later)).await, [(lin.clone(), true)]);
    }
}

async fn alone_an_intent_is_never_contested(stage: impl Stage) {
    let lobby = stage.lobby().await;
    // An earlier change, an earlier refusal of its own, and somebody else's unknown.
    opens(&lobby, &of_lin(1, 0, 10)).await;
    close(&lobby, 1, Outcome::Changed, 12).await;
    opens(&lobby, &of_lin(2, 20, 30)).await;
    close(&lobby, 2, Outcome::Refused, 31).await;
    opens(&lobby, &of_lin(2, 20, 32)).await;
    close(&lobby, 2, Outcome::Unknown, 33).await;
    opens(&lobby, &of_mei(3, 20, 30)).await;
    assert_eq!(
        contests(&lobby, at(10_000)).await,
        [(reset(2).as_str().to_owned(), false)]
    );
}

async fn an_unlocking_has_records_of_its_own(stage: impl Stage) {
    let lobby = stage.lobby().await;
    let unlock = Intent {
        act: Act::Unlock,
        ..intent(1)
    };
    assert_eq!(lobby.open(&unlock).await, Ok(Opened::Open));
    assert_eq!(lobby.open(&intent(2)).await, Ok(Opened::Superseded));
    let again = stage.lobby().await;
    let due = again.due(at(1), true).await.unwrap();
    assert_eq!(due[0].intent, unlock);
    let closed = again.close(&reset(1), Outcome::Changed, at(2), None).await;
    assert_eq!(closed, Ok(()));
    assert_eq!(
        log(&*again).await,
        [
            "unlock_intent:asked",
            "password_judged:accepted",
            "change_not_asked:superseded",
            "unlock_outcome:changed"
        ]
    );
}
