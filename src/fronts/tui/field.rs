//! One line of typed text: login names, passwords and codes.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;
use zeroize::Zeroizing;

use crate::domain::limits;

/// What may be typed, and how it is shown.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Ordinary text.
    Text,
    /// A password: shown as bullets unless the person asks to see it.
    Secret,
    /// A code of so many digits: nothing else gets in.
    Code(u8),
}

/// What became of something typed or pasted.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// It is in the field.
    Yes,
    /// There is no room for it: nothing of it was taken.
    Full,
    /// It holds something that does not belong here: nothing of it was taken.
    Unfit,
}

/// Longest text in bytes that a field holds; so much is set aside at once, because a buffer that
/// grows leaves copies behind that nobody wipes.
const CAPACITY: usize = limits::PASSWORD_MAX_CHARS * 4 * 2;

/// A line of text with a cursor that moves by what people see as one character. It is wiped on
/// drop and has no `Debug`: it may hold a password.
pub struct Field {
    kind: Kind,
    text: Zeroizing<String>,
    /// In bytes; always at the edge of a grapheme.
    cursor: usize,
}

impl Field {
    /// An empty field.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            text: Zeroizing::new(String::with_capacity(CAPACITY)),
            cursor: 0,
        }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a code has all its digits.
    pub fn is_complete(&self) -> bool {
        matches!(self.kind, Kind::Code(digits) if self.text.len() >= usize::from(digits))
    }

    /// Types one character at the cursor.
    pub fn insert(&mut self, c: char) -> Taken {
        let mut buffer = [0; 4];
        let taken = self.paste(c.encode_utf8(&mut buffer));
        zeroize::Zeroize::zeroize(&mut buffer);
        taken
    }

    /// Pastes at the cursor, all of it or nothing. Line ends behind the text are dropped.
    pub fn paste(&mut self, pasted: &str) -> Taken {
        match self.kind {
            Kind::Code(digits) => self.paste_digits(pasted, digits),
            Kind::Text | Kind::Secret => self.paste_text(pasted.trim_end_matches(['\r', '\n'])),
        }
    }

    fn paste_text(&mut self, pasted: &str) -> Taken {
        if pasted.chars().any(char::is_control) {
            return Taken::Unfit;
        }
        let limit = match self.kind {
            Kind::Secret => CAPACITY,
            _ => limits::LOGIN_MAX_BYTES,
        };
        if self.text.len().saturating_add(pasted.len()) > limit {
            return Taken::Full;
        }
        self.put(pasted);
        Taken::Yes
    }

    fn paste_digits(&mut self, pasted: &str, digits: u8) -> Taken {
        let mut kept = Zeroizing::new(String::with_capacity(16));
        for c in pasted.chars() {
            match c {
                '0'..='9' => kept.push(c),
                // Full-width digits, as a Chinese input method types them.
                '\u{FF10}'..='\u{FF19}' => {
                    let digit = u32::from(c).saturating_sub(0xFF10);
                    kept.extend(char::from_digit(digit, 10));
                }
                ' ' | '-' | '\t' | '\r' | '\n' | '\u{3000}' | '\u{2010}'..='\u{2015}' => {}
                _ => return Taken::Unfit,
            }
            if kept.len() > usize::from(digits) {
                return Taken::Full;
            }
        }
        if self.text.len().saturating_add(kept.len()) > usize::from(digits) {
            return Taken::Full;
        }
        self.put(&kept);
        Taken::Yes
    }

    fn put(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        // What was typed may join the character before it: an accent, a joined sign.
        let end = self.cursor.saturating_add(text.len());
        self.cursor = edges(&self.text).find(|edge| *edge >= end).unwrap_or(end);
    }

    /// Empties the field and wipes what was in it.
    pub fn clear(&mut self) {
        // Wiping keeps the buffer, and with it the room set aside.
        zeroize::Zeroize::zeroize(&mut *self.text);
        self.cursor = 0;
    }

    /// Removes the character before the cursor.
    pub fn backspace(&mut self) {
        let from = self.before();
        self.remove(from..self.cursor);
        self.cursor = from;
    }

    /// Removes the character at the cursor.
    pub fn delete(&mut self) {
        self.remove(self.cursor..self.after());
    }

    fn remove(&mut self, range: Range<usize>) {
        self.text.replace_range(range, "");
    }

    /// One character to the left.
    pub fn left(&mut self) {
        self.cursor = self.before();
    }

    /// One character to the right.
    pub fn right(&mut self) {
        self.cursor = self.after();
    }

    /// To the beginning.
    pub fn home(&mut self) {
        self.cursor = 0;
    }

    /// To the end.
    pub fn end(&mut self) {
        self.cursor = self.text.len();
    }

    fn before(&self) -> usize {
        edges(&self.text)
            .take_while(|edge| *edge < self.cursor)
            .last()
            .unwrap_or(0)
    }

    fn after(&self) -> usize {
        edges(&self.text)
            .find(|edge| *edge > self.cursor)
            .unwrap_or(self.text.len())
    }

    /// The part of the text that fits into `width` columns around the cursor, and the cursor's
    /// column in it. `bullet` stands for each character of a secret; `None` shows it as it is.
    pub fn shown(&self, width: u16, bullet: Option<char>) -> (Zeroizing<String>, u16) {
        let width = usize::from(width);
        let mut cells: Vec<(&str, usize)> = Vec::new();
        let mut at = 0;
        for (start, grapheme) in self.text.grapheme_indices(true) {
            if start < self.cursor {
                at = cells.len().saturating_add(1);
            }
            cells.push((grapheme, bullet.map_or_else(|| grapheme.width(), |_| 1)));
        }
        // The cursor needs a column of its own behind the text.
        let room = width.saturating_sub(1);
        let mut first = at;
        let mut column = 0;
        while let Some((_, wide)) = first.checked_sub(1).and_then(|i| cells.get(i)) {
            if column + wide > room {
                break;
            }
            column += wide;
            first -= 1;
        }
        let mut shown = Zeroizing::new(String::with_capacity(CAPACITY));
        let mut used = 0;
        for (grapheme, wide) in cells.iter().skip(first) {
            if used + wide > width {
                break;
            }
            used += wide;
            match bullet {
                Some(bullet) => shown.push(bullet),
                None => shown.push_str(grapheme),
            }
        }
        (shown, u16::try_from(column).unwrap_or(u16::MAX))
    }

    /// The digits of a code, spaced and in groups of three, with `_` for those to come; and the
    /// cursor's column.
    pub fn shown_code(&self, digits: u8) -> (Zeroizing<String>, u16) {
        let mut shown = Zeroizing::new(String::with_capacity(64));
        let mut column = 0;
        for i in 0..usize::from(digits) {
            if i == self.cursor {
                column = shown.len();
            }
            let digit = self.text.as_bytes().get(i).copied().unwrap_or(b'_');
            shown.push(char::from(digit));
            shown.push_str(if i % 3 == 2 { "   " } else { " " });
        }
        if self.cursor >= usize::from(digits) {
            column = shown.trim_end().len();
        }
        (shown, u16::try_from(column).unwrap_or(0))
    }
}

/// Where the cursor can be: in front of every grapheme, and behind the last.
fn edges(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.grapheme_indices(true)
        .map(|(start, _)| start)
        .chain(std::iter::once(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(kind: Kind, text: &str) -> Field {
        let mut field = Field::new(kind);
        for c in text.chars() {
            field.insert(c);
        }
        field
    }

    #[test]
    fn the_cursor_moves_by_what_people_see() {
        let mut field = typed(Kind::Text, "e\u{301}林👩\u{200D}🔧x");
        field.left();
        field.backspace();
        assert_eq!(field.text(), "e\u{301}林x");
        field.home();
        field.delete();
        assert_eq!(field.text(), "林x");
        field.right();
        field.insert('-');
        assert_eq!(field.text(), "林-x");
    }

    #[test]
    fn a_code_takes_digits_in_every_dress_and_nothing_else() {
        let mut field = Field::new(Kind::Code(6));
        assert_eq!(field.insert('a'), Taken::Unfit);
        assert_eq!(field.paste("４８２-9 1\n"), Taken::Yes);
        assert_eq!(field.text(), "48291");
        assert_eq!(field.paste("33"), Taken::Full);
        assert!(!field.is_complete());
        assert_eq!(field.insert('3'), Taken::Yes);
        assert!(field.is_complete());
    }

    #[test]
    fn control_characters_and_too_much_are_refused_whole() {
        let mut field = Field::new(Kind::Secret);
        assert_eq!(field.paste("pass\u{1B}[2Jword"), Taken::Unfit);
        assert_eq!(field.paste("two\nlines"), Taken::Unfit);
        assert_eq!(field.paste(&"x".repeat(CAPACITY + 1)), Taken::Full);
        assert!(field.is_empty());
        assert_eq!(field.paste("horse\r\n"), Taken::Yes);
        assert_eq!(field.text(), "horse");
    }

    #[test]
    fn the_buffer_of_a_secret_never_moves() {
        let mut field = Field::new(Kind::Secret);
        let place = field.text.as_ptr();
        for _ in 0..CAPACITY * 2 {
            field.insert('x');
        }
        field.clear();
        field.paste(&"y".repeat(CAPACITY));
        assert_eq!(field.text.as_ptr(), place);
        assert!(field.text.capacity() >= CAPACITY);
    }

    #[test]
    fn long_text_scrolls_so_that_the_cursor_is_seen() {
        let mut field = typed(Kind::Text, "abcdefghij");
        let (shown, at) = field.shown(5, None);
        assert_eq!((shown.as_str(), at), ("ghij", 4));
        field.home();
        let (shown, at) = field.shown(5, None);
        assert_eq!((shown.as_str(), at), ("abcde", 0));
        let wide = typed(Kind::Text, "林伟密码");
        let (shown, at) = wide.shown(6, None);
        assert_eq!((shown.as_str(), at), ("密码", 4));
        let secret = typed(Kind::Secret, "林伟");
        let (shown, at) = secret.shown(10, Some('*'));
        assert_eq!((shown.as_str(), at), ("**", 2));
    }

    #[test]
    fn a_code_shows_what_is_missing() {
        let field = typed(Kind::Code(6), "4829");
        let (shown, at) = field.shown_code(6);
        assert_eq!(shown.trim_end(), "4 8 2   9 _ _");
        assert_eq!(at, 10);
    }
}
