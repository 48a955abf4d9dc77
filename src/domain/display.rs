//! Text from outside made fit for a terminal (rule 8): display names, messages, LDAP errors.

use unicode_width::UnicodeWidthChar;

/// Longest text that is shown, in code points; the rest is replaced by `...`.
pub const SHOWN_MAX_CHARS: usize = 240;

/// How many marks without a width may follow one letter: more is a drawing, not writing.
const MARKS_MAX: usize = 3;

/// What came from outside, fit for a terminal: one line, no control characters, no escape
/// sequences (7-bit or C1), no marks that turn or hide text, at most [`SHOWN_MAX_CHARS`] long.
pub fn clean(text: &str) -> String {
    clean_to(text, SHOWN_MAX_CHARS)
}

/// Like [`clean`], with at most `limit` code points.
pub fn clean_to(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    let mut length = 0;
    let mut marks = 0;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let kept = match c {
            '\u{1B}' | '\u{90}' | '\u{98}' | '\u{9B}' | '\u{9D}'..='\u{9F}' => {
                skip_escape(c, &mut rest);
                continue;
            }
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() || is_hidden(c) => continue,
            c => c,
        };
        marks = if kept.width() == Some(0) {
            marks + 1
        } else {
            0
        };
        if marks > MARKS_MAX || (kept == ' ' && shown.is_empty()) {
            continue;
        }
        if length == limit {
            // Three dots rather than one sign: not every console has it.
            let keep = limit.saturating_sub(3);
            shown = shown
                .chars()
                .take(keep)
                .chain("...".chars())
                .take(limit)
                .collect();
            return shown;
        }
        shown.push(kept);
        length += 1;
    }
    shown.truncate(shown.trim_end_matches(' ').len());
    shown
}

/// Reads past the rest of an escape sequence that begins with `start` (ECMA-48, 5.4 and 8.3).
fn skip_escape(start: char, rest: &mut std::str::Chars<'_>) {
    let kind = match start {
        '\u{1B}' => match rest.next() {
            Some(second) => second,
            None => return,
        },
        // A C1 character stands for ESC and the character 0x40 below it.
        c1 => char::from_u32(u32::from(c1) - 0x40).unwrap_or('['),
    };
    match kind {
        '[' => {
            rest.find(|c| ('\u{40}'..='\u{7E}').contains(c));
        }
        // Device control, start of string, operating system command, privacy message, program
        // command: up to the terminator.
        'P' | 'X' | ']' | '^' | '_' => {
            let mut escaped = false;
            rest.find(|&c| {
                let ends = c == '\u{7}' || c == '\u{9C}' || (escaped && c == '\\');
                escaped = c == '\u{1B}';
                ends
            });
        }
        // Character sets: one more character.
        ' '..='/' => {
            rest.next();
        }
        _ => {}
    }
}

/// Characters that turn the direction, hide, or take no room on purpose.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        for name in [
            "Lin Wei",
            "林伟",
            "Siti Nurhaliza",
            "José Ñandú",
            "O'Brien-Smith",
        ] {
            assert_eq!(clean(name), name);
        }
    }

    #[test]
    fn an_attackers_escapes_leave_nothing_behind() {
        assert_eq!(clean("Lin\u{1B}[31m Wei\u{1B}[0m"), "Lin Wei");
        assert_eq!(clean("Lin\u{1B}]0;owned\u{7} Wei"), "Lin Wei");
        assert_eq!(clean("Lin\u{1B}]52;c;cHduZWQ=\u{1B}\\ Wei"), "Lin Wei");
        assert_eq!(clean("Lin\u{9B}2J Wei"), "Lin Wei");
        assert_eq!(clean("Lin\u{9D}0;x\u{9C} Wei"), "Lin Wei");
        assert_eq!(clean("Lin\u{1B}(0 Wei"), "Lin Wei");
        assert_eq!(clean("Lin\u{1B}"), "Lin");
    }

    #[test]
    fn text_cannot_be_turned_or_hidden() {
        assert_eq!(clean("admin\u{202E}nimda"), "adminnimda");
        assert_eq!(clean("\u{2066}lin\u{2069}\u{200B}.\u{FEFF}wei"), "lin.wei");
    }

    #[test]
    fn several_lines_become_one() {
        assert_eq!(clean("one\r\ntwo\tthree\n"), "one  two three");
    }

    #[test]
    fn a_long_text_ends_in_dots() {
        assert_eq!(clean_to("abcdefgh", 6), "abc...");
        assert_eq!(clean_to("abcdef", 6), "abcdef");
        assert_eq!(clean_to("abcdef", 2), "..");
    }

    proptest! {
        #[test]
        fn whatever_comes_in_nothing_dangerous_comes_out(
            bytes in proptest::collection::vec(any::<u8>(), 0..600)
        ) {
            check(&clean(&String::from_utf8_lossy(&bytes)))?;
        }

        #[test]
        fn hostile_characters_between_letters_do_not_come_out(
            text in "[a-z\\x1b\\[\\]0-9;\\u{80}-\\u{9f}\\u{200b}-\\u{206f}\\u{300}-\\u{310}\\\\\\x00-\\x1f]{0,400}"
        ) {
            check(&clean(&text))?;
        }

        #[test]
        fn cleaning_twice_is_cleaning_once(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }
    }

    fn check(shown: &str) -> Result<(), TestCaseError> {
        prop_assert!(shown.chars().count() <= SHOWN_MAX_CHARS);
        prop_assert!(!shown.chars().any(char::is_control));
        let turns_or_hides = |c| {
            matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}')
        };
        prop_assert!(!shown.chars().any(turns_or_hides));
        Ok(())
    }
}
