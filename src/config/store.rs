//! `[store]`: where rekey keeps its state.

use std::path::PathBuf;

use serde::Deserialize;

use super::error::Fault;
use super::value::Folder;

/// Where rekey keeps its state and the key beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Store {
    /// The SQLite file.
    pub database: PathBuf,
    /// The site key, made on first use, mode 0600.
    pub key_file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    url: String,
    key_file: PathBuf,
}

impl Raw {
    pub(super) fn check(self, folder: &Folder) -> Result<Store, Fault> {
        Ok(Store {
            database: folder.join(&database(&self.url)?),
            key_file: folder.join(&self.key_file),
        })
    }
}

/// `sqlite:` and a path. State in memory would lose every count at a restart, so it is refused.
fn database(url: &str) -> Result<PathBuf, Fault> {
    let path = url
        .strip_prefix("sqlite:")
        .map(|path| path.strip_prefix("//").unwrap_or(path))
        .filter(|path| !path.is_empty() && !path.starts_with(':') && !path.contains('?'));
    path.map(PathBuf::from).ok_or_else(|| {
        Fault::new(
            "url",
            format!("must be such as \"sqlite:/var/lib/rekey/state.db\", is {url:?}"),
        )
    })
}
