//! Who is in a group. A controller reckons for itself which security groups an entry is in, through
//! whatever others, and tells them when that one entry is read; otherwise the groups are climbed.

use ldap3::Scope;

use super::super::dn;
use super::super::groups::{self, Groups, Member, NOBODY};
use super::super::session::{Entry, Fault, Search, Session};

/// The SIDs of all security groups that an entry is in, its primary group and the groups of groups
/// included (MS-ADTS, 3.1.1.4.5.19). Only a search for the one entry gets it.
pub(super) const TOKENS: &str = "tokenGroups";
/// What [`by_tokens`] reads of a protected group.
pub(super) const OF_GROUP: [&str; 2] = ["objectSid", "groupType"];

/// groupType of a group that rights can be given to (MS-ADTS, 2.2.12).
const SECURITY: u32 = 0x8000_0000;

/// Whether an entry is in one of `groups`, as the controller itself reckons. `None`: it has not
/// told, or one of the groups is a mere distribution list, which is in nobody's tokens.
pub(super) fn by_tokens(entry: &Entry, groups: &Groups) -> Option<bool> {
    let mut protected = Vec::new();
    for group in &groups.entries {
        if !super::has(group, "groupType", SECURITY) {
            return None;
        }
        protected.push(group.first_bytes("objectSid")?);
    }
    let mut tokens = entry.all_bytes(TOKENS).peekable();
    // Everybody has a primary group: nothing means that it was not told.
    tokens.peek()?;
    Some(tokens.any(|token| protected.contains(&token)))
}

/// The same by questions, as many before proof for everybody (rule 3).
pub(super) async fn by_climbing(
    session: &mut Session,
    base: &str,
    member: &Member<'_>,
    entry: Option<&Entry>,
    groups: &Groups,
) -> Result<bool, Fault> {
    // The primary group does not list its members.
    let sid = entry.and_then(primary_group).unwrap_or_default();
    let filter = format!("(objectSid={})", escaped(&sid));
    let found = session
        .search(&Search {
            base,
            scope: Scope::Subtree,
            filter: &filter,
            attributes: &["1.1"],
            limit: 1,
        })
        .await?;
    let primary = found.entries.first().map(|group| group.dn.as_str());
    let is_itself = primary.is_some_and(|dn| groups.names.contains(&dn::normalised(dn)));
    let mut dns = member.dns.clone();
    dns.push(primary.unwrap_or(NOBODY));
    let member = Member { dns, ..*member };
    // By the index, without which every entry of the domain is looked at.
    let every = "(objectClass=group)";
    let above = groups::is_in(session, base, every, &member, groups).await?;
    // Who is in it and cannot be found in it is not ruled out.
    let unknown = entry.is_some() && primary.is_none();
    Ok(above || is_itself || unknown)
}

/// The primary group's SID: the account's own, with the group's number at the end.
fn primary_group(entry: &Entry) -> Option<Vec<u8>> {
    let number: u32 = entry.first("primaryGroupID")?.trim().parse().ok()?;
    let mut sid = entry.first_bytes("objectSid")?.to_vec();
    let end = sid.len().checked_sub(4)?;
    sid.truncate(end);
    sid.extend(number.to_le_bytes());
    Some(sid)
}

/// Bytes in a filter (RFC 4515).
fn escaped(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "\\00".to_owned();
    }
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Global and for security, in decimal as the directory writes it.
    const GLOBAL_SECURITY: &str = "-2147483646";

    fn groups(kinds: &[(&str, &str)]) -> Groups {
        let mut groups = Groups::default();
        for (sid, kind) in kinds {
            groups.add(Entry::for_tests(
                &format!("CN={sid}"),
                &[("objectSid", sid), ("groupType", kind)],
            ));
        }
        groups
    }

    fn lin(tokens: &[&str]) -> Entry {
        let tokens: Vec<_> = tokens.iter().map(|sid| (TOKENS, *sid)).collect();
        Entry::for_tests("CN=lin.wei", &tokens)
    }

    #[test]
    fn tokens_tell_who_is_in_a_group() {
        let admins = groups(&[("admins", GLOBAL_SECURITY), ("payroll", GLOBAL_SECURITY)]);
        assert_eq!(by_tokens(&lin(&["users", "staff"]), &admins), Some(false));
        assert_eq!(by_tokens(&lin(&["users", "payroll"]), &admins), Some(true));
    }

    #[test]
    fn tokens_say_nothing_when_they_were_not_told_or_cannot_hold_the_group() {
        let list = groups(&[("admins", GLOBAL_SECURITY), ("news", "2")]);
        assert_eq!(by_tokens(&lin(&["users", "admins"]), &list), None);
        let admins = groups(&[("admins", GLOBAL_SECURITY)]);
        assert_eq!(by_tokens(&lin(&[]), &admins), None);
        let mut hidden = Groups::default();
        hidden.add(Entry::for_tests("CN=admins", &[]));
        assert_eq!(by_tokens(&lin(&["users"]), &hidden), None);
    }
}
