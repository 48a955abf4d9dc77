//! Search filters, with LDAP's three truth values (RFC 4511, 4.5.1.7): `None` is undefined.

use ldap3_proto::proto::{LdapFilter, LdapSubstringFilter};

use super::dn::{NormalDn, squeeze};
use super::entry::Entry;

/// Attributes whose values are DNs.
const DN_VALUED: [&str; 7] = [
    "member",
    "memberof",
    "manager",
    "owner",
    "entrydn",
    "modifiersname",
    "pwdpolicysubentry",
];

/// Whether `entry` matches. The codec bounds how deep a filter can be.
pub(super) fn matches(filter: &LdapFilter, entry: &Entry) -> Option<bool> {
    match filter {
        LdapFilter::And(parts) => conjunction(parts.iter().map(|part| matches(part, entry))),
        LdapFilter::Or(parts) => {
            let none = conjunction(parts.iter().map(|part| matches(part, entry).map(|is| !is)));
            none.map(|none| !none)
        }
        LdapFilter::Not(part) => matches(part, entry).map(|is| !is),
        LdapFilter::Present(name) => Some(!values(entry, name).is_empty()),
        LdapFilter::Equality(name, value) | LdapFilter::Approx(name, value) => {
            Some(equals(entry, name, value))
        }
        LdapFilter::Substring(name, pattern) => Some(
            values(entry, name)
                .iter()
                .any(|value| contains(&squeeze(value), pattern)),
        ),
        LdapFilter::GreaterOrEqual(name, bound) => {
            Some(values(entry, name).iter().any(|value| value >= bound))
        }
        LdapFilter::LessOrEqual(name, bound) => {
            Some(values(entry, name).iter().any(|value| value <= bound))
        }
        LdapFilter::Extensible(_) => None,
    }
}

/// False when one is false; undefined when one is undefined and none false.
fn conjunction(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

/// Values that filters see; passwords are not among them.
fn values(entry: &Entry, name: &str) -> Vec<String> {
    entry.values(name)
}

fn equals(entry: &Entry, name: &str, wanted: &str) -> bool {
    let held = values(entry, name);
    if DN_VALUED.contains(&name.to_lowercase().as_str()) {
        let Some(wanted) = NormalDn::parse(wanted) else {
            return false;
        };
        return held
            .iter()
            .any(|dn| NormalDn::parse(dn).as_ref() == Some(&wanted));
    }
    let wanted = squeeze(wanted);
    let is_wanted = |value: &String| squeeze(value) == wanted;
    held.iter().any(is_wanted)
        || (name.eq_ignore_ascii_case("objectClass") && held.iter().any(|of| is_kind(of, &wanted)))
}

/// Whether an object class has another one above it (RFC 4519, 3.12; RFC 2798, 2).
fn is_kind(class: &str, wanted: &str) -> bool {
    const PEOPLE: [&str; 3] = ["inetorgperson", "organizationalperson", "person"];
    let place = |name: &str| PEOPLE.iter().position(|known| *known == squeeze(name));
    matches!((place(class), place(wanted)), (Some(below), Some(above)) if below < above)
}

fn contains(value: &str, pattern: &LdapSubstringFilter) -> bool {
    let part = |text: &String| text.to_lowercase();
    let mut rest = value;
    if let Some(initial) = pattern.initial.as_ref().map(part) {
        match rest.strip_prefix(&initial) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    for middle in pattern.any.iter().map(part) {
        match rest.split_once(&middle) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    pattern
        .final_
        .as_ref()
        .map(part)
        .is_none_or(|end| rest.ends_with(&end))
}
