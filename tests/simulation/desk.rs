//! Operators at IT support's desk: those who do it right, who guess, who help one after another,
//! whose connection goes, who want to be both of the two.

use std::time::Duration;

use rekey::domain::account::{LoginName, SearchText, WecomUserId};
use rekey::domain::code::{Action, DeskAction};
use rekey::domain::operator::{Operator, Operators, Role};
use rekey::domain::secret::CodeDigits;
use rekey::flow::desk::{DeskInput, DeskPrompt, Gift};
use rekey::flow::driver::Running;
use rekey::flow::driver::desk::Desks;
use rekey::flow::effect::Input;
use rekey::flow::prompt::Prompt;

use crate::Company;
use crate::actors::{Actor, Visit, count};

/// Longer than an approval waits.
const SHIFT: Duration = Duration::from_secs(700);
/// Whoever has seen so many screens goes home.
const PROMPTS: u32 = 300;
/// How long an operator waits for what an employee reads out.
const READ_OUT: Duration = Duration::from_secs(40);

/// Somebody who may sit at the desk.
#[derive(Debug)]
pub struct Staff {
    pub login: &'static str,
    phone: &'static str,
    role: Role,
}

const HELPER: Staff = Staff {
    login: "the.helper",
    phone: "TheHelper",
    role: Role::Helper,
};
const APPROVER: Staff = Staff {
    login: "the.approver",
    phone: "TheApprover",
    role: Role::Approver,
};
const OTHER_APPROVER: Staff = Staff {
    login: "another.approver",
    phone: "AnotherApprover",
    role: Role::Approver,
};
const AUDITOR: Staff = Staff {
    login: "the.auditor",
    phone: "TheAuditor",
    role: Role::Auditor,
};
pub static STAFF: [Staff; 4] = [HELPER, APPROVER, OTHER_APPROVER, AUDITOR];

/// Whom they may be asked for, and the phones: employees, the boss in a protected group, an
/// administrator, and their own.
pub const SOUGHT: [(&str, &str); 9] = [
    ("lin.wei", "LinWei"),
    ("siti.rahma", "SitiRahma"),
    ("john.miller", "JohnMiller"),
    ("the.boss", "TheBoss"),
    ("the.admin", "TheAdmin"),
    ("the.helper", "TheHelper"),
    ("another.approver", "AnotherApprover"),
    ("the.auditor", "TheAuditor"),
    ("the.approver", "TheApprover"),
];

/// A kind of operator.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Has the employees on the line, who read out what came.
    Honest,
    /// Has nobody on the line, and guesses.
    Guessing,
    /// Loses the connection, most of all between the code and the end.
    LosesConnection,
    /// Agrees to whatever waits, in a visit of their own.
    Agreeing,
    /// Helps one after another, and each of them again.
    InARow,
    /// Is read the code that a kiosk has sent to the employee.
    KioskCode,
}

/// One operator's time at a desk, and what was seen there.
pub struct DeskVisit {
    pub manner: Manner,
    pub operator: &'static Staff,
    /// Whom they help, one after the other.
    sought: Vec<(&'static str, &'static str)>,
    helped: usize,
    /// What the code that was sent last is for.
    action: DeskAction,
    signed_in: bool,
    /// Saw that an account was unlocked.
    pub unlocked: usize,
    pub saw: Vec<DeskPrompt>,
}

/// Who sits at the desks of a company, and who meets them somewhere else meanwhile.
pub fn shift(company: &Company) -> (Vec<DeskVisit>, Vec<Visit>) {
    let pick = |n: usize| usize::try_from(company.world.below(n as u64)).expect("small");
    let employee = SOUGHT[pick(3)];
    let anybody = SOUGHT[pick(SOUGHT.len())];
    let somebody = &STAFF[pick(STAFF.len())];
    let (boss, admin) = (SOUGHT[3], SOUGHT[4]);
    let sits = |manner, operator, sought: &[_]| DeskVisit::new(manner, operator, sought);
    let desks = match pick(10) {
        0 => vec![sits(Manner::Honest, somebody, &[anybody, admin, employee])],
        1 => vec![
            sits(Manner::Honest, &STAFF[0], &[employee]),
            sits(Manner::Honest, &STAFF[1], &[employee]),
        ],
        2 | 3 => vec![
            sits(Manner::Honest, &STAFF[pick(2)], &[boss]),
            sits(Manner::Agreeing, &STAFF[2], &[]),
        ],
        4 => vec![
            sits(Manner::Honest, &STAFF[1], &[boss]),
            sits(Manner::Agreeing, &STAFF[pick(4)], &[]),
            sits(Manner::Agreeing, &STAFF[1], &[]),
        ],
        5 => vec![sits(
            Manner::Guessing,
            &STAFF[pick(3)],
            &[0, 1, 2, 6, 7, 5].map(|n| SOUGHT[n]),
        )],
        6 => vec![sits(Manner::InARow, &STAFF[pick(3)], &SOUGHT)],
        7 | 8 => vec![sits(Manner::LosesConnection, &STAFF[pick(3)], &[employee])],
        _ => vec![sits(Manner::KioskCode, &STAFF[pick(3)], &[employee])],
    };
    let meets = |actor| {
        let kiosk = "lobby-1".to_owned();
        Visit::new(90, actor, kiosk, company).of_employee(employee)
    };
    let kiosk_code = desks.iter().any(|desk| desk.manner == Manner::KioskCode);
    let meanwhile = match pick(3) {
        _ if kiosk_code => vec![meets(Actor::DeskCode)],
        0 => vec![meets(Actor::Objecting), meets(Actor::Chatting).later()],
        _ => Vec::new(),
    };
    (desks, meanwhile)
}

impl DeskVisit {
    fn new(
        manner: Manner,
        operator: &'static Staff,
        sought: &[(&'static str, &'static str)],
    ) -> Self {
        Self {
            manner,
            operator,
            sought: sought.to_vec(),
            helped: 0,
            action: DeskAction::Password,
            signed_in: false,
            unlocked: 0,
            saw: Vec::new(),
        }
    }

    /// Whether somebody was asked for here.
    pub fn concerns(&self, login: &str) -> bool {
        self.sought.iter().any(|(sought, _)| *sought == login) || self.operator.login == login
    }

    /// Sits there for a shift, whatever comes.
    pub async fn live(&mut self, company: &Company) {
        tokio::time::sleep(Duration::from_millis(company.world.below(4000))).await;
        let operators = STAFF.iter().map(|staff| Operator {
            login: staff.login.to_owned(),
            role: staff.role,
        });
        let operators = Operators::new(operators.collect());
        let site = Company::site();
        let desks = Desks::new(company.ports.clone(), company.rules, site, operators);
        let (running, work) = desks.begin();
        let act = async {
            // Whoever is still there then is sent home.
            drop(tokio::time::timeout(SHIFT, self.act(company, running)).await);
        };
        tokio::join!(act, work);
    }

    async fn act(&mut self, company: &Company, mut running: Running) {
        for _ in 0..PROMPTS {
            let Some(prompt) = running.prompts.recv().await else {
                return;
            };
            if let Prompt::Desk(desk) = &prompt {
                self.saw.push(desk.clone());
            }
            let think = Duration::from_millis(200 + company.world.below(2000));
            tokio::time::sleep(think).await;
            if self.manner == Manner::LosesConnection && self.goes_at(company, &prompt) {
                count("a desk's connection was lost");
                return;
            }
            let gone = match self.answer(company, &prompt).await {
                Reply::Says(input) => running.inputs.send(input).await.is_err(),
                Reply::Waits => false,
                Reply::Goes => true,
            };
            if gone {
                return;
            }
        }
    }

    /// Most of all once a code was right, just before or after the choice.
    fn goes_at(&self, company: &Company, prompt: &Prompt) -> bool {
        let chance = match prompt {
            Prompt::Desk(DeskPrompt::Choose { .. }) => 3,
            Prompt::Desk(DeskPrompt::Busy) if self.has_seen_choice() => 2,
            _ => 40,
        };
        company.world.below(chance) == 0
    }

    fn has_seen_choice(&self) -> bool {
        let chose = |seen: &DeskPrompt| matches!(seen, DeskPrompt::Choose { .. });
        self.saw.iter().any(chose)
    }

    async fn answer(&mut self, company: &Company, prompt: &Prompt) -> Reply {
        match prompt {
            Prompt::Login { .. } => Reply::Says(Input::Login(
                LoginName::parse(self.operator.login).expect("a login"),
            )),
            Prompt::Code { judging: false, .. } => Reply::Says(self.code(company).await),
            Prompt::Ended { .. } => Reply::Says(Input::Desk(DeskInput::Back)),
            Prompt::Unlocked { .. } => {
                self.unlocked += 1;
                self.helped += 1;
                self.next()
            }
            Prompt::Desk(desk) => self.at_desk(company, desk).await,
            _ => Reply::Waits,
        }
    }

    async fn at_desk(&mut self, company: &Company, desk: &DeskPrompt) -> Reply {
        let asked = match desk {
            DeskPrompt::SignedIn(_) => {
                self.signed_in = true;
                return self.next();
            }
            DeskPrompt::Found(sought) => {
                let wanted = self.sought.get(self.helped).map(|(login, _)| *login);
                let line = sought
                    .people
                    .iter()
                    .find(|line| Some(&*line.login) == wanted);
                let Some(line) = line else {
                    return self.next();
                };
                DeskInput::Open(line.key.clone(), line.dn.clone())
            }
            DeskPrompt::Person(_, Some(_)) => {
                self.helped += 1;
                return self.next();
            }
            DeskPrompt::Person(file, None) => match (self.manner, company.world.below(10)) {
                (Manner::Honest, 0) => DeskInput::Freeze,
                // Now and then also without a lock.
                (Manner::Honest | Manner::Guessing, n) if n < 6 && (file.age.locked || n < 2) => {
                    self.action = DeskAction::Unlock;
                    DeskInput::SendCode(self.action)
                }
                _ => {
                    self.action = DeskAction::Password;
                    DeskInput::SendCode(self.action)
                }
            },
            DeskPrompt::Choose { .. } => DeskInput::Give(match company.world.below(2) {
                0 => Gift::Link,
                _ => Gift::Temporary,
            }),
            DeskPrompt::Given { .. } => {
                // In a row, each is helped until the desk says no.
                self.helped += usize::from(self.manner != Manner::InARow);
                return self.next();
            }
            DeskPrompt::Approvals(lines, refusal) => {
                let refused =
                    |seen: &&DeskPrompt| matches!(seen, DeskPrompt::Approvals(_, Some(_)));
                let refused_twice = self.saw.iter().filter(refused).count() > 2;
                // Also those that are not for them.
                let line = lines.get(usize::try_from(company.world.below(2)).expect("small"));
                let again = refusal.is_some() || line.is_none();
                if again {
                    tokio::time::sleep(Duration::from_secs(10)).await;
                }
                match line.filter(|_| !refused_twice) {
                    Some(line) => DeskInput::Approve(line.reset.clone()),
                    None => return self.next(),
                }
            }
            DeskPrompt::Refused(_) => {
                tokio::time::sleep(Duration::from_secs(10)).await;
                return self.next();
            }
            DeskPrompt::WaitsForApproval { .. } | DeskPrompt::Begun { .. } | DeskPrompt::Busy => {
                return Reply::Waits;
            }
        };
        Reply::Says(Input::Desk(asked))
    }

    /// Begins with the next employee, or goes.
    fn next(&self) -> Reply {
        match (self.manner, self.sought.get(self.helped)) {
            (Manner::Agreeing, _) => Reply::Says(Input::Desk(DeskInput::Approvals)),
            (_, Some((login, _))) => {
                let text = SearchText::parse(login).expect("a text");
                Reply::Says(Input::Desk(DeskInput::Search(text)))
            }
            (_, None) => Reply::Goes,
        }
    }

    /// The newest code: of the operator's own phone while signing in, else what the employee
    /// reads out; when nothing comes, or nobody is on the line, a guess.
    async fn code(&self, company: &Company) -> Input {
        let at_desk = Action::Desk(self.action);
        let (phone, action, place) = match self.sought.get(self.helped) {
            _ if !self.signed_in => (self.operator.phone, Action::SignIn, ""),
            Some((_, phone)) if self.manner == Manner::KioskCode => {
                (*phone, Action::Reset, "lobby-1")
            }
            Some((_, phone)) => (*phone, at_desk, self.operator.login),
            None => (self.operator.phone, at_desk, self.operator.login),
        };
        let guesses = self.signed_in && self.manner == Manner::Guessing;
        let wait = READ_OUT * u32::from(!guesses);
        match newest_code(company, phone, action, Some(place), wait).await {
            Some(code) => Input::Code(code),
            None => Input::Code(guess(company)),
        }
    }
}

/// What an operator does next.
enum Reply {
    Says(Input),
    Waits,
    Goes,
}

pub fn guess(company: &Company) -> CodeDigits {
    let guess = format!("{:06}", company.world.below(1_000_000));
    CodeDigits::parse(&guess, 6).expect("six digits")
}

/// The newest code on a phone that is for this action, at this place or at any, once there is one.
pub async fn newest_code(
    company: &Company,
    phone: &str,
    action: Action,
    place: Option<&str>,
    wait: Duration,
) -> Option<CodeDigits> {
    let phone = WecomUserId::parse(phone).expect("a userid");
    let until = tokio::time::Instant::now() + wait;
    while tokio::time::Instant::now() < until {
        let inbox = company.people.inbox(&phone);
        let newest = inbox.iter().rev().find(|message| {
            let code_for = message.code_for.as_ref();
            let this = code_for.is_some_and(|of| {
                of.action == action && place.is_none_or(|place| of.place == place)
            });
            this && !message.recalled
        });
        if let Some(digits) = newest.and_then(|message| message.digits.as_deref()) {
            return CodeDigits::parse(digits, 6);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    None
}
