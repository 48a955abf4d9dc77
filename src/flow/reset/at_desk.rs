//! At IT support's desk: the employee has read the code to the operator. What the employee gets
//! is chosen, and goes to their WeCom alone; the operator sees that it went.

use super::addressee::Eligible;
use super::asking::send_result;
use super::reading::Reading;
use super::{Context, Next, Phase};
use crate::domain::account::{AccountKey, Standing};
use crate::domain::audit::EventKind;
use crate::domain::time::Now;
use crate::flow::desk::{Case, DeskInput, DeskPrompt, Gift};
use crate::flow::effect::{Answer, Effect, Event, Input};
use crate::flow::grant::Grant;
use crate::flow::message::LinkFor;
use crate::flow::ports::{SendError, SentMessage, StoreError};
use crate::flow::prompt::{Prompt, Refusal};

/// The code was right; the operator chooses what the employee gets.
pub(super) struct AtDesk {
    grant: Option<Grant>,
    whose: Eligible,
    case: Box<Case>,
    /// A change of the account by somebody else after this makes the grant worthless, however
    /// long the operator thinks.
    proved_at: Now,
}

impl AtDesk {
    pub(super) fn begin(
        context: &Context<'_>,
        grant: Grant,
        whose: Eligible,
        case: Box<Case>,
    ) -> Next {
        let choose = Effect::Show(Prompt::Desk(DeskPrompt::Choose {
            ticket: context.reference(),
            link: has_form(&case),
        }));
        let at_desk = Self {
            grant: Some(grant),
            whose,
            case,
            proved_at: context.now,
        };
        (Phase::AtDesk(at_desk), vec![choose])
    }

    pub(super) fn account(&self) -> AccountKey {
        self.whose.key.clone()
    }

    pub(super) fn step(mut self, context: &Context<'_>, event: Event) -> Next {
        match event {
            Event::Input(Input::Desk(DeskInput::Give(gift))) => match (gift, self.grant.take()) {
                // The form makes a grant of its own, from WeCom's word for who opens it.
                (Gift::Link, Some(_)) if has_form(&self.case) => self.give_link(context),
                (Gift::Temporary, Some(grant)) => {
                    Reading::begin_temporary(grant, self.whose, self.case, self.proved_at)
                }
                (_, grant) => {
                    self.grant = grant;
                    (Phase::AtDesk(self), Vec::new())
                }
            },
            Event::Answer(Answer::LinkGiven(given)) => self.given(context, given),
            _ => (Phase::AtDesk(self), Vec::new()),
        }
    }

    fn give_link(self, context: &Context<'_>) -> Next {
        let link = LinkFor {
            to: self.case.to.clone(),
            language: self.case.account.language.clone(),
            operator: self.case.operator.clone(),
            concern: context.concern(&self.whose.key),
        };
        let effects = vec![
            Effect::Show(Prompt::Desk(DeskPrompt::Busy)),
            Effect::GiveLink(Box::new(link)),
        ];
        (Phase::AtDesk(self), effects)
    }

    fn given(
        self,
        context: &Context<'_>,
        given: Result<Option<Result<SentMessage, SendError>>, StoreError>,
    ) -> Next {
        let key = Some(self.account());
        let sent = match given {
            Ok(Some(sent)) => sent,
            Ok(None) => return context.end(Refusal::Objected, key, "objected", Vec::new()),
            Err(_) => return context.end(Refusal::StoreDown, key, "store_down", Vec::new()),
        };
        let result = match &sent {
            Ok(_) => "link",
            Err(_) => send_result(&sent),
        };
        let effects = vec![
            context.audit(EventKind::HandedOver, key, result),
            Effect::Show(Prompt::Desk(DeskPrompt::Given {
                gift: Gift::Link,
                told: sent.is_ok(),
                ticket: context.reference(),
            })),
            Effect::Finish,
        ];
        (Phase::Over, effects)
    }
}

/// The form refuses those in a protected group: two operators have agreed to this one reset, not
/// to whatever is opened on a phone later.
fn has_form(case: &Case) -> bool {
    case.account.standing == Standing::Eligible
}
