//! Whole resets through the engine against the same steps done by hand.
//!
//! Before the clock starts, each visit has typed a login name and the right code and stands before
//! the new password: what comes earlier waits for people and for the tick that every answer keeps
//! (`limits::ANSWER_TICK`). Then a password is submitted and judged, which has bars of its own, and
//! the clock runs to the recorded outcome: the judgement's audit record, reading the entry again
//! with all its checks, the durable intent, the change, the proving bind, the durable outcome. By
//! hand it is one search, the durable intent, the change, the proving bind and the durable outcome.
//! With several at once the clock runs over everything from the submitted passwords to the ends of
//! the visits, judgements and notices included.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use rekey::adapters::clock::SystemClock;
use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::domain::account::LoginName;
use rekey::domain::policy;
use rekey::domain::secret::{CodeDigits, Credential, Password};
use rekey::flow::driver::Running;
use rekey::flow::effect::Input;
use rekey::flow::ports::Directory;
use rekey::flow::prompt::{Progress, Prompt, Step};

use crate::bars::{Bars, ms, p50, percentile};
use crate::raw::{Book, Person, Raw, Server, trusting};
use crate::site::{Site, folder};
use crate::support::samba::{self, Model, Samba};
use crate::support::slapd::{self, Slapd};

/// How many visits at once.
const AT_ONCE: usize = 8;

pub(crate) fn measure(bars: &Bars) {
    policy::warm_up().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(on_slapd(bars));
    runtime.block_on(on_samba(bars));
}

async fn on_slapd(bars: &Bars) {
    /// For one by one, and for all the others.
    const PEOPLE: [usize; 2] = [120, 400];
    let slapd = Slapd::start();
    let mut crowd = people(PEOPLE.iter().sum(), slapd::dn);
    slapd.modify_as_root(&crowd.iter().map(on_slapd_as).collect::<String>());
    let some = crowd.split_off(PEOPLE[1]);
    let settings = settings(
        slapd.ldaps_url(),
        slapd.ca_pem(),
        slapd::SERVICE_DN,
        slapd::SERVICE_PASSWORD,
        slapd::PEOPLE,
        &["uid"],
        slapd::ADMINS,
        Some(slapd::DEFAULT_POLICY),
    );
    let directory = LdapDirectory::openldap(settings, Arc::new(SystemClock::new())).unwrap();
    let server = Server {
        address: ("127.0.0.1".to_owned(), slapd.ldaps_port()),
        tls: trusting(slapd.ca_pem()),
        service: (slapd::SERVICE_DN, slapd::SERVICE_PASSWORD),
        people: slapd::PEOPLE,
        login_attribute: "uid",
        unicode_pwd: false,
    };
    let directory = Arc::new(directory);
    let mut race = Race::new(directory.clone(), server.clone(), some).await;
    let [rekey, raw, judging] = race.one_by_one().await;
    bars.note(&format!(
        "slapd {{SSHA}}, one by one: p50 {:.2} ms, p99 {:.2} ms; raw p50 {:.2} ms, p99 {:.2} ms; \
         judged before in {:.2} ms",
        ms(p50(&rekey)),
        ms(percentile(&rekey, 99)),
        ms(p50(&raw)),
        ms(percentile(&raw, 99)),
        ms(p50(&judging)),
    ));
    let ratio = p50(&rekey).as_secs_f64() / p50(&raw).as_secs_f64();
    bars.at_most(
        "a whole reset on slapd, of the raw steps (p50)",
        ratio,
        1.2,
        "x",
    );
    let mut race = Race::new(directory, server, crowd).await;
    race.throughput(bars, "slapd {SSHA}", 0.8).await;
}

async fn on_samba(bars: &Bars) {
    const PEOPLE: usize = 240;
    let samba = Samba::start_as(Model::Prefork);
    let crowd = people(PEOPLE, samba::dn);
    samba.modify_as_admin(&crowd.iter().map(on_samba_as).collect::<String>());
    let settings = settings(
        samba.ldaps_url(),
        samba.ca_pem(),
        samba::SERVICE_DN,
        samba::SERVICE_PASSWORD,
        samba::STAFF,
        &["sAMAccountName"],
        samba::ADMINS,
        None,
    );
    let clock = Arc::new(SystemClock::new());
    let directory = LdapDirectory::active_directory(settings, clock).unwrap();
    let server = Server {
        address: (samba.address().to_string(), 636),
        tls: trusting(samba.ca_pem()),
        service: (samba::SERVICE_DN, samba::SERVICE_PASSWORD),
        people: samba::STAFF,
        login_attribute: "sAMAccountName",
        unicode_pwd: true,
    };
    let mut race = Race::new(Arc::new(directory), server, crowd).await;
    race.throughput(bars, "Samba", 0.95).await;
}

/// Both sides, with people for each.
struct Race {
    site: Site,
    server: Server,
    book: Book,
    for_rekey: Vec<Person>,
    for_raw: Vec<Person>,
    round: u32,
    _folder: tempfile::TempDir,
}

impl Race {
    async fn new(directory: Arc<dyn Directory>, server: Server, mut people: Vec<Person>) -> Self {
        let folder = folder();
        let for_raw = people.split_off(people.len() / 2);
        Self {
            site: Site::over(directory).await,
            server,
            book: Book::open(folder.path()).await,
            for_rekey: people,
            for_raw,
            round: 0,
            _folder: folder,
        }
    }

    /// In turns, so that whatever else the machine does meets both: rekey, by hand, and what
    /// judging the passwords took.
    async fn one_by_one(&mut self) -> [Vec<Duration>; 3] {
        let mut by_hand = Raw::open(&self.server, &self.book).await;
        let [mut rekey, mut raw, mut judging] = <[Vec<Duration>; 3]>::default();
        for _ in 0..2 {
            let ready = self.prepare().await;
            for (visit, who) in ready.into_iter().zip(&self.for_raw) {
                let password = password(self.round, &who.login);
                let began = Instant::now();
                by_hand.reset(who, &password, self.round).await;
                raw.push(began.elapsed());
                let began = Instant::now();
                let recorded = visit.reset(self.round).await;
                let judged = *self.site.judged.lock().unwrap();
                rekey.push(recorded.duration_since(judged));
                judging.push(judged.duration_since(began));
            }
        }
        [rekey, raw, judging]
    }

    /// Resets a second with [`AT_ONCE`] at once, to their very end.
    async fn throughput(&mut self, bars: &Bars, on: &str, least: f64) {
        let (mut rekey, mut raw) = (Duration::ZERO, Duration::ZERO);
        let mut resets = 0;
        // A third code message within 15 minutes is the last one anybody gets.
        while self.round < 3 {
            let ready = Arc::new(Mutex::new(self.prepare().await));
            let round = self.round;
            resets += self.for_raw.len();
            rekey += at_once((0..AT_ONCE).map(|_| {
                let ready = ready.clone();
                async move {
                    let next = || ready.lock().unwrap().pop();
                    while let Some(visit) = next() {
                        visit.reset(round).await;
                    }
                }
            }))
            .await;
            let waiting = Arc::new(Mutex::new(self.for_raw.clone()));
            let mut hands = Vec::new();
            for _ in 0..AT_ONCE {
                hands.push(Raw::open(&self.server, &self.book).await);
            }
            raw += at_once(hands.into_iter().map(|mut by_hand| {
                let waiting = waiting.clone();
                async move {
                    let next = || waiting.lock().unwrap().pop();
                    while let Some(who) = next() {
                        by_hand
                            .reset(&who, &password(round, &who.login), round)
                            .await;
                    }
                }
            }))
            .await;
        }
        let rate = |time: Duration| resets as f64 / time.as_secs_f64();
        bars.note(&format!(
            "{on}, {AT_ONCE} at once: {:.0} resets a second, raw {:.0}",
            rate(rekey),
            rate(raw)
        ));
        let what = format!("resets a second on {on}, {AT_ONCE} at once, of the raw steps");
        bars.at_least(&what, rate(rekey) / rate(raw), least, "x");
    }

    /// Everybody of rekey's side, each before the new password.
    async fn prepare(&mut self) -> Vec<Ready> {
        self.round += 1;
        let mut ready = Vec::new();
        for group in self.for_rekey.chunks(50) {
            let begun: Vec<_> = group.iter().map(|who| self.before_password(who)).collect();
            ready.extend(futures_util::future::join_all(begun).await);
        }
        ready
    }

    async fn before_password(&self, who: &Person) -> Ready {
        // A kiosk slows down after a burst, so everybody has one.
        let resets = self.site.resets(&format!("kiosk-of-{}", who.login));
        let (running, work) = resets.begin();
        tokio::spawn(work);
        let mut ready = Ready {
            running,
            login: who.login.clone(),
        };
        ready
            .until(|prompt| matches!(prompt, Prompt::Login { .. }))
            .await;
        let name = LoginName::parse(&who.login).unwrap();
        ready.running.inputs.send(Input::Login(name)).await.unwrap();
        ready
            .until(|prompt| matches!(prompt, Prompt::Code { .. }))
            .await;
        let code = loop {
            match self.site.pockets.code_of(&who.userid) {
                Some(code) => break code,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        };
        let code = CodeDigits::parse(&code, 6).unwrap();
        ready.running.inputs.send(Input::Code(code)).await.unwrap();
        ready
            .until(|prompt| matches!(prompt, Prompt::NewPassword { .. }))
            .await;
        ready
    }
}

/// Runs them all; how long that took.
async fn at_once(
    work: impl Iterator<Item = impl Future<Output = ()> + Send + 'static>,
) -> Duration {
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for task in work {
        tasks.spawn(task);
    }
    tasks.join_all().await;
    began.elapsed()
}

/// A visit before the new password.
struct Ready {
    running: Running,
    login: String,
}

impl Ready {
    /// Submits the password, and goes on to the end; when the outcome was recorded.
    async fn reset(mut self, round: u32) -> Instant {
        let password = Password::new(&password(round, &self.login)).unwrap();
        let input = Input::NewPassword(password);
        self.running.inputs.send(input).await.unwrap();
        self.until(|prompt| {
            matches!(
                prompt,
                Prompt::Working(Progress {
                    told: Step::Wait,
                    ..
                })
            )
        })
        .await;
        let recorded = Instant::now();
        self.until(|prompt| matches!(prompt, Prompt::Done { .. }))
            .await;
        recorded
    }

    async fn until(&mut self, wanted: impl Fn(&Prompt) -> bool) {
        loop {
            let prompt = self.running.prompts.recv().await.expect("a prompt");
            if wanted(&prompt) {
                return;
            }
            assert!(!matches!(prompt, Prompt::Ended { .. }), "{prompt:?}");
        }
    }
}

fn password(round: u32, login: &str) -> String {
    let number: u32 = login.bytes().map(u32::from).sum();
    format!("Gumboot-{round}-Lantern-{number}-Quarry")
}

/// So many people, half of them for each side.
fn people(count: usize, dn: fn(&str) -> String) -> Vec<Person> {
    let person = |number: usize| {
        let login = format!("p{number:03}");
        Person {
            userid: format!("W{number:03}"),
            dn: dn(&login),
            login,
        }
    };
    (0..count).map(person).collect()
}

fn on_slapd_as(Person { login, userid, dn }: &Person) -> String {
    format!(
        "dn: {dn}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login}\n\
         sn: {login}\nemployeeNumber: {userid}\nuserPassword: Start-Passw0rd-1\n\n"
    )
}

fn on_samba_as(Person { login, userid, dn }: &Person) -> String {
    let quoted = "\"Start-Passw0rd-1\"".encode_utf16();
    let quoted: Vec<u8> = quoted.flat_map(u16::to_le_bytes).collect();
    let start = base64::engine::general_purpose::STANDARD.encode(quoted);
    format!(
        "dn: {dn}\nchangetype: add\nobjectClass: user\nsAMAccountName: {login}\nsn: {login}\n\
         employeeNumber: {userid}\nunicodePwd:: {start}\nuserAccountControl: 512\n\n"
    )
}

#[expect(clippy::too_many_arguments, reason = "as many as the settings have")]
fn settings(
    url: String,
    ca_pem: &str,
    bind_dn: &str,
    bind_password: &str,
    people: &str,
    logins: &[&str],
    admins: &str,
    default_policy: Option<&str>,
) -> LdapSettings {
    LdapSettings {
        urls: vec![url],
        starttls: false,
        ca_pem: Some(ca_pem.as_bytes().to_vec()),
        allow_plain_loopback: false,
        bind_dn: bind_dn.to_owned(),
        bind_password: Credential::new(bind_password.to_owned()),
        people_base: people.to_owned(),
        login_attributes: logins.iter().map(|name| (*name).to_owned()).collect(),
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: None,
        protected_groups: vec![admins.to_owned()],
        default_policy_dn: default_policy.map(str::to_owned),
    }
}
