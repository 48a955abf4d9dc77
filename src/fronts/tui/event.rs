//! What a terminal sends, after parsing.

use zeroize::Zeroizing;

/// One event from the terminal.
#[derive(Debug)]
pub enum TermEvent {
    /// A key was pressed.
    Key(Key),
    /// Bracketed paste, whole. Wiped on drop: it may be a password.
    Paste(Pasted),
    /// A mouse button went down (or a touch) at this cell, counted from 0.
    Click {
        /// Column.
        col: u16,
        /// Row.
        row: u16,
    },
    /// The window has this size now, already clamped.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// The answer to a cursor-position request (`CSI 6n`), counted from 1.
    CursorAt {
        /// Column.
        col: u16,
        /// Row.
        row: u16,
    },
    /// The focus came or went, or an answer nobody waits for: ignored by the app.
    Other,
}

/// Pasted text: has no readable `Debug`.
pub struct Pasted(pub Zeroizing<String>);

impl std::fmt::Debug for Pasted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pasted(..)")
    }
}

/// A key with its modifiers.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Key {
    /// Which.
    pub code: KeyCode,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
    /// With Shift, where the terminal says so (letters carry it in their case).
    pub shift: bool,
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: KeyCode) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }
}

/// A key may be part of a password: it prints only its kind.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code {
            KeyCode::Char(_) => f.write_str("Key(Char)"),
            other => write!(f, "Key({other:?})"),
        }
    }
}

/// Which key.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum KeyCode {
    /// A printable character; with `ctrl`, the letter in lower case.
    Char(char),
    /// Enter.
    Enter,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Escape.
    Esc,
    /// Arrow.
    Up,
    /// Arrow.
    Down,
    /// Arrow.
    Left,
    /// Arrow.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// F1 to F12.
    F(u8),
}
