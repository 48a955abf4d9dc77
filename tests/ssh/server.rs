//! `rekey serve` with its SSH front, and OpenSSH clients of it.

use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::company::{REKEY, Site, now};
use crate::pty::{DEADLINE, Setup};
use crate::support::ports;

/// A server of a site. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    at: SocketAddr,
    folder: PathBuf,
    log: PathBuf,
}

/// The usual `[ssh]` section of a site, with more lines.
pub(crate) fn section(site: &Site, more: &str) -> (SocketAddr, String) {
    let at = free_address();
    let folder = site.path().display();
    let text =
        format!("\n[ssh]\nlisten = \"{at}\"\nhost_key_file = \"{folder}/host_key\"\n{more}\n");
    (at, text)
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], ports::free()))
}
impl Server {
    /// Serves `site`, with more lines in its `[ssh]` section, or sections after it.
    pub(crate) fn start(site: &Site, more: &str) -> Self {
        Self::start_in(site, more, &[])
    }

    /// Serves `site`, and its figures at the address that comes with it.
    pub(crate) fn with_figures(site: &Site) -> (Self, SocketAddr) {
        let figures = free_address();
        let server = Self::start(site, &format!("[metrics]\nlisten = \"{figures}\""));
        (server, figures)
    }

    /// The same as [`Server::start`] with variables in its environment.
    pub(crate) fn start_in(site: &Site, more: &str, variables: &[(&str, String)]) -> Self {
        let (at, section) = section(site, more);
        let usual = std::fs::read_to_string(site.config()).unwrap();
        let usual = usual.split("\n[ssh]").next().unwrap();
        site.write("rekey.toml", &format!("{usual}{section}"));
        Self::of(site, at, variables)
    }

    /// Serves a site again, as it was configured.
    pub(crate) fn again(site: &Site, at: SocketAddr) -> Self {
        Self::of(site, at, &[])
    }

    fn of(site: &Site, at: SocketAddr, variables: &[(&str, String)]) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(site.log())
            .unwrap();
        let mut child = Command::new(REKEY)
            .args(["serve", "--config"])
            .arg(site.config())
            .env("TMPDIR", site.path())
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let deadline = now() + DEADLINE;
        while TcpStream::connect(at).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "the server ended");
            assert!(now() < deadline, "the server does not listen");
            std::thread::yield_now();
        }
        Self {
            child,
            at,
            folder: site.path().to_owned(),
            log: site.log(),
        }
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }

    pub(crate) fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_child(&self.child)
    }

    /// Sends a signal to the server.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        let deadline = now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(now() < deadline, "the server goes on");
            std::thread::yield_now();
        }
    }

    /// What OpenSSH needs to connect, without asking anybody anything.
    fn options(&self) -> Vec<String> {
        let known = self.folder.join("known_hosts");
        let mut options: Vec<String> = [
            "StrictHostKeyChecking=accept-new",
            "IdentityFile=none",
            "IdentityAgent=none",
            "LogLevel=INFO",
        ]
        .iter()
        .flat_map(|option| ["-o".to_owned(), (*option).to_owned()])
        .collect();
        options.push("-o".to_owned());
        options.push(format!("UserKnownHostsFile={}", known.display()));
        options.extend(["-F", "none", "-p"].map(str::to_owned));
        options.push(self.at.port().to_string());
        options
    }

    /// A person's client on a pty.
    pub(crate) fn client(&self) -> Setup {
        self.client_with::<&str>(&[])
    }

    /// The same with more options.
    pub(crate) fn client_with<A: AsRef<std::ffi::OsStr>>(&self, more: &[A]) -> Setup {
        Setup::new("ssh")
            .args(["-o", "SendEnv=LANG LC_*", "-o", "EscapeChar=none"])
            .args(more)
            .args(self.options())
            .args(["reset@127.0.0.1"])
    }

    /// A client as a command.
    pub(crate) fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new("ssh");
        command
            .args(more)
            .args(self.options())
            .arg("reset@127.0.0.1");
        command
    }

    /// A client without a pty that is given `words` after the address; what it says and its
    /// status.
    pub(crate) fn run(&self, program: &str, more: &[&str], words: &[&str]) -> (String, i32) {
        let mut command = Command::new(program);
        let options = self.options();
        let options = options.iter().map(String::as_str);
        // sftp and scp write the port's option large.
        let options = options.map(|option| match (program, option) {
            ("sftp" | "scp", "-p") => "-P",
            (_, option) => option,
        });
        let mut child = command
            .args(more)
            .args(options)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (said, child.wait().unwrap().code().unwrap_or(-1))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let status = self.child.try_wait();
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            eprintln!("the server: {status:?}, its log:\n{log}");
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a key for a kiosk; the path of the private half and the line for `kiosks_file`.
pub(crate) fn kiosk_key(folder: &Path, name: &str) -> (PathBuf, String) {
    let path = folder.join(format!("key-{name}"));
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    let public = std::fs::read_to_string(path.with_extension("pub")).unwrap();
    (path, public)
}
