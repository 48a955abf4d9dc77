//! A real 389 Directory Server on loopback with a small company in it, and an independent client
//! to look at it (ldap-utils). Several can run at once: each has its own folder and ports.
//!
//! The server is set up once and copied for each test. Its installer wants systemd and its fixed
//! folders; what it makes there is moved away at once.

use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::ports;

pub const SUFFIX: &str = "dc=example,dc=test";
pub const PEOPLE: &str = "ou=people,dc=example,dc=test";
pub const ADMINS: &str = "cn=admins,ou=groups,dc=example,dc=test";
/// rekey's own account, with the rights of assets/389ds and no more.
pub const SERVICE_DN: &str = "cn=rekey,ou=services,dc=example,dc=test";
/// The same without the right to read cn=config and the local policies, or to end a must-change.
pub const BLIND_DN: &str = "cn=blind,ou=services,dc=example,dc=test";
/// May read people and nothing else.
pub const READER_DN: &str = "cn=reader,ou=services,dc=example,dc=test";
pub const SERVICE_PASSWORD: &str = "change-me-Pa55word";
pub const STRICT_POLICY: &str = "cn=strict,cn=nsPwPolicyContainer,ou=people,dc=example,dc=test";
/// Everybody's password at the start.
pub const START_PASSWORD: &str = "Start-Passw0rd-1";
/// lin.wei's, who changed it.
pub const LIN_PASSWORD: &str = "Kept-Since-Today-2";

pub const ROOT_DN: &str = "cn=Directory Manager";
pub const ROOT_PASSWORD: &str = "Root-Passw0rd-1";
const ACCOUNT: &str = include_str!("../../assets/389ds/1-account.ldif");
const ACCESS: &str = include_str!("../../assets/389ds/2-access.ldif");
const LIMITS: &str = include_str!("../../assets/389ds/3-limits.ldif");
const SETUP: &str = include_str!("ds389/setup.sh");
const COMPANY: &str = include_str!("ds389/company.ldif");
const POLICY: &str = include_str!("ds389/policy.ldif");

/// A running server. Killed, and its folder removed, on drop.
pub struct Ds389 {
    folder: TempDir,
    child: Child,
    ca: String,
    ldap_port: u16,
    ldaps_port: u16,
}

/// The DN of an employee.
pub fn dn(login: &str) -> String {
    format!("uid={login},{PEOPLE}")
}

impl Ds389 {
    /// Starts one, with everybody in it. Returns when it answers.
    pub fn start() -> Self {
        let server = Self::copy_of(&template());
        // siti.rahma forgot her password.
        for _ in 0..6 {
            assert!(!server.bind_works(&dn("siti.rahma"), "not-her-password"));
        }
        server
    }

    fn copy_of(template: &Path) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("rekey-389ds-")
            .tempdir()
            .unwrap();
        let copied = Command::new("cp")
            .arg("-a")
            .arg(template.join("."))
            .arg(folder.path())
            .status();
        assert!(copied.unwrap().success());
        let ca = std::fs::read_to_string(folder.path().join("etc/ca.crt")).unwrap();
        // A port that was free may be taken before the server comes to it.
        for _ in 0..10 {
            let (ldap_port, ldaps_port) = (ports::free(), ports::free());
            configure(folder.path(), ldap_port, ldaps_port);
            if let Some(child) = launch(folder.path(), ldap_port, ldaps_port) {
                return Self {
                    folder,
                    child,
                    ca,
                    ldap_port,
                    ldaps_port,
                };
            }
        }
        panic!("389 Directory Server does not start: {:?}", folder.keep());
    }

    pub fn ldaps_url(&self) -> String {
        format!("ldaps://localhost:{}", self.ldaps_port)
    }

    pub fn starttls_url(&self) -> String {
        format!("ldap://localhost:{}", self.ldap_port)
    }

    pub fn ldaps_port(&self) -> u16 {
        self.ldaps_port
    }

    pub fn ca_pem(&self) -> &str {
        &self.ca
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same ports, with the same entries.
    pub fn restart(&mut self) {
        self.child = launch(self.folder.path(), self.ldap_port, self.ldaps_port)
            .expect("389 Directory Server starts again on its ports");
    }

    /// SIGSTOP: connections are taken by the kernel, nothing answers.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
        // The signal is delivered when every thread has stopped, which the kernel reports here.
        let pid = Pid::from_child(&self.child);
        let options = rustix::process::WaitOptions::UNTRACED;
        rustix::process::waitpid(Some(pid), options).unwrap();
    }

    /// SIGCONT.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// An employee changes the password, knowing the old one.
    pub fn change_as_self(&self, login: &str, old: &str, new: &str) {
        let done = self.run("ldappasswd", &dn(login), old, &["-a", old, "-s", new]);
        assert!(done.status.success(), "{done:?}");
    }

    /// Applies changes in LDIF as the Directory Manager.
    pub fn modify_as_root(&self, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        std::fs::write(&file, ldif).unwrap();
        let file = file.to_str().unwrap();
        let done = self.run("ldapmodify", ROOT_DN, ROOT_PASSWORD, &["-f", file]);
        assert!(done.status.success(), "{done:?}");
    }

    /// Whether a bind works and is good for more than changing the password.
    pub fn bind_works(&self, dn: &str, password: &str) -> bool {
        self.bind(dn, password).status.success()
    }

    /// What a bind, and a search after it, say.
    pub fn bind(&self, dn: &str, password: &str) -> Output {
        let root = ["-e", "ppolicy", "-b", "", "-s", "base", "1.1"];
        self.run("ldapsearch", dn, password, &root)
    }

    /// An entry as the Directory Manager sees it, password and operational attributes included.
    pub fn ldif(&self, dn: &str) -> String {
        let arguments = [
            "-LLL",
            "-b",
            dn,
            "-s",
            "base",
            "(objectClass=*)",
            "*",
            "modifyTimestamp",
            "modifiersName",
            "passwordHistory",
            "passwordRetryCount",
            "passwordExpirationTime",
        ];
        let done = self.run("ldapsearch", ROOT_DN, ROOT_PASSWORD, &arguments);
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// The line of one attribute, as the Directory Manager sees it.
    pub fn ldif_of(&self, dn: &str, attribute: &str) -> String {
        let arguments = ["-LLL", "-b", dn, "-s", "base", "(objectClass=*)", attribute];
        let done = self.run("ldapsearch", ROOT_DN, ROOT_PASSWORD, &arguments);
        assert!(done.status.success(), "{done:?}");
        let text = String::from_utf8(done.stdout).unwrap();
        let mut lines = text.lines().filter(|line| line.starts_with(attribute));
        lines.next().unwrap_or_default().to_owned()
    }

    /// Runs a tool of ldap-utils as somebody, over LDAPS.
    pub fn run(&self, tool: &str, dn: &str, password: &str, arguments: &[&str]) -> Output {
        let url = format!("ldaps://127.0.0.1:{}", self.ldaps_port);
        Command::new(tool)
            // The certificate is for localhost, which ldap-utils turn into the machine's name.
            .env("LDAPTLS_REQCERT", "allow")
            .args(["-x", "-H", &url, "-D", dn, "-w", password])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("ldap-utils is installed")
    }
}

impl Drop for Ds389 {
    fn drop(&mut self) {
        // Works on a stopped process too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server that is copied, set up when there is none yet: by one process, the others wait.
fn template() -> PathBuf {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(kept).unwrap();
    let mut digest = Sha256::new();
    for part in [ACCOUNT, ACCESS, LIMITS, SETUP, COMPANY, POLICY] {
        digest.update(part);
    }
    let name: String = digest
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let ready = kept.join(format!("389ds-{name}"));
    let lock = File::create(kept.join("389ds.lock")).unwrap();
    lock.lock().unwrap();
    if !ready.exists() {
        let fresh = kept.join("389ds-fresh");
        set_up(&fresh);
        let server = Ds389::copy_of(&fresh);
        populate(&server);
        keep(server, &ready);
    }
    ready
}

/// Lets the installer make an empty server in `folder`. It asks more of a port than that nothing
/// listens there on 127.0.0.1, and is given others then.
fn set_up(folder: &Path) {
    let mut said = Vec::new();
    for _ in 0..3 {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir(folder).unwrap();
        let done = install(folder);
        if done.status.success() {
            return;
        }
        said.push(done);
    }
    panic!("389 Directory Server cannot be set up: {said:#?}");
}

fn install(folder: &Path) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/ds389/setup.sh");
    let (ldap_port, ldaps_port) = (ports::free(), ports::free());
    Command::new("bash")
        .arg(script)
        .arg(folder)
        .args([
            format!("rk{}", std::process::id()),
            ROOT_PASSWORD.to_owned(),
        ])
        .args([ldap_port.to_string(), ldaps_port.to_string()])
        .stdin(Stdio::null())
        .output()
        .expect("bash is there")
}

/// The people, the rights, then the policy: who was there before it has no age yet.
fn populate(server: &Ds389) {
    let ours = |ldif: &str| ldif.replace("dc=contoso,dc=example", SUFFIX);
    server.modify_as_root(&ours(ACCOUNT));
    server.modify_as_root(COMPANY);
    server.modify_as_root(&ours(ACCESS));
    server.modify_as_root(&ours(LIMITS));
    server.modify_as_root(POLICY);
    server.change_as_self("lin.wei", START_PASSWORD, LIN_PASSWORD);
}

/// Ends the server, so that all is on the disk, and keeps its folder.
fn keep(mut server: Ds389, ready: &Path) {
    server.signal(Signal::TERM);
    server.child.wait().unwrap();
    let partly = ready.with_extension("partly");
    let _ = std::fs::remove_dir_all(&partly);
    let copied = Command::new("cp")
        .arg("-a")
        .arg(server.folder.path())
        .arg(&partly)
        .status();
    assert!(copied.unwrap().success());
    for region in ["__db.001", "__db.002", "__db.003"] {
        let _ = std::fs::remove_file(partly.join("lib/db").join(region));
    }
    // Placeholders again, for the copies.
    let written = partly.join("etc/dse.ldif");
    let own = server.folder.path().display().to_string();
    let dse = unwrapped(&std::fs::read_to_string(&written).unwrap())
        .replace(&own, "@FOLDER@")
        .replace(
            &format!("nsslapd-port: {}", server.ldap_port),
            "nsslapd-port: @PORT@",
        )
        .replace(
            &format!("nsslapd-securePort: {}", server.ldaps_port),
            "nsslapd-securePort: @SECUREPORT@",
        );
    std::fs::write(written, dse).unwrap();
    std::fs::remove_file(partly.join("etc/dse.ldif.kept")).unwrap();
    std::fs::rename(partly, ready).unwrap();
}

/// LDIF without its wrapped lines.
fn unwrapped(ldif: &str) -> String {
    ldif.replace("\n ", "")
}

/// Fills the placeholders of the server's own configuration in.
fn configure(folder: &Path, ldap_port: u16, ldaps_port: u16) {
    let file = folder.join("etc/dse.ldif");
    let kept = folder.join("etc/dse.ldif.kept");
    if !kept.exists() {
        std::fs::copy(&file, &kept).unwrap();
    }
    let dse = std::fs::read_to_string(&kept)
        .unwrap()
        .replace("@FOLDER@", &folder.display().to_string())
        .replace("@PORT@", &ldap_port.to_string())
        .replace("@SECUREPORT@", &ldaps_port.to_string());
    std::fs::write(&file, dse).unwrap();
}

/// Starts the server and waits until both ports answer. `None` when it ends instead.
fn launch(folder: &Path, ldap_port: u16, ldaps_port: u16) -> Option<Child> {
    let mut child = Command::new("/usr/sbin/ns-slapd")
        .arg("-D")
        .arg(folder.join("etc"))
        .arg("-i")
        .arg(folder.join("run/pid"))
        .args(["-d", "0"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("389-ds-base is installed");
    let answers = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
    for _ in 0..2000 {
        if answers(ldap_port) && answers(ldaps_port) {
            return Some(child);
        }
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
