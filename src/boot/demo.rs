//! `rekey demo`: a whole company on this machine, and a real kiosk in front of it.
//!
//! The company lives in this process; the kiosk is a child of it, configured by a file like any
//! other, because a kiosk executes itself anew after each visit and the company must not be
//! forgotten with it.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use super::BootError;
use crate::adapters::clock::SystemClock;
use crate::adapters::entropy::OsEntropy;
use crate::flow::ports::Entropy;
use crate::sim::company::Company;

/// Starts the company and its kiosk on this terminal; ends with the kiosk.
///
/// # Errors
/// When no port can be opened or the kiosk cannot be started.
pub async fn demo() -> Result<ExitCode, BootError> {
    let company = Company::start(Arc::new(SystemClock::new()), Arc::new(OsEntropy))
        .await
        .map_err(BootError::Demo)?;
    let folder = Folder::make().map_err(BootError::Demo)?;
    let file = folder.write(&company).map_err(BootError::Demo)?;
    run_kiosk(&file, &company.phone_url)
        .await
        .map_err(BootError::Demo)
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
fn pass_on(kiosk: &tokio::process::Child) {
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

    /// Writes the kiosk's configuration.
    fn write(&self, company: &Company) -> std::io::Result<PathBuf> {
        let path = self.0.join("rekey.toml");
        let mut file = std::fs::OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(configuration(company, &self.0).as_bytes())?;
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
fn configuration(company: &Company, folder: &Path) -> String {
    let state = folder.join("state.db");
    format!(
        r#"[site]
name = "Contoso"
languages = ["en", "zh-CN", "id"]
public_url = "https://reset.contoso.example"
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

[store]
url = "sqlite:{state}"
key_file = {key:?}

[kiosk]
name = "lobby-1"
idle = "2m"

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
        state = state.display(),
        key = folder.join("key"),
    )
}
