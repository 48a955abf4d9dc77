//! Security descriptors (MS-DTYP, 2.4.6), as far as "may they write this attribute of their own?"
//! needs: allowing entries of the DACL for the account itself or for everybody. Denying ones are
//! not looked at, so the answer errs to the side of yes.

/// A SID as the server stores it: SELF, Everyone, Authenticated Users.
const SELF: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0];
const EVERYONE: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
const AUTHENTICATED: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 11, 0, 0, 0];
/// The last number of Domain Users' SID, whatever the domain.
const DOMAIN_USERS: [u8; 4] = 513u32.to_le_bytes();

/// ACCESS_ALLOWED_ACE_TYPE and ACCESS_ALLOWED_OBJECT_ACE_TYPE.
const ALLOWED: u8 = 0;
const ALLOWED_OBJECT: u8 = 5;
/// INHERIT_ONLY_ACE: counts for what is below only.
const INHERIT_ONLY: u8 = 0x08;
/// ADS_RIGHT_DS_WRITE_PROP, WRITE_DAC, WRITE_OWNER, GENERIC_ALL, GENERIC_WRITE.
const WRITES: u32 = 0x20 | 0x4_0000 | 0x8_0000 | 0x1000_0000 | 0x4000_0000;
/// WRITE_DAC and WRITE_OWNER: whoever has these can have all.
const REWRITES: u32 = 0x4_0000 | 0x8_0000;

/// Whether the account itself, or everybody, may write an attribute whose schema GUID or property
/// set is among `guids` (in the schema's own byte order). `None`: the bytes cannot be read.
pub(super) fn writable_by_self(descriptor: &[u8], guids: &[Vec<u8>]) -> Option<bool> {
    let start = usize::try_from(number(descriptor, 16)?).ok()?;
    if start == 0 {
        // No DACL at all: everybody may do everything.
        return Some(true);
    }
    let acl = descriptor.get(start..)?;
    let count = u16::from_le_bytes(acl.get(4..6)?.try_into().ok()?);
    let mut rest = acl.get(8..)?;
    for _ in 0..count {
        let size = usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?));
        let (entry, after) = rest.split_at_checked(size.max(8))?;
        rest = after;
        if allows(entry, guids)? {
            return Some(true);
        }
    }
    Some(false)
}

/// Whether one entry lets them write it.
fn allows(entry: &[u8], guids: &[Vec<u8>]) -> Option<bool> {
    let (kind, flags) = (*entry.first()?, *entry.get(1)?);
    if flags & INHERIT_ONLY != 0 || !matches!(kind, ALLOWED | ALLOWED_OBJECT) {
        return Some(false);
    }
    let mask = number(entry, 4)?;
    let mut at = 8;
    let mut of_attribute = true;
    if kind == ALLOWED_OBJECT {
        let has = number(entry, 8)?;
        at = 12;
        if has & 1 != 0 {
            let object = entry.get(at..at + 16)?;
            of_attribute = guids.iter().any(|guid| guid == object);
            at += 16;
        }
        if has & 2 != 0 {
            at += 16;
        }
    }
    let writes = mask & REWRITES != 0 || (of_attribute && mask & WRITES != 0);
    Some(writes && is_everybody(entry.get(at..)?))
}

fn is_everybody(sid: &[u8]) -> bool {
    let of_domain = sid.len() == 28 && sid.ends_with(&DOMAIN_USERS);
    of_domain || [SELF, EVERYONE, AUTHENTICATED].contains(&sid)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NUMBER: [u8; 16] = [7; 16];

    fn entry(kind: u8, flags: u8, mask: u32, object: Option<[u8; 16]>, sid: &[u8]) -> Vec<u8> {
        let mut body = mask.to_le_bytes().to_vec();
        if kind == ALLOWED_OBJECT {
            body.extend(u32::from(object.is_some()).to_le_bytes());
            body.extend(
                object
                    .unwrap_or_default()
                    .iter()
                    .take(16 * usize::from(object.is_some())),
            );
        }
        body.extend(sid);
        let size = u16::try_from(body.len() + 4).unwrap();
        let mut entry = vec![kind, flags];
        entry.extend(size.to_le_bytes());
        entry.extend(body);
        entry
    }

    fn descriptor(entries: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![1, 0, 4, 0x80];
        for offset in [0u32, 0, 0, 20] {
            bytes.extend(offset.to_le_bytes());
        }
        let size: usize = entries.iter().map(Vec::len).sum();
        bytes.extend([4, 0]);
        bytes.extend(u16::try_from(size + 8).unwrap().to_le_bytes());
        bytes.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(entries.concat());
        bytes
    }

    fn writable(entries: &[Vec<u8>]) -> Option<bool> {
        writable_by_self(&descriptor(entries), &[NUMBER.to_vec()])
    }

    #[test]
    fn who_may_write_it() {
        const WRITE: u32 = 0x20;
        const READ: u32 = 0x10;
        let admins: &[u8] = &[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        let users = [
            vec![1, 5, 0, 0, 0, 0, 0, 5],
            vec![9; 16],
            DOMAIN_USERS.to_vec(),
        ]
        .concat();
        for (entry, expected) in [
            (entry(ALLOWED, 0, WRITE, None, SELF), true),
            (entry(ALLOWED, 0, READ, None, SELF), false),
            (entry(ALLOWED, 0, WRITE, None, admins), false),
            (entry(ALLOWED, 0, REWRITES, None, EVERYONE), true),
            (entry(ALLOWED, INHERIT_ONLY, WRITE, None, SELF), false),
            (entry(ALLOWED_OBJECT, 0, WRITE, None, AUTHENTICATED), true),
            (entry(ALLOWED_OBJECT, 0, WRITE, Some(NUMBER), &users), true),
            (entry(ALLOWED_OBJECT, 0, WRITE, Some([8; 16]), SELF), false),
            (entry(1, 0, WRITE, None, SELF), false),
        ] {
            let alone = std::slice::from_ref(&entry);
            assert_eq!(writable(alone), Some(expected), "{entry:?}");
            let after_another = [entry_of_nobody(), entry];
            assert_eq!(writable(&after_another), Some(expected));
        }
        assert_eq!(writable(&[]), Some(false));
    }

    fn entry_of_nobody() -> Vec<u8> {
        entry(ALLOWED, 0, 0, None, &[1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0])
    }

    #[test]
    fn without_a_dacl_everybody_may() {
        let mut bytes = descriptor(&[]);
        bytes.splice(16..20, [0; 4]);
        assert_eq!(writable_by_self(&bytes, &[]), Some(true));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = writable_by_self(&bytes, &[NUMBER.to_vec()]);
        }
    }
}
