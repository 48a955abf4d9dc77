//! The only async part of the flow: runs effects and feeds the answers back.

pub mod chatting;
pub mod desk;
mod measuring;
pub mod objecting;
pub mod outage;
pub mod pairing;
mod reading;
pub mod reminding;
mod sending;
pub mod settle;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc;

use self::measuring::Measuring;
use crate::domain::account::{Account, AccountKey, EntryDn};
use crate::domain::audit::AuditEvent;
use crate::domain::code::{CodeRules, Place, ResetId};
use crate::domain::operator::Operators;
use crate::domain::policy::SitePolicy;
use crate::domain::secret::Password;
use crate::domain::time::Timestamp;
use crate::flow::desk::Case;
use crate::flow::effect::{Answer, Effect, Event, Input, Timer};
use crate::flow::grant::Lasting;
use crate::flow::measured::Method;
use crate::flow::ports::{
    ChangeMark, Claim, DirectoryDown, Entropy, Landed, Outcome, Ports, ProvingBind, StoreError,
};
use crate::flow::prompt::Prompt;
use crate::flow::reset::{Reset, Setup};
use crate::flow::vouched::Vouched;

/// A front's way to resets: it begins them and talks to each over two channels.
#[derive(Clone)]
pub struct Resets {
    ports: Ports,
    place: Place,
    code: CodeRules,
    site: SitePolicy,
}

/// A reset that runs. Dropping `inputs` abandons it; a change under way still runs to its
/// recorded end.
pub struct Running {
    /// What the person does.
    pub inputs: mpsc::Sender<Input>,
    /// What they should see.
    pub prompts: mpsc::Receiver<Prompt>,
}

impl Resets {
    /// Resets at `place`.
    pub fn new(ports: Ports, place: Place, code: CodeRules, site: SitePolicy) -> Self {
        Self {
            ports,
            place,
            code,
            site,
        }
    }

    /// A new random id: of a reset, or of a visit.
    pub fn new_id(&self) -> ResetId {
        new_id(&*self.ports.entropy)
    }

    /// Begins a reset. The future runs it to its end: spawn it, and await it before the program
    /// ends, so that nothing is left half done.
    pub fn begin(&self) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let begun = Reset::begin(self.setup(self.new_id()));
        self.run(Some(Method::ItSupport), begun)
    }

    /// Begins the reset of an employee who has scanned this kiosk's picture: it asks for the
    /// digits on their phone. The future is run like that of [`Resets::begin`].
    pub fn begin_scanned(
        &self,
        claim: Claim,
    ) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let setup = self.setup(claim.reset.clone());
        let now = self.ports.clock.now();
        let begun = Reset::begin_scanned(setup, claim, now, &*self.ports.entropy);
        self.run(Some(Method::Workspace), begun)
    }

    /// Begins the reset of somebody whom WeCom vouches for: it leads straight to the new password,
    /// which lasts as `lasting` says. The future is run like that of [`Resets::begin`].
    pub fn begin_vouched(
        &self,
        vouched: Vouched,
        lasting: Lasting,
    ) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let setup = self.setup(self.new_id());
        let method = Some(Method::vouched_at(self.place.front));
        self.run(method, Reset::begin_vouched(setup, vouched, lasting))
    }

    /// The same where `account` was found just now ([`chatting::account_of`]).
    pub fn begin_found(
        &self,
        vouched: Vouched,
        lasting: Lasting,
        account: Box<Account>,
    ) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let setup = self.setup(self.new_id());
        let method = Some(Method::vouched_at(self.place.front));
        let (now, entropy) = (self.ports.clock.now(), &*self.ports.entropy);
        let begun = Reset::begin_found(setup, vouched, lasting, account, now, entropy);
        self.run(method, begun)
    }

    /// Begins the sign-in of one of `operators` at the desk. The future is run like that of
    /// [`Resets::begin`].
    pub fn begin_sign_in(
        &self,
        operators: Arc<Operators>,
    ) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let begun = Reset::begin_sign_in(self.setup(self.new_id()), operators);
        self.run(None, begun)
    }

    /// Begins `reset`, which an operator begins for an employee: it sends the code that the
    /// employee reads to them. The future is run like that of [`Resets::begin`].
    pub fn begin_at_desk(
        &self,
        reset: ResetId,
        case: Case,
    ) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let setup = self.setup(reset);
        let now = self.ports.clock.now();
        let begun = Reset::begin_at_desk(setup, case, now, &*self.ports.entropy);
        self.run(Some(Method::Desk), begun)
    }

    fn setup(&self, reset: ResetId) -> Setup {
        Setup {
            reset,
            place: self.place.clone(),
            code: self.code,
            site: self.site.clone(),
        }
    }

    fn run(
        &self,
        method: Option<Method>,
        begun: (Reset, Vec<Effect>),
    ) -> (Running, impl Future<Output = ()> + Send + 'static) {
        let (inputs, inbox) = mpsc::channel(16);
        let (outbox, prompts) = mpsc::channel(16);
        let driver = Driver {
            ports: self.ports.clone(),
            rules: self.code,
            outbox,
        };
        let measuring = Measuring::new(Arc::clone(&self.ports.metrics), method);
        (
            Running { inputs, prompts },
            driver.run(begun, inbox, Pending::new(measuring)),
        )
    }
}

fn new_id(entropy: &dyn Entropy) -> ResetId {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    ResetId::from_bytes(bytes)
}

/// Runs one reset.
struct Driver {
    ports: Ports,
    rules: CodeRules,
    outbox: mpsc::Sender<Prompt>,
}

/// What is on its way.
struct Pending {
    work: Work,
    /// Timers; nobody waits for them once the reset has finished.
    timers: FuturesUnordered<BoxFuture<'static, Timer>>,
    /// A login name was submitted.
    somebody_was_named: bool,
    measuring: Measuring,
}

impl Pending {
    fn new(measuring: Measuring) -> Self {
        Self {
            work: Work::default(),
            timers: FuturesUnordered::new(),
            somebody_was_named: false,
            measuring,
        }
    }
}

/// Effects under way.
#[derive(Default)]
struct Work {
    /// Each runs to its end.
    effects: FuturesUnordered<BoxFuture<'static, Option<Answer>>>,
    /// Answers that came while something else was waited for.
    answered: VecDeque<Option<Answer>>,
}

impl Work {
    /// Waits for `work` while the effects go on: one of them may hold what `work` waits for, the
    /// store's connection for instance.
    async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some(answer) = self.effects.next() => self.answered.push_back(answer),
            }
        }
    }

    /// The next answer; `None` when no effect is on its way.
    async fn next_answer(&mut self) -> Option<Option<Answer>> {
        match self.answered.pop_front() {
            Some(answer) => Some(answer),
            None => self.effects.next().await,
        }
    }
}

impl Driver {
    async fn run(
        self,
        begun: (Reset, Vec<Effect>),
        mut inbox: mpsc::Receiver<Input>,
        mut pending: Pending,
    ) {
        let (mut reset, first) = begun;
        let mut finished = self.carry_out(first, &mut pending).await;
        let mut open = true;
        while !finished {
            let event = tokio::select! {
                biased;
                Some(answer) = pending.work.next_answer() => match answer {
                    Some(answer) => Event::Answer(answer),
                    None => continue,
                },
                Some(timer) = pending.timers.next() => Event::Answer(Answer::Timer(timer)),
                input = inbox.recv(), if open => {
                    open = input.is_some();
                    Event::Input(input.unwrap_or(Input::Abandon))
                }
                // Nobody is there any more and nothing is under way.
                else => break,
            };
            finished = self.step(&mut reset, event, &mut pending).await;
        }
        pending.measuring.ends(self.ports.clock.now().mono);
        let somebody_was_named = pending.somebody_was_named;
        // What takes longer than the parting, a slow message for instance, goes on beside.
        drop(tokio::spawn(self.finish(reset, pending)));
        if somebody_was_named {
            // It takes just as long when nothing is on its way: the next visit waits for it, and
            // only a real login name leads to a message (rule 3).
            tokio::time::sleep(PARTING).await;
        }
    }

    async fn step(&self, reset: &mut Reset, event: Event, pending: &mut Pending) -> bool {
        let now = self.ports.clock.now();
        pending.measuring.hears(&event, now.mono);
        let effects = reset.step(now, &*self.ports.entropy, event);
        self.carry_out(effects, pending).await
    }

    /// Goes on with what is still on its way when the reset has ended, to the last record. No
    /// change is under way any more.
    async fn finish(self, mut reset: Reset, mut pending: Pending) {
        while let Some(answer) = pending.work.next_answer().await {
            if let Some(answer) = answer {
                self.step(&mut reset, Event::Answer(answer), &mut pending)
                    .await;
            }
        }
    }

    /// Runs the effects of one step in their order; those that take time go on beside. True when
    /// the reset has finished.
    async fn carry_out(&self, effects: Vec<Effect>, pending: &mut Pending) -> bool {
        let mut finished = false;
        for effect in effects {
            let now = self.ports.clock.now().mono;
            pending.measuring.sees(&effect, now);
            match effect {
                // A front that has gone needs no prompt.
                Effect::Show(prompt) => drop(pending.work.beside(self.outbox.send(prompt)).await),
                Effect::Audit(event) => {
                    let appended = pending.work.beside(self.ports.audit.append(&event)).await;
                    if let Err(error) = appended {
                        tracing::error!(%error, "the audit log cannot be written");
                        let answer = Answer::AuditFailed(error);
                        pending.work.answered.push_back(Some(answer));
                    }
                }
                Effect::Finish => finished = true,
                Effect::Timer(timer, length) => pending.timers.push(Box::pin(async move {
                    tokio::time::sleep(length).await;
                    timer
                })),
                effect => {
                    pending.somebody_was_named |= matches!(effect, Effect::KioskAttempt(_));
                    pending.work.effects.push(Box::pin(answer(
                        self.ports.clone(),
                        self.rules,
                        effect,
                    )));
                }
            }
        }
        finished
    }
}

/// Runs one effect. `None`: it has no answer.
async fn answer(ports: Ports, rules: CodeRules, effect: Effect) -> Option<Answer> {
    let now = ports.clock.now().wall;
    Some(match effect {
        Effect::Show(_) | Effect::Audit(_) | Effect::Timer(..) | Effect::Finish => return None,
        Effect::KioskAttempt(kiosk) => {
            Answer::KioskAttempt(ports.throttles.kiosk_attempt(&kiosk, now).await)
        }
        Effect::LookUp(login) => reading::look_up(&ports, &login).await,
        Effect::CountOldPassword(tried) => {
            Answer::OldPasswordTried(ports.throttles.old_password_tried(&tried, now).await)
        }
        Effect::JudgeOldPassword { dn, old } => {
            let judged = ports.directory.judge_old(dn.as_ref(), &old).await;
            if let Err(error) = &judged {
                tracing::error!(%error, "the directory does not answer");
            }
            Answer::OldPasswordJudged(judged)
        }
        Effect::ForgetOldPasswords(subject) => {
            if let Err(error) = ports.throttles.old_password_right(&subject).await {
                tracing::warn!(%error, "old passwords stay counted; they leave their windows");
            }
            return None;
        }
        Effect::IssueCode { binding, digits } => {
            let issued = ports
                .codes
                .issue(&binding, digits.as_ref(), rules, now)
                .await;
            Answer::Issued(issued, digits)
        }
        Effect::Send(message, purpose) => {
            Answer::Sent(purpose, sending::send(&ports, message).await)
        }
        Effect::Recall(sent) => {
            if let Err(error) = ports.messenger.recall(&sent).await {
                tracing::info!(%error, "a code's message was not taken back");
            }
            return None;
        }
        Effect::Judge { binding, typed } => {
            Answer::Judged(ports.codes.judge(&binding, &typed, rules, now).await)
        }
        Effect::Discard(reset) => {
            if let Err(error) = ports.codes.discard(&reset).await {
                tracing::warn!(%error, "a code could not be discarded; it ends by itself");
            }
            return None;
        }
        Effect::FindMember(userid) => {
            Answer::MemberFound(reading::find_member(&ports, &userid).await)
        }
        Effect::Unfreeze(record) => Answer::Unfrozen(unfreeze(&ports, &record).await),
        Effect::GiveLink(link) => Answer::LinkGiven(sending::give_link(&ports, *link).await),
        Effect::ReadPolicy(account) => {
            let policy = ports.directory.policy(&account).await;
            Answer::AccountRead(policy.map(|policy| Some((account, policy))))
        }
        Effect::ReadAccount(key, dn) => {
            Answer::AccountRead(reading::read_account(&ports, &key, &dn).await)
        }
        Effect::Assess { password, policy } => {
            Answer::Assessed(ports.assessor.assess(password, policy).await)
        }
        Effect::Mark(account, act) => {
            // A freeze since is found in the step that records the intent.
            let marked = ports.directory.mark(&account, act).await;
            Answer::Marked(marked.map(|marked| marked.map(Box::new)))
        }
        Effect::OpenIntent(intent) => Answer::IntentOpened(ports.intents.open(&intent).await),
        Effect::SetPassword {
            grant,
            dn,
            mark,
            password,
        } => Answer::PasswordSet(
            ports
                .directory
                .set_password(grant, &dn, &mark, &password)
                .await,
        ),
        Effect::Unlock { grant, dn, mark } => {
            Answer::Unlocked(ports.directory.unlock(grant, &dn, &mark).await)
        }
        Effect::Prove { dn, mark, password } => {
            Answer::Proved(ports.directory.prove(&dn, &mark.server, &password).await)
        }
        Effect::FindOut {
            key,
            dn,
            mark,
            password,
        } => {
            let (bind, landed) = find_out(&ports, &key, &dn, &mark, &password).await;
            Answer::FoundOut(bind, landed)
        }
        Effect::CloseIntent(reset, outcome) => {
            Answer::IntentClosed(close(&ports, &reset, outcome, now).await)
        }
    })
}

async fn unfreeze(ports: &Ports, record: &AuditEvent) -> Result<(), StoreError> {
    match &record.account {
        Some(account) => ports.objections.unfreeze(account, record).await,
        None => Ok(()),
    }
}

/// Binds with the new password, then looks at the entry.
async fn find_out(
    ports: &Ports,
    key: &AccountKey,
    dn: &EntryDn,
    mark: &ChangeMark,
    password: &Arc<Password>,
) -> (ProvingBind, Result<Landed, DirectoryDown>) {
    let bind = ports.directory.prove(dn, &mark.server, password).await;
    let landed = ports.directory.landed(key, dn, mark).await;
    (bind, landed)
}

/// How long a reset goes on after its end, whatever is still on its way.
const PARTING: Duration = Duration::from_millis(500);

/// How long after an unknown outcome it is looked up for the first time.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(10);

async fn close(
    ports: &Ports,
    reset: &ResetId,
    outcome: Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let look_again = (outcome == Outcome::Unknown).then(|| now.plus(FIRST_LOOK));
    let closed = ports.intents.close(reset, outcome, now, look_again).await;
    if let Err(error) = &closed {
        tracing::error!(%error, "an outcome could not be recorded; the next start settles it");
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Mutex;

    /// The store has one connection: an effect that was polled once may hold it while a record
    /// waits for it.
    #[tokio::test]
    async fn an_effect_that_holds_what_is_waited_for_goes_on() {
        let connection = Arc::new(Mutex::new(()));
        let mut work = Work::default();
        let held = connection.clone().lock_owned().await;
        work.effects.push(Box::pin(async move {
            tokio::task::yield_now().await;
            drop(held);
            Some(Answer::Timer(Timer::Again))
        }));
        let waited = work.beside(connection.lock());
        let limit = Duration::from_secs(10);
        let got = tokio::time::timeout(limit, waited).await;
        assert!(got.is_ok(), "both stand still");
        let kept = work.next_answer().await;
        assert!(matches!(kept, Some(Some(Answer::Timer(Timer::Again)))));
        assert!(work.next_answer().await.is_none());
    }
}
