//! From the directory's answer to the last screen: prove the change by a bind, find out what a
//! lost answer hides, record the outcome, tell the employee.

use std::sync::Arc;

use super::asking::send_result;
use super::changing::{AfterClose, Person, Stage, working};
use super::{Context, Next, Phase};
use crate::domain::audit::EventKind;
use crate::domain::secret::Password;
use crate::flow::effect::Effect;
use crate::flow::message::{Body, Message};
use crate::flow::ports::{
    ChangeMark, DirectoryDown, Landed, Outcome, ProvingBind, SendError, SentMessage, SetOutcome,
    StoreError,
};
use crate::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal, Step};

impl Person {
    pub(super) fn was_set(
        self,
        context: &Context<'_>,
        password: Arc<Password>,
        mark: ChangeMark,
        outcome: SetOutcome,
    ) -> Next {
        match outcome {
            SetOutcome::Changed => {
                let effects = vec![
                    working(Step::Ok, Step::Wait, Step::Ahead),
                    Effect::Prove {
                        dn: self.proved.account.dn.clone(),
                        mark: mark.clone(),
                        password: password.clone(),
                    },
                ];
                self.to(Stage::Prove(password, mark), effects)
            }
            SetOutcome::Refused(grant, why) => {
                let remembers = self.proved.policy.directory.history;
                let refusal = Refusal::ByDirectory { why, remembers };
                self.close(
                    context,
                    Outcome::Refused,
                    AfterClose::AskAgain(grant, refusal),
                )
            }
            SetOutcome::NotAsked(grant, _) => {
                let after = AfterClose::AskAgain(grant, Refusal::NotAsked);
                self.close(context, Outcome::Failed, after)
            }
            SetOutcome::AnswerLost => self.find_out(mark, password),
        }
    }

    pub(super) fn was_proved(
        self,
        context: &Context<'_>,
        password: Arc<Password>,
        mark: ChangeMark,
        bind: ProvingBind,
    ) -> Next {
        match bind {
            ProvingBind::Works => self.changed(context, ProofOfChange::Bind),
            ProvingBind::NotAllowed => self.changed(context, ProofOfChange::DirectoryConfirmed),
            // The directory said yes and the bind does not agree: look closer before any word.
            ProvingBind::Wrong | ProvingBind::Unreachable => self.find_out(mark, password),
        }
    }

    fn find_out(self, mark: ChangeMark, password: Arc<Password>) -> Next {
        let account = &self.proved.account;
        let find_out = Effect::FindOut {
            key: account.key.clone(),
            dn: account.dn.clone(),
            mark,
            password,
        };
        self.to(Stage::FindOut, vec![find_out])
    }

    pub(super) fn found_out(
        self,
        context: &Context<'_>,
        bind: ProvingBind,
        landed: Result<Landed, DirectoryDown>,
    ) -> Next {
        match (bind, landed) {
            (ProvingBind::Works, _) => self.changed(context, ProofOfChange::Bind),
            (ProvingBind::NotAllowed, Ok(Landed::ByUs)) => {
                self.changed(context, ProofOfChange::DirectoryConfirmed)
            }
            _ => self.close(context, Outcome::Unknown, AfterClose::Unknown),
        }
    }

    fn changed(self, context: &Context<'_>, proof: ProofOfChange) -> Next {
        self.close(context, Outcome::Changed, AfterClose::Tell(proof))
    }

    fn close(self, context: &Context<'_>, outcome: Outcome, after: AfterClose) -> Next {
        let close = Effect::CloseIntent(context.setup.reset.clone(), outcome);
        self.to(Stage::Close(after), vec![close])
    }

    pub(super) fn closed(
        self,
        context: &Context<'_>,
        after: AfterClose,
        closed: Result<(), StoreError>,
    ) -> Next {
        match after {
            AfterClose::Tell(proof) => {
                // The change counts even where its record could not be closed: the open intent is
                // settled at the next start.
                let Some((message, purpose)) = self.tells(context) else {
                    return self.done(context, proof, Step::No, Vec::new());
                };
                let effects = vec![
                    Effect::Show(Prompt::Working(Progress {
                        changed: Step::Ok,
                        proved: proved_step(proof),
                        told: Step::Wait,
                    })),
                    Effect::Send(message, purpose),
                ];
                self.to(Stage::Tell(proof), effects)
            }
            AfterClose::Unknown if self.makes.is_some() => self.give_unknown(context),
            AfterClose::Unknown => (
                Phase::Over,
                vec![context.show_end(Refusal::OutcomeUnknown), Effect::Finish],
            ),
            AfterClose::AskAgain(grant, refusal) => {
                if closed.is_err() {
                    let key = Some(self.proved.key());
                    return context.end(Refusal::StoreDown, key, "store_down", Vec::new());
                }
                if self.leaving {
                    drop(grant);
                    return (
                        Phase::Over,
                        vec![
                            context.audit(
                                EventKind::ResetEnded,
                                Some(self.proved.key()),
                                "abandoned",
                            ),
                            Effect::Finish,
                        ],
                    );
                }
                self.ask_again(context, grant, refusal, Vec::new())
            }
        }
    }

    pub(super) fn told(
        self,
        context: &Context<'_>,
        proof: ProofOfChange,
        sent: &Result<SentMessage, SendError>,
    ) -> Next {
        let record = context.audit(
            EventKind::NoticeSent,
            Some(self.proved.key()),
            send_result(sent),
        );
        let told = if sent.is_ok() { Step::Ok } else { Step::No };
        self.done(context, proof, told, vec![record])
    }

    fn done(
        &self,
        context: &Context<'_>,
        proof: ProofOfChange,
        told: Step,
        mut effects: Vec<Effect>,
    ) -> Next {
        let done = Effect::Show(Prompt::Done {
            progress: Progress {
                changed: Step::Ok,
                proved: proved_step(proof),
                told,
            },
            proof,
            expires_at: Some(self.proved.next_expiry(context.now.wall)),
            reference: context.reference(),
        });
        effects.extend([done, Effect::Finish]);
        (Phase::Over, effects)
    }

    /// `None`: the employee has no phone that could be told.
    pub(super) fn changed_message(&self, context: &Context<'_>) -> Option<Message> {
        Some(Message {
            to: self.proved.to.clone()?,
            language: self.proved.account.language.clone(),
            body: Body::Changed {
                kiosk: context.setup.place.kiosk.clone(),
                at: context.now.wall,
                reference: context.reference(),
            },
            concerns: Some(context.concern(&self.proved.account.key)),
        })
    }
}

fn proved_step(proof: ProofOfChange) -> Step {
    match proof {
        ProofOfChange::Bind => Step::Ok,
        // The line says in words that the directory confirmed it without a test.
        ProofOfChange::DirectoryConfirmed => Step::No,
    }
}
