//! Who comes to the kiosks: employees who do it right, who fumble, who leave, and attackers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rekey::domain::account::{AccountKey, LoginName, WecomUserId};
use rekey::domain::code::{Action, DeskAction, Place};
use rekey::domain::policy::{LengthUnit, Policy, Report, Rule, Verdict};
use rekey::domain::secret::{CodeDigits, Password};
use rekey::domain::strength::Strength;
use rekey::domain::time::Timestamp;
use rekey::flow::driver::{Running, objecting};
use rekey::flow::effect::Input;
use rekey::flow::grant::Lasting;
use rekey::flow::message::{CardBody, CardButton};
use rekey::flow::ports::{Assessor, Clock};
use rekey::flow::prompt::{Prompt, Refusal};
use rekey::flow::vouched::Vouched;

use crate::Company;
use crate::desk::newest_code;

const FOR_DESK: Action = Action::Desk(DeskAction::Password);

/// Judges by length only: the meter has its own tests.
pub struct LengthOnly;

#[async_trait]
impl Assessor for LengthOnly {
    async fn assess(&self, password: Arc<Password>, _policy: Arc<Policy>) -> Report {
        let has = u32::try_from(password.expose().len()).unwrap_or(u32::MAX);
        let verdict = if has >= 12 {
            Verdict::Met
        } else {
            Verdict::NotMet
        };
        let rule = Rule::MinLength {
            at_least: 12,
            unit: LengthUnit::Bytes,
            has,
        };
        Report {
            lines: vec![(rule, verdict)],
            strength: Strength::default(),
        }
    }
}

/// A kind of visitor.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Knows the login name, has the phone, types well.
    Careful,
    /// Mistypes codes, chooses short or old passwords, asks for another code.
    Fumbling,
    /// Leaves in the middle.
    Leaving,
    /// Types somebody else's login name and guesses.
    Guesser,
    /// Types a victim's name and a code read from their own phone.
    OtherCode,
    /// Renews with the old password, mistyped at times.
    Renewing,
    /// Is proved and only unlocks, where the account is locked.
    Unlocking,
    /// Guesses somebody else's old password.
    OldGuesser,
    /// Tries protected, disabled, unmapped and invented names with any code.
    Prober,
    /// Writes a new password in the chat, where WeCom vouches for them; thaws what is frozen.
    Chatting,
    /// Says "not me" of whatever comes to their phone, and perhaps freezes.
    Objecting,
    /// Types at the kiosk what was meant to be read to an operator.
    DeskCode,
    /// Types at the kiosk what a phone shows that has opened its picture.
    Scanning,
    /// Stands at a kiosk whose picture a victim opens somewhere else.
    Relaying,
}

impl Actor {
    pub const KINDS: u64 = 11;

    pub fn of(n: u64) -> Self {
        match n {
            0 => Self::Careful,
            1 => Self::Fumbling,
            2 => Self::Leaving,
            3 => Self::Guesser,
            4 => Self::OtherCode,
            5 => Self::Prober,
            6 => Self::Chatting,
            7 => Self::Renewing,
            8 => Self::Unlocking,
            9 => Self::OldGuesser,
            _ => Self::Objecting,
        }
    }
}

pub const EMPLOYEES: [(&str, &str); 3] = [
    ("lin.wei", "LinWei"),
    ("siti.rahma", "SitiRahma"),
    ("john.miller", "JohnMiller"),
];
const OTHERS: [&str; 4] = ["the.admin", "has.left", "new.hire", "nobody.at.all"];

/// One person's time at a kiosk, and what they saw.
pub struct Visit {
    number: u64,
    pub actor: Actor,
    pub login: &'static str,
    phone: Option<&'static str>,
    place: Place,
    pub saw: Vec<(Timestamp, Prompt)>,
    /// Passwords in the order they were submitted, with what the screen said of each.
    pub submitted: Vec<String>,
    /// Asked for the lock to end.
    unlocks: bool,
    /// Comes so much later than the others.
    later: Duration,
    /// The digits on the phone that has opened the picture, where they are known here.
    pub told: Arc<Mutex<Option<String>>>,
}

static SEEN: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());

/// How often each kind of ending was seen in all runs.
pub fn seen() -> BTreeMap<&'static str, u64> {
    SEEN.lock().expect("not poisoned").clone()
}

pub fn count(what: &'static str) {
    *SEEN.lock().expect("not poisoned").entry(what).or_default() += 1;
}

impl Visit {
    pub fn new(number: u64, actor: Actor, kiosk: String, company: &Company) -> Self {
        let pick = |n: usize| company.world.below(n as u64) as usize;
        let (own, phone) = EMPLOYEES[pick(EMPLOYEES.len())];
        let (login, phone) = match actor {
            Actor::Guesser | Actor::OldGuesser => (own, None),
            Actor::OtherCode => (own, EMPLOYEES.iter().find(|e| e.0 != own).map(|e| e.1)),
            Actor::Prober => (OTHERS[pick(OTHERS.len())], None),
            Actor::Renewing if pick(4) == 0 => ("new.hire", None),
            _ => (own, Some(phone)),
        };
        Self {
            number,
            actor,
            login,
            phone,
            place: Place {
                front: "kiosk",
                kiosk,
            },
            saw: Vec::new(),
            submitted: Vec::new(),
            unlocks: false,
            later: Duration::ZERO,
            told: Arc::default(),
        }
    }

    /// The same, of this employee.
    pub fn of_employee(self, (login, phone): (&'static str, &'static str)) -> Self {
        Self {
            login,
            phone: self.phone.and(Some(phone)),
            ..self
        }
    }

    /// The same, somewhere else.
    pub fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Login name and phone.
    pub fn employee(&self) -> (&'static str, &'static str) {
        (self.login, self.phone.expect("an employee has a phone"))
    }

    /// Whether this visitor has no proof of the account they ask for.
    pub fn gets_nowhere(&self) -> bool {
        match self.actor {
            Actor::Prober | Actor::Guesser | Actor::OldGuesser | Actor::DeskCode => true,
            Actor::Scanning | Actor::Relaying => self.digits().is_none(),
            _ => false,
        }
    }

    fn digits(&self) -> Option<CodeDigits> {
        let told = self.told.lock().expect("not poisoned");
        CodeDigits::parse(told.as_deref()?, 6)
    }

    /// The same, some time after the others.
    pub fn later(self) -> Self {
        let later = Duration::from_secs(45);
        Self { later, ..self }
    }

    pub fn key(&self) -> AccountKey {
        AccountKey::new(&format!("key-of-{}", self.login))
    }

    /// Comes, does what this kind of person does, and goes. The reset itself is part of this
    /// future: when the program dies, both are gone.
    pub async fn live(&mut self, company: &Company) {
        let comes = self.later + Duration::from_millis(company.world.below(4000));
        tokio::time::sleep(comes).await;
        match self.actor {
            Actor::Objecting => self.object(company).await,
            Actor::Chatting => {
                let lasting = match company.world.below(2) {
                    0 => Lasting::ByPolicy,
                    _ => Lasting::UntilSignIn,
                };
                self.vouched_at("web", lasting, company).await;
            }
            _ => {
                let (running, work) = company.resets_at(self.place.clone()).begin();
                tokio::join!(self.act(company, running), work);
            }
        }
    }

    /// Sets a new password where WeCom vouches for them.
    pub async fn vouched_at(&mut self, front: &'static str, lasting: Lasting, company: &Company) {
        let phone = self.phone.and_then(WecomUserId::parse).expect("a phone");
        let place = Place {
            front,
            kiosk: "WeCom".to_owned(),
        };
        let resets = company.resets_at(place);
        let (running, work) = resets.begin_vouched(Vouched::by_channel(phone), lasting);
        tokio::join!(self.act(company, running), work);
    }

    /// Looks at the phone now and then, and presses what is there.
    async fn object(&mut self, company: &Company) {
        let phone = self.phone.and_then(WecomUserId::parse).expect("a phone");
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_millis(company.world.below(12_000))).await;
            let cards = company.people.cards(&phone);
            let Some(card) = cards.get(company.world.below(cards.len() as u64) as usize) else {
                continue;
            };
            let button = match card.body {
                CardBody::IsItYou { .. } => CardButton::NotMe,
                CardBody::Freeze { .. } => CardButton::Freeze,
            };
            let pressed = objecting::pressed(&company.ports, &card.id, button, &phone).await;
            if let Ok(Some(press)) = pressed {
                count(match button {
                    CardButton::NotMe => "somebody said not me",
                    CardButton::Freeze => "somebody froze an account",
                });
                press.finish(&company.ports, "ticket").await;
            }
        }
    }

    pub async fn act(&mut self, company: &Company, mut running: Running) {
        let mut codes = 0;
        while let Some(prompt) = running.prompts.recv().await {
            self.saw.push((company.world.now().wall, prompt.clone()));
            let think = Duration::from_millis(200 + company.world.below(8000));
            tokio::time::sleep(think).await;
            if self.actor == Actor::Leaving && company.world.below(4) == 0 {
                return;
            }
            let input = match prompt {
                Prompt::Login { refusal } => {
                    if refusal.is_some() && self.saw.len() > 12 {
                        return;
                    }
                    self.says_who(company)
                }
                Prompt::Code { judging: false, .. } => {
                    codes += 1;
                    if codes > 9 {
                        return;
                    }
                    self.code(company).await
                }
                Prompt::NewPassword {
                    busy: false,
                    refusal,
                    age,
                    policy,
                    ..
                } => {
                    if self.submitted.len() > 4 {
                        return;
                    }
                    if self.actor == Actor::Unlocking && refusal.is_none() {
                        self.unlocks = age.locked && policy.directory.can_unlock;
                    }
                    if self.unlocks && refusal.is_none() {
                        Some(Input::Unlock)
                    } else {
                        Some(self.password(company))
                    }
                }
                Prompt::Unlocked { .. } | Prompt::Done { .. } | Prompt::Ended { .. } => return,
                Prompt::Frozen { .. } if self.saw.len() > 6 => return,
                Prompt::Frozen { .. } => Some(Input::Unfreeze),
                _ => None,
            };
            if let Some(input) = input {
                // A reset that has ended takes none, but its last screens are still to be seen.
                let _seen_below = running.inputs.send(input).await;
            }
        }
    }

    /// The login name, or the login name and the old password.
    fn says_who(&self, company: &Company) -> Option<Input> {
        let login = LoginName::parse(self.login)?;
        let old = match self.actor {
            Actor::Renewing if company.world.below(3) > 0 => {
                company.people.password(&self.key())?
            }
            Actor::Renewing | Actor::OldGuesser => {
                format!("guess {}", company.world.below(1_000_000))
            }
            // Even the right one opens no account that must not be touched.
            Actor::Prober if self.login != "new.hire" && company.world.below(2) == 0 => {
                format!("old password of {}", self.login)
            }
            _ => return Some(Input::Login(login)),
        };
        let old = Password::new(&old).expect("a password");
        Some(Input::Renew { login, old })
    }

    async fn code(&mut self, company: &Company) -> Option<Input> {
        let wrong = |n: u64| CodeDigits::parse(&format!("{n:06}"), 6).map(Input::Code);
        let guess = company.world.below(1_000_000);
        if matches!(self.actor, Actor::Scanning | Actor::Relaying) {
            // The field may be open before the phone shows them.
            tokio::time::sleep(Duration::from_secs(5)).await;
            return self
                .digits()
                .map_or_else(|| wrong(guess), |own| Some(Input::Code(own)));
        }
        let Some(phone) = self.phone.and_then(WecomUserId::parse) else {
            return wrong(guess);
        };
        if self.actor == Actor::DeskCode {
            let wait = Duration::from_secs(60);
            let came = newest_code(company, phone.as_str(), FOR_DESK, None, wait).await;
            return match came {
                Some(code) => Some(Input::Code(code)),
                None => wrong(guess),
            };
        }
        if self.actor == Actor::Fumbling {
            match company.world.below(5) {
                0 => return wrong(guess),
                1 => {
                    tokio::time::sleep(Duration::from_secs(company.world.below(400))).await;
                    return Some(Input::AnotherCode);
                }
                2 => tokio::time::sleep(Duration::from_secs(company.world.below(400))).await,
                _ => {}
            }
        }
        for _ in 0..60 {
            let inbox = company.people.inbox(&phone);
            let newest = inbox
                .iter()
                .rev()
                .find_map(|m| m.digits.clone().filter(|_| !m.recalled));
            if let Some(digits) = newest {
                return CodeDigits::parse(&digits, 6).map(Input::Code);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        wrong(guess)
    }

    fn password(&mut self, company: &Company) -> Input {
        let number = self.submitted.len();
        let text = match (self.actor, company.world.below(3)) {
            (Actor::Fumbling, 0) => "short".to_owned(),
            (Actor::Fumbling, 1) => format!("old password of {}", self.login),
            _ => format!("visit {} wants password {number}", self.number),
        };
        self.submitted.push(text.clone());
        Input::NewPassword(Password::new(&text).expect("a password"))
    }

    /// The last thing this visitor was told.
    pub fn last(&self) -> Option<&Prompt> {
        self.saw.last().map(|(_, prompt)| prompt)
    }

    /// Passwords of which this visitor was told that nothing was changed.
    pub fn told_unchanged(&self) -> Vec<&String> {
        let refusals = self.saw.iter().filter_map(|(_, prompt)| match prompt {
            Prompt::NewPassword {
                refusal,
                busy: false,
                ..
            } => Some(refusal.is_some()),
            _ => None,
        });
        // The first such prompt comes before any password, and one answers the wish to unlock; each
        // later one answers the password before.
        refusals
            .skip(1 + usize::from(self.unlocks))
            .zip(&self.submitted)
            .filter(|(refused, _)| *refused)
            .map(|(_, p)| p)
            .collect()
    }
}

pub fn is_unknown(prompt: &Prompt) -> bool {
    matches!(
        prompt,
        Prompt::Ended {
            refusal: Refusal::OutcomeUnknown,
            ..
        }
    )
}
