//! Accounts in protected groups: a second operator agrees, from another visit (rule 10).

use super::Visit;
use super::helping::store_down;
use crate::domain::audit::EventKind;
use crate::domain::code::ResetId;
use crate::domain::display::clean;
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::flow::desk::{ApprovalLine, Case, DeskPrompt, DeskRefusal, Powers};
use crate::flow::ports::{ApprovalAsked, Signatory};

/// A reset that waits.
pub(super) struct Waiting {
    reset: ResetId,
    case: Case,
    until: Timestamp,
}

impl Visit {
    /// Registers what is asked for, and waits.
    pub(super) async fn ask_second(
        &mut self,
        powers: &Powers,
        reset: ResetId,
        case: Case,
    ) -> Result<(), DeskRefusal> {
        let ports = &self.desks.ports;
        let until = ports.clock.now().wall.plus(limits::APPROVAL_LIFETIME);
        let key = &case.account.key;
        let asked = ApprovalAsked {
            reset: reset.clone(),
            account: key.clone(),
            employee: case.account.login.clone(),
            employee_wecom: case.to.clone(),
            action: case.action,
            by: signatory(powers),
            until,
        };
        let record = self.record(powers, EventKind::Approval, &reset, key, "asked");
        let registered = ports.desk.ask_approval(&asked, &record).await;
        registered.map_err(store_down)?;
        let ticket = reset.reference();
        let action = case.action;
        self.waiting = Some(Waiting { reset, case, until });
        self.show(DeskPrompt::WaitsForApproval {
            action,
            ticket,
            until,
        })
        .await;
        Ok(())
    }

    /// Whether the second operator has agreed meanwhile.
    pub(super) async fn look_for_second(&mut self, powers: &Powers) {
        let Some(waiting) = &self.waiting else {
            return;
        };
        let now = self.desks.ports.clock.now().wall;
        if now >= waiting.until {
            self.withdraw().await;
            let refusal = Some(DeskRefusal::NotApproved);
            return self.show_person(powers, refusal).await;
        }
        match self
            .desks
            .ports
            .desk
            .take_approval(&waiting.reset, now)
            .await
        {
            Ok(false) => {}
            Ok(true) => {
                if let Some(Waiting { reset, case, .. }) = self.waiting.take() {
                    let case = Case {
                        approved: true,
                        ..case
                    };
                    self.begin(reset, case).await;
                }
            }
            // It may be read again in a second.
            Err(error) => tracing::error!(%error, "approvals cannot be read"),
        }
    }

    /// The operator has left what waited.
    pub(super) async fn withdraw(&mut self) {
        if let Some(waiting) = self.waiting.take()
            && let Err(error) = self.desks.ports.desk.withdraw(&waiting.reset).await
        {
            tracing::error!(%error, "an approval cannot be withdrawn; it ends by itself");
        }
    }

    pub(super) async fn show_approvals(&mut self, powers: &Powers, refusal: Option<DeskRefusal>) {
        let now = self.desks.ports.clock.now().wall;
        match self.desks.ports.desk.waiting_approvals(now).await {
            Ok(waiting) => {
                let may = powers.role().approves();
                let this = signatory(powers);
                let lines = waiting.into_iter().map(|asked| ApprovalLine {
                    theirs_to_approve: may && asked.may_be_approved_by(&this),
                    employee: clean(&asked.employee),
                    operator: clean(&asked.by.operator),
                    action: asked.action,
                    until: asked.until,
                    reset: asked.reset,
                });
                let lines = lines.collect();
                self.show(DeskPrompt::Approvals(lines, refusal)).await;
            }
            Err(error) => self.refuse(store_down(error)).await,
        }
    }

    pub(super) async fn approve(&mut self, powers: &Powers, reset: &ResetId) {
        let refusal = self.try_to_approve(powers, reset).await.err();
        self.show_approvals(powers, refusal).await;
    }

    async fn try_to_approve(
        &mut self,
        powers: &Powers,
        reset: &ResetId,
    ) -> Result<(), DeskRefusal> {
        let ports = &self.desks.ports;
        let now = ports.clock.now().wall;
        let waiting = ports
            .desk
            .waiting_approvals(now)
            .await
            .map_err(store_down)?;
        let asked = waiting.into_iter().find(|asked| asked.reset == *reset);
        let Some(asked) = asked else {
            self.refused(powers, reset, None, "not_waiting").await?;
            return Err(DeskRefusal::NotYours);
        };
        let agreed = self.record(
            powers,
            EventKind::Approval,
            reset,
            &asked.account,
            "approved",
        );
        let approved = powers.role().approves()
            && ports
                .desk
                .approve(reset, &signatory(powers), &agreed)
                .await
                .map_err(store_down)?;
        if approved {
            return Ok(());
        }
        // Somebody tried to agree to their own.
        self.refused(powers, reset, &asked.account, "not_theirs")
            .await?;
        Err(DeskRefusal::NotYours)
    }
}

fn signatory(powers: &Powers) -> Signatory {
    Signatory {
        operator: powers.login().to_owned(),
        account: powers.account().clone(),
        wecom: powers.wecom().clone(),
        visit: powers.visit().clone(),
    }
}
