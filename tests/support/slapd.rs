//! A real slapd on loopback with a small company in it, and an independent client to look at it
//! (ldap-utils). Several can run at once: each has its own folder and ports.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::certs::Ca;
use super::faketime;
use super::ports;

pub const SUFFIX: &str = "dc=example,dc=test";
pub const PEOPLE: &str = "ou=people,dc=example,dc=test";
/// rekey's own account: `=xw` on userPassword, `write` on pwdReset, `read` on the rest.
pub const SERVICE_DN: &str = "cn=rekey,ou=services,dc=example,dc=test";
pub const SERVICE_PASSWORD: &str = "Service-Passw0rd-1";
/// A service account that may read and nothing else.
pub const READER_DN: &str = "cn=reader,ou=services,dc=example,dc=test";
/// A service account that may set passwords, but not demand another one at the next sign-in.
pub const SETTER_DN: &str = "cn=setter,ou=services,dc=example,dc=test";
pub const DEFAULT_POLICY: &str = "cn=default,ou=policies,dc=example,dc=test";
pub const STRICT_POLICY: &str = "cn=strict,ou=policies,dc=example,dc=test";
pub const ADMINS: &str = "cn=admins,ou=groups,dc=example,dc=test";
/// Everybody's password at the start.
pub const START_PASSWORD: &str = "Start-Passw0rd-1";
/// lin.wei's, who changed it.
pub const LIN_PASSWORD: &str = "Kept-Since-Today-2";

const ROOT_DN: &str = "cn=root,dc=example,dc=test";
const ROOT_PASSWORD: &str = "Root-Passw0rd-1";

/// A running slapd. Killed, and its folder removed, on drop.
pub struct Slapd {
    folder: TempDir,
    child: Child,
    ca: String,
    ldap_port: u16,
    ldaps_port: u16,
}

/// How a [`Slapd`] differs from the usual one.
pub struct Options<'a> {
    /// The names in its certificate.
    pub names: &'a [&'a str],
    /// Passwords are hashed with {ARGON2}, which is slow on purpose.
    pub argon2: bool,
    /// More entries, in LDIF.
    pub more: &'a str,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            names: &["localhost", "127.0.0.1"],
            argon2: false,
            more: "",
        }
    }
}

/// The DN of an employee.
pub fn dn(login: &str) -> String {
    format!("uid={login},{PEOPLE}")
}

impl Slapd {
    /// Starts one, with everybody in it. Returns when it answers.
    pub fn start() -> Self {
        Self::start_with(&Options::default())
    }

    /// Starts one that differs.
    pub fn start_with(options: &Options<'_>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("rekey-slapd-")
            .tempdir()
            .unwrap();
        let ca = prepare(folder.path(), options);
        // A port that was free may be taken before slapd comes to it.
        for _ in 0..10 {
            let (ldap_port, ldaps_port) = (ports::free(), ports::free());
            if let Some(child) = launch(folder.path(), ldap_port, ldaps_port) {
                let slapd = Self {
                    folder,
                    child,
                    ca,
                    ldap_port,
                    ldaps_port,
                };
                slapd.live_a_little();
                return slapd;
            }
        }
        panic!("slapd does not start: {:?}", folder.keep());
    }

    /// What happened since these people were hired, through the server, so that it leaves its
    /// marks: lin.wei changed her password, siti.rahma forgot hers.
    fn live_a_little(&self) {
        self.change_as_self("lin.wei", START_PASSWORD, LIN_PASSWORD);
        for _ in 0..6 {
            assert!(!self.bind_works(&dn("siti.rahma"), "not-her-password"));
        }
    }

    /// `ldaps://` first, then `ldap://` (for StartTLS).
    pub fn urls(&self) -> [String; 2] {
        [self.ldaps_url(), self.starttls_url()]
    }

    pub fn ldaps_url(&self) -> String {
        format!("ldaps://127.0.0.1:{}", self.ldaps_port)
    }

    pub fn ldaps_port(&self) -> u16 {
        self.ldaps_port
    }

    pub fn starttls_url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.ldap_port)
    }

    pub fn ca_pem(&self) -> &str {
        &self.ca
    }

    /// SIGTERM, and waits until it is gone.
    pub fn stop(&mut self) {
        self.signal(Signal::TERM);
        self.child.wait().unwrap();
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same ports, with the same entries.
    pub fn restart(&mut self) {
        self.child = launch(self.folder.path(), self.ldap_port, self.ldaps_port)
            .expect("slapd starts again on its ports");
    }

    /// Stops it, and starts it again with its clock moved, by `+110d` for instance.
    pub fn restart_at(&mut self, clock: &str) {
        self.stop();
        self.child = launch_at(
            self.folder.path(),
            self.ldap_port,
            self.ldaps_port,
            Some(clock),
        )
        .expect("slapd starts again on its ports");
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

    /// Sets a password as the administrator: no rule applies, and pwdReset is set.
    pub fn set_password_as_root(&self, dn: &str, password: &str) {
        let done = self.run("ldappasswd", ROOT_DN, ROOT_PASSWORD, &["-s", password, dn]);
        assert!(done.status.success(), "{done:?}");
    }

    /// An employee changes the password, knowing the old one.
    pub fn change_as_self(&self, login: &str, old: &str, new: &str) {
        let done = self.run("ldappasswd", &dn(login), old, &["-a", old, "-s", new]);
        assert!(done.status.success(), "{done:?}");
    }

    /// Applies changes in LDIF as the administrator.
    pub fn modify_as_root(&self, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        std::fs::write(&file, ldif).unwrap();
        let file = file.to_str().unwrap();
        let done = self.run("ldapmodify", ROOT_DN, ROOT_PASSWORD, &["-f", file]);
        assert!(done.status.success(), "{done:?}");
    }

    /// Hires so many: `member.0`, whose WeCom userid is `Member0`, and so on.
    pub fn add_members(&self, members: usize) {
        let entry = |n: usize| {
            let login = format!("member.{n}");
            format!(
                "dn: {}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {login}\n\
                 cn: Member {n}\nsn: {n}\nemployeeNumber: Member{n}\n\
                 userPassword: {START_PASSWORD}\n\n",
                dn(&login)
            )
        };
        self.modify_as_root(&(0..members).map(entry).collect::<String>());
    }

    /// Makes an employee's password so old, which slapd lets nobody write but who relaxes its rules
    /// (`20261122201558Z`).
    pub fn date_password(&self, login: &str, changed: &str) {
        let ldif = format!(
            "dn: {}\nchangetype: modify\nreplace: pwdChangedTime\npwdChangedTime: {changed}\n",
            dn(login)
        );
        let file = self.folder.path().join("age.ldif");
        std::fs::write(&file, ldif).unwrap();
        let arguments = ["-e", "relax", "-f", file.to_str().unwrap()];
        let done = self.run("ldapmodify", ROOT_DN, ROOT_PASSWORD, &arguments);
        assert!(done.status.success(), "{done:?}");
    }

    /// Whether a bind works, asked by ldapwhoami.
    pub fn bind_works(&self, dn: &str, password: &str) -> bool {
        self.run("ldapwhoami", dn, password, &[]).status.success()
    }

    /// Whether somebody who has signed in may look at their own entry.
    pub fn may_read_itself(&self, dn: &str, password: &str) -> bool {
        let own = ["-LLL", "-b", dn, "-s", "base"];
        self.run("ldapsearch", dn, password, &own).status.success()
    }

    /// Some attributes of an entry as the administrator sees them, by lower-case name.
    pub fn entry(&self, dn: &str, attributes: &[&str]) -> HashMap<String, Vec<String>> {
        let mut arguments = vec!["-LLL", "-o", "ldif-wrap=no", "-b", dn, "-s", "base"];
        arguments.push("(objectClass=*)");
        arguments.extend(attributes);
        let done = self.run("ldapsearch", ROOT_DN, ROOT_PASSWORD, &arguments);
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
    fn run(&self, tool: &str, dn: &str, password: &str, arguments: &[&str]) -> Output {
        Command::new(tool)
            .env("LDAPTLS_CACERT", self.folder.path().join("ca.pem"))
            // The certificate may be wrong on purpose.
            .env("LDAPTLS_REQCERT", "allow")
            .args(["-x", "-H", &self.ldaps_url(), "-D", dn, "-w", password])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("ldap-utils is installed")
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        // Works on a stopped process too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes certificates, configuration and people; returns the CA.
fn prepare(folder: &Path, options: &Options<'_>) -> String {
    let ca = Ca::new("Example Test CA");
    let server = ca.issue(options.names);
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("ca.pem", ca.pem());
    write("server.pem", &server.certificate);
    write("server.key", &server.key);
    write("slapd.conf", &configuration(folder, options));
    write("people.ldif", &(people() + options.more));
    std::fs::create_dir(folder.join("db")).unwrap();
    let done = Command::new("/usr/sbin/slapadd")
        .args(["-q", "-f"])
        .arg(folder.join("slapd.conf"))
        .arg("-l")
        .arg(folder.join("people.ldif"))
        .output()
        .expect("slapd is installed");
    assert!(done.status.success(), "{done:?}");
    ca.pem().to_owned()
}

fn configuration(folder: &Path, options: &Options<'_>) -> String {
    let folder = folder.display();
    let room = 67_108_864 + 8 * options.more.len();
    let (module, hash) = match options.argon2 {
        true => ("moduleload argon2.so", "{ARGON2}"),
        false => ("", "{SSHA}"),
    };
    format!(
        r#"include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb.so
moduleload ppolicy.so
{module}
pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
TLSVerifyClient never
security simple_bind=128 update_ssf=128
password-hash {hash}
disallow bind_anon
database mdb
suffix {SUFFIX}
rootdn {ROOT_DN}
rootpw {ROOT_PASSWORD}
directory {folder}/db
maxsize {room}
dbnosync
limits dn.exact="{SERVICE_DN}" size.prtotal=unlimited
index objectClass,uid,employeeNumber,member,uniqueMember,pwdChangedTime eq
access to attrs=userPassword
  by self =xw
  by dn.exact="{SERVICE_DN}" =xw
  by dn.exact="{SETTER_DN}" =xw
  by anonymous auth
  by * none
access to attrs=pwdHistory
  by * none
access to attrs=pwdReset
  by dn.exact="{SERVICE_DN}" write
  by dn.exact="{READER_DN}" read
  by dn.exact="{SETTER_DN}" read
  by * none
access to attrs=pwdAccountLockedTime
  by dn.exact="{SERVICE_DN}" =zrscxd
  by dn.exact="{READER_DN}" read
  by * none
access to *
  by dn.exact="{SERVICE_DN}" read
  by dn.exact="{SETTER_DN}" read
  by dn.exact="{READER_DN}" read
  by self read
  by * none
overlay ppolicy
ppolicy_default "{DEFAULT_POLICY}"
ppolicy_use_lockout
ppolicy_hash_cleartext
"#
    )
}

/// The company. People come in with hashed passwords and without a pwdChangedTime, as after a
/// migration.
pub fn people() -> String {
    let hash = hashed(START_PASSWORD);
    let service = hashed(SERVICE_PASSWORD);
    let mut ldif = format!(
        "dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

"
    );
    for unit in ["people", "services", "groups", "policies"] {
        ldif.push_str(&format!(
            "dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}\n\n"
        ));
    }
    for (dn, name) in [
        (SERVICE_DN, "rekey"),
        (READER_DN, "reader"),
        (SETTER_DN, "setter"),
    ] {
        ldif.push_str(&format!(
            "dn: {dn}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\n\
             cn: {name}\nuserPassword: {service}\n\n"
        ));
    }
    ldif.push_str(&policy(DEFAULT_POLICY, "default", 12, 5, 0));
    ldif.push_str(&policy(STRICT_POLICY, "strict", 16, 10, 86_400));
    for (login, name, more) in [
        (
            "lin.wei",
            "Lin Wei",
            "employeeNumber: LinWei\npreferredLanguage: zh-CN",
        ),
        ("siti.rahma", "Siti Rahma", "employeeNumber: SitiRahma"),
        (
            "zhang.min",
            "Zhang Min",
            "employeeNumber: ZhangMin\npwdChangedTime: 20250101000000Z",
        ),
        ("admin.boss", "Admin Boss", "employeeNumber: AdminBoss"),
        ("nomap", "No Map", "description: has no WeCom"),
        ("twin.a", "Twin A", "employeeNumber: TwinId"),
        ("twin.b", "Twin B", "employeeNumber: twinid"),
        (
            "budi.off",
            "Budi Off",
            "employeeNumber: BudiOff\npwdAccountLockedTime: 000001010000Z",
        ),
        (
            "sun.strict",
            "Sun Strict",
            &format!("employeeNumber: SunStrict\npwdPolicySubentry: {STRICT_POLICY}"),
        ),
        (
            "double",
            "Double One",
            "employeeNumber: DoubleOne\nmail: shared@example.test",
        ),
        (
            "double2",
            "Double Two",
            "employeeNumber: DoubleTwo\nuid: double",
        ),
    ] {
        let (given, sn) = name.split_once(' ').unwrap();
        ldif.push_str(&format!(
            "dn: {}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {name}\nsn: {sn}\n\
             givenName: {given}\ndisplayName: {name}\nmail: {login}@example.test\n\
             userPassword: {hash}\n{more}\n\n",
            dn(login)
        ));
    }
    ldif.push_str(&group("admins", &["cn=operators,ou=groups"]));
    // A cycle, which nobody forbids.
    ldif.push_str(&group(
        "operators",
        &["cn=night-shift,ou=groups", "cn=admins,ou=groups"],
    ));
    ldif.push_str(&group("night-shift", &["uid=admin.boss,ou=people"]));
    ldif.push_str(&group("everybody", &["uid=lin.wei,ou=people"]));
    ldif
}

fn policy(dn: &str, name: &str, length: u32, history: u32, min_age: u32) -> String {
    format!(
        "dn: {dn}
objectClass: device
objectClass: pwdPolicy
cn: {name}
pwdAttribute: userPassword
pwdMaxAge: 10368000
pwdExpireWarning: 1209600
pwdInHistory: {history}
pwdCheckQuality: 2
pwdMinLength: {length}
pwdMinAge: {min_age}
pwdMaxFailure: 5
pwdLockout: TRUE
pwdLockoutDuration: 900
pwdMustChange: TRUE
pwdSafeModify: FALSE

"
    )
}

fn group(name: &str, members: &[&str]) -> String {
    let mut ldif =
        format!("dn: cn={name},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: {name}\n");
    for member in members {
        ldif.push_str(&format!("member: {member},{SUFFIX}\n"));
    }
    ldif.push('\n');
    ldif
}

fn hashed(password: &str) -> String {
    let done = Command::new("/usr/sbin/slappasswd")
        .args(["-n", "-h", "{SSHA}", "-s", password])
        .output()
        .expect("slapd is installed");
    String::from_utf8(done.stdout).unwrap()
}

/// Starts slapd and waits until both ports answer. `None` when it ends instead (a port was taken).
fn launch(folder: &Path, ldap_port: u16, ldaps_port: u16) -> Option<Child> {
    launch_at(folder, ldap_port, ldaps_port, None)
}

/// The same with its clock moved.
fn launch_at(folder: &Path, ldap_port: u16, ldaps_port: u16, clock: Option<&str>) -> Option<Child> {
    /// Stays in front and says errors only, nothing a request causes.
    const DEBUG_NONE: &str = "32768";
    let mut child = Command::new("/usr/sbin/slapd")
        .envs(clock.into_iter().flat_map(faketime::moved_by))
        .args(["-d", DEBUG_NONE, "-f"])
        .arg(folder.join("slapd.conf"))
        .arg("-h")
        .arg(format!(
            "ldap://127.0.0.1:{ldap_port} ldaps://127.0.0.1:{ldaps_port}"
        ))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("slapd is installed");
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join("slapd.log"))
        .unwrap();
    let (alive, ended) = mpsc::channel::<()>();
    // Goes on reading, so that slapd never waits for a full pipe; ends when slapd does.
    std::thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            let _ = writeln!(log, "{line}");
        }
        drop(alive);
    });
    // It says "slapd starting" before it listens: only a connection tells.
    let answers = |port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    for _ in 0..2000 {
        if answers(ldap_port) && answers(ldaps_port) {
            return Some(child);
        }
        let tick = Duration::from_millis(10);
        if ended.recv_timeout(tick) == Err(mpsc::RecvTimeoutError::Disconnected) {
            break;
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
