//! Comparing DNs (RFC 4514), which may be written in many ways.

/// One spelling for all: types and values in lower case, spaces around separators and doubled
/// ones left out, escapes undone. For comparing only: the result is no DN.
pub(super) fn normalised(dn: &str) -> String {
    let mut out = String::with_capacity(dn.len());
    // Bytes, since `\E6\9D\8E` spells one character in three escapes.
    let mut part: Vec<u8> = Vec::new();
    let mut rest = dn.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b',' | b';' => finish(&mut out, &mut part, '\u{1}'),
            b'+' => finish(&mut out, &mut part, '\u{2}'),
            b'=' if !part.contains(&b'=') => {
                while part.last() == Some(&b' ') {
                    part.pop();
                }
                part.push(b'=');
                while let Some((b' ', after)) = rest.split_first() {
                    rest = after;
                }
            }
            b'\\' => {
                let hex = rest
                    .split_at_checked(2)
                    .and_then(|(digits, after)| Some((hex(digits)?, after)));
                if let Some((value, after)) = hex {
                    part.push(value);
                    rest = after;
                } else if let Some((&escaped, after)) = rest.split_first() {
                    part.push(escaped);
                    rest = after;
                }
            }
            b' ' if part.is_empty() || part.last() == Some(&b' ') => {}
            other => part.push(other),
        }
    }
    finish(&mut out, &mut part, '\u{1}');
    out
}

fn finish(out: &mut String, part: &mut Vec<u8>, separator: char) {
    let text = String::from_utf8_lossy(part).trim_end().to_lowercase();
    out.push_str(&text);
    out.push(separator);
    part.clear();
}

fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u8::from_str_radix(text, 16).ok())?
}

/// Whether an entry is `base` or below it.
pub(super) fn is_below(dn: &str, base: &str) -> bool {
    let (dn, base) = (normalised(dn), normalised(base));
    dn.strip_suffix(&base)
        .is_some_and(|above| above.is_empty() || above.ends_with('\u{1}'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_dn_are_alike() {
        for (one, other) in [
            (
                "cn=rekey,dc=example,dc=test",
                "CN=Rekey, DC=Example ,dc = test",
            ),
            ("cn=Doe\\, Jane,dc=test", "cn=doe\\2c jane,dc=test"),
            ("cn=李,dc=test", "cn=\\E6\\9D\\8E,dc=test"),
            ("cn=a  b,dc=test", "cn=a b,dc=test"),
            ("cn=a+sn=b,dc=test", "cn=a + sn=b,dc=test"),
        ] {
            assert_eq!(normalised(one), normalised(other), "{one} {other}");
        }
    }

    #[test]
    fn different_dns_stay_different() {
        for (one, other) in [
            ("cn=rekey,dc=test", "cn=rekey2,dc=test"),
            ("cn=a,cn=b", "cn=a\\,cn\\=b"),
            ("cn=a+sn=b", "cn=a,sn=b"),
            ("cn=ab", "cn=a b"),
        ] {
            assert_ne!(normalised(one), normalised(other), "{one} {other}");
        }
    }

    #[test]
    fn below_means_whole_parts() {
        assert!(is_below("uid=a,ou=people,dc=test", "OU=People,dc=test"));
        assert!(is_below("ou=people,dc=test", "ou=people,dc=test"));
        assert!(!is_below("uid=a,xou=people,dc=test", "ou=people,dc=test"));
        assert!(!is_below("dc=test", "ou=people,dc=test"));
    }

    proptest! {
        #[test]
        fn any_text_can_be_compared(dn in "\\PC{0,40}|[a-z=,+ \\\\]{0,40}") {
            prop_assert!(is_below(&dn, &dn));
        }
    }
}
