//! What a text in the chat asks for.
//!
//! `#resetpassword#` and a password is split at its first two `#`; what follows is the password to
//! the letter, and may hold more of them. Phones write `＃` for `#`, begin with a capital, and
//! leave blanks: all that is forgiven in the command, never in the password.

use crate::domain::code::READABLE;
use crate::domain::secret::{ChatText, Password, PasswordError};

/// Sets a new password, or asks for the link to the form.
const RESET: &str = "resetpassword";
/// Asks for the code that waits.
const CODE: &str = "code";
/// Characters of the code beside a kiosk's picture.
const SHORT_CODE_CHARS: usize = 8;

/// What a text asks for.
pub enum Command {
    /// Set this password; or it is none, and why.
    SetPassword(Result<Password, PasswordError>),
    /// The link to the form.
    Link,
    /// The code of a reset that waits for one.
    Code,
    /// The link to the kiosk whose picture has this short code: capitals and digits.
    Picture(String),
    /// Anything else: what can be asked for.
    Help,
}

impl Command {
    /// Reads a text.
    pub fn parse(text: &ChatText) -> Self {
        let text = text.expose();
        match split(text) {
            Some((word, rest)) => named(word, rest),
            None => short_code(text).map_or(Self::Help, Self::Picture),
        }
    }
}

fn named(word: &str, rest: &str) -> Command {
    let alone = rest.trim().is_empty();
    if word.eq_ignore_ascii_case(RESET) {
        return match alone {
            true => Command::Link,
            false => Command::SetPassword(Password::new(rest)),
        };
    }
    match alone && word.eq_ignore_ascii_case(CODE) {
        true => Command::Code,
        false => Command::Help,
    }
}

/// The word between the first two `#`, and what follows them.
fn split(text: &str) -> Option<(&str, &str)> {
    let after = text.trim_start().strip_prefix(is_hash)?;
    let (word, rest) = after.split_once(is_hash)?;
    Some((word.trim(), rest))
}

fn is_hash(c: char) -> bool {
    matches!(c, '#' | '\u{FF03}')
}

/// Eight characters, perhaps in groups.
fn short_code(text: &str) -> Option<String> {
    let mut code = String::with_capacity(SHORT_CODE_CHARS);
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = c.to_ascii_uppercase();
        let readable = u8::try_from(c).is_ok_and(|byte| READABLE.contains(&byte));
        if !readable || code.len() == SHORT_CODE_CHARS {
            return None;
        }
        code.push(c);
    }
    (code.len() == SHORT_CODE_CHARS).then_some(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::*;

    fn parse(text: &str) -> Command {
        Command::parse(&ChatText::new(Zeroizing::new(text.to_owned())))
    }

    /// A command in words that a test can compare.
    fn shown(text: &str) -> String {
        match parse(text) {
            Command::SetPassword(Ok(password)) => format!("set {}", password.expose()),
            Command::SetPassword(Err(error)) => format!("none: {error:?}"),
            Command::Link => "link".to_owned(),
            Command::Code => "code".to_owned(),
            Command::Picture(code) => format!("picture {code}"),
            Command::Help => "help".to_owned(),
        }
    }

    #[test]
    fn the_command_is_read_as_the_guide_writes_it_and_as_phones_do() {
        for text in [
            "#resetpassword#Teapot#Lantern 41",
            "\u{FF03}ResetPassword\u{FF03}Teapot#Lantern 41",
            " \u{3000}# RESETPASSWORD #Teapot#Lantern 41",
            "\n#resetpassword\u{FF03}Teapot#Lantern 41",
        ] {
            assert_eq!(shown(text), "set Teapot#Lantern 41", "{text}");
        }
    }

    #[test]
    fn a_password_is_taken_to_the_letter() {
        for password in [
            " begins with a blank",
            "ends with one ",
            "##",
            "\u{FF03}full",
        ] {
            assert_eq!(
                shown(&format!("#resetpassword#{password}")),
                format!("set {password}")
            );
        }
        assert_eq!(shown("#resetpassword#new\npassword"), "none: Control");
        assert_eq!(shown("#resetpassword#{SSHA}abc"), "none: Scheme");
        let long = "x".repeat(129);
        assert_eq!(shown(&format!("#resetpassword#{long}")), "none: TooLong");
    }

    #[test]
    fn everything_else_is_a_link_a_code_a_picture_or_help() {
        for (text, command) in [
            ("#resetpassword#", "link"),
            ("#ResetPassword# \n", "link"),
            ("#code#", "code"),
            (" \u{FF03} Code \u{FF03} ", "code"),
            ("7F3K9Q2M", "picture 7F3K9Q2M"),
            ("7f3k 9q2m", "picture 7F3K9Q2M"),
            (" 7f3k-9q2m\n", "picture 7F3K9Q2M"),
            ("", "help"),
            ("#", "help"),
            ("##", "help"),
            ("#resetpassword", "help"),
            ("resetpassword#Teapot", "help"),
            ("hello #resetpassword#Teapot", "help"),
            ("#reset password#Teapot", "help"),
            ("#code#482913", "help"),
            ("482913", "help"),
            ("7F3K9Q2O", "help"),
            ("7F3K9Q2MM", "help"),
            ("\u{FF17}F3K9Q2M", "help"),
        ] {
            assert_eq!(shown(text), command, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_follows_the_second_hash_is_the_password(
            hash in "[#\u{FF03}]", before in "[ \t\u{3000}]{0,3}", rest in "[^\\p{C}{]\\PC{0,40}"
        ) {
            prop_assume!(!rest.trim().is_empty());
            let parsed = parse(&format!("{before}{hash}{before}resetpassword{before}{hash}{rest}"));
            let Command::SetPassword(Ok(password)) = parsed else {
                return Err(TestCaseError::fail(rest));
            };
            let same = Password::new(&rest).is_ok_and(|typed| typed.matches(&password));
            prop_assert!(same);
        }

        #[test]
        fn a_text_that_begins_otherwise_sets_nothing(text in "[^#\u{FF03}\\s]\\PC{0,60}") {
            prop_assert!(!matches!(parse(&text), Command::SetPassword(_) | Command::Link));
        }

        #[test]
        fn any_text_is_survived(text in any::<String>()) {
            parse(&text);
        }
    }
}
