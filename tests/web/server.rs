//! `rekey serve` for a site.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::company::{Company, REKEY, Site, now};
use crate::support::certs::Issued;
use crate::support::{faketime, ports};
use crate::wire;

/// A running server. Dropping it kills the program.
pub(crate) struct Server {
    pub(crate) site: Site,
    pub(crate) authority: String,
    child: Child,
}

impl Server {
    /// Starts one, entered at the simulated WeCom as the app's home page. Returns when it answers.
    pub(crate) fn start(company: &Company) -> Self {
        Self::start_with(company, |config| config)
    }

    /// Starts one whose configuration was changed by `change`.
    pub(crate) fn start_with(company: &Company, change: impl FnOnce(String) -> String) -> Self {
        let authority = format!("127.0.0.1:{}", ports::free());
        let site = company.site_with(|config| {
            let config = config.replace(
                "public_url = \"https://reset.contoso.example\"",
                &format!("public_url = \"http://{authority}\""),
            );
            change(format!("{config}\n[web]\nlisten = \"{authority}\"\n"))
        });
        company
            .wecom
            .set_home(&format!("http://{authority}/"))
            .unwrap();
        let child = spawn(&site);
        let server = Self {
            site,
            authority,
            child,
        };
        server.wait_until_it_answers();
        server
    }

    /// Starts one that takes what people write in the chat, with `[chat] passwords` as said, and
    /// enters its callback at the simulated WeCom, which checks it.
    pub(crate) fn start_with_chat(
        company: &Company,
        passwords: &str,
        change: impl FnOnce(String) -> String,
    ) -> Self {
        let keys = &company.wecom.app().callback;
        let server = Self::start_with(company, |config| {
            let wecom = format!(
                "[wecom]\ncallback_token = {:?}\ncallback_aes_key = {:?}\n",
                keys.token, keys.aes_key
            );
            let config = config.replace("[wecom]\n", &wecom);
            change(format!("{config}\n[chat]\npasswords = {passwords:?}\n"))
        });
        let callback = server.url("/wecom/callback");
        let entered = company.run(company.wecom.enter_callback(&callback));
        assert_eq!(entered, Ok(()), "{}", server.log());
        server
    }

    /// Starts one with TLS.
    pub(crate) fn start_with_tls(company: &Company, issued: &Issued) -> Self {
        Self::start_with(company, |config| {
            let public = "public_url = \"http:";
            let config = config.replace(public, &public.replace("http:", "https:"));
            let (_, rest) = config.split_once("ca_file = \"").unwrap();
            let (folder, _) = rest.split_once("/ca.pem\"").unwrap();
            let files = [("tls.pem", &issued.certificate), ("tls.key", &issued.key)];
            for (name, text) in files {
                write_secret(&Path::new(folder).join(name), text);
            }
            format!(
                "{config}tls_cert_file = \"{folder}/tls.pem\"\n\
                 tls_key_file = \"{folder}/tls.key\"\n"
            )
        })
    }

    /// Stops it, and starts it again with its clock moved, by `+61s` for instance.
    pub(crate) fn restart_at(&mut self, clock: &str) {
        self.ask_to_stop();
        self.wait();
        self.child = spawn_with(&self.site, faketime::moved_by(clock));
        self.wait_until_it_answers();
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// SIGHUP.
    pub(crate) fn ask_to_read_again(&self) {
        kill_process(self.pid(), Signal::HUP).unwrap();
    }

    /// Resident memory, in kB.
    pub(crate) fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kb = line.and_then(|line| line.split_whitespace().nth(1));
        kb.unwrap().parse().unwrap()
    }

    fn wait_until_it_answers(&self) {
        let deadline = now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(&self.authority).is_err() {
            assert!(now() < deadline, "{}", self.log());
            std::thread::yield_now();
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.site.path().join("serve.log")).unwrap()
    }

    /// SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        kill_process(self.pid(), Signal::TERM).unwrap();
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// A GET as a test writes it, with the right `Host`.
    pub(crate) fn get(&self, path: &str, headers: &str) -> wire::Answer {
        let authority = &self.authority;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n{headers}\r\n");
        wire::once(authority, &request)
    }
}

/// A file that nobody else can read.
fn write_secret(path: &Path, text: &str) {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = File::options();
    options.create(true).write(true).truncate(true).mode(0o600);
    let mut file = options.open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn spawn(site: &Site) -> Child {
    spawn_with(site, [])
}

fn spawn_with<const N: usize>(site: &Site, variables: [(&str, String); N]) -> Child {
    let log = File::create(site.path().join("serve.log")).unwrap();
    Command::new(REKEY)
        .args(["serve", "--config"])
        .arg(site.config())
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
