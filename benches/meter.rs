//! What a key on the strength meter costs at worst: `cargo bench --bench meter`.
//!
//! Prints the slowest of several runs for each kind of password, and fails when the worst of all
//! is over 5 ms.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures and prints"
)]

use std::time::{Duration, Instant};

use rekey::domain::strength::{full, live, warm_up};
use rekey::domain::words::Words;

const LIMIT: Duration = Duration::from_millis(5);
const RUNS: usize = 5;

fn main() {
    warm_up();
    let person = ["lin.wei", "Lin Wei", "lin.wei@contoso.example"].map(str::to_owned);
    let words = Words::new(&person, &["contoso".to_owned()]);
    let signs = "4@8({[<3691!|70$5+%2";
    let kinds: [(&str, String); 12] = [
        ("typical 16", "gumboot lantern9".to_owned()),
        ("all signs", signs.chars().cycle().take(128).collect()),
        (
            "all signs, symbols first",
            "({[<@$!|+%".chars().cycle().take(128).collect(),
        ),
        ("signs in words", "p4$$w0rd!1|7+({[<".repeat(8)),
        ("signs of two letters", "1|7!".repeat(32)),
        ("digits", "1234567890".repeat(13)),
        ("mixed digits", "7301946285".repeat(13)),
        ("one letter", "a".repeat(128)),
        ("repeats", "aabaab".repeat(22)),
        ("common words", "passwordlovemonkeydragon".repeat(6)),
        ("Chinese", "林伟的密码是什么呢".repeat(15)),
        ("expanding", "\u{FDFA}".repeat(128)),
    ];
    let typical = slowest(&kinds[0].1, &words, live);
    let mut worst = Duration::ZERO;
    println!(
        "{:28} {:>12} {:>8} {:>12}",
        "kind", "live, worst", "ratio", "full, 24"
    );
    for (kind, text) in &kinds {
        let mut worst_here = Duration::ZERO;
        // Every length on the way is a key, too.
        for length in (1..=128).filter(|n| *n <= 40 || n % 16 == 0) {
            let typed: String = text.chars().take(length).collect();
            worst_here = worst_here.max(fastest(&typed, &words, live));
        }
        let short: String = text.chars().take(24).collect();
        println!(
            "{kind:28} {worst_here:>12.0?} {:>8.1} {:>12.0?}",
            worst_here.as_secs_f64() / typical.as_secs_f64(),
            fastest(&short, &words, full),
        );
        worst = worst.max(worst_here);
    }
    println!("worst key: {worst:?} (limit {LIMIT:?})");
    let hostile: String = signs.chars().cycle().take(128).collect();
    let start = Instant::now();
    std::hint::black_box(full(&hostile, &words));
    println!("worst verdict at submit: {:?}", start.elapsed());
    // Without optimisation the figures say nothing.
    assert!(
        cfg!(debug_assertions) || worst < LIMIT,
        "a key on the meter costs {worst:?}"
    );
}

type Judge = fn(&str, &Words) -> rekey::domain::strength::Strength;

fn runs(text: &str, words: &Words, judge: Judge) -> impl Iterator<Item = Duration> {
    (0..RUNS).map(move |_| {
        let start = Instant::now();
        std::hint::black_box(judge(std::hint::black_box(text), words));
        start.elapsed()
    })
}

/// The best of a few runs: what the work costs, without what else the machine did meanwhile.
fn fastest(text: &str, words: &Words, judge: Judge) -> Duration {
    runs(text, words, judge).min().unwrap_or_default()
}

fn slowest(text: &str, words: &Words, judge: Judge) -> Duration {
    runs(text, words, judge).max().unwrap_or_default()
}
