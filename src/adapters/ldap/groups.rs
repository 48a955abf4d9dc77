//! Whether somebody is in one of some groups, directly or through other groups. OpenLDAP has no
//! matching rule for that: the groups are climbed, level by level.

use std::collections::HashSet;

use ldap3::{Scope, ldap_escape};

use super::dn;
use super::session::{Entry, Fault, Search, Session};

/// A DN, and a value of any attribute, that no entry has: searched for in place of those of an
/// unknown login, so that it takes as many round trips as a known one (rule 3).
pub(super) const NOBODY: &str = "cn=nobody-f81d4fae7dec11d0";
/// Before proof everybody is climbed for at least so far, whatever is found on the way (rule 3).
pub(super) const BEFORE_PROOF: usize = 4;
/// Deeper nesting than this counts as a hit: when in doubt, protected.
const LEVELS: usize = 16;
/// So do more groups than this.
const GROUPS: u16 = 1000;
/// How many DNs go into one filter.
const AT_ONCE: usize = 40;

/// The groups that somebody is looked for in.
#[derive(Default)]
pub(super) struct Groups {
    /// Their DNs, normalised.
    pub(super) names: HashSet<String>,
    /// Their entries, with [`super::dialect::Dialect::group_attributes`].
    pub(super) entries: Vec<Entry>,
}

impl Groups {
    /// With one more.
    pub(super) fn add(&mut self, group: Entry) {
        self.names.insert(dn::normalised(&group.dn));
        self.entries.push(group);
    }
}

/// Who is looked for.
pub(super) struct Member<'a> {
    /// The entry's DN, and those of groups that it is in without being listed there.
    pub(super) dns: Vec<&'a str>,
    /// Its login name, for groups that hold those (RFC 2307).
    pub(super) login: &'a str,
    /// How many levels are climbed at least.
    pub(super) least_levels: usize,
}

/// True when `member` is in one of `groups`, or when that cannot be ruled out.
/// Cycles are fine: every group is climbed from once. `every` is a filter that every group meets.
pub(super) async fn is_in(
    session: &mut Session,
    base: &str,
    every: &str,
    member: &Member<'_>,
    groups: &Groups,
) -> Result<bool, Fault> {
    let mut seen = HashSet::new();
    let mut level: Vec<String> = member.dns.iter().map(|dn| (*dn).to_owned()).collect();
    let mut hit = false;
    for depth in 0..LEVELS {
        let login = (depth == 0).then_some(member.login);
        let Some(above) = groups_of(session, base, every, &level, login).await? else {
            return Ok(true);
        };
        level = Vec::new();
        for group in above {
            let name = dn::normalised(&group);
            hit |= groups.names.contains(&name);
            if seen.insert(name) {
                level.push(group);
            }
        }
        hit |= seen.len() > usize::from(GROUPS);
        if hit || level.is_empty() {
            if depth + 1 >= member.least_levels {
                return Ok(hit);
            }
            level = vec![NOBODY.to_owned()];
        }
    }
    Ok(true)
}

/// The groups that hold one of these DNs, or this login name. `None`: too many.
async fn groups_of(
    session: &mut Session,
    base: &str,
    every: &str,
    dns: &[String],
    login: Option<&str>,
) -> Result<Option<Vec<String>>, Fault> {
    let mut above = Vec::new();
    for part in dns.chunks(AT_ONCE) {
        let search = Search {
            base,
            scope: Scope::Subtree,
            filter: &filter(every, part, login),
            attributes: &["1.1"],
            limit: GROUPS,
        };
        let found = session.search(&search).await?;
        if found.cut {
            return Ok(None);
        }
        above.extend(found.entries.into_iter().map(|group| group.dn));
    }
    Ok(Some(above))
}

/// Groups that hold one of these DNs, or this login name.
fn filter(every: &str, dns: &[String], login: Option<&str>) -> String {
    let mut filter = format!("(&{every}(|");
    for dn in dns {
        let dn = ldap_escape(dn.as_str());
        filter.push_str(&format!("(member={dn})(uniqueMember={dn})"));
    }
    if let Some(login) = login {
        filter.push_str(&format!("(memberUid={})", ldap_escape(login)));
    }
    filter.push_str("))");
    filter
}
