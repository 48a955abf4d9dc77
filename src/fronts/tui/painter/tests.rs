use std::num::NonZeroU16;

use ratatui_core::buffer::Cell;
use ratatui_core::style::{Color, Modifier, Style};
use ratatui_core::text::{Line, Span};
use ratatui_core::widgets::Widget as _;

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

fn form(typed: &'static str) -> impl FnOnce(&mut Buffer) -> Option<Position> {
    move |buffer| {
        let width = buffer.area.width;
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
            line.render(Rect::new(0, row, width, 1), buffer);
        }
        let col = 7 + u16::try_from(typed.len()).unwrap();
        Some(Position { x: col, y: 1 })
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
fn a_row_that_ends_earlier_is_erased_and_a_small_gap_is_written() {
    let mut painter = Painter::new((80, 2));
    let say = |text: &'static str| {
        move |buffer: &mut Buffer| {
            buffer.set_string(0, 0, text, Style::new());
            None
        }
    };
    painter.paint(say("Three or four words that have nothing to do"));
    taken(&mut painter);
    painter.paint(say("Two more words"));
    let bytes = taken(&mut painter);
    assert_eq!(
        bytes.escape_ascii().to_string(),
        "\\x1b[1;2Hwo more words\\x1b[K"
    );
    painter.paint(say("Six more winds"));
    let bytes = taken(&mut painter);
    assert_eq!(bytes.escape_ascii().to_string(), "\\x1b[1HSix\\x1b[7Cin");
    painter.paint(say("Fix lore winds"));
    let bytes = taken(&mut painter);
    assert_eq!(bytes.escape_ascii().to_string(), "\\x1b[1HFix l");
}

#[test]
fn a_hostile_window_is_clamped() {
    let mut painter = Painter::new((65_535, 65_535));
    let mut area = Rect::ZERO;
    painter.paint(|buffer| {
        area = buffer.area;
        None
    });
    assert_eq!((area.width, area.height), WINDOW_MAX);
    assert_eq!(clamp((0, 0)), (80, 24));
    assert_eq!(clamp((1, 1)), (1, 1));
}

#[test]
fn a_symbol_with_an_escape_in_it_never_reaches_the_terminal() {
    let mut painter = Painter::new((10, 1));
    painter.paint(|buffer| {
        buffer[(0, 0)].set_symbol("\x1b]0;x\x07");
        None
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
    assert_eq!(painter.pending.capacity(), 0);
    let scratch = SCRATCH.take().unwrap();
    assert!(scratch.bytes.is_empty());
    assert!(
        scratch
            .buffer
            .content
            .iter()
            .all(|cell| *cell == Cell::EMPTY)
    );
}

/// What ratatui's own diff would show, for frames of any content one after the other.
mod against_ratatui {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    struct Put(u16, u16, &'static str, u8);

    fn puts() -> impl Strategy<Value = Vec<Put>> {
        let text = prop::sample::select(vec![
            "a", "bc", "中", "文字", "─┃", "▀", "e\u{301}", "ä", "한", " ", "  ", "x中y",
        ]);
        let put = (0..12u16, 0..4u16, text, 0..6u8).prop_map(|(x, y, t, s)| Put(x, y, t, s));
        prop::collection::vec(put, 0..30)
    }

    fn style(number: u8) -> Style {
        match number {
            0 | 1 => Style::new(),
            2 => Style::new().add_modifier(Modifier::BOLD),
            3 => Style::new().fg(Color::Cyan),
            4 => Style::new().bg(Color::White).fg(Color::Black),
            _ => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    fn drawn(puts: &[Put], buffer: &mut Buffer) {
        for Put(x, y, text, number) in puts {
            buffer.set_stringn(*x, *y, text, 12, style(*number));
        }
    }

    /// What a person can see of each cell: a space that was printed is an empty cell.
    fn cells(screen: &vt100::Parser) -> Vec<String> {
        let all = (0..4).flat_map(|row| (0..12).map(move |col| (row, col)));
        all.map(|(row, col)| {
            let cell = screen.screen().cell(row, col).unwrap();
            let (text, look) = match cell.contents() {
                "" | " " => (" ", (cell.inverse(), false)),
                text => (text, (cell.inverse(), cell.bold())),
            };
            let colours = (text != " ").then(|| cell.fgcolor());
            format!("{text}{look:?}{colours:?}{:?}", cell.bgcolor())
        })
        .collect()
    }

    proptest! {
        #[test]
        fn any_frames_show_what_one_from_nothing_shows(
            frames in prop::collection::vec(puts(), 1..5)
        ) {
            let mut painter = Painter::new((12, 4));
            let mut screen = screen(12, 4);
            for puts in &frames {
                painter.paint(|buffer| {
                    drawn(puts, buffer);
                    None
                });
                screen.process(&taken(&mut painter));
                let mut fresh = Painter::new((12, 4));
                let mut from_nothing = self::screen(12, 4);
                fresh.paint(|buffer| {
                    drawn(puts, buffer);
                    None
                });
                from_nothing.process(&taken(&mut fresh));
                prop_assert_eq!(cells(&screen), cells(&from_nothing));
            }
        }
    }
}

#[test]
fn a_window_costs_four_bytes_a_cell() {
    let cell = size_of::<LastFrame>();
    assert!(cell < 100, "{cell}");
    let mut painter = Painter::new((80, 24));
    painter.paint(form("4829"));
    taken(&mut painter);
    assert!(size_of::<Painter>() < 200, "{}", size_of::<Painter>());
}

#[test]
fn more_looks_than_there_is_room_for_are_painted_all_the_same() {
    let mut painter = Painter::new((40, 30));
    let mut screen = screen(40, 30);
    for shift in 0..3u8 {
        painter.paint(|buffer| {
            for (at, cell) in (0u16..).zip(&mut buffer.content) {
                let [high, low] = at.to_be_bytes();
                cell.set_char('x').set_fg(Color::Rgb(high, low, shift));
            }
            None
        });
        screen.process(&taken(&mut painter));
    }
    assert!(screen.screen().contents().starts_with("xxxx"));
}
