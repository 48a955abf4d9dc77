//! IT support's desk: one operator's visit, from the sign-in to its end. Every password that is
//! changed here is changed by a reset of the engine; the visit only begins it and passes on what
//! is typed and shown.

mod helping;
mod people;
mod second;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::people::Open;
use self::second::Waiting;
use super::{Resets, Running, sending};
use crate::domain::account::AccountKey;
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{CodeRules, Place, ResetId};
use crate::domain::operator::Operators;
use crate::domain::policy::SitePolicy;
use crate::flow::desk::{DeskInput, DeskPrompt, DeskRefusal, Powers};
use crate::flow::effect::Input;
use crate::flow::message::Alarm;
use crate::flow::ports::{Counted, Deed, DeedKind, OwedAlarm, Ports, StoreError};
use crate::flow::prompt::{Prompt, Refusal};

/// How often it is looked whether a second operator has agreed: they sit at another process.
const LOOK: Duration = Duration::from_secs(1);

/// The desk's way to visits.
#[derive(Clone)]
pub struct Desks {
    ports: Ports,
    code: CodeRules,
    site: SitePolicy,
    operators: Arc<Operators>,
}

impl Desks {
    /// A desk where `operators` may sign in.
    pub fn new(ports: Ports, code: CodeRules, site: SitePolicy, operators: Operators) -> Self {
        Self {
            ports,
            code,
            site,
            operators: Arc::new(operators),
        }
    }

    /// Begins a visit with its sign-in. The future runs it, and every reset it begins, to its end.
    pub fn begin(&self) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let (inputs, inbox) = mpsc::channel(16);
        let (outbox, prompts) = mpsc::channel(16);
        let visit = Visit {
            desks: self.clone(),
            inbox,
            outbox,
            work: JoinSet::new(),
            reset: None,
            left: Vec::new(),
            open: None,
            waiting: None,
        };
        (Running { inputs, prompts }, visit.run())
    }

    fn resets(&self, operator: &str) -> Resets {
        let place = Place {
            front: "desk",
            kiosk: operator.to_owned(),
        };
        Resets::new(self.ports.clone(), place, self.code, self.site.clone())
    }
}

/// One operator's time at the desk.
struct Visit {
    desks: Desks,
    inbox: mpsc::Receiver<Input>,
    outbox: mpsc::Sender<Prompt>,
    /// Resets that run, each as a task of its own: one that has just ended may be writing while
    /// this visit waits to write.
    work: JoinSet<()>,
    /// The one that is shown.
    reset: Option<Running>,
    /// Those that are over but for a message to take back.
    left: Vec<Running>,
    /// The person who is open.
    open: Option<Open>,
    /// The reset that waits for a second operator.
    waiting: Option<Waiting>,
}

/// What a visit waits for.
enum Happened {
    /// `None`: the operator has gone.
    Input(Option<Input>),
    /// `None`: the reset that is shown has ended.
    Prompt(Option<Prompt>),
    /// It is time to look for the second operator.
    Look,
}

impl Visit {
    async fn run(mut self) {
        if let Some(powers) = self.sign_in().await {
            self.help(&powers).await;
        }
        // Whoever leaves abandons; a change under way still runs to its recorded end.
        self.withdraw().await;
        self.reset = None;
        self.left.clear();
        self.inbox.close();
        while self.work.join_next().await.is_some() {}
    }

    async fn next(&mut self) -> Happened {
        loop {
            let prompts = self.reset.as_mut().map(|reset| &mut reset.prompts);
            tokio::select! {
                biased;
                Some(_) = self.work.join_next() => {}
                prompt = heard(prompts) => return Happened::Prompt(prompt),
                input = self.inbox.recv() => return Happened::Input(input),
                () = tokio::time::sleep(LOOK), if self.waiting.is_some() => return Happened::Look,
            }
        }
    }

    /// Asks who is there until an operator has proved it. `None`: nobody is there any more.
    async fn sign_in(&mut self) -> Option<Powers> {
        loop {
            if self.reset.is_none() {
                let begun = self
                    .desks
                    .resets("")
                    .begin_sign_in(self.desks.operators.clone());
                self.shows(begun);
            }
            match self.next().await {
                Happened::Input(None | Some(Input::Abandon)) => return None,
                Happened::Input(Some(Input::Desk(_))) => self.reset = None,
                Happened::Input(Some(input)) => self.pass_on(input).await,
                Happened::Prompt(Some(Prompt::Desk(DeskPrompt::SignedIn(powers)))) => {
                    self.reset = None;
                    if self.welcome(&powers).await {
                        return Some(powers);
                    }
                    self.until_back().await?;
                }
                Happened::Prompt(Some(prompt)) => self.tell(prompt).await,
                // A sign-in that has ended says why; the next one begins with the next login name.
                Happened::Prompt(None) => {
                    self.reset = None;
                    self.until_back().await?;
                }
                Happened::Look => {}
            }
        }
    }

    /// Records who has signed in: without that, nobody has.
    async fn welcome(&mut self, powers: &Powers) -> bool {
        let (kind, result) = (EventKind::SignedIn, powers.role().as_str());
        let record = self.record(powers, kind, powers.visit(), powers.account(), result);
        let recorded = self.desks.ports.audit.append(&record).await;
        match &recorded {
            Ok(()) => self.show(DeskPrompt::SignedIn(powers.clone())).await,
            Err(error) => {
                tracing::error!(%error, "the audit log cannot be written");
                let reference = powers.visit().reference();
                let refusal = Refusal::StoreDown;
                self.tell(Prompt::Ended { refusal, reference }).await;
            }
        }
        recorded.is_ok()
    }

    /// Waits until the operator has read why the sign-in ended.
    async fn until_back(&mut self) -> Option<()> {
        loop {
            match self.inbox.recv().await? {
                Input::Desk(DeskInput::Back) => return Some(()),
                Input::Abandon => return None,
                _ => {}
            }
        }
    }

    async fn help(&mut self, powers: &Powers) {
        loop {
            match self.next().await {
                Happened::Input(None | Some(Input::Abandon)) => return,
                Happened::Input(Some(Input::Desk(input))) => self.asked(powers, input).await,
                Happened::Input(Some(Input::AnotherCode)) => self.another_code(powers).await,
                Happened::Input(Some(input)) => self.pass_on(input).await,
                Happened::Prompt(Some(prompt)) => self.heard(powers, prompt).await,
                Happened::Prompt(None) => self.reset = None,
                Happened::Look => self.look_for_second(powers).await,
            }
        }
    }

    async fn asked(&mut self, powers: &Powers, input: DeskInput) {
        match input {
            DeskInput::Search(text) => self.search(&text).await,
            DeskInput::Open(key, dn) => self.open_person(powers, key, dn).await,
            DeskInput::SendCode(action) => self.send_code(powers, action).await,
            DeskInput::Give(_) => self.pass_on(Input::Desk(input)).await,
            DeskInput::Freeze => self.freeze_or_not(powers).await,
            DeskInput::Approvals => self.show_approvals(powers, None).await,
            DeskInput::Approve(reset) => self.approve(powers, &reset).await,
            DeskInput::Back => self.back(powers).await,
        }
    }

    /// Leaves what is being done.
    async fn back(&mut self, powers: &Powers) {
        self.withdraw().await;
        self.reset = None;
        self.show_person(powers, None).await;
    }

    /// Hands an input to the reset that is shown.
    async fn pass_on(&mut self, input: Input) {
        if let Some(reset) = &self.reset {
            // One that has just ended needs none.
            let _ = reset.inputs.send(input).await;
        }
    }

    /// A reset begins, and is the one that is shown.
    fn shows(&mut self, begun: (Running, impl Future<Output = ()> + Send + 'static)) {
        let (running, work) = begun;
        self.work.spawn(work);
        self.reset = Some(running);
    }

    async fn show(&mut self, prompt: DeskPrompt) {
        self.tell(Prompt::Desk(prompt)).await;
    }

    async fn refuse(&mut self, refusal: DeskRefusal) {
        self.show(DeskPrompt::Refused(refusal)).await;
    }

    /// A front that has gone needs no prompt.
    async fn tell(&mut self, prompt: Prompt) {
        let _ = self.outbox.send(prompt).await;
    }

    /// A record that names the operator, of what is no step of a reset.
    fn record<'a>(
        &self,
        powers: &Powers,
        kind: EventKind,
        reset: &ResetId,
        account: impl Into<Option<&'a AccountKey>>,
        result: &'static str,
    ) -> AuditEvent {
        AuditEvent {
            at: self.desks.ports.clock.now().wall,
            kind,
            reset: reset.clone(),
            account: account.into().cloned(),
            place: place_of(powers),
            result,
        }
    }

    /// Counts a deed; when there were too many, rings the alarm (once for a row of them) and says
    /// until when.
    async fn count(
        &mut self,
        powers: &Powers,
        kind: DeedKind,
        reset: &ResetId,
        account: &AccountKey,
    ) -> Result<Result<(), DeskRefusal>, StoreError> {
        let deed = Deed {
            kind,
            operator: powers.login().to_owned(),
            account: account.clone(),
            at: self.desks.ports.clock.now().wall,
        };
        let result = match kind {
            DeedKind::Code => "too_many_codes",
            DeedKind::WrongCode => "too_many_wrong_codes",
            DeedKind::Account => "too_many_accounts",
        };
        let refused = self.record(powers, EventKind::OperatorRefused, reset, account, result);
        match self.desks.ports.desk.count(&deed, &refused).await? {
            Counted::Allowed => Ok(Ok(())),
            Counted::Refused { until, first } => {
                if first {
                    let alarm = OwedAlarm {
                        what: Alarm::OperatorLimit,
                        concern: deed.concern(&refused),
                    };
                    sending::ring_owed(&self.desks.ports, &alarm).await;
                }
                Ok(Err(DeskRefusal::TooMany { until }))
            }
        }
    }
}

async fn heard(prompts: Option<&mut mpsc::Receiver<Prompt>>) -> Option<Prompt> {
    match prompts {
        Some(prompts) => prompts.recv().await,
        None => std::future::pending().await,
    }
}

fn place_of(powers: &Powers) -> Place {
    Place {
        front: "desk",
        kiosk: powers.login().to_owned(),
    }
}
