//! What an operator does for the person who is open.

use super::{Visit, place_of};
use crate::domain::account::{Account, AccountKey, Standing, WecomUserId};
use crate::domain::audit::EventKind;
use crate::domain::code::{DeskAction, ResetId};
use crate::domain::limits;
use crate::flow::desk::{Case, DeskPrompt, DeskRefusal, Powers};
use crate::flow::driver::{new_id, sending};
use crate::flow::effect::Input;
use crate::flow::message::{Alarm, Body, Concern, Message, OperatorDeed};
use crate::flow::ports::{DeedKind, OwedAlarm, StoreError};
use crate::flow::prompt::{Prompt, Refusal};

impl Visit {
    /// Sends a code for `action` to the person who is open, or asks for a second operator first.
    pub(super) async fn send_code(&mut self, powers: &Powers, action: DeskAction) {
        self.withdraw().await;
        self.reset = None;
        self.show(DeskPrompt::Busy).await;
        if let Err(refusal) = self.try_to_send(powers, action).await {
            self.show_person(powers, Some(refusal)).await;
        }
    }

    async fn try_to_send(
        &mut self,
        powers: &Powers,
        action: DeskAction,
    ) -> Result<(), DeskRefusal> {
        let account = self.read_open().await?;
        let reset = new_id(&*self.desks.ports.entropy);
        let to = self.may_be_helped(powers, &account, &reset).await?;
        if action == DeskAction::Unlock {
            self.can_be_unlocked(powers, &account, &reset).await?;
        }
        if let Err(error) = self.desks.ports.messenger.works().await {
            tracing::error!(%error, "the channel does not work");
            return Err(DeskRefusal::ChannelDown);
        }
        let counted = self
            .count(powers, DeedKind::Code, &reset, &account.key)
            .await;
        counted.map_err(store_down)??;
        let case = Case {
            action,
            to,
            operator: powers.login().to_owned(),
            approved: false,
            account,
        };
        if case.account.standing == Standing::Guarded {
            return self.ask_second(powers, reset, case).await;
        }
        self.begin(reset, case).await;
        Ok(())
    }

    /// The reset begins: its code goes out.
    pub(super) async fn begin(&mut self, reset: ResetId, case: Case) {
        let (action, ticket) = (case.action, reset.reference());
        self.show(DeskPrompt::Begun { action, ticket }).await;
        let resets = self.desks.resets(&case.operator);
        self.shows(resets.begin_at_desk(reset, case));
    }

    /// Whether this operator may help with this account, and the phone it is done with. A refusal
    /// leaves a record.
    async fn may_be_helped(
        &mut self,
        powers: &Powers,
        account: &Account,
        reset: &ResetId,
    ) -> Result<WecomUserId, DeskRefusal> {
        self.may_act(powers, account, reset).await?;
        let now = self.desks.ports.clock.now().wall;
        let frozen = self.desks.ports.objections.frozen_until(&account.key, now);
        let frozen = frozen.await.map_err(store_down)?.is_some();
        let (result, refusal) = match (account.standing, &account.wecom) {
            (Standing::Disabled, _) => ("disabled", DeskRefusal::Disabled),
            (Standing::Protected, _) => ("protected", DeskRefusal::Protected),
            (Standing::Frozen { .. }, _) => ("frozen", DeskRefusal::Frozen),
            _ if frozen => ("frozen", DeskRefusal::Frozen),
            (_, None) => ("unmapped", DeskRefusal::Unmapped),
            (Standing::Eligible | Standing::Guarded, Some(to)) => return Ok(to.clone()),
        };
        self.refused(powers, reset, &account.key, result).await?;
        Err(refusal)
    }

    /// Whether there is a lock, and the directory lets rekey end it: nobody is asked for a code that
    /// would lead to nothing. A refusal leaves a record.
    async fn can_be_unlocked(
        &mut self,
        powers: &Powers,
        account: &Account,
        reset: &ResetId,
    ) -> Result<(), DeskRefusal> {
        let (result, refusal) = if account.age.locked {
            match self.desks.ports.directory.policy(account).await {
                Ok(policy) if policy.can_unlock => return Ok(()),
                Ok(_) => ("not_permitted", DeskRefusal::NotPermitted),
                Err(error) => {
                    tracing::error!(%error, "the directory does not answer");
                    return Err(DeskRefusal::DirectoryDown);
                }
            }
        } else {
            ("not_locked", DeskRefusal::NotLocked)
        };
        self.refused(powers, reset, &account.key, result).await?;
        Err(refusal)
    }

    /// Whether the operator's role allows to act, on this account.
    async fn may_act(
        &mut self,
        powers: &Powers,
        account: &Account,
        reset: &ResetId,
    ) -> Result<(), DeskRefusal> {
        let (result, refusal) = if !powers.role().helps() {
            ("role", DeskRefusal::Role)
        } else if powers.is_own(&account.key, account.wecom.as_ref()) {
            ("own", DeskRefusal::Own)
        } else {
            return Ok(());
        };
        self.refused(powers, reset, &account.key, result).await?;
        Err(refusal)
    }

    /// An operator was refused, and that is on record.
    pub(super) async fn refused(
        &mut self,
        powers: &Powers,
        reset: &ResetId,
        account: impl Into<Option<&AccountKey>>,
        result: &'static str,
    ) -> Result<(), DeskRefusal> {
        let kind = EventKind::OperatorRefused;
        let record = self.record(powers, kind, reset, account, result);
        let appended = self.desks.ports.audit.append(&record).await;
        appended.map_err(store_down)
    }

    /// Another code is a code like the first one.
    pub(super) async fn another_code(&mut self, powers: &Powers) {
        let (Some(open), Some(_)) = (self.open.clone(), &self.reset) else {
            return;
        };
        let reset = new_id(&*self.desks.ports.entropy);
        let counted = self.count(powers, DeedKind::Code, &reset, &open.key).await;
        match counted.map_err(store_down).and_then(|counted| counted) {
            Ok(()) => self.pass_on(Input::AnotherCode).await,
            Err(refusal) => {
                self.reset = None;
                self.show_person(powers, Some(refusal)).await;
            }
        }
    }

    /// What the reset says goes to the operator; wrong codes are counted for the operator, too.
    pub(super) async fn heard(&mut self, powers: &Powers, prompt: Prompt) {
        let wrong = match &prompt {
            Prompt::Code { refusal, .. } => matches!(refusal, Some(Refusal::CodeWrong { .. })),
            Prompt::Ended { refusal, .. } => matches!(refusal, Refusal::CodeWrong { .. }),
            _ => false,
        };
        if wrong && let Some(open) = self.open.clone() {
            let reset = new_id(&*self.desks.ports.entropy);
            let counted = self
                .count(powers, DeedKind::WrongCode, &reset, &open.key)
                .await;
            let counted = counted.map_err(store_down).and_then(|counted| counted);
            if let Err(refusal) = counted {
                self.reset = None;
                return self.show_person(powers, Some(refusal)).await;
            }
        }
        let over = matches!(prompt, Prompt::Desk(DeskPrompt::Given { .. }));
        self.tell(prompt).await;
        if over && let Some(reset) = self.reset.take() {
            // It still takes a message back.
            self.left.push(reset);
        }
    }

    /// Freezes the resets of the account that is open, or lets them go on.
    pub(super) async fn freeze_or_not(&mut self, powers: &Powers) {
        self.show(DeskPrompt::Busy).await;
        let refusal = self.try_to_freeze(powers).await.err();
        self.show_person(powers, refusal).await;
    }

    async fn try_to_freeze(&mut self, powers: &Powers) -> Result<(), DeskRefusal> {
        let account = self.read_open().await?;
        let reset = new_id(&*self.desks.ports.entropy);
        self.may_act(powers, &account, &reset).await?;
        let counted = self.count(powers, DeedKind::Account, &reset, &account.key);
        counted.await.map_err(store_down)??;
        let ports = &self.desks.ports;
        let (key, now) = (&account.key, ports.clock.now().wall);
        let frozen = ports.objections.frozen_until(key, now).await;
        let what = if frozen.map_err(store_down)?.is_some() {
            let record = self.record(powers, EventKind::Freeze, &reset, key, "unfrozen");
            let unfrozen = ports.objections.unfreeze(key, &record).await;
            unfrozen.map_err(store_down)?;
            OperatorDeed::Unfrozen
        } else {
            let until = now.plus(limits::FREEZE);
            let record = self.record(powers, EventKind::Freeze, &reset, key, "frozen");
            let frozen = ports.objections.freeze(key, until, &record).await;
            frozen.map_err(store_down)?;
            let alarm = OwedAlarm {
                what: Alarm::FrozenByOperator,
                concern: concern(powers, &account, &reset),
            };
            sending::ring_owed(ports, &alarm).await;
            OperatorDeed::Frozen { until }
        };
        self.tell_employee(powers, &account, &reset, what).await;
        Ok(())
    }

    /// The employee hears what was done to the account, and can say that it was not them who asked.
    pub(super) async fn tell_employee(
        &mut self,
        powers: &Powers,
        account: &Account,
        reset: &ResetId,
        what: OperatorDeed,
    ) {
        let Some(to) = account.wecom.clone() else {
            return;
        };
        let message = Message {
            to,
            language: account.language.clone(),
            body: Body::ByOperator {
                what,
                operator: powers.login().to_owned(),
                reference: reset.reference(),
            },
            concerns: Some(concern(powers, account, reset)),
        };
        let sent = sending::send(&self.desks.ports, message).await;
        let result = crate::flow::reset::send_result(&sent);
        let kind = EventKind::NoticeSent;
        let record = self.record(powers, kind, reset, &account.key, result);
        if let Err(error) = self.desks.ports.audit.append(&record).await {
            tracing::error!(%error, "the audit log cannot be written");
        }
    }
}

fn concern(powers: &Powers, account: &Account, reset: &ResetId) -> Concern {
    Concern {
        reset: reset.clone(),
        account: account.key.clone(),
        place: place_of(powers),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn store_down(error: StoreError) -> DeskRefusal {
    tracing::error!(%error, "the state cannot be read or written");
    DeskRefusal::StoreDown
}
