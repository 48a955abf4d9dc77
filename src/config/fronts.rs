//! `[kiosk]`, `[ssh]`, `[web]`, `[chat]`, `[desk]`: the ways in.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::error::Fault;
use super::value::{self, Folder};
use crate::domain::code::Place;
use crate::domain::limits;

/// The kiosk on this terminal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kiosk {
    /// Told to the employee's phone.
    pub name: String,
    /// After so long without a key the visit ends.
    pub idle: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKiosk {
    name: String,
    idle: Option<String>,
}

impl RawKiosk {
    pub(super) fn check(self) -> Result<Kiosk, Fault> {
        let name = value::text("name", self.name)?;
        if name.chars().count() > limits::KIOSK_NAME_MAX {
            return Err(Fault::new("name", "must be 24 characters or fewer"));
        }
        if Place::remote_source(&name).is_some() {
            let what = "must not begin with \"remote \": sessions from anywhere are called so";
            return Err(Fault::new("name", what));
        }
        Ok(Kiosk {
            name,
            idle: idle(self.idle, Duration::from_secs(60))?,
        })
    }
}

/// The SSH front.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ssh {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The server's own key.
    pub host_key_file: PathBuf,
    /// What sessions from anywhere may do.
    pub remote: RemoteSessions,
    /// After so long without a key a session ends.
    pub idle: Duration,
    /// The kiosks' keys, in authorized_keys format.
    pub kiosks_file: Option<PathBuf>,
}

/// What SSH sessions that are no kiosk may do.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RemoteSessions {
    /// Type a code from WeCom.
    Code,
    /// Scan only; the password is set on the phone.
    Phone,
    /// Nothing.
    Off,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSsh {
    listen: String,
    host_key_file: PathBuf,
    remote: Option<String>,
    idle: Option<String>,
    kiosks_file: Option<PathBuf>,
}

impl RawSsh {
    pub(super) fn check(self, folder: &Folder) -> Result<Ssh, Fault> {
        Ok(Ssh {
            listen: value::listen("listen", &self.listen)?,
            host_key_file: folder.join(&self.host_key_file),
            remote: match self.remote.as_deref() {
                None | Some("code") => RemoteSessions::Code,
                Some("phone") => RemoteSessions::Phone,
                Some("off") => RemoteSessions::Off,
                Some(other) => return Err(choice("remote", other, "code, phone or off")),
            },
            idle: idle(self.idle, Duration::from_secs(600))?,
            kiosks_file: self.kiosks_file.map(|path| folder.join(&path)),
        })
    }
}

/// The web front.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Web {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Certificate chain and key, PEM; `None`: plain HTTP on loopback.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The only ones that may set X-Forwarded-For.
    pub trusted_proxies: Vec<IpAddr>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWeb {
    listen: String,
    tls_cert_file: Option<PathBuf>,
    tls_key_file: Option<PathBuf>,
    #[serde(default)]
    trusted_proxies: Vec<String>,
}

impl RawWeb {
    pub(super) fn check(self, folder: &Folder) -> Result<Web, Fault> {
        let listen = value::listen("listen", &self.listen)?;
        let tls = match (self.tls_cert_file, self.tls_key_file) {
            (Some(cert), Some(key)) => Some((folder.join(&cert), folder.join(&key))),
            (None, None) if listen.ip().is_loopback() => None,
            (None, None) => {
                return Err(Fault::new(
                    "listen",
                    "without tls_cert_file and tls_key_file it must be a loopback address",
                ));
            }
            (Some(_), None) => return Err(Fault::new("tls_key_file", "is missing: both or none")),
            (None, Some(_)) => return Err(Fault::new("tls_cert_file", "is missing: both or none")),
        };
        Ok(Web {
            listen,
            tls,
            trusted_proxies: self
                .trusted_proxies
                .iter()
                .map(|ip| proxy(ip))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn proxy(written: &str) -> Result<IpAddr, Fault> {
    written.parse().map_err(|_| {
        Fault::new(
            "trusted_proxies",
            format!("must be IP addresses such as \"10.0.0.7\"; {written:?} is none"),
        )
    })
}

/// WeCom chat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chat {
    /// Whether passwords may be sent in chat.
    pub passwords: ChatPasswords,
}

/// Whether passwords may be sent in chat, where they stay in the history.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum ChatPasswords {
    /// No: chat answers with the link.
    #[default]
    Off,
    /// Yes, and it must be changed at the next sign-in.
    Temporary,
    /// Yes.
    Allow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChat {
    passwords: String,
}

impl RawChat {
    pub(super) fn check(self) -> Result<Chat, Fault> {
        let passwords = match self.passwords.as_str() {
            "off" => ChatPasswords::Off,
            "temporary" => ChatPasswords::Temporary,
            "allow" => ChatPasswords::Allow,
            other => return Err(choice("passwords", other, "off, temporary or allow")),
        };
        Ok(Chat { passwords })
    }
}

/// IT support's own screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Desk {
    /// The operators' keys and roles, in authorized_keys format.
    pub operators_file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDesk {
    operators_file: PathBuf,
}

impl RawDesk {
    pub(super) fn check(self, folder: &Folder) -> Result<Desk, Fault> {
        Ok(Desk {
            operators_file: folder.join(&self.operators_file),
        })
    }
}

fn idle(written: Option<String>, default: Duration) -> Result<Duration, Fault> {
    let range = Duration::from_secs(10)..=Duration::from_secs(3600);
    match written {
        Some(written) => value::length_within("idle", &written, &range, "\"10s\" to \"1h\""),
        None => Ok(default),
    }
}

fn choice(key: &'static str, written: &str, choices: &str) -> Fault {
    Fault::new(key, format!("must be {choices}, is {written:?}"))
}
