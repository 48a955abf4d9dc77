//! What happens when people press keys.

use std::time::Duration;

use proptest::prelude::*;
use rekey::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal, Step};
use rekey::fronts::tui::event::{Key, KeyCode, Pasted, TermEvent};
use rekey::fronts::tui::msg::{Command, Msg};
use rekey::text::Language;
use zeroize::Zeroizing;

use crate::desk_of_tests::{Kiosk, code_prompt, demo, password_prompt, settings};
use crate::scenes::{self, assessed, assessed_at_once};

const GOOD: &str = "Harbour lemon 7 tractor";

#[test]
fn lin_wei_sets_a_new_password_from_menu_to_menu() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.types("3");
    assert_eq!(kiosk.handed_in(), ["begin"]);
    kiosk.types("lin.wei").press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), ["login lin.wei"]);
    kiosk.prompt(code_prompt(kiosk.now)).types("482913");
    assert_eq!(kiosk.handed_in(), ["code 482913"]);
    kiosk.prompt(password_prompt(None, false, kiosk.now));
    kiosk.types(GOOD).press(KeyCode::Enter).types(GOOD);
    kiosk.press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), [format!("password {GOOD}")]);
    kiosk.prompt(done(Step::Wait));
    assert!(kiosk.shows("Back to the start in 15 s"));
    kiosk.wait(14);
    assert!(kiosk.handed_in().is_empty());
    kiosk.wait(1);
    assert_eq!(kiosk.handed_in(), ["end"]);
    assert!(kiosk.shows("1  WeCom Workspace"));
}

fn done(told: Step) -> Prompt {
    Prompt::Done {
        progress: Progress {
            changed: Step::Ok,
            proved: Step::Ok,
            told,
        },
        proof: ProofOfChange::Bind,
        expires_at: None,
        reference: "K4T9".into(),
    }
}

#[test]
fn the_last_screen_does_not_stay_longer_for_wecoms_answer() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.types("3").prompt(done(Step::Wait)).wait(10);
    kiosk.prompt(done(Step::Ok)).wait(5);
    assert_eq!(kiosk.handed_in(), ["end"]);
}

#[test]
fn enter_in_an_empty_code_field_is_never_a_try() {
    let mut kiosk = scenes::code(settings());
    for _ in 0..5 {
        kiosk.press(KeyCode::Enter);
        assert!(kiosk.handed_in().is_empty());
    }
    kiosk.types("48291").press(KeyCode::Enter);
    assert!(kiosk.handed_in().is_empty());
}

#[test]
fn a_code_is_handed_in_once_at_its_last_digit() {
    let mut kiosk = scenes::code(settings());
    kiosk.types("4829137");
    assert_eq!(kiosk.handed_in(), ["code 482913"]);
    kiosk.press(KeyCode::Enter);
    assert!(kiosk.handed_in().is_empty());
    kiosk.pastes("111111");
    assert!(kiosk.handed_in().is_empty());
    // Judged wrong: the field is empty again, and Enter is still no try.
    let Prompt::Code {
        expires_at,
        resend_at,
        ..
    } = code_prompt(kiosk.now)
    else {
        unreachable!()
    };
    kiosk.prompt(Prompt::Code {
        expires_at,
        resend_at,
        judging: false,
        refusal: Some(Refusal::CodeWrong { left: 4 }),
        slowed_until: None,
    });
    assert!(kiosk.shows("_ _ _   _ _ _"));
    kiosk.press(KeyCode::Enter);
    assert!(kiosk.handed_in().is_empty());
    kiosk.types("482914");
    assert_eq!(kiosk.handed_in(), ["code 482914"]);
}

#[test]
fn a_scan_opens_the_number_field_and_esc_leads_to_the_next_picture() {
    let mut kiosk = scenes::code_scanned(settings());
    assert!(kiosk.shows("Your phone shows 6 digits"));
    // No message was sent, so none can be asked for.
    kiosk.wait(120);
    kiosk.press(KeyCode::F(4));
    assert!(kiosk.handed_in().is_empty());
    kiosk.types("482913");
    assert_eq!(kiosk.handed_in(), ["code 482913"]);

    let mut kiosk = scenes::code_scanned(settings());
    kiosk.press(KeyCode::Esc);
    assert_eq!(kiosk.handed_in(), ["abandon"]);
    assert!(
        kiosk
            .commands
            .iter()
            .any(|command| matches!(command, Command::NewPicture)),
        "the one that was scanned is used up"
    );
    assert!(kiosk.shows("Choose a way."));
}

#[test]
fn a_pasted_code_is_read_in_every_dress() {
    let mut kiosk = scenes::code(settings());
    kiosk.pastes("４８２-913\n");
    assert_eq!(kiosk.handed_in(), ["code 482913"]);
}

#[test]
fn a_pasted_line_end_never_submits() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.types("3").pastes("lin.wei\r\n");
    assert!(kiosk.handed_in().is_empty());
    assert!(kiosk.shows("lin.wei"));
    kiosk.pastes("\u{1B}[2Jattacker");
    assert!(!kiosk.shows("attacker"));
}

#[test]
fn another_code_is_reached_by_its_key_and_by_tab() {
    let mut kiosk = scenes::code(settings());
    kiosk.press(KeyCode::F(4));
    assert!(kiosk.handed_in().is_empty(), "not before its time");
    kiosk.wait(61).press(KeyCode::F(4));
    assert_eq!(kiosk.handed_in(), ["another code"]);
    kiosk.press(KeyCode::F(4));
    assert!(kiosk.handed_in().is_empty(), "once is enough");
    let mut kiosk = scenes::code(settings());
    kiosk.wait(61).press(KeyCode::Tab).press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), ["another code"]);
}

#[test]
fn f3_shows_the_password_and_it_hides_after_ten_seconds() {
    let mut kiosk = scenes::password(settings());
    assessed(&mut kiosk, GOOD);
    assert!(!kiosk.shows(GOOD));
    kiosk.press(KeyCode::F(3));
    assert!(kiosk.shows(GOOD));
    kiosk.wait(9);
    assert!(kiosk.shows(GOOD));
    kiosk.wait(1);
    assert!(!kiosk.shows(GOOD));
    kiosk.press(KeyCode::F(3)).press(KeyCode::F(3));
    assert!(!kiosk.shows(GOOD));
}

#[test]
fn two_different_passwords_are_told_at_the_field_and_kept() {
    let mut kiosk = scenes::password(settings());
    kiosk.types(GOOD).press(KeyCode::Enter).types("Harbour");
    kiosk.press(KeyCode::Enter);
    assert!(kiosk.handed_in().is_empty());
    assert!(kiosk.shows("not the same"));
    kiosk.types(" lemon 7 tractor").press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), [format!("password {GOOD}")]);
}

#[test]
fn an_older_verdict_never_replaces_a_newer_one() {
    let mut kiosk = scenes::password(settings());
    kiosk.types("wei");
    let first = kiosk.commands.iter().find_map(|command| match command {
        Command::Assess {
            generation,
            password,
            policy,
        } => Some((*generation, policy.report_live(password))),
        _ => None,
    });
    assessed(&mut kiosk, " anchor 7 Tractor lemon");
    assert!(kiosk.shows("Hard to guess"));
    let (generation, report) = first.expect("the first key asked");
    kiosk.send(Msg::Assessed { generation, report });
    assert!(kiosk.shows("Hard to guess"));
}

#[test]
fn advice_waits_for_a_pause_and_the_verdict_does_not() {
    let mut kiosk = scenes::password(settings());
    assessed_at_once(&mut kiosk, "aaaaaa");
    assert!(kiosk.shows("Easy to guess"));
    assert!(!kiosk.shows("It repeats one character."));
    assert!(kiosk.app.next_wake(kiosk.now) <= Some(Duration::from_millis(400)));
    kiosk.pause();
    assert!(kiosk.shows("It repeats one character."));
    assessed_at_once(&mut kiosk, " anchor 7 Tractor lemon");
    assert!(kiosk.shows("Hard to guess"));
    assert!(kiosk.shows("It repeats one character."));
    kiosk.pause();
    assert!(!kiosk.shows("It repeats one character."));
}

#[test]
fn what_can_be_counted_waits_for_no_verdict() {
    let mut kiosk = scenes::password(settings());
    assessed(&mut kiosk, "anchor lemo");
    assert!(kiosk.shows("no    12 characters or more (11)"));
    kiosk.types("n");
    assert!(kiosk.shows("OK    12 characters or more (12)"));
    kiosk.types(" 7 T");
    assert!(kiosk.shows("OK    12 characters or more (16)"));
}

#[test]
fn esc_twice_starts_over() {
    let mut kiosk = scenes::code(settings());
    kiosk.press(KeyCode::Esc);
    assert_eq!(kiosk.handed_in(), ["begin"]);
    assert!(kiosk.shows("lin.wei"), "the login name is kept");
    kiosk.press(KeyCode::Esc);
    assert_eq!(kiosk.handed_in(), ["abandon", "end"]);
    assert!(kiosk.shows("1  WeCom Workspace"));
    kiosk.types("3");
    assert!(!kiosk.shows("lin.wei"), "nothing of the visit is left");
}

#[test]
fn leaving_the_password_screen_is_asked_first() {
    let mut kiosk = scenes::password(settings());
    kiosk.press(KeyCode::Esc);
    assert!(kiosk.handed_in().is_empty());
    assert!(kiosk.shows("you need a new code"));
    kiosk.types("x");
    assert!(!kiosk.shows("you need a new code"));
    kiosk.wait(5).press(KeyCode::Esc);
    assert!(kiosk.handed_in().is_empty());
    kiosk.wait(5).press(KeyCode::Esc);
    assert_eq!(kiosk.handed_in(), ["abandon", "end"]);
}

#[test]
fn an_idle_visit_counts_down_and_any_key_ends_that() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.types("3lin").wait(59);
    assert!(!kiosk.shows("still there"));
    kiosk.wait(2);
    assert!(kiosk.shows("wiped in 19 s"));
    kiosk.types("x");
    assert!(!kiosk.shows("still there"));
    assert!(
        !kiosk.shows("linx"),
        "the key only says that somebody is there"
    );
    kiosk.wait(80);
    assert_eq!(kiosk.handed_in(), ["abandon", "end"]);
}

#[test]
fn the_code_screen_waits_as_long_as_the_code_works() {
    let mut kiosk = scenes::code(settings());
    kiosk.wait(299);
    assert!(!kiosk.shows("still there"));
    kiosk.wait(2);
    assert!(kiosk.shows("still there"));
}

#[test]
fn no_visit_is_longer_than_ten_minutes() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.types("3");
    let mut ended = false;
    for _ in 0..13 {
        kiosk.types("x").wait(50);
        ended |= kiosk.handed_in().contains(&"end".to_owned());
    }
    assert!(ended);
}

#[test]
fn nobody_at_the_menu_means_nothing_happens_there() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.press(KeyCode::Down).wait(3_600);
    assert!(kiosk.handed_in().is_empty());
    assert!(!kiosk.shows("still there"));
}

#[test]
fn the_picture_is_renewed_before_it_ends_and_gone_when_it_cannot_be() {
    let mut kiosk = Kiosk::new(settings());
    assert!(matches!(kiosk.commands[..], [Command::NewPicture]));
    kiosk.picture();
    kiosk.wait(51);
    assert!(kiosk.commands.is_empty());
    kiosk.wait(2);
    assert!(matches!(kiosk.commands[..], [Command::NewPicture]));
    assert!(kiosk.shows("7F3K 9Q2M"));
    kiosk.wait(8);
    assert!(!kiosk.shows("7F3K 9Q2M"));
}

#[test]
fn resizing_keeps_what_was_typed() {
    let mut kiosk = scenes::password(settings());
    kiosk
        .types(GOOD)
        .resize(10, 3)
        .resize(40, 15)
        .press(KeyCode::Enter);
    kiosk.types(GOOD).resize(200, 60).press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), [format!("password {GOOD}")]);
}

#[test]
fn control_keys_do_nothing_at_a_kiosk_and_quit_the_demo() {
    let mut kiosk = Kiosk::ready(settings());
    for c in ['c', 'z', '\\', 'd'] {
        kiosk.ctrl(c);
        assert!(kiosk.commands.is_empty());
    }
    let mut kiosk = Kiosk::ready(demo());
    assert_eq!(kiosk.ctrl('c').handed_in(), ["quit"]);
}

#[test]
fn every_bottom_key_and_method_can_be_clicked() {
    let mut kiosk = Kiosk::ready(settings());
    let screen = kiosk.screen();
    let find = |words: &str| {
        let (row, line) = screen
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(words))
            .unwrap();
        let column = line.chars().take_while(|_| true).collect::<String>();
        let at = column.find(words).unwrap();
        (column[..at].chars().count() as u16, row as u16)
    };
    let (help, method) = (find("F1 help"), find("3  IT support"));
    kiosk.click(help.0 + 1, help.1);
    assert!(kiosk.shows("Here you set a new password"));
    kiosk.press(KeyCode::Esc).click(method.0, method.1);
    assert_eq!(kiosk.handed_in(), ["begin"]);
    assert!(kiosk.shows("Login name"));
}

#[test]
fn f2_changes_everything_and_leaves_out_what_the_terminal_cannot_show() {
    let mut kiosk = Kiosk::ready(settings());
    assert!(kiosk.press(KeyCode::F(2)).shows("设置新密码"));
    assert!(kiosk.press(KeyCode::F(2)).shows("Buat kata sandi baru"));
    assert!(kiosk.press(KeyCode::F(2)).shows("Set a new password"));
    kiosk.send(Msg::Capabilities(rekey::fronts::tui::msg::Capabilities {
        chinese: false,
        ..crate::desk_of_tests::FULL
    }));
    assert!(!kiosk.shows("中文"));
    assert!(kiosk.press(KeyCode::F(2)).shows("Buat kata sandi baru"));
}

#[test]
fn a_reset_that_was_left_shows_nothing_any_more() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.types("3").press(KeyCode::Esc);
    kiosk.prompt(code_prompt(kiosk.now));
    assert!(kiosk.shows("1  WeCom Workspace"));
}

#[derive(Debug, Clone)]
enum Anything {
    Key(char, u8, bool, bool),
    Paste(String),
    Click(u16, u16),
    Resize(u16, u16),
    Wait(u64),
    Prompt(u8),
}

fn anything() -> impl Strategy<Value = Anything> {
    prop_oneof![
        8 => (any::<char>(), 0u8..40, any::<bool>(), any::<bool>())
            .prop_map(|(c, n, ctrl, alt)| Anything::Key(c, n, ctrl && alt, alt && n % 5 == 0)),
        1 => ".{0,40}".prop_map(Anything::Paste),
        1 => (0u16..210, 0u16..70).prop_map(|(x, y)| Anything::Click(x, y)),
        1 => (0u16..220, 0u16..80).prop_map(|(x, y)| Anything::Resize(x, y)),
        1 => (0u64..40).prop_map(Anything::Wait),
        2 => (0u8..8).prop_map(Anything::Prompt),
    ]
}

fn key(c: char, n: u8) -> KeyCode {
    match n {
        0 => KeyCode::Enter,
        1 => KeyCode::Tab,
        2 => KeyCode::BackTab,
        3 => KeyCode::Backspace,
        4 => KeyCode::Delete,
        5 => KeyCode::Esc,
        6 => KeyCode::Up,
        7 => KeyCode::Down,
        8 => KeyCode::Left,
        9 => KeyCode::Right,
        10 => KeyCode::Home,
        11 => KeyCode::End,
        12 => KeyCode::PageDown,
        13..=24 => KeyCode::F(n - 12),
        25..=30 => KeyCode::Char(char::from(b'0' + n % 10)),
        _ => KeyCode::Char(c),
    }
}

fn some_prompt(n: u8, kiosk: &Kiosk) -> Prompt {
    match n {
        0 => Prompt::Login { refusal: None },
        1 => Prompt::LookingUp { slowed_until: None },
        2 | 3 => code_prompt(kiosk.now),
        4 => Prompt::Reading,
        5 | 6 => password_prompt(None, false, kiosk.now),
        _ => done(Step::Wait),
    }
}

proptest! {
    // 100 runs of 100: ten thousand random events.
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_keys_never_panic_and_never_leave(
        events in proptest::collection::vec(anything(), 100)
    ) {
        let mut kiosk = Kiosk::ready(scenes::in_language(Language::Chinese));
        kiosk.types("3");
        let mut size = (80, 24);
        for event in events {
            match event {
                Anything::Key(c, n, ctrl, alt) => {
                    let key = Key { ctrl, alt, ..Key::plain(key(c, n)) };
                    kiosk.send(Msg::Term(TermEvent::Key(key)));
                }
                Anything::Paste(text) => {
                    kiosk.send(Msg::Term(TermEvent::Paste(Pasted(Zeroizing::new(text)))));
                }
                Anything::Click(x, y) => { kiosk.click(x, y); }
                Anything::Resize(x, y) => {
                    size = (x.clamp(1, 200), y.clamp(1, 60));
                    kiosk.resize(x, y);
                }
                Anything::Wait(seconds) => {
                    kiosk.now = kiosk.now.plus(Duration::from_secs(seconds));
                    kiosk.send(Msg::Tick);
                }
                Anything::Prompt(n) => {
                    let prompt = some_prompt(n, &kiosk);
                    kiosk.prompt(prompt);
                }
            }
            prop_assert!(!kiosk.commands.iter().any(|c| matches!(c, Command::Quit)));
            prop_assert!(kiosk.app.next_wake(kiosk.now).is_some());
        }
        kiosk.buffer(size.0, size.1);
    }
}

#[test]
fn the_old_password_is_handed_in_with_the_name_and_never_stays() {
    let mut kiosk = scenes::renew(settings());
    assert!(!kiosk.shows("Teapot-Lantern-41"));
    kiosk.press(KeyCode::F(3));
    assert!(kiosk.shows("Teapot-Lantern-41"));
    kiosk.wait(11);
    assert!(!kiosk.shows("Teapot-Lantern-41"), "hidden again");
    kiosk.press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), ["renew lin.wei Teapot-Lantern-41"]);
    kiosk.press(KeyCode::Enter);
    assert!(kiosk.handed_in().is_empty(), "once");
    kiosk.prompt(Prompt::Login {
        refusal: Some(Refusal::OldPasswordNotRight),
    });
    assert!(kiosk.shows("That did not lead on"));
    kiosk.press(KeyCode::F(3));
    assert!(!kiosk.shows("Teapot"), "wiped");
    // The name is kept, and the field of the password has the focus.
    kiosk.types("another").press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), ["renew lin.wei another"]);
}

#[test]
fn the_old_password_is_reached_by_tab_and_left_by_esc() {
    let mut kiosk = Kiosk::ready(settings());
    kiosk.types("3").press(KeyCode::Tab).press(KeyCode::Enter);
    assert!(kiosk.shows("Renew your password"));
    // Without a name the name comes first; an Enter in an empty field hands nothing in.
    kiosk.types("lin.wei").press(KeyCode::Enter);
    kiosk.press(KeyCode::Enter).press(KeyCode::Enter);
    assert!(kiosk.handed_in().is_empty());
    kiosk.press(KeyCode::Esc);
    assert!(kiosk.shows("Who are you?") && kiosk.shows("lin.wei"));
    kiosk.press(KeyCode::Enter);
    assert_eq!(kiosk.handed_in(), ["login lin.wei"]);
}

#[test]
fn only_unlocking_is_offered_where_it_can_be_done() {
    let mut kiosk = scenes::password_locked(settings());
    assert!(kiosk.shows("F7 only unlock"));
    kiosk.press(KeyCode::F(7));
    assert_eq!(kiosk.handed_in(), ["unlock"]);
    kiosk.prompt(Prompt::Unlocking);
    kiosk.press(KeyCode::F(7));
    assert!(kiosk.handed_in().is_empty());
    kiosk.prompt(Prompt::Unlocked {
        told: Step::Ok,
        reference: "K4T9".into(),
    });
    assert!(kiosk.shows("Your account is unlocked"));
    kiosk.wait(16);
    assert!(kiosk.shows("Choose a way."), "back at the menu");

    let mut kiosk = scenes::password(settings());
    assert!(!kiosk.shows("F7"));
    kiosk.press(KeyCode::F(7));
    assert!(kiosk.handed_in().is_empty());
}
