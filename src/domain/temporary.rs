//! Temporary passwords: made by rekey, seen by the employee alone, changed at the next sign-in.

use zeroize::Zeroizing;

use super::limits::PASSWORD_MAX_CHARS;
use super::secret::Password;

/// What a phone shows and a person types without mixing them up: no 0 O o 1 I l.
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const DIGITS: &[u8] = b"23456789";
/// Characters between two hyphens.
const GROUP: usize = 4;
/// Four groups: 15 random characters or more hold over 80 random bits.
const GROUPS_MIN: usize = 4;

/// A password of at least `at_least` characters, in groups of four with hyphens between them: a
/// capital, a small letter and a digit in every group. `random` fills bytes unpredictably. `None`
/// only when `at_least` is longer than a password may be.
pub fn temporary(at_least: usize, random: &mut dyn FnMut(&mut [u8])) -> Option<Password> {
    let groups = (at_least + 1).div_ceil(GROUP + 1).max(GROUPS_MIN);
    let length = groups * (GROUP + 1) - 1;
    if length > PASSWORD_MAX_CHARS {
        return None;
    }
    // Room for all of it up front: a growing text would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(length));
    for group in 0..groups {
        if group > 0 {
            text.push('-');
        }
        // The kinds alternate from group to group, so that no place has always the same.
        let kinds = if group % 2 == 0 {
            [UPPER, LOWER, DIGITS, LOWER]
        } else {
            [LOWER, UPPER, LOWER, DIGITS]
        };
        for kind in kinds {
            text.push(drawn(kind, random));
        }
    }
    Password::new(&text).ok()
}

/// One of `kind`, each equally likely: bytes that would favour some are drawn anew.
fn drawn(kind: &[u8], random: &mut dyn FnMut(&mut [u8])) -> char {
    loop {
        let mut byte = [0];
        random(&mut byte);
        let [byte] = byte;
        let even = usize::from(byte) < 256 / kind.len() * kind.len();
        if let (true, Some(sign)) = (even, kind.get(usize::from(byte) % kind.len())) {
            return char::from(*sign);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counting() -> impl FnMut(&mut [u8]) {
        let mut state = 1u32;
        move |bytes: &mut [u8]| {
            for byte in bytes {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = state.to_be_bytes()[0];
            }
        }
    }

    #[test]
    fn two_are_never_alike() {
        let mut random = counting();
        let one = temporary(0, &mut random).unwrap();
        let other = temporary(0, &mut random).unwrap();
        assert!(!one.matches(&other));
        assert_eq!(one.expose().len(), 19);
    }

    #[test]
    fn what_no_password_can_be_is_not_made() {
        assert!(temporary(PASSWORD_MAX_CHARS + 2, &mut counting()).is_none());
    }

    proptest! {
        #[test]
        fn it_is_long_enough_and_has_every_kind(at_least in 0usize..120) {
            let made = temporary(at_least, &mut counting()).unwrap();
            let text = made.expose();
            prop_assert!(text.len() >= at_least);
            for kind in [UPPER, LOWER, DIGITS, b"-".as_slice()] {
                prop_assert!(text.bytes().any(|b| kind.contains(&b)));
            }
            prop_assert!(!text.contains(['0', 'O', 'o', '1', 'I', 'l']));
        }
    }
}
