//! The site key's file: 32 random bytes as 64 hex digits, or raw; made on first use, readable by
//! its owner only, and never made anew where records exist.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::head::HeadFile;
use crate::adapters::entropy::OsEntropy;
use crate::domain::secret::SiteKey;
use crate::flow::ports::{Entropy, StoreError};

/// What is wrong with the site key or the head file.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read it.
    #[error(
        "the site key {} can be read by others: if nobody else has seen it, `chmod 600` it",
        path.display()
    )]
    ReadableByOthers {
        /// Which file.
        path: PathBuf,
    },
    /// It holds something else.
    #[error(
        "the site key {} must hold 32 bytes or 64 hex digits: put the right file back",
        path.display()
    )]
    Malformed {
        /// Which file.
        path: PathBuf,
    },
    /// It is missing although records exist.
    #[error(
        "the site key {} is missing although audit records exist: put it back from the backup. \
         A new key could verify none of them; to begin a new log, move the state file and \
         {} away as well",
        path.display(), head.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// Where the head file is.
        head: PathBuf,
    },
    /// The head file cannot be read.
    #[error(transparent)]
    Head(#[from] StoreError),
}

/// Reads the site key; makes one if there is none and no record exists yet.
pub(super) fn read_or_make(
    path: &Path,
    head: &HeadFile,
    records_exist: bool,
) -> Result<SiteKey, KeyError> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    // The state file may be gone, too: the head file still remembers.
    if records_exist || head.read()?.is_some_and(|head| head.seq > 0) {
        return Err(KeyError::Missing {
            path: path.to_owned(),
            head: head.path().to_owned(),
        });
    }
    make(path).map_err(|source| file_error(path, source))?;
    // Another process may have been first: what lies there now is the key.
    read(path)?.ok_or_else(|| file_error(path, io::Error::from(io::ErrorKind::NotFound)))
}

/// `None` when the file is not there.
fn read(path: &Path) -> Result<Option<SiteKey>, KeyError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(|source| file_error(path, source))?,
    };
    // Asked of the open file, so that it cannot be exchanged in between.
    let about = file.metadata().map_err(|source| file_error(path, source))?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(KeyError::ReadableByOthers {
            path: path.to_owned(),
        });
    }
    let mut bytes = Zeroizing::new([0u8; 67]);
    let length = fill(&mut file, bytes.as_mut()).map_err(|source| file_error(path, source))?;
    bytes
        .get(..length)
        .and_then(parse)
        .map(Some)
        .ok_or_else(|| KeyError::Malformed {
            path: path.to_owned(),
        })
}

/// Reads until `bytes` is full or the file ends; returns how many were read.
fn fill(file: &mut File, bytes: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// 32 raw bytes, or 64 hex digits with or without a line's end.
fn parse(bytes: &[u8]) -> Option<SiteKey> {
    let mut key = Zeroizing::new([0u8; 32]);
    if bytes.len() == key.len() {
        key.copy_from_slice(bytes);
        return Some(SiteKey::new(*key));
    }
    let digits = bytes.trim_ascii_end();
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = (*byte << 4) | u8::try_from(value).ok()?;
        }
    }
    Some(SiteKey::new(*key))
}

/// Writes a new key beside `path` and links it there: never over a file that exists.
fn make(path: &Path) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0u8; 32]);
    OsEntropy.fill(bytes.as_mut());
    let mut line = Zeroizing::new(String::with_capacity(65));
    for byte in bytes.iter() {
        for nibble in [byte >> 4, byte & 15] {
            line.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    line.push('\n');
    let new = temporary(path);
    let written = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| {
            file.write_all(line.as_bytes())?;
            file.sync_all()
        });
    let linked = written.and_then(|()| match fs::hard_link(&new, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&new);
    linked.and(removed)?;
    sync_folder(path)
}

/// A name that no other process or task uses.
fn temporary(path: &Path) -> PathBuf {
    let mut random = [0u8; 8];
    OsEntropy.fill(&mut random);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".new-{:016x}", u64::from_ne_bytes(random)));
    PathBuf::from(name)
}

/// Makes the names in a file's folder durable.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn file_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_bytes_and_hex_digits_are_read_alike() {
        let raw = [0xa5u8; 32];
        let hex = "a5".repeat(32);
        for text in [
            raw.to_vec(),
            hex.clone().into_bytes(),
            format!("{hex}\n").into(),
        ] {
            assert_eq!(parse(&text).unwrap().expose(), &raw);
        }
        for wrong in [
            "",
            "a5",
            &"g5".repeat(32),
            &"a5".repeat(33),
            &"é".repeat(32),
        ] {
            assert!(parse(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn of_several_that_make_the_key_at_once_all_get_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let head = HeadFile::beside(&path);
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| *read_or_make(&path, &head, false).unwrap().expose()))
                .collect();
            makers.into_iter().map(|m| m.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "only the key is left: {left:?}");
    }
}
