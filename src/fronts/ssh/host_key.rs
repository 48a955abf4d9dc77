//! The server's own key: made on first use, and readable by nobody else.

use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::keys::{Algorithm, HashAlg, PrivateKey};
use zeroize::Zeroizing;

use crate::flow::ports::Entropy;

/// Why there is no host key.
#[derive(Debug, thiserror::Error)]
pub enum HostKeyError {
    /// The file cannot be read or made.
    #[error("[ssh] host_key_file: {}: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read it.
    #[error("[ssh] host_key_file: {} can be read by others: chmod 600 it", .0.display())]
    Open(PathBuf),
    /// It holds something else.
    #[error(
        "[ssh] host_key_file: {} must hold an Ed25519 key without a passphrase in OpenSSH's format; \
         without the file one is made",
        .0.display()
    )]
    NoKey(PathBuf),
}

/// The key in the file; made where there is none.
///
/// # Errors
/// When it cannot be read or made, or others could read it.
pub fn host_key(path: &Path, entropy: &dyn Entropy) -> Result<PrivateKey, HostKeyError> {
    match read(path) {
        Err(HostKeyError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            make(path, entropy).map_err(|source| HostKeyError::File {
                path: path.to_owned(),
                source,
            })?;
            // Another process may have been quicker: the file's key is the key.
            read(path)
        }
        read => read,
    }
}

/// The fingerprint of the key in the file, as clients show it; `None` where there is no file yet.
///
/// # Errors
/// When it cannot be read, or others could read it.
pub fn fingerprint(path: &Path) -> Result<Option<String>, HostKeyError> {
    match read(path) {
        Ok(key) => Ok(Some(key.fingerprint(HashAlg::Sha256).to_string())),
        Err(HostKeyError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> Result<PrivateKey, HostKeyError> {
    let file = |source| HostKeyError::File {
        path: path.to_owned(),
        source,
    };
    let mode = std::fs::metadata(path).map_err(file)?.mode();
    if mode & 0o077 != 0 {
        return Err(HostKeyError::Open(path.to_owned()));
    }
    let text = Zeroizing::new(std::fs::read(path).map_err(file)?);
    PrivateKey::from_openssh(&*text)
        .ok()
        .filter(|key| key.algorithm() == Algorithm::Ed25519 && !key.is_encrypted())
        .ok_or_else(|| HostKeyError::NoKey(path.to_owned()))
}

/// Makes the file whole or not at all.
fn make(path: &Path, entropy: &dyn Entropy) -> io::Result<()> {
    let mut seed = Zeroizing::new([0; 32]);
    entropy.fill(seed.as_mut_slice());
    let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
    let text = PrivateKey::new(pair, "rekey")
        .and_then(|key| key.to_openssh(LineEnding::LF))
        .map_err(io::Error::other)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(name);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let made = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::adapters::entropy::OsEntropy;

    #[test]
    fn it_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert_eq!(fingerprint(&path).unwrap(), None);
        let first = host_key(&path, &OsEntropy).unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        let second = host_key(&path, &OsEntropy).unwrap();
        assert_eq!(first.public_key(), second.public_key());
        let shown = fingerprint(&path).unwrap().unwrap();
        assert!(shown.starts_with("SHA256:"), "{shown}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_and_another_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        host_key(&path, &OsEntropy).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            host_key(&path, &OsEntropy),
            Err(HostKeyError::Open(_))
        ));
        std::fs::write(&path, "something else").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            host_key(&path, &OsEntropy),
            Err(HostKeyError::NoKey(_))
        ));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else");
    }
}
