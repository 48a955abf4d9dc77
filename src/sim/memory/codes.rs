//! Codes and their counts (rule 2).

use async_trait::async_trait;
use subtle::ConstantTimeEq;

use super::{Attempt, Code, MemoryStore, State};
use crate::domain::account::{AccountKey, LoginName};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{Action, Binding, CodeMac, CodeRules, Judgement, ResetId, Subject};
use crate::domain::limits::{ALARM_AGAIN, CODE_MESSAGES, REMOTE_WRONG_CODES};
use crate::domain::secret::CodeDigits;
use crate::domain::throttle::{CodeCounts, Permission, StoredCode, sliding_all, switched_off};
use crate::domain::time::Timestamp;
use crate::flow::message::{Alarm, Concern};
use crate::flow::ports::{Codes, Issued, StoreError};

#[async_trait]
impl Codes for MemoryStore {
    async fn issue(
        &self,
        binding: &Binding,
        digits: Option<&CodeDigits>,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Issued, StoreError> {
        let event = |result| AuditEvent::of_code(EventKind::CodeIssued, binding, result, now);
        let mut mac = CodeMac([0; 32]);
        match digits {
            Some(digits) => mac = CodeMac::new(&self.key, binding, digits),
            None => self.entropy.fill(&mut mac.0),
        }
        self.step(|state| {
            if state.objected.contains(&binding.reset) {
                state.audit(&self.key, &event("objected"));
                return Ok(Issued::Objected);
            }
            if let Permission::At(until) = state.remote_off(binding, now) {
                state.audit(&self.key, &event("remote_off"));
                return Ok(Issued::RemoteOff(until));
            }
            let sent = state.messages.entry(binding.subject.clone()).or_default();
            if binding.action.takes_message() {
                if let Permission::At(then) = sliding_all(&CODE_MESSAGES, sent, now) {
                    state.audit(&self.key, &event("waits"));
                    return Ok(Issued::Wait(then));
                }
                sent.push(now);
            }
            let earlier = state.codes.get(&binding.reset);
            let code = Code {
                binding: binding.clone(),
                mac,
                stored: StoredCode {
                    same_binding: true,
                    used: false,
                    judged: earlier.map_or(0, |earlier| earlier.stored.judged),
                    issued: now,
                    expires: now.plus(rules.lifetime),
                },
            };
            state.codes.insert(binding.reset.clone(), code);
            state.audit(
                &self.key,
                &event(if digits.is_some() { "issued" } else { "decoy" }),
            );
            Ok(Issued::Send)
        })
    }

    async fn judge(
        &self,
        binding: &Binding,
        typed: &CodeDigits,
        rules: CodeRules,
        now: Timestamp,
    ) -> Result<Judgement, StoreError> {
        let event = |judgement: Judgement| {
            AuditEvent::of_code(EventKind::CodeJudged, binding, judgement.as_str(), now)
        };
        let counted = self.step(|state| {
            if let Some(refusal) = state.counts(binding).refusal(rules, now) {
                state.audit(&self.key, &event(refusal));
                return Ok(Err(refusal));
            }
            state.count_up(binding, now).map(Ok)
        })?;
        let (mac, number) = match counted {
            Ok(counted) => counted,
            Err(refusal) => return Ok(refusal),
        };
        let alike: bool = CodeMac::new(&self.key, binding, typed)
            .0
            .ct_eq(&mac.0)
            .into();
        self.step(|state| {
            let judgement = if !alike {
                Judgement::Wrong {
                    left: rules.tries.saturating_sub(number),
                }
            } else if state.use_up(binding, mac, number) {
                Judgement::Right
            } else {
                Judgement::Expired
            };
            if judgement != Judgement::Right && state.remote_off(binding, now) != Permission::Now {
                state.owe(Alarm::RemoteCodesOff, &of_site(binding), now);
            }
            state.audit(&self.key, &event(judgement));
            Ok(judgement)
        })
    }

    async fn waiting(
        &self,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<(Binding, Timestamp)>, StoreError> {
        let subject = Subject::Account(account.clone());
        let state = self.lock();
        let waiting = state.codes.values().filter(|code| {
            let of_message = code.binding.action == Action::Reset;
            let alive = !code.stored.used && code.stored.expires > now;
            code.binding.subject == subject && of_message && alive
        });
        let newest = waiting.max_by_key(|code| code.stored.issued);
        Ok(newest.map(|code| (code.binding.clone(), code.stored.expires)))
    }

    async fn discard(&self, reset: &ResetId) -> Result<(), StoreError> {
        self.step(|state| {
            if let Some(code) = state.codes.get_mut(reset) {
                code.stored.used = true;
            }
            Ok(())
        })
    }

    fn nobody(&self, login: &LoginName) -> Subject {
        Subject::nobody(&self.key, login.as_str())
    }
}

/// What concerns the site names no account.
fn of_site(binding: &Binding) -> Concern {
    Concern {
        reset: binding.reset.clone(),
        account: AccountKey::new(""),
        place: binding.place.clone(),
    }
}

impl State {
    /// When remote codes were wrong lately; nothing for a code that is not remote.
    fn remote_wrong(&self, binding: &Binding) -> Vec<Timestamp> {
        match binding.is_remote() {
            true => self.remote_attempts.iter().map(|one| one.2).collect(),
            false => Vec::new(),
        }
    }

    fn remote_off(&self, binding: &Binding, now: Timestamp) -> Permission {
        switched_off(REMOTE_WRONG_CODES, &self.remote_wrong(binding), now)
    }

    fn counts(&self, binding: &Binding) -> CodeCounts {
        let attempts = self.attempts.get(&binding.subject);
        CodeCounts {
            wrong_in_a_row: self
                .wrong_in_a_row
                .get(&binding.subject)
                .copied()
                .unwrap_or(0),
            wrong_at: attempts
                .into_iter()
                .flatten()
                .map(|attempt| attempt.2)
                .collect(),
            remote_wrong_at: self.remote_wrong(binding),
            code: self.codes.get(&binding.reset).map(|code| StoredCode {
                same_binding: code.binding == *binding,
                ..code.stored
            }),
        }
    }

    /// Puts the counts of the reset and of its subject up; returns the stored hash and which try
    /// this is.
    fn count_up(
        &mut self,
        binding: &Binding,
        now: Timestamp,
    ) -> Result<(CodeMac, u32), StoreError> {
        let code = self
            .codes
            .get_mut(&binding.reset)
            .ok_or_else(|| StoreError("the code is gone".to_owned()))?;
        code.stored.judged += 1;
        let (mac, number) = (code.mac, code.stored.judged);
        let attempts = self.attempts.entry(binding.subject.clone()).or_default();
        let attempt = Attempt(binding.reset.clone(), number, now);
        attempts.push(attempt.clone());
        if binding.is_remote() {
            self.remote_attempts.push(attempt);
        }
        if self.remote_off(binding, now) != Permission::Now {
            let due = now.plus(ALARM_AGAIN);
            self.owe(Alarm::RemoteCodesOff, &of_site(binding), due);
        }
        *self
            .wrong_in_a_row
            .entry(binding.subject.clone())
            .or_default() += 1;
        Ok((mac, number))
    }

    /// Uses a right code up, if it still is the reset's code and still unused; then takes this
    /// try out of the counts of wrong ones.
    fn use_up(&mut self, binding: &Binding, mac: CodeMac, number: u32) -> bool {
        let code = self.codes.get_mut(&binding.reset);
        let Some(code) = code.filter(|code| !code.stored.used && code.mac == mac) else {
            return false;
        };
        code.stored.used = true;
        self.remote_attempts
            .retain(|attempt| attempt.0 != binding.reset || attempt.1 != number);
        if binding.is_remote() {
            let not = (Alarm::RemoteCodesOff, &binding.reset);
            self.alarms
                .retain(|(owed, _)| (owed.what, &owed.concern.reset) != not);
        }
        if let Some(attempts) = self.attempts.get_mut(&binding.subject) {
            attempts.retain(|attempt| attempt.0 != binding.reset || attempt.1 != number);
        }
        self.wrong_in_a_row.insert(binding.subject.clone(), 0);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::Fault;
    use super::*;
    use crate::domain::account::AccountKey;
    use crate::domain::code::Place;
    use crate::domain::secret::SiteKey;
    use crate::flow::ports::{AuditLog, Entropy};

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    const RULES: CodeRules = CodeRules {
        digits: 6,
        lifetime: Duration::from_secs(300),
        tries: 5,
    };

    fn lin_wei() -> Binding {
        Binding {
            reset: ResetId::from_bytes([1; 16]),
            subject: Subject::Account(AccountKey::new("lin.wei")),
            action: Action::Reset,
            place: Place {
                front: "kiosk",
                kiosk: "lobby-1".to_owned(),
            },
        }
    }

    async fn issued() -> (MemoryStore, CodeDigits) {
        let store = MemoryStore::new(SiteKey::new([1; 32]), Arc::new(Sevens));
        let right = CodeDigits::parse("482913", 6).unwrap();
        let now = Timestamp::from_secs(0);
        let issued = store.issue(&lin_wei(), Some(&right), RULES, now).await;
        assert_eq!(issued, Ok(Issued::Send));
        (store, right)
    }

    #[tokio::test]
    async fn a_crash_between_counting_and_comparing_leaves_the_count_up() {
        let (store, right) = issued().await;
        let now = Timestamp::from_secs(1);
        store.fail_write(2, Fault::NotWritten);
        assert!(store.judge(&lin_wei(), &right, RULES, now).await.is_err());
        let wrong = CodeDigits::parse("111111", 6).unwrap();
        let judged = store.judge(&lin_wei(), &wrong, RULES, now).await;
        assert_eq!(judged, Ok(Judgement::Wrong { left: 3 }));
    }

    #[tokio::test]
    async fn a_lost_answer_is_written_all_the_same() {
        let (store, right) = issued().await;
        let now = Timestamp::from_secs(1);
        store.fail_write(2, Fault::AnswerLost);
        assert!(store.judge(&lin_wei(), &right, RULES, now).await.is_err());
        let records = store.records();
        assert_eq!(records.last().map(|r| r.result.as_str()), Some("right"));
        let judged = store.judge(&lin_wei(), &right, RULES, now).await;
        assert_eq!(judged, Ok(Judgement::Expired));
        assert_eq!(store.verify().await, Ok(Ok(3)));
    }
}
