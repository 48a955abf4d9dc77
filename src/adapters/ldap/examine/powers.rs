//! What the service account may do, found out without doing it.

use std::collections::HashSet;

use ldap3::{LdapResult, Mod};

use super::super::session::{Fault, Session};
use crate::adapters::entropy::OsEntropy;
use crate::flow::ports::Entropy;

/// Whether the service account may reset a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum RightToReset {
    /// It may.
    Held,
    /// It may not do this: the end of "the right to ...".
    Missing(String),
    /// The server's answer tells neither.
    Unclear(String),
}

/// What the service account may do beyond resets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Powers {
    /// Attributes that it may write without need.
    pub(crate) writes: Vec<String>,
    /// It may read password hashes.
    pub(crate) reads_hashes: bool,
}

/// insufficientAccessRights
const NOT_ALLOWED: u32 = 50;
/// noSuchAttribute
const NOT_THERE: u32 = 16;

/// A value that no entry has: 128 random bits.
pub(crate) fn hidden_value() -> String {
    let mut random = [0; 16];
    OsEntropy.fill(&mut random);
    let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("rekey-check-{hex}")
}

/// Whether a value may be deleted, asked with one that is not there: a server that would allow it
/// says so (16), one that would not says that (50), and neither has anything to change. `None`:
/// any other answer. (Seen: slapd 2.5 and 389 DS 2.3 look at the rights first.)
pub(crate) async fn may_delete(
    session: &mut Session,
    dn: &str,
    attribute: &str,
    absent: &str,
) -> Result<Result<bool, String>, Fault> {
    let values = HashSet::from([absent.as_bytes().to_vec()]);
    let change = vec![Mod::Delete(attribute.as_bytes().to_vec(), values)];
    let result = session.modify(dn, change, None).await?;
    Ok(match result.rc {
        NOT_THERE => Ok(true),
        NOT_ALLOWED => Ok(false),
        _ => Err(result.to_string()),
    })
}

/// The answer to taking a lock away: one that is not there any more is an open account.
pub(crate) fn unlocked(result: LdapResult) -> LdapResult {
    match result.rc {
        NOT_THERE => LdapResult { rc: 0, ..result },
        _ => result,
    }
}

/// [`may_delete`] for the password.
pub(crate) async fn right_by_delete(
    session: &mut Session,
    dn: &str,
) -> Result<RightToReset, Fault> {
    let may = may_delete(session, dn, "userPassword", &hidden_value()).await?;
    Ok(match may {
        Ok(true) => RightToReset::Held,
        Ok(false) => RightToReset::Missing("write userPassword".to_owned()),
        Err(words) => RightToReset::Unclear(words),
    })
}

/// [`may_delete`] for what rekey has no use for, and whether hashes can be read.
pub(crate) async fn powers_by_delete(
    session: &mut Session,
    dn: &str,
    attributes: &[&str],
) -> Result<Powers, Fault> {
    let mut writes = Vec::new();
    for attribute in attributes {
        let may = may_delete(session, dn, attribute, &hidden_value()).await?;
        if may == Ok(true) {
            writes.push((*attribute).to_owned());
        }
    }
    let entry = session.read(dn, &["userPassword"]).await?;
    let reads_hashes = entry.is_some_and(|entry| entry.first_bytes("userPassword").is_some());
    Ok(Powers {
        writes,
        reads_hashes,
    })
}
