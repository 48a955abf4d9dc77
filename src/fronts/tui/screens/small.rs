//! The window is too small for anything else.

use crate::fronts::tui::widgets::canvas::Canvas;
use crate::fronts::tui::widgets::column::Column;
use crate::fronts::tui::words::Words;

pub(crate) fn draw(words: &Words<'_>, canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    if area.is_empty() {
        return;
    }
    let style = canvas.theme.plain();
    Column::new(area, true).text(canvas, &words.say("screen-too-small"), style);
    canvas.cursor(area.x, area.y);
}
