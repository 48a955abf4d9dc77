//! The desk's book: operators' limits, the second operator, the records of one account.

use rekey::domain::account::{AccountKey, WecomUserId};
use rekey::domain::audit::{AuditEvent, EventKind};
use rekey::domain::code::{DeskAction, Place, ResetId};
use rekey::domain::limits::ALARM_AGAIN;
use rekey::flow::message::Alarm;
use rekey::flow::ports::{ApprovalAsked, Counted, Deed, DeedKind, Signatory};

use super::contract;
use super::stage::{Stage, at, reset};

contract!(
    wrong_codes_stop_the_next_code_over_processes,
    an_operators_limit_holds_over_processes_and_is_refused_once_loudly,
    a_second_person_agrees_once_and_in_time,
    a_withdrawn_request_is_gone,
    an_accounts_records_come_newest_first,
);

fn record(kind: EventKind, account: &str, result: &'static str, secs: i64) -> AuditEvent {
    AuditEvent {
        at: at(secs),
        kind,
        reset: reset(1),
        account: Some(AccountKey::new(account)),
        place: Place {
            front: "desk",
            kiosk: "helper".to_owned(),
        },
        result,
    }
}

fn deed(operator: &str, account: &str, secs: i64) -> Deed {
    Deed {
        kind: DeedKind::Code,
        operator: operator.to_owned(),
        account: AccountKey::new(account),
        at: at(secs),
    }
}

fn somebody(name: &str, visit: u8) -> Signatory {
    Signatory {
        operator: name.to_owned(),
        account: AccountKey::new(&format!("key-of-{name}")),
        wecom: WecomUserId::parse(name).unwrap(),
        visit: ResetId::from_bytes([visit; 16]),
    }
}

fn asked() -> ApprovalAsked {
    ApprovalAsked {
        reset: reset(1),
        account: AccountKey::new("key-of-boss"),
        employee: "boss".to_owned(),
        employee_wecom: WecomUserId::parse("Boss").unwrap(),
        action: DeskAction::Unlock,
        by: somebody("helper", 1),
        until: at(600),
    }
}

async fn an_operators_limit_holds_over_processes_and_is_refused_once_loudly(stage: impl Stage) {
    let (one, other) = (stage.lobby().await, stage.reception().await);
    let refused = record(EventKind::OperatorRefused, "lin", "too_many_codes", 5);
    for (store, secs) in [(&one, 1), (&other, 2), (&one, 3)] {
        let counted = store.count(&deed("helper", "lin", secs), &refused).await;
        assert_eq!(counted, Ok(Counted::Allowed));
    }
    let until = at(3601);
    for (store, first) in [(&other, true), (&one, false)] {
        let counted = store.count(&deed("HELPER", "lin", 5), &refused).await;
        assert_eq!(counted, Ok(Counted::Refused { until, first }));
    }
    // The first refusal of a row owes an alarm, and only it.
    let due = one.owed_alarms(at(5).plus(ALARM_AGAIN)).await.unwrap();
    let whats: Vec<Alarm> = due.iter().map(|alarm| alarm.what).collect();
    assert_eq!(whats, [Alarm::OperatorLimit]);
    assert_eq!(due[0].concern.account, AccountKey::new("lin"));
    let lin = AccountKey::new("lin");
    assert_eq!(one.records_of(&lin, 10).await.unwrap().len(), 2);
    for allowed in [
        deed("other", "lin", 5),
        deed("helper", "siti", 5),
        deed("helper", "lin", 3601),
    ] {
        assert_eq!(
            one.count(&allowed, &refused).await,
            Ok(Counted::Allowed),
            "{allowed:?}"
        );
    }
}

async fn wrong_codes_stop_the_next_code_over_processes(stage: impl Stage) {
    let (one, other) = (stage.lobby().await, stage.reception().await);
    let refused = record(EventKind::OperatorRefused, "lin", "too_many_codes", 11);
    for n in 0..10 {
        let wrong = Deed {
            kind: DeedKind::WrongCode,
            ..deed("helper", &format!("employee-{n}"), n)
        };
        let counted = one.count(&wrong, &refused).await;
        assert_eq!(counted, Ok(Counted::Allowed));
    }
    let until = at(3600);
    // The alarm rings once for the row, whichever of them comes first.
    for (kind, first) in [(DeedKind::WrongCode, true), (DeedKind::Code, false)] {
        let one_more = Deed {
            kind,
            ..deed("Helper", "lin", 11)
        };
        let counted = other.count(&one_more, &refused).await;
        assert_eq!(counted, Ok(Counted::Refused { until, first }));
    }
    for allowed in [deed("helper", "lin", 3600), deed("other", "lin", 11)] {
        let counted = other.count(&allowed, &refused).await;
        assert_eq!(counted, Ok(Counted::Allowed), "{allowed:?}");
    }
}

async fn a_second_person_agrees_once_and_in_time(stage: impl Stage) {
    let (one, other) = (stage.lobby().await, stage.reception().await);
    let begun = record(EventKind::Approval, "key-of-boss", "asked", 0);
    one.ask_approval(&asked(), &begun).await.unwrap();
    assert_eq!(other.waiting_approvals(at(1)).await, Ok(vec![asked()]));
    assert_eq!(one.take_approval(&reset(1), at(1)).await, Ok(false));
    let agreed = |secs| record(EventKind::Approval, "key-of-boss", "approved", secs);
    for same in [somebody("helper", 2), somebody("boss", 2)] {
        assert_eq!(other.approve(&reset(1), &same, &agreed(2)).await, Ok(false));
    }
    let approver = somebody("approver", 2);
    assert_eq!(
        other.approve(&reset(1), &approver, &agreed(600)).await,
        Ok(false)
    );
    assert_eq!(
        other.approve(&reset(1), &approver, &agreed(3)).await,
        Ok(true)
    );
    assert_eq!(
        other.approve(&reset(1), &approver, &agreed(4)).await,
        Ok(false)
    );
    assert_eq!(other.waiting_approvals(at(5)).await, Ok(Vec::new()));
    assert_eq!(
        one.take_approval(&reset(1), at(600)).await,
        Ok(false),
        "too late"
    );
    assert_eq!(one.take_approval(&reset(1), at(5)).await, Ok(true));
    assert_eq!(one.take_approval(&reset(1), at(5)).await, Ok(false), "once");
    let boss = AccountKey::new("key-of-boss");
    assert_eq!(one.records_of(&boss, 10).await.unwrap().len(), 2);
}

async fn a_withdrawn_request_is_gone(stage: impl Stage) {
    let (one, other) = (stage.lobby().await, stage.reception().await);
    let begun = record(EventKind::Approval, "key-of-boss", "asked", 0);
    one.ask_approval(&asked(), &begun).await.unwrap();
    one.withdraw(&reset(1)).await.unwrap();
    let agreed = record(EventKind::Approval, "key-of-boss", "approved", 1);
    let approved = other
        .approve(&reset(1), &somebody("approver", 2), &agreed)
        .await;
    assert_eq!(approved, Ok(false));
    assert_eq!(other.is_objected(&reset(1)).await, Ok(false));
}

async fn an_accounts_records_come_newest_first(stage: impl Stage) {
    let store = stage.lobby().await;
    for (secs, account) in [(1, "lin"), (2, "siti"), (3, "lin"), (4, "lin")] {
        let event = record(EventKind::Freeze, account, "frozen", secs);
        store.append(&event).await.unwrap();
    }
    let lin = AccountKey::new("lin");
    let records = store.records_of(&lin, 2).await.unwrap();
    let times: Vec<i64> = records.iter().map(|record| record.time).collect();
    assert_eq!(times, [at(4).as_millis(), at(3).as_millis()]);
    assert_eq!(store.last_reset(&lin).await, Ok(None));
    let changed = record(EventKind::ChangeOutcome, "lin", "changed", 9);
    store.append(&changed).await.unwrap();
    assert_eq!(store.last_reset(&lin).await, Ok(Some(at(9))));
}
