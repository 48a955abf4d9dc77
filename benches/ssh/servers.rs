//! The two sides: `rekey serve`, and sshd with ForceCommand running `rekey kiosk`.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::keys::PrivateKey;

use crate::company::{REKEY, Site};

/// A server with its processes.
pub(crate) struct Server {
    child: Child,
    pub(crate) at: SocketAddr,
    pub(crate) key: Option<Arc<PrivateKey>>,
}

impl Server {
    pub(crate) fn rekey(site: &Site) -> Self {
        let at = free_port();
        let folder = site.path().display();
        let usual = std::fs::read_to_string(site.config()).unwrap();
        site.write(
            "serve.toml",
            &format!(
                "{usual}\n[ssh]\nlisten = \"{at}\"\nhost_key_file = \"{folder}/host_key\"\n\
                 idle = \"1h\"\n"
            ),
        );
        let child = Command::new(REKEY)
            .args(["serve", "--config"])
            .arg(site.path().join("serve.toml"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self::listening(child, at, None)
    }

    /// One sshd for all, that lets this user in by a key and runs the kiosk, nothing else.
    pub(crate) fn sshd(site: &Site) -> Self {
        let at = free_port();
        let folder = site.path();
        for name in ["sshd_host_key", "user_key"] {
            keygen(&folder.join(name));
        }
        let config = format!(
            "ListenAddress {at}\nHostKey {folder}/sshd_host_key\nPidFile none\n\
             AuthorizedKeysFile {folder}/user_key.pub\nStrictModes no\nUsePAM no\n\
             PermitRootLogin yes\nPasswordAuthentication no\nMaxStartups 1000\n\
             AcceptEnv LANG\nPrintMotd no\nPrintLastLog no\n\
             ForceCommand exec {REKEY} kiosk --config {config} 2>/dev/null\n",
            folder = folder.display(),
            config = site.config().display(),
        );
        site.write("sshd_config", &config);
        // Where it separates its privileges.
        let _ = std::fs::create_dir_all("/run/sshd");
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(folder.join("sshd_config"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("openssh-server is installed");
        let key = russh::keys::load_secret_key(folder.join("user_key"), None).unwrap();
        Self::listening(child, at, Some(Arc::new(key)))
    }

    fn listening(child: Child, at: SocketAddr, key: Option<Arc<PrivateKey>>) -> Self {
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(at).is_err() {
            assert!(Instant::now() < deadline, "nobody listens at {at}");
            std::thread::yield_now();
        }
        Self { child, at, key }
    }

    /// What the server and everything it started hold in memory, shared pages shared out: kB.
    pub(crate) fn memory(&self) -> f64 {
        let family = family(self.child.id());
        family.iter().map(|pid| proportional(*pid)).sum()
    }

    /// The processor time that the server itself has used.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for pid in family(self.child.id()).into_iter().rev() {
            let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// A process and all that it started.
fn family(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut at = 0;
    while let Some(pid) = all.get(at).copied() {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            all.extend(
                children
                    .split_whitespace()
                    .filter_map(|pid| pid.parse::<u32>().ok()),
            );
        }
        at += 1;
    }
    all
}

fn proportional(pid: u32) -> f64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse().ok())
        .unwrap_or(0.0)
}

fn keygen(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}
