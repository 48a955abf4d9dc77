//! Only unlocking: the person is proved, and remembers the password. The grant is used up by it,
//! and the intent is durable before the directory is asked, as for a new password.

use super::asking::send_result;
use super::changing::{AfterClose, Person, Stage};
use super::{Context, Next, Phase};
use crate::domain::account::Account;
use crate::domain::audit::EventKind;
use crate::flow::effect::{Answer, Effect, Event, Purpose};
use crate::flow::grant::Grant;
use crate::flow::message::{Body, Message};
use crate::flow::ports::{
    Act, ChangeMark, DirectoryDown, Marked, Opened, Outcome, SendError, SentMessage, SetOutcome,
    StoreError,
};
use crate::flow::prompt::{Prompt, Refusal, Step};

/// How far the unlocking is.
pub(super) enum Unlock {
    /// The entry's mark is being read.
    Mark(Grant),
    /// The intent is being recorded.
    Open(Grant, ChangeMark),
    /// The directory has been asked.
    Asked,
    /// Its answer was lost: the entry is read again.
    FindOut,
    /// The outcome is being recorded.
    Close(After),
    /// The employee is being told.
    Tell,
}

/// Where it goes once the outcome is recorded.
pub(super) enum After {
    AskAgain(Grant, Refusal),
    Tell,
    Unknown,
}

impl Unlock {
    /// From the recorded intent to the recorded outcome.
    pub(super) fn is_under_way(&self) -> bool {
        !matches!(self, Self::Mark(_))
    }
}

impl Person {
    /// Only where the account is locked and the directory can do without a new password.
    fn may_only_unlock(&self) -> bool {
        self.proved.account.age.locked && self.proved.policy.directory.can_unlock
    }

    pub(super) fn unlock(self, grant: Grant) -> Next {
        if !self.may_only_unlock() {
            return self.to(Stage::Ask(grant), Vec::new());
        }
        self.mark_to_unlock(grant)
    }

    /// The employee's code was for this, and for nothing else.
    pub(super) fn unlock_at_desk(self, context: &Context<'_>, grant: Grant) -> Next {
        if self.may_only_unlock() {
            return self.mark_to_unlock(grant);
        }
        // The lock may have ended by itself meanwhile.
        let refusal = match self.proved.account.age.locked {
            true => Refusal::NotUnlocked,
            false => Refusal::NotLocked,
        };
        self.ask_again(context, grant, refusal, Vec::new())
    }

    fn mark_to_unlock(self, grant: Grant) -> Next {
        let account = self.proved.account.clone();
        let effects = vec![
            Effect::Show(Prompt::Unlocking),
            Effect::Mark(account, Act::Unlock),
        ];
        self.to(Stage::Unlock(Unlock::Mark(grant)), effects)
    }

    pub(super) fn unlocking(self, context: &Context<'_>, stage: Unlock, event: Event) -> Next {
        match (stage, event) {
            (Unlock::Mark(grant), Event::Answer(Answer::Marked(marked))) => {
                self.unlock_marked(context, grant, marked)
            }
            (Unlock::Open(grant, mark), Event::Answer(Answer::IntentOpened(opened))) => {
                self.unlock_opened(context, grant, mark, opened)
            }
            (Unlock::Asked, Event::Answer(Answer::Unlocked(outcome))) => {
                self.was_unlocked(context, outcome)
            }
            (Unlock::FindOut, Event::Answer(Answer::AccountRead(read))) => {
                let account = read.ok().flatten();
                self.unlock_found_out(context, account.as_ref().map(|(account, _)| &**account))
            }
            (Unlock::Close(after), Event::Answer(Answer::IntentClosed(closed))) => {
                self.unlock_closed(context, after, closed)
            }
            (Unlock::Tell, Event::Answer(Answer::Sent(Purpose::Unlocked, sent))) => {
                self.unlock_told(context, &sent)
            }
            (stage, _) => self.to(Stage::Unlock(stage), Vec::new()),
        }
    }

    fn unlock_marked(
        self,
        context: &Context<'_>,
        grant: Grant,
        marked: Result<Option<Box<Marked>>, DirectoryDown>,
    ) -> Next {
        let key = Some(self.proved.key());
        match marked {
            Ok(Some(marked)) if self.proved.still_holds(&grant, &marked) => {
                let mark = marked.mark;
                let intent = Box::new(self.proved.intent(context, Act::Unlock, mark.clone()));
                let open = Effect::OpenIntent(intent);
                self.to(Stage::Unlock(Unlock::Open(grant, mark)), vec![open])
            }
            Ok(_) => context.end(Refusal::AccountNotAllowed, key, "not_allowed", Vec::new()),
            Err(_) => {
                let record = context.audit(EventKind::ChangeNotAsked, key, "directory_down");
                self.ask_again(context, grant, Refusal::NotAsked, vec![record])
            }
        }
    }

    fn unlock_opened(
        self,
        context: &Context<'_>,
        grant: Grant,
        mark: ChangeMark,
        opened: Result<Opened, StoreError>,
    ) -> Next {
        match opened {
            Ok(Opened::Open) => {
                let dn = self.proved.account.dn.clone();
                let ask = Effect::Unlock { grant, dn, mark };
                self.to(Stage::Unlock(Unlock::Asked), vec![ask])
            }
            refused => self.not_opened(context, refused),
        }
    }

    fn was_unlocked(self, context: &Context<'_>, outcome: SetOutcome) -> Next {
        match outcome {
            SetOutcome::Changed => self.close_unlock(context, Outcome::Changed, After::Tell),
            SetOutcome::Refused(grant, _) => {
                let after = After::AskAgain(grant, Refusal::NotUnlocked);
                self.close_unlock(context, Outcome::Refused, after)
            }
            SetOutcome::NotAsked(grant, _) => {
                let after = After::AskAgain(grant, Refusal::NotAsked);
                self.close_unlock(context, Outcome::Failed, after)
            }
            SetOutcome::AnswerLost => {
                let account = &self.proved.account;
                let read = Effect::ReadAccount(account.key.clone(), account.dn.clone());
                self.to(Stage::Unlock(Unlock::FindOut), vec![read])
            }
        }
    }

    /// After a lost answer. "Still locked" is no answer: the directory may yet do it.
    fn unlock_found_out(self, context: &Context<'_>, account: Option<&Account>) -> Next {
        let is_open = account
            .is_some_and(|account| account.key == self.proved.account.key && !account.age.locked);
        if is_open {
            self.close_unlock(context, Outcome::Changed, After::Tell)
        } else {
            self.close_unlock(context, Outcome::Unknown, After::Unknown)
        }
    }

    fn close_unlock(self, context: &Context<'_>, outcome: Outcome, after: After) -> Next {
        let close = Effect::CloseIntent(context.setup.reset.clone(), outcome);
        self.to(Stage::Unlock(Unlock::Close(after)), vec![close])
    }

    fn unlock_closed(
        self,
        context: &Context<'_>,
        after: After,
        closed: Result<(), StoreError>,
    ) -> Next {
        match after {
            After::AskAgain(grant, refusal) => {
                self.closed(context, AfterClose::AskAgain(grant, refusal), closed)
            }
            After::Unknown => self.closed(context, AfterClose::Unknown, closed),
            After::Tell => match self.unlocked_message(context) {
                Some(message) => {
                    let tell = Effect::Send(message, Purpose::Unlocked);
                    self.to(Stage::Unlock(Unlock::Tell), vec![tell])
                }
                None => unlocked(context, Step::No),
            },
        }
    }

    fn unlock_told(self, context: &Context<'_>, sent: &Result<SentMessage, SendError>) -> Next {
        let key = Some(self.proved.key());
        let record = context.audit(EventKind::NoticeSent, key, send_result(sent));
        let told = if sent.is_ok() { Step::Ok } else { Step::No };
        let (phase, effects) = unlocked(context, told);
        (phase, std::iter::once(record).chain(effects).collect())
    }

    fn unlocked_message(&self, context: &Context<'_>) -> Option<Message> {
        Some(Message {
            to: self.proved.to.clone()?,
            language: self.proved.account.language.clone(),
            body: Body::unlocked(&context.setup.place, context.now.wall, context.reference()),
            concerns: Some(context.concern(&self.proved.account.key)),
        })
    }
}

fn unlocked(context: &Context<'_>, told: Step) -> Next {
    let shown = Effect::Show(Prompt::Unlocked {
        told,
        reference: context.reference(),
    });
    (Phase::Over, vec![shown, Effect::Finish])
}
