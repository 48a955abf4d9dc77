use std::num::NonZeroU16;

use ratatui_core::style::{Color, Modifier, Style};
use ratatui_core::text::{Line, Span};

use super::*;

fn screen(cols: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(
        NonZeroU16::new(rows).unwrap(),
        NonZeroU16::new(cols).unwrap(),
        0,
    )
}

/// What was painted, taken as if the terminal had read it.
fn taken(painter: &mut Painter) -> Vec<u8> {
    let bytes = painter.pending.to_vec();
    painter.pending.zeroize();
    bytes
}

fn form(typed: &'static str) -> impl FnOnce(&mut Frame<'_>) {
    move |frame| {
        let width = frame.area().width;
        let lines = [
            Line::raw("─".repeat(usize::from(width))),
            Line::from(vec![
                Span::styled("┃ ", Style::new().fg(Color::Cyan)),
                Span::styled("Code ", Style::new().add_modifier(Modifier::BOLD)),
                Span::raw(typed),
            ]),
            Line::styled("修改密码", Style::new().bg(Color::White).fg(Color::Black)),
        ];
        for (row, line) in (0..).zip(lines) {
            frame.render_widget(line, Rect::new(0, row, width, 1));
        }
        let col = 7 + u16::try_from(typed.len()).unwrap();
        frame.set_cursor_position((col, 1));
    }
}

#[test]
fn a_terminal_shows_what_was_drawn() {
    let mut painter = Painter::new((20, 4));
    let mut screen = screen(20, 4);
    painter.paint(form("4829"));
    screen.process(&taken(&mut painter));
    let shown = screen.screen();
    assert_eq!(
        shown.contents(),
        format!(
            "{}\n┃ Code 4829\n修改密码{}",
            "─".repeat(20),
            " ".repeat(12)
        )
    );
    assert_eq!(shown.cursor_position(), (1, 11));
    assert!(!shown.hide_cursor());
    let label = shown.cell(1, 2).unwrap();
    assert!(label.bold());
    assert!(!shown.cell(1, 7).unwrap().bold());
    assert_eq!(shown.cell(1, 0).unwrap().fgcolor(), vt100::Color::Idx(6));
    assert_eq!(shown.cell(2, 0).unwrap().bgcolor(), vt100::Color::Idx(15));
}

#[test]
fn a_typed_digit_costs_a_few_bytes() {
    let mut painter = Painter::new((80, 24));
    painter.paint(form("48"));
    let full = taken(&mut painter).len();
    painter.paint(form("482"));
    taken(&mut painter);
    painter.paint(form("4829"));
    let key = taken(&mut painter);
    assert_eq!(key.escape_ascii().to_string(), "9");
    assert!(full < 1000, "{full}");
}

#[test]
fn frames_one_after_the_other_show_the_same_as_one_from_nothing() {
    let mut screen = screen(20, 4);
    let mut painter = Painter::new((20, 4));
    for typed in ["4829", "", "48", "482913"] {
        painter.paint(form(typed));
        screen.process(&taken(&mut painter));
    }
    painter.resize((20, 4));
    let mut fresh = self::screen(20, 4);
    painter.paint(form("482913"));
    fresh.process(&taken(&mut painter));
    let cells = |screen: &vt100::Parser| screen.screen().rows_formatted(0, 20).collect::<Vec<_>>();
    assert_eq!(cells(&screen), cells(&fresh));
}

#[test]
fn a_hostile_window_is_clamped() {
    let mut painter = Painter::new((65_535, 65_535));
    let mut area = Rect::ZERO;
    painter.paint(|frame| area = frame.area());
    assert_eq!((area.width, area.height), WINDOW_MAX);
    assert_eq!(clamp((0, 0)), (80, 24));
    assert_eq!(clamp((1, 1)), (1, 1));
}

#[test]
fn a_symbol_with_an_escape_in_it_never_reaches_the_terminal() {
    let mut painter = Painter::new((10, 1));
    painter.paint(|frame| {
        frame.buffer_mut()[(0, 0)].set_symbol("\x1b]0;x\x07");
    });
    assert!(!taken(&mut painter).windows(2).any(|pair| pair == b"\x1b]"));
}

#[tokio::test]
async fn what_was_written_is_wiped() {
    let mut painter = Painter::new((20, 2));
    painter.paint(form("hunter2"));
    let mut written = Vec::new();
    while !painter.idle() {
        painter.write(&mut written).await.unwrap();
    }
    assert!(written.windows(7).any(|part| part == b"hunter2"));
    painter.pending.resize(written.len(), 0);
    assert!(painter.pending.iter().all(|byte| *byte == 0));
}
