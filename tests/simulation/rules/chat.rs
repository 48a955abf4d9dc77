//! What the chat must never do, however often a thing is delivered.

use rekey::domain::account::WecomUserId;
use rekey::domain::audit::AuditRecord;
use rekey::fronts::chat::Passwords;

use super::of;
use crate::Company;
use crate::actors::{EMPLOYEES, count};
use crate::chat::{ChatVisit, Doing, Room, lock, token_in};

pub fn hold(company: &Company, room: &Room, visits: &[ChatVisit], records: &[AuditRecord]) {
    let written = lock(&room.written).clone();
    let sets = company.people.sets();
    let in_chat = |r: &&&AuditRecord| r.front == "chat";
    let started = of(records, "reset_started", "vouched");
    for (login, phone) in EMPLOYEES {
        let key = format!("key-of-{login}");
        let commands = written
            .iter()
            .filter(|one| one.by == phone && !one.too_late);
        let commands = commands.filter(|one| one.password.is_some()).count();
        let begun = started
            .iter()
            .filter(in_chat)
            .filter(|r| r.account == key)
            .count();
        assert!(
            begun <= commands,
            "{begun} resets came of {commands} commands"
        );
        if room.passwords == Passwords::Off {
            assert_eq!(begun, 0, "[chat] passwords is off");
        }
        if begun > 0 {
            count("the deliveries of a password reset once");
        }
        answers(company, phone, &key, records);
    }
    for (one, password) in written
        .iter()
        .filter_map(|one| Some((one, one.password.as_ref()?)))
    {
        let set = sets.iter().filter(|set| set.password == *password).count();
        assert!(set <= 1, "delivered often, set once");
        if one.too_late {
            assert_eq!(set, 0, "whoever has left has no say");
            count("somebody who had left wrote a password");
        }
        let userid = WecomUserId::parse(one.by).expect("a userid");
        let inbox = company.people.inbox(&userid);
        let told = inbox.iter().filter_map(|message| message.words.as_deref());
        for words in told {
            assert!(!words.contains(&**password), "no answer holds a password");
        }
    }
    for visit in visits
        .iter()
        .filter(|visit| visit.doing == Doing::CodeAgain)
    {
        let login = visit.visit.employee().0;
        let issued = of(records, "code_issued", "issued");
        let theirs = issued
            .iter()
            .filter(|r| r.account == format!("key-of-{login}"));
        if theirs.count() > 1 {
            count("a code was asked for again in the chat");
        }
    }
}

/// Rule 4: the audit tells of each link that came to a phone.
fn answers(company: &Company, phone: &str, key: &str, records: &[AuditRecord]) {
    let userid = WecomUserId::parse(phone).expect("a userid");
    let inbox = company.people.inbox(&userid);
    let in_words = inbox
        .iter()
        .filter_map(|message| token_in(message.words.as_deref()?));
    let came = in_words.count()
        + inbox
            .iter()
            .filter(|message| message.link.is_some())
            .count();
    let made = of(records, "link_offered", "form");
    let made = made.iter().filter(|r| r.account == key).count();
    assert!(came <= made, "rule 4: {came} links, {made} on record");
}

/// Without faults, a password that an employee writes who is alone on the account is set.
pub fn passwords_are_set(company: &Company, room: &Room, alone: impl Fn(&str) -> bool) {
    let sets = company.people.sets();
    for one in lock(&room.written).iter() {
        let login = EMPLOYEES.iter().find(|e| e.1 == one.by).map(|e| e.0);
        let Some(password) = one.password.as_ref().filter(|_| !one.too_late) else {
            continue;
        };
        // What comes after a "not me" may be frozen.
        let first = password.ends_with('1');
        if first && room.passwords != Passwords::Off && login.is_some_and(&alone) {
            assert!(
                sets.iter().any(|set| set.password == *password),
                "{password}"
            );
            count("a password that was written in the chat was set");
        }
    }
}
