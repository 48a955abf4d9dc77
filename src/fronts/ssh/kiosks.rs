//! The kiosks' keys, in OpenSSH's authorized_keys format; a key's comment is its kiosk's name.

use std::io;
use std::path::{Path, PathBuf};

use russh::keys::PublicKey;
use russh::keys::ssh_key::authorized_keys::Entry;
use russh::keys::ssh_key::public::KeyData;

use crate::domain::code::Place;
use crate::domain::display;
use crate::domain::limits;
use crate::fronts::desk::OperatorKeys;

/// The kiosks, by their keys.
#[derive(Default)]
pub struct Kiosks(Vec<(KeyData, String)>);

/// What is wrong with the kiosks' file.
#[derive(Debug, thiserror::Error)]
pub enum KiosksError {
    /// It cannot be read.
    #[error("[ssh] kiosks_file: {} cannot be read: {source}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// One key for two.
    #[error("[ssh] kiosks_file: the key of {0:?} is an operator's, too; give the kiosk its own")]
    Operators(String),
    /// A line is wrong.
    #[error("[ssh] kiosks_file: {}, line {line}: {what}", path.display())]
    Line {
        /// The file's path.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong, and what would be right.
        what: &'static str,
    },
}

impl Kiosks {
    /// Reads the file.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn read(path: &Path) -> Result<Self, KiosksError> {
        let text = std::fs::read_to_string(path).map_err(|source| KiosksError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|(line, what)| KiosksError::Line {
            path: path.to_owned(),
            line,
            what,
        })
    }

    fn parse(text: &str) -> Result<Self, (usize, &'static str)> {
        let mut kiosks = Vec::new();
        for (line, written) in (1..).zip(text.lines()) {
            let written = written.trim();
            if !written.is_empty() && !written.starts_with('#') {
                let kiosk = kiosk(written).map_err(|what| (line, what))?;
                if kiosks.iter().any(|(key, _)| *key == kiosk.0) {
                    return Err((line, "has the same key as a line before"));
                }
                kiosks.push(kiosk);
            }
        }
        Ok(Self(kiosks))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What they are called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, name)| name.as_str())
    }

    /// A kiosk whose key is an operator's, too: it could be either.
    pub fn shared_with(&self, operators: &OperatorKeys) -> Option<&str> {
        let mut kiosks = self.0.iter();
        let shared = kiosks.find(|(key, _)| operators.of_key_data(key).is_some());
        shared.map(|(_, name)| name.as_str())
    }

    /// The kiosk with this key.
    pub(super) fn named_by(&self, key: &PublicKey) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == key.key_data())
            .map(|(_, name)| name.as_str())
    }
}

fn kiosk(line: &str) -> Result<(KeyData, String), &'static str> {
    let entry: Entry = line
        .parse()
        .map_err(|_| "must be a public key: its type, the key, and the kiosk's name")?;
    if !entry.config_opts().is_empty() {
        return Err(
            "must have no options before the key: a kiosk's key allows nothing but a visit",
        );
    }
    let key = entry.public_key();
    if !matches!(key.key_data(), KeyData::Ed25519(_) | KeyData::Ecdsa(_)) {
        return Err("must be an ed25519 or ecdsa key (ssh-keygen -t ed25519)");
    }
    let name = key.comment().as_str_lossy().trim();
    if name.is_empty() || name.chars().count() > limits::KIOSK_NAME_MAX {
        return Err("must end in the kiosk's name, of 24 characters or fewer");
    }
    if name != display::clean(name) || Place::remote_source(name).is_some() {
        return Err("must not name the kiosk so: the name would be taken for something else");
    }
    Ok((key.key_data().clone(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBmPBTC9fQ2qjvH3b8sAAXm8vnZWhJNYVv4eo0Z1dhPJ";

    fn wrong(text: &str) -> (usize, &'static str) {
        Kiosks::parse(text).err().unwrap()
    }

    #[test]
    fn a_comment_is_the_kiosks_name() {
        let text = format!("# lobby\n\n  {KEY} lobby-2 by the stairs \n");
        let kiosks = Kiosks::parse(&text).unwrap();
        let key = PublicKey::from_openssh(KEY).unwrap();
        assert_eq!(kiosks.named_by(&key), Some("lobby-2 by the stairs"));
        assert_eq!(
            kiosks.names().collect::<Vec<_>>(),
            ["lobby-2 by the stairs"]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (line, text, word) in [
            (1, "nonsense".to_owned(), "public key"),
            (2, format!("\n{KEY}\n"), "name"),
            (1, format!("{KEY} {}", "x".repeat(25)), "24"),
            (1, format!("{KEY} remote 192.0.2.1"), "something else"),
            (1, format!("{KEY} a\u{202e}b"), "something else"),
            (1, format!("command=\"x\" {KEY} lobby-2"), "no options"),
            (2, format!("{KEY} a\n{KEY} b"), "same key"),
        ] {
            let (at, what) = wrong(&text);
            assert!(at == line && what.contains(word), "{text}: {at} {what}");
        }
    }
}
