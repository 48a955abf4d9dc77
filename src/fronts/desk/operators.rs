//! The operators' file, in OpenSSH's authorized_keys format; a key's comment is `login role`.

use std::io;
use std::path::{Path, PathBuf};

use russh::keys::PublicKey;
use russh::keys::ssh_key::authorized_keys::Entry;
use russh::keys::ssh_key::public::KeyData;

use crate::domain::account::LoginName;
use crate::domain::display;
use crate::domain::operator::{Operator, Operators, Role};

/// Longest login name of an operator: it stands in records and messages.
const LOGIN_MAX: usize = 64;

/// The operators, and whose key is whose.
#[derive(Default)]
pub struct OperatorKeys {
    keys: Vec<(KeyData, String)>,
    operators: Operators,
}

/// What is wrong with the operators' file.
#[derive(Debug, thiserror::Error)]
pub enum OperatorsError {
    /// It cannot be read.
    #[error("[desk] operators_file: {} cannot be read: {source}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is wrong.
    #[error("[desk] operators_file: {}, line {line}: {what}", path.display())]
    Line {
        /// The file's path.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong, and what would be right.
        what: &'static str,
    },
    /// Nobody is in it.
    #[error(
        "[desk] operators_file: {} names nobody; a line is: ssh-ed25519 AAAA... login helper",
        path.display()
    )]
    Nobody {
        /// The file's path.
        path: PathBuf,
    },
}

impl OperatorKeys {
    /// Reads the file.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn read(path: &Path) -> Result<Self, OperatorsError> {
        let text = std::fs::read_to_string(path).map_err(|source| OperatorsError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let read = Self::parse(&text).map_err(|(line, what)| OperatorsError::Line {
            path: path.to_owned(),
            line,
            what,
        })?;
        if read.keys.is_empty() {
            let path = path.to_owned();
            return Err(OperatorsError::Nobody { path });
        }
        Ok(read)
    }

    fn parse(text: &str) -> Result<Self, (usize, &'static str)> {
        let mut keys: Vec<(KeyData, String)> = Vec::new();
        let mut operators: Vec<Operator> = Vec::new();
        for (line, written) in (1..).zip(text.lines()) {
            let written = written.trim();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let (key, operator) = operator(written).map_err(|what| (line, what))?;
            if keys.iter().any(|(known, _)| *known == key) {
                return Err((line, "has the same key as a line before"));
            }
            let login = operator.login.to_lowercase();
            let before = operators.iter().find(|o| o.login.to_lowercase() == login);
            match before {
                // Somebody with two keys.
                Some(before) if *before == operator => {}
                Some(_) => return Err((line, "has the login of a line before, but differs")),
                None => operators.push(operator.clone()),
            }
            keys.push((key, operator.login));
        }
        Ok(Self {
            keys,
            operators: Operators::new(operators),
        })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Everybody who may sign in.
    pub fn operators(&self) -> &Operators {
        &self.operators
    }

    /// The operator with this key: for a front that sees keys. It opens the desk's sign-in and
    /// nothing more.
    pub fn of_key(&self, key: &PublicKey) -> Option<&Operator> {
        self.of_key_data(key.key_data())
    }

    pub(in crate::fronts) fn of_key_data(&self, key: &KeyData) -> Option<&Operator> {
        let (_, login) = self.keys.iter().find(|(known, _)| known == key)?;
        self.operators.named(login)
    }
}

fn operator(line: &str) -> Result<(KeyData, Operator), &'static str> {
    let entry: Entry = line
        .parse()
        .map_err(|_| "must be a public key: its type, the key, the login and the role")?;
    if !entry.config_opts().is_empty() {
        return Err("must have no options before the key");
    }
    let key = entry.public_key();
    if !matches!(key.key_data(), KeyData::Ed25519(_) | KeyData::Ecdsa(_)) {
        return Err("must be an ed25519 or ecdsa key (ssh-keygen -t ed25519)");
    }
    let comment = key.comment().as_str_lossy();
    let (login, role) = match comment.split_whitespace().collect::<Vec<_>>()[..] {
        [login, role] => (login, role),
        _ => return Err("must end in the operator's login and role: `wang.min helper`"),
    };
    let role = Role::parse(role).ok_or("must end in a role: helper, approver or auditor")?;
    let fits = login.chars().count() <= LOGIN_MAX
        && LoginName::parse(login).is_some()
        && login == display::clean(login);
    if !fits {
        return Err("must hold a login name of 64 characters or fewer, without control characters");
    }
    let operator = Operator {
        login: login.to_owned(),
        role,
    };
    Ok((key.key_data().clone(), operator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBmPBTC9fQ2qjvH3b8sAAXm8vnZWhJNYVv4eo0Z1dhPJ";

    fn wrong(text: &str) -> (usize, &'static str) {
        OperatorKeys::parse(text).err().unwrap()
    }

    #[test]
    fn a_line_is_a_key_a_login_and_a_role() {
        let text = format!("# IT\n\n{KEY} Wang.Min approver\n");
        let read = OperatorKeys::parse(&text).unwrap();
        let operator = read.operators().named("wang.min").unwrap();
        assert_eq!(operator.role, Role::Approver);
        let key: PublicKey = KEY.parse().unwrap();
        assert_eq!(read.of_key(&key), Some(operator));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (line, says) in [
            (KEY.to_owned(), "login and role"),
            (format!("{KEY} wang.min"), "login and role"),
            (format!("{KEY} wang.min admin"), "must end in a role"),
            (format!("{KEY} wang min helper"), "login and role"),
            (format!("{KEY} wang\u{202E}min helper"), "login name"),
            (format!("no-pty {KEY} wang.min helper"), "no options"),
            ("nonsense".to_owned(), "public key"),
        ] {
            let (number, what) = wrong(&format!("\n{line}"));
            assert_eq!(number, 2);
            assert!(what.contains(says), "{what}");
        }
        let twice = format!("{KEY} wang.min helper\n{KEY} wang.min helper");
        assert!(wrong(&twice).1.contains("same key"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\PC{0,60}\n){0,6}") {
            let _ = OperatorKeys::parse(&text);
        }
    }
}
