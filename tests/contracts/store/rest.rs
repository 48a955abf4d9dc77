//! The audit log, the kiosks' buckets, the pictures.

use rekey::domain::account::{AccountKey, EntryDn, WecomUserId};
use rekey::domain::audit::{AuditEvent, EventKind};
use rekey::domain::code::{Action, Binding, Judgement, Place, Subject};
use rekey::domain::limits::{OLD_PASSWORDS, SlidingLimit};
use rekey::domain::throttle::Permission;
use rekey::flow::message::Alarm;
use rekey::flow::ports::{Claim, Issued, OldPasswordTried, Pairing, PictureName};

use super::contract;
use super::stage::{RULES, Stage, at, binding, code, place, reset};

contract!(
    records_are_read_back_in_order_and_in_pages,
    several_processes_write_one_chain,
    a_kiosk_is_slowed_and_never_refused,
    old_passwords_are_counted_until_one_is_right,
    old_passwords_of_remote_sessions_have_a_limit_of_their_own,
    of_many_old_passwords_at_once_the_limit_is_tried,
    a_picture_is_offered_replaced_and_ended,
    a_picture_opens_one_kiosk_for_one_phone,
    a_claim_outlives_the_next_picture_and_not_its_visit,
    digits_on_a_phone_take_no_message_from_the_budget,
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

fn picture(nonce: &str) -> Pairing {
    Pairing {
        nonce: nonce.to_owned(),
        short_code: format!("{nonce}-S"),
        place: place(),
        visit: reset(1),
        expires: at(60),
    }
}

/// A claim of `employee`, as reset `number`, until 300 s.
fn claim(number: u16, employee: &str) -> Claim {
    Claim {
        reset: reset(number),
        account: AccountKey::new(employee),
        dn: EntryDn::new(format!("uid={employee},dc=test")),
        to: WecomUserId::parse(employee).unwrap(),
        expires: at(300),
    }
}

async fn a_picture_opens_one_kiosk_for_one_phone(stage: impl Stage) {
    // The kiosk and the server are two processes.
    let (lobby, server) = (stage.lobby().await, stage.reception().await);
    lobby.offer(&picture("AAAA"), at(0)).await.unwrap();
    let (nonce, short) = (PictureName::Nonce("aaaa"), PictureName::ShortCode("aaaa-s"));
    for name in [nonce, short] {
        let shown = server.shown_at(name, at(1)).await;
        assert_eq!(
            shown,
            Ok(Some(place())),
            "{name:?}, and looking uses nothing up"
        );
    }
    for (name, when) in [
        (PictureName::Nonce("BBBB"), at(1)),
        // One is not the other.
        (PictureName::Nonce("AAAA-S"), at(1)),
        (PictureName::ShortCode("AAAA"), at(1)),
        (nonce, at(60)),
    ] {
        assert_eq!(server.shown_at(name, when).await, Ok(None), "{name:?}");
        let claimed = server.claim(name, &claim(7, "attacker"), when).await;
        assert_eq!(claimed, Ok(false), "{name:?}");
    }
    assert_eq!(lobby.take_claim(&reset(1), at(1)).await, Ok(None));

    let lin = claim(2, "lin.wei");
    assert_eq!(server.claim(short, &lin, at(2)).await, Ok(true));
    // A second phone, and the same one again.
    for (number, employee) in [(3, "siti.rahma"), (2, "lin.wei")] {
        let again = server.claim(nonce, &claim(number, employee), at(3)).await;
        assert_eq!(again, Ok(false), "{employee}");
    }
    assert_eq!(server.shown_at(nonce, at(3)).await, Ok(None));
    assert_eq!(lobby.claimed(at(3)).await, Ok(vec![reset(1)]));
    assert_eq!(
        lobby.take_claim(&reset(9), at(3)).await,
        Ok(None),
        "another visit"
    );
    assert_eq!(lobby.take_claim(&reset(1), at(3)).await, Ok(Some(lin)));
    assert_eq!(lobby.take_claim(&reset(1), at(3)).await, Ok(None), "once");
    assert_eq!(lobby.claimed(at(3)).await, Ok(vec![]));
}

async fn a_claim_outlives_the_next_picture_and_not_its_visit(stage: impl Stage) {
    let lobby = stage.lobby().await;
    let scan = async |nonce, number| {
        lobby.offer(&picture(nonce), at(0)).await.unwrap();
        let name = PictureName::Nonce(nonce);
        let claimed = lobby.claim(name, &claim(number, "lin.wei"), at(1)).await;
        assert_eq!(claimed, Ok(true));
    };
    scan("AAAA", 2).await;
    lobby.offer(&picture("BBBB"), at(55)).await.unwrap();
    let taken = lobby.take_claim(&reset(1), at(56)).await;
    assert_eq!(taken, Ok(Some(claim(2, "lin.wei"))));
    // Nobody takes one whose digits are over, or whose visit is.
    scan("CCCC", 3).await;
    assert_eq!(lobby.claimed(at(300)).await, Ok(vec![]));
    assert_eq!(lobby.take_claim(&reset(1), at(300)).await, Ok(None));
    lobby.end(&reset(1)).await.unwrap();
    assert_eq!(lobby.take_claim(&reset(1), at(2)).await, Ok(None));
}

async fn digits_on_a_phone_take_no_message_from_the_budget(stage: impl Stage) {
    let lobby = stage.lobby().await;
    for number in 1..=8 {
        let shown = Binding {
            action: Action::Pair,
            ..binding(number, "lin.wei")
        };
        let issued = lobby
            .issue(&shown, Some(&code("482913")), RULES, at(0))
            .await;
        assert_eq!(issued, Ok(Issued::Send));
        // What a message would carry is another action: it opens nothing.
        let sent = binding(number, "lin.wei");
        let judged = lobby.judge(&sent, &code("482913"), RULES, at(1)).await;
        assert_eq!(judged, Ok(Judgement::Expired));
    }
    let message = binding(9, "lin.wei");
    let digits = code("111111");
    let issued = lobby.issue(&message, Some(&digits), RULES, at(2)).await;
    assert_eq!(issued, Ok(Issued::Send), "the whole budget is left");
}

async fn a_picture_is_offered_replaced_and_ended(stage: impl Stage) {
    let lobby = stage.lobby().await;
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

fn tried(number: u16, subject: &Subject, limits: &[SlidingLimit]) -> OldPasswordTried {
    OldPasswordTried {
        reset: reset(number),
        subject: subject.clone(),
        place: Place {
            front: "kiosk",
            kiosk: "lobby-1".to_owned(),
        },
        limits: limits.to_vec(),
    }
}

/// A hundred at the site, whoever is tried: then none from anywhere, while kiosks go on.
async fn old_passwords_of_remote_sessions_have_a_limit_of_their_own(stage: impl Stage) {
    let stores = [stage.lobby().await, stage.reception().await];
    let one = |n: u16, remote| {
        let subject = Subject::Account(AccountKey::new(&n.to_string()));
        let tried = tried(n, &subject, &OLD_PASSWORDS);
        let anywhere = Place::remote("ssh", "192.0.2.1");
        let place = if remote {
            anywhere
        } else {
            tried.place.clone()
        };
        OldPasswordTried { place, ..tried }
    };
    for (n, store) in (0..100).zip(stores.iter().cycle()) {
        let due = store.owed_alarms(at(30)).await;
        assert_eq!(due, Ok(Vec::new()), "{n}");
        let answer = store.old_password_tried(&one(n, true), at(0)).await;
        assert_eq!(answer, Ok(Permission::Now), "{n}");
    }
    let [lobby, reception] = &stores;
    // It may yet be right; once it was judged, the alarm is due.
    assert_eq!(reception.owed_alarms(at(14)).await, Ok(Vec::new()));
    let due = reception.owed_alarms(at(15)).await.unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].what, Alarm::RemoteOldPasswordsOff);
    assert_eq!(due[0].concern, one(99, true).concern());
    lobby.alarm_rung(&due[0]).await.unwrap();
    let off = reception.old_password_tried(&one(100, true), at(60)).await;
    assert_eq!(off, Ok(Permission::At(at(3600))));
    let kiosk = lobby.old_password_tried(&one(101, false), at(60)).await;
    assert_eq!(kiosk, Ok(Permission::Now));
    // A right one was no guess.
    let right = Subject::Account(AccountKey::new("7"));
    lobby.old_password_right(&right).await.unwrap();
    let again = reception.old_password_tried(&one(102, true), at(60)).await;
    assert_eq!(again, Ok(Permission::Now));
    let off = lobby.old_password_tried(&one(103, true), at(61)).await;
    assert_eq!(off, Ok(Permission::At(at(3660))));
    // Off once more, and IT has heard of it within the hour.
    assert_eq!(lobby.owed_alarms(at(3000)).await, Ok(Vec::new()));
    // The next time rings again, unless the one too many turns out right.
    for n in 200..300 {
        let answer = lobby.old_password_tried(&one(n, true), at(9000)).await;
        assert_eq!(answer, Ok(Permission::Now), "{n}");
    }
    let last = one(299, true).subject;
    reception.old_password_right(&last).await.unwrap();
    assert_eq!(lobby.owed_alarms(at(9100)).await, Ok(Vec::new()));
    let wrong = lobby.old_password_tried(&one(300, true), at(9101)).await;
    assert_eq!(wrong, Ok(Permission::Now));
    let due = reception.owed_alarms(at(9116)).await.unwrap();
    assert_eq!(due.len(), 1);
}

/// Counted by every process alike, and by each subject on its own; the stricter limit holds.
async fn old_passwords_are_counted_until_one_is_right(stage: impl Stage) {
    let lin = Subject::Account(AccountKey::new("lin.wei"));
    let siti = Subject::Account(AccountKey::new("siti.rahma"));
    for (number, secs, permission) in [
        (1, 0, Permission::Now),
        (1, 60, Permission::Now),
        (2, 120, Permission::At(at(3600))),
        (2, 3600, Permission::Now),
        (3, 3660, Permission::Now),
        // Four a day.
        (3, 20_000, Permission::At(at(86_400))),
    ] {
        let lobby = stage.lobby().await;
        let answer = lobby
            .old_password_tried(&tried(number, &lin, &OLD_PASSWORDS), at(secs))
            .await;
        assert_eq!(answer, Ok(permission), "{secs}");
    }
    let reception = stage.reception().await;
    let now = at(20_000);
    let of = async |subject, limits: &[SlidingLimit]| {
        let tried = tried(9, subject, limits);
        reception.old_password_tried(&tried, now).await
    };
    assert_eq!(of(&siti, &OLD_PASSWORDS).await, Ok(Permission::Now));
    let strict = [SlidingLimit {
        count: 1,
        window: std::time::Duration::from_secs(900),
    }];
    assert_eq!(of(&siti, &strict).await, Ok(Permission::At(at(20_900))));
    reception.old_password_right(&lin).await.unwrap();
    assert_eq!(of(&lin, &OLD_PASSWORDS).await, Ok(Permission::Now));
    assert_eq!(of(&siti, &strict).await, Ok(Permission::At(at(20_900))));
}

async fn of_many_old_passwords_at_once_the_limit_is_tried(stage: impl Stage) {
    let stores = [stage.lobby().await, stage.reception().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (n, store) in (0..40).zip(stores.iter().cycle()) {
        let store = store.clone();
        tasks.spawn(async move {
            let lin = Subject::Account(AccountKey::new("lin.wei"));
            let tried = tried(n, &lin, &OLD_PASSWORDS);
            store.old_password_tried(&tried, at(0)).await.unwrap() == Permission::Now
        });
    }
    let tried = tasks.join_all().await;
    assert_eq!(tried.into_iter().filter(|tried| *tried).count(), 2);
}
