//! Secrets: given inline or as a file, never shown.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use zeroize::Zeroizing;

use super::error::Fault;
use super::value::Folder;
use crate::domain::secret::Credential;

/// No secret is longer; more is surely the wrong file.
const LONGEST_FILE: u64 = 4096;

/// A secret written in the file itself. An error about it never quotes it.
pub(super) struct Inline(Credential);

impl<'de> Deserialize<'de> for Inline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InlineVisitor)
    }
}

struct InlineVisitor;

impl Visitor<'_> for InlineVisitor {
    type Value = Inline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotes")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Inline, E> {
        Ok(Inline(Credential::new(value.to_owned())))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Inline, E> {
        Ok(Inline(Credential::new(value)))
    }

    // serde's own answers to these would quote the value.

    fn visit_i64<E: Error>(self, _: i64) -> Result<Inline, E> {
        Err(unquoted())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Inline, E> {
        Err(unquoted())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Inline, E> {
        Err(unquoted())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Inline, E> {
        Err(unquoted())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Inline, E> {
        Err(unquoted())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Inline, E> {
        Err(unquoted())
    }
}

fn unquoted<E: Error>() -> E {
    E::invalid_type(
        Unexpected::Other("a value without quotes"),
        &"a text in quotes",
    )
}

/// The two keys of one secret.
pub(super) struct Keys {
    /// `bind_password`.
    pub(super) inline: &'static str,
    /// `bind_password_file`.
    pub(super) file: &'static str,
}

/// The one secret that was given inline or as a file.
pub(super) fn required(
    keys: &Keys,
    inline: Option<Inline>,
    file: Option<PathBuf>,
    folder: &Folder,
) -> Result<Credential, Fault> {
    optional(keys, inline, file, folder)?.ok_or_else(|| {
        Fault::new(
            keys.file,
            format!("is missing: give {} or {}", keys.file, keys.inline),
        )
    })
}

/// The secret that was given inline or as a file, or not at all.
pub(super) fn optional(
    keys: &Keys,
    inline: Option<Inline>,
    file: Option<PathBuf>,
    folder: &Folder,
) -> Result<Option<Credential>, Fault> {
    let (key, secret) = match (inline, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(Fault::new(
                keys.file,
                format!("is given twice: leave out {} or {}", keys.file, keys.inline),
            ));
        }
        (Some(Inline(secret)), None) => (keys.inline, secret),
        (None, Some(path)) => (keys.file, from_file(keys.file, &folder.join(&path))?),
    };
    if secret.expose().is_empty() {
        return Err(Fault::new(key, "holds no secret: it is empty"));
    }
    if secret.expose().chars().any(char::is_control) {
        return Err(Fault::new(key, "must hold one line and nothing else"));
    }
    Ok(Some(secret))
}

/// Reads a secret file, without the newline at its end.
fn from_file(key: &'static str, path: &Path) -> Result<Credential, Fault> {
    let wrong = |why: String| Fault::new(key, format!("{}: {why}", path.display()));
    let unreadable = |e: std::io::Error| wrong(format!("cannot be read: {e}"));
    let file = File::open(path).map_err(unreadable)?;
    // The open file is judged, not the name: nobody can swap it in between.
    let about = file.metadata().map_err(unreadable)?;
    if !about.is_file() {
        return Err(wrong("is not a file".to_owned()));
    }
    if about.permissions().mode() & 0o077 != 0 {
        return Err(wrong(format!(
            "others can read it; `chmod 600 {}` mends that",
            path.display()
        )));
    }
    if about.len() > LONGEST_FILE {
        return Err(wrong(format!("is longer than {LONGEST_FILE} bytes")));
    }
    // Room for all of it up front: a growing buffer would leave unwiped copies behind.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE as usize));
    file.take(LONGEST_FILE)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(Credential::new(line.to_owned()))
}
