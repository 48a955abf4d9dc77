//! What a key on the new-password screen costs at worst: `cargo bench --bench meter`.
//!
//! One run measures the strength meter alone and the whole report that the screen shows at a key
//! (the person's words, the site's, the list of common passwords, zxcvbn), each also as a multiple
//! of an ordinary password's, so that the figures say something on any machine. Fails when the
//! worst whole report is over 5 ms.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use rekey::domain::policy::{
    BeyondAscii, Classes, DirectoryPolicy, LengthUnit, Policy, SitePolicy, Verdict, warm_up,
};
use rekey::domain::secret::Password;
use rekey::domain::strength;
use rekey::domain::words::Words;

const LIMIT: Duration = Duration::from_millis(5);
const RUNS: usize = 5;

/// A kind of password and its longest form; every beginning of it is a key, too.
type Kind = (&'static str, String);

fn main() {
    warm_up().unwrap();
    let policy = policy();
    let words = Words::new(&policy.person_words, &policy.site.words);
    let kinds = kinds();
    let ordinary = Password::new("gumboot lantern9").unwrap();
    let live = |text: &str| {
        black_box(strength::live(black_box(text), &words));
    };
    let report = |password: &Password| drop(black_box(policy.report_live(black_box(password))));

    let base_live = fastest(|| live(ordinary.expose()));
    let base_report = fastest(|| report(&ordinary));
    println!("an ordinary password: meter {base_live:.2?}, whole report {base_report:.2?}");
    println!(
        "{:26} {:>10} {:>7} {:>7} {:>13} {:>7}",
        "worst key of a kind", "meter", "ratio", "length", "whole report", "ratio"
    );
    let (mut worst_live, mut worst_report) = (Duration::ZERO, Duration::ZERO);
    for (kind, text) in &kinds {
        let (mut kind_live, mut kind_report, mut at) = (Duration::ZERO, Duration::ZERO, 0);
        for (length, password) in beginnings(text) {
            kind_live = kind_live.max(fastest(|| live(password.expose())));
            let took = fastest(|| report(&password));
            if took > kind_report {
                (kind_report, at) = (took, length);
            }
        }
        println!(
            "{kind:26} {kind_live:>10.2?} {:>7.1} {at:>7} {kind_report:>13.2?} {:>7.1}",
            ratio(kind_live, base_live),
            ratio(kind_report, base_report),
        );
        worst_live = worst_live.max(kind_live);
        worst_report = worst_report.max(kind_report);
    }
    println!(
        "worst of all: meter {worst_live:.2?} ({:.1} times), whole report {worst_report:.2?} \
         ({:.1} times; limit {LIMIT:?})",
        ratio(worst_live, base_live),
        ratio(worst_report, base_report),
    );
    verdict_at_submit(&policy, &kinds);
    // Without optimisation the figures say nothing.
    assert!(
        cfg!(debug_assertions) || worst_report < LIMIT,
        "a key costs {worst_report:?}"
    );
}

/// The true verdict, off the event loop: once each, since it may take seconds.
fn verdict_at_submit(policy: &Policy, kinds: &[Kind]) {
    let judged = kinds.iter().map(|(kind, text)| {
        let password = Password::new(text).unwrap();
        let start = Instant::now();
        let report = policy.report_full(&password);
        let met = report.lines.iter().all(|(_, v)| *v != Verdict::NotMet);
        (start.elapsed(), *kind, met)
    });
    if let Some((took, kind, _)) = judged.max_by_key(|(took, ..)| *took) {
        println!("worst verdict at submit: {took:.0?} ({kind}), off the event loop");
    }
}

/// As strict as policies are: every line of the checklist is judged.
fn policy() -> Policy {
    let person = [
        "lin.wei",
        "林薇 Lin Wei",
        "lin.wei@mail.contoso.example",
        "Anna-Maria Konstantinopoulou-Featherstonehaugh",
    ];
    Policy {
        directory: DirectoryPolicy {
            min_length: Some((12, LengthUnit::Bytes)),
            max_length: Some((100, LengthUnit::Bytes)),
            classes: Some(Classes {
                at_least: 3,
                beyond_ascii: BeyondAscii::ByCase,
            }),
            history: Some(5),
            history_on_reset: true,
            ..DirectoryPolicy::default()
        },
        site: SitePolicy {
            max_age: Duration::from_secs(120 * 86_400),
            min_length: 12,
            min_strength: 3,
            words: ["contoso", "lobby", "北京"].map(str::to_owned).to_vec(),
        },
        person_words: person.map(str::to_owned).to_vec(),
        old: None,
    }
}

fn kinds() -> Vec<Kind> {
    let signs = "4@8({[<3691!|70$5+%2";
    let cycle = |text: &str| text.chars().cycle().take(128).collect::<String>();
    vec![
        ("ordinary words", cycle("gumboot lantern9 ")),
        ("all signs", cycle(signs)),
        ("signs, symbols first", cycle("({[<@$!|+%")),
        ("signs in words", cycle("p4$$w0rd!1|7+({[<")),
        ("signs of two letters", cycle("1|7!")),
        ("digits", cycle("1234567890")),
        ("mixed digits", cycle("7301946285")),
        ("dates", cycle("19901231")),
        ("one letter", cycle("a")),
        ("repeats", cycle("aabaab")),
        ("keyboard rows", cycle("qwertyuiopasdfghjkl")),
        ("common words", cycle("passwordlovemonkeydragon")),
        ("own names", cycle("linweicontosokonstantinopoulou")),
        ("pinyin", cycle("zhongguowoaini")),
        ("Chinese", cycle("林伟的密码是什么呢")),
        ("expanding", cycle("\u{FDFA}")),
        ("combining", cycle("a\u{323}\u{302}")),
    ]
}

/// Every length on the way that a password may have; the long ones not all.
fn beginnings(text: &str) -> impl Iterator<Item = (usize, Password)> {
    (1..=text.chars().count())
        .filter(|n| *n <= 40 || n % 16 == 0)
        .filter_map(|length| {
            let typed: String = text.chars().take(length).collect();
            Some((length, Password::new(&typed).ok()?))
        })
}

/// The best of a few runs: what the work costs, without what else the machine did meanwhile.
fn fastest(work: impl Fn()) -> Duration {
    let once = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..RUNS).map(|_| once()).min().unwrap_or_default()
}

fn ratio(took: Duration, base: Duration) -> f64 {
    took.as_secs_f64() / base.as_secs_f64()
}
