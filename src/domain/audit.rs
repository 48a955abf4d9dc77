//! The audit record: what is kept of every accepted or refused step, and the keyed chain that
//! shows when a record was altered, removed or added.

use subtle::ConstantTimeEq;

use super::account::AccountKey;
use super::code::{Binding, Place, ResetId, Subject, hex, keyed};
use super::secret::SiteKey;
use super::time::Timestamp;
use hmac::Mac;

/// What happened; the word stands in `event`.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum EventKind {
    /// A login name was submitted (whether it exists is not said).
    ResetStarted,
    /// An employee's phone has opened a kiosk's picture, or one that leads nowhere.
    PictureScanned,
    /// A code was made; `result` says whether it goes out.
    CodeIssued,
    /// The channel took the code's message, or did not.
    CodeSent,
    /// A typed code was judged.
    CodeJudged,
    /// An old password was tried, or was not because of its limits.
    OldPasswordJudged,
    /// A new password was judged against the policy.
    PasswordJudged,
    /// The directory could not be asked to change; no intent was made.
    ChangeNotAsked,
    /// The directory is about to be asked; durable before it is.
    ChangeIntent,
    /// What became of it: `changed`, `refused`, `failed` or `unknown`.
    ChangeOutcome,
    /// The directory is about to be asked to unlock; durable before it is.
    UnlockIntent,
    /// What became of it: `changed` (unlocked), `refused`, `failed` or `unknown`.
    UnlockOutcome,
    /// The employee was told about a change, or that a reset was refused.
    NoticeSent,
    /// The reset ended without a change.
    ResetEnded,
    /// The employee said "not me": `before` a change, or `after` one.
    Objected,
    /// Resets of an account were `frozen`, or are so no more: `unfrozen`.
    Freeze,
    /// The people in `[alarm]` were told, or could not be.
    AlarmRung,
    /// A one-time link was made for an employee: to the `form`, or to a kiosk's `picture`.
    LinkOffered,
    /// An employee was reminded that the password ends, or could not be.
    Reminder,
    /// An operator signed in at the desk, or was somebody who is no operator.
    SignedIn,
    /// An operator asked for a second one, or that one agreed or did not.
    Approval,
    /// An operator was refused: by a limit, or by their role.
    OperatorRefused,
    /// The employee was sent a link to the form, or a temporary password.
    HandedOver,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::ResetStarted,
        Self::PictureScanned,
        Self::CodeIssued,
        Self::CodeSent,
        Self::CodeJudged,
        Self::OldPasswordJudged,
        Self::PasswordJudged,
        Self::ChangeNotAsked,
        Self::ChangeIntent,
        Self::ChangeOutcome,
        Self::UnlockIntent,
        Self::UnlockOutcome,
        Self::NoticeSent,
        Self::ResetEnded,
        Self::Objected,
        Self::Freeze,
        Self::AlarmRung,
        Self::LinkOffered,
        Self::Reminder,
        Self::SignedIn,
        Self::Approval,
        Self::OperatorRefused,
        Self::HandedOver,
    ];

    /// Reads the word in a record.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResetStarted => "reset_started",
            Self::PictureScanned => "picture_scanned",
            Self::CodeIssued => "code_issued",
            Self::CodeSent => "code_sent",
            Self::CodeJudged => "code_judged",
            Self::OldPasswordJudged => "old_password_judged",
            Self::PasswordJudged => "password_judged",
            Self::ChangeNotAsked => "change_not_asked",
            Self::ChangeIntent => "change_intent",
            Self::ChangeOutcome => "change_outcome",
            Self::UnlockIntent => "unlock_intent",
            Self::UnlockOutcome => "unlock_outcome",
            Self::NoticeSent => "notice_sent",
            Self::ResetEnded => "reset_ended",
            Self::Objected => "objected",
            Self::Freeze => "freeze",
            Self::AlarmRung => "alarm_rung",
            Self::LinkOffered => "link_offered",
            Self::Reminder => "reminder",
            Self::SignedIn => "signed_in",
            Self::Approval => "approval",
            Self::OperatorRefused => "operator_refused",
            Self::HandedOver => "handed_over",
        }
    }
}

/// One step, before it has a place in the chain. Holds no secret and no typed text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// In which reset.
    pub reset: ResetId,
    /// For which account; `None` while it is not known or when there is none.
    pub account: Option<AccountKey>,
    /// At which front and kiosk.
    pub place: Place,
    /// How it came out: one word of the program's own.
    pub result: &'static str,
}

impl AuditEvent {
    /// A step that concerns a code. A login name that leads nowhere leaves no account behind.
    pub fn of_code(
        kind: EventKind,
        binding: &Binding,
        result: &'static str,
        at: Timestamp,
    ) -> Self {
        Self {
            at,
            kind,
            reset: binding.reset.clone(),
            account: match &binding.subject {
                Subject::Account(key) => Some(key.clone()),
                Subject::Nobody(_) => None,
            },
            place: binding.place.clone(),
            result,
        }
    }
}

/// One record of the chain, as it is stored and exported.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct AuditRecord {
    /// 1, 2, 3 ... without gaps.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub time: i64,
    /// [`EventKind::as_str`].
    pub event: String,
    /// The [`ResetId`].
    pub reset: String,
    /// The [`AccountKey`]; empty when there is none.
    pub account: String,
    /// The front.
    pub front: String,
    /// The kiosk's name; empty when there is none.
    pub kiosk: String,
    /// How it came out.
    pub result: String,
    /// HMAC-SHA256 over the previous record's MAC and this record, 64 hex digits.
    pub mac: String,
}

impl AuditRecord {
    /// Puts `event` behind the record `previous` (its sequence number and MAC; `None` at the
    /// very beginning).
    pub fn chain(key: &SiteKey, previous: Option<(u64, &str)>, event: &AuditEvent) -> Self {
        let (seq, previous_mac) = previous.map_or((1, ""), |(seq, mac)| (seq + 1, mac));
        let mut record = Self {
            seq,
            time: event.at.as_millis(),
            event: event.kind.as_str().to_owned(),
            reset: event.reset.as_str().to_owned(),
            account: event
                .account
                .as_ref()
                .map(|a| a.as_str().to_owned())
                .unwrap_or_default(),
            front: event.place.front.to_owned(),
            kiosk: event.place.kiosk.clone(),
            result: event.result.to_owned(),
            mac: String::new(),
        };
        record.mac = record.computed_mac(key, previous_mac);
        record
    }

    /// The MAC this record should carry behind a record with `previous_mac`.
    fn computed_mac(&self, key: &SiteKey, previous_mac: &str) -> String {
        let mut mac = keyed(key);
        mac.update(b"rekey audit\0");
        mac.update(&self.seq.to_be_bytes());
        mac.update(&self.time.to_be_bytes());
        for field in [
            previous_mac,
            &self.event,
            &self.reset,
            &self.account,
            &self.front,
            &self.kiosk,
            &self.result,
        ] {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }

    /// Checks that this record stands rightly behind `previous`.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(&self, key: &SiteKey, previous: Option<(u64, &str)>) -> Result<(), ChainError> {
        let (expected, previous_mac) = previous.map_or((1, ""), |(seq, mac)| (seq + 1, mac));
        if self.seq != expected {
            return Err(ChainError::Gap {
                expected,
                found: self.seq,
            });
        }
        let right: bool = self
            .computed_mac(key, previous_mac)
            .as_bytes()
            .ct_eq(self.mac.as_bytes())
            .into();
        if right {
            Ok(())
        } else {
            Err(ChainError::Altered { seq: self.seq })
        }
    }
}

/// Where the chain ends: the newest record, as the head file remembers it. Sequence number 0 and
/// an empty MAC stand for a chain without records.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// The newest record's sequence number.
    pub seq: u64,
    /// Its MAC, 64 hex digits.
    pub mac: String,
}

impl Head {
    /// The head behind `record`.
    pub fn of(record: &AuditRecord) -> Self {
        Self {
            seq: record.seq,
            mac: record.mac.clone(),
        }
    }

    /// As [`AuditRecord::chain`] and [`AuditRecord::verify`] take it.
    pub fn as_previous(&self) -> Option<(u64, &str)> {
        (self.seq > 0).then_some((self.seq, self.mac.as_str()))
    }
}

/// A walk along the chain from its first record, without holding it in memory.
pub struct ChainWalk<'k> {
    key: &'k SiteKey,
    remembered: Option<Head>,
    last: Head,
}

impl<'k> ChainWalk<'k> {
    /// Starts before the first record. `remembered` is the head file's word, read before the
    /// records are, so that records added meanwhile do no harm; `None` when there is no such file.
    pub fn new(key: &'k SiteKey, remembered: Option<Head>) -> Self {
        Self {
            key,
            remembered,
            last: Head::default(),
        }
    }

    /// The sequence number reached so far.
    pub fn reached(&self) -> u64 {
        self.last.seq
    }

    /// Goes on to the next record.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn step(&mut self, record: &AuditRecord) -> Result<(), ChainError> {
        record.verify(self.key, self.last.as_previous())?;
        let head = Head::of(record);
        match &self.remembered {
            // A tail that was cut and then grew again under the right key.
            Some(known) if known.seq == head.seq && known.mac != head.mac => {
                return Err(ChainError::Altered { seq: head.seq });
            }
            _ => self.last = head,
        }
        Ok(())
    }

    /// Ends the walk behind the last record; returns how many there are. Records behind the head
    /// are fine: a crash came between writing the record and moving the head file on.
    ///
    /// # Errors
    /// The head file is missing, or remembers later records.
    pub fn finish(self) -> Result<u64, ChainError> {
        let found = self.last.seq;
        match self.remembered {
            None if found > 0 => Err(ChainError::NoHead),
            Some(head) if head.seq > found => Err(ChainError::CutTail {
                remembered: head.seq,
                found,
            }),
            _ => Ok(found),
        }
    }
}

/// What is wrong with an audit chain.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChainError {
    /// A record is missing or was added.
    #[error("record {expected} is missing: the next one there is {found}")]
    Gap {
        /// The sequence number that should come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// A record does not carry the MAC it should.
    #[error("record {seq} was altered, or the key is another one")]
    Altered {
        /// Its sequence number.
        seq: u64,
    },
    /// Records at the end are gone: the head file remembers later ones.
    #[error(
        "the newest records are gone: the head file remembers record {remembered}, the last one there is {found}"
    )]
    CutTail {
        /// What the head file remembers.
        remembered: u64,
        /// What is there.
        found: u64,
    },
    /// The head file is missing although records exist.
    #[error("the head file is missing although records exist")]
    NoHead,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> SiteKey {
        SiteKey::new([7; 32])
    }

    fn records(count: usize) -> Vec<AuditRecord> {
        let mut head = Head::default();
        (0..count)
            .map(|n| {
                let event = AuditEvent {
                    at: Timestamp::from_secs(n as i64),
                    kind: EventKind::CodeJudged,
                    reset: ResetId::from_bytes([1; 16]),
                    account: Some(AccountKey::new("lin.wei")),
                    place: Place {
                        front: "kiosk",
                        kiosk: "lobby-1".to_owned(),
                    },
                    result: "wrong",
                };
                let record = AuditRecord::chain(&key(), head.as_previous(), &event);
                head = Head::of(&record);
                record
            })
            .collect()
    }

    fn walk(records: &[AuditRecord], head: Option<Head>) -> Result<u64, ChainError> {
        let key = key();
        let mut walk = ChainWalk::new(&key, head);
        for record in records {
            walk.step(record)?;
        }
        walk.finish()
    }

    fn head_of(records: &[AuditRecord]) -> Option<Head> {
        Some(records.last().map(Head::of).unwrap_or_default())
    }

    #[test]
    fn an_untouched_chain_is_right_also_when_it_is_empty_or_ahead_of_its_head() {
        let all = records(4);
        assert_eq!(walk(&all, head_of(&all)), Ok(4));
        assert_eq!(walk(&all, head_of(&all[..3])), Ok(4));
        assert_eq!(walk(&[], Some(Head::default())), Ok(0));
        assert_eq!(walk(&[], None), Ok(0));
    }

    #[test]
    fn a_cut_tail_and_a_missing_head_are_found() {
        let all = records(4);
        assert_eq!(
            walk(&all[..2], head_of(&all)),
            Err(ChainError::CutTail {
                remembered: 4,
                found: 2
            })
        );
        assert_eq!(walk(&all, None), Err(ChainError::NoHead));
    }

    #[test]
    fn a_tail_that_grew_again_after_a_cut_is_found() {
        let all = records(4);
        let mut head = Head::of(&all[3]);
        head.mac = "another record".to_owned();
        assert_eq!(walk(&all, Some(head)), Err(ChainError::Altered { seq: 4 }));
    }

    #[test]
    fn another_key_verifies_nothing() {
        let all = records(1);
        let other = SiteKey::new([8; 32]);
        assert_eq!(
            ChainWalk::new(&other, head_of(&all)).step(&all[0]),
            Err(ChainError::Altered { seq: 1 })
        );
    }

    proptest! {
        /// Whichever field of whichever record is changed, the walk stops there.
        #[test]
        fn any_altered_field_is_found(which in 0usize..6, field in 0usize..8) {
            let mut all = records(6);
            let head = head_of(&all);
            let record = &mut all[which];
            match field {
                0 => record.time += 1,
                1 => record.event.push('x'),
                2 => record.reset.push('x'),
                3 => record.account.clear(),
                4 => record.front.push('x'),
                5 => record.kiosk.clear(),
                6 => record.result = "right".to_owned(),
                _ => record.mac = "0".repeat(64),
            }
            prop_assert_eq!(walk(&all, head), Err(ChainError::Altered { seq: which as u64 + 1 }));
        }

        /// Whichever record before the last is removed, or moved, the walk finds it.
        #[test]
        fn any_removed_or_swapped_record_is_found(which in 0usize..5, swap in any::<bool>()) {
            let mut all = records(6);
            let head = head_of(&all);
            if swap {
                all.swap(which, which + 1);
            } else {
                all.remove(which);
            }
            prop_assert!(walk(&all, head).is_err());
        }
    }
}
