//! The password policy control (draft-behera-ldap-password-policy-10, 6): its request, and its
//! answer, read by hand.

use ldap3::LdapResult;
use ldap3::controls::{Control, RawControl};

use crate::flow::ports::{DirectoryRefusal, OldPasswordVerdict, ProvingBind};

/// The control's object identifier, the same for the request and the answer.
const OID: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// The request: no value, not critical, so that a server without policies still answers.
pub(super) fn request() -> RawControl {
    RawControl {
        ctype: OID.to_owned(),
        crit: false,
        val: None,
    }
}

/// Why the policy refused, or what it wants (the draft's `error`).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum PolicyError {
    /// 0: too old; seen only with the right password.
    Expired,
    /// 1: locked, or disabled.
    Locked,
    /// 2: works, and must be changed first.
    ChangeAfterReset,
    /// 3: this account may not change its password.
    ModNotAllowed,
    /// 4: the policy wants the old password too.
    MustSupplyOld,
    /// 5: its quality rules.
    Quality,
    /// 6: too short.
    TooShort,
    /// 7: the last change was too recently.
    TooYoung,
    /// 8: used before, or the same as now.
    InHistory,
    /// A later number.
    Unknown(u8),
}

impl PolicyError {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Expired,
            1 => Self::Locked,
            2 => Self::ChangeAfterReset,
            3 => Self::ModNotAllowed,
            4 => Self::MustSupplyOld,
            5 => Self::Quality,
            6 => Self::TooShort,
            7 => Self::TooYoung,
            8 => Self::InHistory,
            other => Self::Unknown(other),
        }
    }
}

/// The policy's error in a result. `None`: no control, one without an error, or one that cannot
/// be read, which is then no worse than none.
pub(super) fn error_in(result: &LdapResult) -> Option<PolicyError> {
    result
        .ctrls
        .iter()
        .find_map(|Control(_, raw)| (raw.ctype == OID).then_some(raw.val.as_deref()?))
        .and_then(parse)
}

/// Why a change was refused, in the draft's words.
pub(super) fn refusal(result: &LdapResult) -> Option<DirectoryRefusal> {
    use DirectoryRefusal as R;
    Some(match error_in(result)? {
        PolicyError::TooShort => R::TooShort,
        PolicyError::Quality => R::Quality,
        PolicyError::TooYoung => R::TooYoung,
        PolicyError::InHistory => R::InHistory,
        PolicyError::ModNotAllowed | PolicyError::MustSupplyOld => R::NotPermitted,
        _ => return None,
    })
}

/// What a bind with the new password says.
pub(super) fn proof(result: &LdapResult) -> ProvingBind {
    const INVALID_CREDENTIALS: u32 = 49;
    /// inappropriateAuthentication, insufficientAccessRights, unwillingToPerform
    const NOT_THIS_ACCOUNT: [u32; 3] = [48, 50, 53];
    match (result.rc, error_in(result)) {
        (0, _) => ProvingBind::Works,
        // The policy speaks of the account only; the password is not the reason.
        (_, Some(PolicyError::Expired | PolicyError::Locked)) => ProvingBind::NotAllowed,
        (INVALID_CREDENTIALS, _) => ProvingBind::Wrong,
        (code, _) if NOT_THIS_ACCOUNT.contains(&code) => ProvingBind::NotAllowed,
        _ => ProvingBind::Unreachable,
    }
}

/// What a bind with the password that is to be replaced says. `None`: nothing of the password.
///
/// "Expired" is said of the right password only (seen on slapd 2.5 and 389 DS 2.3). Where such a
/// bind is refused the directory wants nothing done with an expired password, so it is no proof;
/// one that is within its grace, or has to be changed, still binds.
pub(super) fn old_password(result: &LdapResult) -> Option<OldPasswordVerdict> {
    /// invalidCredentials; inappropriateAuthentication, insufficientAccessRights,
    /// unwillingToPerform: not this account; noSuchObject, invalidDNSyntax: no such account;
    /// constraintViolation: locked (389 DS).
    const NO: [u32; 7] = [49, 48, 50, 53, 32, 34, 19];
    match (result.rc, error_in(result)) {
        (0, _) => Some(OldPasswordVerdict::Right),
        (49, Some(PolicyError::Expired)) => Some(OldPasswordVerdict::Expired),
        (code, _) => NO.contains(&code).then_some(OldPasswordVerdict::Wrong),
    }
}

/// Reads `PasswordPolicyResponseValue ::= SEQUENCE { warning [0] ... OPTIONAL, error [1]
/// ENUMERATED OPTIONAL }`. 389 DS writes lengths in the long form (`30 84 00 00 00 03`).
fn parse(value: &[u8]) -> Option<PolicyError> {
    const SEQUENCE: u8 = 0x30;
    const ERROR: u8 = 0x81;
    let (tag, mut body, _) = element(value)?;
    if tag != SEQUENCE {
        return None;
    }
    while !body.is_empty() {
        let (tag, content, rest) = element(body)?;
        match (tag, content) {
            (ERROR, [number]) => return Some(PolicyError::from_number(*number)),
            (ERROR, _) => return None,
            _ => body = rest,
        }
    }
    None
}

/// Splits off one element: its tag, its content, and what follows. One-byte tags only; lengths
/// in the short form or in up to four bytes.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, bytes) = bytes.split_first()?;
    let (&first, bytes) = bytes.split_first()?;
    let (length, bytes) = match first {
        0..=0x7f => (usize::from(first), bytes),
        0x81..=0x84 => {
            let (digits, bytes) = bytes.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits
                .iter()
                .try_fold(0u32, |sum, digit| Some((sum << 8) | u32::from(*digit)));
            (usize::try_from(length?).ok()?, bytes)
        }
        _ => return None,
    };
    let (content, rest) = bytes.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_servers_send() {
        let table: [(&[u8], Option<PolicyError>); 13] = [
            // slapd
            (&[0x30, 0], None),
            (&[0x30, 3, 0x81, 1, 0], Some(PolicyError::Expired)),
            (&[0x30, 3, 0x81, 1, 1], Some(PolicyError::Locked)),
            (&[0x30, 3, 0x81, 1, 4], Some(PolicyError::MustSupplyOld)),
            (&[0x30, 3, 0x81, 1, 6], Some(PolicyError::TooShort)),
            (&[0x30, 3, 0x81, 1, 8], Some(PolicyError::InHistory)),
            // a warning alone, and before an error
            (&[0x30, 6, 0xa0, 4, 0x80, 2, 0x0d, 0x2f], None),
            (
                &[0x30, 8, 0xa0, 3, 0x80, 1, 2, 0x81, 1, 2],
                Some(PolicyError::ChangeAfterReset),
            ),
            // 389 DS: the length in five bytes
            (
                &[0x30, 0x84, 0, 0, 0, 3, 0x81, 1, 6],
                Some(PolicyError::TooShort),
            ),
            // not to be understood
            (&[], None),
            (&[0x30, 5, 0x81, 1, 6], None),
            (&[0x30, 4, 0x81, 2, 0, 6], None),
            (&[0x30, 0x80, 0x81, 1, 6, 0, 0], None),
        ];
        for (bytes, expected) in table {
            assert_eq!(parse(bytes), expected, "{bytes:02x?}");
        }
    }

    #[test]
    fn a_later_number_keeps_its_number() {
        assert_eq!(parse(&[0x30, 3, 0x81, 1, 9]), Some(PolicyError::Unknown(9)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn long_lengths_mean_the_same(number in 0u8..9, width in 1u8..=4) {
            let mut long = vec![0x30, 0x80 | width];
            long.extend(std::iter::repeat_n(0, usize::from(width) - 1));
            long.extend([3, 0x81, 1, number]);
            prop_assert_eq!(parse(&long), parse(&[0x30, 3, 0x81, 1, number]));
        }
    }

    fn answer(code: u32, error: Option<u8>) -> LdapResult {
        let control = error.map(|number| {
            Control(
                None,
                RawControl {
                    ctype: request().ctype,
                    crit: false,
                    val: Some(vec![0x30, 3, 0x81, 1, number]),
                },
            )
        });
        LdapResult {
            rc: code,
            matched: String::new(),
            text: String::new(),
            refs: Vec::new(),
            ctrls: control.into_iter().collect(),
        }
    }

    #[test]
    fn what_a_bind_proves() {
        for (code, error, expected) in [
            (0, None, ProvingBind::Works),
            (0, Some(2), ProvingBind::Works),
            (49, None, ProvingBind::Wrong),
            (49, Some(0), ProvingBind::NotAllowed),
            (49, Some(1), ProvingBind::NotAllowed),
            (53, None, ProvingBind::NotAllowed),
            (51, None, ProvingBind::Unreachable),
            (13, None, ProvingBind::Unreachable),
        ] {
            assert_eq!(proof(&answer(code, error)), expected, "{code} {error:?}");
        }
    }

    #[test]
    fn what_a_bind_with_the_old_password_says() {
        use OldPasswordVerdict as V;
        for (code, error, expected) in [
            (0, None, Some(V::Right)),
            (0, Some(2), Some(V::Right)),
            (49, Some(0), Some(V::Expired)),
            (49, None, Some(V::Wrong)),
            (49, Some(1), Some(V::Wrong)),
            (19, Some(1), Some(V::Wrong)),
            (53, Some(1), Some(V::Wrong)),
            (32, None, Some(V::Wrong)),
            (51, None, None),
            (13, None, None),
        ] {
            let said = old_password(&answer(code, error));
            assert_eq!(said, expected, "{code} {error:?}");
        }
    }
}
