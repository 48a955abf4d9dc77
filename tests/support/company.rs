//! A company on loopback around the built program: a real slapd with a private CA, a gate before
//! it that can hold a chosen request, the simulated WeCom, and sites: a `rekey.toml` with its
//! secrets and state in a folder of its own.

#![allow(dead_code, reason = "every test uses a part of it")]

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rekey::adapters::clock::SystemClock;
use rekey::adapters::entropy::OsEntropy;
use rekey::sim::wecom::{Member, SimApp, SimWecom};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::gate::Gate;
use crate::pty::Setup;
use crate::support::slapd::{
    ADMINS, DEFAULT_POLICY, PEOPLE, SERVICE_DN, SERVICE_PASSWORD, Slapd, dn,
};

/// The built program.
pub(crate) const REKEY: &str = env!("CARGO_BIN_EXE_rekey");
/// The company's secret at WeCom; looked for everywhere it must not be.
pub(crate) const WECOM_SECRET: &str = "wecom-app-canary-Zq7";

/// A member outside the app's visible range: zhang.min.
const OUT_OF_RANGE: &str = "ZhangMin";

/// A directory and a WeCom, shared by any number of sites.
pub(crate) struct Company {
    pub(crate) slapd: Slapd,
    pub(crate) gate: Gate,
    pub(crate) wecom: SimWecom,
    runtime: Runtime,
}

impl Company {
    /// Starts one. Everybody with a WeCom userid in the directory is a member there.
    pub(crate) fn start() -> Self {
        Self::start_with(Slapd::start(), members())
    }

    /// Starts one around a directory, with more members at WeCom.
    pub(crate) fn start_around(slapd: Slapd, more: impl IntoIterator<Item = Member>) -> Self {
        let mut everybody = members();
        everybody.extend(more);
        Self::start_with(slapd, everybody)
    }

    /// Starts one with other members at WeCom.
    pub(crate) fn with_members(userids: &[&str]) -> Self {
        let member = |userid: &&str| Member::new(userid, userid);
        Self::start_with(Slapd::start(), userids.iter().map(member).collect())
    }

    fn start_with(slapd: Slapd, members: Vec<Member>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let app = SimApp {
            secret: WECOM_SECRET.to_owned(),
            ..SimApp::default()
        };
        let clock = Arc::new(SystemClock::new());
        let wecom = SimWecom::start(app, members, clock, Arc::new(OsEntropy));
        let wecom = runtime.block_on(wecom).unwrap();
        let gate = Gate::before(slapd.ldaps_port(), runtime.handle());
        Self {
            slapd,
            gate,
            wecom,
            runtime,
        }
    }

    /// The digits of the next code message on somebody's phone.
    #[track_caller]
    pub(crate) fn next_code(&self, userid: &str) -> String {
        // Notices come in between.
        loop {
            if let Some(code) = six_digits(&self.next_message(userid)) {
                return code;
            }
        }
    }

    /// The next message on somebody's phone.
    #[track_caller]
    pub(crate) fn next_message(&self, userid: &str) -> String {
        let message = self.runtime.block_on(self.wecom.next_message(userid));
        message.expect("a message arrives").text
    }

    /// A member writes to the app; WeCom brings it to the callback, which has to take it.
    #[track_caller]
    pub(crate) fn says(&self, userid: &str, text: &str) {
        let handed = self.run(self.wecom.say(userid, text));
        assert!(handed.taken(), "{handed:?}");
    }

    /// Waits for something that the simulated WeCom does.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Puts a new gate before the directory; sites made from now on use it. What the old one
    /// holds never arrives.
    pub(crate) fn renew_gate(&mut self) {
        self.gate = Gate::before(self.slapd.ldaps_port(), self.runtime.handle());
    }

    /// Whether ldapwhoami gets in with this password: asked of slapd itself.
    pub(crate) fn signs_in(&self, login: &str, password: &str) -> bool {
        self.slapd.bind_works(&dn(login), password)
    }

    /// A site with the usual configuration.
    pub(crate) fn site(&self) -> Site {
        self.site_with(|config| config)
    }

    /// A site whose configuration was changed by `change`.
    pub(crate) fn site_with(&self, change: impl FnOnce(String) -> String) -> Site {
        let folder = tempfile::Builder::new()
            .prefix("rekey-site-")
            .tempdir()
            .unwrap();
        let site = Site { folder };
        site.write("ca.pem", self.slapd.ca_pem());
        site.write("bind-password", SERVICE_PASSWORD);
        site.write("wecom-secret", WECOM_SECRET);
        site.write("rekey.toml", &change(self.configuration(site.path())));
        site
    }

    fn configuration(&self, folder: &Path) -> String {
        format!(
            r#"[site]
name = "Contoso"
languages = ["en", "zh-CN", "id"]
public_url = "https://reset.contoso.example"
words = ["contoso"]
it_phone = "8000"

[directory]
kind = "openldap"
urls = ["ldaps://127.0.0.1:{port}"]
starttls = false
ca_file = "{folder}/ca.pem"
bind_dn = "{SERVICE_DN}"
bind_password_file = "{folder}/bind-password"
people_base = "{PEOPLE}"
login_attributes = ["uid"]
wecom_attribute = "employeeNumber"
language_attribute = "preferredLanguage"
protected_groups = ["{ADMINS}"]
default_policy_dn = "{DEFAULT_POLICY}"

[wecom]
api = "{api}"
corp_id = "{corp}"
agent_id = {agent}
secret_file = "{folder}/wecom-secret"

[store]
url = "sqlite:{folder}/state.db"
key_file = "{folder}/key"

[kiosk]
name = "lobby-1"
"#,
            port = self.gate.port(),
            folder = folder.display(),
            api = self.wecom.url(),
            corp = self.wecom.app().corp_id,
            agent = self.wecom.app().agent_id,
        )
    }
}

/// A configuration and its state.
pub(crate) struct Site {
    folder: TempDir,
}

impl Site {
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path().join("rekey.toml")
    }

    /// The kiosk's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.path().join("stderr.log")
    }

    /// Writes a file that nobody else can read.
    pub(crate) fn write(&self, name: &str, text: &str) {
        use std::io::Write as _;
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).truncate(true).mode(0o600);
        let mut file = options.open(self.path().join(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// The kiosk, as its administrator starts it: the log goes to a file.
    pub(crate) fn kiosk(&self) -> Setup {
        self.kiosk_of(&self.config())
    }

    /// The kiosk of another file in this site's folder: the same state, another name.
    pub(crate) fn kiosk_named(&self, name: &str) -> Setup {
        let usual = std::fs::read_to_string(self.config()).unwrap();
        let file = format!("{name}.toml");
        self.write(&file, &usual.replace("\"lobby-1\"", &format!("{name:?}")));
        self.kiosk_of(&self.path().join(file))
    }

    /// The kiosk as another build of the program has it.
    pub(crate) fn kiosk_by(&self, program: &Path) -> Setup {
        self.kiosk_with(program, &self.config())
    }

    fn kiosk_of(&self, config: &Path) -> Setup {
        self.kiosk_with(Path::new(REKEY), config)
    }

    fn kiosk_with(&self, program: &Path, config: &Path) -> Setup {
        // The shell is replaced by the program: same process.
        Setup::new("/bin/sh")
            .args(["-c", r#"exec "$0" kiosk --config "$1" 2>>"$2""#])
            .args([program, config, &self.log()])
            // Where temporary files would go.
            .env("TMPDIR", self.path())
    }

    /// Runs `rekey audit verify` or `export`.
    pub(crate) fn audit(&self, what: &str) -> Output {
        self.run(&["audit", what])
    }

    /// Runs a subcommand on this site's configuration.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        Command::new(REKEY)
            .args(words)
            .arg("--config")
            .arg(self.config())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Every audit record.
    pub(crate) fn records(&self) -> Vec<Value> {
        let done = self.audit("export");
        assert!(done.status.success(), "{done:?}");
        let text = String::from_utf8(done.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// `event result`, in order, without the pictures of the menu.
    pub(crate) fn events(&self) -> Vec<String> {
        self.records()
            .iter()
            .filter(|record| record["event"] != "pairing_offered")
            .map(|record| format!("{} {}", text(record, "event"), text(record, "result")))
            .collect()
    }

    /// The results of all `event` records.
    pub(crate) fn results(&self, event: &str) -> Vec<String> {
        self.records()
            .iter()
            .filter(|record| record["event"] == event)
            .map(|record| text(record, "result").to_owned())
            .collect()
    }

    /// Waits until the audit records are as wanted.
    #[track_caller]
    pub(crate) fn wait_for_events(&self, limit: Duration, wanted: impl Fn(&[String]) -> bool) {
        let deadline = now() + limit;
        loop {
            let events = self.events();
            if wanted(&events) {
                return;
            }
            assert!(now() < deadline, "too late: {events:#?}");
        }
    }

    /// Fails unless the chain holds.
    #[track_caller]
    pub(crate) fn assert_chain_holds(&self) {
        let done = self.audit("verify");
        assert!(done.status.success(), "{done:?}");
    }
}

/// A field of a record.
pub(crate) fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

/// The run of six digits in a text.
pub(crate) fn six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|run| run.len() == 6)
        .map(str::to_owned)
}

fn members() -> Vec<Member> {
    let members = [
        "LinWei",
        "SitiRahma",
        "ZhangMin",
        "AdminBoss",
        "TwinId",
        "BudiOff",
        "SunStrict",
        "DoubleOne",
        "DoubleTwo",
    ]
    .iter()
    .map(|userid| Member::new(userid, userid));
    members
        .map(|member| Member {
            // The app's administrator forgot a department.
            in_range: member.userid != OUT_OF_RANGE,
            ..member
        })
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the deadline of a test runs in real time"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
