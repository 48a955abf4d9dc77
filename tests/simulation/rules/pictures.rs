//! Nothing opens but what its own digits at its own kiosk open.

use std::time::Duration;

use rekey::domain::audit::AuditRecord;
use rekey::flow::prompt::Prompt;

use super::of;
use crate::actors::{Visit, count};
use crate::pictures::{Meeting, PictureVisit};

/// How soon the kiosk's number field is open.
const OPEN_WITHIN: Duration = Duration::from_millis(300);

pub fn hold(pictures: &[PictureVisit], records: &[AuditRecord], calm: bool) {
    its_own_digits(records);
    for picture in pictures {
        assert!(picture.shown <= 1, "a picture serves one phone");
        match picture.meeting {
            Meeting::Late | Meeting::Invented => {
                assert_eq!(picture.shown, 0, "{:?} opens nothing", picture.meeting);
            }
            Meeting::WrongKiosk => {
                assert!(!got_in(&picture.visit), "digits are for their own kiosk");
                count("digits were of no use at another kiosk");
            }
            Meeting::Crowd if picture.shown == 1 => count("of several phones one was first"),
            _ => {}
        }
        if let Some(after) = picture.opened_after.filter(|_| calm) {
            assert!(after <= OPEN_WITHIN, "the field opened after {after:?}");
            count("a number field opened in time");
        }
        if got_in(&picture.visit) {
            count("the digits of a picture opened its kiosk");
        }
        if is_done(&picture.on_phone) {
            count("the password was set on the phone instead");
        }
    }
}

/// Without faults, whoever scans, carries on at the kiosk and is alone on the account is done.
pub fn lead_on(pictures: &[PictureVisit], alone: impl Fn(&str) -> bool) {
    for picture in pictures {
        let carries_on = picture.meeting == Meeting::CarriesOn && picture.shown == 1;
        if carries_on && alone(picture.visit.login) {
            assert!(is_done(&picture.visit), "{:?}", picture.visit.last());
            count("somebody scanned and carried on");
        }
    }
}

/// A right code of a scanned picture: scanned before, by the same account, at the same kiosk.
fn its_own_digits(records: &[AuditRecord]) {
    let scans = of(records, "picture_scanned", "scanned");
    for started in of(records, "reset_started", "scanned") {
        let of_reset = |record: &&&AuditRecord| {
            record.reset == started.reset
                && record.account == started.account
                && (&record.front, &record.kiosk) == (&started.front, &started.kiosk)
        };
        let right = of(records, "code_judged", "right");
        let right = right.iter().find(of_reset);
        let own = records.iter().filter(|r| r.event == "code_judged");
        for judged in own.filter(|r| r.reset == started.reset) {
            assert!(of_reset(&&judged), "rule 2: judged for its own kiosk");
        }
        if let Some(right) = right {
            // The record of a scan may be lost with the store; the digits were issued before.
            let issued = of(records, "code_issued", "issued");
            let issued = issued.iter().find(of_reset);
            assert!(issued.is_some_and(|r| r.seq < right.seq), "rule 2: issued");
            if scans.iter().any(|r| of_reset(&r)) {
                count("a scanned picture was proved");
            }
        }
    }
}

fn got_in(visit: &Visit) -> bool {
    let in_there = |prompt: &Prompt| matches!(prompt, Prompt::Reading | Prompt::NewPassword { .. });
    visit.saw.iter().any(|(_, prompt)| in_there(prompt))
}

fn is_done(visit: &Visit) -> bool {
    matches!(visit.last(), Some(Prompt::Done { .. }))
}
