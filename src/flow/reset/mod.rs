//! One reset, as phases that are consumed by the step that leaves them: "set the password" cannot
//! be written before "proved", because only the proof makes the [`Grant`](super::grant::Grant).
//!
//! [`Reset::step`] takes the time, randomness and one event, and returns effects as data. It does
//! no I/O and never waits.

mod addressee;
mod asking;
mod at_desk;
mod changing;
mod looking_up;
mod making;
mod outcome;
mod reading;
mod renewing;
#[cfg(test)]
mod tests;
mod unlocking;
mod vouching;

pub(super) use asking::send_result;

use std::sync::Arc;

use super::desk::Case;
use super::effect::{Answer, Effect, Event, Input, Purpose};
use super::grant::Lasting;
use super::message::Concern;
use super::ports::{Claim, Entropy, SendError, SentMessage};
use super::prompt::{Prompt, Refusal};
use super::vouched::Vouched;
use crate::domain::account::{Account, AccountKey};
use crate::domain::audit::{AuditEvent, EventKind};
use crate::domain::code::{CodeRules, Place, ResetId};
use crate::domain::operator::Operators;
use crate::domain::policy::SitePolicy;
use crate::domain::time::{Now, Timestamp};

use asking::AskCode;
use at_desk::AtDesk;
use changing::Change;
use looking_up::LookUp;
use reading::Reading;
use renewing::Renewing;
use vouching::Vouching;

/// What a reset is made with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its id.
    pub reset: ResetId,
    /// Where it happens.
    pub place: Place,
    /// How codes are made.
    pub code: CodeRules,
    /// What the site demands of passwords.
    pub site: SitePolicy,
}

impl Setup {
    fn context<'c>(&'c self, now: Now, entropy: &'c dyn Entropy) -> Context<'c> {
        Context {
            setup: self,
            now,
            entropy,
        }
    }
}

/// One attempt to reset, from the login name to its end.
pub struct Reset {
    setup: Setup,
    phase: Phase,
    /// The account, once it is known: a message may be answered when the phase is over.
    account: Option<AccountKey>,
}

/// Where it stands.
enum Phase {
    /// A login name is asked for.
    AskLogin(Aim),
    /// The login name is being looked up.
    LookUp(LookUp),
    /// A login name and the old password are being judged.
    Renewing(Renewing),
    /// The code is asked for, or judged.
    AskCode(AskCode),
    /// WeCom vouches for the person: the account is being found.
    Vouching(Vouching),
    /// Proved, at the desk: what the employee gets is chosen.
    AtDesk(AtDesk),
    /// Proved: account and policy are being read.
    Reading(Reading),
    /// Proved: the new password is asked for, judged, set, proved, recorded.
    Change(Change),
    /// The end: nothing leads on from here.
    Over,
}

/// What a login name is asked for.
#[derive(Clone)]
enum Aim {
    /// To set a new password.
    Reset,
    /// To sign in at the desk, as one of these.
    SignIn(Arc<Operators>),
}

/// What a step needs beside the phase.
struct Context<'a> {
    setup: &'a Setup,
    now: Now,
    entropy: &'a dyn Entropy,
}

/// Where a step leads and what it asks for.
type Next = (Phase, Vec<Effect>);

impl Reset {
    /// A reset that asks for a login name, and the effects that show it.
    pub fn begin(setup: Setup) -> (Self, Vec<Effect>) {
        let reset = Self::at(setup, Phase::AskLogin(Aim::Reset));
        (reset, vec![Effect::Show(Prompt::Login { refusal: None })])
    }

    /// Signing in at the desk as one of `operators`. It asks like a reset, and nothing it says
    /// tells an operator's login name from any other; a right code leads to
    /// [`super::desk::Powers`] and to no grant.
    pub fn begin_sign_in(setup: Setup, operators: Arc<Operators>) -> (Self, Vec<Effect>) {
        let reset = Self::at(setup, Phase::AskLogin(Aim::SignIn(operators)));
        (reset, vec![Effect::Show(Prompt::Login { refusal: None })])
    }

    /// A reset that an operator begins for an employee: it asks for the code that the employee
    /// reads from their phone.
    pub fn begin_at_desk(
        setup: Setup,
        case: Case,
        now: Now,
        entropy: &dyn Entropy,
    ) -> (Self, Vec<Effect>) {
        let context = setup.context(now, entropy);
        let (phase, effects) = AskCode::at_desk(&context, case);
        (Self::at(setup, phase), effects)
    }

    /// A reset that an employee has begun by scanning this kiosk's picture: it asks for the digits
    /// on their phone. `setup.reset` is the claim's, which the digits are bound to.
    pub fn begin_scanned(
        setup: Setup,
        claim: Claim,
        now: Now,
        entropy: &dyn Entropy,
    ) -> (Self, Vec<Effect>) {
        let context = setup.context(now, entropy);
        let (phase, effects) = AskCode::scanned(&context, claim);
        (Self::at(setup, phase), effects)
    }

    /// A reset of somebody whom WeCom itself vouches for: it leads straight to the new password,
    /// which lasts as `lasting` says.
    pub fn begin_vouched(setup: Setup, vouched: Vouched, lasting: Lasting) -> (Self, Vec<Effect>) {
        let (phase, effects) = Vouching::begin(vouched, lasting);
        (Self::at(setup, phase), effects)
    }

    /// The same where their account was found just now, by the mapping from their userid. Like
    /// any account it is read again before anything is changed.
    pub fn begin_found(
        setup: Setup,
        vouched: Vouched,
        lasting: Lasting,
        account: Box<Account>,
        now: Now,
        entropy: &dyn Entropy,
    ) -> (Self, Vec<Effect>) {
        let context = setup.context(now, entropy);
        let (phase, effects) = Vouching::begin_found(&context, vouched, lasting, account);
        (Self::at(setup, phase), effects)
    }

    fn at(setup: Setup, phase: Phase) -> Self {
        Self {
            setup,
            phase,
            account: None,
        }
    }

    /// Its id.
    pub fn id(&self) -> &ResetId {
        &self.setup.reset
    }

    /// One event leads to the next phase and to effects. An event that the phase does not wait
    /// for changes nothing.
    pub fn step(&mut self, now: Now, entropy: &dyn Entropy, event: Event) -> Vec<Effect> {
        let context = self.setup.context(now, entropy);
        self.account = self.phase.account().or(self.account.take());
        let phase = std::mem::replace(&mut self.phase, Phase::Over);
        let (next, effects) = match event {
            // No further record would say more.
            Event::Answer(Answer::AuditFailed(_)) if matches!(phase, Phase::Over) => {
                (phase, vec![context.show_end(Refusal::StoreDown)])
            }
            // Its record is gone: nothing that has not been asked of the directory may be.
            Event::Answer(Answer::AuditFailed(_)) if !phase.is_changing() => context.end(
                Refusal::StoreDown,
                None,
                "store_down",
                phase.loose_ends(&context),
            ),
            Event::Input(Input::Abandon) => phase.abandon(&context),
            Event::Answer(Answer::Sent(Purpose::Code, sent)) if phase.is_past_the_code() => {
                let effects = context.sent_late(self.account.clone(), sent);
                (phase, effects)
            }
            Event::Answer(Answer::Sent(_, sent)) if matches!(phase, Phase::Over) => {
                let account = self.account.clone();
                let record = context.audit(EventKind::NoticeSent, account, send_result(&sent));
                (phase, vec![record])
            }
            event => match phase {
                Phase::AskLogin(aim) => looking_up::login(&context, aim, event),
                Phase::LookUp(look_up) => look_up.step(&context, event),
                Phase::Renewing(renewing) => renewing.step(&context, event),
                Phase::AskCode(ask) => ask.step(&context, event),
                Phase::Vouching(vouching) => vouching.step(&context, event),
                Phase::AtDesk(at_desk) => at_desk.step(&context, event),
                Phase::Reading(reading) => reading.step(&context, event),
                Phase::Change(change) => change.step(&context, event),
                Phase::Over => (Phase::Over, Vec::new()),
            },
        };
        self.phase = next;
        effects
    }
}

impl Phase {
    /// Whether no code is asked for any more.
    fn is_past_the_code(&self) -> bool {
        matches!(
            self,
            Self::AtDesk(_) | Self::Reading(_) | Self::Change(_) | Self::Over
        )
    }

    /// Whether the directory has been, or is about to be, asked to change: from there a reset
    /// always runs to its recorded end.
    fn is_changing(&self) -> bool {
        matches!(self, Self::Change(change) if change.is_under_way())
    }

    /// What must not outlive the reset.
    fn loose_ends(&self, context: &Context<'_>) -> Vec<Effect> {
        match self {
            Self::AskCode(ask) => {
                let mut effects = vec![Effect::Discard(context.setup.reset.clone())];
                effects.extend(ask.sent().iter().cloned().map(Effect::Recall));
                effects
            }
            Self::Change(change) => change.unrecorded(context),
            _ => Vec::new(),
        }
    }

    /// The account, where it is known.
    fn account(&self) -> Option<AccountKey> {
        match self {
            Self::AskLogin(_) | Self::LookUp(_) | Self::Over => None,
            Self::Renewing(renewing) => renewing.account(),
            Self::Vouching(vouching) => vouching.account(),
            Self::AskCode(ask) => ask.account(),
            Self::AtDesk(at_desk) => Some(at_desk.account()),
            Self::Reading(reading) => Some(reading.account()),
            Self::Change(change) => Some(change.account()),
        }
    }

    fn abandon(mut self, context: &Context<'_>) -> Next {
        if let Self::Change(change) = &mut self
            && change.is_under_way()
        {
            change.leave();
            return (self, Vec::new());
        }
        let is_over = match &self {
            Self::Change(change) => change.is_over(),
            other => matches!(other, Self::Over),
        };
        if is_over {
            return (Self::Over, vec![Effect::Finish]);
        }
        let mut effects = self.loose_ends(context);
        if !matches!(self, Self::AskLogin(_)) {
            effects.push(context.audit(EventKind::ResetEnded, self.account(), "abandoned"));
        }
        effects.push(Effect::Finish);
        (Self::Over, effects)
    }
}

impl Context<'_> {
    /// A record of this reset, now.
    fn audit(&self, kind: EventKind, account: Option<AccountKey>, result: &'static str) -> Effect {
        Effect::Audit(AuditEvent {
            at: self.now.wall,
            kind,
            reset: self.setup.reset.clone(),
            account,
            place: self.setup.place.clone(),
            result,
        })
    }

    /// A code's message was taken, or was not, after the code was typed or the reset had ended: it
    /// is taken back, and that it was sent is on record.
    fn sent_late(
        &self,
        account: Option<AccountKey>,
        sent: Result<SentMessage, SendError>,
    ) -> Vec<Effect> {
        let record = self.audit(EventKind::CodeSent, account, send_result(&sent));
        let recall = sent.ok().map(Effect::Recall);
        std::iter::once(record).chain(recall).collect()
    }

    /// Ends the reset without a change: records it, says why, and ties up `loose_ends`.
    fn end(
        &self,
        refusal: Refusal,
        account: Option<AccountKey>,
        result: &'static str,
        loose_ends: Vec<Effect>,
    ) -> Next {
        let mut effects = loose_ends;
        effects.push(self.audit(EventKind::ResetEnded, account, result));
        effects.push(self.show_end(refusal));
        effects.push(Effect::Finish);
        (Phase::Over, effects)
    }

    /// The last screen of a reset that did not change anything, or that nobody knows of.
    fn show_end(&self, refusal: Refusal) -> Effect {
        Effect::Show(Prompt::Ended {
            refusal,
            reference: self.reference(),
        })
    }

    /// One attempt at this kiosk: it may have to wait its turn.
    fn kiosk_attempt(&self) -> Effect {
        Effect::KioskAttempt(self.setup.place.kiosk.clone())
    }

    /// What a message of this reset tells the employee of.
    fn concern(&self, account: &AccountKey) -> Concern {
        Concern {
            reset: self.setup.reset.clone(),
            account: account.clone(),
            place: self.setup.place.clone(),
        }
    }

    fn reference(&self) -> String {
        self.setup.reset.reference()
    }

    /// How long until `at`; zero when it has passed.
    fn until(&self, at: Timestamp) -> std::time::Duration {
        at.since(self.now.wall)
    }
}
