//! Distinguished names, compared as LDAP compares them (RFC 4514): without case, without blanks
//! around separators, escapes resolved.

/// A DN made comparable: its RDNs, the entry's own first.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct NormalDn(Vec<String>);

impl NormalDn {
    /// Reads a DN; `None` when it is malformed. The empty text is the root.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return Some(Self(Vec::new()));
        }
        split(text, ',')?
            .iter()
            .map(|rdn| normal_rdn(rdn))
            .collect::<Option<_>>()
            .map(Self)
    }

    /// The empty DN: nobody's.
    pub(super) fn root() -> Self {
        Self(Vec::new())
    }

    pub(super) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is `base` or below it.
    pub(super) fn is_within(&self, base: &Self) -> bool {
        self.0.ends_with(&base.0)
    }

    /// Whether this is directly below `base`.
    pub(super) fn is_child_of(&self, base: &Self) -> bool {
        self.is_within(base) && self.0.len() == base.0.len().saturating_add(1)
    }
}

/// Splits at `separator` outside escapes; the escapes stay.
fn split(text: &str, separator: char) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let part = parts.last_mut()?;
        if c == '\\' {
            part.push(c);
            part.push(chars.next()?);
        } else if c == separator {
            parts.push(String::new());
        } else {
            part.push(c);
        }
    }
    Some(parts)
}

fn normal_rdn(rdn: &str) -> Option<String> {
    let (kind, value) = rdn.split_once('=')?;
    let kind = kind.trim().to_lowercase();
    let well_formed = !kind.is_empty()
        && kind
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    // A NUL cannot be in either part, so that joined parts stay distinct.
    well_formed.then_some(())?;
    Some(format!("{kind}\0{}", squeeze(&unescape(value.trim())?)))
}

/// Resolves `\,` and `\e7` alike.
fn unescape(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let first = rest.next()?;
        match char::from(first).to_digit(16) {
            Some(high) => {
                let low = char::from(rest.next()?).to_digit(16)?;
                bytes.push(u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?);
            }
            None => bytes.push(first),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Lower case, inner blanks as one: how names and addresses are compared.
pub(super) fn squeeze(text: &str) -> String {
    text.to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dn(text: &str) -> NormalDn {
        NormalDn::parse(text).unwrap()
    }

    #[test]
    fn spelling_does_not_matter() {
        assert_eq!(
            dn("UID=Lin.Wei , OU=People,dc=contoso,dc=example"),
            dn("uid=lin.wei,ou=people,dc=Contoso,dc=example")
        );
        assert_eq!(dn("cn=王"), dn("cn=\\e7\\8e\\8b"));
        assert_eq!(dn("cn=a\\,b,dc=x"), dn("cn=a\\2cb,dc=x"));
        assert_ne!(dn("cn=a\\,b,dc=x"), dn("cn=a,dc=b,dc=x"));
    }

    #[test]
    fn below_and_within() {
        let people = dn("ou=people,dc=x");
        assert!(dn("uid=a,ou=people,dc=x").is_child_of(&people));
        assert!(people.is_within(&people) && !people.is_child_of(&people));
        assert!(!dn("uid=a,ou=peoples,dc=x").is_within(&people));
    }

    #[test]
    fn malformed_names_are_refused() {
        for malformed in ["people", "=x", "cn=a\\", "cn=\\e7", "cn=a,,dc=x", ","] {
            assert_eq!(NormalDn::parse(malformed), None, "{malformed}");
        }
    }
}
