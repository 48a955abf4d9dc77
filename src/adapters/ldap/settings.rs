//! What the adapter is given, checked once at the start: passwords go out over TLS or not at all.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};

use crate::domain::secret::Credential;

/// The `[directory]` section, as the adapter needs it.
pub struct LdapSettings {
    /// `ldaps://host[:port]`, or `ldap://host[:port]` with `starttls`; tried in this order.
    pub urls: Vec<String>,
    /// StartTLS on `ldap://` addresses.
    pub starttls: bool,
    /// The company's CA certificates, PEM. Needed unless every address is plain loopback.
    pub ca_pem: Option<Vec<u8>>,
    /// `ldap://` without TLS, and only to a loopback address: the demo's own directory.
    pub allow_plain_loopback: bool,
    /// The service account.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: Credential,
    /// Below which entry the employees are.
    pub people_base: String,
    /// Attributes that hold login names; the first one is how a login name is written.
    pub login_attributes: Vec<String>,
    /// The attribute that holds the WeCom userid; it has to be one that compares without case.
    pub wecom_attribute: String,
    /// The attribute that holds a language tag.
    pub language_attribute: Option<String>,
    /// Groups whose members, direct or nested, only the desk may reset.
    pub protected_groups: Vec<String>,
    /// OpenLDAP: the policy of accounts without one of their own. Left out: the only policy
    /// entry there is.
    pub default_policy_dn: Option<String>,
}

/// What is wrong with the settings, and what would be right.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingsError {
    /// A key is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// Not an address of a directory.
    #[error("{0:?} is no address: write ldaps://host or ldap://host, with :port if it differs")]
    Address(String),
    /// A password would travel in the clear.
    #[error("{0:?} would send passwords in the clear: write ldaps:// or set starttls = true")]
    Clear(String),
    /// TLS names have to be host names or IPv4 addresses.
    #[error("{0:?}: TLS to an IPv6 address is not supported, write a host name")]
    Ipv6(String),
    /// No CA.
    #[error("ca_file is missing: it holds the certificate that signed the directory's")]
    NoCa,
    /// A CA that cannot be read.
    #[error("ca_file holds no certificate that can be used: {0}")]
    Ca(String),
    /// An attribute name that is none.
    #[error("{0:?} is no attribute name")]
    Attribute(String),
}

/// How a server is spoken to.
#[derive(Clone)]
pub(super) enum Transport {
    /// TLS from the first byte.
    Tls(Arc<ClientConfig>),
    /// TLS after StartTLS.
    StartTls(Arc<ClientConfig>),
    /// No TLS: this machine only.
    PlainLoopback,
}

/// One server's address.
#[derive(Clone)]
pub(super) struct Address {
    /// As configured.
    pub(super) url: String,
    /// Host name or address, without brackets.
    pub(super) host: String,
    /// TCP port.
    pub(super) port: u16,
    /// How it is spoken to.
    pub(super) transport: Transport,
}

impl LdapSettings {
    /// Checks everything that can be checked without a server, and reads the addresses.
    pub(super) fn addresses(&self) -> Result<Vec<Address>, SettingsError> {
        for (name, value) in [
            ("bind_dn", self.bind_dn.as_str()),
            // An empty one would bind as nobody (RFC 4513, 5.1.2).
            ("bind_password", self.bind_password.expose()),
            ("people_base", &self.people_base),
        ] {
            if value.is_empty() {
                return Err(SettingsError::Empty(name));
            }
        }
        if self.urls.is_empty() {
            return Err(SettingsError::Empty("urls"));
        }
        if self.login_attributes.is_empty() {
            return Err(SettingsError::Empty("login_attributes"));
        }
        let attributes = self.login_attributes.iter();
        for name in attributes
            .chain([&self.wecom_attribute])
            .chain(&self.language_attribute)
        {
            check_attribute(name)?;
        }
        let tls = match &self.ca_pem {
            Some(pem) => Some(client_config(pem)?),
            None => None,
        };
        self.urls
            .iter()
            .map(|url| self.address(url, tls.as_ref()))
            .collect()
    }

    fn address(
        &self,
        url: &str,
        tls: Option<&Arc<ClientConfig>>,
    ) -> Result<Address, SettingsError> {
        let bad = || SettingsError::Address(url.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(bad)?;
        let ldaps = match scheme.to_ascii_lowercase().as_str() {
            "ldaps" => true,
            "ldap" => false,
            _ => return Err(bad()),
        };
        let (host, port) = split_host(rest.strip_suffix('/').unwrap_or(rest)).ok_or_else(bad)?;
        let port = port.unwrap_or(if ldaps { 636 } else { 389 });
        let transport = if ldaps || self.starttls {
            let config = Arc::clone(tls.ok_or(SettingsError::NoCa)?);
            if host.contains(':') {
                return Err(SettingsError::Ipv6(url.to_owned()));
            }
            ServerName::try_from(host.as_str()).map_err(|_| bad())?;
            if ldaps {
                Transport::Tls(config)
            } else {
                Transport::StartTls(config)
            }
        } else {
            // A name would have to be looked up, and might lead elsewhere.
            let loopback = host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
            if !(self.allow_plain_loopback && loopback) {
                return Err(SettingsError::Clear(url.to_owned()));
            }
            Transport::PlainLoopback
        };
        Ok(Address {
            url: url.to_owned(),
            host,
            port,
            transport,
        })
    }
}

/// Splits `host`, `host:port`, `[v6]`, `[v6]:port`.
fn split_host(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(v6) => {
            let (host, after) = v6.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (
                host,
                match after {
                    "" => None,
                    _ => Some(after.strip_prefix(':')?),
                },
            )
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-_:".contains(c);
    if host.is_empty() || !host.chars().all(fits) {
        return None;
    }
    let port = match port {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port != 0)?)
        }
        Some(_) => return None,
        None => None,
    };
    Some((host.to_owned(), port))
}

/// Attribute names go into filters unescaped: letters, digits, hyphens, dots (an OID).
fn check_attribute(name: &str) -> Result<(), SettingsError> {
    let fits = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    fits.then_some(())
        .ok_or_else(|| SettingsError::Attribute(name.to_owned()))
}

/// TLS that trusts this CA only, by one crypto provider, with names always checked.
fn client_config(pem: &[u8]) -> Result<Arc<ClientConfig>, SettingsError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|e| SettingsError::Ca(e.to_string()))?;
        roots
            .add(certificate)
            .map_err(|e| SettingsError::Ca(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(SettingsError::Ca("no PEM certificate in it".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| SettingsError::Ca(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str, starttls: bool, plain: bool) -> LdapSettings {
        LdapSettings {
            urls: vec![url.to_owned()],
            starttls,
            ca_pem: None,
            allow_plain_loopback: plain,
            bind_dn: "cn=rekey,dc=example,dc=test".to_owned(),
            bind_password: Credential::new("secret".to_owned()),
            people_base: "ou=people,dc=example,dc=test".to_owned(),
            login_attributes: vec!["uid".to_owned()],
            wecom_attribute: "employeeNumber".to_owned(),
            language_attribute: None,
            protected_groups: Vec::new(),
            default_policy_dn: None,
        }
    }

    fn refusal(settings: &LdapSettings) -> Option<SettingsError> {
        settings.addresses().err()
    }

    #[test]
    fn passwords_never_go_out_in_the_clear() {
        for (url, starttls, plain) in [
            ("ldap://ldap1.example.test", false, false),
            ("ldap://ldap1.example.test", false, true),
            ("ldap://127.0.0.1", false, false),
            ("ldap://localhost", false, true),
            ("ldap://10.0.0.1:389", false, true),
        ] {
            assert_eq!(
                refusal(&settings(url, starttls, plain)),
                Some(SettingsError::Clear(url.to_owned())),
            );
        }
        for url in ["ldaps://ldap1.example.test", "ldaps://127.0.0.1"] {
            assert_eq!(
                refusal(&settings(url, false, true)),
                Some(SettingsError::NoCa)
            );
        }
        assert_eq!(
            refusal(&settings("ldap://127.0.0.1:13389", true, true)),
            Some(SettingsError::NoCa)
        );
    }

    #[test]
    fn plain_loopback_is_for_the_demo() {
        for (url, host, port) in [
            ("ldap://127.0.0.1:13389", "127.0.0.1", 13389),
            ("LDAP://127.0.0.1/", "127.0.0.1", 389),
            ("ldap://[::1]:1389", "::1", 1389),
        ] {
            let addresses = settings(url, false, true).addresses().ok().unwrap();
            assert_eq!(
                (addresses[0].host.as_str(), addresses[0].port),
                (host, port)
            );
        }
    }

    #[test]
    fn an_address_is_one_or_is_refused() {
        for url in [
            "",
            "127.0.0.1",
            "http://127.0.0.1",
            "ldap://",
            "ldap://:389",
            "ldap://127.0.0.1:0",
            "ldap://127.0.0.1:+389",
            "ldap://127.0.0.1:65536",
            "ldap://user@127.0.0.1",
            "ldap://127.0.0.1/dc=example",
            "ldap://[::1",
            "ldap://[nonsense]",
        ] {
            assert_eq!(
                refusal(&settings(url, false, true)),
                Some(SettingsError::Address(url.to_owned())),
            );
        }
    }

    #[test]
    fn an_empty_bind_password_is_refused() {
        let mut empty = settings("ldap://127.0.0.1", false, true);
        empty.bind_password = Credential::new(String::new());
        assert_eq!(refusal(&empty), Some(SettingsError::Empty("bind_password")));
    }

    #[test]
    fn attribute_names_cannot_smuggle_a_filter() {
        let mut hostile = settings("ldap://127.0.0.1", false, true);
        hostile.wecom_attribute = "employeeNumber=*)(uid".to_owned();
        assert!(matches!(
            refusal(&hostile),
            Some(SettingsError::Attribute(_))
        ));
    }
}
