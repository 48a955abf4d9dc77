//! The audit's words as an operator reads them. A word that is not known here, of a newer program's
//! record for instance, is passed over calmly.

use crate::domain::audit::{AuditRecord, EventKind};
use crate::domain::display::clean_to;
use crate::fronts::tui::words::Words;

/// What happened, and how it came out.
pub(super) fn what(words: &Words<'_>, record: &AuditRecord) -> String {
    let Some(kind) = EventKind::parse(&record.event) else {
        return words.say("record-event-other");
    };
    let event = words.say(event_key(kind));
    // What is begun is always "asked"; how it came out is a record of its own.
    let begins = matches!(kind, EventKind::ChangeIntent | EventKind::UnlockIntent);
    match result_key(&record.result).filter(|_| !begins) {
        Some(result) => {
            let result = words.say(result);
            let values = [("event", (&event).into()), ("result", (&result).into())];
            words.with("record-with-result", &values)
        }
        None => event,
    }
}

/// The front, and the kiosk or the operator.
pub(super) fn place(words: &Words<'_>, record: &AuditRecord) -> String {
    let front = front_key(&record.front).map_or_else(String::new, |key| words.say(key));
    let place = format!("{front} {}", clean_to(&record.kiosk, 24));
    place.trim().to_owned()
}

fn event_key(kind: EventKind) -> &'static str {
    match kind {
        EventKind::ResetStarted => "record-event-reset-started",
        EventKind::PictureScanned => "record-event-picture-scanned",
        EventKind::CodeIssued => "record-event-code-issued",
        EventKind::CodeSent => "record-event-code-sent",
        EventKind::CodeJudged => "record-event-code-judged",
        EventKind::OldPasswordJudged => "record-event-old-password-judged",
        EventKind::PasswordJudged => "record-event-password-judged",
        EventKind::ChangeNotAsked => "record-event-change-not-asked",
        EventKind::ChangeIntent => "record-event-change-intent",
        EventKind::ChangeOutcome => "record-event-change-outcome",
        EventKind::UnlockIntent => "record-event-unlock-intent",
        EventKind::UnlockOutcome => "record-event-unlock-outcome",
        EventKind::NoticeSent => "record-event-notice-sent",
        EventKind::ResetEnded => "record-event-reset-ended",
        EventKind::Objected => "record-event-objected",
        EventKind::Freeze => "record-event-freeze",
        EventKind::AlarmRung => "record-event-alarm-rung",
        EventKind::LinkOffered => "record-event-link-offered",
        EventKind::Reminder => "record-event-reminder",
        EventKind::SignedIn => "record-event-signed-in",
        EventKind::Approval => "record-event-approval",
        EventKind::OperatorRefused => "record-event-operator-refused",
        EventKind::HandedOver => "record-event-handed-over",
    }
}

/// The text of a result's word. `None`: it has none, and what happened says enough.
pub fn result_key(word: &str) -> Option<&'static str> {
    let key = match word {
        "right" => "record-result-right",
        "wrong" => "record-result-wrong",
        "expired" => "record-result-expired",
        "no_tries_left" => "record-result-no-tries-left",
        "account_waits" => "record-result-account-waits",
        "staff_only" => "record-result-staff-only",
        "remote_off" => "record-result-remote-off",
        "issued" => "record-result-issued",
        "decoy" => "record-result-decoy",
        "waits" => "record-result-waits",
        "objected" => "record-result-objected",
        "sent" => "record-result-sent",
        "receiver_unreachable" => "record-result-receiver-unreachable",
        "channel_down" => "record-result-channel-down",
        "directory_down" => "record-result-directory-down",
        "store_down" => "record-result-store-down",
        "code_due" => "record-result-code-due",
        "scanned" => "record-result-scanned",
        "vouched" => "record-result-vouched",
        "operator" => "record-result-operator",
        "helped" => "record-result-helped",
        "helped_unlock" => "record-result-helped-unlock",
        "disabled" => "record-result-disabled",
        "protected" => "record-result-protected",
        "unmapped" => "record-result-unmapped",
        "not_active" => "record-result-not-active",
        "nobody" => "record-result-nobody",
        "frozen" => "record-result-frozen",
        "unfrozen" => "record-result-unfrozen",
        "accepted" => "record-result-accepted",
        "asked" => "record-result-asked",
        "changed" => "record-result-changed",
        "refused" => "record-result-refused",
        "failed" => "record-result-failed",
        "unknown" => "record-result-unknown",
        "superseded" => "record-result-superseded",
        "abandoned" => "record-result-abandoned",
        "not_allowed" => "record-result-not-allowed",
        "account_gone" => "record-result-account-gone",
        "gone" => "record-result-gone",
        "not_made" => "record-result-not-made",
        "not_unlocked" => "record-result-not-unlocked",
        "too_many" => "record-result-too-many",
        "locked" => "record-result-locked",
        "nearly_locked" => "record-result-nearly-locked",
        "before_change" => "record-result-before-change",
        "after_change" => "record-result-after-change",
        "form" => "record-result-form",
        "picture" => "record-result-picture",
        "link" => "record-result-link",
        "temporary" => "record-result-temporary",
        "helper" => "record-result-helper",
        "approver" => "record-result-approver",
        "auditor" => "record-result-auditor",
        "approved" => "record-result-approved",
        "role" => "record-result-role",
        "own" => "record-result-own",
        "not_theirs" => "record-result-not-theirs",
        "not_waiting" => "record-result-not-waiting",
        "not_locked" => "record-result-not-locked",
        "not_permitted" => "record-result-not-permitted",
        "too_many_codes" => "record-result-too-many-codes",
        "too_many_wrong_codes" => "record-result-too-many-wrong-codes",
        "too_many_accounts" => "record-result-too-many-accounts",
        _ => return None,
    };
    Some(key)
}

fn front_key(front: &str) -> Option<&'static str> {
    let key = match front {
        "kiosk" => "record-front-kiosk",
        "ssh" => "record-front-ssh",
        "web" => "record-front-web",
        "chat" => "record-front-chat",
        "desk" => "record-front-desk",
        "remind" => "record-front-remind",
        _ => return None,
    };
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Texts};
    use jiff::tz::TimeZone;

    fn record(event: &str, result: &str, front: &str) -> AuditRecord {
        AuditRecord {
            seq: 1,
            time: 0,
            event: event.to_owned(),
            reset: String::new(),
            account: String::new(),
            front: front.to_owned(),
            kiosk: "lobby-1".to_owned(),
            result: result.to_owned(),
            mac: String::new(),
        }
    }

    #[test]
    fn every_event_has_words_and_an_unknown_one_is_passed_over() {
        let texts = Texts::load();
        for language in Language::ALL {
            let words = Words {
                texts: &texts,
                language,
                zone: &TimeZone::UTC,
            };
            let other = what(&words, &record("door_opened", "wide", "kiosk"));
            assert!(!other.contains('_'), "{other}");
            for kind in EventKind::ALL {
                let said = what(&words, &record(kind.as_str(), "right", "kiosk"));
                assert!(!said.contains(['_', '{']) && said != other, "{said}");
                assert!(
                    unicode_width::UnicodeWidthStr::width(&*said) <= 38,
                    "{said}"
                );
                let without = what(&words, &record(kind.as_str(), "wide", "kiosk"));
                assert!(said.starts_with(&without) && !without.contains("wide"));
            }
            assert!(place(&words, &record("", "", "kiosk")).ends_with(" lobby-1"));
            assert_eq!(place(&words, &record("", "", "door")), "lobby-1");
        }
    }
}
