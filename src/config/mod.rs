//! The configuration, `rekey.toml`: one struct per section.
//!
//! What is wrong is found when the file is read, before anything starts: an error names the file,
//! the line, the key and what would be right. A section that a command does not use may be left
//! out; its accessor then says that it is missing. Secrets are read here and never appear in an
//! error.

mod directory;
mod error;
mod fronts;
mod place;
mod policy;
mod secret;
mod site;
mod store;
#[cfg(test)]
mod tests;
mod value;
mod watch;
mod wecom;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

pub use self::directory::{Directory, DirectoryKind};
pub use self::error::ConfigError;
pub use self::fronts::{Chat, ChatPasswords, Desk, Kiosk, RemoteSessions, Ssh, Web};
pub use self::place::Place;
pub use self::site::{Language, Site};
pub use self::store::Store;
pub use self::watch::{Alarm, DayHours, Metrics, Remind};
pub use self::wecom::{Callback, Wecom};

use self::error::{Fault, wording};
use self::value::Folder;
use crate::domain::code::CodeRules;
use crate::domain::policy::SitePolicy;

/// The annotated example that `rekey config example` prints.
pub const EXAMPLE: &str = include_str!("../../assets/rekey.example.toml");

/// What is allowed beyond the normal rules. Nothing by default.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Allow {
    /// `ldap://` without StartTLS, to a loopback address literal only: the demo's own directory.
    pub plain_loopback_directory: bool,
}

/// A checked `rekey.toml`.
pub struct Config {
    path: PathBuf,
    site: Option<Site>,
    directory: Option<Directory>,
    policy: policy::Policy,
    wecom: Option<Wecom>,
    code: CodeRules,
    store: Option<Store>,
    kiosk: Option<Kiosk>,
    ssh: Option<Ssh>,
    web: Option<Web>,
    chat: Chat,
    desk: Option<Desk>,
    remind: Option<Remind>,
    alarm: Option<Alarm>,
    metrics: Option<Metrics>,
}

/// The file as it is written: shapes only, no rule has been checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    site: Option<site::Raw>,
    directory: Option<directory::Raw>,
    policy: Option<policy::Raw>,
    wecom: Option<wecom::Raw>,
    code: Option<policy::RawCode>,
    store: Option<store::Raw>,
    kiosk: Option<fronts::RawKiosk>,
    ssh: Option<fronts::RawSsh>,
    web: Option<fronts::RawWeb>,
    chat: Option<fronts::RawChat>,
    desk: Option<fronts::RawDesk>,
    remind: Option<watch::RawRemind>,
    alarm: Option<watch::RawAlarm>,
    metrics: Option<watch::RawMetrics>,
}

impl Config {
    /// Reads and checks the file at `path` and the secret files it names.
    ///
    /// # Errors
    /// The first thing in the file that is wrong, with its place.
    pub fn read(path: &Path, allow: Allow) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, Zeroizing::new(text), allow)
    }

    fn parse(path: &Path, text: Zeroizing<String>, allow: Allow) -> Result<Self, ConfigError> {
        let raw: Raw = toml::from_str(&text).map_err(|e| ConfigError::Wrong {
            path: path.to_owned(),
            place: e.span().map(|span| Place::of_offset(&text, span.start)),
            key: e
                .span()
                .and_then(|span| place::key_at(&text, span.start))
                .unwrap_or_default(),
            what: wording(e.message()),
        })?;
        let mut faults = Vec::new();
        let folder = Folder::of(path);
        let checked = raw.check(path, &folder, allow, &mut faults);
        let first = faults
            .into_iter()
            .map(|(section, fault)| fault.at(path, section, &text))
            .min_by_key(ConfigError::place);
        first.map_or(Ok(checked), Err)
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `[policy]` and the site's words: what the site demands of a new password.
    pub fn site_policy(&self) -> SitePolicy {
        SitePolicy {
            max_age: self.policy.max_age,
            min_length: self.policy.min_length,
            min_strength: self.policy.min_strength,
            words: self
                .site
                .as_ref()
                .map(|site| site.words.clone())
                .unwrap_or_default(),
        }
    }

    /// `[code]`; 6 digits, 5 minutes and 5 tries when it is left out.
    pub fn code(&self) -> CodeRules {
        self.code
    }

    /// `[chat]`; no passwords in chat when it is left out.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// Moves `[directory]` out, with its secret.
    ///
    /// # Errors
    /// When the section was left out, or was taken before.
    pub fn take_directory(&mut self) -> Result<Directory, ConfigError> {
        let missing = self.missing("directory");
        self.directory.take().ok_or(missing)
    }

    /// Moves `[wecom]` out, with its secrets.
    ///
    /// # Errors
    /// When the section was left out, or was taken before.
    pub fn take_wecom(&mut self) -> Result<Wecom, ConfigError> {
        let missing = self.missing("wecom");
        self.wecom.take().ok_or(missing)
    }

    fn missing(&self, section: &'static str) -> ConfigError {
        ConfigError::MissingSection {
            path: self.path.clone(),
            section,
        }
    }
}

/// Accessors for the sections that may be left out.
macro_rules! sections {
    ($($name:ident: $section:ty,)*) => {
        impl Config {
            $(
                #[doc = concat!("`[", stringify!($name), "]`.")]
                ///
                /// # Errors
                /// When the section was left out: the command that asks needs it.
                pub fn $name(&self) -> Result<&$section, ConfigError> {
                    self.$name
                        .as_ref()
                        .ok_or_else(|| self.missing(stringify!($name)))
                }
            )*
        }
    };
}

sections! {
    site: Site,
    directory: Directory,
    wecom: Wecom,
    store: Store,
    kiosk: Kiosk,
    ssh: Ssh,
    web: Web,
    desk: Desk,
    remind: Remind,
    alarm: Alarm,
    metrics: Metrics,
}

impl Raw {
    /// Checks every section; each adds at most its first fault. What a faulty section becomes
    /// does not matter: with a fault there is no configuration.
    fn check(
        self,
        path: &Path,
        folder: &Folder,
        allow: Allow,
        faults: &mut Vec<(&'static str, Fault)>,
    ) -> Config {
        let mut note = Notes(faults);
        Config {
            path: path.to_owned(),
            site: note.section("site", self.site.map(site::Raw::check)),
            directory: note.section(
                "directory",
                self.directory.map(|raw| raw.check(folder, allow)),
            ),
            policy: note
                .section("policy", self.policy.map(policy::Raw::check))
                .unwrap_or_default(),
            wecom: note.section("wecom", self.wecom.map(|raw| raw.check(folder))),
            code: note
                .section("code", self.code.map(policy::RawCode::check))
                .unwrap_or(policy::DEFAULT_CODE),
            store: note.section("store", self.store.map(|raw| raw.check(folder))),
            kiosk: note.section("kiosk", self.kiosk.map(fronts::RawKiosk::check)),
            ssh: note.section("ssh", self.ssh.map(|raw| raw.check(folder))),
            web: note.section("web", self.web.map(|raw| raw.check(folder))),
            chat: note
                .section("chat", self.chat.map(fronts::RawChat::check))
                .unwrap_or_default(),
            desk: note.section("desk", self.desk.map(|raw| raw.check(folder))),
            remind: note.section("remind", self.remind.map(watch::RawRemind::check)),
            alarm: note.section("alarm", self.alarm.map(watch::RawAlarm::check)),
            metrics: note.section("metrics", self.metrics.map(watch::RawMetrics::check)),
        }
    }
}

/// Collects faults while sections are checked.
struct Notes<'a>(&'a mut Vec<(&'static str, Fault)>);

impl Notes<'_> {
    fn section<T>(&mut self, name: &'static str, checked: Option<Result<T, Fault>>) -> Option<T> {
        match checked? {
            Ok(section) => Some(section),
            Err(fault) => {
                self.0.push((name, fault));
                None
            }
        }
    }
}
