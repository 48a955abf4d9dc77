//! Scores and verdicts against the JavaScript zxcvbn, on the same list.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rekey::domain::strength;
use rekey::domain::words::Words;

use crate::bars::{Bars, ms};

/// The last version that was published.
const ORIGINAL: &str = "zxcvbn@4.4.2";
/// A password is taken from this score on, unless the site says otherwise.
const ACCEPTED: u8 = 3;

/// Reads passwords, a JSON array, and writes `[scores, milliseconds]`.
const SCRIPT: &str = r#"
const zxcvbn = require("zxcvbn");
const list = JSON.parse(require("fs").readFileSync(0, "utf8"));
zxcvbn("warm up");
const began = process.hrtime.bigint();
const scores = list.map((password) => zxcvbn(password).score);
const took = Number(process.hrtime.bigint() - began) / 1e6;
process.stdout.write(JSON.stringify([scores, took]));
"#;

pub(crate) fn measure(bars: &Bars) {
    strength::warm_up();
    let list = list();
    let (original, original_took) = original(&list);
    let began = Instant::now();
    let crate_scores: Vec<u8> = list
        .iter()
        .map(|password| u8::from(zxcvbn::zxcvbn(password, &[]).score()))
        .collect();
    let took = began.elapsed();
    let words = Words::default();
    let verdicts: Vec<u8> = list
        .iter()
        .map(|password| strength::full(password, &words).score)
        .collect();
    bars.note(&format!(
        "{} passwords: the crate takes {:.0} ms, the original {:.0} ms ({:.1} times)",
        list.len(),
        ms(took),
        ms(original_took),
        original_took.as_secs_f64() / took.as_secs_f64(),
    ));
    let share = |wanted: &dyn Fn(usize) -> bool| {
        let count = (0..list.len()).filter(|n| wanted(*n)).count();
        100.0 * count as f64 / list.len() as f64
    };
    let same = share(&|n| crate_scores[n] == original[n]);
    bars.at_least(
        "scores of the crate that are the original's",
        same,
        99.0,
        " %",
    );
    let stricter = share(&|n| verdicts[n] < ACCEPTED && original[n] >= ACCEPTED);
    let kinder = |n: usize| verdicts[n] >= ACCEPTED && original[n] < ACCEPTED;
    bars.note(&format!(
        "verdicts: {stricter:.2} % refused here that the original accepts (pinyin, numbers read \
         aloud, Indonesian words)"
    ));
    for n in (0..list.len()).filter(|n| kinder(*n)).take(5) {
        bars.note(&format!(
            "kinder: {:?} {} {}",
            list[n], verdicts[n], original[n]
        ));
    }
    bars.at_most(
        "verdicts kinder than the original's",
        share(&kinder),
        0.5,
        " %",
    );
}

/// The original's scores, and how long they took.
fn original(list: &[String]) -> (Vec<u8>, Duration) {
    let folder = install();
    let mut node = Command::new("node")
        .args(["-e", SCRIPT])
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs: apt-get install nodejs npm");
    let passwords = serde_json::to_vec(list).unwrap();
    std::io::Write::write_all(&mut node.stdin.take().unwrap(), &passwords).unwrap();
    let done = node.wait_with_output().unwrap();
    assert!(done.status.success(), "the original does not run");
    let (scores, took): (Vec<u8>, f64) = serde_json::from_slice(&done.stdout).unwrap();
    (scores, Duration::from_secs_f64(took / 1e3))
}

/// Below `target/`, once.
fn install() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zxcvbn-js");
    if folder.join("node_modules/zxcvbn/package.json").exists() {
        return folder;
    }
    std::fs::create_dir_all(&folder).unwrap();
    let done = Command::new("npm")
        .args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--silent",
        ])
        .arg("--prefix")
        .arg(&folder)
        .arg(ORIGINAL)
        .status()
        .expect("npm runs: apt-get install nodejs npm");
    assert!(done.success(), "{ORIGINAL} cannot be installed");
    folder
}

/// What people choose, in the ways they change it, and what machines choose.
fn list() -> Vec<String> {
    const WORDS: [&str; 24] = [
        "password",
        "dragon",
        "monkey",
        "sunshine",
        "jessica",
        "gumboot",
        "lantern",
        "quarry",
        "correct",
        "horse",
        "battery",
        "staple",
        "qwerty",
        "zxcvbn",
        "asdfgh",
        "liverpool",
        "november",
        "winter",
        "michael",
        "contoso",
        "tangerine",
        "velocity",
        "umbrella",
        "zebra",
    ];
    let mut list = Vec::new();
    let mut seed: u64 = 20_261_127;
    let mut below = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % most
    };
    for word in WORDS {
        let capital = word[..1].to_uppercase() + &word[1..];
        let signs: String = word.chars().map(with_sign).collect();
        let other = WORDS[below(WORDS.len())];
        let third = WORDS[below(WORDS.len())];
        let (year, digits) = (1950 + below(80), below(1000));
        let back: String = word.chars().rev().collect();
        list.extend([
            word.to_owned(),
            capital.clone(),
            signs.clone(),
            back.clone(),
            format!("{word}{word}"),
            format!("{word}{digits}"),
            format!("{capital}{year}"),
            format!("{capital}{year}!"),
            format!("{signs}{digits}"),
            format!("{capital}-{other}"),
            format!("{word} {other} {third}"),
            format!("{capital}{other}{digits}!"),
            format!("{back}{other}"),
            format!("{year}-{:02}-{:02}{word}", 1 + digits % 12, 1 + digits % 28),
        ]);
    }
    for length in (4..=24).cycle().take(600) {
        let printable = |_| char::from(u8::try_from(33 + below(94)).unwrap());
        list.push((0..length).map(printable).collect());
    }
    for length in (4..=16).cycle().take(300) {
        let digit = |_| char::from(b'0' + u8::try_from(below(10)).unwrap());
        list.push((0..length).map(digit).collect());
    }
    for length in (4..=20).cycle().take(300) {
        let letter = |_| char::from(b'a' + u8::try_from(below(26)).unwrap());
        list.push((0..length).map(letter).collect());
    }
    list
}

fn with_sign(letter: char) -> char {
    match letter {
        'a' => '@',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '$',
        other => other,
    }
}
