//! Which process owns an intent, and whether it still lives.

use std::fs;
use std::io;

/// One process: its id, when it started, and in which run of the machine. A process id alone is
/// given to others later; re-executing a program keeps all three.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ProcessMark {
    pid: u32,
    /// Clock ticks after the machine started: field 22 of `/proc/<pid>/stat`, see proc(5).
    started: u64,
    /// The kernel's `boot_id`.
    boot: String,
}

impl ProcessMark {
    /// This very process.
    ///
    /// # Errors
    /// `/proc` is not there.
    pub fn of_this_process() -> io::Result<Self> {
        Self::of(std::process::id())
    }

    /// The process that has this id now.
    ///
    /// # Errors
    /// There is none, or `/proc` is not there.
    pub fn of(pid: u32) -> io::Result<Self> {
        let (started, _) = stat(pid)?;
        Ok(Self {
            pid,
            started,
            boot: boot_id()?,
        })
    }

    /// Whether it still runs. One that was killed and not yet waited for does not.
    pub(super) fn lives(&self) -> bool {
        let same_boot = boot_id().is_ok_and(|boot| boot == self.boot);
        same_boot && stat(self.pid).is_ok_and(|(started, runs)| runs && started == self.started)
    }

    /// As text, for the store.
    pub(super) fn to_stored(&self) -> String {
        format!("{}:{}:{}", self.pid, self.started, self.boot)
    }

    /// Back from the store; `None` for anything else.
    pub(super) fn from_stored(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        Some(Self {
            pid: parts.next()?.parse().ok()?,
            started: parts.next()?.parse().ok()?,
            boot: parts.next()?.to_owned(),
        })
    }
}

fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?
        .trim()
        .to_owned())
}

/// When a process started, and whether it runs (rather than being a zombie).
fn stat(pid: u32) -> io::Result<(u64, bool)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The program's name, in parentheses, may hold anything, also parentheses and spaces.
    let parsed = stat.rsplit_once(") ").and_then(|(_, rest)| {
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next()?;
        // `state` is field 3, so that field 22 is the 18th after it.
        let started = fields.nth(18)?.parse().ok()?;
        Some((started, !matches!(state, "Z" | "X" | "x")))
    });
    parsed.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/<pid>/stat is strange"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_its_mark_survives_the_store() {
        let mark = ProcessMark::of_this_process().unwrap();
        assert!(mark.lives());
        assert_eq!(ProcessMark::from_stored(&mark.to_stored()), Some(mark));
        assert_eq!(ProcessMark::from_stored("nonsense"), None);
    }

    #[test]
    fn a_killed_process_is_gone_before_and_after_it_was_waited_for() {
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mark = ProcessMark::of(child.id()).unwrap();
        assert!(mark.lives());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!mark.lives());
    }

    #[test]
    fn another_process_with_the_same_id_is_another() {
        let mut mark = ProcessMark::of_this_process().unwrap();
        mark.started -= 1;
        assert!(!mark.lives());
        let mut mark = ProcessMark::of_this_process().unwrap();
        mark.boot = "an earlier run of the machine".to_owned();
        assert!(!mark.lives());
    }
}
