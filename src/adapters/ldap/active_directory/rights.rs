//! What the service account may do in Active Directory, and who may write the mapping, without
//! changing anything.

use std::collections::HashSet;

use ldap3::Mod;
use ldap3::controls::RawControl;

use super::super::examine::{Powers, RightToReset, can_read};
use super::super::lookup::Lookup;
use super::super::session::{Fault, Session};
use super::{descriptor, policy, schema};
use crate::domain::account::Account;
use crate::flow::finding::Finding;

/// What the least rights let the service account write besides the password.
const NEEDED: [&str; 2] = ["lockoutTime", "pwdLastSet"];
/// The attributes that whoever asks may write (MS-ADTS, 3.1.1.4.5.26).
const WRITABLE: &str = "allowedAttributesEffective";

/// Asks for a password that none can be: not quoted, and no whole UTF-16 unit. Seen with Samba
/// 4.17: the rights are looked at first (50), then the value (53). Windows is documented to refuse
/// both too; any other answer counts as unclear.
pub(super) async fn to_reset(session: &mut Session, dn: &str) -> Result<RightToReset, Fault> {
    const NOT_ALLOWED: u32 = 50;
    const UNWILLING: u32 = 53;
    let no_password = HashSet::from([b"abc".to_vec()]);
    let change = vec![Mod::Replace(b"unicodePwd".to_vec(), no_password)];
    let result = session.modify(dn, change, None).await?;
    match result.rc {
        UNWILLING => {}
        NOT_ALLOWED => return Ok(RightToReset::Missing("reset passwords".to_owned())),
        _ => return Ok(RightToReset::Unclear(result.to_string())),
    }
    let writable = writable(session, dn).await?;
    let holds = |name: &str| writable.iter().any(|one| one.eq_ignore_ascii_case(name));
    Ok(match NEEDED.into_iter().find(|name| !holds(name)) {
        Some(missing) => RightToReset::Missing(format!("write {missing}")),
        None => RightToReset::Held,
    })
}

/// Whether a lock can be taken away.
pub(super) async fn to_unlock(session: &mut Session, dn: &str) -> Result<bool, Fault> {
    let writable = writable(session, dn).await?;
    let mut names = writable.iter();
    Ok(names.any(|name| name.eq_ignore_ascii_case("lockoutTime")))
}

/// Everything that may be written without need.
pub(super) async fn powers(session: &mut Session, dn: &str) -> Result<Powers, Fault> {
    const TOLD: usize = 5;
    let mut writes = writable(session, dn).await?;
    writes.retain(|name| {
        !NEEDED
            .iter()
            .any(|needed| needed.eq_ignore_ascii_case(name))
    });
    let more = writes.len().saturating_sub(TOLD);
    writes.truncate(TOLD);
    if more > 0 {
        writes.push(format!("and {more} more attributes"));
    }
    Ok(Powers {
        writes,
        reads_hashes: false,
    })
}

async fn writable(session: &mut Session, dn: &str) -> Result<Vec<String>, Fault> {
    let entry = session.read(dn, &[WRITABLE]).await?;
    Ok(entry.map_or_else(Vec::new, |entry| entry.all(WRITABLE).to_vec()))
}

/// Whether an employee may write an attribute of their own. `None`: the rights cannot be read.
pub(super) async fn self_writers(
    session: &mut Session,
    account: &Account,
    attribute: &str,
) -> Result<Option<bool>, Fault> {
    // LDAP_SERVER_SD_FLAGS_OID: the DACL alone, which needs no special right.
    let dacl_only = RawControl {
        ctype: "1.2.840.113556.1.4.801".to_owned(),
        crit: true,
        val: Some(vec![0x30, 3, 2, 1, 4]),
    };
    let dn = account.dn.as_str();
    let name = "nTSecurityDescriptor";
    let entry = session.read_with(dn, &[name], dacl_only).await?;
    let guids = ["schemaIDGUID", "attributeSecurityGUID"];
    let described = schema::described(session, attribute, &guids).await?;
    let (Some(entry), Some(described)) = (entry, described) else {
        return Ok(None);
    };
    let guids: Vec<Vec<u8>> = guids
        .into_iter()
        .filter_map(|name| described.first_bytes(name).map(<[u8]>::to_vec))
        .collect();
    let bytes = entry.first_bytes(name);
    Ok(bytes.and_then(|bytes| descriptor::writable_by_self(bytes, &guids)))
}

/// Whether fine-grained policies can be read.
pub(super) async fn fine_grained(session: &mut Session, lookup: &Lookup) -> Finding {
    const PART: &str = "fine-grained policies";
    let base = match lookup.layout(session).await {
        Ok(layout) => policy::container(&layout.naming_context),
        Err(fault) => return Finding::unknown(PART, fault.words()),
    };
    match can_read(session, &base).await {
        Ok(true) => Finding::fine(PART, "can be read, and are shown to whom they apply"),
        Ok(false) => Finding::warning(
            PART,
            "cannot be read: whom one applies to is told that the directory has checks of its own",
            "Give the service account the last right in assets/active-directory/rights.sddl.",
        ),
        Err(fault) => Finding::unknown(PART, fault.words()),
    }
}
