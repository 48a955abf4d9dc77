//! Plain lines: without a pty, on a terminal that understands nothing, and at the kiosk itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::company::{Company, REKEY, six_digits};
use crate::pty::Setup;
use crate::server::Server;
use crate::support::slapd::{LIN_PASSWORD, START_PASSWORD};
use crate::visit::{GOOD, MENU};

/// A client without a pty.
struct Pipes {
    child: Child,
    typed: ChildStdin,
    said: BufReader<ChildStdout>,
    all: String,
}

impl Pipes {
    fn of(mut child: Child) -> Self {
        Self {
            typed: child.stdin.take().unwrap(),
            said: BufReader::new(child.stdout.take().unwrap()),
            child,
            all: String::new(),
        }
    }

    /// Reads on until `text` was said after everything before.
    fn until(&mut self, text: &str) {
        let from = self.all.len();
        let mut bytes = Vec::new();
        while !String::from_utf8_lossy(&bytes).contains(text) {
            let mut byte = [0];
            let read = self.said.read(&mut byte).unwrap();
            assert_ne!(read, 0, "it ended: {}", String::from_utf8_lossy(&bytes));
            bytes.extend(byte);
        }
        self.all.push_str(&String::from_utf8_lossy(&bytes));
        assert!(self.all.len() > from);
    }

    fn type_line(&mut self, line: &str) {
        writeln!(self.typed, "{line}").unwrap();
    }
}

#[test]
fn lin_wei_sets_a_new_password_without_a_terminal_at_all() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let child = server
        .command(&["-T"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipes = Pipes::of(child);
    pipes.until("Type a number and press Enter:");
    pipes.type_line("3");
    pipes.until("Login name");
    pipes.type_line("lin.wei");
    pipes.until("Code (");
    pipes.type_line(&six_digits(&company.next_message("LinWei")).unwrap());
    pipes.until("New password");
    pipes.type_line("lin.wei1990");
    pipes.until("Strength");
    pipes.until("New password");
    pipes.type_line(GOOD);
    pipes.until("The same again:");
    pipes.type_line(GOOD);
    pipes.until("Sign-in tested with it");
    pipes.until("Press Enter to leave:");
    assert!(company.signs_in("lin.wei", GOOD));
    pipes.type_line("");
    let mut rest = String::new();
    pipes.said.read_line(&mut rest).unwrap();
    assert!(pipes.child.wait().unwrap().success());
    assert!(!pipes.all.contains('\u{1b}'), "{:?}", pipes.all);
    assert!(!pipes.all.contains(GOOD));
    site.assert_chain_holds();
}

/// A terminal that understands nothing, or has no name.
#[test]
fn a_dumb_terminal_gets_lines_and_a_password_is_not_shown() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut pty = server.client().env("TERM", "dumb").start();
    pty.wait_for_text("Type a number and press Enter:");
    pty.send("3\r");
    pty.wait_for_text("Login name");
    pty.send("lin.x\u{7f}wei\r");
    pty.wait_for_text("Code (");
    pty.send(six_digits(&company.next_message("LinWei")).unwrap());
    pty.send("\r");
    pty.wait_for_text("New password, not shown");
    pty.send(format!("{GOOD}\r"));
    pty.wait_for_text("The same again:");
    pty.send(format!("{GOOD}\r"));
    pty.wait_for_text("Press Enter to leave:");
    pty.send("\r");
    assert!(pty.wait_exit().success());
    let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
    assert!(!raw.contains('\u{1b}'), "{raw:?}");
    assert!(raw.contains("lin.x\u{8} \u{8}wei"), "{raw:?}");
    assert!(!raw.contains(GOOD), "{raw:?}");
    assert!(company.signs_in("lin.wei", GOOD));
}

#[test]
fn lin_wei_renews_and_siti_rahma_unlocks_in_plain_lines() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    let mut pty = server.client().env("TERM", "dumb").start();
    pty.wait_for_text("Type a number and press Enter:");
    pty.send("3\r");
    pty.wait_for_text("6 if you still know your password");
    pty.send("6\r");
    pty.wait_for_text("Login name, to renew");
    pty.send("lin.wei\r");
    pty.wait_for_text("Password you have now, not shown");
    pty.send("Not-Hers-1\r");
    pty.wait_for_text("That did not lead on");
    pty.send("6\rlin.wei\r");
    pty.send(format!("{LIN_PASSWORD}\r"));
    pty.wait_for_text("New password, not shown");
    pty.send(format!("{GOOD}\r"));
    pty.wait_for_text("The same again:");
    pty.send(format!("{GOOD}\r"));
    pty.wait_for_text("Press Enter to leave:");
    pty.send("\r");
    assert!(pty.wait_exit().success());
    let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
    assert!(
        !raw.contains(LIN_PASSWORD) && !raw.contains(GOOD),
        "{raw:?}"
    );
    assert!(company.signs_in("lin.wei", GOOD));

    let mut pty = server.client().env("TERM", "dumb").start();
    pty.wait_for_text("Type a number and press Enter:");
    pty.send("3\r");
    pty.wait_for_text("Login name");
    pty.send("siti.rahma\r");
    pty.wait_for_text("Code (");
    pty.send(six_digits(&company.next_message("SitiRahma")).unwrap());
    pty.send("\r");
    pty.wait_for_text("7 and Enter only unlock");
    pty.send("7\r");
    pty.wait_for_text("Your account is unlocked");
    pty.send("\r");
    assert!(pty.wait_exit().success());
    assert!(company.signs_in("siti.rahma", START_PASSWORD));
    site.assert_chain_holds();
}

#[test]
fn the_kiosk_itself_speaks_in_plain_lines() {
    let company = Company::start();
    let site = company.site();
    let by_word = Setup::new(REKEY)
        .args(["kiosk", "--plain", "--config"])
        .args([site.config()]);
    let by_terminal = Setup::new(REKEY)
        .args(["kiosk", "--config"])
        .args([site.config()])
        .env("TERM", "dumb");
    for setup in [by_word, by_terminal] {
        let mut pty = setup.start();
        pty.wait_for_text("kiosk lobby-1");
        pty.send("3\r");
        pty.wait_for_text("Login name");
        pty.send("\x03siti.rahma\r");
        pty.wait_for_text("Type a number and press Enter:");
        pty.kill(rustix::process::Signal::TERM);
        pty.wait_exit();
        pty.assert_restored();
        let raw = String::from_utf8_lossy(pty.raw_output()).into_owned();
        assert!(!raw.contains('\u{1b}'), "{raw:?}");
    }
}

#[test]
fn every_kind_of_terminal_sees_the_menu() {
    let company = Company::start();
    let site = company.site();
    let server = Server::start(&site, "");
    for term in [
        "xterm",
        "linux",
        "screen",
        "tmux-256color",
        "vt100",
        "xterm-kitty",
        "nonesuch",
    ] {
        let mut pty = server.client().env("TERM", term).start();
        pty.wait_for_text(MENU);
        pty.wait_for_text("3  IT support");
        assert!(pty.screen().alternate_screen(), "{term}");
    }
    for term in ["dumb", ""] {
        let mut pty = server.client().env("TERM", term).start();
        pty.wait_for_text("Type a number and press Enter:");
        assert!(!pty.raw_output().contains(&0x1b), "{term:?}");
    }
    // Without a locale nothing but ASCII is sent before the terminal has answered.
    let mut pty = server.client().env("LANG", "C").mute().start();
    pty.wait_for_text("3  IT support");
    let mut pty = server.client().env("LANG", "zh_CN.UTF-8").start();
    pty.wait_for_text("设置新密码");
}
