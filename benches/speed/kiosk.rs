//! The built kiosk on a pty: how soon it shows something, and what a key costs.

use std::time::{Duration, Instant};

use rekey::domain::limits::PASSWORD_MAX_CHARS;

use crate::bars::{Bars, ms, p50, percentile};
use crate::company::{Company, REKEY, Site};
use crate::pty::{Pty, Setup};
use crate::visit::{MENU, at_password};

const STARTS: usize = 40;
/// Of a password in a language, at least: as many as the longest has.
pub(crate) const KEYS: usize = PASSWORD_MAX_CHARS;
/// No more comes after a key when nothing has come for so long.
pub(crate) const QUIET: Duration = Duration::from_millis(40);
/// The advice has come, or gone.
const PAUSE: Duration = Duration::from_millis(600);
/// F2.
const LANGUAGE: &str = "\x1bOQ";
/// Backspace.
pub(crate) const EMPTY: &str = "\x7f";

pub(crate) fn measure(bars: &Bars) {
    let company = Company::start();
    let site = company.site();
    starts(bars, &site);
    let mut pty = at_password(&company, &site, "lin.wei", "LinWei");
    keys(bars, &mut pty);
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
    /// In both.
    bytes: usize,
}

/// Every password in every language; the p99 of a password is that of all its keys, since of a
/// single round it would be the second slowest key, which the machine decides.
fn keys(bars: &Bars, pty: &mut Pty) {
    let mut all_costs: [Vec<Cost>; 6] = Default::default();
    let mut cat = cat();
    let mut echoed = Vec::new();
    for language in ["en", "zh-CN", "id"] {
        for ((kind, text), all_costs) in passwords().into_iter().zip(&mut all_costs) {
            let mut costs = Vec::new();
            // A short one again and again: of few keys the p99 is the slowest, whatever the
            // program was doing besides, such as its clock.
            while costs.len() < KEYS {
                pty.send(EMPTY.repeat(KEYS));
                // The advice goes as well.
                pty.wait_until_quiet(PAUSE);
                costs.extend(text.chars().map(|key| press(pty, key)));
            }
            let all = |of: fn(&Cost) -> Duration| costs.iter().map(of).collect::<Vec<_>>();
            let (frames, verdicts) = (all(|cost| cost.frame), all(|cost| cost.verdict));
            let bytes: usize = costs.iter().map(|cost| cost.bytes).sum();
            let mean = bytes as f64 / costs.len() as f64;
            let advice = pty.wait_until_quiet(PAUSE).map_or(0, |came| came.bytes);
            let most = costs.iter().map(|cost| cost.bytes).max().unwrap_or(0);
            bars.note(&format!(
                "{language:5} {kind:16} key to frame p50 {:.2} p99 {:.2} ms, to verdict p50 {:.2} \
                 p99 {:.2} ms; {mean:.0} bytes a key, {most} at most, {advice} for the advice",
                ms(p50(&frames)),
                ms(percentile(&frames, 99)),
                ms(p50(&verdicts)),
                ms(percentile(&verdicts, 99)),
            ));
            all_costs.extend(costs);
        }
        pty.send(LANGUAGE);
        pty.wait_until_quiet(PAUSE);
        let keys = "x".repeat(KEYS);
        echoed.extend(keys.chars().map(|key| press(&mut cat, key).frame));
    }
    bars.note(&format!(
        "cat, which does nothing: key to echo p50 {:.2} p99 {:.2} ms",
        ms(p50(&echoed)),
        ms(percentile(&echoed, 99))
    ));
    let slowest = |of: fn(&Cost) -> Duration| {
        let p99 = |costs: &Vec<Cost>| percentile(&costs.iter().map(of).collect::<Vec<_>>(), 99);
        ms(all_costs.iter().map(p99).max().unwrap_or_default())
    };
    let what = "key to painted frame, p99 of the worst input";
    bars.at_most(what, slowest(|cost| cost.frame), 5.0, " ms");
    let what = "key to painted verdict, p99 of the worst input";
    bars.at_most(what, slowest(|cost| cost.verdict), 5.0, " ms");
    let costliest = all_costs.iter().flatten().map(|cost| cost.bytes).max();
    let what = "bytes of the costliest key with its verdict";
    bars.at_most(what, costliest.unwrap_or(0) as f64, 150.0, "");
}

/// What this machine takes for a key at best: a program that does nothing but send it back.
fn cat() -> Pty {
    let words = ["-c", "stty raw -echo; echo ready; exec cat"];
    let mut pty = Setup::new("/bin/sh").args(words).start();
    pty.wait_for_text("ready");
    pty
}

fn press(pty: &mut Pty, key: char) -> Cost {
    let began = Instant::now();
    pty.send(key.encode_utf8(&mut [0; 4]).as_bytes());
    // A full field of dots may look the same with one more.
    pty.wait_until_quiet(QUIET)
        .map(|came| Cost {
            frame: came.first.duration_since(began),
            verdict: came.last.duration_since(began),
            bytes: came.bytes,
        })
        .unwrap_or_default()
}

/// An ordinary one, and those that cost the meter most, as long as a password may be.
pub(crate) fn passwords() -> [(&'static str, String); 6] {
    let longest = |text: &str| text.chars().cycle().take(KEYS).collect::<String>();
    [
        ("ordinary", "gumboot lantern9 Quarry".to_owned()),
        ("all signs", longest("4@8({[<3691!|70$5+%2")),
        ("signs in words", longest("p4$$w0rd!1|7+({[<")),
        ("repeats", longest("aabaab")),
        ("own names", longest("linweicontosolin.wei@example.test")),
        ("Chinese", longest("林伟的密码是什么呢")),
    ]
}
