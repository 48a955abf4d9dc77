//! Whether somebody is in one of some groups, directly or through other groups. OpenLDAP has no
//! matching rule for that: the groups are climbed, level by level.

use std::collections::HashSet;

use ldap3::{Scope, ldap_escape};

use super::dn;
use super::session::{Fault, Search, Session};

/// Deeper nesting than this counts as a hit: when in doubt, protected.
const LEVELS: usize = 16;
/// So do more groups than this.
const GROUPS: u16 = 1000;
/// How many DNs go into one filter.
const AT_ONCE: usize = 40;

/// Who is looked for.
pub(super) struct Member<'a> {
    /// The entry's DN.
    pub(super) dn: &'a str,
    /// Its login name, for groups that hold those (RFC 2307).
    pub(super) login: &'a str,
}

/// True when `member` is in one of `groups` (normalised DNs), or when that cannot be ruled out.
/// Cycles are fine: every group is climbed from once.
pub(super) async fn is_in(
    session: &mut Session,
    base: &str,
    member: &Member<'_>,
    groups: &HashSet<String>,
) -> Result<bool, Fault> {
    let mut seen = HashSet::new();
    let mut level = vec![member.dn.to_owned()];
    for depth in 0..LEVELS {
        let mut above = Vec::new();
        for part in level.chunks(AT_ONCE) {
            let login = (depth == 0).then_some(member.login);
            let filter = filter(part, login);
            let search = Search {
                base,
                scope: Scope::Subtree,
                filter: &filter,
                attributes: &["1.1"],
                limit: GROUPS,
            };
            let found = session.search(&search).await?;
            if found.cut {
                return Ok(true);
            }
            for group in found.entries {
                let name = dn::normalised(&group.dn);
                if groups.contains(&name) {
                    return Ok(true);
                }
                if seen.insert(name) {
                    above.push(group.dn);
                }
            }
        }
        if above.is_empty() {
            return Ok(false);
        }
        if seen.len() > usize::from(GROUPS) {
            return Ok(true);
        }
        level = above;
    }
    Ok(true)
}

/// Groups that hold one of these DNs, or this login name.
fn filter(dns: &[String], login: Option<&str>) -> String {
    let mut filter = String::from("(|");
    for dn in dns {
        let dn = ldap_escape(dn.as_str());
        filter.push_str(&format!("(member={dn})(uniqueMember={dn})"));
    }
    if let Some(login) = login {
        filter.push_str(&format!("(memberUid={})", ldap_escape(login)));
    }
    filter.push(')');
    filter
}
