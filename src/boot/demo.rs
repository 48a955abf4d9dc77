//! `rekey demo`: a whole company on this machine, and a real kiosk in front of it.
//!
//! The company lives in this process; the kiosk and the server for the phone's pages are children
//! of it, configured by a file like any other, because a kiosk executes itself anew after each
//! visit and the company must not be forgotten with it.

use std::convert::Infallible;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use super::BootError;
use crate::adapters::clock::SystemClock;
use crate::adapters::entropy::OsEntropy;
use crate::flow::ports::Entropy;
use crate::sim::company::Company;

/// How long the server may take until it answers. The kiosk waits for it, so that not both of
/// them make the state anew.
const START_MAX: Duration = Duration::from_secs(5);
/// How long it may take to end.
const END_MAX: Duration = Duration::from_secs(3);
/// How often a child that starts is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Starts the company, its server and its kiosk on this terminal; ends with the kiosk.
///
/// # Errors
/// When no port can be opened or the kiosk cannot be started.
pub async fn demo() -> Result<ExitCode, BootError> {
    let company = Company::start(Arc::new(SystemClock::new()), Arc::new(OsEntropy))
        .await
        .map_err(BootError::Demo)?;
    let address = free_address().map_err(BootError::Demo)?;
    let folder = Folder::make().map_err(BootError::Demo)?;
    let file = folder.write(&company, address).map_err(BootError::Demo)?;
    let mut server = Server::start(&file).map_err(BootError::Demo)?;
    server.answers(address).await;
    let code = tokio::select! {
        code = run_kiosk(&file, &company.phone_url) => code,
        never = introduce(&company, address) => match never {},
    };
    server.end().await;
    code.map_err(BootError::Demo)
}

/// A free port on loopback. Somebody else may take it before the server does: then the demo's
/// phone opens no pages.
fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Enters the server's addresses at the simulated WeCom, as an administrator would.
async fn introduce(company: &Company, address: SocketAddr) -> Infallible {
    // Without a front for phones there is no page to open.
    if company
        .wecom
        .set_home(&format!("http://{address}/"))
        .is_ok()
    {
        let callback = format!("http://{address}/wecom/callback");
        while company.wecom.enter_callback(&callback).await.is_err() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    std::future::pending().await
}

/// `rekey serve` for the phone's pages and the chat.
struct Server(Child);

impl Server {
    fn start(file: &Path) -> std::io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg("--config").arg(file).arg("--demo");
        // Its input is how it notices that the demo is gone; the terminal is the kiosk's.
        command.stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(command.kill_on_drop(true).spawn()?))
    }

    /// Waits until it answers. One that does not spoils only what it would have served.
    async fn answers(&mut self, address: SocketAddr) {
        let connected = async {
            while TcpStream::connect(address).await.is_err() {
                if matches!(self.0.try_wait(), Ok(Some(_)) | Err(_)) {
                    break;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let _ = tokio::time::timeout(START_MAX, connected).await;
    }

    async fn end(mut self) {
        drop(self.0.stdin.take());
        // What is left is killed with the handle.
        let _ = tokio::time::timeout(END_MAX, self.0.wait()).await;
    }
}

async fn run_kiosk(file: &Path, phone: &str) -> std::io::Result<ExitCode> {
    let mut kiosk = Command::new(std::env::current_exe()?)
        .arg("kiosk")
        .arg("--config")
        .arg(file)
        .arg("--demo-phone")
        .arg(phone)
        .kill_on_drop(true)
        .spawn()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let status = loop {
        tokio::select! {
            status = kiosk.wait() => break status?,
            _ = terminate.recv() => pass_on(&kiosk),
            _ = hangup.recv() => pass_on(&kiosk),
            _ = interrupt.recv() => pass_on(&kiosk),
        }
    };
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The kiosk restores the terminal before it ends, so it is asked rather than killed.
fn pass_on(kiosk: &Child) {
    let pid = kiosk.id().and_then(|id| i32::try_from(id).ok());
    if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

/// A folder of the demo's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn make() -> std::io::Result<Self> {
        let mut random = [0; 8];
        OsEntropy.fill(&mut random);
        let name = format!("rekey-demo-{:016x}", u64::from_be_bytes(random));
        let path = std::env::temp_dir().join(name);
        std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700)
            .create(&path)?;
        Ok(Self(path))
    }

    /// Writes the configuration of kiosk and server.
    fn write(&self, company: &Company, web: SocketAddr) -> std::io::Result<PathBuf> {
        let path = self.0.join("rekey.toml");
        let mut file = std::fs::OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(configuration(company, web, &self.0).as_bytes())?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind in the temporary folder at worst.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Values are quoted by `{:?}`: they hold nothing that TOML writes differently from Rust.
fn configuration(company: &Company, web: SocketAddr, folder: &Path) -> String {
    let state = folder.join("state.db");
    format!(
        r#"[site]
name = "Contoso"
languages = ["en", "zh-CN", "id"]
public_url = "http://{web}"
words = ["contoso"]
it_phone = "8000"
it_hours = "Mon-Fri 08:00-18:00"

[directory]
kind = "openldap"
urls = [{url:?}]
bind_dn = {bind_dn:?}
bind_password = {bind_password:?}
people_base = {people:?}
login_attributes = ["uid"]
wecom_attribute = "employeeNumber"
language_attribute = "preferredLanguage"
protected_groups = [{protected:?}]
default_policy_dn = {policy:?}

[wecom]
api = {api:?}
corp_id = {corp:?}
agent_id = {agent}
secret = {secret:?}
callback_token = {token:?}
callback_aes_key = {aes_key:?}

[store]
url = "sqlite:{state}"
key_file = {key:?}

[kiosk]
name = "lobby-1"
idle = "2m"

[web]
listen = "{web}"

[chat]
passwords = "temporary"
"#,
        url = company.ldap_url,
        bind_dn = company.bind_dn,
        bind_password = company.bind_password,
        people = company.people_base,
        protected = company.protected_group,
        policy = company.default_policy_dn,
        api = company.wecom_url,
        corp = company.app.corp_id,
        agent = company.app.agent_id,
        secret = company.app.secret,
        token = company.app.callback.token,
        aes_key = company.app.callback.aes_key,
        state = state.display(),
        key = folder.join("key"),
    )
}
