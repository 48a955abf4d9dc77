//! What must never come out: passwords, codes and the site's own secrets, looked for everywhere.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::process::Signal;

use crate::company::{Company, REKEY, Site, WECOM_SECRET};
use crate::pty::{Pty, Setup};
use crate::support::slapd::SERVICE_PASSWORD;
use crate::visit::{CHOOSE, DONE, ENTER, F3, Visit, at_menu};

const ASCII: &str = "Vq7-Umbrella-Canary-Tulip";
const HANZI: &str = "翡翠灯笼走过秋天的长桥看金丝雀Zk4";
/// Refused, then left.
const REFUSED: &str = "Xw9-canary";

#[test]
fn no_secret_is_found_anywhere() {
    let company = Company::start();
    let site = company.site();
    let mut pty = at_menu(site.kiosk());
    let mut codes = Vec::new();
    for (visit, password) in [(1, ASCII), (2, HANZI)] {
        pty.wait_for_visit(visit);
        pty.say_who("lin.wei");
        let code = company.next_code("LinWei");
        pty.send(&code);
        pty.wait_for_text(CHOOSE);
        pty.send(REFUSED);
        pty.send("\r");
        pty.send(REFUSED);
        pty.send("\r");
        pty.wait_for_text("Not changed: this");
        // Both fields are still filled.
        let wipe = "\x7f".repeat(REFUSED.len());
        pty.send(format!("{wipe}\t{wipe}\x1b[Z"));
        pty.type_password(password);
        pty.wait_for_text(DONE);
        assert!(company.signs_in("lin.wei", password));
        codes.push(code);
        pty.send(ENTER);
        pty.wait_for_visit(visit + 1);
    }
    let typed = [ASCII, HANZI, REFUSED];
    let site_secrets = [SERVICE_PASSWORD, WECOM_SECRET];
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let all = [&typed[..], &site_secrets[..], &codes[..]].concat();

    assert_clean("the terminal", pty.raw_output(), &all);
    assert_clean("the export", &site.audit("export").stdout, &all);
    for file in files(site.path()) {
        let allowed = ["bind-password", "wecom-secret"];
        if !allowed.iter().any(|name| file.ends_with(name)) {
            assert_clean(&format!("{file:?}"), &std::fs::read(&file).unwrap(), &all);
        }
    }
    assert!(site.path().join("state.db").exists() && site.log().exists());
    for name in ["cmdline", "environ"] {
        assert_clean(name, &std::fs::read(proc(&pty, name)).unwrap(), &all);
    }
    // Six digits may stand in a table of common passwords: what counts is that there are no more
    // of them than in a process that never saw them.
    let fresh = at_menu(company.site().kiosk());
    if let (Some(used), Some(fresh)) = (Memory::of(&pty), Memory::of(&fresh)) {
        for secret in [&typed[..], &codes[..]].concat() {
            assert_eq!(used.count(secret), fresh.count(secret), "{secret} is left");
        }
    }
    pty.kill(Signal::TERM);
    assert!(pty.wait_exit().success());
    assert_clean("the terminal", pty.raw_output(), &all);
}

#[test]
fn the_search_would_find_them_and_only_f3_shows_a_password() {
    let company = Company::start();
    let site = company.site();
    let mut pty = crate::visit::at_password(&company, &site, "lin.wei", "LinWei");
    pty.send(ASCII);
    pty.wait_for_text("(25)");
    assert!(!contains(pty.raw_output(), ASCII));
    if let Some(memory) = Memory::of(&pty) {
        assert!(
            memory.count(ASCII) > 0,
            "while it is being typed it is there"
        );
    }
    pty.send(F3);
    pty.wait_for_text(ASCII);
    pty.send(F3);
    pty.wait_for(|screen| !screen.contents().contains(ASCII));
    pty.kill(Signal::TERM);
    assert!(pty.wait_exit().success());
    assert!(!pty.screen_text().contains(ASCII));
    assert!(!contains(&std::fs::read(site.log()).unwrap(), ASCII));
}

#[test]
fn no_core_file_and_no_debugger() {
    let company = Company::start();
    let site = company.site();
    let owner = File::open(site.path()).unwrap().metadata().unwrap().uid();
    let setup = if owner == 0 {
        as_nobody(&site)
    } else {
        site.kiosk()
    };
    let mut pty = at_menu(setup);
    let limits = std::fs::read_to_string(proc(&pty, "limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core"));
    let numbers: Vec<_> = core.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"]);
    // The kernel gives the files of a process that cannot be dumped to root.
    let about = std::fs::metadata(proc(&pty, "environ")).unwrap();
    assert_eq!(about.uid(), 0, "it could be dumped or traced");
    pty.kill(Signal::TERM);
    assert!(pty.wait_exit().success());
}

/// The kiosk as a user of its own: for root's processes nothing would be seen.
fn as_nobody(site: &Site) -> Setup {
    const NOBODY: u32 = 65_534;
    for file in files(site.path()).iter().chain([&site.path().to_owned()]) {
        std::os::unix::fs::chown(file, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    // Where nobody can reach it.
    let program = site.path().join("rekey");
    std::fs::copy(REKEY, &program).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ids = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let words = [program.as_path(), "kiosk".as_ref(), "--config".as_ref()];
    Setup::new("setpriv")
        .args(ids)
        .args(words)
        .args([site.config()])
}

fn proc(pty: &Pty, name: &str) -> String {
    format!("/proc/{}/{name}", pty.pid().as_raw_nonzero())
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[track_caller]
fn assert_clean(place: &str, bytes: &[u8], secrets: &[&str]) {
    for secret in secrets {
        assert!(!contains(bytes, secret), "{secret} is in {place}");
    }
}

fn contains(bytes: &[u8], secret: &str) -> bool {
    count(bytes, secret) > 0
}

fn count(bytes: &[u8], secret: &str) -> usize {
    let secret = secret.as_bytes();
    bytes.windows(secret.len()).filter(|w| *w == secret).count()
}

/// What a process holds that can be written to.
struct Memory(Vec<u8>);

impl Memory {
    /// `None` when the kernel lets nobody look: then there is nothing to find.
    fn of(pty: &Pty) -> Option<Self> {
        let mut maps = String::new();
        File::open(proc(pty, "maps"))
            .ok()?
            .read_to_string(&mut maps)
            .ok()?;
        let memory = File::open(proc(pty, "mem")).ok()?;
        let mut held = Vec::new();
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next()?.split_once('-')?;
            let number = |hex| u64::from_str_radix(hex, 16).unwrap();
            let (from, to) = (number(from), number(to));
            let mut piece = vec![0; usize::try_from(to - from).unwrap()];
            // Guard pages and the like cannot be read.
            if memory.read_exact_at(&mut piece, from).is_ok() {
                held.extend(piece);
            }
        }
        assert!(held.len() > 100_000, "so much a program holds");
        Some(Self(held))
    }

    fn count(&self, secret: &str) -> usize {
        count(&self.0, secret)
    }
}
