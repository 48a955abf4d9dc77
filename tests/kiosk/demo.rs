//! `rekey demo`, as somebody tries it who has just installed it.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::company::{REKEY, six_digits};
use crate::pty::{Pty, Setup};
use crate::visit::{CHOOSE, DONE, ENTER, ESC, F9, GOOD, Visit};

const CTRL_C: &str = "\x03";

#[test]
fn the_demo_resets_lin_wei_for_real_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = Setup::new(REKEY)
        .args(["demo"])
        .env("TMPDIR", folder.path())
        .start();
    pty.wait_for_text("sign in as lin.wei, and look at the phone with F9");
    pty.say_who("lin.wei");
    pty.send(F9);
    pty.wait_for(|screen| six_digits(&screen.contents()).is_some());
    let code = six_digits(&pty.screen_text()).unwrap();
    pty.send(ESC);
    pty.wait_for(|screen| six_digits(&screen.contents()).is_none());
    pty.send(code);
    pty.wait_for_text(CHOOSE);
    pty.type_password(GOOD);
    pty.wait_for_text(DONE);
    let config = read_config(folder.path());
    assert!(signs_in(&config, GOOD));
    assert!(!signs_in(&config, "Some-Other-Password-1"));
    pty.send(ENTER);
    pty.wait_for_visit(2);

    let children = children(&pty);
    assert_eq!(children.len(), 2, "the kiosk, and the server for phones");
    pty.send(CTRL_C);
    assert!(pty.wait_exit().success());
    pty.assert_restored();
    for child in children {
        assert!(!child.exists(), "{child:?} is left");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the deadline of a test runs in real time"
)]
fn a_demo_that_is_killed_leaves_no_server_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = Setup::new(REKEY)
        .args(["demo"])
        .env("TMPDIR", folder.path())
        .start();
    pty.wait_for_text("sign in as lin.wei");
    let serves = |child: &&PathBuf| {
        let words = std::fs::read_to_string(child.join("cmdline")).unwrap();
        words.split('\0').any(|word| word == "serve")
    };
    let children = children(&pty);
    let server = children.iter().find(serves).unwrap();
    let home = value(&read_config(folder.path()), "public_url").to_owned();
    assert!(reachable(&home));
    pty.kill(rustix::process::Signal::KILL);
    let deadline = Instant::now() + Duration::from_secs(10);
    // A zombie of init's has no command line any more; its ports close a moment later.
    let lives = || std::fs::read(server.join("cmdline")).is_ok_and(|words| !words.is_empty());
    while lives() || reachable(&home) {
        assert!(Instant::now() < deadline, "the server lives on");
        std::thread::yield_now();
    }
}

fn reachable(url: &str) -> bool {
    std::net::TcpStream::connect(url.trim_start_matches("http://")).is_ok()
}

/// The demo's own configuration file.
fn read_config(folder: &std::path::Path) -> String {
    let demo = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    std::fs::read_to_string(demo.path().join("rekey.toml")).unwrap()
}

fn value<'a>(config: &'a str, key: &str) -> &'a str {
    let line = config.lines().find(|line| line.starts_with(key)).unwrap();
    line.split('"').nth(1).unwrap()
}

/// Whether ldapwhoami gets in as lin.wei.
fn signs_in(config: &str, password: &str) -> bool {
    let dn = format!("uid=lin.wei,{}", value(config, "people_base"));
    let mut ldapwhoami = Command::new("ldapwhoami");
    ldapwhoami.args(["-x", "-H", value(config, "urls"), "-D", &dn, "-w", password]);
    let done = ldapwhoami.stdin(Stdio::null()).output();
    done.expect("ldap-utils is installed").status.success()
}

/// The folders in /proc of the processes that the program has started.
fn children(pty: &Pty) -> Vec<PathBuf> {
    let pid = pty.pid().as_raw_nonzero();
    let list = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    list.split_whitespace()
        .map(|child| PathBuf::from(format!("/proc/{child}")))
        .collect()
}
