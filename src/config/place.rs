//! Where in the file something stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A line and a column, both counted from 1; columns in characters.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset.
    pub(super) fn of_offset(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let in_line = before.get(line_start..).unwrap_or_default();
        Self {
            line: before.matches('\n').count().saturating_add(1),
            column: in_line.chars().count().saturating_add(1),
        }
    }
}

/// The place of a key, or of its section where the key was left out.
pub(super) fn of_key(text: &str, section: &str, key: &str) -> Option<Place> {
    let document = DeTable::parse(text).ok()?;
    let (name, value) = document.get_ref().get_key_value(section)?;
    let offset = match value.get_ref() {
        DeValue::Table(table) => table
            .get_key_value(key)
            .map_or(name.span().start, |(key, _)| key.span().start),
        _ => name.span().start,
    };
    Some(Place::of_offset(text, offset))
}

/// The dotted key whose name or value covers a byte offset; a section's name on its header.
pub(super) fn key_at(text: &str, offset: usize) -> Option<String> {
    let document = DeTable::parse(text).ok()?;
    let mut path = Vec::new();
    descend(document.get_ref(), offset, &mut path);
    (!path.is_empty()).then(|| path.join("."))
}

fn descend(table: &DeTable<'_>, offset: usize, path: &mut Vec<String>) {
    for (key, value) in table {
        if covers(key, offset) || covers(value, offset) {
            path.push(key.get_ref().to_string());
            if let DeValue::Table(inner) = value.get_ref() {
                descend(inner, offset, path);
            }
            return;
        }
        if let DeValue::Table(inner) = value.get_ref() {
            let before = path.len();
            path.push(key.get_ref().to_string());
            descend(inner, offset, path);
            if path.len() > before.saturating_add(1) {
                return;
            }
            path.truncate(before);
        }
    }
}

fn covers<T>(part: &Spanned<T>, offset: usize) -> bool {
    part.span().contains(&offset)
}
