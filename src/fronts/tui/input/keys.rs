//! The tables: which sequence is which key, on which terminal.

use super::super::event::{Key, KeyCode};

/// What a finished control sequence means.
pub(super) enum Decoded {
    /// Not known.
    Nothing,
    /// Known, and of no interest: focus, an answer nobody waits for.
    Ignored,
    Key(Key),
    /// Counted from 0.
    Click {
        col: u16,
        row: u16,
    },
    /// Counted from 1.
    CursorAt {
        col: u16,
        row: u16,
    },
    PasteBegins,
}

impl From<Option<Key>> for Decoded {
    fn from(key: Option<Key>) -> Self {
        key.map_or(Self::Nothing, Self::Key)
    }
}

/// `CSI`, these parameters, this last byte.
pub(super) fn csi(raw: &[u8], last: u8, report_expected: bool) -> Decoded {
    if let Some(raw) = raw.strip_prefix(b"<") {
        let [button, col, row] = Params::of(raw).all;
        return match last {
            b'M' => mouse(button, col, row),
            _ => Decoded::Nothing,
        };
    }
    if !raw
        .iter()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':'))
    {
        return Decoded::Nothing;
    }
    let params = Params::of(raw);
    let [first, second, third] = params.all;
    match (last, first) {
        (b'I' | b'O', _) => Decoded::Ignored,
        (b'R', _) if report_expected && second > 0 => report(first, second),
        // Shift-F3 and its kin, or a report that comes late.
        (b'R', 0 | 1) => modified(KeyCode::F(3), second).into(),
        (b'R', _) => Decoded::Ignored,
        (b'u', _) if params.released => Decoded::Nothing,
        (b'u', code) => character(params.shifted.unwrap_or(code), second).into(),
        (b'~', 200) => Decoded::PasteBegins,
        (b'~', 27) => character(third, second).into(),
        (b'~', number) => numbered(number)
            .and_then(|code| modified(code, second))
            .into(),
        // rxvt: Shift, Ctrl, and both.
        (b'$', number) => numbered(number).and_then(|code| modified(code, 2)).into(),
        (b'^', number) => numbered(number).and_then(|code| modified(code, 5)).into(),
        (b'@', number) => numbered(number).and_then(|code| modified(code, 6)).into(),
        (b'a'..=b'd', _) => lettered(last.to_ascii_uppercase())
            .and_then(|code| modified(code, 2))
            .into(),
        _ => lettered(last)
            .and_then(|code| modified(code, second))
            .into(),
    }
}

/// `ESC O`, these parameters, this last byte: application keys and the keypad.
pub(super) fn ss3(raw: &[u8], last: u8) -> Option<Key> {
    let [first, second, _] = Params::of(raw).all;
    // `ESC O 5 P` and `ESC O 1 ; 5 P` both are Ctrl-F1, on different terminals.
    let modifiers = if second > 0 { second } else { first };
    let code = match last {
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b' ' => KeyCode::Char(' '),
        b'X' => KeyCode::Char('='),
        // The keypad: `j` to `y` are `*` to `9`.
        b'j'..=b'y' => KeyCode::Char(char::from(last - 0x40)),
        // rxvt: Ctrl with an arrow.
        b'a'..=b'd' => return modified(lettered(last.to_ascii_uppercase())?, 5),
        _ => lettered(last)?,
    };
    modified(code, modifiers)
}

/// A mouse button by xterm's numbering: presses only, no motion, no wheel. `col` and `row` count
/// from 1.
pub(super) fn mouse(button: u32, col: u32, row: u32) -> Decoded {
    const MOTION: u32 = 32;
    const WHEEL_AND_MORE: u32 = 64 | 128;
    const RELEASED: u32 = 3;
    let cell = |number: u32| number.checked_sub(1).and_then(|n| u16::try_from(n).ok());
    if button & (MOTION | WHEEL_AND_MORE) != 0 || button & 3 == RELEASED {
        return Decoded::Nothing;
    }
    match (cell(col), cell(row)) {
        (Some(col), Some(row)) => Decoded::Click { col, row },
        _ => Decoded::Nothing,
    }
}

fn report(row: u32, col: u32) -> Decoded {
    match (u16::try_from(row), u16::try_from(col)) {
        (Ok(row), Ok(col)) => Decoded::CursorAt { col, row },
        _ => Decoded::Nothing,
    }
}

fn lettered(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'Z' => KeyCode::BackTab,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}

/// The numbers before `~`. They have gaps where the VT220's keyboard had them.
fn numbered(number: u32) -> Option<KeyCode> {
    Some(match u8::try_from(number).ok()? {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        n @ 11..=15 => KeyCode::F(n - 10),
        n @ 17..=21 => KeyCode::F(n - 11),
        n @ 23..=24 => KeyCode::F(n - 12),
        _ => return None,
    })
}

/// A key by its Unicode number (CSI u, modifyOtherKeys), and kitty's numbers for the keypad.
fn character(number: u32, modifiers: u32) -> Option<Key> {
    const KITTY_KEYPAD: u32 = 57399;
    let code = match number {
        8 | 127 => KeyCode::Backspace,
        9 => KeyCode::Tab,
        10 | 13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        0..32 => return None,
        KITTY_KEYPAD..=57408 => KeyCode::Char(char::from_digit(number - KITTY_KEYPAD, 10)?),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57414 => KeyCode::Enter,
        57415 => KeyCode::Char('='),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        // The rest of the private area: media keys, modifiers alone.
        57344..=63743 => return None,
        _ => KeyCode::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    };
    modified(code, modifiers)
}

/// A key with xterm's modifiers: 1 and a sum of 1 Shift, 2 Alt, 4 Ctrl; 0 when left out.
fn modified(code: KeyCode, modifiers: u32) -> Option<Key> {
    let bits = modifiers.saturating_sub(1);
    // Super, Hyper and Meta are nobody's text; the locks above them are.
    if bits & (8 | 16 | 32) != 0 {
        return None;
    }
    let (shift, alt, ctrl) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
    Some(match code {
        // A letter carries Shift in its case; with Ctrl it is always the lower one.
        KeyCode::Char(c) => Key {
            code: KeyCode::Char(match (ctrl, shift) {
                (true, _) => c.to_ascii_lowercase(),
                (false, true) => c.to_ascii_uppercase(),
                (false, false) => c,
            }),
            ctrl,
            alt,
            shift: false,
        },
        KeyCode::Tab if shift => Key {
            code: KeyCode::BackTab,
            ctrl,
            alt,
            shift: false,
        },
        code => Key {
            code,
            ctrl,
            alt,
            shift,
        },
    })
}

/// Up to three parameters; one that is left out is 0.
struct Params {
    all: [u32; 3],
    /// The second part of the first parameter: the shifted letter in `CSI u`.
    shifted: Option<u32>,
    /// The second part of the second parameter says that the key went up.
    released: bool,
}

impl Params {
    fn of(raw: &[u8]) -> Self {
        let mut all = [0; 3];
        for (slot, part) in all.iter_mut().zip(raw.split(|byte| *byte == b';')) {
            *slot = number(part.split(|byte| *byte == b':').next().unwrap_or_default());
        }
        let part_of = |index: usize| {
            let param = raw.split(|byte| *byte == b';').nth(index)?;
            let part = param.split(|byte| *byte == b':').nth(1)?;
            Some(number(part))
        };
        Self {
            all,
            shifted: part_of(0).filter(|code| *code > 0),
            released: part_of(1) == Some(3),
        }
    }
}

fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0, |sum: u32, digit| {
            sum.saturating_mul(10)
                .saturating_add(u32::from(digit - b'0'))
        })
}
