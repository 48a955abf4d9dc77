//! A real Samba Active Directory domain controller on loopback with a small company in it, and an
//! independent client to look at it (ldap-utils). Several can run at once: each has its own folder
//! and its own loopback address, since the ports of Active Directory are fixed.
//!
//! The domain is built once (`samba/build.py`) and copied for each controller.

use std::collections::HashMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::certs::Ca;

pub const DOMAIN: &str = "DC=corp,DC=example,DC=test";
pub const STAFF: &str = "OU=Staff,DC=corp,DC=example,DC=test";
pub const ADMINS: &str = "CN=admins,OU=Groups,DC=corp,DC=example,DC=test";
/// rekey's own account: resets the staff, unlocks, and reads the fine-grained policies.
pub const SERVICE_DN: &str = "CN=svc-rekey,OU=Services,DC=corp,DC=example,DC=test";
/// The same without the right to read the fine-grained policies.
pub const BLIND_DN: &str = "CN=svc-nopso,OU=Services,DC=corp,DC=example,DC=test";
/// May read what everybody may, and nothing else.
pub const READER_DN: &str = "CN=svc-reader,OU=Services,DC=corp,DC=example,DC=test";
pub const SERVICE_PASSWORD: &str = "Service-Passw0rd-1";
/// Everybody's password at the start.
pub const START_PASSWORD: &str = "Start-Passw0rd-1";

const ADMIN: &str = "Administrator@corp.example.test";
pub const ADMIN_DN: &str = "CN=Administrator,CN=Users,DC=corp,DC=example,DC=test";
pub const ADMIN_PASSWORD: &str = "Adm1n-Passw0rd!";
const BUILD: &str = include_str!("samba/build.py");
const RIGHTS: &str = include_str!("../../assets/active-directory/rights.sddl");
/// LDAP and LDAPS.
const PORTS: [u16; 2] = [389, 636];

/// How the controller works.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Model {
    /// One process: starts quickly.
    Single,
    /// A process a connection, as in a company.
    Prefork,
}

/// A running domain controller. Killed, and its folder removed, on drop.
pub struct Samba {
    folder: TempDir,
    child: Child,
    ca: String,
    address: Ipv4Addr,
    model: Model,
}

/// The DN of an employee.
pub fn dn(login: &str) -> String {
    format!("CN={login},{STAFF}")
}

impl Samba {
    /// Starts one, with everybody in it. Returns when it answers.
    pub fn start() -> Self {
        Self::start_as(Model::Single)
    }

    /// Starts one that works as told.
    pub fn start_as(model: Model) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("rekey-samba-")
            .tempdir()
            .unwrap();
        copy(&template(), folder.path());
        let ca = Ca::new("Corp Test CA");
        // An address that was free may be taken before the controller comes to it.
        for _ in 0..10 {
            let address = free_address();
            configure(folder.path(), &ca, address);
            if let Some(child) = launch(folder.path(), address, model) {
                let samba = Self {
                    folder,
                    child,
                    ca: ca.pem().to_owned(),
                    address,
                    model,
                };
                samba.live_a_little();
                return samba;
            }
        }
        let log = std::fs::read_to_string(folder.path().join("samba.out"));
        panic!("samba does not start: {log:?}");
    }

    /// siti.rahma forgot her password.
    fn live_a_little(&self) {
        for _ in 0..6 {
            assert!(!self.bind_works(&dn("siti.rahma"), "not-her-password"));
        }
    }

    pub fn ldaps_url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    pub fn starttls_url(&self) -> String {
        format!("ldap://{}", self.address)
    }

    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    pub fn ca_pem(&self) -> &str {
        &self.ca
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill9(&mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }

    /// Starts it again at the same address, with the same entries.
    pub fn restart(&mut self) {
        self.child = launch(self.folder.path(), self.address, self.model)
            .expect("samba starts again at its address");
    }

    /// SIGSTOP: connections are taken by the kernel, nothing answers.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
        // The signal is delivered when the process has stopped, which the kernel reports here.
        let pid = Pid::from_child(&self.child);
        let options = rustix::process::WaitOptions::UNTRACED;
        rustix::process::waitpid(Some(pid), options).unwrap();
    }

    /// SIGCONT.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process_group(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Sets a password as the administrator.
    pub fn set_password_as_admin(&self, dn: &str, password: &str) {
        let value = in_quotes(password);
        self.modify_as_admin(&format!(
            "dn: {dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {value}\n"
        ));
    }

    /// Applies changes in LDIF as the administrator.
    pub fn modify_as_admin(&self, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        std::fs::write(&file, ldif).unwrap();
        let file = file.to_str().unwrap();
        let done = self.run("ldapmodify", ADMIN, ADMIN_PASSWORD, &["-f", file]);
        assert!(done.status.success(), "{done:?}");
    }

    /// Hires so many: `member.0`, whose WeCom userid is `Member0`, and so on.
    pub fn add_members(&self, members: usize) {
        let password = in_quotes(START_PASSWORD);
        let entry = |n: usize| {
            let login = format!("member.{n}");
            format!(
                "dn: {}\nchangetype: add\nobjectClass: user\nsAMAccountName: {login}\n\
                 displayName: Member {n}\nemployeeNumber: Member{n}\n\
                 userAccountControl: 512\nunicodePwd:: {password}\n\n",
                dn(&login)
            )
        };
        self.modify_as_admin(&(0..members).map(entry).collect::<String>());
    }

    /// Whether a bind works. (Samba knows no WhoAmI: a search of the root comes with it.)
    pub fn bind_works(&self, dn: &str, password: &str) -> bool {
        self.bind(dn, password).status.success()
    }

    /// What a bind says, with its sub-code.
    pub fn bind(&self, dn: &str, password: &str) -> Output {
        self.run("ldapsearch", dn, password, &["-b", "", "-s", "base", "1.1"])
    }

    /// Some attributes of an entry as the administrator sees them, by lower-case name.
    pub fn entry(&self, dn: &str, attributes: &[&str]) -> HashMap<String, Vec<String>> {
        let mut arguments = vec!["-LLL", "-o", "ldif-wrap=no", "-b", dn, "-s", "base"];
        arguments.push("(objectClass=*)");
        arguments.extend(attributes);
        let done = self.run("ldapsearch", ADMIN, ADMIN_PASSWORD, &arguments);
        assert!(done.status.success(), "{done:?}");
        let mut entry: HashMap<String, Vec<String>> = HashMap::new();
        for line in String::from_utf8(done.stdout).unwrap().lines() {
            if let Some((name, value)) = line.split_once(": ") {
                let name = name.trim_end_matches(':').to_lowercase();
                entry.entry(name).or_default().push(value.to_owned());
            }
        }
        entry
    }

    /// Runs a tool of ldap-utils as somebody, over LDAPS.
    pub fn run(&self, tool: &str, dn: &str, password: &str, arguments: &[&str]) -> Output {
        Command::new(tool)
            .env("LDAPTLS_CACERT", self.folder.path().join("tls/ca.pem"))
            .env("LDAPTLS_REQCERT", "allow")
            .args(["-x", "-H", &self.ldaps_url(), "-D", dn, "-w", password])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("ldap-utils is installed")
    }
}

/// A password as unicodePwd wants it, in base64.
fn in_quotes(password: &str) -> String {
    use base64::Engine as _;
    let quoted: Vec<u8> = format!("\"{password}\"")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    base64::engine::general_purpose::STANDARD.encode(quoted)
}

impl Drop for Samba {
    fn drop(&mut self) {
        // Works on stopped processes too.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// The domain that is copied, built when there is none yet: by one process, the others wait.
fn template() -> PathBuf {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(kept).unwrap();
    // Another company or other rights are another domain.
    let digest = Sha256::new().chain_update(BUILD).chain_update(RIGHTS);
    let name: String = digest
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let domain = kept.join(format!("samba-{name}"));
    let lock = File::create(kept.join("samba.lock")).unwrap();
    lock.lock().unwrap();
    if !domain.exists() {
        let fresh = kept.join("samba-fresh");
        let _ = std::fs::remove_dir_all(&fresh);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/samba/build.py");
        // Debian's own Python has Samba's modules.
        let done = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(&fresh)
            .output()
            .expect("Python is installed");
        assert!(done.status.success(), "{done:?}");
        std::fs::rename(fresh, &domain).unwrap();
    }
    domain
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp")
        .arg("-a")
        .arg(from.join("."))
        .arg(to)
        .status();
    assert!(done.unwrap().success());
}

/// An address of 127/8 that nobody listens on. Test processes begin at addresses of their own.
fn free_address() -> Ipv4Addr {
    static NEXT: AtomicU8 = AtomicU8::new(2);
    let [.., high, low] = std::process::id().to_be_bytes();
    loop {
        let last = NEXT.fetch_add(1, Ordering::Relaxed).max(2);
        let address = Ipv4Addr::new(127, 100 ^ (high & 0x3f), low, last);
        if PORTS
            .iter()
            .all(|port| TcpListener::bind((address, *port)).is_ok())
        {
            return address;
        }
    }
}

/// Writes the certificate and the configuration.
fn configure(folder: &Path, ca: &Ca, address: Ipv4Addr) {
    use std::os::unix::fs::PermissionsExt as _;
    let tls = folder.join("tls");
    std::fs::create_dir_all(&tls).unwrap();
    let server = ca.issue(&["dc1.corp.example.test", "localhost", &address.to_string()]);
    std::fs::write(tls.join("ca.pem"), ca.pem()).unwrap();
    std::fs::write(tls.join("server.pem"), &server.certificate).unwrap();
    let key = tls.join("server.key");
    std::fs::write(&key, &server.key).unwrap();
    // Samba refuses one that others can read.
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::create_dir_all(folder.join("run")).unwrap();
    let conf = configuration(&folder.display().to_string(), address);
    std::fs::write(folder.join("etc/smb.conf"), conf).unwrap();
}

fn configuration(folder: &str, address: Ipv4Addr) -> String {
    format!(
        "[global]
netbios name = DC1
realm = CORP.EXAMPLE.TEST
workgroup = CORP
server role = active directory domain controller
server services = ldap
interfaces = {address}/8
bind interfaces only = yes
private dir = {folder}/private
state directory = {folder}/state
cache directory = {folder}/cache
lock directory = {folder}
binddns dir = {folder}/bind-dns
pid directory = {folder}/run
ncalrpc dir = {folder}/run/ncalrpc
ntp signd socket directory = {folder}/run/ntp
log file = {folder}/log.samba
ldap server require strong auth = yes
old password allowed period = 0
tls keyfile = {folder}/tls/server.key
tls certfile = {folder}/tls/server.pem
tls cafile = {folder}/tls/ca.pem
idmap_ldb:use rfc2307 = yes
dsdb:schema update allowed = yes
"
    )
}

/// Starts the controller and waits until both ports answer. `None` when it ends instead.
fn launch(folder: &Path, address: Ipv4Addr, model: Model) -> Option<Child> {
    let model = match model {
        Model::Single => "single",
        Model::Prefork => "prefork",
    };
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("samba.out"))
        .unwrap();
    let mut child = Command::new("/usr/sbin/samba")
        .arg("-s")
        .arg(folder.join("etc/smb.conf"))
        .args(["-i", "-M", model, "--debug-stdout", "-d", "0"])
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .process_group(0)
        .spawn()
        .expect("samba is installed");
    let answers = |port: &u16| {
        let limit = Duration::from_millis(10);
        TcpStream::connect_timeout(&SocketAddr::from((address, *port)), limit).is_ok()
    };
    for _ in 0..3000 {
        if PORTS.iter().all(answers) {
            return Some(child);
        }
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let _ = child.wait();
    None
}
