//! What can be wrong with a configuration.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::place::{self, Place};

/// Why there is no configuration. Its text never holds a secret.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A key or value is wrong.
    Wrong {
        /// Which file.
        path: PathBuf,
        /// Where in it; `None` when only the whole file can be named.
        place: Option<Place>,
        /// Section and key, `code.digits`; empty when the text is not TOML.
        key: String,
        /// What would be right.
        what: String,
    },
    /// A section that the command needs was left out.
    MissingSection {
        /// Which file.
        path: PathBuf,
        /// Which section, without brackets.
        section: &'static str,
    },
}

impl ConfigError {
    /// Line and column, where known.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Wrong { place, .. } => *place,
            Self::Unreadable { .. } | Self::MissingSection { .. } => None,
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, source } => {
                write!(f, "{}: cannot be read: {source}", path.display())
            }
            Self::Wrong {
                path,
                place,
                key,
                what,
            } => {
                write!(f, "{}", path.display())?;
                if let Some(Place { line, column }) = place {
                    write!(f, ":{line}:{column}")?;
                }
                if !key.is_empty() {
                    write!(f, ": {key}")?;
                }
                write!(f, ": {what}")
            }
            Self::MissingSection { path, section } => write!(
                f,
                "{}: this command needs a section [{section}]; `rekey config example` shows one",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::Wrong { .. } | Self::MissingSection { .. } => None,
        }
    }
}

/// A broken rule inside one section: the key, and what would be right.
#[derive(Debug)]
pub(super) struct Fault {
    key: &'static str,
    what: String,
}

impl Fault {
    pub(super) fn new(key: &'static str, what: impl Into<String>) -> Self {
        Self {
            key,
            what: what.into(),
        }
    }

    /// Finds the key's place in `text`; the section's own where the key was left out.
    pub(super) fn at(self, path: &Path, section: &str, text: &str) -> ConfigError {
        ConfigError::Wrong {
            path: path.to_owned(),
            place: place::of_key(text, section, self.key),
            key: format!("{section}.{}", self.key),
            what: self.what,
        }
    }
}

/// The TOML reader's message in this program's words. Its messages quote keys and non-text
/// values; a secret is read by a visitor of its own that quotes nothing.
pub(super) fn wording(message: &str) -> String {
    message
        .replace("unknown field", "unknown key")
        .replace("missing field", "missing key")
        .replace("expected i64", "expected a whole number")
        .replace("expected a sequence", "expected a list in [ ]")
        .replace('\n', ", ")
}
