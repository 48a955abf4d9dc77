//! What the desk must never do, by the records, the directory and what operators saw.

use std::collections::BTreeSet;

use rekey::domain::account::WecomUserId;
use rekey::domain::audit::{AuditRecord, EventKind};
use rekey::domain::code::{DeskAction, ResetId};
use rekey::domain::limits::{self, SlidingLimit};
use rekey::flow::desk::{DeskPrompt, DeskRefusal, Gift};
use rekey::fronts::desk::result_key;

use crate::Company;
use crate::actors::count;
use crate::desk::{DeskVisit, Manner, SOUGHT, STAFF};

pub fn hold(company: &Company, desks: &[DeskVisit], records: &[AuditRecord], calm: bool) {
    legible(records);
    let at_desk: Vec<&AuditRecord> = records.iter().filter(|r| r.front == "desk").collect();
    changes(company, &at_desk);
    unlockings(company, &at_desk);
    operators_are_limited(&at_desk, calm);
    links(company, &at_desk);
    for desk in desks {
        given(company, desk, &at_desk);
        told(desk, &at_desk, calm);
        let opened = desk
            .saw
            .iter()
            .any(|seen| matches!(seen, DeskPrompt::Choose { .. }));
        match desk.manner {
            Manner::Guessing | Manner::KioskCode => {
                let opened = opened || desk.unlocked > 0;
                assert!(!opened, "rule 2: only its own code opens a desk's reset");
                count("a wrong code opened nothing at the desk");
            }
            _ if opened => count("an employee's code was right at the desk"),
            _ => {}
        }
    }
}

/// An operator reads words, not the program's own.
fn legible(records: &[AuditRecord]) {
    for record in records {
        let AuditRecord { event, result, .. } = record;
        assert!(EventKind::parse(event).is_some(), "{event}");
        assert!(result_key(result).is_some(), "{event} {result}");
    }
}

/// Rule 10, and nobody for themselves: changes that began at the desk.
fn changes(company: &Company, at_desk: &[&AuditRecord]) {
    let begun: BTreeSet<&str> = at_desk.iter().map(|r| r.reset.as_str()).collect();
    for set in company.people.sets() {
        let Some(reset) = set.reset.as_ref().filter(|r| begun.contains(r.as_str())) else {
            continue;
        };
        let of_reset = |event: &str, result: &str| {
            let mut records = at_desk.iter();
            records
                .find(|r| r.reset == reset.as_str() && r.event == event && r.result == result)
                .copied()
        };
        let account = set.account.as_str();
        let intent = of_reset("change_intent", "asked").expect("rule 4: an intent comes first");
        assert!(
            of_reset("reset_started", "helped_unlock").is_none(),
            "rule 2: a code for unlocking leads to no password"
        );
        assert_ne!(account, "key-of-the.admin", "rule 10: never reset");
        let own = format!("key-of-{}", intent.kiosk);
        assert_ne!(account, own, "nobody helps themselves");
        assert_ne!(intent.kiosk, "the.auditor", "an auditor changes nothing");
        if account == "key-of-the.boss" || account == "key-of-the.approver" {
            let approved = of_reset("approval", "approved").expect("rule 10: two operators");
            assert!(approved.seq < intent.seq, "agreed before it is done");
            assert_ne!(approved.kiosk, intent.kiosk, "two different operators");
            let approver = ["the.approver", "another.approver"].contains(&&*approved.kiosk);
            assert!(approver, "only approvers agree");
            count("two operators helped somebody protected");
        }
        count("a password was made at the desk");
    }
}

/// Rules 1, 2 and 10: what was unlocked at the desk was so by its employee's code for that.
fn unlockings(company: &Company, at_desk: &[&AuditRecord]) {
    for (account, reset) in company.people.unlocked() {
        let of_reset = |event: &str, result: &str| {
            let mut records = at_desk.iter();
            records
                .find(|r| r.reset == reset.as_str() && r.event == event && r.result == result)
                .copied()
        };
        let Some(intent) = of_reset("unlock_intent", "asked") else {
            continue;
        };
        let right = of_reset("code_judged", "right").expect("rule 1: no operator unlocks alone");
        assert!(right.seq < intent.seq, "proof comes first");
        assert!(
            of_reset("reset_started", "helped_unlock").is_some(),
            "rule 2: the code was for unlocking"
        );
        let own = format!("key-of-{}", intent.kiosk);
        assert_ne!(account.as_str(), own, "nobody helps themselves");
        assert_ne!(intent.kiosk, "the.auditor", "an auditor changes nothing");
        if account.as_str() == "key-of-the.boss" {
            let approved = of_reset("approval", "approved").expect("rule 10: two operators");
            assert_ne!(approved.kiosk, intent.kiosk, "two different operators");
            count("two operators unlocked somebody protected");
        }
        count("an account was unlocked at the desk");
    }
}

/// Rule 4: the audit tells of each link that came to a phone, whatever died meanwhile.
fn links(company: &Company, at_desk: &[&AuditRecord]) {
    for (login, phone) in SOUGHT {
        let phone = WecomUserId::parse(phone).expect("a userid");
        let inbox = company.people.inbox(&phone);
        let came = inbox
            .iter()
            .filter(|message| message.link.is_some())
            .count();
        let made = |r: &&&AuditRecord| r.event == "link_offered" && r.result == "form";
        let theirs = at_desk.iter().filter(made);
        let made = theirs
            .filter(|r| r.account == format!("key-of-{login}"))
            .count();
        assert!(came <= made, "rule 4: {came} links, {made} on record");
    }
}

/// What an operator was told of a gift is true, and recorded.
fn given(company: &Company, desk: &DeskVisit, at_desk: &[&AuditRecord]) {
    let sets = company.people.sets();
    for seen in &desk.saw {
        let DeskPrompt::Given { gift, ticket, .. } = seen else {
            continue;
        };
        let mut resets = sets.iter().filter_map(|set| set.reset.as_ref());
        let set = resets.any(|reset| reset.reference() == *ticket);
        match gift {
            Gift::Temporary => assert!(set, "rule 6: given means set"),
            Gift::Link => assert!(!set, "a link sets nothing by itself"),
        }
        let mut records = at_desk.iter();
        let proof = records.any(|r| {
            let reset = ResetId::from_stored(r.reset.clone());
            r.event == "code_judged" && r.result == "right" && reset.reference() == *ticket
        });
        assert!(proof, "rule 1: a proof comes first");
        count(match gift {
            Gift::Link => "a link was given at the desk",
            Gift::Temporary => "a temporary password was given at the desk",
        });
    }
}

/// Rule 4: what an operator was shown, the audit tells.
fn told(desk: &DeskVisit, at_desk: &[&AuditRecord], calm: bool) {
    let by = desk.operator.login;
    let has = |event: &str, result: &str| {
        let is_it = |r: &&&AuditRecord| r.kiosk == by && r.event == event && r.result == result;
        assert!(
            at_desk.iter().any(|r| is_it(&r)),
            "rule 4: {event} {result} of {by}"
        );
    };
    for seen in &desk.saw {
        match seen {
            DeskPrompt::SignedIn(powers) => {
                has("signed_in", powers.role().as_str());
                count("an operator signed in");
            }
            DeskPrompt::WaitsForApproval { .. } => has("approval", "asked"),
            DeskPrompt::Begun { action, .. } if calm => has(
                "reset_started",
                match action {
                    DeskAction::Password => "helped",
                    DeskAction::Unlock => "helped_unlock",
                },
            ),
            DeskPrompt::Given {
                gift, told: true, ..
            } if calm => {
                has("handed_over", gift.as_str());
            }
            DeskPrompt::Person(_, Some(refusal)) => refused(*refusal, has),
            _ => {}
        }
    }
}

fn refused(refusal: DeskRefusal, has: impl Fn(&str, &str)) {
    let word = match refusal {
        DeskRefusal::Role => "role",
        DeskRefusal::Own => "own",
        DeskRefusal::Protected => "protected",
        DeskRefusal::Frozen => "frozen",
        DeskRefusal::NotLocked => "not_locked",
        _ => return,
    };
    has("operator_refused", word);
    count(match refusal {
        DeskRefusal::Role => "an auditor was refused",
        DeskRefusal::Own => "an operator was refused for themselves",
        DeskRefusal::Protected => "an operator was refused for an administrator",
        DeskRefusal::NotLocked => "there was nothing to unlock",
        _ => "an operator was refused for somebody frozen",
    });
}

/// The limits of each operator, and the alarm that rings at one.
fn operators_are_limited(at_desk: &[&AuditRecord], calm: bool) {
    for staff in &STAFF {
        let theirs = |event: &str, results: &[&str]| -> Vec<&AuditRecord> {
            let mut all = at_desk.to_vec();
            all.retain(|r| {
                r.kiosk == staff.login && r.event == event && results.contains(&&*r.result)
            });
            all
        };
        let codes = theirs("code_issued", &["issued"]);
        within(&codes, limits::OPERATOR_CODES, "codes an hour");
        for (login, _) in SOUGHT {
            let mut same = codes.clone();
            same.retain(|r| r.account == format!("key-of-{login}"));
            within(&same, limits::OPERATOR_SAME_EMPLOYEE, "the same employee");
        }
        let wrong = theirs("code_judged", &["wrong"]);
        // The one that is too many ends its reset, and no further code is sent. One that could not
        // be counted has ended its reset, too.
        let one_more = SlidingLimit {
            count: limits::OPERATOR_WRONG_CODES.count + 1,
            ..limits::OPERATOR_WRONG_CODES
        };
        if calm {
            within(&wrong, one_more, "wrong codes");
        }
    }
    for record in at_desk.iter().filter(|r| r.event == "operator_refused") {
        if record.result.starts_with("too_many") {
            let mut rung = at_desk.iter();
            let heard = rung
                .any(|r| r.event == "alarm_rung" && r.kiosk == record.kiosk && r.result == "sent");
            assert!(heard, "IT hears of an operator who was stopped");
            count("an operator was stopped by a limit");
        }
        if record.result == "not_theirs" {
            count("an operator was refused to agree to their own");
        }
    }
}

fn within(records: &[&AuditRecord], limit: SlidingLimit, what: &str) {
    let window = i64::try_from(limit.window.as_millis()).expect("fits");
    for (n, first) in records.iter().enumerate() {
        let later = records.iter().skip(n);
        let within = later.filter(|r| r.time < first.time + window).count();
        assert!(within <= limit.count as usize, "{what}: {within}");
    }
}
