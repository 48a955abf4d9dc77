//! A password that rekey makes itself: judged, set, proved and recorded like any other, and told
//! to the employee's WeCom alone.

use std::sync::Arc;

use super::asking::send_result;
use super::changing::{Person, Stage};
use super::{Context, Next, Phase};
use crate::domain::audit::EventKind;
use crate::domain::limits;
use crate::domain::policy::Policy;
use crate::domain::secret::Password;
use crate::domain::temporary::temporary;
use crate::flow::desk::{DeskPrompt, Gift};
use crate::flow::effect::{Answer, Effect, Event, Purpose, Timer};
use crate::flow::grant::Grant;
use crate::flow::message::{Body, Message};
use crate::flow::ports::{SendError, SentMessage};
use crate::flow::prompt::{Prompt, Refusal};

/// How many are made before it is given up: what the screen's rules let through, the directory's
/// own may still refuse.
const TRIES: u32 = 5;

/// rekey makes the password of this change.
pub(super) struct Makes {
    /// For whom it is begun: the operator's login name.
    operator: String,
    tries: u32,
    made: Option<Arc<Password>>,
}

impl Makes {
    pub(super) fn new(operator: String) -> Self {
        Self {
            operator,
            tries: 0,
            made: None,
        }
    }
}

impl Person {
    /// Makes a password and has it judged; `before` is why the last one was not taken.
    pub(super) fn make(
        mut self,
        context: &Context<'_>,
        grant: Grant,
        before: Option<Refusal>,
    ) -> Next {
        let at_least = longest_demand(&self.proved.policy);
        let Some(makes) = &mut self.makes else {
            return self.to(Stage::Ask(grant), Vec::new());
        };
        makes.tries += 1;
        let mut random = |bytes: &mut [u8]| context.entropy.fill(bytes);
        let made = (makes.tries <= TRIES).then(|| temporary(at_least, &mut random));
        let Some(password) = made.flatten().map(Arc::new) else {
            let refusal = before.unwrap_or(Refusal::NotAsked);
            let key = Some(self.proved.key());
            return context.end(refusal, key, "not_made", Vec::new());
        };
        makes.made = Some(password.clone());
        self.assess_shared(grant, password)
    }

    /// Asks for another password; where rekey makes it, it makes another one, or gives up; where
    /// there was only to unlock, it is over.
    pub(super) fn ask_again(
        self,
        context: &Context<'_>,
        grant: Grant,
        refusal: Refusal,
        mut effects: Vec<Effect>,
    ) -> Next {
        if self.proved.only_unlocks() {
            let key = Some(self.proved.key());
            return context.end(refusal, key, "not_unlocked", effects);
        }
        if self.makes.is_none() {
            effects.push(self.proved.ask(Some(refusal), false));
            return self.to(Stage::Ask(grant), effects);
        }
        let (phase, more) = if matches!(refusal, Refusal::NotAsked) {
            let key = Some(self.proved.key());
            context.end(refusal, key, "directory_down", Vec::new())
        } else {
            self.make(context, grant, Some(refusal))
        };
        effects.extend(more);
        (phase, effects)
    }

    /// What is shown while a password is judged.
    pub(super) fn busy(&self) -> Effect {
        match self.makes {
            Some(_) => Effect::Show(Prompt::Desk(DeskPrompt::Busy)),
            None => self.proved.ask(None, true),
        }
    }

    /// The message about the change that was made. `None`: there is no phone that could be told.
    pub(super) fn tells(&self, context: &Context<'_>) -> Option<(Message, Purpose)> {
        match self.made(context, true) {
            Some(message) => Some((message, Purpose::Temporary)),
            None => Some((self.changed_message(context)?, Purpose::Changed)),
        }
    }

    /// Nobody knows whether it was set: the employee gets it all the same, with that said.
    pub(super) fn give_unknown(self, context: &Context<'_>) -> Next {
        let mut effects = vec![context.show_end(Refusal::OutcomeUnknown)];
        match self.made(context, false) {
            Some(message) => {
                effects.push(Effect::Send(message, Purpose::Temporary));
                self.to(Stage::TellUnknown, effects)
            }
            None => {
                effects.push(Effect::Finish);
                (Phase::Over, effects)
            }
        }
    }

    fn made(&self, context: &Context<'_>, certain: bool) -> Option<Message> {
        let makes = self.makes.as_ref()?;
        Some(Message {
            to: self.proved.to.clone()?,
            language: self.proved.account.language.clone(),
            body: Body::Temporary {
                password: makes.made.clone()?,
                certain,
                shown: limits::TEMPORARY_SHOWN,
                operator: makes.operator.clone(),
                reference: context.reference(),
            },
            concerns: Some(context.concern(&self.proved.account.key)),
        })
    }

    /// WeCom took the message with the password, or did not.
    pub(super) fn made_told(self, context: &Context<'_>, stage: Stage, event: Event) -> Next {
        let Event::Answer(Answer::Sent(Purpose::Temporary, sent)) = event else {
            return self.to(stage, Vec::new());
        };
        let result = handed_over(&sent);
        let mut effects =
            vec![context.audit(EventKind::HandedOver, Some(self.proved.key()), result)];
        if matches!(stage, Stage::Tell(_)) {
            effects.push(Effect::Show(Prompt::Desk(DeskPrompt::Given {
                gift: Gift::Temporary,
                told: sent.is_ok(),
                ticket: context.reference(),
            })));
        }
        match sent {
            Ok(sent) if !self.leaving => {
                effects.push(Effect::Timer(
                    Timer::TemporaryEnded,
                    limits::TEMPORARY_SHOWN,
                ));
                self.to(Stage::Read(sent), effects)
            }
            _ => {
                effects.push(Effect::Finish);
                (Phase::Over, effects)
            }
        }
    }
}

fn handed_over(sent: &Result<SentMessage, SendError>) -> &'static str {
    match sent {
        Ok(_) => Gift::Temporary.as_str(),
        Err(_) => send_result(sent),
    }
}

/// How many characters the stricter of directory and site asks for. Bytes are as many: a made
/// password is ASCII.
fn longest_demand(policy: &Policy) -> usize {
    let directory = policy.directory.min_length.map_or(0, |(least, _)| least);
    usize::try_from(directory.max(policy.site.min_length)).unwrap_or(usize::MAX)
}
