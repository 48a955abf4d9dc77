//! The program that is shipped: how large it is, and how much memory its kiosk takes.

use std::path::Path;
use std::process::Command;

use crate::bars::Bars;
use crate::company::Company;
use crate::kiosk::{EMPTY, KEYS, QUIET, passwords};
use crate::pty::Pty;
use crate::visit::{CHOOSE, Visit as _, at_menu};

pub(crate) fn measure(bars: &Bars) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--profile", "dist", "--bin", "rekey"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root)
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the shipped program does not build");
    let program = target.join("dist/rekey");
    let size = std::fs::metadata(&program).unwrap().len();
    let megabytes = size as f64 / 1e6;
    bars.at_most("size of the shipped program", megabytes, 15.0, " MB");
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk_by(&program));
    pty.say_who("lin.wei");
    pty.send(company.next_code("LinWei"));
    pty.wait_for_text(CHOOSE);
    for (_, text) in passwords() {
        for key in text.chars() {
            pty.send(key.encode_utf8(&mut [0; 4]).as_bytes());
            pty.wait_until_quiet(QUIET);
        }
        pty.send(EMPTY.repeat(KEYS));
    }
    memory(bars, &pty);
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
