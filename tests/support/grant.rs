//! A grant for contract suites, made the only way there is: by a reset whose code was judged right.

use std::time::Duration;

use rekey::domain::account::{Account, LoginName, Standing, WecomUserId};
use rekey::domain::code::{CodeRules, Judgement, Place, ResetId, Subject};
use rekey::domain::policy::{DirectoryPolicy, Report, SitePolicy};
use rekey::domain::secret::{CodeDigits, Password};
use rekey::domain::strength::Strength;
use rekey::domain::throttle::Permission;
use rekey::domain::time::{Now, Timestamp};
use rekey::flow::effect::{Answer, Effect, Event, Input, Timer};
use rekey::flow::grant::{Grant, Lasting};
use rekey::flow::ports::{ChangeMark, Entropy, Issued, Marked, Opened, ServerUrl};
use rekey::flow::reset::{Reset, Setup};
use rekey::flow::vouched::Vouched;

/// The right to set this account's password once, whatever its standing is.
pub fn grant_for(account: &Account) -> Grant {
    let account = eligible(account);
    let (reset, _) = Reset::begin(setup());
    let proof = [
        Event::Input(Input::Login(LoginName::parse("somebody").unwrap())),
        Event::Answer(Answer::KioskAttempt(Ok(Permission::Now))),
        Event::Answer(Answer::LookedUp {
            account: Ok(Some(account.clone())),
            nobody: Subject::Nobody(String::new()),
            channel: Ok(()),
        }),
        Event::Answer(Answer::Timer(Timer::Answer)),
        Event::Answer(Answer::Issued(
            Ok(Issued::Send),
            CodeDigits::parse("123456", 6),
        )),
        Event::Input(Input::Code(CodeDigits::parse("123456", 6).unwrap())),
        Event::Answer(Answer::KioskAttempt(Ok(Permission::Now))),
        Event::Answer(Answer::Judged(Ok(Judgement::Right))),
    ];
    after(reset, proof, &account)
}

/// The same for somebody whom WeCom vouches for; what is set works for one sign-in.
pub fn grant_for_one_sign_in(account: &Account) -> Grant {
    let account = eligible(account);
    let vouched = Vouched::by_channel(WecomUserId::parse("phone").unwrap());
    let (reset, _) = Reset::begin_vouched(setup(), vouched, Lasting::UntilSignIn);
    let found = Event::Answer(Answer::MemberFound(Ok(Some(account.clone()))));
    after(reset, [found], &account)
}

fn eligible(account: &Account) -> Box<Account> {
    let mut account = Box::new(account.clone());
    account.standing = Standing::Eligible;
    account.wecom = WecomUserId::parse("phone");
    account
}

/// What the engine does from the proof to the question to the directory.
fn after(mut reset: Reset, proof: impl IntoIterator<Item = Event>, account: &Account) -> Grant {
    let account = Box::new(account.clone());
    let mark = ChangeMark {
        server: ServerUrl("ldaps://nowhere.test".to_owned()),
        entry_mark: String::new(),
        password_mark: String::new(),
    };
    let change = [
        Event::Answer(Answer::AccountRead(Ok(Some((
            account.clone(),
            DirectoryPolicy::default(),
        ))))),
        Event::Input(Input::NewPassword(Password::new("anything").unwrap())),
        Event::Answer(Answer::Assessed(Report {
            lines: Vec::new(),
            strength: Strength::default(),
        })),
        Event::Answer(Answer::Marked(Ok(Some(Box::new(Marked::of(
            &account, mark,
        )))))),
        Event::Answer(Answer::IntentOpened(Ok(Opened::Open))),
    ];
    for event in proof.into_iter().chain(change) {
        for effect in reset.step(NOW, &Sevens, event) {
            if let Effect::SetPassword { grant, .. } = effect {
                return grant;
            }
        }
    }
    panic!("the engine made no grant");
}

const NOW: Now = Now {
    wall: Timestamp::from_secs(1_795_377_600),
    mono: Duration::from_secs(1),
};

struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn setup() -> Setup {
    Setup {
        reset: ResetId::from_bytes([7; 16]),
        place: Place {
            front: "kiosk",
            kiosk: "lobby-1".to_owned(),
        },
        code: CodeRules {
            digits: 6,
            lifetime: Duration::from_secs(300),
            tries: 5,
        },
        site: SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 12,
            min_strength: 3,
            words: Vec::new(),
        },
    }
}
