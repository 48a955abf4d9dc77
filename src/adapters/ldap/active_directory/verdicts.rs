//! What a domain controller's answers mean: to a change and to a bind.
//!
//! Seen on Samba 4.17; what is marked "documented" is Microsoft's word for Windows.

use ldap3::LdapResult;

use crate::flow::ports::{DirectoryRefusal, OldPasswordVerdict, ProvingBind};

/// ERROR_PASSWORD_RESTRICTION (MS-ERREF): length, complexity, history or age.
const RESTRICTION: u32 = 0x52D;
const CONSTRAINT_VIOLATION: u32 = 19;
/// Documented: Windows answers a refused reset with this rather than 19.
const UNWILLING: u32 = 53;

/// Why a change was refused. Windows gives only the number; Samba says which rule, in English.
pub(super) fn refusal(result: &LdapResult) -> Option<DirectoryRefusal> {
    use DirectoryRefusal as R;
    if !matches!(result.rc, CONSTRAINT_VIOLATION | UNWILLING) || code(&result.text)? != RESTRICTION
    {
        return None;
    }
    let says = |words: &str| result.text.contains(words);
    Some(if says("too short") {
        R::TooShort
    } else if says("too young") {
        R::TooYoung
    } else if says("already used") {
        R::InHistory
    } else {
        R::Quality
    })
}

/// The Windows error number that a message begins with: eight hex digits and a colon.
fn code(text: &str) -> Option<u32> {
    let (number, _) = text.split_once(':')?;
    u32::from_str_radix(number.trim(), 16).ok()
}

/// What a bind with the password that is to be replaced says. Who may not sign in at this hour, or
/// has to change the password, was found to know it; an expired one can be changed with itself on
/// a domain's own sign-in screen, so it proves as much here.
pub(super) fn old_password(result: &LdapResult) -> Option<OldPasswordVerdict> {
    const NO_SUCH_OBJECT: u32 = 32;
    match (proof(result), sub_code(&result.text)) {
        (ProvingBind::Works, _) | (ProvingBind::NotAllowed, Some(0x532)) => {
            Some(OldPasswordVerdict::Right)
        }
        (ProvingBind::NotAllowed | ProvingBind::Wrong, _) => Some(OldPasswordVerdict::Wrong),
        (ProvingBind::Unreachable, _) => {
            (result.rc == NO_SUCH_OBJECT).then_some(OldPasswordVerdict::Wrong)
        }
    }
}

/// What a bind with the new password says, by its sub-code (`data 773`).
pub(super) fn proof(result: &LdapResult) -> ProvingBind {
    const INVALID_CREDENTIALS: u32 = 49;
    if result.rc == 0 {
        return ProvingBind::Works;
    }
    if result.rc != INVALID_CREDENTIALS {
        return ProvingBind::Unreachable;
    }
    match sub_code(&result.text) {
        // Must change it; not at this hour; not from this computer: each comes only after the
        // password was found right (530 and 531 documented, not seen).
        Some(0x773 | 0x530 | 0x531) => ProvingBind::Works,
        // Expired, disabled, account expired, locked: the password is not the reason.
        Some(0x532 | 0x533 | 0x701 | 0x775) => ProvingBind::NotAllowed,
        _ => ProvingBind::Wrong,
    }
}

/// The number after `data `, in hex.
fn sub_code(text: &str) -> Option<u32> {
    let (_, after) = text.split_once("data ")?;
    let digits: String = after
        .chars()
        .take_while(char::is_ascii_hexdigit)
        .take(8)
        .collect();
    u32::from_str_radix(&digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(rc: u32, text: &str) -> LdapResult {
        LdapResult {
            rc,
            matched: String::new(),
            text: text.to_owned(),
            refs: Vec::new(),
            ctrls: Vec::new(),
        }
    }

    #[test]
    fn why_a_change_is_refused() {
        use DirectoryRefusal as R;
        let samba = "0000052D: Constraint violation - check_password_restrictions: the password";
        for (rc, text, why) in [
            (
                19,
                format!("{samba} is too short. It should be"),
                Some(R::TooShort),
            ),
            (
                19,
                format!("{samba} does not meet the complexity criteria!"),
                Some(R::Quality),
            ),
            (
                19,
                format!("{samba} was already used (in history)!"),
                Some(R::InHistory),
            ),
            (
                19,
                "0000052D: Constraint violation - ...: password is too young to change!".to_owned(),
                Some(R::TooYoung),
            ),
            // Windows, documented: one number for all rules.
            (
                19,
                "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0"
                    .to_owned(),
                Some(R::Quality),
            ),
            (
                53,
                "0000052D: SvcErr: DSID-031A12D2, problem 5003".to_owned(),
                Some(R::Quality),
            ),
            (53, "0000001F: SvcErr: DSID-031A12D2".to_owned(), None),
            (50, "0000052D: but another code".to_owned(), None),
            (19, "no number".to_owned(), None),
        ] {
            assert_eq!(refusal(&answer(rc, &text)), why, "{rc} {text}");
        }
    }

    #[test]
    fn what_a_bind_proves() {
        for (data, proves) in [
            ("52e", ProvingBind::Wrong),
            ("525", ProvingBind::Wrong),
            ("773", ProvingBind::Works),
            ("530", ProvingBind::Works),
            ("531", ProvingBind::Works),
            ("532", ProvingBind::NotAllowed),
            ("533", ProvingBind::NotAllowed),
            ("701", ProvingBind::NotAllowed),
            ("775", ProvingBind::NotAllowed),
            ("", ProvingBind::Wrong),
        ] {
            let text = format!(
                "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data \
                 {data}, v1db1"
            );
            assert_eq!(proof(&answer(49, &text)), proves, "{data}");
        }
        assert_eq!(proof(&answer(0, "")), ProvingBind::Works);
        assert_eq!(proof(&answer(8, "strong auth")), ProvingBind::Unreachable);
    }

    #[test]
    fn what_a_bind_with_the_old_password_says() {
        use OldPasswordVerdict as V;
        for (data, says) in [
            ("52e", V::Wrong),
            ("773", V::Right),
            ("532", V::Right),
            ("530", V::Right),
            // Locked: said of right and wrong ones.
            ("775", V::Wrong),
            ("533", V::Wrong),
            ("701", V::Wrong),
        ] {
            let text = format!("80090308: LdapErr: comment: error, data {data}, v1db1");
            assert_eq!(old_password(&answer(49, &text)), Some(says), "{data}");
        }
        assert_eq!(old_password(&answer(0, "")), Some(V::Right));
        assert_eq!(old_password(&answer(51, "busy")), None);
    }

    proptest! {
        #[test]
        fn no_text_panics_or_proves(text in "\\PC{0,60}|data \\PC{0,9}", rc in 0u32..100) {
            let result = answer(rc, &text);
            let _ = refusal(&result);
            prop_assert!(rc == 0 || rc == 49 || proof(&result) == ProvingBind::Unreachable);
        }
    }
}
