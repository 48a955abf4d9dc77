//! `[directory]`: where accounts live.

use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::Allow;
use super::error::Fault;
use super::secret::{self, Inline, Keys};
use super::value::{self, Folder};
use crate::domain::secret::Credential;

const BIND_PASSWORD: Keys = Keys {
    inline: "bind_password",
    file: "bind_password_file",
};

/// Where accounts live and how rekey reaches them.
pub struct Directory {
    /// Which product.
    pub kind: DirectoryKind,
    /// Tried in order: `ldaps://`, or `ldap://` with StartTLS. Never empty.
    pub urls: Vec<Url>,
    /// Whether `ldap://` connections are encrypted by StartTLS.
    pub starttls: bool,
    /// The CA that signed the servers' certificates, PEM. `None` only where nothing is encrypted,
    /// in the demo.
    pub ca_file: Option<PathBuf>,
    /// The service account.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: Credential,
    /// Under which entry the employees are.
    pub people_base: String,
    /// What a login name is compared with; never empty.
    pub login_attributes: Vec<String>,
    /// Holds the WeCom userid.
    pub wecom_attribute: String,
    /// Holds the employee's language tag.
    pub language_attribute: Option<String>,
    /// DNs of groups whose members are protected (rule 10).
    pub protected_groups: Vec<String>,
    /// The default pwdPolicy entry; `None`: the only one there is.
    pub default_policy_dn: Option<String>,
}

/// Which directory product.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum DirectoryKind {
    /// OpenLDAP with the ppolicy overlay.
    OpenLdap,
    /// Active Directory.
    ActiveDirectory,
    /// 389 Directory Server.
    Ds389,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    kind: String,
    urls: Vec<String>,
    #[serde(default)]
    starttls: bool,
    ca_file: Option<PathBuf>,
    bind_dn: String,
    bind_password: Option<Inline>,
    bind_password_file: Option<PathBuf>,
    people_base: String,
    login_attributes: Option<Vec<String>>,
    wecom_attribute: String,
    language_attribute: Option<String>,
    #[serde(default)]
    protected_groups: Vec<String>,
    default_policy_dn: Option<String>,
}

impl Raw {
    pub(super) fn check(self, folder: &Folder, allow: Allow) -> Result<Directory, Fault> {
        let kind = kind(&self.kind)?;
        let urls = urls(&self.urls, self.starttls, allow)?;
        let encrypted = self.starttls || urls.iter().any(|url| url.scheme() == "ldaps");
        Ok(Directory {
            kind,
            urls,
            starttls: self.starttls,
            ca_file: ca_file(self.ca_file, encrypted, folder)?,
            bind_dn: value::dn("bind_dn", self.bind_dn)?,
            bind_password: secret::required(
                &BIND_PASSWORD,
                self.bind_password,
                self.bind_password_file,
                folder,
            )?,
            people_base: value::dn("people_base", self.people_base)?,
            login_attributes: login_attributes(kind, self.login_attributes)?,
            wecom_attribute: value::attribute_name("wecom_attribute", self.wecom_attribute)?,
            language_attribute: self
                .language_attribute
                .map(|name| value::attribute_name("language_attribute", name))
                .transpose()?,
            protected_groups: self
                .protected_groups
                .into_iter()
                .map(|group| value::dn("protected_groups", group))
                .collect::<Result<_, _>>()?,
            default_policy_dn: self
                .default_policy_dn
                .map(|dn| value::dn("default_policy_dn", dn))
                .transpose()?,
        })
    }
}

fn kind(written: &str) -> Result<DirectoryKind, Fault> {
    match written {
        "openldap" => Ok(DirectoryKind::OpenLdap),
        "active-directory" => Ok(DirectoryKind::ActiveDirectory),
        "389ds" => Ok(DirectoryKind::Ds389),
        _ => Err(Fault::new(
            "kind",
            format!(
                "{written:?} is not known; \"openldap\", \"active-directory\" and \"389ds\" are"
            ),
        )),
    }
}

fn urls(written: &[String], starttls: bool, allow: Allow) -> Result<Vec<Url>, Fault> {
    if written.is_empty() {
        return Err(Fault::new(
            "urls",
            "must name a server such as \"ldaps://ldap1.contoso.example\"",
        ));
    }
    written
        .iter()
        .map(|one| url(one, starttls, allow).map_err(|why| Fault::new("urls", why)))
        .collect()
}

/// One server. A password never travels in clear: that is refused here, not left to the server.
fn url(written: &str, starttls: bool, allow: Allow) -> Result<Url, String> {
    let shape = || format!("{written:?} is no address such as \"ldaps://ldap1.contoso.example\"");
    let url = Url::parse(written).map_err(|_| shape())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address must not hold a user name or password".to_owned());
    }
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if url.host_str().is_none_or(str::is_empty) || !bare {
        return Err(shape());
    }
    let encrypted = url.scheme() == "ldaps" || starttls;
    if encrypted && matches!(url.host(), Some(url::Host::Ipv6(_))) {
        return Err(format!(
            "{written:?}: write a host name, not an IPv6 address"
        ));
    }
    match (url.scheme(), starttls) {
        ("ldaps", false) | ("ldap", true) => Ok(url),
        ("ldaps", true) => Err(format!(
            "{written:?} is encrypted already: leave out starttls, or write ldap://"
        )),
        ("ldap", false) if allow.plain_loopback_directory && value::is_loopback_literal(&url) => {
            Ok(url)
        }
        ("ldap", false) => Err(format!(
            "{written:?} would send passwords in clear: write ldaps://, or add starttls = true"
        )),
        _ => Err(shape()),
    }
}

fn ca_file(
    written: Option<PathBuf>,
    encrypted: bool,
    folder: &Folder,
) -> Result<Option<PathBuf>, Fault> {
    let wrong = |why: String| Fault::new("ca_file", why);
    let Some(path) = written.map(|path| folder.join(&path)) else {
        return if encrypted {
            Err(wrong(
                "is missing: name the PEM file of the CA that signed the servers' certificates"
                    .to_owned(),
            ))
        } else {
            Ok(None)
        };
    };
    let shown = path.display();
    let pem = std::fs::read(&path).map_err(|e| wrong(format!("{shown}: cannot be read: {e}")))?;
    let begins = b"-----BEGIN CERTIFICATE-----";
    if !pem.windows(begins.len()).any(|part| part == begins) {
        return Err(wrong(format!("{shown}: holds no certificate in PEM form")));
    }
    Ok(Some(path))
}

fn login_attributes(
    kind: DirectoryKind,
    written: Option<Vec<String>>,
) -> Result<Vec<String>, Fault> {
    let Some(names) = written else {
        let usual: &[&str] = match kind {
            DirectoryKind::OpenLdap | DirectoryKind::Ds389 => &["uid"],
            DirectoryKind::ActiveDirectory => &["sAMAccountName", "userPrincipalName"],
        };
        return Ok(usual.iter().map(|name| (*name).to_owned()).collect());
    };
    if names.is_empty() {
        return Err(Fault::new(
            "login_attributes",
            "must name an attribute such as \"uid\"",
        ));
    }
    names
        .into_iter()
        .map(|name| value::attribute_name("login_attributes", name))
        .collect()
}
