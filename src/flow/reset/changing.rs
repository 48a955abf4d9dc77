//! From the proof to the recorded outcome: read the policy, judge the password, record the
//! intent, ask the directory, prove it by a bind, record the outcome, tell the employee.

use std::sync::Arc;

use super::asking::send_result;
use super::{Context, Next, Phase};
use crate::domain::account::{Account, AccountKey, Standing, WecomUserId};
use crate::domain::audit::EventKind;
use crate::domain::code::Subject;
use crate::domain::policy::{DirectoryPolicy, Policy, Report};
use crate::domain::secret::Password;
use crate::domain::time::{Now, Timestamp};
use crate::flow::effect::{Answer, Effect, Event, Input, Purpose, Timer};
use crate::flow::grant::Grant;
use crate::flow::message::{Body, Message};
use crate::flow::ports::{
    ChangeMark, DirectoryDown, Intent, Landed, Opened, Outcome, ProvingBind, SendError,
    SentMessage, SetOutcome, StoreError,
};
use crate::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal, Step};

/// How often the directory is asked again for account and policy, once the code was right.
const READ_TRIES: u32 = 5;
/// How long between two of them.
const READ_AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// Proved: account and policy are being read.
pub(super) struct Reading {
    grant: Grant,
    account: Box<Account>,
    to: WecomUserId,
    proved_at: Now,
    tries: u32,
}

impl Reading {
    pub(super) fn new(
        grant: Grant,
        account: Box<Account>,
        to: WecomUserId,
        proved_at: Now,
    ) -> Self {
        Self {
            grant,
            account,
            to,
            proved_at,
            tries: 0,
        }
    }

    pub(super) fn account(&self) -> AccountKey {
        self.account.key.clone()
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
                let effects = vec![Effect::ReadAccount(self.account.clone())];
                (Phase::Reading(self), effects)
            }
            _ => (Phase::Reading(self), Vec::new()),
        }
    }

    fn read(self, context: &Context<'_>, account: Box<Account>, policy: DirectoryPolicy) -> Next {
        if account.key != self.account.key || account.standing != Standing::Eligible {
            let key = Some(self.account.key);
            return context.end(Refusal::AccountNotAllowed, key, "not_allowed", Vec::new());
        }
        let policy = Policy {
            directory: policy,
            site: context.setup.site.clone(),
            person_words: account.person_words.clone(),
        };
        let proved = Proved {
            expires_at: expiry(&account, &policy),
            account,
            to: self.to,
            policy: Arc::new(policy),
            proved_at: self.proved_at,
        };
        let show = proved.ask(None, false);
        Person {
            proved,
            leaving: false,
        }
        .to(Stage::Ask(self.grant), vec![show])
    }
}

/// When the present password expires, by the stricter of the directory and the site.
fn expiry(account: &Account, policy: &Policy) -> Option<Timestamp> {
    let by_site = account
        .age
        .changed_at
        .map(|at| at.plus(policy.site.max_age));
    match (account.age.expires_at, by_site) {
        (Some(directory), Some(site)) => Some(directory.min(site)),
        (directory, site) => directory.or(site),
    }
}

/// What stays the same from the proof on.
struct Proved {
    account: Box<Account>,
    to: WecomUserId,
    policy: Arc<Policy>,
    expires_at: Option<Timestamp>,
    proved_at: Now,
}

impl Proved {
    fn ask(&self, refusal: Option<Refusal>, busy: bool) -> Effect {
        Effect::Show(Prompt::NewPassword {
            policy: self.policy.clone(),
            age: self.account.age,
            expires_at: self.expires_at,
            refusal,
            busy,
        })
    }

    fn key(&self) -> AccountKey {
        self.account.key.clone()
    }

    fn intent(&self, context: &Context<'_>, mark: ChangeMark) -> Intent {
        Intent {
            reset: context.setup.reset.clone(),
            account: self.key(),
            dn: self.account.dn.clone(),
            mark,
            place: context.setup.place.clone(),
            notify: Some(self.to.clone()),
            language: self.account.language.clone(),
            proved_at: self.proved_at.wall,
            at: context.now.wall,
        }
    }

    /// When a password set now expires.
    fn next_expiry(&self, now: Timestamp) -> Timestamp {
        let site = self.policy.site.max_age;
        now.plus(
            self.policy
                .directory
                .max_age
                .map_or(site, |directory| directory.min(site)),
        )
    }
}

/// Proved: the new password is asked for, judged, set, proved, recorded.
pub(super) struct Change {
    person: Person,
    stage: Stage,
}

/// Whose change it is, and whether they still stand there.
struct Person {
    proved: Proved,
    /// The person has gone; the change still runs to its recorded end.
    leaving: bool,
}

/// How far the change is.
enum Stage {
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
}

/// Where it goes once the outcome is recorded.
enum AfterClose {
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
        !matches!(
            self.stage,
            Stage::Ask(_) | Stage::Assess(..) | Stage::Mark(..)
        )
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
            // A code message that was accepted late is taken back: the code is used.
            (stage, Event::Answer(Answer::Sent(Purpose::Code, Ok(sent)))) => {
                person.to(stage, vec![Effect::Recall(sent)])
            }
            (stage, _) => person.to(stage, Vec::new()),
        }
    }
}

impl Person {
    /// Goes to `stage` with `effects`.
    fn to(self, stage: Stage, effects: Vec<Effect>) -> Next {
        (
            Phase::Change(Change {
                person: self,
                stage,
            }),
            effects,
        )
    }

    fn assess(self, grant: Grant, password: Password) -> Next {
        let password = Arc::new(password);
        let effects = vec![
            self.proved.ask(None, true),
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
        let result = if report.acceptable() {
            "accepted"
        } else {
            "refused"
        };
        let record = context.audit(EventKind::PasswordJudged, Some(self.proved.key()), result);
        if report.acceptable() {
            let account = &self.proved.account;
            let mark = Effect::Mark(account.key.clone(), account.dn.clone());
            self.to(Stage::Mark(grant, password), vec![record, mark])
        } else {
            let show = self.proved.ask(Some(Refusal::NotGoodEnough(report)), false);
            self.to(Stage::Ask(grant), vec![record, show])
        }
    }

    fn marked(
        self,
        context: &Context<'_>,
        grant: Grant,
        password: Arc<Password>,
        marked: Result<Option<(Box<Account>, ChangeMark)>, DirectoryDown>,
    ) -> Next {
        match marked {
            Ok(Some((account, mark)))
                if account.key == *grant.account() && account.standing == Standing::Eligible =>
            {
                let intent = Box::new(self.proved.intent(context, mark.clone()));
                self.to(
                    Stage::Open(grant, password, mark),
                    vec![Effect::OpenIntent(intent)],
                )
            }
            Ok(_) => {
                let key = Some(self.proved.key());
                context.end(Refusal::AccountNotAllowed, key, "not_allowed", Vec::new())
            }
            Err(_) => {
                let key = Some(self.proved.key());
                let record = context.audit(EventKind::ChangeNotAsked, key, "directory_down");
                let show = self.proved.ask(Some(Refusal::NotAsked), false);
                self.to(Stage::Ask(grant), vec![record, show])
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
        let key = Some(self.proved.key());
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
            Ok(Opened::Superseded) => {
                context.end(Refusal::AccountNotAllowed, key, "superseded", Vec::new())
            }
            Err(_) => context.end(Refusal::StoreDown, key, "store_down", Vec::new()),
        }
    }

    fn was_set(
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

    fn was_proved(
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

    fn found_out(
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

    fn closed(
        self,
        context: &Context<'_>,
        after: AfterClose,
        closed: Result<(), StoreError>,
    ) -> Next {
        match after {
            AfterClose::Tell(proof) => {
                // The change counts even where its record could not be closed: the open intent is
                // settled at the next start.
                let effects = vec![
                    Effect::Show(Prompt::Working(Progress {
                        changed: Step::Ok,
                        proved: proved_step(proof),
                        told: Step::Wait,
                    })),
                    Effect::DiscardAll(Subject::Account(self.proved.key())),
                    Effect::Send(self.changed_message(context), Purpose::Changed),
                ];
                self.to(Stage::Tell(proof), effects)
            }
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
                let show = self.proved.ask(Some(refusal), false);
                self.to(Stage::Ask(grant), vec![show])
            }
        }
    }

    fn told(
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
        (Phase::Over, vec![record, done, Effect::Finish])
    }

    fn changed_message(&self, context: &Context<'_>) -> Message {
        Message {
            to: self.proved.to.clone(),
            language: self.proved.account.language.clone(),
            body: Body::Changed {
                kiosk: context.setup.place.kiosk.clone(),
                at: context.now.wall,
                reference: context.reference(),
            },
        }
    }
}

fn working(changed: Step, proved: Step, told: Step) -> Effect {
    Effect::Show(Prompt::Working(Progress {
        changed,
        proved,
        told,
    }))
}

fn proved_step(proof: ProofOfChange) -> Step {
    match proof {
        ProofOfChange::Bind => Step::Ok,
        // The line says in words that the directory confirmed it without a test.
        ProofOfChange::DirectoryConfirmed => Step::No,
    }
}
