//! From the proof to the question to the directory: judge the password, record the intent, ask.

use std::sync::Arc;

use super::making::Makes;
use super::reading::Proved;
use super::unlocking::Unlock;
use super::{Context, Next, Phase};
use crate::domain::account::AccountKey;
use crate::domain::audit::EventKind;
use crate::domain::policy::Report;
use crate::domain::secret::Password;
use crate::flow::effect::{Answer, Effect, Event, Input, Purpose, Timer};
use crate::flow::grant::Grant;
use crate::flow::ports::{Act, ChangeMark, DirectoryDown, Marked, Opened, SentMessage, StoreError};
use crate::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal, Step};

/// Proved: the new password is asked for, judged, set, proved, recorded.
pub(super) struct Change {
    person: Person,
    stage: Stage,
}

/// Whose change it is, and whether they still stand there.
pub(super) struct Person {
    pub(super) proved: Proved,
    /// rekey makes the password itself.
    pub(super) makes: Option<Makes>,
    /// The person has gone; the change still runs to its recorded end.
    pub(super) leaving: bool,
}

/// How far the change is.
pub(super) enum Stage {
    /// Waits for a password.
    Ask(Grant),
    /// A password is being judged.
    Assess(Grant, Arc<Password>),
    /// The entry's mark is being read.
    Mark(Grant, Arc<Password>),
    /// The intent is being recorded.
    Open(Grant, Arc<Password>, ChangeMark),
    /// The directory has been asked.
    Set(Arc<Password>, ChangeMark),
    /// It said yes; a bind is being tried.
    Prove(Arc<Password>, ChangeMark),
    /// Its answer was lost, or the bind contradicts it.
    FindOut,
    /// The outcome is being recorded.
    Close(AfterClose),
    /// The employee is being told.
    Tell(ProofOfChange),
    /// The employee gets a password of which nobody knows whether it works.
    TellUnknown,
    /// The employee reads the password that rekey made; its message goes after a while.
    Read(SentMessage),
    /// The account is only being unlocked.
    Unlock(Unlock),
}

/// Where it goes once the outcome is recorded.
pub(super) enum AfterClose {
    AskAgain(Grant, Refusal),
    Tell(ProofOfChange),
    Unknown,
}

impl Change {
    pub(super) fn account(&self) -> AccountKey {
        self.person.proved.key()
    }

    /// From the recorded intent to the recorded outcome.
    pub(super) fn is_under_way(&self) -> bool {
        match &self.stage {
            Stage::Ask(_) | Stage::Assess(..) | Stage::Mark(..) | Stage::Read(_) => false,
            Stage::Unlock(unlock) => unlock.is_under_way(),
            _ => true,
        }
    }

    /// Everything is done and recorded: only a message is left to be taken back.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Read(_))
    }

    /// A judgement whose record was to go with the intent that is not recorded now.
    pub(super) fn unrecorded(&self, context: &Context<'_>) -> Vec<Effect> {
        match &self.stage {
            Stage::Mark(..) => vec![self.person.accepted(context)],
            _ => Vec::new(),
        }
    }

    pub(super) fn leave(&mut self) {
        self.person.leaving = true;
    }

    pub(super) fn step(self, context: &Context<'_>, event: Event) -> Next {
        let Self { person, stage } = self;
        match (stage, event) {
            (Stage::Ask(grant), Event::Input(Input::NewPassword(password))) => {
                person.assess(grant, password)
            }
            (Stage::Ask(grant), Event::Input(Input::Unlock)) => person.unlock(grant),
            (Stage::Unlock(stage), event) => person.unlocking(context, stage, event),
            (Stage::Assess(grant, password), Event::Answer(Answer::Assessed(report))) => {
                person.assessed(context, grant, password, report)
            }
            (Stage::Mark(grant, password), Event::Answer(Answer::Marked(marked))) => {
                person.marked(context, grant, password, marked)
            }
            (Stage::Open(grant, password, mark), Event::Answer(Answer::IntentOpened(opened))) => {
                person.opened(context, grant, password, mark, opened)
            }
            (Stage::Set(password, mark), Event::Answer(Answer::PasswordSet(outcome))) => {
                person.was_set(context, password, mark, outcome)
            }
            (Stage::Prove(password, mark), Event::Answer(Answer::Proved(bind))) => {
                person.was_proved(context, password, mark, bind)
            }
            (Stage::FindOut, Event::Answer(Answer::FoundOut(bind, landed))) => {
                person.found_out(context, bind, landed)
            }
            (Stage::Close(after), Event::Answer(Answer::IntentClosed(closed))) => {
                person.closed(context, after, closed)
            }
            (Stage::Tell(proof), Event::Answer(Answer::Sent(Purpose::Changed, sent))) => {
                person.told(context, proof, &sent)
            }
            (stage @ (Stage::Tell(_) | Stage::TellUnknown), event) => {
                person.made_told(context, stage, event)
            }
            (Stage::Read(sent), Event::Answer(Answer::Timer(Timer::TemporaryEnded))) => {
                (Phase::Over, vec![Effect::Recall(sent), Effect::Finish])
            }
            (stage, _) => person.to(stage, Vec::new()),
        }
    }
}

impl Person {
    /// Goes to `stage` with `effects`.
    pub(super) fn to(self, stage: Stage, effects: Vec<Effect>) -> Next {
        (
            Phase::Change(Change {
                person: self,
                stage,
            }),
            effects,
        )
    }

    fn assess(self, grant: Grant, password: Password) -> Next {
        self.assess_shared(grant, Arc::new(password))
    }

    pub(super) fn assess_shared(self, grant: Grant, password: Arc<Password>) -> Next {
        let effects = vec![
            self.busy(),
            Effect::Assess {
                password: password.clone(),
                policy: self.proved.policy.clone(),
            },
        ];
        self.to(Stage::Assess(grant, password), effects)
    }

    fn assessed(
        self,
        context: &Context<'_>,
        grant: Grant,
        password: Arc<Password>,
        report: Report,
    ) -> Next {
        if report.acceptable() {
            let account = self.proved.account.clone();
            let mark = Effect::Mark(account, Act::SetPassword);
            self.to(Stage::Mark(grant, password), vec![mark])
        } else {
            let key = Some(self.proved.key());
            let record = context.audit(EventKind::PasswordJudged, key, "refused");
            self.ask_again(context, grant, Refusal::NotGoodEnough(report), vec![record])
        }
    }

    /// The record of a judgement that goes with no intent.
    fn accepted(&self, context: &Context<'_>) -> Effect {
        let key = Some(self.proved.key());
        context.audit(EventKind::PasswordJudged, key, "accepted")
    }

    fn marked(
        self,
        context: &Context<'_>,
        grant: Grant,
        password: Arc<Password>,
        marked: Result<Option<Box<Marked>>, DirectoryDown>,
    ) -> Next {
        match marked {
            Ok(Some(marked)) if self.proved.still_holds(&grant, &marked) => {
                let mark = marked.mark;
                let intent = Box::new(self.proved.intent(context, Act::SetPassword, mark.clone()));
                self.to(
                    Stage::Open(grant, password, mark),
                    vec![Effect::OpenIntent(intent)],
                )
            }
            Ok(_) => {
                let key = Some(self.proved.key());
                let judged = vec![self.accepted(context)];
                context.end(Refusal::AccountNotAllowed, key, "not_allowed", judged)
            }
            Err(_) => {
                let key = Some(self.proved.key());
                let record = context.audit(EventKind::ChangeNotAsked, key, "directory_down");
                let records = vec![self.accepted(context), record];
                self.ask_again(context, grant, Refusal::NotAsked, records)
            }
        }
    }

    fn opened(
        self,
        context: &Context<'_>,
        grant: Grant,
        password: Arc<Password>,
        mark: ChangeMark,
        opened: Result<Opened, StoreError>,
    ) -> Next {
        match opened {
            Ok(Opened::Open) => {
                let effects = vec![
                    working(Step::Wait, Step::Ahead, Step::Ahead),
                    Effect::SetPassword {
                        grant,
                        dn: self.proved.account.dn.clone(),
                        mark: mark.clone(),
                        password: password.clone(),
                    },
                ];
                self.to(Stage::Set(password, mark), effects)
            }
            refused => self.not_opened(context, refused),
        }
    }

    /// The intent was not recorded: nothing is asked of the directory.
    pub(super) fn not_opened(
        self,
        context: &Context<'_>,
        refused: Result<Opened, StoreError>,
    ) -> Next {
        let (refusal, result) = match refused {
            Ok(Opened::Objected) => (Refusal::Objected, "objected"),
            Ok(Opened::Superseded | Opened::Open) => (Refusal::AccountNotAllowed, "superseded"),
            Err(_) => (Refusal::StoreDown, "store_down"),
        };
        context.end(refusal, Some(self.proved.key()), result, Vec::new())
    }
}

pub(super) fn working(changed: Step, proved: Step, told: Step) -> Effect {
    Effect::Show(Prompt::Working(Progress {
        changed,
        proved,
        told,
    }))
}
