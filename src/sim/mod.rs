//! A simulated company: a directory and a WeCom that speak the real protocols on loopback, and a
//! phone to look at, for `rekey demo` and the tests; and a company in memory, for seeded runs with
//! faults, time and death on demand.

pub mod clock;
pub mod company;
pub mod ldap;
pub mod memory;
pub mod mortal;
pub mod people;
pub mod phone;
pub mod wecom;
pub mod world;

/// A TLS set-up that trusts nobody: for plain http on loopback, so that a machine without root
/// certificates can run the demo.
fn no_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
