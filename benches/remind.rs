//! The searches among all people, in a directory of 100,000: `cargo bench --bench remind`.
//!
//! That for passwords that end soon is measured beside `ldapsearch`, the desk's beside ldap3, with
//! the same filter and attributes, in the same run and by turns. Fails when rekey takes more than
//! 1.3 times as long for the first or 1.5 for the second, or when `rekey remind --dry-run` needs
//! more than 50 MB.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a bench measures and prints"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchOptions, StdStream};
use rekey::adapters::clock::SystemClock;
use rekey::adapters::ldap::{LdapDirectory, LdapSettings};
use rekey::domain::account::SearchText;
use rekey::domain::remind::Window;
use rekey::domain::secret::Credential;
use rekey::domain::time::Timestamp;
use rekey::flow::ports::remind::Expiries as _;
use rekey::flow::ports::{Clock as _, Directory as _};

#[path = "../tests/support/mod.rs"]
mod support;

use support::slapd::{DEFAULT_POLICY, Options, PEOPLE, SERVICE_DN, SERVICE_PASSWORD, Slapd};

const PEOPLE_COUNT: u32 = 100_000;
/// Whose password ends within the first reminder's days: as many as in a company where it lasts 120
/// days.
const DAYS: u16 = 14;
const MAX_AGE: Duration = Duration::from_secs(120 * 86_400);
const RUNS: usize = 5;
const RATIO: f64 = 1.3;
const DESK_RATIO: f64 = 1.5;
const MEMORY_KB: u64 = 50 * 1024;

fn main() {
    let now = SystemClock::new().now().wall;
    let built = Instant::now();
    let slapd = Slapd::start_with(&Options {
        more: &people(now),
        ..Options::default()
    });
    println!(
        "{PEOPLE_COUNT} people in slapd after {:.1?}",
        built.elapsed()
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(desk(&slapd));
    memory(&slapd);
    compare(&slapd, &runtime, now);
}

/// What an operator types, and what the directory takes to answer it, both on a connection that is
/// open.
async fn desk(slapd: &Slapd) {
    const LIMIT: u16 = 20;
    let directory = LdapDirectory::openldap(settings(slapd), Arc::new(SystemClock::new())).unwrap();
    let mut raw = connect(slapd).await;
    for typed in ["Employee 4711", "e0471", "E09", "nobody"] {
        let text = SearchText::parse(typed).unwrap();
        let filter = format!(
            "(&(objectClass=person)(|(displayName=*{typed}*)(cn=*{typed}*)(uid={typed}*)\
             (employeeNumber={typed}*)))"
        );
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let start = Instant::now();
            let options = SearchOptions::new().sizelimit(i32::from(LIMIT));
            let attributes = ["cn", "displayName", "entryUUID", "uid", "employeeNumber"];
            let found = raw
                .with_search_options(options)
                .search(PEOPLE, Scope::Subtree, &filter, attributes)
                .await
                .unwrap();
            theirs.push(start.elapsed());
            let start = Instant::now();
            let sought = directory.search(&text, LIMIT).await.unwrap();
            ours.push(start.elapsed());
            assert_eq!(sought.people.len(), found.0.len(), "both find the same");
        }
        let (ours, theirs) = (median(ours), median(theirs));
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!(
            "the desk's search for {typed:?}: {ours:.2?}, the directory {theirs:.2?}: {ratio:.2} \
             times (limit {DESK_RATIO})"
        );
        assert!(
            cfg!(debug_assertions) || ratio <= DESK_RATIO,
            "{ratio:.2} times"
        );
    }
}

async fn connect(slapd: &Slapd) -> Ldap {
    let stream = TcpStream::connect(("127.0.0.1", slapd.ldaps_port())).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_nonblocking(true).unwrap();
    let settings = LdapConnSettings::new()
        .set_std_stream(StdStream::Tcp(stream))
        .set_no_tls_verify(true);
    let (connection, mut ldap) = LdapConnAsync::with_settings(settings, &slapd.ldaps_url())
        .await
        .unwrap();
    tokio::spawn(connection.drive());
    let bound = ldap.simple_bind(SERVICE_DN, SERVICE_PASSWORD).await;
    assert_eq!(bound.unwrap().rc, 0);
    ldap
}

/// The search for who is to be reminded.
fn compare(slapd: &Slapd, runtime: &tokio::runtime::Runtime, now: Timestamp) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut counts = (0, 0);
    for _ in 0..RUNS {
        let start = Instant::now();
        counts.1 = ldapsearch(slapd, now, DAYS);
        theirs.push(start.elapsed());
        let start = Instant::now();
        counts.0 = runtime.block_on(rekey(slapd, now, DAYS));
        ours.push(start.elapsed());
    }
    assert_eq!(counts.0, counts.1, "both find the same");
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "reminders: {} of {PEOPLE_COUNT} in {ours:.1?}, ldapsearch {theirs:.1?}: {ratio:.2} times \
         (limit {RATIO})",
        counts.0
    );
    // Without optimisation the figures say nothing.
    assert!(cfg!(debug_assertions) || ratio <= RATIO, "{ratio:.2} times");
}

/// The search as reminders make it, on a connection of its own.
async fn rekey(slapd: &Slapd, now: Timestamp, days: u16) -> usize {
    let directory = LdapDirectory::openldap(settings(slapd), Arc::new(SystemClock::new())).unwrap();
    let (pages, mut found) = tokio::sync::mpsc::channel(1);
    let scan = directory.expiring(Window::around(now, days), MAX_AGE, pages);
    let count = async {
        let mut count = 0;
        while let Some(page) = found.recv().await {
            count += page.len();
        }
        count
    };
    let (scanned, count) = tokio::join!(scan, count);
    scanned.unwrap();
    count
}

fn settings(slapd: &Slapd) -> LdapSettings {
    LdapSettings {
        urls: vec![slapd.ldaps_url()],
        starttls: false,
        ca_pem: Some(slapd.ca_pem().as_bytes().to_vec()),
        allow_plain_loopback: false,
        bind_dn: SERVICE_DN.to_owned(),
        bind_password: Credential::new(SERVICE_PASSWORD.to_owned()),
        people_base: PEOPLE.to_owned(),
        login_attributes: vec!["uid".to_owned()],
        wecom_attribute: "employeeNumber".to_owned(),
        language_attribute: Some("preferredLanguage".to_owned()),
        protected_groups: Vec::new(),
        default_policy_dn: Some(DEFAULT_POLICY.to_owned()),
    }
}

/// The same filter and attributes, in pages of the same size; how many entries came.
fn ldapsearch(slapd: &Slapd, now: Timestamp, days: u16) -> usize {
    let window = Window::around(now, days).earlier(MAX_AGE);
    let filter = format!(
        "(&(objectClass=person)(pwdChangedTime<={})(!(pwdChangedTime<={})))",
        generalized(window.until),
        generalized(window.from.minus(Duration::from_secs(1)))
    );
    let mut child = Command::new("ldapsearch")
        .env("LDAPTLS_REQCERT", "allow")
        .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt"])
        .args([
            "-H",
            &slapd.ldaps_url(),
            "-D",
            SERVICE_DN,
            "-w",
            SERVICE_PASSWORD,
        ])
        .args(["-b", PEOPLE, &filter])
        .args([
            "objectClass",
            "entryUUID",
            "servicePrincipalName",
            "pwdChangedTime",
        ])
        .args([
            "pwdReset",
            "pwdAccountLockedTime",
            "pwdEndTime",
            "pwdPolicySubentry",
        ])
        .args(["uid", "employeeNumber"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("ldap-utils is installed");
    let lines = BufReader::new(child.stdout.take().unwrap()).split(b'\n');
    let count = lines
        .filter(|line| line.as_ref().unwrap().starts_with(b"dn:"))
        .count();
    assert!(child.wait().unwrap().success());
    count
}

/// The most memory that the built program has while it names whom it would tell.
fn memory(slapd: &Slapd) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).mode(0o600);
        let mut file = options.open(folder.path().join(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    write("ca.pem", slapd.ca_pem());
    write("bind-password", SERVICE_PASSWORD);
    write("wecom-secret", "secret");
    let at = folder.path().display();
    let config = format!(
        r#"[site]
name = "Contoso"
public_url = "https://reset.contoso.example"
[directory]
kind = "openldap"
urls = ["{}"]
ca_file = "{at}/ca.pem"
bind_dn = "{SERVICE_DN}"
bind_password_file = "{at}/bind-password"
people_base = "{PEOPLE}"
wecom_attribute = "employeeNumber"
default_policy_dn = "{DEFAULT_POLICY}"
[wecom]
api = "http://127.0.0.1:1"
corp_id = "ww1234567890abcdef"
agent_id = 1000002
secret_file = "{at}/wecom-secret"
[store]
url = "sqlite:{at}/state.db"
key_file = "{at}/key"
[remind]
days = [14, 7, 3, 1, 0]
"#,
        slapd.ldaps_url()
    );
    write("rekey.toml", &config);
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_rekey"))
        .args(["remind", "--dry-run", "--config"])
        .arg(folder.path().join("rekey.toml"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let (mut peak, mut lines) = (0, 0);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        line.unwrap();
        lines += 1;
        // The mark only ever rises.
        if lines % 100 == 0 {
            peak = high_water(&status).unwrap_or(peak);
        }
    }
    assert!(child.wait().unwrap().success());
    println!(
        "rekey remind --dry-run: {lines} lines in {:.1?}, {:.1} MB at most (limit 50)",
        start.elapsed(),
        peak as f64 / 1024.0
    );
    assert!(lines > 5_000 && peak > 0, "{lines} lines");
    assert!(peak < MEMORY_KB, "{peak} kB");
}

/// In kB.
fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// As LDIF: passwords changed on each of the last 120 days alike, WeCom ids for nearly all.
fn people(now: Timestamp) -> String {
    let mut ldif = String::new();
    for n in 0..PEOPLE_COUNT {
        let changed = now.minus(Duration::from_secs(
            u64::from(n) * 86_400 * 120 / u64::from(PEOPLE_COUNT),
        ));
        let changed = generalized(changed);
        ldif.push_str(&format!(
            "dn: uid=e{n:06},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: e{n:06}\ncn: Employee {n}\n\
             sn: {n}\ngivenName: Employee\nmail: e{n:06}@example.test\nemployeeNumber: E{n:06}\n\
             preferredLanguage: zh-CN\npwdChangedTime: {changed}\n\n"
        ));
    }
    ldif
}

fn generalized(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.as_secs()).unwrap();
    at.strftime("%Y%m%d%H%M%SZ").to_string()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
