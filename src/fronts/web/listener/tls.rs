//! The server's certificate.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::{ListenError, TlsFiles};

/// Reads both files; TLS 1.2 and 1.3, HTTP/1.1.
pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, ListenError> {
    let chain = chain(&files.cert)?;
    let key = key(&files.key)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&files.cert, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| wrong(&files.key, format!("does not fit the certificate: {error}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
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
