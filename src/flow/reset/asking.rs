//! The code is asked for and judged. Everything a person can see here is the same for every login
//! name (rule 3): a login name that leads nowhere gets a decoy that is stored, counted and judged
//! like a code, and never matches.

use super::addressee::Addressee;
use super::at_desk::AtDesk;
use super::reading::Reading;
use super::{Context, Next, Phase};
use crate::domain::account::AccountKey;
use crate::domain::audit::EventKind;
use crate::domain::code::{Action, Binding, DeskAction, Judgement, Subject};
use crate::domain::limits;
use crate::domain::secret::CodeDigits;
use crate::domain::throttle::Permission;
use crate::domain::time::{Now, Timestamp};
use crate::flow::desk::{Case, DeskPrompt, Powers};
use crate::flow::effect::{Answer, Effect, Event, Input, Purpose, Timer};
use crate::flow::grant::Grant;
use crate::flow::ports::{Claim, Issued, SendError, SentMessage, StoreError};
use crate::flow::prompt::{Prompt, Refusal};

/// What was typed into the code field and not answered yet.
enum Typed {
    Nothing,
    /// Waits for the kiosk's turn.
    InLine(CodeDigits, Option<Timestamp>),
    /// Is being judged.
    Judging,
}

/// The code is asked for, or judged.
pub(super) struct AskCode {
    addressee: Addressee,
    binding: Binding,
    expires: Now,
    /// When another one can be asked for; `None`: no message brings it.
    resend: Option<Now>,
    /// Messages that brought a code and were not taken back yet.
    sent: Vec<SentMessage>,
    /// The next message goes out by itself once the account's budget allows it.
    waits_for_budget: bool,
    typed: Typed,
}

impl AskCode {
    /// The code is on its way: the same screen for every login name.
    pub(super) fn begin(context: &Context<'_>, addressee: Addressee, subject: Subject) -> Next {
        Self::by_message(context, addressee, subject, Action::Reset, None)
    }

    /// The same, after an old password that was right and has expired.
    pub(super) fn after_expired(
        context: &Context<'_>,
        addressee: Addressee,
        subject: Subject,
    ) -> Next {
        let why = Some(Refusal::OldPasswordExpired);
        Self::by_message(context, addressee, subject, Action::Reset, why)
    }

    fn by_message(
        context: &Context<'_>,
        addressee: Addressee,
        subject: Subject,
        action: Action,
        why: Option<Refusal>,
    ) -> Next {
        let resend = context.now.plus(limits::CODE_RESEND_AFTER);
        let ask = Self {
            expires: context.now.plus(context.setup.code.lifetime),
            resend: Some(resend),
            ..Self::new(context, addressee, subject, action)
        };
        let started = context.audit(
            EventKind::ResetStarted,
            ask.account(),
            ask.addressee.as_str(),
        );
        let effects = vec![started, ask.show(why), ask.issue(context)];
        (Phase::AskCode(ask), effects)
    }

    /// Signing in at the desk: the same screens, and a decoy for whoever is no operator.
    pub(super) fn sign_in(context: &Context<'_>, addressee: Addressee, subject: Subject) -> Next {
        Self::by_message(context, addressee, subject, Action::SignIn, None)
    }

    /// The employee reads the code to an operator.
    pub(super) fn at_desk(context: &Context<'_>, case: Case) -> Next {
        let subject = Subject::Account(case.account.key.clone());
        let action = Action::Desk(case.action);
        let addressee = Addressee::Helped(Box::new(case));
        Self::by_message(context, addressee, subject, action, None)
    }

    /// The employee's own phone shows the digits already: only they are asked for.
    pub(super) fn scanned(context: &Context<'_>, claim: Claim) -> Next {
        let left = context.until(claim.expires);
        let subject = Subject::Account(claim.account.clone());
        let addressee = Addressee::Scanned(Box::new(claim));
        let ask = Self {
            expires: context.now.plus(left),
            ..Self::new(context, addressee, subject, Action::Pair)
        };
        let started = context.audit(
            EventKind::ResetStarted,
            ask.account(),
            ask.addressee.as_str(),
        );
        let effects = vec![started, ask.show(None)];
        (Phase::AskCode(ask), effects)
    }

    fn new(context: &Context<'_>, addressee: Addressee, subject: Subject, action: Action) -> Self {
        Self {
            addressee,
            binding: Binding {
                reset: context.setup.reset.clone(),
                subject,
                action,
                place: context.setup.place.clone(),
            },
            expires: context.now,
            resend: None,
            sent: Vec::new(),
            waits_for_budget: false,
            typed: Typed::Nothing,
        }
    }

    pub(super) fn account(&self) -> Option<AccountKey> {
        self.addressee.key().cloned()
    }

    pub(super) fn sent(&self) -> &[SentMessage] {
        &self.sent
    }

    pub(super) fn step(self, context: &Context<'_>, event: Event) -> Next {
        match event {
            Event::Input(Input::Code(digits)) => self.submitted(context, digits),
            Event::Input(Input::AnotherCode) => self.another(context),
            Event::Answer(Answer::KioskAttempt(permission)) => self.slot(context, permission),
            Event::Answer(Answer::Timer(Timer::Slot)) => self.judge(),
            Event::Answer(Answer::Judged(judged)) => self.judged(context, judged),
            Event::Answer(Answer::Issued(issued, digits)) => self.issued(context, issued, digits),
            Event::Answer(Answer::Timer(Timer::Budget)) => self.budget_allows(context),
            Event::Answer(Answer::Sent(purpose, sent)) => self.sent_off(context, purpose, sent),
            Event::Answer(Answer::Timer(Timer::CodeEnded)) => self.ended(context),
            _ => (Phase::AskCode(self), Vec::new()),
        }
    }

    fn show(&self, refusal: Option<Refusal>) -> Effect {
        let slowed_until = match &self.typed {
            Typed::InLine(_, at) => *at,
            _ => None,
        };
        Effect::Show(Prompt::Code {
            expires_at: self.expires.wall,
            resend_at: self.resend.map(|resend| resend.wall),
            judging: !matches!(self.typed, Typed::Nothing),
            refusal,
            slowed_until,
        })
    }

    fn stay(self, refusal: Refusal) -> Next {
        let show = self.show(Some(refusal));
        (Phase::AskCode(self), vec![show])
    }

    /// A code for who may be reset; a decoy for everybody else.
    fn issue(&self, context: &Context<'_>) -> Effect {
        let mut random = [0; 8];
        context.entropy.fill(&mut random);
        let digits = CodeDigits::from_random(random, context.setup.code.digits);
        let eligible = self.addressee.gets_code();
        Effect::IssueCode {
            binding: self.binding.clone(),
            digits: eligible.then_some(digits),
        }
    }

    fn submitted(mut self, context: &Context<'_>, digits: CodeDigits) -> Next {
        if !matches!(self.typed, Typed::Nothing) {
            return (Phase::AskCode(self), Vec::new());
        }
        if context.now.reached(self.expires) {
            let record = context.audit(EventKind::CodeJudged, self.account(), "expired");
            let show = self.show(Some(Refusal::CodeExpired));
            return (Phase::AskCode(self), vec![record, show]);
        }
        self.typed = Typed::InLine(digits, None);
        let effects = vec![self.show(None), context.kiosk_attempt()];
        (Phase::AskCode(self), effects)
    }

    fn slot(mut self, context: &Context<'_>, permission: Result<Permission, StoreError>) -> Next {
        match permission {
            Ok(Permission::Now) => self.judge(),
            Ok(Permission::At(at)) => {
                if let Typed::InLine(_, slowed) = &mut self.typed {
                    *slowed = Some(at);
                }
                let effects = vec![
                    self.show(None),
                    Effect::Timer(Timer::Slot, context.until(at)),
                ];
                (Phase::AskCode(self), effects)
            }
            Err(_) => self.store_down(context),
        }
    }

    fn judge(mut self) -> Next {
        match std::mem::replace(&mut self.typed, Typed::Judging) {
            Typed::InLine(typed, _) => {
                let binding = self.binding.clone();
                let effects = vec![self.show(None), Effect::Judge { binding, typed }];
                (Phase::AskCode(self), effects)
            }
            other => {
                self.typed = other;
                (Phase::AskCode(self), Vec::new())
            }
        }
    }

    fn another(mut self, context: &Context<'_>) -> Next {
        let Some(resend) = self.resend else {
            return (Phase::AskCode(self), Vec::new());
        };
        if !context.now.reached(resend) {
            return self.stay(Refusal::ResendTooSoon { at: resend.wall });
        }
        self.resend = Some(context.now.plus(limits::CODE_RESEND_AFTER));
        // One is on its way already: a second would only make the first one useless.
        if self.waits_for_budget {
            let show = self.show(None);
            return (Phase::AskCode(self), vec![show]);
        }
        let mut effects: Vec<Effect> = self.sent.drain(..).map(Effect::Recall).collect();
        self.expires = context.now.plus(context.setup.code.lifetime);
        effects.extend([self.show(None), self.issue(context)]);
        (Phase::AskCode(self), effects)
    }

    fn budget_allows(mut self, context: &Context<'_>) -> Next {
        self.waits_for_budget = false;
        self.expires = context.now.plus(context.setup.code.lifetime);
        let effects = vec![self.show(None), self.issue(context)];
        (Phase::AskCode(self), effects)
    }

    fn issued(
        mut self,
        context: &Context<'_>,
        issued: Result<Issued, StoreError>,
        digits: Option<CodeDigits>,
    ) -> Next {
        match issued {
            Ok(Issued::Send) => {
                let effects = self
                    .addressee
                    .message(context, digits)
                    .into_iter()
                    .collect();
                (Phase::AskCode(self), effects)
            }
            // The screen stays the same; the message goes out when its turn comes.
            Ok(Issued::Wait(at)) => {
                self.waits_for_budget = true;
                let effects = vec![Effect::Timer(Timer::Budget, context.until(at))];
                (Phase::AskCode(self), effects)
            }
            Ok(Issued::RemoteOff(until)) => self.remote_off(context, until),
            // Whoever stands here is told nothing of it; no code of this reset is right any more.
            Ok(Issued::Objected) => (Phase::AskCode(self), Vec::new()),
            Err(_) => self.store_down(context),
        }
    }

    fn sent_off(
        mut self,
        context: &Context<'_>,
        purpose: Purpose,
        sent: Result<SentMessage, SendError>,
    ) -> Next {
        let kind = if purpose == Purpose::Code {
            EventKind::CodeSent
        } else {
            EventKind::NoticeSent
        };
        let result = send_result(&sent);
        // A kiosk shows the same to everybody; an operator knows whom they help.
        let told = match (&self.addressee, &sent) {
            (Addressee::Helped(_), Err(SendError::ChannelDown(_))) => Some(Refusal::ChannelDown),
            (Addressee::Helped(_), Err(SendError::Receiver(_))) => Some(Refusal::NotReached),
            _ => None,
        };
        if purpose == Purpose::Code {
            self.sent.extend(sent.ok());
        }
        let mut effects = vec![context.audit(kind, self.account(), result)];
        if !self.sent.is_empty() {
            let left = context.until(self.expires.wall);
            effects.push(Effect::Timer(Timer::CodeEnded, left));
        }
        effects.extend(told.map(|refusal| self.show(Some(refusal))));
        (Phase::AskCode(self), effects)
    }

    /// A message whose code has ended is of no use on a phone, and looks like one that is.
    fn ended(mut self, context: &Context<'_>) -> Next {
        let over = context.now.reached(self.expires);
        let ended = if over { self.sent.len() } else { 0 };
        let recalls = self.sent.drain(..ended).map(Effect::Recall).collect();
        (Phase::AskCode(self), recalls)
    }

    fn judged(mut self, context: &Context<'_>, judged: Result<Judgement, StoreError>) -> Next {
        if !matches!(self.typed, Typed::Judging) {
            return (Phase::AskCode(self), Vec::new());
        }
        self.typed = Typed::Nothing;
        let Ok(judgement) = judged else {
            return self.store_down(context);
        };
        match judgement {
            Judgement::Right => self.proved(context),
            Judgement::Wrong { left: 0 } | Judgement::NoTriesLeft => {
                self.over(context, Refusal::CodeWrong { left: 0 }, "no_tries_left")
            }
            Judgement::Wrong { left } => self.stay(Refusal::CodeWrong { left }),
            Judgement::Expired => self.stay(Refusal::CodeExpired),
            Judgement::AccountWaits { until } => {
                let refusal = Refusal::TooManyWrongCodes { until: Some(until) };
                self.over(context, refusal, "account_waits")
            }
            Judgement::StaffOnly => self.over(
                context,
                Refusal::TooManyWrongCodes { until: None },
                "staff_only",
            ),
            Judgement::RemoteOff { until } => self.remote_off(context, until),
        }
    }

    /// The one place where a grant is made.
    fn proved(self, context: &Context<'_>) -> Next {
        if let Addressee::Operator(account, to, operator) = self.addressee {
            let mut effects: Vec<Effect> = self.sent.into_iter().map(Effect::Recall).collect();
            let visit = self.binding.reset;
            let powers = Powers::signed_in_by_code(operator, account.key, to, visit);
            // Whoever takes the powers records whose they are.
            effects.push(Effect::Show(Prompt::Desk(DeskPrompt::SignedIn(powers))));
            effects.push(Effect::Finish);
            return (Phase::Over, effects);
        }
        match self.addressee.eligible() {
            Some(whose) if self.binding.subject == Subject::Account(whose.key.clone()) => {
                let grant = Grant::from_right_code(whose.key.clone(), self.binding.reset);
                let (phase, reading) = match whose.case.clone() {
                    Some(case) if case.action == DeskAction::Password => {
                        AtDesk::begin(context, grant, whose, case)
                    }
                    _ => Reading::begin(context, grant, whose),
                };
                let mut effects: Vec<Effect> = self.sent.into_iter().map(Effect::Recall).collect();
                effects.extend(reading);
                (phase, effects)
            }
            // A decoy matches nothing; should a store say otherwise, it still leads nowhere.
            _ => self.over(context, Refusal::CodeWrong { left: 0 }, "no_tries_left"),
        }
    }

    fn over(self, context: &Context<'_>, refusal: Refusal, result: &'static str) -> Next {
        let account = self.account();
        let loose_ends = Phase::AskCode(self).loose_ends(context);
        context.end(refusal, account, result, loose_ends)
    }

    fn remote_off(self, context: &Context<'_>, until: Timestamp) -> Next {
        self.over(context, Refusal::RemoteCodesOff { until }, "remote_off")
    }

    fn store_down(self, context: &Context<'_>) -> Next {
        self.over(context, Refusal::StoreDown, "store_down")
    }
}

/// The word in the audit record.
pub(in crate::flow) fn send_result(sent: &Result<SentMessage, SendError>) -> &'static str {
    match sent {
        Ok(_) => "sent",
        Err(SendError::Receiver(_)) => "receiver_unreachable",
        Err(SendError::ChannelDown(_) | SendError::Unanswered(_)) => "channel_down",
    }
}
