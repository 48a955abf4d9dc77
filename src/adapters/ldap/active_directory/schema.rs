//! What the schema says of an attribute. Everybody who signs in may read it.

use ldap3::{Scope, ldap_escape};

use super::super::session::{Entry, Fault, Search, Session};
use crate::flow::finding::Finding;

/// searchFlags: an index of the values (MS-ADTS, 2.2.10).
const INDEXED: u32 = 1;

/// Some attributes of the entry that describes `attribute`. `None`: it cannot be read.
pub(super) async fn described(
    session: &mut Session,
    attribute: &str,
    attributes: &[&str],
) -> Result<Option<Entry>, Fault> {
    let root = session.read("", &["schemaNamingContext"]).await?;
    let base = root
        .as_ref()
        .and_then(|root| root.first("schemaNamingContext"));
    let Some(base) = base else {
        return Ok(None);
    };
    let filter = format!("(lDAPDisplayName={})", ldap_escape(attribute));
    let mut found = session
        .search(&Search {
            base,
            scope: Scope::OneLevel,
            filter: &filter,
            attributes,
            limit: 1,
        })
        .await?;
    Ok(found.entries.pop())
}

/// Whether the attribute that every reset looks for has an index.
pub(super) async fn index(session: &mut Session, attribute: &str) -> Finding {
    const PART: &str = "index";
    let entry = match described(session, attribute, &["searchFlags"]).await {
        Ok(Some(entry)) => entry,
        Ok(None) => return Finding::unknown(PART, "the schema cannot be read"),
        Err(fault) => return Finding::unknown(PART, fault.words()),
    };
    if super::has(&entry, "searchFlags", INDEXED) {
        return Finding::fine(PART, format!("{attribute} has one"));
    }
    Finding::warning(
        PART,
        format!("{attribute} has none: the controller looks at everybody to find one"),
        format!(
            "Set bit 1 of searchFlags at {attribute} in the schema: {}.",
            entry.dn
        ),
    )
}
