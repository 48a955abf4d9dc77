//! How much one member may ask for, counted after the signature: nobody can use up another's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::limits;
use crate::domain::time::Now;

/// From so many members on, those who have been silent for long are forgotten.
const MANY: usize = 4096;

/// What each member has asked for lately.
#[derive(Default)]
pub(super) struct Gate(Mutex<HashMap<String, Member>>);

#[derive(Default)]
struct Member {
    /// Monotonic times of commands within the window.
    commands: Vec<Duration>,
    /// They have been told that it is too much.
    told: bool,
    /// When they were last told how the chat works.
    greeted: Option<Duration>,
}

/// Whether a command is carried out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Passage {
    /// It is.
    Open,
    /// It is one too many, and nobody has said so yet.
    Tell,
    /// It is one too many.
    Shut,
}

impl Gate {
    /// A command of `member`, now.
    pub(super) fn command(&self, member: &str, now: Now) -> Passage {
        self.of(member, now, |member| {
            let limit = limits::CHAT_COMMANDS;
            let most = usize::try_from(limit.count).unwrap_or(usize::MAX);
            if member.commands.len() < most {
                member.commands.push(now.mono);
                member.told = false;
                return Passage::Open;
            }
            match std::mem::replace(&mut member.told, true) {
                false => Passage::Tell,
                true => Passage::Shut,
            }
        })
    }

    /// Whether `member`, who opens the chat now, is told how it works.
    pub(super) fn greets(&self, member: &str, now: Now) -> bool {
        self.of(member, now, |member| {
            let first = member.greeted.is_none();
            member.greeted = Some(member.greeted.unwrap_or(now.mono));
            first
        })
    }

    fn of<T>(&self, userid: &str, now: Now, ask: impl FnOnce(&mut Member) -> T) -> T {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if members.len() >= MANY {
            members.retain(|_, member| {
                member.forget(now);
                !member.is_blank()
            });
        }
        let member = members.entry(userid.to_ascii_lowercase()).or_default();
        member.forget(now);
        ask(member)
    }
}

impl Member {
    fn forget(&mut self, now: Now) {
        let within = |at: Duration, window| now.mono.saturating_sub(at) < window;
        self.commands
            .retain(|at| within(*at, limits::CHAT_COMMANDS.window));
        self.greeted = self.greeted.filter(|at| within(*at, limits::CHAT_GREETING));
    }

    fn is_blank(&self) -> bool {
        self.commands.is_empty() && self.greeted.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn at(secs: u64) -> Now {
        Now {
            wall: Timestamp::from_secs(0),
            mono: Duration::from_secs(secs),
        }
    }

    #[test]
    fn six_commands_a_minute_and_one_word_about_it() {
        let gate = Gate::default();
        for n in 0..6 {
            assert_eq!(gate.command("LinWei", at(n)), Passage::Open);
        }
        assert_eq!(gate.command("linwei", at(10)), Passage::Tell);
        assert_eq!(gate.command("LinWei", at(59)), Passage::Shut);
        assert_eq!(gate.command("SitiRahma", at(59)), Passage::Open);
        assert_eq!(gate.command("LinWei", at(60)), Passage::Open);
        assert_eq!(gate.command("LinWei", at(60)), Passage::Tell);
    }

    #[test]
    fn whoever_opens_the_chat_all_day_is_greeted_now_and_then() {
        let gate = Gate::default();
        let greeted = (0..3600).filter(|n| gate.greets("LinWei", at(*n))).count();
        assert_eq!(greeted, 6);
    }

    #[test]
    fn silent_members_are_forgotten() {
        let gate = Gate::default();
        for n in 0..3 * MANY as u64 {
            gate.command(&format!("member-{n}"), at(n));
        }
        assert!(gate.0.lock().unwrap().len() <= MANY);
    }
}
