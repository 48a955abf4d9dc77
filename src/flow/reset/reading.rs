//! Proved: account and policy are read, and what stays the same from here on is kept.

use std::sync::Arc;

use super::addressee::Eligible;
use super::changing::{Person, Stage};
use super::making::Makes;
use super::{Context, Next, Phase};
use crate::domain::account::{Account, AccountKey, Standing, WecomUserId};
use crate::domain::code::DeskAction;
use crate::domain::policy::{DirectoryPolicy, Policy};
use crate::domain::time::{Now, Timestamp};
use crate::flow::desk::{Case, DeskPrompt};
use crate::flow::effect::{Answer, Effect, Event, Timer};
use crate::flow::grant::Grant;
use crate::flow::ports::{Act, ChangeMark, Intent, Marked};
use crate::flow::prompt::{Prompt, Refusal};

/// How often the directory is asked again for account and policy, once the code was right.
pub(super) const READ_TRIES: u32 = 5;
/// How long between two of them.
pub(super) const READ_AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// Proved: account and policy are being read.
pub(super) struct Reading {
    grant: Grant,
    whose: Eligible,
    /// rekey makes the password itself.
    makes: Option<Makes>,
    proved_at: Now,
    tries: u32,
}

impl Reading {
    /// Begins to read.
    pub(super) fn begin(context: &Context<'_>, grant: Grant, whose: Eligible) -> Next {
        let read = Effect::ReadAccount(whose.key.clone(), whose.dn.clone());
        Self::begin_with(read, context, grant, whose)
    }

    /// The same where the account was read just now: only its policy is asked for.
    pub(super) fn begin_read(
        context: &Context<'_>,
        grant: Grant,
        whose: Eligible,
        account: Box<Account>,
    ) -> Next {
        Self::begin_with(Effect::ReadPolicy(account), context, grant, whose)
    }

    fn begin_with(read: Effect, context: &Context<'_>, grant: Grant, whose: Eligible) -> Next {
        let reading = Self {
            grant,
            whose,
            makes: None,
            proved_at: context.now,
            tries: 0,
        };
        let effects = vec![Effect::Show(Prompt::Reading), read];
        (Phase::Reading(reading), effects)
    }

    /// The same, for a password that rekey makes.
    pub(super) fn begin_temporary(
        grant: Grant,
        whose: Eligible,
        case: Box<Case>,
        proved_at: Now,
    ) -> Next {
        let effects = vec![
            Effect::Show(Prompt::Desk(DeskPrompt::Busy)),
            Effect::ReadAccount(whose.key.clone(), whose.dn.clone()),
        ];
        let reading = Self {
            grant: grant.until_sign_in(),
            whose,
            makes: Some(Makes::new(case.operator)),
            proved_at,
            tries: 0,
        };
        (Phase::Reading(reading), effects)
    }

    pub(super) fn account(&self) -> AccountKey {
        self.whose.key.clone()
    }

    pub(super) fn step(mut self, context: &Context<'_>, event: Event) -> Next {
        match event {
            Event::Answer(Answer::AccountRead(Ok(Some((account, policy))))) => {
                self.read(context, account, policy)
            }
            Event::Answer(Answer::AccountRead(Ok(None))) => {
                let key = self.account();
                context.end(
                    Refusal::AccountNotAllowed,
                    Some(key),
                    "account_gone",
                    Vec::new(),
                )
            }
            Event::Answer(Answer::AccountRead(Err(_))) if self.tries < READ_TRIES => {
                self.tries += 1;
                (
                    Phase::Reading(self),
                    vec![Effect::Timer(Timer::Again, READ_AGAIN)],
                )
            }
            Event::Answer(Answer::AccountRead(Err(_))) => {
                let key = self.account();
                context.end(
                    Refusal::DirectoryDown,
                    Some(key),
                    "directory_down",
                    Vec::new(),
                )
            }
            Event::Answer(Answer::Timer(Timer::Again)) => {
                let effects = vec![Effect::ReadAccount(
                    self.whose.key.clone(),
                    self.whose.dn.clone(),
                )];
                (Phase::Reading(self), effects)
            }
            _ => (Phase::Reading(self), Vec::new()),
        }
    }

    fn read(self, context: &Context<'_>, account: Box<Account>, policy: DirectoryPolicy) -> Next {
        let whose = self.whose;
        let same = account.key == whose.key && account.wecom == whose.to;
        if !same || !whose.allows(account.standing) {
            let key = Some(whose.key);
            return context.end(Refusal::AccountNotAllowed, key, "not_allowed", Vec::new());
        }
        let policy = Policy {
            directory: policy,
            site: context.setup.site.clone(),
            person_words: account.person_words.clone(),
            old: whose.old,
        };
        let proved = Proved {
            expires_at: account.age.expires_by(policy.site.max_age),
            account,
            to: whose.to,
            case: whose.case,
            policy: Arc::new(policy),
            proved_at: self.proved_at,
        };
        let show = proved.ask(None, false);
        let (makes_it, only_unlocks) = (self.makes.is_some(), proved.only_unlocks());
        let person = Person {
            proved,
            makes: self.makes,
            leaving: false,
        };
        if only_unlocks {
            person.unlock_at_desk(context, self.grant)
        } else if makes_it {
            person.make(context, self.grant, None)
        } else {
            person.to(Stage::Ask(self.grant), vec![show])
        }
    }
}

/// What stays the same from the proof on.
pub(super) struct Proved {
    pub(super) account: Box<Account>,
    /// Whom to tell; `None`: nobody can be.
    pub(super) to: Option<WecomUserId>,
    pub(super) case: Option<Box<Case>>,
    pub(super) policy: Arc<Policy>,
    expires_at: Option<Timestamp>,
    proved_at: Now,
}

impl Proved {
    pub(super) fn ask(&self, refusal: Option<Refusal>, busy: bool) -> Effect {
        Effect::Show(Prompt::NewPassword {
            login: self.account.login.clone(),
            policy: self.policy.clone(),
            age: self.account.age,
            language: self.account.language.clone(),
            expires_at: self.expires_at,
            refusal,
            busy,
        })
    }

    pub(super) fn key(&self) -> AccountKey {
        self.account.key.clone()
    }

    /// Whether a last look sees the same entry, still allowed, and still the person whose phone
    /// proved it.
    pub(super) fn still_holds(&self, grant: &Grant, seen: &Marked) -> bool {
        seen.key == *grant.account() && self.allows(seen.standing) && seen.wecom == self.to
    }

    /// Whether an account of this standing may be reset.
    pub(super) fn allows(&self, standing: Standing) -> bool {
        match &self.case {
            Some(case) => case.allows(standing),
            None => standing == Standing::Eligible,
        }
    }

    /// The code was for unlocking, at the desk: no password is ever asked for.
    pub(super) fn only_unlocks(&self) -> bool {
        let case = self.case.as_deref();
        case.is_some_and(|case| case.action == DeskAction::Unlock)
    }

    pub(super) fn intent(&self, context: &Context<'_>, act: Act, mark: ChangeMark) -> Intent {
        Intent {
            act,
            reset: context.setup.reset.clone(),
            account: self.key(),
            dn: self.account.dn.clone(),
            mark,
            place: context.setup.place.clone(),
            notify: self.to.clone(),
            language: self.account.language.clone(),
            proved_at: self.proved_at.wall,
            at: context.now.wall,
        }
    }

    /// When a password set now expires.
    pub(super) fn next_expiry(&self, now: Timestamp) -> Timestamp {
        let site = self.policy.site.max_age;
        now.plus(
            self.policy
                .directory
                .max_age
                .map_or(site, |directory| directory.min(site)),
        )
    }
}
