//! Renewing: the login name and the password there is now, in one step, are the proof.
//!
//! Whatever does not lead on is answered alike and at the same tick: the name, the password, a
//! protected account, limits (rule 3). The try is counted, durably, before the directory is asked,
//! since the directory counts it as well and may lock the account.

use std::sync::Arc;
use std::time::Duration;

use super::addressee::{Addressee, Eligible};
use super::asking::AskCode;
use super::looking_up::{show_looking_up, until_tick};
use super::reading::Reading;
use super::{Aim, Context, Next, Phase};
use crate::domain::account::{Account, AccountKey, LoginName, Standing};
use crate::domain::audit::EventKind;
use crate::domain::code::Subject;
use crate::domain::secret::{OldPassword, Password};
use crate::domain::throttle::Permission;
use crate::domain::time::Timestamp;
use crate::flow::effect::{Answer, Effect, Event, Timer};
use crate::flow::grant::Grant;
use crate::flow::ports::{
    DirectoryDown, OldPasswordTried, OldPasswordVerdict, SendError, StoreError,
};
use crate::flow::prompt::{Prompt, Refusal};

/// A login name and an old password are being judged.
pub(super) struct Renewing {
    login: LoginName,
    old: Arc<Password>,
    /// When the lookup began, on the monotonic clock.
    since: Option<Duration>,
    whose: Option<Whose>,
    answer: Option<Verdict>,
}

/// Whom the login name leads to.
struct Whose {
    account: Option<Box<Account>>,
    subject: Subject,
    /// Only a code needs the channel: a renewal goes on without it.
    channel_works: bool,
    /// Why the directory is not asked about this account.
    passed_over: Option<&'static str>,
}

/// What is known, held back until its tick.
enum Verdict {
    Down,
    Judged(OldPasswordVerdict),
}

impl Renewing {
    pub(super) fn begin(context: &Context<'_>, login: LoginName, old: Password) -> Next {
        let renewing = Self {
            login,
            old: Arc::new(old),
            since: None,
            whose: None,
            answer: None,
        };
        let effects = vec![show_looking_up(None), context.kiosk_attempt()];
        (Phase::Renewing(renewing), effects)
    }

    /// For the records: only once the proof was given is it said whose.
    pub(super) fn account(&self) -> Option<AccountKey> {
        let whose = self.whose.as_ref()?;
        Some(whose.account.as_ref()?.key.clone())
    }

    pub(super) fn step(mut self, context: &Context<'_>, event: Event) -> Next {
        let Event::Answer(answer) = event else {
            return (Phase::Renewing(self), Vec::new());
        };
        match answer {
            Answer::KioskAttempt(Ok(Permission::Now)) | Answer::Timer(Timer::Slot) => {
                self.since = Some(context.now.mono);
                let effects = vec![show_looking_up(None), Effect::LookUp(self.login.clone())];
                (Phase::Renewing(self), effects)
            }
            Answer::KioskAttempt(Ok(Permission::At(at))) => self.slowed(context, at),
            Answer::KioskAttempt(Err(_)) => self.store_down(context),
            Answer::LookedUp {
                account: Err(_), ..
            } => self.held(context, Verdict::Down),
            Answer::LookedUp {
                account: Ok(account),
                nobody,
                channel,
            } => self.looked_up(context, account, nobody, &channel),
            Answer::OldPasswordTried(permission) => self.tried(context, permission),
            Answer::OldPasswordJudged(judged) => self.judged(context, judged),
            Answer::Timer(Timer::Answer) => match self.answer.take() {
                Some(verdict) => self.lead_on(context, verdict),
                None => (Phase::Renewing(self), Vec::new()),
            },
            _ => (Phase::Renewing(self), Vec::new()),
        }
    }

    fn slowed(self, context: &Context<'_>, at: Timestamp) -> Next {
        let effects = vec![
            show_looking_up(Some(at)),
            Effect::Timer(Timer::Slot, context.until(at)),
        ];
        (Phase::Renewing(self), effects)
    }

    fn looked_up(
        mut self,
        context: &Context<'_>,
        account: Option<Box<Account>>,
        nobody: Subject,
        channel: &Result<(), SendError>,
    ) -> Next {
        if self.whose.is_some() {
            return (Phase::Renewing(self), Vec::new());
        }
        let key = account.as_ref().map(|account| account.key.clone());
        let lockout = account.as_ref().map(|account| account.age.lockout);
        let whose = Whose {
            passed_over: passed_over(account.as_deref()),
            account,
            subject: key.map_or(nobody, Subject::Account),
            channel_works: channel.is_ok(),
        };
        let count = Effect::CountOldPassword(OldPasswordTried {
            reset: context.setup.reset.clone(),
            subject: whose.subject.clone(),
            place: context.setup.place.clone(),
            limits: lockout.unwrap_or_default().old_passwords(),
        });
        self.whose = Some(whose);
        (Phase::Renewing(self), vec![count])
    }

    /// It is counted: the directory is asked, about this account or, in the same way, about nobody.
    fn tried(mut self, context: &Context<'_>, permission: Result<Permission, StoreError>) -> Next {
        let Some(whose) = &mut self.whose else {
            return (Phase::Renewing(self), Vec::new());
        };
        match permission {
            Ok(Permission::Now) => {}
            Ok(Permission::At(_)) => {
                whose.passed_over.get_or_insert("too_many");
            }
            Err(_) => return self.store_down(context),
        }
        let asked = whose
            .account
            .as_ref()
            .filter(|_| whose.passed_over.is_none());
        let judge = Effect::JudgeOldPassword {
            dn: asked.map(|account| account.dn.clone()),
            old: self.old.clone(),
        };
        (Phase::Renewing(self), vec![judge])
    }

    fn judged(
        self,
        context: &Context<'_>,
        judged: Result<OldPasswordVerdict, DirectoryDown>,
    ) -> Next {
        let asked = self.whose.as_ref();
        let asked = asked.is_some_and(|whose| whose.passed_over.is_none());
        let verdict = match judged {
            // Nobody's password is never right, whatever a directory says.
            Ok(_) if !asked => Verdict::Judged(OldPasswordVerdict::Wrong),
            Ok(verdict) => Verdict::Judged(verdict),
            Err(_) => Verdict::Down,
        };
        self.held(context, verdict)
    }

    fn held(mut self, context: &Context<'_>, verdict: Verdict) -> Next {
        let wait = until_tick(self.since, context.now);
        self.answer = Some(verdict);
        (
            Phase::Renewing(self),
            vec![Effect::Timer(Timer::Answer, wait)],
        )
    }

    fn lead_on(self, context: &Context<'_>, verdict: Verdict) -> Next {
        let Self { old, whose, .. } = self;
        let record = |account, result| context.audit(EventKind::OldPasswordJudged, account, result);
        let (Verdict::Judged(judged), Some(whose)) = (verdict, whose) else {
            let effects = vec![
                record(None, "directory_down"),
                ask_again(Refusal::DirectoryDown),
            ];
            return (Phase::AskLogin(Aim::Reset), effects);
        };
        let key = whose.account.as_ref().map(|account| account.key.clone());
        match (judged, whose.account) {
            (OldPasswordVerdict::Right, Some(account)) => {
                right(context, OldPassword::new(old), &account, whose.subject)
            }
            (OldPasswordVerdict::Expired, Some(account)) => {
                let mut effects = vec![
                    record(key, "expired"),
                    Effect::ForgetOldPasswords(whose.subject.clone()),
                ];
                if !whose.channel_works {
                    effects.push(ask_again(Refusal::ChannelDown));
                    return (Phase::AskLogin(Aim::Reset), effects);
                }
                let to = Addressee::of(Some(account));
                let (phase, asking) = AskCode::after_expired(context, to, whose.subject);
                effects.extend(asking);
                (phase, effects)
            }
            _ => {
                let effects = vec![
                    record(key, whose.passed_over.unwrap_or("wrong")),
                    ask_again(Refusal::OldPasswordNotRight),
                ];
                (Phase::AskLogin(Aim::Reset), effects)
            }
        }
    }

    fn store_down(self, context: &Context<'_>) -> Next {
        context.end(Refusal::StoreDown, None, "store_down", Vec::new())
    }
}

fn ask_again(refusal: Refusal) -> Effect {
    Effect::Show(Prompt::Login {
        refusal: Some(refusal),
    })
}

/// Why the directory is not asked about an account; the word in the audit record.
fn passed_over(account: Option<&Account>) -> Option<&'static str> {
    let Some(account) = account else {
        return Some("nobody");
    };
    match account.standing {
        Standing::Disabled => Some("disabled"),
        Standing::Protected | Standing::Guarded => Some("protected"),
        Standing::Frozen { .. } => Some("frozen"),
        // A locked account proves nothing, and one that is nearly locked stays its employee's.
        Standing::Eligible if account.age.locked => Some("locked"),
        Standing::Eligible if !account.age.lockout.bears_a_wrong_one() => Some("nearly_locked"),
        Standing::Eligible => None,
    }
}

/// The third place where a grant is made.
fn right(context: &Context<'_>, old: OldPassword, account: &Account, subject: Subject) -> Next {
    let reset = context.setup.reset.clone();
    let grant = Grant::from_old_password(account.key.clone(), reset);
    let whose = Eligible {
        key: account.key.clone(),
        dn: account.dn.clone(),
        to: account.wecom.clone(),
        old: Some(old),
        case: None,
    };
    let mut effects = vec![
        context.audit(
            EventKind::OldPasswordJudged,
            Some(whose.key.clone()),
            "right",
        ),
        Effect::ForgetOldPasswords(subject),
    ];
    let (phase, reading) = Reading::begin(context, grant, whose);
    effects.extend(reading);
    (phase, effects)
}
