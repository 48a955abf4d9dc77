//! The site's limit: a hundred wrong codes of remote sessions in an hour, then none is sent or
//! judged for an hour, and IT hears of it.

use std::collections::HashSet;

use rekey::domain::audit::AuditRecord;
use rekey::domain::code::Place;
use rekey::domain::limits::REMOTE_WRONG_CODES;
use rekey::flow::prompt::{Prompt, Refusal};

use super::of;
use crate::actors::{Visit, count};
use crate::storm::Storm;

pub fn hold(storm: Option<&Storm>, records: &[AuditRecord], calm: bool) {
    let window = i64::try_from(REMOTE_WRONG_CODES.window.as_millis()).expect("fits");
    let most = REMOTE_WRONG_CODES.count as usize;
    // The digits on a phone that has opened a picture are no code that a message brought.
    let scanned: HashSet<&str> = of(records, "reset_started", "scanned")
        .into_iter()
        .map(|r| r.reset.as_str())
        .collect();
    let remote = records.iter().filter(|r| {
        Place::remote_source(&r.kiosk).is_some() && !scanned.contains(r.reset.as_str())
    });
    let mut wrong: Vec<i64> = Vec::new();
    let mut off_until = i64::MIN;
    for record in remote.filter(|r| ["code_judged", "code_issued"].contains(&&*r.event)) {
        let stands = ["wrong", "right", "issued", "decoy"].contains(&&*record.result);
        assert!(
            !stands || record.time >= off_until,
            "remote codes are off: {record:?}"
        );
        if record.result == "remote_off" {
            assert!(record.time < off_until, "they are off for a reason");
            count("a remote code was off");
        }
        if record.result == "wrong" {
            wrong.push(record.time);
            wrong.sort_unstable();
            let row = wrong.len().checked_sub(most).map(|n| wrong[n]);
            if row.is_some_and(|first| first + window > record.time) {
                off_until = off_until.max(record.time + window);
                let heard = of(records, "alarm_rung", "sent");
                let heard = heard
                    .iter()
                    .any(|r| r.seq > record.seq && r.account.is_empty());
                assert!(heard, "the alarm rings");
                count("remote codes were switched off");
            }
        }
    }
    if let Some(storm) = storm.filter(|_| calm) {
        let ended = |visit: &Visit| visit.last().cloned();
        let off = matches!(
            ended(&storm.remote),
            Some(Prompt::Ended {
                refusal: Refusal::RemoteCodesOff { .. },
                ..
            })
        );
        assert!(off, "{:?}", ended(&storm.remote));
        for visit in [&storm.kiosk, &storm.later] {
            let done = matches!(ended(visit), Some(Prompt::Done { .. }));
            assert!(done, "{:?}", ended(visit));
        }
        count("kiosks went on, and everybody an hour later");
    }
}
