//! Every screen, as a person gets to it.

use std::sync::Arc;
use std::time::Duration;

use rekey::domain::account::PasswordAge;
use rekey::domain::policy::{Policy, Report};
use rekey::domain::secret::{OldPassword, Password};
use rekey::flow::driver::outage::Outage;
use rekey::flow::ports::DirectoryRefusal;
use rekey::flow::prompt::{Progress, Prompt, ProofOfChange, Refusal, Step};
use rekey::fronts::tui::app::{AppSettings, ChatPasswords};
use rekey::fronts::tui::event::KeyCode;
use rekey::fronts::tui::msg::{Capabilities, Colour, Command, Msg, PhoneMessage};

use crate::desk_of_tests::{
    FULL, Kiosk, code_prompt, demo, password_prompt, password_prompt_with, policy, settings,
};

/// A name and how to get there, in settings that a test may have changed.
pub(crate) type Scene = (&'static str, fn(AppSettings) -> Kiosk);

pub(crate) fn all() -> Vec<Scene> {
    vec![
        ("menu", Kiosk::ready),
        ("menu_before_its_picture", Kiosk::new),
        ("menu_in_the_demo", menu_demo),
        ("menu_without_half_blocks", menu_without_half_blocks),
        ("menu_in_ascii", menu_ascii),
        ("menu_wecom_down", |s| menu_in_outage(s, true, false)),
        ("menu_directory_down", |s| menu_in_outage(s, false, true)),
        ("workspace", workspace),
        ("workspace_open", |s| workspace_at(s, 0)),
        ("workspace_tab", |s| workspace_at(s, 1)),
        ("workspace_form", |s| workspace_at(s, 3)),
        ("workspace_in_ascii", workspace_ascii),
        ("chat_expand", |s| chat_at(s, ChatPasswords::Allow, 1)),
        ("chat_send", |s| chat_at(s, ChatPasswords::Allow, 2)),
        ("chat_send_for_a_link", |s| {
            chat_at(s, ChatPasswords::Off, 2)
        }),
        ("chat_answer", |s| chat_at(s, ChatPasswords::Allow, 3)),
        ("chat_link", |s| chat_at(s, ChatPasswords::Off, 3)),
        ("chat_off", |s| chat(s, ChatPasswords::Off)),
        ("chat_temporary", |s| chat(s, ChatPasswords::Temporary)),
        ("chat_allow", |s| chat(s, ChatPasswords::Allow)),
        ("login", lin_wei_types_a_login),
        ("login_refused", login_refused),
        ("renew", renew),
        ("renew_shown", |s| pressed(renew(s), KeyCode::F(3))),
        ("renew_refused", renew_refused),
        ("renew_reading", renew_reading),
        ("renew_expired", renew_expired),
        ("renew_password", renew_password),
        ("looking_up", looking_up),
        ("code", code),
        ("code_scanned", code_scanned),
        ("code_half_typed", |s| typed(code(s), "4829")),
        ("code_wrong", code_wrong),
        ("code_nothing_came", code_late),
        ("code_judging", code_judging),
        ("reading", reading),
        ("password", password),
        ("password_locked", password_locked),
        ("password_scanned", password_scanned),
        ("unlocking", unlocking),
        ("unlocked", |s| unlocked(s, Step::Ok)),
        ("unlocked_untold", |s| unlocked(s, Step::No)),
        ("password_weak", password_weak),
        ("password_good", password_good),
        ("password_shown", password_shown),
        ("password_mismatch", password_mismatch),
        ("password_in_history", password_in_history),
        ("password_not_good_enough", password_not_good_enough),
        ("password_leaving", password_leaving),
        ("password_busy", password_busy),
        ("working", working),
        ("done", |s| done(s, ProofOfChange::Bind, Step::Ok)),
        ("done_confirmed", |s| {
            done(s, ProofOfChange::DirectoryConfirmed, Step::No)
        }),
        ("ended_unknown", |s| ended(s, Refusal::OutcomeUnknown)),
        ("ended_wecom_down", |s| ended(s, Refusal::ChannelDown)),
        ("ended_too_many", |s| {
            ended(s, Refusal::TooManyWrongCodes { until: None })
        }),
        ("ended_hostile_directory", ended_hostile),
        ("help", |s| pressed(Kiosk::ready(s), KeyCode::F(1))),
        ("nothing_came", |s| pressed(code(s), KeyCode::F(5))),
        ("idle_countdown", idle_countdown),
        ("phone", phone),
    ]
}

/// One of them.
pub(crate) fn named(name: &str) -> fn(AppSettings) -> Kiosk {
    let scene = all().into_iter().find(|scene| scene.0 == name);
    scene.expect("there is such a scene").1
}

fn pressed(mut kiosk: Kiosk, code: KeyCode) -> Kiosk {
    kiosk.press(code);
    kiosk
}

fn typed(mut kiosk: Kiosk, text: &str) -> Kiosk {
    kiosk.types(text);
    kiosk
}

fn menu_demo(settings: AppSettings) -> Kiosk {
    Kiosk::ready(AppSettings {
        demo: demo().demo,
        ..settings
    })
}

fn menu_in_outage(settings: AppSettings, channel: bool, directory: bool) -> Kiosk {
    let mut kiosk = Kiosk::ready(settings);
    kiosk.send(Msg::Outage(Outage { channel, directory }));
    kiosk
}

fn menu_without_half_blocks(settings: AppSettings) -> Kiosk {
    Kiosk::ready(AppSettings {
        capabilities: Capabilities {
            half_blocks: false,
            ..FULL
        },
        ..settings
    })
}

fn menu_ascii(settings: AppSettings) -> Kiosk {
    Kiosk::ready(AppSettings {
        capabilities: Capabilities {
            colour: Colour::None,
            utf8: false,
            half_blocks: false,
            lines: false,
            chinese: false,
        },
        ..settings
    })
}

fn workspace(settings: AppSettings) -> Kiosk {
    let mut kiosk = typed(Kiosk::ready(settings), "1");
    kiosk.press(KeyCode::Down).press(KeyCode::Down);
    kiosk
}

/// The focus on a step, counted from 0.
fn at_step(mut kiosk: Kiosk, step: usize) -> Kiosk {
    for _ in 0..step {
        kiosk.press(KeyCode::Down);
    }
    kiosk
}

fn workspace_at(settings: AppSettings, step: usize) -> Kiosk {
    at_step(typed(Kiosk::ready(settings), "1"), step)
}

fn workspace_ascii(mut settings: AppSettings) -> Kiosk {
    settings.capabilities = Capabilities {
        colour: Colour::None,
        utf8: false,
        half_blocks: false,
        lines: false,
        chinese: false,
    };
    workspace(settings)
}

fn chat_at(settings: AppSettings, chat_passwords: ChatPasswords, step: usize) -> Kiosk {
    at_step(chat(settings, chat_passwords), step)
}

fn chat(settings: AppSettings, chat_passwords: ChatPasswords) -> Kiosk {
    let settings = AppSettings {
        chat_passwords,
        ..settings
    };
    typed(Kiosk::ready(settings), "2")
}

fn lin_wei_types_a_login(settings: AppSettings) -> Kiosk {
    typed(Kiosk::ready(settings), "3lin.wei")
}

fn login_refused(settings: AppSettings) -> Kiosk {
    let mut kiosk = lin_wei_types_a_login(settings);
    kiosk.press(KeyCode::Enter).prompt(Prompt::Login {
        refusal: Some(Refusal::DirectoryDown),
    });
    kiosk
}

/// Lin Wei knows her password and renews it.
pub(crate) fn renew(settings: AppSettings) -> Kiosk {
    let kiosk = lin_wei_types_a_login(settings);
    typed(pressed(kiosk, KeyCode::F(6)), "Teapot-Lantern-41")
}

fn renew_refused(settings: AppSettings) -> Kiosk {
    let mut kiosk = renew(settings);
    kiosk.press(KeyCode::Enter).prompt(Prompt::Login {
        refusal: Some(Refusal::OldPasswordNotRight),
    });
    kiosk
}

fn renew_reading(settings: AppSettings) -> Kiosk {
    let mut kiosk = renew(settings);
    kiosk.press(KeyCode::Enter).prompt(Prompt::Reading);
    kiosk
}

/// Her password has expired at a directory that takes it for nothing any more.
fn renew_expired(settings: AppSettings) -> Kiosk {
    let mut kiosk = renew(settings);
    let Prompt::Code {
        expires_at,
        resend_at,
        ..
    } = code_prompt(kiosk.now)
    else {
        unreachable!()
    };
    kiosk.press(KeyCode::Enter).prompt(Prompt::Code {
        expires_at,
        resend_at,
        judging: false,
        refusal: Some(Refusal::OldPasswordExpired),
        slowed_until: None,
    });
    kiosk
}

/// Another number at its end makes no new password.
fn renew_password(settings: AppSettings) -> Kiosk {
    let mut kiosk = renew_reading(settings);
    let old = Password::new("Teapot-Lantern-41").unwrap();
    let policy = Policy {
        old: Some(OldPassword::new(Arc::new(old))),
        ..Policy::clone(&policy())
    };
    let prompt = password_prompt_with(policy, PasswordAge::default(), kiosk.now);
    kiosk.prompt(prompt);
    assessed(&mut kiosk, "Teapot-Lantern-42");
    kiosk
}

/// The account is locked, and the directory can end that.
pub(crate) fn password_locked(settings: AppSettings) -> Kiosk {
    let mut kiosk = code_judging(settings);
    let mut policy = Policy::clone(&policy());
    policy.directory.can_unlock = true;
    let age = PasswordAge {
        locked: true,
        ..PasswordAge::default()
    };
    let prompt = password_prompt_with(policy, age, kiosk.now);
    kiosk.prompt(prompt);
    kiosk
}

fn password_scanned(settings: AppSettings) -> Kiosk {
    let mut kiosk = typed(code_scanned(settings), "482913");
    let prompt = password_prompt(None, false, kiosk.now);
    kiosk.prompt(prompt);
    kiosk
}

fn unlocking(settings: AppSettings) -> Kiosk {
    let mut kiosk = pressed(password_locked(settings), KeyCode::F(7));
    kiosk.prompt(Prompt::Unlocking);
    kiosk
}

fn unlocked(settings: AppSettings, told: Step) -> Kiosk {
    let mut kiosk = unlocking(settings);
    kiosk.prompt(Prompt::Unlocked {
        told,
        reference: "K4T9".into(),
    });
    kiosk
}

fn looking_up(settings: AppSettings) -> Kiosk {
    let mut kiosk = lin_wei_types_a_login(settings);
    let slowed_until = Some(kiosk.now.wall.plus(Duration::from_secs(5)));
    kiosk
        .press(KeyCode::Enter)
        .prompt(Prompt::LookingUp { slowed_until });
    kiosk
}

pub(crate) fn code(settings: AppSettings) -> Kiosk {
    let mut kiosk = lin_wei_types_a_login(settings);
    kiosk.press(KeyCode::Enter);
    let prompt = code_prompt(kiosk.now);
    kiosk.prompt(prompt);
    kiosk
}

/// Lin Wei's phone has scanned the picture and shows six digits.
pub(crate) fn code_scanned(settings: AppSettings) -> Kiosk {
    let mut kiosk = Kiosk::ready(settings);
    kiosk.wait(3600).picture();
    kiosk.send(Msg::Scanned);
    let expires_at = kiosk.now.wall.plus(Duration::from_secs(300));
    kiosk.prompt(Prompt::Code {
        expires_at,
        resend_at: None,
        judging: false,
        refusal: None,
        slowed_until: None,
    });
    kiosk
}

fn code_judging(settings: AppSettings) -> Kiosk {
    typed(code(settings), "482913")
}

fn code_wrong(settings: AppSettings) -> Kiosk {
    let mut kiosk = code_judging(settings);
    kiosk.wait(19);
    let Prompt::Code {
        expires_at,
        resend_at,
        ..
    } = code_prompt(kiosk.now)
    else {
        unreachable!()
    };
    let back = Duration::from_secs(19);
    kiosk.prompt(Prompt::Code {
        expires_at: expires_at.minus(back),
        resend_at: resend_at.map(|at| at.minus(back)),
        judging: false,
        refusal: Some(Refusal::CodeWrong { left: 4 }),
        slowed_until: None,
    });
    kiosk
}

fn code_late(settings: AppSettings) -> Kiosk {
    let mut kiosk = code(settings);
    kiosk.wait(75);
    kiosk
}

fn reading(settings: AppSettings) -> Kiosk {
    let mut kiosk = code_judging(settings);
    kiosk.prompt(Prompt::Reading);
    kiosk
}

pub(crate) fn password(settings: AppSettings) -> Kiosk {
    let mut kiosk = code_judging(settings);
    let prompt = password_prompt(None, false, kiosk.now);
    kiosk.prompt(prompt);
    kiosk
}

/// Types a password, lets the newest request for a verdict be answered, and pauses.
pub(crate) fn assessed(kiosk: &mut Kiosk, text: &str) {
    assessed_at_once(kiosk, text);
    kiosk.pause();
}

/// The same in the middle of typing.
pub(crate) fn assessed_at_once(kiosk: &mut Kiosk, text: &str) {
    kiosk.types(text);
    let newest = kiosk
        .commands
        .iter()
        .rev()
        .find_map(|command| match command {
            Command::Assess {
                generation,
                password,
                policy,
            } => Some((*generation, policy.report_full(password))),
            _ => None,
        });
    let (generation, report) = newest.expect("every key asks for a verdict");
    kiosk.send(Msg::Assessed { generation, report });
}

fn password_weak(settings: AppSettings) -> Kiosk {
    let mut kiosk = password(settings);
    assessed(&mut kiosk, "wei1990");
    kiosk
}

fn password_good(settings: AppSettings) -> Kiosk {
    let mut kiosk = password(settings);
    assessed(&mut kiosk, "Harbour lemon 7 tractor");
    kiosk.press(KeyCode::Enter).types("Harbour");
    kiosk
}

fn password_shown(settings: AppSettings) -> Kiosk {
    pressed(password_good(settings), KeyCode::F(3))
}

fn password_mismatch(settings: AppSettings) -> Kiosk {
    pressed(password_good(settings), KeyCode::Enter)
}

fn password_leaving(settings: AppSettings) -> Kiosk {
    let mut kiosk = password_good(settings);
    kiosk.wait(5);
    pressed(kiosk, KeyCode::Esc)
}

fn password_busy(settings: AppSettings) -> Kiosk {
    let mut kiosk = password_good(settings);
    kiosk.types(" lemon 7 tractor").press(KeyCode::Enter);
    kiosk
}

fn password_in_history(settings: AppSettings) -> Kiosk {
    let mut kiosk = password_busy(settings);
    let refusal = Refusal::ByDirectory {
        why: DirectoryRefusal::InHistory,
        remembers: Some(5),
    };
    let prompt = password_prompt(Some(refusal), false, kiosk.now);
    kiosk.prompt(prompt);
    kiosk
}

fn password_not_good_enough(settings: AppSettings) -> Kiosk {
    let mut kiosk = password(settings);
    assessed(&mut kiosk, "wei1990");
    kiosk
        .press(KeyCode::Enter)
        .types("wei1990")
        .press(KeyCode::Enter);
    let weak = Password::new("wei1990").unwrap();
    let report: Report = policy().report_full(&weak);
    let prompt = password_prompt(Some(Refusal::NotGoodEnough(report)), false, kiosk.now);
    kiosk.prompt(prompt);
    kiosk
}

fn working(settings: AppSettings) -> Kiosk {
    let mut kiosk = password_busy(settings);
    kiosk.prompt(Prompt::Working(Progress {
        changed: Step::Ok,
        proved: Step::Wait,
        told: Step::Ahead,
    }));
    kiosk
}

fn done(settings: AppSettings, proof: ProofOfChange, told: Step) -> Kiosk {
    let mut kiosk = working(settings);
    let expires_at = Some(kiosk.now.wall.plus(Duration::from_secs(120 * 86_400)));
    kiosk.prompt(Prompt::Done {
        progress: Progress {
            changed: Step::Ok,
            proved: Step::Ok,
            told,
        },
        proof,
        expires_at,
        reference: "K4T9".into(),
    });
    kiosk
}

fn ended(settings: AppSettings, refusal: Refusal) -> Kiosk {
    let mut kiosk = working(settings);
    kiosk.prompt(Prompt::Ended {
        refusal,
        reference: "K4T9".into(),
    });
    kiosk
}

fn ended_hostile(settings: AppSettings) -> Kiosk {
    let text = "\u{1B}[2J\u{1B}]0;owned\u{7}cn=evil\u{202E}txt\r\n\u{9B}31m boom";
    ended(
        settings,
        Refusal::ByDirectory {
            why: DirectoryRefusal::Other(text.into()),
            remembers: None,
        },
    )
}

fn idle_countdown(settings: AppSettings) -> Kiosk {
    let mut kiosk = lin_wei_types_a_login(settings);
    kiosk.wait(68);
    kiosk
}

fn phone(_: AppSettings) -> Kiosk {
    let mut kiosk = code(demo());
    kiosk.press(KeyCode::F(9));
    let message = PhoneMessage {
        to: "Lin Wei".into(),
        text: "482913 is your code for a new password at Contoso.\nType it at lobby-1; read it \
               to nobody, IT neither."
            .into(),
        at: kiosk.now.wall,
    };
    kiosk.send(Msg::Phone(vec![message]));
    kiosk
}

/// Settings as a visitor of this language has them.
pub(crate) fn in_language(language: rekey::text::Language) -> AppSettings {
    let mut languages = rekey::text::Language::ALL.to_vec();
    languages.sort_by_key(|other| *other != language);
    AppSettings {
        languages,
        ..settings()
    }
}
