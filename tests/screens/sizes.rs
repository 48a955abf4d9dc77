//! No window is too small, too large, or too strange.
use crate::scenes;
use rekey::text::Language;

#[test]
fn every_size_draws_every_screen() {
    for (name, scene) in scenes::all() {
        let kiosk = scene(scenes::in_language(Language::English));
        let every = ["menu", "password_weak", "code_wrong"].contains(&name);
        for cols in 1..=200 {
            for rows in 1..=60 {
                let chosen = matches!(cols, 1..=4 | 23..=25 | 39..=41 | 59..=61 | 71..=73 | 80 | 200)
                    && matches!(rows, 1..=4 | 7..=9 | 14..=21 | 24 | 60);
                if every && (cols + rows) % 3 == 0 || chosen {
                    let (_, cursor) = kiosk.buffer(cols, rows);
                    assert!(cursor.x < cols && cursor.y < rows, "{name} at {cols}x{rows}");
                }
            }
        }
    }
}
