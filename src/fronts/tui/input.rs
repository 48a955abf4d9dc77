//! From the terminal's bytes to events: a state machine without I/O and without a clock.
//!
//! Sequences come in pieces of any size, so every state survives between two calls of
//! [`Parser::feed`]. A lone ESC cannot be told from the beginning of a sequence; the caller waits
//! for [`Parser::pending`] and then calls [`Parser::flush`]. Whatever is not understood is
//! dropped, and nothing grows without a bound.
//!
//! Sources: ECMA-48 (5.4, control sequences), XTerm Control Sequences (keys, mouse, bracketed
//! paste, modifyOtherKeys), the kitty keyboard protocol, console_codes(4), rxvt's key table.

mod keys;

use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use self::keys::Decoded;
use super::event::{Key, KeyCode, Pasted, TermEvent};

/// Longest paste in bytes: eight times the longest password. The rest is dropped, so a longer
/// paste is still too long for every field and refused there, never taken for a shorter one.
pub const PASTE_MAX: usize = 4096;
/// Longest parameters of a control sequence in bytes.
const SEQUENCE_MAX: usize = 64;
/// Longest control string (an answer nobody waits for) that is swallowed, in bytes.
const STRING_MAX: u16 = 4096;
/// What ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// How long a lone ESC may be the beginning of a sequence.
const ESCAPE_PATIENCE: Duration = Duration::from_millis(50);
/// How long the rest of a sequence that has clearly begun may take.
const SEQUENCE_PATIENCE: Duration = Duration::from_millis(500);
/// How long a paste may pause. Without it a paste whose end got lost would swallow every key.
const PASTE_PATIENCE: Duration = Duration::from_secs(1);

/// Where the parser is between two bytes.
#[derive(Copy, Clone, PartialEq, Eq)]
enum State {
    Ground,
    /// After CR: an LF now belongs to it (badge scanners end with both).
    AfterCr,
    /// After ESC.
    Escape,
    /// In a character of several bytes.
    Utf8 {
        alt: bool,
    },
    /// After `ESC [`; the parameters are in `held`.
    Csi,
    /// In a control sequence that is too long: nothing is kept until it ends.
    CsiIgnored,
    /// After `ESC [ [`: the function keys of the Linux console.
    LinuxKey,
    /// After `ESC O`; the parameters are in `held`.
    Ss3,
    /// After `ESC [ M`: three bytes follow, kept in `held`.
    X10Mouse,
    /// In a DCS, OSC, APC, PM or SOS string, so many bytes long until now.
    String(u16),
    /// After an ESC in such a string: the beginning of its terminator, or of something new.
    StringEnd,
    /// In a paste; so many bytes of its end marker have matched.
    Paste {
        matched: usize,
    },
}

/// The parser. Its memory is wiped when it goes: passwords pass through it.
pub struct Parser {
    state: State,
    /// The pieces of an unfinished character or sequence.
    held: Zeroizing<Vec<u8>>,
    paste: Zeroizing<Vec<u8>>,
    reports_expected: u8,
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            state: State::Ground,
            held: Zeroizing::new(Vec::with_capacity(SEQUENCE_MAX)),
            paste: Zeroizing::default(),
            reports_expected: 0,
        }
    }
}

impl Parser {
    /// Takes bytes as they came and appends what they mean to `out`.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<TermEvent>) {
        for byte in bytes {
            self.byte(*byte, out);
        }
    }

    /// How long to wait for more bytes before [`Parser::flush`]; `None` when nothing is unfinished.
    pub fn pending(&self) -> Option<Duration> {
        match self.state {
            State::Ground | State::AfterCr => None,
            State::Escape => Some(ESCAPE_PATIENCE),
            State::Paste { .. } => Some(PASTE_PATIENCE),
            _ => Some(SEQUENCE_PATIENCE),
        }
    }

    /// Whether a lone ESC was the last byte.
    pub fn is_after_escape(&self) -> bool {
        self.state == State::Escape
    }

    /// No more bytes came: a lone ESC was the key, a paste has ended, and anything else that is
    /// unfinished is dropped.
    pub fn flush(&mut self, out: &mut Vec<TermEvent>) {
        match self.state {
            State::Escape => push(out, Key::plain(KeyCode::Esc)),
            State::Paste { .. } => self.end_paste(out),
            _ => {}
        }
        self.rest();
    }

    /// So many cursor reports (`CSI 6n`) have been asked for. Until they came, `CSI 1;2R` is a
    /// report; otherwise it is Shift-F3.
    pub fn expect_cursor_report(&mut self, count: u8) {
        self.reports_expected = count;
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<TermEvent>) {
        match self.state {
            State::AfterCr if byte == b'\n' => self.state = State::Ground,
            State::Ground | State::AfterCr => self.ground(byte, false, out),
            State::Escape => self.escape(byte, out),
            State::Utf8 { alt } => self.utf8(byte, alt, out),
            State::Csi => self.csi(byte, out),
            State::CsiIgnored => match byte {
                0x20..=0x3f => {}
                0x40..=0x7e => self.rest(),
                _ => self.abort(byte, out),
            },
            State::LinuxKey => {
                self.rest();
                match byte {
                    b'A'..=b'E' => push(out, Key::plain(KeyCode::F(byte - b'A' + 1))),
                    0x20..=0x7e => {}
                    _ => self.ground(byte, false, out),
                }
            }
            State::Ss3 => self.ss3(byte, out),
            State::X10Mouse => self.x10_mouse(byte, out),
            State::String(length) => self.string(byte, length),
            State::StringEnd if byte == b'\\' => self.rest(),
            State::StringEnd => {
                self.state = State::Escape;
                self.escape(byte, out);
            }
            State::Paste { matched } => self.paste(byte, matched, out),
        }
    }

    /// A byte outside every sequence, or the one after ESC (`alt`).
    fn ground(&mut self, byte: u8, alt: bool, out: &mut Vec<TermEvent>) {
        self.state = State::Ground;
        match byte {
            0x1b => self.state = State::Escape,
            b'\r' => {
                self.state = State::AfterCr;
                push_alt(out, KeyCode::Enter, alt);
            }
            b'\n' => push_alt(out, KeyCode::Enter, alt),
            b'\t' => push_alt(out, KeyCode::Tab, alt),
            0x08 | 0x7f => push_alt(out, KeyCode::Backspace, alt),
            0 => {}
            // Ctrl-A to Ctrl-Z, then Ctrl with \ ] ^ _
            0x01..=0x1a => push_ctrl(out, byte + 0x60, alt),
            0x1c..=0x1f => push_ctrl(out, byte + 0x40, alt),
            0x20..=0x7e => push_alt(out, KeyCode::Char(char::from(byte)), alt),
            0x80.. => {
                self.state = State::Utf8 { alt };
                self.utf8(byte, alt, out);
            }
        }
    }

    fn escape(&mut self, byte: u8, out: &mut Vec<TermEvent>) {
        match byte {
            b'[' => self.state = State::Csi,
            b'O' => self.state = State::Ss3,
            b'P' | b'X' | b']' | b'^' | b'_' => self.state = State::String(0),
            // Two quick presses of Esc, or Esc and then a key that is a sequence. Some terminals
            // send Alt with an arrow like this; no key of Alt means anything here, Esc does.
            0x1b => push(out, Key::plain(KeyCode::Esc)),
            _ => self.ground(byte, true, out),
        }
    }

    fn utf8(&mut self, byte: u8, alt: bool, out: &mut Vec<TermEvent>) {
        self.held.push(byte);
        match std::str::from_utf8(&self.held) {
            Ok(text) => {
                let typed = text.chars().next();
                self.rest();
                if let Some(c) = typed.filter(|c| !c.is_control()) {
                    push_alt(out, KeyCode::Char(c), alt);
                }
            }
            Err(error) if error.error_len().is_none() => {}
            // Not UTF-8. If this byte alone was wrong it is dropped; if it broke off an earlier
            // one, that one is dropped and this one looked at afresh.
            Err(_) => {
                let broke_off = self.held.len() > 1;
                self.rest();
                if broke_off {
                    self.ground(byte, false, out);
                }
            }
        }
    }

    fn csi(&mut self, byte: u8, out: &mut Vec<TermEvent>) {
        match byte {
            b'[' if self.held.is_empty() => self.state = State::LinuxKey,
            b'M' if self.held.is_empty() => self.state = State::X10Mouse,
            // rxvt ends Shift with a key in `$`; a private sequence only carries it.
            b'$' if self.held.iter().all(u8::is_ascii_digit) => self.csi_final(byte, out),
            0x20..=0x3f if self.held.len() < SEQUENCE_MAX => self.held.push(byte),
            0x20..=0x3f => self.state = State::CsiIgnored,
            0x40..=0x7e => self.csi_final(byte, out),
            _ => self.abort(byte, out),
        }
    }

    fn csi_final(&mut self, last: u8, out: &mut Vec<TermEvent>) {
        let decoded = keys::csi(&self.held, last, self.reports_expected > 0);
        self.rest();
        match decoded {
            Decoded::Nothing => {}
            Decoded::Key(key) => push(out, key),
            Decoded::Click { col, row } => out.push(TermEvent::Click { col, row }),
            Decoded::Ignored => out.push(TermEvent::Other),
            Decoded::PasteBegins => {
                // Never grows: a growing buffer leaves unwiped copies behind.
                self.paste = Zeroizing::new(Vec::with_capacity(PASTE_MAX));
                self.state = State::Paste { matched: 0 };
            }
            Decoded::CursorAt { col, row } => {
                self.reports_expected = self.reports_expected.saturating_sub(1);
                out.push(TermEvent::CursorAt { col, row });
            }
        }
    }

    fn ss3(&mut self, byte: u8, out: &mut Vec<TermEvent>) {
        match byte {
            b'0'..=b'9' | b';' if self.held.len() < SEQUENCE_MAX => self.held.push(byte),
            0x20..=0x7e => {
                let key = keys::ss3(&self.held, byte);
                self.rest();
                if let Some(key) = key {
                    push(out, key);
                }
            }
            _ => self.abort(byte, out),
        }
    }

    fn x10_mouse(&mut self, byte: u8, out: &mut Vec<TermEvent>) {
        self.held.push(byte);
        if let [button, col, row] = self.held[..] {
            self.rest();
            let number = |byte: u8| u32::from(byte).checked_sub(32);
            if let (Some(button), Some(col), Some(row)) = (number(button), number(col), number(row))
                && let Decoded::Click { col, row } = keys::mouse(button, col, row)
            {
                out.push(TermEvent::Click { col, row });
            }
        }
    }

    fn string(&mut self, byte: u8, length: u16) {
        match byte {
            0x07 | 0x18 | 0x1a => self.rest(),
            0x1b => self.state = State::StringEnd,
            _ if length >= STRING_MAX => self.rest(),
            _ => self.state = State::String(length.saturating_add(1)),
        }
    }

    fn paste(&mut self, byte: u8, matched: usize, out: &mut Vec<TermEvent>) {
        if PASTE_END.get(matched) == Some(&byte) {
            if matched + 1 == PASTE_END.len() {
                self.end_paste(out);
            } else {
                self.state = State::Paste {
                    matched: matched + 1,
                };
            }
            return;
        }
        // Not the end after all: what had matched was text. Only its first byte can begin anew.
        for kept in PASTE_END.iter().take(matched) {
            self.keep_pasted(*kept);
        }
        let matched = usize::from(byte == 0x1b);
        if matched == 0 {
            self.keep_pasted(byte);
        }
        self.state = State::Paste { matched };
    }

    fn keep_pasted(&mut self, byte: u8) {
        if self.paste.len() < PASTE_MAX {
            self.paste.push(byte);
        }
    }

    fn end_paste(&mut self, out: &mut Vec<TermEvent>) {
        let mut text = Zeroizing::new(String::with_capacity(self.paste.len()));
        for chunk in self.paste.utf8_chunks() {
            text.push_str(chunk.valid());
        }
        out.push(TermEvent::Paste(Pasted(text)));
        self.paste = Zeroizing::default();
        self.rest();
    }

    /// A sequence that was broken off: the byte that did so counts by itself, no key gets lost.
    fn abort(&mut self, byte: u8, out: &mut Vec<TermEvent>) {
        self.rest();
        self.ground(byte, false, out);
    }

    fn rest(&mut self) {
        self.state = State::Ground;
        self.held.zeroize();
    }
}

fn push(out: &mut Vec<TermEvent>, key: Key) {
    out.push(TermEvent::Key(key));
}

fn push_alt(out: &mut Vec<TermEvent>, code: KeyCode, alt: bool) {
    push(
        out,
        Key {
            alt,
            ..Key::plain(code)
        },
    );
}

fn push_ctrl(out: &mut Vec<TermEvent>, letter: u8, alt: bool) {
    let key = Key::plain(KeyCode::Char(char::from(letter)));
    push(
        out,
        Key {
            ctrl: true,
            alt,
            ..key
        },
    );
}

#[cfg(test)]
mod tests;
