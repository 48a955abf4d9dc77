//! Numbered steps, one of which has the focus.

use super::page::View;
use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;
use crate::fronts::tui::widgets::phone::{self, Phone};

/// Narrower than this, steps beside a drawn phone would be ragged.
const BESIDE_A_PHONE: u16 = 34;
/// Between the steps and the phone.
const GAP: u16 = 3;
/// How far right of its number a step begins.
const INDENT: u16 = 3;

/// Draws the steps one below the other, and a phone that shows the one with the focus: beside them,
/// or the part that matters below that step, or not at all, as there is room. `below` is what
/// follows the steps.
pub(super) fn draw(
    view: &View<'_>,
    column: &mut Column,
    canvas: &mut Canvas<'_>,
    steps: &[String],
    below: &str,
    phone_at: impl Fn(usize) -> Phone,
) {
    let theme = canvas.theme;
    let at = (0..steps.len()).find(|i| view.is_focused(*i)).unwrap_or(0);
    let mut part = None;
    if !view.page.tight {
        let phone = phone_at(at);
        if column.width >= BESIDE_A_PHONE + GAP + phone::WIDTH {
            let area = column.split_right(phone::WIDTH, GAP);
            phone.draw(canvas, area);
        } else if rows(column, steps, below) + phone.height_of_part() <= column.room() {
            part = Some(phone);
        }
    }
    for (i, step) in steps.iter().enumerate() {
        let focused = view.is_focused(i);
        let style = if focused {
            theme.focus()
        } else {
            theme.plain()
        };
        let from = column.y;
        let number = (i + 1).to_string();
        column.labelled(canvas, (&number, style), INDENT, (step, style));
        column.item(canvas, from, i, focused, view.page.bar());
        if let Some(phone) = part.as_ref().filter(|_| i == at) {
            phone.draw_part(canvas, column.x + INDENT, column.y);
            for _ in 0..phone.height_of_part() {
                column.space();
            }
        }
        column.gap();
    }
}

/// How many rows the steps take, and what follows them.
fn rows(column: &Column, steps: &[String], below: &str) -> u16 {
    let of_steps = steps.iter().map(|step| column.rows_of(step, INDENT) + 1);
    of_steps.sum::<u16>() + column.rows_of(below, 0)
}
