//! WeCom vouches for the person: the mapping leads to the account, and from there straight to the
//! new password. Here the person is known, so a refusal says why.

use super::addressee::Eligible;
use super::reading::{READ_AGAIN, READ_TRIES, Reading};
use super::{Context, Next, Phase};
use crate::domain::account::{Account, AccountKey, Standing};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::flow::effect::{Answer, Effect, Event, Input, Timer};
use crate::flow::grant::{Grant, Lasting};
use crate::flow::ports::{DirectoryDown, StoreError};
use crate::flow::prompt::{Prompt, Refusal};
use crate::flow::vouched::Vouched;

/// The account is being found, or is frozen and its employee asked about that.
pub(super) struct Vouching {
    vouched: Vouched,
    lasting: Lasting,
    tries: u32,
    /// The account, where it is frozen.
    frozen: Option<Box<Account>>,
}

impl Vouching {
    pub(super) fn begin(vouched: Vouched, lasting: Lasting) -> Next {
        let vouching = Self::of(vouched, lasting);
        let find = vouching.find();
        let effects = vec![Effect::Show(Prompt::Reading), find];
        (Phase::Vouching(vouching), effects)
    }

    /// The same where the account was found just now.
    pub(super) fn begin_found(
        context: &Context<'_>,
        vouched: Vouched,
        lasting: Lasting,
        account: Box<Account>,
    ) -> Next {
        Self::of(vouched, lasting).found(context, Ok(Some(account)))
    }

    fn of(vouched: Vouched, lasting: Lasting) -> Self {
        Self {
            vouched,
            lasting,
            tries: 0,
            frozen: None,
        }
    }

    pub(super) fn account(&self) -> Option<AccountKey> {
        self.frozen.as_ref().map(|account| account.key.clone())
    }

    fn find(&self) -> Effect {
        Effect::FindMember(self.vouched.userid().clone())
    }

    pub(super) fn step(self, context: &Context<'_>, event: Event) -> Next {
        match event {
            Event::Answer(Answer::MemberFound(found)) => self.found(context, found),
            Event::Answer(Answer::Timer(Timer::Again)) => {
                let find = self.find();
                (Phase::Vouching(self), vec![find])
            }
            Event::Input(Input::Unfreeze) => self.unfreeze(context),
            Event::Answer(Answer::Unfrozen(unfrozen)) => self.unfrozen(context, unfrozen),
            _ => (Phase::Vouching(self), Vec::new()),
        }
    }

    fn found(
        mut self,
        context: &Context<'_>,
        found: Result<Option<Box<Account>>, DirectoryDown>,
    ) -> Next {
        let Ok(found) = found else {
            if self.tries < READ_TRIES {
                self.tries += 1;
                let again = Effect::Timer(Timer::Again, READ_AGAIN);
                return (Phase::Vouching(self), vec![again]);
            }
            return context.end(Refusal::DirectoryDown, None, "directory_down", Vec::new());
        };
        // The mapping must lead back to the very member (rule 9).
        let is_theirs = |account: &Account| account.wecom.as_ref() == Some(self.vouched.userid());
        let Some(account) = found.filter(|account| is_theirs(account)) else {
            return context.end(Refusal::NoAccount, None, "unmapped", Vec::new());
        };
        let key = account.key.clone();
        match account.standing {
            Standing::Eligible => self.eligible(context, account),
            Standing::Disabled => context.end(Refusal::Disabled, Some(key), "disabled", Vec::new()),
            Standing::Protected | Standing::Guarded => {
                context.end(Refusal::Protected, Some(key), "protected", Vec::new())
            }
            Standing::Frozen { until } => {
                let effects = vec![
                    context.audit(EventKind::ResetStarted, Some(key), "frozen"),
                    Effect::Show(Prompt::Frozen {
                        until,
                        reference: context.reference(),
                    }),
                ];
                self.frozen = Some(account);
                (Phase::Vouching(self), effects)
            }
        }
    }

    /// The other place where a grant is made.
    fn eligible(self, context: &Context<'_>, account: Box<Account>) -> Next {
        let reset = context.setup.reset.clone();
        let grant = Grant::from_vouched(account.key.clone(), reset, self.lasting);
        let whose = Eligible {
            key: account.key.clone(),
            dn: account.dn.clone(),
            to: Some(self.vouched.userid().clone()),
            old: None,
            case: None,
        };
        let started = context.audit(EventKind::ResetStarted, Some(whose.key.clone()), "vouched");
        let (phase, reading) = Reading::begin_read(context, grant, whose, account);
        let mut effects = vec![started];
        effects.extend(reading);
        (phase, effects)
    }

    fn unfreeze(self, context: &Context<'_>) -> Next {
        let Some(account) = &self.frozen else {
            return (Phase::Vouching(self), Vec::new());
        };
        let record = AuditEvent {
            at: context.now.wall,
            kind: EventKind::Freeze,
            reset: context.setup.reset.clone(),
            account: Some(account.key.clone()),
            place: context.setup.place.clone(),
            result: "unfrozen",
        };
        let effects = vec![Effect::Show(Prompt::Reading), Effect::Unfreeze(record)];
        (Phase::Vouching(self), effects)
    }

    fn unfrozen(mut self, context: &Context<'_>, unfrozen: Result<(), StoreError>) -> Next {
        if unfrozen.is_err() {
            let key = self.account();
            return context.end(Refusal::StoreDown, key, "store_down", Vec::new());
        }
        self.frozen = None;
        let find = self.find();
        (Phase::Vouching(self), vec![find])
    }
}
