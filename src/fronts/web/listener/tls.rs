//! The server's certificate, which may be renewed while it serves.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use super::{ListenError, TlsFiles};

/// The certificate that is shown to whoever connects now.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(
            &self.0.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

/// Shows another certificate once there is one in the files. Connections that are open go on with
/// theirs.
pub struct Renewal {
    files: TlsFiles,
    shown: Arc<Shown>,
    read: [Option<Stamp>; 2],
}

/// By what a file is seen to be another one: when it was written, its length, its inode.
type Stamp = (SystemTime, u64, u64);

impl Renewal {
    /// Reads both files when one of them is another one than before, or when `told` to. True:
    /// what they hold is shown from now on.
    ///
    /// # Errors
    /// When they cannot be used: then what was shown goes on being shown, and they are read again
    /// when they change again.
    pub fn renew(&mut self, told: bool) -> Result<bool, ListenError> {
        let stamps = stamps(&self.files);
        if stamps == self.read && !told {
            return Ok(false);
        }
        self.read = stamps;
        let new = Arc::new(read(&self.files)?);
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(true)
    }
}

/// Reads both files; TLS 1.2 and 1.3, HTTP/1.1.
pub(super) fn acceptor(files: TlsFiles) -> Result<(TlsAcceptor, Renewal), ListenError> {
    // Before they are read: what is written meanwhile is seen as new.
    let stamps = stamps(&files);
    let shown = Arc::new(Shown(RwLock::new(Arc::new(read(&files)?))));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&files.cert, error.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::<Shown>::clone(&shown));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let renewal = Renewal {
        files,
        shown,
        read: stamps,
    };
    Ok((TlsAcceptor::from(Arc::new(config)), renewal))
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, ListenError> {
    let chain = chain(&files.cert)?;
    let key = key(&files.key)?;
    CertifiedKey::from_der(chain, key, &ring::default_provider())
        .map_err(|error| wrong(&files.key, format!("does not fit the certificate: {error}")))
}

/// `None` for a file that is not there.
fn stamps(files: &TlsFiles) -> [Option<Stamp>; 2] {
    [&files.cert, &files.key].map(|path| {
        let about = std::fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len(), about.ino()))
    })
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, ListenError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err(wrong(path, "holds no certificate".to_owned())),
        Err(error) => Err(wrong(path, error.to_string())),
    }
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, ListenError> {
    let about = std::fs::metadata(path).map_err(|error| wrong(path, error.to_string()))?;
    if about.permissions().mode() & 0o007 != 0 {
        let why = format!(
            "everybody can read it; `chmod 600 {}` mends that",
            path.display()
        );
        return Err(wrong(path, why));
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| wrong(path, error.to_string()))
}

fn wrong(path: &Path, why: String) -> ListenError {
    ListenError::Certificate {
        path: path.to_owned(),
        why,
    }
}
