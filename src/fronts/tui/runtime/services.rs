//! What stands behind the face's commands, as channels and futures that `boot` plugs in.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc, watch};

use super::super::msg::{Msg, PhoneMessage, Picture};
use crate::domain::policy::{Policy, Report};
use crate::domain::secret::Password;
use crate::flow::driver::outage::Outage;
use crate::flow::effect::Input;
use crate::flow::prompt::Prompt;

/// Most inputs that wait for a slow driver. A face hands in one at a time and waits for the
/// prompt, so more than a few are a fault, and dropped.
const INPUTS_MAX: usize = 16;

/// The channels of one reset. Dropping them abandons it: the driver sees its inputs end.
pub struct ResetChannels {
    /// To the reset.
    pub inputs: mpsc::Sender<Input>,
    /// From the reset; they end with it.
    pub prompts: mpsc::Receiver<Prompt>,
}

/// Judges a candidate by a policy.
pub type Judge = Arc<dyn Fn(&Policy, &Password) -> Report + Send + Sync>;

/// Who carries out what the face commands.
pub struct Services {
    /// Begins a reset ([`super::Command::Begin`]).
    pub begin: Box<dyn FnMut() -> ResetChannels + Send>,
    /// Judges a candidate; may take long, so it runs on a thread of its own.
    pub judge: Judge,
    /// How many candidates are judged at once, of all the visits that share this: they take
    /// turns, so that nobody's hostile password holds up the others' meters for long.
    pub judges: Arc<Semaphore>,
    /// Registers a new picture.
    pub new_picture: Box<dyn FnMut() -> BoxFuture<'static, Option<Picture>> + Send>,
    /// Waits until a phone has scanned one of this visit's pictures, and begins its reset.
    pub scanned: Box<dyn FnMut() -> BoxFuture<'static, ResetChannels> + Send>,
    /// Reads the demo's phone.
    pub read_phone: Box<dyn FnMut() -> BoxFuture<'static, Vec<PhoneMessage>> + Send>,
    /// What does not work for everybody.
    pub outage: watch::Receiver<Outage>,
}

/// A candidate that waits to be judged.
struct Candidate {
    generation: u64,
    password: Arc<Password>,
    policy: Arc<Policy>,
}

/// The services at work: at most one of each kind, the newest.
pub(in crate::fronts) struct Desk {
    services: Services,
    reset: Option<ResetChannels>,
    waiting_inputs: VecDeque<Input>,
    judging: Option<BoxFuture<'static, Option<(u64, Report)>>>,
    next_candidate: Option<Candidate>,
    picture: Option<BoxFuture<'static, Option<Picture>>>,
    scan: Option<BoxFuture<'static, ResetChannels>>,
    phone: Option<BoxFuture<'static, Vec<PhoneMessage>>>,
}

impl Desk {
    pub(in crate::fronts) fn new(mut services: Services) -> Self {
        // An outage that is known already is news to the face.
        if services.outage.borrow().any() {
            services.outage.mark_changed();
        }
        Self {
            services,
            reset: None,
            waiting_inputs: VecDeque::new(),
            judging: None,
            next_candidate: None,
            picture: None,
            scan: None,
            phone: None,
        }
    }

    /// Begins a reset; an earlier one is abandoned, and its prompts are heard no more.
    pub(in crate::fronts) fn begin(&mut self) {
        self.waiting_inputs.clear();
        self.scan = None;
        self.reset = Some((self.services.begin)());
    }

    pub(in crate::fronts) fn hand_in(&mut self, input: Input) {
        if self.reset.is_some() && self.waiting_inputs.len() < INPUTS_MAX {
            self.waiting_inputs.push_back(input);
        }
    }

    /// Judges a candidate once the key that made it is on the screen and the last one is done; of
    /// those that wait only the newest counts.
    pub(in crate::fronts) fn assess(
        &mut self,
        generation: u64,
        password: Arc<Password>,
        policy: Arc<Policy>,
    ) {
        self.next_candidate = Some(Candidate {
            generation,
            password,
            policy,
        });
    }

    /// Registers a picture, and listens for the phone that scans it or an earlier one.
    pub(in crate::fronts) fn new_picture(&mut self) {
        self.picture = Some((self.services.new_picture)());
        if self.scan.is_none() {
            self.scan = Some((self.services.scanned)());
        }
    }

    pub(in crate::fronts) fn read_phone(&mut self) {
        self.phone = Some((self.services.read_phone)());
    }

    /// The next answer; waits for ever when nothing was asked. Cancel safe.
    ///
    /// `painted` is whether everything is on the screen: a judge that began before would take a
    /// processor from whoever shows the key.
    pub(in crate::fronts) async fn answer(&mut self, painted: bool) -> Msg {
        loop {
            if painted {
                self.judge_next();
            }
            tokio::select! {
                prompt = prompt(&mut self.reset, &mut self.waiting_inputs) => match prompt {
                    Some(prompt) => return Msg::Prompt(prompt),
                    None => self.reset = None,
                },
                judged = running(&mut self.judging) => {
                    self.judging = None;
                    // A judge that panicked has told the panic hook.
                    if let Some((generation, report)) = judged {
                        return Msg::Assessed { generation, report };
                    }
                }
                picture = running(&mut self.picture) => {
                    self.picture = None;
                    return Msg::Picture(picture);
                }
                channels = running(&mut self.scan) => {
                    self.scan = None;
                    self.waiting_inputs.clear();
                    self.reset = Some(channels);
                    return Msg::Scanned;
                }
                Ok(()) = self.services.outage.changed() => {
                    return Msg::Outage(*self.services.outage.borrow_and_update());
                }
                messages = running(&mut self.phone) => {
                    self.phone = None;
                    return Msg::Phone(messages);
                }
            }
        }
    }

    fn judge_next(&mut self) {
        if self.judging.is_some() {
            return;
        }
        if let Some(candidate) = self.next_candidate.take() {
            let judge = Arc::clone(&self.services.judge);
            let judges = Arc::clone(&self.services.judges);
            self.judging = Some(candidate.judged(judge, judges).boxed());
        }
    }
}

impl Candidate {
    /// The verdict; `None` when the judge panicked.
    async fn judged(self, judge: Judge, judges: Arc<Semaphore>) -> Option<(u64, Report)> {
        let turn = judges.acquire_owned().await;
        let judged = tokio::task::spawn_blocking(move || {
            // A visit that goes away meanwhile leaves its turn only when the thread is free.
            let _turn = turn;
            (self.generation, judge(&self.policy, &self.password))
        });
        judged.await.ok()
    }
}

/// Hands in what waits and hears the next prompt; `None` when the reset has ended.
async fn prompt(
    reset: &mut Option<ResetChannels>,
    waiting: &mut VecDeque<Input>,
) -> Option<Prompt> {
    let Some(ResetChannels { inputs, prompts }) = reset else {
        return std::future::pending().await;
    };
    loop {
        tokio::select! {
            biased;
            prompt = prompts.recv() => return prompt,
            permit = inputs.reserve(), if !waiting.is_empty() => match (permit, waiting.pop_front()) {
                (Ok(permit), Some(input)) => permit.send(input),
                // The reset takes no more inputs, but its last prompts are still to come.
                _ => waiting.clear(),
            },
        }
    }
}

/// What a running future says; waits for ever when none runs.
async fn running<T: Future + Unpin>(slot: &mut Option<T>) -> T::Output {
    match slot {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
