//! Any text as a command, for the fuzzer and for the replay of what it found.

use rekey::domain::secret::{ChatText, Password};
use rekey::fronts::chat::command::Command;
use zeroize::Zeroizing;

/// Reads `text` as a command and says which it is.
pub fn read(text: &str) -> &'static str {
    let is_hash = |c: char| matches!(c, '#' | '\u{FF03}');
    let command = Command::parse(&ChatText::new(Zeroizing::new(text.to_owned())));
    let begins = text.trim_start().starts_with(is_hash);
    match command {
        Command::SetPassword(read) => {
            let rest = text.splitn(3, is_hash).nth(2).expect("two of them");
            match (read, Password::new(rest)) {
                (Ok(read), Ok(typed)) => assert!(read.matches(&typed), "to the letter"),
                (Err(read), Err(typed)) => assert_eq!(read, typed),
                _ => panic!("a password is what follows the second one"),
            }
            "set"
        }
        Command::Link => {
            assert!(begins);
            "link"
        }
        Command::Code => {
            assert!(begins);
            "code"
        }
        Command::Picture(code) => {
            assert!(code.len() == 8 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
            assert!(!begins);
            "picture"
        }
        Command::Help => "help",
    }
}
