//! Values that several sections share: lengths of time, addresses, paths.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::{Host, Url};

use super::error::Fault;

/// The folder of `rekey.toml`: relative paths in it start there, whatever the working folder is.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn of(config: &Path) -> Self {
        Self(config.parent().unwrap_or(Path::new("")).to_owned())
    }

    pub(super) fn join(&self, path: &Path) -> PathBuf {
        self.0.join(path)
    }
}

/// Refuses a text that is empty or holds control characters.
pub(super) fn text(key: &'static str, value: String) -> Result<String, Fault> {
    if value.trim().is_empty() || value.chars().any(char::is_control) {
        return Err(Fault::new(key, "must be a text on one line, not empty"));
    }
    Ok(value)
}

/// Refuses a value outside `range`.
pub(super) fn within<T: PartialOrd + Display>(
    key: &'static str,
    value: T,
    range: &RangeInclusive<T>,
) -> Result<T, Fault> {
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = (range.start(), range.end());
    Err(Fault::new(
        key,
        format!("must be {least} to {most}, is {value}"),
    ))
}

/// Reads a length of time: a whole number and `s`, `m`, `h` or `d`.
pub(super) fn length(key: &'static str, value: &str) -> Result<Duration, Fault> {
    parse_length(value).ok_or_else(|| {
        Fault::new(
            key,
            format!(
                "must be a length of time such as \"60s\", \"5m\", \"1h\" or \"120d\", is {value:?}"
            ),
        )
    })
}

fn parse_length(value: &str) -> Option<Duration> {
    let unit = value.chars().last()?;
    let number = value.strip_suffix(unit)?;
    // u64::from_str would take a leading plus sign.
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// Reads a length of time within a range; `spelled` names the range for people.
pub(super) fn length_within(
    key: &'static str,
    value: &str,
    range: &RangeInclusive<Duration>,
    spelled: &str,
) -> Result<Duration, Fault> {
    let found = length(key, value)?;
    if range.contains(&found) {
        return Ok(found);
    }
    Err(Fault::new(key, format!("must be {spelled}, is {value:?}")))
}

/// Reads `https://...`, or `http://...` on loopback, without credentials, query or fragment.
pub(super) fn web_address(key: &'static str, value: &str) -> Result<Url, Fault> {
    let wrong = |why: &str| Fault::new(key, format!("{why}, is {value:?}"));
    let url = Url::parse(value)
        .map_err(|_| wrong("must be an address such as \"https://reset.contoso.example\""))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new(key, "must not hold a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must not hold a \"?\" or \"#\""));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err(wrong(
            "must begin with https:// (http:// is allowed on loopback only)",
        )),
    }
}

/// Whether a URL's host is this machine: a loopback address literal or `localhost`.
pub(super) fn is_loopback(url: &Url) -> bool {
    is_loopback_literal(url) || url.host_str() == Some("localhost")
}

/// Whether a URL's host is a loopback address literal. The host of a scheme that the URL standard
/// does not know (`ldap`) stays text.
pub(super) fn is_loopback_literal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}

/// Reads an address and port to listen on.
pub(super) fn listen(key: &'static str, value: &str) -> Result<SocketAddr, Fault> {
    value.parse().map_err(|_| {
        Fault::new(
            key,
            format!("must be an IP address and a port such as \"127.0.0.1:8443\", is {value:?}"),
        )
    })
}

/// Refuses a text that does not look like a DN (`attribute=value, ...`).
pub(super) fn dn(key: &'static str, value: String) -> Result<String, Fault> {
    let value = text(key, value)?;
    let attribute = value.split_once('=').map(|(attribute, _)| attribute);
    if attribute.is_some_and(|a| attribute_name(key, a.trim().to_owned()).is_ok()) {
        return Ok(value);
    }
    Err(Fault::new(
        key,
        format!("must be a DN such as \"ou=people,dc=contoso,dc=example\", is {value:?}"),
    ))
}

/// Refuses a text that can be no attribute name (RFC 4512, 2.5): it goes into filters as it is.
pub(super) fn attribute_name(key: &'static str, value: String) -> Result<String, Fault> {
    let begins_well = value.starts_with(|c: char| c.is_ascii_alphanumeric());
    let well_formed = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    if begins_well && well_formed {
        return Ok(value);
    }
    Err(Fault::new(
        key,
        format!("must be an attribute's name such as \"uid\", is {value:?}"),
    ))
}
