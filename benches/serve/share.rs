//! How much of what a directory can change a second goes through the form, and through the bot.
//!
//! By hand it is one search, the durable intent, the change, the proving bind and the durable
//! outcome, on as many kept connections as there are employees at once. Form and bot do all of a
//! reset, from the tap or the message to the words that it is done; in turns, so that a round
//! compares what happened close together. A machine that others use as well is a sixth faster or
//! slower from one turn to the next: so there are many rounds, and the mean of their middle half
//! counts. Everybody changes as often, since a directory that compares with older passwords becomes
//! slower each time.
//!
//! The directory has a processor to itself, as it has a machine to itself elsewhere: the telephones
//! and WeCom's part, which are played here, would take theirs from it, and from the work by hand
//! they would not.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::bars::Bars;
use crate::company::Company;
use crate::crowd::{self, AT_ONCE, all, by_form, by_message, company, password};
use crate::raw::{Book, Person, Raw, Server as Target, trusting};
use crate::server::Server;
use crate::support::samba::{self, Model, Samba};
use crate::support::slapd::{self, Options, Slapd};

/// People of each way: so many that a turn's beginning and end, when not everybody is at the
/// directory, weigh little.
const OF_EACH: usize = 192;
/// How often everybody changes.
const ROUNDS: usize = 12;
/// Of what the directory does by hand.
const LEAST: f64 = 0.95;

/// {ARGON2} hashes slowly on purpose.
pub(crate) fn of_openldap(bars: &Bars) {
    let (slapd, _elsewhere) = apart(|| {
        Slapd::start_with(&Options {
            argon2: true,
            ..Options::default()
        })
    });
    slapd.add_members(3 * OF_EACH);
    let target = Target {
        address: ("127.0.0.1".to_owned(), slapd.ldaps_port()),
        tls: trusting(slapd.ca_pem()),
        service: (slapd::SERVICE_DN, slapd::SERVICE_PASSWORD),
        people: slapd::PEOPLE,
        login_attribute: "uid",
        unicode_pwd: false,
    };
    let company = company(slapd, 3 * OF_EACH);
    let server = Server::start_with_chat(&company, "allow", |config| config);
    Race::new(&company, &server, target, slapd::dn).run(bars, "slapd with {ARGON2}");
}

pub(crate) fn of_samba(bars: &Bars) {
    let (samba, _elsewhere) = apart(|| Samba::start_as(Model::Prefork));
    samba.add_members(3 * OF_EACH);
    let target = Target {
        address: (samba.address().to_string(), 636),
        tls: trusting(samba.ca_pem()),
        service: (samba::SERVICE_DN, samba::SERVICE_PASSWORD),
        people: samba::STAFF,
        login_attribute: "sAMAccountName",
        unicode_pwd: true,
    };
    let company = company(Slapd::start(), 3 * OF_EACH);
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, samba.ca_pem()).unwrap();
    let server = Server::start_with_chat(&company, "allow", |config| {
        let (before, rest) = config.split_once("[directory]").unwrap();
        let (_, after) = rest.split_once("[wecom]").unwrap();
        format!(
            "{before}[directory]\nkind = \"active-directory\"\nurls = [{:?}]\nca_file = {ca:?}\n\
             bind_dn = {:?}\nbind_password = {:?}\npeople_base = {:?}\n\
             login_attributes = [\"sAMAccountName\"]\nwecom_attribute = \"employeeNumber\"\n\n\
             [wecom]{after}",
            samba.ldaps_url(),
            samba::SERVICE_DN,
            samba::SERVICE_PASSWORD,
            samba::STAFF,
        )
    });
    Race::new(&company, &server, target, samba::dn).run(bars, "Samba");
}

/// Until dropped, this thread and what it starts leave the directory's processor alone.
struct Elsewhere {
    everywhere: CpuSet,
}

/// Starts a directory on a processor of its own.
fn apart<T>(start: impl FnOnce() -> T) -> (T, Elsewhere) {
    let everywhere = sched_getaffinity(None).unwrap();
    let last = (0..CpuSet::MAX_CPU).rfind(|cpu| everywhere.is_set(*cpu));
    let last = last.expect("a processor");
    assert!(everywhere.count() > 1, "no processor for the directory");
    let mut own = CpuSet::new();
    own.set(last);
    sched_setaffinity(None, &own).unwrap();
    let directory = start();
    let mut others = everywhere;
    others.unset(last);
    sched_setaffinity(None, &others).unwrap();
    (directory, Elsewhere { everywhere })
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        sched_setaffinity(None, &self.everywhere).unwrap();
    }
}

struct Race<'a> {
    company: &'a Company,
    server: &'a Server,
    target: Target,
    dn: fn(&str) -> String,
}

impl<'a> Race<'a> {
    fn new(
        company: &'a Company,
        server: &'a Server,
        target: Target,
        dn: fn(&str) -> String,
    ) -> Self {
        Self {
            company,
            server,
            target,
            dn,
        }
    }

    fn run(&self, bars: &Bars, on: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let book = runtime.block_on(Book::open(folder.path()));
        let by_hand = |round, people| runtime.block_on(self.by_hand(&book, round, people));
        let by_form = |round, people| {
            let one = |number| by_form(self.server, number, &password(round, number));
            all(people, one)
        };
        let by_bot = |round, people| {
            let one = |number| by_message(self.company, number, &password(round, number));
            all(people, one)
        };
        let ways: [&dyn Fn(usize, Range<usize>) -> Duration; 3] = [&by_hand, &by_form, &by_bot];
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            // Each way comes first, second and third about as often.
            for way in (0..3).map(|place| (round + place) % 3) {
                let first = way * OF_EACH;
                let took = ways[way](round, first..first + OF_EACH);
                rates[way].push(OF_EACH as f64 / took.as_secs_f64());
            }
        }
        let share = |way: usize| -> Vec<f64> {
            let rounds = rates[way].iter().zip(&rates[0]);
            rounds.map(|(rate, by_hand)| rate / by_hand).collect()
        };
        let shares = [share(1), share(2)];
        let [raw, form, bot] = rates.map(usual);
        bars.note(&format!(
            "changes a second on {on}, {AT_ONCE} at once: {raw:.1} by hand, {form:.1} through the \
             form, {bot:.1} through the bot; of those by hand, round by round: {shares:.2?}",
        ));
        for (way, shares) in ["form", "bot"].into_iter().zip(shares) {
            let what = format!("changes a second on {on} through the {way}, of those by hand");
            bars.at_least(&what, usual(shares), LEAST, "x");
        }
    }

    async fn by_hand(&self, book: &Book, round: usize, people: Range<usize>) -> Duration {
        let people = people.map(|number| {
            let login = crowd::login(number);
            let person = Person {
                userid: crowd::userid(number),
                dn: (self.dn)(&login),
                login,
            };
            (person, password(round, number))
        });
        let waiting = Arc::new(Mutex::new(people.collect::<Vec<_>>()));
        let mut hands = Vec::new();
        for _ in 0..AT_ONCE {
            hands.push(Raw::open(&self.target, book).await);
        }
        let began = std::time::Instant::now();
        let work = hands.into_iter().map(|mut by_hand| {
            let waiting = Arc::clone(&waiting);
            async move {
                let next = || waiting.lock().unwrap().pop();
                while let Some((who, password)) = next() {
                    by_hand
                        .reset(&who, &password, u32::try_from(round).unwrap())
                        .await;
                }
            }
        });
        futures_util::future::join_all(work).await;
        began.elapsed()
    }
}

/// The mean of the middle half.
fn usual(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let beyond = values.len() / 4;
    let middle = &values[beyond..values.len() - beyond];
    middle.iter().sum::<f64>() / middle.len() as f64
}
