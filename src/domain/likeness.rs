//! Whether a new password is a near-copy of the old one: `Winter-Harbour-25` after
//! `Winter-Harbour-24`. Who knows one knows the other, and a leaked old password is tried with
//! just such changes.

use zeroize::Zeroizing;

/// So many characters typed, left out or replaced make no new password.
const EDITS: usize = 2;
/// So many characters added to the old password, or cut off it, make none either.
const ADDED: usize = 4;
/// What is left of a password without its digits and signs at both ends counts from this length.
const STEM: usize = 4;

/// Letters without their case, for comparing. Wiped on drop.
type Folded = Zeroizing<Vec<char>>;

/// Whether `new` is the old password, or so little else that it might as well be. Case never makes
/// a difference.
pub(super) fn is_near_copy(old: &str, new: &str) -> bool {
    let (old, new) = (folded(old), folded(new));
    let reversed = old.iter().rev().eq(new.iter());
    reversed || within_edits(&old, &new) || is_padded(&old, &new) || same_stem(&old, &new)
}

fn folded(text: &str) -> Folded {
    let letters = || text.chars().flat_map(char::to_lowercase);
    // Counted first: a growing buffer would leave unwiped copies behind.
    let mut all = Zeroizing::new(Vec::with_capacity(letters().count()));
    all.extend(letters());
    all
}

/// Whether [`EDITS`] insertions, deletions and replacements turn one into the other (Levenshtein).
fn within_edits(old: &[char], new: &[char]) -> bool {
    if old.len().abs_diff(new.len()) > EDITS {
        return false;
    }
    let mut row: Vec<usize> = (0..=new.len()).collect();
    for (n, from) in old.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(n + 1);
        for (to, beside) in new.iter().zip(row.windows(2)) {
            let [replaced, deleted] = beside else { break };
            let inserted = next.last().map_or(usize::MAX, |left| left + 1);
            let replaced = replaced + usize::from(from != to);
            next.push(replaced.min(deleted + 1).min(inserted));
        }
        row = next;
    }
    row.last().is_some_and(|edits| *edits <= EDITS)
}

/// Whether one holds the other whole, with little else.
fn is_padded(old: &[char], new: &[char]) -> bool {
    let (short, long) = if old.len() <= new.len() {
        (old, new)
    } else {
        (new, old)
    };
    let little = long.len() - short.len() <= ADDED;
    let whole = short.len() >= STEM && long.windows(short.len()).any(|part| part == short);
    little && whole
}

/// Whether only digits and signs at the ends differ: the year, the count, the exclamation mark.
fn same_stem(old: &[char], new: &[char]) -> bool {
    let (old, new) = (stem(old), stem(new));
    old.len() >= STEM && old == new
}

fn stem(text: &[char]) -> &[char] {
    let letter = |c: &char| c.is_alphabetic();
    let from = text.iter().position(letter).unwrap_or(text.len());
    let to = text.iter().rposition(letter).map_or(from, |last| last + 1);
    text.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_do_when_a_password_ends_is_found() {
        for new in [
            "Teapot-Lantern-41",
            "teapot-lantern-41",
            "Teapot-Lantern-42",
            "Teapot-Lantern-2027!",
            "41Teapot-Lantern",
            "Teapot-Lantern-41abc",
            "my Teapot-Lantern-41",
            "Teapot-Lantern",
            "Teapott-Lantarn-41",
            "14-nretnaL-topaeT",
        ] {
            assert!(is_near_copy("Teapot-Lantern-41", new), "{new}");
        }
        assert!(is_near_copy("茶壶灯笼很好看2026", "茶壶灯笼很好看2027"));
    }

    #[test]
    fn another_password_is_another_password() {
        for (old, new) in [
            ("Teapot-Lantern-41", "Copper-Kettle-18"),
            ("Teapot-Lantern-41", "teal otters juggle"),
            ("Teapot-Lantern-41", "Lantern parade in May"),
            ("Teapot-Lantern-41", "Lantern-Teapot-41"),
            // No stem to speak of: only digits.
            ("482913771045", "950021837764"),
            ("a1", "a-completely-other-one-1"),
        ] {
            assert!(!is_near_copy(old, new), "{old} {new}");
        }
    }

    proptest! {
        #[test]
        fn a_password_is_like_itself_in_any_case(text in "\\PC{1,40}") {
            prop_assert!(is_near_copy(&text, &text));
            let ascii = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c };
            let upper: String = text.chars().map(ascii).collect();
            prop_assert!(is_near_copy(&text, &upper));
        }

        #[test]
        fn likeness_goes_both_ways(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            prop_assert_eq!(is_near_copy(&one, &other), is_near_copy(&other, &one));
        }

        #[test]
        fn two_edits_are_too_few(
            text in "[a-z0-9]{8,40}", one in 0usize..40, other in 0usize..40, c in "[a-z0-9]",
        ) {
            let mut new: Vec<char> = text.chars().collect();
            let replacement = c.chars().next();
            let (len, at) = (new.len(), one % new.len());
            new[at] = replacement.unwrap_or('x');
            new.remove(other % len);
            prop_assert!(is_near_copy(&text, &new.into_iter().collect::<String>()));
        }

        #[test]
        fn a_little_around_it_is_too_little(
            text in "\\PC{8,40}", before in "[a-z!]{0,2}", after in "[0-9!]{0,2}",
        ) {
            let new = format!("{before}{text}{after}");
            prop_assert!(is_near_copy(&text, &new));
        }

        #[test]
        fn another_number_is_not_enough(stem in "[a-z]{4,20}", one in 0u32.., other in 0u32..) {
            let (old, new) = (format!("{stem}{one}"), format!("{stem}{other}"));
            prop_assert!(is_near_copy(&old, &new));
        }

        #[test]
        fn nothing_in_common_is_no_copy(old in "[a-m]{8,40}", new in "[n-z]{8,40}") {
            prop_assert!(!is_near_copy(&old, &new));
        }
    }
}
