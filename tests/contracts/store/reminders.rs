//! Reminders: each begun once, whoever asks and whatever dies.

use rekey::domain::account::AccountKey;
use rekey::domain::audit::{AuditEvent, EventKind};
use rekey::domain::code::Place;
use rekey::domain::remind::Reminder;
use rekey::flow::ports::remind::Begun;

use super::contract;
use super::stage::{Stage, at, log, reset};

contract!(
    a_reminder_is_begun_once_by_whoever_comes_first,
    what_was_put_back_is_begun_again,
    a_death_in_between_is_found_and_nothing_is_begun_again,
    another_password_or_step_is_another_reminder,
);

pub(crate) fn reminder(account: &str, step: u16) -> Reminder {
    Reminder {
        account: AccountKey::new(account),
        ends: at(86_400),
        step,
    }
}

fn record(account: &str, result: &'static str) -> AuditEvent {
    AuditEvent {
        at: at(0),
        kind: EventKind::Reminder,
        reset: reset(1),
        account: Some(AccountKey::new(account)),
        place: Place {
            front: "remind",
            kiosk: String::new(),
        },
        result,
    }
}

async fn a_reminder_is_begun_once_by_whoever_comes_first(stage: impl Stage) {
    let processes = [
        stage.lobby().await,
        stage.reception().await,
        stage.third().await,
    ];
    let lin = reminder("lin", 7);
    let asked = (0..30).map(|n| {
        let (store, lin) = (processes[n % 3].clone(), lin.clone());
        tokio::spawn(async move { store.begin(&lin, at(0)).await.unwrap() })
    });
    let mut begun = 0;
    for asked in asked.collect::<Vec<_>>() {
        begun += usize::from(asked.await.unwrap() == Begun::Now);
    }
    assert_eq!(begun, 1);
    assert!(processes[1].is_begun(&lin).await.unwrap());
    let sent = record("lin", "sent");
    processes[0].finish(&lin, false, &sent).await.unwrap();
    let again = processes[2].begin(&lin, at(9)).await.unwrap();
    assert_eq!(again, Begun::Before);
    assert_eq!(log(&*processes[1]).await, ["reminder:sent"]);
}

async fn what_was_put_back_is_begun_again(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = reminder("lin", 7);
    assert_eq!(store.begin(&lin, at(0)).await.unwrap(), Begun::Now);
    let down = record("lin", "channel_down");
    store.finish(&lin, true, &down).await.unwrap();
    assert!(!store.is_begun(&lin).await.unwrap());
    assert_eq!(store.begin(&lin, at(60)).await.unwrap(), Begun::Now);
    assert_eq!(log(&*store).await, ["reminder:channel_down"]);
    assert_eq!(store.verify().await.unwrap(), Ok(1));
}

async fn a_death_in_between_is_found_and_nothing_is_begun_again(stage: impl Stage) {
    let store = stage.third().await;
    let lin = reminder("lin", 7);
    assert_eq!(store.begin(&lin, at(0)).await.unwrap(), Begun::Now);
    drop(store);
    stage.kill_third();
    let store = stage.lobby().await;
    let again = store.begin(&lin, at(600)).await.unwrap();
    assert_eq!(again, Begun::Before);
    // Not one that somebody may just be sending.
    assert_eq!(store.unended(at(0)).await.unwrap(), []);
    let unended = store.unended(at(300)).await.unwrap();
    assert_eq!(unended, std::slice::from_ref(&lin));
    let unknown = record("lin", "unknown");
    store.finish(&lin, false, &unknown).await.unwrap();
    assert_eq!(store.unended(at(300)).await.unwrap(), []);
    let again = store.begin(&lin, at(900)).await.unwrap();
    assert_eq!(again, Begun::Before);
}

async fn another_password_or_step_is_another_reminder(stage: impl Stage) {
    let store = stage.lobby().await;
    let lin = reminder("lin", 7);
    let other_password = Reminder {
        ends: at(86_401),
        ..lin.clone()
    };
    for reminder in [lin, reminder("lin", 3), reminder("siti", 7), other_password] {
        assert_eq!(store.begin(&reminder, at(0)).await.unwrap(), Begun::Now);
    }
}
