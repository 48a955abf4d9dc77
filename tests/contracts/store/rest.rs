//! The audit log, the kiosks' buckets, the pictures.

use rekey::domain::account::AccountKey;
use rekey::domain::audit::{AuditEvent, EventKind};
use rekey::domain::throttle::Permission;
use rekey::flow::ports::Pairing;

use super::contract;
use super::stage::{Stage, at, place, reset};

contract!(
    records_are_read_back_in_order_and_in_pages,
    several_processes_write_one_chain,
    a_kiosk_is_slowed_and_never_refused,
    a_picture_is_offered_replaced_and_ended,
);

pub(crate) fn event(secs: i64, result: &'static str) -> AuditEvent {
    AuditEvent {
        at: at(secs),
        kind: EventKind::NoticeSent,
        reset: reset(1),
        account: Some(AccountKey::new("lin.wei")),
        place: place(),
        result,
    }
}

async fn records_are_read_back_in_order_and_in_pages(stage: impl Stage) {
    let lobby = stage.lobby().await;
    assert_eq!(lobby.verify().await.unwrap(), Ok(0));
    for secs in 0..7 {
        lobby.append(&event(secs, "sent")).await.unwrap();
    }
    let page = lobby.read(2, 3).await.unwrap();
    assert_eq!(page.iter().map(|r| r.seq).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(page[0].time, at(2).as_millis());
    assert_eq!(page[0].event, "notice_sent");
    assert_eq!(page[0].mac.len(), 64);
    assert_eq!(lobby.read(7, 3).await, Ok(vec![]));
    assert_eq!(lobby.verify().await.unwrap(), Ok(7));
}

async fn several_processes_write_one_chain(stage: impl Stage) {
    let stores = [
        stage.lobby().await,
        stage.reception().await,
        stage.third().await,
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for (n, store) in (0..60).zip(stores.iter().cycle()) {
        let store = store.clone();
        tasks.spawn(async move { store.append(&event(n, "sent")).await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(stores[0].verify().await.unwrap(), Ok(60));
}

async fn a_kiosk_is_slowed_and_never_refused(stage: impl Stage) {
    for attempt in 0..33 {
        // Restarting the kiosk gives nothing back.
        let lobby = stage.lobby().await;
        let expected = match attempt {
            0..30 => Permission::Now,
            late => Permission::At(at(5 * (late - 29))),
        };
        assert_eq!(lobby.kiosk_attempt("lobby-1", at(0)).await, Ok(expected));
    }
    let lobby = stage.lobby().await;
    assert_eq!(
        lobby.kiosk_attempt("reception-1", at(0)).await,
        Ok(Permission::Now)
    );
    assert_eq!(
        lobby.kiosk_attempt("lobby-1", at(3600)).await,
        Ok(Permission::Now)
    );
}

async fn a_picture_is_offered_replaced_and_ended(stage: impl Stage) {
    let lobby = stage.lobby().await;
    let picture = |nonce: &str| Pairing {
        nonce: nonce.to_owned(),
        short_code: format!("{nonce}-S"),
        place: place(),
        visit: reset(1),
        expires: at(60),
    };
    lobby.offer(&picture("AAAA"), at(0)).await.unwrap();
    // Another one of the same visit takes its place, even the same nonce again.
    lobby.offer(&picture("BBBB"), at(1)).await.unwrap();
    lobby.offer(&picture("AAAA"), at(2)).await.unwrap();
    // The nonce of a visit that goes on is nobody else's.
    lobby.end(&reset(1)).await.unwrap();
    let other = Pairing {
        visit: reset(2),
        ..picture("AAAA")
    };
    lobby.offer(&other, at(3)).await.unwrap();
    lobby.end(&reset(99)).await.unwrap();
}
