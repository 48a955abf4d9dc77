//! The head file: where the audit chain ends, remembered outside the database, so that a cut tail
//! is found (rule 4). One line: the newest record's sequence number, a space, its MAC.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::key::{KeyError, sync_folder};
use crate::domain::audit::Head;
use crate::flow::ports::StoreError;

/// The head file's place.
#[derive(Clone, Debug)]
pub(super) struct HeadFile {
    path: PathBuf,
}

impl HeadFile {
    /// Beside the site key's file.
    pub(super) fn beside(key_file: &Path) -> Self {
        Self {
            path: with_ending(key_file, ".head"),
        }
    }

    /// Its path, to be told.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it remembers; `None` when it is not there.
    pub(super) fn read(&self) -> Result<Option<Head>, StoreError> {
        self.read_file().map_err(|error| self.trouble(&error))
    }

    /// Makes it for a chain without records, unless it is there. Only called before the first
    /// record, so that a missing one always means that it was removed.
    pub(super) fn begin(&self) -> Result<(), KeyError> {
        self.locked(|| match self.read_file()? {
            None => self.write(&Head::default()),
            Some(_) => Ok(()),
        })
        .map_err(|source| KeyError::File {
            path: self.path.clone(),
            source,
        })
    }

    /// Moves it on to `head`, never back. Runs to its end even if nobody waits for it any more.
    pub(super) async fn advance(&self, head: Head) -> Result<(), StoreError> {
        let file = self.clone();
        let moved = tokio::task::spawn_blocking(move || {
            file.locked(|| match file.read_file()? {
                Some(there) if there.seq < head.seq => file.write(&head),
                _ => Ok(()),
            })
        });
        match moved.await {
            Ok(result) => result.map_err(|error| self.trouble(&error)),
            Err(_) => Err(StoreError("the head file's task was ended".to_owned())),
        }
    }

    fn read_file(&self) -> io::Result<Option<Head>> {
        let text = match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text?,
        };
        let parsed = text.trim_end().split_once(' ').or(Some((text.trim(), "")));
        parsed
            .and_then(|(seq, mac)| {
                Some(Head {
                    seq: seq.parse().ok()?,
                    mac: mac.to_owned(),
                })
            })
            .map(Some)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is damaged"))
    }

    /// Replaces it as a whole, durably.
    fn write(&self, head: &Head) -> io::Result<()> {
        let new = with_ending(&self.path, ".new");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&new)?;
        writeln!(file, "{} {}", head.seq, head.mac)?;
        file.sync_data()?;
        fs::rename(&new, &self.path)?;
        // Later renames replace a name that is there already: an older head is no harm.
        if head.seq == 0 {
            sync_folder(&self.path)?;
        }
        Ok(())
    }

    /// Runs `work` while no other task or process does. The lock ends with the file's handle,
    /// also when a process is killed.
    fn locked<T>(&self, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let lock: File = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(with_ending(&self.path, ".lock"))?;
        lock.lock()?;
        work()
    }

    fn trouble(&self, error: &io::Error) -> StoreError {
        StoreError(format!("the head file {}: {error}", self.path.display()))
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: u64) -> Head {
        Head {
            seq,
            mac: format!("mac of {seq}").replace(' ', "-"),
        }
    }

    #[tokio::test]
    async fn it_moves_on_and_never_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = HeadFile::beside(&folder.path().join("key"));
        file.begin().unwrap();
        assert_eq!(file.read().unwrap(), Some(Head::default()));
        file.advance(head(7)).await.unwrap();
        file.advance(head(3)).await.unwrap();
        assert_eq!(file.read().unwrap(), Some(head(7)));
        file.begin().unwrap();
        assert_eq!(file.read().unwrap(), Some(head(7)));
    }

    #[tokio::test]
    async fn a_removed_one_stays_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = HeadFile::beside(&folder.path().join("key"));
        file.advance(head(7)).await.unwrap();
        assert_eq!(file.read().unwrap(), None);
    }
}
