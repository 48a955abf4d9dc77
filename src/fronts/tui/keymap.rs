//! What a key means, before any screen sees it.

use super::event::{Key, KeyCode};

/// Where the keys go.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Mode {
    /// The focus is in a field: every printable key is text.
    Text,
    /// It is not: digits choose.
    Command,
}

/// What a key stands for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Stroke {
    /// A printable character.
    Char(char),
    /// A change inside a field.
    Edit(Edit),
    /// To the next thing.
    Next,
    /// To the one before.
    Previous,
    /// Activate what has the focus.
    Enter,
    /// Back.
    Back,
    /// What this does can also be clicked.
    Do(Action),
    /// Ctrl-C: ends the demo, means nothing at a kiosk.
    Interrupt,
    /// A page down in a long text.
    PageDown,
    /// A page up.
    PageUp,
}

/// A change inside a field.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Edit {
    /// Remove the character before the cursor.
    Backspace,
    /// Remove the one at the cursor.
    Delete,
    /// Move.
    Left,
    /// Move.
    Right,
    /// Move.
    Home,
    /// Move.
    End,
}

/// Everything that has a place in the bottom line.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Choose a method by its number.
    Choose,
    /// Go on with what has the focus.
    GoOn,
    /// Go back.
    Back,
    /// Open the help.
    Help,
    /// The next language.
    Language,
    /// Show or hide the password.
    Show,
    /// Ask for another code.
    AnotherCode,
    /// Why nothing may have come.
    NothingCame,
    /// Renew with the password there is now; from there, back to a code.
    OldPassword,
    /// End the lock only.
    OnlyUnlock,
    /// The demo's phone.
    Phone,
    /// To the next field.
    NextField,
}

impl Action {
    /// The key it is bound to, as it is written on the keyboard.
    pub fn key_name(self) -> &'static str {
        match self {
            Self::Choose => "1-3",
            Self::GoOn => "Enter",
            Self::Back => "Esc",
            Self::Help => "F1",
            Self::Language => "F2",
            Self::Show => "F3",
            Self::AnotherCode => "F4",
            Self::NothingCame => "F5",
            Self::OldPassword => "F6",
            Self::OnlyUnlock => "F7",
            Self::Phone => "F9",
            Self::NextField => "Tab",
        }
    }

    /// Whether Tab goes there: choosing, going on and moving on are what digits, Enter and Tab do
    /// anyway.
    pub fn can_have_focus(self) -> bool {
        !matches!(self, Self::Choose | Self::GoOn | Self::NextField)
    }
}

/// Reads a key. `None`: it means nothing, as do Ctrl-Z and Ctrl-\ and every other control key.
pub fn read(key: Key, mode: Mode) -> Option<Stroke> {
    if key.ctrl || key.alt {
        return (key.ctrl && !key.alt && key.code == KeyCode::Char('c'))
            .then_some(Stroke::Interrupt);
    }
    let stroke = match key.code {
        KeyCode::Char(c) if c.is_control() => return None,
        KeyCode::Char(c) => Stroke::Char(c),
        KeyCode::Enter => Stroke::Enter,
        KeyCode::Esc => Stroke::Back,
        KeyCode::Tab | KeyCode::Down => Stroke::Next,
        KeyCode::BackTab | KeyCode::Up => Stroke::Previous,
        KeyCode::PageDown => Stroke::PageDown,
        KeyCode::PageUp => Stroke::PageUp,
        KeyCode::F(number) => Stroke::Do(function_key(number)?),
        code => in_mode(code, mode)?,
    };
    Some(stroke)
}

fn function_key(number: u8) -> Option<Action> {
    Some(match number {
        1 => Action::Help,
        2 => Action::Language,
        3 => Action::Show,
        4 => Action::AnotherCode,
        5 => Action::NothingCame,
        6 => Action::OldPassword,
        7 => Action::OnlyUnlock,
        9 => Action::Phone,
        _ => return None,
    })
}

fn in_mode(code: KeyCode, mode: Mode) -> Option<Stroke> {
    Some(match (mode, code) {
        (Mode::Text, KeyCode::Backspace) => Stroke::Edit(Edit::Backspace),
        (Mode::Text, KeyCode::Delete) => Stroke::Edit(Edit::Delete),
        (Mode::Text, KeyCode::Left) => Stroke::Edit(Edit::Left),
        (Mode::Text, KeyCode::Right) => Stroke::Edit(Edit::Right),
        (Mode::Text, KeyCode::Home) => Stroke::Edit(Edit::Home),
        (Mode::Text, KeyCode::End) => Stroke::Edit(Edit::End),
        (Mode::Command, KeyCode::Left) => Stroke::Previous,
        (Mode::Command, KeyCode::Right) => Stroke::Next,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_keys_are_no_text_and_do_nothing() {
        for c in ['z', '\\', 's', 'd', 'a', '[', 'q'] {
            let key = Key {
                ctrl: true,
                ..Key::plain(KeyCode::Char(c))
            };
            assert!(read(key, Mode::Text).is_none());
            assert!(read(key, Mode::Command).is_none());
        }
    }

    #[test]
    fn arrows_move_in_a_field_and_between_things_elsewhere() {
        let left = Key::plain(KeyCode::Left);
        assert!(read(left, Mode::Text) == Some(Stroke::Edit(Edit::Left)));
        assert!(read(left, Mode::Command) == Some(Stroke::Previous));
    }
}
