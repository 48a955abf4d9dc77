//! The README's picture: the program's own screens, cell by cell.

use std::fmt::Write;

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Position;
use ratatui_core::style::{Color, Modifier};
use rekey::text::Language;
use unicode_width::UnicodeWidthStr;

use crate::scenes;

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;
/// Pixels; a cell's height is even, so that halves are whole.
const CELL: (u16, u16) = (9, 20);
const MARGIN: u16 = 16;
const BETWEEN: u16 = 24;
const INK: &str = "#d0d0d0";
const PAPER: &str = "#16181d";

/// The menu, and the screen where a password is chosen.
pub(crate) fn readme() -> String {
    let window = (COLUMNS * CELL.0 + 2 * MARGIN, ROWS * CELL.1 + 2 * MARGIN);
    let scenes = ["menu", "password_weak"];
    let (width, height) = (window.0, 2 * window.1 + BETWEEN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" font-size=\"15\" fill=\"{INK}\" \
         font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\">\n\
         <title>The menu, and the screen where a new password is chosen</title>\n"
    );
    for (place, name) in (0..).zip(scenes) {
        let top = place * (window.1 + BETWEEN);
        let scene = scenes::named(name);
        let (buffer, cursor) = scene(scenes::in_language(Language::English)).buffer(COLUMNS, ROWS);
        let (inner, corner) = (top + MARGIN, 8);
        let _ = writeln!(
            svg,
            "<rect y=\"{top}\" width=\"{}\" height=\"{}\" rx=\"{corner}\" fill=\"{PAPER}\"/>\n\
             <g transform=\"translate({MARGIN} {inner})\">",
            window.0, window.1
        );
        blocks(&buffer, &mut svg);
        words(&buffer, &mut svg);
        caret(cursor, &mut svg);
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

/// What is filled: backgrounds, half blocks, full blocks. Rows are halves.
fn blocks(buffer: &Buffer, svg: &mut String) {
    svg.push_str("<g shape-rendering=\"crispEdges\">\n");
    for half in 0..ROWS * 2 {
        let fill = |x: u16| {
            let cell = buffer.cell((x, half / 2))?;
            let (ink, paper) = colours(cell);
            match cell.symbol() {
                "█" => Some(ink.unwrap_or(INK)),
                "▀" if half % 2 == 0 => Some(ink.unwrap_or(INK)),
                _ => paper,
            }
        };
        let mut x = 0;
        while x < COLUMNS {
            let colour = fill(x);
            let from = x;
            while x < COLUMNS && fill(x) == colour {
                x += 1;
            }
            if let Some(colour) = colour {
                rect(
                    svg,
                    (from * CELL.0, half * CELL.1 / 2),
                    ((x - from) * CELL.0, CELL.1 / 2),
                    colour,
                );
            }
        }
    }
    svg.push_str("</g>\n");
}

/// What is written, word by word, each held to its cells; lines are drawn.
fn words(buffer: &Buffer, svg: &mut String) {
    for y in 0..ROWS {
        let mut x = 0;
        while let Some(cell) = buffer.cell((x, y)).filter(|_| x < COLUMNS) {
            let ink = colours(cell).0.unwrap_or(INK);
            let (left, top) = (x * CELL.0, y * CELL.1);
            match cell.symbol() {
                " " | "█" | "▀" => x += 1,
                "─" => {
                    let from = x;
                    while buffer.cell((x, y)).is_some_and(|next| next.symbol() == "─") {
                        x += 1;
                    }
                    rect(svg, (left, top + CELL.1 / 2), ((x - from) * CELL.0, 1), ink);
                }
                "┃" => {
                    rect(svg, (left + CELL.0 / 2 - 1, top), (3, CELL.1), ink);
                    x += 1;
                }
                _ => x += word(buffer, (x, y), svg),
            }
        }
    }
}

/// Writes the word that begins there; returns how many columns it takes.
fn word(buffer: &Buffer, (x, y): (u16, u16), svg: &mut String) -> u16 {
    let Some(first) = buffer.cell((x, y)) else {
        return 1;
    };
    let (mut text, mut columns) = (String::new(), 0);
    while let Some(cell) = buffer
        .cell((x + columns, y))
        .filter(|_| x + columns < COLUMNS)
    {
        let alike = colours(cell) == colours(first) && cell.modifier == first.modifier;
        if matches!(cell.symbol(), " " | "█" | "▀" | "─" | "┃") || !alike {
            break;
        }
        text.push_str(cell.symbol());
        columns += u16::try_from(cell.symbol().width().max(1)).unwrap_or(1);
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let fill = colours(first).0.map(|ink| format!(" fill=\"{ink}\""));
    let bold = first.modifier.contains(Modifier::BOLD);
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" textLength=\"{}\"{}{}>{text}</text>",
        x * CELL.0,
        y * CELL.1 + 15,
        columns * CELL.0,
        fill.unwrap_or_default(),
        if bold { " font-weight=\"bold\"" } else { "" },
    );
    columns
}

fn caret(at: Position, svg: &mut String) {
    let (x, y) = (at.x * CELL.0, at.y * CELL.1 + CELL.1 - 3);
    rect(svg, (x, y), (CELL.0, 2), INK);
}

fn rect(svg: &mut String, (x, y): (u16, u16), (width, height): (u16, u16), fill: &str) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
    );
}

/// Ink and paper; `None` for the terminal's own.
fn colours(cell: &Cell) -> (Option<&'static str>, Option<&'static str>) {
    let colour = |colour| match colour {
        Color::Black => Some("#000000"),
        Color::White => Some("#ffffff"),
        Color::Cyan => Some("#4cc3e0"),
        Color::Green => Some("#5fc77a"),
        Color::Yellow => Some("#e0c24c"),
        Color::Red => Some("#f06c62"),
        Color::DarkGray => Some("#4a4f5a"),
        _ => None,
    };
    let (ink, paper) = (colour(cell.fg), colour(cell.bg));
    if cell.modifier.contains(Modifier::REVERSED) {
        (Some(paper.unwrap_or(PAPER)), Some(ink.unwrap_or(INK)))
    } else {
        (ink, paper)
    }
}
