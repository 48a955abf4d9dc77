//! What the desk shows, as one enum, and how prompts change it.

use std::time::Duration;

use crate::domain::code::DeskAction;
use crate::domain::operator::Operator;
use crate::domain::time::{Now, Timestamp};
use crate::flow::desk::{
    ApprovalLine, DeskInput, DeskPrompt, DeskRefusal, Gift, PersonFile, Powers, Sought,
};
use crate::flow::driver::outage::Outage;
use crate::flow::effect::Input;
use crate::flow::prompt::{Prompt, Refusal, Step};
use crate::fronts::tui::app::AppSettings;
use crate::fronts::tui::app::screen::{CodeScreen, EndedScreen};
use crate::fronts::tui::field::{Field, Kind};
use crate::fronts::tui::msg::{Capabilities, Command};
use crate::text::Language;

/// After so long without a key the operator is signed out.
pub(super) const IDLE: Duration = Duration::from_secs(600);

/// One operator's desk: what it shows and what it makes of keys. It does no I/O and reads no
/// clock.
pub struct DeskApp {
    pub(super) settings: AppSettings,
    pub(super) capabilities: Capabilities,
    pub(super) size: (u16, u16),
    pub(super) language: Language,
    pub(super) outage: Outage,
    pub(super) screen: Screen,
    /// Open, and so many lines of it are scrolled away.
    pub(super) help: Option<u16>,
    pub(super) login: Field,
    /// Whose key has led here, if one has.
    pub(super) named: String,
    pub(super) powers: Option<Powers>,
    pub(super) list: List,
    /// The person who is open.
    pub(super) file: Option<Box<PersonFile>>,
    /// What is begun.
    pub(super) action: DeskAction,
    /// Its ticket.
    pub(super) ticket: String,
    /// A visit was begun.
    pub(super) begun: bool,
    /// Esc was pressed where the next one signs out.
    pub(super) leaving: bool,
    pub(super) last_input: Duration,
}

/// The one screen that is shown.
pub(super) enum Screen {
    /// The operator's login name.
    Login(Option<Refusal>, bool),
    /// It is looked up.
    LookingUp(Option<Timestamp>),
    /// The operator's own code.
    SignIn(CodeScreen),
    /// The search and what it found.
    List(Option<DeskRefusal>),
    /// Somebody.
    Person(Option<DeskRefusal>),
    /// The code that the employee reads out.
    Code(CodeScreen),
    /// A second operator is waited for.
    Waiting(Timestamp),
    /// What the employee shall get; whether there can be a link, and which is chosen.
    Choose {
        link: bool,
        at: usize,
    },
    Given {
        gift: Gift,
        told: bool,
    },
    /// The account is unlocked; whether its employee was told.
    Unlocked(bool),
    Approvals {
        lines: Vec<ApprovalLine>,
        at: usize,
        refusal: Option<DeskRefusal>,
    },
    Busy,
    Ended(EndedScreen),
}

/// The search.
pub(super) struct List {
    pub(super) query: Field,
    /// The focus is in the field.
    pub(super) typing: bool,
    /// `None`: nothing was looked for yet.
    pub(super) sought: Option<Sought>,
    pub(super) at: usize,
}

impl DeskApp {
    /// A desk that asks who is there.
    pub fn new(settings: AppSettings) -> Self {
        Self {
            capabilities: settings.capabilities,
            size: settings.size,
            language: Language::choose(None, &settings.languages),
            settings,
            outage: Outage::default(),
            screen: Screen::Login(None, false),
            help: None,
            login: Field::new(Kind::Text),
            named: String::new(),
            powers: None,
            list: List {
                query: Field::new(Kind::Text),
                typing: true,
                sought: None,
                at: 0,
            },
            file: None,
            action: DeskAction::Password,
            ticket: String::new(),
            begun: false,
            leaving: false,
            last_input: Duration::ZERO,
        }
    }

    /// A desk for somebody whose key has named them: the login name stands there already.
    pub fn of(settings: AppSettings, operator: &Operator) -> Self {
        let mut desk = Self::new(settings);
        desk.named.clone_from(&operator.login);
        desk.forget_login();
        desk
    }

    /// The login field is as it was at the beginning.
    pub(super) fn forget_login(&mut self) {
        self.login.clear();
        self.login.paste(&self.named);
    }

    pub(super) fn on_prompt(&mut self, prompt: Prompt, now: Now) {
        match prompt {
            Prompt::Desk(prompt) => self.on_desk(prompt),
            Prompt::Login { refusal } => self.go(Screen::Login(refusal, false)),
            Prompt::LookingUp { slowed_until } => self.go(Screen::LookingUp(slowed_until)),
            code @ Prompt::Code { .. } => self.on_code(code, now),
            Prompt::Ended { refusal, reference } => self.go(Screen::Ended(EndedScreen {
                refusal,
                reference,
                since: now.mono,
            })),
            Prompt::Reading | Prompt::Working(_) | Prompt::Unlocking => self.go(Screen::Busy),
            Prompt::Unlocked { told, .. } => self.go(Screen::Unlocked(told == Step::Ok)),
            // No reset at the desk asks for a password or shows that it was typed.
            Prompt::NewPassword { .. } | Prompt::Frozen { .. } | Prompt::Done { .. } => {}
            #[allow(unreachable_patterns, reason = "prompts of other fronts")]
            _ => {}
        }
    }

    fn on_desk(&mut self, prompt: DeskPrompt) {
        match prompt {
            DeskPrompt::SignedIn(powers) => {
                powers.login().clone_into(&mut self.settings.kiosk_name);
                self.powers = Some(powers);
                self.forget_login();
                self.go(Screen::List(None));
            }
            DeskPrompt::Found(sought) => {
                self.list.typing = sought.people.is_empty();
                self.list.at = 0;
                self.list.sought = Some(sought);
                self.go(Screen::List(None));
            }
            DeskPrompt::Person(file, refusal) => {
                self.file = Some(file);
                self.go(Screen::Person(refusal));
            }
            DeskPrompt::Begun { action, ticket } => {
                self.action = action;
                self.ticket = ticket;
                self.go(Screen::Busy);
            }
            DeskPrompt::WaitsForApproval {
                action,
                ticket,
                until,
            } => {
                self.action = action;
                self.ticket = ticket;
                self.go(Screen::Waiting(until));
            }
            DeskPrompt::Choose { ticket, link } => {
                self.ticket = ticket;
                self.go(Screen::Choose { link, at: 0 });
            }
            DeskPrompt::Given { gift, told, ticket } => {
                self.ticket = ticket;
                self.go(Screen::Given { gift, told });
            }
            DeskPrompt::Approvals(lines, refusal) => {
                let at = match self.screen {
                    Screen::Approvals { at, .. } => at.min(lines.len().saturating_sub(1)),
                    _ => 0,
                };
                self.go(Screen::Approvals { lines, at, refusal });
            }
            DeskPrompt::Busy => self.go(Screen::Busy),
            DeskPrompt::Refused(refusal) => {
                // A person who cannot be read any more is shown no more.
                self.file = None;
                self.go(Screen::List(Some(refusal)));
            }
        }
    }

    pub(super) fn go(&mut self, screen: Screen) {
        self.leaving = false;
        self.screen = screen;
    }

    fn on_code(&mut self, prompt: Prompt, now: Now) {
        let before = match std::mem::replace(&mut self.screen, Screen::Busy) {
            Screen::Code(code) | Screen::SignIn(code) => Some(code),
            _ => None,
        };
        let digits = self.settings.code_digits;
        let Some(code) = CodeScreen::prompted(before, prompt, digits, now) else {
            return;
        };
        let screen = if self.powers.is_some() {
            Screen::Code(code)
        } else {
            Screen::SignIn(code)
        };
        self.go(screen);
    }

    pub(super) fn ask(out: &mut Vec<Command>, input: DeskInput) {
        out.push(Command::Flow(Input::Desk(input)));
    }

    /// The operator is signed out: nothing of the visit stays.
    pub(super) fn sign_out(&mut self, out: &mut Vec<Command>) {
        out.push(Command::Flow(Input::Abandon));
        out.push(Command::EndVisit);
        self.screen = Screen::Login(None, false);
        self.powers = None;
        self.file = None;
        self.list.sought = None;
        self.list.query.clear();
        self.forget_login();
    }
}
