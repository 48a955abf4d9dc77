//! The built kiosk on a pty: how soon it shows something, what a key costs, how much memory.

use std::time::{Duration, Instant};

use crate::bars::{Bars, ms, p50, percentile};
use crate::company::{Company, REKEY, Site};
use crate::pty::{Pty, Setup};
use crate::visit::{MENU, at_password};

const STARTS: usize = 40;
/// No more comes after a key when nothing has come for so long.
const QUIET: Duration = Duration::from_millis(40);
/// Backspace.
const EMPTY: &str = "\x7f";

pub(crate) fn measure(bars: &Bars) {
    let company = Company::start();
    let site = company.site();
    starts(bars, &site);
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    keys(bars, &mut pty);
    memory(bars, &pty);
}

fn starts(bars: &Bars, site: &Site) {
    let kiosk = || {
        let config = site.config();
        let words = ["kiosk".as_ref(), "--config".as_ref(), config.as_os_str()];
        Setup::new(REKEY).args(words)
    };
    let echo = || Setup::new("/bin/echo").args([MENU]);
    let until_shown = |setup: Setup| {
        let began = Instant::now();
        let mut pty = setup.start();
        pty.wait_for_text(MENU);
        began.elapsed()
    };
    // The first start makes state and key.
    until_shown(kiosk());
    let (mut rekey, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        raw.push(until_shown(echo()));
        rekey.push(until_shown(kiosk()));
    }
    let (rekey, raw) = (p50(&rekey), p50(&raw));
    let most = raw.mul_f64(1.5) + Duration::from_millis(20);
    bars.note(&format!("/bin/echo {:.2} ms (p50)", ms(raw)));
    bars.at_most(
        "start to the first painted frame (p50), 1.5 times /bin/echo + 20 ms",
        ms(rekey),
        (ms(most) * 100.0).round() / 100.0,
        " ms",
    );
}

/// What a key brought.
#[derive(Default)]
struct Cost {
    /// Until the first frame, which shows the key.
    frame: Duration,
    /// Until the last, which shows the verdict.
    verdict: Duration,
    /// In the first frame.
    frame_bytes: usize,
    /// In all.
    bytes: usize,
}

fn keys(bars: &Bars, pty: &mut Pty) {
    let (mut frame, mut verdict) = (Duration::ZERO, Duration::ZERO);
    let (mut frame_bytes, mut most) = (0, 0);
    for (kind, text) in passwords() {
        pty.send(EMPTY.repeat(128));
        pty.wait_until_quiet(QUIET);
        let costs: Vec<Cost> = text.chars().map(|key| press(pty, key)).collect();
        let all = |of: fn(&Cost) -> Duration| costs.iter().map(of).collect::<Vec<_>>();
        let (frames, verdicts) = (all(|cost| cost.frame), all(|cost| cost.verdict));
        let bytes: usize = costs.iter().map(|cost| cost.bytes).sum();
        let mean = bytes as f64 / costs.len() as f64;
        let worst = costs.iter().map(|cost| cost.bytes).max().unwrap_or(0);
        bars.note(&format!(
            "{kind:16} key to frame p50 {:.2} p99 {:.2} ms, to verdict p50 {:.2} p99 {:.2} ms; \
             {mean:.0} bytes a key, {worst} at most",
            ms(p50(&frames)),
            ms(percentile(&frames, 99)),
            ms(p50(&verdicts)),
            ms(percentile(&verdicts, 99)),
        ));
        frame = frame.max(percentile(&frames, 99));
        verdict = verdict.max(percentile(&verdicts, 99));
        let in_frames = costs.iter().map(|cost| cost.frame_bytes).max();
        frame_bytes = frame_bytes.max(in_frames.unwrap_or(0));
        most = most.max(worst);
        if kind == ORDINARY {
            bars.at_most(
                "bytes a key with its verdict, ordinary password",
                mean,
                150.0,
                "",
            );
        }
    }
    bars.at_most(
        "key to painted frame, p99 of the worst input",
        ms(frame),
        5.0,
        " ms",
    );
    bars.at_most(
        "key to painted verdict, p99 of the worst input",
        ms(verdict),
        5.0,
        " ms",
    );
    let what = "bytes of the costliest frame that shows a key";
    bars.at_most(what, frame_bytes as f64, 150.0, "");
    bars.note(&format!(
        "{most} bytes at most when a key changes the verdict's sentence"
    ));
}

fn press(pty: &mut Pty, key: char) -> Cost {
    let began = Instant::now();
    pty.send(key.encode_utf8(&mut [0; 4]).as_bytes());
    // A full field of dots may look the same with one more.
    pty.wait_until_quiet(QUIET)
        .map(|came| Cost {
            frame: came.first.duration_since(began),
            verdict: came.last.duration_since(began),
            frame_bytes: came.first_bytes,
            bytes: came.bytes,
        })
        .unwrap_or_default()
}

const ORDINARY: &str = "ordinary";

/// An ordinary one, and those that cost the meter most, as long as a password may be.
fn passwords() -> [(&'static str, String); 6] {
    let longest = |text: &str| text.chars().cycle().take(128).collect::<String>();
    [
        (ORDINARY, "gumboot lantern9 Quarry".to_owned()),
        ("all signs", longest("4@8({[<3691!|70$5+%2")),
        ("signs in words", longest("p4$$w0rd!1|7+({[<")),
        ("repeats", longest("aabaab")),
        ("own names", longest("linweicontosolin.wei@example.test")),
        ("Chinese", longest("林伟的密码是什么呢")),
    ]
}

fn memory(bars: &Bars, pty: &Pty) {
    let pid = pty.pid().as_raw_nonzero();
    let read = |file: &str, field: &str| -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
        let line = text.lines().find(|line| line.starts_with(field)).unwrap();
        let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes * 1024.0 / 1e6
    };
    let rss = read("smaps_rollup", "Rss:");
    bars.note(&format!(
        "PSS {:.1} MB, RSS {rss:.1} MB, at its highest {:.1} MB",
        read("smaps_rollup", "Pss:"),
        read("status", "VmHWM:")
    ));
    bars.at_most(
        "memory of the kiosk (RSS) after all these keys",
        rss,
        25.0,
        " MB",
    );
}
