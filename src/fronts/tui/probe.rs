//! What the terminal can show: first by what the environment says, so that the first frame comes
//! at once, then by asking the terminal itself.
//!
//! A bare Linux console is asked through the kernel, which lists the glyphs of its font
//! (`GIO_UNIMAP`). Elsewhere three characters are printed, and the terminal is asked after each
//! where its cursor is (`CSI 6n`): a terminal without UTF-8 or with other widths moves it
//! differently. An answer may never come, so nothing waits for it.

use std::os::fd::AsFd;

use super::msg::{Capabilities, Colour};

mod console;

/// The row where the probe prints, counted from 1. Not the first: there an answer would read like
/// Shift-F3.
const ROW: u16 = 2;
/// How many answers the probe asks for.
pub const ANSWERS: u8 = 3;
/// The question. It erases what it printed; a full frame has to follow in the same write.
pub const QUESTION: &[u8] =
    "\x1b[0m\x1b[2;1H─\x1b[6n\x1b[2;1H中\x1b[6n\x1b[2;1H▀\x1b[6n\x1b[2;1H\x1b[2K".as_bytes();

/// What the environment says. `lookup` finds a variable.
///
/// # Sources
/// no-color.org; POSIX (8.2, internationalisation variables); terminfo for the monochrome names.
pub fn from_environment(lookup: impl Fn(&str) -> Option<String>) -> Capabilities {
    let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
    let term = set("TERM").unwrap_or_default();
    let utf8 = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(set)
        .is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
    // A bare console cannot show these, or one font in four can: not before it has been asked.
    let console = term == "linux";
    Capabilities {
        colour: if monochrome(&term) || set("NO_COLOR").is_some() {
            Colour::None
        } else {
            Colour::Sixteen
        },
        utf8,
        half_blocks: utf8 && !console,
        lines: utf8,
        chinese: utf8 && !console,
    }
}

/// Whether the terminal may be asked with [`QUESTION`]: it has to understand sequences at all.
pub fn can_be_asked(lookup: impl Fn(&str) -> Option<String>) -> bool {
    lookup("TERM").is_some_and(|term| !matches!(term.as_str(), "" | "dumb" | "linux"))
}

/// Asks the kernel, if `tty` is a bare Linux console; `None` otherwise. Never blocks.
pub fn console(tty: &impl AsFd, guess: Capabilities) -> Option<Capabilities> {
    let glyphs = console::glyphs(tty)?;
    let has = |needed: &str| needed.chars().all(|c| glyphs.contains(&c));
    Some(Capabilities {
        half_blocks: guess.utf8 && has("▀▄"),
        lines: guess.utf8 && has("─│┌┐└┘├┤•"),
        chinese: false,
        ..guess
    })
}

fn monochrome(term: &str) -> bool {
    matches!(
        term,
        "" | "dumb" | "vt52" | "vt100" | "vt102" | "vt220" | "vt320"
    ) || term.ends_with("-m")
        || term.ends_with("-mono")
}

/// The probe's answers as they come in.
#[derive(Default)]
pub struct Answers {
    /// How far each character moved the cursor.
    widths: [u16; ANSWERS as usize],
    came: usize,
}

impl Answers {
    /// Takes a cursor report, in the order of the questions. After the last one it tells what is
    /// known now, given what was guessed before.
    pub fn take(&mut self, col: u16, row: u16, guess: Capabilities) -> Option<Capabilities> {
        if row != ROW {
            return None;
        }
        *self.widths.get_mut(self.came)? = col.saturating_sub(1);
        self.came = self.came.saturating_add(1);
        if self.came < self.widths.len() {
            return None;
        }
        let [line, chinese, half_block] = self.widths;
        Some(Capabilities {
            // Without UTF-8 the three bytes of a character are three cells, or none.
            utf8: line == 1 || chinese == 2,
            lines: line == 1,
            half_blocks: half_block == 1,
            chinese: chinese == 2,
            ..guess
        })
    }
}

#[cfg(test)]
mod tests;
