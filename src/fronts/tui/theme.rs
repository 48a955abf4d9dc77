//! Named styles and signs. Colour never carries a meaning alone: words, bold and reverse carry it
//! too, so that a screen without colours says the same.

use ratatui_core::style::{Color, Modifier, Style};

use super::msg::{Capabilities, Colour};

/// The styles. Foreground and background stay the terminal's own, but for the QR code.
#[derive(Copy, Clone, Debug)]
pub struct Theme {
    colour: Colour,
}

impl Theme {
    /// The theme for a terminal.
    pub fn new(capabilities: Capabilities) -> Self {
        Self {
            colour: capabilities.colour,
        }
    }

    fn tinted(self, colour: Color) -> Style {
        match self.colour {
            Colour::None => Style::new(),
            Colour::Sixteen => Style::new().fg(colour),
        }
    }

    /// Ordinary text.
    pub fn plain(self) -> Style {
        Style::new()
    }

    /// What a screen is for; the site's name.
    pub fn headline(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What has the focus, and its bar.
    pub fn focus(self) -> Style {
        self.tinted(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// What has the focus in the bottom line, where there is no room for a bar.
    pub fn focus_in_line(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The name of a key.
    pub fn key(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Lines between parts.
    pub fn rule(self) -> Style {
        self.tinted(Color::DarkGray)
    }

    /// The word for "well".
    pub fn ok(self) -> Style {
        self.tinted(Color::Green)
    }

    /// The word for "wait".
    pub fn wait(self) -> Style {
        self.tinted(Color::Yellow)
    }

    /// The word for "no", and what needs the person's attention.
    pub fn no(self) -> Style {
        self.tinted(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// A countdown that ends something.
    pub fn alert(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }
}

/// The signs a terminal can show.
#[derive(Copy, Clone, Debug)]
pub struct Signs {
    /// In front of what has the focus.
    pub bar: char,
    /// A line between parts.
    pub rule: char,
    /// Stands for one character of a secret.
    pub bullet: char,
    /// A part of the strength bar that is filled.
    pub full: char,
    /// One that is not.
    pub empty: char,
    /// Between two words in one line.
    pub dot: char,
    /// An upright edge.
    pub side: char,
    /// Top left, top right, bottom left, bottom right.
    pub corners: [char; 4],
    /// Points at what is above.
    pub up: char,
    /// Points at what is below.
    pub down: char,
}

impl Signs {
    /// The signs for a terminal. All are in the fonts of a Linux console that has lines at all.
    pub fn new(capabilities: Capabilities) -> Self {
        if capabilities.utf8 && capabilities.lines {
            Self {
                // A bare console's font has no heavy line, and shows no Chinese either.
                bar: if capabilities.chinese { '┃' } else { '│' },
                rule: '─',
                bullet: '•',
                full: '█',
                empty: '·',
                dot: '·',
                side: '│',
                // Nor round corners.
                corners: if capabilities.chinese {
                    ['╭', '╮', '╰', '╯']
                } else {
                    ['┌', '┐', '└', '┘']
                },
                up: '▲',
                down: '▼',
            }
        } else {
            Self {
                bar: '|',
                rule: '-',
                bullet: '*',
                full: '#',
                empty: '.',
                dot: '-',
                side: '|',
                corners: ['+'; 4],
                up: '^',
                down: 'v',
            }
        }
    }
}
