//! A simulated company: a directory and a WeCom that speak the real protocols on loopback, and a
//! phone to look at. Drives `rekey demo` and the tests.

pub mod clock;
pub mod company;
pub mod ldap;
pub mod phone;
pub mod wecom;

/// A TLS set-up that trusts nobody: for plain http on loopback, so that a machine without root
/// certificates can run the demo.
fn no_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
