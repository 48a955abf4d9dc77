//! The S-rules of the design, judged by facts: what the directory holds, what the records say,
//! what people were told.

mod chat;
mod desk;
mod pictures;
mod storm;

use std::collections::{HashMap, HashSet};

use rekey::domain::audit::AuditRecord;
use rekey::domain::limits;
use rekey::flow::ports::AuditLog;
use rekey::flow::prompt::Prompt;

use crate::Company;
use crate::actors::{Actor, Visit, count, is_unknown};
use crate::chat::{ChatVisit, Room};
use crate::desk::DeskVisit;
use crate::pictures::PictureVisit;
use crate::storm::Storm;

/// Who was there, and what they saw.
pub struct Seen {
    pub visits: Vec<Visit>,
    pub desks: Vec<DeskVisit>,
    pub pictures: Vec<PictureVisit>,
    pub chats: Vec<ChatVisit>,
    pub room: Room,
    pub storm: Option<Storm>,
}

impl Seen {
    /// Everybody who stood at a kiosk, or had the form or the chat open.
    fn all(&self) -> Vec<&Visit> {
        let by_picture = self.pictures.iter();
        let by_picture = by_picture.flat_map(|picture| {
            let on_phone = Some(&picture.on_phone).filter(|visit| !visit.saw.is_empty());
            std::iter::once(&picture.visit).chain(on_phone)
        });
        let by_chat = self.chats.iter().map(|chat| &chat.visit);
        let all = self.visits.iter().chain(by_picture);
        let in_storm = self.storm.iter().flat_map(Storm::all);
        all.chain(by_chat).chain(in_storm).collect()
    }

    /// Whether nobody but the one who does so asks for this account.
    fn only_one_asks(&self, login: &str) -> bool {
        let asked = self.all().iter().filter(|v| v.login == login).count() == 1;
        asked && !self.desks.iter().any(|desk| desk.concerns(login))
    }
}

pub async fn hold(company: &Company, seen: &Seen, calm: bool) {
    let visits = &seen.all();
    let records = company
        .store
        .read(0, u32::MAX)
        .await
        .expect("the records can be read");
    assert_eq!(
        company.people.broken(),
        Vec::<String>::new(),
        "rule 4: durable before asked"
    );
    grants(company, &records);
    codes(&records);
    // With faults the record of a right one may be missing, which ends a row. That nobody is locked
    // out from here the directory itself watches in every run.
    if calm {
        old_passwords(&records);
    }
    told_apart(visits);
    objections(&records);
    outcomes(company, &records).await;
    unlockings(company, &records);
    words(company, visits);
    desk::hold(company, &seen.desks, &records, calm);
    pictures::hold(&seen.pictures, &records, calm);
    storm::hold(seen.storm.as_ref(), &records, calm);
    chat::hold(company, &seen.room, &seen.chats, &records);
    if calm {
        pictures::lead_on(&seen.pictures, |login| seen.only_one_asks(login));
        chat::passwords_are_set(company, &seen.room, |login| seen.only_one_asks(login));
        the_careful_succeed(seen);
    }
}

fn of<'a>(records: &'a [AuditRecord], event: &str, result: &str) -> Vec<&'a AuditRecord> {
    records
        .iter()
        .filter(|r| r.event == event && r.result == result)
        .collect()
}

/// What an employee has stopped or frozen is never asked for afterwards, and IT hears of it.
fn objections(records: &[AuditRecord]) {
    let intents = of(records, "change_intent", "asked");
    let objections = records.iter().filter(|r| r.event == "objected");
    let resets: HashSet<&str> = objections.clone().map(|r| r.reset.as_str()).collect();
    assert_eq!(resets.len(), objections.count(), "a press counts once");
    for objected in of(records, "objected", "before_change") {
        let after = intents
            .iter()
            .find(|intent| intent.reset == objected.reset && intent.seq > objected.seq);
        assert_eq!(after, None, "not me: nothing is asked for any more");
        let proved = of(records, "code_judged", "right")
            .into_iter()
            .find(|right| right.reset == objected.reset && right.seq > objected.seq);
        assert_eq!(proved, None, "not me: its code is dead");
        count("a reset was stopped by its employee");
    }
    let freezes = records.iter().filter(|r| r.event == "freeze");
    for frozen in freezes.clone().filter(|r| r.result == "frozen") {
        let thawed = freezes
            .clone()
            .find(|r| r.result == "unfrozen" && r.account == frozen.account && r.seq > frozen.seq);
        let until = thawed.map_or(u64::MAX, |r| r.seq);
        let within = intents.iter().find(|intent| {
            intent.account == frozen.account && (frozen.seq..until).contains(&intent.seq)
        });
        assert_eq!(within, None, "frozen: nothing is asked for");
        if thawed.is_some() {
            count("a frozen account was thawed by its employee");
        }
    }
    let owed = records
        .iter()
        .filter(|r| r.event == "objected" || (r.event == "freeze" && r.result == "frozen"));
    for owed in owed {
        let heard = of(records, "alarm_rung", "sent");
        let heard = heard
            .iter()
            .any(|r| r.reset == owed.reset && r.seq > owed.seq);
        assert!(heard, "an alarm is heard in the end: {owed:?}");
    }
}

/// Rule 1: no password without a proof for this account in this reset, and one change at most.
fn grants(company: &Company, records: &[AuditRecord]) {
    let mut right = of(records, "code_judged", "right");
    right.extend(of(records, "reset_started", "vouched"));
    right.extend(of(records, "old_password_judged", "right"));
    let mut by_reset: HashMap<String, u32> = HashMap::new();
    for set in company.people.sets() {
        let Some(reset) = set.reset else { continue };
        let proof = right
            .iter()
            .find(|r| r.reset == reset.as_str() && r.account == set.account.as_str());
        assert!(
            proof.is_some_and(|r| r.time <= set.at.as_millis()),
            "rule 1: a proof comes first"
        );
        let sets = by_reset.entry(reset.as_str().to_owned()).or_default();
        *sets += 1;
        assert_eq!(*sets, 1, "rule 1: a grant is used once");
        count("a password was set");
    }
    for (account, reset) in company.people.unlocked() {
        let is_its = |r: &&&AuditRecord| r.reset == reset.as_str() && r.account == account.as_str();
        assert!(
            right.iter().any(|r| is_its(&r)),
            "rule 1: a proof comes first"
        );
        let asked = of(records, "unlock_intent", "asked");
        assert!(asked.iter().any(|r| is_its(&r)), "rule 4: it is recorded");
        let used = by_reset.entry(reset.as_str().to_owned()).or_default();
        *used += 1;
        assert_eq!(*used, 1, "rule 1: a grant is used once");
        count("an account was unlocked");
    }
}

/// Old passwords: twice wrong an hour, so that nobody is locked out from here (which the
/// simulated directory watches as well).
fn old_passwords(records: &[AuditRecord]) {
    let limit = limits::OLD_PASSWORDS[0];
    let hour = i64::try_from(limit.window.as_millis()).expect("fits");
    // Each is counted up to a tick before its record.
    let slack = i64::try_from(limits::ANSWER_TICK.as_millis()).expect("fits") * 20;
    // In a row: a right one ends the count, in the directory too. A wrong one that is recorded just
    // after it was counted before it.
    let mut wrong: HashMap<(&str, u32), Vec<i64>> = HashMap::new();
    let mut rows: HashMap<&str, (u32, i64)> = HashMap::new();
    for record in records.iter().filter(|r| r.event == "old_password_judged") {
        let (row, begins) = rows.entry(&record.account).or_insert((0, i64::MIN));
        match record.result.as_str() {
            "right" => (*row, *begins) = (*row + 1, record.time.saturating_add(slack)),
            "wrong" if record.time < *begins => {}
            "wrong" => {
                let times = wrong.entry((&record.account, *row)).or_default();
                times.push(record.time);
                count("an old password was wrong");
            }
            _ => {}
        }
    }
    for times in wrong.values() {
        for (n, first) in times.iter().enumerate() {
            let end = first + hour - slack;
            let within = times.iter().skip(n).filter(|t| **t < end).count();
            assert!(within <= limit.count as usize, "two an hour");
        }
    }
    for _ in of(records, "old_password_judged", "right") {
        count("an old password was right");
    }
    for _ in of(records, "old_password_judged", "too_many") {
        count("an old password was one too many");
    }
}

/// Rule 2: judged at most `tries` times a reset and five times wrong an hour; right once.
fn codes(records: &[AuditRecord]) {
    let mut judged: HashMap<&str, Vec<&AuditRecord>> = HashMap::new();
    for record in records.iter().filter(|r| r.event == "code_judged") {
        if record.result == "right" || record.result == "wrong" {
            judged.entry(&record.reset).or_default().push(record);
        }
    }
    for records in judged.values() {
        assert!(records.len() <= 5, "rule 2: at most five tries a reset");
        let right = records.iter().filter(|r| r.result == "right").count();
        assert!(right <= 1, "rule 2: a code works once");
        let last = records.last().map(|r| r.result.as_str());
        assert!(
            right == 0 || last == Some("right"),
            "rule 2: nothing is judged after it"
        );
    }
    let mut wrong: HashMap<&str, Vec<i64>> = HashMap::new();
    for record in of(records, "code_judged", "wrong")
        .iter()
        .filter(|r| !r.account.is_empty())
    {
        wrong.entry(&record.account).or_default().push(record.time);
        count("a code was wrong");
    }
    let hour = i64::try_from(limits::WRONG_CODES.window.as_millis()).expect("fits");
    for times in wrong.values() {
        for (n, first) in times.iter().enumerate() {
            let within = times.iter().skip(n).filter(|t| **t < first + hour).count();
            assert!(
                within <= limits::WRONG_CODES.count as usize,
                "rule 2: five an hour"
            );
        }
    }
}

/// Rule 3: before a proof nobody is told anything that depends on the account.
fn told_apart(visits: &[&Visit]) {
    for visit in visits.iter().filter(|v| v.gets_nowhere()) {
        for (_, prompt) in &visit.saw {
            let after_proof = matches!(
                prompt,
                Prompt::Reading
                    | Prompt::NewPassword { .. }
                    | Prompt::Unlocking
                    | Prompt::Unlocked { .. }
                    | Prompt::Working(_)
                    | Prompt::Done { .. }
            );
            assert!(
                !after_proof,
                "rule 3: {:?} got past the code as {}",
                visit.actor, visit.login
            );
        }
        count("an attacker got nowhere");
    }
}

/// Rules 4 and 5: every intent has an outcome, and the outcome is true.
async fn outcomes(company: &Company, records: &[AuditRecord]) {
    let verified = company
        .store
        .verify()
        .await
        .expect("the records can be read");
    assert_eq!(
        verified,
        Ok(records.len() as u64),
        "rule 4: the chain holds"
    );
    let sets = company.people.sets();
    for intent in of(records, "change_intent", "asked") {
        let outcomes: Vec<&AuditRecord> = records
            .iter()
            .filter(|r| {
                r.event == "change_outcome" && r.reset == intent.reset && r.seq > intent.seq
            })
            .collect();
        assert!(!outcomes.is_empty(), "rule 4: an intent is settled");
        let landed = sets.iter().any(|s| {
            s.reset.as_ref().is_some_and(|r| r.as_str() == intent.reset)
                && s.at.as_millis() >= intent.time
        });
        // A reset may ask several times; only the outcomes up to the next intent are this one's.
        let next = of(records, "change_intent", "asked")
            .into_iter()
            .find(|r| r.reset == intent.reset && r.seq > intent.seq)
            .map_or(u64::MAX, |r| r.seq);
        let last = outcomes
            .iter()
            .rfind(|r| r.seq < next)
            .expect("rule 4: settled before the next");
        match last.result.as_str() {
            "changed" => assert!(landed, "rule 5: changed means changed"),
            "refused" | "failed" => {
                assert!(
                    next != u64::MAX || !landed,
                    "rule 5: failed means never landed"
                );
                count("a change was refused or failed");
            }
            "unknown" => count("an outcome stayed unknown"),
            other => panic!("no such outcome: {other}"),
        }
        if outcomes.iter().any(|r| r.result == "unknown") && last.result != "unknown" {
            count("an unknown outcome was found out");
        }
    }
}

/// Rules 4 and 5 for unlocking.
fn unlockings(company: &Company, records: &[AuditRecord]) {
    let (sets, unlocked) = (company.people.sets(), company.people.unlocked());
    for intent in of(records, "unlock_intent", "asked") {
        let mut outcomes = records.iter().filter(|r| {
            r.event == "unlock_outcome" && r.reset == intent.reset && r.seq > intent.seq
        });
        let last = outcomes.next_back().expect("rule 4: an intent is settled");
        let by_us = unlocked.iter().any(|(_, r)| r.as_str() == intent.reset);
        // A new password opens the account as well.
        let open = sets
            .iter()
            .any(|s| s.account.as_str() == intent.account && s.at.as_millis() >= intent.time);
        let others = unlocked.iter().any(|(a, _)| a.as_str() == intent.account);
        match last.result.as_str() {
            "changed" => assert!(by_us || open || others, "rule 5: unlocked means open"),
            "refused" | "failed" => assert!(!by_us, "rule 5: failed means never done"),
            "unknown" => {}
            other => panic!("no such outcome: {other}"),
        }
        count("an unlocking was settled");
    }
}

/// Rules 5 and 6: "done" is true, and "not changed" is never said of what was changed.
fn words(company: &Company, visits: &[&Visit]) {
    let sets = company.people.sets();
    for visit in visits {
        if let Some(Prompt::Done { .. }) = visit.last() {
            let chosen = visit.submitted.last().expect("a password was submitted");
            let landed = sets
                .iter()
                .any(|s| s.password == *chosen && s.account == visit.key());
            assert!(landed, "rule 6: done means done");
            count("done was said");
        }
        for told in visit.told_unchanged() {
            let landed = sets
                .iter()
                .any(|s| s.password == *told && s.account == visit.key() && s.reset.is_some());
            let again = visit.submitted.iter().filter(|p| *p == told).count() > 1;
            assert!(
                !landed || again,
                "rule 5: {told} was set although it was called unchanged"
            );
        }
        if visit.last().is_some_and(is_unknown) {
            count("unknown was said");
        }
    }
}

/// Without faults a careful employee who is alone on the account is done.
fn the_careful_succeed(seen: &Seen) {
    let with_chat = seen.chats.iter().map(|chat| &chat.visit);
    let everybody = seen.visits.iter().chain(with_chat);
    for visit in everybody.filter(|v| v.actor == Actor::Careful) {
        let alone = seen.only_one_asks(visit.login);
        if alone {
            assert!(
                matches!(visit.last(), Some(Prompt::Done { .. })),
                "{:?}",
                visit.last()
            );
            count("a careful employee was done");
        }
    }
}
