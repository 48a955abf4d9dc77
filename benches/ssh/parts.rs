//! What is measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::client::{Attacker, Client, source};
use crate::company::Company;
use crate::figures::{Bars, middle, millis, percentile, say};
use crate::servers::Server;

const WINDOW: (u32, u32) = (80, 24);
const MENU: &str = "IT support";
/// How many visits are at their menus.
const IDLE: usize = 500;
/// How often times are measured that a machine whose others are busy for a moment would spoil: the
/// middle one counts.
const ROUNDS: usize = 5;
/// How many keys each of a thousand types in one of them.
const KEYS_OF_1000: usize = 25;

pub(crate) fn run(runtime: &Runtime, company: &Company, wanted: &[String]) -> usize {
    let mut bars = Bars::default();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if is_wanted("memory") {
        memory(runtime, company, &mut bars);
    }
    if is_wanted("connect") {
        connect(runtime, company, &mut bars);
    }
    if is_wanted("keys") {
        keys(runtime, company, &mut bars);
    }
    if is_wanted("attack") {
        attack(runtime, company, &mut bars);
    }
    if is_wanted("many") {
        many(runtime, company, &mut bars);
    }
    bars.0
}

async fn visits(server: &Server, from: usize, count: usize) -> Vec<Client> {
    let mut all = Vec::new();
    let numbers: Vec<usize> = (from..from + count).collect();
    for some in numbers.chunks(8) {
        let some = some.iter().map(|n| {
            let key = server.key.clone();
            Client::connect(server.at, source(*n), key, WINDOW, MENU)
        });
        all.extend(join_all(some).await);
    }
    all
}

/// kB a visit that is at its menu.
fn memory_of_a_visit(runtime: &Runtime, server: &Server, count: usize) -> f64 {
    runtime.block_on(async {
        // What the first visits need for all.
        drop(visits(server, 0, 16).await);
        sleep(Duration::from_secs(4)).await;
        let before = server.memory();
        let all = visits(server, 16, count).await;
        sleep(Duration::from_secs(3)).await;
        let grown = server.memory() - before;
        drop(all);
        grown / count as f64
    })
}

fn memory(runtime: &Runtime, company: &Company, bars: &mut Bars) {
    say("memory of an idle visit at 80x24");
    let site = company.site();
    let ours = memory_of_a_visit(runtime, &Server::rekey(&site), IDLE);
    let theirs = memory_of_a_visit(runtime, &Server::sshd(&site), IDLE);
    say(&format!(
        "  {IDLE} visits: rekey {ours:.0} kB, sshd {theirs:.0} kB each"
    ));
    bars.at_most("ratio to sshd", ours / theirs, 1.0 / 25.0, "");
    bars.at_most(
        "against Charm's wish, measured elsewhere",
        ours,
        124.0,
        "kB",
    );
}

fn connect_8(runtime: &Runtime, server: &Server) -> Duration {
    let mut took = Vec::new();
    runtime.block_on(async {
        for round in 0..13 {
            let all = visits(server, round * 8, 8).await;
            took.extend(
                all.iter()
                    .skip(usize::from(round == 0) * 8)
                    .map(|c| c.first_frame),
            );
            drop(all);
            sleep(Duration::from_millis(300)).await;
        }
    });
    percentile(&mut took, 50)
}

fn connect(runtime: &Runtime, company: &Company, bars: &mut Bars) {
    say("from connecting to the first frame, 8 at once");
    let site = company.site();
    let ours = millis(connect_8(runtime, &Server::rekey(&site)));
    let theirs = millis(connect_8(runtime, &Server::sshd(&site)));
    say(&format!(
        "  rekey {ours:.1} ms, sshd {theirs:.1} ms (medians)"
    ));
    bars.at_most("ratio to sshd", ours / theirs, 1.0 / 5.0, "");
}

/// Everybody types so many keys, five a second each; every key's time and bytes.
async fn type_keys(clients: Vec<Client>, keys: usize) -> (Vec<Duration>, Vec<usize>, Vec<Client>) {
    let every = Duration::from_millis(200);
    let count = clients.len() as u32;
    let typists = (0..).zip(clients).map(|(n, mut client)| {
        tokio::spawn(async move {
            sleep(every * n / count).await;
            let mut samples = Vec::new();
            for key in 0..keys {
                let began = Instant::now();
                let typed = if key % 2 == 0 { "a" } else { "\x7f" };
                samples.push(client.key(typed).await);
                sleep(every.saturating_sub(began.elapsed())).await;
            }
            (samples, client)
        })
    });
    let (mut times, mut bytes, mut clients) = (Vec::new(), Vec::new(), Vec::new());
    for typed in join_all(typists).await {
        let (samples, client) = typed.unwrap();
        times.extend(samples.iter().map(|(time, _)| *time));
        bytes.extend(samples.iter().map(|(_, bytes)| *bytes));
        clients.push(client);
    }
    (times, bytes, clients)
}

async fn at_login(server: &Server, from: usize, count: usize) -> Vec<Client> {
    let mut all = visits(server, from, count).await;
    for client in &mut all {
        client.at_login().await;
    }
    all
}

/// Visits that type at the same time, some of which are looked at. People have a machine each; here
/// those who are looked at have a thread, so that nobody's client stands in line before theirs.
struct Typists<'r> {
    runtime: &'r Runtime,
    thread: Runtime,
    looked_at: Vec<Client>,
    others: Vec<Client>,
}

impl<'r> Typists<'r> {
    /// Visits at the field for the login name, from the `from`th source on.
    fn at_login(
        runtime: &'r Runtime,
        server: &Server,
        from: usize,
        looked_at: usize,
        others: usize,
    ) -> Self {
        let thread = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self {
            runtime,
            looked_at: thread.block_on(at_login(server, from, looked_at)),
            others: runtime.block_on(at_login(server, from + looked_at, others)),
            thread,
        }
    }

    /// The times and bytes of those who are looked at.
    fn type_keys(&mut self, keys: usize) -> (Vec<Duration>, Vec<usize>) {
        let others = std::mem::take(&mut self.others);
        let others = self.runtime.spawn(type_keys(others, keys));
        let looked_at = std::mem::take(&mut self.looked_at);
        let (times, bytes, looked_at) = self.thread.block_on(type_keys(looked_at, keys));
        self.looked_at = looked_at;
        self.others = self.runtime.block_on(others).unwrap().2;
        (times, bytes)
    }
}

fn p99(mut times: Vec<Duration>) -> f64 {
    millis(percentile(&mut times, 99))
}

fn say_rounds(whose: &str, p99s: &[f64]) {
    say(&format!("  {whose}: p99 {p99s:.2?} ms, round by round"));
}

/// The middle of what is `some` over what is `usual`, round by round.
fn middle_ratio(some: &[f64], usual: &[f64]) -> f64 {
    middle(some.iter().zip(usual).map(|(one, other)| one / other))
}

fn keys(runtime: &Runtime, company: &Company, bars: &mut Bars) {
    say("from a key to its frame");
    let site = company.site();
    let server = Server::rekey(&site);
    let mut one = Typists::at_login(runtime, &server, 0, 1, 0);
    one.type_keys(20);
    let mut hundred = Typists::at_login(runtime, &server, 8, 20, 80);
    let (mut alone, mut of_100, mut most) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (times, sizes) = one.type_keys(100);
        most = sizes.into_iter().fold(most, usize::max);
        alone.push(p99(times));
        of_100.push(p99(hundred.type_keys(30).0));
    }
    drop((one, hundred));
    say_rounds("1 visit", &alone);
    say_rounds("100 visits", &of_100);
    let ratio = middle_ratio(&of_100, &alone);
    bars.at_most("p99 of 100 visits against one", ratio, 2.0, "times");
    bars.at_most("bytes for a typed character", most as f64, 150.0, "bytes");

    let mut thousand = Typists::at_login(runtime, &server, 200, 100, 900);
    let (cpu, began) = (server.cpu(), Instant::now());
    let of_1000: Vec<f64> = (0..ROUNDS)
        .map(|_| p99(thousand.type_keys(KEYS_OF_1000).0))
        .collect();
    let took = began.elapsed().as_secs_f64();
    let cores = (server.cpu() - cpu).as_secs_f64() / took;
    drop(thousand);
    let typed = 1000 * KEYS_OF_1000 * ROUNDS;
    say(&format!("  {:.0} keys a second", typed as f64 / took));
    say_rounds("1,000 visits", &of_1000);
    bars.at_most("cores for 1,000 typists", cores, 1.0, "");
    bars.at_most("p99 of 1,000 visits", middle(of_1000), 5.0, "ms");
}

/// Every key a new verdict on what is worst to judge.
async fn attack_meter(attacker: Arc<Attacker>) {
    attacker.send(&"4@3$1!0|57".repeat(12)).await;
    for key in 0.. {
        let typed = if key % 2 == 0 { "@" } else { "\x7f" };
        attacker.send(typed).await;
        sleep(Duration::from_millis(2)).await;
    }
}

async fn attack_window(attacker: Arc<Attacker>) {
    for turn in 0u32.. {
        let size = 65_535 - turn % 2;
        attacker.resize((size, size)).await;
        sleep(Duration::from_millis(10)).await;
    }
}

fn attack(runtime: &Runtime, company: &Company, bars: &mut Bars) {
    say("one visit attacks, twenty type");
    let site = company.site();
    let server = Server::rekey(&site);
    let code = |userid: &str| company.next_code(userid);
    let mut attacker = runtime.block_on(async {
        let mut attacker = at_login(&server, 0, 1).await.remove(0);
        attacker.send("lin.wei\r").await;
        attacker.until("sent a code").await;
        attacker
    });
    let code = code("LinWei");
    let attacker = Arc::new(runtime.block_on(async {
        attacker.send(&code).await;
        attacker.until("Choose a new").await;
        Attacker::new(attacker)
    }));
    let mut typists = Typists::at_login(runtime, &server, 8, 20, 0);
    let mut type_keys = || p99(typists.type_keys(30).0);
    let (mut quiet, mut attacked, mut resized) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        quiet.push(type_keys());
        let meter = runtime.spawn(attack_meter(attacker.clone()));
        attacked.push(type_keys());
        assert!(!meter.is_finished(), "the attack went on");
        meter.abort();
        let window = runtime.spawn(attack_window(attacker.clone()));
        resized.push(type_keys());
        assert!(!window.is_finished(), "the attack went on");
        window.abort();
        runtime.block_on(attacker.resize(WINDOW));
    }
    for (when, p99s) in [
        ("quiet", &quiet),
        ("meter attacked", &attacked),
        ("window attacked", &resized),
    ] {
        say_rounds(when, p99s);
    }
    for (attack, p99s) in [("meter", attacked), ("window", resized)] {
        let what = format!("the others' p99, {attack} attacked");
        bars.at_most(&what, middle_ratio(&p99s, &quiet), 1.5, "times");
    }
}

fn many(runtime: &Runtime, company: &Company, bars: &mut Bars) {
    say("5,000 idle visits");
    let site = company.site();
    let server = Server::rekey(&site);
    runtime.block_on(async {
        let before = server.memory();
        let all = visits(&server, 0, 5000).await;
        let each = (server.memory() - before) / 5000.0;
        say(&format!("  {each:.0} kB each"));
        let mut took = Vec::new();
        for n in 0..20 {
            let client = visits(&server, 6000 + n * 8, 1).await.remove(0);
            took.push(client.first_frame);
        }
        let worst = took.into_iter().max().unwrap_or_default();
        bars.at_most(
            "first frame of one more, at worst",
            millis(worst),
            1000.0,
            "ms",
        );
        let cpu = server.cpu();
        sleep(Duration::from_secs(10)).await;
        let cores = (server.cpu() - cpu).as_secs_f64() / 10.0;
        say(&format!("  {cores:.2} cores while nobody does anything"));
        drop(all);
    });
}
