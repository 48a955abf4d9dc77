//! Answers take the same time, measured over the real adapters in real time: a real slapd over
//! LDAPS, the state in SQLite, WeCom's client over HTTP against a simulated WeCom that takes a
//! quarter of a second for every call.
//!
//! What is measured is what somebody at a front can measure: from an input handed in to the next
//! prompt that can be answered, once for the login name and once for a wrong code. Every login name
//! is used once, as the limits on messages would change what happens at the fourth time. Many
//! visits run at once, in an order that mixes the kinds, so that thousands take less than a minute
//! and whatever else the machine does meets all kinds alike; an attacker at one kiosk sees less
//! noise, but has to wait five seconds between two attempts after the first thirty.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rekey::adapters::clock::SystemClock;
use rekey::adapters::entropy::OsEntropy;
use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::adapters::wecom::Wecom;
use rekey::domain::limits::ANSWER_TICK;
use rekey::domain::secret::Credential;
use rekey::flow::ports::Ports;
use rekey::flow::prompt::{Prompt, Refusal};
use rekey::sim::wecom::{Member, SimApp, SimWecom};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::office::{self, Judge};
use crate::support::figures;
use crate::support::slapd::{self, Slapd, dn};
use crate::town::resets;
use crate::visit::{Visit, refusal};

/// Who asks: somebody who gets a code, nobody, somebody protected, somebody without WeCom.
const KINDS: [&str; 4] = ["known", "unknown", "protected", "unmapped"];
/// Measurements of each kind.
const SAMPLES: usize = 2000;
/// How many visits at once.
const AT_ONCE: usize = 64;
/// How long WeCom takes for a call: only some names lead to one.
const SLOW: Duration = Duration::from_millis(250);
/// Above this a difference is taken for a leak.
const LEAK: f64 = 4.5;

/// The company, with as many people of each kind as there are measurements.
struct Crowd {
    ports: Ports,
    _slapd: Slapd,
    _wecom: SimWecom,
    _folder: tempfile::TempDir,
}

impl Crowd {
    async fn open() -> Self {
        let slapd = Slapd::start();
        slapd.modify_as_root(&people());
        let clock = Arc::new(SystemClock::new());
        let members =
            (0..2 * SAMPLES).map(|n| Member::new(&userid(n / SAMPLES * 2, n % SAMPLES), "M"));
        let entropy = Arc::new(OsEntropy);
        let wecom = SimWecom::start(SimApp::default(), members.collect(), clock.clone(), entropy);
        let wecom = wecom.await.unwrap();
        wecom.set_faults(|faults| faults.slow = SLOW);
        let directory = LdapDirectory::openldap(ldap_settings(&slapd), clock.clone()).unwrap();
        let words = Arc::new(office::words());
        let messenger = Wecom::new(office::wecom_settings(&wecom), words, clock.clone()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(office::store(&folder).await);
        let ports = Ports {
            directory: Arc::new(directory),
            messenger: Arc::new(messenger),
            codes: store.clone(),
            throttles: store.clone(),
            audit: store.clone(),
            intents: store.clone(),
            pairings: store.clone(),
            objections: store.clone(),
            links: store.clone(),
            deliveries: store.clone(),
            desk: store,
            alarm: [].into(),
            assessor: Arc::new(Judge),
            clock,
            entropy: Arc::new(OsEntropy),
            metrics: Arc::new(()),
        };
        Self {
            ports,
            _slapd: slapd,
            _wecom: wecom,
            _folder: folder,
        }
    }
}

fn login(kind: usize, number: usize) -> String {
    format!("{}{number:04}", ["kn", "un", "pr", "no"][kind])
}

fn userid(kind: usize, number: usize) -> String {
    format!("W{}", login(kind, number))
}

/// Everybody but the unknown, in LDIF.
fn people() -> String {
    let mut ldif = String::new();
    let mut members = format!("dn: {}\nchangetype: modify\nadd: member\n", slapd::ADMINS);
    for number in 0..SAMPLES {
        for kind in [0, 2, 3] {
            let login = login(kind, number);
            ldif.push_str(&format!(
                "dn: {}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login}\n\
                 sn: {login}\nmail: {login}@example.test\n",
                dn(&login)
            ));
            if kind != 3 {
                ldif.push_str(&format!("employeeNumber: {}\n", userid(kind, number)));
            }
            ldif.push('\n');
        }
        members.push_str(&format!("member: {}\n", dn(&login(2, number))));
    }
    ldif + &members
}

fn ldap_settings(slapd: &Slapd) -> LdapSettings {
    LdapSettings {
        urls: vec![slapd.ldaps_url()],
        starttls: false,
        ca_pem: Some(slapd.ca_pem().as_bytes().to_vec()),
        allow_plain_loopback: false,
        bind_dn: slapd::SERVICE_DN.to_owned(),
        bind_password: Credential::new(slapd::SERVICE_PASSWORD.to_owned()),
        people_base: slapd::PEOPLE.to_owned(),
        login_attributes: vec!["uid".to_owned()],
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: None,
        protected_groups: vec![slapd::ADMINS.to_owned()],
        default_policy_dn: Some(slapd::DEFAULT_POLICY.to_owned()),
    }
}

/// Until the code is asked for, and until a wrong one is refused.
async fn measure(ports: &Ports, login: &str, gone: &mut JoinSet<()>) -> [Duration; 2] {
    let (mut visit, prompt, asked) = loop {
        let mut visit = Visit::begin(&resets(ports, &format!("kiosk-of-{login}")));
        visit.settles().await;
        let began = Instant::now();
        let prompt = visit.login(login).await;
        let asked = began.elapsed();
        if refusal(&prompt) != Some(&Refusal::ChannelDown) {
            break (visit, prompt, asked);
        }
        // On a machine that stood still for seconds everybody is told so, whoever they are.
        gone.spawn(async move {
            visit.leaves().await;
        });
        while ports.messenger.works().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    assert!(
        matches!(prompt, Prompt::Code { refusal: None, .. }),
        "{login}: {prompt:?}"
    );
    let began = Instant::now();
    let prompt = visit.code("000000").await;
    let refused = began.elapsed();
    let wrong = Some(&Refusal::CodeWrong { left: 4 });
    assert_eq!(refusal(&prompt), wrong, "{login}: {prompt:?}");
    gone.spawn(async move {
        visit.leaves().await;
    });
    [asked, refused]
}

/// Everybody once, in an order that has nothing to do with what kind they are.
fn mixed() -> Vec<(usize, usize)> {
    let kinds = 0..KINDS.len();
    let mut all: Vec<_> = kinds
        .flat_map(|kind| (0..SAMPLES).map(move |number| (kind, number)))
        .collect();
    all.sort_by_cached_key(|somebody| {
        let mut hasher = DefaultHasher::new();
        somebody.hash(&mut hasher);
        hasher.finish()
    });
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_take_the_same_time() {
    let crowd = Crowd::open().await;
    let (order, next) = (Arc::new(mixed()), Arc::new(AtomicUsize::new(0)));
    let mut at_once = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (ports, order, next) = (crowd.ports.clone(), order.clone(), next.clone());
        at_once.spawn(async move {
            let (mut times, mut gone) = (Vec::new(), JoinSet::new());
            while let Some(&(kind, number)) = order.get(next.fetch_add(1, Ordering::SeqCst)) {
                let took = measure(&ports, &login(kind, number), &mut gone).await;
                times.push((kind, took));
                while gone.try_join_next().is_some() {}
            }
            gone.join_all().await;
            times
        });
    }
    let times: Vec<(usize, [Duration; 2])> =
        at_once.join_all().await.into_iter().flatten().collect();
    assert_eq!(times.len(), KINDS.len() * SAMPLES);
    let early = times.iter().filter(|(_, [asked, _])| *asked < ANSWER_TICK);
    assert_eq!(early.count(), 0, "no answer comes before its tick");
    let mut worst: f64 = 0.0;
    for (at, what) in ["the code is asked for", "a wrong code is refused"]
        .iter()
        .enumerate()
    {
        let of = |wanted: usize| -> Vec<f64> {
            let of_kind = times.iter().filter(|(kind, _)| *kind == wanted);
            of_kind.map(|(_, took)| took[at].as_secs_f64()).collect()
        };
        for (one, other) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
            let t = welch(&of(one), &of(other));
            worst = worst.max(t.abs());
            let (one, other) = (KINDS[one], KINDS[other]);
            assert!(
                t.abs() < LEAK,
                "{one} and {other} differ in when {what}: t = {t}"
            );
        }
    }
    figures::publish(
        "same time",
        &format!("|t| at most {worst:.2} between any two of {KINDS:?}, {SAMPLES} of each"),
    );
}

/// Welch's t: how far two means lie apart, in units of what chance explains (Welch, Biometrika 34,
/// 1947). Above 4.5 is taken for a leak, as in the assessment of side channels (Goodwill and
/// others, "A testing methodology for side-channel resistance validation", 2011).
fn welch(a: &[f64], b: &[f64]) -> f64 {
    let moments = |x: &[f64]| {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, variance / n)
    };
    let ((mean_a, a), (mean_b, b)) = (moments(a), moments(b));
    (mean_a - mean_b) / (a + b).sqrt().max(1e-9)
}

#[test]
fn the_measure_sees_a_difference_and_no_other() {
    let noise = |n: usize| f64::from(u32::try_from((n * 7919) % 101).unwrap()) / 1e5;
    let fast: Vec<f64> = (0..60).map(|n| 0.400 + noise(n)).collect();
    let alike: Vec<f64> = (60..120).map(|n| 0.400 + noise(n)).collect();
    let slow: Vec<f64> = (0..60).map(|n| 0.402 + noise(n)).collect();
    assert!(welch(&fast, &alike).abs() < 4.5);
    assert!(welch(&fast, &slow).abs() > 4.5);
}
