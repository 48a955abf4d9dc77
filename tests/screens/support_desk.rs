//! IT support's desk: what happens when an operator presses keys, and every screen of it in every
//! language at three sizes.

use std::sync::Arc;
use std::time::Duration;

use ratatui_core::backend::TestBackend;
use ratatui_core::layout::Rect;
use ratatui_core::terminal::{Terminal, TerminalOptions, Viewport};
use rekey::domain::account::{
    Account, AccountKey, EntryDn, LoginName, PasswordAge, Standing, WecomUserId,
};
use rekey::domain::audit::AuditRecord;
use rekey::domain::code::{CodeRules, DeskAction, Judgement, Place, ResetId, Subject};
use rekey::domain::operator::{Operator, Operators, Role};
use rekey::domain::secret::CodeDigits;
use rekey::domain::throttle::Permission;
use rekey::domain::time::{Now, Timestamp};
use rekey::flow::desk::{
    ApprovalLine, DeskInput, DeskPrompt, DeskRefusal, Gift, PersonFile, PersonLine, Sought,
};
use rekey::flow::effect::{Answer, Effect, Event, Input, Timer};
use rekey::flow::ports::Entropy;
use rekey::flow::prompt::{Prompt, Refusal, Step};
use rekey::flow::reset::{Reset, Setup};
use rekey::fronts::desk::DeskApp;
use rekey::fronts::tui::app::AppSettings;
use rekey::fronts::tui::event::{Key, KeyCode, TermEvent};
use rekey::fronts::tui::msg::{Command, Msg};
use rekey::fronts::tui::runtime::Face as _;
use rekey::text::Language;

use crate::desk_of_tests::{code_prompt, policy, settings, text_of};
use crate::scenes;

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 15), (120, 40)];

struct Desk {
    app: DeskApp,
    now: Now,
    commands: Vec<Command>,
}

impl Desk {
    fn new(settings: AppSettings) -> Self {
        let mut desk = Self {
            app: DeskApp::new(settings),
            now: Now {
                wall: Timestamp::from_secs(1_795_424_100),
                mono: Duration::from_secs(1_000),
            },
            commands: Vec::new(),
        };
        desk.send(Msg::Tick);
        desk
    }

    fn send(&mut self, msg: Msg) -> &mut Self {
        self.commands = self.app.update(msg, self.now);
        self
    }

    fn shows(&mut self, prompt: DeskPrompt) -> &mut Self {
        self.send(Msg::Prompt(Prompt::Desk(prompt)))
    }

    fn press(&mut self, code: KeyCode) -> &mut Self {
        self.send(Msg::Term(TermEvent::Key(Key::plain(code))))
    }

    fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.press(KeyCode::Char(c));
        }
        self
    }

    /// What the visit was asked for last.
    fn asked(&self) -> Vec<&DeskInput> {
        let inputs = self.commands.iter().filter_map(|command| match command {
            Command::Flow(Input::Desk(input)) => Some(input),
            _ => None,
        });
        inputs.collect()
    }

    fn picture(&self, cols: u16, rows: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(cols, rows)).unwrap();
        terminal
            .draw(|frame| {
                let cursor = self.app.draw(frame.buffer_mut(), self.now);
                if let Some(cursor) = cursor {
                    frame.set_cursor_position(cursor);
                }
            })
            .unwrap();
        let cursor = terminal.get_cursor_position().unwrap();
        let text = text_of(terminal.backend().buffer());
        format!("{cols}x{rows}, cursor at {},{}\n{text}", cursor.x, cursor.y)
    }

    fn draw(&self, cols: u16, rows: u16) {
        let window = TerminalOptions {
            viewport: Viewport::Fixed(Rect::new(0, 0, cols, rows)),
        };
        let mut terminal = Terminal::with_options(TestBackend::new(1, 1), window).unwrap();
        self.app.draw(terminal.get_frame().buffer_mut(), self.now);
    }
}

#[test]
fn the_whole_help_can_be_read_on_a_small_terminal() {
    let mut desk = Desk::new(settings());
    desk.press(KeyCode::F(1));
    let first = desk.picture(40, 15);
    assert!(first.contains("More: arrow down") && !first.contains("sign out"));
    desk.press(KeyCode::PageDown).press(KeyCode::Down);
    let last = desk.picture(40, 15);
    assert!(last.contains("sign out"), "{last}");
    assert!(!last.contains("More: arrow down"), "{last}");
    desk.press(KeyCode::PageUp).press(KeyCode::Up);
    assert_eq!(desk.picture(40, 15), first);
    desk.press(KeyCode::Esc);
    assert!(!desk.picture(40, 15).contains("You begin"));
}

struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// wang.min, a helper, as the engine lets somebody sign in: there is no other way.
fn signed_in(now: Now) -> DeskPrompt {
    let operators = Operators::new(vec![Operator {
        login: "wang.min".to_owned(),
        role: Role::Helper,
    }]);
    let setup = Setup {
        reset: ResetId::from_bytes([7; 16]),
        place: Place {
            front: "desk",
            kiosk: String::new(),
        },
        code: CodeRules {
            digits: 6,
            lifetime: Duration::from_secs(300),
            tries: 5,
        },
        site: policy().site.clone(),
    };
    let account = Account {
        key: AccountKey::new("wang.min"),
        dn: EntryDn::new("uid=wang.min".to_owned()),
        login: "wang.min".to_owned(),
        display_name: "Wang Min".to_owned(),
        person_words: Vec::new(),
        wecom: WecomUserId::parse("WangMin"),
        language: None,
        standing: Standing::Eligible,
        age: PasswordAge::default(),
        demands: policy().directory.clone(),
    };
    let (mut reset, _) = Reset::begin_sign_in(setup, Arc::new(operators));
    let code = CodeDigits::parse("482913", 6).unwrap();
    let login = LoginName::parse("wang.min").unwrap();
    let mut effects = Vec::new();
    for event in [
        Event::Input(Input::Login(login)),
        Event::Answer(Answer::KioskAttempt(Ok(Permission::Now))),
        Event::Answer(Answer::LookedUp {
            account: Ok(Some(Box::new(account))),
            nobody: Subject::Nobody(String::new()),
            channel: Ok(()),
        }),
        Event::Answer(Answer::Timer(Timer::Answer)),
        Event::Input(Input::Code(code)),
        Event::Answer(Answer::KioskAttempt(Ok(Permission::Now))),
        Event::Answer(Answer::Judged(Ok(Judgement::Right))),
    ] {
        effects = reset.step(now, &Sevens, event);
    }
    let shown = effects.into_iter().find_map(|effect| match effect {
        Effect::Show(Prompt::Desk(prompt)) => Some(prompt),
        _ => None,
    });
    shown.expect("signed in")
}

fn line(login: &str, name: &str, wecom: &str) -> PersonLine {
    PersonLine {
        key: AccountKey::new(login),
        dn: EntryDn::new(format!("uid={login}")),
        login: login.to_owned(),
        name: name.to_owned(),
        wecom: wecom.to_owned(),
    }
}

fn people() -> DeskPrompt {
    DeskPrompt::Found(Sought {
        people: vec![
            line("lin.wei", "林薇", "LinWei"),
            line("lina.hartono", "Lina Hartono", "LinaHartono"),
            line("linus", "Linus Okafor", ""),
        ],
        more: true,
    })
}

fn record(event: &str, result: &str, front: &str, kiosk: &str, minutes: i64) -> AuditRecord {
    AuditRecord {
        seq: 1,
        time: 1_795_424_100_000 - minutes * 60_000,
        event: event.to_owned(),
        reset: "00".to_owned(),
        account: "lin.wei".to_owned(),
        front: front.to_owned(),
        kiosk: kiosk.to_owned(),
        result: result.to_owned(),
        mac: String::new(),
    }
}

fn person(now: Now) -> PersonFile {
    let day = Duration::from_secs(86_400);
    PersonFile {
        line: line("lin.wei", "林薇", "LinWei"),
        reachable: true,
        standing: Standing::Eligible,
        age: PasswordAge {
            locked: true,
            ..PasswordAge::default()
        },
        expires_at: Some(now.wall.plus(3 * day)),
        frozen_until: None,
        last_reset: Some(now.wall.minus(117 * day)),
        own: false,
        records: vec![
            record("code_judged", "wrong", "kiosk", "lobby-1", 4),
            record("code_sent", "sent", "kiosk", "lobby-1", 5),
            record("reset_started", "code_due", "kiosk", "lobby-1", 5),
            record("handed_over", "link", "desk", "wang.min", 9_000),
        ],
    }
}

/// Up to the person, through what only the engine could say otherwise.
fn at_person(settings: AppSettings) -> Desk {
    let mut desk = Desk::new(settings);
    let file = Box::new(person(desk.now));
    let powers = signed_in(desk.now);
    desk.shows(powers).shows(people());
    desk.shows(DeskPrompt::Person(file, None));
    desk
}

fn at_list(settings: AppSettings) -> Desk {
    let mut desk = Desk::new(settings);
    let powers = signed_in(desk.now);
    desk.shows(powers);
    desk
}

/// A code for unlocking is on its way.
fn unlocking(settings: AppSettings) -> Desk {
    let mut desk = at_person(settings);
    let (action, ticket) = (DeskAction::Unlock, "K4T9".to_owned());
    desk.shows(DeskPrompt::Begun { action, ticket });
    desk
}

fn begun(settings: AppSettings) -> Desk {
    let mut desk = at_person(settings);
    let (action, ticket) = (DeskAction::Password, "K4T9".to_owned());
    desk.shows(DeskPrompt::Begun { action, ticket });
    desk
}

type Scene = fn(AppSettings) -> Desk;

fn all() -> Vec<(&'static str, Scene)> {
    vec![
        ("desk_login", Desk::new),
        ("desk_search", |settings| {
            let mut desk = at_list(settings);
            desk.shows(DeskPrompt::Refused(DeskRefusal::DirectoryDown));
            desk
        }),
        ("desk_found", |settings| {
            let mut desk = at_list(settings);
            desk.shows(people());
            desk
        }),
        ("desk_person", at_person),
        ("desk_person_frozen", |settings| {
            let mut desk = at_person(settings);
            let file = PersonFile {
                standing: Standing::Guarded,
                frozen_until: Some(desk.now.wall.plus(Duration::from_secs(3_600))),
                age: PasswordAge::default(),
                records: Vec::new(),
                ..person(desk.now)
            };
            let refusal = Some(DeskRefusal::Frozen);
            desk.shows(DeskPrompt::Person(Box::new(file), refusal));
            desk
        }),
        ("desk_code", |settings| {
            let mut desk = begun(settings);
            let prompt = code_prompt(desk.now);
            desk.send(Msg::Prompt(prompt)).types("482");
            desk
        }),
        ("desk_code_not_sent", |settings| {
            let mut desk = begun(settings);
            let mut prompt = code_prompt(desk.now);
            if let Prompt::Code { refusal, .. } = &mut prompt {
                *refusal = Some(Refusal::NotReached);
            }
            desk.send(Msg::Prompt(prompt));
            desk
        }),
        ("desk_not_locked", |settings| {
            let mut desk = at_person(settings);
            let file = PersonFile {
                age: PasswordAge::default(),
                ..person(desk.now)
            };
            let refusal = Some(DeskRefusal::NotLocked);
            desk.shows(DeskPrompt::Person(Box::new(file), refusal));
            desk
        }),
        ("desk_unlock_code", |settings| {
            let mut desk = unlocking(settings);
            let prompt = code_prompt(desk.now);
            desk.send(Msg::Prompt(prompt)).types("482");
            desk
        }),
        ("desk_unlocked", |settings| {
            let mut desk = unlocking(settings);
            desk.send(Msg::Prompt(Prompt::Unlocked {
                told: Step::No,
                reference: "K4T9".to_owned(),
            }));
            desk
        }),
        ("desk_waiting", |settings| {
            let mut desk = at_person(settings);
            let until = desk.now.wall.plus(Duration::from_secs(600));
            let (action, ticket) = (DeskAction::Password, "K4T9".to_owned());
            desk.shows(DeskPrompt::WaitsForApproval {
                action,
                ticket,
                until,
            });
            desk
        }),
        ("desk_choose", |settings| {
            let mut desk = begun(settings);
            let ticket = "K4T9".to_owned();
            desk.shows(DeskPrompt::Choose { ticket, link: true });
            desk
        }),
        ("desk_given", |settings| {
            let mut desk = begun(settings);
            desk.shows(DeskPrompt::Given {
                gift: Gift::Temporary,
                told: true,
                ticket: "K4T9".to_owned(),
            });
            desk
        }),
        ("desk_approvals", |settings| {
            let mut desk = at_list(settings);
            let until = desk.now.wall.plus(Duration::from_secs(540));
            let lines = [
                ("ada.admin", DeskAction::Password, true),
                ("li.na", DeskAction::Unlock, false),
            ];
            let lines = lines.map(|(employee, action, theirs)| ApprovalLine {
                reset: ResetId::from_bytes([7; 16]),
                employee: employee.to_owned(),
                operator: "wang.min".to_owned(),
                action,
                until,
                theirs_to_approve: theirs,
            });
            desk.shows(DeskPrompt::Approvals(lines.to_vec(), None));
            desk
        }),
        ("desk_ended", |settings| {
            let mut desk = begun(settings);
            desk.send(Msg::Prompt(Prompt::Ended {
                refusal: Refusal::Objected,
                reference: "K4T9".to_owned(),
            }));
            desk
        }),
        ("desk_help", |settings| {
            let mut desk = at_person(settings);
            desk.press(KeyCode::F(1));
            desk
        }),
    ]
}

fn check(language: Language) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, scene) in all() {
            let desk = scene(scenes::in_language(language));
            let pictures: Vec<String> = SIZES
                .iter()
                .map(|(cols, rows)| desk.picture(*cols, *rows))
                .collect();
            insta::assert_snapshot!(format!("{name}.{}", language.tag()), pictures.join("\n"));
        }
    });
}

#[test]
fn the_desk_in_english() {
    check(Language::English);
}

#[test]
fn the_desk_in_chinese() {
    check(Language::Chinese);
}

#[test]
fn the_desk_in_indonesian() {
    check(Language::Indonesian);
}

#[test]
fn every_size_of_the_desk_draws() {
    for (_, scene) in all() {
        let desk = scene(settings());
        for cols in (1..=200).step_by(7) {
            for rows in (1..=60).step_by(3) {
                desk.draw(cols, rows);
            }
        }
    }
}

#[test]
fn the_helper_types_the_code_and_enter_is_never_a_try() {
    let mut desk = begun(settings());
    let prompt = code_prompt(desk.now);
    desk.send(Msg::Prompt(prompt));
    desk.press(KeyCode::Enter);
    assert!(desk.commands.is_empty());
    desk.types("482913");
    assert!(
        matches!(&desk.commands[..], [Command::Flow(Input::Code(code))] if code.expose() == "482913")
    );
    desk.types("1").press(KeyCode::Enter);
    assert!(desk.commands.is_empty());
}

#[test]
fn arrows_and_enter_open_somebody_and_letters_are_text_in_the_field() {
    let mut desk = at_list(settings());
    desk.shows(people())
        .press(KeyCode::Down)
        .press(KeyCode::Enter);
    assert!(
        matches!(desk.asked()[..], [DeskInput::Open(key, _)] if key.as_str() == "lina.hartono")
    );
    desk.types("/").types("acfu");
    assert!(desk.asked().is_empty());
    desk.press(KeyCode::Enter);
    assert!(matches!(desk.asked()[..], [DeskInput::Search(text)] if text.as_str() == "acfu"));
}

#[test]
fn esc_leaves_step_by_step_and_signs_out_only_when_pressed_again() {
    let mut desk = at_person(settings());
    desk.press(KeyCode::Esc).press(KeyCode::Esc);
    assert!(desk.commands.is_empty());
    assert!(desk.picture(80, 24).contains("Esc again signs you out"));
    desk.press(KeyCode::Esc);
    assert!(matches!(desk.commands[..], [_, Command::EndVisit]));
}

#[test]
fn u_asks_for_a_code_that_unlocks_locked_or_not_and_for_nobody_who_may_not() {
    let unlock = [&DeskInput::SendCode(DeskAction::Unlock)];
    let mut desk = at_person(settings());
    assert!(desk.picture(80, 24).contains("u unlock"));
    desk.types("u");
    assert_eq!(desk.asked(), unlock);
    // Without a lock the line does not offer it; the answer to the key says why.
    let open = PersonFile {
        age: PasswordAge::default(),
        ..person(desk.now)
    };
    desk.shows(DeskPrompt::Person(Box::new(open.clone()), None));
    assert!(!desk.picture(80, 24).contains("u unlock"));
    desk.types("u");
    assert_eq!(desk.asked(), unlock);
    let own = PersonFile { own: true, ..open };
    desk.shows(DeskPrompt::Person(Box::new(own), None))
        .types("u");
    assert!(desk.asked().is_empty());
}
