//! What a person does at a kiosk, key by key.

use crate::company::{Company, Site};
use crate::pty::{Pty, Setup};

pub(crate) const F3: &str = "\x1bOR";
pub(crate) const F4: &str = "\x1bOS";
pub(crate) const F5: &str = "\x1b[15~";
pub(crate) const F9: &str = "\x1b[20~";
pub(crate) const ESC: &str = "\x1b";
pub(crate) const ENTER: &str = "\r";
/// Written when the alternate screen begins: once for every visit.
pub(crate) const BEGINS: &[u8] = b"\x1b[?1049h";

pub(crate) const MENU: &str = "Set a new password";
pub(crate) const WHO: &str = "Who are you?";
pub(crate) const SENT: &str = "We sent a code to your WeCom";
pub(crate) const CHOOSE: &str = "Choose a new password";
pub(crate) const DONE: &str = "Your new password works now";
pub(crate) const UNKNOWN: &str = "Nobody knows yet whether it was changed";

/// The request for siti.rahma's change, counted from the submitted password. Before it the entry and
/// what is around it (2) are read, the service account binds on a connection for changes, and there
/// the marks are read again; after it another connection binds.
pub(crate) const SET: usize = 5;
/// The same for lin.wei, who is in a group, which may be in a group.
pub(crate) const SET_LIN: usize = SET + 1;

/// Good enough for everybody's policy.
pub(crate) const GOOD: &str = "Quartz-Lantern-27-Meadow";

/// A kiosk at its menu.
pub(crate) fn at_menu(setup: Setup) -> Pty {
    let mut pty = setup.start();
    pty.wait_for_text(MENU);
    pty
}

/// A kiosk of `site` at the code screen of `login`.
pub(crate) fn at_code(site: &Site, login: &str) -> Pty {
    let mut pty = at_menu(site.kiosk());
    pty.say_who(login);
    pty
}

/// A kiosk of `site` where `login` has given the right code.
pub(crate) fn at_password(company: &Company, site: &Site, login: &str, userid: &str) -> Pty {
    let mut pty = at_code(site, login);
    pty.send(company.next_code(userid));
    pty.wait_for_text(CHOOSE);
    pty
}

pub(crate) trait Visit {
    /// From the menu to the login field.
    fn choose_it_support(&mut self);
    /// From the menu to the code screen.
    fn say_who(&mut self, login: &str);
    /// Both fields of the password screen.
    fn type_password(&mut self, password: &str);
    /// Waits for the menu of the visit with this number, counted from 1.
    fn wait_for_visit(&mut self, number: usize);
    /// Whether it is still the process that was started: it has not ended, and no child goes on in
    /// its place.
    fn is_the_same_process(&self) -> bool;
    /// What the screen shows, with the clock and the countdowns masked.
    fn still(&self) -> String;
}

impl Visit for Pty {
    #[track_caller]
    fn choose_it_support(&mut self) {
        self.wait_for_text(MENU);
        self.send("3");
        self.wait_for_text(WHO);
    }

    #[track_caller]
    fn say_who(&mut self, login: &str) {
        self.choose_it_support();
        self.send(login);
        self.send(ENTER);
        self.wait_for_text(SENT);
    }

    #[track_caller]
    fn type_password(&mut self, password: &str) {
        self.send(password);
        self.send(ENTER);
        self.send(password);
        self.send(ENTER);
    }

    #[track_caller]
    fn wait_for_visit(&mut self, number: usize) {
        self.wait_for_raw(BEGINS, number);
        self.wait_for_text(MENU);
    }

    fn is_the_same_process(&self) -> bool {
        let pid = self.pid().as_raw_nonzero();
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}"));
        // One that has ended and was not waited for has no command line any more.
        let alive = read("cmdline").is_ok_and(|line| line.contains("kiosk"));
        alive && read(&format!("task/{pid}/children")).is_ok_and(|list| list.trim().is_empty())
    }

    fn still(&self) -> String {
        let text = self.screen_text();
        // A cell that was wiped and one that was never written look the same.
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        mask(&lines.join("\n"))
    }
}

/// Digits beside a colon or before " s" are clocks.
fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |n: usize| chars.get(n).copied().unwrap_or(' ');
    let is_clock = |n: usize| {
        let start = (0..n).rev().take_while(|n| at(*n).is_ascii_digit()).last();
        let start = start.unwrap_or(n);
        let end = (n..).find(|n| !at(*n).is_ascii_digit()).unwrap_or(n);
        let before = start.checked_sub(1).map_or(' ', at);
        at(end) == ':' || before == ':' || (at(end) == ' ' && at(end + 1) == 's')
    };
    (0..chars.len())
        .map(|n| match at(n) {
            c if c.is_ascii_digit() && is_clock(n) => '#',
            c => c,
        })
        .collect()
}

/// Six digits that are not `code`.
pub(crate) fn wrong(code: &str) -> String {
    code.chars()
        .map(|digit| if digit == '9' { '0' } else { '9' })
        .collect()
}
