//! Breaking out: hostile text on the screen, and keys that would lead somewhere else.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui_core::backend::TestBackend;
use ratatui_core::terminal::Terminal;
use rekey::domain::account::PasswordAge;
use rekey::domain::policy::{DirectoryPolicy, Policy, SitePolicy};
use rekey::domain::time::{Now, Timestamp};
use rekey::flow::ports::DirectoryRefusal;
use rekey::flow::prompt::{Prompt, Refusal};
use rekey::fronts::tui::app::{Access, App, AppSettings, ChatPasswords, DemoHint};
use rekey::fronts::tui::event::{Key, KeyCode, TermEvent};
use rekey::fronts::tui::msg::{Capabilities, Colour, Command, Msg, PhoneMessage};
use rekey::text::{Language, Texts};
use zeroize::Zeroizing;

const NOW: Now = Now {
    wall: Timestamp::from_secs(1_795_337_700),
    mono: Duration::from_secs(10),
};

/// Names and answers as somebody would choose them who may write them.
const HOSTILE: [&str; 9] = [
    "Lin\u{1B}[2J\u{1B}[H\u{1B}[31m Wei",
    "Lin\u{1B}]0;owned\u{7}\u{1B}]52;c;cm0gLXJmIC8=\u{1B}\\Wei",
    "Lin\u{9B}2J\u{9D}0;owned\u{9C}Wei",
    "Lin\u{1B}P1$q\u{1B}\\\u{90}+q544e\u{9C}Wei",
    "admin\u{202E}nimda\u{2066}\u{2069}\u{200F}\u{61C}",
    "Lin\r\n\t\u{8}\u{8}\u{8}\u{7F}\u{0}Wei\u{85}\u{2028}\u{2029}",
    "Lin\u{1B}[6n\u{1B}[c\u{5}\u{1B}[?1049l\u{1B}c",
    "L\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}in",
    "\u{FEFF}\u{200B}\u{E0041}\u{FFF9}Lin\u{FFFB}\u{180E}\u{3164}",
];

fn app(demo: bool) -> App {
    App::new(AppSettings {
        site_name: "Contoso".to_owned(),
        host: "reset.contoso.example".to_owned(),
        kiosk_name: "lobby-1".to_owned(),
        languages: vec![Language::English, Language::Chinese, Language::Indonesian],
        it_phone: Some("8000".to_owned()),
        it_hours: None,
        texts: Arc::new(Texts::load()),
        capabilities: Capabilities {
            colour: Colour::Sixteen,
            utf8: true,
            half_blocks: true,
            lines: true,
            chinese: true,
        },
        size: (120, 40),
        access: Access::Kiosk,
        chat_passwords: ChatPasswords::Temporary,
        code_digits: 6,
        code_lifetime: Duration::from_secs(300),
        idle: Duration::from_secs(60),
        clock_lag: std::time::Duration::ZERO,
        timezone: TimeZone::UTC,
        demo: demo.then(|| DemoHint {
            login: "lin.wei".to_owned(),
            phone_url: "http://127.0.0.1:1/phone".to_owned(),
            ldap_url: "ldap://127.0.0.1:2".to_owned(),
        }),
    })
}

/// Draws, and finds nothing dangerous in any cell. Returns the text.
fn drawn(app: &App) -> String {
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    terminal.draw(|frame| app.draw(frame, NOW)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for cell in buffer.content() {
        for c in cell.symbol().chars() {
            let turns = matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E0FFF}');
            assert!(
                !c.is_control() && !turns,
                "U+{:04X} is on the screen",
                u32::from(c)
            );
        }
        text.push_str(cell.symbol());
    }
    text
}

fn policy() -> Arc<Policy> {
    let site = SitePolicy {
        max_age: Duration::from_secs(120 * 86_400),
        min_length: 12,
        min_strength: 3,
        words: HOSTILE.map(str::to_owned).to_vec(),
    };
    let person_words = HOSTILE.map(str::to_owned).to_vec();
    Arc::new(Policy {
        directory: DirectoryPolicy::default(),
        site,
        person_words,
        old: None,
    })
}

/// Every prompt in which text from outside travels.
fn prompts(hostile: &str) -> Vec<Prompt> {
    let refusal = Refusal::ByDirectory {
        why: DirectoryRefusal::Other(hostile.to_owned()),
        remembers: None,
    };
    vec![
        Prompt::NewPassword {
            login: hostile.to_owned(),
            policy: policy(),
            age: PasswordAge::default(),
            expires_at: None,
            refusal: Some(refusal.clone()),
            language: None,
            busy: false,
        },
        Prompt::Ended {
            refusal,
            reference: "ABCD".to_owned(),
        },
    ]
}

fn key(app: &mut App, code: KeyCode) -> Vec<Command> {
    app.update(Msg::Term(TermEvent::Key(Key::plain(code))), NOW)
}

/// Opens method 3 and lets a reset begin.
fn at_login() -> App {
    let mut app = app(false);
    key(&mut app, KeyCode::Char('3'));
    app.update(Msg::Prompt(Prompt::Login { refusal: None }), NOW);
    app
}

#[test]
fn cve_2020_11552_breakout_by_the_directorys_words() {
    for hostile in HOSTILE {
        for prompt in prompts(hostile) {
            let mut app = at_login();
            app.update(Msg::Prompt(prompt), NOW);
            for _ in Language::ALL {
                let text = drawn(&app);
                let marks = text.chars().filter(|c| ('\u{300}'..='\u{310}').contains(c));
                assert!(marks.count() <= 6, "a tower of marks: {text}");
                assert!(!text.contains("owned") && !text.contains("[2J"), "{text}");
                key(&mut app, KeyCode::F(2));
            }
        }
    }
}

#[test]
fn cve_2020_11552_breakout_by_what_is_typed_or_pasted() {
    for hostile in HOSTILE {
        let mut app = at_login();
        let paste = rekey::fronts::tui::event::Pasted(Zeroizing::new(hostile.to_owned()));
        app.update(Msg::Term(TermEvent::Paste(paste)), NOW);
        for c in hostile.chars() {
            key(&mut app, KeyCode::Char(c));
        }
        drawn(&app);
        let mut app = at_login();
        app.update(Msg::Prompt(prompts("").remove(0)), NOW);
        key(&mut app, KeyCode::F(3));
        let paste = rekey::fronts::tui::event::Pasted(Zeroizing::new(hostile.to_owned()));
        app.update(Msg::Term(TermEvent::Paste(paste)), NOW);
        drawn(&app);
    }
}

#[test]
fn cve_2020_11552_breakout_by_a_message_on_the_demos_phone() {
    let mut app = app(true);
    key(&mut app, KeyCode::F(9));
    for hostile in HOSTILE {
        let message = PhoneMessage {
            to: hostile.to_owned(),
            text: format!("{hostile} {hostile}"),
            at: NOW.wall,
        };
        app.update(Msg::Phone(vec![message; 5]), NOW);
        drawn(&app);
    }
}

/// Interrupt, stop, quit, end of file, help, tabs: at a kiosk no key leads out of the program, nor
/// to anything but the menu.
#[test]
fn cve_2020_11552_breakout_by_keys() {
    let mut codes: Vec<KeyCode> = (' '..='~').map(KeyCode::Char).collect();
    codes.extend((1..=12).map(KeyCode::F));
    codes.extend([
        KeyCode::Enter,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Esc,
        KeyCode::Delete,
        KeyCode::Backspace,
        KeyCode::Insert,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
    ]);
    let starts: [fn() -> App; 2] = [|| app(false), at_login];
    for start in starts {
        for code in &codes {
            for (ctrl, alt) in [(false, false), (true, false), (false, true), (true, true)] {
                let mut app = start();
                let key = Key {
                    ctrl,
                    alt,
                    ..Key::plain(*code)
                };
                for _ in 0..3 {
                    let commands = app.update(Msg::Term(TermEvent::Key(key)), NOW);
                    let quits = commands.iter().any(|c| matches!(c, Command::Quit));
                    let phone = commands.iter().any(|c| matches!(c, Command::ReadPhone));
                    assert!(!quits && !phone, "{code:?} ctrl {ctrl} alt {alt} leads out");
                }
                drawn(&app);
            }
        }
    }
}
