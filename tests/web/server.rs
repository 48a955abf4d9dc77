//! `rekey serve` for a site.

use std::fs::File;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::company::{Company, REKEY, Site, now};
use crate::support::ports;
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
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
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

fn spawn(site: &Site) -> Child {
    let log = File::create(site.path().join("serve.log")).unwrap();
    Command::new(REKEY)
        .args(["serve", "--config"])
        .arg(site.config())
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
